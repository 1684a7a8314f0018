"""How much of a resource it takes: the smallest number with which a target is met with a given probability."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lawqueue.errors import InputError, did_you_mean
from lawqueue.models.cube import Results
from lawqueue.models.us_immigration.world import first_of_next_month
from lawqueue.study.answer import loads
from lawqueue.study.ensemble import FIT
from lawqueue.study.scenario import LAST_DAY
from lawqueue.study.simulate import Laboratory, Outcome
from lawqueue.trust.marginal import now
from lawqueue.trust.resources import Resource

MOST = 16.0
"""The search ends at this many times what there is: whom that does not help, no number does."""
_TARGET = re.compile(r"\s*([a-z][a-z0-9_.]*)\s*(<=|>=)\s*([0-9][0-9_,]*(?:\.[0-9]+)?)\s*")


@dataclass(frozen=True)
class Goal:
    """A series, on which side it must lie, and of what."""

    series: str
    below: bool
    value: float

    def met(self, found: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell for each replicate whether the target is met; what could not be measured does not meet it."""
        return np.asarray(found <= self.value if self.below else found >= self.value)

    def __str__(self) -> str:
        return f"{self.series} {'<=' if self.below else '>='} {self.value:,.10g}"


def goal(text: str, names: Iterable[str]) -> Goal:
    """
    Return the target that a text like `court.pending<=1000000` names.

    Raises
    ------
    InputError
        If it is not a target, or there is no such series.
    """
    found = _TARGET.fullmatch(text)
    if found is None:
        raise InputError(f"--target: {text!r} is no target. Write it as 'court.pending<=1000000' or '>='.")
    known = sorted(names)
    if found.group(1) not in known:
        raise InputError(f"--target: no series {found.group(1)!r}. {did_you_mean(found.group(1), known)}")
    return Goal(found.group(1), found.group(2) == "<=", float(re.sub("[_,]", "", found.group(3))))


@dataclass(frozen=True)
class Solution:
    """
    What it takes.

    Parameters
    ----------
    resource, goal, by, decided, starts
        What there is more of; the target; the day by which; when it is decided on; when they start.
    wanted
        Probability to reach [/1].
    now
        How many there are when it is decided.
    number
        How many more it takes; None if no number suffices.
    probability
        Reached with that number, or with the most that was tried [/1].
    outcome
        5 %, median and 95 % of the series with that number.
    without
        The median with no more.
    most
        The largest number that was tried.
    binds
        Stage, and its load in the last year, of what is loaded to the brim with that number.
    replicates
        On how many a probability rests.
    tried
        Every number, and the probability with it.
    """

    resource: Resource
    goal: Goal
    by: date
    decided: date
    starts: date
    wanted: float
    now: float
    number: int | None
    probability: float
    outcome: tuple[float, float, float]
    without: float
    most: int
    binds: tuple[tuple[str, float], ...]
    replicates: int
    tried: tuple[tuple[int, float], ...]


def smallest(probability: Callable[[int], float], wanted: float, first: int, most: int) -> int | None:
    """
    Return the smallest whole number from 0 with which a probability is reached, None if none up to `most` does.

    The probability is taken to grow with the number: the range is doubled from `first`, then halved.
    """
    if probability(0) >= wanted:
        return 0
    low, high = 0, min(first, most)
    while probability(high) < wanted:
        if high >= most:
            return None
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if probability(middle) >= wanted else (middle, high)
    return high


def measured(results: Results, name: str, by: date) -> NDArray[np.float64]:
    """Return a series by replicate on a day: a flow over the year before, else in the month of the day."""
    end = first_of_next_month(by)
    months = 12 if results.about(name).kind == "flow" else 1
    return results.total(name, results.months[max(len(results.months) - months, 0)], end)


