"""Uploads by TCP: the number of stations that have data, and the lone station."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from wifisim.mac.bianchi import contend
from wifisim.mac.earshot import CAUGHT, DEAF_AP, deaf_share
from wifisim.mac.exchange import Medium, contender
from wifisim.mac.frames import Aggregation
from wifisim.mac.tcp import SEGMENT_BITS, ack_exchange, data_exchange, uploads
from wifisim.rf.phy import PhyMode

MODE = PhyMode("ax", 40, 2, 7, 800)


def test_stations_with_data_are_the_stationary_law_of_their_chain() -> None:
    # Four stations, a queue of 25: 2 * 25 / (4 + 1) = 10 acknowledgements wait for a turn and free 20 segments, which
    # go out in 20 / 42 + 1/2 < 1, so one, burst. The chain's generator is solved here as a linear system.
    medium = Medium(limits=Aggregation(queue_packets=25))
    data, stations = data_exchange(MODE, medium, queued=20.0), 4
    states = []
    for active in range(1, stations + 1):
        share = 1.0
        for _ in range(2):
            acks = ack_exchange(MODE, medium, owed=min(share * 20.0, 20.0) / 2.0)
            sides = (
                contender(data, active, medium, deaf=deaf_share(active)),
                contender(acks, 1.0, medium, deaf=DEAF_AP, survival=CAUGHT),
            )
            now = contend(sides, access=medium.access, aifs_s=medium.aifs_s, slot_s=medium.slot_s, eifs_s=medium.eifs_s)
            share = now.delivered[0] / now.delivered[1]
        states.append((now.delivered[0] / now.slot_s, now.delivered[1] / now.slot_s))
    generator = np.zeros((stations, stations))
    for number in range(stations - 1):
        generator[number, number + 1] = states[number][1]
        generator[number + 1, number] = states[number + 1][0]
    generator -= np.diag(generator.sum(axis=1))
    law = np.linalg.lstsq(np.vstack([generator.T, np.ones(stations)]), np.eye(stations + 1)[-1], rcond=None)[0]
    found = uploads(MODE, MODE, medium, queued=500.0, stations=stations)
    assert found.active == pytest.approx(law @ np.arange(1, stations + 1), rel=1e-6)
    bursts_per_s = law @ np.array([data_rate for data_rate, _answers in states])
    assert found.goodput_bps == pytest.approx(bursts_per_s * 20.0 * SEGMENT_BITS, rel=1e-6)


def test_longer_answers_keep_more_stations_sending() -> None:
    # Shared by 30, a queue of 500 frees 65 segments a turn, one of 4,000 as many as fit one answer.
    few, many = (
        uploads(MODE, MODE, Medium(limits=Aggregation(queue_packets=queue)), queued=float(queue), stations=30)
        for queue in (500, 4000)
    )
    assert few.active < 0.5 * many.active <= 15.0
    assert few.lost < many.lost
    assert few.goodput_bps > many.goodput_bps


def test_a_lone_station_gains_where_its_access_point_pauses() -> None:
    # Never answered it would send one burst a cycle without collisions: an upper bound; contending for every access
    # with an access point that always has an answer, a lower one.
    medium = Medium()
    data, acks = data_exchange(MODE, medium, queued=500.0), ack_exchange(MODE, medium, owed=21.0)
    alone_s = medium.aifs_s + medium.backoff_s + data.success_s
    sides = (contender(data, 1.0, medium), contender(acks, 1.0, medium))
    now = contend(sides, access=medium.access, aifs_s=medium.aifs_s, slot_s=medium.slot_s, eifs_s=medium.eifs_s)
    bits = data.burst.packets * SEGMENT_BITS
    found = uploads(MODE, MODE, medium, queued=500.0, stations=1)
    assert now.delivered[0] / now.slot_s * bits < found.goodput_bps < bits / alone_s
    assert 0.0 < found.lost < now.lost[0]


def test_two_access_points_answer_more_than_one() -> None:
    # As many stations, but twice the answers, each to one that shares its queue with half as many: more have data.
    one = uploads(MODE, MODE, Medium(), queued=500.0, stations=20)
    two = uploads(MODE, MODE, Medium(), queued=500.0, stations=10, cells=2)
    assert one.active < two.active <= 20.0


def test_goodput_falls_with_the_first_stations() -> None:
    carried = [uploads(MODE, MODE, Medium(), queued=500.0, stations=n).goodput_bps for n in range(1, 11)]
    assert all(a > b for a, b in itertools.pairwise(carried))
