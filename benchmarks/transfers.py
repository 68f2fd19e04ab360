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

Made by us, other arrivals. They showed that short bursts must not cost air under load, that downloads double their
window exactly, and what uploads contend with, so they are weaker evidence than the next table.
"""

AFTER = """
## Further runs, made afterwards

Run when the model stood: other random arrivals, sizes, PHY rates and round trips (names say which; without a name
802.11ax, 40 MHz, MCS 7, 20 ms). One choice, how many contenders an upload meets, was made again after a look at the
uploads among them, so those are weaker evidence than the downloads.
"""

HELD = """
## Held out: drawn before any comparison

Arrivals, sizes, loads and places of the stations drawn anew and carried by ns-3 before the model was compared with
them; nothing in it was changed afterwards.
"""

REASONS = """
## What the model does, and where it comes from

* Set-up, request, doubling windows: `network/transport.py` (RFC 5681, RFC 6928).
* A round trip of a download takes as long as its first burst on the air: the first segment goes out alone, and its
  acknowledgement waits for the second's (`mac/transfers.py`).
* Whoever has a burst to send waits one burst of each transfer that is using the air, at most a full queue of the access
  point. How long such bursts are follows from slow start and the transfer's size.
* Short bursts cost time but no capacity: where transfers wait, windows meet in the queue and go out full.
* Behind a full queue CoDel drops one segment of each transfer per interval (RFC 8289, 100 ms) and round trip; each goes
  out again by itself. With 20 downloads that is 4 % of the air; the given saturated runs (`sat_tcp_down.csv`) fall from
  241.9 Mbit/s with one station to 237.9, 231.4 and 225.6 with 10, 20 and 30; the rule gives 236.5, 231.3 and
  226.3.

Project choices, held against ns-3: queues are those of the last 0.2 s; four uploads contend at a time at most. The
chain of `mac/tcp.py` (how many stations have data at a time) puts that number at 3.3 for the windows of 200 kB uploads,
however many there are, and at up to 8 for ample windows. Taken from the chain it makes 2 and 5 MB uploads slower than
they are (p95 +17 and +31 %, with four +13 and +9 %), so four stands.

## Where we differ, and why

* **1 MB downloads near saturation** (load 0.95: 25 to 30 % low). Traced in one of ns-3's runs, packet by packet:
  - Time-outs are not the reason. 70 of 170 transfers have one (the repeated segment waits behind the transfer's own
    queue for longer than 200 ms), but a transfer ends 27 ms after its last new segment on average, of 900 ms (41 ms
    with a time-out), and 0.4 % of the segments go out twice.
  - The air carries less: 216 Mbit/s while 29 transfers are in progress, here 222. 3 % less capacity would make
    the model's mean -18 % instead of -29. ns-3's bursts are 35 of 42 segments long there, 11 % of the access point's
    meet a station's acknowledgements (6 % would by backoff alone), and a fifth of the stations' have to be repeated.
  - It is a matter of the first seconds: 20 downloads that never end get 217 Mbit/s in their first three seconds (10 of
    them 229, 30 of them 210) and the 231 (238, 226) of `sat_tcp_down.csv`, to which the rule above comes within 1 %,
    only later.
  - The trace also shows that most repeated segments go out in company, so that the rule for CoDel stands for other
    losses too that grow with the number of downloads. No rule was found that follows from theory and holds for all
    sizes: short first windows at their price in air make 1 MB right (-9 %) and 200 kB at load 0.8 a third too slow;
    twice the price of CoDel's drops makes all 1 MB runs right and 200 kB at load 0.95 60 % too slow.
* **`wifi_down_fixed_1000kB_load80_run2`**: seven ns-3 runs of these arrivals have p95 from 0.61 to 0.79 s; the given
  one is the slowest. The model's 0.55 s is below them all, for the reason above.
* **200 kB uploads at load 0.8** (one further run): p95 a point over the bound.
* **802.11n uploads** at load 0.7 are too slow in the tail: seven bursts in a hundred are lost to collisions in ns-3,
  fewer than with four contenders; the chain above makes it +33 %.
* **300 kB downloads at load 0.75** (held out): p95 0.1 points over the bound. CoDel drops nothing there, since no
  transfer waits for 100 ms; here each download in progress pays for its drops.
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
    for kind, text in (("seen", SEEN), ("after", AFTER), ("held", HELD)):
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
