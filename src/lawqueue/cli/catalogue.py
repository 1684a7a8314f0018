"""What there is: scenarios, reference models, parameters, series."""

from __future__ import annotations

from typing import Annotated

import typer

from lawqueue.cli.ending import errors
from lawqueue.models import registry
from lawqueue.models.reference import MODELS
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
    model: Annotated[
        str | None,
        typer.Option("--model", help="Of this model alone: its name, or the path of its folder."),
    ] = None,
) -> None:
    """List the models with their scenarios, and the reference models; or the parameters, or the series."""
    with errors():
        wanted = registry.names() if model is None else (model,)
        models = [registry.named(each) for each in wanted]
        if parameters or series:
            asked = models[0]
            for name in asked.parameters().names if parameters else ():
                about = asked.parameters().parameter(name)
                typer.echo(f"{name:52} {about.unit:14} {about.description}")
            for each in asked.catalogue.all() if series else ():
                typer.echo(f"{each.name:36} {each.unit:12} {each.stamp:9} {each.title}")
            return
        for one in models:
            typer.echo(f"{one.name}: {one.title}")
            for folder in library.sets(one):
                typer.echo(f"  {folder.name}")
                for scenario in library.loaded(library.in_order(folder)):
                    typer.echo(f"    {scenario.name:28} {scenario.text.title}")
        if model is None:
            typer.echo("reference/")
            for name, reference in MODELS.items():
                typer.echo(f"  {name:28} {reference.title}")
