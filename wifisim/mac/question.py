"""From the options of ``wifisim cell`` to the cell it asks about; every wrong combination gets one clear sentence.

A group is written ``10x:mcs=11,nss=1``: how many stations, then what differs from the rest: ``mcs``, ``nss``, ``snr``
(dB) or ``distance`` (m). Where no MCS is named, the signal chooses it: SNR given, or from the distance by the
log-distance law; where nothing is named, MCS 7 with a signal that suffices.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace

import numpy as np

from wifisim.inputs.equipment import Band, Generation
from wifisim.mac.cell import Cell, Direction, Fairness, Group, Transport
from wifisim.mac.exchange import Medium
from wifisim.mac.frames import Aggregation, mpdu_octets
from wifisim.mac.multiuser import MultiUser
from wifisim.mac.multiuser import check as check_multi_user
from wifisim.mac.neighbours import Layout
from wifisim.mac.timing import DSSS_RATES_MBPS, LEGACY_RATES_MBPS, SIGNAL_DETECT_DBM
from wifisim.rf.channels import widths_mhz as band_widths_mhz
from wifisim.rf.link import packet_error_rate
from wifisim.rf.phy import MODULATIONS, LinkModel, PhyMode, check_mode, default_guard_interval_ns, ladder

DEFAULT_MCS = 7
DEFAULT_DISTANCE_M = 3.0  # stations of the reference runs sit here
MOST_STATIONS = 2000
_GROUP = re.compile(r"^(\d{1,6})x?(?::(.*))?$")
_GROUP_KEYS = {"mcs": (0.0, 13.0), "nss": (1.0, 8.0), "snr": (-200.0, 200.0), "distance": (0.01, 1e6)}  # dB, m
_AX_ONLY_BAND: Band = "6"


@dataclass(frozen=True, slots=True)
class Question:
    """The options, as typed; ``guard_interval_ns`` 0 and ``mcs`` None mean the default, ``groups`` replace stations."""

    standard: Generation = "ax"
    band: Band = "5"
    width_mhz: int = 40
    nss: int = 2
    mcs: int | None = None
    guard_interval_ns: int = 0
    stations: int = 1
    groups: tuple[str, ...] = ()
    direction: Direction = "down"
    transport: Transport = "udp"
    fairness: Fairness = "throughput"
    payload_bytes: int = 1472
    offered_mbps: float = math.inf
    limits: Aggregation = field(default_factory=Aggregation)
    rts_cts: bool = False
    protection: bool = False
    snr_db: float | None = None
    distance_m: float | None = None
    layout: Layout = field(default_factory=Layout)
    link_model: LinkModel = "awgn"
    rate_margin_db: float = 0.0
    mrc: bool = True
    beacon_rate_mbps: float = 6.0
    ofdma_users: int = 1
    mu_mimo_users: int = 1


@dataclass(frozen=True, slots=True)
class _Wish:
    """One group as typed, gaps filled from the options."""

    count: int
    mcs: int | None
    nss: int
    snr_db: float | None
    distance_m: float | None


def cell_of(question: Question) -> Cell:
    """The cell a question asks about. Raises ValueError with one sentence for a combination that does not exist."""
    _check(question)
    wishes = tuple(_parsed(text, question) for text in question.groups) or (
        _Wish(question.stations, question.mcs, question.nss, question.snr_db, question.distance_m),
    )
    if sum(wish.count for wish in wishes) > MOST_STATIONS:
        raise ValueError(f"at most {MOST_STATIONS} stations an access point")
    multi = MultiUser("mimo", question.mu_mimo_users)
    if question.ofdma_users > 1:
        multi = MultiUser("ofdma", question.ofdma_users)
    groups = tuple(_group(wish, question) for wish in wishes)
    for group in groups:
        check_multi_user(multi, group.mode)
    if multi.users > sum(group.stations for group in groups):
        raise ValueError(f"one PPDU for {multi.users} users needs at least as many stations")
    medium = Medium(
        band=question.band, limits=question.limits, rts_cts=question.rts_cts, protection=question.protection
    )
    return Cell(
        groups=groups,
        medium=medium,
        layout=question.layout,
        direction=question.direction,
        transport=question.transport,
        fairness=question.fairness,
        payload_octets=question.payload_bytes,
        offered_bps=question.offered_mbps * 1e6,
        beacon_rate_mbps=question.beacon_rate_mbps,
        multi=multi,
    )


def _check(question: Question) -> None:
    """Combinations that no single option's range can refuse."""
    if question.standard == "ac" and question.band != "5":
        raise ValueError("802.11ac exists at 5 GHz only")
    if question.standard == "n" and question.band == _AX_ONLY_BAND:
        raise ValueError("the 6 GHz band is for 802.11ax and be only")
    if question.width_mhz not in band_widths_mhz(question.band):
        hint = "; the 6 GHz band has them" if question.width_mhz in band_widths_mhz("6") else ""
        raise ValueError(f"no {question.width_mhz} MHz channels in the {question.band} GHz band{hint}")
    if question.band != "2.4" and question.beacon_rate_mbps not in LEGACY_RATES_MBPS:
        raise ValueError(f"{question.beacon_rate_mbps:g} Mbit/s is no basic rate of the {question.band} GHz band")
    if question.beacon_rate_mbps not in (*LEGACY_RATES_MBPS, *DSSS_RATES_MBPS):
        raise ValueError(f"{question.beacon_rate_mbps:g} Mbit/s is no basic rate")
    if question.protection and question.band != "2.4":
        raise ValueError("protection is for 802.11b stations, which are at 2.4 GHz only")
    if question.fairness == "airtime" and question.direction != "down":
        raise ValueError("airtime fairness is the access point's scheduler; it holds for --direction down only")
    if max(question.ofdma_users, question.mu_mimo_users) > 1 and question.direction != "down":
        raise ValueError("OFDMA and MU-MIMO are modelled for --direction down only")
    if min(question.ofdma_users, question.mu_mimo_users) > 1:
        raise ValueError("give --ofdma-users or --mu-mimo-users, not both")
    if question.snr_db is not None and question.distance_m is not None:
        raise ValueError("give --snr-db or --distance-m, not both: the distance already says the SNR")
    largest = 11454 if question.limits.amsdu_octets else 2304
    if not 1 <= question.payload_bytes <= largest:
        raise ValueError(f"--payload-bytes must lie between 1 and {largest}")
    if 0 < question.limits.amsdu_octets < question.payload_bytes + 28 + 8 + 14:
        raise ValueError("--amsdu-bytes is smaller than one packet (0 switches A-MSDU off)")
    if 0 < question.limits.max_octets < mpdu_octets(question.payload_bytes + 28) + 4:
        raise ValueError("--ampdu-bytes is smaller than one frame (0 switches aggregation off)")


