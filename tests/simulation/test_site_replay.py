"""Given transfers over the primary's network: rates by hand, order under load, seats by what is written."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import shipped_site

from wifisim.errors import InputError
from wifisim.inputs.site_flows import client_called, read_site_flows, stage_called
from wifisim.simulation.air import SMALL_LIMIT_BYTES, build_air
from wifisim.simulation.site_replay import replay_site
from wifisim.simulation.stage import build_models

HEADER = "flow_id,station,ap,start_s,size_bytes,direction,service\n"
SITE = "primary-brookside"


@pytest.fixture
def finish(tmp_path):
    """Finish times of rows over the primary's last stage."""
    site = shipped_site(SITE)
    stage = stage_called(site, None)

    def run(*rows, pure_fluid=True, client=None):
        path = tmp_path / "flows.csv"
        path.write_text(HEADER + "".join(f"{number},{row}\n" for number, row in enumerate(rows)))
        flows, ends = read_site_flows(path, site=site, stage=stage)
        client_id = client_called(site, client)
        return replay_site(site, stage, flows, ends, client_id=client_id, pure_fluid=pure_fluid).finish_s

    return run


@pytest.fixture(scope="module")
def last():
    """Model and air of the last stage, worked out with those of all other stages and client types."""
    site = shipped_site(SITE)
    model = build_models(site)[-1]
    return site, model, build_air(site, model.coverage, model.domains, seed=site.simulation.seed, replication=0)


def air_rate_bps(last, room_id, seat, direction):
    """What the air gives a lone chromebook at a seat: airtime that is left / air-seconds per bit."""
    site, model, air = last
    room = [one.id for one in site.building.rooms].index(room_id)
    place = air.seats[room][seat - 1]
    client = air.clients["chromebook"]
    radio = client.ranking.ranks[place, 0]
    share = min(model.network.resources[clique].capacity for clique in model.cliques_of[radio])
    price = client.bulk.down_s_per_bit if direction == "down" else client.bulk.up_s_per_bit
    return share / price[radio, place]


@pytest.mark.parametrize("room_id", ["C01", "C14"])
@pytest.mark.parametrize("direction", ["down", "up"])
def test_one_transfer_takes_the_smaller_of_air_and_line(finish, last, room_id, direction):
    # The line is 100 Mbit/s down and 30 up; filter (500) and cables (1000, wifi4: 1000) are wider.
    air_bps = air_rate_bps(last, room_id, 3, direction)
    line_bps = 100e6 if direction == "down" else 30e6
    done = finish(f"{room_id}/3,,5,10000000,{direction},")
    assert done[0] - 5.0 == pytest.approx(8e7 / min(air_bps, line_bps), rel=1e-9)


def test_both_limits_are_met(last):
    # Else the test above would not see one of them: 2.4 GHz of 2012 in C14 is below the line, uploads are above theirs.
    assert air_rate_bps(last, "C14", 3, "down") < 100e6
    assert air_rate_bps(last, "C14", 3, "up") > 30e6


def twenty(size_bytes=2_000_000):
    return [f"C01/{seat},AP-C01-02,{0.05 * seat},{size_bytes},down," for seat in range(1, 21)]


@pytest.mark.parametrize("pure_fluid", [True, False])
def test_more_load_never_helps(finish, pure_fluid):
    # All 20 take one way, so whatever is added there can only take from each of them.
    alone = finish(*twenty(), pure_fluid=pure_fluid)
    loaded = finish(*twenty(), *twenty(), pure_fluid=pure_fluid)[:20]
    larger = finish(*twenty(4_000_000), pure_fluid=pure_fluid)
    assert np.all(np.isfinite(alone))
    assert np.all(loaded > alone)
    assert np.all(larger > alone)


def test_transport_and_contention_only_add(finish):
    assert np.all(finish(*twenty(), pure_fluid=False) > finish(*twenty()))


def test_small_transfers_pay_more_air_except_pure_fluid(finish, last):
    # Just below and just above the limit of the day's prices, where only the air binds: AP-C14 is below the line.
    size = int(SMALL_LIMIT_BYTES)
    below, above = (finish(f"C14/3,,0,{bytes_},down,", pure_fluid=True)[0] for bytes_ in (size - 1, size))
    assert below / (size - 1) == pytest.approx(above / size, rel=1e-9)
    below, above = (finish(f"C14/3,,0,{bytes_},down,", pure_fluid=False)[0] for bytes_ in (size - 1, size))
    assert below > above


def test_a_service_adds_its_round_trip_and_server_time(finish):
    site = shipped_site(SITE)
    service = site.catalog.services["google-docs"]
    rows = [f"C01/3,,0,1000,down,{name}" for name in ("", "google-docs")]
    bare, served = (finish(row, pure_fluid=False)[0] for row in rows)
    # Set-up round trips and one for the answer, each longer by the service's; the bare line has one in set-up. In the
    # place of the round trip for the name stands the look-up: every second one, 10 ms, for 35 % of the names 100 more.
    line_rtt_s = site.stages[-1].network.wan[0].rtt_s
    trips_s = service.setup_round_trips * (line_rtt_s + service.rtt_s) - 2.0 * line_rtt_s
    trips_s += 0.5 * (line_rtt_s + 0.010 + 0.35 * 0.100)
    assert served - bare == pytest.approx(trips_s + service.server_s, rel=1e-6)
    assert finish(rows[0])[0] == finish(rows[1])[0]


def test_a_device_without_a_seat_takes_one_of_median_loss(finish):
    # C14 hears AP-C05-06 through two walls, at rates from MCS 2 to 7; the lower median of 30 seats is the 15th.
    seats = np.sort([finish(f"C14/{seat},AP-C05-06,0,10000000,down,")[0] for seat in range(1, 31)])
    middle = finish("C14,AP-C05-06,0,10000000,down,")[0]
    assert middle == pytest.approx(seats[14], rel=1e-9)
    assert seats[0] < middle < seats[-1]


def test_any_device_of_an_access_point_sits_where_that_serves_best(finish):
    # AP-C05-06 is the best for some seats of C05 and C06, which get the highest rate it gives anybody.
    named = finish("laptop 9,AP-C05-06,0,10000000,down,")[0]
    assert named == pytest.approx(min(finish(f"C06/{n},AP-C05-06,0,10000000,down,")[0] for n in range(1, 31)))
    assert named < finish("C14,AP-C05-06,0,10000000,down,")[0]


def test_other_clients_have_other_rates(finish):
    row = "C14/3,,0,10000000,down,"
    assert finish(row, client="tablet-11n")[0] > finish(row)[0]


def test_out_of_reach_is_a_problem_of_the_row(finish):
    with pytest.raises(InputError, match=r"flows\.csv:3: station = C01: is out of reach of access point AP-C14"):
        finish("C14,AP-C14,0,1,down,", "C01,AP-C14,0,1,down,")


def test_an_empty_list_is_no_fault(finish):
    assert finish().size == 0
