"""
Back-test: fitted to fiscal years 2017 to 2020, scored from three origins to September 2023, beside naive forecasts.

One simulation is scored from each origin, one and two years ahead, as far as outcomes are known. The naive forecasts
know what was known at that origin; the model, fitted to September 2020, does not.

It is conditional: published arrivals, staff, judges, places and dates of policies are fed in for the scored
years too. What is scored is what the model makes of them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lawqueue import numbers
from lawqueue.errors import InputError
from lawqueue.exports import plain
from lawqueue.models.cube import Results, Series
from lawqueue.models.observed import RECALLED
from lawqueue.models.us_immigration.known import FIT, LAST_OUTCOME
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.models.us_immigration.seed_event import seven_weeks
from lawqueue.months import first_of_next_month
from lawqueue.study.ensemble import Ensemble, folder_of, shipped
from lawqueue.study.simulate import Laboratory, Settings
from lawqueue.trust.calibrate import stale
from lawqueue.trust.scores import (
    ALL,
    CLUSTERS,
    FIRST,
    HORIZONS,
    LEVELS,
    SECOND,
    Errors,
    Share,
    coverage,
    crps,
    errors,
    mean_of_clusters,
    naive,
)
from lawqueue.trust.targets import LEAST_DISCREPANCY, TOGETHER

Floats = NDArray[np.float64]

ORIGINS = (FIT[1], date(2021, 10, 1), date(2022, 10, 1))
"""First scored days."""
END = LAST_OUTCOME + timedelta(days=1)
"""The first day that is not scored: later outcomes are kept out of the project."""
AHEAD = 2
"""Years that are scored from an origin, at most."""
DRAWS, SCALE, SEED = 100, 0.05, 0
FOR_EACH = 50
"""Draws of the discrepancy for each run: it costs nothing, and the ends of intervals hang less on chance."""

ROWS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Book-ins after an ICE arrest", ("ice_arrest_book_ins",)),
    ("Detained, by arresting agency", ("adp_ice_arrests", "adp_cbp_arrests")),
    ("Removals", ("ice_removals",)),
    ("Court receipts", ("court_initial_receipts",)),
    ("Court completions", ("court_completions",)),
    ("Pending cases, both definitions", ("court_pending_all", "court_pending_active")),
    ("Detainers", ("detainers_issued",)),
    ("Charged under 8 USC 1325, 1326", ("prosecutions_1325", "prosecutions_1326")),
    ("Repeat encounters", ("usbp_recidivism_rate",)),
    ("Non-detained docket", ("nondetained_docket",)),
    ("Alternatives to detention", ("atd_enrolled_end",)),
)
"""What must emerge, as published; a row of two counts once, with the mean of their scores."""
FLOWS = {"Pending cases, both definitions": ("Court receipts", "Court completions")}
"""Rows that a row of stocks is scored with: a stock can be right because two wrong flows cancel, and must not win so."""
FLOWS_WITHIN = 0.12
"""How far off each of these flows may be at the same time [/1]."""
CLOSE = {
    "Removals": 0.12,
    "Court completions": 0.10,
    "Court receipts": 0.08,
    "Detained, by arresting agency": 0.15,
    "Detainers": 0.15,
    "Book-ins after an ICE arrest": 0.15,
    "Pending cases, both definitions": 0.05,
}
"""Mean absolute error of a row that was set as a goal before [/1]."""
NEARER = {ORIGINS[0]: (8, 9), ORIGINS[1]: (7, 9), ORIGINS[2]: (7, 9)}
"""Of how many rows how many should be nearer than the best naive forecast, by origin."""
HOLD = (0.75, 0.90)
"""Share of the outcomes that the 80 % intervals should hold."""

CONDITIONAL = (
    "Conditional: the published arrivals, staff, judges, places and dates of policies are fed in, and so are values assumed "
    "for these years by people who knew their outcomes; a few inputs rest on figures of later years. Nothing was fitted to an "
    "outcome after September 2020. Naive forecasts know the outcomes before the first scored day, and nothing else."
)
PREDICTIVE = (
    "Intervals hold three things: what the parameters leave open (each draw of the ensemble is one run), the Monte Carlo spread "
    "(each with its own random numbers), and how far off the calibrated model may be: its discrepancy of 2017 to 2020, drawn "
    "normal on the log scale, half of it common to a series, and a random walk from October 2020 on, since what is left out "
    "drifts. The size of both is known from 2017 to 2020 alone, in a model that was fitted to these years, so it is a floor."
)
BY = (
    "Rows by month and rows by year are not comparable: errors of months cancel in a year. A row by year rests on two figures "
    "at most, and so does its coverage."
)


@dataclass(frozen=True)
class Horizon:
    """
    Mean absolute errors over some of the scored periods.

    Parameters
    ----------
    error
        Of the median of the model [/1].
    naive
        Name of each naive forecast to its own [/1].
    flows
        Of a stock, the errors of the rows of flows that it is scored with, by title [/1].
    """

    error: float
    naive: dict[str, float]
    flows: dict[str, float] = field(default_factory=dict)

    @property
    def best_naive(self) -> tuple[str, float]:
        """The naive forecast with the least mean absolute error, and that error."""
        return min(self.naive.items(), key=lambda each: each[1])

    @property
    def is_nearer(self) -> bool:
        """Tell whether the model is nearer than the best naive forecast."""
        return self.error < self.best_naive[1]

    @property
    def wrong_flows(self) -> dict[str, float]:
        """The flows that are further off than `FLOWS_WITHIN`."""
        return {title: error for title, error in self.flows.items() if error > FLOWS_WITHIN}

    @property
    def wins(self) -> bool:
        """Tell whether the model is nearer than the best naive forecast, and a stock not by wrong flows."""
        return self.is_nearer and not self.wrong_flows


@dataclass(frozen=True)
class Score:
    """
    One published series, scored.

    Parameters
    ----------
    series, observed
        Names of the simulated and the published series.
    by
        `month` or `year`.
    points
        (first day, published, median, low and high end of the 80 % interval) of each period.
    horizons
        Errors over `ALL` periods and, where two years are scored, over the `FIRST` and the `SECOND`, as far as published.
    model
        Errors of the median over all periods.
    crps
        Of the predictive distribution, over the mean outcome [/1].
    covered
        Level to share of outcomes in the central interval.
    naive_crps
        Name of each naive forecast to its score: its mean absolute error over the mean outcome [/1].
    recalled
        First days of the periods whose outcome is recalled, not read in a source.
    """

    series: str
    observed: str
    by: str
    points: tuple[tuple[date, float, float, float, float], ...]
    horizons: dict[str, Horizon]
    model: Errors
    crps: float
    covered: dict[float, float]
    naive_crps: dict[str, float]
    recalled: tuple[date, ...]


@dataclass(frozen=True)
class Line:
    """One row of the table: its scores, or why it has none."""

    title: str
    scores: tuple[Score, ...]
    why_not: str = ""

    @property
    def recalled(self) -> dict[str, bool]:
        """Whether an outcome is recalled, at each horizon."""
        days = {day for each in self.scores for day in each.recalled}
        start = min((point[0] for each in self.scores for point in each.points), default=date.max)
        after = {FIRST: {day for day in days if (day - start).days < 365}, ALL: days}
        after[SECOND] = days - after[FIRST]
        return {name: bool(found) for name, found in after.items()}

    @property
    def horizons(self) -> dict[str, Horizon]:
        """Errors of the row: means over its series, at each horizon that all of them have."""
        return {
            name: _mean([each.horizons[name] for each in self.scores])
            for name in HORIZONS
            if self.scores and all(name in each.horizons for each in self.scores)
        }


def _mean(every: Sequence[Horizon]) -> Horizon:
    kinds = sorted(set.intersection(*(set(each.naive) for each in every)))
    return Horizon(
        float(np.mean([each.error for each in every])),
        {kind: float(np.mean([each.naive[kind] for each in every])) for kind in kinds},
        every[0].flows,
    )


@dataclass(frozen=True)
class Goal:
    """A goal set beforehand, and whether it was met."""

    goal: str
    met: bool
    figure: str


@dataclass(frozen=True)
class Origin:
    """
    A back-test from one origin.

    Parameters
    ----------
    start, end
        The first scored day, and the first that is not.
    lines, goals
        Rows of its table, and the goals set beforehand.
    """

    start: date
    end: date
    lines: tuple[Line, ...]
    goals: tuple[Goal, ...]


@dataclass(frozen=True)
class Backtest:
    """
    A scored back-test.

    Parameters
    ----------
    draws, digest, stale
        How many draws of which ensemble, and whether the model has changed since it was made.
    walk
        Standard deviation of what the discrepancy gains in a year [log]; see `walk_by_year`.
    origins
        The same simulation, scored from each.
    """

    draws: int
    digest: str
    stale: bool
    walk: float
    origins: tuple[Origin, ...]


def check(start: date) -> None:
    """
    Refuse a first scored day that is no origin.

    Raises
    ------
    InputError
        If it is not in `ORIGINS`.
    """
    if start not in ORIGINS:
        raise InputError(
            f"--from: {start} is not the first day of a scored fiscal year. The ensemble was fitted to September 2020, and "
            f"outcomes are known to September 2023: give {', '.join(map(str, ORIGINS[:-1]))} or {ORIGINS[-1]}."
        )


def backtest(
    starts: Sequence[date] = ORIGINS,
    threads: int = 1,
    progress: Callable[[], None] | None = None,
    draws: Ensemble | None = None,
    count: int | None = None,
) -> Backtest:
    """
    Run the ensemble over history once and score it from each of `starts`.

    Raises
    ------
    InputError
        If one of them cannot be scored from; see `check`.
    """
    for start in starts:
        check(start)
    ensemble = draws or shipped(MODEL)
    count = min(DRAWS if count is None else count, len(ensemble))
    settings = Settings(SEED, count, SCALE, threads)
    results = Laboratory(MODEL, settings, progress=progress, draws=ensemble).history(FIT[0], END).results
    record = json.loads((folder_of(MODEL) / "record.json").read_text(encoding="utf-8"))
    off = _Discrepancy(record["discrepancy_by_series"], walk_by_year(results))
    return Backtest(
        count,
        ensemble.digest,
        stale(record, shipped(MODEL)),
        off.walk,
        tuple(_origin(results, off, start) for start in starts),
    )


def _origin(results: Results, off: _Discrepancy, start: date) -> Origin:
    end = min(start.replace(year=start.year + AHEAD), END)
    lines = paired([_line(title, names, results, off, start, end) for title, names in ROWS])
    return Origin(start, end, lines, tuple(_goals(lines, results, start)))


def paired(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return rows where each stock in `FLOWS` has the errors of its flows beside it, at every horizon."""
    by_title = {each.title: each.horizons for each in lines}

    def beside(title: str, score: Score) -> Score:
        return replace(
            score,
            horizons={
                name: replace(at, flows={flow: by_title[flow][name].error for flow in FLOWS[title]})
                for name, at in score.horizons.items()
            },
        )

    return tuple(
        replace(line, scores=tuple(beside(line.title, each) for each in line.scores))
        if line.title in FLOWS
        else line
        for line in lines
    )


