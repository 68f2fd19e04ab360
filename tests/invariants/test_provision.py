"""One school under the five models of provision: what sets them apart, under the same seed."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pytest
from conftest import shipped_site

from wifisim.inputs.site import DayKind, Site
from wifisim.results.records import DayRecord
from wifisim.simulation.run import run_stage
from wifisim.simulation.stage import build_models

SCHOOL_OWNED, TAKE_HOME, PARENTAL = "secondary-linden", "linden-take-home", "linden-parental"
CYOD, BYOD = "linden-cyod", "linden-byod"
BELL_S = (8 * 60 + 40) * 60.0


@lru_cache(maxsize=16)
def last_stage(stem: str) -> Site:
    site = shipped_site(stem)
    return replace(site, stages=site.stages[-1:])


@lru_cache(maxsize=32)
def day(stem: str, kind: DayKind, replication: int = 0) -> DayRecord:
    site = last_stage(stem)
    site = replace(site, simulation=replace(site.simulation, days=(kind,)))
    return next(found for found in run_stage(site, build_models(site)[0], replication) if found.day_kind == kind)


def line_gb(stem: str, found: DayRecord, *, until_s: float = 86_400.0) -> float:
    """What came down the internet line until a time of day."""
    names = [resource.id for resource in build_models(last_stage(stem))[0].network.resources]
    bins = max(0, round((until_s - found.start_s) / found.bin_s))
    return float(found.carried_bps[:bins, names.index("line:down")].sum()) * found.bin_s / 8e9


def test_devices_from_home_are_there_before_the_bell_and_trolleys_are_not() -> None:
    # Staff machines catch up before the bell in every model; 420 devices from home pull several times as much.
    staff_only_gb = line_gb(SCHOOL_OWNED, day(SCHOOL_OWNED, "typical"), until_s=BELL_S)
    for stem in (TAKE_HOME, PARENTAL, CYOD, BYOD):
        assert line_gb(stem, day(stem, "typical"), until_s=BELL_S) > 5 * staff_only_gb


def test_an_update_reaches_the_lessons_of_unmanaged_devices_only() -> None:
    # Trolleys update after the last bell, devices that go home there; the families' load theirs in the first lesson.
    last_bell_s = (15 * 60 + 10) * 60.0
    extra = {
        stem: line_gb(stem, day(stem, "update"), until_s=last_bell_s) - line_gb(stem, day(stem, "typical"))
        for stem in (SCHOOL_OWNED, TAKE_HOME, PARENTAL, BYOD)
    }
    # 420 devices, half not updated at home, 7 in 10 of them want it, 90 % Windows (453 MB) and iPads (718 MB): 64 GB.
    assert 40 < extra.pop(BYOD) < 80
    assert max(map(abs, extra.values())) < 3


@pytest.mark.parametrize("stem", [SCHOOL_OWNED, PARENTAL])
def test_an_update_day_is_as_long_in_every_replication(stem: str) -> None:
    # A third of the borrowed devices update tonight: with few of them a replication may have nobody to do it.
    assert len({day(stem, "update", replication).carried_bps.shape for replication in range(3)}) == 1
