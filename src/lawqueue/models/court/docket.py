"""
The caseload network of a court: what ends early, and a docket in front of its judges.

```
filings ─┬─ early_end ──────────────→ disposed
         └─ docket (custody first) ──→ disposed
```

What judges can hear in a period is what they heard in it: the table's dispositions less those that ended early. So the
model retells the table, and answers what a change of filings, judges or early ends would do to it.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from lawqueue.engine.spec import Delay, Edge, Network, Node, Renege, Sink, Source, Station, Stock, route
from lawqueue.engine.varying import Floats, by_tick
from lawqueue.models.court import estimate
from lawqueue.models.court.table import Table
from lawqueue.models.world import World, clock

YEAR = 365.25
"""Days in a year."""
BINS = (0, 28, 91, 182, 366, 731, 1461)
"""Least age of each bin of waits and ages [day]: months, half a year, and more than one, two and four years."""
GROUPS = ("in custody", "others")
"""The two lanes of a court whose table tells cases in custody apart; the first is heard first."""


def network(table: Table, world: World) -> Network:
    """Return the network of a court over the days of a world."""
    lanes = 2 if table.has("custody_filings") else 1
    return Network(
        lanes,
        world.days,
        (*_arrivals(table, world), *_ends(table, world), Sink("disposed"), Sink("left")),
        stocks=stocks(table, world),
        periods=tuple(world.day(each) for each in world.months),
        groups=np.arange(lanes, dtype=np.int32),
        group_names=GROUPS if lanes == 2 else ("all",),
        bins=BINS,
    )


def _arrivals(table: Table, world: World) -> list[Node]:
    """Return cases that are filed, and those that come otherwise."""
    filed, back = filings(table, world), np.maximum(otherwise(table, world), 0.0)
    early = np.clip(world.daily("early.share") + world.daily("early.more"), 0.0, 1.0)
    into = route(Edge("early_end", by_tick(early)), "docket")
    mix = _mix(table)
    found: list[Node] = [Source("filed", filed, mix, into)]
    return [*found, Source("came_otherwise", back, mix, route("docket"))] if back.any() else found


def _ends(table: Table, world: World) -> list[Node]:
    """Return how cases end: early, before a judge, or otherwise."""
    leaving = np.maximum(-otherwise(table, world), 0.0) / np.mean(table.columns["pending"])
    patience = Renege(clock(leaving), route("left")) if leaving.any() else None
    return [
        Delay("early_end", route("disposed"), world.memoryless("early.days")),
        Station(
            "docket",
            route("disposed"),
            units_per_tick=hearings(table, world),
            priority=np.arange(2.0) if table.has("custody_filings") else 0.0,
            renege=patience,
        ),
    ]


def _mix(table: Table) -> Floats:
    """Return the share of each lane among the cases filed over the whole table: it is told by table, not by day."""
    if not table.has("custody_filings"):
        return np.ones(1)
    share = table.columns["custody_filings"].sum() / table.columns["filings"].sum()
    return np.array([share, 1 - share])


def filings(table: Table, world: World) -> Floats:
    """Return cases filed by day: the table's, and then those of the last year, growing, shape (days,) [case/day]."""
    grown = (1 + world.daily("filings.growth")) ** _years_after(table, world)
    return (
        by_day(table, world, table.columns["filings"], by_season=True) * grown * world.daily("filings.factor")
    )


def otherwise(table: Table, world: World) -> Floats:
    """Return what came, less what went, without being filed or disposed of, by day, shape (days,) [case/day]."""
    gaps = np.concatenate([[0.0], table.gaps()]) + table.columns.get(
        "adjustments", np.zeros(len(table.starts))
    )
    return by_day(table, world, gaps)


def judges(table: Table, world: World) -> Floats:
    """Return judges by day; 1, for the whole court, where the table does not count them, shape (days,)."""
    sat = by_day(table, world, estimate.judges(table), is_level=True) * world.daily("judges.factor")
    return np.maximum(sat + world.daily("judges.more"), 0.0) if table.has("judges") else sat


def hearings(table: Table, world: World) -> Floats:
    """Return cases that the judges can hear by day, shape (days,) [case/day]."""
    # As it is on the first day, before any change: what judges heard does not move with what ends early later.
    early = float(world.daily("early.share")[0])
    changed = (1 + world.daily("judges.productivity_change")) ** _years_after(table, world)
    return by_day(table, world, estimate.heard(table, early)) * changed * judges(table, world)


def by_day(
    table: Table, world: World, column: Floats, *, is_level: bool = False, by_season: bool = False
) -> Floats:
    """
    Return a column of the table by day, shape (days,).

    Parameters
    ----------
    is_level
        It is a level, and not a count of the period, which is spread over its days.
    by_season
        After the table the last year comes again, period by period; otherwise its mean is held.
    """
    lengths = np.diff([each.toordinal() for each in (*table.starts, table.end)])
    rate = column if is_level else column / lengths
    day = world.start.toordinal() + np.arange(world.days)
    period = np.searchsorted([each.toordinal() for each in table.starts], day, side="right") - 1
    after = day >= table.end.toordinal()
    last = rate[-table.a_year :]
    if by_season:
        months = np.array([date.fromordinal(int(each)).month for each in day])
        order = np.array([(each.month - 1) // table.months for each in table.starts[-table.a_year :]])
        held = last[np.argsort(order)][(months - 1) // table.months]
    else:
        held = np.full(day.shape, last[-1] if is_level else last.mean())
    return np.where(after, held, rate[np.minimum(period, len(rate) - 1)])


def _years_after(table: Table, world: World) -> Floats:
    """Return how many years after the table each day is, 0 within it, shape (days,)."""
    return np.maximum(np.arange(world.days) - world.day(table.end), 0) / YEAR


def stocks(table: Table, world: World) -> tuple[Stock, ...]:
    """Return the cases that are pending on the first day: some will end early, the rest is at the docket."""
    place = table.before(world.start)
    pending = table.columns["pending"][place]
    filed = filings(table, world)[0] * world.daily("early.share")[0] * world.daily("early.days")[0]
    early = min(float(filed), 0.5 * pending)  # most pending cases wait for a judge, or there is no backlog
    mix = _mix(table)
    in_lanes = mix * (pending - early)
    if table.has("custody_pending"):
        held = table.columns["custody_pending"][place]
        in_lanes = np.array([held, pending - held]) * (pending - early) / pending
    return (Stock("early_end", mix * early), Stock("docket", in_lanes, _ages(table, place)))


def _ages(table: Table, place: int) -> tuple[float, ...]:
    """Return quantiles of the ages of pending cases at the end of a period [day]."""
    after = max(place + 1, table.a_year)
    year = slice(after - table.a_year, after)
    turned = table.columns["pending"][place] / table.columns["dispositions"][year].mean() * table.months
    longest = max(2 * turned * YEAR / 12, 1.0)
    if not table.has("over_a_year"):
        return (0.0, longest)
    old = table.columns["over_a_year"][place] / max(table.columns["pending"][place], 1.0)
    # Straight within the first year and beyond it.
    at = np.linspace(0.0, 1.0, 21)
    return tuple(np.interp(at, (0.0, max(1 - old, 1e-6), 1.0), (0.0, YEAR, max(longest, 2 * YEAR))).tolist())
