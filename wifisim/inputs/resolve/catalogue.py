"""The catalogue resolved: the shipped entries, and those of the site in their place or beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import resources
from typing import Any

from wifisim.inputs.catalog import (
    AccessPointModel,
    Catalog,
    ClientType,
    CloudService,
    Criterion,
    Material,
    Platform,
    RadioModel,
    Standard,
)
from wifisim.inputs.checking import check
from wifisim.inputs.findings import Findings, Loc
from wifisim.inputs.profile import Evidence
from wifisim.inputs.source import Node, decode, parse
from wifisim.inputs.written.catalogue import (
    WrittenCatalogue,
    WrittenChannels,
    WrittenClient,
    WrittenModel,
    WrittenPlatform,
    WrittenService,
    WrittenStandard,
)
from wifisim.inputs.written.profiles import WrittenEvidence
from wifisim.units import bps_from_mbps

_FILES = ("materials.yaml", "access-points.yaml", "clients.yaml", "services.yaml", "standards.yaml", "platforms.yaml")
_BANDS = ("2.4", "5", "6")


def evidence_of(written: WrittenEvidence) -> Evidence:
    """The evidence as resolved."""
    return Evidence(written.confidence, written.source, written.note)


def shipped_node(name: str) -> Node:
    """The nodes of a file in ``wifisim/catalog``. Raises InputError when the package's own file is broken."""
    findings = Findings()
    shown = f"wifisim/catalog/{name}"
    data = resources.files("wifisim").joinpath("catalog", name).read_bytes()
    text = decode(data, shown, findings)
    node = parse(text, shown, findings) if text is not None else None
    findings.raise_if_any()
    assert node is not None  # noqa: S101  (no node always comes with a problem)
    return node


@lru_cache(maxsize=1)
def shipped_catalogue() -> Catalog:
    """The catalogue that comes with the program."""
    findings = Findings()
    keys: dict[str, Node] = {}
    for name in _FILES:
        node = shipped_node(name)
        keys.update(node.keys)
    checked = check(Node("wifisim/catalog", 0, "mapping", keys=keys), WrittenCatalogue, findings)
    findings.raise_if_any()
    assert checked is not None  # noqa: S101  (nothing left always comes with a problem)
    catalog = extend_catalogue(Catalog({}, {}, {}, {}, {}, {}), checked[0], checked[1], loc=(), findings=findings)
    findings.raise_if_any()
    return catalog


@lru_cache(maxsize=1)
def shipped_channels() -> WrittenChannels:
    """Legal channels and powers by country."""
    findings = Findings()
    checked = check(shipped_node("channels.yaml"), WrittenChannels, findings)
    findings.raise_if_any()
    assert checked is not None  # noqa: S101
    return checked[0]


def extend_catalogue(base: Catalog, written: WrittenCatalogue, root: Node, *, loc: Loc, findings: Findings) -> Catalog:
    """``base`` with the entries written at ``loc``, checked one by one."""
    for section, entries in (("materials", written.materials), ("access_points", written.access_points)):
        _check_bands(entries, root, (*loc, section), findings)
    for key, standard in written.standards.items():
        _check_criteria(standard, root, (*loc, "standards", key), findings)
    return replace(
        base,
        materials=base.materials
        | {k: Material(k, m.label, dict(m.loss_db), evidence_of(m.evidence)) for k, m in written.materials.items()},
        access_points=base.access_points | {k: _model(k, m) for k, m in written.access_points.items()},
        clients=base.clients | {k: _client(k, c) for k, c in written.clients.items()},
        services=base.services | {k: _service(k, s) for k, s in written.services.items()},
        standards=base.standards | {k: _standard(k, s) for k, s in written.standards.items()},
        platforms=base.platforms | {k: _platform(k, p) for k, p in written.platforms.items()},
    )


def _check_bands(entries: Mapping[str, Any], root: Node, loc: Loc, findings: Findings) -> None:
    for key, entry in entries.items():
        losses = getattr(entry, "loss_db", None)
        if losses is not None and set(losses) != set(_BANDS):
            findings.add(root.place((*loc, key, "loss_db")), "must name all bands: 2.4, 5 and 6")
        for band, radio in getattr(entry, "radios", {}).items():
            place = root.place((*loc, key, "radios", band, "standard"))
            if band == "6" and radio.standard not in ("ax", "be"):
                findings.add(place, "must be ax or be at 6 GHz")
            if band == "2.4" and radio.standard == "ac":
                findings.add(place, "must be n, ax or be at 2.4 GHz (ac is for 5 GHz)")


def _check_criteria(standard: WrittenStandard, root: Node, loc: Loc, findings: Findings) -> None:
    for key, criterion in standard.criteria.items():
        if (criterion.at_least is None) == (criterion.at_most is None):
            findings.add(root.place((*loc, "criteria", key)), "must have either at_least or at_most")


def _model(key: str, written: WrittenModel) -> AccessPointModel:
    radios = tuple(
        RadioModel(
            band=band,
            generation=radio.standard,
            streams=radio.streams,
            max_width_mhz=radio.max_width_mhz,
            max_power_dbm=radio.max_power_dbm,
            antenna_gain_dbi=radio.antenna_gain_dbi,
        )
        for band, radio in sorted(written.radios.items())
    )
    return AccessPointModel(
        id=key,
        label=written.label,
        radios=radios,
        uplink_bps=bps_from_mbps(written.uplink_mbps),
        poe_w=written.poe_w,
        max_clients_per_radio=written.max_clients_per_radio,
        noise_figure_db=written.noise_figure_db,
        evidence=evidence_of(written.evidence),
    )


def _client(key: str, written: WrittenClient) -> ClientType:
    return ClientType(
        id=key,
        label=written.label,
        platform=written.platform,
        generation=written.standard,
        bands=tuple(sorted(set(written.bands))),
        streams=written.streams,
        max_width_mhz=written.max_width_mhz,
        power_dbm=written.power_dbm,
        antenna_gain_dbi=written.antenna_gain_dbi,
        noise_figure_db=written.noise_figure_db,
        roam_rssi_dbm=written.roam_rssi_dbm,
        roam_margin_db=written.roam_margin_db,
        evidence=evidence_of(written.evidence),
        steering_share=written.steering_share,
    )


def _platform(key: str, written: WrittenPlatform) -> Platform:
    return Platform(key, written.label, written.peers_share, written.scatter_days, evidence_of(written.evidence))


def _service(key: str, written: WrittenService) -> CloudService:
    cap = written.connection_cap_mbps
    return CloudService(
        id=key,
        label=written.label,
        rtt_s=written.rtt_ms / 1000,
        server_s=written.server_ms / 1000,
        connection_cap_bps=float("inf") if cap is None else bps_from_mbps(cap),
        setup_round_trips=written.setup_round_trips,
        requests_per_s=written.requests_per_s or math.inf,
        loss=written.loss,
        evidence=evidence_of(written.evidence),
        sync=written.sync,
    )


def _standard(key: str, written: WrittenStandard) -> Standard:
    criteria = tuple(
        Criterion(
            id=criterion_id,
            label=c.label,
            metric=c.metric,
            comparison="at_least" if c.at_least is not None else "at_most",
            target=c.at_least if c.at_least is not None else (c.at_most or 0.0),
            unit=c.unit,
        )
        for criterion_id, c in written.criteria.items()
    )
    return Standard(key, written.label, written.date, written.phases, criteria, evidence_of(written.evidence))
