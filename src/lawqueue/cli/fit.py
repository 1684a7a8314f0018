"""The model beside what was published: fit it, and score it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lawqueue.cli.ending import errors, extra
from lawqueue.cli.options import CORES, AsJson, ModelName, Quiet, Threads, read_day
from lawqueue.cli.progress import progress, say
from lawqueue.errors import InputError, shown
from lawqueue.exports import json_text
from lawqueue.models import registry
from lawqueue.study.ensemble import folder_of
from lawqueue.trust import backtest as testing
from lawqueue.trust import calibrate as calibrating
from lawqueue.trust import matching, telling
from lawqueue.trust.fit import Budget

commands = typer.Typer(rich_markup_mode=None)


@commands.command()
def calibrate(
    out: Annotated[
        Path | None,
        typer.Option(
            help="Where the ensemble goes. Default: into the package, for every run to use.",
            show_default=False,
        ),
    ] = None,
    checkpoint: Annotated[
        Path, typer.Option(help="Where runs are kept; the same command goes on from them.")
    ] = Path("out/calibrate"),
    model: ModelName = registry.FIRST,
    threads: Threads = CORES,
    quiet: Quiet = False,
) -> None:
    """Fit a model to the outcomes of its fitted years: write the ensemble of parameter sets that agree with them."""
    with (
        errors(f"what was done stands in {checkpoint}: the same command goes on from there."),
        extra("calibrate"),
    ):
        asked = registry.named(model)
        folder = out if out is not None else folder_of(asked)
        with calibrating.ensemble_at(folder) as place:
            if asked.matching is not None:
                draws = matching.matched(asked, asked.matching(), checkpoint, threads, say(quiet))
                place.put(lambda made: matching.write(draws, made))
                told = matching.table(asked, draws)
            else:
                found = calibrating.calibrate(asked, checkpoint, Budget(), threads, say(quiet))
                place.put(lambda made: calibrating.write(found, made))
                told = calibrating.table(asked, found)
        typer.echo(told)
        typer.echo(f"Ensemble: {shown(folder / 'ensemble.parquet')}", err=True)


@commands.command()
def backtest(
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Score from one origin, as 2020-10-01. Default: from all of the model.",
            show_default=False,
        ),
    ] = None,
    model: ModelName = registry.FIRST,
    threads: Threads = CORES,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Score a model on outcomes to which nothing was fitted, beside naive forecasts."""
    with errors(), extra("calibrate"):
        asked = registry.named(model)
        if asked.rolling is not None:
            if start is not None:
                raise InputError(f"--from: {asked.name} is scored from every origin at once. Leave it out.")
            with progress(quiet) as bar:
                rolling = asked.rolling()
                bar.start(rolling.parts, "parts")
                rolled = rolling.scores(threads, bar.step)
            typer.echo(rolled.json if as_json else rolled.table)
            return
        starts = asked.scoring().origins if start is None else (read_day(start, "--from"),)
        for each in starts:
            testing.check(asked, each)
        with progress(quiet) as bar:
            bar.start(testing.DRAWS)
            found = testing.backtest(asked, starts, threads, bar.step)
        typer.echo(json_text(telling.as_json(found)) if as_json else telling.table(found))
