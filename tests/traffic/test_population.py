"""traffic.population: who has a device, on a shipped site with its programme changed by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from wifisim.inputs.site import Site
from wifisim.traffic.population import Block, Population, populate


def with_programme(site: Site, **changes: float | str) -> Site:
    return replace(site, programme=replace(site.programme, **changes))


def wave_devices(population: Population, site: Site) -> int:
    landed = {class_id for wave in site.stages[-1].landed for class_id in wave.class_ids}
    return sum(block.keys.size for class_id in landed for block in population.pupils[class_id])


def pupils_in_waves(site: Site) -> int:
    landed = {class_id for wave in site.stages[-1].landed for class_id in wave.class_ids}
    return sum(group.size for group in site.timetable.classes if group.id in landed)


def populated(site: Site, replication: int = 0) -> Population:
    return populate(site, site.stages[-1], seed=1, replication=replication)


def test_without_faults_every_pupil_of_a_landed_wave_has_a_device(secondary: Site) -> None:
    site = with_programme(secondary, fault_share=0.0, forgotten_share=0.0)
    assert wave_devices(populated(site), site) == pupils_in_waves(site)


def test_missing_devices_are_missed_without_a_pool(secondary: Site) -> None:
    site = with_programme(secondary, fault_share=0.1, forgotten_share=0.1, pool_share=0.0)
    expected = pupils_in_waves(site)
    missing = expected - wave_devices(populated(site), site)
    # Binomial(n, 0.2): four standard deviations either side.
    assert abs(missing - 0.2 * expected) < 4.0 * math.sqrt(expected * 0.2 * 0.8)


def test_the_pool_replaces_missing_devices_while_it_lasts(secondary: Site) -> None:
    none = with_programme(secondary, fault_share=0.2, forgotten_share=0.0, pool_share=0.0)
    some = with_programme(none, pool_share=0.05)
    pool = math.ceil(0.05 * pupils_in_waves(secondary))
    assert wave_devices(populated(some), some) == wave_devices(populated(none), none) + pool


def test_opted_out_pupils_have_the_schools_device(secondary: Site) -> None:
    site = with_programme(secondary, opt_out_share=1.0, opt_out_client_id="chromebook-11ac")
    landed = {class_id for wave in site.stages[-1].landed for class_id in wave.class_ids}
    types = {block.client_id for class_id in landed for block in populated(site).pupils[class_id]}
    assert types == {"chromebook-11ac"}


def keys(blocks: tuple[Block, ...]) -> set[int]:
    return set(np.concatenate([block.keys for block in blocks]).tolist())


def test_a_class_has_the_same_devices_in_every_later_stage(secondary: Site) -> None:
    site = with_programme(secondary, fault_share=0.0, forgotten_share=0.0)
    first = site.waves[0].class_ids[0]
    stages = [stage for stage in site.stages if stage.landed]
    seen = [keys(populate(site, stage, seed=1, replication=0).pupils[first]) for stage in stages]
    assert all(later == seen[0] for later in seen)


def test_no_two_devices_share_an_identity(site: Site) -> None:
    population = populated(site)
    blocks = [b for group in (population.pupils, population.phones) for bs in group.values() for b in bs]
    blocks += [*population.rooms.values(), *population.staff]
    everything = np.concatenate([block.keys for block in blocks])
    assert np.unique(everything).size == everything.size == population.count
