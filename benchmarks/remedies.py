"""Runs each pair of files in sites/remedies and puts the figures into the tables of docs/remedies.md.

``python benchmarks/remedies.py [TEXT]`` (with TEXT only pairs whose name contains it). ``NAME.yaml`` is a storm or a
fault at a shipped school, ``NAME-helped.yaml`` the same with its remedy. Both go through ``wifisim run``; the figures
are read from the result folders: the last stage, means over the replications.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wifisim.results.latency import latency_quantile_s
from wifisim.results.records import SLOT_S, DayRecord
from wifisim.results.store import read_results
from wifisim.units import seconds_from_clock

ROOT = Path(__file__).resolve().parent.parent
SITES = ROOT / "sites" / "remedies"
PAGE = ROOT / "docs" / "remedies.md"
FULL = 0.98
HELPED = "-helped"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is looked at: days of one stage, the names of their axes, from and to in seconds of the day."""

    days: Sequence[DayRecord]
    activities: Sequence[str]
    resources: Sequence[str]
    from_s: float
    to_s: float


Figure = Callable[[Seen], float]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of which less is better, and how it is told."""

    figure: Figure
    told: Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Case:
    """A pair of files, what happens and helps in words, when it is looked at, and by which measures."""

    name: str
    happens: str
    remedy: str
    span: tuple[str, str]
    measures: tuple[Measure, ...]

    def seen(self, days: Sequence[DayRecord], activities: Sequence[str], resources: Sequence[str]) -> Seen:
        """The days in this case's span."""
        from_s, to_s = map(seconds_from_clock, self.span)
        return Seen(days, activities, resources, from_s, to_s)


def _badly_served(seen: Seen) -> float:
    lessons = [
        lesson
        for day in seen.days
        for lesson in day.lessons
        if lesson.start_s < seen.to_s and lesson.end_s > seen.from_s
    ]
    return 100.0 * (1.0 - sum(lesson.good_devices for lesson in lessons) / sum(lesson.devices for lesson in lessons))