def _parsed(text: str, question: Question) -> _Wish:
    match = _GROUP.match(text.strip())
    if match is None or int(match.group(1)) < 1:
        raise ValueError(f"--group '{text}' is not like '10x:mcs=11'")
    values: dict[str, float] = {}
    for part in filter(None, (match.group(2) or "").split(",")):
        key, _, value = part.partition("=")
        if key not in _GROUP_KEYS:
            raise ValueError(f"--group '{text}': '{key}' is not one of {', '.join(_GROUP_KEYS)}")
        if key in values:
            raise ValueError(f"--group '{text}' says {key} twice")
        try:
            values[key] = float(value)
        except ValueError:
            raise ValueError(f"--group '{text}': '{value}' is not a number") from None
        lowest, highest = _GROUP_KEYS[key]
        if not lowest <= values[key] <= highest or (key in ("mcs", "nss") and values[key] % 1.0):
            raise ValueError(f"--group '{text}': '{value}' cannot be {key}")
    if "snr" in values and "distance" in values:
        raise ValueError(f"--group '{text}': give snr or distance, not both")
    own_signal = "snr" in values or "distance" in values
    mcs = int(values["mcs"]) if "mcs" in values else None if own_signal else question.mcs
    return _Wish(
        int(match.group(1)),
        mcs,
        int(values.get("nss", question.nss)),
        values.get("snr", None if own_signal else question.snr_db),
        values.get("distance", None if own_signal else question.distance_m),
    )


