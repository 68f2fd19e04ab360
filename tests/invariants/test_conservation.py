"""What must be kept is: saves, updates and installs that were asked for are through, or left, whatever fails."""

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
from wifisim.simulation.air import build_air
from wifisim.simulation.flow_state import ACTIVE, KINDS
from wifisim.simulation.flow_users import UserOutcome
from wifisim.simulation.flows import FlowKernel
from wifisim.simulation.stage import build_models
from wifisim.traffic.demand import plan_day
from wifisim.traffic.population import populate


@dataclass
class Ledger:
    """What became of the saves of one day, or of its updates and installs."""

    asked: int = 0
    acknowledged: int = 0
    left: int = 0
    left_bytes: float = 0.0
    lost: list[float] = field(default_factory=list)


class BookedKernel(FlowKernel):
    """A flow kernel whose every removal of a user is entered in the ledgers of saves and of downloads."""

    ledgers: ClassVar[list[tuple[Ledger, Ledger]]] = []

    def __init__(self, *parts: Any, **options: Any) -> None:
        super().__init__(*parts, **options)
        self.end_s = options["settings"].end_s
        self.ledgers.append((Ledger(), Ledger()))

    def remove_users(self, users: np.ndarray) -> UserOutcome:
        table, activities = self._tables["users"][users], self._tables["activities"]
        saves = activities["save"][table["activity"]] != 0
        downloads = ~saves & (activities["kind"][table["activity"]] == KINDS.index("bulk"))
        for ledger, kept in zip(self.ledgers[-1], (saves, downloads), strict=True):
            self._enter(ledger, table[kept])
        return super().remove_users(users)

    def _enter(self, ledger: Ledger, users: Any) -> None:
        going = users[users["state"] == ACTIVE]
        ledger.asked += int(users["number"].sum())
        ledger.acknowledged += int(users["done"].sum())
        ledger.left += going.size
        ledger.left_bytes += float(going["bits"].sum()) / 8.0
        if float(self._run.now[0]) < self.end_s:
            ledger.lost.extend((going["bits"] / 8.0).tolist())


def booked(site: Site, fault: str, monkeypatch: pytest.MonkeyPatch) -> tuple[tuple[Ledger, Ledger], DayRecord]:
    """Ledgers of saves and downloads, and the record, of a typical day with one fault."""
    monkeypatch.setattr(BookedKernel, "ledgers", [])
    monkeypatch.setattr(school_day, "FlowKernel", BookedKernel)
    broken = with_faults(replace(site, simulation=replace(site.simulation, days=("typical",))), [fault])
    model = build_models(replace(broken, stages=(broken.stages[-1],)))[0]
    population = populate(broken, model.stage, seed=1, replication=0)
    sessions = plan_day(broken, model.stage, population, kind="typical", seed=1, replication=0)
    air = build_air(broken, model.coverage, model.domains, seed=1, replication=0)
    plan = school_day.DayPlan(model, air, sessions, broken.events[-1:], 0.9, "typical", 1, 0)
    day = school_day._SchoolDay(plan).run()
    return BookedKernel.ledgers[0], day


def check(ledgers: tuple[Ledger, Ledger], day: DayRecord) -> None:
    for ledger in ledgers:
        assert ledger.asked == ledger.acknowledged + ledger.left
        assert ledger.lost == []
    assert ledgers[0].asked > 0
    # The last bin shows what the day leaves, and what is through in its second half.
    assert ledgers[0].left_bytes <= day.backlog_bytes[-1] + 1.0


def test_every_save_is_acknowledged_or_reported_as_backlog(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is away over a bell of every site, for longer than a break."""
    check(*booked(site, "wan-down@10:00-10:40", monkeypatch))


def test_what_a_fault_keeps_until_the_end_of_the_day_is_backlog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_backup(document: dict[str, Any]) -> None:
        del document["network"]["wan"]["backup"]

    site = edited_site("rural-fellside", tmp_path, no_backup)
    ledgers, day = booked(site, "wan-down@14:00-16:00", monkeypatch)
    check(ledgers, day)
    assert ledgers[0].left > 0
    assert day.backlog_bytes[-1] > 0.0


def test_an_update_that_a_fault_stops_is_through_or_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Updates of all Chromebooks from ten on, and no line from 10:05 on for ten minutes or to the end of the day."""

    def updates(document: dict[str, Any]) -> None:
        del document["network"]["wan"]["backup"]
        document["storms"] = [
            {"what": "os-update", "platform": "chromeos", "share": 0.1, "day": "typical", "at": "10:00"}
        ]

    site = edited_site("primary-brookside", tmp_path, updates)
    left = []
    for fault in ("wan-down@10:05-10:15", "wan-down@10:05-16:00"):
        ledgers, day = booked(site, fault, monkeypatch)
        check(ledgers, day)
        assert ledgers[1].asked > 10
        left.append(ledgers[1].left / ledgers[1].asked)
    assert left[0] < 0.2 < left[1]
