"""Tiers: one class of profiles each, taken by a condition or a scored test, and what may be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

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
class Tier:
    """
    One class of profiles, and what may be done about them.

    Parameters
    ----------
    name
        A lower-case word, unique in its guideline.
    when, score
        The condition or the scored test; `otherwise` has neither, and takes what is left.
    unless
        The exception, or None.
    action
        What an officer may do.
    authority
        Who approves, where the action is `preapproval`.
    basis
        `stated` if the document says it, `assumed` if this package reads it so.
    note
        What a profile cannot show, and what was assumed.
    source
        The paragraph.
    """

    name: str
    when: Predicate | None
    score: Score | None
    unless: Predicate | None
    action: Action
    authority: str | None
    basis: RuleBasis
    note: str | None
    source: Citation

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """Every condition of the tier."""
        scored = [term.when for term in self.score.terms] if self.score else []
        return tuple(each for each in (self.when, *scored, self.unless) if each is not None)

    def matches(self, profiles: pl.DataFrame) -> npt.NDArray[np.bool_]:
        """Return whether the tier by itself takes each profile, shape (n_profiles,)."""
        taken = np.ones(profiles.height, dtype=np.bool_)
        if self.when is not None:
            taken &= self.when.evaluate(profiles)
        if self.score is not None:
            taken &= self.score.points(profiles) >= self.score.at_least
        if self.unless is not None:
            taken &= ~self.unless.evaluate(profiles)
        return taken

    def explain(self, profile: Mapping[str, str]) -> Examined:
        """Return what each condition of the tier is for one profile."""
        test = self.when.explain(profile) if self.when else None
        test = self.score.explain(profile) if self.score else test
        exception = self.unless.explain(profile) if self.unless else None
        matched = (test is None or test.holds) and not (exception is not None and exception.holds)
        return Examined(self, matched, test, exception)


@dataclass(frozen=True)
class Examined:
    """A tier that was looked at for one profile: did it match, and its clauses (None if it has none)."""

    tier: Tier
    matched: bool
    when: Clause | None
    unless: Clause | None
