"""Claims: what was said in a number, beside what the model gives for it."""

from __future__ import annotations

from typing import Annotated

import typer

from lawqueue.cli.ending import errors
from lawqueue.cli.options import CORES, AsJson, Given, Quiet, Replicates, ScaleOfModel, Seed, Threads
from lawqueue.cli.simulating import running
from lawqueue.exports import json_text
from lawqueue.models import registry
from lawqueue.study import claims as bench
from lawqueue.study.simulate import Settings

commands = typer.Typer(rich_markup_mode=None)


@commands.command()
def claims(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="[MODEL]",
            help="A model: its name, see lawqueue list, or the path of its folder; every model that has claims if left out.",
        ),
    ] = None,
    replicates: Replicates = 20,
    scale: ScaleOfModel = None,
    seed: Seed = 0,
    threads: Threads = CORES,
    parameters: Given = "ensemble",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Test what was claimed: the model's number beside it, and the assumption at which the two would agree."""
    with errors("what is printed is whole."):
        known = [registry.named(each) for each in (registry.names() if model is None else (model,))]
        found = {each: bench.claims(each) for each in known}
        if model is not None and not found[known[0]]:
            raise known[0].lacks("claims")
        told = []
        for asked, made in found.items():
            if not made:
                continue
            settings = Settings(seed, replicates, scale or asked.scale, threads, parameters=parameters).of(
                asked
            )
            with running(asked, settings, quiet, keep=True) as (laboratory, bar):
                bar.start(sum(laboratory.count([each.scenario]) for each in made))
                for claim in made:
                    bar.say(claim.text.name)
                    told.append(bench.verdict_on(claim, laboratory))
                    if not as_json:  # at once, so that a user who stops the rest has it
                        typer.echo(bench.table(told[-1]) + "\n")
        if as_json:
            typer.echo(json_text([bench.as_json(each) for each in told]))
