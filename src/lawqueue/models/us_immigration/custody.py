"""Custody, fear screening, the courts, appeals, removal, and what comes after."""

from __future__ import annotations

import numpy as np

from lawqueue.engine.spec import (
    Dated,
    Delay,
    Edge,
    Geometric,
    Hold,
    Node,
    Pool,
    Quantiles,
    Router,
    Sink,
    Source,
    Station,
    StayChoice,
    Stock,
    route,
)
from lawqueue.models.us_immigration import places
from lawqueue.models.us_immigration.profiles import FAMILIES, MET_AGAIN
from lawqueue.models.us_immigration.world import Floats, Mask, World, rest_of

STAY_SHAPE = (0.02, 0.08, 0.16, 0.27, 0.41, 0.58, 0.80, 1.10, 1.60, 2.65, 6.0)
"""Quantiles of a stay at 0, 10 … 100 %, over its mean: most leave within weeks, a few stay for months."""


HALF = 0.5


def stay_curve(mean: float) -> Quantiles:
    """Return a stay [day] of the shape above with the given mean."""
    points = np.array(STAY_SHAPE)
    shape_mean = float(((points[:-1] + points[1:]) / 2).mean())
    # Rounding up to whole days adds half a day on average.
    return Quantiles(tuple(float(each) for each in points * max(mean - 0.5, 0.5) / shape_mean))


def _stays(world: World) -> StayChoice:
    """Return stays in custody by kind of case; a mean that changes by date adds an option."""
    people = world.profiles
    kinds = {
        "border_fear": people.where(track="fear"),
        "border_expedited": people.where(track=("expedited", "prosecuted")),
        "border_family": people.where(family=("family_unit", "unaccompanied_child"), track="notice"),
        "border_notice": people.where(family="single_adult", track="notice"),
        "interior": people.where(entry="interior", track="open"),
    }
    options: list[Quantiles] = []
    parts = []
    for name, mask in kinds.items():
        means = np.round(world.daily(f"detention.stay.{name}"), 2)
        levels = sorted({float(each) for each in means})
        parts.append((mask, len(options) + np.searchsorted(levels, means).astype(float)))
        options += [stay_curve(each) for each in levels]
    return StayChoice(tuple(options), world.by_profile(*parts))


def places_of_custody(world: World) -> Floats:
    """Return places by day, shape (days,) [place]."""
    return world.daily("detention.places") * places.places_factor(world)


