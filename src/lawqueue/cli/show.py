"""The network of a model, drawn from the network itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lawqueue.cli.ending import errors
from lawqueue.cli.options import Quiet, read_day
from lawqueue.cli.progress import progress
from lawqueue.errors import shown
from lawqueue.models import registry
from lawqueue.report.network import drawing, table
from lawqueue.study.behind import behind
from lawqueue.study.place import page_at

commands = typer.Typer(rich_markup_mode=None)


@commands.command()
def show(
    model: Annotated[
        str,
        typer.Argument(metavar="[MODEL]", help="Its name, see lawqueue list, or the path of its folder."),
    ] = registry.FIRST,
    out: Annotated[
        Path | None,
        typer.Option(help="Where the picture goes. Default: out/MODEL.svg.", show_default=False),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(
            help="The first of a month whose network is shown, as 2021-03-01. Default: the first that can be simulated.",
            show_default=False,
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Draw the network of a model, and print each edge with the parameters and provisions behind it."""
    with errors("no picture was written."):
        asked = registry.named(model)
        day = None if date is None else read_day(date, "--date").replace(day=1)
        path = out or Path("out") / f"{asked.name}.svg"
        with page_at(path) as place, progress(quiet) as bar:
            bar.start(1, "network first")
            found = behind(asked, day, lambda total: bar.expect(total, "networks"), bar.step)
            place.put(lambda made: made.write_text(drawing(found), encoding="utf-8"))
        typer.echo(table(found))
        typer.echo(f"Picture: {shown(path)}", err=True)
