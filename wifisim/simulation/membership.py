"""Joining and leaving: users into classes, classes into cells, transmitters into the contention of their air.

Call between ``detach`` and ``attach`` of the cell concerned. An air resource carries ``usable_airtime[k]`` of its
capacity while k transmitters contend: a radio with any download in progress is one, every upload is one more. Of
that it carries ``usable_downloads[n]`` while n downloads are in progress at each radio (``network.resources``).
"""

from __future__ import annotations

from wifisim.simulation.compiled import compiled
from wifisim.simulation.flow_state import (
    ACTIVE,
    IDLE,
    cells_of,
    classes_of,
    crossed_of,
    free_classes_of,
    paths_of,
    radio_downloads_of,
    resources_of,
    routes_of,
    usable_of,
    users_of,
)
from wifisim.simulation.heaps import Records, insert_user, remove_user


@compiled
def cell_of(state: Records, user: int) -> int:
    """The cell of the way that ``user`` transfers over."""
    return paths_of(state)[routes_of(state)[users_of(state)[user].way].path].cell  # type: ignore[no-any-return]


@compiled
def join(state: Records, user: int, bits: float, now: float) -> None:
    """``user`` begins to transfer ``bits`` over its way; its class is made if nobody is in it."""
    one = users_of(state)[user]
    path_id = routes_of(state)[one.way].path
    c = _class_for(state, path_id, one.cap / one.weight, now)
    group = classes_of(state)[c]
    one.state = ACTIVE
    one.group = c
    one.finish = group.clock + bits / one.weight
    group.root = insert_user(users_of(state), group.root, user)
    group.flows += 1
    group.weight += one.weight
    group.air += one.weight * one.cost
    _contend(state, path_id, 1)


@compiled
def leave(state: Records, user: int) -> float:
    """``user`` ends to transfer; gives the bits it had left. An empty class is given back."""
    one = users_of(state)[user]
    c = one.group
    group = classes_of(state)[c]
    rest = max(one.finish - group.clock, 0.0) * one.weight
    group.root = remove_user(users_of(state), group.root, user)
    group.flows -= 1
    group.weight -= one.weight
    group.air -= one.weight * one.cost
    one.group = -1
    one.state = IDLE
    _contend(state, group.path, -1)
    if group.flows == 0:
        _give_back(state, c)
    return rest  # type: ignore[no-any-return]


@compiled
def _class_for(state: Records, path_id: int, cap: float, now: float) -> int:
    path = paths_of(state)[path_id]
    c = path.classes
    while c >= 0:
        if classes_of(state)[c].cap == cap:
            return c  # type: ignore[no-any-return]
        c = classes_of(state)[c].path_next
    state.free_class_count -= 1
    c = free_classes_of(state)[state.free_class_count]
    one = classes_of(state)[c]
    one.path, one.cell, one.cap = path_id, path.cell, cap
    one.flows, one.weight, one.air = 0, 0.0, 0.0
    one.level, one.clock, one.time, one.lag = 0.0, 0.0, now, 0.0
    one.trunk, one.bound, one.root = -1, -1, -1
    one.path_before, one.path_next = -1, path.classes
    if path.classes >= 0:
        classes_of(state)[path.classes].path_before = c
    path.classes = c
    cell = cells_of(state)[path.cell]
    one.cell_before, one.cell_next = -1, cell.classes
    if cell.classes >= 0:
        classes_of(state)[cell.classes].cell_before = c
    cell.classes = c
    return c  # type: ignore[no-any-return]


@compiled
def _give_back(state: Records, c: int) -> None:
    one = classes_of(state)[c]
    if one.path_before >= 0:
        classes_of(state)[one.path_before].path_next = one.path_next
    else:
        paths_of(state)[one.path].classes = one.path_next
    if one.path_next >= 0:
        classes_of(state)[one.path_next].path_before = one.path_before
    if one.cell_before >= 0:
        classes_of(state)[one.cell_before].cell_next = one.cell_next
    else:
        cells_of(state)[one.cell].classes = one.cell_next
    if one.cell_next >= 0:
        classes_of(state)[one.cell_next].cell_before = one.cell_before
    free_classes_of(state)[state.free_class_count] = c
    state.free_class_count += 1


@compiled
def _contend(state: Records, path_id: int, change: int) -> None:
    """One transfer more or less on a path: count its transmitter in all its air resources."""
    path = paths_of(state)[path_id]
    if path.radio < 0:
        return
    transmitters = change
    if not path.up:
        before = radio_downloads_of(state)[path.radio]
        radio_downloads_of(state)[path.radio] = before + change
        if before > 0 and before + change > 0:
            transmitters = 0
    for j in range(path.first, path.own):
        resource = resources_of(state)[crossed_of(state)[j]]
        if not resource.air:
            continue
        resource.contenders += transmitters
        if not path.up:
            resource.radios += transmitters
            resource.downloads += change
        if transmitters != 0 or resource.downloads_last > resource.usable_last:
            set_usable(state, crossed_of(state)[j])


@compiled
def set_usable(state: Records, r: int) -> None:
    """The capacity of resource ``r`` with its present contenders and downloads."""
    resource = resources_of(state)[r]
    factor = 1.0
    if resource.usable_last > resource.usable_first:
        place = min(resource.usable_first + resource.contenders, resource.usable_last - 1)
        factor = usable_of(state)[place]
    if resource.radios > 0 and resource.downloads_last > resource.usable_last:
        each = (resource.downloads + resource.radios - 1) // resource.radios
        factor *= usable_of(state)[min(resource.usable_last + each, resource.downloads_last - 1)]
    resource.factor = factor
    resource.capacity = resource.base * factor
