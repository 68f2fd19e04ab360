"""The shipped catalogue's own data: evidence everywhere, and what the facts say about order and limits."""

from __future__ import annotations

from itertools import pairwise

import pytest

from wifisim.inputs.catalog import Catalog
from wifisim.inputs.profile import Evidence
from wifisim.inputs.resolve.catalogue import shipped_catalogue

BANDS = ("2.4", "5", "6")
GENERATIONS = ("n", "ac", "ax", "be")
PHASES = {"primary", "secondary", "all-through", "us-elementary", "us-middle", "us-high"}
# What results.metrics computes, and the figures of a stage that need no simulation.
METRICS = {
    "airtime_busy_quarter", "line_utilisation_busy_quarter", "filter_utilisation_busy_quarter",
    "uplink_utilisation_busy_quarter", "clients_per_radio_max", "room_rssi_min_dbm",
    "video_stall_share", "call_late_share", "line_down_mbps", "line_up_mbps", "line_down_mbps_per_pupil",
    "backup_line", "switch_uplink_mbps_min",
}  # fmt: skip


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return shipped_catalogue()


def _all_evidence(catalog: Catalog) -> list[tuple[str, Evidence]]:
    kinds = (catalog.materials, catalog.access_points, catalog.clients, catalog.services, catalog.standards)
    return [(key, entry.evidence) for kind in kinds for key, entry in kind.items()]


def test_every_entry_says_where_it_comes_from(catalog: Catalog) -> None:
    entries = _all_evidence(catalog)
    assert len(entries) > 60
    for key, evidence in entries:
        assert evidence.source, key
        if evidence.confidence == "A":
            assert "our choice" not in evidence.source, f"{key} claims a primary source for our own choice"


def test_loss_never_falls_as_the_frequency_rises(catalog: Catalog) -> None:
    # The planner's table rises by at least 1 dB a band for every material; the computed 200 mm slab rises too.
    for key, material in catalog.materials.items():
        low, middle, high = (material.loss_db[band] for band in BANDS)
        assert 0 < low < middle < high, key


def test_thicker_walls_cost_more(catalog: Catalog) -> None:
    rising = [
        ("plasterboard", "plasterboard-heavy"),
        ("brick", "brick-thick"),
        ("concrete", "concrete-thick"),
        ("glass", "glass-double"),
        ("glass-double", "glass-triple"),
        ("wood-floor", "concrete-slab"),
        ("brick", "concrete-block"),
        ("concrete-block", "concrete"),
    ]
    for thin, thick in rising:
        for band in BANDS:
            assert catalog.materials[thin].loss_db[band] < catalog.materials[thick].loss_db[band], (thin, thick, band)


def test_losses_as_published(catalog: Catalog) -> None:
    # The wall table of the planner that the file names (drywall, brick, concrete, one pane, concrete floor).
    published = {
        "plasterboard": (2, 3, 4),
        "brick": (4, 5, 7),
        "concrete": (12, 15, 18),
        "glass": (1, 2, 3),
        "wood-door": (4, 5, 6),
        "concrete-slab": (15, 18, 21),
    }
    for key, losses in published.items():
        assert tuple(catalog.materials[key].loss_db[band] for band in BANDS) == losses


def test_radios_respect_european_power_limits(catalog: Catalog) -> None:
    # EIRP: 20 dBm at 2.4 GHz, 23 dBm indoors on channels 36-64, 24 dBm at 6 GHz low-power indoor.
    limit_dbm = {"2.4": 20.0, "5": 23.0, "6": 24.0}
    for key, model in catalog.access_points.items():
        for radio in model.radios:
            assert radio.max_power_dbm + radio.antenna_gain_dbi <= limit_dbm[radio.band], (key, radio.band)


def test_generations_offer_what_their_standard_has(catalog: Catalog) -> None:
    # 802.11n: 40 MHz, four streams; ac: 160 MHz, not at 2.4 GHz; ax: 160 MHz; be: 320 MHz, at 6 GHz only.
    widest = {"n": 40, "ac": 160, "ax": 160, "be": 320}
    for key, model in catalog.access_points.items():
        for radio in model.radios:
            assert radio.max_width_mhz <= widest[radio.generation], key
            assert radio.max_width_mhz <= (40 if radio.band == "2.4" else 320 if radio.band == "6" else 160), key
            assert not (radio.generation == "ac" and radio.band == "2.4"), key
            assert not (radio.generation in {"n", "ac"} and radio.band == "6"), key
    assert {r.generation for m in catalog.access_points.values() for r in m.radios} == set(GENERATIONS)


def test_newer_classes_are_not_worse(catalog: Catalog) -> None:
    family = ["wifi4-2x2", "wifi5-2x2", "wifi6-2x2", "wifi7-2x2"]
    models = [catalog.access_points[key] for key in family]
    for older, newer in pairwise(models):
        assert newer.noise_figure_db <= older.noise_figure_db
        assert newer.uplink_bps >= older.uplink_bps
        assert newer.max_clients_per_radio >= older.max_clients_per_radio


def test_no_client_has_more_than_two_streams(catalog: Catalog) -> None:
    # Cisco Meraki community: any Wi-Fi 6 client is 2x2 at most; tablets of the 11n age have one stream.
    assert max(client.streams for client in catalog.clients.values()) == 2
    assert catalog.clients["tablet-11n"].streams == 1
    for key, client in catalog.clients.items():
        assert ("6" in client.bands) <= (client.generation in {"ax", "be"}), key
        assert client.roam_rssi_dbm >= -80, key


def test_apple_roams_as_apple_says(catalog: Catalog) -> None:
    # Apple HT203068: leaves below -70 dBm for 8 dB more while busy.
    assert (catalog.clients["ipad"].roam_rssi_dbm, catalog.clients["ipad"].roam_margin_db) == (-70.0, 8.0)


def test_services_stay_inside_the_published_brackets(catalog: Catalog) -> None:
    # Google asks Meet users for less than 50 ms, Microsoft less than 60 ms edge to edge.
    for key, service in catalog.services.items():
        assert 0 < service.rtt_s < 0.050, key
        assert service.server_s <= 0.080, key
        assert 1 <= service.setup_round_trips <= 3, key


def test_standards_ask_for_what_a_run_can_see(catalog: Catalog) -> None:
    for key, standard in catalog.standards.items():
        assert set(standard.phases) <= PHASES, key
        assert standard.date, key
        for criterion in standard.criteria:
            assert criterion.metric in METRICS, f"{key}.{criterion.id}"


def test_national_standards_as_published(catalog: Catalog) -> None:
    def target(standard: str, criterion: str) -> float:
        return next(c.target for c in catalog.standards[standard].criteria if c.id == criterion)

    assert target("dfe-broadband-primary-2022", "line-down") == 100
    assert target("dfe-broadband-primary-2022", "line-up") == 30
    assert target("dfe-broadband-2022", "line-down") == target("dfe-broadband-2022", "line-up") == 1000
    assert target("fcc-2024", "per-user") == 1.0
    assert target("setda-2023-small", "per-user") == 2.8
    assert target("nsw-5", "per-pupil") == 5.0
    assert target("bluebook-sat", "down") == 0.2
    assert target("airtime-70", "airtime") == 0.70
