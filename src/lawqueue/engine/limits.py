"""
The guard of every number in a description: finite, in its range, and whole where it is counted.

The compiled code checks nothing, and a number that it cannot hold is not an error there but another number, or the
end of the process. So each numeric field of `spec` has its limits in one table, and one walk over a description
holds every number in it to them, those in arrays, in nested stays and in dated values too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np

from lawqueue.engine.varying import Varying
from lawqueue.errors import SpecError

LARGE: Final = 1e9
"""Most of anything that is counted: below 2³⁰, so that sums and records of it fit."""
WORK: Final = 1e12
"""Most work, and largest weight: far from where sums of floats lose units."""


class Limit(NamedTuple):
    """What a number may be: from `least` to `most`, but for `rounding`, and whole or not."""

    least: float
    most: float
    whole: bool = False
    rounding: float = 0.0

    def __str__(self) -> str:
        return f"a {'whole ' if self.whole else ''}number from {self.least:,.15g} to {self.most:,.15g}"


LIMITS: Final[Mapping[tuple[str, str], Limit]] = {
    ("Varying", "starts"): Limit(0, LARGE, whole=True),
    ("Fixed", "ticks"): Limit(1, LARGE, whole=True),
    ("Geometric", "mean"): Limit(1, LARGE),
    ("Quantiles", "points"): Limit(0, LARGE),
    ("StayChoice", "which"): Limit(0, LARGE, whole=True),
    # Sums of shares are held to 1 where they are added up.
    ("Edge", "share"): Limit(0, 1, rounding=1e-12),
    ("Edge", "idle_share"): Limit(0, 1, rounding=1e-12),
    ("Edge", "relabel"): Limit(0, LARGE, whole=True),
    ("Source", "arrival_rate"): Limit(0, LARGE),
    ("Source", "mix"): Limit(0, WORK),
    ("Station", "units_per_tick"): Limit(0, WORK),
    ("Station", "units"): Limit(0, WORK),
    ("Station", "priority"): Limit(0, 15, whole=True),
    ("Station", "queue_limit"): Limit(0, LARGE, whole=True),
    ("Hold", "places"): Limit(0, LARGE),
    ("Hold", "priority"): Limit(0, 15, whole=True),
    ("Hold", "queue_limit"): Limit(0, LARGE, whole=True),
    ("Pool", "units_per_tick"): Limit(0, WORK),
    ("Pool", "upkeep"): Limit(0, WORK),
    ("Stock", "cases"): Limit(0, LARGE),
    ("Stock", "ages"): Limit(0, LARGE),
    ("Network", "n_profiles"): Limit(1, LARGE, whole=True),
    ("Network", "horizon"): Limit(1, LARGE, whole=True),
    ("Network", "periods"): Limit(0, LARGE, whole=True),
    ("Network", "groups"): Limit(0, LARGE, whole=True),
    ("Network", "bins"): Limit(0, 1e6, whole=True),
}


def check_number(what: str, value: Any, limit: Limit) -> None:
    """
    Refuse a number, or an array of them, that is not within a limit.

    Raises
    ------
    SpecError
        With what it is, what was expected and the first number that is not.
    """
    try:
        found = np.asarray(value, dtype=np.float64).ravel()
    except (TypeError, ValueError, OverflowError):
        raise SpecError(f"{what}: expected {limit}, got {value!r}.") from None
    good = (found >= limit.least - limit.rounding) & (found <= limit.most + limit.rounding)
    if limit.whole:
        good &= found == np.rint(found)
    if not good.all():
        raise SpecError(f"{what}: expected {limit}, got {float(found[~good][0])!r}.")


def check_numbers(what: str, described: Any) -> None:
    """
    Refuse a description in which any number is not within its limits.

    Parameters
    ----------
    what
        What it is, in words: the node, for one.
    described
        A dataclass of `spec`; those that it holds are checked too.
    """
    for path, limit, value in _numbers(described, ""):
        check_number(f"{what}, {path}", value, limit)


def _numbers(described: Any, path: str) -> Iterator[tuple[str, Limit, Any]]:
    """Yield every number below a dataclass: where it stands, its limits, and what is there."""
    for name, limit in _fields(type(described)):  # type: ignore[arg-type]  # every class can be hashed
        value, place = getattr(described, name), f"{path}{name}"
        if limit is None:
            yield from _below(value, place)
        elif isinstance(value, Mapping):
            yield from ((f"{place} of {key!r}", limit, number) for key, number in value.items())
        elif value is not None:
            yield place, limit, numbers_of(value)
            if is_dataclass(value):
                yield from _numbers(value, f"{place}.")


@lru_cache(maxsize=64)
def _fields(kind: type) -> tuple[tuple[str, Limit | None], ...]:
    """Return the fields of a dataclass, each with its limits if it is a number."""
    return tuple((each.name, LIMITS.get((kind.__name__, each.name))) for each in fields(kind))


def _below(value: Any, place: str) -> Iterator[tuple[str, Limit, Any]]:
    if isinstance(value, tuple):
        for i, each in enumerate(value):
            yield from _below(each, f"{place}[{i}]")
    elif is_dataclass(value):
        yield from _numbers(value, f"{place}.")


def numbers_of(value: Any) -> Any:
    """Return the numbers of a value that may vary."""
    return value.numbers if isinstance(value, Varying) else value
