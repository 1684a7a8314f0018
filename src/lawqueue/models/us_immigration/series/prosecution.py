"""Prosecution: charges, declinations and prison."""

from __future__ import annotations

from lawqueue.models.series import Row, series, total
from lawqueue.models.us_immigration.series.reading import PRISONS

SERIES: tuple[Row, ...] = (
    series(
        "prosecutions.1326",
        "Charged under 8 USC 1326",
        "case/month",
        "flow",
        "Prosecution",
        "Defendants charged with re-entry after removal.",
        lambda r: r.flow("reentry_case", "marshals"),
        "prosecutions_1326",
    ),
    series(
        "prosecutions.1325",
        "Charged under 8 USC 1325",
        "case/month",
        "flow",
        "Prosecution",
        "Defendants charged with improper entry.",
        lambda r: r.flow("entry_case", "entry_custody"),
        "prosecutions_1325",
    ),
    series(
        "prosecutions.referred.1326",
        "Referrals under 8 USC 1326",
        "case/month",
        "flow",
        "Prosecution",
        "Cases presented to a prosecutor.",
        lambda r: r.flow("reentry_referred"),
    ),
    series(
        "prosecutions.hours",
        "Attorney hours on entry and re-entry cases, on assumed hours a case",
        "hour",
        "flow",
        "Prosecution",
        "Hours of prosecutors spent on cases under 8 USC 1325 and 1326.",
        lambda r: total(r.run.work(k) for k in ("entry_case", "reentry_case")),
        stamp="assumed",
    ),
    series(
        "prosecutions.declined",
        "Declinations",
        "case/month",
        "flow",
        "Prosecution",
        "Referrals that prosecutors refuse, or cannot take up in time.",
        lambda r: total(
            r.flow(k, "declined", "declined_expelled")
            for k in ("entry_referred", "reentry_referred", "entry_case", "reentry_case")
        ),
    ),
    series(
        "prison",
        "In prison or with the Marshals for re-entry",
        "person",
        "level",
        "Prosecution",
        "People held before or after sentence under 8 USC 1326.",
        lambda r: total(r.run.level(k) for k in PRISONS) + r.run.places_taken("marshals"),
    ),
)
