"""When devices that have joined a radio may use it: the handshake, and the queue at the login server.

With a shared key every join takes a short handshake. With IEEE 802.1X a device that is new to a radio also logs in by
name: the server serves devices in the order in which they come, ``logins_per_s`` of them. A device that returns to its
radio has its key cached; with 802.11r (fast transition) that holds for every radio once it has logged in that day. A
device that has waited for ``LOGIN_TIMEOUT_S`` is told of as one without Wi-Fi, and goes on waiting.
Left out: failed logins, the address that DHCP gives (part of the handshake's time), moves because a radio has died.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.equipment import Login

# Setting up a connection with keys "150 to 350 ms" (Bing, ed., Emerging Technologies in Wireless LANs, 2008, 6.6): the
# upper end with a login, the lower without one; a cached key or 802.11r under 50 ms (what IEEE 802.11r was made for).
FULL_S = 0.35
HANDSHAKE_S = 0.15
FAST_S = 0.05
LOGIN_TIMEOUT_S = 30.0  # an authenticator waits so long for an answer (IEEE 802.1X-2004 suppTimeout, serverTimeout)


class Logins:
    """The login server of a day, and which device has logged in at which radio."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._free_s = 0.0
        self._known: dict[int, set[int]] = {}

    def ready_s(self, keys: NDArray[np.uint64], radio: NDArray[np.int64], *, now_s: float) -> NDArray[np.float64]:
        """When each device [device] that joins its ``radio`` [device] now may use it."""
        if self._login.method == "psk":
            return np.full(keys.size, now_s + HANDSHAKE_S)
        pairs = zip(keys.tolist(), radio.tolist(), strict=True)
        return np.array([self._logged_in_s(key, at, now_s) for key, at in pairs], dtype=np.float64)

    def _logged_in_s(self, key: int, radio: int, now_s: float) -> float:
        known = self._known.setdefault(key, set())
        fast = radio in known or (self._login.fast_transition and bool(known))
        if radio < 0 or fast:
            known.update([radio] if radio >= 0 else [])
            return now_s + FAST_S
        known.add(radio)
        self._free_s = max(self._free_s, now_s) + 1.0 / self._login.logins_per_s
        return self._free_s + FULL_S
