"""``wifisim schema``: JSON Schemas that teach an editor the files."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from wifisim.inputs.schema import SchemaKind, schema_text


@click.command("schema")
@click.argument("kind", type=click.Choice(["site", "profiles", "catalogue"]), default="site")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, not to the terminal."
)
def command(kind: str, out: Path | None) -> None:
    """Print the JSON Schema of site files, or of profile or catalogue files."""
    text = schema_text(cast("SchemaKind", kind))
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"cannot write {out}: {error.strerror}") from error
