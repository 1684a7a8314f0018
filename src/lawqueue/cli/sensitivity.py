"""What an effect hangs on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lawqueue.cli import simulating
from lawqueue.cli.ending import errors, extra
from lawqueue.cli.options import CORES, AsJson, Quiet, Threads
from lawqueue.cli.progress import say
from lawqueue.errors import InputError, did_you_mean, shown
from lawqueue.exports import json_text
from lawqueue.report import trust as reporting
from lawqueue.study import library
from lawqueue.study.folder import REPORT, require_run_of, results_at
from lawqueue.study.place import RECORD
from lawqueue.study.simulate import Settings

commands = typer.Typer(rich_markup_mode=None)


@commands.command()
def sensitivity(
    what: Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario, or its file.")],
    outcome: Annotated[
        str, typer.Option(help="The series whose effect is asked; see lawqueue list --series.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Results folder to whose report it is added; without a run in it, the scenario is run first. "
            "Default: out/NAME.",
            show_default=False,
        ),
    ] = None,
    checkpoint: Annotated[
        Path, typer.Option(help="Where runs are kept; the same command goes on from them.")
    ] = Path("out/sensitivity"),
    threads: Threads = CORES,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show what the effect of a scenario hangs on: each parameter, structure, and chance; add it to the report."""
    with (
        errors(f"what was done stands in {checkpoint}: the same command goes on from there."),
        extra("calibrate"),
    ):
        from lawqueue.trust import sensitivity as asking  # noqa: PLC0415  # help needs no extra

        paths, name = library.found(what)
        if len(paths) > 1:
            raise InputError(
                f"{what!r} is a set of {len(paths)} scenarios. Give one of them; see lawqueue list."
            )
        (scenario,) = library.loaded(paths)

        names = scenario.model.catalogue.names()
        if outcome not in names:
            raise InputError(f"--outcome: no series {outcome!r}. {did_you_mean(outcome, sorted(names))}")

        folder = out if out is not None else Path("out") / name
        if not (folder / RECORD).is_file():
            say(quiet)(f"{shown(folder)} holds no run of {scenario.name} yet: it is run first")
            simulating.run(what, [scenario], Settings(threads=threads), folder, scenario.text.title, quiet)
        with results_at(folder) as place:
            require_run_of(folder, scenario)
            reporting.added_before(folder)
            found = asking.sensitivity(scenario, outcome, asking.Budget(), checkpoint, threads, say(quiet))
            place.put(lambda made: reporting.add_sensitivity(folder, found, made))
        if as_json:
            typer.echo(json_text(reporting.as_json(found)))
        else:
            typer.echo(f"{reporting.in_words(found)}\n\n{asking.table(found)}")
        typer.echo(f"Report: {shown(folder / REPORT)}#depends", err=True)
