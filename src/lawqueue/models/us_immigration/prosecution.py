"""Prosecution under 8 U.S.C. 1325 and 1326: referral, acceptance or declination, filing, sentence, and back to ICE."""

from __future__ import annotations

from lawqueue.engine.spec import (
    Delay,
    Edge,
    Hold,
    Node,
    Pool,
    Renege,
    Router,
    Station,
    route,
)
from lawqueue.engine.varying import Varying, by_tick
from lawqueue.models.us_immigration.profiles import MET_AGAIN
from lawqueue.models.us_immigration.world import World


def nodes(world: World) -> tuple[list[Node], Pool]:
    """Return the nodes of prosecution, upstream first, and the pool of attorneys."""
    people = world.profiles
    accepted = world.daily("prosecution.acceptance_share")
    border = people.where(entry="border", track="open")
    interior = people.where(entry="interior", track="open")
    civil = people.relabel(border, track="expedited")
    sentenced = people.relabel(border | interior, **MET_AGAIN, track="prosecuted")
    back = route(Edge("detention", label="to_ice_custody", relabel=sentenced))
    # Out of prison it is ICE that arrests, whoever met them first.
    freed = people.relabel(border | interior, **MET_AGAIN, track="prosecuted", entry="interior")
    out_of_prison = route(Edge("detention", label="to_ice_custody", relabel=freed))
    declined = route(Edge("detention", label="declined", relabel=civil))
    shares = {name: world.daily(f"prosecution.share.{name}") for name in ("b1", "b2")}

    def sentenced_under(name: str, years: float) -> Varying:
        """Return who is sentenced under a paragraph: by record if it is known, else by the published shares."""
        by_record = world.taken("criminal_referral", "reentry", lambda tier: tier.maximum_years == years)
        return world.by_profile(
            (~interior, shares[name]), *((mask & interior, in_force) for mask, in_force in by_record)
        )

    patience = world.memoryless("prosecution.patience")
    found: list[Node] = [
        Router(
            "entry_referred",
            route(
                Edge("entry_case", by_tick(accepted), label="accepted"),
                Edge("detention", label="declined", relabel=civil),
            ),
        ),
        Router(
            "reentry_referred",
            route(
                Edge("reentry_case", by_tick(accepted), label="accepted"),
                Edge("detention", label="declined", relabel=civil),
            ),
        ),
        Station(
            "entry_case",
            route("entry_custody"),
            units=world.dated("prosecution.hours.entry"),
            renege=Renege(patience, declined),
        ),
        Station(
            "reentry_case",
            route("marshals"),
            units=world.dated("prosecution.hours.reentry"),
            renege=Renege(patience, declined),
        ),
        Delay("entry_custody", back, world.memoryless("prosecution.stay.entry")),
        Hold(
            "marshals",
            route("sentence"),
            world.memoryless("prosecution.days_to_sentence"),
            places=world.daily("prosecution.marshals_places"),
            overflow="wait",
        ),
        Router(
            "sentence",
            route(
                Edge("prison.b1", sentenced_under("b1", 10)),
                Edge("prison.b2", sentenced_under("b2", 20)),
                "prison.a",
            ),
        ),
        *(
            Delay(f"prison.{name}", out_of_prison, world.memoryless(f"prosecution.sentence.{name}"))
            for name in ("a", "b1", "b2")
        ),
    ]
    hours = world.daily("prosecution.attorneys") * world.daily("prosecution.hours_per_attorney")
    return found, Pool("attorneys", hours, ("entry_case", "reentry_case"))
