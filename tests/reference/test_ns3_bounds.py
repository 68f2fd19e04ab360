"""The model against ns-3's tables: the bounds of the accuracy page."""

from __future__ import annotations

import ns3_reference as ns3
import pytest

from wifisim.rf.phy import PhyMode, mcs_indices

pytestmark = pytest.mark.reference

# Where the model is more than 10 % and more than ns-3's own 95 % interval off, and why (docs/accuracy.md says more).
RTO = "fast downloads time out: their window goes out in one burst, then nothing comes back for a whole queue"
EDGE = "half the stations on the brink of being drowned; 1 dB decides"
RTS = "an access point locked out by its nearest stranger stays so for longer in ns-3"
REUSE = "two cells just within earshot: frames that the other cell's do not harm"
KNOWN = {
    ("ax", "down", "tcp", "5:11 5:0", "1"): RTO,
    ("ax", "down", "tcp", "8:9 4:2", "total"): RTO,
    ("ax", "down", "tcp", "8:9 4:2", "1"): RTO,
    ("ax", "down", "tcp", "8:9 4:2", "2"): RTO,
    ("be", "down", "udp", "5:9", "total"): EDGE,
    ("ax", "down", "udp", "6:9", "total"): RTS,
    ("ax", "both", "udp", "3:10 2:5", "1"): REUSE,
}

# 10 to 12 % off: not fitted away; the two uploads are of 30 and 50 stations, whose acknowledgements ns-3 thins out.
NEARLY = {
    ("ax", "up", "tcp", "30:7", "total"),
    ("ax", "up", "tcp", "50:7", "total"),
    ("ac", "up", "udp", "12:2", "total"),
}


def mean_and_worst(pairs: list[ns3.Pair]) -> tuple[float, float]:
    errors = [abs(pair.error) for pair in pairs]
    return sum(errors) / len(errors), max(errors)


@pytest.mark.parametrize(
    ("table", "mean_bound", "worst_bound"),
    [
        ("sat_udp_down", 0.005, 0.015),
        ("sat_udp_up", 0.02, 0.05),
        ("sat_tcp_down", 0.05, 0.12),
        ("sat_tcp_up", 0.05, 0.12),
    ],
)
def test_saturated_cells(table: str, mean_bound: float, worst_bound: float) -> None:
    mean, worst = mean_and_worst(ns3.saturated(table))
    assert mean <= mean_bound
    assert worst <= worst_bound


def test_mixed_rates_group_by_group() -> None:
    """Every group within 10 % of its line, or, where ns-3's longer runs do not bear that line out, of their mean."""
    for pair in ns3.mixed():
        run = ns3.settled(pair)
        if abs(pair.error) > 0.10:
            assert run is not None, pair.row
            assert run.agrees or _short(run) in KNOWN, (pair.row, pair.what)
        if (pair.row["transport"], pair.row["direction"]) == ("udp", "down"):
            assert abs(pair.error) <= 0.01, pair.row


def test_long_runs() -> None:
    """Each group of each cell within 10 % of ns-3's mean or inside its interval, the named exceptions apart."""
    disagreeing = {_short(run): abs(run.pair.error) for run in ns3.long_runs() if not run.agrees}
    assert disagreeing.keys() == KNOWN.keys() | NEARLY
    assert all(disagreeing[key] <= 0.125 for key in NEARLY)


def test_random_settings() -> None:
    """Chosen by chance before anything was compared: standards, widths, streams, sizes, directions, two cells."""
    totals = [run.pair for run in ns3.long_runs() if run.pair.row["set"] == "random" and run.pair.what == "total"]
    assert len(totals) >= 30
    mean, worst = mean_and_worst(totals)
    assert mean <= 0.03
    assert worst <= 0.12


def test_settings_drawn_after_the_rules_were_made() -> None:
    """Uploads, both ways and two cells, drawn with a fixed seed and run before anything was compared."""
    totals = [run.pair for run in ns3.long_runs() if run.pair.row["set"] == "drawn_later" and run.pair.what == "total"]
    assert len(totals) == 12
    mean, worst = mean_and_worst(totals)
    assert mean <= 0.03
    assert worst <= 0.06


def test_settled_uploads() -> None:
    """Uploads by TCP after 3 to 6 s, several windows: up to 20 stations close, more of them too high."""
    pairs = [run.pair for run in ns3.long_runs() if run.pair.row["set"] == "settled"]
    few = [pair for pair in pairs if int(pair.row["groups"].split(":")[0]) <= 20]
    assert len(few) == 10
    mean, worst = mean_and_worst(few)
    assert mean <= 0.03
    assert worst <= 0.06
    assert mean_and_worst(pairs)[1] <= 0.125


def _short(run: ns3.LongRun) -> tuple[str, ...]:
    return (*run.key[:4], run.pair.what)


def test_longer_runs_of_other_standards_and_sizes() -> None:
    """Cases beyond the tables: other standards, widths, streams, windows, queues, payloads, RTS, both ways."""
    single = [pair for pair in ns3.longer_runs() if pair.row["aps"] == "1"]
    udp = [pair for pair in single if pair.row["transport"] == "udp" and pair.row["direction"] != "both"]
    # One short window each; where longer runs exist, their mean counts.
    tcp = [run.pair if (run := ns3.settled(pair)) else pair for pair in single if pair.row["transport"] == "tcp"]
    assert len(udp) >= 25
    assert len(tcp) >= 18
    udp_mean, udp_worst = mean_and_worst(udp)
    tcp_mean, tcp_worst = mean_and_worst(tcp)
    assert udp_mean <= 0.03
    assert udp_worst <= 0.10
    assert tcp_mean <= 0.06
    assert tcp_worst <= 0.15


def test_cochannel() -> None:
    """Totals within 10 % of the line, or of the longer runs where it is one draw of a cell that swings."""
    for pair in ns3.cochannel():
        if abs(pair.error) > 0.10:
            run = ns3.settled(pair)
            assert run is not None, pair.row
            assert run.agrees, pair.row


def test_mcs_is_the_same_or_one_below() -> None:
    for pair in ns3.rates():
        row = pair.row
        streams = int(row["nss"])
        if row["main_mode"].endswith(f"x{streams}"):
            assert pair.model_mcs in (pair.reference_mcs, pair.reference_mcs - 1), row
        else:  # ns-3 went down to one stream at a higher MCS: the same rate or the next below it on two streams
            generation = ns3.STANDARDS[row["standard"]]
            width = int(row["width_mhz"])
            ladder = [
                PhyMode(generation, width, nss, index, 800).rate_bps
                for nss in range(1, streams + 1)
                for index in mcs_indices(generation, width, nss)
            ]
            lower = [rate for rate in ladder if rate < pair.reference_bps]
            assert pair.model_bps in (pair.reference_bps, max(lower, default=pair.reference_bps)), row


def test_thresholds_lie_between_ns3s_own_and_the_next() -> None:
    """So the rate chosen is never above ns-3's, and never more than one below."""
    own = {}
    for row, index, reference, model in ns3.thresholds():
        key = (row["standard"], row["width_mhz"], row["nss"])
        own.setdefault(key, {})[index] = (reference, model)
    for ladder in own.values():
        for index, (reference, model) in ladder.items():
            assert model >= reference
            if index + 1 in ladder:
                assert model <= ladder[index + 1][0]
