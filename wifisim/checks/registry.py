"""All rules by name, and how they are run over a plan.

A rule looks at one stage. What it finds in several stages is said once: from the first on, with the figures of the
worst, until a stage mends it. To add a rule: a function in the file of its subject, and a line in ``RULES``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from wifisim.checks.addresses import dhcp_pool, nat_ports
from wifisim.checks.air import clients_per_radio, dark_rooms, network_names
from wifisim.checks.cabling import access_point_uplink, poe_budget, switch_uplink
from wifisim.checks.calendar import dates
from wifisim.checks.case import Case
from wifisim.checks.channels import overlapping_channels, shared_channels
from wifisim.checks.connecting import connection_delay, connection_rate, request_limit, resolver
from wifisim.checks.filtering import session_table, throughput
from wifisim.checks.finding import SEVERITIES, Finding, Report
from wifisim.checks.handout import enrolment, pool
from wifisim.checks.line import backup_line, line_rate
from wifisim.checks.rooms import class_sizes, machine_rooms
from wifisim.checks.together import served_together
from wifisim.checks.trolleys import charging
from wifisim.checks.updates import update_time, update_without_devices
from wifisim.inputs.lines import Lines
from wifisim.inputs.rollout import Stage
from wifisim.inputs.site import Site

Check = Callable[[Case, Stage], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule: what it compares in one line, and the function that does."""

    name: str
    summary: str
    check: Check


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("DHCP001", "addresses in the pool, against devices seen within a lease", dhcp_pool),
        Rule("NAT001", "ports of the public addresses, against the connections of all devices", nat_ports),
        Rule("FLT001", "sessions of the filter, against the connections of all devices", session_table),
        Rule("FLT002", "throughput of the filter, against the line", throughput),
        Rule("FLT003", "new connections a second of the filter, against those after a bell", connection_rate),
        Rule("FLT004", "delay of a new connection at the filter, against 150 ms", connection_delay),
        Rule("DNS001", "questions that the name service answers, against those after a bell", resolver),
        Rule("SVC001", "requests that a service takes of one school, against those after a bell", request_limit),
        Rule("POE001", "power budget of each switch, against the access points it feeds", poe_budget),
        Rule("UPL001", "cable of each access point, against the best goodput of its radios", access_point_uplink),
        Rule("UPL002", "uplink of each switch, against its load and the DfE switching standard", switch_uplink),
        Rule("AIR001", "devices on each radio in its fullest lesson, against its limit, 50 and 30", clients_per_radio),
        Rule("AIR002", "access points that share a channel, against three", shared_channels),
        Rule("AIR003", "airtime of all beacons, against 10 %, and network names, against four", network_names),
        Rule("AIR004", "signal in rooms with lessons, against what devices need and the target", dark_rooms),
        Rule("AIR005", "2.4 GHz channels, against the three or four that do not overlap", overlapping_channels),
        Rule("AIR006", "sending to several devices at once, against what radios and devices can", served_together),
        Rule("LIN001", "rate of the line, and of the line a pupil, against the chosen standards", line_rate),
        Rule("LIN002", "whether a backup line takes over", backup_line),
        Rule("ENR001", "enrolment of each slot over the line, against the slot's length", enrolment),
        Rule("UPD001", "updates over the line, against the time that the plan gives them", update_time),
        Rule("UPD002", "platforms of planned storms, against the platforms that pupils have", update_without_devices),
        Rule("CAL001", "dates of waves, tests and upgrades, against terms, weekends and each other", dates),
        Rule("DEV001", "spare devices, against faulty and forgotten ones", pool),
        Rule("TRO001", "lessons that want a trolley in a day, against what a charge lasts", charging),
        Rule(
            "DEV002",
            "machines in IT rooms, against the classes taught there, also once they are retired",
            machine_rooms,
        ),
        Rule("ROOM001", "seats of each room, against the classes taught there", class_sizes),
    )
}


def check_site(site: Site, lines: Lines, *, names: Sequence[str] = tuple(RULES)) -> tuple[Report, ...]:
    """All findings of the rules ``names`` over the stages of a site: problems first, then in the order of ``RULES``."""
    case = Case(site, lines)
    reports = [report for rule in RULES.values() if rule.name in names for report in _over_stages(rule, case)]
    return tuple(sorted(reports, key=lambda report: SEVERITIES.index(report.finding.severity)))


def _over_stages(rule: Rule, case: Case) -> Iterator[Report]:
    stages = case.site.stages
    found: dict[tuple[str, str], list[tuple[int, Finding]]] = {}
    for index, stage in enumerate(stages):
        for finding in rule.check(case, stage):
            found.setdefault((finding.subject, finding.severity), []).append((index, finding))
    for times in found.values():
        last = times[-1][0]
        # What belongs to the day of one wave or upgrade is not mended by the next stage.
        dated = times[0][1].place.key_path.startswith(("waves", "upgrades[")) and len(times) == 1
        worst, finding = max(times, key=lambda pair: (pair[1].weight, -pair[0]))
        until = "" if dated or last == len(stages) - 1 else stages[last + 1].id
        yield Report(rule.name, finding, stages[times[0][0]].id, stages[worst].id, until)


def rules_page() -> str:
    """The table of docs/checks.md."""
    rows = [f"| `{rule.name}` | {rule.summary} |" for rule in RULES.values()]
    return "\n".join(["| rule | compares |", "|--|--|", *rows, ""])
