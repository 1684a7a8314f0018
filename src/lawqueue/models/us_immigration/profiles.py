"""
The distinct profiles of the flagship model: cells of a synthetic population, never persons.

A profile is one combination of the attributes in `profile.yaml` that some rule or rate reads, and of the
`track` that a case is on. The table is made once; cases carry only its row number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from lawqueue.rules.schema import UNKNOWN

if TYPE_CHECKING:
    import polars as pl

    from lawqueue.rules import Guideline
    from lawqueue.rules.instrument import Instrument

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
    for nation, family in product(NATIONALITIES, FAMILIES):
        rows.append(("port", nation, family, *border, "none", "none", "none", "at_large", "notice"))
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


class Profiles:
    """
    The table of profiles.

    Masks and relabellings are arrays of shape (n,) over its rows.
    """

    def __init__(self) -> None:
        self.rows = _rows()
        self.n = len(self.rows)
        self.columns = {name: np.array([row[i] for row in self.rows]) for i, name in enumerate(ATTRIBUTES)}
        self._place = {row: i for i, row in enumerate(self.rows)}
        self._tiers: dict[int, tuple[Instrument[Any], NDArray[np.int64]]] = {}

    def where(self, **levels: str | Sequence[str]) -> NDArray[np.bool_]:
        """Return which profiles have the given level, or one of the given levels, of each attribute."""
        mask = np.ones(self.n, bool)
        for name, wanted in levels.items():
            mask &= np.isin(self.columns[name], [wanted] if isinstance(wanted, str) else list(wanted))
        return mask

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
        new = np.arange(self.n, dtype=np.int32)
        for i in np.flatnonzero(among):
            row = dict(zip(ATTRIBUTES, self.rows[i], strict=True)) | levels
            new[i] = self._place[tuple(row[name] for name in ATTRIBUTES)]
        return new

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The attributes that guidelines may read, one row a profile."""
        import polars as pl  # noqa: PLC0415  # not needed to read a scenario

        shown = {name: list(self.columns[name]) for name in ATTRIBUTES if name != "track"}
        return pl.DataFrame(shown).with_columns(pl.lit(UNKNOWN).alias(name) for name in NOT_TOLD_APART)

    def tiers(self, instrument: Instrument[Any]) -> NDArray[np.int64]:
        """Return the tier of each profile in a guideline or a statute, as an index into its tiers, shape (n,)."""
        known = self._tiers.get(id(instrument))
        if known is None:
            # The instrument is kept beside its tiers, so that its id is not given to another one.
            known = self._tiers[id(instrument)] = (instrument, instrument.tier_of(self.frame))
        return known[1]

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
