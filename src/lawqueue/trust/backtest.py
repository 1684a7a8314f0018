"""
Back-test: fitted to fiscal years 2017 to 2020, scored on 2021 and 2022, beside naive forecasts.

It is conditional: published arrivals, staff, judges, places and dates of policies are fed in for the scored
years too. What is scored is what the model makes of them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lawqueue import numbers
from lawqueue.errors import InputError
from lawqueue.exports import plain
from lawqueue.models.cube import Results, Series
from lawqueue.models.us_immigration import model
from lawqueue.models.us_immigration.observed import RECALLED
from lawqueue.months import first_of_next_month
from lawqueue.study.answer import seven_weeks
from lawqueue.study.ensemble import FIT, FOLDER, Ensemble, shipped
from lawqueue.study.simulate import Laboratory, Settings
from lawqueue.trust.calibrate import stale
from lawqueue.trust.scores import ALL, FIRST, HORIZONS, LEVELS, SECOND, Errors, coverage, crps, errors, naive
from lawqueue.trust.targets import TOGETHER

Floats = NDArray[np.float64]

END = date(2022, 10, 1)
"""The first day that is not scored: outcomes after fiscal year 2022 are kept out of the project."""
DRAWS, SCALE, SEED = 100, 0.05, 0

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
    ("Alternatives to detention", ("atd_participants",)),
)
"""What must emerge, as published; a row of two counts once, with the mean of their scores."""

CONDITIONAL = (
    "Conditional: the published arrivals, staff, judges, places and dates of policies are fed in, and so are values assumed "
    "for these years by people who knew their outcomes; a few inputs rest on figures of later years. Nothing was fitted to an "
    "outcome after September 2020. Naive forecasts know the outcomes before the first scored day, and nothing else."
)
PREDICTIVE = (
    "Intervals hold three things: what the parameters leave open (each draw of the ensemble is one run), the Monte Carlo spread "
    "(each with its own random numbers), and how far off the calibrated model was from 2017 to 2020 (its discrepancy, drawn "
    "normal on the log scale, half of it common to a series). They assume that the model is off by no more than it was then."
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
    """

    error: float
    naive: dict[str, float]

    @property
    def best_naive(self) -> tuple[str, float]:
        """The naive forecast with the least mean absolute error, and that error."""
        return min(self.naive.items(), key=lambda each: each[1])

    @property
    def wins(self) -> bool:
        """Tell whether the model is nearer than the best naive forecast."""
        return self.error < self.best_naive[1]


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
    )


@dataclass(frozen=True)
class Goal:
    """A goal set beforehand, and whether it was met."""

    goal: str
    met: bool
    figure: str


@dataclass(frozen=True)
class Backtest:
    """A scored back-test."""

    start: date
    draws: int
    digest: str
    stale: bool
    lines: tuple[Line, ...]
    goals: tuple[Goal, ...]


def check(start: date) -> None:
    """
    Refuse a first scored day that cannot be scored from.

    Raises
    ------
    InputError
        If it is before the end of the fitted years, or not the first day of a fiscal year up to 2021-10-01.
    """
    if start not in {FIT[1], date(FIT[1].year + 1, 10, 1)}:
        raise InputError(
            f"--from: {start} is not the first day of a scored fiscal year. The ensemble was fitted to September 2020, and "
            f"outcomes are known to September 2022: give {FIT[1]} or {FIT[1].replace(year=FIT[1].year + 1)}."
        )


def backtest(
    start: date = FIT[1],
    threads: int = 1,
    progress: Callable[[], None] | None = None,
    draws: Ensemble | None = None,
    count: int | None = None,
) -> Backtest:
    """
    Run the ensemble over history and score it from `start`.

    Raises
    ------
    InputError
        If `start` cannot be scored from; see `check`.
    """
    check(start)
    ensemble = draws or shipped()
    count = min(DRAWS if count is None else count, len(ensemble))
    settings = Settings(SEED, count, SCALE, threads)
    results = Laboratory(settings, progress=progress, draws=ensemble).history(FIT[0], END).results
    record = json.loads((FOLDER / "record.json").read_text(encoding="utf-8"))
    off: dict[str, float] = record["discrepancy_by_series"]
    lines = tuple(_line(title, names, results, off, start) for title, names in ROWS)
    return Backtest(
        start, count, ensemble.digest, stale(record, shipped()), lines, tuple(_goals(lines, results, start))
    )


