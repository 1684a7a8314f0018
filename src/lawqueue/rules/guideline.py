"""
Guidelines: written priorities as dated, cited tiers, of which the first that matches decides.

A guideline answers one question, the civil priority of a profile. The removal track, custody, a criminal
referral and a local hand-off are other questions and stand elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from lawqueue.errors import InputError, Problem, did_you_mean
from lawqueue.files import read_each, read_yaml, validated
from lawqueue.rules.instrument import At, Explained, Instrument, faults, nearest, predicates
from lawqueue.rules.language import Predicate
from lawqueue.rules.schema import UNKNOWN, ProfileSchema
from lawqueue.rules.source import UNREAD, Citation, Day, Number, Record, RuleBasis, Words
from lawqueue.rules.spell import Spell
from lawqueue.rules.tier import Action, Score, Term, Tier

if TYPE_CHECKING:
    import polars as pl

Component: TypeAlias = Literal["dhs", "ice", "cbp"]
"""Whom a guideline binds: the whole department, or one agency in it."""

Decisions: TypeAlias = Literal["all", "custody"]
"""Which decisions of officers a court's order reaches: all of them, or detention and release alone."""

CHECKED_FROM: Final = date(2014, 1, 1)
CHECKED_TO: Final = date(2026, 6, 30)
_MOST_PROFILES = 2_000_000


class _TermText(Record):
    when: str
    add: Number
    why: Words


class _ScoreText(Record):
    at_least: Number
    terms: Annotated[list[_TermText], Field(min_length=1)]


class _OtherwiseText(Record):
    name: Words
    action: Action
    authority: Words | None = None
    share: Words | None = None
    handed_over: Words | None = None
    basis: RuleBasis
    note: Words | None = None
    source: Citation

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.basis in UNREAD and self.note is None:
            raise ValueError(f"basis: {self.basis} needs a 'note' that says what is {self.basis}.")
        if (self.action == "preapproval") != (self.authority is not None):
            raise ValueError("'authority' says who approves: action preapproval needs it, no other has it.")
        if self.share is not None and self.action != "enforceable":
            raise ValueError(
                "'share' says how many cases left open are taken up: action enforceable alone has it."
            )
        if self.handed_over is not None and self.action not in {"presumed", "enforceable"}:
            raise ValueError(
                "'handed_over' says how many cases ICE takes over from a jail: actions presumed and enforceable alone have it."
            )
        return self


class _TierText(_OtherwiseText):
    when: str | None = None
    score: _ScoreText | None = None
    unless: str | None = None

    @model_validator(mode="after")
    def _has_one_test(self) -> Self:
        if (self.when is None) == (self.score is None):
            raise ValueError("a tier has either 'when' or 'score'. Give one of them.")
        if self.score is not None and self.basis != "assumed":
            raise ValueError("no document publishes weights, so a tier with 'score' has basis: assumed.")
        return self


class _SuspensionText(Spell):
    when: str | None = None
    decisions: Decisions = "all"

    @model_validator(mode="after")
    def _says_whom_it_reaches(self) -> Self:
        if (self.scope in {None, "all"}) != (self.when is None):
            raise ValueError(
                "a suspension in part has a 'scope' in words and the profiles under 'when'; "
                "one of the whole has 'scope: all' or none."
            )
        return self


class _GuidelineText(Record):
    id: Words
    title: Words
    issued_by: Words
    signed: Day
    component: Component
    in_force: list[Spell] = Field(default_factory=list)
    suspended: tuple[_SuspensionText, ...] = ()
    reading_of: Words | None = None
    modified_by: tuple[Words, ...] = ()
    tiers: list[_TierText]
    otherwise: _OtherwiseText

    @model_validator(mode="after")
    def _is_one_or_a_reading_of_one(self) -> Self:
        if bool(self.in_force) == (self.reading_of is not None):
            raise ValueError(
                "a guideline was in force for some spells, and another reading of one has 'reading_of' instead. "
                "Give one of 'in_force' and 'reading_of'."
            )
        return self


@dataclass(frozen=True)
class Explanation(Explained[Tier]):
    """
    Why a profile is in a tier of a guideline.

    Parameters
    ----------
    guideline
        The id of the guideline.
    """

    guideline: str

    @property
    def action(self) -> Action:
        """What an officer may do."""
        return self.tier.action


