"""Small buildings and networks for the tests of the air."""

from __future__ import annotations

import numpy as np

from wifisim.inputs.catalog import ClientType, Material
from wifisim.inputs.equipment import AccessPoint, Network, Radio
from wifisim.inputs.floorplan import Building, Floor, Point, Room, Wall
from wifisim.inputs.profile import Evidence
from wifisim.inputs.site import AirSettings

_EVIDENCE = Evidence("project", "tests", "")
MATERIALS = {
    "brick": Material("brick", "Brick", {"2.4": 4.0, "5": 5.0, "6": 7.0}, _EVIDENCE),
    "slab": Material("slab", "Slab", {"2.4": 15.0, "5": 18.0, "6": 21.0}, _EVIDENCE),
}
CLIENT = ClientType("laptop", "Laptop", "chromeos", "ax", ("2.4", "5"), 2, 80, 14.0, 0.0, 7.0, -70.0, 8.0, _EVIDENCE)
_SETTINGS = {
    "path_loss": "tgax-enterprise",
    "shadowing_sigma_db": 3.8,
    "rate_margin_db": 3.0,
    "interference_activity": 0.3,
    "ampdu_max_bytes": 65535,
    "rts_cts": False,
    "airtime_fairness": False,
    "beacon_rate_mbps": 12.0,
    "steer_to_5ghz_rssi_dbm": -70.0,
    "load_balancing": "off",
    "neighbour_reports": False,
    "bss_transition": False,
    "amsdu_max_bytes": 0,
    "legacy_devices": False,
}
SETTINGS = AirSettings(**{name: _SETTINGS[name] for name in AirSettings.__dataclass_fields__ if name in _SETTINGS})


def one_floor(walls: list[tuple[Point, Point]], rooms: tuple[Room, ...] = ()) -> Building:
    """A floor with brick walls."""
    pieces = tuple(Wall("0", a, b, "brick") for a, b in walls)
    return Building((Floor("0", "Ground", 0, 0.0, 3.2, "slab", rooms, pieces),))


def school(*, rooms: int, seats: int) -> Building:
    """Rooms of 9 m x 7 m in a row, brick between them."""
    shapes = [((9.0 * i, 0.0), (9.0 * i + 9, 0.0), (9.0 * i + 9, 7.0), (9.0 * i, 7.0)) for i in range(rooms)]
    made = tuple(Room(f"R{i}", f"R{i}", "0", "classroom", shape, seats) for i, shape in enumerate(shapes))
    return one_floor([((9.0 * i, 0.0), (9.0 * i, 7.0)) for i in range(rooms + 1)], made)


def random_building(rng: np.random.Generator, *, floors: int, walls: int) -> Building:
    """Storeys of 3.2 m with walls anywhere in 40 m x 30 m."""
    made = []
    for level in range(floors):
        ends = rng.uniform((0, 0, 0, 0), (40, 30, 40, 30), (walls, 4))
        pieces = tuple(Wall(str(level), (e[0], e[1]), (e[2], e[3]), "brick") for e in ends.tolist())
        made.append(Floor(str(level), str(level), level, 3.2 * level, 3.2, "slab", (), pieces))
    return Building(tuple(made))


def radio(
    channel: int = 36, *, band: str = "5", width_mhz: int = 40, power_dbm: float = 14.0, enabled: bool = True
) -> Radio:
    """An 802.11ax radio of two streams."""
    return Radio(band, "ax", channel, width_mhz, power_dbm, 4.0, 2, 7.0, 60, enabled)


def access_point(name: str, at_m: Point, *radios: Radio) -> AccessPoint:
    """An access point under the ceiling."""
    return AccessPoint(name, "model", "0", at_m, 2.7, "core", 1e9, 15.0, radios)


def network(*, rooms: int, channels: tuple[int, ...] = (36,)) -> Network:
    """One access point in the middle of each room of ``school``."""
    points = tuple(
        access_point(f"AP{i}", (9.0 * i + 4.5, 3.5), radio(channels[i % len(channels)])) for i in range(rooms)
    )
    return network_of(*points)


def network_of(*points: AccessPoint) -> Network:
    """A network with nothing but access points."""
    return Network((), (), (), points, ("pupils",), {"2.4": 0.3, "5": 0.05, "6": 0.0}, 0, 0.0)
