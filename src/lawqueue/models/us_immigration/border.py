"""
The border: attempts by sector, detection, processing, and the way on.

Attempts are derived from published encounters: divided by the probability of apprehension, less the
repeat attempts that the model itself makes. Encounters then come out near the published ones by
construction; apprehension, evasion, displacement, repeats and the agents left on the line do not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.spec import (
    Delay,
    Edge,
    Node,
    Pool,
    Router,
    Sink,
    Source,
    Station,
    route,
)
from lawqueue.engine.varying import EVERYBODY, Varying, by_tick, frozen, weighted
from lawqueue.models.us_immigration import pathway, title42
from lawqueue.models.us_immigration.dispositions import joint_encounters, parts, practice
from lawqueue.models.us_immigration.profiles import FAMILIES, NATIONALITIES
from lawqueue.models.us_immigration.published import Published
from lawqueue.models.us_immigration.world import Floats, Mask, World, memoryless

SECTORS = (
    "san_diego",
    "el_centro",
    "yuma",
    "tucson",
    "el_paso",
    "big_bend",
    "del_rio",
    "laredo",
    "rio_grande_valley",
)

NOVEMBER_2020 = date(2020, 11, 1)
"""From this day on an entry counts as recent under the guidelines of 2021."""


@dataclass(frozen=True)
class Arrivals:
    """
    What the published encounters imply, by day.

    Parameters
    ----------
    first_attempts
        By citizenship and family, shape (days, 3, 3) [case/day].
    sector_share
        Where, shape (days, 9) [/1], with the barriers of the scenario.
    expelled_share
        Share under Title 42 by citizenship and family, shape (days, 3, 3) [/1].
    """

    first_attempts: Floats
    sector_share: Floats
    expelled_share: Floats


def sector_shares(world: World, history: Floats) -> Floats:
    """
    Move attempts between sectors as barriers differ from history.

    Parameters
    ----------
    history
        Published shares, shape (days, 9) [/1].

    Returns
    -------
    (days, 9) float64 [/1]; sums below 1 where a barrier keeps attempts from being made at all
    """
    effect, displaced = world.daily("border.barrier_effect"), world.daily("border.barrier_displacement")
    now = np.stack([world.daily(f"border.barrier_coverage.{name}") for name in SECTORS], axis=1)
    then = np.stack([world.daily_in_history(f"border.barrier_coverage.{name}") for name in SECTORS], axis=1)
    kept = history * (1 - effect[:, None] * (now - then))
    away = history.sum(axis=1) - kept.sum(axis=1)
    open_border = kept * (1 - now)
    return np.asarray(
        kept + (displaced * away)[:, None] * open_border / open_border.sum(axis=1, keepdims=True)
    )


def arrivals(world: World) -> Arrivals:
    """Return first attempts and their division, from published encounters and the parameters."""
    figures = world.published
    encounters = joint_encounters(figures)
    per_day = figures.by_day(encounters / figures.days_in_month[:, None, None])
    first = _first_attempts(world, per_day, title42.expelled(world, world.law_in_history))
    factor = np.stack([world.daily(f"border.arrivals_factor.{name}") for name in FAMILIES], axis=1)
    return Arrivals(
        first * factor[:, None, :],
        sector_shares(world, figures.by_day(parts(figures, SECTORS))),
        title42.expelled(world, world.law),
    )


def surrendering(series: Callable[[str], Floats], expelled: Floats) -> Floats:
    """
    Return the share of single adults who look for an agent, by citizenship, shape (days, 3) [/1].

    Whoever means to claim fear gives himself up, as families do, unless he would be expelled unheard; and an
    expulsion has so few consequences that some who face one do not evade either.

    Parameters
    ----------
    series
        Returns a parameter by day, shape (days,): that of the scenario, or as it was.
    expelled
        Share under Title 42 by citizenship and family, shape (days, 3, 3) [/1].
    """
    claims = np.stack([series(f"border.pathway.fear_claim_share.{each}") for each in NATIONALITIES], axis=1)
    unpunished = series("border.pathway.unpunished_surrender_share")[:, None]
    return np.asarray(claims * (1 - expelled[:, :, 0]) + unpunished * expelled[:, :, 0])


def apprehension(world: World, idle: Floats, seeking_adults: Floats) -> Floats:
    """
    Return the expected probability of apprehension in history by citizenship and family.

    Parameters
    ----------
    idle
        Part of the agents that processing leaves on the line, shape (days,) [/1].
    seeking_adults
        Share of single adults who give themselves up, shape (days, 3) [/1].

    Returns
    -------
    (days, 3, 3) float64 [/1]
    """
    empty = world.daily_in_history("border.apprehension_probability.line_empty")
    full = world.daily_in_history("border.apprehension_probability.evading")
    seeking = world.daily_in_history("border.apprehension_probability.surrendering")
    evading = (empty + idle * (full - empty))[:, None]
    found = np.broadcast_to(seeking[:, None, None], (world.days, 3, 3)).copy()
    found[:, :, 0] = seeking_adults * seeking[:, None] + (1 - seeking_adults) * evading
    return found


def processing_hours(series: Callable[[str], Floats], expelled: Floats) -> Floats:
    """Return agent hours per encounter by citizenship and family, shape (days, 3, 3) [hour/case]."""
    hours = np.stack([series(f"border.processing_hours.{name}") for name in FAMILIES], axis=1)[:, None, :]
    return expelled * series("border.processing_hours.expulsion")[:, None, None] + (1 - expelled) * hours


def agent_hours(series: Callable[[str], Floats]) -> Floats:
    """Return hours of agents, and of those who help them process, by day [hour]."""
    agents = series("border.agents") * series("border.duty_share") * series("border.hours_per_agent")
    helpers = (series("border.ice_detailed") + series("border.volunteers")) * series("border.volunteer_hours")
    return agents + helpers


def _expected_idle(world: World, per_day: Floats, expelled: Floats) -> Floats:
    taken = (per_day * processing_hours(world.daily_in_history, expelled)).sum(axis=(1, 2))
    return np.asarray(np.clip(1 - taken / agent_hours(world.daily_in_history), 0, 1))


def _first_attempts(world: World, per_day: Floats, expelled: Floats) -> Floats:
    """Take repeat attempts out of all attempts of history, day by day, in expectation."""
    from lawqueue.models.us_immigration.repeats import waiting  # noqa: PLC0415  # numba, which files do without

    was = world.daily_in_history
    seeking = surrendering(was, expelled)
    attempts = per_day / apprehension(world, _expected_idle(world, per_day, expelled), seeking)
    soon, later = was("border.retry_days.soon"), was("border.retry_days.later")
    joined_soon, joined_later = _repeats(world, per_day, expelled, attempts, seeking)
    shape = (world.days, 3, 3)
    repeats = (
        waiting(joined_soon, soon).reshape(shape) / soon[:, None, None]
        + waiting(joined_later, later).reshape(shape) / later[:, None, None]
    )
    return np.maximum(attempts - repeats, 0.02 * attempts)


def _repeats(
    world: World, per_day: Floats, expelled: Floats, attempts: Floats, seeking: Floats
) -> tuple[Floats, Floats]:
    """
    Return who in history will try again soon, and later, in parts: (n_parts, days, 9) [case/day].

    Soon: after an expulsion, after being turned back, after a voluntary return; later: after a removal from the
    border, and from the interior.
    """
    was = world.daily_in_history
    families = [was("border.retry.expulsion"), was("border.retry.expulsion_family"), np.zeros(world.days)]
    soon, later = np.zeros((3, world.days, 3, 3)), np.zeros((2, world.days, 3, 3))
    after_return, after_removal = was("border.retry.return")[:, None], was("border.retry.removal")[:, None]
    back = was("border.turn_back_probability")[:, None]
    others = per_day[:, :, 0] * (1 - expelled[:, :, 0])
    ways = practice(world.published, was)
    repatriated, to_ice = ways["repatriated"][:, :, 0], ways["to_ice"][:, :, 0]
    returned = was("border.pathway.returned_share")[:, None]
    soon[0] = per_day * expelled * np.stack(families, axis=1)[:, None, :]
    soon[1, :, :, 0] = attempts[:, :, 0] * (1 - seeking) * back * after_return
    soon[2, :, :, 0] = others * repatriated * returned * after_return
    # Roughly, of those who go to ICE; the simulation makes the real ones.
    removed = repatriated * (1 - returned) + to_ice * np.array([0.9, 0.55, 0.2])
    later[0, :, :, 0] = others * removed * after_removal
    inside = _interior_removals(world.published)[:, None]
    later[1, :, :, 0] = inside * np.array([0.62, 0.24, 0.14]) * after_removal
    return soon.reshape(3, world.days, 9), later.reshape(2, world.days, 9)


@lru_cache(maxsize=64)
def _interior_removals(figures: Published) -> Floats:
    """Return interior removals as published up to FY2020, then held: later ones are outcomes, not inputs, (days,)."""
    removals = figures.observed.annual("ice_removals_interior")
    years = np.clip(figures.fiscal_years, 2017, 2020)
    return frozen(np.array([removals[int(year)].value / 365 for year in years]))


def nodes(world: World, found: Arrivals) -> tuple[list[Node], Pool]:
    """Return the nodes of the border, upstream first, and the pool of agents."""
    people = world.profiles
    adult, family, child = (people.where(entry="border", family=name) for name in FAMILIES)
    expelled = _spread(world, found.expelled_share)
    result: list[Node] = []

    mix = _first_mix(world, found)
    total = found.first_attempts.sum(axis=(1, 2))
    for place, sector in enumerate(SECTORS):
        result.append(
            Source(
                f"attempts.{sector}", total * found.sector_share[:, place], mix, route(f"detection.{sector}")
            )
        )

    found_seeking = world.daily("border.apprehension_probability.surrendering")
    gives_up = surrendering(world.daily, found.expelled_share)
    adults = [adult & people.where(nationality=name) for name in NATIONALITIES]
    coverage = {
        name: world.daily(f"border.barrier_coverage.{name}")
        - world.daily_in_history(f"border.barrier_coverage.{name}")
        for name in SECTORS
    }
    gain = world.daily("border.barrier_detection_gain")
    back = world.daily("border.turn_back_probability")
    for sector in SECTORS:
        busy = np.clip(
            world.daily("border.apprehension_probability.line_empty") + gain * coverage[sector], 0, 1 - back
        )
        idle = np.clip(
            world.daily("border.apprehension_probability.evading") + gain * coverage[sector], 0, 1 - back
        )

        def met(evading: Floats) -> Varying:
            by_nation = [
                (mask, gives_up[:, n] * found_seeking + (1 - gives_up[:, n]) * evading)
                for n, mask in enumerate(adults)
            ]
            return world.by_profile(*by_nation, (family | child, found_seeking))

        result.append(
            Router(
                f"detection.{sector}",
                route(
                    Edge("border_processing", met(busy), "apprehended", idle_share=met(idle)),
                    Edge(
                        "turned_back",
                        world.by_profile(
                            *((mask, (1 - gives_up[:, n]) * back) for n, mask in enumerate(adults))
                        ),
                    ),
                    Edge("evaded"),
                    pool="agents",
                ),
            )
        )
    result.append(
        Station(
            "border_processing",
            route("pathway"),
            units=_spread(world, processing_hours(world.daily, found.expelled_share)),
        )
    )
    result.append(Router("pathway", pathway.way_on(world, expelled)))
    result += _after_return(world, found)
    result += pathway.at_ports(world)
    pool = Pool("agents", agent_hours(world.daily), ("border_processing",))
    return result, pool


def _first_mix(world: World, found: Arrivals) -> Varying:
    """Return the mix of profiles among first attempts, from month to month; only adults were removed before."""
    people = world.profiles
    first_days = world.published.first_days
    starts = tuple(first_days.tolist())
    before = {
        name: world.daily(f"border.pathway.prior_removal_share.{name}")[first_days]
        for name in ("near", "other")
    }
    parts: list[tuple[Mask, Varying]] = []

    def by_month(values: Floats) -> Varying:
        return Varying(starts, EVERYBODY, values[:, None])

    for n, nation in enumerate(NATIONALITIES):
        for f, family in enumerate(FAMILIES):
            # A floor keeps a mix in months without any attempt of a kind.
            attempts = np.bincount(world.month_of, found.first_attempts[:, n, f]) + 1e-9
            removed = (
                before["other" if nation == "other" else "near"] if family == "single_adult" else 0 * attempts
            )
            cell = {"entry": "border", "track": "open", "nationality": nation, "family": family}
            parts += [
                (people.where(prior_removal="one", **cell), by_month(attempts * removed)),
                (people.where(prior_removal="none", **cell), by_month(attempts * (1 - removed))),
            ]
    return weighted(*parts)


def _spread(world: World, values: Floats) -> Varying:
    """Return (days, 3, 3) values as a dated value by profile, from month to month."""
    people = world.profiles
    parts = [
        (people.where(entry=("border", "port"), nationality=nation, family=family), values[:, n, f])
        for n, nation in enumerate(NATIONALITIES)
        for f, family in enumerate(FAMILIES)
    ]
    return world.by_profile(*parts)


def _after_return(world: World, found: Arrivals) -> list[Node]:
    """Return the nodes between one attempt and the next."""
    people = world.profiles
    adult = people.where(family="single_adult")
    family = people.where(family="family_unit")
    share = found.sector_share / found.sector_share.sum(axis=1, keepdims=True)
    until_booked = memoryless(365 / world.daily("interior.booking_rate_recent"))
    from_november = (np.arange(world.days) >= world.day(NOVEMBER_2020)).astype(float)
    records = (("pending_charge", 0.5), ("misdemeanor", 0.3), ("felony", 0.2))

    def settled(record: str, entered: str) -> NDArray[np.int32]:
        return people.relabel(
            people.where(entry="border", track="open"),
            entry="interior",
            family="single_adult",
            entry_cohort=entered,
            record=record,
            venue="jail_or_prison",
            track="open",
            final_order="none",
        )

    return [
        Router(
            "expelled",
            route(
                Edge(
                    "soon",
                    world.by_profile(
                        (adult, world.daily("border.retry.expulsion")),
                        (family, world.daily("border.retry.expulsion_family")),
                    ),
                ),
                "expelled_stayed_away",
            ),
        ),
        Router("returned", route(Edge("soon", world.dated("border.retry.return")), "returned_stayed_away")),
        Router(
            "turned_back", route(Edge("soon", world.dated("border.retry.return")), "turned_back_stayed_away")
        ),
        Delay("soon", route("sector"), world.memoryless("border.retry_days.soon")),
        Delay("later", route("sector"), world.memoryless("border.retry_days.later")),
        Router(
            "sector",
            route(
                *(
                    Edge(
                        f"detection.{name}",
                        None if name == SECTORS[-1] else by_tick(share[:, place]),
                    )
                    for place, name in enumerate(SECTORS)
                )
            ),
        ),
        Router(
            "evaded",
            route(Edge("settled_from_2020_11", by_tick(from_november)), "settled_before_2020_11"),
        ),
        *(
            Delay(
                f"settled_{name}",
                route(
                    *(
                        Edge(
                            "mandate",
                            None if record == "felony" else weight,
                            label=f"booked_{record}",
                            relabel=settled(record, cohort_name),
                        )
                        for record, weight in records
                    )
                ),
                until_booked,
            )
            for name, cohort_name in (("before_2020_11", "from_2014"), ("from_2020_11", "from_2020_11"))
        ),
        Sink("expelled_stayed_away"),
        Sink("returned_stayed_away"),
        Sink("turned_back_stayed_away"),
    ]
