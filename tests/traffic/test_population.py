"""traffic.population: who has a device, on a shipped site with its programme changed by hand."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from wifisim.inputs.resolve.stages import Plan, resolve_stages
from wifisim.inputs.roll_over import beginnings, moved_up
from wifisim.inputs.rollout import Adoption
from wifisim.inputs.site import Site
from wifisim.inputs.timetable import SchoolClass
from wifisim.traffic.population import Block, Population, populate


def with_programme(site: Site, **changes: Any) -> Site:
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


def test_only_devices_that_leave_the_school_are_forgotten_at_home(secondary: Site) -> None:
    site = with_programme(secondary, fault_share=0.0, forgotten_share=1.0, pool_share=0.0, opt_out_share=0.3)
    blocks = [block for blocks in populated(site).pupils.values() for block in blocks if block.one_to_one]
    # Everybody has left theirs at home; the opted-out pupils' devices have never been there.
    assert blocks
    assert not any(block.goes_home for block in blocks)


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


def test_pupils_choose_among_the_types_they_are_offered(secondary: Site) -> None:
    choice = (("chromebook", 0.6), ("windows-laptop", 0.4))
    site = with_programme(secondary, model="cyod", choice=choice, opt_out_share=0.0, fault_share=0.0)
    blocks = [block for group in populated(site).pupils.values() for block in group if block.one_to_one]
    count = sum(block.keys.size for block in blocks)
    laptops = sum(block.keys.size for block in blocks if block.client_id == "windows-laptop")
    # Binomial(n, 0.4): four standard deviations either side.
    assert abs(laptops - 0.4 * count) < 4.0 * math.sqrt(count * 0.4 * 0.6)


def test_brought_devices_are_unmanaged_and_school_devices_of_the_same_class_are_not(secondary: Site) -> None:
    site = with_programme(secondary, model="byod", opt_out_share=0.3)
    blocks = [block for group in populated(site).pupils.values() for block in group if block.one_to_one]
    assert {(block.goes_home, block.managed) for block in blocks} == {(True, False), (False, True)}


def test_trolleys_stay_in_school(secondary: Site) -> None:
    blocks = populated(with_programme(secondary, model="school-owned")).pupils.values()
    assert not any(block.goes_home for group in blocks for block in group)


def test_use_grows_from_the_hand_out_on(secondary: Site) -> None:
    adoption = Adoption(start_share=0.4, full_after_weeks=10.0, by_stage=(("KS4", 0.5),), staff_readiness=0.8)
    # 0.4 on the day, halfway (0.7) after five weeks, all of it after ten and ever after; times 0.8 of the staff.
    assert adoption.reached("KS3", 0.0) == pytest.approx(0.8 * 0.4)
    assert adoption.reached("KS3", 5.0) == pytest.approx(0.8 * 0.7)
    assert adoption.reached("KS3", 40.0) == pytest.approx(0.8)
    assert adoption.reached("KS4", 40.0) == pytest.approx(0.8 * 0.5)
    site = with_programme(secondary, adoption=adoption)
    pilot = site.waves[0]
    weeks = (site.stages[-1].date - pilot.date).days / 7
    grown = populated(site).pupils[pilot.class_ids[0]][0].growth
    assert grown == adoption.reached("KS3", weeks)


def rolled_over(site: Site, date: dt.date) -> Site:
    """The site after one roll-over, its stage added by hand as the reader would."""
    plan = Plan(site.today, site.waves, site.upgrades, (date,), site.timetable.classes)
    networks = {None: site.stages[0].network}
    return replace(with_programme(site, roll_over=(date,)), stages=resolve_stages(plan, networks))


def test_a_roll_over_moves_devices_up_with_their_pupils(secondary: Site) -> None:
    site = with_programme(secondary, fault_share=0.0, forgotten_share=0.0)
    later = rolled_over(site, dt.date(2027, 9, 1))
    last, before = later.stages[-1], later.stages[-2]
    assert (last.id, last.rolled_over, before.rolled_over) == ("roll-over-2027", 1, 0)
    now = populate(later, last, seed=1, replication=0).pupils
    then = populate(later, before, seed=1, replication=0).pupils
    # 8A is what was 7A, with the same devices; the new 7A has none; year 13 of before has left with theirs.
    assert keys(now["8A"]) == keys(then["7A"])
    assert not any(block.one_to_one for block in now.get("7A", ()))
    leavers = set().union(*(keys(blocks) for name, blocks in then.items() if name.startswith("13")))
    assert leavers
    assert not leavers & set().union(*(keys(blocks) for blocks in now.values()))


def test_classes_without_a_counterpart_leave() -> None:
    classes = tuple(
        SchoolClass(f"{year}{letter}", year, "KS3", 20) for year, letter in (("9", "A"), ("9", "B"), ("10", "A"))
    )
    assert moved_up(classes) == {"9A": "10A"}
    assert beginnings(classes, 0) == {"9A": ("9A", 20), "9B": ("9B", 20), "10A": ("10A", 20)}
    # Year 9 is new and has the identity of newcomers; 10A was 9A.
    assert beginnings(classes, 1) == {"9A": ("9A+1", 20), "9B": ("9B+1", 20), "10A": ("9A", 20)}
