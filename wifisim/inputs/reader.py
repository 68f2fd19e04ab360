"""``read_site``: a site file and the files it names to one checked, resolved ``Site``.

Files become nodes (``source``), nodes the written form (``checking``), the written form resolved types (``resolve``).
Every step adds its problems to one ``Findings``; they are raised together, so that a writer mends a file in one go.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass, field
from pathlib import Path

from wifisim.inputs.catalog import Catalog
from wifisim.inputs.checking import Model, check
from wifisim.inputs.equipment import Network
from wifisim.inputs.files import CSV_SUFFIXES, YAML_SUFFIXES, Opened, open_reference, open_site
from wifisim.inputs.findings import Findings, Loc, Place
from wifisim.inputs.floorplan import Building
from wifisim.inputs.lessons_file import lesson_nodes
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
from wifisim.inputs.resolve.timetable import LessonRows, WeekFrame, resolve_frame, resolve_lessons
from wifisim.inputs.site import Site
from wifisim.inputs.source import Node, decode, parse
from wifisim.inputs.timetable import Timetable
from wifisim.inputs.timetabling import Task, generate_lessons, subjects_of
from wifisim.inputs.written.profiles import WrittenProfiles
from wifisim.inputs.written.school import WrittenLessons
from wifisim.inputs.written.site import WrittenSite

# How far the stated number of pupils may be from the sum of class sizes.
PUPILS_TOLERANCE = 0.02


def read_site(path: str | os.PathLike[str]) -> Site:
    """The site that ``path`` describes. Raises ``InputError`` with every problem found in it and the files it names."""
    findings = Findings()
    site = _Reading(findings).read(Path(path))
    findings.raise_if_any()
    assert site is not None  # noqa: S101  (no site always comes with a problem)
    return site


@dataclass(slots=True)
class _Reading:
    """One run of the reader: the problems and the files so far."""

    findings: Findings
    sources: list[str] = field(default_factory=list)

    def read(self, path: Path) -> Site | None:
        opened = open_site(path, self.findings)
        node = self._parse(opened)
        if opened is None or node is None:
            return None
        checked = check(node, WrittenSite, self.findings)
        return None if checked is None else self._resolve(checked[0], checked[1], opened)

    def _parse(self, opened: Opened | None) -> Node | None:
        if opened is None:
            return None
        self._note_source(opened)
        text = decode(opened.data, opened.shown, self.findings)
        return None if text is None else parse(text, opened.shown, self.findings)

    def _note_source(self, opened: Opened) -> None:
        self.sources.append(f"{opened.relative} sha256:{opened.digest}")

    def _resolve(self, written: WrittenSite, root: Node, opened: Opened) -> Site | None:
        findings = self.findings
        catalog = extend_catalogue(shipped_catalogue(), written.catalogue, root, loc=("catalogue",), findings=findings)
        building = resolve_building(written.building, root, materials=tuple(catalog.materials), findings=findings)
        book = self._profiles(written, root, opened, catalog)
        frame = resolve_frame(written.timetable, root, findings)
        timetable = self._timetable(written, root, opened, frame, building, book)
        networks = self._networks(written, root, building, catalog)
        desk = RolloutDesk(
            root,
            {room.id: room for room in building.rooms},
            frame.classes,
            book.profile_names,
            catalog,
            findings,
        )
        return self._assemble(written, _Parts(building, catalog, book, frame, timetable, networks), desk)

    def _assemble(self, written: WrittenSite, parts: _Parts, desk: RolloutDesk) -> Site | None:
        root, findings = desk.root, self.findings
        programme = resolve_programme(written.programme, desk)
        waves = resolve_waves(written.waves, programme, desk)
        upgrades = resolve_upgrades(written.upgrades, desk)
        plan = Plan(resolve_today(written, waves, upgrades, desk), waves, upgrades)
        upgrade_nodes = root.child("upgrades")
        if upgrade_nodes is not None:
            check_stage_names(plan, upgrade_nodes, findings)
        fleets = resolve_fleets(written.devices.already, tuple(written.network.switches), desk)
        events = resolve_events(written.events, tuple(parts.networks.values()), desk)
        targets = resolve_targets(written.targets, root, parts.catalog, findings)
        profiles = parts.book.profile_names
        simulation = resolve_simulation(
            written.simulate, waves, parts.frame, profiles=profiles, root=root, findings=findings
        )
        pupils = _pupils(written, parts.frame, root, findings)
        if len(findings):
            return None
        return Site(
            name=written.site.name,
            phase=written.site.phase,
            country=written.site.country,
            pupils=pupils,
            staff=written.site.staff,
            building=parts.building,
            timetable=parts.timetable,
            activities=parts.book.activities,
            profiles=parts.book.profiles,
            fleets=fleets,
            programme=programme,
            waves=waves,
            upgrades=upgrades,
            events=events,
            stages=resolve_stages(plan, parts.networks),
            targets=targets,
            simulation=simulation,
            catalog=parts.catalog,
            today=plan.today,
            sources=tuple(self.sources),
        )

    def _networks(
        self, written: WrittenSite, root: Node, building: Building, catalog: Catalog
    ) -> dict[dt.date | None, Network]:
        rules = shipped_channels()
        spectrum = spectrum_of(written.site.country, rules)
        section = root.child("network")
        if spectrum is None or section is None:
            place = root.place(("site", "country"))
            self.findings.add(
                place, "is no country of the channel list (an ISO 3166 code, as GB or US)", names=known_countries(rules)
            )
            return {}
        desk = NetworkDesk(section, building, catalog, spectrum, self.findings)
        return resolve_networks(section, written.upgrades, root.child("upgrades"), desk)

    def _profiles(self, written: WrittenSite, root: Node, opened: Opened, catalog: Catalog) -> ProfileBook:
        book = ProfileBook()
        for index, source in enumerate(written.profiles):
            loc: Loc = ("profiles", index)
            if not isinstance(source, str):
                add_profiles(book, source, root, loc=loc, findings=self.findings)
                continue
            found = self._referenced(source, opened, root.place(loc), WrittenProfiles)
            if found is None:
                book.complete = False
            else:
                add_profiles(book, found[0], found[1], loc=(), findings=self.findings)
        check_references(book, tuple(catalog.services), self.findings)
        return book

    def _referenced(self, name: str, by: Opened, place: Place, model: type[Model]) -> tuple[Model, Node] | None:
        """A YAML file named by another, checked against its written form."""
        opened = open_reference(name, by, place=place, suffixes=YAML_SUFFIXES, findings=self.findings)
        node = self._parse(opened)
        return None if node is None else check(node, model, self.findings)

    def _timetable(
        self,
        written: WrittenSite,
        root: Node,
        opened: Opened,
        frame: WeekFrame,
        building: Building,
        book: ProfileBook,
    ) -> Timetable:
        section = written.timetable
        if (section.fill is None) == (section.lessons is None):
            self.findings.add(root.place(("timetable",)), "must have either fill or lessons")
            return frame.with_lessons(())
        if section.fill is not None:
            return self._filled(section.fill.subjects, section.fill.seed, root, opened, frame, building, book)
        rows = self._lesson_rows(section.lessons, root, opened)
        rooms = {room.id: room for room in building.rooms}
        if rows is None:
            return frame.with_lessons(())
        lessons = resolve_lessons(rows, frame, rooms, profiles=book.profile_names, findings=self.findings)
        return frame.with_lessons(lessons)

    def _lesson_rows(self, lessons: object, root: Node, opened: Opened) -> LessonRows | None:
        loc: Loc = ("timetable", "lessons")
        if isinstance(lessons, tuple):
            return LessonRows(lessons, root, loc)
        place = root.place(loc)
        found = open_reference(str(lessons), opened, place=place, suffixes=CSV_SUFFIXES, findings=self.findings)
        if found is None:
            return None
        self._note_source(found)
        text = decode(found.data, found.shown, self.findings)
        node = None if text is None else lesson_nodes(text, found.shown, self.findings)
        checked = None if node is None else check(node, WrittenLessons, self.findings)
        return None if checked is None else LessonRows(checked[0].lessons, checked[1], ("lessons",))

    def _filled(
        self,
        subjects: str,
        seed: int,
        root: Node,
        opened: Opened,
        frame: WeekFrame,
        building: Building,
        book: ProfileBook,
    ) -> Timetable:
        place = root.place(("timetable", "fill", "subjects"))
        found = self._referenced(subjects, opened, place, WrittenProfiles)
        if found is None:
            return frame.with_lessons(())
        file, node = found
        if not file.subjects:
            self.findings.add(node.place(("subjects",)), "is required in a file that timetable.fill names")
            return frame.with_lessons(())
        profiles = book.profile_names
        for name, subject in file.subjects.items():
            for stage, profile in subject.profile.items():
                if profile not in profiles:
                    at = node.place(("subjects", name, "profile", stage))
                    self.findings.add(at, "is not a known profile", names=profiles)
        task = Task(
            frame=frame,
            rooms=building.rooms,
            subjects=subjects_of(file.subjects),
            seed=seed,
            root=node,
            findings=self.findings,
        )
        spoilt = (root.place(("building",)), root.place(("timetable",)), node.place(("subjects",)))
        if any(self.findings.touches(place) for place in spoilt):
            return frame.with_lessons(())  # too few rooms or periods would be no news then
        return frame.with_lessons(generate_lessons(task))


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is resolved before the rollout."""

    building: Building
    catalog: Catalog
    book: ProfileBook
    frame: WeekFrame
    timetable: Timetable
    networks: dict[dt.date | None, Network]


def _pupils(written: WrittenSite, frame: WeekFrame, root: Node, findings: Findings) -> int:
    """Pupils as stated, or the sum of class sizes."""
    seats = sum(school_class.size for school_class in frame.classes)
    if written.site.pupils is None:
        return seats
    spoilt = findings.touches(root.place(("timetable", "years")))
    if not spoilt and abs(written.site.pupils - seats) > PUPILS_TOLERANCE * seats:
        rule = f"must agree with the class sizes within {PUPILS_TOLERANCE:.0%}: they add up to {seats}"
        findings.add(root.place(("site", "pupils")), rule)
    return written.site.pupils
