"""The evidence behind the numbers that a site uses: one row a catalogue entry, activity or lesson profile in use.

Weakest first, so that a reader of the verdict sees what it leans on without proof. Entries of the catalogue that the
site never names are left out.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from wifisim.inputs.profile import Evidence
from wifisim.inputs.site import Site

_WEAKEST_FIRST = ("project", "C", "B", "A")


def evidence_rows(site: Site) -> list[dict[str, str]]:
    """Rows of ``kind``, ``name``, ``confidence``, ``source`` and ``note``, weakest first, else in the site's order."""
    rows = [
        {"kind": kind, "name": name, "confidence": found.confidence, "source": found.source, "note": found.note}
        for kind, name, found in _in_use(site)
    ]
    return sorted(rows, key=lambda row: _WEAKEST_FIRST.index(row["confidence"]))


def _in_use(site: Site) -> Iterator[tuple[str, str, Evidence]]:
    catalog = site.catalog
    for profile in site.profiles.values():
        yield "lesson profile", profile.label, profile.evidence
    used = {share.activity_id for profile in site.profiles.values() for share in profile.activities}
    activities = [activity for key, activity in site.activities.items() if key in used]
    for activity in activities:
        yield "activity", activity.label, activity.evidence
    for key in _present(catalog.services, (activity.service_id for activity in activities)):
        yield "service", catalog.services[key].label, catalog.services[key].evidence
    clients = (*(fleet.client_id for fleet in site.fleets), *(wave.client_id for wave in site.waves))
    for key in _present(catalog.clients, (*clients, *site.programme.client_ids[1:])):
        yield "device", catalog.clients[key].label, catalog.clients[key].evidence
    for key in _present(catalog.platforms, (storm.platform for storm in site.storms)):
        yield "platform", catalog.platforms[key].label, catalog.platforms[key].evidence
    points = (point.model_id for stage in site.stages for point in stage.network.access_points)
    for key in _present(catalog.access_points, points):
        yield "access point", catalog.access_points[key].label, catalog.access_points[key].evidence
    materials = (wall.material_id for floor in site.building.floors for wall in floor.walls)
    slabs = (floor.slab_material_id for floor in site.building.floors)
    for key in _present(catalog.materials, (*materials, *slabs)):
        yield "material", catalog.materials[key].label, catalog.materials[key].evidence
    for key in _present(catalog.standards, site.targets.standards):
        yield "standard", catalog.standards[key].label, catalog.standards[key].evidence


def _present(entries: Container[str], keys: Iterable[str]) -> list[str]:
    """The keys that have an entry, each once, in order of first use."""
    return [key for key in dict.fromkeys(keys) if key in entries]
