"""What radios that are not heard cost a link: how many times longer its bits take in the mean.

What comes through while a stranger sends is said by ``exposure``, and what follows a loss (block-ack requests, doubled
windows) is as in ``hidden``; there the strangers' bursts are played, here they come by chance. Each stranger is on the
air for a given share of the time, in bursts as long as the link's own, at its own times: pauses are exponential. The
loudest ``NAMED`` strangers of a place are told apart, as many as ``wifisim cell`` has; the others' mean power is noise.
An access point that has something to send leaves no gaps beyond its own backoff. With RTS/CTS, a stranger that hears
the station's CTS keeps silent; then, and only then, a stronger signal may cost more, because an RTS that comes through
while a stranger sends is followed by data that do not.
Left out: strangers that hear each other, stations of other cells, lost answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from wifisim.mac.exchange import Exchange, Medium
from wifisim.mac.exposure import caught, members, received, requests_received, sinr_db, summed_mw
from wifisim.rf.phy import Ladder, noise_dbm
from wifisim.units import dbm_from_mw, mw_from_dbm

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NAMED = 2
# Shares of time: strangers that send less are none; one that never pauses would leave no price.
_LEAST_ACTIVE, _MOST_ACTIVE = 1e-6, 0.99
_SPARE_DB = 1.0  # so far above a bit error rate of 1e-6, less than one MPDU in a thousand is lost
_SILENT = 1e-3  # of the noise: less of all strangers together is nothing
_LEAST_RECEIVED = 0.01  # share of a burst; below, a link is as good as dead, whatever it costs


@dataclass(frozen=True, slots=True)
class Strangers:
    """Power in the receiver's channel at each place: the loudest [stranger, place] one by one, the rest [place] added.

    ``followed`` [stranger, place] are those whose preambles are heard above carrier sense.
    """

    named_dbm: Floats
    followed: Bools
    rest_mw: Floats


def told_apart(levels_dbm: Floats, followed: Bools) -> Strangers:
    """Strangers out of all levels [stranger, place]; as many of the loudest are followed as of all."""
    missing = max(NAMED - len(levels_dbm), 0)
    levels = np.pad(levels_dbm, ((0, missing), (0, 0)), constant_values=-np.inf)
    by_level = -np.sort(-levels, axis=0)
    heard = np.arange(NAMED)[:, None] < followed.sum(axis=0)
    return Strangers(by_level[:NAMED], heard, mw_from_dbm(by_level[NAMED:]).sum(axis=0))


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a link ends: its level at each place, the receiver's noise figure, the strangers, and how busy they are."""

    own_dbm: Floats
    noise_figure_db: float
    strangers: Strangers
    activity: float

    @property
    def busy(self) -> float:
        """Share of the time that each stranger is on the air."""
        return min(self.activity, _MOST_ACTIVE)

    def noise_mw(self, width_mhz: float) -> Floats:
        """Noise with the mean power of strangers that are not told apart [place]."""
        return np.asarray(self.floor_mw(width_mhz) + self.busy * self.strangers.rest_mw)

    def floor_mw(self, width_mhz: float) -> Floats:
        """Noise alone."""
        return mw_from_dbm(np.array(noise_dbm(width_mhz, self.noise_figure_db)))

    def unharmed(self, width_mhz: float, needed_db: Floats) -> Bools:
        """Where [place] a mode that needs so much signal suffers nothing, whoever of the strangers sends."""
        others, noise = summed_mw(self.strangers.named_dbm)[-1], self.noise_mw(width_mhz)
        heard = self.strangers.followed.any(axis=0) | ~caught(self.own_dbm, others)
        spared = ~heard & (sinr_db(self.own_dbm, others, noise) >= needed_db + _SPARE_DB)
        return np.asarray(spared | (others <= _SILENT * noise) | (self.activity < _LEAST_ACTIVE))

    def at(self, places: Bools) -> Receiver:
        """The same at some of the places."""
        named, rest = self.strangers.named_dbm[:, places], self.strangers.rest_mw[places]
        around = Strangers(named, self.strangers.followed[:, places], rest)
        return replace(self, own_dbm=self.own_dbm[places], strangers=around)


