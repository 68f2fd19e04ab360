"""Stored figures of a shipped site's day: a change that moves them must say so with ``pytest --update-golden``.

The tolerance is 2 %: other processors round differently in the last digit, and a queue passes that on.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import shipped_site
from support.edited import late_share, typical_day

from wifisim.simulation.stage import build_models

FOLDER = Path(__file__).parent


def figures(stem: str) -> dict[str, float]:
    """What a planner would notice: traffic, use, lateness, lessons and signal of the last stage's typical day."""
    site = shipped_site(stem)
    day = typical_day(site)
    ids = [resource.id for resource in build_models(site)[-1].network.resources]
    air = [index for index, name in enumerate(ids) if name.startswith("air:")]
    return {
        "flows": float(day.flows),
        "line_down_mean": float(day.utilisation[:, ids.index("line:down")].mean()),
        "air_mean": float(day.utilisation[:, air].mean()),
        "late_share": late_share(day),
        "lessons": float(len(day.lessons)),
        "devices": float(sum(lesson.devices for lesson in day.lessons)),
        "good_devices": float(sum(lesson.good_devices for lesson in day.lessons)),
        "clients_mean": float(np.mean(day.clients)),
    }


@pytest.mark.parametrize("stem", ["primary-brookside", "rural-fellside"])
def test_a_day_is_what_it_was(stem: str, request: pytest.FixtureRequest) -> None:
    stored = FOLDER / f"{stem}.json"
    found = figures(stem)
    if request.config.getoption("--update-golden"):
        stored.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    expected = json.loads(stored.read_text(encoding="utf-8"))
    assert found == pytest.approx(expected, rel=0.02, abs=2e-4)
