"""Faults of the command line become events, or one clear problem each."""

from __future__ import annotations

import dataclasses

import pytest
from edited import ROOT

from wifisim.errors import InputError
from wifisim.inputs.reader import read_site
from wifisim.inputs.rollout import Event
from wifisim.inputs.site import Site
from wifisim.inputs.what_if import with_faults


@pytest.fixture(scope="module")
def site() -> Site:
    return read_site(ROOT / "sites" / "primary-brookside.yaml")


@pytest.mark.parametrize(
    ("text", "event"),
    [
        # 10:00 is 36,000 s after midnight, 11:00 is 3,600 s later.
        ("wan-down@10:00-11:00", Event("typical", "wan", "main", 36_000, 3_600)),
        ("wan-down:backup@10:00-11:00", Event("typical", "wan", "backup", 36_000, 3_600)),
        ("filter-down@10:00-11:00", Event("typical", "filter", "filter", 36_000, 3_600)),
        ("filter-bypass@10:00-11:00", Event("typical", "filter", "filter", 36_000, 3_600, bypass=True)),
        ("ap-down:AP-HALL@10:00-10:30", Event("typical", "access_point", "AP-HALL", 36_000, 1_800)),
        ("switch-down:sw-juniors@10:00-10:30", Event("typical", "switch", "sw-juniors", 36_000, 1_800)),
        ("service-down:google-docs@10:00-10:30", Event("typical", "service", "google-docs", 36_000, 1_800)),
        ("service-slow:web=5@10:00-10:30", Event("typical", "service", "web", 36_000, 1_800, slow_s=5)),
        ("service-limit:web=20@10:00-10:30", Event("typical", "service", "web", 36_000, 1_800, left_bps=20e6)),
    ],
)
def test_a_fault_becomes_an_event(site: Site, text: str, event: Event) -> None:
    assert with_faults(site, [text]).events == (*site.events, event)


@pytest.mark.parametrize(
    ("text", "rule", "nearest"),
    [
        ("nonsense", "must look like wan-down@10:00-11:00", ""),
        ("wan-dwn@10:00-11:00", "has no known kind of fault", "wan-down"),
        ("ap-down@10:00-11:00", "needs a name, as in ap-down:AP-", ""),
        ("switch-down:sw-junior@10:00-11:00", "names no switch of this site", "sw-juniors"),
        ("service-down:gogle-docs@10:00-11:00", "names no service of this site", "google-docs"),
        ("service-slow:web@10:00-11:00", "needs a number of seconds above 0", ""),
        ("service-slow:web=nan@10:00-11:00", "needs a number of seconds above 0", ""),
        ("service-limit:web=-1@10:00-11:00", "needs a number of Mbit/s above 0", ""),
        ("wan-down=3@10:00-11:00", "takes no =VALUE", ""),
        ("wan-down@25:00-26:00", "needs times of day", ""),
        ("wan-down@11:00-10:00", "must end after it starts", ""),
    ],
)
def test_what_cannot_be_read_is_said(site: Site, text: str, rule: str, nearest: str) -> None:
    with pytest.raises(InputError) as caught:
        with_faults(site, [text])
    assert len(caught.value.problems) == 1
    problem = caught.value.problems[0]
    assert rule in problem.rule
    assert problem.nearest == nearest


def test_all_problems_come_at_once(site: Site) -> None:
    with pytest.raises(InputError) as caught:
        with_faults(site, ["nonsense", "wan-down@11:00-10:00"])
    assert len(caught.value.problems) == 2


def test_a_site_without_a_typical_day_gets_one(site: Site) -> None:
    other = dataclasses.replace(site, simulation=dataclasses.replace(site.simulation, days=("arrival",)))
    assert with_faults(other, ["wan-down@10:00-11:00"]).simulation.days == ("typical", "arrival")
