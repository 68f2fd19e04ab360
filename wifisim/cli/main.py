"""The ``wifisim`` command: finds the sub-command's file, and turns errors into one clear report and an exit code.

Exit codes: 0 done, 1 the verdict is not ready (with ``--gate``), 2 bad input, 130 interrupted.
Sub-commands are imported only when called, so that ``wifisim --help`` stays quick.
"""

from __future__ import annotations

import importlib
import io
import signal
import sys

import click

from wifisim.errors import InputError, WifisimError

# name -> one line of help; the command stands in wifisim/cli/<name>.py as a click command called ``command``.
COMMANDS = {
    "run": "Simulate a site and say whether the network is ready for each wave.",
    "validate": "Check a site by plain arithmetic: addresses, power, cables, channels, dates.",
    "show": "Print the site as the program sees it, every default filled in.",
    "schema": "Print the JSON Schema of site files, for editors.",
    "compare": "What changes from one run to another, and how sure that is.",
    "sensitivity": "Which inputs nobody knows exactly the verdict leans on, strongest first.",
    "plot": "Draw figures from a result folder.",
    "report": "Write the report of a result folder: one HTML file that opens offline.",
    "cell": "How much one access point carries, step by step.",
    "replay": "Run a given list of transfers over a network.",
}


class _LazyGroup(click.Group):
    """A click group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"wifisim.cli.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List commands from the table above, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wifisim", prog_name="wifisim")
def group() -> None:
    """Predict which lesson stalls, and why, as a school hands out devices in waves."""


def main() -> None:
    """Run the command line; every expected failure ends in a message and an exit code, never in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A name in a script that an old code page lacks shows as question marks; it must not end the run.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    # Being told to end is an interruption too, so that what is half-written is taken away.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = group.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = 2
    except InputError as error:
        click.echo(_input_report(error), err=True)
        code = 2
    except WifisimError as error:
        click.echo(f"wifisim: {error}", err=True)
        code = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("wifisim: interrupted; nothing was written", err=True)
        code = 130
    sys.exit(code if isinstance(code, int) else 0)


def _input_report(error: InputError) -> str:
    count = len(error.problems)
    noun = "problem" if count == 1 else "problems"
    return "\n".join([f"wifisim: {count} {noun} in the input", *(f"  {problem}" for problem in error.problems)])
