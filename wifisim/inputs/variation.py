"""Inputs that nobody knows exactly: how far each may be from what the files say, and one guess at all of them.

Every replication is one guess: each input is drawn evenly from its range, from a stream named after the input and the
replication alone, so that two designs under one seed see the same guesses. A guess is a factor on what the files say
(decibels for ``signal_db``). Inputs are drawn independently; a factor holds for the whole school and all its stages.
Left out: guesses that change who hears whom among access points (contention domains are those of the files).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from wifisim.randomness import stream

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Variation:
    """Lowest and highest guess of each input; the default varies nothing.

    ``wall_loss``: loss of walls and slabs in dB. ``signal_db``: added to every signal (antennas, bodies, the law of
    distance). ``usage``: how likely lessons and people use devices. ``sizes``: bytes of a transfer, rates of video and
    calls. ``pace``: how quickly people go on to the next transfer. ``client_mix``: devices of another type than the
    usual one, opt-outs, phones a head. ``background_utilisation``: air used by neighbours.
    """

    wall_loss: Range = (1.0, 1.0)
    signal_db: Range = (0.0, 0.0)
    usage: Range = (1.0, 1.0)
    sizes: Range = (1.0, 1.0)
    pace: Range = (1.0, 1.0)
    client_mix: Range = (1.0, 1.0)
    background_utilisation: Range = (1.0, 1.0)


NOTHING_VARIED = Variation()
# Modest, because a factor holds for the whole school: what single profiles and activities are off by, 10 to 25 % by
# their evidence, partly cancels in their sum (project).
USUAL = Variation(
    wall_loss=(0.9, 1.1),
    signal_db=(-1.0, 1.0),
    usage=(0.9, 1.1),
    sizes=(0.9, 1.1),
    pace=(0.9, 1.1),
    client_mix=(0.8, 1.2),
    background_utilisation=(0.75, 1.25),
)
INPUTS = tuple(entry.name for entry in fields(Variation))


@dataclass(frozen=True, slots=True)
class Guess:
    """One value for every input of ``Variation``; factors of single profiles (usage) and activities (sizes, pace)."""

    wall_loss: float = 1.0
    signal_db: float = 0.0
    usage: float = 1.0
    sizes: float = 1.0
    pace: float = 1.0
    client_mix: float = 1.0
    background_utilisation: float = 1.0
    usage_of: dict[str, float] = field(default_factory=dict)
    sizes_of: dict[str, float] = field(default_factory=dict)
    pace_of: dict[str, float] = field(default_factory=dict)


AS_WRITTEN = Guess()


def guess(variation: Variation, *, seed: int, replication: int) -> Guess:
    """The guess of one replication."""
    values = {}
    for name in INPUTS:
        low, high = getattr(variation, name)
        values[name] = low + (high - low) * float(stream(seed, "vary", name, replication).random())
    return Guess(**values)
