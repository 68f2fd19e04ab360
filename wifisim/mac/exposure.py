"""What a receiver gets of its own frames while strangers, senders that its own does not hear, are on the air.

An MPDU arrives where signal over noise and the strangers' power suffices (``rf.link``). A frame is caught where its
preamble is ``PREAMBLE_CAPTURE_DB`` above all else. A stranger's preamble above carrier sense is followed by a receiver
whose own sender is silent, so that it misses what comes for it meanwhile. Sets of strangers are binary numbers: bit k
stands for stranger k, so set 0 is none of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wifisim.mac.frames import BLOCK_ACK_REQUEST_OCTETS
from wifisim.mac.timing import PREAMBLE_CAPTURE_DB
from wifisim.rf.link import packet_survival
from wifisim.rf.phy import MODULATIONS, PhyMode, noise_dbm
from wifisim.units import dbm_from_mw, mw_from_dbm

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_REQUEST_MCS = 3  # 16-QAM 1/2, as of the 24 Mbit/s at which requests go out


def members(strangers: int) -> Bools:
    """Who is in each set [set, stranger] of so many strangers."""
    sets = np.arange(1 << strangers)
    return np.asarray(sets[:, None] >> np.arange(strangers) & 1, dtype=np.bool_)


def summed_mw(levels_dbm: Floats) -> Floats:
    """Power of every set [set, ...] of strangers with ``levels_dbm`` [stranger, ...]."""
    return np.tensordot(members(len(levels_dbm)).astype(np.float64), mw_from_dbm(levels_dbm), axes=1)


def caught(own_dbm: Floats, others_mw: Floats) -> Bools:
    """Where the own preamble is caught above the others' power."""
    return np.asarray(mw_from_dbm(own_dbm - PREAMBLE_CAPTURE_DB) >= others_mw)


def sinr_db(own_dbm: Floats, others_mw: Floats, noise_mw: Floats | float) -> Floats:
    """Signal over noise and the others' power."""
    return np.asarray(own_dbm - dbm_from_mw(others_mw + noise_mw))


def received(ratio_db: Floats, mode: PhyMode, octets: int) -> Floats:
    """Share of MPDUs that arrive at a signal over noise and others, by an ideal receiver."""
    modulation = MODULATIONS[mode.mcs]
    return packet_survival(ratio_db, modulation.bits, modulation.code, mode.streams, octets)


def requests_received(own_dbm: Floats, others_mw: Floats, *, noise_figure_db: float) -> Floats:
    """Share of block-ack requests that arrive."""
    request = PhyMode("n", 20, 1, _REQUEST_MCS, 800)
    noise_mw = float(mw_from_dbm(np.array(noise_dbm(20.0, noise_figure_db))))
    return received(sinr_db(own_dbm, others_mw, noise_mw), request, BLOCK_ACK_REQUEST_OCTETS)
