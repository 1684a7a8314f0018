"""Custody, fear screening, the courts, appeals, removal, and what comes after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lawqueue.engine.spec import (
    Delay,
    Edge,
    Geometric,
    Hold,
    Node,
    Pool,
    Renege,
    Router,
    Sink,
    Source,
    Station,
    Stay,
    StayChoice,
    Stock,
    route,
)
from lawqueue.engine.varying import by_tick
from lawqueue.models.us_immigration import places
from lawqueue.models.us_immigration.profiles import FAMILIES, MET_AGAIN
from lawqueue.models.us_immigration.world import Floats, Mask, World


def outside_priorities(world: World) -> list[tuple[Mask, Floats]]:
    """Return which interior profiles each guideline in force leaves outside its priorities, and when."""
    interior = world.profiles.where(entry="interior", track="open")
    actions = ("enforceable", "preapproval", "none")
    return [part for action in actions for part in _among(interior, world.acted_on(action))]


def _among(people: Mask, parts: list[tuple[Mask, Floats]]) -> list[tuple[Mask, Floats]]:
    """Return the parts, as far as they are of some people."""
    return [(people & mask, in_force) for mask, in_force in parts]


HALF = 0.5


@dataclass(frozen=True)
class Stays:
    """
    How long custody lasts by kind of case: many short stays, and a share that goes on for long.

    Parameters
    ----------
    mean
        Mean of both together by kind, shape (days,) [day].
    tail_share
        Share that goes on, by kind, shape (days,) [/1].
    tail_ratio
        Mean of what follows over the mean of the short stay, by kind, shape (days,) [/1].
    masks
        Profiles of each kind.
    """

    mean: dict[str, Floats]
    tail_share: dict[str, Floats]
    tail_ratio: dict[str, Floats]
    masks: dict[str, Mask]

    def short(self, kind: str) -> Floats:
        """Return the mean of the short stay, which all have, shape (days,) [day]."""
        return np.maximum(self.mean[kind] / (1 + self.tail_share[kind] * self.tail_ratio[kind]), 1.0)

    def long(self, kind: str) -> Floats:
        """Return the mean of what follows for those who stay on, shape (days,) [day]."""
        return self.short(kind) * self.tail_ratio[kind]


def stays(world: World) -> Stays:
    """Return how long custody lasts by kind of case. Children and their parents are not held for long."""
    people = world.profiles
    masks = {
        "border_fear": people.where(track="fear"),
        "border_expedited": people.where(track=("expedited", "prosecuted")),
        "border_family": people.where(family=("family_unit", "unaccompanied_child"), track="notice"),
        "border_notice": people.where(family="single_adult", track="notice"),
        "interior": people.where(entry="interior", track="open"),
    }
    never = np.zeros(world.days)

    def tail(of: str) -> dict[str, Floats]:
        return {
            kind: never
            if kind == "border_family"
            else world.daily(f"detention.{of}.{kind.split('_', maxsplit=1)[0]}")
            for kind in masks
        }

    mean = {kind: world.daily(f"detention.stay.{kind}") for kind in masks}
    return Stays(mean, tail("tail_share"), tail("tail_ratio"), masks)


def _short_stays(world: World, found: Stays) -> StayChoice:
    """Return the short stay by kind of case; a mean that changes by date adds an option."""
    options: list[Stay] = []
    parts = []
    for kind, mask in found.masks.items():
        levels, which = np.unique(np.round(found.short(kind), 2), return_inverse=True)
        parts.append((mask, len(options) + which.astype(np.float64)))
        options += [Geometric(float(each)) for each in levels]
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
        *_among(interior, world.taken("removal_track", "reinstatement")),
        *_among(interior, world.taken("removal_track", "expedited_removal")),
        *_among(interior & ~prior, world.taken("custody", "after_order")),
        (people.where(track=("expedited", "prosecuted")), 1.0),
    )
    by_order = np.asarray(ordered.at(0)) > HALF
    fearful = people.where(track="fear")
    in_proceedings = (1.0 - ordered) * ~fearful
    # Of those, whom the law lets be released on bond.
    bondable = 1.0 - world.either(
        (~interior, 0.0),
        *_among(interior, world.taken("custody", "pending_decision", lambda tier: tier.mandatory)),
    )
    near = people.where(nationality=("mexico", "northern_central_america"))
    stuck_near, stuck_far = (
        world.daily("removal.recalcitrant_share.near"),
        world.daily("removal.recalcitrant_share.other"),
    )
    reviewed = [
        (mask, in_force * world.daily("guidance.release_share"))
        for mask, in_force in outside_priorities(world)
    ]
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
    absent, present, relief, closed = outcomes(world)
    detained_order = world.daily("court.outcome.detained_order")
    again = people.relabel(np.ones(people.n, bool), entry="border", **MET_AGAIN, track="open")
    retry = world.daily("border.retry.removal")
    deterred = np.maximum(0.0, retry - world.daily("deterrence.criminal"))
    sentenced = people.where(track="prosecuted")

    held = stays(world)
    ending = {
        kind: np.clip(world.daily("detention.review_days") / np.maximum(held.long(kind), 1e-9), 0, 1)
        for kind in held.masks
    }
    ends = world.by_profile(
        *((mask, ending[kind]) for kind, mask in held.masks.items()),
        *((mask, -share * ending["interior"]) for mask, share in reviewed),
    )

    found: list[Node] = [
        Hold(
            "detention",
            route(
                Edge(
                    "long_custody",
                    world.by_profile(*((mask, held.tail_share[kind]) for kind, mask in held.masks.items())),
                ),
                "custody_outcome",
            ),
            _short_stays(world, held),
            places=places_of_custody(world),
            priority=rank,
            overflow="preempt",
            overflow_to=route(Edge("release", label="no_bed")),
        ),
        # Nobody is served here: whoever stays on keeps the place until the next review of custody.
        Station(
            "long_custody",
            route("custody_review"),
            units_per_tick=0.0,
            renege=Renege(world.memoryless("detention.review_days"), route("custody_review")),
            within="detention",
        ),
        Router(
            "custody_review",
            route(
                Edge(
                    "final_orders",
                    ordered * world.by_profile(*reviewed),
                    label="released_under_order",
                ),
                Edge(
                    "release",
                    in_proceedings * bondable * world.by_profile(*reviewed),
                    label="released_on_review",
                ),
                Edge("custody_outcome", ends),
                "long_custody",
            ),
        ),
        Router(
            "custody_outcome",
            route(
                Edge(
                    "final_orders",
                    ordered * world.by_profile(*reviewed),
                    label="released_under_order",
                ),
                Edge(
                    "executable",
                    ordered
                    * world.by_profile(
                        (np.ones(people.n, bool), 1.0), *((mask, -share) for mask, share in reviewed)
                    ),
                    label="under_order",
                ),
                Edge("fear_screening", world.by_profile((fearful, 1.0))),
                Edge(
                    "release",
                    in_proceedings
                    * bondable
                    * world.by_profile(
                        (interior & ~family, freed_interior),
                        *((mask & ~family, share * (1 - freed_interior)) for mask, share in reviewed),
                        (~interior & ~family, freed_border),
                        (family, 1.0),
                    ),
                    label="bond_or_recognizance",
                ),
                "detained_docket",
            ),
        ),
        Router(
            "executable",
            route(
                Edge(
                    "final_orders",
                    world.by_profile((near, stuck_near), (~near, stuck_far)),
                    label="not_removable",
                ),
                "removal_casework",
            ),
        ),
        Station(
            "fear_screening",
            route(
                Edge("release", by_tick(positive * freed_fear), label="positive_released"),
                Edge(
                    "detained_docket",
                    by_tick(positive * (1 - freed_fear)),
                    label="positive_detained",
                ),
                Edge("executable", label="negative"),
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
                Edge("executable", by_tick(detained_order), label="ordered_removed"),
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
                Edge("final_orders", by_tick(absent), label="absent_order"),
                Edge("appeals", by_tick(present * appeal), label="order_appealed"),
                Edge("final_orders", by_tick(present * (1 - appeal)), label="order_final"),
                Edge("relief", by_tick(relief)),
                Edge("inactive", by_tick(closed), label="administratively_closed"),
                Edge("terminated"),
            ),
            units=by_tick(docket_minutes(world)),
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


def outcomes(world: World) -> tuple[Floats, Floats, Floats, Floats]:
    """
    Return the shares of non-detained cases by kind of completion; the rest are terminated or dismissed.

    Returns
    -------
    tuple
        In absentia, ordered removed when present, granted relief, administratively closed: (days,) each [/1].
    """
    absent = world.daily("court.outcome.absent_order")
    present, relief, closed = (
        (1 - absent) * world.daily(f"court.outcome.{name}") for name in ("present_order", "relief", "closed")
    )
    return absent, present, relief, closed


def docket_minutes(world: World) -> Floats:
    """Return hearing minutes of a non-detained case by day: the mix of its kinds of completion [minute/case]."""
    absent, present, relief, _ = outcomes(world)
    return (
        absent * world.daily("court.minutes.absent")
        + (present + relief) * world.daily("court.minutes.merits")
        + (1 - absent - present - relief) * world.daily("court.minutes.dismissal")
    )


def judges(world: World) -> Floats:
    """Return immigration judges on the bench by day, with those of the scenario, shape (days,) [judge]."""
    return judges_on_bench(world) * world.daily("court.judges_factor") + _extra_judges(world)


def judge_minutes(world: World) -> Floats:
    """Return hearing minutes by day [minute]: a new judge hears fewer cases at first."""
    ramp = world.daily("court.ramp_days")
    hired = (
        world.published.annual("immigration_judge_hires") / 365.25 * ramp * world.daily("court.judges_factor")
    )
    extra = _extra_judges(world)
    new = hired + np.maximum(0.0, extra - _before(extra, ramp))
    hearing = judges(world) - (1 - world.daily("court.ramp_share")) * np.minimum(new, judges(world))
    return np.asarray(hearing * world.daily("court.minutes_per_judge") * world.daily("court.open_share"))


def _before(series: Floats, lag: Floats) -> Floats:
    """Return a series as it was `lag` days before, by day; before the first day it was as on that day."""
    days = np.arange(series.size)
    return np.asarray(series[np.maximum(0, days - np.round(lag).astype(np.int64))])


def _extra_judges(world: World) -> Floats:
    """Return the scenario's extra judges who have been hired by now; posts that end, end at once."""
    posts = world.daily("court.extra_judges")
    # Posts opened on the first day have to be filled too: none were filled before it.
    hiring = np.concatenate([world.daily_in_history("court.extra_judges")[:1], posts])
    lag = np.concatenate([[0.0], world.daily("court.hiring_days")])
    return np.asarray(np.minimum(posts, _before(hiring, lag)[1:]))


