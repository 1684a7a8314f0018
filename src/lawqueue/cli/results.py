"""Results folders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lawqueue.cli.ending import NOT_MET, errors
from lawqueue.errors import shown
from lawqueue.study.folder import verify as verified

commands = typer.Typer(rich_markup_mode=None)


@commands.command()
def verify(folder: Annotated[Path, typer.Argument(help="A results folder.")]) -> None:
    """Check that a results folder holds the files that its record names, as they were written, and no other."""
    with errors():
        wrong = verified(folder)
        for name, fault in wrong:
            typer.echo(f"{shown(folder / name)}: {fault}")
        if wrong:
            raise typer.Exit(NOT_MET)
        typer.echo(f"{shown(folder)}: every file is the one that the record names.")
