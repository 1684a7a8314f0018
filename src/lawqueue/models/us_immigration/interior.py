"""
The interior: bookings and leads, the guideline, approval, hand-off or at-large arrest, and one pool of officers.

Law decides who is handled: the guideline in force sorts every profile. Queues decide when: screening,
hand-offs, arrests at large and removals draw on one budget of officer hours, in that order of urgency.
"""

from __future__ import annotations

from functools import reduce
from operator import mul

import numpy as np

from lawqueue.engine.spec import (
    Edge,
    Geometric,
    Node,
    Pool,
    Renege,
    Router,
    Sink,
    Source,
    Station,
    route,
)
from lawqueue.engine.varying import Varying, by_profile, by_tick
from lawqueue.models.once import once
from lawqueue.models.us_immigration import places
from lawqueue.models.us_immigration.courts import PENDING
from lawqueue.models.us_immigration.profiles import (
    COHORT_AND_ORDER,
    NATIONALITIES,
    RECORDS,
    REMOVAL_AND_ADMISSION,
)
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import Floats, Mask

SEVERAL = "several_misdemeanors"
_FEWEST_LEADS = 0.01
"""Leads, relative to ordinary years, below which hours grow no more [/1]."""


def mix(world: World, records: str, venue: str) -> Varying:
    """
    Return the share of each interior profile among bookings or leads.

    Attributes are taken as independent, save that an order is no older than the last entry, and that who was
    removed before came again without admission.
    """
    gang, security = world.daily("interior.gang_share"), world.daily("interior.national_security_share")
    near = {name: world.daily(f"interior.nationality_share.{name}") for name in NATIONALITIES[:2]}
    factors = [
        _levels(world, "record", _records(world, records)),
        _levels(world, "threat", {"none": 1 - gang - security, "gang": gang, "national_security": security}),
        _levels(world, "nationality", near | {"other": 1 - np.sum(list(near.values()), axis=0)}),
        _removed_and_admitted(world),
        _entered_and_ordered(world),
    ]
    inside = world.profiles.where(entry="interior", venue=venue, track="open")
    return reduce(mul, (world.by_profile(*each) for each in factors), by_profile(inside))


def _levels(world: World, column: str, levels: dict[str, Floats]) -> list[tuple[Mask, Floats]]:
    """Return the profiles of each level of an attribute, and its share by day."""
    return [(world.profiles.where(**{column: level}), share) for level, share in levels.items()]


def _records(world: World, records: str) -> dict[str, Floats]:
    """Return the share of each criminal record by day, (days,) [/1]."""
    share = {name: world.daily(f"interior.{records}.{name}") for name in RECORDS if name != SEVERAL}
    total = np.sum(list(share.values()), axis=0)
    several = world.daily("interior.several_misdemeanors_share")
    share |= {"misdemeanor": share["misdemeanor"] * (1 - several), SEVERAL: share["misdemeanor"] * several}
    return {name: each / total for name, each in share.items()}


def _removed_and_admitted(world: World) -> list[tuple[Mask, Floats]]:
    """Return who was removed before, and how he entered, with the share of each by day."""
    prior = world.daily("interior.prior_removal_share")
    unadmitted = world.daily("interior.without_admission_share")
    shares = ((1 - prior) * unadmitted, (1 - prior) * (1 - unadmitted), prior)
    return [
        (world.profiles.where(prior_removal=removal, admission=admission), share)
        for (removal, admission), share in zip(REMOVAL_AND_ADMISSION, shares, strict=True)
    ]


def _entered_and_ordered(world: World) -> list[tuple[Mask, Floats]]:
    """Return when somebody entered, and of when an order against him is, with the share of each by day."""
    cohort, none = world.daily("interior.cohort_share.from_2014"), np.zeros(world.days)
    old, recent = (world.daily(f"interior.final_order_share.{name}") for name in ("before_2014", "from_2014"))
    before = 1 - cohort
    old = np.minimum(old, before * (1 - recent))
    shares = (
        before * (1 - recent) - old,
        old,
        before * recent,
        cohort * (1 - recent),
        cohort * recent,
        none,
        none,
    )
    return [
        (world.profiles.where(entry_cohort=entered, final_order=order), share)
        for (entered, order), share in zip(COHORT_AND_ORDER, shares, strict=True)
    ]


