"""Which radio each device is on while the day runs: the state behind the rules of ``mac.association``.

A device stays on its radio as long as that radio is on and still heard above the client's roaming threshold at the
new place (a sticky client); otherwise it takes the best-ranked radio with a free place, or where access points balance
their load the one with most free places among those about as good. None left: it has no Wi-Fi.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wifisim.mac.association import Ranking
from wifisim.simulation.stage import Air


class Associations:
    """``clients[radio]`` counts the devices on each radio; ``limits[radio]`` is how many it takes."""

    def __init__(self, air: Air, *, limits: NDArray[np.int64], balanced: bool = False) -> None:
        self._air = air
        self._limits = limits
        self._balanced = balanced
        self._on = np.ones(limits.size, dtype=np.bool_)
        self._last: dict[int, int] = {}
        self._sessions: dict[int, int] = {}
        self._placed: set[int] = set()
        self.clients: NDArray[np.int64] = np.zeros(limits.size, dtype=np.int64)

    def join(self, client_id: str, keys: NDArray[np.uint64], room: int) -> NDArray[np.int64]:
        """The radio of each device [device] of ``keys`` in ``room``, -1 where none takes it.

        A device in several sessions at a time has one place, until the last of them ends.
        """
        for key in keys.tolist():
            self._sessions[key] = self._sessions.get(key, 0) + 1
        return self.renew(client_id, keys, room)

    def renew(self, client_id: str, keys: NDArray[np.uint64], room: int) -> NDArray[np.int64]:
        """The radio of each device that is there already: it moves only if it must."""
        ranking = self._air.clients[client_id].ranking
        places = self._air.places_of(room, keys.size)
        radios = np.empty(keys.size, dtype=np.int64)
        for device, (key, place) in enumerate(zip(keys.tolist(), places.tolist(), strict=True)):
            self._release(key)
            radio = self._last.get(key, -1)
            if radio < 0 or not self._free(radio) or not ranking.holds[radio, place]:
                radio = self._newcomer(ranking, place)
            if radio >= 0:
                self.clients[radio] += 1
                self._placed.add(key)
                self._last[key] = radio
            radios[device] = radio
        return radios

    def _newcomer(self, ranking: Ranking, place: int) -> int:
        """The radio that takes a device which comes to ``place``, -1 for none."""
        free = (int(radio) for radio in ranking.ranks[place] if radio >= 0 and self._free(int(radio)))
        first = next(free, -1)
        if not self._balanced or first < 0:
            return first
        alike = [first, *(radio for radio in free if ranking.alike[radio, place])]
        return max(alike, key=lambda radio: int(self._limits[radio] - self.clients[radio]))

    def leave(self, keys: NDArray[np.uint64]) -> None:
        """Devices fall asleep after their last session; their places are free, but they remember their radio."""
        for key in keys.tolist():
            self._sessions[key] -= 1
            if not self._sessions[key]:
                self._release(key)

    def switch(self, radios: Sequence[int], *, on: bool) -> None:
        """Radios fail, or come back."""
        self._on[list(radios)] = on

    def _free(self, radio: int) -> bool:
        return bool(self._on[radio]) and self.clients[radio] < self._limits[radio]

    def _release(self, key: int) -> None:
        if key in self._placed:
            self._placed.remove(key)
            self.clients[self._last[key]] -= 1
