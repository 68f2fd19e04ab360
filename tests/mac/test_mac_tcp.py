"""TCP over one cell: how many stations have data, or owe acknowledgements, and the lone station."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from wifisim.mac.bianchi import contend
from wifisim.mac.earshot import CAPTURE, CAUGHT, DEAF_AP, deaf_share
from wifisim.mac.exchange import Medium, contender
from wifisim.mac.frames import Aggregation
from wifisim.mac.tcp import (
    SEGMENT_BITS,
    SEGMENTS_PER_ACK,
    _slots_beside,
    ack_exchange,
    data_exchange,
    download_cycle,
    lone_burst,
    shared_queue,
    uploads,
)
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


def test_waiting_beside_a_saturated_station() -> None:
    # Both draw 0 ... 15 afresh at slot 0, the other again each time it has sent. Its mean number of accesses up to slot
    # u follows from m(u) = 1/16 + sum of m(v) / 16 over v = 0 ... u; then the mean over this station's draw.
    window, density = 16, [1.0 / 15.0]
    for _ in range(1, window):
        density.append((1.0 + sum(density)) / (window - 1.0))
    before = sum(sum(density[:slot]) for slot in range(window)) / window
    assert _slots_beside(window) == pytest.approx(1.0 + before * (window + 1.0) / 2.0, rel=1e-12)


def downloads_by_chance(medium: Medium, stations: int, *, bursts: int, seed: int) -> tuple[float, float]:
    """Seconds and answers a burst, drawn slot by slot: backoffs 0 ... CW, doubled by a loss, frozen while others send.

    The access point serves its stations in turn. A burst that meets an answer survives in the mean share of places.
    """
    rng = np.random.default_rng(seed)
    data = data_exchange(MODE, medium, queued=shared_queue(medium, stations))
    each = data.burst.packets / SEGMENTS_PER_ACK
    window = medium.access.cw_min + 1
    # [access point, stations]: slots left, retries, is the next frame a block-ack request; acknowledgements owed
    left, retries, asks = np.full(stations + 1, -1), np.zeros(stations + 1, int), np.zeros(stations + 1, bool)
    owed = np.zeros(stations + 1)
    left[0] = rng.integers(window)
    now_s, done, answers, turn = 0.0, 0.0, 0, 1
    while done < bursts:
        waiting = left >= 0
        slots = left[waiting].min()
        left[waiting] -= slots
        now_s += medium.aifs_s + slots * medium.slot_s
        senders = np.flatnonzero(left == 0)
        sent = {who: data if who == 0 else ack_exchange(MODE, medium, owed=owed[who]) for who in senders}
        first = senders[0]
        if len(senders) == 1 or (first == 0 and stations > 1 and rng.random() < CAPTURE):
            lost = senders[1:]
            came = first
        else:
            lost, came = senders, -1
        lengths = [sent[w].request_s if asks[w] else sent[w].data_s for w in senders]
        if came >= 0:
            lengths.append(sent[came].recovery_s if asks[came] else sent[came].success_s)
        now_s += max(lengths) + (medium.eifs_s - medium.aifs_s if came < 0 else 0.0)
        if came >= 0:
            retries[came] = 0
            if asks[came]:
                asks[came] = False
                left[came] = rng.integers(window)
            elif came > 0:
                answers += 1
                owed[came] -= min(owed[came], sent[came].burst.packets)
                left[came] = rng.integers(window) if owed[came] > 0 else -1
            else:
                under_s = max((sent[w].data_s for w in senders[1:] if not asks[w]), default=0.0)
                done += 1.0 - under_s / data.data_s
                if owed[turn] == 0:
                    left[turn] = rng.integers(window)
                owed[turn] += each
                turn = turn % stations + 1
                left[0] = rng.integers(window)
        for who in lost:
            retries[who] = min(retries[who] + 1, medium.access.stages)
            asks[who] = True
            left[who] = rng.integers(window * 2 ** retries[who])
    return now_s / done, answers / done


@pytest.mark.parametrize("stations", [1, 2, 5, 10, 20])
def test_downloads_against_the_slots_played_by_chance(stations: int) -> None:
    medium = Medium(limits=Aggregation(max_octets=65535, queue_packets=500))
    played_s, answers = downloads_by_chance(medium, stations, bursts=6000, seed=stations)
    found = download_cycle(MODE, MODE, medium, queued=shared_queue(medium, stations), stations=stations)
    assert found.seconds == pytest.approx(played_s, rel=0.03)
    assert found.answers == pytest.approx(answers, rel=0.12)


def test_a_burst_without_contention_takes_its_parts() -> None:
    # 42 segments of 1,538 octets: AIFS 43 us + 7.5 slots + burst, then AIFS + 21 acknowledgements.
    medium = Medium(limits=Aggregation(max_octets=65535))
    found = lone_burst(MODE, MODE, medium, queued=500.0)
    assert (found.data.burst.packets, found.answers, found.acks.burst.packets) == (42.0, 1.0, 21.0)
    assert found.seconds == pytest.approx(2 * 43e-6 + 67.5e-6 + found.data.success_s + found.acks.success_s)
    # Half of the single segments are acknowledged.
    assert lone_burst(MODE, MODE, medium, queued=1.0).answers == 0.5
