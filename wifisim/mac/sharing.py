"""How the groups of a cell share its air: the goodput of each, beacons not yet taken off.

Downlink: the access points contend, one contender each, and each serves its stations in turn, so that all get the
same goodput (the anomaly of 802.11: the slowest sets the pace) or, with airtime fairness, the same time. Uplink: every
station contends for itself. Both ways: they all do. Stations always have traffic.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from wifisim.mac import multiuser, neighbours, tcp
from wifisim.mac.bianchi import Contender, Contention, contend
from wifisim.mac.cell import Cell, Group
from wifisim.mac.earshot import CAUGHT, DEAF_AP, deaf_share
from wifisim.mac.exchange import NONE_SURVIVE, Exchange, Survival, contender, exchange
from wifisim.mac.frames import TCP_IP_OCTETS, TCP_MSS_OCTETS, UDP_IP_OCTETS, burst, mpdu_octets


@dataclass(frozen=True, slots=True)
class Flows:
    """Goodput, data airtime and bursts of each group in the cells that share air; loss of an attempt, data on air."""

    goodput_bps: tuple[float, ...]
    airtime: tuple[float, ...]
    data: tuple[Exchange, ...]
    lost: float
    busy: float
    acks: Exchange | None = None


def flows(cell: Cell, sharing: int) -> Flows:
    """The groups' traffic in ``sharing`` cells on one piece of air, beacons not yet taken off."""
    if cell.direction == "both":
        return _both_ways(cell, sharing)
    if cell.direction == "up":
        return _uplink_tcp(cell, sharing) if cell.transport == "tcp" else _uplink(cell, sharing)
    return _downlink_tcp(cell, sharing) if cell.transport == "tcp" else _downlink(cell, sharing)


def _downlink(cell: Cell, sharing: int) -> Flows:
    """Each access point is one contender whose bursts go to the groups by their turns."""
    data = tuple(data_burst(cell, group, shared=True) for group in cell.groups)
    turns = _turns(cell, data)
    sides = tuple(
        contender(burst_, sharing * turn, cell.medium, survival=_survival(cell, group, sharing))
        for group, burst_, turn in zip(cell.groups, data, turns, strict=True)
    )
    plain = _carried(cell, data, _contest(cell, sides))
    if cell.multi.users == 1:
        return plain
    gain = _multi_user_gain(cell, data, turns, tuple(_alone_s(cell, d) for d in data))
    return replace(plain, goodput_bps=tuple(gain * each for each in plain.goodput_bps))


def _downlink_tcp(cell: Cell, sharing: int) -> Flows:
    """TCP cycles one after another; further cells change what is carried as they change it for plain bursts."""
    queued = tcp.shared_queue(cell.medium, cell.stations)
    cycles = tuple(
        tcp.download_cycle(group.mode, group.mode, cell.medium, queued=queued, stations=cell.stations)
        for group in cell.groups
    )
    data = tuple(cycle.data for cycle in cycles)
    turns = _turns(cell, data, tuple(cycle.seconds for cycle in cycles))
    round_s = sum(turn * cycle.seconds for turn, cycle in zip(turns, cycles, strict=True))
    gain = _sharing_gain(cell, sharing)
    gain *= _multi_user_gain(cell, data, turns, tuple(cycle.seconds for cycle in cycles))
    return Flows(
        tuple(gain * turn * cycle.payload_bits / round_s for turn, cycle in zip(turns, cycles, strict=True)),
        tuple(gain * turn * cycle.data.data_s / round_s for turn, cycle in zip(turns, cycles, strict=True)),
        data,
        sum(turn * cycle.lost for turn, cycle in zip(turns, cycles, strict=True)),
        gain * sum(turn * cycle.data.data_s for turn, cycle in zip(turns, cycles, strict=True)) / round_s,
        cycles[0].acks,
    )


def _uplink(cell: Cell, sharing: int) -> Flows:
    """Every station of every group contends."""
    data = tuple(data_burst(cell, group, shared=False) for group in cell.groups)
    sides = tuple(
        contender(burst_, float(sharing * group.stations), cell.medium, survival=_survival(cell, group, sharing))
        for group, burst_ in zip(cell.groups, data, strict=True)
    )
    return _carried(cell, data, _contest(cell, sides))