@dataclass(frozen=True)
class Suspension:
    """
    A spell in which a court held back all or part of a guideline.

    Parameters
    ----------
    spell
        When, with the scope in words.
    when
        The profiles in its scope; None for all.
    decisions
        Which decisions it reaches.
    """

    spell: Spell
    when: Predicate | None
    decisions: Decisions

    def reaches(self, profiles: pl.DataFrame) -> npt.NDArray[np.bool_]:
        """Return which profiles are in its scope, shape (n_profiles,)."""
        return np.ones(profiles.height, np.bool_) if self.when is None else self.when.evaluate(profiles)


@dataclass(frozen=True)
class Guideline(Instrument[Tier]):
    """
    One set of written priorities.

    Parameters
    ----------
    issued_by, signed
        By whom and when.
    component
        Whom it binds.
    suspended
        Spells in which a court held back all or part of it. They do not change `in_force`: whether officers
        acted on them is a question to vary.
    reading_of
        The guideline that this is another reading of: it is in force on no day unless a scenario says so.
    modified_by
        Ids of the switches of the timeline that changed how it is carried out, and not its tiers.
    """

    issued_by: str
    signed: date
    component: Component
    suspended: tuple[Suspension, ...]
    reading_of: str | None
    modified_by: tuple[str, ...]

    def explain(self, profile: Mapping[str, str]) -> Explanation:
        """Return the tier of one profile with every clause that was looked at on the way."""
        examined = self.examine(profile)
        return Explanation(
            index=len(examined) - 1, tier=examined[-1].tier, examined=examined, guideline=self.id
        )

    def suspensions(self, day: date) -> tuple[Suspension, ...]:
        """Return the suspensions that held on `day`."""
        return tuple(each for each in self.suspended if each.spell.holds_on(day))


@dataclass(frozen=True)
class Finding:
    """
    Something about a set of guidelines that a reader should look at.

    Parameters
    ----------
    severity
        `problem` if a run can go wrong over it, else `warning`.
    guidelines
        The ids it is about; empty for all.
    message
        What was found.
    """

    severity: Literal["problem", "warning"]
    guidelines: tuple[str, ...]
    message: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.message}"


