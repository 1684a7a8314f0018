"""
The border: attempts by sector, detection, processing, and the way on.

Attempts are derived from published encounters: divided by the probability of apprehension, less the
repeat attempts that the model itself makes. Encounters then come out near the published ones by
construction; apprehension, evasion, displacement, repeats and the agents left on the line do not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from lawqueue.engine.spec import (
    Edge,
    Node,
    Pool,
    Renege,
    Router,
    Source,
    Station,
    route,
)
from lawqueue.engine.varying import EVERYBODY, Varying, frozen, weighted
from lawqueue.models.observed import Observed
from lawqueue.models.once import once
from lawqueue.models.published import Published
from lawqueue.models.us_immigration import pathway, returns, title42
from lawqueue.models.us_immigration.dispositions import joint_encounters, parts, practice
from lawqueue.models.us_immigration.profiles import FAMILIES, NATIONALITIES
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import Floats, Mask

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


@once
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


@cache
def agents_share(observed: Observed) -> Floats:
    """Return the sectors' shares of agents as last published, shape (9,) [/1]; later division is not published."""
    agents = np.array([observed.figures(f"usbp_agents.{name}")[-1].value for name in SECTORS])
    return frozen(agents / agents.sum())


def agent_hours(world: World, series: Callable[[str], Floats], sector_share: Floats) -> Floats:
    """
    Return hours of agents by sector, and of those who help them process, who go where people are met, (days, 9) [hour].

    Parameters
    ----------
    series
        Returns a parameter by day, shape (days,): that of the scenario, or as it was.
    sector_share
        Where people are met, shape (days, 9) [/1].
    """
    agents = series("border.agents") * series("border.duty_share") * series("border.hours_per_agent")
    helpers = (series("border.ice_detailed") + series("border.volunteers")) * series("border.volunteer_hours")
    return np.asarray(agents[:, None] * agents_share(world.observed) + helpers[:, None] * sector_share)


def _expected_idle(world: World, per_day: Floats, expelled: Floats) -> Floats:
    """Return the part of agents' hours that processing leaves in history where attempts are made, (days,) [/1]."""
    share = world.published.by_day(parts(world.published, SECTORS))
    taken = (per_day * processing_hours(world.daily_in_history, expelled)).sum(axis=(1, 2))
    used = taken[:, None] * share / agent_hours(world, world.daily_in_history, share)
    left = 1 - np.minimum(used, world.daily_in_history("border.processing_most")[:, None])
    return np.asarray((left * share).sum(axis=1))


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
    others, ways = per_day * (1 - expelled), practice(world.published, was)
    returned = was("border.pathway.returned_share")
    # Children are returned, or go to HHS; none is removed.
    share = np.stack([returned, returned, np.ones(world.days)], axis=1)[:, None, :]
    soon[0] = per_day * expelled * np.stack(families, axis=1)[:, None, :]
    soon[1, :, :, 0] = attempts[:, :, 0] * (1 - seeking) * back * after_return
    soon[2] = others * ways["repatriated"] * share * after_return[:, :, None]
    # Roughly, of the adults who go to ICE; the simulation makes the real ones.
    of_ice = np.stack([was(f"border.retry.removed_of_ice.{each}") for each in NATIONALITIES], axis=1)
    removed = (ways["repatriated"] * (1 - share))[:, :, 0] + ways["to_ice"][:, :, 0] * of_ice
    later[0, :, :, 0] = others[:, :, 0] * removed * after_removal
    inside = _interior_removals(world.published)[:, None]
    later[1, :, :, 0] = inside * _interior_by_citizenship(world) * after_removal
    return soon.reshape(3, world.days, 9), later.reshape(2, world.days, 9)


def _interior_by_citizenship(world: World) -> Floats:
    """Return the share of each citizenship among those removed from the interior, as among those arrested, (days, 3) [/1]."""
    named = [world.daily_in_history(f"interior.nationality_share.{each}") for each in NATIONALITIES[:-1]]
    return np.stack([*named, 1 - np.sum(named, axis=0)], axis=1)


@lru_cache(maxsize=64)
def _interior_removals(figures: Published) -> Floats:
    """Return interior removals as published up to FY2020, then held: later ones are outcomes, not inputs, (days,)."""
    removals = figures.observed.annual("ice_removals_interior")
    years = np.clip(figures.years, 2017, 2020)
    return frozen(np.array([removals[int(year)].value / 365 for year in years]))


