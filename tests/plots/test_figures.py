from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from synthetic import BINS, CRITERIA, bare_day, bare_results, lesson, school

from wifisim.errors import ResultsError
from wifisim.plots.choice import choose_day, choose_stage
from wifisim.plots.day import plot_day
from wifisim.plots.figures import KINDS, Choice, draw, paths_for, save_figure
from wifisim.plots.ladder import plot_ladder
from wifisim.plots.latency import plot_latency
from wifisim.plots.lessons import plot_lessons
from wifisim.plots.plan import plot_airtime, plot_rate, plot_signal
from wifisim.plots.readiness import plot_readiness
from wifisim.results.assessment import Readiness
from wifisim.results.daygroup import DayGroup, day_groups
from wifisim.results.readiness import assess
from wifisim.results.records import Results


@pytest.fixture(scope="module")
def results() -> Results:
    return school()


@pytest.fixture(scope="module")
def readiness(results: Results) -> Readiness:
    return assess(results)


@pytest.fixture(scope="module")
def worst_day(results: Results) -> DayGroup:
    return day_groups(results)[-1]


def texts(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text) if text.get_text())


def rendered(figure: Figure, kind: str = "png") -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format=kind, dpi=40)
    return out.getvalue()


def test_signal_map_marks_the_weak_room(results: Results) -> None:
    figure = plot_signal(results.run, results.stages[0], "F1")
    said = texts(figure)
    assert "First floor: F04 is below -67 dBm (-69 dBm)" in said
    assert "✗ F04" in said
    assert "Strongest 5 GHz signal (dBm)" in said
    assert "ch 48" in said
    assert "✗ F05" not in said
    image = figure.axes[0].images[0]
    # 27 x 17 cells of one metre whose south-west corner is the origin.
    assert image.get_extent() == [0.0, 27.0, 0.0, 17.0]


def test_rate_map_names_the_slowest_room(results: Results) -> None:
    figure = plot_rate(results.run, results.stages[0], "G")
    # Rooms of 9 x 7 m: AP-1 to AP-3 hang in G01, G03 and G05; G04, in the corner, has the weakest cells by distance.
    assert "every room with seats has" in texts(figure)
    assert "the slowest is G0" in texts(figure)
    image = np.asarray(figure.axes[0].images[0].get_array())
    assert image.max() == pytest.approx(results.stages[0].maps[0].rate_bps.max() / 1e6)


def test_results_without_rates_say_so(results: Results) -> None:
    stage = results.stages[0]
    old = replace(stage, maps=tuple(replace(chart, rate_bps=np.zeros((0, 0))) for chart in stage.maps))
    assert "these results hold no rates" in texts(plot_rate(results.run, old, "G"))


def test_a_floor_with_good_signal_says_so(results: Results) -> None:
    assert "Ground floor: every room with seats has at least -67 dBm" in texts(
        plot_signal(results.run, results.stages[0], "G")
    )


def test_airtime_map_shows_each_place_the_radio_it_would_join(worst_day: DayGroup) -> None:
    figure = plot_airtime(worst_day, "G")
    image = np.asarray(figure.axes[0].images[0].get_array())
    # South-west corner: AP-1 (radio 0) is strongest there.
    assert image[0, 0] == pytest.approx(100 * worst_day.busy_air.mean[0])
    assert image[0, -1] == pytest.approx(100 * worst_day.busy_air.mean[1])
    assert "3 of 3 radios are busier than 70 %, most of all AP-3 at 99.8 %" in texts(figure)


def test_day_names_the_bells_the_resources_and_what_is_full(worst_day: DayGroup) -> None:
    figure = plot_day(worst_day)
    said = texts(figure)
    for part in ("p1", "lunch", "internet line (download)", "web filter", "5 GHz channel 44 at AP-3", "target 2 s"):
        assert part in said
    assert "The internet line (download) is full 10:00-10:1" in said
    upper, lower = figure.axes
    assert lower.get_yscale() == "log"
    assert upper.get_xlim() == (8 * 3600.0, 16 * 3600.0)


def test_a_quiet_day_says_that_nothing_is_full() -> None:
    (group,) = day_groups(bare_results(bare_day("a", utilisation=np.full((BINS, 9), 0.2))))
    assert "Nothing is full for long" in texts(plot_day(group))


def test_readiness_has_a_sign_a_value_and_a_target_for_every_cell(results: Results, readiness: Readiness) -> None:
    figure = plot_readiness(results, readiness)
    said = texts(figure)
    assert said.startswith("The plan ends not ready") or "The plan ends not ready" in said
    for criterion in CRITERIA:
        assert criterion.label.split(",")[0] in said.replace("\n", " ")
    assert "✗ 3.6 s" in said
    assert "✓ 100 Mbit/s" in said
    assert "✗ 80 %" in said
    assert said.count("✗ not ready") == 4
    assert len(figure.axes) == 1 + len(CRITERIA)


def test_ladder_rows_are_in_order(results: Results, readiness: Readiness) -> None:
    figure = plot_ladder(results, readiness)
    rows = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert rows[:3] == ["internet line (download)", "5 GHz channel 44 at AP-3", "5 GHz channel 36 at AP-1"]
    # Two that give way, and beneath them the six fullest of the seven that hold.
    assert len(rows) == len(readiness.ladder) + len(readiness.holding) == 8
    assert "First to give way is the internet line (download), in Wave 2" in texts(figure).replace("\n", " ")


