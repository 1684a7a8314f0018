"""
The distinct profiles of the flagship model: cells of a synthetic population, never persons.

A profile is one combination of the attributes in `profile.yaml` that some rule or rate reads, and of the
`track` that a case is on. The table is made once; cases carry only its row number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.varying import frozen
from lawqueue.rules.schema import UNKNOWN

if TYPE_CHECKING:
    import polars as pl

    from lawqueue.rules import Guideline
    from lawqueue.rules.guideline import Suspension
    from lawqueue.rules.instrument import Instrument

ItT = TypeVar("ItT")
NATIONALITIES = ("mexico", "northern_central_america", "other")
FAMILIES = ("single_adult", "family_unit", "unaccompanied_child")
RECORDS = (
    "none",
    "pending_charge",
    "misdemeanor",
    "several_misdemeanors",
    "significant_misdemeanor",
    "felony",
    "aggravated_felony",
)
CONVICTED = RECORDS[2:]
ATTRIBUTES = (
    "entry",
    "nationality",
    "family",
    "admission",
    "entry_cohort",
    "record",
    "prior_removal",
    "final_order",
    "threat",
    "venue",
    "track",
)
NOT_TOLD_APART: Final = ("age", "conviction_order", "prior_entry_conviction")
"""Attributes that rules read and no case of the simulation shows: they are unknown in every profile."""
COHORT_AND_ORDER: Final = (
    ("before_2014", "none"),
    ("before_2014", "before_2014"),
    ("before_2014", "from_2014"),
    ("from_2014", "none"),
    ("from_2014", "from_2014"),
    ("from_2020_11", "none"),
    ("from_2020_11", "from_2014"),
)
"""When somebody in the interior last came, and an order that is not executed, which is no older."""
REMOVAL_AND_ADMISSION: Final = (
    ("none", "without_admission"),
    ("none", "admitted"),
    ("one", "without_admission"),
)
"""Who was removed before came again without admission: an admission after a removal is rare."""
MET_AGAIN: Final = {
    "family": "single_adult",
    "admission": "without_admission",
    "entry_cohort": "from_2020_11",
    "record": "none",
    "prior_removal": "one",
    "final_order": "none",
    "threat": "none",
    "venue": "at_large",
}
"""What is kept of somebody who is prosecuted for re-entry, or comes back after a removal: that there was one."""
ACTIONS = ("presumed", "enforceable", "preapproval", "none")


def _rows() -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    border = ("without_admission", "from_2020_11", "none")
    tracks = ("open", "expedited", "fear", "notice")
    for nation, family, prior, track in product(NATIONALITIES, FAMILIES, ("none", "one"), tracks):
        rows.append(("border", nation, family, *border, prior, "none", "none", "at_large", track))
    for nation, family, track in product(NATIONALITIES, FAMILIES, ("notice", "fear", "expedited")):
        rows.append(("port", nation, family, *border, "none", "none", "none", "at_large", track))
    for entry, nation in product(("border", "interior"), NATIONALITIES):
        rows.append((entry, nation, "single_adult", *border, "one", "none", "none", "at_large", "prosecuted"))
    threats = ("none", "gang", "national_security")
    for nation, (cohort, order), record, (prior, admission), threat, venue in product(
        NATIONALITIES,
        COHORT_AND_ORDER,
        RECORDS,
        REMOVAL_AND_ADMISSION,
        threats,
        ("jail_or_prison", "at_large"),
    ):
        levels = ("single_adult", admission, cohort, record, prior, order, threat, venue, "open")
        rows.append(("interior", nation, *levels))
    return rows


class Same(Generic[ItT]):
    """An object as a key: equal to itself alone, and kept as long as the key is."""

    __slots__ = ("it",)

    def __init__(self, it: ItT) -> None:
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it

    def __hash__(self) -> int:
        return id(self.it)


class Profiles:
    """
    The table of profiles.

    Masks and relabellings are arrays of shape (n,) over its rows, made once and not to be written to.
    """

    def __init__(self) -> None:
        self.rows = _rows()
        self.n = len(self.rows)
        self.columns = {name: np.array([row[i] for row in self.rows]) for i, name in enumerate(ATTRIBUTES)}
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
        return self._place[tuple(levels[name] for name in ATTRIBUTES)]

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The attributes that guidelines may read, one row a profile."""
        import polars as pl  # noqa: PLC0415  # not needed to read a scenario

        shown = {name: list(self.columns[name]) for name in ATTRIBUTES if name != "track"}
        return pl.DataFrame(shown).with_columns(pl.lit(UNKNOWN).alias(name) for name in NOT_TOLD_APART)

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

    @cached_property
    def conviction(self) -> NDArray[np.str_]:
        """`convicted`, `pending` or `none` for each profile, shape (n,)."""
        record = self.columns["record"]
        return np.where(
            np.isin(record, CONVICTED), "convicted", np.where(record == "pending_charge", "pending", "none")
        )


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
        new[i] = people.place(dict(zip(ATTRIBUTES, people.rows[i], strict=True)) | dict(levels))
    return frozen(new)


@lru_cache(maxsize=1024)
def _tiers(people: Profiles, instrument: Same[Instrument[Any]]) -> NDArray[np.int64]:
    return frozen(instrument.it.tier_of(people.frame))


@lru_cache(maxsize=1024)
def _reached(people: Profiles, suspension: Same[Suspension]) -> NDArray[np.bool_]:
    return frozen(suspension.it.reaches(people.frame))