@dataclass(frozen=True)
class _Discrepancy:
    """How far the model may be off: by series, as found in the fit, and what it gains in a year [log]."""

    by_series: dict[str, float]
    walk: float

    def drawn(self, series: str, ends: Sequence[date], draws: int) -> Floats:
        """
        Return draws of published over simulated, (draws, n_periods) [log].

        Parameters
        ----------
        series
            The simulated series.
        ends
            The day after each period, in order: the walk is as far from the last fitted figure as the period is.
        """
        # A series that was no target of the fit has nothing found: it gets the least that any has.
        level = self.by_series.get(series, LEAST_DISCREPANCY)
        years = [(each.year - FIT[1].year) + (each.month - FIT[1].month) / 12 for each in ends]
        return level * _noise((draws, len(ends))) + self.walk * _walks(draws, years)


def walk_by_year(results: Results) -> float:
    """
    Return the size of the random walk that the discrepancy makes: its standard deviation after a year [log].

    It is the root mean square of the 12-month changes of the log residual of the ensemble's median, in the fitted
    years alone, pooled over the series of the table, each of them weighed alike. A model that was fitted to these
    years errs less in them, so it is a floor. Kennedy and O'Hagan (2001, J. R. Statist. Soc. B 63:425) is the
    discrepancy that it adds to.
    """
    squares = []
    for series in results.series:
        if any(series.observed in names for _, names in ROWS):
            changes = _yearly_changes(series, results)
            if changes.size:
                squares.append(float(np.mean(np.square(changes))))
    return math.sqrt(float(np.mean(squares)))