def test_ladder_without_rungs() -> None:
    quiet = bare_results(bare_day("a"))
    assert "Nothing gives way in any stage" in texts(plot_ladder(quiet, assess(quiet)))


def test_lessons_grid_has_rooms_and_periods() -> None:
    lessons = (lesson(0), lesson(1, good=12, binding_resource=1), lesson(2, devices=0, good=0))
    (group,) = day_groups(bare_results(bare_day("a", lessons=lessons)))
    figure = plot_lessons(group)
    said = texts(figure)
    assert "1 of 2 lessons with devices fail" in said
    assert "✗ 7B  40" in said
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["G01", "G02"]


def test_latency_ranks_by_what_is_late(worst_day: DayGroup) -> None:
    figure = plot_latency(worst_day)
    rows = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert rows[0] == "Web research"
    assert set(rows) == {"Web research", "Saving documents", "Streamed video", "Video call"}
    assert "Web research suffers most" in texts(figure)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_draws_results_in_which_nothing_happened(kind: str) -> None:
    empty = bare_results(bare_day("a"))
    for drawing in draw(empty, assess(empty), Choice(kind)):
        assert rendered(drawing.figure).startswith(b"\x89PNG")


def test_a_name_with_markup_stays_a_name(results: Results) -> None:
    rooms = (replace(results.run.rooms[0], name="$G_{01}"), *results.run.rooms[1:])
    figure = plot_signal(replace(results.run, rooms=rooms), results.stages[0], "G")
    assert "$G_{01}" in texts(figure)
    rendered(figure)


def test_lines_differ_in_grey_print_as_well(worst_day: DayGroup) -> None:
    lines = [line for line in plot_day(worst_day).axes[0].get_lines() if line.get_label()[0] != "_"]
    assert len({str(line.get_linestyle()) + str(line._dash_pattern) for line in lines}) == len(lines)


def test_a_long_room_name_takes_two_lines(results: Results) -> None:
    name = "Humanities and modern languages, with the store of the library beside the stairs of the east wing"
    rooms = (replace(results.run.rooms[0], name=name), *results.run.rooms[1:])
    figure = plot_signal(replace(results.run, rooms=rooms), results.stages[0], "G")
    (label,) = [text.get_text() for text in figure.findobj(Text) if "Humanities" in text.get_text()]
    assert label.count("\n") == 1
    assert label.endswith("…")


def test_the_callers_matplotlib_is_left_alone(results: Results, readiness: Readiness) -> None:
    before = dict(mpl.rcParams)
    plot_readiness(results, readiness)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_saved_figures_are_the_same_bytes(results: Results, readiness: Readiness, tmp_path: Path, kind: str) -> None:
    for name in ("one", "two"):
        save_figure(plot_ladder(results, readiness), tmp_path / f"{name}.{kind}", force=False)
    one, two = ((tmp_path / f"{name}.{kind}").read_bytes() for name in ("one", "two"))
    assert one == two
    assert len(list(tmp_path.iterdir())) == 2


def test_an_existing_figure_is_refused(results: Results, readiness: Readiness, tmp_path: Path) -> None:
    figure = plot_ladder(results, readiness)
    save_figure(figure, tmp_path / "a.svg", force=False)
    with pytest.raises(ResultsError, match=r"a\.svg exists; --force replaces it"):
        save_figure(figure, tmp_path / "a.svg", force=False)
    save_figure(figure, tmp_path / "a.svg", force=True)


def test_paths(results: Results, readiness: Readiness) -> None:
    maps = list(draw(results, readiness, Choice("signal", "wave-1")))
    assert [str(path) for path in paths_for(maps, Path("x/plan.pdf"), Path("r"))] == ["x/plan-G.pdf", "x/plan-F1.pdf"]
    assert paths_for(maps, None, Path("r"))[1] == Path("r/plots/signal-wave-1-F1.png")
    assert paths_for(maps[:1], Path("x.png"), Path("r")) == [Path("x.png")]
    with pytest.raises(ResultsError, match=r"a figure ends in \.png, \.svg, \.pdf"):
        paths_for(maps, Path("plan.bmp"), Path("r"))


def test_unknown_choices_are_named(results: Results, readiness: Readiness) -> None:
    for choice, message in (
        (Choice("day", stage_id="wave-9"), "no stage 'wave-9'"),
        (Choice("day", day_kind="arrivals", stage_id="wave-1"), "did you mean 'arrival'"),
        (Choice("readiness", stage_id="wave-9"), "no stage 'wave-9'"),
        (Choice("ladder", floor_id="F9"), "no floor 'F9'"),
        (Choice("signal", floor_id="F9"), "no floor 'F9'"),
        (Choice("pie"), "no figure 'pie'"),
    ):
        with pytest.raises(ResultsError, match=message):
            list(draw(results, readiness, choice))


def test_defaults_show_the_first_trouble(results: Results, readiness: Readiness) -> None:
    assert choose_stage(results, readiness).id == "today"
    # On the hand-out day a lesson fails, on the typical one nothing does.
    bad = bare_day("a", day_kind="arrival", lessons=(lesson(0, good=3, binding_resource=0),))
    two = bare_results(bare_day("a", lessons=(lesson(0),)), bad, criteria=CRITERIA[:1])
    assert choose_day(two, assess(two), stage=two.stages[0]).day_kind == "arrival"
