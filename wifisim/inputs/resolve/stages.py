"""Stages: the site as it stands from each date on which a wave lands or an upgrade takes effect.

All that falls on one date makes one stage. The network of every stage is read anew from the changed section, so each
stage is checked like a file of its own, and channels left to planning are planned anew.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from wifisim.inputs.checking import check
from wifisim.inputs.equipment import Network
from wifisim.inputs.findings import Findings
from wifisim.inputs.resolve.changes import apply_upgrade, open_templates
from wifisim.inputs.resolve.network import NetworkDesk, resolve_network
from wifisim.inputs.roll_over import moved_up
from wifisim.inputs.rollout import Stage, Upgrade, Wave
from wifisim.inputs.source import Node
from wifisim.inputs.timetable import SchoolClass
from wifisim.inputs.written.network import WrittenNetwork
from wifisim.inputs.written.rollout import WrittenUpgrade

BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens when."""

    today: dt.date
    waves: tuple[Wave, ...]
    upgrades: tuple[Upgrade, ...]
    roll_over: tuple[dt.date, ...] = ()
    classes: tuple[SchoolClass, ...] = ()


def resolve_networks(
    section: Node, written: tuple[WrittenUpgrade, ...], upgrades: Node | None, desk: NetworkDesk
) -> dict[dt.date | None, Network]:
    """The network before all upgrades (key None) and from each upgrade's date on; bad ones are left out."""
    node = open_templates(replace(section, origin="network"), desk.findings)
    networks: dict[dt.date | None, Network] = {}
    base = _read(node, desk)
    if base is None:
        return networks
    networks[None] = base
    for date in sorted({upgrade.date for upgrade in written}):
        for index, upgrade in enumerate(written):
            upgrade_node = upgrades.child(index) if upgrades is not None else None
            if upgrade.date == date and upgrade_node is not None:
                origin = replace(upgrade_node, origin=f"upgrades[{index}]")
                node = apply_upgrade(node, upgrade, origin, desk.findings)
        desk.findings.note = f" (in the network from {date} on)"
        network = _read(node, desk)
        desk.findings.note = ""
        if network is not None:
            networks[date] = network
    return networks


def _read(node: Node, desk: NetworkDesk) -> Network | None:
    checked = check(node, WrittenNetwork, desk.findings)
    return None if checked is None else resolve_network(checked[0], replace(desk, root=checked[1]))


def _wave_label(wave_id: str) -> str:
    """``Wave 3`` of ``wave-3``, ``Wave pilot`` of ``pilot``."""
    return wave_id.replace("-", " ").capitalize() if wave_id.lower().startswith("wave") else f"Wave {wave_id}"


def resolve_stages(plan: Plan, networks: dict[dt.date | None, Network]) -> tuple[Stage, ...]:
    """All stages in order of date; the first is the site of today."""
    base = networks[None]
    stages = [Stage(BASELINE, "Today", plan.today, "", (), base)]
    for date in sorted({*(w.date for w in plan.waves), *(u.date for u in plan.upgrades), *plan.roll_over}):
        upgrades = [upgrade for upgrade in plan.upgrades if upgrade.date == date]
        waves = [wave for wave in plan.waves if wave.date == date]
        rolled = [f"roll-over-{date.year}"] if date in plan.roll_over else []
        opened = [*(u.id for u in upgrades), *rolled, *(w.id for w in waves)]
        grown = [f"Roll-over {date.year}"] if rolled else []
        labels = [*(u.label for u in upgrades), *grown, *(_wave_label(w.id) for w in waves)]
        stages.append(
            Stage(
                id=[*(w.id for w in waves), *(u.id for u in upgrades), *rolled][0],
                label=" + ".join(labels),
                date=date,
                opens_with=" + ".join(opened),
                landed=_landed(plan, date),
                network=networks.get(date, stages[-1].network),
                rolled_over=sum(day <= date for day in plan.roll_over),
            )
        )
    return tuple(stages)


def _landed(plan: Plan, date: dt.date) -> tuple[Wave, ...]:
    """The waves handed out by ``date``, with their classes' names of then; those that have all left are gone."""
    up = moved_up(plan.classes)
    landed = []
    for wave in plan.waves:
        if wave.date > date:
            continue
        class_ids = wave.class_ids
        for _ in range(sum(wave.date < day <= date for day in plan.roll_over)):
            class_ids = tuple(up[class_id] for class_id in class_ids if class_id in up)
        if class_ids or wave.subjects:
            landed.append(replace(wave, class_ids=class_ids))
    return tuple(landed)


def check_stage_names(plan: Plan, root: Node, findings: Findings) -> None:
    """A wave and an upgrade must not share an id, since stages are called after them."""
    waves = {wave.id for wave in plan.waves} | {BASELINE}
    for index, upgrade in enumerate(plan.upgrades):
        if upgrade.id in waves:
            findings.add(root.place(("upgrades", index, "id")), "is the id of a wave or of the first stage too")
