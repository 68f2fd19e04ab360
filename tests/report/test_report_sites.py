"""The reports of all shipped sites, the end of their plans on a typical day, in a real browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import chromium
import pytest

from wifisim.inputs.site import Site
from wifisim.report.page import report_html
from wifisim.results.readiness import assess
from wifisim.simulation.run import simulate

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(chromium.programs() is None, reason="no chromium and chromium-driver here"),
]


def test_the_report_of_a_shipped_site_works(site: Site, tmp_path: Path) -> None:
    short = replace(site.simulation, replications=1, days=("typical",))
    results = simulate(replace(site, stages=site.stages[-1:], simulation=short))
    path = tmp_path / "report.html"
    path.write_bytes(report_html(results, assess(results)))
    driver = chromium.start()
    try:
        chromium.open_page(driver, path)
        plan = "return [...document.querySelectorAll('.ap text')].map(n => n.textContent).join()"
        moments = []
        for bin_ in (0, 100, 200):
            chromium.move_slider(driver, bin_)
            moments.append(driver.execute_script(plan))
        assert len(set(moments)) == 3
        rows = "return [...document.querySelectorAll('#table-rooms tbody th')].map(n => n.textContent)"
        driver.execute_script("document.querySelector('#table-rooms th button').click()")
        rising = driver.execute_script(rows)
        driver.execute_script("document.querySelector('#table-rooms th button').click()")
        assert driver.execute_script(rows) == rising[::-1]
        assert len(rising) > 10
        assert chromium.serious(driver) == []
        assert driver.get_log("browser") == []
    finally:
        driver.quit()
