"""How long a device looks for a radio before it can join one.

By itself it visits each channel that its bands have in this country: where it may probe, it asks and waits a moment for
answers; where radar has priority (5250 to 5730 MHz) it may only listen until a beacon must have come. With a neighbour
report (IEEE 802.11k) it visits the channels of the first six access points on the list. Radios at 6 GHz cost nothing:
access points announce theirs in the beacons of the other bands (reduced neighbour report, IEEE 802.11ax 26.17.2).
Left out: what probes take of the air, answers that are lost, the search of a device that is still connected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.catalog import ClientType
from wifisim.inputs.equipment import Band
from wifisim.rf.coverage import PlacedRadio

# Linux mac80211 (net/mac80211/scan.c): 1/33 s before a probe, 1/33 s for its answers, 1/8 s where it only listens.
PROBED_S = 2.0 / 33.0
LISTENED_S = 1.0 / 8.0
RADAR_CHANNELS = range(52, 145)  # at 5 GHz: no probing before a beacon was heard (ETSI EN 301 893, FCC 15.407)
LISTED = 6  # entries of a neighbour report that devices use (Apple, "About wireless roaming for enterprise", HT203068)


@dataclass(frozen=True, slots=True)
class Search:
    """How long a search takes: over all channels, or at each place [place] over those of a neighbour report."""

    everywhere_s: float
    listed_s: NDArray[np.float64]


def search_times(
    ranks: NDArray[np.int64],
    radios: Sequence[PlacedRadio],
    client: ClientType,
    *,
    channels: Mapping[Band, Sequence[int]],
) -> Search:
    """The search of one client type; ``ranks`` [place, rank] are its radios best first, ``channels`` the legal ones."""
    everywhere_s = sum(visit_s(band, channel) for band in client.bands for channel in channels.get(band, ()))
    names = [(placed.radio.band, placed.radio.channel) for placed in radios]
    known = list(dict.fromkeys(names))
    # A last number that stands for no radio, as -1 does in the ranks.
    number = np.array([*(known.index(name) for name in names), len(known)], dtype=np.int64)
    visits_s = np.array([*(visit_s(band, channel) for band, channel in known), 0.0])
    listed = np.sort(number[ranks[:, :LISTED]], axis=1)
    again = np.zeros(listed.shape, dtype=np.bool_)
    again[:, 1:] = listed[:, 1:] == listed[:, :-1]
    return Search(everywhere_s, np.where(again, 0.0, visits_s[listed]).sum(axis=1))


def visit_s(band: Band, channel: int) -> float:
    """How long a device stays on a channel to find out who is there."""
    if band == "6":
        return 0.0
    return LISTENED_S if band == "5" and channel in RADAR_CHANNELS else PROBED_S
