"""Shared by all tests: the shipped sites, read once, and markers by folder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from wifisim.inputs.reader import read_site
from wifisim.inputs.site import Site

ROOT = Path(__file__).resolve().parent.parent
SITE_FILES = sorted((ROOT / "sites").glob("*.yaml"))
MARKER_OF_FOLDER = {"theory": "theory", "invariants": "invariant", "golden": "golden", "reference": "reference"}


@lru_cache(maxsize=8)
def shipped_site(stem: str) -> Site:
    """The shipped site called ``stem``."""
    return read_site(ROOT / "sites" / f"{stem}.yaml")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the stored summaries in tests/golden")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for folder, marker in MARKER_OF_FOLDER.items():
            if item.path.is_relative_to(ROOT / "tests" / folder):
                item.add_marker(marker)


@pytest.fixture(params=[path.stem for path in SITE_FILES])
def site(request: pytest.FixtureRequest) -> Site:
    """Every shipped site in turn."""
    return shipped_site(request.param)


@pytest.fixture
def secondary() -> Site:
    """The three-floor secondary."""
    return shipped_site("secondary-oakfield")
