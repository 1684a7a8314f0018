"""Resources: what one more brings, and how many a target needs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from lawqueue.cli.ending import NOT_MET, errors
from lawqueue.cli.options import CORES, AsJson, ModelName, Quiet, Replicates, Scale, Threads, read_day
from lawqueue.cli.simulating import running
from lawqueue.errors import shown
from lawqueue.exports import json_text
from lawqueue.models import registry
from lawqueue.report.trust import yield_page
from lawqueue.study.place import page_at
from lawqueue.study.simulate import Settings
from lawqueue.trust import marginal
from lawqueue.trust import solve as solving

commands = typer.Typer(rich_markup_mode=None)


@commands.command(name="yield")
def marginal_yield(
    what: Annotated[
        str | None,
        typer.Argument(metavar="[RESOURCE]", help="A resource of the model, as judges; all if left out."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Where the page goes. Default: out/yield/RESOURCE.html.", show_default=False),
    ] = None,
    replicates: Replicates = 8,
    scale: Scale = 0.05,
    threads: Threads = CORES,
    model: ModelName = registry.FIRST,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show what one more of a resource brings, as a judge, and where the queue goes instead."""
    with errors("no page was written."):
        asked = registry.named(model)
        if not asked.resources:
            raise asked.lacks("resource of which there may be more")
        wanted = asked.resources if what is None else (asked.resource(what),)
        path = out or Path("out/yield") / f"{what or 'all'}.html"
        settings = Settings(0, replicates, scale, threads).of(asked)
        with page_at(path) as place, running(asked, settings, quiet, keep=True) as (laboratory, bar):
            bar.start(marginal.runs(wanted) * replicates)
            found = []
            for each in wanted:
                found.append(marginal.curve(each, laboratory))
                if not as_json:  # at once, so that a user who stops the rest has it
                    typer.echo(marginal.table(found[-1]) + "\n")
            place.put(lambda made: made.write_bytes(yield_page(found).encode()))
        if as_json:
            typer.echo(json_text([marginal.as_json(each) for each in found]))
        typer.echo(f"Page: {shown(path)}", err=True)


@commands.command()
def solve(
    what: Annotated[str, typer.Argument(metavar="RESOURCE", help="A resource of the model, as judges.")],
    target: Annotated[str, typer.Option(help="A series and its bound, as 'court.pending<=1000000'.")],
    by: Annotated[str, typer.Option(help="The day by which, as 2024-09-30.")],
    probability: Annotated[float, typer.Option(min=0.01, max=1.0, help="With which probability.")] = 0.8,
    at: Annotated[
        str | None,
        typer.Option(
            help="The day on which they are decided on. Default: the day from which the model counts yields.",
            show_default=False,
        ),
    ] = None,
    replicates: Replicates = 20,
    scale: Scale = 0.03,
    threads: Threads = CORES,
    model: ModelName = registry.FIRST,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find the smallest number of a resource with which a target is met by a day with a probability."""
    with errors():
        asked = registry.named(model)
        settings = Settings(0, replicates, scale, threads).of(asked)
        bought, goal = asked.resource(what), solving.goal(target, asked.catalogue.names())
        until = read_day(by, "--by")
        decided = asked.yielding().at if at is None else read_day(at, "--at")
        with running(asked, settings, quiet, keep=True) as (laboratory, bar):
            bar.start(replicates, "runs of history first")

            def expect(numbers: int) -> None:
                bar.expect(replicates * (1 + numbers), "runs at most")

            found = solving.solve(bought, goal, until, probability, decided, laboratory, expect)
        typer.echo(json_text(asdict(found)) if as_json else solving.table(found, asked.parameters()))
        if found.number is None:
            raise typer.Exit(NOT_MET)
