"""How devices came onto radios, in words; told where many stay on the wrong one, or the network moves them."""

from __future__ import annotations

from wifisim.results.phrases import value_text
from wifisim.results.summary import RoamingSummary

WEAK_SHARE = 0.05  # of those who come to a room: fewer on the wrong radio are not worth a line (project)
LONG_S = 5.0  # without a network at a change of radio: longer than a search takes, so somebody waits for a login


def roaming_is_news(roaming: RoamingSummary) -> bool:
    """Whether a reader should hear of it."""
    return roaming.weak_share >= WEAK_SHARE or roaming.wait_s >= LONG_S or roaming.steered > 0.0


def roaming_text(roaming: RoamingSummary) -> str:
    """One sentence about a day."""
    weak = value_text(roaming.weak_share, "share")
    parts = [
        f"of {roaming.joins:,.0f} times that a device came to a room, {weak} ended on a radio much weaker than the best"
    ]
    if roaming.changed > 0.0:
        wait, longest = value_text(roaming.wait_s, "s"), value_text(roaming.longest_s, "s")
        parts.append(f"{roaming.changed:,.0f} changed radio, each without a network for {wait} (longest {longest})")
    if roaming.steered > 0.0:
        parts.append(f"the network moved {roaming.steered:,.0f}")
    return "; ".join(parts)
