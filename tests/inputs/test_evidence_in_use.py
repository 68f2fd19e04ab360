from __future__ import annotations

from dataclasses import replace

from wifisim.inputs.evidence import evidence_rows
from wifisim.inputs.profile import Evidence
from wifisim.inputs.site import Site


def test_weakest_comes_first(secondary: Site) -> None:
    order = ["project", "C", "B", "A"]
    places = [order.index(row["confidence"]) for row in evidence_rows(secondary)]
    assert places == sorted(places)
    assert set(places) == {0, 1, 2, 3}


def test_every_row_says_where_its_numbers_come_from(site: Site) -> None:
    for row in evidence_rows(site):
        assert row["name"], row
        assert row["source"], row


def test_what_the_site_does_not_use_is_left_out(secondary: Site) -> None:
    material = next(iter(secondary.catalog.materials.values()))
    strange = replace(material, id="unobtainium", label="Unobtainium", evidence=Evidence("A", "nowhere", ""))
    catalog = replace(secondary.catalog, materials={**secondary.catalog.materials, "unobtainium": strange})
    assert evidence_rows(replace(secondary, catalog=catalog)) == evidence_rows(secondary)