def _yearly_changes(series: Series, results: Results) -> Floats:
    """Return the 12-month changes of the log residual of one series in the fitted years [log]."""
    assert series.observed is not None
    months = _months(series.observed, *FIT)
    annual = _years(series.observed, *FIT)
    # By month where more than a year of them was published, so that a change can be taken.
    periods = months if len(months) > 12 else annual
    residual = {
        first: math.log(float(np.median(results.total(series.name, first, after))) / value)
        for first, after, value in periods
    }
    changes = [
        off - residual[day.replace(year=day.year - 1)]
        for day, off in residual.items()
        if day.replace(year=day.year - 1) in residual
    ]
    return np.array([each for each in changes if math.isfinite(each)])


def _walks(draws: int, years: Sequence[float]) -> Floats:
    """Return random walks of variance 1 a year at these years after their start, (draws, n_years)."""
    rng = np.random.default_rng((SEED, 1))
    steps = np.sqrt(np.diff([0.0, *years]))
    return np.asarray(np.cumsum(steps * rng.standard_normal((draws, len(years))), axis=1))


def _line(
    title: str, names: Sequence[str], results: Results, off: _Discrepancy, start: date, end: date
) -> Line:
    simulated = {each.observed: each for each in results.series if each.observed}
    scores = []
    for name in names:
        periods = _periods(name, start, end)
        if not periods:
            return Line(
                title, (), f"the data of this project have no figure of {name} for a period after {start}"
            )
        if name not in simulated:
            return Line(title, (), f"no simulated series follows the definition of {name}")
        scores.append(_score(simulated[name], name, periods, results, off, start, end))
    return Line(title, tuple(scores))


