"""
Numbers that vary by profile and tick.

A `Varying` is a small matrix: a row for each *epoch*, a run of ticks on which nothing changes, and a
column for each *cell*, profiles that never differ. Profiles number thousands and so do ticks, cells and
epochs a few dozen. Numbers are therefore combined on the epochs and cells that their parts have together,
in the order written, and never tick by tick or profile by profile.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import pairwise
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from lawqueue.errors import SpecError

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
ScalarT = TypeVar("ScalarT", bound=np.generic)
Starts: TypeAlias = tuple[int, ...]


def frozen(array: NDArray[ScalarT]) -> NDArray[ScalarT]:
    """Return an array that is handed out again and again, and so must not be written to."""
    array.flags.writeable = False
    return array


class Cells:
    """
    Profiles in cells; made by `divided`, which gives the same object for the same division.

    Parameters
    ----------
    of_profile
        Cell of each profile, shape (n_profiles,) integers from 0 without a gap; empty where one cell holds
        everybody, however many they are.
    """

    def __init__(self, of_profile: NDArray[np.int32]) -> None:
        self.of_profile = frozen(of_profile)
        first = np.unique(of_profile, return_index=True)[1] if of_profile.size else np.zeros(1, np.int64)
        self.first: Ints = frozen(first)
        """One profile of each cell, shape (n_cells,)."""

    def __len__(self) -> int:
        return self.first.size

    def __reduce__(self) -> tuple[Any, ...]:
        return divided, (self.of_profile,)

    @property
    def hold_everybody(self) -> bool:
        """Whether there is one cell, for any number of profiles."""
        return not self.of_profile.size


_KNOWN: dict[bytes, Cells] = {}


def divided(labels: NDArray[Any]) -> Cells:
    """Return the cells of profiles with equal labels, numbered as they first occur."""
    _, first, label = np.unique(labels, return_index=True, return_inverse=True)
    of_profile = np.argsort(np.argsort(first)).astype(np.int32)[label]
    # One atomic step, so that threads may share the memory.
    return _KNOWN.setdefault(of_profile.tobytes(), Cells(of_profile))


EVERYBODY = divided(np.zeros(0, np.int32))


@dataclass(frozen=True, eq=False)
class Varying:
    """
    A number for each profile and tick.

    Sums, differences and products with numbers, arrays over profiles and other varying numbers give
    varying numbers.

    Parameters
    ----------
    starts
        First tick of each epoch; the first is 0, the rest ascend.
    cells
        The cells of the profiles.
    numbers
        Shape (n_epochs, n_cells).
    """

    starts: Starts
    cells: Cells
    numbers: Floats

    __array_ufunc__ = None
    """So that `array * varying` is left to the varying number."""

    def __post_init__(self) -> None:
        if self.numbers.shape != (len(self.starts), len(self.cells)):
            raise SpecError(
                f"a varying value of {len(self.starts)} epochs and {len(self.cells)} cells needs a number for "
                f"each, got shape {self.numbers.shape}."
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of what holds at a tick: () or (n_profiles,)."""
        return () if self.cells.hold_everybody else self.cells.of_profile.shape

    def at(self, tick: int) -> float | Floats:
        """Return what holds at a tick: one number, or one for each profile, shape (n_profiles,)."""
        row = self.numbers[bisect_right(self.starts, tick) - 1]
        return float(row[0]) if self.cells.hold_everybody else np.asarray(row[self.cells.of_profile])

    def until(self, horizon: int) -> Varying:
        """Return the same without the epochs that start at the horizon or later."""
        kept = bisect_left(self.starts, horizon)
        return (
            self if kept == len(self.starts) else Varying(self.starts[:kept], self.cells, self.numbers[:kept])
        )

    def __add__(self, other: Quantity) -> Varying:
        return combined(np.add, self, other)

    def __radd__(self, other: Quantity) -> Varying:
        return combined(np.add, other, self)

    def __sub__(self, other: Quantity) -> Varying:
        return combined(np.subtract, self, other)

    def __rsub__(self, other: Quantity) -> Varying:
        return combined(np.subtract, other, self)

    def __mul__(self, other: Quantity) -> Varying:
        return combined(np.multiply, self, other)

    def __rmul__(self, other: Quantity) -> Varying:
        return combined(np.multiply, other, self)


Quantity: TypeAlias = "float | Floats | NDArray[np.bool_] | Varying"
"""One number; or one for each profile, shape (n_profiles,), where a mask is 0 and 1; or a `Varying`."""


