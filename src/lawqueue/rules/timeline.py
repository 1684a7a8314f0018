"""
The timeline of a model: the dated switches of law and policy, each with what it changed, where, and its source.

A model has its own topics, in whose order its switches are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from lawqueue.errors import InputError, Problem, did_you_mean
from lawqueue.files import Document, read_yaml, validated
from lawqueue.rules.source import UNREAD, Day, Record, RuleBasis, Source, Words

Precision: TypeAlias = Literal["day", "month", "year"]
"""How much of a date is known."""


class Bars(Record):
    """
    Spells of rules that are drawn under the switches of a topic.

    Parameters
    ----------
    of
        `guidelines`, or the function and the topic that statutes answer, as in `removal_track title42`.
    words
        What they are, and when they are orange.
    orange
        Ids of the rules that reach further than the others.
    """

    of: Words
    words: Words
    orange: tuple[Words, ...] = ()


class Theme(Record):
    """
    What switches are about.

    Parameters
    ----------
    name, title
        As switches name it, and as a heading.
    bars
        What is drawn under them, if anything.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    title: Words
    bars: Bars | None = None


class Switch(Record):
    """
    One dated change of law or policy.

    Parameters
    ----------
    id
        Lower-case words joined by hyphens, unique.
    date
        The day from which it had effect; where less is known, the first day of the month or year.
    precision
        How much of the date is known.
    topic
        Name of what it is about.
    what
        What happened, in one or two sentences.
    sets
        What it moves in the model; names of guidelines, statutes and parameters stand in backticks.
    basis
        `stated` if a source says it, `assumed` if it was recalled or comes from a secondary tracker.
    note
        What is assumed about it.
    source
        Where a reader can check; what is stated has a link.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    date: Day
    precision: Precision = "day"
    topic: Words
    what: Words
    sets: Words
    basis: RuleBasis
    note: Words | None = None
    source: Source

    @property
    def shown_date(self) -> str:
        """The part of the date that is known, as in 2005-12."""
        return self.date.isoformat()[: {"day": 10, "month": 7, "year": 4}[self.precision]]

    @property
    def names(self) -> tuple[str, ...]:
        """The names in backticks in `sets`."""
        return tuple(self.sets.split("`")[1::2])

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.basis in UNREAD and self.note is None:
            raise ValueError(f"basis: {self.basis} needs a 'note' that says what is {self.basis}.")
        if self.basis == "stated" and self.source.link is None:
            raise ValueError("basis: stated needs a 'url' in 'source', where a reader can check.")
        if self.sets.count("`") % 2:
            raise ValueError("'sets' opens a backtick and never closes it.")
        first = {"day": self.date.day, "month": 1, "year": 1}[self.precision]
        month = 1 if self.precision == "year" else self.date.month
        if self.date != self.date.replace(month=month, day=first):
            raise ValueError(
                f"of 'date' only the {self.precision} is known, so it is the first day of it, got {self.date}."
            )
        return self


class _TimelineText(Record):
    topics: Annotated[list[Theme], Field(min_length=1)]
    switches: Annotated[list[Switch], Field(min_length=1)]


@dataclass(frozen=True)
class Timeline:
    """
    All switches, by date.

    Parameters
    ----------
    topics
        What they are about, in the order in which they are shown.
    switches
        In order of date, and on one day in the order of the file.
    """

    topics: tuple[Theme, ...]
    switches: tuple[Switch, ...]

    @property
    def titles(self) -> dict[str, str]:
        """The title of every topic, by its name."""
        return {each.name: each.title for each in self.topics}

    def __iter__(self) -> Iterator[Switch]:
        return iter(self.switches)

    def __len__(self) -> int:
        return len(self.switches)

    def __getitem__(self, name: str) -> Switch:
        """
        Return a switch by its id.

        Raises
        ------
        InputError
            If no switch has this id.
        """
        for each in self.switches:
            if each.id == name:
                return each
        raise InputError(f"no switch {name!r}. {did_you_mean(name, [each.id for each in self.switches])}")

    def on(self, day: date) -> tuple[Switch, ...]:
        """Return the switches of one day."""
        return tuple(each for each in self.switches if each.date == day)

    def between(self, start: date, end: date) -> tuple[Switch, ...]:
        """Return the switches from `start` on and before `end`."""
        return tuple(each for each in self.switches if start <= each.date < end)

    def about(self, topic: str) -> tuple[Switch, ...]:
        """Return the switches of one topic."""
        return tuple(each for each in self.switches if each.topic == topic)


def load_timeline(path: Path) -> Timeline:
    """
    Read the timeline.

    Raises
    ------
    InputError
        With every fault at its line and column: a key too many or too few, an id given twice, no such topic, a switch
        that stands behind a later one.
    """
    document = read_yaml(path)
    text = validated(_TimelineText, document)
    problems = list(_faults(text, document))
    if problems:
        raise InputError(problems)
    return Timeline(tuple(text.topics), tuple(text.switches))


def _faults(text: _TimelineText, document: Document) -> Iterator[Problem]:
    seen: set[str] = set()
    topics = [each.name for each in text.topics]
    for index, each in enumerate(text.switches):
        if each.topic not in topics:
            yield document.problem(
                ("switches", index, "topic"),
                f"switches.{index}.topic: no topic {each.topic!r}. {did_you_mean(each.topic, topics)}",
            )
        if each.id in seen:
            yield document.problem(
                ("switches", index, "id"), f"switches.{index}.id: {each.id!r} is used twice. Change one."
            )
        seen.add(each.id)
    for (index, each), (_, before) in pairwise(reversed(list(enumerate(text.switches)))):
        if each.date < before.date:
            yield document.problem(
                ("switches", index, "date"),
                f"switches.{index}.date: {each.date} stands behind {before.date}. Sort the switches by date.",
            )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the timeline, for editors."""
    return _TimelineText.model_json_schema(by_alias=True)
