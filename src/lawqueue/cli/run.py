"""Run: simulate scenarios and their baselines, and print what they answer."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from lawqueue import numbers
from lawqueue.cli import simulating
from lawqueue.cli.ending import NOT_MET, errors
from lawqueue.cli.options import (
    CORES,
    AsJson,
    Dial,
    Given,
    Out,
    Quiet,
    Replicates,
    ScaleOfModel,
    Seed,
    Threads,
)
from lawqueue.errors import InputError, shown
from lawqueue.exports import json_text
from lawqueue.models import reference
from lawqueue.models.cube import NO_INTERVAL
from lawqueue.report.tables import effect_row, span_of
from lawqueue.study import effects, library, sentences
from lawqueue.study.compare import Effect
from lawqueue.study.folder import REPORT
from lawqueue.study.simulate import Settings
from lawqueue.study.study import Study
from lawqueue.units import in_words, written

commands = typer.Typer(rich_markup_mode=None)


@commands.command()
def run(
    what: Annotated[
        str,
        typer.Argument(
            metavar="NAME|FILE|FOLDER", help="A scenario, a set of them, or their file or folder."
        ),
    ],
    out: Out = None,
    replicates: Replicates = 40,
    scale: ScaleOfModel = None,
    seed: Seed = 0,
    threads: Threads = CORES,
    cluster: Annotated[
        str | None,
        typer.Option(help="Address of a Dask scheduler, as tcp://10.0.0.1:8786, whose workers simulate."),
    ] = None,
    parameters: Given = "ensemble",
    deterrence: Dial = "off",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Simulate a scenario or a set and their baselines; write results and a report."""
    with errors():
        if what.startswith("reference/"):
            _run_reference(what.removeprefix("reference/"), out, seed, as_json)
            return
        paths, name = library.found(what)
        scenarios = library.loaded(paths)
        folder = out if out is not None else Path("out") / name

        wanted = Settings(
            seed, replicates, scale or scenarios[0].model.scale, threads, cluster, parameters, deterrence
        )
        settings = wanted.of(scenarios[0].model)
        study = simulating.run(what, scenarios, settings, folder, library.title(scenarios, name), quiet)
        typer.echo(json_text(_as_json(study, settings)) if as_json else _as_text(study, settings))
        typer.echo(f"Report: {shown(folder / REPORT)}", err=True)


def _run_reference(name: str, out: Path | None, seed: int, as_json: bool) -> None:
    """Print a reference model's figures beside the published ones."""
    if out is not None:
        raise InputError("a reference model prints its figures and writes no folder. Leave out --out.")
    rows = reference.run(name, seed=seed)
    if as_json:
        typer.echo(json_text([asdict(row) for row in rows]))
        return
    typer.echo(f"{'quantity':64} {'unit':10} {'published':>12} {'ours':>12} {'difference':>12}")
    for row in rows:
        sign = "✓" if row.agrees else "✗"
        typer.echo(
            f"{row.quantity:64} {row.unit:10} {row.published:12,.6g} {row.ours:12,.6g} {row.difference:+12,.3g} {sign}"
        )
        typer.echo(f"    {row.note}. Source: {row.source}." if row.note else f"    Source: {row.source}.")
    typer.echo("✓ within four standard errors, or the rounding of what was published.")
    if not all(row.agrees for row in rows):
        raise typer.Exit(NOT_MET)


def _as_json(study: Study, settings: Settings) -> dict[str, Any]:
    told = effects.as_answers(study)
    return {
        "title": study.title,
        **settings.recorded(),
        "statements": told["answers"] if study.statements else [],
        "answers": [
            {
                "name": each.name,
                "title": each.title,
                "statement": list(each.statement),
                "answer": str(sentences.of_answer(study, each)),
                "null": each.comparison.is_null(),
                "late": list(each.late),
                "same_as_history_until": each.parts_on,
                "effects": effects.as_records(study, each),
            }
            for each in study.answers
        ],
        "limits": told["limits"],
        "fits": [
            {"series": each.series, "mean_absolute_error": each.mean_absolute_error, "comment": each.comment}
            for each in study.fits
        ],
    }


def _as_text(study: Study, settings: Settings) -> str:
    """Return the answers as plain text: the sentences of a report, then every effect with what stands beside it."""
    made = f"{written(settings.replicates, 'run')} of each world, {numbers.share(settings.scale)} of the cases simulated."
    lines = [study.title, *study.lead, made, ""]
    for statement, _, sentence in sentences.opening(study):
        lines.append(f"{statement.number:>2}  {sentence}" if statement else str(sentence))
    lines.append("")
    for each in study.answers:
        held = each.effects[0].interval
        spread = f"({held})" if held == NO_INTERVAL else f"[{held}]"
        lines.append(f"{each.name}: {each.question}")
        lines.extend(f"  {line}" for line in each.late)
        lines.append(
            f"  {span_of(each.effects[0])}: difference {spread}, relative; baseline → scenario; on record"
        )
        lines.extend(_as_line(effect, study) for effect in each.effects)
        lines.append("")
    return "\n".join([*lines, *study.short_limits])


def _as_line(effect: Effect, study: Study) -> str:
    start = f"  {effect.series.title[:52]:52} {effect.series.stamp:8} "
    if not math.isfinite(effect.difference):
        return start + effect.verdict
    row = effect_row(effect, study)
    spread = "" if row["interval"] == numbers.EMPTY else f" [{row['interval']}]"
    relative = "" if row["relative"] == numbers.EMPTY else f" {row['relative']}"
    verdict = f" {row['verdict']}" if row["verdict"] else ""
    unit = "" if effect.unit in {"USD", "/1"} else f" {in_words(effect.unit)}"
    beside = study.beside(effect.series.name, effect.start, effect.end)
    known = "" if beside is None else f"; {sentences.beside_in_words(beside, effect.series.unit)}"
    far = f": {told}" if (told := sentences.level(beside)) else ""
    return f"{start}{row['difference']}{spread}{relative}{verdict}; {row['baseline']} → {row['scenario']}{unit}{known}{far}"