@dataclass(frozen=True)
class GuidelineBook:
    """
    All guidelines of a model.

    Parameters
    ----------
    guidelines
        In the order of their ids.
    """

    guidelines: tuple[Guideline, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids."""
        return tuple(each.id for each in self.guidelines)

    def __iter__(self) -> Iterator[Guideline]:
        return iter(self.guidelines)

    def __len__(self) -> int:
        return len(self.guidelines)

    def __getitem__(self, name: str) -> Guideline:
        """
        Return a guideline by its id, or by a beginning that only one id has; another reading goes by its id.

        Raises
        ------
        InputError
            If no id, or more than one, begins so.
        """
        found = [each for each in self.guidelines if each.id == name]
        found = found or [
            each for each in self.guidelines if name and each.id.startswith(name) and not each.reading_of
        ]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(repr(each.id) for each in found)
            raise InputError(f"guideline {name!r} could be {names}. Write more of the id.")
        raise InputError(f"no guideline {name!r}. {did_you_mean(name, self.ids)}")

    def in_force(self, component: Component, day: date, place: str | None = None) -> Guideline:
        """
        Return the guideline that bound an agency on a day.

        Parameters
        ----------
        component
            The agency. A guideline of its own goes before one for the whole department.
        day
            The date asked about.
        place
            The state asked about. A guideline of its own goes before one for the whole country.

        Raises
        ------
        InputError
            If none or more than one applies.
        """
        found = self._bind(component, day, place)
        if len(found) == 1:
            return found[0]
        fault = (
            f"more than one guideline binds {component} on {day}: {', '.join(each.id for each in found)}"
            if found
            else f"no guideline binds {component} on {day}"
        )
        spells = ", ".join(
            f"{each.id} ({each.component}) {spell.span}"
            for spell, each in sorted(
                (
                    (spell, each)
                    for each in self.guidelines
                    for spell in each.in_force
                    if _binds(each, component)
                ),
                key=lambda pair: pair[0].start,
            )
        )
        raise InputError(
            f"{fault}. In force: {spells or 'nothing'}. Pick another date, or correct `in_force`."
        )

    def calendar(self, component: Component, start: date, end: date) -> list[tuple[date, date, Guideline]]:
        """
        Return which guideline binds an agency when.

        Parameters
        ----------
        component
            The agency.
        start, end
            First day, and the first day after the span.

        Returns
        -------
        list
            (first day, first day after, guideline), without gaps and in order.

        Raises
        ------
        InputError
            If the span is empty, or on some day of it none or more than one guideline applies.
        """
        if end <= start:
            raise InputError(f"the span from {start} to {end} has no day. Give an end after the start.")
        rows: list[tuple[date, date, Guideline]] = []
        days = self._turns(start, end)
        for first, after in zip(days, [*days[1:], end], strict=True):
            guideline = self.in_force(component, first)
            goes_on = bool(rows) and rows[-1][2].id == guideline.id
            rows.append((rows.pop()[0] if goes_on else first, after, guideline))
        return rows

    def _bind(self, component: Component, day: date, place: str | None = None) -> list[Guideline]:
        applying = [
            each for each in self.guidelines if _binds(each, component) and each.is_in_force(day, place)
        ]
        near = nearest(applying, day, place)
        own = [each for each in near if each.component == component]
        return own or near

    def _turns(self, start: date, end: date, place: str | None = None) -> list[date]:
        """Return `start` and every day before `end` on which a spell of a place begins or ends."""
        edges = {
            day
            for each in self.guidelines
            for spell in each.in_force
            for day in (spell.start, spell.end)
            if spell.place in {None, place}
        }
        return sorted({start, *(day for day in edges if day is not None and start < day < end)})


def _binds(guideline: Guideline, component: Component) -> bool:
    return guideline.component in {component, "dhs"}


def load_guideline(path: Path, schema: ProfileSchema) -> Guideline:
    """
    Read one guideline and check its conditions against the schema.

    Raises
    ------
    InputError
        With every fault in the file at its line and column, those inside conditions too.
    """
    document = read_yaml(path)
    problems: list[Problem] = []
    conditions = predicates(document, schema, problems)
    try:
        text = validated(_GuidelineText, document)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from error
    names = [each.name for each in (*text.tiers, text.otherwise)]
    problems.extend(faults(document, text.id, names, text.in_force))
    if problems:
        raise InputError(problems)
    return Guideline(
        id=text.id,
        title=text.title,
        issued_by=text.issued_by,
        signed=text.signed,
        component=text.component,
        in_force=tuple(text.in_force),
        suspended=tuple(
            Suspension(each, conditions.get(("suspended", index, "when")), each.decisions)
            for index, each in enumerate(text.suspended)
        ),
        reading_of=text.reading_of,
        modified_by=text.modified_by,
        tiers=tuple(_tier(each, ("tiers", index), conditions) for index, each in enumerate(text.tiers)),
        otherwise=_tier(text.otherwise, ("otherwise",), conditions),
        schema=schema,
        file=document.name,
    )


def load_guidelines(folder: Path, schema: ProfileSchema) -> GuidelineBook:
    """
    Read every `*.yaml` in a folder as a guideline.

    Raises
    ------
    InputError
        With the faults of all files, or if there is no file.
    """
    guidelines, problems = read_each(folder, "guideline", lambda path: load_guideline(path, schema))
    if problems:
        raise InputError(problems)
    return GuidelineBook(tuple(guidelines))


def _tier(text: _OtherwiseText, at: At, conditions: Mapping[At, Predicate]) -> Tier:
    score = None
    if isinstance(text, _TierText) and text.score is not None:
        terms = tuple(
            Term(conditions[(*at, "score", "terms", index, "when")], each.add, each.why)
            for index, each in enumerate(text.score.terms)
        )
        score = Score(text.score.at_least, terms)
    return Tier(
        name=text.name,
        when=conditions.get((*at, "when")),
        score=score,
        unless=conditions.get((*at, "unless")),
        action=text.action,
        authority=text.authority,
        share=text.share,
        handed_over=text.handed_over,
        basis=text.basis,
        note=text.note,
        source=text.source,
    )


def check(
    book: GuidelineBook,
    schema: ProfileSchema,
    *,
    others: Iterable[Instrument[Any]] = (),
    component: Component = "ice",
    start: date = CHECKED_FROM,
    end: date = CHECKED_TO + timedelta(days=1),
) -> list[Finding]:
    """
    Return what a reader of the guidelines should look at.

    Parameters
    ----------
    book
        The guidelines.
    schema
        The attributes they read.
    others
        Further instruments that read the same attributes.
    component
        The agency whose calendar is checked.
    start, end
        The span in which exactly one guideline should apply on every day; `end` is exclusive.

    Returns
    -------
    list of Finding
        Gaps and overlaps of the calendar, in the country and in each place that has a guideline of its own;
        readings of a guideline that is not there; a name that means two things; tiers that no profile reaches;
        attributes that no condition reads, and levels that no condition names, unless parameters tell them
        apart. One such level per attribute is the rest, and is not reported.
    """
    places = {spell.place for each in book for spell in each.in_force}
    return [
        *(
            finding
            for place in sorted(places, key=str)
            for finding in _calendar_findings(book, component, start, end, place)
        ),
        *_readings(book),
        *_clashes(book, schema),
        *_tier_findings(book, schema),
        *_unread([*book, *others], schema),
    ]


def _readings(book: GuidelineBook) -> Iterator[Finding]:
    for each in book:
        if each.reading_of is not None and each.reading_of not in book.ids:
            message = f"{each.id} is a reading of {each.reading_of!r}, which is not there."
            yield Finding("problem", (each.id,), message)


def _clashes(book: GuidelineBook, schema: ProfileSchema) -> Iterator[Finding]:
    """Yield names that mean two things: a tier called like an action, an attribute or a level."""
    taken = dict.fromkeys(get_args(Action), "an action")
    for attribute in schema.attributes:
        taken |= dict.fromkeys(attribute.levels, f"a level of {attribute.name}")
    taken |= dict.fromkeys(schema.names, "an attribute")
    for each in book:
        for tier in each.tiers_all:
            if tier.name in taken:
                message = f"{each.id}: the tier {tier.name!r} has the name of {taken[tier.name]}."
                yield Finding("warning", (each.id,), message)


def _calendar_findings(
    book: GuidelineBook, component: Component, start: date, end: date, place: str | None
) -> Iterator[Finding]:
    where = f" in {place}" if place else ""
    days = book._turns(start, end, place)
    for first, after in zip(days, [*days[1:], end], strict=True):
        found = tuple(each.id for each in book._bind(component, first, place))
        if not found:
            yield Finding("problem", (), f"no guideline binds {component}{where} from {first} until {after}.")
        elif len(found) > 1:
            names = " and ".join(found)
            yield Finding(
                "problem", found, f"{names} both bind {component}{where} from {first} until {after}."
            )


def _tier_findings(book: GuidelineBook, schema: ProfileSchema) -> Iterator[Finding]:
    import polars as pl

    for guideline in book:
        names = [each for each in schema.names if each in guideline.attributes]
        n_profiles = int(np.prod([len(schema[each].levels) for each in names], dtype=np.int64))
        if n_profiles > _MOST_PROFILES:
            yield Finding(
                "warning",
                (guideline.id,),
                f"{guideline.id} reads attributes with {n_profiles} combinations: reach not checked.",
            )
            continue
        rows = list(product(*(schema[each].levels for each in names))) if names else []
        profiles = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
        if not names:
            profiles = pl.DataFrame({"": [""]})
        reached = set(guideline.tier_of(profiles).tolist())
        for index, tier in enumerate(guideline.tiers_all):
            if index not in reached:
                message = f"{guideline.id}: no profile reaches the tier {tier.name!r}."
                yield Finding("problem", (guideline.id,), message)


def _unread(instruments: Iterable[Instrument[Any]], schema: ProfileSchema) -> Iterator[Finding]:
    read = {
        pair for each in instruments for tier in each.tiers for one in tier.predicates for pair in one.levels
    }
    for attribute in schema.attributes:
        if attribute.rates:
            continue
        unread = [
            level for level in attribute.levels if level != UNKNOWN and (attribute.name, level) not in read
        ]
        if len(unread) == len(attribute.levels) - 1:
            yield Finding("warning", (), f"no rule reads the attribute {attribute.name!r}.")
        elif len(unread) > 1:
            names = " and ".join(repr(each) for each in unread)
            message = f"no rule reads the levels {names} of {attribute.name!r}: they mean the same."
            yield Finding("warning", (), message)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of guideline files, for editors."""
    return _GuidelineText.model_json_schema(by_alias=True)
