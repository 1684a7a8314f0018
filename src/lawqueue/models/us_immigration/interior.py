"""
The interior: bookings and leads, the guideline, approval, hand-off or at-large arrest, and one pool of officers.

Law decides who is handled: the guideline in force sorts every profile. Queues decide when: screening,
hand-offs, arrests at large and removals draw on one budget of officer hours, in that order of urgency.
"""

from __future__ import annotations

from functools import reduce
from operator import mul

import numpy as np
from numpy.typing import NDArray

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
from lawqueue.models.us_immigration import places
from lawqueue.models.us_immigration.profiles import NATIONALITIES, RECORDS
from lawqueue.models.us_immigration.world import Floats, World


def mix(world: World, records: str, venue: str) -> Varying:
    """Return the share of each interior profile among bookings or leads, attributes taken as independent."""
    people = world.profiles
    inside = people.where(entry="interior", venue=venue, track="open")
    columns = people.columns

    def weights(column: str, levels: dict[str, Floats]) -> list[tuple[NDArray[np.bool_], Floats]]:
        return [(columns[column] == level, share) for level, share in levels.items()]

    record = {name: world.daily(f"interior.{records}.{name}") for name in RECORDS}
    total = np.sum(list(record.values()), axis=0)
    gang, security = world.daily("interior.gang_share"), world.daily("interior.national_security_share")
    prior = world.daily("interior.prior_removal_share")
    old, recent = (world.daily(f"interior.final_order_share.{name}") for name in ("before_2014", "from_2014"))
    cohort = world.daily("interior.cohort_share.from_2014")
    near = {name: world.daily(f"interior.nationality_share.{name}") for name in NATIONALITIES[:2]}
    factors = [
        weights("record", {name: share / total for name, share in record.items()}),
        weights("threat", {"none": 1 - gang - security, "gang": gang, "national_security": security}),
        weights("prior_removal", {"none": 1 - prior, "one": prior}),
        weights("final_order", {"none": 1 - old - recent, "before_2014": old, "from_2014": recent}),
        weights(
            "entry_cohort",
            {"before_2014": 1 - cohort, "from_2014": cohort, "from_2020_11": np.zeros(world.days)},
        ),
        weights("nationality", near | {"other": 1 - np.sum(list(near.values()), axis=0)}),
    ]
    return reduce(mul, (world.by_profile(*each) for each in factors), by_profile(inside))


def nodes(world: World) -> tuple[list[Node], Pool]:
    """Return the nodes of the interior, upstream first, and the pool of officers."""
    people = world.profiles
    at_large = people.where(venue="at_large")
    activity, mandate = world.daily("interior.activity"), world.daily("interior.arrest_authority")
    discretion = world.daily("guidance.discretion_share")
    exception = world.daily("guidance.exception_share")
    request = world.daily("guidance.request_share")
    may_act = [(mask, in_force * discretion) for mask, in_force in world.acted_on("presumed")]
    # What a guideline leaves open beside its priorities is taken up as far as officers would ask for it.
    may_act += [(mask, in_force * discretion * request) for mask, in_force in world.acted_on("enforceable")]
    may_act += [(mask, in_force * exception) for mask, in_force in world.acted_on("none")]
    must_ask = [(mask, in_force * request) for mask, in_force in world.acted_on("preapproval")]
    screened = world.daily("interior.screening_share") * world.lawful(
        "local_handoff", "detainer", people.where(entry="interior", venue="jail_or_prison")
    )
    pursued = people.relabel(people.where(entry="interior", venue="jail_or_prison"), venue="at_large")
    kinds = places.shares(world)
    followed = world.dated("cooperation.pursued_share")
    in_jail = world.memoryless("interior.time_in_jail")
    rank = world.ranks()
    referred = world.daily("prosecution.referral_share.interior") * world.lawful(
        "criminal_referral", "reentry", people.where(entry="interior", prior_removal="one")
    )

    def handoff(kind: str) -> Router:
        detainer = places.handoff(world, kind)
        return Router(
            f"handoff.{kind}",
            route(
                Edge("custodial_arrest", detainer.held, label="honoured"),
                Edge("custodial_arrest", detainer.met, label="arrested_at_release"),
                Edge(
                    "at_large_arrest",
                    (1.0 - (detainer.held + detainer.met)) * followed,
                    label="pursued",
                    relabel=pursued,
                ),
                Edge("released_by_jail"),
            ),
        )

    found: list[Node] = [
        Source(
            "jail_bookings",
            world.daily("interior.jail_bookings") * activity,
            mix(world, "record_jail", "jail_or_prison"),
            route("mandate"),
        ),
        Source(
            "prison_releases",
            world.daily("interior.prison_releases") * world.daily("interior.prison_activity"),
            mix(world, "record_prison", "jail_or_prison"),
            route("mandate"),
        ),
        Source(
            "leads",
            world.daily("interior.leads")
            * world.daily("interior.lead_activity")
            * places.leads_factor(world),
            mix(world, "record_leads", "at_large"),
            route("mandate"),
        ),
        Router("mandate", route(Edge("civil_priority", by_tick(mandate)), "no_agency")),
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
            priority=rank,
            renege=Renege(in_jail, route(Edge("not_pursued", label="too_late"))),
        ),
        Router(
            "action",
            route(
                Edge("at_large_arrest", world.by_profile((at_large, 1.0))),
                Edge("screening", world.by_profile((~at_large, screened))),
                "not_pursued",
            ),
        ),
        Station(
            "screening",
            route(Edge("cooperation", label="detainer_issued")),
            units=by_tick(world.daily("ero.hours.screening") * places.screening_factor(world)),
            priority=rank,
            renege=Renege(in_jail, route("released_by_jail")),
        ),
        Router(
            "cooperation",
            route(
                Edge("handoff.none", by_tick(kinds["none"])),
                Edge("handoff.limited", by_tick(kinds["limited"])),
                "handoff.full",
            ),
        ),
        handoff("none"),
        handoff("limited"),
        handoff("full"),
        Station(
            "custodial_arrest",
            route("arrested"),
            units=world.dated("ero.hours.custodial_arrest"),
            priority=rank,
            renege=Renege(Geometric(10.0), route("released_by_jail")),
        ),
        Station(
            "at_large_arrest",
            route("arrested"),
            units=world.dated("ero.hours.at_large_arrest"),
            priority=rank,
            renege=Renege(world.memoryless("interior.lead_life"), route("lead_went_cold")),
        ),
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
        Router(
            "arrested",
            route(
                Edge("reentry_referred", world.by_profile((people.where(prior_removal="one"), referred))),
                "detention",
            ),
        ),
        *(
            Sink(name)
            for name in (
                "no_agency",
                "not_pursued",
                "released_by_jail",
                "lead_went_cold",
                "lost_to_noncooperation",
                "investigated",
                "investigation_dropped",
            )
        ),
    ]
    officers = world.daily("ero.officers") - world.daily("border.ice_detailed")
    nondetained = world.daily("ero.hours.nondetained")
    pool = Pool(
        "officers",
        np.maximum(officers, 0) * world.daily("ero.hours_per_officer"),
        ("removal_casework", "screening", "custodial_arrest", "at_large_arrest"),
        {
            "detention": world.daily("ero.hours.detained"),
            "long_custody": world.daily("ero.hours.detained"),
            "docket": nondetained,
            "final_orders": nondetained,
            "inactive": nondetained,
            "appeals": nondetained,
            "nta_filing": nondetained,
        },
    )
    return found, pool


def _investigated(world: World) -> Floats:
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
    return mask.astype(float)
