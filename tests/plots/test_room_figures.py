from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text
from synthetic import bare_day, bare_results, lesson, school, stage

from wifisim.plots.rooms import plot_channels, plot_experience
from wifisim.plots.style import LIGHT
from wifisim.results.daygroup import DayGroup, day_groups


def texts(figure: Figure) -> str:
    return "\n".join(str(found.get_text()) for found in figure.findobj(Text))


def day_with(*goods: int) -> DayGroup:
    """Lessons of 30 devices, one a room from G01 on."""
    lessons = tuple(lesson(room, good=good) for room, good in enumerate(goods))
    (group,) = day_groups(bare_results(*(bare_day("a", replication=n, lessons=lessons) for n in range(2))))
    return group


def test_experience_colours_rooms_by_the_devices_that_worked() -> None:
    figure = plot_experience(day_with(30, 15), "G")
    drawn = [to_rgba(patch.get_facecolor()) for patch in figure.axes[0].patches if patch.get_facecolor()[3] > 0]
    faces = [face for face in drawn if face != to_rgba(LIGHT)]
    # The other four rooms of the floor are grey.
    assert len(drawn) == 6
    # Two rooms had devices; full marks are the light end of the map, half of them its middle.
    assert len(faces) == 2
    assert sum(faces[0][:3]) > sum(faces[1][:3])
    said = texts(figure)
    assert "one room has lessons that fail, most of all G02 (50 % of devices work)" in said.replace("\n", " ")
    assert "✗ G02" in said
    assert "✗ G01" not in said


def test_floors_without_trouble_say_so() -> None:
    assert "Ground floor: every lesson works" in texts(plot_experience(day_with(30, 30), "G"))
    assert "First floor: no lesson with devices" in texts(plot_experience(day_with(30), "F1"))


def test_channel_plan_names_channels_and_joins_who_shares_the_air() -> None:
    run, facts = school().run, stage("a")
    apart = texts(plot_channels(run, facts, "G"))
    assert "3 radios on 3 channels; no two hear each other on one channel" in apart
    assert "36\nAP-1\n" in apart
    assert "all 20 MHz wide" in apart
    # AP-2 comes into the clique of AP-1.
    radios = (facts.radios[0], replace(facts.radios[1], cliques=(0,), channel=36), *facts.radios[2:])
    figure = plot_channels(run, replace(facts, radios=radios), "G")
    assert "3 radios on 2 channels; 1 pair shares its air" in texts(figure)
    dotted = [line for line in figure.axes[0].lines if line.get_linestyle() == ":"]
    assert [tuple(line.get_xdata()) for line in dotted] == [(pytest.approx(4.5), pytest.approx(22.5))]
