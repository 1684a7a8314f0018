"""The goals that were set before, and whether a back-test meets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from lawqueue.models.cube import Results
from lawqueue.models.us_immigration.known import FIT
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.models.us_immigration.seed_event import seven_weeks
from lawqueue.trust.rows import CLOSE, CLOSE_WITH_FLOWS, FLOWS_WITHIN, HOLD, NEARER
from lawqueue.trust.scores import ALL, HORIZONS, Share
from lawqueue.trust.scoring import Horizon, Line, Score


@dataclass(frozen=True)
class Goal:
    """A goal set beforehand, and whether it was met."""

    goal: str
    met: bool
    figure: str


def goals(
    lines: Sequence[Line], held: Mapping[float, Share], results: Results, start: date
) -> tuple[Goal, ...]:
    """
    Judge a back-test from one origin.

    Parameters
    ----------
    lines
        Its rows.
    held
        Level to the share of the outcomes that intervals held, the mean over the rows.
    """
    by_title = {each.title: each for each in lines if each.scores}
    found = [
        _close(by_title[title].horizons[ALL], title, most)
        for title, most in CLOSE.items()
        if title in by_title
    ]
    found.append(_nearer_goal(lines, start))
    share = held[0.8]
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
    return tuple(found)


def _close(at: Horizon, title: str, most: float) -> Goal:
    with_flows = title in CLOSE_WITH_FLOWS
    flows = [f"{name} {error:.1%}" for name, error in at.flows.items() if with_flows]
    return Goal(
        f"{title}: mean absolute error at most {most:.0%}"
        + (f", with each of its flows within {FLOWS_WITHIN:.0%}" if with_flows else ""),
        at.error <= most and not (with_flows and at.wrong_flows),
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
    after = [each for each in points if date(2021, 2, 1) <= each[0] < date(2021, 10, 1)]
    error = float(np.mean([abs(each[2] / each[1] - 1.0) for each in after]))
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
