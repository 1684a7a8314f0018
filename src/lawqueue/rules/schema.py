"""The profile schema: the attributes a rule may ask about, and the levels each of them can take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from lawqueue.errors import InputError, Problem, did_you_mean
from lawqueue.files import read_yaml, validated

UNKNOWN: Final = "unknown"
"""The level that every attribute has besides its own, so that nothing is ever null."""


@dataclass(frozen=True)
class Attribute:
    """
    One thing that a profile says.

    Parameters
    ----------
    name
        A lower-case word.
    levels
        Every value it can take; `unknown` is always the last.
    ordered
        Whether the levels run from least to most, so that `<` and `>` mean something.
    description
        One sentence.
    rates
        Whether parameters of the model tell its levels apart, so that no rule needs to.
    """

    name: str
    levels: tuple[str, ...]
    ordered: bool
    description: str
    rates: bool = False

    def rank(self, level: str) -> int:
        """Return the position of `level`, from 0."""
        return self.levels.index(level)

    def require(self, level: str) -> None:
        """
        Refuse what is no level of it.

        Raises
        ------
        InputError
            With the level that may have been meant.
        """
        if level not in self.levels:
            raise InputError(f"{self.name} has no level {level!r}. {did_you_mean(level, self.levels)}")


@dataclass(frozen=True)
class ProfileSchema:
    """
    All attributes of a profile.

    Parameters
    ----------
    attributes
        In the order in which a profile table has its columns.
    """

    attributes: tuple[Attribute, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the attributes."""
        return tuple(each.name for each in self.attributes)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> Attribute:
        """
        Return one attribute.

        Raises
        ------
        InputError
            If no attribute has this name.
        """
        for each in self.attributes:
            if each.name == name:
                return each
        raise InputError(f"no attribute {name!r} in the profile schema. {did_you_mean(name, self.names)}")


class _AttributeText(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    description: Annotated[str, Field(min_length=1)]
    levels: Annotated[list[str], Field(min_length=1)]
    ordered: bool = False
    rates: bool = False


class _SchemaText(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    description: Annotated[str, Field(min_length=1)]
    attributes: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], _AttributeText], Field(min_length=1)
    ]


def load_schema(path: Path) -> ProfileSchema:
    """
    Read a profile schema and give every attribute the level `unknown`.

    Raises
    ------
    InputError
        With every fault in the file: a key too many or too few, a level given twice, `unknown` written out.
    """
    document = read_yaml(path)
    text = validated(_SchemaText, document)
    problems: list[Problem] = []
    for name, attribute in text.attributes.items():
        for index, level in enumerate(attribute.levels):
            at = ("attributes", name, "levels", index)
            if level == UNKNOWN:
                problems.append(
                    document.problem(
                        at, f"{name}: the level 'unknown' is added to every attribute. Remove it."
                    )
                )
            elif level in attribute.levels[:index]:
                problems.append(
                    document.problem(at, f"{name}: the level {level!r} is listed twice. Remove one.")
                )
    if problems:
        raise InputError(problems)
    return ProfileSchema(
        tuple(
            Attribute(name, (*each.levels, UNKNOWN), each.ordered, each.description, each.rates)
            for name, each in text.attributes.items()
        )
    )
