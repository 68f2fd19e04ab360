"""What one or more cells carry: the answer behind ``wifisim cell``.

Every burst is priced by ``exchange``, who sends is decided by ``bianchi``, the groups of a cell meet in ``sharing``,
TCP's two directions in ``tcp``, and other cells come in by ``neighbours``. Beacons take their share first. Losses by
noise are left out: a rate is used only where it works.
"""

from __future__ import annotations

from dataclasses import replace

from wifisim.mac import hidden, neighbours
from wifisim.mac.cell import Cell, CellResult, Group, GroupResult
from wifisim.mac.exchange import Exchange
from wifisim.mac.sharing import Flows, data_burst, data_mpdu_octets, flows, payload_bits
from wifisim.mac.standing import beacon_share
from wifisim.mac.timing import preamble_s

TRIAL_BURSTS = 150  # of each access point at each MCS that is tried; the spread is then about 10 %


def solve(cell: Cell) -> CellResult:
    """Goodput, airtime and collisions of a cell or of several; groups out of reach take no part."""
    cell = _rates_tried(cell)
    reached = tuple(group for group in cell.groups if group.works)
    found = _solve_reached(replace(cell, groups=reached or cell.groups))
    if len(reached) == len(cell.groups):
        return found
    silent = {
        group: GroupResult(group, 0.0, 0.0, 0.0, 0.0, data_burst(cell, group, shared=True))
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
    shared = flows(cell, sharing)
    heard = layout.aps if sharing > 1 else 1
    beacons = heard * beacon_share(cell.medium.band, ssids=1, rate_mbps=cell.beacon_rate_mbps)
    received, lost = _beside_hidden(cell, shared)
    cells = 1.0 if sharing > 1 else float(sending)
    scale = cells * (1.0 - beacons) * received
    # Collisions put the data of several stations on the air at once; each group counts for its part.
    on_air = cells * (1.0 - beacons) / layout.aps * min(min(shared.busy, 1.0) / sum(shared.airtime), 1.0)
    results = tuple(
        _group_result(cell, group, data, goodput * scale, airtime * on_air)
        for group, data, goodput, airtime in zip(
            cell.groups, shared.data, shared.goodput_bps, shared.airtime, strict=True
        )
    )
    total = sum(result.goodput_bps for result in results)
    return CellResult(
        cell=cell,
        groups=results,
        goodput_bps=total,
        airtime=sum(result.airtime for result in results) * (layout.aps if sharing > 1 else 1),
        collision_probability=lost,
        mpdus_per_ampdu=_mean_mpdus(cell, results),
        beacons=beacons,
        together=sending,
        received=received,
        acks=shared.acks,
    )


def _rates_tried(cell: Cell) -> Cell:
    """Rate control beside cells that are not heard: all that may choose go down by as many steps as carries most.

    Steps are played in short, until one cannot carry as much even if no stranger does any harm.
    """
    if not _may_be_drowned(cell.layout):
        return cell
    best, most = cell, 0.0
    for steps in range(1 + max(len(group.slower) for group in cell.groups)):
        slowed = replace(cell, groups=tuple(_slowed(group, steps) for group in cell.groups))
        reached = replace(slowed, groups=tuple(group for group in slowed.groups if group.works))
        if not reached.groups or _unharmed_packets_per_s(reached) <= most:
            break
        carried = _played(reached, TRIAL_BURSTS)
        packets_per_s = carried.packets_per_s if carried else _unharmed_packets_per_s(reached)
        if packets_per_s > most:
            best, most = slowed, packets_per_s
    return best


def _slowed(group: Group, steps: int) -> Group:
    return (group, *group.slower)[min(steps, len(group.slower))]


def _may_be_drowned(layout: neighbours.Layout) -> bool:
    """True where access points on one channel do not hear each other."""
    return layout.aps > 1 and layout.same_channel and neighbours.together(layout) > 1


def _beside_hidden(cell: Cell, shared: Flows) -> tuple[float, float]:
    """What is left of the goodput beside cells that are not heard, and the share of data bursts lost."""
    played = _played(cell, hidden.BURSTS) if _may_be_drowned(cell.layout) else None
    if played is None:
        return 1.0, shared.lost
    return min(played.packets_per_s / _unharmed_packets_per_s(cell), 1.0), max(played.lost, shared.lost)


def _played(cell: Cell, bursts: int) -> hidden.Played | None:
    """What strangers leave of plain downlink bursts, which stand for TCP and uplink too; None if they do no harm."""
    seats = _seats(cell)
    if not any(seat.disturbed for row in seats for seat in row):
        return None
    return hidden.play(seats, cell.medium, together=neighbours.together(cell.layout), bursts=bursts)


def _unharmed_packets_per_s(cell: Cell) -> float:
    """Packets that all cells together send down by UDP where strangers do no harm."""
    plain = replace(cell, direction="down", transport="udp")
    return neighbours.together(cell.layout) * sum(flows(plain, 1).goodput_bps) / payload_bits(plain)


def _seats(cell: Cell) -> tuple[tuple[hidden.Seat, ...], ...]:
    """The stations of every access point, at most ``MOST_SEATS`` bearings, groups in their order."""
    everyone = [group for group in cell.groups for _ in range(group.stations)]
    count = min(len(everyone), neighbours.MOST_SEATS)
    seated = [everyone[number * len(everyone) // count] for number in range(count)]
    exposed = neighbours.exposures(cell.layout, tuple(group.mode for group in seated), data_mpdu_octets(cell))
    bursts = {group: data_burst(cell, group, shared=False) for group in cell.groups}
    return tuple(
        tuple(
            hidden.Seat(bursts[group], _mpdu_s(bursts[group], group), exposure)
            for group, exposure in zip(seated, row, strict=True)
        )
        for row in exposed
    )


def _mpdu_s(data: Exchange, group: Group) -> float:
    return (data.data_s - preamble_s(group.mode)) / data.burst.mpdus


def _group_result(cell: Cell, group: Group, data: Exchange, goodput_bps: float, airtime: float) -> GroupResult:
    everyone = group.stations * cell.layout.aps
    per_station = min(goodput_bps / everyone, cell.offered_bps)
    used = per_station * everyone / goodput_bps if goodput_bps > 0.0 else 1.0
    return GroupResult(group, per_station * everyone, per_station, airtime * used, data.burst.mpdus, data)


def _mean_mpdus(cell: Cell, results: tuple[GroupResult, ...]) -> float:
    """Mean over bursts."""
    bits = payload_bits(cell)
    bursts = [result.goodput_bps / (result.data.burst.packets * bits) for result in results]
    if sum(bursts) == 0.0:
        return sum(result.mpdus_per_ampdu for result in results) / len(results)
    return sum(b * result.mpdus_per_ampdu for b, result in zip(bursts, results, strict=True)) / sum(bursts)
