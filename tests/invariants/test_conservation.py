"""No saved byte is lost: what was asked for is acknowledged, or the day's backlog, whatever fails."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from support.edited import edited_site

from wifisim.inputs.site import Site
from wifisim.inputs.what_if import with_faults
from wifisim.results.records import DayRecord
from wifisim.simulation import day as school_day
from wifisim.simulation.flow_state import ACTIVE
from wifisim.simulation.flow_users import UserOutcome
from wifisim.simulation.flows import FlowKernel
from wifisim.simulation.stage import build_air, build_models
from wifisim.traffic.demand import plan_day
from wifisim.traffic.population import populate


@dataclass
class Ledger:
    """What became of the saves of one day."""

    asked: int = 0
    acknowledged: int = 0
    left: int = 0
    left_bytes: float = 0.0
    lost: list[float] = field(default_factory=list)


class BookedKernel(FlowKernel):
    """A flow kernel whose every removal of a user is entered in a ledger."""

    ledgers: ClassVar[list[Ledger]] = []

    def __init__(self, *parts: Any, **options: Any) -> None:
        super().__init__(*parts, **options)
        self.end_s = options["settings"].end_s
        self.ledgers.append(Ledger())

    def remove_users(self, users: np.ndarray) -> UserOutcome:
        ledger, table, now_s = self.ledgers[-1], self._tables["users"][users], float(self._run.now[0])
        saves = table[self._tables["activities"]["save"][table["activity"]] != 0]
        going = saves[saves["state"] == ACTIVE]
        ledger.asked += int(saves["number"].sum())
        ledger.acknowledged += int(saves["done"].sum())
        ledger.left += going.size
        ledger.left_bytes += float(going["bits"].sum()) / 8.0
        if now_s < self.end_s:
            ledger.lost.extend((going["bits"] / 8.0).tolist())
        return super().remove_users(users)


def booked(site: Site, fault: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Ledger, DayRecord]:
    """The ledger and the record of a typical day with one fault (without the calm day that it is compared with)."""
    monkeypatch.setattr(BookedKernel, "ledgers", [])
    monkeypatch.setattr(school_day, "FlowKernel", BookedKernel)
    broken = with_faults(replace(site, simulation=replace(site.simulation, days=("typical",))), [fault])
    model = build_models(replace(broken, stages=(broken.stages[-1],)))[0]
    population = populate(broken, model.stage, seed=1, replication=0)
    sessions = plan_day(broken, model.stage, population, kind="typical", seed=1, replication=0)
    air = build_air(broken, model, seed=1, replication=0)
    plan = school_day.DayPlan(model, air, sessions, broken.events[-1:], 0.9, "typical", 1, 0)
    day = school_day._SchoolDay(plan).run()
    return BookedKernel.ledgers[0], day


def check(ledger: Ledger, day: DayRecord) -> None:
    assert ledger.asked > 0
    assert ledger.asked == ledger.acknowledged + ledger.left
    assert ledger.lost == []
    # The last bin shows what the day leaves, and what is through in its second half.
    assert ledger.left_bytes <= day.backlog_bytes[-1] + 1.0


def test_every_save_is_acknowledged_or_reported_as_backlog(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is away over a bell of every site, for longer than a break."""
    check(*booked(site, "wan-down@10:00-10:40", monkeypatch))


def test_what_a_fault_keeps_until_the_end_of_the_day_is_backlog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_backup(document: dict[str, Any]) -> None:
        del document["network"]["wan"]["backup"]

    site = edited_site("rural-fellside", tmp_path, no_backup)
    ledger, day = booked(site, "wan-down@14:00-16:00", monkeypatch)
    check(ledger, day)
    assert ledger.left > 0
    assert day.backlog_bytes[-1] > 0.0
