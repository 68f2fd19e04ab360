"""How much one or more cells of stations carry: the model behind ``wifisim cell``.

Every burst is priced by ``exchange``, who sends is decided by ``bianchi``, TCP's two directions meet in ``tcp``, and
other cells come in by ``neighbours``. Downlink: the access points contend, one contender each, and each serves its
stations in turn, so that all get the same goodput (the anomaly of 802.11: the slowest sets the pace) or, with airtime
fairness, the same time. Uplink: every station contends for itself. Beacons take their share first. Stations always
have traffic unless ``offered_bps`` says otherwise. Losses by noise are left out: a rate is used only where it works.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from wifisim.mac import multiuser, neighbours, tcp
from wifisim.mac.bianchi import Contender, Contention, contend
from wifisim.mac.exchange import NONE_SURVIVE, Exchange, Medium, Survival, contender, exchange
from wifisim.mac.frames import TCP_IP_OCTETS, TCP_MSS_OCTETS, UDP_IP_OCTETS, burst, mpdu_octets
from wifisim.mac.multiuser import SINGLE_USER, MultiUser
from wifisim.mac.neighbours import Layout
from wifisim.mac.standing import beacon_share
from wifisim.rf.phy import PhyMode

Direction = Literal["down", "up", "both"]
Transport = Literal["udp", "tcp"]
Fairness = Literal["throughput", "airtime"]


@dataclass(frozen=True, slots=True)
class Group:
    """``stations`` alike stations of every access point; ``works`` is False where the signal is too weak."""

    label: str
    stations: int
    mode: PhyMode
    works: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """What is asked: groups of stations around each access point of ``layout``."""

    groups: tuple[Group, ...]
    medium: Medium
    layout: Layout
    direction: Direction = "down"
    transport: Transport = "udp"
    fairness: Fairness = "throughput"
    payload_octets: int = 1472
    offered_bps: float = math.inf
    beacon_rate_mbps: float = 6.0
    multi: MultiUser = SINGLE_USER

    @property
    def stations(self) -> int:
        """Stations of one access point."""
        return sum(group.stations for group in self.groups)


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One group, all access points together. ``airtime`` is the share of time its data are on the air."""

    group: Group
    goodput_bps: float
    per_station_bps: float
    airtime: float
    mpdus_per_ampdu: float
    data: Exchange


@dataclass(frozen=True, slots=True)
class CellResult:
    """What the cells carry.

    ``airtime`` is the share of time that data are on the air of one channel, overlaps counted once; ``beacons`` what
    beacons take of it. ``together`` is how many access points send at once, ``received`` the MPDUs that then arrive.
    """

    cell: Cell
    groups: tuple[GroupResult, ...]
    goodput_bps: float
    airtime: float
    collision_probability: float
    mpdus_per_ampdu: float
    beacons: float
    together: int
    received: float
    acks: Exchange | None

    @property
    def efficiency(self) -> float:
        """Goodput over PHY rate of one channel's worth of air, weighted over groups by the time they would need."""
        needed = sum(found.goodput_bps / found.group.mode.rate_bps for found in self.groups)
        return needed / self.together


@dataclass(frozen=True, slots=True)
class _Flows:
    """Goodput, data airtime and bursts of each group in the cells that share air; loss of an attempt, data on air."""

    goodput_bps: tuple[float, ...]
    airtime: tuple[float, ...]
    data: tuple[Exchange, ...]
    lost: float
    busy: float
    acks: Exchange | None = None


def solve(cell: Cell) -> CellResult:
    """Goodput, airtime and collisions of a cell or of several; groups out of reach take no part."""
    reached = tuple(group for group in cell.groups if group.works)
    found = _solve_reached(replace(cell, groups=reached or cell.groups))
    if len(reached) == len(cell.groups):
        return found
    silent = {
        group: GroupResult(group, 0.0, 0.0, 0.0, 0.0, _data(cell, group, shared=True))
        for group in cell.groups
        if not group.works
    }
    if not reached:
        found = replace(found, goodput_bps=0.0, airtime=0.0, collision_probability=0.0, mpdus_per_ampdu=0.0)
    heard = {result.group: result for result in found.groups}
    return replace(found, cell=cell, groups=tuple(silent.get(g) or heard[g] for g in cell.groups))


