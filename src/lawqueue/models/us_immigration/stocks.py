"""
Who is in the system on the first day.

A stock that nobody published for that day is what flows in, times how long it stays (Little's law).
"""

from __future__ import annotations

import numpy as np

from lawqueue.engine.spec import Stock
from lawqueue.models.once import once
from lawqueue.models.us_immigration.custody import stays
from lawqueue.models.us_immigration.interior import mix
from lawqueue.models.us_immigration.profiles import FAMILIES, RECORDS
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import Floats, Mask

_DAYS = 365.25
"""Days in a year."""
_BOOKED = {"interior": "ice", "border_expedited": "cbp"}
"""Whose arrest it was, for the two kinds of stay of those in custody on the first day."""


@once
def stocks(world: World) -> tuple[Stock, ...]:
    """Return the cases that are in the system on the first day."""
    return (*_outside(world), *_in_custody(world), *_in_prison(world))


def _spread(weights: Mask | Floats, total: float) -> Floats:
    return np.asarray(weights / weights.sum() * total)


def _last_year(world: World, series: str) -> float:
    """Return a published figure of the fiscal year before the first day."""
    fiscal = world.start.year + (world.start.month >= 10)
    return world.observed.annual(series)[fiscal - 1].value


def _outside(world: World) -> tuple[Stock, ...]:
    """Return cases outside custody: pending, closed, ordered removed, supervised, not yet filed."""
    border = world.profiles.where(entry="border", track="notice", prior_removal="none", family=FAMILIES[:2])
    pending, age = _last_year(world, "court_pending_active"), world.at_start("court.initial.pending_age")
    waiting = world.at_start("court.initial.calendar_share")
    return (
        Stock("calendar", _spread(border, pending * waiting)),
        Stock("docket", _spread(border, pending * (1 - waiting)), (0.0, 2 * age)),
        Stock("inactive", _spread(border, world.at_start("court.initial.inactive_cases"))),
        Stock("final_orders", _spread(border, world.at_start("removal.initial_final_orders"))),
        Stock("atd", _spread(border, world.at_start("atd.initial"))),
        Stock("nta_filing", _spread(border, _not_filed(world))),
    )


def _not_filed(world: World) -> float:
    """Return notices from the border that wait to be filed: those of the year before, times the time to file one."""
    detained = world.observed.figures("court_share_detained")[0].value
    filed = _last_year(world, "court_initial_receipts") / _DAYS * (1 - detained)
    # Claims that are referred to a court, and notices of ICE, are filed on the day.
    from_border = max(filed - float(world.daily("court.other_receipts")[0]), 0.0)
    return from_border * float(world.daily("border.nta_filing_delay")[0])


def _in_custody(world: World) -> tuple[Stock, ...]:
    """Return those in civil custody; of them the short stays are a smaller part than of those who come."""
    people = world.profiles
    # Who is held of those arrested in the interior came out of jails, with a charge or a conviction.
    known = people.where(entry="interior", track="open", record=RECORDS[1:])
    charged = np.asarray(mix(world, "record_jail", "jail_or_prison").at(0)) * known
    expedited = people.where(
        entry="border", track=("expedited", "fear"), family="single_adult", prior_removal="none"
    )
    population, held = _last_year(world, "average_daily_population"), stays(world)
    booked = {kind: float(world.published.held(f"{by}_arrest_book_ins")[0]) for kind, by in _BOOKED.items()}
    present = {kind: each * held.mean[kind][0] for kind, each in booked.items()}
    inside = present["interior"] / sum(present.values())
    parts = (("interior", charged, inside), ("border_expedited", expedited, 1 - inside))
    brief = {kind: float(held.short(kind)[0] / held.mean[kind][0]) for kind, _, _ in parts}
    return (
        Stock(
            "detention", np.sum([_spread(m, population * part * brief[k]) for k, m, part in parts], axis=0)
        ),
        Stock(
            "long_custody",
            np.sum([_spread(m, population * part * (1 - brief[k])) for k, m, part in parts], axis=0),
        ),
    )


def _in_prison(world: World) -> tuple[Stock, ...]:
    """Return those held before or after sentence for re-entry: sentences of the year before, times the time held."""
    sentenced = world.profiles.where(entry="border", track="prosecuted")
    a_day = _last_year(world, "reentry_sentenced") / _DAYS
    share = {name: float(world.daily(f"prosecution.share.{name}")[0]) for name in ("b1", "b2")}
    held = {"marshals": a_day * float(world.daily("prosecution.days_to_sentence")[0])} | {
        f"prison.{name}": a_day * part * float(world.daily(f"prosecution.sentence.{name}")[0])
        for name, part in {"a": 1 - sum(share.values()), **share}.items()
    }
    return tuple(Stock(node, _spread(sentenced, total)) for node, total in held.items())
