"""Radios resolved: the model's radios with the site's settings, checked against model and law.

Defaults where the site is silent: width 20 MHz (6 GHz: 40), power 8 dBm at 2.4 GHz and 14 dBm above, never more than
the model or the law allows; channel by ``channel_plan``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from wifisim.inputs.catalog import AccessPointModel, RadioModel
from wifisim.inputs.channel_plan import PlannedRadio, plan_channels
from wifisim.inputs.equipment import AccessPoint, Radio
from wifisim.inputs.findings import Findings, Loc
from wifisim.inputs.resolve.spectrum import Spectrum
from wifisim.inputs.source import Node
from wifisim.inputs.written.network import (
    DEFAULT_POWER_DBM,
    DEFAULT_WIDTH_MHZ,
    WrittenAccessPoint,
    WrittenRadio,
)


@dataclass(frozen=True, slots=True)
class RadioDesk:
    """What setting a radio needs to know."""

    root: Node
    spectrum: Spectrum
    findings: Findings

    def fault(self, loc: Loc, rule: str, names: Iterable[str] | None = None) -> None:
        """Report what stands at ``loc``."""
        self.findings.add(self.root.place(loc), rule, names=names)


def resolve_radios(
    written: WrittenAccessPoint, model: AccessPointModel, loc: Loc, desk: RadioDesk
) -> tuple[Radio, ...]:
    """The radios of one access point; channel 0 stands for one still to be planned."""
    bands = {radio.band: radio for radio in model.radios}
    for band in written.radios:
        if band not in bands:
            desk.fault((*loc, "radios", band), f"is no band of model {model.id}", bands)
    radios = []
    for band, radio_model in bands.items():
        # A band that the country does not open stays off, unless the file asks for it and must be told.
        asked = written.radios.get(band, WrittenRadio() if desk.spectrum.widths(band) else "off")
        radios.append(_radio(asked, radio_model, model, (*loc, "radios", band), desk))
    return tuple(radios)


def _radio(
    asked: WrittenRadio | Literal["off"], radio: RadioModel, model: AccessPointModel, loc: Loc, desk: RadioDesk
) -> Radio:
    on = not isinstance(asked, str)
    setting = WrittenRadio() if isinstance(asked, str) else asked
    width = _width(setting, radio, loc, desk) if on else min(DEFAULT_WIDTH_MHZ[radio.band], radio.max_width_mhz)
    channel = _channel(setting, radio, width, loc, desk) if on else 0
    return Radio(
        band=radio.band,
        generation=radio.generation,
        channel=channel,
        width_mhz=width,
        power_dbm=_power(setting, radio, width, channel, loc, desk),
        antenna_gain_dbi=radio.antenna_gain_dbi,
        streams=radio.streams,
        noise_figure_db=model.noise_figure_db,
        max_clients=model.max_clients_per_radio,
        enabled=on,
    )


def _width(setting: WrittenRadio, radio: RadioModel, loc: Loc, desk: RadioDesk) -> int:
    legal = desk.spectrum.widths(radio.band)
    if not legal:
        desk.fault(loc, f"may not be used in {desk.spectrum.country}: the band is not open to Wi-Fi there")
        return radio.max_width_mhz
    width = setting.width_mhz
    if width is None:
        return min(DEFAULT_WIDTH_MHZ[radio.band], radio.max_width_mhz)
    if width not in legal:
        words = ", ".join(str(w) for w in legal)
        desk.fault((*loc, "width_mhz"), f"must be a width of the {radio.band} GHz band: {words}")
        return min(DEFAULT_WIDTH_MHZ[radio.band], radio.max_width_mhz)
    if width > radio.max_width_mhz:
        desk.fault((*loc, "width_mhz"), f"must be at most {radio.max_width_mhz}, the model's widest channel")
    return width


def _channel(setting: WrittenRadio, radio: RadioModel, width: int, loc: Loc, desk: RadioDesk) -> int:
    if setting.channels is not None:
        desk.fault((*loc, "channels"), "goes with `rooms`; write `channel` for a single access point")
    if setting.channel is None:
        return 0
    legal = desk.spectrum.primaries(radio.band, width)
    if legal and setting.channel not in legal:
        words = ", ".join(str(channel) for channel in legal)
        rule = f"is no {width} MHz channel of the {radio.band} GHz band in {desk.spectrum.country}; legal: {words}"
        desk.fault((*loc, "channel"), rule)
        return 0
    return setting.channel


def _power(setting: WrittenRadio, radio: RadioModel, width: int, channel: int, loc: Loc, desk: RadioDesk) -> float:
    legal = radio.max_power_dbm
    if channel:
        eirp = desk.spectrum.eirp_limit_dbm(radio.band, width, channel)
        legal = round(eirp - radio.antenna_gain_dbi, 3)
    if setting.power_dbm is None:
        return min(DEFAULT_POWER_DBM[radio.band], radio.max_power_dbm, legal)
    if setting.power_dbm > radio.max_power_dbm:
        desk.fault((*loc, "power_dbm"), f"must be at most {radio.max_power_dbm:g}, the model's most")
    elif setting.power_dbm > legal:
        rule = (
            f"must be at most {legal:g}: channel {channel} in {desk.spectrum.country} allows "
            f"{eirp:.3g} dBm radiated, and the antenna adds {radio.antenna_gain_dbi:g}"
        )
        desk.fault((*loc, "power_dbm"), rule)
    return setting.power_dbm


def with_planned_channels(
    access_points: tuple[AccessPoint, ...], levels: dict[str, int], spectrum: Spectrum
) -> tuple[AccessPoint, ...]:
    """The same access points with a channel on every radio that is switched on."""
    slots = [(i, j) for i, ap in enumerate(access_points) for j, radio in enumerate(ap.radios) if radio.enabled]
    plan = plan_channels(
        [
            PlannedRadio(levels[ap.floor_id], ap.at_m, radio.band, radio.width_mhz, radio.channel)
            for ap, radio in ((access_points[i], access_points[i].radios[j]) for i, j in slots)
        ],
        spectrum,
    )
    found = dict(zip(slots, plan, strict=True))
    planned = []
    for i, ap in enumerate(access_points):
        radios = [_on_channel(radio, found.get((i, j), 0), spectrum) for j, radio in enumerate(ap.radios)]
        planned.append(replace(ap, radios=tuple(radios)))
    return tuple(planned)


def _on_channel(radio: Radio, channel: int, spectrum: Spectrum) -> Radio:
    """The radio on ``channel``, its power lowered where that channel allows less."""
    if not channel or radio.channel == channel:
        return radio
    limit = spectrum.eirp_limit_dbm(radio.band, radio.width_mhz, channel) - radio.antenna_gain_dbi
    return replace(radio, channel=channel, power_dbm=min(radio.power_dbm, round(limit, 3)))
