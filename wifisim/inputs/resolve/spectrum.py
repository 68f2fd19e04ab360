"""What a country allows: legal channels by band and width, and the power limit of each.

A channel is the block of 20 MHz channels it covers; the written channel number is its primary one. Limits are radiated
power (EIRP: fed power + antenna gain) and, where there is one, power in 1 MHz times the width. Rules: channels.yaml.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from wifisim.inputs.equipment import Band
from wifisim.inputs.written.catalogue import WrittenBandRules, WrittenChannels

Block = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spectrum:
    """The rules of one country."""

    country: str
    bands: dict[Band, WrittenBandRules]

    def widths(self, band: Band) -> tuple[int, ...]:
        """Channel widths in MHz that the band has here."""
        rules = self.bands.get(band)
        return tuple(int(width) for width in rules.widths) if rules else ()

    def blocks(self, band: Band, width_mhz: int) -> tuple[Block, ...]:
        """All legal channels of a width, best first."""
        rules = self.bands.get(band)
        return rules.widths.get(str(width_mhz), ()) if rules else ()

    def primaries(self, band: Band, width_mhz: int) -> tuple[int, ...]:
        """All primary channel numbers that a radio of a width may be set to."""
        return tuple(sorted({channel for block in self.blocks(band, width_mhz) for channel in block}))

    def block(self, band: Band, width_mhz: int, channel: int) -> Block:
        """The 20 MHz channels that a radio on primary ``channel`` covers; empty when it is not legal."""
        return next((block for block in self.blocks(band, width_mhz) if channel in block), ())

    def planned(self, band: Band, width_mhz: int) -> tuple[int, ...]:
        """One primary for each channel that planning may use, best first."""
        rules = self.bands.get(band)
        wanted = rules.planned if rules else None
        firsts = [next((c for c in block if not wanted or c in wanted), 0) for block in self.blocks(band, width_mhz)]
        return tuple(channel for channel in firsts if channel)

    def eirp_limit_dbm(self, band: Band, width_mhz: int, channel: int) -> float:
        """Most radiated power on a legal channel."""
        limits = [
            limit
            for number in self.block(band, width_mhz, channel)
            for limit in self.bands[band].limits
            if limit.channels[0] <= number <= limit.channels[1]
        ]
        densities = [limit.psd_dbm_per_mhz for limit in limits if limit.psd_dbm_per_mhz is not None]
        by_density = min(densities, default=math.inf) + 10.0 * math.log10(width_mhz)
        return min(min((limit.eirp_dbm for limit in limits), default=0.0), by_density)


def spectrum_of(country: str, rules: WrittenChannels) -> Spectrum | None:
    """The rules of a country, or None when channels.yaml does not know it."""
    for domain in rules.domains.values():
        if country in domain.countries:
            return Spectrum(country, dict(domain.bands))
    return None


def known_countries(rules: WrittenChannels) -> tuple[str, ...]:
    """All countries that channels.yaml knows."""
    return tuple(sorted(country for domain in rules.domains.values() for country in domain.countries))
