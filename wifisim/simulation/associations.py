"""Which radio each device is on while the day runs: the state behind the rules of ``mac.association``.

A device stays on its radio as long as that radio is on and still heard above the client's roaming threshold at the
new place (a sticky client); otherwise it takes the best-ranked radio with a free place, or where access points balance
their load the one with most free places among those about as good. None left: it has no Wi-Fi.
With 802.11v the network asks a device that comes to a weak radio, or to one with a quarter more clients than another
about as good, to go there; and where a newcomer finds all radios full, one that could do as well on another radio to
make room. A device obeys always or never. What a new radio costs is the time to find it (``mac.scanning``).
Left out: the pause of a device that makes room (its transfers go on over the new radio).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wifisim.mac.association import Ranking, Roaming
from wifisim.randomness import identity, mix
from wifisim.simulation.air import Air, ClientAir

LOAD_RATIO = 1.25  # clients on a radio over those on another that the network would rather use (project choice)
_STEERING = identity("obeys steering")


@dataclass(frozen=True, slots=True)
class Joined:
    """Devices that come to a room: their ``radio`` [device] (-1: none takes it) and how long they ``search_s`` for it.

    ``came`` is False for a device that is there already, in another session; ``changed`` have been on another radio
    before, ``weak`` are on one that is much weaker than the best there.
    """

    radio: NDArray[np.int64]
    search_s: NDArray[np.float64]
    came: NDArray[np.bool_]
    changed: NDArray[np.bool_]
    weak: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Device:
    """A device on a radio: its type's view of the air, its place, and whether it goes where the network asks it to."""

    view: ClientAir
    place: int
    obeys: bool


