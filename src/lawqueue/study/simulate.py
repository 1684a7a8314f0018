"""Scenarios run: the same seed and replicates for all, history once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from lawqueue.engine.results import Run
from lawqueue.engine.run import simulate
from lawqueue.models.cube import Results
from lawqueue.models.us_immigration import model, series
from lawqueue.models.us_immigration.world import Law, World
from lawqueue.rules import Calendar, Change, Guideline, lay_over
from lawqueue.study.moves import AnyChange, GuidelineChange, StatuteChange
from lawqueue.study.scenario import HISTORY, Scenario


@dataclass(frozen=True)
class Settings:
    """
    How a run is made.

    Parameters
    ----------
    seed
        Any integer ≥ 0.
    replicates
        Independent runs of each scenario.
    scale
        Share of the cases that is simulated [/1].
    threads
        Replicates at the same time; the numbers do not depend on it.
    cluster
        Address of a Dask scheduler whose workers make the replicates instead, or None.
    """

    seed: int = 0
    replicates: int = 8
    scale: float = 0.1
    threads: int = 2
    cluster: str | None = None


@dataclass(frozen=True)
class Outcome:
    """A scenario that was run: what it counted, what it was made from, what the engine saw."""

    name: str
    results: Results
    world: World
    run: Run


def calendar(changes: tuple[AnyChange, ...], start: date, end: date) -> Calendar[Guideline]:
    """Return which guideline is in force for ICE when: history with the changes laid over, in order."""
    spells = model.calendar_in_history(start, end)
    for each in changes:
        if isinstance(each, GuidelineChange):
            spells = lay_over(spells, max(each.at, start), min(each.until or end, end), each.guideline)
    return spells


def law(changes: tuple[AnyChange, ...], start: date, end: date) -> Law:
    """Return which statute answers each question when: history with the changes laid over, in order."""
    found = dict(model.law_in_history(start, end))
    for each in changes:
        if isinstance(each, StatuteChange):
            first, after = max(each.at, start), min(each.until or end, end)
            found[each.question] = lay_over(found[each.question], first, after, each.statute)
    return found


def _key(changes: tuple[AnyChange, ...], start: date, end: date) -> tuple[object, ...]:
    """Return what tells one run from another under the same settings."""
    # In full: a guideline of the user's own may change between two runs of one session.
    return repr(changes), start, end


class Laboratory:
    """
    Runs scenarios with one set of settings, and remembers what it has run.

    Parameters
    ----------
    settings
        Seed, replicates, scale and threads, the same for every scenario.
    stop
        Set it to cancel.
    progress
        Called after each replicate.
    """

    def __init__(
        self,
        settings: Settings,
        stop: threading.Event | None = None,
        progress: Callable[[], None] | None = None,
    ) -> None:
        self.settings = settings
        self._stop, self._progress = stop, progress
        self._done: dict[tuple[object, ...], Outcome] = {}

    def history(self, start: date, end: date) -> Outcome:
        """Return history as the model has it, from `start` until the day before `end`."""
        return self._run(HISTORY, (), start, end)

    def run(self, scenario: Scenario) -> Outcome:
        """Return the outcome of a scenario."""
        return self._run(scenario.name, scenario.every, scenario.start, scenario.end)

    def baseline(self, scenario: Scenario) -> Outcome:
        """Return the outcome of what a scenario is compared with."""
        return (
            self.history(scenario.start, scenario.end)
            if scenario.baseline is None
            else self.run(scenario.baseline)
        )

    def count(self, scenarios: list[Scenario]) -> int:
        """Return how many replicates it takes to run scenarios and their baselines."""
        keys = set()
        for each in scenarios:
            keys.add(_key(each.every, each.start, each.end))
            keys.add(_key(each.baseline.every if each.baseline else (), each.start, each.end))
        return len(keys) * self.settings.replicates

    def _run(self, name: str, changes: tuple[AnyChange, ...], start: date, end: date) -> Outcome:
        key = _key(changes, start, end)
        if key not in self._done:
            book = model.parameters()
            for change in changes:
                book = book.changed(change) if isinstance(change, Change) else book
            world = model.world(book, calendar(changes, start, end), law(changes, start, end), start, end)
            run = simulate(
                model.network(world),
                seed=self.settings.seed,
                replicates_wanted=self.settings.replicates,
                scale=self.settings.scale,
                threads=self.settings.threads,
                cluster=self.settings.cluster,
                stop=self._stop,
                progress=self._progress,
            )
            self._done[key] = Outcome(name, series.read(run, world, name), world, run)
        known = self._done[key]
        return (
            known
            if known.name == name
            else replace(known, name=name, results=replace(known.results, scenario=name))
        )
