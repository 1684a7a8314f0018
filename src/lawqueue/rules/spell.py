"""Spells: the spans of days in which a rule applied or was held back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Self, TypeAlias

from pydantic import Field, model_validator

from lawqueue.errors import Problem
from lawqueue.files import Document
from lawqueue.rules.source import Day, Record, Words

Place: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
"""A state or a circuit of the federal courts, as `minnesota` or `circuit_2`."""


class Spell(Record):
    """
    A span of days.

    Parameters
    ----------
    start, end
        First day, and the first day after it; without an end the spell is open.
    place
        Where it holds; without one, in the whole country.
    scope
        What it is limited to; without one it is unlimited.
    why
        What began and what ended it.
    """

    start: Day = Field(alias="from")
    end: Day | None = Field(default=None, alias="to")
    place: Place | None = None
    scope: Words | None = None
    why: Words

    def holds_on(self, day: date, place: str | None = None) -> bool:
        """Tell whether it holds on `day` in a place; what holds in the whole country holds in each place."""
        if self.place not in {None, place}:
            return False
        return self.start <= day and (self.end is None or day < self.end)

    def meets(self, other: Spell) -> bool:
        """Tell whether the two share a day of one place; a spell of the whole country is another place."""
        if self.place != other.place:
            return False
        first, second = sorted((self, other), key=lambda each: each.start)
        return first.end is None or first.end > second.start

    @property
    def span(self) -> str:
        """Its first day, the first day without it, and its place, in words."""
        where = f" in {self.place}" if self.place else ""
        return f"{self.start} until {self.end or 'further notice'}{where}"

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end is not None and self.end <= self.start:
            raise ValueError(
                f"'to' is {self.end}, which is not after 'from', {self.start}. 'to' is exclusive."
            )
        return self


def overlaps(spells: Sequence[Spell], document: Document) -> Iterator[Problem]:
    """Yield a fault for each spell under `in_force` that starts before the one before it ends."""
    in_order = sorted(enumerate(spells), key=lambda pair: (pair[1].place or "", pair[1].start))
    for (_, before), (index, after) in pairwise(in_order):
        if before.meets(after):
            yield document.problem(
                ("in_force", index, "from"),
                f"in_force.{index}: starts on {after.start}, in the spell that runs from {before.span}. "
                "Let the spells follow each other.",
            )
