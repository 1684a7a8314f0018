"""
Statutes: what the law allows or asks for, as dated, cited tiers, of which the first that matches decides.

A statute answers one of four questions about a profile: the removal track, custody, a criminal referral or a
local hand-off. The fifth, civil priority, is the guidelines' alone; none of them stands in for another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from lawqueue.errors import InputError, Problem, did_you_mean
from lawqueue.files import Document, read_each, read_yaml, validated
from lawqueue.rules.calendar import Calendar, lay_over
from lawqueue.rules.instrument import At, Explained, Instrument, faults, nearest, places, predicates
from lawqueue.rules.language import Predicate
from lawqueue.rules.schema import ProfileSchema
from lawqueue.rules.source import UNREAD, Citation, Number, Record, RuleBasis, Words
from lawqueue.rules.spell import Spell
from lawqueue.rules.tier import AnyTier

Function: TypeAlias = Literal["removal_track", "custody", "criminal_referral", "local_handoff"]
"""The question a statute answers."""

IN_PARTS: Final[frozenset[Function]] = frozenset({"custody"})
"""Functions whose topics are parts of one question, which has one answer."""

Topic: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
"""What the question is about."""


class _OtherwiseText(Record):
    name: Words
    effect: Words
    maximum_years: Annotated[Number, Field(gt=0)] | None = None
    mandatory: bool = False
    defers_to: Topic | None = None
    basis: RuleBasis
    note: Words | None = None
    source: Citation

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.basis in UNREAD and self.note is None:
            raise ValueError(f"basis: {self.basis} needs a 'note' that says what is {self.basis}.")
        return self


class _TierText(_OtherwiseText):
    when: str
    unless: str | None = None


class _StatuteText(Record):
    id: Words
    citation: Words
    title: Words
    function: Function
    topic: Topic
    in_force: Annotated[list[Spell], Field(min_length=1)]
    tiers: list[_TierText]
    otherwise: _OtherwiseText


@dataclass(frozen=True)
class Provision(AnyTier):
    """
    A tier of a statute: one class of profiles, and what follows for them.

    Parameters
    ----------
    effect
        What follows, in a few words.
    maximum_years
        The longest term of imprisonment [year], or None where there is none.
    mandatory
        Whether custody is a must, and no bond is set.
    defers_to
        The topic of the same function under which this class is answered instead, or None.
    """

    effect: str
    maximum_years: float | None
    mandatory: bool
    defers_to: str | None

    @property
    def outcome(self) -> str:
        """What follows, in a few words."""
        return self.effect


@dataclass(frozen=True)
class Answer(Explained[Provision]):
    """
    What a statute says about a profile, and why.

    Parameters
    ----------
    statute
        The id of the statute.
    function, topic
        The question.
    """

    statute: str
    function: Function
    topic: str

    @property
    def effect(self) -> str:
        """What follows."""
        return self.tier.effect

    @property
    def maximum_years(self) -> float | None:
        """The longest term of imprisonment [year], or None where there is none."""
        return self.tier.maximum_years


@dataclass(frozen=True)
class Statute(Instrument[Provision]):
    """
    One provision of law, in one wording.

    Parameters
    ----------
    citation
        Where it stands in the law.
    function
        The question it answers.
    topic
        What the question is about; of one function and topic, one statute is in force on a day.
    """

    citation: str
    function: Function
    topic: str

    def explain(self, profile: Mapping[str, str]) -> Answer:
        """Return the tier of one profile with every clause that was looked at on the way."""
        examined = self.examine(profile)
        return Answer(
            index=len(examined) - 1,
            tier=examined[-1].tier,
            examined=examined,
            statute=self.id,
            function=self.function,
            topic=self.topic,
        )


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

    @property
    def questions(self) -> tuple[tuple[Function, str], ...]:
        """Every function and topic that some statute answers, sorted."""
        return tuple(sorted({(each.function, each.topic) for each in self.statutes}))

    def calendar(self, function: Function, topic: str, start: date, end: date) -> Calendar[Statute]:
        """
        Return which statute answered a question when in the whole country, from `start` until before `end`.

        There is a gap where none did.
        """
        found: Calendar[Statute] = ()
        for each in self.statutes:
            for spell in each.in_force if (each.function, each.topic) == (function, topic) else ():
                if spell.place is None:
                    first, after = max(spell.start, start), min(spell.end or end, end)
                    found = lay_over(found, first, after, each)
        return found

    def answered(self, function: Function, topic: str, day: date, place: str | None = None) -> bool:
        """Tell whether a statute answered a question on a day in a place."""
        return any(
            each.is_in_force(day, place)
            for each in self.statutes
            if (each.function, each.topic) == (function, topic)
        )

    def in_force(self, function: Function, topic: str, day: date, place: str | None = None) -> Statute:
        """
        Return the statute that answered a question on a day.

        Parameters
        ----------
        function, topic
            The question.
        day
            The date asked about.
        place
            The state or circuit asked about; what holds there goes before what holds in the whole country.

        Raises
        ------
        InputError
            If there is no such topic, or none or more than one statute of it applies on the day.
        """
        about = [each for each in self.statutes if (each.function, each.topic) == (function, topic)]
        if not about:
            hint = did_you_mean(topic, self.topics(function))
            raise InputError(f"no statute answers {function} about {topic!r}. {hint}")
        found = nearest([each for each in about if each.is_in_force(day, place)], day, place)
        if len(found) == 1:
            return found[0]
        fault = (
            f"more than one statute answers {function} about {topic} on {day}: "
            f"{', '.join(each.id for each in found)}"
            if found
            else f"no statute answers {function} about {topic} on {day}"
        )
        spells = ", ".join(
            f"{each.id} {spell.span}"
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
    read, problems = read_each(folder, "statute", lambda path: _read(path, schema))
    problems.extend(_clashes(read))
    problems.extend(_deferrals(read))
    if problems:
        raise InputError(problems)
    return StatuteBook(tuple(statute for statute, _ in read))


def _read(path: Path, schema: ProfileSchema) -> tuple[Statute, Document]:
    document = read_yaml(path)
    problems: list[Problem] = []
    conditions = predicates(document, schema, problems)
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
        tiers=tuple(_tier(each, ("tiers", index), conditions) for index, each in enumerate(text.tiers)),
        otherwise=_tier(text.otherwise, ("otherwise",), conditions),
        schema=schema,
        file=document.name,
    )
    return statute, document


def _faults(text: _StatuteText, document: Document) -> Iterator[Problem]:
    tiers = [*text.tiers, text.otherwise]
    yield from faults(document, text.id, [each.name for each in tiers], text.in_force)
    for at, tier in zip(places(len(text.tiers)), tiers, strict=True):
        if tier.maximum_years is not None and text.function != "criminal_referral":
            yield document.problem(
                (*at, "maximum_years"),
                f"a term of imprisonment belongs to criminal_referral, not to {text.function}. Remove it.",
            )
        if tier.mandatory and text.function != "custody":
            yield document.problem(
                (*at, "mandatory"),
                f"'mandatory' says that custody is a must; it does not belong to {text.function}. Remove it.",
            )
        if tier.defers_to is not None and text.function not in IN_PARTS:
            yield document.problem(
                (*at, "defers_to"),
                f"'defers_to' is for questions in parts ({', '.join(sorted(IN_PARTS))}), and {text.function} is "
                "none. Remove it.",
            )


def _clashes(read: list[tuple[Statute, Document]]) -> Iterator[Problem]:
    """Yield every day-sharing pair of spells of two statutes that answer one question."""
    for (one, _), (other, document) in combinations(read, 2):
        if (one.function, one.topic) != (other.function, other.topic):
            continue
        for index, spell in enumerate(other.in_force):
            for before in one.in_force:
                if before.meets(spell):
                    yield document.problem(
                        ("in_force", index, "from"),
                        f"in_force.{index}: {one.id} answers {one.function} about {one.topic} from "
                        f"{before.span} too. Let the spells follow each "
                        "other, or change the topic.",
                    )


def _deferrals(read: list[tuple[Statute, Document]]) -> Iterator[Problem]:
    """Yield every tier that leaves a class to a topic about which its function has no statute."""
    book = StatuteBook(tuple(statute for statute, _ in read))
    for statute, document in read:
        topics = [each for each in book.topics(statute.function) if each != statute.topic]
        for at, tier in zip(places(len(statute.tiers)), statute.tiers_all, strict=True):
            if tier.defers_to is not None and tier.defers_to not in topics:
                yield document.problem(
                    (*at, "defers_to"),
                    f"no other statute answers {statute.function} about {tier.defers_to!r}. "
                    f"{did_you_mean(tier.defers_to, topics)}",
                )


def _tier(text: _OtherwiseText, at: At, conditions: Mapping[At, Predicate]) -> Provision:
    return Provision(
        name=text.name,
        when=conditions.get((*at, "when")),
        unless=conditions.get((*at, "unless")),
        effect=text.effect,
        maximum_years=text.maximum_years,
        mandatory=text.mandatory,
        defers_to=text.defers_to,
        basis=text.basis,
        note=text.note,
        source=text.source,
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of statute files, for editors."""
    return _StatuteText.model_json_schema(by_alias=True)
