"""Activities, profiles and catalogue entries in the written form."""

from __future__ import annotations

import math
from typing import Any

from wifisim.inputs.catalog import AccessPointModel, ClientType, CloudService, Criterion, Material, Platform, Standard
from wifisim.inputs.profile import Activity, ActivityShare, Evidence, TrafficProfile
from wifisim.inputs.resolve.catalogue import shipped_catalogue
from wifisim.inputs.show.units import clock, mbps, milliseconds
from wifisim.inputs.site import Site
from wifisim.randomness import Distribution, Kind


def profiles_form(site: Site) -> dict[str, Any]:
    """All activities and profiles, as one entry of the section ``profiles``."""
    return {
        "activities": {a.id: _activity(a) for a in site.activities.values()},
        "profiles": {p.id: _profile(p) for p in site.profiles.values()},
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"confidence": evidence.confidence, "source": evidence.source, "note": evidence.note}


def _activity(activity: Activity) -> dict[str, Any]:
    form: dict[str, Any] = {
        "label": activity.label,
        "kind": activity.kind,
        "service": activity.service_id,
        "direction": activity.direction,
    }
    if activity.kind in ("transaction", "bulk"):
        form["size_bytes"] = _distribution(activity.size_bytes)
        form["think_s"] = _distribution(activity.think_s)
    elif activity.kind == "stream":
        form["ladder_mbps"] = [mbps(rate) for rate in activity.ladder_bps]
        form |= {"chunk_s": activity.chunk_s, "buffer_s": activity.buffer_s}
    else:
        form |= {"rate_mbps": mbps(activity.rate_bps), "chunk_s": activity.chunk_s}
    anchor: dict[str, Any] = {
        "start": {"after": "start"},
        "end": {"before": "end"},
        "clock": {"at": clock(activity.clock_s)},
    }[activity.anchor]
    return form | {
        "first": anchor | {"wait_s": _distribution(activity.first_s)},
        "count": activity.count,
        "connections": activity.connections,
        "new_connection_share": activity.new_connection_share,
        "browser_hit_share": activity.browser_hit_share,
        "changed_share": activity.changed_share,
        "peers": activity.peers,
        "save": activity.save,
        "good_s": activity.good_s,
        "evidence": _evidence(activity.evidence),
    }


def _distribution(law: Distribution) -> dict[str, Any]:
    if law.kind is Kind.CONSTANT:
        return {"constant": law.a}
    if law.kind is Kind.UNIFORM:
        return {"uniform": {"low": law.a, "high": law.b}}
    form: dict[str, Any] = {}
    if law.kind is Kind.EXPONENTIAL:
        form["exponential"] = {"mean": law.a}
    elif law.kind is Kind.LOGNORMAL:
        form["lognormal"] = {"median": law.a, "sigma": law.b}
    else:
        form["weibull"] = {"scale": law.a, "shape": law.b}
    if law.low > 0:
        form["min"] = law.low
    return form | ({"max": law.high} if math.isfinite(law.high) else {})


def _profile(profile: TrafficProfile) -> dict[str, Any]:
    return {
        "label": profile.label,
        "device_share": profile.device_share,
        "device_share_one_to_one": profile.device_share_one_to_one,
        "activities": {share.activity_id: _share(share) for share in profile.activities},
        "evidence": _evidence(profile.evidence),
    }


def _share(share: ActivityShare) -> dict[str, Any]:
    return {"share": share.share, "from": share.from_share, "to": share.to_share}


def catalogue_form(site: Site) -> dict[str, Any]:
    """The catalogue entries that the site uses, and those that are not the shipped ones."""
    shipped, used = shipped_catalogue(), _used(site)
    writers: dict[str, Any] = {
        "materials": _material,
        "access_points": _model,
        "clients": _client,
        "services": _service,
        "standards": _standard,
        "platforms": _platform,
    }
    form = {}
    for section, writer in writers.items():
        entries: dict[str, Any] = getattr(site.catalog, section)
        known: dict[str, Any] = getattr(shipped, section)
        form[section] = {
            key: writer(entry) for key, entry in entries.items() if key in used[section] or known.get(key) != entry
        }
    return form


def _used(site: Site) -> dict[str, set[str]]:
    floors = site.building.floors
    return {
        "materials": {w.material_id for f in floors for w in f.walls} | {f.slab_material_id for f in floors},
        "access_points": {ap.model_id for stage in site.stages for ap in stage.network.access_points},
        "clients": {fleet.client_id for fleet in site.fleets}
        | {wave.client_id for wave in site.waves}
        | set(site.programme.client_ids),
        "services": {activity.service_id for activity in site.activities.values()},
        "standards": set(site.targets.standards),
        "platforms": set(),
    }


def _material(material: Material) -> dict[str, Any]:
    return {
        "label": material.label,
        "loss_db": dict(material.loss_db),
        "evidence": _evidence(material.evidence),
    }


def _model(model: AccessPointModel) -> dict[str, Any]:
    return {
        "label": model.label,
        "radios": {
            radio.band: {
                "standard": radio.generation,
                "streams": radio.streams,
                "max_width_mhz": radio.max_width_mhz,
                "max_power_dbm": radio.max_power_dbm,
                "antenna_gain_dbi": radio.antenna_gain_dbi,
            }
            for radio in model.radios
        },
        "uplink_mbps": mbps(model.uplink_bps),
        "poe_w": model.poe_w,
        "max_clients_per_radio": model.max_clients_per_radio,
        "noise_figure_db": model.noise_figure_db,
        "evidence": _evidence(model.evidence),
    }


def _client(client: ClientType) -> dict[str, Any]:
    return {
        "label": client.label,
        "platform": client.platform,
        "standard": client.generation,
        "bands": list(client.bands),
        "streams": client.streams,
        "max_width_mhz": client.max_width_mhz,
        "power_dbm": client.power_dbm,
        "antenna_gain_dbi": client.antenna_gain_dbi,
        "noise_figure_db": client.noise_figure_db,
        "roam_rssi_dbm": client.roam_rssi_dbm,
        "roam_margin_db": client.roam_margin_db,
        "steering_share": client.steering_share,
        "evidence": _evidence(client.evidence),
    }


def _platform(platform: Platform) -> dict[str, Any]:
    return {
        "label": platform.label,
        "peers_share": platform.peers_share,
        "scatter_days": platform.scatter_days,
        "evidence": _evidence(platform.evidence),
    }


def _service(service: CloudService) -> dict[str, Any]:
    cap = service.connection_cap_bps
    return {
        "label": service.label,
        "rtt_ms": milliseconds(service.rtt_s),
        "server_ms": milliseconds(service.server_s),
        **({"connection_cap_mbps": mbps(cap)} if math.isfinite(cap) else {}),
        "setup_round_trips": service.setup_round_trips,
        "loss": service.loss,
        "sync": service.sync,
        **({"requests_per_s": service.requests_per_s} if math.isfinite(service.requests_per_s) else {}),
        "evidence": _evidence(service.evidence),
    }


def _standard(standard: Standard) -> dict[str, Any]:
    return {
        "label": standard.label,
        "date": standard.date,
        "phases": list(standard.phases),
        "criteria": {criterion.id: _criterion(criterion) for criterion in standard.criteria},
        "evidence": _evidence(standard.evidence),
    }


def _criterion(criterion: Criterion) -> dict[str, Any]:
    return {
        "label": criterion.label,
        "metric": criterion.metric,
        criterion.comparison: criterion.target,
        "unit": criterion.unit,
    }
