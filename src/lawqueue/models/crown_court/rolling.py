"""
The back-test: from each quarter's end in turn, with what was known then, four and eight quarters ahead.

A run begins with the open cases published on that day. Kinds of receipts, stays and hours a day are found from figures
up to it (`found`). Given are receipts, sitting days and the declared shocks of the quarters ahead, or nothing: then
receipts go on as in the last year, sitting days are the allocation known, and a shock under way lasts two quarters.
Beside the model stand three naive forecasts, and the model without shocks, and with the hours of 2016 to 2019.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache, partial
from typing import Final, Literal, TypeAlias

import numpy as np

from lawqueue.engine.run import simulate
from lawqueue.engine.varying import Floats
from lawqueue.models.crown_court import found
from lawqueue.models.crown_court.model import MODEL
from lawqueue.models.crown_court.series import Reading
from lawqueue.models.crown_court.world import LAST_OUTCOME, first_day, quarter_of, quarterly
from lawqueue.rules import Change, ParameterBook
from lawqueue.rules.parameter import Parameter

Given: TypeAlias = Literal["inputs", "nothing"]
HORIZONS: Final = (4, 8)
"""Quarters ahead at which errors are taken."""
FIRST, LAST = quarter_of(date(2017, 3, 31)), quarter_of(date(2022, 12, 31))
"""The first and the last origin."""
TEST: Final = quarter_of(date(2019, 12, 31))
"""Origins from here on are the test: before them the delays and shares were chosen."""
FLAT_HOURS: Final = 4.1
"""Hours a day of 2016 to 2019: the mean of what is found at the end of each of these years [hour/sitting day]."""
LEVEL: Final = 0.8
"""Part of the draws that an interval holds."""
CALM: Final = tuple(quarter_of(date(year, 12, 31)) for year in range(2016, 2020))
"""Ends of the years over whose changes it is measured how far what is found wanders."""
DAYS_DRIFT: Final = 0.10
"""Root mean square of the yearly changes of sitting days, 2015/16 to 2019/20; see observed/capacity.csv [log]."""
OWN: Final = range(FIRST, FIRST + 8)
"""Origins from whose errors a year ahead it is measured how far off the model is: their outcomes end with 2019."""
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
    values = found_at(origin, book, hours)
    day = first_day(origin + 1)
    values |= {name: book.value(name, date.fromordinal(day.toordinal() - 1)) for name in HELD}
    book = found.with_values(book, origin, values)
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


# --- scores -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """
    Errors of a forecast over origins, in per cent of what happened.

    Parameters
    ----------
    forecast, outcome, ahead
        Which.
    origins
        How many.
    absolute, average
        Mean absolute error, and mean error [/1].
    """

    forecast: str
    outcome: str
    ahead: int
    origins: int
    absolute: float
    average: float


VARIANTS: Final[Mapping[str, str]] = {
    "model": "given receipts, sitting days and two declared shocks; hours a day found at the origin",
    "model, no shocks": "the same without any shock, also when hours are found",
    "model, hours fixed": "the same with hours a day of 2016 to 2019",
    "model, given nothing": "receipts as in the last year, days as allocated, a shock under way for two quarters",
}
"""The forecasts of the model, and what each is given."""


def without_shocks(book: ParameterBook) -> ParameterBook:
    """Return the parameters with the declared shocks left out."""
    for name in found.SHOCKS:
        first = book.parameter(name).values[0].start
        book = book.changed(Change(name, first, "set", 1.0))
    return book


def book_of(variant: str, origin: int, book: ParameterBook) -> ParameterBook:
    """Return the parameters of a forecast of the model at the end of a quarter."""
    if variant == "model, no shocks":
        return at_origin(origin, without_shocks(book))
    return at_origin(
        origin,
        book,
        "nothing" if variant == "model, given nothing" else "inputs",
        FLAT_HOURS if variant == "model, hours fixed" else None,
    )


def paths(variant: str, book: ParameterBook, wanted: Sequence[int]) -> list[Path]:
    """Return the forecasts of a variant from each origin."""
    return [forecast(origin, book_of(variant, origin, book)) for origin in wanted]


def scores(name: str, forecasts: Mapping[int, Mapping[str, Callable[[int], float]]]) -> list[Score]:
    """Return the errors of a forecast by outcome and horizon, over the origins from which the outcome is published."""
    truth = published()
    last = quarter_of(LAST_OUTCOME)
    held = []
    for outcome in OUTCOMES:
        for ahead in HORIZONS:
            off = np.array(
                [
                    each[outcome](ahead) / truth.at(outcome, origin + ahead - truth.origin) - 1
                    for origin, each in forecasts.items()
                    if outcome in each and origin + ahead <= last
                ]
            )
            if off.size:
                absolute, average = float(np.abs(off).mean()), float(off.mean())
                held.append(Score(name, outcome, ahead, off.size, absolute, average))
    return held


def readers(path: Path) -> dict[str, Callable[[int], float]]:
    """Return what reads each outcome of a path so many quarters ahead."""
    return {name: partial(path.at, name) for name in OUTCOMES}


# --- draws ------------------------------------------------------------------------------------------------


def drawn(book: ParameterBook, rng: np.random.Generator) -> ParameterBook:
    """Return the parameters with one draw of everything that has a range: all entries of one at one place in theirs."""
    new = dict(book.parameters)
    for name, parameter in book.parameters.items():
        place = rng.triangular(0, 0.5, 1)
        if any(not each.is_certain for each in parameter.values):
            new[name] = _at_place(parameter, place)
    return replace(book, parameters=new)


def _at_place(parameter: Parameter, place: float) -> Parameter:
    """Return a parameter with every uncertain entry at one place in its range: 0 low, 0.5 as written, 1 high."""
    return replace(
        parameter,
        values=tuple(
            each
            if each.is_certain or each.low is None or each.high is None
            else each.model_copy(
                update={"value": float(np.interp(place, (0, 0.5, 1), (each.low, each.value, each.high)))}
            )
            for each in parameter.values
        ),
    )


@cache
def wander() -> Mapping[str, float]:
    """Return the root mean square of the yearly changes of what is found, and of receipts, 2016 to 2019 [log]."""
    book, receipts = MODEL.parameters(), quarterly(MODEL.observed(), "receipts")
    years = [
        {**found_at(each, book), RECEIPTS: sum(receipts[each - i] for i in range(found.YEAR))}
        for each in CALM
    ]
    changes = {name: np.diff(np.log([each[name] for each in years])) for name in years[0]}
    return {name: float(np.sqrt(np.mean(np.square(each)))) for name, each in changes.items()}


RECEIPTS: Final = "receipts.factor"
DAYS: Final = "capacity.sitting_days"


def wandering(origin: int, book: ParameterBook, given: Given, rng: np.random.Generator) -> ParameterBook:
    """Return the parameters with what is found, and what is not given, going on to change from year to year."""
    spreads = {**wander(), DAYS: DAYS_DRIFT}
    for name, spread in spreads.items():
        steps = spread * rng.standard_normal(max(HORIZONS) // found.YEAR)
        if given == "nothing" or name not in {RECEIPTS, DAYS}:
            for year, step in enumerate(steps):
                day = first_day(origin + 1 + found.YEAR * year)
                book = book.changed(Change(name, day, "multiply", float(np.exp(step))))
    return book


def draws(origin: int, book: ParameterBook, given: Given, count: int, seed: int = 0) -> list[Path]:
    """Return forecasts from draws of the parameters, each with its own hours found, that then wander."""
    rng = np.random.default_rng((seed, origin))
    made = []
    for each in range(count):
        known = at_origin(origin, drawn(book, rng), given)
        made.append(
            forecast(origin, wandering(origin, known, given, rng), replicates=1, scale=0.1, seed=each)
        )
    return made


@dataclass(frozen=True)
class Coverage:
    """How many of the outcomes lay in the middle part of the draws [/1], by forecast, outcome and quarters ahead."""

    forecast: str
    outcome: str
    ahead: int
    origins: int
    held: float


def discrepancy(forecasts: Sequence[Path]) -> Mapping[str, float]:
    """Return how far off the model is a year ahead by outcome: the root mean square from the origins of 2017 and 2018 [log]."""
    truth, year = published(), found.YEAR
    own = [each for each in forecasts if each.origin in OWN]
    return {
        name: float(
            np.sqrt(
                np.mean(
                    [
                        np.log(each.at(name, year) / truth.at(name, each.origin + year - truth.origin)) ** 2
                        for each in own
                    ]
                )
            )
        )
        for name in OUTCOMES
    }


def coverage(
    name: str, made: Mapping[int, Sequence[Path]], off: Mapping[str, float], seed: int = 0
) -> list[Coverage]:
    """
    Return how many outcomes the intervals hold.

    Parameters
    ----------
    name
        Of the forecast.
    made
        Draws by origin.
    off
        See `discrepancy`; it is added to each draw, and grows with the root of the time ahead.
    """
    truth, last = published(), quarter_of(LAST_OUTCOME)
    tails = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    rng = np.random.default_rng(seed)
    kept = []
    for outcome in OUTCOMES:
        for ahead in HORIZONS:
            inside = []
            for origin, each in made.items():
                if origin + ahead <= last:
                    noise = rng.standard_normal(len(each)) * off[outcome] * np.sqrt(ahead / found.YEAR)
                    values = np.array([path.at(outcome, ahead) for path in each]) * np.exp(noise)
                    low, high = np.quantile(values, tails)
                    inside.append(low <= truth.at(outcome, origin + ahead - truth.origin) <= high)
            kept.append(Coverage(name, outcome, ahead, len(inside), float(np.mean(inside))))
    return kept


def nearer(forecasts: Sequence[Path], ahead: int) -> list[int]:
    """Return the origins from which no change is nearer to the open cases than a forecast, so many quarters ahead."""
    truth, last = published(), quarter_of(LAST_OUTCOME)
    found_nearer = []
    for each in forecasts:
        if each.origin + ahead <= last:
            outcome = truth.at("open", each.origin + ahead - truth.origin)
            same = truth.at("open", each.origin - truth.origin)
            if abs(same - outcome) < abs(each.at("open", ahead) - outcome):
                found_nearer.append(each.origin)
    return found_nearer


def written(rows: Sequence[Score | Coverage]) -> str:
    """Return scores as JSON, numbers to four digits."""
    told = [
        {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(each).items()}
        for each in rows
    ]
    return json.dumps(told, indent=1) + "\n"


def scored(step: Callable[[], None] = lambda: None) -> list[Score]:
    """Return the scores of every forecast of the model, and of the naive ones; `step` is called after each of the model's."""
    book, truth = MODEL.parameters(), published()
    made: list[Score] = []
    for variant in VARIANTS:
        made += scores(variant, {each.origin: readers(each) for each in paths(variant, book, origins())})
        step()
    beside = {origin: naive(origin, truth) for origin in origins()}
    for name in ("no change", "drift", "last net flow"):
        made += scores(name, {origin: each[name] for origin, each in beside.items()})
    return made


def table(found_scores: Sequence[Score]) -> str:
    """Return mean absolute errors as plain text: a line for each forecast and horizon, a column for each outcome."""
    errors = {(each.forecast, each.ahead, each.outcome): each.absolute for each in found_scores}
    lines = [f"{'forecast':24} {'ahead':>5} " + " ".join(f"{name:>17}" for name in OUTCOMES)]
    for name in dict.fromkeys(each.forecast for each in found_scores):
        for ahead in HORIZONS:
            row = (errors.get((name, ahead, outcome)) for outcome in OUTCOMES)
            cells = " ".join(f"{'' if each is None else format(each, '.1%'):>17}" for each in row)
            lines.append(f"{name:24} {ahead:5} {cells}")
    return "\n".join(["Mean absolute errors over origins from 2017 to 2022, by quarters ahead:", "", *lines])
