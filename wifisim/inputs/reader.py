"""``read_site``: a site file and the files it names to one checked, resolved ``Site``.

Files become nodes (``source``), nodes the written form (``checking``), the written form resolved types (``resolve``).
Every step adds its problems to one ``Findings``; they are raised together, so that a writer mends a file in one go.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from wifisim.inputs.catalog import Catalog
from wifisim.inputs.equipment import Band, Network
from wifisim.inputs.findings import Findings, Loc
from wifisim.inputs.floorplan import Building
from wifisim.inputs.library import Library
from wifisim.inputs.resolve.building import resolve_building
from wifisim.inputs.resolve.catalogue import extend_catalogue, shipped_catalogue, shipped_channels
from wifisim.inputs.resolve.network import NetworkDesk
from wifisim.inputs.resolve.profiles import ProfileBook, add_profiles, check_references
from wifisim.inputs.resolve.rollout import (
    RolloutDesk,
    resolve_events,
    resolve_fleets,
    resolve_programme,
    resolve_today,
    resolve_upgrades,
    resolve_waves,
)
from wifisim.inputs.resolve.settings import resolve_simulation, resolve_targets
from wifisim.inputs.resolve.spectrum import known_countries, spectrum_of
from wifisim.inputs.resolve.stages import Plan, check_stage_names, resolve_networks, resolve_stages
from wifisim.inputs.resolve.storms import resolve_storms
from wifisim.inputs.resolve.timetable import LessonRows, WeekFrame, resolve_frame, resolve_lessons
from wifisim.inputs.site import Site
from wifisim.inputs.source import Node
from wifisim.inputs.timetable import Lesson
from wifisim.inputs.timetabling import Task, generate_lessons, subjects_of
from wifisim.inputs.written.profiles import WrittenProfiles
from wifisim.inputs.written.school import WrittenFill
from wifisim.inputs.written.site import WrittenSite

# How far the stated number of pupils may be from the sum of class sizes.
PUPILS_TOLERANCE = 0.02


def read_site(path: str | os.PathLike[str]) -> Site:
    """The site that ``path`` describes. Raises ``InputError`` with every problem found in it and the files it names."""
    findings = Findings()
    library = Library(findings)
    read = library.site(Path(path))
    site = _Reading(read[0], read[1], library, findings).site() if read is not None else None
    findings.raise_if_any()
    assert site is not None  # noqa: S101  (no site always comes with a problem)
    return site


@dataclass(frozen=True, slots=True)
class _Grounds:
    """What is resolved first and used by the rest."""

    catalog: Catalog
    building: Building
    book: ProfileBook
    frame: WeekFrame


@dataclass(frozen=True, slots=True)
class _Reading:
    """A site file in its written form, on its way to a site; ``root`` is its node, to say where problems are."""

    written: WrittenSite
    root: Node
    library: Library
    findings: Findings

    def site(self) -> Site | None:
        """The site, or None after a problem."""
        catalog = extend_catalogue(
            shipped_catalogue(), self.written.catalogue, self.root, loc=("catalogue",), findings=self.findings
        )
        materials = tuple(catalog.materials)
        building = resolve_building(self.written.building, self.root, materials=materials, findings=self.findings)
        frame = resolve_frame(self.written.timetable, self.root, self.findings)
        return self._assembled(_Grounds(catalog, building, self._profiles(catalog), frame))

    def _assembled(self, grounds: _Grounds) -> Site | None:
        written, root, findings, book = self.written, self.root, self.findings, grounds.book
        lessons = self._lessons(grounds)
        networks = self._networks(grounds)
        rooms = {room.id: room for room in grounds.building.rooms}
        subjects = tuple(dict.fromkeys(lesson.subject for lesson in lessons))
        desk = RolloutDesk(root, rooms, grounds.frame.classes, subjects, book.profile_names, grounds.catalog, findings)
        programme = resolve_programme(written.programme, desk)
        waves = resolve_waves(written.waves, programme, desk)
        upgrades = resolve_upgrades(written.upgrades, desk)
        today = resolve_today(written, waves, upgrades, desk)
        plan = Plan(today, waves, upgrades, programme.roll_over, grounds.frame.classes)
        check_stage_names(plan, root, findings)
        fleets = resolve_fleets(written.devices.already, tuple(written.network.switches), desk)
        events = resolve_events(written.events, tuple(networks.values()), desk)
        storms = resolve_storms(written.storms, desk)
        targets = resolve_targets(written.targets, root, grounds.catalog, findings)
        simulation = resolve_simulation(
            written.simulate, waves, grounds.frame, profiles=book.profile_names, root=root, findings=findings
        )
        pupils = self._pupils(grounds.frame)
        if len(findings):
            return None
        return Site(
            name=written.site.name,
            phase=written.site.phase,
            country=written.site.country,
            channels=self._channels(),
            pupils=pupils,
            staff=written.site.staff,
            building=grounds.building,
            timetable=grounds.frame.with_lessons(lessons),
            activities=book.activities,
            profiles=book.profiles,
            fleets=fleets,
            programme=programme,
            waves=waves,
            upgrades=upgrades,
            events=events,
            storms=storms,
            stages=resolve_stages(plan, networks),
            targets=targets,
            simulation=simulation,
            catalog=grounds.catalog,
            today=plan.today,
            sources=tuple(self.library.sources),
        )

    def _networks(self, grounds: _Grounds) -> dict[dt.date | None, Network]:
        rules = shipped_channels()
        spectrum = spectrum_of(self.written.site.country, rules)
        section = self.root.child("network")
        if spectrum is None or section is None:
            rule = "is no country of the channel list (two capitals of ISO 3166: GB for the United Kingdom, US ...)"
            self.findings.add(self.root.place(("site", "country")), rule, names=known_countries(rules))
            return {}
        desk = NetworkDesk(section, grounds.building, grounds.catalog, spectrum, self.findings)
        return resolve_networks(section, self.written.upgrades, self.root.child("upgrades"), desk)

    def _channels(self) -> dict[Band, tuple[int, ...]]:
        """The 20 MHz channels that the country allows."""
        spectrum = spectrum_of(self.written.site.country, shipped_channels())
        return {band: spectrum.primaries(band, 20) for band in spectrum.bands} if spectrum else {}

    def _profiles(self, catalog: Catalog) -> ProfileBook:
        book = ProfileBook()
        for index, source in enumerate(self.written.profiles):
            loc: Loc = ("profiles", index)
            if not isinstance(source, str):
                add_profiles(book, source, self.root, loc=loc, findings=self.findings)
                continue
            found = self.library.named(source, self.root.place(loc), WrittenProfiles)
            if found is None:
                book.complete = False
            else:
                add_profiles(book, found[0], found[1], loc=(), findings=self.findings)
        check_references(book, tuple(catalog.services), self.findings)
        return book

    def _lessons(self, grounds: _Grounds) -> tuple[Lesson, ...]:
        section, loc = self.written.timetable, ("timetable", "lessons")
        if (section.fill is None) == (section.lessons is None):
            self.findings.add(self.root.place(("timetable",)), "must have either fill or lessons")
            return ()
        if section.fill is not None:
            return self._filled(section.fill, grounds)
        if isinstance(section.lessons, tuple):
            rows = LessonRows(section.lessons, self.root, loc)
        else:
            found = self.library.lessons(str(section.lessons), self.root.place(loc))
            if found is None:
                return ()
            rows = LessonRows(found[0].lessons, found[1], ("lessons",))
        rooms = {room.id: room for room in grounds.building.rooms}
        profiles = grounds.book.profile_names
        return resolve_lessons(rows, grounds.frame, rooms, profiles=profiles, findings=self.findings)

    def _filled(self, fill: WrittenFill, grounds: _Grounds) -> tuple[Lesson, ...]:
        """Lessons from the generator, unless what it starts from is faulty itself."""
        found = self.library.named(fill.subjects, self.root.place(("timetable", "fill", "subjects")), WrittenProfiles)
        if found is None:
            return ()
        file, node = found
        if not file.subjects:
            self.findings.add(node.place(("subjects",)), "is required in a file that timetable.fill names")
            return ()
        profiles = grounds.book.profile_names
        for name, subject in file.subjects.items():
            for stage, profile in subject.profile.items():
                if profile not in profiles:
                    place = node.place(("subjects", name, "profile", stage))
                    self.findings.add(place, "is not a known profile", names=profiles)
        # Too few rooms or periods would be no news then.
        spoilt = (self.root.place(("building",)), self.root.place(("timetable",)), node.place(("subjects",)))
        if any(self.findings.touches(place) for place in spoilt):
            return ()
        task = Task(
            frame=grounds.frame,
            rooms=grounds.building.rooms,
            subjects=subjects_of(file.subjects),
            seed=fill.seed,
            root=node,
            findings=self.findings,
        )
        return generate_lessons(task)

    def _pupils(self, frame: WeekFrame) -> int:
        """Pupils as stated, or the sum of class sizes."""
        places = sum(school_class.size for school_class in frame.classes)
        stated = self.written.site.pupils
        if stated is None:
            return places
        spoilt = self.findings.touches(self.root.place(("timetable", "years")))
        if not spoilt and abs(stated - places) > PUPILS_TOLERANCE * places:
            rule = f"must agree with the class sizes within {PUPILS_TOLERANCE:.0%}: they add up to {places}"
            self.findings.add(self.root.place(("site", "pupils")), rule)
        return stated
