"""
The distinct profiles of the flagship model: cells of a synthetic population, never persons.

A profile is one combination of the attributes in `profile.yaml` that some rule or rate reads, and of the
`track` that a case is on. The table is made once; cases carry only its row number.
"""

from __future__ import annotations

from functools import cached_property
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lawqueue.models import profiles

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


def _rows() -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    border = ("without_admission", "from_2020_11", "none")
    tracks = ("open", "expedited", "fear", "notice")
    for nation, family, prior, track in product(NATIONALITIES, FAMILIES, ("none", "one"), tracks):
        rows.append(("border", nation, family, *border, prior, "none", "none", "at_large", track))
    for nation, family, track in product(NATIONALITIES, FAMILIES, ("notice", "fear", "expedited")):
        rows.append(("port", nation, family, *border, "none", "none", "none", "at_large", track))
    for nation in NATIONALITIES:
        rows.append(
            ("border", nation, "single_adult", *border, "one", "none", "none", "at_large", "prosecuted")
        )
        for cohort in ("from_2014", "from_2020_11"):
            served = ("without_admission", cohort, "felony", "one", "none", "none", "at_large", "prosecuted")
            rows.append(("interior", nation, "single_adult", *served))
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


class Profiles(profiles.Profiles):
    """The table of profiles of the flagship model."""

    def __init__(self) -> None:
        super().__init__(ATTRIBUTES, _rows(), unread=("track",), unknown=NOT_TOLD_APART)

    @cached_property
    def conviction(self) -> NDArray[np.str_]:
        """`convicted`, `pending` or `none` for each profile, shape (n,)."""
        record = self.columns["record"]
        return np.where(
            np.isin(record, CONVICTED), "convicted", np.where(record == "pending_charge", "pending", "none")
        )
