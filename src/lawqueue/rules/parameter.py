"""
Parameters: dated, cited numbers, and the overlay that a reform lays on them.

A value holds from its date until the next one. There is no default: before the first value there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from lawqueue.errors import InputError, Problem, did_you_mean
from lawqueue.files import Document, read_each, read_yaml, validated
from lawqueue.rules import formula
from lawqueue.rules.source import CERTAIN, UNREAD, Day, Number, Record, Source, ValueBasis, Words
from lawqueue.units import UNITS, is_unit, written

Operation: TypeAlias = Literal["set", "multiply", "add"]
"""What a change does to the value before it."""

_SHOWN = 6
_Floats: TypeAlias = npt.NDArray[np.float64]
_Days: TypeAlias = npt.NDArray[np.int64]


class DatedValue(Record):
    """
    A number and the day from which it holds.

    Parameters
    ----------
    start
        First day.
    value
        In the unit of the parameter.
    low, high
        The span in which it may well lie; a must where the basis is `assumed`, `recalled` or `estimated`.
    basis
        How the number was come by.
    formula
        What it was derived by, over published series; a must where the basis is `derived`, and only there.
    source
        Where it is written, or what it was made from.
    """

    start: Day = Field(alias="from")
    value: Number
    low: Number | None = None
    high: Number | None = None
    basis: ValueBasis
    formula: Words | None = None
    source: Source

    @property
    def is_certain(self) -> bool:
        """Whether it is written in a document, follows from what is, or is a convention: it is never drawn."""
        return self.basis in CERTAIN

    @model_validator(mode="after")
    def _is_as_firm_as_it_says(self) -> Self:
        if self.basis == "derived" and self.formula is None:
            raise ValueError("basis: derived needs a 'formula' over published series.")
        if self.formula is not None and self.basis != "derived":
            raise ValueError(f"a 'formula' goes with basis: derived, not with {self.basis}.")
        if self.formula is not None:
            formula.figures(self.formula)
        if self.basis == "definition" and (self.low, self.high) != (None, None):
            raise ValueError("basis: definition has no 'low' and 'high'; nothing in the world could move it.")
        return self

    @model_validator(mode="after")
    def _spans_its_value(self) -> Self:
        if self.basis in UNREAD | {"estimated"} and (self.low is None or self.high is None):
            raise ValueError(f"basis: {self.basis} needs 'low' and 'high', the span the value may lie in.")
        if self.low is not None and self.low > self.value:
            raise ValueError(
                f"low is {self.low:g}, above the value {self.value:g}. Expected low <= value <= high."
            )
        if self.high is not None and self.high < self.value:
            raise ValueError(
                f"high is {self.high:g}, below the value {self.value:g}. Expected low <= value <= high."
            )
        return self


class Lever(Record):
    """How a face lets a user move a parameter: a labelled slider from `start` to `end` in steps."""

    label: Words
    start: Number = Field(alias="from")
    end: Number = Field(alias="to")
    step: Annotated[Number, Field(gt=0)]
    help: Words

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if self.end <= self.start:
            raise ValueError(
                f"'to' is {self.end:g}, not above 'from', {self.start:g}. A lever needs room to move."
            )
        return self


class _ParameterText(Record):
    description: Words
    unit: str
    values: Annotated[list[DatedValue], Field(min_length=1)]
    minimum: Number | None = 0.0
    maximum: Number | None = None
    lever: Lever | None = None


@dataclass(frozen=True)
class Parameter:
    """
    One number of the model over time, as it is written.

    Parameters
    ----------
    name
        Its path, with dots.
    description
        One sentence.
    unit
        A unit of the register.
    values
        In the order of their dates.
    minimum, maximum
        What a value or a changed value must lie in; None leaves that side open.
    lever
        How a face moves it, or None.
    file
        Where it was read from.
    """

    name: str
    description: str
    unit: str
    values: tuple[DatedValue, ...]
    minimum: float | None
    maximum: float | None
    lever: Lever | None
    file: str

    def on(self, day: date) -> DatedValue:
        """
        Return the entry that holds on a day, without any change of a reform.

        Raises
        ------
        InputError
            If the day is before the first value.
        """
        entry = next((each for each in reversed(self.values) if each.start <= day), None)
        if entry is None:
            raise InputError(_not_in_force(self, day))
        return entry

    def allows(self, value: float) -> bool:
        """Tell whether `value` lies between minimum and maximum."""
        return (self.minimum is None or value >= self.minimum) and (
            self.maximum is None or value <= self.maximum
        )

    @cached_property
    def _starts(self) -> _Days:
        return np.array([each.start.toordinal() for each in self.values], dtype=np.int64)

    @cached_property
    def _numbers(self) -> _Floats:
        return np.array([each.value for each in self.values], dtype=np.float64)

    def _over(self, days: _Days) -> _Floats:
        found: _Floats = self._numbers[np.searchsorted(self._starts, days, side="right") - 1]
        return found


@dataclass(frozen=True)
class Change:
    """
    One step of a reform.

    Parameters
    ----------
    name
        The parameter.
    at
        The first day.
    operation, number
        `set` to the number, `multiply` by it, or `add` it.
    ramp_days
        Over how many days the change grows in, evenly; on day `at` + `ramp_days` it is complete.
    until
        The first day on which it is gone again, or None.
    source
        Who proposes it.
    as_on
        Take what the parameter is in its file on this day instead of `number`: in a draw of an ensemble, the drawn value.
    """

    name: str
    at: date
    operation: Operation
    number: float
    ramp_days: int = 0
    until: date | None = None
    source: str = ""
    as_on: date | None = None

    def over(self, days: _Days, before: _Floats) -> _Floats:
        """
        Return the changed values.

        Parameters
        ----------
        days : (n_days,) int64
            Proleptic ordinals.
        before : (n_days,) float64
            The values without this change.

        Returns
        -------
        numpy.ndarray : (n_days,) float64
        """
        target = {"set": np.full_like(before, self.number), "multiply": before * self.number}.get(
            self.operation, before + self.number
        )
        first = self.at.toordinal()
        applies = days >= first
        if self.until is not None:
            applies &= days < self.until.toordinal()
        grown = np.clip((days - first) / self.ramp_days, 0.0, 1.0) if self.ramp_days else np.ones(len(days))
        mixed = np.where(grown >= 1.0, target, before + grown * (target - before))
        return np.where(applies, mixed, before)


@dataclass(frozen=True)
class ParameterBook:
    """
    All parameters of a model, with the changes of a reform on top; never altered in place.

    Parameters
    ----------
    parameters
        By name, in the order of the names.
    changes
        Laid over them in this order.
    """

    parameters: dict[str, Parameter]
    changes: tuple[Change, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names, sorted."""
        return tuple(self.parameters)

    def __contains__(self, name: object) -> bool:
        return name in self.parameters

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters.values())

    def __len__(self) -> int:
        return len(self.parameters)

    def parameter(self, name: str) -> Parameter:
        """
        Return one parameter as it is written.

        Raises
        ------
        InputError
            If there is none of this name.
        """
        if name not in self.parameters:
            raise InputError(f"no parameter {name!r}. {did_you_mean(name, self.parameters)}")
        return self.parameters[name]

    def value(self, name: str, day: date) -> float:
        """
        Return the value on a day, in the unit of the parameter.

        Raises
        ------
        InputError
            If there is no such parameter, or it has no value yet on that day.
        """
        return float(self.series(name, day, day + timedelta(days=1))[0])

    def series(self, name: str, start: date, end: date) -> npt.NDArray[np.float64]:
        """
        Return the value on each day of a span.

        Parameters
        ----------
        name
            The parameter.
        start, end
            First day, and the first day after the span.

        Returns
        -------
        numpy.ndarray : (n_days,) float64
            In the unit of the parameter.

        Raises
        ------
        InputError
            If there is no such parameter, the span has no day, or there is no value yet on its first day.
        """
        parameter = self.parameter(name)
        if end <= start:
            raise InputError(f"the span from {start} to {end} has no day. Give an end after the start.")
        if start < parameter.values[0].start:
            raise InputError(_not_in_force(parameter, start))
        return self._over(parameter, np.arange(start.toordinal(), end.toordinal(), dtype=np.int64))

    def changed(self, change: Change) -> ParameterBook:
        """
        Return a book with one more change laid over it.

        Raises
        ------
        InputError
            If there is no such parameter, the change is malformed, or it would take the parameter out of its
            minimum and maximum on some day.
        """
        book = self.bounded(change)
        book._require_bounds(self.parameter(change.name), book.changes[-1])
        return book

    def bounded(self, change: Change) -> ParameterBook:
        """
        Return a book with one more change laid over it, which goes no further than the bounds of the parameter.

        Raises
        ------
        InputError
            If there is no such parameter, or the change is malformed.
        """
        parameter = self.parameter(change.name)
        fault = _malformed(change)
        if fault:
            raise InputError(f"change of {change.name!r}: {fault}")
        if change.at < parameter.values[0].start:
            raise InputError(_not_in_force(parameter, change.at))
        if change.as_on is not None:
            (number,) = parameter._over(np.array([change.as_on.toordinal()])).tolist()
            change = replace(change, number=number)
        return replace(self, changes=(*self.changes, change))

    def _over(self, parameter: Parameter, days: _Days, *, bounded: bool = True) -> _Floats:
        values = parameter._over(days)
        for change in self.changes:
            if change.name == parameter.name:
                values = change.over(days, values)
                if bounded:
                    low = -np.inf if parameter.minimum is None else parameter.minimum
                    values = np.clip(values, low, parameter.maximum)
        return values

    def _require_bounds(self, parameter: Parameter, change: Change) -> None:
        """Look at the days on which a bend can be, and the days before them: between, all is straight."""
        bends = {each.start.toordinal() for each in parameter.values}
        for each in self.changes:
            if each.name == parameter.name:
                first = each.at.toordinal()
                bends |= {first, first + each.ramp_days}
                bends |= {each.until.toordinal()} if each.until is not None else set()
        earliest = parameter.values[0].start.toordinal()
        days = np.array(sorted({day for each in bends for day in (each - 1, each) if day >= earliest}))
        outside = [
            (value, day)
            for day, value in zip(
                days.tolist(), self._over(parameter, days, bounded=False).tolist(), strict=True
            )
            if not parameter.allows(value)
        ]
        if outside:
            # One day of a ramp has a number that nobody gave: better one that has what was given.
            value, day = next((each for each in outside if each[0] == change.number), outside[0])
            low, high = parameter.minimum, parameter.maximum
            ends = (("least", low), ("most", high))
            bounds = " and ".join(f"at {end} {written(at)}" for end, at in ends if at is not None)
            other = "larger" if low is not None and value < low else "smaller"
            raise InputError(
                f"change of {parameter.name!r}: {change.operation} {written(change.number)} from {change.at} "
                f"makes it {written(value, parameter.unit)} on {date.fromordinal(day)}. "
                f"Expected {bounds}. Give a {other} number."
            )


