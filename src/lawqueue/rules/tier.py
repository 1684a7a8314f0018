"""Tiers: one class of profiles each, taken by a condition or a scored test, and what follows for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, Self, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from lawqueue.rules.language import Clause, Predicate
from lawqueue.rules.source import Citation, RuleBasis

if TYPE_CHECKING:
    import polars as pl

Action: TypeAlias = Literal["presumed", "preapproval", "enforceable", "none"]
"""
What an officer may do: `presumed` is acted on as resources allow; `enforceable` may be acted on, behind every
presumed case; `preapproval` only once a named official agrees; `none` is not acted on.
"""


@dataclass(frozen=True)
class Term:
    """One circumstance of a scored test: `add` counts if `when` holds."""

    when: Predicate
    add: float
    why: str


@dataclass(frozen=True)
class Score:
    """
    A totality test: the sum of the terms that hold, against a threshold.

    Parameters
    ----------
    at_least
        The sum from which the test is met [points].
    terms
        The circumstances, in the order in which they are added.
    """

    at_least: float
    terms: tuple[Term, ...]

    def points(self, profiles: pl.DataFrame) -> npt.NDArray[np.float64]:
        """Return the sum for each profile, shape (n_profiles,) [points]."""
        total = np.zeros(profiles.height)
        for term in self.terms:
            total += np.where(term.when.evaluate(profiles), term.add, 0.0)
        return total

    def evaluate(self, profiles: pl.DataFrame) -> npt.NDArray[np.bool_]:
        """Return whether the test is met for each profile, shape (n_profiles,)."""
        return self.points(profiles) >= self.at_least

    def explain(self, profile: Mapping[str, str]) -> Clause:
        """Return the test as a clause, whose parts are the circumstances with their points."""
        judged = [(term, term.when.explain(profile)) for term in self.terms]
        total = 0.0
        for term, clause in judged:
            total += term.add if clause.holds else 0.0
        parts = tuple(
            Clause(f"{term.add:+g} if {clause.text}", clause.holds, clause.parts) for term, clause in judged
        )
        return Clause(f"{total:g} points, at least {self.at_least:g} needed", total >= self.at_least, parts)


@dataclass(frozen=True)
class AnyTier(ABC):
    """
    One class of profiles, whatever follows for it.

    Parameters
    ----------
    name
        A lower-case word, unique in its file.
    when
        The condition; `otherwise` has none, and takes what is left.
    unless
        The exception, or None.
    basis
        `stated` if the document says it, `assumed` if this package reads it so.
    note
        What a profile cannot show, and what was assumed.
    source
        The paragraph.
    """

    name: str
    when: Predicate | None
    unless: Predicate | None
    basis: RuleBasis
    note: str | None
    source: Citation

    @property
    @abstractmethod
    def outcome(self) -> str:
        """What follows, in a few words."""

    @property
    def test(self) -> Predicate | Score | None:
        """What takes a profile; None takes every one."""
        return self.when

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """Every condition of the tier."""
        return tuple(each for each in (self.when, self.unless) if each is not None)

    def matches(self, profiles: pl.DataFrame) -> npt.NDArray[np.bool_]:
        """Return whether the tier by itself takes each profile, shape (n_profiles,)."""
        taken = np.ones(profiles.height, dtype=np.bool_)
        if self.test is not None:
            taken &= self.test.evaluate(profiles)
        if self.unless is not None:
            taken &= ~self.unless.evaluate(profiles)
        return taken

    def explain(self, profile: Mapping[str, str]) -> Examined[Self]:
        """Return what each condition of the tier is for one profile."""
        test = self.test.explain(profile) if self.test else None
        exception = self.unless.explain(profile) if self.unless else None
        matched = (test is None or test.holds) and not (exception is not None and exception.holds)
        return Examined(self, matched, test, exception)


TierT = TypeVar("TierT", bound=AnyTier)


@dataclass(frozen=True)
class Examined(Generic[TierT]):
    """A tier that was looked at for one profile: did it match, and its clauses (None if it has none)."""

    tier: TierT
    matched: bool
    when: Clause | None
    unless: Clause | None

    def lines(self) -> Iterator[str]:
        """Yield the tier and its clauses as indented lines."""
        yield f"{'✓' if self.matched else '✗'} {self.tier.name}: {self.tier.outcome}"
        if self.when is not None:
            yield from self.when.lines(1)
        if self.unless is not None:
            yield "  unless"
            yield from self.unless.lines(1)


@dataclass(frozen=True)
class Tier(AnyTier):
    """
    A tier of a guideline: one class of profiles, and what may be done about them.

    Parameters
    ----------
    score
        The scored test, in place of `when`.
    action
        What an officer may do.
    authority
        Who approves, where the action is `preapproval`.
    share
        The parameter that says how many of the cases left open are taken up, where the action is `enforceable` and
        the usual share is not meant; else None.
    handed_over
        The parameter that says how many of the cases ICE takes over from a jail that hands them over; None where it
        takes all.
    """

    score: Score | None
    action: Action
    authority: str | None
    share: str | None
    handed_over: str | None

    @property
    def outcome(self) -> str:
        """What an officer may do."""
        return self.action

    @property
    def test(self) -> Predicate | Score | None:
        """What takes a profile; None takes every one."""
        return self.score or self.when

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """Every condition of the tier."""
        scored = [term.when for term in self.score.terms] if self.score else []
        return tuple(each for each in (self.when, *scored, self.unless) if each is not None)