def _line(title: str, names: Sequence[str], results: Results, off: dict[str, float], start: date) -> Line:
    simulated = {each.observed: each for each in results.series if each.observed}
    scores = []
    for name in names:
        periods = _periods(name, start)
        if not periods:
            return Line(
                title, (), f"the data of this project have no figure of {name} for a period after {start}"
            )
        if name not in simulated:
            return Line(title, (), f"no simulated series follows the definition of {name}")
        series = simulated[name]
        scores.append(_score(series, name, periods, results, off[series.name], start))
    return Line(title, tuple(scores))


def _periods(name: str, start: date) -> list[tuple[date, date, float]]:
    """
    Return scored periods (first day, day after, value).

    They are months if every one is published, those of the year before too, else fiscal years.
    """
    published = model.observed()
    months = published.monthly(name, start, END)
    before = published.monthly(name, start.replace(year=start.year - 1), start)
    if np.isfinite(months).all() and np.isfinite(before).all():
        first, found = start, []
        for value in months.tolist():
            found.append((first, first_of_next_month(first), value))
            first = first_of_next_month(first)
        return found
    return [
        (date(year - 1, 10, 1), date(year, 10, 1), figure.value)
        for year, figure in sorted(published.annual(name).items())
        if date(year - 1, 10, 1) >= start and date(year, 10, 1) <= END
    ]


def _before(name: str, start: date, by: str) -> list[float]:
    """Return the unbroken run of figures that ends right before `start`, in order."""
    published = model.observed()
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
    periods: Sequence[tuple[date, date, float]],
    results: Results,
    off: float,
    start: date,
) -> Score:
    by = "month" if periods[0][1] == first_of_next_month(periods[0][0]) else "year"
    outcome = np.array([value for _, _, value in periods])
    simulated = np.stack([results.total(series.name, first, after) for first, after, _ in periods], axis=1)
    samples = simulated * np.exp(off * _noise(simulated.shape))
    median = np.median(samples, axis=0)
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
            if label == ALL or (which.any() and END.year - start.year > 1)
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
        (each.start, each.end) == days and each.basis == RECALLED for each in model.observed().figures(name)
    )


def _noise(shape: tuple[int, ...]) -> Floats:
    """Return standard normal draws, correlated within a draw as the discrepancies of one series are."""
    rng = np.random.default_rng(SEED)
    common = rng.standard_normal((shape[0], 1))
    own = rng.standard_normal(shape)
    return np.asarray(math.sqrt(TOGETHER) * common + math.sqrt(1.0 - TOGETHER) * own)


def held(lines: Sequence[Line]) -> dict[float, float]:
    """Return the share of the outcomes that the intervals of each level held, the mean over the lines [/1]."""
    scored = [each.scores for each in lines if each.scores]
    return {
        level: float(np.mean([np.mean([score.covered[level] for score in scores]) for scores in scored]))
        for level in LEVELS
    }


