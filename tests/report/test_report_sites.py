"""The reports of the shipped sites, the end of their plans on a typical day, in a real browser."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import chromium
import numpy as np
import pytest

from wifisim.inputs.reader import read_site
from wifisim.report.page import report_html
from wifisim.results.readiness import assess
from wifisim.results.records import Results
from wifisim.simulation.run import simulate

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(chromium.programs() is None, reason="no chromium and chromium-driver here"),
]


SITES = Path(__file__).parents[2] / "sites"
# A copy of another site with changes has the same building and the same page.
OWN = sorted(path.stem for path in SITES.glob("*.yaml") if not re.search(r"^copy_of:", path.read_text("utf-8"), re.M))
LIMIT_BYTES = 6_000_000  # for a whole secondary


def with_a_second_stage(results: Results) -> Results:
    """The same stage again, its day five minutes later, so that nothing of it packs away."""
    (day,), (stage,) = results.days, results.stages
    later = {name: np.roll(getattr(day, name), 5, axis=0) for name in ("utilisation", "bound_share", "clients")}
    again = replace(day, stage_id="again", **later)
    return replace(results, stages=(stage, replace(stage, id="again")), days=(day, again))


@pytest.mark.parametrize("stem", OWN)
def test_the_report_of_a_shipped_site_works(stem: str, tmp_path: Path) -> None:
    site = read_site(SITES / f"{stem}.yaml")
    short = replace(site.simulation, replications=1, extra_replications=0, days=("typical",))
    results = simulate(replace(site, stages=site.stages[-1:], simulation=short))
    path = tmp_path / "report.html"
    page = report_html(results, assess(results))
    path.write_bytes(page)
    # What a further day adds, times three kinds of day in every stage of the plan.
    longer = with_a_second_stage(results)
    more = len(report_html(longer, assess(longer))) - len(page)
    assert len(page) + more * (3 * len(site.stages) - 1) < LIMIT_BYTES
    driver = chromium.start()
    try:
        chromium.open_page(driver, path)
        plan = "return [...document.querySelectorAll('.ap text')].map(n => n.textContent).join()"
        moments = []
        for bin_ in range(0, 420, 20):
            chromium.move_slider(driver, bin_)
            moments.append(driver.execute_script(plan))
        assert len(set(moments)) > 1
        rows = "return [...document.querySelectorAll('#table-rooms tbody th')].map(n => n.textContent)"
        driver.execute_script("document.querySelector('#table-rooms th button').click()")
        rising = driver.execute_script(rows)
        driver.execute_script("document.querySelector('#table-rooms th button').click()")
        assert driver.execute_script(rows) == rising[::-1]
        assert len(rising) >= 2
        for kind in ("day", "airtime", "signal", "rate"):
            driver.execute_script(
                "const s = document.getElementById('rooms-show'); s.value = arguments[0];"
                "s.dispatchEvent(new Event('change'))", kind,
            )  # fmt: skip
            warm = driver.execute_script("return document.querySelectorAll('svg.floor.warm .heat[href]').length")
            assert (warm > 0) is (kind != "day")
        assert driver.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
        assert chromium.serious(driver) == []
        assert driver.get_log("browser") == []
    finally:
        driver.quit()
