"""network.build: routes and capacities of a small wired tree, worked out by hand.

internet -- filter -- core -- sw -- ap1
                        |      \\-- ap2
                      cache
"""

from __future__ import annotations

import math

import pytest

from wifisim.inputs.catalog import CloudService
from wifisim.inputs.equipment import AccessPoint, ContentCache, Network, Switch, Wan
from wifisim.inputs.profile import Evidence
from wifisim.network.build import Attachment, Need, SharedNetwork, build_network
from wifisim.network.resources import Resource

EVIDENCE = Evidence("project", "test", "")
SERVICE = CloudService("docs", "Documents", 0.020, 0.050, math.inf, 3.0, 0.0, EVIDENCE)
DOWN, UP, PEER = Need("docs", "down", peers=False), Need("docs", "up", peers=False), Need("docs", "down", peers=True)


def access_point(name: str) -> AccessPoint:
    return AccessPoint(name, "model", "G", (0.0, 0.0), 2.7, "sw", 1e9, 12.0, ())


def small_network() -> Network:
    return Network(
        wan=(Wan("main", 100e6, 30e6, 0.010, 0.100, "fifo", 0.0),),
        switches=(
            Switch("filter", "filter", "", 1e9, 50e6, 0.0, 60000, 0.025),
            Switch("core", "switch", "filter", 10e9, math.inf, 0.0, 0, 0.0),
            Switch("sw", "switch", "core", 1e9, math.inf, 370.0, 0, 0.0),
        ),
        caches=(ContentCache("box", "core", 1e9, {"docs": 0.7}),),
        access_points=(access_point("ap1"), access_point("ap2")),
        ssids=("pupils",),
        background_utilisation={"2.4": 0.0, "5": 0.0, "6": 0.0},
        dhcp_addresses=1000,
        dhcp_lease_s=28800.0,
    )


@pytest.fixture
def shared() -> SharedNetwork:
    air = [Resource("air:0", "air", "channel 36", 1.0)]
    places = [Attachment(0, "ap1", (0,)), Attachment(-1, "sw", ())]
    return build_network(small_network(), {"docs": SERVICE}, air=air, attachments=places, needs=[DOWN, UP, PEER])


def names(shared: SharedNetwork, need: Need, attachment: int) -> list[str]:
    route = shared.routes[shared.route_of[need][attachment]]
    return [shared.resources[index].id for index in route.resources]


def test_a_download_crosses_line_filter_cables_and_air_in_this_order(shared: SharedNetwork) -> None:
    assert names(shared, DOWN, 0) == [
        "line:down", "appliance:filter", "link:core:down", "link:sw:down", "link:ap1:down", "air:0",
    ]  # fmt: skip


def test_an_upload_goes_the_other_way_through_the_same_filter(shared: SharedNetwork) -> None:
    assert names(shared, UP, 0) == [
        "air:0", "link:ap1:up", "link:sw:up", "link:core:up", "appliance:filter", "line:up",
    ]  # fmt: skip


def test_a_wired_device_does_not_touch_the_air(shared: SharedNetwork) -> None:
    assert names(shared, DOWN, 1) == ["line:down", "appliance:filter", "link:core:down", "link:sw:down"]


def test_a_neighbour_on_the_same_switch_never_reaches_the_line(shared: SharedNetwork) -> None:
    assert names(shared, PEER, 0) == ["link:ap1:down", "air:0"]
    assert names(shared, PEER, 1) == []


def test_the_cache_answers_from_inside(shared: SharedNetwork) -> None:
    route = shared.routes[shared.cached_route_of[DOWN][0]]
    ids = [shared.resources[index].id for index in route.resources]
    assert ids == ["link:box:up", "link:sw:down", "link:ap1:down", "air:0"]
    assert shared.cache_share == {"docs": 0.7}
    assert shared.cached_route_of[UP][0] == -1


def test_capacities_are_payload_rates(shared: SharedNetwork) -> None:
    rates = {resource.id: resource.capacity for resource in shared.resources}
    # 1448 payload bytes in a 1500-byte packet on the line and through the filter, in 1538 bytes on Ethernet
    assert rates["line:down"] == pytest.approx(100e6 * 1448 / 1500)
    assert rates["line:up"] == pytest.approx(30e6 * 1448 / 1500)
    assert rates["appliance:filter"] == pytest.approx(50e6 * 1448 / 1500)
    assert rates["link:sw:down"] == pytest.approx(1e9 * 1448 / 1538)


def test_delays_add_up(shared: SharedNetwork) -> None:
    route = shared.routes[shared.route_of[DOWN][0]]
    assert route.rtt_s == pytest.approx(0.030)  # line 10 ms + service 20 ms
    # Of three round trips the first is for the name: half of the connections ask, at 10 ms of line, 10 ms of answer and
    # 100 ms more for 35 % of the names: 27.5 ms on average. Then two round trips and the filter's look.
    assert route.setup_s == pytest.approx(0.0275 + 2 * 0.030 + 0.025)
    assert route.queues == ((shared.line[0], 0.100),)


def test_loss_caps_a_connection() -> None:
    # Mathis: 1448 x 8 / (0.030 s x sqrt(0.01)) = 3.86 Mbit/s
    lossy = CloudService("docs", "Documents", 0.020, 0.0, math.inf, 3.0, 0.01, EVIDENCE)
    places = [Attachment(-1, "sw", ())]
    shared = build_network(small_network(), {"docs": lossy}, air=[], attachments=places, needs=[DOWN])
    assert shared.routes[0].cap_bps == pytest.approx(3.861e6, rel=1e-3)


def test_limits_of_a_device_are_its_cables(shared: SharedNetwork) -> None:
    assert [shared.resources[index].id for index in shared.limits_of["ap1"]] == ["link:ap1:down", "link:ap1:up"]
