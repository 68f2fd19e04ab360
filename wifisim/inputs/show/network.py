"""The network in the written form, and what changes from one stage's network to the next as an upgrade's keys.

The resolved upgrade only says when and what for; its changes are the difference between the networks before and after,
so they read ``set``, ``add`` and ``remove`` whatever they were written as.
"""

from __future__ import annotations

import math
from typing import Any

from wifisim.inputs.equipment import AccessPoint, Dns, Network, Radio, Switch, Wan
from wifisim.inputs.resolve.network import LINE
from wifisim.inputs.show.units import mbps, milliseconds, written_number


def network_form(network: Network) -> dict[str, Any]:
    """The section ``network``."""
    form: dict[str, Any] = {"wan": {line.id: _line(line) for line in network.wan}}
    for switch in network.switches:
        if switch.kind == "filter":
            form["filter"] = _filter(switch)
    form["switches"] = {s.id: _switch(s) for s in network.switches if s.kind == "switch"}
    form["caches"] = {
        c.id: {"at": c.at_id, "link_mbps": mbps(c.link_bps), "hit_share": dict(c.hit_share)} for c in network.caches
    }
    lease_h = written_number(network.dhcp_lease_s, lambda hours: round(hours * 3600, 3))
    form["dhcp"] = {"addresses": network.dhcp_addresses, "lease_h": lease_h}
    form["nat"] = {"public_addresses": network.public_addresses}
    form["dns"] = _dns(network.dns)
    form["login"] = {
        "method": network.login.method,
        "logins_per_s": network.login.logins_per_s,
        "fast_transition": network.login.fast_transition,
    }
    form["ssids"] = list(network.ssids)
    form["background_utilisation"] = dict(network.background_utilisation)
    form["access_points"] = [_access_point(ap) for ap in network.access_points]
    return form


def _line(line: Wan) -> dict[str, Any]:
    form: dict[str, Any] = {
        "down_mbps": mbps(line.down_bps),
        "up_mbps": mbps(line.up_bps),
        "rtt_ms": milliseconds(line.rtt_s),
        "buffer_ms": milliseconds(line.buffer_s),
        "queue": line.queue,
    }
    return form if line.id == "main" else form | {"failover_s": line.failover_s}


def _dns(dns: Dns) -> dict[str, Any]:
    return {
        "at": dns.at,
        "resolvers": dns.resolvers,
        "queries_per_s": dns.queries_per_s,
        "answer_ms": milliseconds(dns.answer_s),
        "cache_share": dns.cache_share,
        "upstream_ms": milliseconds(dns.upstream_s),
        "lookup_share": dns.lookup_share,
        "timeout_s": dns.timeout_s,
    }


def _filter(switch: Switch) -> dict[str, Any]:
    known = {"connections_per_s": switch.connections_per_s} if math.isfinite(switch.connections_per_s) else {}
    form = {
        "throughput_mbps": mbps(switch.throughput_bps),
        "uplink_mbps": mbps(switch.uplink_bps),
        "sessions": switch.sessions,
        "new_connection_ms": milliseconds(switch.new_connection_s),
    }
    return form | known


def _switch(switch: Switch) -> dict[str, Any]:
    return {
        "uplink": switch.uplink_id or LINE,
        "uplink_mbps": mbps(switch.uplink_bps),
        "poe_w": switch.poe_budget_w,
    }


def _access_point(ap: AccessPoint) -> dict[str, Any]:
    return {
        "id": ap.id,
        "model": ap.model_id,
        "floor": ap.floor_id,
        "at_m": list(ap.at_m),
        "switch": ap.switch_id,
        "height_m": ap.height_m,
        "uplink_mbps": mbps(ap.uplink_bps),
        "radios": {radio.band: _radio(radio) for radio in ap.radios},
    }


def _radio(radio: Radio) -> dict[str, Any] | str:
    if not radio.enabled:
        return "off"
    return {"channel": radio.channel, "width_mhz": radio.width_mhz, "power_dbm": radio.power_dbm}


def change_form(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The keys ``remove``, ``add`` and ``set`` that turn one network section into another."""
    change: dict[str, Any] = {"remove": [], "add": {}, "set": {}}
    _mapping_change("network", before, after, change)
    return {key: value for key, value in change.items() if value}


def _mapping_change(path: str, before: dict[str, Any], after: dict[str, Any], change: dict[str, Any]) -> None:
    kept = _kept(list(before), list(after))
    change["remove"] += [f"{path}.{key}" for key in before if key not in kept]
    for key, value in after.items():
        if key not in kept:
            change["set"][f"{path}.{key}"] = value
        else:
            _value_change(f"{path}.{key}", before[key], value, change)


def _value_change(path: str, before: Any, after: Any, change: dict[str, Any]) -> None:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        _mapping_change(path, before, after, change)
    elif path == "network.access_points":
        _list_change(path, before, after, change)
    else:
        change["set"][path] = after


def _list_change(path: str, before: list[Any], after: list[Any], change: dict[str, Any]) -> None:
    old, new = {item["id"]: item for item in before}, {item["id"]: item for item in after}
    kept = _kept(list(old), list(new))
    change["remove"] += [f"{path}.{key}" for key in old if key not in kept]
    added = [item for key, item in new.items() if key not in kept]
    if added:
        change["add"][path] = added
    for key in kept:
        _value_change(f"{path}.{key}", old[key], new[key], change)


def _kept(before: list[str], after: list[str]) -> list[str]:
    """The first names of ``after`` that stand in ``before`` in the same order: the others go and come anew."""
    kept: list[str] = []
    left = iter(before)
    for name in after:
        if name not in left:  # searches on from the last hit
            break
        kept.append(name)
    return kept
