"""
Back-test: fitted to some years, scored from origins after them as far as outcomes are known, beside naive forecasts.

One simulation is scored from each origin, one and two years ahead, as far as outcomes are known. The naive forecasts
know what had happened before that origin; the model does not.

It is conditional: published arrivals, staff, judges, places and dates of policies are fed in for the scored
years too. What is scored is what the model makes of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from lawqueue.errors import InputError
from lawqueue.models.cube import Results
from lawqueue.models.model import Model, Promise
from lawqueue.months import first_of_next_month
from lawqueue.study.ensemble import Ensemble, folder_of, shipped
from lawqueue.study.simulate import Laboratory, Settings
from lawqueue.trust import discrepancy
from lawqueue.trust.calibrate import stale
from lawqueue.trust.discrepancy import Discrepancy
from lawqueue.trust.goals import goals
from lawqueue.trust.scores import ALL, HORIZONS, Share
from lawqueue.trust.scoring import (
    CannotBeScored,
    Coverage,
    Forecast,
    Line,
    coverage,
    forecasts,
    line,
    of_every_row,
)

DRAWS, SCALE, SEED = 100, 0.05, 0


@dataclass(frozen=True)
class Origin:
    """
    A back-test from one origin.

    Parameters
    ----------
    start, end
        The first scored day, and the first that is not.
    lines, coverage, goals
        Rows of its table, what the intervals of each held, `EVERY_ROW` last, and the goals set beforehand.
    """

    start: date
    end: date
    lines: tuple[Line, ...]
    coverage: tuple[Coverage, ...]
    goals: tuple[Promise, ...]

    @property
    def held(self) -> dict[float, Share]:
        """The share of the outcomes that the intervals of each level held, the mean over the rows."""
        return of_every_row(self.coverage)


@dataclass(frozen=True)
class Backtest:
    """
    A scored back-test.

    Parameters
    ----------
    draws, digest, stale
        How many draws of which ensemble, and whether the model has changed since it was made.
    origins
        The same simulation, scored from each.
    fitted
        The share of the figures of the fitted years that the intervals of each level hold, of which they are made; empty
        where no row has one.
    conditional
        What was fed in for the scored years, in words.
    """

    draws: int
    digest: str
    stale: bool
    origins: tuple[Origin, ...]
    fitted: dict[float, Share]
    conditional: str


def check(model: Model, start: date) -> None:
    """
    Refuse a first scored day that is no origin.

    Raises
    ------
    InputError
        If it is not an origin of the model.
    """
    origins = model.scoring().origins
    if start not in origins:
        raise InputError(
            f"--from: {start} is not the first day of a scored year. The ensemble was fitted to outcomes before "
            f"{model.fitted()[1]}, and outcomes are known to {model.known.last_outcome}: give {', '.join(map(str, origins[:-1]))} or {origins[-1]}."
        )


def backtest(
    model: Model,
    starts: Sequence[date] | None = None,
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
    starts = model.scoring().origins if starts is None else starts
    for start in starts:
        check(model, start)
    ensemble = draws or shipped(model)
    count = min(DRAWS if count is None else count, len(ensemble))
    settings = Settings(SEED, count, SCALE, threads)
    results = (
        Laboratory(model, settings, progress=progress, draws=ensemble)
        .history(model.fitted()[0], _end(model))
        .results
    )
    record = json.loads((folder_of(model) / "record.json").read_text(encoding="utf-8"))
    off = discrepancy.found(model, results)
    return Backtest(
        count,
        ensemble.digest,
        stale(model, record, shipped(model)),
        tuple(_origin(model, results, off, start) for start in starts),
        _held_in_the_fit(model, results, off),
        model.scoring().conditional,
    )


def _held_in_the_fit(model: Model, results: Results, off: Discrepancy) -> dict[float, Share]:
    """Return the share of the figures of the fitted years that the intervals hold; nothing where there are none."""
    rows, _ = _rows(model, results, off, *model.fitted())
    return of_every_row(coverage(rows, (ALL,))) if rows else {}


def _end(model: Model) -> date:
    """Return the first day that is not scored."""
    return first_of_next_month(model.known.last_outcome)


def _origin(model: Model, results: Results, off: Discrepancy, start: date) -> Origin:
    end = min(start.replace(year=start.year + model.scoring().ahead), _end(model))
    horizons = HORIZONS if end.year - start.year > 1 else (ALL,)
    rows, missing = _rows(model, results, off, start, end)
    lines = tuple(
        line(model, title, rows[title], horizons, results)
        if title in rows
        else Line(title, (), missing[title])
        for title, _ in model.scoring().rows
    )
    held = coverage(rows, horizons)
    return Origin(start, end, lines, held, goals(model, lines, of_every_row(held), results, start))


def _rows(
    model: Model, results: Results, off: Discrepancy, start: date, end: date
) -> tuple[dict[str, tuple[Forecast, ...]], dict[str, str]]:
    """Return the forecasts of [start, end) of each row by title, and of the others why they have none."""
    rows, missing = {}, {}
    for title, names in model.scoring().rows:
        try:
            rows[title] = forecasts(model, names, results, off, start, end)
        except CannotBeScored as why:
            missing[title] = str(why)
    return rows, missing
