"""
What nobody knows moves on: a value that is held after the last known day drifts in the ensemble.

Outcomes are known to a last day, see `Known`. A parameter that was judged for that day, or for a later one, is held
from then on; the longer ago that is, the less is known of it. So each draw carries it on as a random walk, in half
years: on the odds of its bounds where it has two, otherwise on the logarithm. Intervals widen with the years.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from zlib import crc32

import numpy as np

from lawqueue.models.model import Known
from lawqueue.rules.parameter import DatedValue, Parameter

STEP = 0.25
"""
Standard deviation of a year's walk, as a share of the width of the parameter's own range [/1].

A range is about four standard deviations wide: a year of not knowing counts as much as the range. It stands for what
nobody measured; a model may say how far a parameter was found to wander, see `Known`.
"""
_HALF_YEAR = timedelta(days=182)
_EDGE = 1e-9
_WIDEST = 2.0
"""Width that counts at most, on the line on which a value walks: a range may reach to a bound, where that line has no end."""

Scale = tuple[Callable[[float], float], Callable[[float], float]]
"""A value onto the line on which it walks, and back."""


Room = tuple[float, float]
"""Bounds of a parameter; the upper one may be infinite."""


def drifts(parameter: Parameter, room: Room) -> bool:
    """Tell whether a parameter is held after the last known day on a judgement with a range."""
    return _held(parameter, room) is not None


def drifted(parameter: Parameter, number: int, room: Room, known: Known, pull: float = 1.0) -> Parameter:
    """
    Return a parameter with the walk of a draw after it was last known.

    Parameters
    ----------
    number
        Of the draw: the walk is a function of it and of the name.
    room
        Bounds of the parameter.
    known
        Until when the walk has not begun, and when it ends; and how far some parameters wander in a year.
    pull
        Share of the walk that is made [/1].
    """
    held = _held(parameter, room)
    if held is None:
        return parameter
    entry, low, high = held
    onto, back = _scale(*room)
    width = min(onto(high) - onto(low), _WIDEST)
    measured = known.walks.get(parameter.name)
    half_year = pull * (STEP if measured is None else measured / width) * math.sqrt(0.5) * width
    days = tuple(_days(entry, known))
    noise = np.random.default_rng([number, crc32(parameter.name.encode())]).standard_normal(len(days))
    walk = half_year * np.cumsum(noise)
    base = onto(entry.value)
    return replace(
        parameter,
        values=(
            *parameter.values,
            *(
                entry.model_copy(update={"start": day, "value": back(base + float(each))})
                for day, each in zip(days, walk, strict=True)
            ),
        ),
    )


def _held(parameter: Parameter, room: Room) -> tuple[DatedValue, float, float] | None:
    """Return the entry that is held and its range, if it is a judgement within the bounds and no dial that is off."""
    entry = parameter.values[-1]
    if entry.is_certain or entry.low is None or entry.high is None or entry.low == entry.high:
        return None
    return (entry, entry.low, entry.high) if room[0] < entry.value < room[1] else None


def _days(entry: DatedValue, known: Known) -> Iterator[date]:
    day = max(known.last_outcome + timedelta(days=1), entry.start + _HALF_YEAR)
    while day <= known.last:
        yield day
        day += _HALF_YEAR


def _scale(low: float, high: float) -> Scale:
    if math.isinf(high):
        return (
            lambda value: math.log(max(value - low, _EDGE)),
            lambda place: low + math.exp(place),
        )
    width = high - low

    def onto(value: float) -> float:
        inside = min(max((value - low) / width, _EDGE), 1 - _EDGE)
        return math.log(inside / (1 - inside))

    return onto, lambda place: low + width / (1 + math.exp(-place))