def _goals(lines: Sequence[Line], results: Results, start: date) -> list[Goal]:
    scored = [each for each in lines if each.scores]
    unscored = len(lines) - len(scored)
    found = []
    for horizon in _shown_horizons(lines):
        known = [each for each in scored if horizon in each.horizons]
        won = [each for each in known if each.horizons[horizon].wins]
        unread = sum(each.recalled[horizon] for each in won)
        found.append(
            Goal(
                f"Nearer than the best naive forecast over {'' if horizon == ALL else 'the '}{horizon} on at least 8 of the 11 series",
                len(won) >= 8,
                f"{len(won)} of {len(known)} that can be scored"
                + (f", {unread} of them on an outcome that is recalled, not read" if unread else "")
                + f"; {unscored} cannot",
            )
        )
    by_observed = {score.observed: score for each in scored for score in each.scores}
    years = {1: "one year", 2: "two years"}[END.year - start.year]
    for name, words in (("court_pending_all", "all"), ("court_pending_active", "active")):
        score = by_observed.get(name)
        if score is not None:
            last = score.points[-1]
            error = last[2] / last[1] - 1.0
            found.append(
                Goal(
                    f"Pending cases ({words}) within 8 % after {years}",
                    abs(error) <= 0.08,
                    f"{last[2]:,.0f} against {last[1]:,.0f}, {error:+.1%}",
                )
            )
    share = held(lines)[0.8]
    found.append(
        Goal(
            "80 % intervals hold 70 to 90 % of the outcomes, the mean over the series",
            0.7 <= share <= 0.9,
            f"{share:.0%}",
        )
    )
    if start == FIT[1]:
        found.extend(_seed_event(by_observed, results))
    return found


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
    for weeks in seven_weeks(results):
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
    for shown, line in zip(made["lines"], found.lines, strict=True):
        for each, score in zip(shown["scores"], line.scores, strict=True):
            each["horizons"] = _judged(score.horizons)
            each["unsure"] = unsure(score)
        shown["horizons"] = _judged(line.horizons)
    texts = {"conditional": CONDITIONAL, "intervals": PREDICTIVE, "by": BY}
    return made | {"held": plain(held(found.lines)), "losses": losses(found.lines)} | texts


def _judged(horizons: dict[str, Horizon]) -> dict[str, Any]:
    return {
        name: asdict(each) | {"best_naive": list(each.best_naive), "wins": each.wins}
        for name, each in horizons.items()
    }


def table(found: Backtest) -> str:
    """Return a back-test as plain text."""
    lines = [
        f"Back-test from {found.start} to 2022-09-30, {found.draws} draws of the ensemble {found.digest[:12]}.",
        CONDITIONAL,
        PREDICTIVE,
        BY,
    ]
    if found.stale:
        lines.append(
            "The model has changed since the ensemble was made: run lawqueue calibrate before you quote this."
        )
    lines.append("Beside each score stands that of the naive forecast which is best by it.")
    head = "mean absolute error (best naive forecast):"
    lines += ["", f"{'':30} {head}"]
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
    lines += ["", "Where it loses:", *(f"  {each}" for each in losses(found.lines))]
    lines += ["", "Goals, set before:"]
    lines += [f"  {'met   ' if each.met else 'missed'}  {each.goal}: {each.figure}." for each in found.goals]
    return "\n".join(lines)


def unsure(score: Score) -> str:
    """Return which outcomes of a series are recalled; empty if none is."""
    years = ", ".join(f"{day.year + (day.month >= 10)}" for day in score.recalled)
    return f"The outcome of fiscal year {years} is recalled, not read in a source." if years else ""


def _shown_horizons(lines: Sequence[Line]) -> tuple[str, ...]:
    """Return the horizons that are judged: each year where two are scored, else the one."""
    known = {name for line in lines for name in line.horizons}
    return (FIRST, SECOND) if {FIRST, SECOND} <= known else (ALL,)


def losses(lines: Sequence[Line]) -> list[str]:
    """Return a sentence for each row, and each series of a row, of which a naive forecast was nearer, or one that none was."""
    found = []
    for line in lines:
        named = [(line.title, line.horizons)]
        if len(line.scores) > 1:
            named += [(f"{line.title}, {each.series} alone", each.horizons) for each in line.scores]
        found += [
            _nearer(title if name == ALL else f"{title}, {name}", each)
            for title, horizons in named
            for name, each in horizons.items()
            if not each.wins
        ]
    return found or ["On no series that can be scored."]


def _nearer(what: str, at: Horizon) -> str:
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
