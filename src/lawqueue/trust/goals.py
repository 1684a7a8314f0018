"""The goals that were set before, and whether a back-test meets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from lawqueue.models.cube import Results
from lawqueue.models.model import Model, Promise, Scored
from lawqueue.trust.scores import ALL, HORIZONS, Share
from lawqueue.trust.scoring import FLOWS_WITHIN, Horizon, Line


def goals(
    model: Model, lines: Sequence[Line], held: Mapping[float, Share], results: Results, start: date
) -> tuple[Promise, ...]:
    """
    Judge a back-test from one origin.

    Parameters
    ----------
    model
        Whose goals they are.
    lines
        Its rows.
    held
        Level to the share of the outcomes that intervals held, the mean over the rows.
    """
    asked = model.scoring()
    by_title = {each.title: each for each in lines if each.scores}
    found = [
        _close(asked, by_title[title].horizons[ALL], title, most)
        for title, most in asked.close.items()
        if title in by_title
    ]
    found.append(_nearer_goal(asked, lines, start))
    share = held[0.8]
    found.append(
        Promise(
            f"80 % intervals hold {asked.hold[0]:.0%} to {asked.hold[1]:.0%} of the outcomes, the mean over the rows",
            asked.hold[0] <= share.value <= asked.hold[1],
            str(share),
        )
    )
    if start == asked.origins[0]:
        points = {score.observed: score.points for each in by_title.values() for score in each.scores}
        found.extend(asked.promises(points, results, model.observed()))
    return tuple(found)


def _close(asked: Scored, at: Horizon, title: str, most: float) -> Promise:
    with_flows = title in asked.close_with_flows
    flows = [f"{name} {error:.1%}" for name, error in at.flows.items() if with_flows]
    return Promise(
        f"{title}: mean absolute error at most {most:.0%}"
        + (f", with each of its flows within {FLOWS_WITHIN:.0%}" if with_flows else ""),
        at.error <= most and not (with_flows and at.wrong_flows),
        "; ".join((f"{at.error:.1%}", *flows)),
    )


def _nearer_goal(asked: Scored, lines: Sequence[Line], start: date) -> Promise:
    """Judge over all years, and tell each; the share of rows counts, for not every row can be scored from every origin."""
    wanted, of = asked.nearer[start]
    counts = {}
    for name in HORIZONS:
        known = [each for each in lines if name in each.horizons]
        if known:
            counts[name] = [each for each in known if each.horizons[name].wins], len(known)
    won, scored = counts[ALL]
    unread = sum(each.recalled[ALL] for each in won)
    return Promise(
        f"Nearer than the best naive forecast on at least {wanted} of {of} rows, no stock by wrong flows",
        of * len(won) >= wanted * scored,
        f"{len(won)} of {scored} that can be scored"
        + (f", {unread} of them on an outcome that is recalled, not read" if unread else "")
        + "".join(f"; {name} {len(of_them)} of {n}" for name, (of_them, n) in counts.items() if name != ALL)
        + f"; {len(lines) - scored} cannot",
    )