def _solve_reached(cell: Cell) -> CellResult:
    layout = cell.layout
    sending = neighbours.together(layout)
    sharing = layout.aps if sending == 1 else 1
    flows = _flows(cell, sharing)
    heard = layout.aps if sharing > 1 else 1
    beacons = heard * beacon_share(cell.medium.band, ssids=1, rate_mbps=cell.beacon_rate_mbps)
    received = _received(cell, flows, sending)
    cells = 1.0 if sharing > 1 else float(sending)
    scale = cells * (1.0 - beacons) * received
    results = tuple(
        _group_result(cell, group, data, goodput * scale, airtime * cells * (1.0 - beacons) / layout.aps)
        for group, data, goodput, airtime in zip(cell.groups, flows.data, flows.goodput_bps, flows.airtime, strict=True)
    )
    total = sum(result.goodput_bps for result in results)
    return CellResult(
        cell=cell,
        groups=results,
        goodput_bps=total,
        airtime=min(flows.busy, 1.0) * (1.0 - beacons) * (1.0 if sharing > 1 else sending / layout.aps),
        collision_probability=flows.lost,
        mpdus_per_ampdu=_mean_mpdus(cell, results),
        beacons=beacons,
        together=sending,
        received=received,
        acks=flows.acks,
    )


def _flows(cell: Cell, sharing: int) -> _Flows:
    """The groups' traffic in ``sharing`` cells on one piece of air, beacons not yet taken off."""
    if cell.direction == "both":
        return _both_ways(cell, sharing)
    if cell.direction == "up":
        return _uplink_tcp(cell, sharing) if cell.transport == "tcp" else _uplink(cell, sharing)
    return _downlink_tcp(cell, sharing) if cell.transport == "tcp" else _downlink(cell, sharing)


def _downlink(cell: Cell, sharing: int) -> _Flows:
    """Each access point is one contender whose bursts go to the groups by their turns."""
    data = tuple(_data(cell, group, shared=True) for group in cell.groups)
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


def _downlink_tcp(cell: Cell, sharing: int) -> _Flows:
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
    return _Flows(
        tuple(gain * turn * cycle.payload_bits / round_s for turn, cycle in zip(turns, cycles, strict=True)),
        tuple(gain * turn * cycle.data.data_s / round_s for turn, cycle in zip(turns, cycles, strict=True)),
        data,
        sum(turn * cycle.lost for turn, cycle in zip(turns, cycles, strict=True)),
        gain * sum(turn * cycle.data.data_s for turn, cycle in zip(turns, cycles, strict=True)) / round_s,
        cycles[0].acks,
    )


def _uplink(cell: Cell, sharing: int) -> _Flows:
    """Every station of every group contends."""
    data = tuple(_data(cell, group, shared=False) for group in cell.groups)
    sides = tuple(
        contender(burst_, float(sharing * group.stations), cell.medium, survival=_survival(cell, group, sharing))
        for group, burst_ in zip(cell.groups, data, strict=True)
    )
    return _carried(cell, data, _contest(cell, sides))


