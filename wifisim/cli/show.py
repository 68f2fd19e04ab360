"""``wifisim show``: the site as the program sees it, as a site file of its own."""

from __future__ import annotations

from pathlib import Path

import click

from wifisim.inputs.reader import read_site
from wifisim.inputs.show.text import SECTIONS, site_text


@click.command("show")
@click.argument("site_file", type=click.Path(path_type=Path))
@click.option("--section", "sections", multiple=True, type=click.Choice(SECTIONS), help="Only this part; repeatable.")
def command(site_file: Path, sections: tuple[str, ...]) -> None:
    """Print SITE_FILE with every default, reference and template written out; the output is a site file itself."""
    click.echo(site_text(read_site(site_file), sections=sections), nl=False)
