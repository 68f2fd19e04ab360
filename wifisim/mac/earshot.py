"""What the stations around one access point make of each other's collisions; two stations at random bearings.

All are as far from the access point, so that colliding stations come in equally loud there and it decodes neither. A
third station follows the one that is ``PREAMBLE_CAPTURE_DB`` louder; where none is, it has heard nothing decodable.
"""

from __future__ import annotations

import math

import numpy as np

from wifisim.mac.exchange import Survival
from wifisim.mac.timing import PREAMBLE_CAPTURE_DB

CAPTURE_EXPONENT = 3.0  # path-loss exponent between the stations of a room
_BEARINGS = 2000

# How many times as far the fainter of two senders is whose louder one is still followed.
_FARTHER = 10.0 ** (PREAMBLE_CAPTURE_DB / (10.0 * CAPTURE_EXPONENT))

# Two stations as far from the access point as it from them: d = 2 r sin(angle / 2). The second hears the access point
# at least 4 dB above the first for this share of the angles.
CAPTURE = 1.0 - 2.0 / math.pi * math.asin(_FARTHER / 2.0)

# So what the access point sends to one station comes through another's short request, and so does its own request.
CAUGHT = Survival(data=0.0, data_under_request=CAPTURE, request=CAPTURE)

# It hears nothing decodable of collisions between stations.
DEAF_AP = 1.0


def deaf_share(stations: float) -> float:
    """Share of collisions of any two of ``stations`` and their access point of which another hears nothing."""
    with_ap = 2.0 / (stations + 1.0)
    return with_ap * _DEAF_TO_AP + (1.0 - with_ap) * _DEAF_TO_STATIONS


def _arc(far: np.ndarray) -> np.ndarray:
    """Share of stations that are no farther than ``far`` radii from one of them."""
    return 2.0 / math.pi * np.arcsin(np.minimum(far / 2.0, 1.0))


_OTHER = 2.0 * np.sin((np.arange(_BEARINGS) + 0.5) / _BEARINGS * math.pi / 2.0)
_DEAF_TO_STATIONS = float((_arc(_OTHER * _FARTHER) - _arc(_OTHER / _FARTHER)).mean())
_DEAF_TO_AP = float(_arc(np.array(_FARTHER)) - _arc(np.array(1.0 / _FARTHER)))
