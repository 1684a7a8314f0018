"""
Statutes: what the law allows or asks for, as dated, cited tiers, of which the first that matches decides.

A statute answers one of four questions about a profile: the removal track, custody, a criminal referral or a
local hand-off. The fifth, civil priority, is the guidelines' alone; none of them stands in for another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from lawqueue.errors import InputError, Problem, did_you_mean, shown
from lawqueue.files import Document, read_yaml, validated
from lawqueue.rules.guideline import Spell, _At, _predicates
from lawqueue.rules.language import Clause, Predicate
from lawqueue.rules.schema import ProfileSchema
from lawqueue.rules.source import Citation, Number, Record, RuleBasis, Words

if TYPE_CHECKING:
    import polars as pl

Function: TypeAlias = Literal["removal_track", "custody", "criminal_referral", "local_handoff"]
"""The question a statute answers."""


class _OtherwiseText(Record):
    name: Words
    effect: Words
    maximum_years: Annotated[Number, Field(gt=0)] | None = None
    consecutive: bool | None = None
    basis: RuleBasis
    note: Words | None = None
    source: Citation

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.basis == "assumed" and self.note is None:
            raise ValueError("basis: assumed needs a 'note' that says what is assumed.")
        if self.consecutive is not None and self.maximum_years is None:
            raise ValueError("'consecutive' says how a term is served: give 'maximum_years' with it.")
        return self


class _TierText(_OtherwiseText):
    when: str
    unless: str | None = None


class _StatuteText(Record):
    id: Words
    citation: Words
    title: Words
    function: Function
    topic: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    in_force: Annotated[list[Spell], Field(min_length=1)]
    tiers: list[_TierText]
    otherwise: _OtherwiseText


@dataclass(frozen=True)
class Provision:
    """
    One tier of a statute: a class of profiles, and what follows for them.

    Parameters
    ----------
    name
        A lower-case word, unique in its statute.
    when
        The condition; `otherwise` has none, and takes what is left.
    unless
        The exception, or None.
    effect
        What follows, in a few words.
    maximum_years
        The longest term of imprisonment [year], or None where there is none.
    consecutive
        Whether the term follows any other, where the statute says so.
    basis
        `stated` if the text says it, `assumed` if this package reads it so.
    note
        What a profile cannot show, and what was assumed.
    source
        The paragraph.
    """

    name: str
    when: Predicate | None
    unless: Predicate | None
    effect: str
    maximum_years: float | None
    consecutive: bool | None
    basis: RuleBasis
    note: str | None
    source: Citation

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """Every condition of the tier."""
        return tuple(each for each in (self.when, self.unless) if each is not None)

    def matches(self, profiles: pl.DataFrame) -> npt.NDArray[np.bool_]:
        """Return whether the tier by itself takes each profile, shape (n_profiles,)."""
        taken = np.ones(profiles.height, dtype=np.bool_)
        if self.when is not None:
            taken &= self.when.evaluate(profiles)
        if self.unless is not None:
            taken &= ~self.unless.evaluate(profiles)
        return taken

    def explain(self, profile: Mapping[str, str]) -> Considered:
        """Return what each condition of the tier is for one profile."""
        test = self.when.explain(profile) if self.when else None
        exception = self.unless.explain(profile) if self.unless else None
        matched = (test is None or test.holds) and not (exception is not None and exception.holds)
        return Considered(self, matched, test, exception)


@dataclass(frozen=True)
class Considered:
    """A tier that was looked at for one profile: did it match, and its clauses (None if it has none)."""

    tier: Provision
    matched: bool
    when: Clause | None
    unless: Clause | None


@dataclass(frozen=True)
class Answer:
    """
    What a statute says about a profile, and why.

    Parameters
    ----------
    statute
        The id of the statute.
    function, topic
        The question.
    index
        Position of the tier; `otherwise` comes last.
    tier
        The tier that took the profile.
    examined
        Every tier that was looked at, up to and with the one that matched.
    """

    statute: str
    function: Function
    topic: str
    index: int
    tier: Provision
    examined: tuple[Considered, ...]

    @property
    def effect(self) -> str:
        """What follows."""
        return self.tier.effect

    @property
    def maximum_years(self) -> float | None:
        """The longest term of imprisonment [year], or None where there is none."""
        return self.tier.maximum_years

    @property
    def source(self) -> Citation:
        """Where the tier is written."""
        return self.tier.source

    def lines(self) -> Iterator[str]:
        """Yield the answer as indented lines."""
        for each in self.examined:
            yield f"{'✓' if each.matched else '✗'} {each.tier.name}: {each.tier.effect}"
            if each.when is not None:
                yield from each.when.lines(1)
            if each.unless is not None:
                yield "  unless"
                yield from each.unless.lines(1)


@dataclass(frozen=True)
class Statute:
    """
    One provision of law, in one wording.

    Parameters
    ----------
    id
        The name of its file.
    citation, title
        What it is.
    function
        The question it answers.
    topic
        What the question is about; of one function and topic, one statute is in force on a day.
    in_force
        The spells in which it applied.
    tiers
        The classes, in the order in which they are tried.
    otherwise
        What is left.
    schema
        The attributes its conditions were checked against.
    file
        Where it was read from.
    """

    id: str
    citation: str
    title: str
    function: Function
    topic: str
    in_force: tuple[Spell, ...]
    tiers: tuple[Provision, ...]
    otherwise: Provision
    schema: ProfileSchema
    file: str

    @property
    def tiers_all(self) -> tuple[Provision, ...]:
        """The tiers, with `otherwise` as the last."""
        return (*self.tiers, self.otherwise)

    @property
    def attributes(self) -> frozenset[str]:
        """The attributes that its conditions read."""
        return frozenset[str]().union(*(each.attributes for tier in self.tiers for each in tier.predicates))

    def tier_of(self, profiles: pl.DataFrame) -> npt.NDArray[np.int64]:
        """
        Return the tier of each profile.

        Parameters
        ----------
        profiles : (n_profiles, n_attributes)
            One column per attribute, each cell a level.

        Returns
        -------
        numpy.ndarray : (n_profiles,) int64
            Positions in `tiers_all`; the first tier that matches wins.
        """
        found = np.full(profiles.height, len(self.tiers), dtype=np.int64)
        for index in range(len(self.tiers) - 1, -1, -1):
            found[self.tiers[index].matches(profiles)] = index
        return found

    def explain(self, profile: Mapping[str, str]) -> Answer:
        """Return the tier of one profile with every clause that was looked at on the way."""
        examined: list[Considered] = []
        for index, tier in enumerate(self.tiers_all):
            examined.append(tier.explain(profile))
            if examined[-1].matched:
                return Answer(self.id, self.function, self.topic, index, tier, tuple(examined))
        raise AssertionError("the last tier takes every profile")

    def spell(self, day: date) -> Spell | None:
        """Return the spell that holds on `day`, with its scope, or None if it did not apply."""
        return next((each for each in self.in_force if each.holds_on(day)), None)

    def is_in_force(self, day: date) -> bool:
        """Tell whether it applied on `day`."""
        return self.spell(day) is not None


@dataclass(frozen=True)
class StatuteBook:
    """
    All statutes of a model.

    Parameters
    ----------
    statutes
        In the order of their ids.
    """

    statutes: tuple[Statute, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids."""
        return tuple(each.id for each in self.statutes)

    def __iter__(self) -> Iterator[Statute]:
        return iter(self.statutes)

    def __len__(self) -> int:
        return len(self.statutes)

    def __getitem__(self, name: str) -> Statute:
        """
        Return a statute by its id.

        Raises
        ------
        InputError
            If no statute has this id.
        """
        for each in self.statutes:
            if each.id == name:
                return each
        raise InputError(f"no statute {name!r}. {did_you_mean(name, self.ids)}")

    def topics(self, function: Function) -> tuple[str, ...]:
        """Return what a function has statutes about, in order of name."""
        return tuple(sorted({each.topic for each in self.statutes if each.function == function}))

    def in_force(self, function: Function, topic: str, day: date) -> Statute:
        """
        Return the statute that answered a question on a day.

        Parameters
        ----------
        function, topic
            The question.
        day
            The date asked about.

        Raises
        ------
        InputError
            If there is no such topic, or none or more than one statute of it applies on the day.
        """
        about = [each for each in self.statutes if (each.function, each.topic) == (function, topic)]
        if not about:
            hint = did_you_mean(topic, self.topics(function))
            raise InputError(f"no statute answers {function} about {topic!r}. {hint}")
        found = [each for each in about if each.is_in_force(day)]
        if len(found) == 1:
            return found[0]
        fault = (
            f"more than one statute answers {function} about {topic} on {day}: "
            f"{', '.join(each.id for each in found)}"
            if found
            else f"no statute answers {function} about {topic} on {day}"
        )
        spells = ", ".join(
            f"{each.id} {spell.start} to {spell.end or 'further notice'}"
            for spell, each in sorted(
                ((spell, each) for each in about for spell in each.in_force), key=lambda pair: pair[0].start
            )
        )
        raise InputError(f"{fault}. In force: {spells}. Pick another date, or correct `in_force`.")

    def answer(self, function: Function, profile: Mapping[str, str], day: date, *, topic: str) -> Answer:
        """
        Return what the law of a day says about a profile.

        Parameters
        ----------
        function, topic
            The question: a function may have statutes about several topics, and each is asked by itself.
        profile
            A level for every attribute.
        day
            The date asked about.

        Raises
        ------
        InputError
            If there is no such topic, if none or more than one statute of it applies on the day, or if the
            profile lacks an attribute that is read.
        """
        return self.in_force(function, topic, day).explain(profile)


