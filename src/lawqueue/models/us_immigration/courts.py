"""
The immigration courts, in the order in which a case meets them: filed, a first hearing, the merits, an appeal.

A notice that is filed gets the date of a first hearing. There some are ordered removed in their absence, or their case
is dismissed or withdrawn; the others join the queue for a decision on the merits. Families on a priority docket, those
under the Migrant Protection Protocols, and those in custody have lanes of their own. One bench hears them all: what has
a date comes first, and the merits get what is left. While the government moves to dismiss cases as a matter of
discretion, they leave that queue unheard, in proportion to those who stand in it.
"""

from __future__ import annotations

import numpy as np

from lawqueue.engine.spec import Delay, Edge, Node, Pool, Renege, Router, Sink, Source, Station, route
from lawqueue.engine.varying import by_tick
from lawqueue.models.once import once
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import Floats, clock

CALENDAR = "filed"
"""Where a notice that is filed joins the court."""

PENDING = (
    "calendar",
    "first_hearing",
    "priority_calendar",
    "priority_docket",
    "mpp_calendar",
    "mpp_docket",
    "docket",
)
"""Where cases outside custody are pending and active."""

BENCH = ("detained_docket", "first_hearing", "mpp_docket", "priority_docket", "docket")
"""Dockets in the order in which judges give them their time: custody, whatever has a date, then the merits."""

_LEAST_OPEN = 1e-3
"""Share of hearing days that is left of a closure, so that a hearing can be divided by it."""


@once
def nodes(world: World) -> tuple[list[Node], Pool]:
    """Return the nodes of the courts, upstream first, and the judges who staff them."""
    return [
        _other_receipts(world),
        _filed(world),
        *_priority(world),
        *_first_hearing(world),
        *_protocols(world),
        _detained(world),
        _merits(world),
        *_appeals(world),
        _closed(world),
        *(Sink(name) for name in ("relief_or_terminated", "relief", "terminated")),
    ], Pool("judges", judge_minutes(world), BENCH)


# --- the way of a case


def _other_receipts(world: World) -> Source:
    """Return notices that come neither from the border nor from an arrest, most of them after a claim to asylum."""
    return Source(
        "other_receipts",
        world.daily("court.other_receipts"),
        world.profiles.where(entry="port", track="notice", nationality="other", family="single_adult").astype(
            float
        ),
        route(CALENDAR),
    )


def _filed(world: World) -> Router:
    """Return the choice of docket: a share of families is put on a priority docket while there is one."""
    families = world.profiles.where(family="family_unit")
    share = world.daily("court.priority_share")
    return Router(CALENDAR, route(Edge("priority_calendar", world.by_profile((families, share))), "calendar"))


def _priority(world: World) -> list[Node]:
    """Return the lane of families on a priority docket; when the docket ends, they go back to the ordinary calendar."""
    kept = (world.daily("court.priority_share") > 0).astype(float)
    due = dates_held(world) / world.daily("court.priority_days")
    absent, order, relief = (world.daily(f"court.priority.{name}") for name in ("absent", "order", "relief"))
    return [
        Delay(
            "priority_calendar",
            route(Edge("priority_docket", by_tick(kept)), Edge("calendar", label="back_to_ordinary")),
            clock(np.where(kept > 0, due, 1.0)),
        ),
        Station(
            "priority_docket",
            route(
                Edge("final_orders", by_tick(absent), label="absent_order"),
                Edge("final_orders", by_tick((1 - absent) * order), label="order_final"),
                Edge("relief", by_tick((1 - absent) * relief)),
                Edge("terminated"),
            ),
            units=by_tick(priority_minutes(world)),
        ),
    ]


def _first_hearing(world: World) -> list[Node]:
    """Return the wait for the date of a first hearing outside custody, which closures put off, and its quick ends."""
    return [
        Delay(
            "calendar",
            route("first_hearing"),
            clock(dates_held(world) / world.daily("court.calendar_days")),
        ),
        Station(
            "first_hearing",
            route(
                Edge("final_orders", world.dated("court.first.absent_share"), label="absent_order"),
                Edge("terminated", world.dated("court.first.ended_share")),
                "docket",
            ),
            units=world.dated("court.minutes.first"),
        ),
    ]


def _protocols(world: World) -> list[Node]:
    """Return the lane of those who wait in Mexico."""
    due = world.daily("court.open_share.mpp") / world.daily("court.mpp_days")
    return [
        Delay("mpp_calendar", route("mpp_docket"), clock(due)),
        Station(
            "mpp_docket",
            route(Edge("ordered_outside", world.dated("court.outcome.mpp_order")), "terminated_outside"),
            units=world.dated("court.minutes.mpp"),
        ),
        Sink("ordered_outside"),
        Sink("terminated_outside"),
    ]


def _detained(world: World) -> Station:
    """Return the docket of those in custody, which no general closure has reached."""
    return Station(
        "detained_docket",
        route(
            Edge("executable", world.dated("court.outcome.detained_order"), label="ordered_removed"),
            "relief_or_terminated",
        ),
        units=world.dated("court.minutes.detained"),
        within="detention",
    )


