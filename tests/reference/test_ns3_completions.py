"""``wifisim replay`` with transport against ns-3 completion times on the same arrivals (set F, see ns3/README.md).

Bounds: mean, p50 and p95 within 15 % up to load 0.8, within 30 % above. What misses them is listed with what it misses
by, so that a change for the worse, or for the better, is seen. Where ns-3 ran the same arrivals with other random
numbers, the mean of its runs is what the model is held to.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from ns3_transfers import compare, further_runs, given_runs  # noqa: E402

GIVEN = given_runs()
FURTHER = [run for run in further_runs() if run.kind != "rerun"]
RERUNS = [run for run in further_runs() if run.kind == "rerun"]
# Wider bounds, each a little above the measured error; docs/accuracy-transfers.md says why.
KNOWN = {
    "wifi_down_1500kB_load75_new": 0.18,
    "wifi_down_1000kB_load90_held2": 0.34,
    "wifi_down_200kB_load95_c": 0.39,  # each transfer times out in ns-3
    "wifi_down_200kB_load95_last": 0.33,
    "wifi_down_200kB_load95_c350": 0.36,
    "wifi_up_5000kB_load80_b": 0.38,  # three time-outs make ns-3's p95
    "wifi_up_200kB_load80": 0.17,
    "n20_up_200kB": 0.39,  # 802.11n uploads: fewer collide in ns-3 than here
}
REPEATED = sorted({run.arrivals_of for run in RERUNS})


@pytest.mark.reference
@pytest.mark.parametrize("run", GIVEN + FURTHER, ids=lambda run: run.name)
def test_completion_times_under_load(run):
    error = np.abs(compare(run).error).max()
    assert error <= KNOWN.get(run.name, run.bound), error


@pytest.mark.reference
@pytest.mark.parametrize("name", REPEATED)
def test_mean_of_several_runs_of_the_same_arrivals(name):
    given = next(run for run in GIVEN if run.name == name)
    results = [compare(run) for run in [given, *(run for run in RERUNS if run.arrivals_of == name)]]
    long_run_s = np.mean([result.ns3_s for result in results], axis=0)
    spread = max(np.ptp([result.ns3_s for result in results], axis=0) / long_run_s)
    error = np.abs(results[0].model_s / long_run_s - 1.0).max()
    # What ns-3 itself leaves open is no error of the model's: half of its range on either side of the mean.
    assert error <= given.bound + spread / 2.0, (error, spread)


@pytest.mark.reference
def test_transfers_slow_in_ns3_are_slow_here():
    # Without load all transfers of a size take the same time, but for noise: nothing to correspond.
    alike = [compare(run).correlation for run in GIVEN if run.load >= 0.4]
    assert np.median(alike) > 0.8


@pytest.mark.reference
def test_the_page_is_up_to_date():
    spec = importlib.util.spec_from_file_location("transfers_page", ROOT / "benchmarks" / "transfers.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    stored = (ROOT / "docs" / "accuracy-transfers.md").read_text(encoding="utf-8")
    assert stored == module.page(), "run: python -m benchmarks.transfers"


def test_all_rows_are_there():
    assert len(GIVEN) == 31
