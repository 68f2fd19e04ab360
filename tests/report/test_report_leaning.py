from __future__ import annotations

from synthetic import bare_day, bare_results

from wifisim.report.leaning import leaning_of
from wifisim.report.page import report_html
from wifisim.results.readiness import assess
from wifisim.results.sensitivity import CHANCE, CriterionSensitivity, Effect, InputRange, Sensitivity


def effect(name: str, mu_star: float, *, label: str = "Use of web research", unit: str = "x") -> Effect:
    one = InputRange(name, label, "project", 0.75, 1.25, unit)
    return Effect(one, mu_star, mu_star, mu_star / 2, "down", 0.5)


def analysis(*effects: Effect) -> Sensitivity:
    criterion = CriterionSensitivity(
        "lessons", "Lessons that work", "lessons_good_share", "at_least", 0.95, "share", 0.6, 1.0, 12, effects
    )
    return Sensitivity("wifisim-sensitivity", 1, "Oakfield", "a", "Wave 1", "typical", 10, 100, 1, (criterion,))


def test_the_inputs_stand_in_order_and_chance_beside_them() -> None:
    found = leaning_of(analysis(effect("web", 0.2), effect(CHANCE, 0.05), effect("idle", 0.0)))
    assert found is not None
    assert found.figure == "Lessons that work (at least 95 %)"
    assert found.chance == "5.0 points"
    (row,) = found.rows
    assert (row.span, row.effect, row.spread) == ("0.75 to 1.25 times", "20.0 points", "10.0 points")
    assert row.direction == "more of it lowers it"


def test_the_page_has_the_list_only_with_an_analysis() -> None:
    results = bare_results(bare_day("a"))
    readiness = assess(results)
    assert b'id="leaning"' not in report_html(results, readiness)
    page = report_html(results, readiness, None, analysis(effect("web", 0.2, label="<b>web</b>"))).decode()
    assert 'id="leaning"' in page
    assert "&lt;b&gt;web&lt;/b&gt;" in page
    assert leaning_of(None) is None
