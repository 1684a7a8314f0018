"""The register of units: every parameter and every reported series names one of these."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

UNITS: Final[dict[str, str]] = {
    "/1": "a share between 0 and 1, or another number without a unit",
    "/year": "a rate: events per head and year",
    "day": "calendar days",
    "case": "matters before an agency or a court",
    "case/day": "matters per calendar day",
    "case/month": "matters per calendar month",
    "case/year": "matters per fiscal year",
    "person": "persons in a synthetic population; no record of a real one",
    "person-day": "one person for one calendar day",
    "person/month": "persons per calendar month",
    "bed": "places in civil custody",
    "place": "places in a programme or a prison",
    "officer": "deportation officers and other ERO officers on interior duty",
    "agent": "Border Patrol agents or HSI special agents",
    "judge": "immigration judges on the bench",
    "attorney": "full-time equivalents of prosecuting attorneys",
    "hour": "working hours",
    "hour/day": "working hours available per calendar day, per head",
    "hour/case": "working hours needed for one case",
    "hour/defendant": "hours of hearings of one defendant whose case is completed",
    "hour/trial": "hours of hearings of one listed trial",
    "sitting day": "days on which one court room sat",
    "sitting day/year": "days on which court rooms sit in a year, over all rooms",
    "sitting day/month": "days on which court rooms sit in a month, over all rooms",
    "hour/sitting day": "hours heard on a day on which a court room sits",
    "defendant/case": "defendants of one case",
    "hour/person-day": "working hours needed per person under management and day",
    "minute/case": "hearing minutes needed for one case",
    "minute/day": "hearing minutes given per judge and calendar day",
    "USD": "United States dollars of the year in which they were spent",
    "USD/day": "dollars per person and day",
    "USD/case": "dollars per case",
    "USD/hour": "dollars per hour",
    "USD/year": "dollars per head and year",
    "mile": "statute miles of border",
}


def is_unit(name: str) -> bool:
    """Tell whether `name` is a registered unit."""
    return name in UNITS


def is_count(unit: str) -> bool:
    """Tell whether a unit counts what cannot be divided: cases, persons, places, staff."""
    return unit.partition("/")[0] in {
        "case", "person", "person-day", "bed", "place", "officer", "agent", "judge", "attorney"
    }  # fmt: skip


def written(number: float, unit: str = "/1") -> str:
    """
    Return a number as people write it, to ten figures, with its unit in words.

    Examples
    --------
    >>> written(1e8), written(0.05), written(1.0, "case"), written(200.0, "judge"), written(2.0, "case/month")
    ('100,000,000', '0.05', '1 case', '200 judges', '2 cases per month')
    >>> written(1e300)
    '1e+300'
    """
    figure = f"{Decimal(f'{number:.10g}'):,f}" if abs(number) < 1e15 else f"{number:.10g}"
    return f"{figure} {in_words(unit, number)}".rstrip()


def in_words(unit: str, number: float = 0) -> str:
    """
    Return a unit as it stands behind a number; nothing for a share.

    Examples
    --------
    >>> in_words("judge"), in_words("judge", 1), in_words("USD/day"), in_words("/1"), in_words("/year")
    ('judges', 'judge', 'dollars per day', '', 'per year')
    """
    what, _, per = unit.replace("USD", "dollar").partition("/")
    if not what:
        return "" if per == "1" else f"per {per}"
    plural = "" if number == 1 else "s"
    return f"{what}{plural}" + (f" per {per}" if per else "")
