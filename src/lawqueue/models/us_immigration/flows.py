"""The picture of flows: where cases went between the main stages."""

from __future__ import annotations

from collections.abc import Mapping

from lawqueue.models.stages import Edges

_IN, _OUT = "Border encounters", "Jail bookings and leads"

FLOWS: Mapping[tuple[str, str], Edges] = {
    (_IN, "Expelled or returned"): (
        ("pathway", ("expelled", "returned", "removed_by_cbp", "handed_to_ice")),
    ),
    (_IN, "Prosecution"): (("pathway", ("entry_referred", "reentry_referred", "reentry_referred_title42")),),
    (_IN, "Custody"): (
        (
            "pathway",
            ("expedited", "fear_claimed", "notice_detained", "family_detained", "family_fear_claimed"),
        ),
    ),
    (_IN, "Released, in proceedings"): (
        ("pathway", ("release", "let_go_by_ice", "child_to_orr", "mpp_calendar")),
    ),
    (_OUT, "Not acted on"): (
        ("civil_priority", ("not_pursued",)),
        ("approval", ("denied", "too_late")),
        ("action", ("not_pursued",)),
        ("mandate", ("no_agency",)),
        ("screening", ("released_by_jail",)),
        ("at_large_arrest", ("lead_went_cold",)),
        ("custodial_arrest", ("released_by_jail",)),
    ),
    (_OUT, "Detainer refused"): tuple(
        (f"handoff.{kind}", ("released_by_jail",)) for kind in ("none", "limited", "full")
    ),
    (_OUT, "Custody"): (("arrested", ("detention",)),),
    (_OUT, "Prosecution"): (("arrested", ("reentry_referred",)),),
    ("Prosecution", "Expelled or returned"): (
        ("reentry_referred", ("declined_expelled",)),
        ("reentry_case", ("declined_expelled",)),
        ("entry_custody", ("removed_by_cbp", "handed_to_ice")),
    ),
    ("Prosecution", "Custody"): (
        ("entry_custody", ("fear_claimed", "to_ice_custody")),
        ("prison.a", ()),
        ("prison.b1", ()),
        ("prison.b2", ()),
        ("entry_referred", ("declined",)),
        ("reentry_referred", ("declined",)),
        ("entry_case", ("declined",)),
        ("reentry_case", ("declined",)),
    ),
    ("Custody", "Removed"): (("removal.land", ()), ("removal.air", ())),
    ("Custody", "Released, in proceedings"): (
        ("detention", ("no_bed", "no_bed_under_order")),
        ("custody_outcome", ("bond_or_recognizance",)),
        ("custody_review", ("released_on_review",)),
        ("fear_screening", ("positive_released",)),
    ),
    ("Custody", "Ordered removed, at large"): (
        ("custody_outcome", ("released_under_order",)),
        ("custody_review", ("released_under_order",)),
        ("executable", ("not_removable",)),
    ),
    ("Custody", "Relief or ended"): (("detained_docket", ("relief_or_terminated",)),),
    ("Released, in proceedings", "Ordered removed, at large"): (
        ("first_hearing", ("absent_order",)),
        ("priority_docket", ("absent_order", "order_final")),
        ("docket", ("order_final", "order_appealed")),
    ),
    ("Released, in proceedings", "Relief or ended"): (
        ("first_hearing", ("terminated",)),
        ("priority_docket", ("relief", "terminated")),
        ("docket", ("relief", "terminated", "dismissed_on_motion")),
    ),
}

LAYERS = {
    "Border encounters": 0,
    "Jail bookings and leads": 0,
    "Prosecution": 1,
    "Custody": 1.7,
    "Released, in proceedings": 2.4,
    "Expelled or returned": 3.4,
    "Not acted on": 3.4,
    "Detainer refused": 3.4,
    "Removed": 3.4,
    "Ordered removed, at large": 3.4,
    "Relief or ended": 3.4,
}
"""Where each stage stands in the picture, from left to right."""
