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
from lawqueue.models.crown_court import rolling
from lawqueue.models.crown_court.model import MODEL as COURT
from lawqueue.study.ensemble import folder_of
from lawqueue.trust import backtest as testing
from lawqueue.trust import calibrate as calibrating
from lawqueue.trust import crown_court, telling
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
    model: ModelName = registry.FIRST,
) -> None:
    """
    Fit a model to what was published: write the ensemble of parameter sets that agree with it.

    us-immigration to fiscal years 2017 to 2020; crown-court to 2016 to 2023, in one go, without a checkpoint.
    """
    if _asked(model) == COURT.name:
        with errors(), extra("calibrate"):
            _calibrate_crown_court(out, threads, quiet)
        return
    with (
        errors(f"what was done stands in {checkpoint}: the same command goes on from there."),
        extra("calibrate"),
    ):
        asked = registry.named(model)
        folder = out if out is not None else folder_of(asked)
        with calibrating.ensemble_at(folder) as place:
            found = calibrating.calibrate(asked, checkpoint, Budget(), threads, say(quiet))
            place.put(lambda made: calibrating.write(found, made))
        typer.echo(calibrating.table(found))
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
    model: ModelName = registry.FIRST,
) -> None:
    """
    Score a model on what was published, beside naive forecasts.

    us-immigration on fiscal years 2021 to 2023, to which nothing was fitted; crown-court from each quarter of 2017 to 2022.
    """
    if _asked(model) == COURT.name:
        with errors():
            if start is not None:
                raise InputError("--from: the Crown Court is scored from every origin at once. Leave it out.")
            with progress(quiet) as bar:
                bar.start(len(rolling.VARIANTS))
                scores = rolling.scored(bar.step)
            typer.echo(rolling.written(scores) if as_json else rolling.table(scores))
        return
    with errors(), extra("calibrate"):
        asked = registry.named(model)
        starts = asked.scoring().origins if start is None else (read_day(start, "--from"),)
        for each in starts:
            testing.check(asked, each)
        with progress(quiet) as bar:
            bar.start(testing.DRAWS)
            found = testing.backtest(asked, starts, threads, bar.step)
        typer.echo(json_text(telling.as_json(found)) if as_json else telling.table(found))


def _asked(model: str) -> str:
    """Return the name of a model that can be fitted and scored; another one says that it lacks both."""
    with errors():
        found = registry.named(model)
        if found.name not in {registry.FIRST, COURT.name}:
            raise found.lacks("calibration or back-test of this command")
    return found.name


def _calibrate_crown_court(out: Path | None, threads: int, quiet: bool) -> None:
    folder = out if out is not None else folder_of(COURT)
    with crown_court.ensemble_at(folder) as place:
        found = crown_court.calibrate(crown_court.DRAWS, threads, say(quiet))
        place.put(lambda made: crown_court.write(found, made))
    typer.echo(crown_court.table(found))
    typer.echo(f"Ensemble: {shown(folder / 'ensemble.parquet')}", err=True)
