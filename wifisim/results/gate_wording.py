"""What new connections met at resolver, filter, ports and services, in one sentence a limit, where anybody noticed."""

from __future__ import annotations

from collections.abc import Iterator

from wifisim.results.phrases import short_label
from wifisim.results.summary import GateSummary, Summary

NOTICED_S = 1.0  # a wait that somebody notices (project choice)
_ASKED = {
    "resolver": "questions",
    "filter": "connections",
    "sessions": "connections",
    "ports": "connections",
    "service": "requests",
}


def gate_sentences(summary: Summary) -> Iterator[str]:
    """For each stage: the limits that refused connections or let them wait, on the day when they did most."""
    for stage in summary.stages:
        worst: dict[str, tuple[str, GateSummary]] = {}
        for day in stage.days:
            for gate in day.gates:
                before = worst.setdefault(gate.id, (day.day, gate))[1]
                if (gate.refused, gate.worst_wait_s) > (before.refused, before.worst_wait_s):
                    worst[gate.id] = (day.day, gate)
        for kind, gate in worst.values():
            if gate.refused >= 1 or gate.worst_wait_s >= NOTICED_S:
                yield f"{short_label(stage.label)}, {kind} day: {gate_text(gate)}"


def gate_text(gate: GateSummary) -> str:
    """One sentence; numbers are means over replications, the longest wait is that of all."""
    things = _ASKED[gate.kind]
    parts = [f"{gate.label}: up to {gate.busiest_per_s:,.0f} {things} a second over ten seconds"]
    if gate.worst_wait_s >= NOTICED_S:
        parts.append(f"waits of up to {gate.worst_wait_s:.1f} s")
    if gate.refused >= 1:
        span = f", {gate.from_time} to {gate.to_time}" if gate.from_time else ""
        parts.append(f"{gate.refused:,.0f} of {gate.asked:,.0f} tries refused{span} (all try again)")
    return "; ".join(parts)
