"""The three queues of the flow kernel, on bare arrays, compiled.

* timers: a binary heap of (time, user) pairs that is only pushed and popped; stale entries are left to the reader;
* ranks: indexed binary heaps in one array of nodes: smallest key first, each item at most once, and its key can be
  changed or taken out; record ``first`` + i holds place i of the heap and, in ``place``, where item i stands (or -1);
* pairing heaps (Fredman et al., Algorithmica 1986) of the users of one class by virtual finish: linked through the
  users' records, so that they need no storage of their own and a user can leave from the middle.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wifisim.simulation.compiled import compiled

Records = Any  # a structured numpy array; its fields are the tables of ``flow_state``


TIMER = np.dtype([("time", "f8"), ("user", "i8")])
NODE = np.dtype([("key", "f8"), ("item", "i4"), ("place", "i4")])


def empty_timers(capacity: int) -> Records:
    """Room for ``capacity`` pending timers; the first record counts them in ``user``."""
    return np.zeros(capacity + 1, TIMER).view(np.recarray)


def empty_ranks(rows: int, items: int) -> Records:
    """``rows`` heaps over items 0 .. ``items`` - 1, each with a first record that counts its items in ``item``."""
    nodes = np.zeros(rows * (items + 1), NODE).view(np.recarray)
    nodes.place = -1
    return nodes


@compiled
def push_timer(timers: Records, time_s: float, user: int) -> None:
    """Add one pair; the caller has made sure that there is room."""
    here = timers[0].user + 1
    timers[0].user = here
    while here > 1:
        above = here >> 1
        if timers[above].time <= time_s:
            break
        timers[here].time = timers[above].time
        timers[here].user = timers[above].user
        here = above
    timers[here].time = time_s
    timers[here].user = user


@compiled
def pop_timer(timers: Records) -> None:
    """Take the earliest pair out."""
    size = timers[0].user
    timers[0].user = size - 1
    time_s, user = timers[size].time, timers[size].user
    here = 1
    while True:
        below = 2 * here
        if below >= size:
            break
        if below + 1 < size and timers[below + 1].time < timers[below].time:
            below += 1
        if timers[below].time >= time_s:
            break
        timers[here].time = timers[below].time
        timers[here].user = timers[below].user
        here = below
    timers[here].time = time_s
    timers[here].user = user


@compiled
def set_rank(nodes: Records, head: int, item: int, key: float) -> None:
    """Put ``item`` into the heap whose first record is ``head``, with ``key``, or change its key."""
    place = nodes[head + 1 + item].place
    if place < 0:
        place = nodes[head].item
        nodes[head].item = place + 1
    elif nodes[head + 1 + place].key == key:
        return
    _sift(nodes, head + 1, nodes[head].item, place, item, key)


@compiled
def drop_rank(nodes: Records, head: int, item: int) -> None:
    """Take ``item`` out of a heap, if it is there."""
    place = nodes[head + 1 + item].place
    if place < 0:
        return
    nodes[head + 1 + item].place = -1
    last = nodes[head].item - 1
    nodes[head].item = last
    if place != last:
        moved = nodes[head + 1 + last]
        _sift(nodes, head + 1, last, place, moved.item, moved.key)


@compiled
def _sift(nodes: Records, first: int, size: int, place: int, item: int, key: float) -> None:
    """Write ``item`` at ``place`` and move it up or down to where its key belongs."""
    while place > 0:
        above = (place - 1) >> 1
        if nodes[first + above].key <= key:
            break
        nodes[first + place].key = nodes[first + above].key
        nodes[first + place].item = nodes[first + above].item
        nodes[first + nodes[first + place].item].place = place
        place = above
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and nodes[first + below + 1].key < nodes[first + below].key:
            below += 1
        if nodes[first + below].key >= key:
            break
        nodes[first + place].key = nodes[first + below].key
        nodes[first + place].item = nodes[first + below].item
        nodes[first + nodes[first + place].item].place = place
        place = below
    nodes[first + place].key = key
    nodes[first + place].item = item
    nodes[first + item].place = place


@compiled
def meld(users: Records, one: int, other: int) -> int:
    """Join two pairing heaps by their roots; -1 is the empty heap. Ties go to the lower user."""
    if one < 0:
        return other
    if other < 0:
        return one
    a, b = users[one].finish, users[other].finish
    if b < a or (b == a and other < one):
        one, other = other, one
    child = users[one].child
    users[other].next = child
    if child >= 0:
        users[child].before = other
    users[other].before = one
    users[one].child = other
    return one


@compiled
def insert_user(users: Records, root: int, user: int) -> int:
    """Add ``user`` (its ``finish`` is set) to the heap under ``root``; gives the new root."""
    users[user].child = -1
    users[user].next = -1
    users[user].before = -1
    return meld(users, root, user)


@compiled
def remove_user(users: Records, root: int, user: int) -> int:
    """Take ``user`` out of the heap under ``root``; gives the new root."""
    below = _melded_children(users, users[user].child)
    if user == root:
        return below
    before, after = users[user].before, users[user].next
    if users[before].child == user:
        users[before].child = after
    else:
        users[before].next = after
    if after >= 0:
        users[after].before = before
    return meld(users, root, below)


@compiled
def _melded_children(users: Records, first: int) -> int:
    """Two passes over a list of siblings: meld in pairs from the left, then all pairs from the right."""
    pairs = -1
    while first >= 0:
        second = users[first].next
        rest = users[second].next if second >= 0 else -1
        users[first].next = -1
        users[first].before = -1
        if second >= 0:
            users[second].next = -1
            users[second].before = -1
        pair = meld(users, first, second)
        users[pair].next = pairs
        pairs = pair
        first = rest
    root = -1
    while pairs >= 0:
        rest = users[pairs].next
        users[pairs].next = -1
        root = meld(users, root, pairs)
        pairs = rest
    if root >= 0:
        users[root].before = -1
        users[root].next = -1
    return root
