"""The shipped profiles' own data: mean rates against published check sums, evidence, and how much one day asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from wifisim.inputs.profile import Activity
from wifisim.inputs.reader import read_site
from wifisim.inputs.site import Site

SITES = Path(__file__).parents[2] / "sites"
PROFILES = Path(__file__).parents[2] / "profiles"
SHIPPED = ("primary-brookside", "secondary-oakfield", "rural-fellside", "us-jefferson-high")


@pytest.fixture(scope="module", params=SHIPPED)
def site(request: pytest.FixtureRequest) -> Site:
    return read_site(SITES / f"{request.param}.yaml")


@pytest.fixture(scope="module")
def oakfield() -> Site:
    return read_site(SITES / "secondary-oakfield.yaml")


def _mean_bps(activity: Activity) -> float:
    """Mean rate of a closed loop whose transfers take no time: what it asks of an idle network."""
    if activity.kind == "call":
        return activity.rate_bps
    if activity.kind == "stream":
        return activity.ladder_bps[-1]
    return activity.size_bytes.mean() * (1 - activity.browser_hit_share) * 8 / activity.think_s.mean()


def test_every_activity_and_profile_has_evidence_and_a_target(site: Site) -> None:
    for activity in site.activities.values():
        assert activity.evidence.source, activity.id
        assert activity.good_s > 0, activity.id
        assert activity.service_id in site.catalog.services, activity.id
        if activity.evidence.confidence == "A":
            assert not activity.evidence.source.startswith("our choice"), activity.id
    for profile in site.profiles.values():
        assert profile.evidence.source, profile.id
        assert 1 <= len(profile.activities) <= 7, profile.id
        assert profile.device_share <= profile.device_share_one_to_one, profile.id


def test_page_size_is_the_almanac_s(oakfield: Site) -> None:
    # Web Almanac 2024: median 2.65 MB (desktop), 2.31 MB (mobile); sigma = ln(6.0 / 1.9) / 1.2816 = 0.897 from the 2019
    # ratio of p90 to median, so p90 = 2.5 MB x exp(1.2816 x 0.90) = 7.9 MB and the mean of the untruncated law
    # 2.5 MB x exp(0.90^2 / 2) = 3.75 MB; cutting at 40 MB takes off a little.
    size = oakfield.activities["web-research"].size_bytes
    assert 2.3e6 <= size.quantile(0.5) <= 2.7e6
    assert size.quantile(0.9) == pytest.approx(7.9e6, rel=0.03)
    assert size.mean() == pytest.approx(3.75e6, rel=0.03)


def test_web_research_is_between_casual_and_instructional(oakfield: Site) -> None:
    # Cisco: 0.5 Mbit/s casual, 1 Mbit/s instructional; 3.7 MB x 0.85 x 8 / 30 s = 0.84 Mbit/s.
    assert 0.5e6 <= _mean_bps(oakfield.activities["web-research"]) <= 1.0e6


def test_writing_needs_what_google_plans_for(oakfield: Site) -> None:
    # Google and CDW: 200-500 kbit/s for each Chromebook on the web and in Drive at the same time, as a minimum.
    for key in ("ks3-writing", "ks4-writing"):
        profile = oakfield.profiles[key]
        loops = [part for part in profile.activities if not oakfield.activities[part.activity_id].count]
        busy_bps = sum(part.share * _mean_bps(oakfield.activities[part.activity_id]) for part in loops)
        assert 150e3 <= busy_bps <= 500e3, key


def test_small_periodic_activities_meet_their_check_sums(oakfield: Site) -> None:
    published_bps = {
        "test-items": (20e3, 0.05),  # Smarter Balanced, at least 20 kbit/s a pupil
        "monitor-telemetry": (5e6 * 8 / 3600, 0.01),  # Impero, 5 MB an hour = 11.1 kbit/s
        "monitor-thumbnails": (5e3, 0.10),  # between Impero's 1-3 kbit/s and 27 kbit/s
    }
    for key, (rate_bps, tolerance) in published_bps.items():
        assert _mean_bps(oakfield.activities[key]) == pytest.approx(rate_bps, rel=tolerance), key
    # NetEqualizer brackets cloud tests and apps: 150 kbit/s, with video 1,500.
    assert 150e3 <= _mean_bps(oakfield.activities["adaptive-app"]) <= 500e3
    assert 5e3 <= _mean_bps(oakfield.activities["background"]) <= 20e3  # the facts' bracket for a device at rest


def test_a_class_of_thirty_on_a_test_needs_0_6_mbps(oakfield: Site) -> None:
    # 30 x 20 kbit/s = 0.6 Mbit/s; a cold start of 30 x 2.2 MB = 66 MB.
    assert 30 * _mean_bps(oakfield.activities["test-items"]) == pytest.approx(0.6e6, rel=0.05)
    assert 30 * oakfield.activities["test-start"].size_bytes.mean() == pytest.approx(66e6)


def test_a_broadcast_to_thirty_needs_45_mbps(oakfield: Site) -> None:
    # Impero: about 1.5 Mbit/s a receiver, unicast, inside the school.
    broadcast = oakfield.activities["teacher-broadcast"]
    assert 30 * broadcast.rate_bps == pytest.approx(45e6)
    assert broadcast.peers


def test_enrolment_is_225_mb(oakfield: Site) -> None:
    # Intune: 125 + 15 + 65 + 11 + 3 + 6 MB; thirty devices 6.75 GB, nine minutes at 100 Mbit/s.
    enrol = oakfield.activities["mdm-enrol"]
    assert enrol.size_bytes.mean() == (125 + 15 + 65 + 11 + 3 + 6) * 1e6
    assert 30 * enrol.size_bytes.mean() * 8 / 100e6 == pytest.approx(9 * 60)


def test_calls_stay_inside_the_measured_range(oakfield: Site) -> None:
    # MacMillan et al. 2021: 0.8-1.9 Mbit/s unconstrained.
    for key in ("call-up", "call-down"):
        assert 0.8e6 <= oakfield.activities[key].rate_bps <= 1.9e6


def test_bluebook_is_0_2_mbps_each_way() -> None:
    high = read_site(SITES / "us-jefferson-high.yaml")
    for key, direction in (("bluebook-down", "down"), ("bluebook-up", "up")):
        activity = high.activities[key]
        assert activity.direction == direction
        assert _mean_bps(activity) == pytest.approx(0.2e6)


def test_a_device_hour_stays_affordable(site: Site) -> None:
    # The engine should not see much more than 400 transfers an hour from any kind of lesson: a school day of 1,000
    # devices then stays below a million transfers.
    for profile in site.profiles.values():
        transfers = 0.0
        for part in profile.activities:
            activity = site.activities[part.activity_id]
            length_s = 3600 * (part.to_share - part.from_share)
            if activity.kind in {"call", "stream"}:
                count = length_s / activity.chunk_s
            else:
                count = length_s / max(activity.think_s.mean(), 1.0)
            transfers += part.share * (min(count, activity.count) if activity.count else count)
        assert transfers < 450, profile.id


def test_days_that_are_not_like_others_have_their_profiles(site: Site) -> None:
    assert {"assessment", "os-update", "enrolment"} <= set(site.profiles)
    assert {wave.arrival.profile_id for wave in site.waves} <= set(site.profiles)


def test_devices_are_used_more_once_everyone_has_one(site: Site) -> None:
    taught = {lesson.profile_id for lesson in site.timetable.lessons}
    shares = [(site.profiles[p].device_share, site.profiles[p].device_share_one_to_one) for p in sorted(taught)]
    assert sum(after for _, after in shares) > 1.5 * sum(before for before, _ in shares)
    assert max(after for _, after in shares) <= 0.9


def test_use_before_a_roll_out_is_what_teachers_report() -> None:
    # DfE Technology in Schools 2024-25: most teachers use pupil devices in fewer than a quarter of their lessons.
    for name in ("secondary-oakfield", "primary-brookside"):
        site = read_site(SITES / f"{name}.yaml")
        lessons = [lesson for lesson in site.timetable.lessons if lesson.subject != "tutor"]
        mean = sum(site.profiles[lesson.profile_id].device_share for lesson in lessons) / len(lessons)
        assert 0.08 <= mean <= 0.25, name


@pytest.mark.parametrize(("stage", "before", "after"), [("KS3", 0.20, 2.7), ("KS4", 0.21, 3.2)])
def test_lessons_with_devices_are_between_what_pisa_found(stage: str, before: float, after: float) -> None:
    # PISA 2022, 15-year-olds: 2.0 hours of a school day on average, 3.8 in Denmark, where nearly all have a device.
    # A week of the generator has five lessons of an hour a day; DfE: fewer than a quarter of lessons before.
    secondary = yaml.safe_load((PROFILES / "secondary.yaml").read_text(encoding="utf-8"))["profiles"]
    subjects = yaml.safe_load((PROFILES / "secondary-subjects.yaml").read_text(encoding="utf-8"))["subjects"]
    week = [
        (subject["periods_per_week"][stage], secondary[subject["profile"][stage]])
        for subject in subjects.values()
        if stage in subject.get("periods_per_week", {})
    ]
    assert sum(periods for periods, _ in week) == 25
    assert sum(n * profile["device_share"] for n, profile in week) / 25 == pytest.approx(before, abs=0.01)
    hours = sum(n * profile["device_share_one_to_one"] for n, profile in week) / 5
    assert hours == pytest.approx(after, abs=0.05)
    assert 2.0 < hours < 3.8
