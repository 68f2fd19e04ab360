from __future__ import annotations

from dataclasses import replace

from matplotlib.figure import Figure
from matplotlib.text import Text
from synthetic import school

from wifisim.plots.compare import plot_comparison
from wifisim.results.compare import compare


def texts(figure: Figure) -> str:
    return "\n".join(str(found.get_text()) for found in figure.findobj(Text))


def test_a_strip_a_figure_that_changes_and_a_row_a_stage() -> None:
    before = school()
    after = replace(before, days=tuple(replace(day, utilisation=day.utilisation / 2) for day in before.days))
    figure = plot_comparison(compare(before, after))
    # Airtime and the line, each on the typical days of four stages.
    assert len(figure.axes) == 2
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [
        "today, typical", "wave-1, typical", "wave-2, typical", "wave-3, typical",
    ]  # fmt: skip
    assert "8 figures get better, 0 get worse" in texts(figure)
    assert "(difference in percentage points)" in texts(figure)


def test_nothing_changes() -> None:
    assert "Nothing changes for certain" in texts(plot_comparison(compare(school(), school())))
