"""Writes docs/accuracy-transfers.md: completion times of ``wifisim replay`` against ns-3, run by run.

``python -m benchmarks.transfers`` from the repository's root; ``--check`` only says whether the page is up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from ns3_transfers import Compared, Run, compare, further_runs, given_runs  # noqa: E402

PAGE = ROOT / "docs" / "accuracy-transfers.md"

INTRODUCTION = """# How accurate completion times are

This page is written by `python -m benchmarks.transfers`; `tests/reference/test_ns3_completions.py` holds its bounds.
A classroom of 30 stations on one access point moves files of a fixed size, begun at random moments; ns-3 3.44 carries
every packet, `wifisim replay` the same list of transfers as flows. The runs are given in `tests/reference/ns3_flows`
(settings: set F of `tests/reference/ns3/README.md`), or our own of the same kind in `tests/reference/ns3_further`.

The bound: mean, median (p50) and 95th percentile (p95) of the time a transfer takes within 15 % up to load 0.8, within
30 % above. `r` is the correlation over single transfers; without load all take the same time and it says nothing.
"""

HEAD = """| run | ns-3 mean, p50, p95 (s) | error of mean | p50 | p95 | r | |
|--|--|--|--|--|--|--|"""

RERUNS = """
## The same transfers again in ns-3

Some of the runs above, carried by ns-3 again with other random numbers (backoffs, places of the stations). What these
differ by is chance, and no model of the mean can be closer to a single one of them than that.

| arrivals | runs | mean of ns-3's means | range of its means | of its p95 | model's mean | model's p95 |
|--|--|--|--|--|--|--|"""

SEEN = """
## Further sizes and loads, looked at while the model was made

Made by us, other arrivals. They showed that downloads double their window exactly, and what uploads contend with, so
they are weaker evidence than the last table.
"""

AFTER = """
## Further runs, made afterwards

Run when the model stood: other random arrivals, sizes, PHY rates and round trips (names say which; without a name
802.11ax, 40 MHz, MCS 7, 20 ms). One choice, how many contenders an upload meets, was made again after a look at the
uploads among them, so those are weaker evidence than the downloads.
"""

HELD = """
## Held out from earlier models