def load_parameters(folder: Path) -> ParameterBook:
    """
    Read every `*.yaml` under a folder; the path of a file, with dots, is the name of its parameter.

    Raises
    ------
    InputError
        With the faults of all files, or if there is no file.
    """

    def named(path: Path) -> tuple[str, Parameter]:
        name = ".".join(path.relative_to(folder).with_suffix("").parts)
        return name, load_parameter(path, name)

    parameters, problems = read_each(folder, "parameter", named, pattern="**/*.yaml")
    if problems:
        raise InputError(problems)
    return ParameterBook(dict(sorted(parameters)))


def load_parameter(path: Path, name: str) -> Parameter:
    """
    Read one parameter file.

    Raises
    ------
    InputError
        With every fault in the file at its line and column.
    """
    document = read_yaml(path)
    text = validated(_ParameterText, document)
    problems = list(_faults(text, document))
    if problems:
        raise InputError(problems)
    return Parameter(
        name=name,
        description=text.description,
        unit=text.unit,
        values=tuple(text.values),
        minimum=text.minimum,
        maximum=text.maximum,
        lever=text.lever,
        file=document.name,
    )


def _faults(text: _ParameterText, document: Document) -> Iterator[Problem]:
    if not text.description.rstrip().endswith("."):
        yield document.problem(("description",), "description: must be a sentence that ends in a period.")
    if not is_unit(text.unit):
        yield document.problem(("unit",), f"unit: no unit {text.unit!r}. {did_you_mean(text.unit, UNITS)}")
    low = -np.inf if text.minimum is None else text.minimum
    high = np.inf if text.maximum is None else text.maximum
    if low > high:
        yield document.problem(("minimum",), f"minimum: {low:g} is above the maximum, {high:g}. Swap them.")
    for index, entry in enumerate(text.values):
        before = text.values[index - 1].start if index else None
        if before is not None and entry.start <= before:
            yield document.problem(
                ("values", index, "from"),
                f"values.{index}.from: {entry.start} is not after {before}. Sort the values by date.",
            )
        for key in ("value", "low", "high"):
            number = getattr(entry, key)
            if number is not None and not low <= number <= high:
                yield document.problem(
                    ("values", index, key),
                    f"values.{index}.{key}: must be {low:g} to {high:g}, got {number:g}.",
                )


def _malformed(change: Change) -> str:
    if change.operation not in {"set", "multiply", "add"}:
        return (
            f"no operation {change.operation!r}. {did_you_mean(change.operation, ['set', 'multiply', 'add'])}"
        )
    if not np.isfinite(change.number):
        return f"the number must be finite, got {change.number!r}."
    if change.ramp_days < 0:
        return f"ramp_days must be at least 0, got {change.ramp_days}."
    if change.until is not None and change.until <= change.at:
        return f"until, {change.until}, must be after the first day, {change.at}."
    return ""


def _not_in_force(parameter: Parameter, day: date) -> str:
    dated = ", ".join(f"{each.start} → {each.value:g}" for each in parameter.values[:_SHOWN])
    more = ", …" if len(parameter.values) > _SHOWN else ""
    return (
        f"parameter {parameter.name!r} is not in force on {day} (dated values: {dated}{more}). "
        "Pick another date, or add the value that applied then with its source."
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of parameter files, for editors."""
    return _ParameterText.model_json_schema(by_alias=True)
