"""What there is: scenarios, reference models, parameters, series."""

from __future__ import annotations

from typing import Annotated

import typer

from lawqueue.cli.ending import errors
from lawqueue.models.reference import MODELS
from lawqueue.models.us_immigration import model
from lawqueue.models.us_immigration.series import catalogue
from lawqueue.study import library

commands = typer.Typer(rich_markup_mode=None)


@commands.command(name="list")
def list_all(
    parameters: Annotated[
        bool, typer.Option("--parameters", help="List the parameters that a scenario may change.")
    ] = False,
    series: Annotated[
        bool, typer.Option("--series", help="List the series in which an answer may be given.")
    ] = False,
) -> None:
    """List the scenarios and reference models, or the parameters, or the series."""
    with errors():
        for name in model.parameters().names if parameters else ():
            about = model.parameters().parameter(name)
            typer.echo(f"{name:52} {about.unit:14} {about.description}")
        for each in catalogue() if series else ():
            typer.echo(f"{each.name:36} {each.unit:12} {each.stamp:9} {each.title}")
        if parameters or series:
            return
        for folder in sorted(each for each in library.SCENARIOS.iterdir() if each.is_dir()):
            typer.echo(folder.name)
            for scenario in library.loaded(library.in_order(folder)):
                typer.echo(f"  {scenario.name:28} {scenario.text.title}")
        typer.echo("reference/")
        for name, reference in MODELS.items():
            typer.echo(f"  {name:28} {reference.title}")
