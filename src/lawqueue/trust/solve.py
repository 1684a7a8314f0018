"""How much of a resource it takes: the smallest number with which a target is met with a given probability."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lawqueue.errors import InputError, did_you_mean
from lawqueue.models.cube import Results, Series, interval
from lawqueue.models.model import Model, Resource
from lawqueue.months import first_of_next_month, last_of_month, last_of_month_before
from lawqueue.rules import ParameterBook
from lawqueue.study.answer import loads
from lawqueue.study.resting import BINDS
from lawqueue.study.simulate import Laboratory, Outcome
from lawqueue.trust.marginal import now, plain

MOST = 16.0
"""The search ends at this many times what there is: whom that does not help, no number does."""
_TARGET = re.compile(
    r"\s*([a-z][a-z0-9_.]*)\s*(<=|>=)\s*([0-9]{1,3}(?:[_,][0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)\s*"
)
_95 = 1.96  # standard deviations on either side


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
        Low end of the interval, median and high end of the series with that number; NaN for what there is not.
    holds
        What that interval holds.
    without
        The median with no more.
    most
        The largest number that was tried.
    binds
        Stage, and its mean load in the last year, of each that is full with that number, the fullest first.
    replicates
        On how many a probability rests.
    interval
        Where `probability` lies with so many replicates: 95 %, by Wilson's score.
    needed
        Replicates without which not even all of them could show the wanted probability; None if no number could.
    tried
        Every number, and the share of replicates that meet the target with it; the one below `number` is in it.
    since, unit
        First day over which the series is counted, to `by`, and the unit of its numbers.
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
    holds: str
    without: float
    most: int
    binds: tuple[tuple[str, float], ...]
    replicates: int
    interval: tuple[float, float]
    needed: int | None
    tried: tuple[tuple[int, float], ...]
    since: date
    unit: str

    @property
    def gain(self) -> float:
        """How much nearer to the target the median is with the number than without; below 0, farther away."""
        return (self.without - self.outcome[1]) * (1.0 if self.goal.below else -1.0)


def wilson(share: float, count: int) -> tuple[float, float]:
    """
    Return where a probability lies, with 95 %, if such a share of so many replicates met it.

    References
    ----------
    E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference,
    Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> [round(end, 2) for end in wilson(1.0, 1)]
    [0.21, 1.0]
    """
    square = _95**2 / count
    middle = (share + square / 2) / (1 + square)
    half = math.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def needed(wanted: float) -> int | None:
    """Return the replicates without which not even all of them show a probability, None if no number can."""
    return math.ceil(_95**2 * wanted / (1 - wanted)) if wanted < 1 else None


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


def most_tried(first: int, most: int) -> int:
    """Return how many numbers above 0 `smallest` asks for at most."""
    doubled, found, low, high = 1, 0, 0, min(first, most)
    while True:
        found = max(found, doubled + (high - low - 1).bit_length())
        if high >= most:
            return found
        doubled, low, high = doubled + 1, high, min(2 * high, most)


def counted_from(series: Series, by: date, begun: date) -> date:
    """Return the first day over which a series is counted to the end of a month: of a year for a flow, if the run is as long, else of the month."""
    first = by.replace(day=1)
    if series.kind != "flow":
        return first
    return max(first_of_next_month(first.replace(year=first.year - 1)), begun)


def measured(results: Results, name: str, by: date) -> NDArray[np.float64]:
    """Return a series by replicate on the last day of a month: a flow over the year to it, else in its month."""
    return results.total(
        name, counted_from(results.about(name), by, results.months[0]), first_of_next_month(by)
    )


def solve(
    resource: Resource,
    target: Goal,
    by: date,
    wanted: float,
    decided: date,
    laboratory: Laboratory,
    expect: Callable[[int], None] = lambda _: None,
) -> Solution:
    """
    Return the smallest number of a resource with which a target is met by a day with a probability.

    Every number meets the same replicates: the same draws of the parameters and of chance.

    Parameters
    ----------
    expect
        Called once history is run, with how many numbers are tried after it at most.

    Raises
    ------
    InputError
        If the days are out of reach.
    """
    starts = _start_of_work(resource, by, decided, laboratory.model)
    tried = _Tried(resource, target, by, decided, laboratory)
    have = now(laboratory.model, resource, tried.outcomes[0], decided)
    first, most = max(math.ceil(have / 8), 1), max(math.ceil(MOST * have), 1)
    if tried.probability(0) < wanted:
        expect(most_tried(first, most))
    number = smallest(tried.probability, wanted, first, most)
    taken = number if number is not None else max(tried.values)
    values = tried.values[taken]
    known = values[np.isfinite(values)]
    spread = interval(known if known.size else values)
    about = next(each for each in laboratory.model.catalogue.all() if each.name == target.series)
    return Solution(
        resource,
        target,
        by,
        decided,
        starts,
        wanted,
        have,
        number,
        tried.probability(taken),
        (float(spread.low), float(np.nanmedian(values)), float(spread.high)),
        spread.name,
        float(np.nanmedian(tried.values[0])),
        max(tried.values),
        _binds(tried.outcomes[taken]),
        values.size,
        wilson(tried.probability(taken), values.size),
        needed(wanted),
        tuple((each, tried.probability(each)) for each in sorted(tried.values)),
        counted_from(about, by, tried.start),
        about.unit_of_total,
    )


def _start_of_work(resource: Resource, by: date, decided: date, model: Model) -> date:
    """Return when what is decided on a day starts; refuse days that are out of reach."""
    start, last = model.known_days()
    if by > last:
        raise InputError(
            f"--by: {by} is after {last}, the last day that can be simulated. Give a day up to then."
        )
    if by != last_of_month(by):
        raise InputError(
            f"--by: results are counted by whole months, got {by}. Give {last_of_month_before(by)} or {last_of_month(by)}."
        )
    if not start <= decided < by:
        raise InputError(f"--at: {decided} does not lie between {start} and --by, {by}.")
    book = model.parameters()
    starts = decided + resource.lag(decided, book)
    if starts >= by:
        raise InputError(
            f"--by: {resource.name} decided on {decided} start on {starts}, after {by}: {resource.lag_in_words(decided, book)}. "
            "Give a later --by, or an earlier --at."
        )
    return starts


class _Tried:
    """Numbers of a resource that were tried, each once: the series that a target asks for, by replicate, and the run."""

    def __init__(
        self, resource: Resource, target: Goal, by: date, decided: date, laboratory: Laboratory
    ) -> None:
        self._resource, self._target, self._by, self._decided = resource, target, by, decided
        self._laboratory = laboratory
        self.start, self._end = laboratory.model.known_days()[0], first_of_next_month(by)
        history = laboratory.history(self.start, self._end)
        self.outcomes: dict[int, Outcome] = {0: history}
        self.values: dict[int, NDArray[np.float64]] = {0: measured(history.results, target.series, by)}

    def probability(self, number: int) -> float:
        """Return the share of replicates that meet the target with a number more."""
        if number not in self.values:
            name = f"{number:+} {self._resource.name}"
            more = self._resource.more(number, self._decided)
            outcome = self._laboratory.changed(name, more, self.start, self._end)
            self.values[number] = measured(outcome.results, self._target.series, self._by)
            self.outcomes[number] = outcome
        return float(self._target.met(self.values[number]).mean())


def _binds(outcome: Outcome) -> tuple[tuple[str, float], ...]:
    names, values = loads(outcome)
    full = [
        (name, load)
        for name, load in zip(names, values[:, -12:].mean(axis=1).tolist(), strict=True)
        if load >= BINDS
    ]
    return tuple(sorted(full, key=lambda each: -each[1]))


def table(found: Solution, book: ParameterBook) -> str:
    """Return a solution as plain text."""
    series = found.goal.series
    low, middle, high = found.outcome
    spread = found.holds if math.isnan(low) else f"{found.holds} {plain(low)} to {plain(high)}"
    without = "" if found.number == 0 else f"; with no more, {plain(found.without)}"
    return "\n".join(
        [
            _head(found, book),
            f"{series}, {found.since} to {found.by}: median {plain(middle)}, {spread}{without}.",
            _full(found),
            *_precision(found),
            "Tried: " + ", ".join(f"{number:,} ({share:.0%})" for number, share in found.tried) + ".",
        ]
    )


def _head(found: Solution, book: ParameterBook) -> str:
    have = found.resource
    aim = f"{found.goal} by {found.by} with probability {found.wanted:.0%}"
    lag = have.lag_in_words(found.decided, book)
    start = f" They start on {found.starts}: {lag}." if lag else ""
    if found.number == 0:
        return (
            f"Met as it is: {aim} needs no more {have.name} than the {found.now:,.0f} on {found.decided}; "
            f"{_met(found, 0)}."
        )
    if found.number is not None:
        return (
            f"{found.number:,} more {have.name}, on top of {found.now:,.0f}, are the fewest for {aim}: "
            f"{_met(found, found.number)}, with {found.number - 1:,} more {_met(found, found.number - 1)}.{start}"
        )
    if found.gain < 0:
        why = f"more {have.name} move it the other way, as the medians below show"
    elif found.gain == 0:
        why = f"more {have.name} do not move its median"
    else:
        why = f"even {found.most:,} more, on top of {found.now:,.0f}, are not enough"
    return f"No number of {have.name} suffices for {aim}: {why}; with {found.most:,} more {_met(found, found.most)}.{start}"


def _met(found: Solution, number: int) -> str:
    """Return with which share of replicates a number meets the target."""
    share = dict(found.tried)[number]
    return f"{round(share * found.replicates)} of {found.replicates} replicates meet it ({share:.0%})"


def _full(found: Solution) -> str:
    """Return what is full with the number; what was not enough does not stand in its own way."""
    own = found.resource.stage if found.number is None else None
    full = ", ".join(f"{name} (load {load:.2f})" for name, load in found.binds if name != own)
    if own is None:
        return f"Full in the last year: {full}." if full else "No stage is full in the last year."
    return f"What binds instead with that many: {full}." if full else "No other stage is full with that many."


def _precision(found: Solution) -> Iterator[str]:
    """Return how well so few replicates know a probability, each with parameters of its own."""
    low, high = found.interval
    count = f"{found.replicates} replicate{'' if found.replicates == 1 else 's'}"
    yield f"P is known to about ±{50 * (high - low):.0f} points with {count} (95 % interval {low:.0%} to {high:.0%})."
    if found.needed is None:
        yield "No number of replicates can show a probability of 100 %: this says only that all of these meet it."
    elif found.replicates < found.needed:
        yield (
            f"{count} cannot tell {found.wanted:.0%} from less, even if all meet the target: take the number as a first guess, "
            f"or give --replicates {found.needed} or more."
        )
    elif found.number:
        short = [number for number, share in found.tried if wilson(share, found.replicates)[1] < found.wanted]
        enough = [
            number for number, share in found.tried if wilson(share, found.replicates)[0] >= found.wanted
        ]
        yield (
            "Of the numbers tried, "
            + (f"{max(short):,} is surely too few" if short else "none is surely too few")
            + (f" and {min(enough):,} surely enough" if enough else " and none surely enough")
            + " (95 %)."
        )
