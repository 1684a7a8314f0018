"""How the steps of a scenario lie over each other: what each is laid over, what it makes of it, and on which days it acts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lawqueue.models.model import Model
from lawqueue.rules import Calendar, Change, ParameterBook
from lawqueue.study.moves import AnyChange, GuidelineChange

if TYPE_CHECKING:
    from lawqueue.study.scenario import Scenario

Days = NDArray[Any]
"""A parameter, or the id of what is in force, on each day of the run, shape (n_days,)."""
NONE = ""
"""Stands for no statute in force."""
_NOBODY = -1


@dataclass(frozen=True)
class Laid:
    """
    One change of a step, laid over those before it.

    Parameters
    ----------
    model
        Whose inputs it changes.
    place
        Of its step in the file, from 0.
    change
        What is changed.
    start
        First day of the run.
    before, after : (n_days,) float64, or ids
        On each day of the run without it, and with it: what comes before it is there, what comes after it is not.
    taken : (n_days,) int64
        Place of the next step that leaves nothing of it on a day; -1 where none does.
    read : (n_days,) bool
        Days on which the model reads what is changed.
    """

    model: Model
    place: int
    change: AnyChange
    start: date
    before: Days
    after: Days
    taken: NDArray[np.int64]
    read: NDArray[np.bool_]

    @property
    def moves(self) -> NDArray[np.bool_]:
        """Days on which it makes something else of what it is laid over, (n_days,)."""
        return np.asarray(self.before != self.after)

    @property
    def acts(self) -> NDArray[np.bool_]:
        """Days on which that is read, and no later step leaves nothing of it, (n_days,)."""
        return np.asarray(self.moves & self.read & (self.taken == _NOBODY))

    @property
    def what(self) -> str:
        """What it changes, in words."""
        if isinstance(self.change, Change):
            return self.change.name
        if isinstance(self.change, GuidelineChange):
            return f"the guideline in force for {self.model.agency.upper()}"
        return " of ".join(part.replace("_", " ") for part in reversed(self.change.question))

    @property
    def taken_by(self) -> tuple[tuple[int, date], ...]:
        """Places of the steps that take its place, each with the first day on which it does, in order of the days."""
        lost = np.flatnonzero(self.moves & (self.taken != _NOBODY))
        first: dict[int, date] = {}
        for day in lost.tolist():
            first.setdefault(int(self.taken[day]), self.start + timedelta(days=day))
        return tuple(first.items())

    def on(self, day: date) -> int:
        """Return the number of a day, no earlier than the first of the run and no later than the last."""
        return min(max((day - self.start).days, 0), len(self.before) - 1)


def laid(scenario: Scenario, parameters: ParameterBook) -> tuple[Laid, ...]:
    """
    Return the changes of a scenario itself in the order in which they are laid: by date, then by place in the file.

    Parameters
    ----------
    parameters
        Of history, under what the scenario rests on.
    """
    model, first, end = scenario.model, scenario.start, scenario.end
    days = np.arange(first.toordinal(), end.toordinal(), dtype=np.int64)
    states: dict[object, Days] = {}
    made: list[tuple[int, AnyChange, Days, Days, NDArray[np.bool_]]] = []
    below = scenario.baseline.every if scenario.baseline else ()
    for place, change in [*((_NOBODY, each) for each in below), *scenario.placed]:
        key = _key(change)
        if key not in states:
            states[key] = _in_history(model, change, parameters, first, end)
        before = states[key]
        after, takes = _over(change, days, before, parameters)
        states[key] = after
        if place != _NOBODY:
            made.append((place, change, before, after, takes))
    taken: dict[object, NDArray[np.int64]] = {}
    found = []
    for place, change, before, after, takes in reversed(made):
        by = taken.get(_key(change), np.full(len(days), _NOBODY))
        taken[_key(change)] = np.where(takes, place, by)
        found.append(Laid(model, place, change, first, before, after, by, _read(model, change, days)))
    return tuple(reversed(found))


def _key(change: AnyChange) -> object:
    if isinstance(change, Change):
        return change.name
    return None if isinstance(change, GuidelineChange) else change.question


def _in_history(model: Model, change: AnyChange, parameters: ParameterBook, first: date, end: date) -> Days:
    if isinstance(change, Change):
        return parameters.series(change.name, first, end)
    if isinstance(change, GuidelineChange):
        return _by_day(model.calendar_in_history(first, end), first, end)
    return _by_day(model.law_in_history(first, end)[change.question], first, end)


def _by_day(spells: Calendar[Any], first: date, end: date) -> Days:
    found = np.full((end - first).days, NONE, dtype=object)
    for begun, ended, each in spells:
        found[max((begun - first).days, 0) : max((min(ended, end) - first).days, 0)] = each.id
    return found


def _over(
    change: AnyChange, days: NDArray[np.int64], before: Days, parameters: ParameterBook
) -> tuple[Days, NDArray[np.bool_]]:
    """Return what a change makes of what is before it, and on which days nothing is left of that."""
    if isinstance(change, Change):
        if change.as_on is not None:
            number = parameters.parameter(change.name).on(change.as_on).value
            change = Change(change.name, change.at, "set", number, 0, change.until, change.source)
        after = change.over(days, before)
        return after, after == change.over(days, before + 1.0)
    takes = days >= change.at.toordinal()
    if change.until is not None:
        takes &= days < change.until.toordinal()
    new = change.guideline if isinstance(change, GuidelineChange) else change.statute
    return np.where(takes, new.id if new else NONE, before), takes


def _read(model: Model, change: AnyChange, days: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return on which days the model reads what is changed."""
    if isinstance(change, Change) and change.name in model.read_at_start():
        return np.asarray(days == days[0])
    if isinstance(change, Change) and change.name in model.once_a_month:
        return np.array(
            [date.fromordinal(day).day == model.once_a_month[change.name] for day in days.tolist()]
        )
    return np.ones(len(days), bool)


def idle(every: Iterable[Laid]) -> Iterator[tuple[int, str]]:
    """
    Yield, for each change that never acts in the run, the place of its step, and a sentence that says why.

    A switch that is moved changes several things: it is idle if none of them acts.
    """
    by_step: dict[int, list[Laid]] = {}
    for each in every:
        by_step.setdefault(each.place, []).append(each)
    for place, changes in sorted(by_step.items()):
        switched = any(isinstance(each.change, Change) and each.change.as_on for each in changes)
        if switched and any(each.acts.any() for each in changes):
            continue
        for each in changes:
            if not each.acts.any():
                yield place, f"Step {place + 1} {_why_idle(each)}"


def _why_idle(each: Laid) -> str:
    if not each.moves.any():
        return f"changes nothing: without it {each.what} is the same on every day of the run."
    if takers := [place for place, _ in each.taken_by]:
        named = " and ".join(f"step {place + 1}" for place in sorted(takers))
        take = "take" if len(takers) > 1 else "takes"
        return f"never acts: of {each.what} {named} {take} its place on every day on which it would."
    return f"never acts: {each.what} is read on day {each.model.once_a_month[each.what]} of each month alone."
