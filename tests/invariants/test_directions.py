"""Changes whose direction everybody knows, made in the YAML of shipped sites, seen by the same users."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from support.edited import edited_site, late_share, typical_day

from wifisim.inputs.site import Site
from wifisim.results.records import DayRecord
from wifisim.simulation.stage import build_models


def column(site: Site, resource_id: str) -> int:
    return [resource.id for resource in build_models(site)[-1].network.resources].index(resource_id)


def line_use(site: Site, day: DayRecord) -> float:
    """Mean use of the internet line's download direction over the day."""
    return float(day.utilisation[:, column(site, "line:down")].mean())


def air_use(day: DayRecord, site: Site) -> np.ndarray:
    """95th percentile of the use of every 5 GHz air resource."""
    ids = [resource.id for resource in build_models(site)[-1].network.resources]
    return np.array(
        [np.quantile(day.utilisation[:, i], 0.95) for i, name in enumerate(ids) if name.startswith("air:5")]
    )


def test_doubling_the_line_makes_a_slow_school_quicker(tmp_path: Path) -> None:
    def double(document: dict[str, Any]) -> None:
        main = document["network"]["wan"]["main"]
        main["down_mbps"] *= 2
        main["up_mbps"] *= 2

    before, after = edited_site("rural-fellside", tmp_path), edited_site("rural-fellside", tmp_path, double)
    slow, quick = typical_day(before), typical_day(after)
    assert line_use(after, quick) < line_use(before, slow)
    assert late_share(quick) < late_share(slow)


def _all_on_one_channel(document: dict[str, Any]) -> None:
    for point in document["network"]["access_points"]:
        point["radios"] = {"5": {"channel": 36, "width_mhz": 20, "power_dbm": 14}, "2.4": "off"}


def _own_channels(document: dict[str, Any]) -> None:
    _all_on_one_channel(document)
    channels = [36, 40, 44, 48, 52, 56, 60, 64, 100, 104, 108, 112, 116, 120, 124, 128, 132, 136, 140]
    for number, point in enumerate(document["network"]["access_points"]):
        radio = point["radios"]["5"]
        del radio["channel"]
        count = len(point.get("rooms", [0]))
        radio["channels"] = [channels[(number + k) % len(channels)] for k in range(count)]
        if "rooms" not in point:
            radio["channel"] = radio.pop("channels")[0]


def test_one_channel_for_all_is_worse_than_a_channel_each(tmp_path: Path) -> None:
    crowded = edited_site("primary-brookside", tmp_path, _all_on_one_channel)
    spread = edited_site("primary-brookside", tmp_path, _own_channels)
    worse, better = typical_day(crowded), typical_day(spread)
    assert air_use(worse, crowded).max() > air_use(better, spread).max()
    assert late_share(worse) >= late_share(better)


def _move_one(channel: int) -> Any:
    def edit(document: dict[str, Any]) -> None:
        _all_on_one_channel(document)
        document["network"]["access_points"][0]["radios"]["5"]["channel"] = channel

    return edit


def test_moving_one_access_point_to_a_free_channel_helps_its_own_air(tmp_path: Path) -> None:
    crowded = edited_site("primary-brookside", tmp_path, _move_one(36))
    moved = edited_site("primary-brookside", tmp_path, _move_one(100))
    assert air_use(typical_day(moved), moved).max() <= air_use(typical_day(crowded), crowded).max()
    # Hardly anything is late either way: of some 30,000 transfers a few change sides with every change.
    assert late_share(typical_day(moved)) <= late_share(typical_day(crowded)) + 1e-4


def _one_more(channel: int) -> Any:
    """A second access point in the middle of the first one's place, all others on channel 36."""

    def edit(document: dict[str, Any]) -> None:
        _all_on_one_channel(document)
        first = document["network"]["access_points"][0]
        extra = {key: value for key, value in first.items() if key not in {"id", "room", "rooms", "floor", "at_m"}}
        extra["radios"] = {"5": {**first["radios"]["5"], "channel": channel}, "2.4": "off"}
        extra["id"], extra["room"] = "AP-EXTRA", "C01"
        document["network"]["access_points"].append(extra)

    return edit


def test_one_more_access_point_helps_on_a_free_channel_and_not_on_a_busy_one(tmp_path: Path) -> None:
    base = edited_site("primary-brookside", tmp_path, _all_on_one_channel)
    free = edited_site("primary-brookside", tmp_path, _one_more(100))
    busy = edited_site("primary-brookside", tmp_path, _one_more(36))
    plain, helped, crowded = typical_day(base), typical_day(free), typical_day(busy)
    # The busiest air is another's; who waits less on its own asks a little sooner, which moves it by less than 1 %.
    assert air_use(helped, free).max() <= 1.01 * air_use(plain, base).max()
    assert late_share(helped) <= late_share(plain)
    # On the busy channel the new radio's beacons and probes come off the same air.
    assert air_use(crowded, busy).max() >= 0.98 * air_use(plain, base).max()


def test_a_wave_less_is_a_load_less(tmp_path: Path) -> None:
    def fewer(document: dict[str, Any]) -> None:
        document["waves"].pop()

    whole, part = edited_site("secondary-oakfield", tmp_path), edited_site("secondary-oakfield", tmp_path, fewer)
    full, less = typical_day(whole), typical_day(part)
    assert less.flows < full.flows
    assert line_use(part, less) < line_use(whole, full)


def test_a_disabled_radio_has_no_clients(tmp_path: Path) -> None:
    def off(document: dict[str, Any]) -> None:
        document["network"]["access_points"][0]["radios"] = {"5": "off", "2.4": "off"}

    site = edited_site("primary-brookside", tmp_path, off)
    silent = {point.id for point in site.stages[-1].network.access_points if not any(r.enabled for r in point.radios)}
    assert silent
    assert not silent & {placed.access_point_id for placed in build_models(site)[-1].radios}
    assert typical_day(site).clients.sum() > 0
