"""
Open cases on the first day: as published by age, put where cases of their age are.

Of each kind, the cases that should still be before an early end, or in preparation, follow from past receipts and the
stays of the model; the rest is at the list. Where the ages show fewer cases than that, all of them are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from lawqueue.engine.spec import Quantiles, Stock
from lawqueue.engine.varying import Floats, Ints
from lawqueue.models.crown_court.stays import least, rest
from lawqueue.models.crown_court.world import FIRST_STOCK, KINDS, Court, first_day, quarter_of, quarterly
from lawqueue.models.observed import Observed

BANDS: Final[Mapping[str, tuple[int, int]]] = {
    "under_4_weeks": (0, 28),
    "4_to_8_weeks": (28, 56),
    "8_to_12_weeks": (56, 84),
    "12_to_16_weeks": (84, 112),
    "16_to_20_weeks": (112, 140),
    "20_to_26_weeks": (140, 182),
    "6_months_to_under_1_year": (182, 365),
    "1_to_2_years": (365, 730),
    "2_years_or_more": (730, 1461),
}
"""Published bands of age, from and until before [day]; the last has no end, and is taken to be two years wide."""
OLDEST: Final = 1461
"""Ages are told apart up to here [day]."""
WAYS: Final = {
    "custody": ("early", "trial", "slow"),
    "bail": ("early", "trial", "slow"),
    "other": ("hearing",),
}
"""Ways of each kind."""
WAYS_OF_KINDS: Final = tuple((kind, way) for kind, ways in WAYS.items() for way in ways)
"""Every kind with each of its ways."""


@dataclass(frozen=True)
class Part:
    """
    Open cases of a kind on a way, by age in days, shape (OLDEST,) each [case].

    Parameters
    ----------
    kind, way
        Whose.
    waiting, resting, listed
        In the least time of their stay; in the rest of it; and at the list.
    """

    kind: str
    way: str
    waiting: Floats
    resting: Floats
    listed: Floats


@lru_cache(maxsize=256)
def open_by_age(observed: Observed, quarter: int) -> Mapping[str, Floats]:
    """
    Return open cases by kind and age at the end of a quarter, those of unknown age spread like the others.

    At the end of 2015 the total follows from the flows of the first quarter of 2016, and the ages are those at its end.
    """
    first = quarter_of(FIRST_STOCK)
    aged = max(quarter, first + 1)
    open_cases = quarterly(observed, "open")
    total = open_cases[aged]
    if quarter == first:
        total += quarterly(observed, "disposals")[aged] - quarterly(observed, "receipts")[aged]

    def by_age(*series: str) -> Floats:
        found = np.zeros(OLDEST)
        for band, (young, old) in BANDS.items():
            known = sum(quarterly(observed, f"{each}.{band}")[aged] for each in series)
            found[young:old] = known / (old - young)
        return found

    every = by_age("open_age")
    custody = by_age("open_trial_age.custody")
    bail = by_age("open_trial_age.bail", "open_trial_age.unknown")
    scale = total / every.sum()
    return {
        "custody": custody * scale,
        "bail": bail * scale,
        "other": np.maximum(every - custody - bail, 0) * scale,
    }


def parts(court: Court) -> tuple[Part, ...]:
    """Return the open cases of the first day by kind and way."""
    last = quarter_of(court.start) - 1
    open_cases = open_by_age(court.observed, last)
    came = _received_by_age(court, last)
    return tuple(part for kind in KINDS for part in _of_kind(court, kind, open_cases[kind], came))


def _of_kind(court: Court, kind: str, open_cases: Floats, came: Floats) -> Iterator[Part]:
    """Yield the parts of one kind."""
    if kind == "other":
        yield Part(kind, "hearing", np.zeros(OLDEST), open_cases, np.zeros(OLDEST))
        return
    shares = _shares(court, kind)
    due = {way: came * shares[way] * _still(court, kind, way) for way in WAYS[kind]}
    fits = np.minimum(1, open_cases / np.maximum(sum(due.values()), 1e-9))
    left = open_cases - sum(due.values()) * fits
    age = np.arange(OLDEST)
    for way, cases in due.items():
        young = age < least(court, way)[0]
        listed = left if way == "trial" else np.zeros(OLDEST)
        yield Part(kind, way, np.where(young, cases * fits, 0), np.where(young, 0, cases * fits), listed)


def _shares(court: Court, kind: str) -> dict[str, float]:
    share = float(court.daily(f"receipts.share.{kind}")[0])
    early = float(court.daily(f"plea.early_share.{kind}")[0])
    slow = min(float(court.daily(f"preparation.slow_share.{kind}")[0]), 1 - early)
    return {"early": share * early, "trial": share * (1 - early - slow), "slow": share * slow}


def _still(court: Court, kind: str, way: str) -> Floats:
    """Return the share of cases of each age that are not yet ready, shape (OLDEST,) [/1]."""
    beyond = np.maximum(0, np.arange(OLDEST) - least(court, way)[0])
    return np.asarray(np.exp(-beyond / rest(court, kind, way)[0]))


def _received_by_age(court: Court, last: int) -> Floats:
    """Return all cases received on the days before the first one, the day before it first, shape (OLDEST,)."""
    figures = quarterly(court.observed, "receipts")
    earliest = min(figures)
    quarters = [
        quarter_of(court.start.fromordinal(court.start.toordinal() - 1 - age)) for age in range(OLDEST)
    ]
    rates = {
        each: figures[max(each, earliest)]
        / (first_day(max(each, earliest) + 1) - first_day(max(each, earliest))).days
        for each in {*quarters}
    }
    assert max(quarters) == last
    return np.array([rates[each] for each in quarters])


def stocks(court: Court) -> tuple[Stock, ...]:
    """Return the stocks of the first day."""
    found: dict[str, Floats] = {}
    listed: list[Stock] = []
    cohorts = received_in(court)
    for part in parts(court):
        for node, cases in ((f"waiting.{part.way}", part.waiting), (node_of(part.way), part.resting)):
            if cases.any():
                held = found.setdefault(node, np.zeros(court.cases.n))
                np.add.at(held, _places(court, part, cohorts), cases)
        if part.listed.any():
            listed += _at_the_list(court, part, cohorts)
    return (*(Stock(node, cases) for node, cases in found.items()), *listed)


def node_of(way: str) -> str:
    """Return the node where cases of a way spend the rest of their stay."""
    return {
        "early": "early_end",
        "trial": "preparation",
        "slow": "preparation",
        "hearing": "sentence_or_appeal",
    }[way]


def received_in(court: Court) -> Ints:
    """Return the quarter in which open cases of each age were received, shape (OLDEST,)."""
    day = court.start.toordinal() - 1
    found = np.array([quarter_of(court.start.fromordinal(day - age)) for age in range(OLDEST)])
    return np.asarray(np.maximum(found, court.cases.quarters[0]))


def _places(court: Court, part: Part, cohorts: Ints) -> Ints:
    return np.asarray(court.cases.place(part.kind, part.way, 0) + cohorts)


def _at_the_list(court: Court, part: Part, cohorts: Ints) -> Iterator[Stock]:
    """Yield the cases of a kind at the list, one stock for each quarter of receipt: they wait since they came."""
    for quarter in np.unique(cohorts):
        ages = np.flatnonzero(cohorts == quarter)
        number = part.listed[ages].sum()
        if number > 0:
            cases = np.zeros(court.cases.n)
            cases[court.cases.place(part.kind, part.way, int(quarter))] = number
            yield Stock("trial_list", cases, quantiles(ages, part.listed[ages]))


def quantiles(ages: Floats | Ints, cases: Floats, count: int = 13) -> tuple[float, ...]:
    """Return evenly spaced quantiles of ages weighted by cases."""
    passed = np.cumsum(cases) / cases.sum()
    found = np.interp(np.linspace(0, 1, count), np.r_[0, passed], np.r_[ages[0], ages + 1])
    return tuple(found.tolist())


def left_of(court: Court, part: Part, days: float) -> Iterator[tuple[int, Quantiles]]:
    """Yield, by quarter of receipt, what is left of a least time to the cases in it on the first day."""
    cohorts = received_in(court)
    for quarter in np.unique(cohorts[part.waiting > 0]):
        ages = np.flatnonzero((cohorts == quarter) & (part.waiting > 0))[::-1]
        yield int(quarter), Quantiles(quantiles(np.asarray(days - 1 - ages), part.waiting[ages]))
