"""The work behind an answer: the same functions as the command line's, and the part of each step."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from lawqueue.app.document import file_name
from lawqueue.app.shelf import packaged
from lawqueue.app.state import State, command
from lawqueue.models.model import Model
from lawqueue.study import answer as answers
from lawqueue.study.compare import Comparison, Effect
from lawqueue.study.record import record
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Kept, Laboratory, Settings
from lawqueue.study.study import Answer, Study

MOST_STEPS = 12
"""Most steps whose parts are told apart: each of them is a run of its own."""


@dataclass(frozen=True)
class Part:
    """
    What one step adds, once the steps above it are in force.

    Parameters
    ----------
    effects
        On each outcome, against the steps above it.
    """

    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class Answered:
    """
    A state with its answer.

    Parameters
    ----------
    state
        What was asked.
    scenario
        Its scenario, checked.
    settings
        How it was run.
    study
        What a report is made from.
    parts
        One for each step, if there is more than one.
    """

    state: State
    scenario: Scenario
    settings: Settings
    study: Study
    parts: tuple[Part, ...]

    @property
    def answer(self) -> Answer:
        """The answer to the one question."""
        return self.study.answers[0]

    @property
    def is_approximate(self) -> bool:
        """Tell whether it is made with less than the run in full that was asked for."""
        run = self.settings
        return (run.seed, run.replicates, run.scale) != self.state.settings


def prefixes(scenario: Scenario) -> tuple[Scenario, ...]:
    """
    Return the scenario with its first step, its first two, and so on to all of them.

    They rest on the same baseline. None is returned where there is no part to tell: for one step or none, and for
    more than `MOST_STEPS`.
    """
    own = scenario.text.changes
    if not 2 <= len(own) <= MOST_STEPS:
        return ()
    return tuple(
        replace(
            scenario,
            text=scenario.text.model_copy(update={"changes": own[:n]}),
            path=None,
            steps=scenario.steps[:n],
        )
        for n in range(1, len(own) + 1)
    )


def count(scenario: Scenario, settings: Settings) -> int:
    """Return how many replicates an answer takes."""
    laboratory = Laboratory(scenario.model, settings)
    history = replace(scenario, steps=(), baseline=None)  # it is shown beside what was published
    return laboratory.count([history, scenario, *prefixes(scenario)])


def answered(
    state: State,
    settings: Settings,
    stop: threading.Event | None = None,
    progress: Callable[[], None] | None = None,
) -> Answered:
    """
    Run a state's scenario and its baseline, and return the answer.

    Raises
    ------
    InputError
        If the scenario has faults.
    Cancelled
        If `stop` was set.
    """
    scenario = state.scenario
    settings = settings.of(scenario.model)
    laboratory = Laboratory(
        scenario.model,
        settings,
        stop,
        progress,
        kept=_kept(scenario.model, settings) if settings == state.quick(settings.threads) else None,
    )
    made = record([scenario], settings)
    made["scenarios"] = _texts(scenario.baseline) | {scenario.name: _digest(state.text)}
    study = answers.study(
        scenario.text.title, [scenario], laboratory, made, command(state, file_name(scenario))
    )
    return Answered(state, scenario, settings, study, _parts(scenario, laboratory))


@lru_cache(maxsize=4)
def _kept(_model: Model, _settings: Settings) -> Kept:
    """Return where draws of history are kept for first looks, so that a moved lever costs a tail."""
    return Kept()


def _texts(scenario: Scenario | None) -> dict[str, str]:
    """Return the digests of a scenario of the package and of those it rests on, by name."""
    if scenario is None:
        return {}
    return _texts(scenario.baseline) | {scenario.name: _digest(packaged(scenario.model)[scenario.name].text)}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _parts(scenario: Scenario, laboratory: Laboratory) -> tuple[Part, ...]:
    before, found = laboratory.baseline(scenario), []
    start, end = scenario.window
    for each in prefixes(scenario):
        after = laboratory.run(each)
        comparison = Comparison(before.results, after.results)
        effects = tuple(comparison.effect(name, start, end) for name in scenario.text.outcomes)
        found.append(Part(effects))
        before = after
    return tuple(found)
