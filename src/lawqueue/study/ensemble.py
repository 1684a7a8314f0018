"""
The ensemble: parameter sets that all agree with what was published in the fitted years, and how one is laid on a book.

A draw moves the dated series of a parameter by one factor: on the odds of its bounds where it has two, otherwise
on the value. Entries that were stated or derived stay as they are. Entries after the fitted years that judge anew
are drawn on their own, from their own ranges: nothing that was fitted says what they became. After the last known day
what is held drifts.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lawqueue.errors import InputError
from lawqueue.models.model import Model
from lawqueue.rules import Change, ParameterBook
from lawqueue.rules.parameter import DatedValue, Parameter
from lawqueue.study.drift import drifted, drifts

FILE = "ensemble.parquet"
DRAWS = 300
"""Draws of a model that comes without an ensemble."""
LATER = "@later"
"""Ends the name of what a parameter became after the fitted years."""
PULLS = 0.8, 0.6, 0.4, 0.2, 0.0
"""Shares of the way from the written to the drawn value that are tried, where the drawn one does not fit [/1]."""
_EDGE = 1e-3  # how near to a bound, as a share of the room between the bounds, a drawn value may come
_GAP = 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Span:
    """
    What a parameter may be: the prior.

    Parameters
    ----------
    name
        The parameter; with `LATER` behind it, what it became after the fitted years.
    low, value, high
        Of its reference entry, in its unit: the one that holds longest in the fitted years, or the first
        judgement of later years.
    """

    name: str
    low: float
    value: float
    high: float

    def at(self, positions: Floats | float) -> Floats:
        """Return values at positions in [0, 1]: 0 is `low`, 0.5 `value`, 1 `high`, straight between."""
        return np.asarray(np.interp(positions, (0.0, 0.5, 1.0), (self.low, self.value, self.high)))


def _judged(model: Model) -> tuple[date, date]:
    """Return the days whose entries are what a draw moves: the fitted ones, or all whose outcomes are known."""
    return model.known.fit or (model.known_days()[0], model.known.last_outcome)


def reference(model: Model, parameter: Parameter) -> DatedValue | None:
    """Return the uncertain entry that holds longest in the fitted years, or None if none does."""
    starts = [each.start for each in parameter.values] + [date.max]
    held = [
        ((min(following, _judged(model)[1]) - max(entry.start, _judged(model)[0])).days, entry)
        for entry, following in zip(parameter.values, starts[1:], strict=True)
        if not entry.is_certain and entry.low is not None and entry.high is not None
    ]
    days, entry = max(held, key=lambda each: each[0], default=(0, None))
    return entry if days > 0 else None


def later(model: Model, parameter: Parameter) -> tuple[DatedValue, ...]:
    """
    Return the uncertain entries after the fitted years that judge anew, in order.

    One with the value and the range of an entry before is the same unknown, and moves along with it.
    """
    before = [
        (each.value, each.low, each.high) for each in parameter.values if each.start < _judged(model)[1]
    ]
    return tuple(
        each
        for each in parameter.values
        if each.start >= _judged(model)[1]
        and (each.value, each.low, each.high) not in before
        and _span(parameter, each) is not None
    )


def spans(model: Model, book: ParameterBook) -> tuple[Span, ...]:
    """
    Return what may be fitted: uncertain parameters that act in the fitted years.

    A dial that is off (a value on its bound) is no matter of calibration, and is left out.
    """
    return _found((parameter, reference(model, parameter)) for parameter in book)


def later_spans(model: Model, book: ParameterBook) -> tuple[Span, ...]:
    """Return what is drawn but cannot be fitted: what uncertain parameters became after the fitted years."""
    found = _found((parameter, next(iter(later(model, parameter)), None)) for parameter in book)
    return tuple(replace(each, name=each.name + LATER) for each in found)


def uncertain(model: Model, book: ParameterBook) -> tuple[Span, ...]:
    """Return every parameter with a range, and what each became after the fitted years where that has its own."""
    return (*spans(model, book), *later_spans(model, book))


def _found(entries: Iterable[tuple[Parameter, DatedValue | None]]) -> tuple[Span, ...]:
    spanned = (_span(parameter, entry) for parameter, entry in entries if entry is not None)
    return tuple(span for span in spanned if span is not None)


def _span(parameter: Parameter, entry: DatedValue) -> Span | None:
    """Return what an entry may be; None if it is certain, or a dial that is off."""
    if entry.is_certain or entry.low is None or entry.high is None or entry.low == entry.high:
        return None
    low, high = _room(parameter)
    if not low < entry.value < high:
        return None
    edge = _EDGE * (high - low) if math.isfinite(high) else _EDGE * entry.value
    ends = max(entry.low, low + edge), min(entry.high, high - edge)
    return Span(parameter.name, min(ends[0], entry.value), entry.value, max(ends[1], entry.value))


def _room(parameter: Parameter) -> tuple[float, float]:
    low = 0.0 if parameter.minimum is None else parameter.minimum
    return low, math.inf if parameter.maximum is None else parameter.maximum


def moved(model: Model, parameter: Parameter, value: float) -> Parameter:
    """Return a parameter whose reference entry has `value`, and whose other uncertain entries moved along."""
    entry = reference(model, parameter)
    if entry is None or value == entry.value:
        return parameter
    low, high = _room(parameter)
    stay = later(model, parameter)

    def along(each: float) -> float:
        if not low < each < high:
            return each
        if math.isinf(high):
            return low + (each - low) * (value - low) / (entry.value - low)
        ratio = _odds(value, low, high) / _odds(entry.value, low, high)
        odds = _odds(each, low, high) * ratio
        return low + (high - low) * odds / (1.0 + odds)

    return replace(
        parameter,
        values=tuple(
            each
            if each.is_certain or each in stay
            else each.model_copy(update={"value": value if each is entry else along(each.value)})
            for each in parameter.values
        ),
    )


def became(model: Model, parameter: Parameter, value: float) -> dict[date, float]:
    """Return, by its first day, each later judgement if the first of them has `value`: all at one place in their ranges."""
    entries = later(model, parameter)
    ranges = [span for each in entries if (span := _span(parameter, each)) is not None]
    place = np.interp(value, (ranges[0].low, ranges[0].value, ranges[0].high), (0.0, 0.5, 1.0))
    return {each.start: float(span.at(place)) for each, span in zip(entries, ranges, strict=True)}


def _odds(value: float, low: float, high: float) -> float:
    return (value - low) / (high - value)


def drawn(model: Model, book: ParameterBook, values: Mapping[str, float]) -> ParameterBook:
    """
    Return a book with drawn values in the place of the written ones.

    Shares of one whole that would sum to more than 1 on some day are drawn back towards the written ones: first
    those of the fitted years as if nothing were drawn for later ones, which therefore move nothing before them.

    Parameters
    ----------
    values
        Name of each span to its value.
    """

    def fitted(name: str, pull: float) -> Parameter:
        entry = reference(model, book.parameter(name))
        assert entry is not None  # it was drawn
        return moved(model, book.parameter(name), entry.value + pull * (float(values[name]) - entry.value))

    found = _pulled(model, book, [name for name in values if not name.endswith(LATER)], fitted)

    def afterwards(name: str, pull: float) -> Parameter:
        written = book.parameter(name)
        first = later(model, written)[0].value
        days = became(model, written, first + pull * (float(values[name + LATER]) - first))
        return replace(
            written,
            values=tuple(
                each.model_copy(update={"value": days[each.start]}) if each.start in days else each
                for each in found.parameter(name).values
            ),
        )

    return _pulled(
        model, found, [name.removesuffix(LATER) for name in values if name.endswith(LATER)], afterwards
    )


def carried_on(model: Model, book: ParameterBook, number: int) -> ParameterBook:
    """Return a book whose values drift after they were last known, as in one draw; see `drift`."""
    rooms = {each.name: _room(each) for each in book if drifts(each, _room(each))}

    def onward(name: str, pull: float) -> Parameter:
        return drifted(book.parameter(name), number, rooms[name], model.known, pull)

    return _pulled(model, book, list(rooms), onward)


def _pulled(
    model: Model, book: ParameterBook, names: Sequence[str], draw: Callable[[str, float], Parameter]
) -> ParameterBook:
    """Return a book with parameters drawn, `pull` of the way from where they stand, as far as their wholes allow."""
    parameters = {name: draw(name, 1.0) for name in names}
    for whole in model.wholes:
        touched = [name for name in whole if name in parameters]
        for pull in PULLS:
            if not touched or _fits(replace(book, parameters=book.parameters | parameters), whole):
                break
            parameters |= {name: draw(name, pull) for name in touched}
    return replace(book, parameters=book.parameters | parameters)


def _fits(book: ParameterBook, whole: Iterable[str]) -> bool:
    names = [name for name in whole if name in book]
    days = sorted(
        {each.start for name in names for each in book.parameter(name).values}
        | {each.at for each in book.changes if each.name in names}
    )
    return all(sum(book.value(name, day) for name in names) <= 1.0 + _GAP for day in days)


def laid_over(
    model: Model, base: ParameterBook, written: ParameterBook, changes: Iterable[Change]
) -> ParameterBook:
    """
    Return a drawn book with the changes of a scenario on top.

    A change that would carry a drawn value out of its bounds goes as far as the bound. Where shares of one whole would
    sum to more than 1, they are drawn back towards the written ones, from the first day of a change of them on and no
    further than they must. So a scenario that is valid as written always runs, nothing moves before it acts, and what
    drifts goes on to drift.
    """
    book = base
    for change in changes:
        book = book.bounded(change)
    for whole in model.wholes:
        acts = [each.at for each in book.changes if each.name in whole]
        for pull in PULLS:
            if not acts or _fits(book, whole):
                break
            book = _drawn_back(book, base, written, whole, min(acts), pull)
    return book


def _drawn_back(
    book: ParameterBook,
    base: ParameterBook,
    written: ParameterBook,
    whole: Iterable[str],
    on: date,
    pull: float,
) -> ParameterBook:
    parameters = {
        name: _towards(written.parameter(name), base.parameter(name), on, pull)
        for name in whole
        if name in written
    }
    return replace(book, parameters=book.parameters | parameters)


def _towards(written: Parameter, drawn: Parameter, on: date, pull: float) -> Parameter:
    """Return a drawn parameter that from a day on is `pull` of the way from the written value to the drawn one."""
    days = sorted({on} | {each.start for each in (*written.values, *drawn.values) if each.start > on})

    def between(day: date) -> DatedValue:
        known, held = written.on(day).value, drawn.on(day)
        return held.model_copy(update={"start": day, "value": known + pull * (held.value - known)})

    kept = (each for each in drawn.values if each.start < on)
    return replace(drawn, values=(*kept, *map(between, days)))


@dataclass(frozen=True)
class Ensemble:
    """
    Parameter sets in no order of merit.

    Parameters
    ----------
    model
        Whose parameters they are.
    names
        Of the parameters.
    values
        Shape (n_draws, n_parameters), each in its unit.
    digest
        SHA-256 of the file, or of what was drawn.
    """

    model: Model
    names: tuple[str, ...]
    values: Floats
    digest: str

    def __len__(self) -> int:
        return len(self.values)

    def book(self, replicate: int, written: ParameterBook) -> ParameterBook:
        """Return the parameters of a replicate: replicate k has draw k, and after the last the first again."""
        number = replicate % len(self)
        row = self.values[number]
        return carried_on(
            self.model, drawn(self.model, written, dict(zip(self.names, row.tolist(), strict=True))), number
        )

    @cached_property
    def spread(self) -> Floats:
        """Standard deviation of each parameter over the draws, shape (n_parameters,)."""
        return np.asarray(self.values.std(axis=0))


def load_ensemble(model: Model, path: Path) -> Ensemble:
    """
    Read an ensemble.

    Where a figure was found since it was made, the draws lie outside today's range or today's value is certain: the
    written value stands in their place until the next calibration.

    Raises
    ------
    InputError
        If it names a parameter that the model does not have: it was made with another model.
    """
    import polars as pl  # noqa: PLC0415  # loaded only to run

    table = pl.read_parquet(path)
    book = model.parameters()
    unknown = sorted(name for name in table.columns if name.removesuffix(LATER) not in book)
    if unknown:
        raise InputError(
            f"{path.name}: made with another model; {unknown[0]!r} is no parameter of this one. "
            "Run lawqueue calibrate."
        )
    table = table.select(
        each.name
        for each in uncertain(model, book)
        if each.name in table.columns and table[each.name].is_between(each.low - _GAP, each.high + _GAP).all()
    )
    if not table.columns:
        raise InputError(f"{path.name}: no draw lies in the ranges of this model. Run lawqueue calibrate.")
    return Ensemble(
        model, tuple(table.columns), table.to_numpy(), hashlib.sha256(path.read_bytes()).hexdigest()
    )


def folder_of(model: Model) -> Path:
    """Return where the ensemble of a model lies, with the record of how it was made."""
    return model.folder / "calibration"


def has_ensemble(model: Model) -> bool:
    """Tell whether an ensemble comes with a model."""
    return (folder_of(model) / FILE).is_file()


@cache
def shipped(model: Model) -> Ensemble:
    """Return the ensemble that comes with a model; without one, draws out of the ranges of its parameters."""
    return load_ensemble(model, folder_of(model) / FILE) if has_ensemble(model) else unfitted(model)


def is_open(model: Model) -> bool:
    """Tell whether a model has parameters that may be drawn."""
    if has_ensemble(model):
        return True
    return not model.needs_ensemble and bool(uncertain(model, model.parameters()))


def unfitted(model: Model) -> Ensemble:
    """
    Return draws of a model to which nothing was fitted: each parameter evenly over its range, and by itself.

    Every parameter meets each of as many parts of its range once (a Latin hypercube). Half the draws lie below the
    written value.
    """
    names, values = over_ranges(uncertain(model, model.parameters()), DRAWS)
    made = hashlib.sha256("\n".join(names).encode() + values.tobytes()).hexdigest()
    return Ensemble(model, names, values, made)


def over_ranges(found: Sequence[Span], draws: int) -> tuple[tuple[str, ...], Floats]:
    """Return names, and values drawn evenly over the range of each, shape (draws, n_parameters): a Latin hypercube."""
    rng = np.random.default_rng(0)
    places = [(rng.permutation(draws) + rng.random(draws)) / draws for _ in found]
    values = np.stack([span.at(place) for span, place in zip(found, places, strict=True)], axis=1)
    return tuple(span.name for span in found), values