def _time(seconds: float) -> str:
    """A duration as one says it."""
    if seconds < 0.1:
        return "a tenth of a second"
    return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _slow(activity: str, what: str, share: float = 0.95) -> Measure:
    """Seconds that a share of these transfers stay below; cut off at a bell they count with the time until then."""

    def figure(seen: Seen) -> float:
        mine = [number for number, name in enumerate(seen.activities) if name.split("@")[0] == activity]
        counts = np.zeros(seen.days[0].latency_by_time.shape[-1], dtype=np.int64)
        for day in seen.days:
            first, last = (max(0, int((time_s - day.start_s) // SLOT_S)) for time_s in (seen.from_s, seen.to_s))
            counts += day.latency_by_time[mine, first:last].sum(axis=(0, 1))
        return latency_quantile_s(counts, share) if counts.any() else 0.0

    return Measure(figure, lambda seconds: f"{share:.0%} of {what} within {_time(seconds)}")


def _minutes(day: DayRecord, seen: Seen, over: np.ndarray) -> float:
    first, last = (max(0, round((time_s - day.start_s) / day.bin_s)) for time_s in (seen.from_s, seen.to_s))
    return float(over[first:last].sum()) * day.bin_s / 60.0


def _line_full(seen: Seen) -> float:
    line = seen.resources.index("line:down")
    return float(np.mean([_minutes(day, seen, day.utilisation[:, line] > FULL) for day in seen.days]))


def _without_wifi(seen: Seen) -> float:
    return float(np.mean([_minutes(day, seen, day.without_wifi) for day in seen.days]))


def _waited_h(seen: Seen) -> float:
    return float(np.mean([outage.lost_s / 3600.0 for day in seen.days for outage in day.outages]))


def _hit(seen: Seen) -> float:
    return float(np.mean([outage.devices_hit for day in seen.days for outage in day.outages]))


def _most_waiting(seen: Seen) -> float:
    return float(np.mean([outage.waiting_bytes / 1e6 for day in seen.days for outage in day.outages]))


BADLY = Measure(_badly_served, "{:.0f} % of devices in lessons badly served".format)
LINE = Measure(_line_full, "line full for {:.0f} min".format)
NO_WIFI = Measure(_without_wifi, "{:,.0f} device-minutes without Wi-Fi".format)
HIT = Measure(_hit, "{:.0f} devices badly served because of it".format)
WAITED = Measure(_waited_h, "{:.1f} h of waiting at all devices together".format)
UNSAVED = Measure(_most_waiting, "at most {:.1f} MB of saves waiting".format)

MORNING = ("09:00", "11:00")
STORMS = (
    Case("sign-in", "The whole school signs in anew after the bell (Fellside)", "class by class within 40 minutes",
         ("09:00", "10:00"), (_slow("sign-in-first", "sign-ins"), LINE)),
    Case("login-server", "Devices log in by name at a server that takes one a second, after every bell (Linden)",
         "802.11r: one login counts for all access points", ("08:30", "15:10"), (NO_WIFI,)),
    Case("lesson-start", "Everybody opens the same page now (Fellside)", "in the course of 40 minutes",
         ("09:00", "10:00"), (_slow("page-together", "pages"),)),
    Case("submit", "Work is due at 09:40 in the whole school (Fellside)", "due in the course of a quarter of an hour",
         ("09:35", "10:05"), (_slow("deadline-submit", "hand-ins"),)),
    Case("exam-start", "Everybody opens the same online test (Fellside)", "within half an hour",
         ("09:00", "10:00"), (_slow("test-start", "tests"),)),
    Case("broadcast", "Teachers' screens on every device, over Wi-Fi of 2012 (Brookside)",
         "a Wi-Fi 6 access point in every junior classroom", ("09:50", "10:40"),
         (_slow("teacher-broadcast", "pieces of the picture"), BADLY)),
    Case("morning-sync", "Devices come from home and catch up before the bell (Fellside)", "fibre",
         ("08:20", "08:40"), (_slow("morning-pull", "devices"),)),
    Case("hand-out", "Windows laptops for all are handed out and enrolled in one hour (Linden)",
         "five slots of an hour, class by class", ("09:00", "15:10"), (BADLY, _slow("mdm-enrol", "enrolments"))),
    Case("app-install", "The infants' iPads are handed out and install their apps (Brookside)",
         "a content cache in the office", ("09:00", "15:10"), (LINE, BADLY, _slow("app-install", "apps"))),
    Case("app-update", "Apps update in the first lesson (Fellside, devices go home)", "in the evening, at home",
         MORNING, (LINE, BADLY)),
    Case("antivirus", "All devices ask for antivirus definitions in one minute (Fellside)", "within half an hour",
         ("09:25", "10:05"), (_slow("antivirus-definitions", "devices"),)),
    Case("update-chromeos", "Chromebooks update at their first use (Brookside)", "scatter, over a fortnight",
         MORNING, (LINE, BADLY)),
    Case("update-windows", "Windows laptops update at their first use (Linden, no cache)",
         "Delivery Optimization: half of it from each other", MORNING, (LINE, BADLY)),
    Case("update-ipados", "iPads update at their first use (Linden, no cache)", "Apple content cache in the office",
         MORNING, (LINE, BADLY)),
)  # fmt: skip
FAULTS = (
    Case("line-down", "The line is down 10:00-10:40, no backup (Fellside)", "the 4G router takes over after 45 s",
         ("10:00", "11:00"), (HIT, WAITED, UNSAVED)),
    Case("both-lines-down", "The line is down 10:00-10:40 and the backup is dead, unnoticed (Fellside)",
         "the backup is tested in the holidays", ("10:00", "11:00"), (WAITED, UNSAVED)),
    Case("names-down", "Name service (DNS) is down 10:00-10:40, devices know one resolver (Fellside)",
         "they know a second one", ("10:00", "11:00"), (WAITED, HIT)),
    Case("access-point-down", "The access point of two classes is dead 10:00-11:00 (Hillside, the first school)",
         "one more next door", ("10:00", "11:00"), (NO_WIFI,)),
    Case("switch-down", "The juniors' switch is dead 10:00-10:40 (Brookside)",
         "every other access point on the other switch", ("10:00", "11:00"), (HIT, WAITED, NO_WIFI)),
    Case("filter-down", "The filter lets nothing through 10:00-10:40 (Fellside)",
         "it fails open (`bypass`): nothing is held back, and nothing inspected", ("10:00", "11:00"), (HIT, WAITED)),
    Case("service-down", "The app store is down 09:00-09:40 while iPads are handed out (Brookside, no cache)",
         "a content cache in the office", ("09:00", "10:40"), (WAITED, _slow("app-install", "apps"))),
    Case("service-throttled", "Windows updates at no more than 100 Mbit/s for the school (Linden, no cache)",
         "a content cache in the office", ("09:00", "11:00"), (_slow("windows-update", "updates", 0.5),)),
    Case("service-slow", "Each answer of Google Docs takes 10 s longer, 10:00-10:40 (Fellside)", "",
         ("10:00", "11:00"), (HIT, WAITED)),
)  # fmt: skip


def seen_in(case: Case, stem: str) -> Seen:
    """Run a file of sites/remedies and read what the case looks at."""
    folder = ROOT / "results" / "remedies" / stem
    folder.parent.mkdir(parents=True, exist_ok=True)
    wifisim = Path(sys.executable).with_name("wifisim")
    site = SITES / f"{stem}.yaml"
    subprocess.run([wifisim, "run", site, "--out", folder, "--force", "--quiet", "--no-report"], check=True)  # noqa: S603
    results = read_results(folder)
    stage = results.stages[-1]
    days = [day for day in results.days if day.stage_id == stage.id]
    names = [activity.id for activity in results.run.activities]
    return case.seen(days, names, [resource.id for resource in stage.resources])


def told(case: Case, stem: str) -> str:
    """The case's figures in words."""
    seen = seen_in(case, stem)
    return "; ".join(measure.told(measure.figure(seen)) for measure in case.measures)


def row(case: Case) -> str:
    """One row of a table."""
    cells = [case.happens, f"[{case.name}](../sites/remedies/{case.name}.yaml)", told(case, case.name)]
    if case.remedy:
        stem = case.name + HELPED
        cells += [f"[{case.remedy}](../sites/remedies/{stem}.yaml)", told(case, stem)]
    else:
        cells += ["none that a school can buy", ""]
    return f"| {' | '.join(cells)} |"


def table(cases: Sequence[Case], page: str, wanted: str) -> str:
    """A table with a row for each case; rows that are not ``wanted`` stay as they stand on the page."""
    rows = []
    for case in cases:
        old = re.search(rf"^\|.*/{case.name}\.yaml\).*\|$", page, re.M)
        rows.append(row(case) if wanted in case.name or old is None else old[0])
    return "\n".join(["| what happens | file | as it is | remedy | with it |", "|--|--|--|--|--|", *rows])


def main() -> None:
    """Renew the tables in place."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    for name, cases in (("storms", STORMS), ("faults", FAULTS)):
        fresh = table(cases, PAGE.read_text("utf-8"), wanted)
        before, rest = PAGE.read_text("utf-8").split(f"<!-- {name}: benchmarks/remedies.py -->\n")
        after = rest[rest.index("<!-- end -->") :]
        PAGE.write_text(f"{before}<!-- {name}: benchmarks/remedies.py -->\n{fresh}\n{after}", "utf-8")


if __name__ == "__main__":
    main()
