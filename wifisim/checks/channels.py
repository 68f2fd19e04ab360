"""Channels: who shares one, and 2.4 GHz radios between its three clear channels."""

from __future__ import annotations

from collections.abc import Iterator

from wifisim.checks.case import Case
from wifisim.checks.finding import Finding, percent
from wifisim.inputs.rollout import Stage

MOST_SHARING = 3  # access points on one channel that hear each other: more leave each under a third of the air
# Channel numbers of the 2.4 GHz band are 5 MHz apart and a channel is 20 MHz wide: sets that do not overlap.
CLEAR_PLANS = ((1, 6, 11), (1, 5, 9, 13))
WIDE_MHZ = 20


def shared_channels(case: Case, stage: Stage) -> Iterator[Finding]:
    """The largest group of radios on one channel that all hear each other, band by band."""
    signal = case.signal(stage)
    for band in ("2.4", "5", "6"):
        groups = [clique for clique in signal.domains.cliques if signal.radios[clique[0]].radio.band == band]
        group = max(groups, key=len, default=())
        if len(group) <= MOST_SHARING:
            continue
        names = [signal.radios[member].access_point_id for member in group]
        large = sum(len(clique) > MOST_SHARING for clique in groups)
        radio = signal.radios[group[0]].radio
        yield Finding(
            severity="note" if band == "2.4" else "warning",
            subject=band,
            message=f"{len(group)} access points share {band} GHz channel {radio.channel}: one sends at a time.",
            working=f"{', '.join(names[:6])}{' ...' if len(names) > 6 else ''} hear each other; each gets about "
            f"{percent(1 / len(group))} of the air; {large} such groups of more than {MOST_SHARING}",
            fix="Switch every other 2.4 GHz radio off."
            if band == "2.4"
            else "Less power, narrower channels, or more channels (DFS channels 52-140 where radar allows).",
            place=case.lines.access_point(stage.date, names[0]),
            weight=float(len(group)),
        )


def overlapping_channels(case: Case, stage: Stage) -> Iterator[Finding]:
    """2.4 GHz radios outside a plan of clear channels, or wider than 20 MHz: each disturbs two of the channels."""
    radios = [(ap.id, r) for ap in stage.network.access_points for r in ap.radios if r.enabled and r.band == "2.4"]
    plan = max(CLEAR_PLANS, key=lambda channels: sum(radio.channel in channels for _, radio in radios))
    wrong = [(name, r) for name, r in radios if r.channel not in plan or r.width_mhz > WIDE_MHZ]
    if not wrong:
        return
    listed = ", ".join(f"{name} {radio.channel} ({radio.width_mhz} MHz)" for name, radio in wrong[:6])
    clear = f"{', '.join(str(channel) for channel in plan[:-1])} and {plan[-1]}"
    yield Finding(
        severity="warning",
        subject="2.4",
        message=f"{len(wrong)} 2.4 GHz radio{' lies' if len(wrong) == 1 else 's lie'} across several of the clear "
        f"channels {clear}.",
        working=f"{listed}{' ...' if len(wrong) > 6 else ''}; channels are 5 MHz apart and at least 20 MHz wide",
        fix=f"Channels {clear} at 20 MHz only, and every other 2.4 GHz radio off.",
        place=case.lines.access_point(stage.date, wrong[0][0]),
        weight=float(len(wrong)),
    )