_Period: TypeAlias = tuple[date, date, float]
"""First day, day after, published value."""


def _periods(name: str, start: date, end: date) -> list[_Period]:
    """Return scored periods: months if every one is published, those of the year before too, else fiscal years."""
    before = start.replace(year=start.year - 1)
    found = _months(name, before, end)
    if len(found) == 12 * (end.year - before.year):
        return [each for each in found if each[0] >= start]
    return _years(name, start, end)


def _months(name: str, start: date, end: date) -> list[_Period]:
    """Return the published whole months in [start, end)."""
    first, found = start, []
    for value in MODEL.observed().monthly(name, start, end).tolist():
        after = first_of_next_month(first)
        if math.isfinite(value):
            found.append((first, after, value))
        first = after
    return found


def _years(name: str, start: date, end: date) -> list[_Period]:
    """Return the published fiscal years in [start, end)."""
    return [
        (date(year - 1, 10, 1), date(year, 10, 1), figure.value)
        for year, figure in sorted(MODEL.observed().annual(name).items())
        if start <= date(year - 1, 10, 1) and date(year, 10, 1) <= end
    ]


def _before(name: str, start: date, by: str) -> list[float]:
    """Return the unbroken run of figures that ends right before `start`, in order."""
    published = MODEL.observed()
    if by == "month":
        known = published.monthly(name, date(start.year - 6, start.month, 1), start).tolist()
    else:
        annual = published.annual(name)
        years = range(start.year - 6, start.year + 1)
        known = [annual[year].value if year in annual else math.nan for year in years]
    gap = max((i for i, each in enumerate(known) if math.isnan(each)), default=-1)
    return list(known[gap + 1 :])


