"""``wifisim replay``: a given list of transfers over a given network."""

from __future__ import annotations

import json
from pathlib import Path

import click

from wifisim.inputs.flow_list import read_flow_list
from wifisim.inputs.network_only import read_network_only
from wifisim.results.completions import write_completions
from wifisim.simulation.replay import replay


@click.command("replay")
@click.argument("network_file", type=click.Path(path_type=Path))
@click.argument("flows_file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Write here (.csv or .parquet), not to the terminal."
)
@click.option("--pure-fluid", is_flag=True, help="Shared rates only: no transport, headers or contention.")
@click.option("--force", is_flag=True, help="Replace the output file if it exists.")
@click.option("--json", "as_json", is_flag=True, help="Say the last line as JSON.")
def command(
    network_file: Path, flows_file: Path, out: Path | None, pure_fluid: bool, force: bool, as_json: bool
) -> None:
    """Run the transfers of FLOWS_FILE (CSV) over NETWORK_FILE and give the time each was through."""
    network = read_network_only(network_file)
    index = {(s.id, network.access_points[s.access_point]): i for i, s in enumerate(network.stations)}
    flows = read_flow_list(flows_file, stations=index)
    done = replay(network, flows, pure_fluid=pure_fluid)
    write_completions(flows.flow_id, flows.start_s, done.finish_s, out=out, force=force)
    each_us = 1e6 * done.loop_s / max(done.flows, 1)
    said = {"flows": done.flows, "loop_s": done.loop_s, "us_per_flow": each_us, "work": done.work}
    line = f"{done.flows} flows, {done.loop_s:.3f} s in the event loop, {each_us:.3f} microseconds a flow"
    click.echo(json.dumps(said) if as_json else line, err=True)