class Associations:
    """``clients[radio]`` counts the devices on each radio; ``limits[radio]`` is how many it takes.

    ``steered`` counts devices that the network moved; ``made_room`` are those that it has moved off a full radio and
    that nobody has followed there yet.
    """

    def __init__(self, air: Air, *, limits: NDArray[np.int64], roaming: Roaming | None = None) -> None:
        self._air = air
        self._limits = limits
        self._roaming = roaming or Roaming()
        self._on = np.ones(limits.size, dtype=np.bool_)
        self._last: dict[int, int] = {}
        self._sessions: dict[int, int] = {}
        # The devices on each radio, first come first.
        self._members: list[dict[int, _Device]] = [{} for _ in range(limits.size)]
        self.clients: NDArray[np.int64] = np.zeros(limits.size, dtype=np.int64)
        self.steered = 0
        self.made_room: set[int] = set()

    def join(self, client_id: str, keys: NDArray[np.uint64], room: int) -> Joined:
        """Devices ``keys`` [device] come to ``room``.

        One that is in several sessions at a time has one place, until the last of them ends.
        """
        before = [self._last.get(key, -1) for key in keys.tolist()]
        came = np.array([not self._sessions.get(key, 0) for key in keys.tolist()], dtype=np.bool_)
        for key in keys.tolist():
            self._sessions[key] = self._sessions.get(key, 0) + 1
        radio = self.renew(client_id, keys, room)
        last = np.array(before, dtype=np.int64)
        new = came & (radio >= 0) & (radio != last)
        view, places = self._air.clients[client_id], self._air.places_of(room, keys.size)
        search_s = np.where(new, self._search_s(view, places, last), 0.0)
        weak = came & (radio >= 0)
        weak[weak] = view.ranking.weak[radio[weak], places[weak]]
        return Joined(radio, search_s, came, new & (last >= 0), weak)

    def _search_s(self, view: ClientAir, places: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.float64]:
        """How long each device [device] looks for a radio: by its neighbour report, where it has had one."""
        listed = (last >= 0) & (self._roaming.neighbour_reports and view.steering_share > 0.0)
        return np.where(listed, view.search.listed_s[places], view.search.everywhere_s)

    def renew(self, client_id: str, keys: NDArray[np.uint64], room: int) -> NDArray[np.int64]:
        """The radio of each device [device], -1 where none takes it: it moves only if it must."""
        view = self._air.clients[client_id]
        places = self._air.places_of(room, keys.size).tolist()
        obeys = (
            (mix(keys, _STEERING) >> np.uint64(11)) * 2.0**-53 < view.steering_share
        ) & self._roaming.bss_transition
        one_by_one = zip(keys.tolist(), places, obeys.tolist(), strict=True)
        radios = [self._renewed(key, _Device(view, place, obeying)) for key, place, obeying in one_by_one]
        return np.array(radios, dtype=np.int64)

    def _renewed(self, key: int, device: _Device) -> int:
        ranking, place = device.view.ranking, device.place
        there = self._release(key)
        radio = self._last.get(key, -1)
        must_move = radio < 0 or not self._free(radio) or not ranking.holds[radio, place]
        if must_move:
            radio = self._newcomer(ranking, place)
        if device.obeys and radio >= 0 and (must_move or not there):
            better = self._better(ranking, place, radio)
            self.steered += better != radio
            radio = better
        if radio < 0 and self._roaming.bss_transition:
            radio = self._emptied(ranking, place)
        if radio >= 0:
            self._seat(key, device, radio)
        return radio

    def _newcomer(self, ranking: Ranking, place: int) -> int:
        """The radio that takes a device which comes to ``place``, -1 for none."""
        first = next(self._usable(ranking, place), -1)
        return self._emptiest(self._alike(ranking, place), first) if self._roaming.balanced and first >= 0 else first

    def _better(self, ranking: Ranking, place: int, radio: int) -> int:
        """Where the network would have a device that is about to use ``radio`` at ``place``."""
        other = self._emptiest(self._alike(ranking, place), radio)
        crowded = self.clients[radio] + 1 > LOAD_RATIO * (self.clients[other] + 1)
        return other if ranking.weak[radio, place] or crowded else radio

    def _emptied(self, ranking: Ranking, place: int) -> int:
        """A radio on which a device that does as well elsewhere has made room, -1 for none."""
        for radio in ranking.ranks[place].tolist():
            if radio < 0 or not self._on[radio]:
                continue
            for key, device in self._members[radio].items():
                other = next(self._content(device), -1) if device.obeys else -1
                if other >= 0:
                    self._release(key)
                    self._seat(key, device, other)
                    self.made_room.add(key)
                    self.steered += 1
                    return int(radio)
        return -1

    def _usable(self, ranking: Ranking, place: int) -> Iterator[int]:
        """Radios with a free place, best first."""
        return (radio for radio in ranking.ranks[place].tolist() if radio >= 0 and self._free(radio))

    def _alike(self, ranking: Ranking, place: int) -> Iterator[int]:
        """Those of them about as good as the best."""
        return (radio for radio in self._usable(ranking, place) if ranking.alike[radio, place])

    def _content(self, device: _Device) -> Iterator[int]:
        """Radios with a free place that a device would not leave by itself, best first."""
        ranking = device.view.ranking
        return (radio for radio in self._usable(ranking, device.place) if ranking.holds[radio, device.place])

    def _emptiest(self, radios: Iterator[int], otherwise: int) -> int:
        """The radio with most free places, the first of several."""
        return max(radios, key=lambda radio: int(self._limits[radio] - self.clients[radio]), default=otherwise)

    def radio_of(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The radio that each device [device] is on or was on last, -1 for none."""
        return np.array([self._last.get(key, -1) for key in keys.tolist()], dtype=np.int64)

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

    def _seat(self, key: int, device: _Device, radio: int) -> None:
        self._members[radio][key] = device
        self._last[key] = radio
        self.clients[radio] += 1

    def _release(self, key: int) -> bool:
        """Give back the place of a device; False if it had none."""
        radio = self._last.get(key, -1)
        if radio < 0 or self._members[radio].pop(key, None) is None:
            return False
        self.clients[radio] -= 1
        return True
