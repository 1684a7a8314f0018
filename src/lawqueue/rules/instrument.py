"""
Instruments: what a guideline and a statute have in common.

Both were in force for some spells, and sort profiles into tiers, of which the first that matches decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from lawqueue.errors import InputError, Problem
from lawqueue.files import Document
from lawqueue.rules.address import Address
from lawqueue.rules.language import Predicate, parse
from lawqueue.rules.schema import ProfileSchema
from lawqueue.rules.source import Citation
from lawqueue.rules.spell import Spell, overlaps
from lawqueue.rules.tier import Examined, TierT

if TYPE_CHECKING:
    import polars as pl

At: TypeAlias = tuple[str | int, ...]
"""The place of a value in a file: keys and positions from the root."""


@dataclass(frozen=True)
class Explained(Generic[TierT]):
    """
    Why a profile is in a tier.

    Parameters
    ----------
    index
        Position of the tier; `otherwise` comes last.
    tier
        The tier that took the profile.
    examined
        Every tier that was looked at, up to and with the one that matched.
    """

    index: int
    tier: TierT
    examined: tuple[Examined[TierT], ...]

    @property
    def source(self) -> Citation:
        """Where the tier is written."""
        return self.tier.source

    def lines(self) -> Iterator[str]:
        """Yield the explanation as indented lines."""
        for each in self.examined:
            yield from each.lines()


@dataclass(frozen=True)
class Instrument(Generic[TierT]):
    """
    A text of law or policy as dated, ordered tiers.

    Parameters
    ----------
    id
        The name of its file.
    title
        What it is.
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
    title: str
    in_force: tuple[Spell, ...]
    tiers: tuple[TierT, ...]
    otherwise: TierT
    schema: ProfileSchema
    file: str

    @property
    def tiers_all(self) -> tuple[TierT, ...]:
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

    def examine(self, profile: Mapping[str, str]) -> tuple[Examined[TierT], ...]:
        """Return the tiers that are looked at for one profile; the last takes it."""
        examined: list[Examined[TierT]] = []
        for tier in self.tiers_all:
            examined.append(tier.explain(profile))
            if examined[-1].matched:
                return tuple(examined)
        raise AssertionError("the last tier takes every profile")

    def spell(self, day: date, place: str | None = None) -> Spell | None:
        """
        Return the spell that holds on `day` in a place, with its scope, or None if it did not apply.

        A spell of that place goes before one of the whole country.
        """
        found = [each for each in self.in_force if each.holds_on(day, place)]
        return max(found, key=lambda each: each.place is not None, default=None)

    def is_in_force(self, day: date, place: str | None = None) -> bool:
        """Tell whether it applied on `day` in a place."""
        return self.spell(day, place) is not None


InstrumentT = TypeVar("InstrumentT", bound=Instrument[Any])


def predicates(document: Document, schema: ProfileSchema, problems: list[Problem]) -> dict[At, Predicate]:
    """Return every condition in the file by its place, whatever else is wrong with the file."""
    found: dict[At, Predicate] = {}
    for part in ("tiers", "suspended"):
        for at, text in _conditions(document.data.get(part), (part,)):
            try:
                found[at] = parse(text, schema, Address.of(document, at))
            except InputError as error:
                problems.extend(error.problems)
    return found


def nearest(found: Sequence[InstrumentT], day: date, place: str | None) -> list[InstrumentT]:
    """Return, of instruments in force on a day, those of the place itself if there are any, else all."""
    own = [
        each for each in found if (spell := each.spell(day, place)) is not None and spell.place is not None
    ]
    return own or list(found)


def _conditions(node: Any, at: At) -> Iterator[tuple[At, str]]:
    pairs: Iterable[tuple[Any, Any]] = ()
    if isinstance(node, dict):
        pairs = node.items()
    elif isinstance(node, list):
        pairs = enumerate(node)
    for key, value in pairs:
        if key in {"when", "unless"} and isinstance(value, str):
            yield (*at, key), value
        else:
            yield from _conditions(value, (*at, key))


def places(n_tiers: int) -> list[At]:
    """Return where the tiers of a file stand, with `otherwise` as the last."""
    return [*(("tiers", index) for index in range(n_tiers)), ("otherwise",)]


def faults(
    document: Document, name: str, tier_names: Sequence[str], in_force: Sequence[Spell]
) -> Iterator[Problem]:
    """
    Yield what a well-formed file can still have wrong.

    Parameters
    ----------
    document
        The file.
    name
        Its `id`, which is to be the name of the file.
    tier_names
        Names of the tiers, `otherwise` last, each to be used once.
    in_force
        Its spells, which are not to overlap.
    """
    if name != document.path.stem:
        yield document.problem(
            ("id",), f"id: {name!r} is not the name of the file, {document.path.stem!r}. Make them equal."
        )
    names: set[str] = set()
    for at, tier_name in zip(places(len(tier_names) - 1), tier_names, strict=True):
        if tier_name in names:
            yield document.problem((*at, "name"), f"tier name {tier_name!r} is used twice. Change one.")
        names.add(tier_name)
    yield from overlaps(in_force, document)
