"""
Whether the statutes give one answer to one question: what `lawqueue rules check` asks of them.

Somebody may be charged under two sections, but is held under one: custody before a decision, after an order and
of children alone are one question in parts. A tier that leaves its class to another part says so with
`defers_to`; whoever follows it from any part must come to the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lawqueue.rules.guideline import CHECKED_FROM, CHECKED_TO, Finding
from lawqueue.rules.schema import UNKNOWN, ProfileSchema
from lawqueue.rules.statute import IN_PARTS, Function, Statute, StatuteBook

if TYPE_CHECKING:
    import polars as pl


def check_answers(
    book: StatuteBook,
    schema: ProfileSchema,
    *,
    start: date = CHECKED_FROM,
    end: date = CHECKED_TO + timedelta(days=1),
) -> list[Finding]:
    """
    Return where two provisions answer one question for one profile, or none does.

    Parameters
    ----------
    book
        The statutes.
    schema
        The attributes they read.
    start, end
        The span that is checked, in the country and in each place with a statute of its own; `end` is exclusive.

    Returns
    -------
    list of Finding
        One for each pair of statutes and span of days, with the profile about which least has to be known.
    """
    places = {spell.place for each in book for spell in each.in_force}
    return [
        finding
        for function in sorted(IN_PARTS)
        for topics in (frozenset(book.topics(function)),)
        for place in sorted(places, key=str)
        for first, after in _spans(book, function, topics, place, start, end)
        for finding in _findings(book, schema, function, topics, place, first, after)
    ]


def _spans(
    book: StatuteBook, function: Function, topics: frozenset[str], place: str | None, start: date, end: date
) -> Iterator[tuple[date, date]]:
    """Yield the spans of days on which the same statutes answer; in a place, those on which it has its own."""
    spells = [
        spell
        for each in book
        for spell in each.in_force
        if each.function == function and each.topic in topics and spell.place in {None, place}
    ]
    edges = {day for spell in spells for day in (spell.start, spell.end) if day is not None}
    for first, after in pairwise([start, *sorted(day for day in edges if start < day < end), end]):
        if place is None or any(spell.place == place and spell.holds_on(first, place) for spell in spells):
            yield first, after


def _findings(
    book: StatuteBook,
    schema: ProfileSchema,
    function: Function,
    topics: frozenset[str],
    place: str | None,
    first: date,
    after: date,
) -> Iterator[Finding]:
    asked = [
        book.in_force(function, topic, first, place)
        for topic in sorted(topics)
        if book.answered(function, topic, first, place)
    ]
    profiles = _profiles(asked, schema)
    ends = _followed(asked, profiles)
    lost = np.asarray((ends < 0).any(axis=0))
    doubtful = lost | np.asarray((ends != ends[0]).any(axis=0))
    least_known = np.argsort([row.count(UNKNOWN) for row in profiles.rows()], kind="stable")[::-1]
    told: set[tuple[str, ...]] = set()
    for row in least_known[doubtful[least_known]]:
        found = tuple(sorted({asked[index].id for index in ends[:, row] if index >= 0}))
        if lost[row]:
            found = tuple(each.id for each in asked)
        if found in told:
            continue
        told.add(found)
        facts = ", ".join(
            f"{name} = {level}"
            for name, level in profiles.row(int(row), named=True).items()
            if level != UNKNOWN
        )
        said = "leave each other the answer" if lost[row] else "both answer"
        where = f" in {place}" if place else ""
        yield Finding(
            "problem",
            found,
            f"{' and '.join(found)} {said} to {function} for {facts or 'any profile'}{where} from {first} to {after}.",
        )


def _profiles(asked: list[Statute], schema: ProfileSchema) -> pl.DataFrame:
    """Return every combination of the attributes that some statutes read."""
    import polars as pl

    names = [each for each in schema.names if any(each in statute.attributes for statute in asked)]
    rows = list(product(*(schema[each].levels for each in names)))
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _followed(asked: list[Statute], profiles: pl.DataFrame) -> npt.NDArray[np.int64]:
    """
    Return where each profile ends that asks any part and follows what it is told.

    Returns
    -------
    numpy.ndarray : (n_statutes, n_profiles) int64
        Row: the part that is asked first; value: the position of the statute that answers, -1 if none does.
    """
    place = {each.topic: index for index, each in enumerate(asked)}
    step = np.empty((len(asked) + 1, profiles.height), np.int64)
    step[-1] = -1
    for index, statute in enumerate(asked):
        onward = [
            index if tier.defers_to is None else place.get(tier.defers_to, -1) for tier in statute.tiers_all
        ]
        step[index] = np.array(onward)[statute.tier_of(profiles)]
    everybody = np.arange(profiles.height)
    ends = step[:-1].copy()
    for _ in asked:
        ends = step[ends, everybody]
    return np.where(step[ends, everybody] == ends, ends, -1)
