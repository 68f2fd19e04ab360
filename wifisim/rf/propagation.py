"""How much a radio wave loses on its way: laws of distance, walls and slabs apart.

Every law gives the loss of an open room or corridor, because walls and floors are explicit (see ``coverage``).
Laws whose exponent already contains walls (ITU-R P.1238 N = 30, P.1238 NLoS) are left out on purpose: with explicit
walls they would count them twice. Each law never falls with distance. Fading faster than shadowing is left out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PathLossLaw = Callable[[Floats, float], Floats]

NEAREST_M = 0.5  # no law holds nearer than about ten wavelengths; closer devices are taken to be here

REFERENCE_EXPONENT = 3.0  # log-distance law of the ns-3 reference runs (tests/reference/ns3/README.md)
REFERENCE_LOSS_1M_DB = 46.68  # the same; free space at 1 m and 5.15 GHz


def free_space_db(distance_m: Floats, freq_mhz: float) -> Floats:
    """Free-space loss (Friis; ITU-R P.525)."""
    loss: Floats = 20.0 * np.log10(distance_m) + 20.0 * np.log10(freq_mhz) - 27.55
    return loss


def tgax_enterprise_db(distance_m: Floats, freq_mhz: float) -> Floats:
    """IEEE 802.11-14/0980 (TGax) enterprise law without its wall term: exponent 2 to 10 m, 3.5 beyond."""
    near = 20.0 * np.log10(np.minimum(distance_m, 10.0))
    far = 35.0 * np.log10(np.maximum(distance_m, 10.0) / 10.0)
    loss: Floats = 40.05 + 20.0 * np.log10(freq_mhz / 2400.0) + near + far
    return loss


def tgax_residential_db(distance_m: Floats, freq_mhz: float) -> Floats:
    """IEEE 802.11-14/0980 (TGax) residential law without walls and floors: breakpoint at 5 m."""
    near = 20.0 * np.log10(np.minimum(distance_m, 5.0))
    far = 35.0 * np.log10(np.maximum(distance_m, 5.0) / 5.0)
    loss: Floats = 40.05 + 20.0 * np.log10(freq_mhz / 2400.0) + near + far
    return loss


def p1238_office_los_db(distance_m: Floats, freq_mhz: float) -> Floats:
    """ITU-R P.1238-11 site-general office, line of sight, 2-27 m (frequency in GHz in the table)."""
    loss: Floats = 14.6 * np.log10(distance_m) + 34.62 + 20.3 * np.log10(freq_mhz / 1000.0)
    return loss


def p1238_corridor_los_db(distance_m: Floats, freq_mhz: float) -> Floats:
    """ITU-R P.1238-11 site-general corridor, line of sight, 2-160 m (frequency in GHz in the table)."""
    loss: Floats = 16.3 * np.log10(distance_m) + 28.12 + 22.5 * np.log10(freq_mhz / 1000.0)
    return loss


LAWS: dict[str, PathLossLaw] = {
    "free-space": free_space_db,
    "tgax-enterprise": tgax_enterprise_db,
    "tgax-residential": tgax_residential_db,
    "p1238-office-los": p1238_office_los_db,
    "p1238-corridor-los": p1238_corridor_los_db,
}


def path_loss_db(distance_m: Floats, freq_mhz: float, *, law: str = "tgax-enterprise") -> Floats:
    """Loss in dB over ``distance_m`` (any shape) under a named law. Raises ValueError for an unknown name."""
    if law not in LAWS:
        raise ValueError(f"path-loss law '{law}' is not one of {', '.join(LAWS)}")
    return LAWS[law](np.maximum(np.asarray(distance_m, dtype=np.float64), NEAREST_M), freq_mhz)


def log_distance_db(
    distance_m: float, *, exponent: float = REFERENCE_EXPONENT, loss_1m_db: float = REFERENCE_LOSS_1M_DB
) -> float:
    """Loss in dB of the log-distance law ``loss_1m + 10 exponent log10(d / 1 m)``; at least the loss at 1 m."""
    return loss_1m_db + 10.0 * exponent * float(np.log10(max(distance_m, 1.0)))
