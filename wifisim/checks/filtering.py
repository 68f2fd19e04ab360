"""The filter or firewall: its session table and its throughput against what passes it."""

from __future__ import annotations

from collections.abc import Iterator

from wifisim.checks.addresses import AVERAGE_CONNECTIONS, SIGN_IN_CONNECTIONS, connections_text
from wifisim.checks.case import Case
from wifisim.checks.finding import Finding, enough, percent
from wifisim.inputs.rollout import Stage


def session_table(case: Case, stage: Stage) -> Iterator[Finding]:
    """Sessions of every filter against the connections of all devices."""
    devices = case.devices(stage)
    average, peak = devices * AVERAGE_CONNECTIONS, devices * SIGN_IN_CONNECTIONS
    for switch in stage.network.switches:
        if switch.kind != "filter" or peak <= switch.sessions:
            continue
        always = average > switch.sessions
        yield Finding(
            severity="problem" if always else "warning",
            subject=switch.id,
            message=f"The filter's session table is full {'in normal use' if always else 'when all sign in at once'}.",
            working=f"{connections_text(devices)}; {switch.sessions:,} sessions",
            fix=f"Choose a filter or a licence with at least {peak:,} sessions.",
            place=case.lines.network(stage.date, "filter", "sessions"),
            weight=peak / max(switch.sessions, 1),
        )


def throughput(case: Case, stage: Stage) -> Iterator[Finding]:
    """Throughput of every filter against the line behind it."""
    line = stage.network.wan[0]
    for switch in stage.network.switches:
        if switch.kind != "filter" or switch.throughput_bps >= max(line.down_bps, line.up_bps):
            continue
        limit, rate = switch.throughput_bps / 1e6, max(line.down_bps, line.up_bps) / 1e6
        yield Finding(
            severity="warning",
            subject=switch.id,
            message=f"The filter passes {percent(limit / rate)} of what the line could carry: it is the real limit.",
            working=f"filter {limit:,.0f} Mbit/s for both directions together; line {line.down_bps / 1e6:,.0f} down, "
            f"{line.up_bps / 1e6:,.0f} Mbit/s up",
            fix=f"Ask for a filter that inspects {enough(rate)} Mbit/s or more, with TLS inspection on if it is used.",
            place=case.lines.network(stage.date, "filter", "throughput_mbps"),
            weight=rate / limit,
        )
