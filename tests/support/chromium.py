"""A headless Chromium for tests: found on the machine, never downloaded."""

from __future__ import annotations

import shutil
import time
from importlib import resources
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--force-prefers-reduced-motion",
)
PATIENCE_S = 60.0


def programs() -> tuple[str, str] | None:
    """Chromium and its driver, or None where either is missing."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    driver = next(filter(None, map(shutil.which, ("chromedriver", "chromium-driver"))), None)
    return (browser, driver) if browser and driver else None


def start(width: int = 1366, height: int = 768) -> webdriver.Chrome:
    """A browser of that size; the caller quits it."""
    found = programs()
    assert found is not None
    options = webdriver.ChromeOptions()
    options.binary_location = found[0]
    for flag in (*FLAGS, f"--window-size={width},{height}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(found[1]))
    driver.set_script_timeout(2 * PATIENCE_S)  # axe looks at every node of a large page, on a machine that may be busy
    return driver


def wait_for(driver: webdriver.Chrome, script: str) -> None:
    """Until the script's value is true."""
    until = time.monotonic() + PATIENCE_S
    while not driver.execute_script(f"return {script}"):
        assert time.monotonic() < until, f"never true: {script}"
        time.sleep(0.1)


def open_page(driver: webdriver.Chrome, path: Path) -> None:
    """Open a report and wait until its charts are drawn."""
    driver.get(path.as_uri())
    wait_for(driver, "document.documentElement.dataset.charts === 'drawn'")


def move_slider(driver: webdriver.Chrome, bin_: int) -> None:
    """Set the plan's time."""
    driver.execute_script(
        "const s = document.getElementById('time'); s.value = arguments[0]; s.dispatchEvent(new Event('input'))", bin_
    )


def serious(driver: webdriver.Chrome) -> list[str]:
    """The serious and critical violations that axe-core finds."""
    driver.execute_script(resources.files("axe_core_python").joinpath("axe.min.js").read_text("utf-8"))
    found: dict[str, Any] = driver.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