def slowdown(receiver: Receiver, rungs: Ladder, bursts: tuple[Exchange, ...], medium: Medium) -> Floats:
    """How many times longer bits take [mode, place] when sent in each mode of ``rungs`` with its burst."""
    inside = members(NAMED)
    chance = np.where(inside, receiver.busy, 1.0 - receiver.busy).prod(axis=1)[:, None]
    others = summed_mw(receiver.strangers.named_dbm)
    catches = np.asarray(chance * (caught(receiver.own_dbm, others) | (np.arange(len(inside)) == 0)[:, None]))
    # Mode first from here on: [mode, set, place].
    cycle_s = np.array([medium.aifs_s + medium.backoff_s + burst.success_s for burst in bursts])[:, None]
    # A stranger on the air began up to a burst ago: how likely in the pause before the own start.
    gap = np.minimum(cycle_s / np.array([burst.data_s for burst in bursts])[:, None] - 1.0, 1.0)
    starts = catches * _unfollowed(receiver, gap[:, None])
    lost = 1.0 - starts.sum(axis=1)
    kept = _kept(receiver, bursts, medium, starts=starts, arrives=_arriving(receiver, rungs, bursts, others))
    asked = requests_received(receiver.own_dbm, others, noise_figure_db=receiver.noise_figure_db)
    answered = (catches * _unfollowed(receiver, np.ones((1, 1, 1)))[0] * asked).sum(axis=0)
    again_s = lost * _until_answered_s(np.clip(1.0 - answered, 0.0, _MOST_ACTIVE), bursts, medium)
    if not _asks(bursts, medium):
        # What is lost is sent again itself, so that each cycle ends with a burst that was caught.
        kept = kept / np.maximum(1.0 - lost, _LEAST_RECEIVED)
    return np.asarray((cycle_s + again_s) / (cycle_s * np.maximum(kept, _LEAST_RECEIVED)))


def _unfollowed(receiver: Receiver, began: Floats) -> Floats:
    """Chance [mode, set, place] that no preamble of a set is followed, each of which ``began`` in silence so often."""
    chance = np.ones((1, 1, 1))
    for inside, followed in zip(members(NAMED).T, receiver.strangers.followed, strict=True):
        chance = chance * (1.0 - began * (inside[:, None] & followed))
    return chance


def _arriving(receiver: Receiver, rungs: Ladder, bursts: tuple[Exchange, ...], others: Floats) -> Floats:
    """Share of MPDUs [mode, set, place] that arrive under each set of strangers; all of them under none."""
    width_mhz = rungs.modes[0].width_mhz
    worse_db = rungs.needed_db - rungs.ideal_db
    ratio_db = sinr_db(receiver.own_dbm, others, receiver.noise_mw(width_mhz))
    # A usable link never falls below the slowest mode: the noise alone leaves enough for it.
    enough_dbm = rungs.needed_db[0] + dbm_from_mw(receiver.floor_mw(width_mhz))
    lifted_db = np.maximum(enough_dbm - receiver.own_dbm, 0.0)
    shares = np.empty((len(rungs.modes), *ratio_db.shape))
    for index, (mode, burst) in enumerate(zip(rungs.modes, bursts, strict=True)):
        octets = round(burst.burst.octets / burst.burst.mpdus)
        level_db = ratio_db - worse_db[index] + (lifted_db if index == 0 else 0.0)
        shares[index] = received(level_db, mode, octets)
    shares[:, 0] = 1.0
    return shares


def _kept(
    receiver: Receiver, bursts: tuple[Exchange, ...], medium: Medium, *, starts: Floats, arrives: Floats
) -> Floats:
    """Mean share of MPDUs received [mode, place]; ``starts`` are the chances of the sets at a start that is caught."""
    clear, after = _clear(receiver.busy, np.array([burst.burst.mpdus for burst in bursts])[:, None])
    quiet = [np.where(medium.rts_cts & heard, 1.0, clear) for heard in receiver.strangers.followed]
    inside = members(NAMED)
    kept = np.zeros((starts.shape[0], starts.shape[2]))
    for first, then in product(range(len(inside)), repeat=2):
        share = starts[:, first] * arrives[:, then]
        for stranger in range(NAMED):
            silent = after if inside[first, stranger] else quiet[stranger]
            share = share * (1.0 - silent if inside[then, stranger] else silent)
        kept += share
    return kept


def _clear(busy: float, mpdus: Floats) -> tuple[Floats, Floats]:
    """Share of MPDUs that one stranger leaves clear: silent at the burst's start, and on the air then.

    With pauses of mean 1/rho bursts, MPDU j of n stays clear after a silent start with exp(-rho j/n); after a stranger
    whose rest is evenly spread over a burst with the integral of exp(-rho (j/n - u)) over u from 0 to (j-1)/n.
    """
    rho = busy / (1.0 - busy)
    one = np.exp(-rho / mpdus)
    clear = one * np.expm1(-rho) / (mpdus * np.expm1(-rho / mpdus))
    return clear, (one - clear) / rho


def _asks(bursts: tuple[Exchange, ...], medium: Medium) -> bool:
    return bursts[0].burst.aggregated and not medium.rts_cts


def _until_answered_s(fails: Floats, bursts: tuple[Exchange, ...], medium: Medium) -> Floats:
    """Time [mode, place] from a lost burst to the answer to a request (or RTS), each of which ``fails`` [place]."""
    short = [burst.request_s if _asks(bursts, medium) else burst.lost_s for burst in bursts]
    access, stages = medium.access, medium.access.retries + 1
    total = np.zeros((len(bursts), fails.size))
    for stage in range(stages):
        window = min((access.cw_min + 1) << (stage + 1) % stages, access.cw_max + 1)
        each_s = medium.eifs_s + (window - 1) / 2.0 * medium.slot_s + np.array(short)[:, None]
        total += fails**stage * each_s
    return np.asarray(total / (1.0 - fails**stages))
