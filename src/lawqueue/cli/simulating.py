"""Simulate and write, and tell how far it is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from lawqueue.cli.progress import Bar, progress
from lawqueue.models.model import Model
from lawqueue.report import write_report
from lawqueue.study.answer import outdated
from lawqueue.study.answer import study as answered
from lawqueue.study.folder import SCHEMA, results_at, seal, write_answers, write_results
from lawqueue.study.record import record as recorded
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Kept, Laboratory, Settings
from lawqueue.study.study import Study


def run(
    what: str, scenarios: list[Scenario], settings: Settings, folder: Path, title: str, quiet: bool
) -> Study:
    """Simulate scenarios, write their results folder, and return the study."""
    model = scenarios[0].model
    with results_at(folder) as place, running(model, settings, quiet) as (laboratory, bar):
        bar.start(laboratory.count(scenarios))
        record = recorded(scenarios, settings)
        study = answered(title, scenarios, laboratory, record, settings.command(what))

        def fill(made: Path) -> None:
            write_results(made, _every_result(study), scenarios, settings)
            write_answers(made, study)
            write_report(study, made)
            seal(made, SCHEMA, record | {"same_as_history_until": _partings(study)})

        bar.say("writing")
        place.put(fill)
    return study


def _every_result(study: Study) -> list[Any]:
    found = {study.baseline.scenario: study.baseline}
    for each in study.answers:
        found.setdefault(each.comparison.baseline.scenario, each.comparison.baseline)
        found[each.name] = each.comparison.reform
    return list(found.values())


def _partings(study: Study) -> dict[str, str]:
    """Return the first day on which each scenario parts from history: every number before it is the same, bit for bit."""
    return {each.name: each.parts_on.isoformat() for each in study.answers if each.parts_on is not None}


@contextmanager
def running(
    model: Model, settings: Settings, quiet: bool, *, keep: bool = False
) -> Iterator[tuple[Laboratory, Bar]]:
    """Give what runs scenarios and shows its progress; a Ctrl-C or a SIGTERM ends its replicates at once."""
    for warning in outdated(model, settings):
        typer.echo(warning, err=True)
    stop = threading.Event()
    with progress(quiet) as bar:
        try:
            yield Laboratory(model, settings, stop, bar.step, kept=Kept() if keep else None), bar
        except BaseException:
            stop.set()
            raise
