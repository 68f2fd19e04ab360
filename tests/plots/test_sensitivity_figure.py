"""The figure of a sensitivity analysis shows its bars, signs and chance."""

from __future__ import annotations

import numpy as np

from wifisim.plots.sensitivity import plot_sensitivity
from wifisim.results.sensitivity import CHANCE, CriterionSensitivity, InputRange, Sensitivity, effects_of


def test_bars_are_the_inputs_in_order_and_chance_a_line() -> None:
    ids = ("usage", "walls", CHANCE)
    inputs = tuple(InputRange(name, f"Input {name}", "C", 0.8, 1.2, "x") for name in ids)
    effects = effects_of(inputs, np.array([[0.3, -0.2, 0.1], [0.2, -0.2, 0.1]]))
    line = CriterionSensitivity("line", "Use of the line", "line", "at_most", 0.8, "share", 0.5, 0.9, 1, effects)
    found = Sensitivity("wifisim-sensitivity", 1, "School", "w", "Wave 1", "typical", 2, 8, 1, (line,))
    figure = plot_sensitivity(found)
    (axes,) = figure.axes
    # Percentage points: 25, 20; chance at 10 is the dashed line and no bar.
    assert [round(bar.get_width(), 6) for bar in axes.patches] == [25.0, 20.0]
    assert [text.get_text().split(" (")[0] for text in axes.get_yticklabels()] == ["Input usage", "Input walls"]
    assert axes.lines[-1].get_xdata()[0] == 10.0
    assert "leans most on: Input usage" in " ".join(text.get_text() for text in figure.texts)
