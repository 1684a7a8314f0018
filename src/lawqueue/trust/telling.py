"""A back-test told: as JSON, as plain text, and in sentences where a naive forecast was nearer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from lawqueue import numbers
from lawqueue.exports import plain
from lawqueue.months import named
from lawqueue.study.sentences import listed
from lawqueue.trust.backtest import Backtest, Origin
from lawqueue.trust.discrepancy import PREDICTIVE
from lawqueue.trust.naive import IN_WORDS
from lawqueue.trust.scores import ALL, HORIZONS, HOW_SURE, LEVELS, Share
from lawqueue.trust.scoring import FLOWS_WITHIN, Coverage, Horizon, Line, Score

BY = (
    "Rows by month and rows by year are not comparable: errors of months cancel in a year. A row by year rests on two figures "
    "at most, and so does its coverage."
)


def as_json(found: Backtest) -> dict[str, Any]:
    """Return a back-test for JSON: dates as text, what is not a number as null."""
    made: dict[str, Any] = plain(asdict(found))
    made["origins"] = [_origin_as_json(each) for each in found.origins]
    made["fitted"] = _shares(found.fitted)
    return made | {"conditional": found.conditional, "intervals": PREDICTIVE, "by": BY}


def _shares(held: Mapping[float, Share]) -> dict[str, Any]:
    return dict(plain({level: asdict(each) for level, each in held.items()}))


def _origin_as_json(found: Origin) -> dict[str, Any]:
    made: dict[str, Any] = plain(asdict(found))
    for shown, line in zip(made["lines"], found.lines, strict=True):
        for each, score in zip(shown["scores"], line.scores, strict=True):
            each["horizons"] = _judged(score.horizons)
            each["unsure"] = unsure(score)
        shown["horizons"] = _judged(line.horizons)
    return made | {"held": _shares(found.held), "losses": losses(found.lines)}


def _judged(horizons: dict[str, Horizon]) -> dict[str, Any]:
    judged = {
        name: asdict(each)
        | {
            "best_naive": list(each.best_naive),
            "is_nearer": each.is_nearer,
            "wrong_flows": each.wrong_flows,
            "wins": each.wins,
        }
        for name, each in horizons.items()
    }
    return dict(plain(judged))


def table(found: Backtest) -> str:
    """Return a back-test as plain text."""
    lines = [
        f"Back-test with {found.draws} draws of the ensemble {found.digest[:12]}.",
        found.conditional,
        PREDICTIVE,
        BY,
    ]
    if found.stale:
        lines.append(
            "The model has changed since the ensemble was made: run lawqueue calibrate before you quote this."
        )
    lines.append(
        "Beside each score stands that of the naive forecast which is best by it; the walk is the standard deviation that the "
        "discrepancy of a series gains in a year, on the log scale."
    )
    if found.fitted:
        lines.append(
            f"In the fitted years themselves, without a walk, the 80 % intervals hold {found.fitted[0.8]} of the outcomes. Where they "
            "hold more of later ones, the ranges of what was judged for these years are wider than the errors of people who knew their "
            "outcomes. Scores from three origins share most of their outcomes."
        )
    return "\n\n".join(["\n".join(lines), *map(_origin_table, found.origins)])


def _origin_table(found: Origin) -> str:
    return "\n".join(
        [
            f"From {found.start} to {found.end - timedelta(days=1)}",
            "",
            "Goals, set before:",
            *(
                f"  {'met   ' if each.met else 'missed'}  {each.goal}: {each.figure}."
                for each in sorted(found.goals, key=lambda each: each.met)
            ),
            "",
            "Where it loses:",
            *(f"  {each}" for each in losses(found.lines)),
            "",
            *_scores(found.lines),
            "",
            "Errors over all periods in per cent of the outcome, as the Congressional Budget Office reports them:",
            *_errors(found.lines),
            "",
            f"Outcomes that the intervals held, {HOW_SURE}:",
            *_coverage(found.coverage),
        ]
    )


def _scores(lines: Sequence[Line]) -> list[str]:
    columns = "".join(f"{each:>20}" for each in HORIZONS)
    told = [
        f"{'':30} mean absolute error (best naive forecast):",
        f"{'series':24} {'by':5}{columns}   {'best naive':20}   CRPS (naive)      50 %  80 %  95 %   walk",
    ]
    for line in lines:
        told.append(line.title)
        if not line.scores:
            told.append(f"  not scored: {line.why_not}.")
        for each in line.scores:
            covered = "  ".join(f"{each.covered[level]:4.0%}" for level in LEVELS)
            both = "".join(f"{_beside(each.horizons.get(name)):>20}" for name in HORIZONS)
            told.append(
                f"  {each.series:22} {each.by:5}{both}   {each.horizons[ALL].best_naive[0]:20} "
                f"{each.crps:6.1%} ({min(each.naive_crps.values()):6.1%})   {covered}  {each.walk:5.3f}"
            )
            if each.recalled:
                told.append(f"    {unsure(each)}")
    return told


def _errors(lines: Sequence[Line]) -> list[str]:
    told = [f"  {'series':38} {'average':>8} {'absolute':>9} {'RMSE':>8} {'two-thirds spread':>18}"]
    for each in (score for line in lines for score in line.scores):
        of = each.model
        told.append(
            f"  {each.series:38} {of.average:+8.1%} {of.absolute:9.1%} {of.rmse:8.1%} {_share(of.two_thirds):>18}"
        )
    return told


def _coverage(found: Sequence[Coverage]) -> list[str]:
    columns = "".join(f"{level:>18.0%}" for level in LEVELS)
    told = [f"  {'row':34} {'horizon':12} {'outcomes':>8} {'worth':>6}{columns}"]
    for each in found:
        held = "".join(f"{each.held[level]!s:>18}" for level in LEVELS)
        told.append(f"  {each.title:34} {each.horizon:12} {each.outcomes:8} {each.independent:6.1f}{held}")
    return told


def unsure(score: Score) -> str:
    """Return which outcomes of a series are recalled; empty if none is."""
    if not score.recalled:
        return ""
    months = listed(map(named, score.recalled))
    what = f"outcomes from {months} on are" if len(score.recalled) > 1 else f"outcome from {months} on is"
    return f"The {what} recalled, not read in a source."


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
        flows = " and ".join(f"{name} {_off(error)}" for name, error in at.wrong_flows.items())
        return (
            f"{what}: {at.error:.1%} off, but not by the right flows: {flows}, where {FLOWS_WITHIN:.0%} is allowed; "
            "it does not count as won."
        )
    kind, off = at.best_naive
    return f"{what}: {IN_WORDS[kind]} would have been nearer, {off:.1%} off against {at.error:.1%}."


def _off(error: float) -> str:
    return f"{error:.1%} off" if math.isfinite(error) else "without an outcome"


def _beside(at: Horizon | None) -> str:
    return f"{at.error:.1%} ({at.best_naive[1]:.1%})" if at else numbers.EMPTY


def _share(value: float) -> str:
    return f"{value:7.1%}" if math.isfinite(value) else f"{numbers.EMPTY:>7}"
