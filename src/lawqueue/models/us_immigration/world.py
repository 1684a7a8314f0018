"""What a model is built from on given dates: parameters, guidelines, published inputs, as arrays by day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.spec import Dated, Geometric, StayChoice
from lawqueue.models.us_immigration.groups import Groups, groups_of
from lawqueue.models.us_immigration.observed import Observed
from lawqueue.models.us_immigration.profiles import ACTIONS, Profiles
from lawqueue.rules import UNKNOWN, Calendar, Guideline, ParameterBook, Statute
from lawqueue.rules.guideline import Decisions
from lawqueue.rules.statute import Function, Provision

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Law = Mapping[tuple[Function, str], Calendar[Statute]]
"""Which statute answers each question when."""


def first_of_next_month(day: date) -> date:
    """Return the first day of the month after that of `day`."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def memoryless(means: Floats) -> StayChoice:
    """Return a memoryless stay with the given mean on each day, shape (days,) [day]."""
    levels, which = np.unique(np.round(means, 3), return_inverse=True)
    return StayChoice(
        tuple(Geometric(max(1.0, float(each))) for each in levels),
        Dated.from_series(which.astype(np.float64)),
    )


def rest_of(*shares: Dated) -> Dated:
    """Return what shares by profile leave of a whole, from day to day."""
    starts = sorted({tick for each in shares for tick in each.starts})
    return Dated(
        tuple(starts),
        tuple(1.0 - np.sum([np.asarray(each.at(tick)) for each in shares], axis=0) for tick in starts),
    )


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
        (from, to, guideline) for ICE, without a gap from start to end.
    law
        Which statute answers each question when; where none does, nothing is allowed or asked for.
    law_in_history
        The same, as it was.
    rules
        Every guideline by which cases are told apart in reports: those of the package, and the scenario's own.
    observed
        Published figures.
    profiles
        The table of profiles.
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

    @cached_property
    def groups(self) -> Groups:
        """The groups by which the engine counts."""
        return groups_of(self.profiles, self.rules)

    @cached_property
    def days(self) -> int:
        """Length of the horizon [day]."""
        return (self.end - self.start).days

    @cached_property
    def months(self) -> tuple[date, ...]:
        """First day of each month."""
        found = [self.start.replace(day=1)]
        while (following := first_of_next_month(found[-1])) < self.end:
            found.append(following)
        return tuple(found)

    @cached_property
    def month_of(self) -> NDArray[np.int64]:
        """Index of the month of each day, shape (days,)."""
        starts = [max(0, (month - self.start).days) for month in self.months]
        return np.searchsorted(starts, np.arange(self.days), side="right") - 1

    @cached_property
    def days_in_month(self) -> NDArray[np.int64]:
        """Days of each month that are simulated, shape (n_months,)."""
        return np.bincount(self.month_of, minlength=len(self.months))

    def day(self, when: date) -> int:
        """Return the number of a day from the start."""
        return (when - self.start).days

    def daily(self, name: str) -> Floats:
        """Return a parameter by day, shape (days,)."""
        return self.book.series(name, self.start, self.end)

    def daily_in_history(self, name: str) -> Floats:
        """Return a parameter by day as it was, shape (days,)."""
        return self.history.series(name, self.start, self.end)

    def value(self, name: str) -> float:
        """Return a parameter on the first day."""
        return self.book.value(name, self.start)

    def dated(self, name: str) -> Dated:
        """Return a parameter as a dated value."""
        return Dated.from_series(self.daily(name))

    def monthly(self, series: str) -> Floats:
        """Return a published monthly series, shape (n_months,); NaN where nothing was published."""
        return self.observed.monthly(series, self.months[0], first_of_next_month(self.months[-1]))

    def held(self, series: str) -> Floats:
        """Return a published monthly series; a month without a figure has the last one before it, (n_months,)."""
        known = self.monthly(series)
        last = np.maximum.accumulate(np.where(np.isnan(known), 0, np.arange(known.size)))
        return np.asarray(known[last])

    def by_day(self, monthly: Floats) -> Floats:
        """Spread monthly values over the days: each day has the value of its month."""
        return np.asarray(monthly[self.month_of])

    def annual(self, series: str) -> Floats:
        """Return a published annual series by day: each day has the value of its fiscal year; the last is held."""
        figures = self.observed.annual(series)
        known = sorted(figures)
        nearest = np.array(known)[
            np.clip(np.searchsorted(known, self.fiscal_years, side="right") - 1, 0, None)
        ]
        return np.array([figures[int(year)].value for year in nearest])

    @cached_property
    def fiscal_years(self) -> NDArray[np.int64]:
        """Fiscal year of each day, named by the year in which it ends, shape (days,)."""
        dates = [self.start + timedelta(days=i) for i in range(self.days)]
        return np.array([each.year + (each.month >= 10) for each in dates])

    def by_profile(self, *parts: tuple[Mask | Floats, Floats | float]) -> Dated:
        """
        Return a value for each profile and day: the sum of weight × series over the parts.

        Parameters
        ----------
        parts
            Weights or a mask over profiles, shape (n,), and a number or a series by day, shape (days,).
        """
        series = [np.broadcast_to(np.asarray(each, float), (self.days,)) for _, each in parts]
        weights = [np.asarray(mask, float) for mask, _ in parts]
        changed = np.zeros(self.days, bool)
        changed[0] = True
        for each in series:
            changed[1:] |= np.diff(each) != 0
        starts = np.flatnonzero(changed)
        values = tuple(
            np.asarray(sum(weight * each[tick] for weight, each in zip(weights, series, strict=True)))
            for tick in starts
        )
        return Dated(tuple(int(each) for each in starts), values)

    def memoryless(self, name: str) -> StayChoice:
        """Return a memoryless stay whose mean [day] is a parameter that may change by date."""
        return memoryless(self.daily(name))

    @cached_property
    def spells(self) -> tuple[tuple[int, Guideline], ...]:
        """First day number and guideline of each spell."""
        return tuple((max(0, self.day(first)), guideline) for first, _, guideline in self.calendar)

    def acted_on(self, action: str) -> list[tuple[Mask, Floats]]:
        """
        Return, for each guideline in force, which profiles it puts under `action`, and when it does.

        Where a court's order reaches every decision, approvals are not asked for and nobody is out of reach.

        Returns
        -------
        list of ((n,) bool, (days,) float64 of 0 and 1)
        """
        code = ACTIONS.index(action)
        found = []
        for guideline, in_force in self._in_force():
            taken = self.profiles.actions(guideline) == code
            found.append((taken, in_force))
            if action in {"preapproval", "none"}:
                for scope, suspended in self._suspended(guideline, in_force, ("all",)):
                    found.append((scope & taken, -suspended))
        return found

    def taken_up(self) -> list[tuple[Mask, Floats]]:
        """
        Return whom each guideline leaves open to action, and what share of them officers take up on each day.

        The share is the parameter that the tier names, else that of any case that a guideline leaves open.

        Returns
        -------
        list of ((n,) bool, (days,) float64 [/1])
        """
        usual = self.daily("guidance.discretion_share") * self.daily("guidance.open_share")
        found = []
        for guideline, in_force in self._in_force():
            tiers = self.profiles.tiers(guideline)
            for index, tier in enumerate(guideline.tiers_all):
                if tier.action == "enforceable":
                    share = self.daily(tier.share) if tier.share else usual
                    found.append((tiers == index, in_force * share))
            closed = self._bound(guideline, "preapproval", "none")
            for scope, suspended in self._suspended(guideline, in_force, ("all",)):
                found.append((scope & closed, suspended * usual))
        return found

    def outside_priorities(self) -> list[tuple[Mask, Floats]]:
        """
        Return whom each guideline in force leaves outside its priorities at a review of custody, and how far.

        As far as officers act on a court's order, who is in its scope is not released for being outside. A
        guideline without priorities leaves nobody outside.

        Returns
        -------
        list of ((n,) bool, (days,) float64 [/1])
        """
        found = []
        for guideline, in_force in self._in_force():
            if guideline.tiers:
                outside = ~self._bound(guideline, "presumed")
                found.append((outside, in_force))
                for scope, suspended in self._suspended(guideline, in_force, ("all", "custody")):
                    found.append((scope & outside, -suspended))
        return found

    def _bound(self, guideline: Guideline, *actions: str) -> Mask:
        codes = [ACTIONS.index(each) for each in actions]
        return np.isin(self.profiles.actions(guideline), codes)

    def _suspended(
        self, guideline: Guideline, in_force: Floats, reaching: Sequence[Decisions]
    ) -> Iterator[tuple[Mask, Floats]]:
        """Yield the scope of each suspension that reaches some decisions, and how far it is acted on by day."""
        acted_on = self.daily("guidance.suspension_share")
        for each in guideline.suspended:
            if each.decisions not in reaching:
                continue
            suspended = self._during(each.spell.start, each.spell.end) * in_force * acted_on
            if suspended.any():
                yield each.reaches(self.profiles.frame), suspended

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
        for first, after, statute in (self.law if law is None else law).get((function, topic), ()):
            in_force = self._during(first, after)
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
        for first, after, statute in (self.law if law is None else law).get((function, topic), ()):
            profile = dict.fromkeys(statute.schema.names, UNKNOWN) | levels
            if statute.explain(profile).index < len(statute.tiers):
                taken += self._during(first, after)
        return taken

    def either(self, *parts: tuple[Mask, Floats | float]) -> Dated:
        """Return the probability of each profile on each day to be in at least one of some parts, [/1]."""
        shares = [self.by_profile(part) for part in parts]
        starts = sorted({tick for each in shares for tick in each.starts})
        return Dated(
            tuple(starts),
            tuple(
                1.0 - np.prod([1.0 - np.asarray(each.at(tick)) for each in shares], axis=0) for tick in starts
            ),
        )

    def product(self, *factors: Dated) -> Dated:
        """Return the product of dated values by profile."""
        starts = sorted({tick for each in factors for tick in each.starts})
        return Dated(
            tuple(starts),
            tuple(np.prod([np.asarray(each.at(tick)) for each in factors], axis=0) for tick in starts),
        )

    def times(self, value: Dated, *parts: tuple[Mask | Floats, Floats | float]) -> Dated:
        """Return a dated value by profile times the sum of weight × series over the parts."""
        return self.product(value, self.by_profile(*parts))

    def ranks(self) -> Dated:
        """Return the class of each profile under the guideline in force: 0 for its tiers, 1 for the rest."""
        return self.by_profile(
            *((self.profiles.ranks(guideline), in_force) for guideline, in_force in self._in_force())
        )

    def _in_force(self) -> Sequence[tuple[Guideline, Floats]]:
        return [(guideline, self._during(first, after)) for first, after, guideline in self.calendar]

    def _during(self, first: date, after: date | None) -> Floats:
        """Return 1 on the days from `first` until before `after`, or to the end, and 0 on the others, (days,)."""
        held = np.zeros(self.days)
        held[max(0, self.day(first)) : None if after is None else max(0, self.day(after))] = 1.0
        return held