def _score(
    series: Series,
    name: str,
    periods: Sequence[_Period],
    results: Results,
    off: _Discrepancy,
    start: date,
    end: date,
) -> Score:
    by = "month" if periods[0][1] == first_of_next_month(periods[0][0]) else "year"
    outcome = np.array([value for _, _, value in periods])
    simulated = np.stack([results.total(series.name, first, after) for first, after, _ in periods], axis=1)
    ends = [after for _, after, _ in periods]
    samples = np.repeat(simulated, FOR_EACH, axis=0)
    samples *= np.exp(off.drawn(series.name, ends, len(samples)))
    # The discrepancy has median 0: drawn into the point forecast it would add chance and nothing else.
    median = np.median(simulated, axis=0)
    low, high = np.quantile(samples, (0.1, 0.9), axis=0)
    # Years may be published with a gap: each is that many years ahead.
    ahead = [12 * (f.year - start.year) + f.month - start.month for f, _, _ in periods]
    steps = ahead if by == "month" else [each // 12 for each in ahead]
    forecasts = {
        kind: values[steps]
        for kind, values in naive(
            _before(name, start, by), max(steps) + 1, 12 if by == "month" else 1
        ).items()
    }
    year = np.array([(first - start).days // 365 for first, _, _ in periods])
    chosen = {FIRST: year == 0, SECOND: year == 1, ALL: year >= 0}

    def horizon(which: NDArray[np.bool_]) -> Horizon:
        return Horizon(
            errors(median[which], outcome[which]).absolute,
            {kind: errors(each[which], outcome[which]).absolute for kind, each in forecasts.items()},
        )

    return Score(
        series.name,
        name,
        by,
        tuple(
            (first, value, float(m), float(lo), float(hi))
            for (first, _, value), m, lo, hi in zip(periods, median, low, high, strict=True)
        ),
        {
            label: horizon(which)
            for label, which in chosen.items()
            if label == ALL or (which.any() and end.year - start.year > 1)
        },
        errors(median, outcome),
        crps(samples, outcome),
        coverage(samples, outcome),
        {
            kind: float(np.mean(np.abs(values - outcome)) / np.mean(outcome))
            for kind, values in forecasts.items()
        },
        tuple(first for first, after, _ in periods if _is_recalled(name, first, after)),
    )


def _is_recalled(name: str, first: date, after: date) -> bool:
    """Tell whether the figure of a period has no source that was read."""
    days = first, after - timedelta(days=1)
    return any(
        (each.start, each.end) == days and each.basis == RECALLED for each in MODEL.observed().figures(name)
    )


def _noise(shape: tuple[int, ...]) -> Floats:
    """Return standard normal draws, correlated within a draw as the discrepancies of one series are."""
    rng = np.random.default_rng(SEED)
    common = rng.standard_normal((shape[0], 1))
    own = rng.standard_normal(shape)
    return np.asarray(math.sqrt(TOGETHER) * common + math.sqrt(1.0 - TOGETHER) * own)


def held(lines: Sequence[Line]) -> dict[float, Share]:
    """Return the share of the outcomes that the intervals of each level held, the mean over the lines."""
    scored = [each.scores for each in lines if each.scores]
    return {
        level: mean_of_clusters(
            [float(np.mean([score.covered[level] for score in scores])) for scores in scored]
        )
        for level in LEVELS
    }


def _goals(lines: Sequence[Line], results: Results, start: date) -> list[Goal]:
    by_title = {each.title: each for each in lines if each.scores}
    found = [
        _close(by_title[title].horizons[ALL], title, most)
        for title, most in CLOSE.items()
        if title in by_title
    ]
    found.append(_nearer_goal(lines, start))
    share = held(lines)[0.8]
    found.append(
        Goal(
            f"80 % intervals hold {HOLD[0]:.0%} to {HOLD[1]:.0%} of the outcomes, the mean over the rows",
            HOLD[0] <= share.value <= HOLD[1],
            str(share),
        )
    )
    if start == FIT[1]:
        by_observed = {score.observed: score for each in by_title.values() for score in each.scores}
        found.extend(_seed_event(by_observed, results))
    return found


def _close(at: Horizon, title: str, most: float) -> Goal:
    flows = (f"{name} {error:.1%}" for name, error in at.flows.items())
    return Goal(
        f"{title}: mean absolute error at most {most:.0%}"
        + (f", with each of its flows within {FLOWS_WITHIN:.0%}" if at.flows else ""),
        at.error <= most and not at.wrong_flows,
        "; ".join((f"{at.error:.1%}", *flows)),
    )


def _nearer_goal(lines: Sequence[Line], start: date) -> Goal:
    """Judge over all years, and tell each; the share of rows counts, for not every row can be scored from every origin."""
    wanted, of = NEARER[start]
    counts = {}
    for name in HORIZONS:
        known = [each for each in lines if name in each.horizons]
        if known:
            counts[name] = [each for each in known if each.horizons[name].wins], len(known)
    won, scored = counts[ALL]
    unread = sum(each.recalled[ALL] for each in won)
    return Goal(
        f"Nearer than the best naive forecast on at least {wanted} of {of} rows, no stock by wrong flows",
        of * len(won) >= wanted * scored,
        f"{len(won)} of {scored} that can be scored"
        + (f", {unread} of them on an outcome that is recalled, not read" if unread else "")
        + "".join(f"; {name} {len(of_them)} of {n}" for name, (of_them, n) in counts.items() if name != ALL)
        + f"; {len(lines) - scored} cannot",
    )


def _seed_event(by_observed: dict[str, Score], results: Results) -> list[Goal]:
    points = by_observed["ice_arrest_book_ins"].points
    held = [each for each in points if date(2021, 2, 1) <= each[0] < date(2021, 10, 1)]
    error = float(np.mean([abs(each[2] / each[1] - 1.0) for each in held]))
    found = [
        Goal(
            "Book-ins after an ICE arrest, February to September 2021: mean absolute error at most 20 %",
            error <= 0.2,
            f"{error:.1%}",
        )
    ]
    for weeks in seven_weeks(results, MODEL.observed()):
        published = weeks.published[1] / weeks.published[0]
        simulated = weeks.simulated[1] / weeks.simulated[0]
        factor = max(simulated / published, published / simulated)
        found.append(
            Goal(
                f"Arrests {weeks.label} the February 2021 categories, 20 January to 8 March 2021 over the year before: "
                "within a factor of 1.5 of the published ratio",
                factor <= 1.5,
                f"{simulated:.2f} against {published:.2f}, a factor of {factor:.2f}",
            )
        )
    return found


def as_json(found: Backtest) -> dict[str, Any]:
    """Return a back-test for JSON: dates as text, what is not a number as null."""
    made: dict[str, Any] = plain(asdict(found))
    made["origins"] = [_origin_as_json(each) for each in found.origins]
    return made | {"conditional": CONDITIONAL, "intervals": PREDICTIVE, "by": BY}


def _origin_as_json(found: Origin) -> dict[str, Any]:
    made: dict[str, Any] = plain(asdict(found))
    for shown, line in zip(made["lines"], found.lines, strict=True):
        for each, score in zip(shown["scores"], line.scores, strict=True):
            each["horizons"] = _judged(score.horizons)
            each["unsure"] = unsure(score)
        shown["horizons"] = _judged(line.horizons)
    shares = {level: asdict(each) for level, each in held(found.lines).items()}
    return made | {"held": plain(shares), "losses": losses(found.lines)}


def _judged(horizons: dict[str, Horizon]) -> dict[str, Any]:
    return {
        name: asdict(each)
        | {
            "best_naive": list(each.best_naive),
            "is_nearer": each.is_nearer,
            "wrong_flows": each.wrong_flows,
            "wins": each.wins,
        }
        for name, each in horizons.items()
    }


def table(found: Backtest) -> str:
    """Return a back-test as plain text."""
    lines = [
        f"Back-test with {found.draws} draws of the ensemble {found.digest[:12]}.",
        CONDITIONAL,
        PREDICTIVE,
        f"The random walk gains {found.walk:.3f} a year on the log scale.",
        BY,
    ]
    if found.stale:
        lines.append(
            "The model has changed since the ensemble was made: run lawqueue calibrate before you quote this."
        )
    lines.append("Beside each score stands that of the naive forecast which is best by it.")
    return "\n\n".join(["\n".join(lines), *map(_origin_table, found.origins)])


def _origin_table(found: Origin) -> str:
    title = f"From {found.start} to {found.end - timedelta(days=1)}"
    head = "mean absolute error (best naive forecast):"
    lines = [title, "", f"{'':30} {head}"]
    columns = "".join(f"{each:>20}" for each in HORIZONS)
    lines.append(f"{'series':24} {'by':5}{columns}   {'best naive':20}   CRPS (naive)      50 %  80 %  95 %")
    for line in found.lines:
        lines.append(line.title)
        if not line.scores:
            lines.append(f"  not scored: {line.why_not}.")
        for each in line.scores:
            covered = "  ".join(f"{each.covered[level]:4.0%}" for level in LEVELS)
            both = "".join(f"{_beside(each.horizons.get(name)):>20}" for name in HORIZONS)
            lines.append(
                f"  {each.series:22} {each.by:5}{both}   {each.horizons[ALL].best_naive[0]:20} "
                f"{each.crps:6.1%} ({min(each.naive_crps.values()):6.1%})   {covered}"
            )
            if each.recalled:
                lines.append(f"    {unsure(each)}")
    lines += [
        "",
        "Errors over all periods in per cent of the outcome, as the Congressional Budget Office reports them:",
    ]
    lines.append(f"  {'series':38} {'average':>8} {'absolute':>9} {'RMSE':>8} {'two-thirds spread':>18}")
    for each in (score for line in found.lines for score in line.scores):
        of = each.model
        lines.append(
            f"  {each.series:38} {of.average:+8.1%} {of.absolute:9.1%} {of.rmse:8.1%} {_share(of.two_thirds):>18}"
        )
    shares = (f"{level:.0%} intervals hold {share}" for level, share in held(found.lines).items())
    lines += ["", f"Of the outcomes, the mean over the rows, {CLUSTERS}: {', '.join(shares)}."]
    lines += ["", "Where it loses:", *(f"  {each}" for each in losses(found.lines))]
    lines += ["", "Goals, set before:"]
    lines += [f"  {'met   ' if each.met else 'missed'}  {each.goal}: {each.figure}." for each in found.goals]
    return "\n".join(lines)


def unsure(score: Score) -> str:
    """Return which outcomes of a series are recalled; empty if none is."""
    years = ", ".join(f"{day.year + (day.month >= 10)}" for day in score.recalled)
    what = (
        f"outcomes of fiscal years {years} are"
        if len(score.recalled) > 1
        else f"outcome of fiscal year {years} is"
    )
    return f"The {what} recalled, not read in a source." if years else ""


def losses(lines: Sequence[Line]) -> list[str]:
    """Return a sentence for each row, and each series of a row, of which a naive forecast was nearer, or one that none was."""
    found = []
    for line in lines:
        named = [(line.title, line.horizons)]
        if len(line.scores) > 1:
            # Wrong flows are told of the row, once.
            named += [
                (
                    f"{line.title}, {each.series} alone",
                    {name: at for name, at in each.horizons.items() if not at.is_nearer},
                )
                for each in line.scores
            ]
        found += [
            _nearer(title if name == ALL else f"{title}, {name}", each)
            for title, horizons in named
            for name, each in horizons.items()
            if not each.wins
        ]
    return found or ["On no series that can be scored."]


def _nearer(what: str, at: Horizon) -> str:
    if at.is_nearer:
        flows = " and ".join(f"{name} {error:.1%}" for name, error in at.wrong_flows.items())
        return (
            f"{what}: {at.error:.1%} off, but not by the right flows: {flows} off, where {FLOWS_WITHIN:.0%} is allowed; "
            "it does not count as won."
        )
    kind, off = at.best_naive
    return f"{what}: {_word(kind)} would have been nearer, {off:.1%} off against {at.error:.1%}."


def _beside(at: Horizon | None) -> str:
    return f"{at.error:.1%} ({at.best_naive[1]:.1%})" if at else numbers.EMPTY


def _share(value: float) -> str:
    return f"{value:7.1%}" if math.isfinite(value) else f"{numbers.EMPTY:>7}"


def _word(kind: str) -> str:
    return {
        "last value": "the last value",
        "last change": "the last change, carried on",
        "same month last year": "the same month of the year before",
    }[kind]
