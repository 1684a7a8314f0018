"""Where a rule or a number comes from, and how firmly: shared by guideline and parameter files."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, Strict, model_validator

Day: TypeAlias = Annotated[date, Strict()]
"""A calendar day as YAML writes it, 2021-02-18; a text or a number is refused."""

Number: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A finite number; a text or a truth value is refused."""

Words: TypeAlias = Annotated[str, Field(min_length=1)]
"""A text that is not empty."""

Link: TypeAlias = Annotated[str, Field(pattern=r"^https?://\S+$")]
"""An address on the web; whether a reader finds a document there is asked by `lawqueue.rules.citing`."""


class Record(BaseModel):
    """A part of a rule file: no unknown key, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Copy(Record):
    """
    Where a document was read that was not read at its publisher.

    Parameters
    ----------
    publisher
        Who carries it. A bare text in a file is read as the publisher.
    url
        Link to what was read there; None where it cannot be linked.
    """

    publisher: Words
    url: Link | None = None

    @model_validator(mode="before")
    @classmethod
    def _publisher_alone(cls, data: Any) -> Any:
        return {"publisher": data} if isinstance(data, str) else data


class Source(Record):
    """
    A document, and where a reader can check.

    Parameters
    ----------
    title
        The document as its field cites it: who gave it out, which instrument, reporter or Federal Register
        page, date. A bare text in a file is read as the title.
    section
        Page, paragraph or table.
    url
        Link to the document at its publisher, if it was read there.
    carried_by
        Written `copy`: where it was read, if it was read elsewhere.
    quote
        Words of the document, only if they were seen there.
    note
        What was done with it.
    """

    title: Words
    section: Words | None = None
    url: Link | None = None
    carried_by: Copy | None = Field(default=None, alias="copy")
    quote: Words | None = None
    note: Words | None = None

    @model_validator(mode="before")
    @classmethod
    def _title_alone(cls, data: Any) -> Any:
        return {"title": data} if isinstance(data, str) else data

    @property
    def link(self) -> str | None:
        """Where a reader can look: the document itself, else the copy that was read."""
        return self.url or (self.carried_by.url if self.carried_by else None)

    @property
    def cited(self) -> str:
        """Title, and who carries the copy that was read."""
        return f"{self.title}, as carried by {self.carried_by.publisher}" if self.carried_by else self.title


class Citation(Source):
    """A source of law: a section and a link are a must, to the document or to the copy that was read."""

    section: Words

    @model_validator(mode="after")
    def _is_linked(self) -> Self:
        if self.link is None:
            raise ValueError("needs a 'url', of its own or in 'copy', where a reader can check.")
        return self


RuleBasis: TypeAlias = Literal["stated", "recalled", "assumed"]
"""Whether the document says it, is remembered to say it and was not read, or this package reads it so."""

ValueBasis: TypeAlias = Literal[
    "stated", "derived", "estimated", "recalled", "assumed", "fitted", "definition"
]
"""
How a number was come by.

`stated`: printed in the source. `derived`: by a formula over observed series, which is written beside it.
`estimated`: from data, with judgement. `recalled`: remembered and not retrieved. `assumed`: published by
nobody, as far as was found. `fitted`: set so that published figures come out. `definition`: a convention of
this model, that says nothing about the world.
"""

UNREAD: frozenset[str] = frozenset({"assumed", "recalled"})
"""Bases of what was seen in no document, in rules and numbers alike."""

CERTAIN: frozenset[str] = frozenset({"stated", "derived", "definition"})
"""Bases of numbers that have no span of their own."""