def _group(wish: _Wish, question: Question) -> Group:
    """The group with its rate; ``works`` tells whether the signal carries it."""
    interval = question.guard_interval_ns or default_guard_interval_ns(question.standard)
    asked = PhyMode(question.standard, question.width_mhz, wish.nss, 0 if wish.mcs is None else wish.mcs, interval)
    check_mode(asked)
    snr_db, heard = _signal(wish, question)
    if wish.mcs is None and snr_db is not None:
        modes, works = _carried(wish, question, snr_db, interval)
        best, *slower = (Group(_label(wish, mode, question), wish.count, mode, heard and works) for mode in modes)
        return replace(best, slower=tuple(slower))
    mode = asked if wish.mcs is not None else _default_mode(asked)
    works = heard and (snr_db is None or _decodes(mode, snr_db, question))
    return Group(_label(wish, mode, question), wish.count, mode, works)


def _carried(wish: _Wish, question: Question, snr_db: float, interval_ns: int) -> tuple[tuple[PhyMode, ...], bool]:
    """The modes that the signal carries, the fastest first, and whether there is one; else the lowest."""
    rungs = ladder(
        question.standard,
        question.width_mhz,
        wish.nss,
        interval_ns,
        model=question.link_model,
        receive_chains=wish.nss if question.mrc else 0,
    )
    step = int(rungs.highest(np.array(snr_db), question.rate_margin_db))
    return rungs.modes[max(step, 0) :: -1], step >= 0


def _label(wish: _Wish, mode: PhyMode, question: Question) -> str:
    """How many at which MCS, and what sets the group apart from the rest."""
    label = f"{wish.count}x MCS {mode.mcs}"
    if wish.distance_m is not None and wish.distance_m != question.distance_m:
        label += f" at {wish.distance_m:g} m"
    if wish.snr_db is not None and wish.snr_db != question.snr_db:
        label += f" at {wish.snr_db:g} dB"
    if mode.streams != question.nss:
        label += f", {mode.streams} stream{'s' if mode.streams > 1 else ''}"
    return label


def _signal(wish: _Wish, question: Question) -> tuple[float | None, bool]:
    """SNR in dB, None where nothing is said, and whether the stations hear the access point at all."""
    if wish.snr_db is not None:
        return wish.snr_db - _split_db(question), True
    if wish.distance_m is None:
        return None, True
    level = question.layout.received_dbm(wish.distance_m)
    snr_db = question.layout.snr_db(wish.distance_m, question.width_mhz)
    return snr_db - _split_db(question), level >= SIGNAL_DETECT_DBM


def _split_db(question: Question) -> float:
    """What each user of a MU-MIMO PPDU has less, because the power is divided."""
    return 10.0 * math.log10(question.mu_mimo_users)


def _decodes(mode: PhyMode, snr_db: float, question: Question) -> bool:
    """True where most frames of the named MCS arrive."""
    modulation = MODULATIONS[mode.mcs]
    octets = mpdu_octets(question.payload_bytes + 28)
    return packet_error_rate(snr_db, modulation.bits, modulation.code, mode.streams, octets) < 0.5


def _default_mode(asked: PhyMode) -> PhyMode:
    mode = PhyMode(asked.generation, asked.width_mhz, asked.streams, DEFAULT_MCS, asked.guard_interval_ns)
    check_mode(mode)
    return mode
