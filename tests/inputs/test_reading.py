"""What a file leaves out and what it abbreviates: copies, rows, templates, defaults, stages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from wifisim.errors import InputError
from wifisim.inputs.reader import read_site
from wifisim.inputs.site import Site

VALID = Path(__file__).resolve().parent.parent / "corpus" / "valid"
SMALL = (VALID / "small.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def small() -> Site:
    return read_site(VALID / "small.yaml")


@pytest.fixture(scope="module")
def rollout() -> Site:
    return read_site(VALID / "rollout.yaml")


def _changed(tmp_path: Path, *changes: tuple[str, str]) -> Site:
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return read_site(path)


def test_names_that_look_like_numbers_and_switches() -> None:
    site = read_site(VALID / "names.yaml")
    assert [room.id for room in site.building.rooms] == ["007", "1E1", "NO", "3.10"]
    assert [ap.id for ap in site.stages[0].network.access_points] == ["11:22:33", "0x1F"]
    assert [c.id for c in site.timetable.classes] == ["007", "on"]
    assert [p.id for p in site.timetable.periods] == ["1", "2"]
    assert site.timetable.lessons[0].profile_id == "off"
    assert site.building.rooms[0].seats == 30  # written 3e1
    assert site.waves[0].arrival.start_s == 9 * 3600 + 5 * 60
    assert site.waves[0].arrival.enrol is False


def test_an_unquoted_time_is_a_time(small: Site) -> None:
    # YAML 1.1 would make 10:05 the number 605.
    assert small.events[0].start_s == 10 * 3600 + 5 * 60


def test_rows_and_copies_of_rooms(rollout: Site) -> None:
    ground, first = rollout.building.floors
    assert [room.id for room in ground.rooms] == ["G01", "G02", "G03", "HALL", "CORRIDOR"]
    assert [room.id for room in first.rooms] == ["F101", "F102", "F103", "F1-CORRIDOR"]
    assert ground.rooms[1].outline_m == ((8.0, 0.0), (16.0, 0.0), (16.0, 7.0), (8.0, 7.0))
    assert (first.base_m, first.height_m, first.level) == (3.2, 3.0, 1)


def test_outlines_run_anticlockwise_whatever_was_written() -> None:
    room = read_site(VALID / "names.yaml").building.rooms[3]  # written clockwise from [0, 7]
    assert room.outline_m == ((0.0, 7.0), (20.0, 7.0), (20.0, 10.0), (0.0, 10.0))


def test_a_copied_hall_is_left_out_with_its_walls(rollout: Site) -> None:
    # The hall's blocks and glass stand north of y = 9 m; upstairs nothing does.
    upstairs = rollout.building.floors[1].walls
    assert max(max(wall.from_m[1], wall.to_m[1]) for wall in upstairs) == 9.0


def test_one_access_point_a_room_with_channels_in_turn(rollout: Site) -> None:
    points = rollout.stages[0].network.access_points[:3]
    assert [ap.id for ap in points] == ["AP-G01", "AP-G02", "AP-G03"]
    assert [ap.at_m for ap in points] == [(4.0, 3.5), (12.0, 3.5), (20.0, 3.5)]
    assert [ap.radios[1].channel for ap in points] == [36, 44, 36]
    assert [ap.radios[0].enabled for ap in points] == [False] * 3


def test_defaults_of_network_and_radios(rollout: Site) -> None:
    network = rollout.stages[0].network
    hall = network.access_points[3]
    assert [(r.band, r.width_mhz, r.power_dbm) for r in hall.radios] == [("2.4", 20, 8.0), ("5", 20, 14.0)]
    assert hall.height_m == 2.7
    assert network.background_utilisation == {"2.4": 0.3, "5": 0.05, "6": 0.0}
    assert (network.wan[0].buffer_s, network.wan[1].rtt_s, network.wan[1].failover_s) == (0.05, 0.045, 60.0)
    assert [(s.id, s.kind, s.uplink_id) for s in network.switches] == [
        ("filter", "filter", ""),
        ("core", "switch", "filter"),
        ("sw-1", "switch", "core"),
    ]


def test_stages_follow_the_dates(rollout: Site) -> None:
    assert [(s.id, s.opens_with, len(s.landed)) for s in rollout.stages] == [
        ("baseline", "", 0),
        ("pilot", "pilot", 1),
        ("line", "line", 1),
        ("rest-of-7", "rest-of-7", 2),
        ("all", "air + all", 3),
        ("filter", "filter", 3),
    ]
    assert rollout.stages[0].date == dt.date(2026, 9, 1)
    assert [wave.class_ids for wave in rollout.waves] == [("7A",), ("7B",), ("8A",)]


def test_upgrades_change_the_stages_from_their_date_on(rollout: Site) -> None:
    networks = {stage.id: stage.network for stage in rollout.stages}
    assert networks["pilot"].wan[0].down_bps == 500e6
    assert networks["line"].wan[0].down_bps == networks["filter"].wan[0].down_bps == 1000e6
    assert networks["line"].access_points[0].radios[1].channel == 52
    assert [ap.id for ap in networks["all"].access_points][-2:] == ["NEW-F101", "NEW-F102"]
    assert "AP-F" not in [ap.id for ap in networks["all"].access_points]
    assert networks["all"].caches == ()
    assert not networks["all"].access_points[3].radios[0].enabled
    assert [s.id for s in networks["filter"].switches] == ["core", "sw-1", "sw-2"]


def test_two_weeks_and_shared_halls(rollout: Site) -> None:
    assert rollout.timetable.day_names == ("Mon A", "Tue A", "Mon B", "Tue B")
    assert rollout.simulation.weekday == 3  # Tuesday of week B
    monday = [lesson.room_id for lesson in rollout.timetable.lessons if lesson.day == 0]
    assert monday == ["G01", "HALL", "HALL"]


def test_fleets_and_programme_defaults(rollout: Site, small: Site) -> None:
    it_room = rollout.fleets[0]
    assert (it_room.count, it_room.switch_id) == (30, "core")  # the room's seats, the first switch
    assert rollout.programme.opt_out_share == 0.12
    assert rollout.programme.forgotten_share == 0.05
    assert small.programme.opt_out_share == small.programme.forgotten_share == 0.0


def test_pupils_are_the_sum_of_classes_unless_stated(rollout: Site, small: Site) -> None:
    assert rollout.pupils == 60  # three classes of 20
    assert small.pupils == 50


def test_the_first_stage_is_the_day_before_the_first_wave(small: Site) -> None:
    assert small.today == dt.date(2026, 11, 1)


def test_an_access_point_in_an_l_shaped_room_hangs_inside(tmp_path: Path) -> None:
    shape = "outline_m: [[0, 0], [9, 0], [9, 1], [1, 1], [1, 7], [0, 7]]"
    site = _changed(tmp_path, ("at_m: [0, 0], size_m: [9, 7], seats: 30", f"{shape}, seats: 20"))
    x, y = site.stages[0].network.access_points[0].at_m
    assert (0 < x < 9 and 0 < y < 1) or (0 < x < 1 and 0 < y < 7)


def test_all_bands_of_a_model_are_on_by_default(tmp_path: Path) -> None:
    site = _changed(
        tmp_path,
        ("model: wifi6-2x2", "model: wifi6e-2x2"),
        ('radios: {"5": {channel: 36, width_mhz: 40, power_dbm: 14}, "2.4": off}', "radios: {}"),
    )
    assert [(r.band, r.width_mhz, r.enabled) for r in site.stages[0].network.access_points[0].radios] == [
        ("2.4", 20, True),
        ("5", 20, True),
        ("6", 40, True),
    ]


def test_the_same_file_gives_the_same_site(rollout: Site) -> None:
    assert read_site(VALID / "rollout.yaml") == rollout


def test_a_wave_by_stage_and_by_several_keys(tmp_path: Path) -> None:
    site = _changed(tmp_path, ("who: {class: 3A}", "who: {stage: KS2}"))
    assert site.waves[0].class_ids == ("3A", "3B")
    with pytest.raises(InputError, match="is not a stage of the timetable"):
        _changed(tmp_path, ("who: {class: 3A}", "who: {stage: KS4}"))