def varying(quantity: Quantity) -> Varying:
    """Return a quantity as a varying number."""
    if isinstance(quantity, Varying):
        return quantity
    if np.ndim(quantity) == 0:
        try:
            number = np.array([[quantity]], np.float64)
        except (TypeError, ValueError, OverflowError):
            raise SpecError(f"expected a number, got {quantity!r}.") from None
        return Varying((0,), EVERYBODY, number)
    return by_profile(np.asarray(quantity))


def by_profile(numbers: NDArray[Any]) -> Varying:
    """Return numbers or a mask over profiles, shape (n_profiles,), that hold on every tick."""
    if numbers.ndim != 1 or not numbers.size:
        raise SpecError(f"expected one number for each profile, got shape {numbers.shape}.")
    return _by_profile(numbers.dtype.str, numbers.tobytes())


@lru_cache(maxsize=4096)
def _by_profile(dtype: str, content: bytes) -> Varying:
    numbers = np.frombuffer(content, dtype)
    cells = divided(numbers)
    return Varying((0,), cells, frozen(numbers[cells.first].astype(np.float64)[None, :]))


def by_tick(series: Sequence[float] | NDArray[Any]) -> Varying:
    """Return a series with one number for each tick, for every profile alike."""
    numbers = np.asarray(series, dtype=np.float64)
    changes = np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
    starts = (0, *changes.tolist())
    return Varying(starts, EVERYBODY, numbers[list(starts), None])


def dated(starts: Sequence[int], values: Sequence[Quantity]) -> Varying:
    """
    Return values that change at known ticks.

    Parameters
    ----------
    starts
        Ticks from which each value holds; the first is 0, the rest ascend.
    values
        One number, or one for each profile, for each start.
    """
    if len(starts) != len(values) or not starts:
        raise SpecError(f"a dated value needs one value for each start, got {len(values)} for {len(starts)}.")
    if starts[0] != 0 or any(b <= a for a, b in pairwise(starts)):
        raise SpecError(f"the starts of a dated value must ascend from 0, got {tuple(starts)!r}.")
    _, cells, parts = aligned(*values)
    return Varying(
        tuple(starts), cells, np.concatenate([np.broadcast_to(each, (1, len(cells))) for each in parts])
    )


def aligned(*parts: Quantity) -> tuple[Starts, Cells, list[Floats]]:
    """
    Return the epochs and cells that some quantities have together, and each of them on these.

    Returns
    -------
    tuple
        Starts; cells; for each part an array of shape (n_epochs or 1, n_cells or 1).
    """
    given = [varying(each) for each in parts]
    starts = reduce(_union, (each.starts for each in given))
    cells = reduce(_joint, (each.cells for each in given))
    return starts, cells, [_on(each, starts, cells) for each in given]


def combined(function: Callable[..., Floats], *parts: Quantity) -> Varying:
    """Return what a function makes of the numbers of some quantities, element by element."""
    starts, cells, numbers = aligned(*parts)
    return Varying(starts, cells, function(*numbers))


def weighted(*parts: tuple[Quantity, Quantity]) -> Varying:
    """Return the sum of weight × value over the parts, in the order written; of no part, 0."""
    if not parts:
        return varying(0.0)

    def added(*numbers: Floats) -> Floats:
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        return np.asarray(sum(weight * value for weight, value in pairs))

    return combined(added, *(each for part in parts for each in part))


def _on(given: Varying, starts: Starts, cells: Cells) -> Floats:
    numbers = given.numbers
    # One row or one column stands for all of them.
    if len(given.starts) > 1 and given.starts is not starts:
        numbers = numbers[_rows(given.starts, starts)]
    if len(given.cells) > 1 and given.cells is not cells:
        numbers = numbers[:, _columns(given.cells, cells)]
    return numbers


@lru_cache(maxsize=4096)
def _union(one: Starts, other: Starts) -> Starts:
    return one if one == other else tuple(sorted({*one, *other}))


@lru_cache(maxsize=4096)
def _rows(part: Starts, whole: Starts) -> Ints:
    return frozen(np.searchsorted(part, whole, side="right") - 1)


@lru_cache(maxsize=4096)
def _joint(one: Cells, other: Cells) -> Cells:
    if one is other or other.hold_everybody:
        return one
    if one.hold_everybody:
        return other
    if one.of_profile.size != other.of_profile.size:
        raise SpecError(
            f"values for {one.of_profile.size} and for {other.of_profile.size} profiles cannot be combined."
        )
    return divided(one.of_profile.astype(np.int64) * len(other) + other.of_profile)


@lru_cache(maxsize=4096)
def _columns(part: Cells, whole: Cells) -> NDArray[np.int32]:
    return frozen(part.of_profile[whole.first])
