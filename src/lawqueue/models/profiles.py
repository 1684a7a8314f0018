"""
The distinct profiles of a model: cells of a synthetic population, never persons.

A profile is one combination of the attributes in `profile.yaml` that some rule or rate reads. The table is made once;
cases carry only its row number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.varying import frozen
from lawqueue.rules.schema import UNKNOWN
from lawqueue.same import Same

if TYPE_CHECKING:
    import polars as pl

    from lawqueue.rules import Guideline
    from lawqueue.rules.guideline import Suspension
    from lawqueue.rules.instrument import Instrument

ACTIONS = ("presumed", "enforceable", "preapproval", "none")


class Profiles:
    """
    The table of profiles.

    Masks and relabellings are arrays of shape (n,) over its rows, made once and not to be written to.

    Parameters
    ----------
    attributes
        What tells profiles apart.
    rows
        The levels of each profile, in the order of the attributes.
    unread
        Attributes among them that no rule may read.
    unknown
        Attributes that rules read and no case of the simulation shows: they are unknown in every profile.
    """

    def __init__(
        self,
        attributes: Sequence[str],
        rows: Sequence[tuple[str, ...]],
        unread: Sequence[str] = (),
        unknown: Sequence[str] = (),
    ) -> None:
        self.attributes, self.rows = tuple(attributes), rows
        self._shown = tuple(name for name in attributes if name not in unread)
        self._unknown = tuple(unknown)
        self.n = len(self.rows)
        self.columns = {name: np.array([row[i] for row in self.rows]) for i, name in enumerate(attributes)}
        self._place = {row: i for i, row in enumerate(self.rows)}

    def where(self, **levels: str | Sequence[str]) -> NDArray[np.bool_]:
        """Return which profiles have the given level, or one of the given levels, of each attribute."""
        return _where(self, tuple((name, _known(wanted)) for name, wanted in levels.items()))

    def relabel(self, among: NDArray[np.bool_], **levels: str) -> NDArray[np.int32]:
        """
        Return the profile that each profile becomes when it is given some levels.

        Parameters
        ----------
        among
            Profiles that change; the others stay as they are.
        levels
            Attributes and their new levels; the combination must be in the table.
        """
        return _relabel(self, among.tobytes(), tuple(levels.items()))

    def place(self, levels: Mapping[str, str]) -> int:
        """Return the row that has the given levels of all attributes."""
        return self._place[tuple(levels[name] for name in self.attributes)]

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The attributes that guidelines may read, one row a profile."""
        import polars as pl  # noqa: PLC0415  # not needed to read a scenario

        shown = {name: list(self.columns[name]) for name in self._shown}
        return pl.DataFrame(shown).with_columns(pl.lit(UNKNOWN).alias(name) for name in self._unknown)

    def tiers(self, instrument: Instrument[Any]) -> NDArray[np.int64]:
        """Return the tier of each profile in a guideline or a statute, as an index into its tiers, shape (n,)."""
        return _tiers(self, Same(instrument))

    def reached(self, suspension: Suspension) -> NDArray[np.bool_]:
        """Return which profiles are in the scope of a suspension, shape (n,)."""
        return _reached(self, Same(suspension))

    def actions(self, guideline: Guideline) -> NDArray[np.int64]:
        """Return what a guideline says of each profile, as an index into `ACTIONS`, shape (n,)."""
        codes = np.array([ACTIONS.index(tier.action) for tier in guideline.tiers_all])
        return np.asarray(codes[self.tiers(guideline)])

    def ranks(self, guideline: Guideline) -> NDArray[np.float64]:
        """Return 0 for the tiers that a guideline names, 1 for the rest, shape (n,)."""
        return np.asarray(self.tiers(guideline) == len(guideline.tiers_all) - 1, np.float64)


def _known(wanted: str | Sequence[str]) -> tuple[str, ...]:
    return (wanted,) if isinstance(wanted, str) else tuple(wanted)


@lru_cache(maxsize=1024)
def _where(people: Profiles, levels: tuple[tuple[str, tuple[str, ...]], ...]) -> NDArray[np.bool_]:
    mask = np.ones(people.n, bool)
    for name, wanted in levels:
        mask &= np.isin(people.columns[name], wanted)
    return frozen(mask)


@lru_cache(maxsize=1024)
def _relabel(people: Profiles, among: bytes, levels: tuple[tuple[str, str], ...]) -> NDArray[np.int32]:
    new = np.arange(people.n, dtype=np.int32)
    for i in np.flatnonzero(np.frombuffer(among, bool)):
        new[i] = people.place(dict(zip(people.attributes, people.rows[int(i)], strict=True)) | dict(levels))
    return frozen(new)


@lru_cache(maxsize=1024)
def _tiers(people: Profiles, instrument: Same[Instrument[Any]]) -> NDArray[np.int64]:
    return frozen(instrument.it.tier_of(people.frame))


@lru_cache(maxsize=1024)
def _reached(people: Profiles, suspension: Same[Suspension]) -> NDArray[np.bool_]:
    return frozen(suspension.it.reaches(people.frame))
