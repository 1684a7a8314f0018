"""Whom custody falls on: one line for every guideline."""

from __future__ import annotations

from lawqueue.models.series import Row, series, total
from lawqueue.models.us_immigration.series.reading import CUSTODY_AND_WHOM, PRISONS

SERIES: tuple[Row, ...] = (
    series(
        "liberty.outside_arrests",
        "Arrests of people without a conviction or charge",
        "case/month",
        "flow",
        CUSTODY_AND_WHOM,
        "Interior arrests of people with neither a conviction nor a pending charge: one line for every guideline, by which ICE counts its arrests too.",
        lambda r: r.arrests(r.ice & ~r.on_record),
    ),
    series(
        "liberty.outside_days",
        "Days in custody of people without a conviction or charge",
        "person-day",
        "flow",
        CUSTODY_AND_WHOM,
        "Person-days in custody of people arrested in the interior with neither a conviction nor a pending charge, whatever guideline is in force.",
        lambda r: r.custody(r.ice & ~r.on_record) * r.days,
    ),
    series(
        "liberty.within_not_taken",
        "People with a conviction or charge who were not taken",
        "case/month",
        "flow",
        CUSTODY_AND_WHOM,
        "Bookings, releases from prison and leads of people with a conviction or a pending charge that end without an arrest by ICE: closed by the guideline, denied, not screened, not handed over, gone cold. Whoever is met twice counts twice.",
        lambda r: r.not_taken(r.on_record),
    ),
    series(
        "liberty.prison_days",
        "Days in criminal custody",
        "person-day",
        "flow",
        CUSTODY_AND_WHOM,
        "Person-days before or after sentence under 8 USC 1326.",
        lambda r: (total(r.run.level(k) for k in PRISONS) + r.run.places_taken("marshals")) * r.days,
    ),
)
