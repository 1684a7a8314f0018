"""Where a rule or a number comes from, and how firmly: shared by guideline and parameter files."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, Strict, model_validator

Day: TypeAlias = Annotated[date, Strict()]
"""A calendar day as YAML writes it, 2021-02-18; a text or a number is refused."""

Number: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A finite number; a text or a truth value is refused."""

Words: TypeAlias = Annotated[str, Field(min_length=1)]
"""A text that is not empty."""


class Record(BaseModel):
    """A part of a rule file: no unknown key, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Record):
    """
    A place where a reader can check.

    Parameters
    ----------
    title
        The document. A bare text in a file is read as the title.
    section
        Page, paragraph or table.
    url
        Link to the copy that was read.
    quote
        Words of the document, only if they were seen there.
    note
        What was done with it.
    """

    title: Words
    section: Words | None = None
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    quote: Words | None = None
    note: Words | None = None

    @model_validator(mode="before")
    @classmethod
    def _title_alone(cls, data: Any) -> Any:
        return {"title": data} if isinstance(data, str) else data


class Citation(Source):
    """A source of law: section and link are a must."""

    section: Words
    url: Annotated[str, Field(pattern=r"^https?://\S+$")]


RuleBasis: TypeAlias = Literal["stated", "assumed"]
"""Whether the document says it, or this package reads it so."""

ValueBasis: TypeAlias = Literal["stated", "derived", "estimated", "assumed", "fitted"]
"""How a number was come by."""
