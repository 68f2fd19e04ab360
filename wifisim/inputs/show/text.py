"""``site_text``: a resolved site as a site file of its own, with every default, reference and template written out.

Reading the text gives an equal site, apart from the names of the files it came from.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from wifisim.inputs.show.emit import yaml_text
from wifisim.inputs.show.network import network_form
from wifisim.inputs.show.profiles import catalogue_form, profiles_form
from wifisim.inputs.show.school import (
    building_form,
    event_form,
    fleet_form,
    programme_form,
    simulate_form,
    storm_form,
    timetable_form,
    upgrades_form,
    wave_form,
)
from wifisim.inputs.show.units import date
from wifisim.inputs.site import Site

SECTIONS = (
    "site",
    "today",
    "building",
    "network",
    "timetable",
    "devices",
    "profiles",
    "programme",
    "waves",
    "upgrades",
    "events",
    "storms",
    "targets",
    "simulate",
    "catalogue",
)


def site_form(site: Site) -> dict[str, Any]:
    """The site as plain values in the written form."""
    return {
        "wifisim": 1,
        "site": {
            "name": site.name,
            "phase": site.phase,
            "country": site.country,
            "pupils": site.pupils,
            "staff": site.staff,
        },
        "today": date(site.today),
        "building": building_form(site.building),
        "network": network_form(site.stages[0].network),
        "timetable": timetable_form(site.timetable),
        "devices": {"already": {fleet.id: fleet_form(fleet) for fleet in site.fleets}},
        "profiles": [profiles_form(site)],
        "programme": programme_form(site),
        "waves": [wave_form(wave) for wave in site.waves],
        "upgrades": upgrades_form(site),
        "events": [event_form(event) for event in site.events],
        "storms": [storm_form(storm) for storm in site.storms],
        "targets": dataclasses.asdict(site.targets),
        "simulate": simulate_form(site),
        "catalogue": catalogue_form(site),
    }


def site_text(site: Site, *, sections: tuple[str, ...] = ()) -> str:
    """The site as YAML; with ``sections`` only those."""
    form = site_form(site)
    if sections:
        form = {key: value for key, value in form.items() if key in sections}
    return yaml_text(form)