def load_statute(path: Path, schema: ProfileSchema) -> Statute:
    """
    Read one statute and check its conditions against the schema.

    Raises
    ------
    InputError
        With every fault in the file at its line and column, those inside conditions too.
    """
    return _read(path, schema)[0]


def load_statutes(folder: Path, schema: ProfileSchema) -> StatuteBook:
    """
    Read every `*.yaml` in a folder as a statute.

    Raises
    ------
    InputError
        With the faults of all files, if two of one function and topic are in force at once, or if there is no
        file.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise InputError(f"no statute in {shown(folder)!r}: it has no *.yaml file. Name another folder.")
    read: list[tuple[Statute, Document]] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            read.append(_read(path, schema))
        except InputError as error:
            problems.extend(error.problems)
    problems.extend(_clashes(read))
    if problems:
        raise InputError(problems)
    return StatuteBook(tuple(statute for statute, _ in read))


def _read(path: Path, schema: ProfileSchema) -> tuple[Statute, Document]:
    document = read_yaml(path)
    problems: list[Problem] = []
    predicates = _predicates(document, schema, problems)
    try:
        text = validated(_StatuteText, document)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from error
    problems.extend(_faults(text, document))
    if problems:
        raise InputError(problems)
    statute = Statute(
        id=text.id,
        citation=text.citation,
        title=text.title,
        function=text.function,
        topic=text.topic,
        in_force=tuple(text.in_force),
        tiers=tuple(_tier(each, ("tiers", index), predicates) for index, each in enumerate(text.tiers)),
        otherwise=_tier(text.otherwise, ("otherwise",), predicates),
        schema=schema,
        file=document.name,
    )
    return statute, document


def _faults(text: _StatuteText, document: Document) -> Iterator[Problem]:
    if text.id != document.path.stem:
        yield document.problem(
            ("id",), f"id: {text.id!r} is not the name of the file, {document.path.stem!r}. Make them equal."
        )
    names: set[str] = set()
    places: list[_At] = [*(("tiers", index) for index in range(len(text.tiers))), ("otherwise",)]
    for at, tier in zip(places, [*text.tiers, text.otherwise], strict=True):
        if tier.name in names:
            yield document.problem((*at, "name"), f"tier name {tier.name!r} is used twice. Change one.")
        if tier.maximum_years is not None and text.function != "criminal_referral":
            yield document.problem(
                (*at, "maximum_years"),
                f"a term of imprisonment belongs to criminal_referral, not to {text.function}. Remove it.",
            )
        names.add(tier.name)
    spells = sorted(enumerate(text.in_force), key=lambda pair: pair[1].start)
    for (_, before), (index, after) in pairwise(spells):
        if _meet(before, after):
            yield document.problem(
                ("in_force", index, "from"),
                f"in_force.{index}: starts on {after.start}, in the spell that runs from {before.start} to "
                f"{before.end or 'further notice'}. Let the spells follow each other.",
            )


def _clashes(read: list[tuple[Statute, Document]]) -> Iterator[Problem]:
    """Yield every day-sharing pair of spells of two statutes that answer one question."""
    for (one, _), (other, document) in combinations(read, 2):
        if (one.function, one.topic) != (other.function, other.topic):
            continue
        for index, spell in enumerate(other.in_force):
            for before in one.in_force:
                if _meet(before, spell):
                    yield document.problem(
                        ("in_force", index, "from"),
                        f"in_force.{index}: {one.id} answers {one.function} about {one.topic} from "
                        f"{before.start} to {before.end or 'further notice'} too. Let the spells follow each "
                        "other, or change the topic.",
                    )


def _meet(one: Spell, other: Spell) -> bool:
    first, second = sorted((one, other), key=lambda each: each.start)
    return first.end is None or first.end > second.start


def _tier(text: _OtherwiseText, at: _At, predicates: Mapping[_At, Predicate]) -> Provision:
    return Provision(
        name=text.name,
        when=predicates.get((*at, "when")),
        unless=predicates.get((*at, "unless")),
        effect=text.effect,
        maximum_years=text.maximum_years,
        consecutive=text.consecutive,
        basis=text.basis,
        note=text.note,
        source=text.source,
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of statute files, for editors."""
    return _StatuteText.model_json_schema(by_alias=True)
