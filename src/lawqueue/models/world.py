"""What a model is built from on given dates: parameters, guidelines, published inputs, as arrays by day."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache, reduce
from operator import mul
from typing import Any, Literal, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.spec import Geometric, Quantiles, StayChoice
from lawqueue.engine.varying import EVERYBODY, Varying, by_profile, by_tick, frozen, weighted
from lawqueue.models.observed import Observed
from lawqueue.models.once import Input, Memory, Notes
from lawqueue.models.profiles import Profiles
from lawqueue.models.published import Published, published
from lawqueue.rules import UNKNOWN, Calendar, Guideline, ParameterBook, Statute
from lawqueue.rules.statute import Function, Provision
from lawqueue.same import Same

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Part: TypeAlias = tuple["Mask | Floats", "Floats | float"]
"""Weights or a mask over profiles, shape (n,), and a number or a series by day, shape (days,)."""
Law = Mapping[tuple[Function, str], Calendar[Statute]]
"""Which statute answers each question when."""


def memoryless(means: Floats) -> StayChoice:
    """Return a memoryless stay with the given mean on each day, shape (days,) [day]."""
    found = by_tick(np.round(means, 3))
    levels, which = np.unique(found.numbers, return_inverse=True)
    return StayChoice(
        tuple(Geometric(max(1.0, float(each))) for each in levels),
        Varying(found.starts, found.cells, which.reshape(found.numbers.shape).astype(np.float64)),
    )


_PROBABILITIES = np.linspace(0.0, 1.0, 201)
_NEVER = 1e5
"""Longer than any run [day]."""
_CLOCK_STEP = 30
"""Those who begin within so many days share a distribution [day]."""


def clock(rate: Floats) -> StayChoice:
    """
    Return the time until an event that comes at a rate which changes while one waits.

    A memoryless stay keeps the mean of the day on which it begins; this one feels each change on its day. It is
    given by its quantiles, every thirty days.

    Parameters
    ----------
    rate
        Shape (days,) [/day]; the last is held.
    """
    longer = np.concatenate([rate, np.full(int(_NEVER), rate[-1])])
    passed = np.concatenate([[0.0], np.cumsum(longer)])
    # Nothing ends before there is a rate at all; the last quantile stands for the half of a step that is left.
    tail = np.clip(_PROBABILITIES, 1e-9, 1 - np.diff(_PROBABILITIES)[-1] / 2)
    starts = tuple(range(0, rate.size, _CLOCK_STEP))
    options = []
    for start in starts:
        found = np.searchsorted(passed, passed[start] - np.log1p(-tail), side="left") - start
        options.append(Quantiles(tuple(np.minimum(found, _NEVER).tolist())))
    return StayChoice(
        tuple(options), Varying(starts, EVERYBODY, np.arange(len(starts), dtype=float)[:, None])
    )


def _spells(calendar: Calendar[Any]) -> Hashable:
    return tuple((first, after, Same(rule)) for first, after, rule in calendar)


@lru_cache(maxsize=1024)
def _takes(statute: Same[Statute], levels: tuple[tuple[str, str], ...]) -> bool:
    """Tell whether a statute takes a profile of which only some levels are known."""
    known = statute.it
    profile = dict.fromkeys(known.schema.names, UNKNOWN) | dict(levels)
    return known.explain(profile).index < len(known.tiers)


@dataclass(frozen=True)
class World:
    """
    Inputs of one scenario.

    Parameters
    ----------
    history
        Parameters as they were.
    book
        Parameters of the scenario: history with its changes laid over.
    calendar
        (from, to, guideline) of those that bind the agency of the model, without a gap from start to end.
    law
        Which statute answers each question when; where none does, nothing is allowed or asked for.
    law_in_history
        The same, as it was.
    rules
        Every guideline by which cases are told apart in reports: those of the package, and the scenario's own.
    observed
        Published figures.
    profiles
        The table of profiles; None for a model that tells none apart by rules.
    start, end
        First day, and the day after the last.
    """

    history: ParameterBook
    book: ParameterBook
    calendar: Calendar[Guideline]
    law: Law
    law_in_history: Law
    rules: tuple[Guideline, ...]
    observed: Observed
    profiles: Profiles
    start: date
    end: date
    memory: Memory = field(default_factory=Memory, compare=False, repr=False)
    """What steps made of worlds with the same history, see `once`."""
    notes: Notes = field(default_factory=Notes, init=False, compare=False, repr=False)
    """What was read, so far."""

    @property
    def fixed(self) -> tuple[Hashable, ...]:
        """What no step has to note: it is the key of a memory."""
        return Same(self.observed), Same(self.profiles), self.start, self.end

    def told(self, read: Input) -> Hashable:
        """Return what tells an input from another one: equal where a step would read the same."""
        kind, name = read
        match kind:
            case "rules":
                return tuple(map(Same, self.rules))
            case "guidelines":
                return _spells(self.calendar)
            case "law" | "law in history":
                law = self.law if kind == "law" else self.law_in_history
                return _spells(law.get(cast("tuple[Function, str]", name), ()))
            case _:
                book = self.history if kind == "history" else self.book
                changes = tuple(each for each in book.changes if each.name == name)
                return Same(book.parameter(cast("str", name))), changes

    def note(self, kind: str, name: Hashable = "") -> None:
        """Note that an input is read."""
        self.notes.add({(kind, name): self.told((kind, name))})

    @property
    def read_at_start(self) -> set[str]:
        """Parameters that were read for the first day alone, so far."""
        return {cast("str", name) for kind, name in self.notes.every if kind == "first day"}

    @cached_property
    def published(self) -> Published:
        """Published figures over the days of the run."""
        return published(self.observed, self.start, self.end)

    @property
    def days(self) -> int:
        """Length of the horizon [day]."""
        return self.published.days

    @property
    def months(self) -> tuple[date, ...]:
        """First day of each month."""
        return self.published.months

    @property
    def month_of(self) -> NDArray[np.int64]:
        """Index of the month of each day, shape (days,)."""
        return self.published.month_of

    def day(self, when: date) -> int:
        """Return the number of a day from the start."""
        return (when - self.start).days

    def daily(self, name: str) -> Floats:
        """Return a parameter by day, shape (days,)."""
        return self._remembered("book", name)

    def daily_in_history(self, name: str) -> Floats:
        """Return a parameter by day as it was, shape (days,)."""
        return self._remembered("history", name)

    @cached_property
    def _series(self) -> dict[tuple[str, str], Floats]:
        return {}

    def _remembered(self, which: Literal["book", "history"], name: str) -> Floats:
        self.note(which, name)
        key = (which, name)
        if key not in self._series:
            book = self.book if which == "book" else self.history
            self._series[key] = frozen(book.series(name, self.start, self.end))
        return self._series[key]

    def at_start(self, name: str) -> float:
        """Return a parameter on the first day, of which a change on a later day would never act."""
        self.note("first day", name)
        return self.book.value(name, self.start)

    def dated(self, name: str) -> Varying:
        """Return a parameter as a number that varies by day."""
        return by_tick(self.daily(name))

    def by_profile(self, *parts: Part) -> Varying:
        """
        Return a value for each profile and day: the sum of weight × series over the parts.

        Parameters
        ----------
        parts
            Weights or a mask over profiles, shape (n,), and a number or a series by day, shape (days,).
        """
        return weighted(
            *(
                (by_profile(weight), series if np.ndim(series) == 0 else by_tick(np.asarray(series)))
                for weight, series in parts
            )
        )

    def memoryless(self, name: str) -> StayChoice:
        """Return a memoryless stay whose mean [day] is a parameter that may change by date."""
        return memoryless(self.daily(name))

    @property
    def spells(self) -> tuple[tuple[int, Guideline], ...]:
        """First day number and guideline of each spell."""
        self.note("guidelines")
        return tuple((max(0, self.day(first)), guideline) for first, _, guideline in self.calendar)

    def taken(
        self,
        function: Function,
        topic: str,
        which: Callable[[Provision], bool] = lambda _: True,
        *,
        law: Law | None = None,
    ) -> list[tuple[Mask, Floats]]:
        """
        Return, for each tier of the statutes that answer a question, whom it takes and how far on each day.

        What a profile cannot show of a tier is in the parameter `law.reach.` and its name, if there is one.

        Parameters
        ----------
        function, topic
            The question.
        which
            The tiers that are wanted; what is left to `otherwise` or to another topic never is.
        law
            Another law than that of the scenario.

        Returns
        -------
        list of ((n,) bool, (days,) float64 [/1])
        """
        found = []
        for first, after, statute in self._spells_of((function, topic), law):
            in_force = self.during(first, after)
            tiers = self.profiles.tiers(statute)
            for index, tier in enumerate(statute.tiers):
                if tier.defers_to is None and which(tier):
                    name = f"law.reach.{tier.name}"
                    reach = self.daily(name) if name in self.book else 1.0
                    found.append((tiers == index, in_force * reach))
        return found

    def lawful(self, function: Function, topic: str, among: Mask, *, law: Law | None = None) -> Floats:
        """Return the share of some profiles that a statute takes on each day, shape (days,) [/1]."""
        share = np.zeros(self.days)
        for mask, series in self.taken(function, topic, law=law):
            share += (mask & among).sum() / among.sum() * series
        return share

    def allowed(self, function: Function, topic: str, *, law: Law | None = None, **levels: str) -> Floats:
        """
        Return whether a statute takes one profile on each day, shape (days,) of 0 and 1.

        Parameters
        ----------
        levels
            What is known of the profile; the rest is unknown.
        """
        taken = np.zeros(self.days)
        for first, after, statute in self._spells_of((function, topic), law):
            if _takes(Same(statute), tuple(levels.items())):
                taken += self.during(first, after)
        return taken

    def _spells_of(self, question: tuple[Function, str], law: Law | None) -> Calendar[Statute]:
        self.note("law in history" if law is self.law_in_history else "law", question)
        return (self.law if law is None else law).get(question, ())

    def either(self, *parts: Part) -> Varying:
        """Return the probability of each profile on each day to be in at least one of some parts, [/1]."""
        return 1.0 - reduce(mul, (1.0 - self.by_profile(part) for part in parts))

    def ranks(self) -> Varying:
        """Return the class of each profile under the guideline in force: 0 for its tiers, 1 for the rest."""
        return self.by_profile(
            *((self.profiles.ranks(guideline), in_force) for guideline, in_force in self.in_force())
        )

    def in_force(self) -> Sequence[tuple[Guideline, Floats]]:
        """Return each guideline of the calendar, with 1 on the days on which it is in force and 0 on the others."""
        self.note("guidelines")
        return [(guideline, self.during(first, after)) for first, after, guideline in self.calendar]

    def during(self, first: date, after: date | None) -> Floats:
        """Return 1 on the days from `first` until before `after`, or to the end, and 0 on the others, (days,)."""
        held = np.zeros(self.days)
        held[max(0, self.day(first)) : None if after is None else max(0, self.day(after))] = 1.0
        return held
