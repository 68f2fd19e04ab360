"""Every rule fires where its sum says so, and is silent where it does not; sums are worked out in the comments."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from edited import ROOT, Edit, edited_site

from wifisim.checks.case import Case
from wifisim.checks.finding import Report, enough
from wifisim.checks.handout import line_bytes, payload_rate_bps
from wifisim.checks.registry import RULES, check_site, rules_page
from wifisim.inputs.lines import read_lines
from wifisim.inputs.reader import read_site

STEM = "primary-brookside"


class Examined:
    """A shipped site after an edit, and the places of its parts."""

    def __init__(self, folder: Path, edit: Edit | None = None, stem: str = STEM) -> None:
        self.site = edited_site(stem, folder, edit)
        self.path = folder / "sites" / f"{stem}.yaml"
        self.lines = read_lines(self.path)
        self.case = Case(self.site, self.lines)

    def reports(self, rule: str) -> tuple[Report, ...]:
        return check_site(self.site, self.lines, names=(rule,))

    def only(self, rule: str, severity: str) -> Report:
        found = [report for report in self.reports(rule) if report.finding.severity == severity]
        assert len(found) == 1, found
        return found[0]

    def line_of(self, report: Report) -> str:
        return self.path.read_text(encoding="utf-8").splitlines()[report.finding.place.line - 1]


def network(document: dict[str, Any]) -> dict[str, Any]:
    found = document["network"]
    assert isinstance(found, dict)
    return found


def point(document: dict[str, Any], index: int = 0) -> dict[str, Any]:
    found = network(document)["access_points"][index]
    assert isinstance(found, dict)
    return found


def test_a_capacity_that_a_fix_names_is_never_rounded_down() -> None:
    assert [enough(needed) for needed in (1316.2, 500.0, 0.1 + 0.2)] == ["1,317", "500", "1"]


def test_dhcp001_counts_devices_and_spares_against_the_pool(tmp_path: Path) -> None:
    # A pool with as many addresses as devices at the end is too small by the spare ones.
    whole = Examined(tmp_path)
    last = whole.site.stages[-1]
    devices, spares = whole.case.devices(last), whole.case.spares(last)
    assert spares > 0

    def small(document: dict[str, Any]) -> None:
        network(document)["dhcp"]["addresses"] = devices

    tight = Examined(tmp_path, small)
    report = tight.only("DHCP001", "problem")
    assert f"{devices} devices + {spares} spare ones = {devices + spares} seen" in report.finding.working
    assert report.since != "baseline"
    assert "addresses" in tight.line_of(report)

    # The pool that the fix names is enough: a tenth of it is left.
    wanted = int(report.finding.fix.split("pool to ")[1].split()[0].replace(",", ""))
    assert wanted - 1 < (devices + spares) / 0.9 <= wanted

    def mended(document: dict[str, Any]) -> None:
        network(document)["dhcp"]["addresses"] = wanted

    assert not Examined(tmp_path, mended).reports("DHCP001")


def test_nat001_and_flt001_multiply_devices_by_connections(tmp_path: Path) -> None:
    def many(document: dict[str, Any]) -> None:
        # 30 phones a pupil, to have some 12,000 devices: 12,000 x 6 = 72,000 > 64,512 ports, 12,000 x 3.6 = 43,200 are
        # not; the session table of 20,000 is too small even for that.
        fleets = document["devices"]["already"]
        profile = next(iter(fleets.values()))["profile"]
        for number in range(3):
            fleets[f"bag-{number}"] = {
                "used_by": "pupil-phone", "type": "phone", "per_person": 9.3, "profile": profile,
            }  # fmt: skip

    crowd = Examined(tmp_path, many)
    devices = crowd.case.devices(crowd.site.stages[-1])
    assert 64_512 / 6 < devices < 64_512 / 3.6
    ports = crowd.only("NAT001", "warning")
    assert f"= {6 * devices:,})" in ports.finding.working
    assert "2 public IPv4" in ports.finding.fix
    assert "in normal use" in crowd.only("FLT001", "problem").finding.message

    def two(document: dict[str, Any]) -> None:
        many(document)
        network(document)["nat"] = {"public_addresses": 2}
        network(document)["filter"]["sessions"] = 10 * devices

    eased = Examined(tmp_path, two)
    assert not eased.reports("NAT001")
    assert not eased.reports("FLT001")


def test_flt002_compares_the_filter_with_the_line(tmp_path: Path) -> None:
    # Oakfield: 600 of 1,000 Mbit/s until the filter of the Easter works.
    oakfield = Examined(tmp_path, stem="secondary-oakfield")
    report = oakfield.only("FLT002", "warning")
    assert "60 %" in report.finding.message
    assert (report.since, report.until) == ("baseline", "easter-works")
    assert not Examined(tmp_path).reports("FLT002")  # Brookside: 500 for a line of 100


def test_dns001_and_flt003_compare_limits_with_the_minute_after_a_bell(tmp_path: Path) -> None:
    whole = Examined(tmp_path)
    assert not whole.reports("DNS001")
    assert not whole.reports("FLT003")
    devices = max(whole.case.devices(stage) for stage in whole.site.stages)
    opened_per_s = devices * 6 / 60  # six connections a device in a minute; each name is two questions

    def limits(share: float) -> Edit:
        def edit(document: dict[str, Any]) -> None:
            network(document)["dns"] = {"at": "router", "queries_per_s": 2 * opened_per_s * share}
            network(document)["filter"]["connections_per_s"] = opened_per_s * share

        return edit

    tight = Examined(tmp_path, limits(1.1))  # 91 % of either
    small = Examined(tmp_path, limits(0.5))  # twice what they can do
    for rule, key in (("DNS001", "queries_per_s"), ("FLT003", "connections_per_s")):
        assert tight.only(rule, "warning").finding.place.key_path.endswith(key)
        report = small.only(rule, "problem")
        assert f"{devices:,} devices x 6 connections" in report.finding.working
        assert key in small.line_of(report)
    # At half the rate that is needed a minute's questions take two: the last answer comes after 60 s.
    assert "takes 60 s" in small.only("DNS001", "problem").finding.working
    assert not Examined(tmp_path, limits(1.3)).reports("DNS001")


def test_flt004_tells_of_slow_inspection(tmp_path: Path) -> None:
    def slow(document: dict[str, Any]) -> None:
        network(document)["filter"]["new_connection_ms"] = 200

    assert "200 ms" in Examined(tmp_path, slow).only("FLT004", "warning").finding.working
    assert not Examined(tmp_path).reports("FLT004")


def test_svc001_compares_a_service_with_its_users(tmp_path: Path) -> None:
    whole = Examined(tmp_path)
    assert not whole.reports("SVC001")
    lessons = {lesson.profile_id for lesson in whole.site.timetable.lessons}
    played = {part.activity_id for name in lessons for part in whole.site.profiles[name].activities}
    docs = [whole.site.activities[name] for name in played]
    connections = max(activity.connections for activity in docs if activity.service_id == "google-docs")
    devices = max(whole.case.devices(stage) for stage in whole.site.stages)
    asked_per_s = devices * connections / 60

    def limit(per_s: float) -> Edit:
        def edit(document: dict[str, Any]) -> None:
            service = {
                "label": "Documents", "rtt_ms": 12, "server_ms": 60, "requests_per_s": per_s,
                "evidence": {"confidence": "project", "source": "test"},
            }  # fmt: skip
            document["catalogue"] = {"services": {"google-docs": service}}

        return edit

    report = Examined(tmp_path, limit(0.5 * asked_per_s)).only("SVC001", "warning")
    assert report.finding.subject == "google-docs"
    assert not Examined(tmp_path, limit(2.0 * asked_per_s)).reports("SVC001")


def test_poe001_adds_what_access_points_draw(tmp_path: Path) -> None:
    whole = Examined(tmp_path)
    fed = [ap for ap in whole.site.stages[0].network.access_points if ap.switch_id == "sw-juniors"]
    drawn_w = sum(ap.poe_w for ap in fed)
    assert not whole.reports("POE001")

    def weak(document: dict[str, Any]) -> None:
        network(document)["switches"]["sw-juniors"]["poe_w"] = drawn_w - 1

    report = Examined(tmp_path, weak).only("POE001", "problem")
    assert f"= {drawn_w:g} W at worst; budget {drawn_w - 1:g} W" in report.finding.working
    assert "1 may stay dark" in report.finding.message  # the last one misses a single watt

    def unsaid(document: dict[str, Any]) -> None:
        del network(document)["switches"]["sw-juniors"]["poe_w"]

    assert Examined(tmp_path, unsaid).only("POE001", "note").finding.subject == "sw-juniors"


def test_upl001_compares_cable_and_radios(tmp_path: Path) -> None:
    def slow(document: dict[str, Any]) -> None:
        point(document, 3)["uplink_mbps"] = 100  # Wi-Fi 5 in 20 MHz, two streams, MCS 8: 173 Mbit/s, about 120 of TCP

    report = Examined(tmp_path, slow).only("UPL001", "warning")
    best = float(report.finding.working.split("= ")[1].split()[0])
    assert 100 < best < 173.3
    assert not Examined(tmp_path).reports("UPL001")


def test_upl002_compares_uplinks_with_load_and_standard(tmp_path: Path) -> None:
    def slow(document: dict[str, Any]) -> None:
        network(document)["switches"]["sw-juniors"]["uplink_mbps"] = 10
        network(document)["switches"]["core"]["uplink_mbps"] = 10_000

    narrow = Examined(tmp_path, slow)
    assert narrow.only("UPL002", "warning").finding.subject == "sw-juniors"
    assert not [r for r in narrow.reports("UPL002") if r.finding.severity == "note"]
    # Today's 1 Gbit/s carries the load, but is below 10 Gbit/s between switches: a note, and none for the cable from
    # the top switch to the filter of 500 Mbit/s.
    notes = Examined(tmp_path).reports("UPL002")
    assert [(r.finding.severity, r.finding.subject) for r in notes] == [("note", "sw-juniors DfE")]


def test_air001_seats_classes_at_the_radio_they_hear(tmp_path: Path) -> None:
    def alone(document: dict[str, Any]) -> None:
        # One access point for the whole school: every device of every class wants it.
        network(document)["access_points"] = [
            {"id": "AP", "model": "wifi6-4x4", "room": "HALL", "switch": "core", "radios": {"2.4": "off"}}
        ]

    lonely = Examined(tmp_path, alone)
    assert lonely.only("AIR001", "problem").finding.subject == "problem"

    def empty(document: dict[str, Any]) -> None:
        document["devices"] = {"already": {}}
        document["waves"] = document["waves"][:1]

    # The pilot alone: a class or two of at most 30 in rooms of their own.
    assert not [r for r in Examined(tmp_path, empty).reports("AIR001") if r.finding.severity != "note"]


def test_air002_counts_who_shares_a_channel(tmp_path: Path) -> None:
    def same(document: dict[str, Any]) -> None:
        for ap in network(document)["access_points"]:
            ap["radios"] = {"5": {"channel": 36}, "2.4": "off"}

    report = Examined(tmp_path, same).only("AIR002", "warning")
    number = int(report.finding.message.split()[0])
    assert number > 3
    assert f"about {100 / number:.0f} %" in report.finding.working
    assert not Examined(tmp_path).reports("AIR002")


def test_air003_adds_up_beacons(tmp_path: Path) -> None:
    def loud(document: dict[str, Any]) -> None:
        network(document)["ssids"] = [f"net-{number}" for number in range(6)]
        document.setdefault("simulate", {}).setdefault("air", {})["beacon_rate_mbps"] = 1
        for ap in network(document)["access_points"]:
            ap["radios"] = {"5": "off", "2.4": {"channel": 1}}

    # 300 bytes at 1 Mbit/s: 2.4 ms + 0.192 ms preamble in 102.4 ms = 2.5 % a name and radio; six names of one: 15 %.
    report = Examined(tmp_path, loud).only("AIR003", "warning")
    assert report.finding.weight > 0.15
    assert "2.5" in report.finding.working
    assert not Examined(tmp_path).reports("AIR003")


def test_air004_finds_rooms_without_signal(tmp_path: Path) -> None:
    def dark(document: dict[str, Any]) -> None:
        network(document)["access_points"] = [
            {"id": "AP", "model": "wifi6-2x2", "room": "C01", "switch": "core",
             "radios": {"5": {"power_dbm": 0}, "2.4": "off"}}
        ]  # fmt: skip

    far = Examined(tmp_path, dark)
    rooms = {r.finding.subject for r in far.reports("AIR004") if r.finding.severity == "problem"}
    assert "C14" in rooms
    assert "C01" not in rooms
    assert not [r for r in Examined(tmp_path).reports("AIR004") if r.finding.severity == "problem"]


def test_lin001_divides_the_line_by_pupils(tmp_path: Path) -> None:
    def thin(document: dict[str, Any]) -> None:
        network(document)["wan"]["main"]["down_mbps"] = 50
        document["targets"]["standards"] = ["dfe-broadband-primary-2022"]

    report = Examined(tmp_path, thin).only("LIN001", "problem")
    assert "50 Mbit/s down; at least 100 Mbit/s" in report.finding.working
    assert not Examined(tmp_path).reports("LIN001")

    def american(document: dict[str, Any]) -> None:
        document["targets"]["standards"] = ["fcc-2024"]
        network(document)["wan"]["main"]["down_mbps"] = 500

    high = Examined(tmp_path, american, stem="us-jefferson-high")
    pupils = high.site.pupils
    # 500 Mbit/s for more than 500 pupils is less than 1 Mbit/s each; the cure is 1 Mbit/s a pupil.
    assert f"{pupils:,} Mbit/s" in high.only("LIN001", "problem").finding.fix


def test_lin002_wants_a_backup(tmp_path: Path) -> None:
    def bare(document: dict[str, Any]) -> None:
        del network(document)["wan"]["backup"]
        document["targets"]["standards"] = []

    assert Examined(tmp_path, bare).only("LIN002", "warning").since == "baseline"

    def asked(document: dict[str, Any]) -> None:
        del network(document)["wan"]["backup"]
        document["targets"]["standards"] = ["dfe-broadband-primary-2022"]

    assert Examined(tmp_path, asked).only("LIN002", "problem")
    assert not Examined(tmp_path).reports("LIN002")


def _windows(document: dict[str, Any]) -> None:
    """Only Intune's 225 MB: a profile with nothing else, the pilot's classes in one slot of five minutes."""
    document["profiles"].append(
        {
            "profiles": {
                "only-mdm": {
                    "activities": {"mdm-enrol": 1.0}, "evidence": {"confidence": "project", "source": "test"},
                }
            }
        }
    )  # fmt: skip
    who = document["waves"][0]["who"]
    document["waves"] = [
        {"id": "laptops", "date": "2026-11-30", "who": who,
         "arrival": {"slots": 1, "slot_min": 5, "start": "09:00", "profile": "only-mdm"}}
    ]  # fmt: skip
    document["upgrades"] = []
    document["today"] = "2026-11-29"


def test_v9_enrolment_is_225_mb_times_devices_over_the_link(tmp_path: Path) -> None:
    laptops = Examined(tmp_path, _windows)
    stage = laptops.site.stages[-1]
    sizes = {c.id: c.size for c in laptops.site.timetable.classes}
    devices = sum(sizes[name] for name in stage.landed[0].class_ids)
    assert line_bytes(laptops.site, stage.network, "only-mdm") == 225e6
    # 100 Mbit/s x 1448/1500 of payload; N x 225 MB x 8 bit, against 225 MB x N / link within the protocol's 3.6 %.
    seconds = devices * 225e6 * 8 / payload_rate_bps(stage.network)
    bare = devices * 225e6 * 8 / 100e6
    assert bare < seconds < 1.04 * bare
    report = laptops.only("ENR001", "problem")
    assert f"{devices} devices x 225 MB = {devices * 0.225:,.1f} GB" in report.finding.working
    assert report.finding.weight == pytest.approx(seconds / 300)
    assert "laptops" in laptops.line_of(report)

    def patient(document: dict[str, Any]) -> None:
        _windows(document)
        document["waves"][0]["arrival"]["slot_min"] = 2 * seconds / 60

    assert not Examined(tmp_path, patient).reports("ENR001")


def test_enrolment_through_a_cache_brings_less_over_the_line(tmp_path: Path) -> None:
    def cached(document: dict[str, Any]) -> None:
        _windows(document)
        network(document)["caches"] = {"box": {"at": "core", "hit_share": {"mdm": 0.8}}}

    site = Examined(tmp_path, cached).site
    assert line_bytes(site, site.stages[-1].network, "only-mdm") == pytest.approx(0.2 * 225e6)


def test_v11_thirty_testers_are_far_below_any_limit(tmp_path: Path) -> None:
    # Smarter Balanced: 20 kbit/s a pupil; thirty take 0.6 Mbit/s, under 1 % of what one radio carries.
    site = Examined(tmp_path).site
    test = next(activity for name, activity in site.activities.items() if name.startswith("test-items"))
    steady_bps = test.size_bytes.mean() * 8 * (1 - test.browser_hit_share) / test.think_s.mean()
    assert 30 * steady_bps == pytest.approx(0.6e6, rel=0.1)
    from wifisim.checks.cabling import radio_goodput_bps  # noqa: PLC0415

    radios = [r for ap in site.stages[0].network.access_points for r in ap.radios if r.enabled]
    slowest = min(radio_goodput_bps(radio, site.simulation.air) for radio in radios)
    assert 30 * steady_bps < 0.02 * slowest


def _unplanned(document: dict[str, Any]) -> None:
    document.pop("storms", None)


def test_upd001_compares_an_update_without_a_plan_with_lesson_and_night(tmp_path: Path) -> None:
    def thin(document: dict[str, Any]) -> None:
        _unplanned(document)
        network(document)["wan"]["main"]["down_mbps"] = 10

    # Brookside's 100 Mbit/s needs some hours (a note); a tenth of the line needs ten times as long: over a night.
    note = Examined(tmp_path, _unplanned).only("UPD001", "note")
    warning = Examined(tmp_path, thin).only("UPD001", "warning")
    assert warning.finding.weight == pytest.approx(10 * note.finding.weight)
    assert warning.finding.weight > 12 * 0.8

    def wide(document: dict[str, Any]) -> None:
        _unplanned(document)
        network(document)["wan"]["main"]["down_mbps"] = 10_000
        network(document)["filter"]["throughput_mbps"] = 10_000

    assert not Examined(tmp_path, wide).reports("UPD001")


def _update(**keys: Any) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        document["storms"] = [{"id": "chromebooks", "what": "os-update", "platform": "chromeos", **keys}]

    return edit


def test_upd001_reads_the_plan(tmp_path: Path) -> None:
    # Brookside at the end: 240 Chromebooks of years 3 to 6 and none elsewhere; 0.7 x 418.5 MB (median 400, sigma 0.3)
    # = 293 MB each: 70.3 GB, 97 min at 96.5 Mbit/s of payload. A lesson has 65 min: too long; so have two hours, of
    # which 80 % may go: 96 min.
    at_once = Examined(tmp_path, _update()).only("UPD001", "warning")
    assert "240 devices x 293 MB = 70.3 GB" in at_once.finding.working
    assert at_once.finding.weight == pytest.approx(97.1 / 65, rel=0.01)
    assert "evenings: 1" in at_once.finding.fix  # 97 min of 80 % of six hours
    over = Examined(tmp_path, _update(spread={"over_min": 120})).only("UPD001", "warning")
    assert "minutes it is spread over" in over.finding.message
    # Half of it from devices nearby, three evenings, or five days of five lessons: nothing to say.
    for keys in (
        {"spread": {"over_min": 120}, "peers": 0.5},
        {"spread": {"evenings": 3}},
        {"spread": {"days": 5}},
    ):
        assert not Examined(tmp_path, _update(**keys)).reports("UPD001"), keys

    def evening_on_a_thin_line(document: dict[str, Any]) -> None:
        _update(spread={"evenings": 1})(document)
        network(document)["wan"]["main"]["down_mbps"] = 20

    # 70.3 GB at 19.3 Mbit/s: 8.1 h against 80 % of an evening of six.
    slow = Examined(tmp_path, evening_on_a_thin_line)
    assert "over 2 evenings" in slow.only("UPD001", "warning").finding.fix
    assert "chromebooks" in slow.line_of(slow.only("UPD001", "warning"))


def test_upd001_leaves_evenings_to_devices_that_stay(tmp_path: Path) -> None:
    def home(document: dict[str, Any]) -> None:
        _update(spread={"evenings": 1})(document)
        network(document)["wan"]["main"]["down_mbps"] = 5
        document["programme"]["model"] = "take-home"
        document["devices"] = {"already": {}}

    assert not Examined(tmp_path, home).reports("UPD001")


def test_upd002_names_storms_that_hit_nobody(tmp_path: Path) -> None:
    report = Examined(tmp_path, _update(platform="windows", profile="os-update-windows")).only("UPD002", "warning")
    assert "about windows" in report.finding.message
    assert "pupils have chromeos, ipados" in report.finding.working
    assert not Examined(tmp_path, _update()).reports("UPD002")


def test_tro001_adds_up_a_class_s_day(tmp_path: Path) -> None:
    def lasts(lessons: int) -> Edit:
        def edit(document: dict[str, Any]) -> None:
            document["programme"]["lessons_per_charge"] = lessons

        return edit

    # Linden's timetable: a KS4 day of five lessons of 70 % with devices wants 3.5 of them; a charge of three is short.
    short = Examined(tmp_path, lasts(3), stem="secondary-linden").only("TRO001", "warning")
    assert "5 lessons, in the mean 3.5 of them" in short.finding.working
    assert not Examined(tmp_path, lasts(4), stem="secondary-linden").reports("TRO001")
    assert not Examined(tmp_path, lasts(0), stem="secondary-linden").reports("TRO001")


def test_air001_spreads_devices_where_the_controller_does(tmp_path: Path) -> None:
    def twice(balancing: str) -> Edit:
        def edit(document: dict[str, Any]) -> None:
            # Two access points at one place in the middle of the school, the second 2 dB weaker; nothing else.
            network(document)["access_points"] = [
                {"id": f"AP-{n}", "model": "wifi6-4x4", "floor": "G", "at_m": [40, 9], "switch": "core",
                 "radios": {"5": {"channel": 36 + 4 * n, "power_dbm": 14 - 2 * n}, "2.4": "off"}}
                for n in range(2)
            ]  # fmt: skip
            document["simulate"]["air"] = {"load_balancing": balancing}

        return edit

    def most(examined: Examined) -> int:
        return max(int(report.finding.message.split()[0]) for report in examined.reports("AIR001"))

    alone, balanced = most(Examined(tmp_path, twice("off"))), most(Examined(tmp_path, twice("clients")))
    assert balanced == pytest.approx(alone / 2, abs=1)


def test_air005_wants_clear_channels(tmp_path: Path) -> None:
    def channel(number: int) -> Edit:
        def edit(document: dict[str, Any]) -> None:
            point(document)["radios"]["2.4"]["channel"] = number

        return edit

    report = Examined(tmp_path, channel(3)).only("AIR005", "warning")
    assert "AP-C05-06 3 (20 MHz)" in report.finding.working
    assert not Examined(tmp_path).reports("AIR005")

    def four(document: dict[str, Any]) -> None:  # the European plan of four
        for index, number in enumerate((1, 5, 9, 13)):
            point(document, index)["radios"]["2.4"]["channel"] = number

    assert not Examined(tmp_path, four).reports("AIR005")


def test_air006_says_why_nobody_is_served_together(tmp_path: Path) -> None:
    def switched(kind: str) -> Edit:
        def edit(document: dict[str, Any]) -> None:
            document["simulate"]["air"] = {"multi_user": {"kind": kind, "users": 4}}

        return edit

    # Brookside has Wi-Fi 4 and 5; Fellside Wi-Fi 6 with two streams: parts of the channel, or a stream for each of two.
    report = Examined(tmp_path, switched("ofdma")).only("AIR006", "warning")
    assert report.finding.working == "802.11n has no OFDMA; 802.11ac has no OFDMA"
    assert report.finding.place.key_path == "simulate.air.multi_user"
    assert not Examined(tmp_path).reports("AIR006")
    for kind in ("ofdma", "mu-mimo"):
        assert not Examined(tmp_path, switched(kind), stem="rural-fellside").reports("AIR006")


def test_cal001_knows_weekends_and_terms(tmp_path: Path) -> None:
    whole = Examined(tmp_path)
    wave = whole.site.waves[0]
    saturday = wave.date + dt.timedelta(days=5 - wave.date.weekday())

    def weekend(document: dict[str, Any]) -> None:
        document["waves"][0]["date"] = saturday.isoformat()

    report = next(r for r in Examined(tmp_path, weekend).reports("CAL001") if r.finding.severity == "warning")
    assert "Saturday" in report.finding.working
    assert report.finding.subject == wave.id
    assert not [r for r in whole.reports("CAL001") if r.finding.severity == "warning"]

    def holidays(document: dict[str, Any]) -> None:
        document["timetable"]["terms"] = [{"name": "Summer", "first": "2030-06-03", "last": "2030-07-19"}]

    outside = Examined(tmp_path, holidays)
    assert all("State the terms" in r.finding.fix for r in outside.reports("CAL001") if r.finding.severity == "warning")
    assert all("outside all terms" in r.finding.working for r in outside.reports("CAL001"))
    assert len(outside.reports("CAL001")) >= len(outside.site.waves)


def test_cal001_keeps_hand_outs_and_tests_apart(tmp_path: Path) -> None:
    whole = Examined(tmp_path)
    wave = whole.site.waves[-1]

    def tests(document: dict[str, Any]) -> None:
        first, last = (wave.date + dt.timedelta(days=days) for days in (-1, 1))
        document["timetable"]["assessments"] = [
            {"name": "SATs", "first": first.isoformat(), "last": last.isoformat()},
            {"name": "late", "first": "2031-01-06", "last": "2031-01-07"},
        ]
        document["timetable"]["terms"] = [{"name": "all", "first": "2026-09-01", "last": "2027-12-17"}]

    found = {
        r.finding.subject: r for r in Examined(tmp_path, tests).reports("CAL001") if r.finding.severity == "warning"
    }
    assert "handed out while a test is on" in found[f"{wave.id} test"].finding.message
    assert "outside all terms" in found["late"].finding.message
    assert len(found) == 2


def test_dev001_compares_the_pool_with_what_is_missing(tmp_path: Path) -> None:
    def careless(document: dict[str, Any]) -> None:
        document["programme"] |= {"pool_share": 0.03, "fault_share": 0.02, "forgotten_share": 0.05}

    short = Examined(tmp_path, careless)
    report = short.only("DEV001", "warning")
    devices = short.case.handed_out(short.site.stages[-1])
    # 7 % are missing, 3 % (rounded up) are spare.
    assert f"= {devices * 0.07:.0f} missing; pool 3 % = {-(-devices * 3 // 100)}" in report.finding.working
    assert f"pool_share: {0.07:g}" in report.finding.fix

    def careful(document: dict[str, Any]) -> None:
        document["programme"] |= {"pool_share": 0.08, "fault_share": 0.02, "forgotten_share": 0.05}

    assert not Examined(tmp_path, careful).reports("DEV001")


def test_dev001_knows_what_cannot_be_forgotten(tmp_path: Path) -> None:
    def opting_out(document: dict[str, Any]) -> None:
        document["programme"] |= {
            "model": "take-home",
            "opt_out_share": 0.5,
            "forgotten_share": 0.05,
            "pool_share": 0.0,
        }

        document["programme"].pop("lessons_per_charge")

    found = Examined(tmp_path, opting_out, stem="secondary-linden")
    stage = found.site.stages[-1]
    carried = sum(block.keys.size for block in found.case.given(stage) if block.goes_home)
    assert 0.4 < carried / found.case.handed_out(stage) < 0.6
    assert f"and {0.05 * carried:.0f} forgotten (5 %)" in found.only("DEV001", "warning").finding.working


def test_dev001_tells_a_school_without_devices_of_its_own_and_does_not_warn_it() -> None:
    site = read_site(ROOT / "sites" / "linden-byod.yaml")
    reports = check_site(site, read_lines(ROOT / "sites" / "linden-byod.yaml"), names=("DEV001",))
    assert [report.finding.severity for report in reports] == ["note"]
    # 420 x (2 % faulty + 5 % forgotten) = 29 pupils.
    assert "29 pupils go without" in reports[0].finding.message


def test_departments_take_part_in_the_rules_of_pool_hand_out_and_trolleys(tmp_path: Path) -> None:
    def science(document: dict[str, Any]) -> None:
        arrival = {"slots": 2, "slot_min": 1, "profile": "enrolment"}
        document["waves"] = [{"id": "labs", "date": "2027-01-11", "who": {"department": "science"}, "arrival": arrival}]
        document["programme"] |= {"pool_share": 0.0, "fault_share": 0.1, "lessons_per_charge": 1}

    found = Examined(tmp_path, science, stem="secondary-linden")
    stage = found.site.stages[-1]
    sets = [one.block.keys.size for one in found.case.population(stage).sets]
    assert found.case.handed_out(stage) == sum(sets) > 0
    assert f"{sum(sets):,} devices, of which {0.1 * sum(sets):.0f} faulty" in found.reports("DEV001")[0].finding.working
    # Half of the sets, in the order of the timetable, in each of two slots.
    half = len(sets) - len(sets) // 2
    assert f"{max(sum(sets[:half]), sum(sets[half:])):,} devices x" in found.reports("ENR001")[0].finding.working
    rooms = {one.room_id for one in found.case.population(stage).sets}
    assert found.reports("TRO001")[0].finding.working.split(" on ")[0] in rooms
    assert found.case.updating(stage, "", stays=True) == sum(sets)


def test_room001_and_dev002_compare_rooms_with_classes(tmp_path: Path) -> None:
    oakfield = Examined(tmp_path, stem="secondary-oakfield")
    assert not oakfield.reports("ROOM001")
    assert not oakfield.reports("DEV002")

    def small(document: dict[str, Any]) -> None:
        document["devices"]["already"]["it-room-1"]["count"] = 5

    assert Examined(tmp_path, small, stem="secondary-oakfield").only("DEV002", "note").finding.subject == "it-room-1"


def test_dev002_tells_of_a_room_that_is_retired_too_early(tmp_path: Path) -> None:
    def retired(date: str) -> Edit:
        def edit(document: dict[str, Any]) -> None:
            document["waves"] = [
                {"id": "first", "date": "2027-01-11", "who": {"year": "7"}, "arrival": {"enrol": False}},
                {"id": "rest", "date": "2027-02-22", "who": "everyone", "arrival": {"enrol": False}},
            ]
            document["devices"]["already"]["it-room"]["retired_on"] = date

        return edit

    early = Examined(tmp_path, retired("2027-01-11"), stem="secondary-linden")
    taught = {lesson.class_id for lesson in early.site.timetable.lessons if lesson.room_id == "IT1"}
    older = [name for name in taught if not name.startswith("7")]
    report = early.only("DEV002", "warning")
    assert f"{len(older)} classes taught there have no devices" in report.finding.message
    assert (report.since, report.until) == ("first", "rest")
    late = Examined(tmp_path, retired("2027-02-22"), stem="secondary-linden")
    assert not [r for r in late.reports("DEV002") if r.finding.severity == "warning"]


def test_room001_counts_seats(tmp_path: Path) -> None:
    def tight(document: dict[str, Any]) -> None:
        for room in document["building"]["floors"][0]["rooms"]:
            if room["kind"] == "classroom":
                room["seats"] = 5

    crowded = Examined(tmp_path, tight)
    report = crowded.reports("ROOM001")[0]
    assert "pupils, 5 seats" in report.finding.working
    assert not Examined(tmp_path).reports("ROOM001")


def test_the_page_of_rules_is_up_to_date() -> None:
    page = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    assert rules_page() in page, "write the table of rules_page() into docs/checks.md"


def test_rules_are_named_after_themselves() -> None:
    assert all(rule.name == name and rule.summary for name, rule in RULES.items())
