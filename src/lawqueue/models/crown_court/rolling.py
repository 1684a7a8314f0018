"""
Forecasts from each quarter's end in turn, with what was known then, four and eight quarters ahead.

A run begins with the open cases published on that day. Kinds of receipts, stays and hours a day are found from figures
up to it (`found`). Given are receipts, sitting days and the declared shocks of the quarters ahead, or nothing: then
receipts go on as in the last year, sitting days are the allocation known, and a shock under way lasts two quarters.
Beside the model stand three naive forecasts, and the model without shocks, and with the hours of 2016 to 2019.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

import numpy as np

from lawqueue.engine.run import simulate
from lawqueue.engine.varying import Floats
from lawqueue.models.crown_court import found
from lawqueue.models.crown_court.model import MODEL
from lawqueue.models.crown_court.series import Reading
from lawqueue.models.crown_court.world import LAST_OUTCOME, first_day, quarter_of, quarterly
from lawqueue.rules import Change, ParameterBook

Given: TypeAlias = Literal["inputs", "nothing"]
HORIZONS: Final = (4, 8)
"""Quarters ahead at which errors are taken."""
FIRST, LAST = quarter_of(date(2017, 3, 31)), quarter_of(date(2022, 12, 31))
"""The first and the last origin."""
TEST: Final = quarter_of(date(2019, 12, 31))
"""Origins from here on are the test: before them the delays and shares were chosen."""
FLAT_HOURS: Final = 4.1
"""Hours a day of 2016 to 2019: the mean of what is found at the end of each of these years [hour/sitting day]."""
OUTCOMES: Final[Mapping[str, tuple[str, str]]] = {
    "open": ("open", "level"),
    "disposals": ("disposals", "sum"),
    "open.year_or_more": ("open_trial_year_or_more", "level"),
    "open.custody": ("open_trial.custody", "level"),
    "open.bail": ("open_trial.bail", "level"),
    "open.other": ("open_other", "level"),
    "days.median": ("days_at_crown_court.median", "level"),
    "hours.mean": ("hearing_hours.mean", "mean"),
}
"""Outcomes that are scored: the published series, and whether a quarter or the four to it are compared."""


@dataclass(frozen=True)
class Path:
    """Quarterly outcomes from the quarter after an origin on, shape (n_quarters,) each."""

    origin: int
    values: Mapping[str, Floats]

    def at(self, outcome: str, ahead: int) -> float:
        """Return an outcome so many quarters ahead: of the quarter, or of the four to it."""
        how = OUTCOMES[outcome][1]
        if how == "level":
            return float(self.values[outcome][ahead - 1])
        last = slice(ahead - found.YEAR, ahead)
        if how == "sum":
            return float(self.values[outcome][last].sum())
        return float(np.average(self.values[outcome][last], weights=self.values["disposals"][last]))


def published() -> Path:
    """Return the published outcomes, from the first quarter of 2016 on."""
    first = quarter_of(date(2016, 3, 31))
    quarters = range(first, quarter_of(LAST_OUTCOME) + 1)
    figures = {name: quarterly(MODEL.observed(), series) for name, (series, _) in OUTCOMES.items()}
    return Path(first - 1, {name: np.array([each[q] for q in quarters]) for name, each in figures.items()})


def origins() -> range:
    """Return the numbers of the quarters at whose ends forecasts are made."""
    return range(FIRST, LAST + 1)


def forecast(
    origin: int,
    book: ParameterBook,
    ahead: int = max(HORIZONS),
    *,
    replicates: int = 2,
    scale: float = 0.2,
    seed: int = 3,
) -> Path:
    """Return the outcomes of a run that begins at the end of a quarter, not beyond the last published one."""
    last = min(origin + ahead, quarter_of(LAST_OUTCOME))
    court = MODEL.world(book, (), {}, first_day(origin + 1), first_day(last + 1))
    run = simulate(MODEL.network(court), seed=seed, replicates_wanted=replicates, scale=scale)
    reading = MODEL.reading(run, court)
    assert isinstance(reading, Reading)

    def of_quarters(monthly: Floats) -> Floats:
        return np.asarray(monthly.mean(axis=0).reshape(-1, 3))

    disposals = of_quarters(reading.disposed).sum(axis=1)
    heard = of_quarters(reading.hours_heard).sum(axis=1)
    return Path(
        origin,
        {
            "open": of_quarters(reading.open_of("custody", "bail", "other"))[:, 2],
            "disposals": disposals,
            "open.year_or_more": of_quarters(reading.year_or_more("custody", "bail"))[:, 2],
            "open.custody": of_quarters(reading.open_of("custody"))[:, 2],
            "open.bail": of_quarters(reading.open_of("bail"))[:, 2],
            "open.other": of_quarters(reading.open_of("other"))[:, 2],
            "days.median": of_quarters(reading.median_days).mean(axis=1),
            "hours.mean": heard / (disposals * of_quarters(reading.defendants[None]).mean(axis=1)),
        },
    )


def at_origin(
    origin: int, book: ParameterBook, given: Given = "inputs", hours: float | None = None
) -> ParameterBook:
    """
    Return the parameters as they are known at the end of a quarter.

    Parameters
    ----------
    origin
        Number of the quarter.
    book
        The other parameters; nothing of them that changes later is kept but what is given.
    given
        Receipts, sitting days and shocks of the quarters ahead; or none of them.
    hours
        Hours a day, instead of those that are found.
    """
    return known_at(origin, book, found_at(origin, book, hours), given)


def known_at(origin: int, book: ParameterBook, values: Mapping[str, float], given: Given) -> ParameterBook:
    """Return the parameters as they are known at the end of a quarter, with what was found there; see `at_origin`."""
    day = first_day(origin + 1)
    held = {name: book.value(name, date.fromordinal(day.toordinal() - 1)) for name in HELD}
    book = found.with_values(book, origin, {**values, **held})
    return book if given == "inputs" else with_nothing(origin, book)


def found_at(origin: int, book: ParameterBook, hours: float | None = None) -> dict[str, float]:
    """Return all that is found at the end of a quarter, by name of the parameter."""
    values = found.stocks_and_flows(origin, book)
    values[found.HOURS] = found.hours_per_day(origin, book) if hours is None else hours
    values[CHARGE] = gap(origin, book, values)
    return values


CHARGE: Final = "charge.days"
HELD: Final = ("listing.ineffective_share",)
"""What changes later, and is held as it was at the origin."""


def gap(origin: int, book: ParameterBook, values: Mapping[str, float]) -> float:
    """Return published less simulated median days of the last four quarters, with no time before receipt [day]."""
    start = origin - found.YEAR
    last = forecast(
        start, found.with_values(book, start, {**values, CHARGE: 0.0}), found.YEAR, replicates=1, scale=0.1
    )
    known = quarterly(MODEL.observed(), OUTCOMES["days.median"][0])
    figures = [known[start + 1 + i] for i in range(found.YEAR)]
    return max(0.0, float(np.mean(np.array(figures) - last.values["days.median"])))


def with_nothing(origin: int, book: ParameterBook) -> ParameterBook:
    """Return the parameters with the inputs ahead unknown: receipts as last year, days as allocated, shocks two quarters."""
    known = quarterly(MODEL.observed(), "receipts")
    expected = sum(known[origin - i] for i in range(found.YEAR)) / found.YEAR
    for quarter in range(origin + 1, quarter_of(LAST_OUTCOME) + 1):
        start, end = first_day(quarter), first_day(quarter + 1)
        book = book.changed(Change("receipts.factor", start, "set", expected / known[quarter], until=end))
    for name, day, value in _capacity_known(origin, book):
        book = book.changed(Change(name, day, "set", value))
    return book


def _capacity_known(origin: int, book: ParameterBook) -> Iterator[tuple[str, date, float]]:
    """Yield what is expected of sitting days and shocks on the last day of a quarter."""
    day, eve = first_day(origin + 1), date.fromordinal(first_day(origin + 1).toordinal() - 1)
    yield "capacity.sitting_days", day, book.value("capacity.sitting_days", eve)
    for start, days in ALLOCATED.items():
        if start > eve and ANNOUNCED[start] <= eve:
            yield "capacity.sitting_days", start, days
        elif start <= eve < date(start.year + 1, start.month, start.day):
            yield "capacity.sitting_days", day, days
    for name in found.SHOCKS:
        factor = book.value(name, eve)
        yield name, day, factor
        if factor < 1:
            yield name, first_day(origin + 3), 1.0


ALLOCATED: Final = {
    date(2018, 4, 1): 97400.0,
    date(2019, 4, 1): 82300.0,
    date(2020, 4, 1): 87000.0,
    date(2021, 4, 1): 105000.0,
}
"""Allocations of sitting days by the first day of their year [sitting day/year]; see observed/capacity.csv."""
ANNOUNCED: Final = {
    date(2018, 4, 1): date(2018, 3, 31),
    date(2019, 4, 1): date(2019, 3, 31),
    date(2020, 4, 1): date(2020, 2, 4),
    date(2021, 4, 1): date(2021, 3, 31),
}
"""When each was known: on the eve of its year, or as the written answer is dated."""


def naive(origin: int, figures: Path) -> dict[str, dict[str, Callable[[int], float]]]:
    """Return the naive forecasts by their names: of every outcome that there is no change, and of stocks two more."""
    here = origin - figures.origin

    def unchanged(name: str) -> Callable[[int], float]:
        value = figures.at(name, here)
        return lambda _: value

    def drift(name: str, over: int) -> Callable[[int], float]:
        value, step = figures.at(name, here), (figures.at(name, here) - figures.at(name, here - over)) / over
        return lambda ahead: value + ahead * step

    stocks = [name for name in OUTCOMES if name.startswith("open")]
    return {
        "no change": {name: unchanged(name) for name in OUTCOMES},
        "drift": {name: drift(name, found.YEAR) for name in stocks},
        "last net flow": {name: drift(name, 1) for name in stocks},
    }
