"""Receipts: as published, then along an assumed path, parted into kinds and ways."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from lawqueue.engine.spec import Source, route
from lawqueue.engine.varying import Floats, dated
from lawqueue.models.crown_court.world import Court, first_day, quarterly

YEAR: Final = 365.25
"""Days of a year."""


def source(court: Court) -> Source:
    """
    Return the source of cases.

    Published receipts are a count, so that they come evenly; which case is of which kind is chance.
    """
    weights = by_way(court)
    cases = court.cases
    starts, rows = court.varying(*weights.values())
    mixes = []
    for *row, quarter in rows:
        mix = np.zeros(cases.n)
        for (kind, way), weight in zip(weights, row, strict=True):
            mix[cases.place(kind, way, int(quarter))] = weight
        mixes.append(mix)
    arrivals = received(court) * np.sum(list(weights.values()), axis=0)
    return Source("receipts", arrivals, dated(starts, mixes), route("received"), process="even")


def received(court: Court) -> Floats:
    """Return cases received by day, before any is kept elsewhere by a scenario, shape (days,) [case/day]."""
    return historical(court) * court.daily("receipts.factor")


def historical(court: Court) -> Floats:
    """Return receipts by day as published, then from the mean of the last four quarters on along the path."""
    figures = quarterly(court.observed, "receipts")
    rates = {each: value / _days(each) for each, value in figures.items()}
    last = max(figures)
    base = sum(figures[last - i] for i in range(4)) / sum(_days(last - i) for i in range(4))
    return np.array([rates.get(each, base) for each in court.quarter_of_day.tolist()]) * _grown(court, last)


def _grown(court: Court, last: int) -> Floats:
    """Return the growth since the middle of the last four published quarters; 1 until they end, shape (days,)."""
    after = min(court.day(first_day(last + 1)), court.days)
    rates = np.log1p(court.daily("receipts.growth")[after:])
    since = np.cumsum(rates / YEAR) + rates[:1] / 2
    return np.concatenate([np.ones(after), np.exp(since)])


def by_way(court: Court) -> dict[tuple[str, str], Floats]:
    """Return the share of receipts by kind and way, by day; they sum to less than 1 where magistrates keep some."""
    custody, bail = (court.daily(f"receipts.share.{kind}") for kind in ("custody", "bail"))
    kept = {"custody": custody, "bail": bail * (1 - court.daily("receipts.kept_by_magistrates"))}
    found: dict[tuple[str, str], Floats] = {}
    for kind, share in kept.items():
        early = court.daily(f"plea.early_share.{kind}")
        slow = np.minimum(court.daily(f"preparation.slow_share.{kind}"), 1 - early)
        found[kind, "early"] = share * early
        found[kind, "trial"] = share * (1 - early - slow)
        found[kind, "slow"] = share * slow
    found["other", "hearing"] = 1 - custody - bail
    return found


def _days(quarter: int) -> int:
    start: date = first_day(quarter)
    return (first_day(quarter + 1) - start).days