@once
def nodes(world: World) -> tuple[list[Node], Pool]:
    """Return the nodes of the interior, upstream first, and the pool of officers."""
    found: list[Node] = [
        *_met(world),
        *_priority(world),
        *_jails(world),
        *_arrests(world),
        *_investigations(world),
        *(Sink(name) for name in ("no_agency", "not_pursued", "released_by_jail", "lead_went_cold")),
    ]
    return found, _officers(world)


def _met(world: World) -> list[Node]:
    """Return who comes to the notice of ICE: bookings, releases from prison, leads; with nobody where there is no agency."""
    daily = world.daily
    return [
        Source(
            "jail_bookings",
            daily("interior.jail_bookings") * daily("interior.activity"),
            mix(world, "record_jail", "jail_or_prison"),
            route("mandate"),
        ),
        Source(
            "prison_releases",
            daily("interior.prison_releases") * daily("interior.prison_activity"),
            mix(world, "record_prison", "jail_or_prison"),
            route("mandate"),
        ),
        *_leads(world),
        Router(
            "mandate", route(Edge("civil_priority", by_tick(daily("interior.arrest_authority"))), "no_agency")
        ),
    ]


def _leads(world: World) -> list[Node]:
    """Return leads that could be found, and those followed: the leads of ordinary work, and more as officers are free."""
    reach = world.daily("interior.lead_reach")
    usual = world.daily("interior.leads") * world.daily("interior.lead_activity") * places.leads_factor(world)
    return [
        Source("leads", usual * reach, mix(world, "record_leads", "at_large"), route("lead")),
        Router(
            "lead",
            route(
                Edge("mandate", by_tick(1 / reach), label="followed", idle_share=1.0),
                "not_followed",
                pool="officers",
            ),
        ),
        Sink("not_followed"),
    ]


def _priority(world: World) -> list[Node]:
    """Return what the guideline in force lets officers do, and the approval that some of it needs."""
    exception, request = world.daily("guidance.exception_share"), world.daily("guidance.request_share")
    discretion = world.daily("guidance.discretion_share")
    may_act = [(mask, in_force * discretion) for mask, in_force in world.acted_on("presumed")]
    may_act += world.taken_up()
    may_act += [(mask, in_force * exception) for mask, in_force in world.acted_on("none")]
    must_ask = [(mask, in_force * request) for mask, in_force in world.acted_on("preapproval")]
    return [
        Router(
            "civil_priority",
            route(
                Edge("action", world.by_profile(*may_act), label="may_act"),
                Edge("approval", world.by_profile(*must_ask) if must_ask else 0.0, label="must_ask"),
                "not_pursued",
            ),
        ),
        Station(
            "approval",
            route(
                Edge("action", world.dated("guidance.approval_share"), label="approved"),
                Edge("not_pursued", label="denied"),
            ),
            units_per_tick=world.daily("guidance.approvals_per_day"),
            priority=world.ranks(),
            renege=Renege(
                world.memoryless("interior.time_in_jail"), route(Edge("not_pursued", label="too_late"))
            ),
        ),
        _action(world),
    ]


def _action(world: World) -> Router:
    """Return what officers do: an arrest at large, or a detainer on whom the law lets them have one."""
    at_large = world.profiles.where(venue="at_large")
    screened = [
        (mask & ~at_large, share * world.daily("interior.screening_share"))
        for mask, share in world.taken("local_handoff", "detainer")
    ]
    return Router(
        "action",
        route(
            Edge("at_large_arrest", world.by_profile((at_large, 1.0))),
            Edge("screening", world.by_profile((at_large, 0.0), *screened)),
            "not_pursued",
        ),
    )


def _jails(world: World) -> list[Node]:
    """Return detainers, the kinds of places that answer them, and what becomes of each there."""
    kinds = places.shares(world)
    return [
        Station(
            "screening",
            route(Edge("cooperation", label="detainer_issued")),
            units=by_tick(world.daily("ero.hours.screening") * places.screening_factor(world)),
            priority=world.ranks(),
            renege=Renege(world.memoryless("interior.time_in_jail"), route("released_by_jail")),
        ),
        Router(
            "cooperation",
            route(
                Edge("handoff.none", by_tick(kinds["none"])),
                Edge("handoff.limited", by_tick(kinds["limited"])),
                "handoff.full",
            ),
        ),
        *(_handoff(world, kind) for kind in kinds),
    ]