def _merits(world: World) -> Station:
    """Return the queue for a decision on the merits, which discretion shortens while it is used."""
    present, relief, closed = outcomes(world)
    appeal = world.daily("court.appeal_share")
    return Station(
        "docket",
        route(
            Edge("appeals", by_tick(present * appeal), label="order_appealed"),
            Edge("final_orders", by_tick(present * (1 - appeal)), label="order_final"),
            Edge("relief", by_tick(relief)),
            Edge("inactive", by_tick(closed), label="administratively_closed"),
            Edge("terminated"),
        ),
        units=by_tick(docket_minutes(world)),
        renege=Renege(
            clock(world.daily("court.discretion_rate") / 365),
            route(Edge("terminated", label="dismissed_on_motion")),
        ),
    )


def _appeals(world: World) -> list[Node]:
    """Return appeals, most of which are dismissed."""
    dismissed = world.dated("court.appeal_dismissed_share")
    return [
        Delay(
            "appeals", route(Edge("final_orders", dismissed), "relief"), world.memoryless("court.appeal_days")
        )
    ]


def _closed(world: World) -> Delay:
    """Return cases closed administratively, which may come back."""
    return Delay(
        "inactive", route(Edge("docket", label="recalendared")), world.memoryless("court.recalendar_days")
    )


# --- what a hearing takes, and when it is held


def dates_held(world: World) -> Floats:
    """
    Return the share of first hearings outside custody that are held, by day, (days,) [/1].

    A closure postpones hearings at once. Rooms that open again hear only those who have been given notice.
    """
    rooms = world.daily("court.open_share.first")
    return np.minimum(rooms, _before(rooms, world.daily("court.notice_days")))


def outcomes(world: World) -> tuple[Floats, Floats, Floats]:
    """
    Return the shares of decisions late on the docket by kind; the rest are terminated or dismissed.

    Returns
    -------
    tuple
        Ordered removed, granted relief, administratively closed: (days,) each [/1].
    """
    present, relief, closed = (
        world.daily(f"court.outcome.{name}") for name in ("present_order", "relief", "closed")
    )
    return present, relief, closed


def priority_minutes(world: World) -> Floats:
    """Return judge minutes of a case on the priority docket by day [minute/case]; see `docket_minutes` on closures."""
    return world.daily("court.minutes.priority") / _open(world)


def docket_minutes(world: World) -> Floats:
    """
    Return judge minutes of a case on the merits queue by day: the mix of its ends [minute/case].

    While courts are closed to those outside custody, an hour of a judge yields only the open share of an hour of
    hearing: so a hearing takes the more of a judge's time, and what the detained docket leaves cannot be used in full.
    """
    present, relief, _ = outcomes(world)
    heard = present + relief
    minutes = heard * world.daily("court.minutes.merits") + (1 - heard) * world.daily(
        "court.minutes.dismissal"
    )
    return minutes / _open(world)


def _open(world: World) -> Floats:
    return np.maximum(world.daily("court.open_share.merits"), _LEAST_OPEN)


# --- the bench


def judge_minutes(world: World) -> Floats:
    """Return minutes of judges by day [minute]: a new judge hears fewer cases at first."""
    ramp = world.daily("court.ramp_days")
    hires = world.published.annual("immigration_judge_hires")
    hired = hires / 365.25 * ramp * world.daily("court.judges_factor")
    extra = _extra_judges(world)
    new = hired + np.maximum(0.0, extra - _before(extra, ramp))
    hearing = judges(world) - (1 - world.daily("court.ramp_share")) * np.minimum(new, judges(world))
    return np.asarray(hearing * world.daily("court.minutes_per_judge"))


def judges(world: World) -> Floats:
    """Return immigration judges on the bench by day, with those of the scenario, shape (days,) [judge]."""
    return judges_on_bench(world) * world.daily("court.judges_factor") + _extra_judges(world)


def judges_on_bench(world: World) -> Floats:
    """Return immigration judges on the bench in history by day, straight between published dates, (days,) [judge]."""
    figures = world.observed.figures("immigration_judges_on_board")
    # A figure read in a source stands before one that is remembered for the same time of year.
    by_day = {each.end: each.value for each in sorted(figures, key=lambda each: each.basis == "stated")}
    ends = sorted(by_day)
    return np.interp(
        np.arange(world.days), [world.day(each) for each in ends], [by_day[each] for each in ends]
    )


def _extra_judges(world: World) -> Floats:
    """Return the scenario's extra judges who have been hired by now; posts that end, end at once."""
    posts = world.daily("court.extra_judges")
    # Posts opened on the first day have to be filled too: none were filled before it.
    hiring = np.concatenate([world.daily_in_history("court.extra_judges")[:1], posts])
    lag = np.concatenate([[0.0], world.daily("court.hiring_days")])
    return np.asarray(np.minimum(posts, _before(hiring, lag)[1:]))


def _before(series: Floats, lag: Floats) -> Floats:
    """Return a series as it was `lag` days before, by day; before the first day it was as on that day."""
    days = np.arange(series.size)
    return np.asarray(series[np.maximum(0, days - np.round(lag).astype(np.int64))])