def _uplink_tcp(cell: Cell, sharing: int) -> Flows:
    """Uploads group by group share the accesses: each group has its part of what it would carry alone."""
    queued = float(cell.medium.limits.queue_packets)
    alone = tuple(
        tcp.uploads(
            group.mode,
            group.mode,
            cell.medium,
            queued=queued,
            stations=cell.stations,
            cells=sharing,
            survival=_survival(cell, group, sharing),
        )
        for group in cell.groups
    )
    # Equal chances of access: the time of one burst of each station is the sum over groups.
    bits = tuple(one.segments * tcp.SEGMENT_BITS for one in alone)
    share = tuple(group.stations / cell.stations for group in cell.groups)
    burst_s = sum(s * b / one.goodput_bps for s, b, one in zip(share, bits, alone, strict=True))
    data = tuple(
        tcp.data_exchange(group.mode, cell.medium, queued=one.segments)
        for group, one in zip(cell.groups, alone, strict=True)
    )
    on_air = tuple(one.busy * b / one.goodput_bps for b, one in zip(bits, alone, strict=True))
    return Flows(
        tuple(s * b / burst_s for s, b in zip(share, bits, strict=True)),
        tuple(s * a / burst_s for s, a in zip(share, on_air, strict=True)),
        data,
        sum(s * one.lost for s, one in zip(share, alone, strict=True)),
        sum(s * a for s, a in zip(share, on_air, strict=True)) / burst_s,
        tcp.ack_exchange(cell.groups[0].mode, cell.medium, owed=data[0].burst.packets / tcp.SEGMENTS_PER_ACK),
    )


def _both_ways(cell: Cell, sharing: int) -> Flows:
    """Downlink and uplink contend; TCP's acknowledgements ride in the bursts of the other direction's data."""
    down = tuple(data_burst(cell, group, shared=True) for group in cell.groups)
    up = tuple(data_burst(cell, group, shared=False) for group in cell.groups)
    sides = tuple(
        contender(burst_, sharing * turn, cell.medium, deaf=DEAF_AP, survival=_downlink_survival(cell, group, sharing))
        for group, burst_, turn in zip(cell.groups, down, _turns(cell, down), strict=True)
    ) + tuple(
        contender(
            burst_,
            float(sharing * group.stations),
            cell.medium,
            deaf=deaf_share(cell.stations),
            survival=_survival(cell, group, sharing),
        )
        for group, burst_ in zip(cell.groups, up, strict=True)
    )
    now = _contest(cell, sides)
    both = _carried(cell, (*down, *up), now)
    ridden = 1.0
    if cell.transport == "tcp":
        segment = mpdu_octets(TCP_MSS_OCTETS + TCP_IP_OCTETS)
        ridden = segment / (segment + mpdu_octets(TCP_IP_OCTETS) / tcp.SEGMENTS_PER_ACK)
    count = len(cell.groups)
    return Flows(
        tuple(ridden * (both.goodput_bps[i] + both.goodput_bps[i + count]) for i in range(count)),
        tuple(both.airtime[i] + both.airtime[i + count] for i in range(count)),
        up,
        now.lost[-1],
        now.data_s / now.slot_s,
    )


def data_burst(cell: Cell, group: Group, *, shared: bool) -> Exchange:
    """A burst of data of one group; the access point's queue is shared by all its stations."""
    medium = cell.medium
    queued = tcp.shared_queue(medium, cell.stations) if shared else float(medium.limits.queue_packets)
    if cell.transport == "tcp":
        return tcp.data_exchange(group.mode, medium, queued=queued)
    packet = cell.payload_octets + UDP_IP_OCTETS
    carried = burst(group.mode, packet, limits=medium.limits, queued=queued, band=medium.band)
    return exchange(group.mode, carried, medium)