Arrivals, sizes, loads and places of the stations drawn anew and carried by ns-3 before an earlier model was compared
with them. The present one was made with these in sight: those whose name ends in `_new` asked for windows that are
served as they come (300 and 400 kB were too slow while the air was shared evenly from a transfer's first segment).
Those that end in `_held2` all held when they were first compared (`wifi_down_1000kB_load90_held2` at +13, +27, +2 %);
then the long overloads of 200 kB in the first of these tables asked for what is sent again after collisions and drops.
"""

UNSEEN = """
## Held out: drawn before any comparison with this model

Drawn and carried by ns-3 like those. After the look at them only the length of an acknowledgement with SACK was changed
(two blocks instead of one, as in the traces), which moves none of them by more than a point.
"""

REASONS = """
## What the model does, and where it comes from

* Set-up, request, doubling windows: `network/transport.py` (RFC 5681, RFC 6928).
* A round trip of a download takes as long as its first burst on the air: the first segment goes out alone, and its
  acknowledgement waits for the second's (`mac/transfers.py`).
* Whoever has a burst to send waits one burst of each transfer that is using the air, at most a full queue of the access
  point. How long such bursts are follows from slow start and the transfer's size.
* **How much the air carries with n downloads in progress**: acknowledgements contend with data and meet them, stations
  that owe some are a Markov chain (`mac/tcp.py`), and more than 23 stations share the access point's 500 packets in
  shorter bursts. 40 MHz, MCS 7, against our ns-3 runs of stations in this room (3 s of 1 station at 3 m, 4 s of 5, 10
  to 14 s of more): 1 station 245 Mbit/s (239), 5: 239 (232), 10: 236 (232), 20: 231 (224), 30: 214 (207). The given
  runs of 1 to 2 s (`sat_tcp_down.csv`) have 242, 243, 238, 231 and 226.
* **A download whose own queue stands for 100 ms loses a segment to CoDel** (RFC 8289), and one more ever sooner. Each
  segment is acknowledged at once then, not each second one (RFC 5681): the air costs 3.5 % more (here) from the first
  drop to the end. In ns-3's traces acknowledgements go from 0.5 a segment without drops to 0.8 with them: 1 MB
  downloads from 12 at a time, 500 kB ones from 22, 200 kB ones from 45.
* **Windows are served as they come.** Until the access point's queue is full, each window of slow start is a batch that
  waits for what stands there (Pollaczek and Khinchine). Transfers of a few windows wait for less than if they shared
  the air evenly from their first segment on: 200 kB 0.7 times, 500 kB 0.9, 1 MB as much. Behind a full queue FQ-CoDel
  serves them evenly (RFC 8290), and the repetition of the last segment that it dropped comes a round trip after the
  drop (24 to 57 ms in ns-3's overloaded runs).

Project choices, held against ns-3: queues are those of the last 0.2 s; four uploads contend at a time at most. The
chain of `mac/tcp.py` (how many stations have data at a time) puts that number at 3.3 for the windows of 200 kB uploads,
however many there are, and at up to 8 for ample windows. Taken from the chain it makes 2 and 5 MB uploads slower than
they are (p95 +17 and +31 %, with four +13 and +9 %), so four stands.

## Where we differ, and why

* **Downloads are 3 % too fast in the mean**, 1 MB near saturation 12 %. Traced: a transfer's first windows go out in
  short bursts at any load. That is 0.5 ms of air a transfer: 15 to 27 transfers of 200 kB get 190 to 199 Mbit/s where
  the model gives 205. Charged, it makes the air right and most times too long (200 kB at load 0.95 half as slow again,
  1 MB at 0.8 by a fifth), also with the batches above; what makes up for it in ns-3 was not found, and it is left out.
  ns-3's figures themselves lean on chance there: 1 % of the air is a quarter of the waits while arrivals fill it.
* **200 kB downloads in long overload** (over 100 at a time, `load95_c` and `_c350`): a fifth too fast, p95 a third.
  Seven to eleven segments of each 139 are dropped there and nearly each transfer times out; after that windows of a few
  segments fill the air (165 instead of 187 Mbit/s). The model has no time-outs.
* **`wifi_down_1000kB_load90_held2`**: p50 2 points over the bound.
* **5 MB uploads at load 0.8** (`_b`, 60 transfers): three of them time out and take 3.6 to 4.9 s, which makes ns-3's
  p95; the median agrees.
* **`wifi_down_fixed_1000kB_load80_run2`**: seven ns-3 runs of these arrivals have p95 from 0.61 to 0.79 s; the given
  one is the slowest.
* **1.5 MB downloads at load 0.75** (one further run): p95 1 or 2 points over the bound.
* **200 kB uploads at load 0.8** (one further run): p95 a point over the bound.
* **802.11n uploads** at load 0.7 are too slow in the tail: seven bursts in a hundred are lost to collisions in ns-3,
  fewer than with four contenders; the chain above makes it +33 %.
* **Saturated uploads** (more than four stations that always have data) are too fast: a list of transfers that never
  wait for acknowledgements contends more than four at a time. `wifisim cell` has that case.
* Transfers that meet a busy hour's first seconds: a queue that has just filled is seen with a delay of 0.2 s.
"""


def main() -> int:
    text = page()
    if "--check" in sys.argv:
        return 0 if PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


def page() -> str:
    """The whole page."""
    given, further = given_runs(), further_runs()
    results = {run.name: compare(run) for run in [*given, *further]}
    held = sum(np.abs(results[run.name].error).max() <= run.bound for run in given)
    parts = [
        INTRODUCTION,
        f"\n## The given runs\n\n{held} of {len(given)} hold the bound in all three figures.\n",
        HEAD,
    ]
    parts += [_row(run, results[run.name]) for run in given]
    parts.append(RERUNS)
    names = sorted({run.arrivals_of for run in further if run.kind == "rerun"})
    parts += [_repeated(name, results, further) for name in names]
    for kind, text in (("seen", SEEN), ("after", AFTER), ("held", HELD), ("unseen", UNSEEN)):
        parts += [text, HEAD, *(_row(run, results[run.name]) for run in further if run.kind == kind)]
    return "\n".join([*parts, REASONS])


def _row(run: Run, result: Compared) -> str:
    mean, p50, p95 = result.ns3_s
    errors = " | ".join(f"{100 * error:+.0f} %" for error in result.error)
    missed = "" if np.abs(result.error).max() <= run.bound else "over the bound"
    return f"| {run.name} | {mean:.3f}, {p50:.3f}, {p95:.3f} | {errors} | {result.correlation:.2f} | {missed} |"


def _repeated(name: str, results: dict[str, Compared], further: list[Run]) -> str:
    of_name = [results[name], *(results[run.name] for run in further if run.arrivals_of == name)]
    ns3_s = np.array([result.ns3_s for result in of_name])
    mean_s = ns3_s.mean(axis=0)
    spread = np.ptp(ns3_s, axis=0) / mean_s
    error = of_name[0].model_s / mean_s - 1.0
    return (
        f"| {name} | {len(of_name)} | {mean_s[0]:.3f} s | {100 * spread[0]:.0f} % | {100 * spread[2]:.0f} % "
        f"| {100 * error[0]:+.0f} % | {100 * error[2]:+.0f} % |"
    )


if __name__ == "__main__":
    sys.exit(main())
