"""Sending to several devices at once (OFDMA, MU-MIMO), against what radios and the pupils' devices can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wifisim.checks.case import Case
from wifisim.checks.finding import Finding
from wifisim.inputs.catalog import ClientType
from wifisim.inputs.equipment import Radio
from wifisim.inputs.rollout import Stage
from wifisim.mac.links import link_kind, several_users
from wifisim.mac.multiuser import MultiUser, at_most, check

_NAMES = {"ofdma": "OFDMA", "mimo": "MU-MIMO"}


def served_together(case: Case, stage: Stage) -> Iterator[Finding]:
    """Whether any radio can do with the programme's devices what ``simulate: air: multi_user`` switches on."""
    wanted = several_users(case.site.simulation.air)
    client = case.site.catalog.clients[case.site.programme.client_id]
    radios = [radio for ap in stage.network.access_points for radio in ap.radios if radio.enabled]
    reasons = [_reason(wanted, radio, client) for radio in radios if radio.band in client.bands]
    if wanted.users == 1 or "" in reasons:
        return
    name = _NAMES[wanted.kind]
    yield Finding(
        severity="warning",
        subject="together",
        message=f"{name} is switched on, but no radio of this stage can use it with device {client.id}.",
        working="; ".join(dict.fromkeys(reasons)) or "no radio has a band of the device",
        fix=f"{name} off, or access points and devices that have it.",
        place=case.lines.at("simulate", "air", "multi_user"),
    )


def _reason(wanted: MultiUser, radio: Radio, client: ClientType) -> str:
    """Why a radio cannot serve two or more of a client type at once; empty where it can."""
    kind = link_kind(radio, client)
    # One stream each leaves most room for others.
    mode = replace(kind.mode, streams=1)
    try:
        check(replace(wanted, users=2), mode)
    except ValueError as wrong:
        return str(wrong)
    if at_most(wanted, mode, antennas=kind.radio_streams).users == 1:
        return "a radio with one stream sends to one device at a time"
    return ""
