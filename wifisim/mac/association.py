"""Which radio a device takes: usable ones ranked, which it would keep, and which the network would have it leave.

A radio is usable where both directions reach the minimum input level of MCS 0 (IEEE 802.11-2020 clause 19.3.19.2) and
the client has the band. Clients prefer 5 and 6 GHz radios that are heard above the steering level, the strongest
first; then everything else, the strongest first. A client that is on a radio keeps it while it is heard above its
roaming threshold, or while nothing better by its roaming margin is there (a sticky client). ``alike`` says which radios
a controller may choose from when it balances load or moves a client (IEEE 802.11v BSS transition); ``weak`` where it
finds a client on the wrong radio. Whether it does so, and what is full, is the caller's business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.catalog import ClientType
from wifisim.inputs.site import AirSettings
from wifisim.rf.coverage import Coverage, rssi_dbm, uplink_rssi_dbm

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ASSOCIATION_DBM = -82.0  # minimum input level of MCS 0 in 20 MHz: IEEE 802.11-2020 table 19-23
BALANCE_DB = 6.0  # radios this close to the best are as good to a controller that balances load (project choice)
# So much weaker than the best there, a client is on the wrong radio. ArubaOS has such a bound too ("SNR delta" of
# ClientMatch); the number is our choice.
WEAK_DB = 10.0


@dataclass(frozen=True, slots=True)
class Roaming:
    """What the network does about where clients are.

    ``balanced`` access points send newcomers to the emptiest radio about as good as the best, with
    ``neighbour_reports`` (802.11k) clients know where to look for radios, with ``bss_transition`` (802.11v) the network
    asks clients to move.
    """

    balanced: bool = False
    neighbour_reports: bool = False
    bss_transition: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """``ranks`` [place, rank] radios best first, -1 fills; ``holds`` [radio, place] a client there would stay.

    ``alike`` [radio, place]: about as good as the best there, and of its kind of band; ``weak`` [radio, place]: usable,
    but much weaker than the best there.
    """

    ranks: Ints
    holds: Bools
    alike: Bools
    weak: Bools


def rank_radios(coverage: Coverage, client: ClientType, settings: AirSettings) -> Ranking:
    """Usable radios of every place for one client type."""
    down = rssi_dbm(coverage, client)
    usable = usable_links(coverage, client)
    own_band = np.array([placed.radio.band != "2.4" for placed in coverage.radios], dtype=np.bool_)
    preferred = own_band[:, None] & (down >= settings.steer_to_5ghz_rssi_dbm)
    # Preferred radios first: the offset is above any difference of received levels.
    score = np.where(usable, down + np.where(preferred, 1000.0, 0.0), -np.inf)
    order = np.argsort(-score, axis=0, kind="stable").T
    ranks = np.where(np.take_along_axis(usable.T, order, axis=1), order, -1)
    best = score.max(axis=0, initial=-np.inf)
    alike, weak = usable & (score >= best - BALANCE_DB), usable & (score <= best - WEAK_DB)
    return Ranking(ranks.astype(np.int64), _holds(down, usable, client), alike, weak)


def usable_links(coverage: Coverage, client: ClientType) -> Bools:
    """Where [radio, place] a client of the type can use a radio."""
    has_band = np.array([placed.radio.band in client.bands for placed in coverage.radios], dtype=np.bool_)
    both = np.minimum(rssi_dbm(coverage, client), uplink_rssi_dbm(coverage, client))
    return np.asarray(has_band[:, None] & (both >= ASSOCIATION_DBM))


def _holds(down: Floats, usable: Bools, client: ClientType) -> Bools:
    """Where a client that is on the radio stays: above its threshold, or with nothing better by its margin."""
    if down.shape[0] == 0:
        return usable
    best = np.where(usable, down, -np.inf).max(axis=0)
    return np.asarray(usable & ((down >= client.roam_rssi_dbm) | (best < down + client.roam_margin_db)))
