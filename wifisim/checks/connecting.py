"""What a school asks for in the minute after a bell, against name service, the filter's pace and services' limits.

Every device opens ``SIGN_IN_CONNECTIONS`` within ``BELL_S``, and looks up a name for each (two questions: RFC 8305).
Left out: who gives up, names that devices know already, storms: ``wifisim run`` has them.
"""

from __future__ import annotations

from collections.abc import Iterator

from wifisim.checks.addresses import SIGN_IN_CONNECTIONS
from wifisim.checks.case import Case
from wifisim.checks.finding import Finding, enough
from wifisim.inputs.rollout import Stage
from wifisim.network.gates import QUERIES_PER_LOOKUP

BELL_S = 60.0  # in which devices start after a bell (project choice)
TIGHT = 0.8  # of a limit: a minute has busier seconds
SLOW_S = 0.15  # for each new connection; cloud filters with TLS inspection are said to add 30 to 150 ms (weak)


def resolver(case: Case, stage: Stage) -> Iterator[Finding]:
    """Questions after the bell against what the name service answers."""
    devices, dns = case.devices(stage), stage.network.dns
    asked_per_s = devices * SIGN_IN_CONNECTIONS * QUERIES_PER_LOOKUP / BELL_S
    if asked_per_s <= TIGHT * dns.queries_per_s:
        return
    short = asked_per_s > dns.queries_per_s
    waits_s = (asked_per_s / dns.queries_per_s - 1.0) * BELL_S
    late = f"; at the end of the minute an answer takes {waits_s:.0f} s, devices wait {dns.timeout_s:g} s for one"
    yield Finding(
        severity="problem" if short else "warning",
        subject="dns",
        message=f"The name service {'cannot answer' if short else 'can just answer'} what devices ask after a bell.",
        working=f"{devices:,} devices x {SIGN_IN_CONNECTIONS} connections x {QUERIES_PER_LOOKUP:g} questions / "
        f"{BELL_S:g} s = {asked_per_s:,.0f} a second; it answers {dns.queries_per_s:,.0f}{late if short else ''}",
        fix=f"A resolver for {enough(asked_per_s / TIGHT)} questions a second: one of the school's own that remembers "
        "names (at: server), or a higher limit from whoever runs it.",
        place=case.lines.network(stage.date, "dns", "queries_per_s"),
        weight=asked_per_s / dns.queries_per_s,
    )


def connection_rate(case: Case, stage: Stage) -> Iterator[Finding]:
    """New connections after the bell against what every filter sets up."""
    devices = case.devices(stage)
    opened_per_s = devices * SIGN_IN_CONNECTIONS / BELL_S
    for switch in stage.network.switches:
        if switch.kind != "filter" or opened_per_s <= TIGHT * switch.connections_per_s:
            continue
        short = opened_per_s > switch.connections_per_s
        yield Finding(
            severity="problem" if short else "warning",
            subject=switch.id,
            message=f"The filter {'cannot set up' if short else 'can just set up'} the connections after a bell.",
            working=f"{devices:,} devices x {SIGN_IN_CONNECTIONS} connections / {BELL_S:g} s = {opened_per_s:,.0f} a "
            f"second; it sets up {switch.connections_per_s:,.0f}",
            fix=f"A filter with at least {enough(opened_per_s / TIGHT)} new connections a second with inspection on, "
            "or no inspection of the services that you trust.",
            place=case.lines.network(stage.date, "filter", "connections_per_s"),
            weight=opened_per_s / switch.connections_per_s,
        )


def connection_delay(case: Case, stage: Stage) -> Iterator[Finding]:
    """What every filter adds to a new connection against what people notice."""
    for switch in stage.network.switches:
        if switch.new_connection_s <= SLOW_S:
            continue
        yield Finding(
            severity="warning",
            subject=switch.id,
            message="The filter makes every new page, sign-in and app start slower.",
            working=f"{1e3 * switch.new_connection_s:g} ms for each new connection; over {1e3 * SLOW_S:g} ms is slow "
            "even for a filter in the cloud that inspects TLS",
            fix="Inspect nearer to the school or on the device, or leave out services that you trust.",
            place=case.lines.network(stage.date, "filter", "new_connection_ms"),
            weight=switch.new_connection_s,
        )


def request_limit(case: Case, stage: Stage) -> Iterator[Finding]:
    """Requests that devices send a service after the bell against what it takes of one school."""
    devices, site = case.devices(stage), case.site
    profiles = {lesson.profile_id for lesson in site.timetable.lessons}
    used = [site.activities[part.activity_id] for name in profiles for part in site.profiles[name].activities]
    for service in site.catalog.services.values():
        each = max((activity.connections for activity in used if activity.service_id == service.id), default=0)
        asked_per_s = devices * each / BELL_S
        if asked_per_s <= TIGHT * service.requests_per_s:
            continue
        yield Finding(
            severity="warning",
            subject=service.id,
            message=f"{service.label} takes fewer requests than devices send when all start at once.",
            working=f"{devices:,} devices x {each} requests / {BELL_S:g} s = {asked_per_s:,.0f} a second; it takes "
            f"{service.requests_per_s:,.0f} of one school",
            fix="Spread the start over some minutes, or ask the provider for a higher limit.",
            place=case.lines.at("catalogue", "services", service.id, "requests_per_s"),
            weight=asked_per_s / service.requests_per_s,
        )
