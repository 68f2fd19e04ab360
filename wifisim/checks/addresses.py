"""Addresses and ports: enough of them for every device that is seen while a lease lasts.

DHCP: an address is taken until its lease ends, so the pool must hold every device seen within one lease. NAT: each
connection to the internet takes a port of a public address. Left out: guests, phones that change their hardware
address within a lease, and IPv6, which needs no ports.
"""

from __future__ import annotations

from collections.abc import Iterator

from wifisim.checks.case import Case
from wifisim.checks.finding import Finding, enough, percent
from wifisim.inputs.rollout import Stage
from wifisim.network.gates import PORTS_PER_ADDRESS

# Connections of one user of Chrome: Google, Networking Best Practices for Large Deployments.
AVERAGE_CONNECTIONS = 3.6
SIGN_IN_CONNECTIONS = 6
RESERVE_SHARE = 0.1  # what a full pool should have left for guests (project choice)


def dhcp_pool(case: Case, stage: Stage) -> Iterator[Finding]:
    """Addresses in the pool against devices seen within a lease."""
    devices, spares, pool = case.devices(stage), case.spares(stage), stage.network.dhcp_addresses
    seen = devices + spares
    share = seen / pool
    if share <= 1.0 - RESERVE_SHARE:
        return
    full = seen > pool
    short = (
        f"{seen - pool:,} devices would get no address"
        if full
        else f"under {percent(RESERVE_SHARE)} are left for guests"
    )
    yield Finding(
        severity="problem" if full else "warning",
        subject="pool",
        message=f"The address pool is {'too small' if full else 'nearly full'}: {short}.",
        working=f"{devices:,} devices + {spares:,} spare ones = {seen:,} seen within a lease of "
        f"{stage.network.dhcp_lease_s / 3600:g} h; {pool:,} addresses",
        fix=f"Enlarge the pool to {enough(_wanted(seen))} addresses or more (a /{_prefix(seen)}).",
        place=case.lines.network(stage.date, "dhcp", "addresses"),
        weight=share,
    )


def _wanted(devices: int) -> float:
    """The pool of which the reserve is left."""
    return devices / (1.0 - RESERVE_SHARE)


def _prefix(devices: int) -> int:
    """The prefix length of the smallest IPv4 network that holds the devices with their reserve."""
    needed = int(_wanted(devices)) + 3  # network, broadcast, gateway
    return 32 - (needed - 1).bit_length()


def connections_text(devices: int) -> str:
    """The connections of some devices, as a sum."""
    average, peak = devices * AVERAGE_CONNECTIONS, devices * SIGN_IN_CONNECTIONS
    return (
        f"{devices:,} devices x {AVERAGE_CONNECTIONS} connections = {average:,.0f} "
        f"(x {SIGN_IN_CONNECTIONS} at sign-in = {peak:,})"
    )


def nat_ports(case: Case, stage: Stage) -> Iterator[Finding]:
    """Ports of the public addresses against connections of all devices at sign-in."""
    devices = case.devices(stage)
    ports = stage.network.public_addresses * PORTS_PER_ADDRESS
    average, peak = devices * AVERAGE_CONNECTIONS, devices * SIGN_IN_CONNECTIONS
    if peak <= ports:
        return
    needed = -(-peak // PORTS_PER_ADDRESS)
    always = average > ports
    yield Finding(
        severity="problem" if always else "warning",
        subject="ports",
        message=f"Ports run out {'in normal use' if always else 'when all sign in at once'}: new connections fail.",
        working=f"{connections_text(devices)}; "
        f"{stage.network.public_addresses} x {PORTS_PER_ADDRESS:,} ports = {ports:,}",
        fix=f"Ask for {needed} public IPv4 addresses, or use IPv6.",
        place=case.lines.network(stage.date, "nat", "public_addresses"),
        weight=peak / ports,
    )