def solve(
    resource: Resource, target: Goal, by: date, wanted: float, decided: date, laboratory: Laboratory
) -> Solution:
    """
    Return the smallest number of a resource with which a target is met by a day with a probability.

    Every number meets the same replicates: the same draws of the parameters and of chance.

    Raises
    ------
    InputError
        If the days are out of reach.
    """
    starts = decided + resource.lag(decided)
    if by > LAST_DAY:
        raise InputError(
            f"--by: {by} is after {LAST_DAY}, the last day of published arrivals. Give a day up to then."
        )
    if not FIT[0] <= decided < by:
        raise InputError(f"--at: {decided} does not lie between {FIT[0]} and --by, {by}.")
    if starts >= by:
        raise InputError(
            f"--by: {resource.name} decided on {decided} start on {starts}, after {by}: {resource.lag_in_words(decided)}. "
            "Give a later --by, or an earlier --at."
        )
    start, end = FIT[0], first_of_next_month(by)
    history = laboratory.history(start, end)
    have = now(resource, history, decided)
    known: dict[int, NDArray[np.float64]] = {0: measured(history.results, target.series, by)}
    last: dict[int, Outcome] = {0: history}

    def probability(number: int) -> float:
        if number not in known:
            name = f"{number:+} {resource.name}"
            outcome = laboratory.changed(name, resource.more(number, decided), start, end)
            known[number] = measured(outcome.results, target.series, by)
            last[number] = outcome
        return float(target.met(known[number]).mean())

    most = max(math.ceil(MOST * have), 1)
    number = smallest(probability, wanted, max(math.ceil(have / 8), 1), most)
    taken = number if number is not None else max(known)
    values = known[taken]
    low, middle, high = np.nanquantile(values, (0.05, 0.5, 0.95)).tolist()
    return Solution(
        resource,
        target,
        by,
        decided,
        starts,
        wanted,
        have,
        number,
        probability(taken),
        (low, middle, high),
        float(np.nanmedian(known[0])),
        max(known),
        _binds(last[taken]),
        values.size,
        tuple((each, float(target.met(known[each]).mean())) for each in sorted(known)),
    )


def _binds(outcome: Outcome) -> tuple[tuple[str, float], ...]:
    names, values = loads(outcome)
    worst = zip(names, values[:, -12:].mean(axis=1).tolist(), strict=True)
    return tuple(sorted(worst, key=lambda each: -each[1])[:3])


def table(found: Solution) -> str:
    """Return a solution as plain text."""
    have = found.resource
    low, middle, high = found.outcome
    start = (
        f" They start on {found.starts}: {have.lag_in_words(found.decided)}."
        if found.starts != found.decided
        else ""
    )
    if found.number is None:
        head = (
            f"No number of {have.name} suffices for {found.goal} by {found.by} with probability {found.wanted:.0%}: "
            f"even {found.most:,} more, on top of {found.now:,.0f}, reach it with {found.probability:.0%}."
        )
        binding = [f"{name} (load {load:.2f})" for name, load in found.binds if name != have.stage]
        tail = f"What binds instead with that many: {', '.join(binding)}."
    else:
        head = (
            f"{found.number:,} more {have.name}, on top of {found.now:,.0f}, are the fewest for {found.goal} "
            f"by {found.by} with probability {found.wanted:.0%}; {found.probability:.0%} of replicates meet it."
        )
        tail = f"Most loaded with that many: {', '.join(f'{name} (load {load:.2f})' for name, load in found.binds)}."
    return "\n".join(
        [
            head + start,
            f"{found.goal.series} by then: median {middle:,.4g}, 5 to 95 % {low:,.4g} to {high:,.4g}; "
            f"with no more, {found.without:,.4g}.",
            tail,
            f"A probability is a share of {found.replicates} replicates, each with parameters of its own; one is "
            f"{1 / found.replicates:.0%}.",
            "Tried: " + ", ".join(f"{number:,} ({share:.0%})" for number, share in found.tried) + ".",
        ]
    )