def data_mpdu_octets(cell: Cell) -> int:
    """Size of one data MPDU."""
    if cell.transport == "tcp":
        return mpdu_octets(TCP_MSS_OCTETS + TCP_IP_OCTETS)
    return mpdu_octets(cell.payload_octets + UDP_IP_OCTETS)


def payload_bits(cell: Cell) -> float:
    """Payload of one packet."""
    return tcp.SEGMENT_BITS if cell.transport == "tcp" else 8.0 * cell.payload_octets


def _turns(cell: Cell, data: tuple[Exchange, ...], cycle_s: tuple[float, ...] = ()) -> tuple[float, ...]:
    """Share of an access point's bursts that go to each group: equal packets, or equal time, for every station."""
    if cell.fairness == "airtime":
        times = cycle_s or tuple(_alone_s(cell, d) for d in data)
        weights = [group.stations / time for group, time in zip(cell.groups, times, strict=True)]
    else:
        weights = [group.stations / d.burst.packets for group, d in zip(cell.groups, data, strict=True)]
    return tuple(weight / sum(weights) for weight in weights)


def _alone_s(cell: Cell, data: Exchange) -> float:
    return cell.medium.aifs_s + cell.medium.backoff_s + data.success_s


def _multi_user_gain(
    cell: Cell, data: tuple[Exchange, ...], turns: tuple[float, ...], cycle_s: tuple[float, ...]
) -> float:
    """What serving several users at once gains over ``cycle_s`` [group], whose data part it makes shorter."""
    shorter_s = tuple(
        cycle - _alone_s(cell, d) + multiuser.burst_s(cell.multi, group.mode, d, cell.medium)
        for group, d, cycle in zip(cell.groups, data, cycle_s, strict=True)
    )
    before = sum(turn * cycle for turn, cycle in zip(turns, cycle_s, strict=True))
    return before / sum(turn * short for turn, short in zip(turns, shorter_s, strict=True))


def _contest(cell: Cell, sides: tuple[Contender, ...]) -> Contention:
    medium = cell.medium
    return contend(sides, access=medium.access, aifs_s=medium.aifs_s, slot_s=medium.slot_s, eifs_s=medium.eifs_s)


def _carried(cell: Cell, data: tuple[Exchange, ...], now: Contention) -> Flows:
    bits = payload_bits(cell)
    tries = sum(now.attempts)
    return Flows(
        tuple(d.burst.packets * bits * done / now.slot_s for d, done in zip(data, now.delivered, strict=True)),
        tuple(d.data_s * a * (1.0 - p) / now.slot_s for d, a, p in zip(data, now.attempts, now.lost, strict=True)),
        data,
        sum(a * p for a, p in zip(now.attempts, now.lost, strict=True)) / tries,
        now.data_s / now.slot_s,
    )


def _survival(cell: Cell, group: Group, sharing: int) -> Survival:
    """What a group's frames come through of the collisions between cells."""
    if sharing == 1:
        return NONE_SURVIVE
    contenders = {"down": 1, "up": cell.stations, "both": cell.stations + 1}
    return neighbours.survival(
        cell.layout,
        stations=cell.stations,
        mode=group.mode,
        octets=data_mpdu_octets(cell),
        contenders=contenders[cell.direction],
    )


def _downlink_survival(cell: Cell, group: Group, sharing: int) -> Survival:
    """What an access point's frames to a group come through beside uploads: of other cells, and of its own."""
    between = _survival(cell, group, sharing)
    if cell.stations == 1:
        return between
    within = 1.0 if sharing == 1 else 1.0 - neighbours.foreign_share(cell.layout, cell.stations + 1)
    return Survival(
        data=between.data,
        data_under_request=between.data_under_request + within * CAUGHT.data_under_request,
        request=between.request + within * CAUGHT.request,
    )


def _sharing_gain(cell: Cell, sharing: int) -> float:
    """What several cells on one piece of air carry over what one does, for plain bursts."""
    if sharing == 1:
        return 1.0
    return sum(_downlink(cell, sharing).goodput_bps) / sum(_downlink(cell, 1).goodput_bps)
