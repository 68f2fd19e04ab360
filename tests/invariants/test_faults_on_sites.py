"""Every kind of fault on every shipped site: written as ``events:`` or asked as ``--what-if``, and what each does."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from conftest import ROOT, SITE_FILES, shipped_site

from wifisim.inputs.reader import read_site
from wifisim.inputs.site import Site
from wifisim.inputs.what_if import with_faults
from wifisim.results.records import DayRecord
from wifisim.simulation.run import run_stage
from wifisim.simulation.stage import build_models
from wifisim.units import clock_from_seconds

STEMS = [path.stem for path in SITE_FILES]
OWN = [stem for stem in STEMS if not stem.startswith("linden-")]  # those are the secondary school with other devices
FOR_MIN, EVERY_MIN = 3, 5


def _kinds(site: Site) -> list[tuple[str, dict[str, object]]]:
    """Each fault as the command line and as the site file have it; a site without a backup has no failing one."""
    network = site.stages[-1].network
    ap_id, switch_id = network.access_points[0].id, network.access_points[0].switch_id
    kinds: list[tuple[str, dict[str, object]]] = [
        ("wan-down", {"what": "wan"}),
        ("backup-down", {"what": "wan", "id": "backup"}),
        ("dns-down", {"what": "dns"}),
        (f"ap-down:{ap_id}", {"what": "access_point", "id": ap_id}),
        (f"switch-down:{switch_id}", {"what": "switch", "id": switch_id}),
        ("filter-down", {"what": "filter"}),
        ("filter-bypass", {"what": "filter", "bypass": True}),
        ("service-down:google-docs", {"what": "service", "id": "google-docs"}),
        ("service-slow:google-docs=5", {"what": "service", "id": "google-docs", "slow_s": 5}),
        ("service-limit:google-docs=2", {"what": "service", "id": "google-docs", "left_mbps": 2}),
    ]
    return [kind for kind in kinds if kind[0] != "backup-down" or len(network.wan) > 1]


def _busiest(site: Site) -> tuple[float, str]:
    """Start and name of the period with most lessons."""
    counts = Counter(lesson.period_id for lesson in site.timetable.lessons)
    period_id = max(counts, key=lambda name: counts[name])
    return next(p.start_s for p in site.timetable.periods if p.id == period_id), period_id


def _asked(site: Site) -> tuple[list[str], list[dict[str, object]]]:
    """All faults one after another within the busiest period: for the command line, and for the file."""
    start_s, _ = _busiest(site)
    typed, written = [], []
    for number, (kind, event) in enumerate(_kinds(site)):
        at_s = start_s + 60.0 * (2 + EVERY_MIN * number)
        span = f"{clock_from_seconds(at_s)}-{clock_from_seconds(at_s + 60.0 * FOR_MIN)}"
        typed.append(f"{kind}@{span}")
        written.append({"day": "typical", **event, "at": clock_from_seconds(at_s), "for_min": FOR_MIN})
    return typed, written


@pytest.mark.parametrize("stem", STEMS)
def test_events_of_the_file_are_those_of_the_command_line(stem: str, tmp_path: Path) -> None:
    site = shipped_site(stem)
    typed, written = _asked(site)
    original = os.path.relpath(ROOT / "sites" / f"{stem}.yaml", tmp_path)
    copy = {"wifisim": 1, "copy_of": original, "add": {"events": written}}
    (tmp_path / "copy.yaml").write_text(yaml.safe_dump(copy), encoding="utf-8")
    assert read_site(tmp_path / "copy.yaml").events == with_faults(site, typed).events


@pytest.mark.parametrize("stem", OWN)
def test_every_fault_is_felt_by_those_that_it_concerns(stem: str) -> None:
    whole = shipped_site(stem)
    _, period_id = _busiest(whole)
    lessons = tuple(lesson for lesson in whole.timetable.lessons if lesson.period_id == period_id)
    quick = replace(whole, stages=whole.stages[-1:], timetable=replace(whole.timetable, lessons=lessons))
    site = with_faults(quick, _asked(whole)[0])
    (model,) = build_models(site)
    (day,) = run_stage(site, model, 0, kinds=("typical",))
    (down,) = (index for index, resource in enumerate(model.network.resources) if resource.id == "line:down")
    assert [outage.start_s for outage in day.outages] == [event.start_s for event in site.events]
    for event, outage in zip(site.events, day.outages, strict=True):
        during = _during(day, event.start_s)
        line = day.carried_bps[during, down]
        if event.target == "filter" and not event.bypass:
            assert not line.any()
        if event.target == "wan" and event.target_id == "backup":
            assert line.any()  # the main line is up
        assert outage.lost_s >= 0.0
    assert sum(outage.lost_s for outage in day.outages) > 0.0
    resolver = next(gate for gate in day.gates if gate.id == "dns")
    fault = next(event for event in site.events if event.target == "dns")
    assert resolver.refused > 0
    assert fault.start_s <= resolver.from_s <= resolver.to_s <= fault.start_s + fault.duration_s


def _during(day: DayRecord, start_s: float) -> np.ndarray:
    """The whole bins of a fault."""
    time_s = day.start_s + day.bin_s * np.arange(day.carried_bps.shape[0])
    return (time_s >= start_s) & (time_s + day.bin_s <= start_s + 60.0 * FOR_MIN)
