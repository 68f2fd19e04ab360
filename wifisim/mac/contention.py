"""Which radios share the air, and which disturb it unheard.

Two radios defer to each other when one receives the other above the carrier-sense level: -82 dBm where they use the
same primary 20 MHz channel and so decode each other's preambles, -72 dBm where only secondary channels overlap
(IEEE 802.11-2020 clause 21.3.18.5.3), -62 dBm, energy detection, where the channels overlap without a common grid as
at 2.4 GHz. The graph of who hears whom is cut into its maximal cliques: in each, one radio sends at a time.
Overlapping radios that are not heard send at the same time; what that costs is said by ``strangers``.
Left out: stations that hear what their access point does not, and spatial reuse by colouring.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from wifisim.mac.timing import SIGNAL_DETECT_DBM
from wifisim.rf.channels import Span, overlap_share, same_primary, span
from wifisim.rf.coverage import Coverage, PlacedRadio

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SECONDARY_DETECT_DBM = -72.0  # secondary 20 MHz, mid-packet: clause 21.3.18.5.3
ENERGY_DETECT_DBM = -62.0  # anything else: clause 17.3.10.6
CLIQUES_PER_RADIO = 8  # above this many cliques a radio, a cover of all pairs stands for them


@dataclass(frozen=True, slots=True)
class Domains:
    """``cliques``: radio indices that share air, every radio in at least one; ``of_radio[radio]`` its cliques.

    ``neighbours`` are the pairs (a < b) that hear each other; ``spans`` the frequencies of every radio.
    """

    cliques: tuple[tuple[int, ...], ...]
    of_radio: tuple[tuple[int, ...], ...]
    neighbours: frozenset[tuple[int, int]]
    spans: tuple[Span, ...]


def contention_domains(coverage: Coverage) -> Domains:
    """Cliques of radios that hear each other."""
    spans = tuple(span(p.radio.band, p.radio.channel, p.radio.width_mhz) for p in coverage.radios)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(coverage.radios)))
    pairs = frozenset(
        (a, b)
        for a in range(len(spans))
        for b in range(a + 1, len(spans))
        if hears(coverage.radios[a], coverage.radios[b], loss_db=float(coverage.radio_loss_db[a, b]))
    )
    graph.add_edges_from(sorted(pairs))
    cliques = _cliques(graph, limit=CLIQUES_PER_RADIO * max(len(spans), 1))
    of_radio = tuple(
        tuple(index for index, clique in enumerate(cliques) if radio in clique) for radio in range(len(spans))
    )
    return Domains(cliques, of_radio, pairs, spans)


def hears(a: PlacedRadio, b: PlacedRadio, *, loss_db: float) -> bool:
    """True when either radio receives the other above the carrier-sense level of their channels."""
    if a.radio.band != b.radio.band or not np.isfinite(loss_db):
        return False
    own = span(a.radio.band, a.radio.channel, a.radio.width_mhz)
    other = span(b.radio.band, b.radio.channel, b.radio.width_mhz)
    gains = a.radio.antenna_gain_dbi + b.radio.antenna_gain_dbi
    return (
        max(
            a.radio.power_dbm + gains - loss_db + _detection_margin_db(other, own),
            b.radio.power_dbm + gains - loss_db + _detection_margin_db(own, other),
        )
        >= 0.0
    )


def _detection_margin_db(victim: Span, source: Span) -> float:
    """What has to be added to a received level so that 0 is the threshold at which the victim defers."""
    share = overlap_share(victim, source)
    if share <= 0.0:
        return float("-inf")
    if same_primary(victim, source):
        return -SIGNAL_DETECT_DBM
    in_band_db = 10.0 * float(np.log10(share))
    on_grid = (victim.primary_mhz - source.primary_mhz) % 20.0 == 0.0
    return in_band_db - (SECONDARY_DETECT_DBM if on_grid else ENERGY_DETECT_DBM)


@dataclass(frozen=True, slots=True)
class Unheard:
    """Radios that send into a radio's channel without hearing it, arrays [stranger].

    ``share_db`` is how much of their power falls into the channel; ``decodable`` whose preambles can be followed there.
    """

    radios: Ints
    share_db: Floats
    decodable: Bools


def unheard(coverage: Coverage, domains: Domains, radio: int) -> Unheard:
    """The radios of the band that overlap ``radio`` and that it shares no air with."""
    own, band = domains.spans[radio], coverage.radios[radio].radio.band
    found = [
        (other, share, same_primary(own, domains.spans[other]))
        for other, placed in enumerate(coverage.radios)
        if other != radio
        and placed.radio.band == band
        and (min(radio, other), max(radio, other)) not in domains.neighbours
        and (share := overlap_share(own, domains.spans[other])) > 0.0
    ]
    radios, shares, decodable = zip(*found, strict=True) if found else ((), (), ())
    return Unheard(
        np.array(radios, dtype=np.int64), 10.0 * np.log10(np.array(shares)), np.array(decodable, dtype=np.bool_)
    )


def _cliques(graph: nx.Graph[int], limit: int) -> tuple[tuple[int, ...], ...]:
    """All maximal cliques in order, or, where there are more than ``limit``, a cover of every pair by cliques."""
    found = list(islice(nx.find_cliques(graph), limit + 1))
    if len(found) > limit:
        found = _pair_cover(graph)
    return tuple(sorted(tuple(sorted(clique)) for clique in found))


def _pair_cover(graph: nx.Graph[int]) -> list[list[int]]:
    """Cliques grown greedily from every pair that no earlier one holds; lone radios are their own."""
    covered: set[tuple[int, int]] = set()
    cover: list[list[int]] = [[node] for node in graph if graph.degree(node) == 0]
    for a, b in sorted((min(edge), max(edge)) for edge in graph.edges):
        if (a, b) in covered:
            continue
        clique = [a, b]
        for node in sorted(set(graph[a]) & set(graph[b])):
            if all(graph.has_edge(node, member) for member in clique):
                clique.append(node)
        cover.append(clique)
        covered.update((min(x, y), max(x, y)) for x in clique for y in clique if x != y)
    return cover
