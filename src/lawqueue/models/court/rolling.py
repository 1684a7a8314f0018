"""
The back-test of a court: from each period's end in turn, with the table as it was, one and two years ahead.

Everything is found from the table up to the origin. Filings ahead are given, or go on as the model has them. Beside the
model stand no change, the drift of the last year, and the last net flow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from lawqueue.engine.run import simulate
from lawqueue.engine.varying import Floats
from lawqueue.models.court import docket, estimate
from lawqueue.models.court.model import of_table, until
from lawqueue.models.court.table import Table, from_observed
from lawqueue.models.model import Model
from lawqueue.models.observed import load_observed
from lawqueue.models.world import World
from lawqueue.rules import Change, ParameterBook

YEARS: Final = (1, 2)
"""Years ahead at which errors are taken."""
LEAST_YEARS: Final = 2
"""Years that a table must have at an origin."""
OURS: Final = {"given filings": "given the filings to come", "given nothing": "given nothing"}
"""Forecasts of the model, and what it is given in words; the others are naive."""
FORECASTS: Final = (*OURS, "no change", "drift of the last year", "last net flow")


@dataclass(frozen=True)
class Score:
    """
    The error of a forecast of what is pending, over origins.

    Parameters
    ----------
    forecast, ahead
        Which, and years ahead.
    origins
        How many.
    absolute, average
        Mean absolute error, and mean error [/1].
    """

    forecast: str
    ahead: int
    origins: int
    absolute: float
    average: float


def scores(folder: Path) -> list[Score]:
    """Return the errors of each forecast; none where the table is too short to hold anything back."""
    table = from_observed(load_observed(folder / "observed"))
    year, n = table.a_year, len(table.starts)
    found = []
    for ahead in YEARS:
        origins = range(LEAST_YEARS * year - 1, n - ahead * year)
        off: dict[str, list[float]] = {name: [] for name in FORECASTS}
        for origin in origins:
            truth = table.columns["pending"][origin + ahead * year]
            for name, value in _forecasts(table, folder, origin, ahead):
                off[name].append(value / truth - 1)
        found += [
            Score(name, ahead, len(each), float(np.abs(each).mean()), float(np.mean(each)))
            for name, each in off.items()
            if each
        ]
    return found


def _forecasts(table: Table, folder: Path, origin: int, ahead: int) -> Iterator[tuple[str, float]]:
    """Yield each forecast of what is pending, made at the end of a period."""
    pending, steps = table.columns["pending"], ahead * table.a_year
    known = until(table, origin + 1)
    model = of_table(known, folder, "origin", "At an origin")
    end = (*table.starts, table.end)[origin + 1 + steps]
    book = at_origin(known, model.parameters())
    world = model.world(book, (), {}, known.end, end)
    yield "given filings", _pending(model, model.world(_given(table, known, world), (), {}, known.end, end))
    yield "given nothing", _pending(model, world)
    here = float(pending[origin])
    yield "no change", here
    yield "drift of the last year", here + (here - float(pending[origin - table.a_year])) * ahead
    yield "last net flow", here + (here - float(pending[origin - 1])) * steps


def at_origin(known: Table, book: ParameterBook) -> ParameterBook:
    """Return the parameters as a table tells them that ends at an origin."""
    early = estimate.early_share(known).value
    found = {
        "early.share": early,
        "filings.growth": estimate.yearly_change(known.columns["filings"], known.a_year).value,
        "judges.productivity_change": estimate.yearly_change(
            estimate.heard(known, early), known.a_year
        ).value,
    }
    first = known.starts[1]
    for name, value in found.items():
        book = book.changed(Change(name, max(first, book.parameter(name).values[0].start), "set", value))
    return book


def _given(table: Table, known: Table, world: World) -> ParameterBook:
    """Return the parameters with the filings that came."""
    book = world.book
    expected = docket.filings(known, world)
    for start, after, came in zip(
        table.starts, (*table.starts[1:], table.end), table.columns["filings"], strict=True
    ):
        if known.end <= start < world.end:
            days = slice(world.day(start), world.day(after))
            if (due := expected[days].sum()) > 0:  # of no filings none can be made
                most = book.parameter("filings.factor").maximum or np.inf
                factor = float(min(came / due, most))
                book = book.changed(Change("filings.factor", start, "set", factor, until=after))
    return book


def _pending(model: Model, world: World) -> float:
    """Return what is pending on the last day of a world."""
    run = simulate(model.network(world), seed=0, replicates_wanted=1, scale=1.0)
    last: Floats = run.level_end("early_end")[:, -1] + run.level_end("docket")[:, -1]
    return float(last.mean())


def as_json(found: Sequence[Score]) -> str:
    """Return scores as a page on trust reads them."""
    return json.dumps({"scores": [{"outcome": "pending"} | asdict(each) for each in found]}, indent=1) + "\n"


def table(found: Sequence[Score]) -> str:
    """Return scores as a table in words, and who was nearest."""
    if not found:
        return "The table is too short to hold anything back: no forecast could be tried."
    lines = ["Pending cases, mean error of forecasts from each period's end, in per cent:"]
    is_beaten = False
    for ahead in sorted({each.ahead for each in found}):
        row = sorted((each for each in found if each.ahead == ahead), key=lambda each: each.absolute)
        errors = ", ".join(f"{each.forecast} {100 * each.absolute:.1f}" for each in row)
        naive = next(each for each in row if each.forecast not in OURS)
        beaten = [each.forecast for each in row if each.forecast in OURS and naive.absolute <= each.absolute]
        is_beaten = is_beaten or bool(beaten)
        origins = f"{row[0].origins} origin{'s' if row[0].origins > 1 else ''}"
        lines += [
            f"  {ahead} year{'s' if ahead > 1 else ''} ahead ({origins}): {errors}",
            f"    {_verdict(naive.forecast, beaten)}",
        ]
    return "\n".join([*lines, "Read what a change would do, not the level."] if is_beaten else lines)


def _verdict(naive: str, beaten: Sequence[str]) -> str:
    """Say whether the best naive forecast is as near as the model, and as which of its forecasts."""
    if not beaten:
        return f"The model is nearer than every naive forecast, given the filings to come and given nothing (the best of them: {naive})."
    if len(beaten) == len(OURS):
        return f"The model is no nearer than {naive!r}, neither given the filings to come nor given nothing."
    (other,) = set(OURS) - set(beaten)
    return f"The model is nearer than {naive!r}, the best naive forecast, {OURS[other]}, and no nearer {OURS[beaten[0]]}."