def _uplink_tcp(cell: Cell, sharing: int) -> _Flows:
    """Uploads group by group share the accesses: each group has its part of what it would carry alone."""
    queued = float(cell.medium.limits.queue_packets)
    stations = cell.stations * sharing
    alone = tuple(
        tcp.uploads(
            group.mode,
            group.mode,
            cell.medium,
            queued=queued,
            stations=stations,
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
    on_air = tuple(
        one.contention.data_s / one.contention.slot_s * b / one.goodput_bps for b, one in zip(bits, alone, strict=True)
    )
    return _Flows(
        tuple(s * b / burst_s for s, b in zip(share, bits, strict=True)),
        tuple(s * a / burst_s for s, a in zip(share, on_air, strict=True)),
        data,
        sum(s * one.contention.lost[0] for s, one in zip(share, alone, strict=True)),
        sum(s * a for s, a in zip(share, on_air, strict=True)) / burst_s,
        tcp.ack_exchange(cell.groups[0].mode, cell.medium, owed=data[0].burst.packets / tcp.SEGMENTS_PER_ACK),
    )


def _both_ways(cell: Cell, sharing: int) -> _Flows:
    """Downlink and uplink contend; TCP's acknowledgements ride in the bursts of the other direction's data."""
    down = tuple(_data(cell, group, shared=True) for group in cell.groups)
    up = tuple(_data(cell, group, shared=False) for group in cell.groups)
    sides = tuple(
        contender(
            burst_,
            sharing * turn,
            cell.medium,
            fresh=cell.stations > 1,
            survival=tcp.CAUGHT if cell.stations > 1 else NONE_SURVIVE,
        )
        for burst_, turn in zip(down, _turns(cell, down), strict=True)
    ) + tuple(
        contender(burst_, float(sharing * group.stations), cell.medium)
        for group, burst_ in zip(cell.groups, up, strict=True)
    )
    now = _contest(cell, sides)
    both = _carried(cell, (*down, *up), now)
    ridden = 1.0
    if cell.transport == "tcp":
        segment = mpdu_octets(TCP_MSS_OCTETS + TCP_IP_OCTETS)
        ridden = segment / (segment + mpdu_octets(TCP_IP_OCTETS) / tcp.SEGMENTS_PER_ACK)
    count = len(cell.groups)
    return _Flows(
        tuple(ridden * (both.goodput_bps[i] + both.goodput_bps[i + count]) for i in range(count)),
        tuple(both.airtime[i] + both.airtime[i + count] for i in range(count)),
        up,
        now.lost[-1],
        now.data_s / now.slot_s,
    )


def _data(cell: Cell, group: Group, *, shared: bool) -> Exchange:
    """A burst of data of one group; the access point's queue is shared by all its stations."""
    medium = cell.medium
    queued = tcp.shared_queue(medium, cell.stations) if shared else float(medium.limits.queue_packets)
    if cell.transport == "tcp":
        return tcp.data_exchange(group.mode, medium, queued=queued)
    packet = cell.payload_octets + UDP_IP_OCTETS
    carried = burst(group.mode, packet, limits=medium.limits, queued=queued, band=medium.band)
    return exchange(group.mode, carried, medium)


def _mpdu(cell: Cell) -> int:
    if cell.transport == "tcp":
        return mpdu_octets(TCP_MSS_OCTETS + TCP_IP_OCTETS)
    return mpdu_octets(cell.payload_octets + UDP_IP_OCTETS)


def _payload_bits(cell: Cell) -> float:
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


def _carried(cell: Cell, data: tuple[Exchange, ...], now: Contention) -> _Flows:
    bits = _payload_bits(cell)
    tries = sum(now.attempts)
    return _Flows(
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
    return neighbours.survival(
        cell.layout, stations=cell.stations, mode=group.mode, octets=_mpdu(cell), uplink=cell.direction == "up"
    )


def _sharing_gain(cell: Cell, sharing: int) -> float:
    """What several cells on one piece of air carry over what one does, for plain bursts."""
    if sharing == 1:
        return 1.0
    return sum(_downlink(cell, sharing).goodput_bps) / sum(_downlink(cell, 1).goodput_bps)


def _received(cell: Cell, flows: _Flows, sending: int) -> float:
    """Share of the MPDUs that get through beside cells that send at the same time without being heard."""
    layout = cell.layout
    if layout.aps == 1 or not layout.same_channel or sending == 1:
        return 1.0
    mode = min((group.mode for group in cell.groups), key=lambda mode: mode.rate_bps)
    activity = min(sum(flows.airtime), 1.0) * (sending - 1) / (layout.aps - 1)
    return neighbours.hidden_success(layout, stations=cell.stations, mode=mode, octets=_mpdu(cell), activity=activity)


def _group_result(cell: Cell, group: Group, data: Exchange, goodput_bps: float, airtime: float) -> GroupResult:
    everyone = group.stations * cell.layout.aps
    per_station = min(goodput_bps / everyone, cell.offered_bps)
    return GroupResult(group, per_station * everyone, per_station, airtime, data.burst.mpdus, data)


def _mean_mpdus(cell: Cell, results: tuple[GroupResult, ...]) -> float:
    """Mean over bursts."""
    bits = _payload_bits(cell)
    bursts = [result.goodput_bps / (result.data.burst.packets * bits) for result in results]
    if sum(bursts) == 0.0:
        return sum(result.mpdus_per_ampdu for result in results) / len(results)
    return sum(b * result.mpdus_per_ampdu for b, result in zip(bursts, results, strict=True)) / sum(bursts)