def nodes(world: World) -> tuple[list[Node], Pool]:
    """Return the nodes of custody and the courts, upstream first, and the pool of judges."""
    people = world.profiles
    interior = people.where(entry="interior", track="open")
    prior = people.where(prior_removal="one")
    family = people.where(family="family_unit")
    # Whom the law lets be removed without a hearing before a judge.
    ordered = world.either(
        *((interior & mask, in_force) for mask, in_force in world.taken("removal_track", "reinstatement")),
        *(
            (interior & mask, in_force)
            for mask, in_force in world.taken("removal_track", "expedited_removal")
        ),
        *((interior & mask & ~prior, in_force) for mask, in_force in world.taken("custody", "after_order")),
        (people.where(track=("expedited", "prosecuted")), 1.0),
    )
    by_order = np.asarray(ordered.values[0]) > HALF
    fearful = people.where(track="fear")
    in_proceedings = world.times(rest_of(ordered), (~fearful, 1.0))
    # Of those, whom the law lets be released on bond.
    bondable = rest_of(
        world.either(
            (~interior, 0.0),
            *(
                (interior & mask, in_force)
                for mask, in_force in world.taken("custody", "pending_decision", lambda tier: tier.mandatory)
            ),
        )
    )
    near = people.where(nationality=("mexico", "northern_central_america"))
    stuck_near, stuck_far = (
        world.daily("removal.recalcitrant_share.near"),
        world.daily("removal.recalcitrant_share.other"),
    )
    freed_interior = world.daily("detention.release_share.interior")
    freed_border = world.daily("detention.release_share.border_notice")
    urgent = interior & (by_order | people.where(record=("felony", "aggravated_felony"))) | people.where(
        track="prosecuted"
    )
    rank = np.where(urgent, 0.0, np.where(interior | by_order | fearful, 1.0, 2.0))
    positive, freed_fear = world.daily("fear.positive_share"), world.daily("detention.positive_fear_released")
    filed, enrolled = world.daily("border.nta_filed_share"), world.daily("atd.enrolment_share")
    border = people.where(entry=("border", "port"))
    appeal = world.daily("court.appeal_share")
    absent, present, relief, closed = (
        world.daily(f"court.outcome.{name}") for name in ("absent_order", "present_order", "relief", "closed")
    )
    detained_order = world.daily("court.outcome.detained_order")
    again = people.relabel(np.ones(people.n, bool), entry="border", **MET_AGAIN, track="open")
    retry = world.daily("border.retry.removal")
    deterred = np.maximum(0.0, retry - world.daily("deterrence.criminal"))
    sentenced = people.where(track="prosecuted")

    found: list[Node] = [
        Hold(
            "detention",
            route("custody_outcome"),
            _stays(world),
            places=places_of_custody(world),
            priority=rank,
            overflow="preempt",
            overflow_to=route(Edge("release", label="no_bed")),
        ),
        Router(
            "custody_outcome",
            route(
                Edge(
                    "removal_casework",
                    world.times(ordered, (near, 1 - stuck_near), (~near, 1 - stuck_far)),
                ),
                Edge(
                    "final_orders",
                    world.times(ordered, (near, stuck_near), (~near, stuck_far)),
                    label="not_removable",
                ),
                Edge("fear_screening", world.by_profile((fearful, 1.0))),
                Edge(
                    "release",
                    world.product(
                        in_proceedings,
                        bondable,
                        world.by_profile(
                            (interior & ~family, freed_interior),
                            (~interior & ~family, freed_border),
                            (family, 1.0),
                        ),
                    ),
                    label="bond_or_recognizance",
                ),
                "detained_docket",
            ),
        ),
        Station(
            "fear_screening",
            route(
                Edge("release", Dated.from_series(positive * freed_fear), label="positive_released"),
                Edge(
                    "detained_docket",
                    Dated.from_series(positive * (1 - freed_fear)),
                    label="positive_detained",
                ),
                Edge("removal_casework", label="negative"),
            ),
            units_per_tick=world.daily("fear.cases_per_day"),
            within="detention",
        ),
        Router(
            "release",
            route(
                Edge("docket", world.by_profile((~border, 1 - enrolled)), label="interior_released"),
                Edge(
                    "docket",
                    world.by_profile((~border, enrolled)),
                    label="interior_released_atd",
                    copy_to="atd",
                ),
                Edge("nta_filing", world.by_profile((border, filed * (1 - enrolled)))),
                Edge(
                    "nta_filing",
                    world.by_profile((border, filed * enrolled)),
                    label="nta_filing_atd",
                    copy_to="atd",
                ),
                Edge("uncharged"),
            ),
        ),
        Delay(
            "orr", route(Edge("nta_filing", label="released_to_sponsor")), world.memoryless("border.orr_stay")
        ),
        Hold(
            "atd",
            route("atd_ended"),
            world.memoryless("atd.stay"),
            places=world.daily("atd.places"),
            overflow="divert",
            overflow_to=route("atd_full"),
        ),
        Delay("nta_filing", route("docket"), world.memoryless("border.nta_filing_delay")),
        Delay("uncharged", route("departed"), Geometric(7300.0)),
        Source("other_receipts", world.daily("court.other_receipts"), _affirmative(world), route("docket")),
        Station(
            "detained_docket",
            route(
                Edge("removal_casework", Dated.from_series(detained_order), label="ordered_removed"),
                "relief_or_terminated",
            ),
            units=world.dated("court.minutes.detained"),
            within="detention",
        ),
        Station(
            "mpp_docket",
            route(Edge("ordered_outside", 0.75), "terminated_outside"),
            units=world.dated("court.minutes.mpp"),
        ),
        Station(
            "docket",
            route(
                Edge("final_orders", Dated.from_series(absent), label="absent_order"),
                Edge("appeals", Dated.from_series(present * appeal), label="order_appealed"),
                Edge("final_orders", Dated.from_series(present * (1 - appeal)), label="order_final"),
                Edge("relief", Dated.from_series(relief)),
                Edge("inactive", Dated.from_series(closed), label="administratively_closed"),
                Edge("terminated"),
            ),
            units=world.dated("court.minutes.nondetained"),
        ),
        Delay("appeals", route(Edge("final_orders", 0.85), "relief"), world.memoryless("court.appeal_days")),
        Delay(
            "inactive", route(Edge("docket", label="recalendared")), world.memoryless("court.recalendar_days")
        ),
        Delay("final_orders", route("departed"), world.memoryless("removal.final_order_departure_days")),
        Station(
            "removal_casework",
            route("removal"),
            units=world.dated("ero.hours.removal"),
            priority=np.where(urgent, 0.0, 1.0),
            within="detention",
        ),
        Station(
            "removal",
            route("removed"),
            units_per_tick=world.daily("ero.removal_seats"),
            priority=np.where(urgent, 0.0, 1.0),
            within="detention",
        ),
        Router(
            "removed",
            route(
                Edge(
                    "later",
                    world.by_profile((~sentenced, retry), (sentenced, deterred)),
                    label="tries_again",
                    relabel=again,
                ),
                "removed_stayed_away",
            ),
        ),
        *(
            Sink(name)
            for name in (
                "atd_ended",
                "atd_full",
                "departed",
                "relief_or_terminated",
                "ordered_outside",
                "terminated_outside",
                "relief",
                "terminated",
                "removed_stayed_away",
            )
        ),
    ]
    return found, Pool("judges", judge_minutes(world), ("detained_docket", "mpp_docket", "docket"))


