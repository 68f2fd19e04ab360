"""Airtime that is always gone: beacons of every SSID and the chatter of idle devices.

A beacon goes out per SSID and interval at the lowest basic rate, after PIFS; a device that is not in use scans now and
then and every SSID answers it. Multicast, neighbour reports and keep-alives are left out.
"""

from __future__ import annotations

from wifisim.inputs.equipment import Band
from wifisim.mac.timing import BAND_TIMING, legacy_s

BEACON_INTERVAL_S = 0.1024  # 100 time units of 1024 us: IEEE 802.11-2020 clause 9.4.1.3, usual default
BEACON_OCTETS = 300  # typical beacon with the elements of one SSID (revolutionwifi.net SSID overhead)
PROBE_OCTETS = 300  # a probe response is a beacon without the traffic map
PROBES_PER_IDLE_DEVICE_S = 1.0 / 60.0  # project choice: a device asleep scans about once a minute


def beacon_share(band: Band, *, ssids: int, rate_mbps: float, octets: int = BEACON_OCTETS) -> float:
    """Airtime share of one radio's beacons: one per SSID and interval at the lowest basic rate, after PIFS."""
    timing = BAND_TIMING[band]
    one_s = legacy_s(octets, rate_mbps, band) + timing.sifs_s + timing.slot_s
    return ssids * one_s / BEACON_INTERVAL_S


def chatter_share(band: Band, *, devices: int, ssids: int, rate_mbps: float) -> float:
    """Airtime share of idle devices: a probe request and the answers of every SSID, each acknowledged."""
    timing = BAND_TIMING[band]
    gap_s = timing.sifs_s + 3.0 * timing.slot_s
    frame_s = legacy_s(PROBE_OCTETS, rate_mbps, band) + gap_s
    return devices * PROBES_PER_IDLE_DEVICE_S * frame_s * (1 + ssids)
