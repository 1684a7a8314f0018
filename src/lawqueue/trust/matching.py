"""
Fit a model by history matching: draws over the ranges of its parameters, kept where they retell the fitted years.

What a case takes and what staff give cannot always both be told from how many cases are done. So a model may name one
parameter that follows from the others of a draw, see `Matching`. A draw is kept if it is nowhere implausible.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lawqueue.errors import RunError
from lawqueue.models import registry
from lawqueue.models.model import Matching, Model
from lawqueue.rules import ParameterBook
from lawqueue.study.ensemble import LATER, Span, drawn, over_ranges, spans, uncertain
from lawqueue.study.record import inputs, versions
from lawqueue.trust.calibrate import code, write_draws
from lawqueue.trust.fit import Say, Store

Floats = NDArray[np.float64]

CUT = 3.0
"""Implausibility beyond which a draw is refused: by the three-sigma rule of Pukelsheim (1994), as is usual."""


@dataclass(frozen=True)
class Matched:
    """
    The draws that were kept.

    Parameters
    ----------
    names, values
        Of the parameters; of each draw, (n_draws, n_parameters), each in its unit.
    record
        What made them, and how near they came.
    """

    names: tuple[str, ...]
    values: Floats
    record: Mapping[str, Any]


def matched(model: Model, matching: Matching, checkpoint: Path, threads: int, say: Say) -> Matched:
    """
    Fit a model.

    Parameters
    ----------
    matching
        How.
    checkpoint
        Folder in which every draw is stored; a fit of the same inputs that was stopped goes on from it.
    threads
        Processes that simulate; the numbers do not depend on it.
    say
        Called with what is being done.

    Raises
    ------
    RunError
        If too few draws agree with what was published.
    """
    names, values = over_ranges(_free(model, matching), matching.draws)
    found, outcomes = _run(model, matching, names, values, checkpoint, threads, say)
    kept = _plausible(model, matching, found, outcomes)
    if kept.sum() < matching.least:
        raise RunError(
            f"only {kept.sum()} of {matching.draws} draws agree with what was published in the fitted years; "
            f"{matching.least} are needed. Look at the model, or at the ranges in its parameter files."
        )
    rows = zip(values[kept].tolist(), found[kept].tolist(), strict=True)
    whole = [_with_found(model, matching, dict(zip(names, row, strict=True)), at) for row, at in rows]
    return Matched(
        tuple(whole[0]),
        np.array([list(each.values()) for each in whole]),
        _record(model, matching, outcomes[kept]),
    )


def _run(
    model: Model,
    matching: Matching,
    names: tuple[str, ...],
    values: Floats,
    checkpoint: Path,
    threads: int,
    say: Say,
) -> tuple[Floats, Floats]:
    """Return, of each draw, the value of what is found, (n_draws,), and the outcomes, (n_draws, n_outcomes)."""
    from joblib import Parallel, delayed  # type: ignore[import-untyped]  # noqa: PLC0415  # only to calibrate

    mark = {"inputs": inputs(model) | {"code": code(model, "trust/matching.py")}, "draws": matching.draws}
    place = checkpoint / hashlib.sha256(json.dumps(mark, sort_keys=True).encode()).hexdigest()[:12]
    asked = registry.reference(model)

    def every(rows: Floats) -> Floats:
        work = (delayed(_tried)(asked, names, row) for row in rows)
        return np.array(Parallel(n_jobs=threads)(work))

    store = Store(place, every, say)
    store.expect(matching.draws)
    made = store.runs("draws", values)
    return made[:, 0], made[:, 1:]


def _plausible(model: Model, matching: Matching, found: Floats, outcomes: Floats) -> NDArray[np.bool_]:
    """Tell which draws are nowhere too far from what was published, with what is found within its range."""
    published = matching.published()
    off = np.abs(np.log(outcomes / _row(published)))
    by_itself = _row(
        {name: np.full(each.size, matching.discrepancy[name]) for name, each in published.items()}
    )
    room = _reference(model, matching)
    return np.asarray(((off / by_itself).max(axis=1) < CUT) & (room.low <= found) & (found <= room.high))


def _tried(asked: str, names: tuple[str, ...], row: Floats) -> Floats:
    """Return, of one draw, the value of what is found, and the outcomes."""
    model = registry.named(asked)
    assert model.matching is not None  # it is how it is fitted
    matching = model.matching()
    values = dict(zip(names, row.tolist(), strict=True))
    rest = {name: value for name, value in values.items() if name != matching.finds + LATER}

    def book(value: float) -> ParameterBook:
        return drawn(model, model.parameters(), {**rest, matching.finds: value})

    found = matching.found(book, _reference(model, matching).value)
    whole = drawn(model, model.parameters(), _with_found(model, matching, values, found))
    return np.concatenate([[found], _row(matching.retold(whole))])


def _with_found(
    model: Model, matching: Matching, values: Mapping[str, float], found: float
) -> dict[str, float]:
    """Return a draw with what is found; what it became after the fitted years moves along."""
    later = matching.finds + LATER
    moved = {later: values[later] * found / _reference(model, matching).value} if later in values else {}
    return {**values, matching.finds: found, **moved}


def _reference(model: Model, matching: Matching) -> Span:
    """Return what the found parameter may be: the span whose value moves the whole dated series."""
    return next(each for each in spans(model, model.parameters()) if each.name == matching.finds)


def _free(model: Model, matching: Matching) -> tuple[Span, ...]:
    """Return what is drawn: every uncertain parameter but what is found; what that becomes as if it were as written."""
    low, high = matching.later
    return tuple(
        replace(each, low=each.value * low, high=each.value * high)
        if each.name == matching.finds + LATER
        else each
        for each in uncertain(model, model.parameters())
        if each.name != matching.finds
    )


def _row(outcomes: Mapping[str, Floats]) -> Floats:
    return np.asarray(np.concatenate(list(outcomes.values())))


def _record(model: Model, matching: Matching, outcomes: Floats, level: float = 0.9) -> dict[str, Any]:
    published = matching.published()
    ends = np.cumsum([figures.size for figures in published.values()])[:-1]
    made = dict(zip(published, np.split(outcomes, ends, axis=1), strict=True))
    middle = {name: np.median(each, axis=0) for name, each in made.items()}
    tails = {
        name: np.quantile(each, ((1 - level) / 2, (1 + level) / 2), axis=0) for name, each in made.items()
    }
    return {
        "versions": versions(),
        "inputs": inputs(model),
        "settings": {"draws": matching.draws, "implausibility": CUT, **matching.settings},
        "discrepancy": dict(matching.discrepancy),
        "draws": len(outcomes),
        "checked_with_the_simulator": matching.draws,
        "mean_absolute_error": {
            name: round(float(np.abs(middle[name] / figures - 1).mean()), 4)
            for name, figures in published.items()
        },
        "held_by_the_90_percent_interval": {
            name: round(float(((tails[name][0] <= figures) & (figures <= tails[name][1])).mean()), 3)
            for name, figures in published.items()
        },
    }


def write(found: Matched, folder: Path) -> None:
    """Write `ensemble.parquet` and `record.json`."""
    write_draws(dict(zip(found.names, found.values.T, strict=True)), found.record, folder)


def table(model: Model, found: Matched) -> str:
    """Return what was found as plain text."""
    record, (first, after) = found.record, model.fitted()
    return "\n".join(
        [
            f"{record['draws']} of {record['checked_with_the_simulator']} parameter sets agree with what was published from "
            f"{first} until before {after}.",
            "",
            f"{'series':20} {'discrepancy':>12} {'error of the median':>20} {'90 % interval holds':>18}",
            *(
                f"{name:20} {record['discrepancy'][name]:12.0%} {record['mean_absolute_error'][name]:20.1%} {held:18.0%}"
                for name, held in record["held_by_the_90_percent_interval"].items()
            ),
        ]
    )