def judge_minutes(world: World) -> Floats:
    """Return hearing minutes by day: judges on the bench, interpolated between fiscal-year ends."""
    judges = judges_on_bench(world) * world.daily("court.judges_factor") + world.daily("court.extra_judges")
    return judges * world.daily("court.minutes_per_judge") * world.daily("court.open_share")


def judges_on_bench(world: World) -> Floats:
    """Return immigration judges on the bench by day, shape (days,) [judge]."""
    figures = world.observed.annual("immigration_judges_on_board")
    ends = [world.day(each.end) for each in figures.values()]
    return np.interp(np.arange(world.days), ends, [each.value for each in figures.values()])


def _affirmative(world: World) -> Floats:
    people = world.profiles
    return people.where(entry="port", nationality="other", family="single_adult").astype(float)


def stocks(world: World) -> tuple[Stock, ...]:
    """Return the cases that are in the system on the first day."""
    people = world.profiles
    interior = people.where(
        entry="interior", venue="jail_or_prison", track="open", threat="none", entry_cohort="before_2014"
    )
    border = people.where(entry="border", track="notice", prior_removal="none", family=FAMILIES[:2])
    expedited = people.where(
        entry="border", track=("expedited", "fear"), family="single_adult", prior_removal="none"
    )
    sentenced = people.where(entry="border", track="prosecuted")

    def spread(mask: Mask, total: float) -> Floats:
        return np.asarray(mask / mask.sum() * total)

    year = world.observed.annual
    fiscal = world.start.year + (world.start.month >= 10)
    pending = year("court_pending_active")[fiscal - 1].value
    population = year("average_daily_population")[fiscal - 1].value
    age = world.value("court.initial.pending_age")
    convicted = interior & people.where(
        record=("pending_charge", "misdemeanor", "significant_misdemeanor", "felony", "aggravated_felony")
    )
    return (
        Stock("docket", spread(border, pending), (0.0, 2 * age)),
        Stock("inactive", spread(border, world.value("court.initial.inactive_cases"))),
        Stock("final_orders", spread(border, world.value("removal.initial_final_orders"))),
        Stock("detention", spread(convicted, 0.55 * population) + spread(expedited, 0.45 * population)),
        Stock("nta_filing", spread(border, 20_000)),
        Stock("prison.a", spread(sentenced, 2_000)),
        Stock("prison.b1", spread(sentenced, 3_000)),
        Stock("prison.b2", spread(sentenced, 6_000)),
        Stock("marshals", spread(sentenced, 4_500)),
    )