def _handoff(world: World, kind: str) -> Router:
    """Return what becomes of a detainer in places of a kind; ICE may leave to the jail whom a guideline lets it."""
    people = world.profiles
    detainer, taken = places.handoff(world, kind), world.taken_over()
    pursued = people.relabel(people.where(entry="interior", venue="jail_or_prison"), venue="at_large")
    refused = 1.0 - (detainer.held + detainer.met)
    return Router(
        f"handoff.{kind}",
        route(
            Edge("custodial_arrest", detainer.held * taken, label="honoured"),
            Edge("custodial_arrest", detainer.met * taken, label="arrested_at_release"),
            Edge(
                "at_large_arrest",
                refused * taken * world.dated("cooperation.pursued_share"),
                label="pursued",
                relabel=pursued,
            ),
            Edge("released_by_jail"),
        ),
    )


def _arrests(world: World) -> list[Node]:
    """Return arrests in jails and at large, and what follows: custody, or a charge of re-entry."""
    prior = world.profiles.where(prior_removal="one")
    referred = world.daily("prosecution.referral_share.interior") * world.lawful(
        "criminal_referral", "reentry", prior & world.profiles.where(entry="interior")
    )
    return [
        Station(
            "custodial_arrest",
            route("arrested"),
            units=world.dated("ero.hours.custodial_arrest"),
            priority=world.ranks(),
            renege=Renege(Geometric(10.0), route("released_by_jail")),
        ),
        Station(
            "at_large_arrest",
            route("arrested"),
            units=by_tick(at_large_hours(world)),
            priority=world.ranks(),
            renege=Renege(world.memoryless("interior.lead_life"), route("lead_went_cold")),
        ),
        Router(
            "arrested",
            route(Edge("reentry_referred", world.by_profile((prior, referred))), "detention"),
        ),
    ]


def at_large_hours(world: World) -> Floats:
    """
    Return officer hours for an arrest at large by day [hour/case]: they grow as leads get rarer.

    Whoever has few leads follows each for longer, and goes after those that would have been left: hours are those
    of ordinary years times the scarcity of leads to the power of `ero.search_elasticity`.
    """
    scarcity = 1 / np.maximum(world.daily("interior.lead_activity"), _FEWEST_LEADS)
    return np.asarray(
        world.daily("ero.hours.at_large_arrest") * scarcity ** world.daily("ero.search_elasticity")
    )


def _investigations(world: World) -> list[Node]:
    """Return joint criminal investigations, some of which end with an administrative arrest."""
    return [
        Source("joint_cases", world.daily("hsi.leads"), _investigated(world), route("joint_case")),
        Router(
            "joint_case",
            route(
                Edge("lost_to_noncooperation", by_tick(places.lost_investigations(world))),
                "investigation",
            ),
        ),
        Station(
            "investigation",
            route(
                Edge("arrested", world.dated("hsi.arrest_share"), label="administrative_arrest"),
                "investigated",
            ),
            units_per_tick=world.daily("hsi.agents") * world.daily("hsi.hours_per_agent"),
            units=world.dated("hsi.hours.investigation"),
            renege=Renege(Geometric(120.0), route("investigation_dropped")),
        ),
        *(Sink(name) for name in ("lost_to_noncooperation", "investigated", "investigation_dropped")),
    ]


def _officers(world: World) -> Pool:
    """Return the pool of officers: dockets take their hours first, then stations in order of urgency."""
    officers = np.maximum(world.daily("ero.officers") - world.daily("border.ice_detailed"), 0)
    return Pool(
        "officers",
        officers * world.daily("ero.hours_per_officer"),
        ("removal_casework", "screening", "custodial_arrest", "at_large_arrest"),
        {
            **dict.fromkeys(("detention", "long_custody"), world.daily("ero.hours.detained")),
            **dict.fromkeys(
                (*PENDING, "final_orders", "inactive", "appeals", "nta_filing"),
                world.daily("ero.hours.nondetained"),
            ),
        },
    )


def _investigated(world: World) -> Varying:
    """Return the mix of HSI cases: those with a record, like bookings of felonies."""
    people = world.profiles
    mask = people.where(
        entry="interior",
        venue="at_large",
        track="open",
        record=("pending_charge", "felony"),
        threat="none",
        final_order="none",
        prior_removal="none",
        entry_cohort="before_2014",
    )
    unadmitted = world.daily("interior.without_admission_share")
    inside = people.where(admission="without_admission")
    return world.by_profile((mask & inside, unadmitted), (mask & ~inside, 1 - unadmitted))