def judges_on_bench(world: World) -> Floats:
    """Return immigration judges on the bench in history by day, shape (days,) [judge]."""
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
    age = world.at_start("court.initial.pending_age")
    held = stays(world)
    # Of those in custody the short stays are a smaller part than of those who come.
    brief = {kind: population * float(held.short(kind)[0] / held.mean[kind][0]) for kind in held.masks}
    convicted = interior & people.where(
        record=("pending_charge", "misdemeanor", "significant_misdemeanor", "felony", "aggravated_felony")
    )
    return (
        Stock("docket", spread(border, pending), (0.0, 2 * age)),
        Stock("inactive", spread(border, world.at_start("court.initial.inactive_cases"))),
        Stock("final_orders", spread(border, world.at_start("removal.initial_final_orders"))),
        Stock(
            "detention",
            spread(convicted, 0.55 * brief["interior"]) + spread(expedited, 0.45 * brief["border_expedited"]),
        ),
        Stock(
            "long_custody",
            spread(convicted, 0.55 * (population - brief["interior"]))
            + spread(expedited, 0.45 * (population - brief["border_expedited"])),
        ),
        Stock("atd", spread(border, world.at_start("atd.initial"))),
        Stock("nta_filing", spread(border, 20_000)),
        Stock("prison.a", spread(sentenced, 2_000)),
        Stock("prison.b1", spread(sentenced, 3_000)),
        Stock("prison.b2", spread(sentenced, 6_000)),
        Stock("marshals", spread(sentenced, 4_500)),
    )
