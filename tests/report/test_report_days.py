from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic import BIN_S, BINS, LINE_DOWN, START_S, bare_day, bare_results, lesson

from wifisim.report.days import DayFilm, day_film, first_shown, rooms_failing
from wifisim.results.daygroup import DayGroup, day_groups


def film_of(*days: object) -> DayFilm:
    return day_film(group_of(*days))


def group_of(*days: object) -> DayGroup:
    (group,) = day_groups(bare_results(*days))  # type: ignore[arg-type]
    return group


def test_a_lesson_fails_only_when_it_fails_in_every_run() -> None:
    good, bad = lesson(0), lesson(0, good=10)
    states = {}
    for name, pair in (("works", (good, good)), ("mixed", (good, bad)), ("fails", (bad, bad))):
        film = film_of(*(bare_day("a", replication=n, lessons=(one,)) for n, one in enumerate(pair)))
        states[name] = film.lessons[0].state
    assert states == {"works": "works", "mixed": "mixed", "fails": "fails"}


def test_lessons_without_devices_are_not_on_the_plan() -> None:
    assert film_of(bare_day("a", lessons=(lesson(0, devices=0, good=0),))).lessons == ()


def test_a_room_fails_from_bell_to_bell() -> None:
    # lesson(): 09:00 to 10:00
    film = film_of(bare_day("a", lessons=(lesson(2, good=0), lesson(1))))
    at = {name: rooms_failing(film.lessons, hour * 3600.0) for name, hour in
          (("before", 8.99), ("bell", 9.0), ("late", 9.99), ("after", 10.0))}  # fmt: skip
    assert at == {"before": [], "bell": [2], "late": [2], "after": []}


def test_airtime_is_the_mean_of_the_runs_in_per_cent() -> None:
    use = np.zeros((2, BINS, 9))
    use[:, 5, 3] = 0.30, 0.41  # mean 0.355: 36 % (35.5 rounds to even)
    film = film_of(*(bare_day("a", replication=n, utilisation=use[n]) for n in range(2)))
    assert film.airtime.shape == (6, BINS)
    assert film.airtime[3, 5] == 36
    assert film.airtime.sum() == 36


def test_clients_are_the_highest_of_five_minutes() -> None:
    clients = np.zeros((BINS, 6))
    clients[5:10, 2] = 3, 9, 4, 0, 0
    film = film_of(bare_day("a", clients=clients))
    assert film.clients.shape == (6, BINS // 5)
    assert film.clients[2].tolist()[:3] == [0, 9, 0]


def test_clients_that_do_not_fill_the_last_five_minutes_count() -> None:
    day = bare_day("a", clients=np.ones((BINS, 6)))
    short = {
        name: getattr(day, name)[:7] for name in ("utilisation", "bound_share", "bound_flows", "carried_bps", "clients")
    }
    assert film_of(replace(day, **short)).clients.shape == (6, 2)


def test_full_spans_name_the_radio() -> None:
    bound = np.zeros((BINS, 9))
    bound[10:15, 4] = 1.0  # five minutes: an episode
    bound[10:15, LINE_DOWN] = 1.0  # not air
    film = film_of(bare_day("a", bound_share=bound))
    assert film.full == ((4, START_S + 10 * BIN_S, START_S + 15 * BIN_S),)


def test_the_worst_minute_is_the_busiest_of_those_with_most_failing_rooms() -> None:
    use = np.zeros((BINS, 9))
    use[70, 0], use[200, 0] = 0.5, 0.9  # 09:10, in the failing lesson; 11:20, outside it
    film = film_of(bare_day("a", lessons=(lesson(0, good=0),), utilisation=use))
    assert film.worst_bin == 70


def test_the_first_shown_day_has_most_failing_lessons() -> None:
    calm = film_of(bare_day("a", lessons=(lesson(0),)))
    mixed = film_of(*(bare_day("a", replication=n, lessons=(lesson(0, good=30 * n),)) for n in range(2)))
    bad = film_of(bare_day("a", lessons=(lesson(0, good=0),)))
    assert first_shown([calm, bad, mixed], 0) == 1
    assert first_shown([calm, mixed, calm], 0) == 1
    assert first_shown([calm, calm], 1) == 1


@pytest.mark.parametrize("share", [0.0, 1.0, 1.3])
def test_airtime_stays_inside_per_cent(share: float) -> None:
    film = film_of(bare_day("a", utilisation=np.full((BINS, 9), share)))
    assert film.airtime.max() == round(100 * min(share, 1.0))
