"""What a site is judged by: the project's own targets, and the criteria of the standards it names.

The own targets come from the site file (``targets:``); they are labelled as such, so that nobody takes them for a
standard. A standard counts when it is written for the site's phase; where the site sets another target than the
standard's own, the origin says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from wifisim.inputs.catalog import Criterion, Standard
from wifisim.inputs.site import Site, Targets
from wifisim.results.phrases import bound_text
from wifisim.results.records import CriterionFacts

OWN_ORIGIN = "the school's own target"
# The school's own limits on use: elastic transfers and adaptive video fill what is free, so a full resource is short of
# reserve while lessons still work. A standard that sets such a limit decides all the same: somebody asked for it.
RESERVE = ("airtime_busy_quarter", "line_utilisation_busy_quarter", "filter_utilisation_busy_quarter")
OVERRIDDEN = OWN_ORIGIN + " ({standard} asks for {asked})"


def criteria_for(site: Site) -> tuple[CriterionFacts, ...]:
    """The criteria of a site: own targets first, then the chosen standards in the order the site names them."""
    return own_criteria(site.targets) + standard_criteria(site)


def own_criteria(targets: Targets) -> tuple[CriterionFacts, ...]:
    """The criteria behind ``targets:``."""
    devices = f"{targets.devices_good_share:.0%}"
    line_max = targets.line_utilisation_max

    def own(metric: str, label: str, comparison: str, target: float, unit: str) -> CriterionFacts:
        return CriterionFacts(metric, label, metric, comparison, target, unit, OWN_ORIGIN, reserve=metric in RESERVE)

    return (
        own("lessons_good_share", f"Lessons that work for {devices} of devices", "at_least",
            targets.lessons_good_share, "share"),
        own("cloud_save_p95_s", "Saving to the cloud, 95th percentile", "at_most", targets.cloud_save_p95_s, "s"),
        own("airtime_busy_quarter", "Airtime of the busiest channel, busiest 15 minutes", "at_most",
            targets.airtime_max, "share"),
        own("line_utilisation_busy_quarter", "Use of the internet line, busiest 15 minutes", "at_most",
            line_max, "share"),
        own("filter_utilisation_busy_quarter", "Use of the filter, busiest 15 minutes", "at_most", line_max, "share"),
        own("room_rssi_min_dbm", "Signal in the worst room", "at_least", targets.coverage_rssi_dbm, "dBm"),
        own("unassociated_devices", "Devices that find no Wi-Fi", "at_most", 0.0, "devices"),
    )  # fmt: skip


def standard_criteria(site: Site) -> tuple[CriterionFacts, ...]:
    """The criteria of the standards that the site names and that are written for its phase."""
    return tuple(
        _of_standard(standard, criterion, site.targets.override)
        for standard in (site.catalog.standards[name] for name in site.targets.standards)
        if not standard.phases or site.phase in standard.phases
        for criterion in standard.criteria
    )


def _of_standard(standard: Standard, criterion: Criterion, override: Mapping[str, float]) -> CriterionFacts:
    target = override.get(f"{standard.id}.{criterion.id}", criterion.target)
    asked = bound_text(criterion.comparison, criterion.target, criterion.unit)
    changed = OVERRIDDEN.format(standard=standard.label, asked=asked)
    return CriterionFacts(
        f"{standard.id}:{criterion.id}",
        criterion.label,
        criterion.metric,
        criterion.comparison,
        target,
        criterion.unit,
        standard.label if target == criterion.target else changed,
    )
