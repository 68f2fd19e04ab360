"""What the rules look at: a site, the places of its parts, and per stage its devices and its signal.

Devices are counted with nobody's forgotten or faulty, since any of them may be there. The signal is the survey
without shadowing: its middle, not its luck.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from wifisim.inputs.lines import Lines
from wifisim.inputs.rollout import Stage
from wifisim.inputs.site import Site
from wifisim.mac.association import rank_radios
from wifisim.mac.contention import Domains, contention_domains
from wifisim.rf.coverage import Coverage, PlacedRadio, placed_radios, rssi_dbm, survey
from wifisim.rf.places import seat_places
from wifisim.traffic.population import Block, Population, populate


@dataclass(frozen=True, slots=True)
class Signal:
    """The air of one stage: ``best[client]`` [place] is the radio a device takes first (-1: none).

    ``alike[client]`` [radio, place]: those about as good, from which a controller that balances load may choose.
    """

    coverage: Coverage
    domains: Domains
    best: dict[str, NDArray[np.int64]]
    alike: dict[str, NDArray[np.bool_]]
    level_dbm: NDArray[np.float64]

    @property
    def radios(self) -> tuple[PlacedRadio, ...]:
        """The radios in axis order."""
        return self.coverage.radios


@dataclass(slots=True)
class Case:
    """A site under examination; what is dear is worked out once."""

    site: Site
    lines: Lines
    _populations: dict[str, Population] = field(default_factory=dict)
    _signals: dict[tuple[PlacedRadio, ...], Signal] = field(default_factory=dict)

    def population(self, stage: Stage) -> Population:
        """All devices of a stage, none missing."""
        if stage.id not in self._populations:
            programme = replace(self.site.programme, fault_share=0.0, forgotten_share=0.0)
            whole = replace(self.site, programme=programme)
            self._populations[stage.id] = populate(whole, stage, seed=self.site.simulation.seed, replication=0)
        return self._populations[stage.id]

    def blocks(self, stage: Stage) -> list[Block]:
        """All groups of devices of a stage."""
        people = self.population(stage)
        by_class = [block for blocks in (*people.pupils.values(), *people.phones.values()) for block in blocks]
        return [*by_class, *people.rooms.values(), *people.staff, *(one.block for one in people.sets)]

    def devices(self, stage: Stage) -> int:
        """How many devices a stage has, the programme's spare ones not counted."""
        return sum(block.keys.size for block in self.blocks(stage))

    def handed_out(self, stage: Stage) -> int:
        """How many of them the programme's waves have handed out."""
        return sum(block.keys.size for block in self.given(stage))

    def given(self, stage: Stage) -> list[Block]:
        """The groups of devices that waves have handed out: pupils' own, and departments' class sets."""
        people = self.population(stage)
        classes = {class_id for wave in stage.landed for class_id in wave.class_ids}
        own = [block for class_id, blocks in people.pupils.items() if class_id in classes for block in blocks]
        return [*own, *(one.block for one in people.sets)]

    def missing(self, stage: Stage) -> tuple[float, float]:
        """How many of them are faulty on an ordinary day, and how many more are forgotten."""
        programme, people = self.site.programme, self.population(stage)
        carried = self.given(stage)
        if programme.goes_home:
            carried = [block for block in carried if block.goes_home]
        in_sets = {one.block.owner for one in people.sets}
        forgettable = sum(block.keys.size for block in carried if block.owner not in in_sets)
        return programme.fault_share * self.handed_out(stage), programme.forgotten_share * forgettable

    def spares(self, stage: Stage) -> int:
        """Devices in the pool of the programme."""
        return math.ceil(self.site.programme.pool_share * self.handed_out(stage))

    def platform(self, client_id: str) -> str:
        """The operating system of a client type."""
        return self.site.catalog.clients[client_id].platform

    def pupil_clients(self) -> set[str]:
        """The client types of pupils' devices in any stage, phones left out."""
        people = [self.population(stage) for stage in self.site.stages]
        own = {block.client_id for one in people for blocks in one.pupils.values() for block in blocks}
        return own | {one.block.client_id for stage in people for one in stage.sets}

    def updating(self, stage: Stage, platform: str, *, stays: bool = False) -> int:
        """Pupils' devices of a platform ("" = any), or with ``stays`` only those that spend the night in school."""
        people = self.population(stage)
        blocks = [block for blocks in people.pupils.values() for block in blocks]
        blocks += [one.block for one in people.sets]
        return sum(
            block.keys.size
            for block in blocks
            if platform in {"", self.platform(block.client_id)} and not (stays and block.goes_home)
        )

    def signal(self, stage: Stage) -> Signal:
        """The air of a stage; stages with the same radios share it."""
        radios = placed_radios(stage.network, self.site.building)
        if radios not in self._signals:
            self._signals[radios] = self._fresh_signal(radios)
        return self._signals[radios]

    def _fresh_signal(self, radios: tuple[PlacedRadio, ...]) -> Signal:
        site = self.site
        settings, materials = site.simulation.air, site.catalog.materials
        places = seat_places(site.building)
        coverage = survey(site.building, radios, places, materials=materials, law=settings.path_loss)
        clients = {
            block.client_id for stage in site.stages for block in self.blocks(stage) if not block.wired_switch_id
        }
        clients.add(site.programme.client_id)
        best, alike = {}, {}
        for client_id in sorted(clients):
            ranking = rank_radios(coverage, site.catalog.clients[client_id], settings)
            ranks, alike[client_id] = ranking.ranks, ranking.alike
            best[client_id] = ranks[:, 0] if ranks.shape[1] else np.full(ranks.shape[0], -1, dtype=np.int64)
        client = site.catalog.clients[site.programme.client_id]
        heard = np.array([radio.radio.band in client.bands for radio in radios], dtype=np.bool_)
        level = np.max(rssi_dbm(coverage, client)[heard], axis=0, initial=-np.inf)
        return Signal(coverage, contention_domains(coverage), best, alike, level)
