"""
What is found at a day from the figures that are known then, and from none after it.

Kinds of receipts, the time to a sentence, and the preparation of cases in custody are stocks over flows. Hours a day
are those with which the model disposes of as many cases in the last four quarters as were published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

import numpy as np

from lawqueue.engine.run import simulate
from lawqueue.models.crown_court.model import MODEL
from lawqueue.models.crown_court.opening import open_by_age
from lawqueue.models.crown_court.series import OPEN
from lawqueue.models.crown_court.stays import USUAL_LIMIT
from lawqueue.models.crown_court.world import first_day, quarterly
from lawqueue.rules import Change, ParameterBook

YOUNG: Final = "under_4_weeks"
"""The band of age by which receipts are parted into kinds."""
YEAR: Final = 4
"""Quarters of a year."""
SCALE, REPLICATES, SEED = 0.2, 2, 11
"""How the last year is simulated when hours are looked for."""
HOURS: Final = "capacity.hours_per_day"
SHOCKS: Final = ("shock.pandemic", "shock.action")
"""The declared factors on hours."""


def at(quarter: int, book: ParameterBook) -> dict[str, float]:
    """
    Return the parameters that are found at the end of a quarter, by name.

    Parameters
    ----------
    quarter
        Number of the last quarter whose figures are known.
    book
        The other parameters.
    """
    return stocks_and_flows(quarter, book) | {HOURS: hours_per_day(quarter, book)}


def with_values(book: ParameterBook, quarter: int, values: Mapping[str, float]) -> ParameterBook:
    """Return a book with some values from the day after a quarter on."""
    for each in changes(quarter, values):
        book = book.changed(each)
    return book


def changes(quarter: int, values: Mapping[str, float]) -> tuple[Change, ...]:
    """Return the changes that set some values from the day after a quarter on."""
    return tuple(Change(name, first_day(quarter + 1), "set", value) for name, value in values.items())


def stocks_and_flows(quarter: int, book: ParameterBook) -> dict[str, float]:
    """Return what follows from stocks and flows alone: shares of receipts by kind, and two mean stays [day]."""
    shares = _shares(quarter)
    return {
        "receipts.share.custody": shares["custody"],
        "receipts.share.bail": shares["bail"],
        "sentence.days": days_open("other", 1 - shares["custody"] - shares["bail"], quarter),
        "preparation.days.custody": _preparation(
            days_open("custody", shares["custody"], quarter), book, first_day(quarter + 1)
        ),
    }


def days_open(kind: str, share: float, quarter: int) -> float:
    """Return open cases of a kind over the cases that left in the last four quarters: those received less the growth [day]."""
    receipts = quarterly(MODEL.observed(), "receipts")
    now, before = (
        float(open_by_age(MODEL.observed(), each)[kind].sum()) for each in (quarter, quarter - YEAR)
    )
    left = share * sum(receipts[quarter - i] for i in range(YEAR)) - (now - before)
    return now / left * (first_day(quarter + 1) - first_day(quarter - YEAR + 1)).days


def _shares(quarter: int) -> dict[str, float]:
    """Return the share of trial cases by remand among cases under four weeks old, the mean of four quarters."""
    young = {
        name: quarterly(MODEL.observed(), f"{name}.{YOUNG}")
        for name in ("open_age", *(f"open_trial_age.{each}" for each in ("custody", "bail", "unknown")))
    }

    def share(*remand: str) -> float:
        return float(
            np.mean(
                [
                    sum(young[f"open_trial_age.{each}"][quarter - i] for each in remand)
                    / young["open_age"][quarter - i]
                    for i in range(YEAR)
                ]
            )
        )

    return {"custody": share("custody"), "bail": share("bail", "unknown")}


def _preparation(days_open: float, book: ParameterBook, on: date) -> float:
    """Return the mean rest of preparation in custody with which cases are open as long as they are [day]."""

    def value(name: str) -> float:
        return book.value(name, on)

    early, slow = value("plea.early_share.custody"), value("preparation.slow_share.custody")
    days_early = value("plea.least_days") + value("plea.days.custody")
    days_slow = value("preparation.slow_least_days") + value("preparation.slow_days")
    of_trial = (days_open - early * days_early - slow * days_slow) / (1 - early - slow)
    failed = value("listing.ineffective_share")
    again = failed / (1 - failed) * value("listing.days")
    later = value("custody.limit_followed") * (value("custody.time_limit") - USUAL_LIMIT)
    return max(1.0, of_trial - value("preparation.least_days") - again - later)


def hours_per_day(quarter: int, book: ParameterBook) -> float:
    """Return hours a day with which as many cases are disposed of in a window as were published, see `window`."""
    first, last = window(quarter, book)
    flows = quarterly(MODEL.observed(), "disposals")
    published = sum(flows[each] for each in range(first, last + 1))
    book = with_values(book, first - 1, stocks_and_flows(last, book))
    return solved(
        lambda hours: _disposed(first, last, with_values(book, first - 1, {HOURS: hours})), published
    )


def window(quarter: int, book: ParameterBook) -> tuple[int, int]:
    """
    Return the first and the last quarter from which hours a day are found: up to four without a declared shock.

    Within a shock they are the last before it; just after one, as many as there are.
    """

    def shocked(each: int) -> bool:
        day = first_day(each)
        return any(book.value(name, day) < 1 for name in SHOCKS)

    last = quarter
    while shocked(last):
        last -= 1
    first = last
    while last - first + 1 < YEAR and not shocked(first - 1):
        first -= 1
    return first, last


def solved(disposed: Callable[[float], float], wanted: float, low: float = 2.5, high: float = 5.5) -> float:
    """Return the hours a day with which `wanted` cases are disposed of, by false position; more hours, more cases."""
    at_low, at_high = disposed(low), disposed(high)
    for _ in range(6):
        middle = low + (high - low) * float(np.clip((wanted - at_low) / (at_high - at_low), 0.05, 0.95))
        found = disposed(middle)
        if abs(found / wanted - 1) < 0.0005:
            break
        if found < wanted:
            low, at_low = middle, found
        else:
            high, at_high = middle, found
    return middle


def _disposed(first: int, last: int, book: ParameterBook) -> float:
    court = MODEL.world(book, (), {}, first_day(first), first_day(last + 1))
    run = simulate(MODEL.network(court), seed=SEED, replicates_wanted=REPLICATES, scale=SCALE)
    return float(
        (
            run.passages("short_hearings")
            + run.passages("trial_list")
            - run.passages("trial_list", "listing_failed")
        )
        .sum(axis=1)
        .mean()
    )


def in_years(book: ParameterBook) -> dict[int, dict[str, float]]:
    """Return what stocks and flows give at the end of each published year, by year: the dated values of history."""
    return {year: stocks_and_flows(4 * year + 3, book) for year in range(2016, 2024)}


def in_history(book: ParameterBook) -> dict[int, float]:
    """
    Return the hours a day with which open cases come out at the end of each financial year, in one run from 2016.

    Returns
    -------
    dict
        By the number of the quarter from which they hold, the first of 2016 and then each April.
    """
    open_cases = quarterly(MODEL.observed(), "open")
    first, last = min(open_cases), max(open_cases)
    starts = [first, *(4 * year + 1 for year in range(2017, 2024))]
    hours: dict[int, float] = {}
    for start, after in zip(starts, [*starts[1:], last + 1], strict=True):
        fewer = max(open_cases.values()) * 2 - open_cases[after - 1]

        def closed(each: float, start: int = start, after: int = after, book: ParameterBook = book) -> float:
            """Return how many fewer than a fixed number are open: more hours, more cases."""
            tried = with_values(book, start - 1, {HOURS: each})
            return max(open_cases.values()) * 2 - _open_at_end(first, after, tried)

        hours[start] = solved(closed, fewer, 3.0, 5.5)
        book = with_values(book, start - 1, {HOURS: hours[start]})
    return hours


def _open_at_end(first: int, after: int, book: ParameterBook) -> float:
    court = MODEL.world(book, (), {}, first_day(first), first_day(after))
    run = simulate(MODEL.network(court), seed=SEED, replicates_wanted=REPLICATES, scale=SCALE)
    return float(sum(run.level_end(each)[:, -1].mean() for each in OPEN))
