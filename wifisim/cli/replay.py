"""``wifisim replay``: a given list of transfers over a given network, small and bare or that of a site."""

from __future__ import annotations

import json
from pathlib import Path

import click

from wifisim.inputs.flow_list import FlowList, read_flow_list
from wifisim.inputs.network_only import is_site_file, read_network_only
from wifisim.inputs.reader import read_site
from wifisim.inputs.site_flows import CLIENT_OPTION, STAGE_OPTION, client_called, read_site_flows, stage_called
from wifisim.results.completions import check_target, write_completions
from wifisim.simulation.replay import Replayed, replay
from wifisim.simulation.site_replay import replay_site


@click.command("replay")
@click.argument("network_file", type=click.Path(path_type=Path))
@click.argument("flows_file", type=click.Path(path_type=Path))
@click.option(STAGE_OPTION, "stage_id", help="Stage of a site file (default: the last).")
@click.option(CLIENT_OPTION, "client_id", help="Client type over a site file (default: the programme's device).")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Write here (.csv or .parquet), not to the terminal."
)
@click.option("--pure-fluid", is_flag=True, help="Shared rates only: no transport, headers or contention.")
@click.option("--force", is_flag=True, help="Replace the output file if it exists.")
@click.option("--json", "as_json", is_flag=True, help="Say the last line as JSON.")
def command(
    network_file: Path,
    flows_file: Path,
    stage_id: str | None,
    client_id: str | None,
    out: Path | None,
    pure_fluid: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Run the transfers of FLOWS_FILE (CSV) over NETWORK_FILE, a network or a site, and say when each was through."""
    check_target(out, force=force)
    if is_site_file(network_file):
        flows, done = _over_site(network_file, flows_file, stage_id, client_id, pure_fluid=pure_fluid)
    elif stage_id is not None or client_id is not None:
        msg = f"{STAGE_OPTION} and {CLIENT_OPTION} are for site files; {network_file} is none"
        raise click.UsageError(msg)
    else:
        flows, done = _over_network(network_file, flows_file, pure_fluid=pure_fluid)
    write_completions(flows.flow_id, flows.start_s, done.finish_s, out=out, force=force)
    each_us = 1e6 * done.loop_s / max(done.flows, 1)
    said = {
        "flows": done.flows,
        "unfinished": done.unfinished,
        "loop_s": done.loop_s,
        "us_per_flow": each_us,
        "work": done.work,
    }
    line = f"{done.flows} flows, {done.loop_s:.3f} s in the event loop, {each_us:.3f} microseconds a flow"
    if done.unfinished:
        line += f"; {done.unfinished} never ended"
    click.echo(json.dumps(said) if as_json else line, err=True)


def _over_network(network_file: Path, flows_file: Path, *, pure_fluid: bool) -> tuple[FlowList, Replayed]:
    network = read_network_only(network_file)
    index = {(s.id, network.access_points[s.access_point]): i for i, s in enumerate(network.stations)}
    flows = read_flow_list(flows_file, stations=index)
    return flows, replay(network, flows, pure_fluid=pure_fluid)


def _over_site(
    site_file: Path, flows_file: Path, stage_id: str | None, client_id: str | None, *, pure_fluid: bool
) -> tuple[FlowList, Replayed]:
    site = read_site(site_file)
    stage, client = stage_called(site, stage_id), client_called(site, client_id)
    flows, ends = read_site_flows(flows_file, site=site, stage=stage)
    return flows, replay_site(site, stage, flows, ends, client_id=client, pure_fluid=pure_fluid)