@once
def nodes(world: World, found: Arrivals) -> tuple[list[Node], tuple[Pool, ...]]:
    """Return the nodes of the border, upstream first, and the pools of agents, one for each sector."""
    expelled = _spread(world, found.expelled_share)
    hours = (
        agent_hours(world, world.daily, found.sector_share) * world.daily("border.processing_most")[:, None]
    )
    result: list[Node] = [
        *_attempts(world, found),
        *_detection(world, found),
        *_processing(world, found),
        Router("pathway", pathway.way_on(world, expelled)),
        *returns.nodes(world, SECTORS, found.sector_share),
        *pathway.at_ports(world),
    ]
    return result, tuple(
        Pool(f"agents.{name}", hours[:, place], (f"processing.{name}",)) for place, name in enumerate(SECTORS)
    )


@once
def _attempts(world: World, found: Arrivals) -> list[Node]:
    """Return first attempts by sector."""
    mix = _first_mix(world, found)
    total = found.first_attempts.sum(axis=(1, 2))
    return [
        Source(f"attempts.{name}", total * found.sector_share[:, place], mix, route(f"detection.{name}"))
        for place, name in enumerate(SECTORS)
    ]


@once
def _detection(world: World, found: Arrivals) -> list[Node]:
    """Return what becomes of an attempt in each sector: met, turned back, or neither; agents off the line meet fewer."""
    people = world.profiles
    adult, family, child = (people.where(entry="border", family=name) for name in FAMILIES)
    adults = [adult & people.where(nationality=name) for name in NATIONALITIES]
    seen = world.daily("border.apprehension_probability.surrendering")
    seeking = surrendering(world.daily, found.expelled_share)
    back = world.daily("border.turn_back_probability")
    turned = world.by_profile(*((mask, (1 - seeking[:, n]) * back) for n, mask in enumerate(adults)))

    empty = world.daily("border.apprehension_probability.line_empty")
    full = world.daily("border.apprehension_probability.evading")
    least = empty + (1 - world.daily("border.processing_most")) * (full - empty)

    def met(sector: str, line: Floats) -> Varying:
        name = f"border.barrier_coverage.{sector}"
        gain = world.daily("border.barrier_detection_gain") * (
            world.daily(name) - world.daily_in_history(name)
        )
        evading = np.clip(line + gain, 0, 1 - back)
        parts = [(m, seeking[:, n] * seen + (1 - seeking[:, n]) * evading) for n, m in enumerate(adults)]
        return world.by_profile(*parts, (family | child, seen))

    return [
        Router(
            f"detection.{name}",
            route(
                Edge(
                    f"processing.{name}",
                    met(name, least),
                    "apprehended",
                    idle_share=met(name, full),
                ),
                Edge("turned_back", turned),
                Edge("evaded"),
                pool=f"agents.{name}",
            ),
        )
        for name in SECTORS
    ]


@once
def _processing(world: World, found: Arrivals) -> list[Node]:
    """
    Return the queues for processing, one for each sector: agents of another sector do not shorten them.

    Whoever has waited as long as the law lets him be held there goes his way without being processed in full.
    """
    hours = _spread(world, processing_hours(world.daily, found.expelled_share))
    in_short = Renege(world.memoryless("border.longest_wait"), route(Edge("pathway", label="in_short")))
    return [Station(f"processing.{name}", route("pathway"), units=hours, renege=in_short) for name in SECTORS]


def _first_mix(world: World, found: Arrivals) -> Varying:
    """Return the mix of profiles among first attempts, from month to month; only adults were removed before."""
    people = world.profiles
    starts = tuple(world.published.first_days.tolist())
    parts: list[tuple[Mask, Varying]] = []

    def by_month(values: Floats) -> Varying:
        return Varying(starts, EVERYBODY, values[:, None])

    for n, nation in enumerate(NATIONALITIES):
        for f, family in enumerate(FAMILIES):
            # A floor keeps a mix in months without any attempt of a kind.
            attempts = np.bincount(world.month_of, found.first_attempts[:, n, f]) + 1e-9
            removed = pathway.prior_removals(world, nation) if family == "single_adult" else 0 * attempts
            cell = {"entry": "border", "track": "open", "nationality": nation, "family": family}
            parts += [
                (people.where(prior_removal="one", **cell), by_month(attempts * removed)),
                (people.where(prior_removal="none", **cell), by_month(attempts * (1 - removed))),
            ]
    return weighted(*parts)


@once
def _spread(world: World, values: Floats) -> Varying:
    """Return (days, 3, 3) values as a dated value by profile, from month to month."""
    people = world.profiles
    parts = [
        (people.where(entry=("border", "port"), nationality=nation, family=family), values[:, n, f])
        for n, nation in enumerate(NATIONALITIES)
        for f, family in enumerate(FAMILIES)
    ]
    return world.by_profile(*parts)
