"""docs/accuracy.md says what the model computes today."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.reference
def test_the_page_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("accuracy_page", ROOT / "benchmarks" / "accuracy.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    stored = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    assert stored == module.page(), "run: python -m benchmarks.accuracy"
