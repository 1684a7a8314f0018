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
    Route,
    Router,
    Sink,
    Source,
    Station,
    route,
)
from lawqueue.engine.varying import EVERYBODY, Varying, by_tick, frozen, weighted
from lawqueue.models.us_immigration.profiles import FAMILIES, NATIONALITIES
from lawqueue.models.us_immigration.published import Published
from lawqueue.models.us_immigration.world import Floats, Law, Mask, World, memoryless

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

ASSOCIATION_YEAR = 2019
"""Fiscal year for which citizenship and family are known together."""

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


def _shares(figures: Published, names: tuple[str, ...]) -> Floats:
    """
    Return the parts of USBP encounters by month, rescaled to sum to 1, shape (n_months, len(names)).

    Sectors end a year before the total, the other parts a month: the last division is held.
    """
    parts = np.stack([figures.held(f"usbp_encounters.{name}") for name in names], axis=1)
    return np.asarray(parts / parts.sum(axis=1, keepdims=True))


@lru_cache(maxsize=64)
def joint_encounters(figures: Published) -> Floats:
    """
    Return encounters by month, citizenship and family, shape (n_months, 3, 3) [case/month].

    Only the two margins are published by month. Their association is that of fiscal year 2019, when nearly
    all families came from northern Central America and nearly all Mexicans alone: proportional fitting
    keeps its odds ratios and gives the margins of each month.
    """
    family, nation = _shares(figures, FAMILIES), _shares(figures, NATIONALITIES)
    name = "usbp_encounters_joint.{}.{}"
    seed = np.array(
        [
            [figures.observed.annual(name.format(n, f))[ASSOCIATION_YEAR].value for f in FAMILIES]
            for n in NATIONALITIES
        ]
    )
    joint = np.broadcast_to(seed, (len(figures.months), *seed.shape)).copy()
    for _ in range(60):
        joint *= (nation / joint.sum(axis=2))[:, :, None]
        joint *= (family / joint.sum(axis=1))[:, None, :]
    return frozen(joint * figures.monthly("usbp_encounters")[:, None, None])


def expelled_shares(world: World, encounters: Floats) -> Floats:
    """
    Divide the published share under Title 42 among citizenships and families, while it is in force.

    The likelihoods relative to a single adult of Mexico or northern Central America are parameters; one
    factor a month makes the total that of the published series.

    Parameters
    ----------
    encounters
        Shape (n_months, 3, 3) [case/month].

    Returns
    -------
    (days, 3, 3) float64 [/1]
    """
    total = encounters.sum(axis=(1, 2))
    figures = world.published
    published = figures.monthly("usbp_expulsions_title42")
    wide = figures.monthly("cbp_encounters_title42") / (
        figures.monthly("cbp_encounters_title42") + figures.monthly("cbp_encounters_title8")
    )
    share = np.where(np.isnan(published), np.nan_to_num(wide), np.nan_to_num(published) / total)
    ones = np.ones(len(world.months))
    family = np.stack(
        [
            ones,
            world.once_a_month("border.title42.family_ratio"),
            world.once_a_month("border.title42.child_ratio"),
        ],
        axis=1,
    )
    nation = np.stack([ones, ones, world.once_a_month("border.title42.other_ratio")], axis=1)
    relative = nation[:, :, None] * family[:, None, :]
    # The month of the order has days before it, too.
    then = _expulsion_allowed(world, world.law_in_history)
    allowed_then = np.add.reduceat(then, figures.first_days, axis=0) / figures.days_in_month[:, None, None]
    # In months in which history had no such order the share is assumed: nothing was published.
    without = world.once_a_month("border.title42.share_without_record")
    never = allowed_then.max(axis=(1, 2)) == 0
    share = np.where(never, without, share)
    allowed_then[never] = 1.0
    # Raise the common factor until the capped probabilities give the published total.
    low, high = np.zeros(len(world.months)), np.full(len(world.months), 40.0)
    for _ in range(50):
        factor = (low + high) / 2
        probability = np.minimum(0.98, factor[:, None, None] * relative)
        expelled = probability * allowed_then * encounters
        enough = expelled.reshape(len(expelled), -1).sum(axis=1) >= share * total
        low, high = np.where(enough, low, factor), np.where(enough, factor, high)
    return figures.by_day(probability)


def _expulsion_allowed(world: World, law: Law) -> Floats:
    """Return whether a law lets families be expelled under Title 42, shape (days, 1, 3) [/1]."""
    families = [world.profiles.where(entry="border", family=name) for name in FAMILIES]
    allowed = [world.lawful("removal_track", "title42", each, law=law) for each in families]
    return np.stack(allowed, axis=1)[:, None, :]


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
    in_force = expelled_shares(world, encounters)
    then = in_force * _expulsion_allowed(world, world.law_in_history)
    expelled = in_force * _expulsion_allowed(world, world.law)
    first = _first_attempts(world, per_day, then)
    factor = np.stack([world.daily(f"border.arrivals_factor.{name}") for name in FAMILIES], axis=1)
    return Arrivals(
        first * factor[:, None, :],
        sector_shares(world, figures.by_day(_shares(figures, SECTORS))),
        expelled,
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
    after_return, after_removal = was("border.retry.return"), was("border.retry.removal")[:, None]
    back = was("border.turn_back_probability")[:, None]
    others = per_day[:, :, 0] * (1 - expelled[:, :, 0])
    soon[0] = per_day * expelled * np.stack(families, axis=1)[:, None, :]
    soon[1, :, :, 0] = attempts[:, :, 0] * (1 - seeking) * back * after_return[:, None]
    soon[2, :, 0, 0] = others[:, 0] * was("border.pathway.voluntary_return.mexico") * after_return
    # Roughly the adults outside Title 42 who are removed; the simulation makes the real ones.
    later[0, :, :, 0] = others * np.array([0.85, 0.6, 0.3]) * after_removal
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
    result.append(Router("pathway", _pathway(world, expelled)))
    result += _after_return(world, found)
    result += _ports(world)
    pool = Pool("agents", agent_hours(world.daily), ("border_processing",))
    return result, pool


def _first_mix(world: World, found: Arrivals) -> Varying:
    """Return the mix of profiles among first attempts, from month to month; only adults were removed before."""
    people = world.profiles
    starts = tuple(world.published.first_days.tolist())
    before = {
        name: world.once_a_month(f"border.pathway.prior_removal_share.{name}") for name in ("near", "other")
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


def _pathway(world: World, expelled: Varying) -> Route:
    """Return the route from processing: Title 42, prosecution, return, MPP, custody, release."""
    people = world.profiles
    adult = people.where(entry="border", family="single_adult")
    family = people.where(entry="border", family="family_unit")
    child = people.where(entry="border", family="unaccompanied_child")
    prior = people.where(prior_removal="one")
    first_time = adult & ~prior
    kept_for_trial = world.daily("prosecution.referral_share.reentry_title42")
    # The law says who may be charged, expelled, put in expedited removal or under an earlier order; practice, how many.
    entry = world.daily("prosecution.referral_share.entry") * world.lawful(
        "criminal_referral", "improper_entry", first_time
    )
    reentry = world.daily("prosecution.referral_share.reentry") * world.lawful(
        "criminal_referral", "reentry", adult & prior
    )
    may_speed = world.lawful("removal_track", "expedited_removal", adult)
    may_reinstate = world.lawful("removal_track", "reinstatement", adult & prior)
    voluntary, mpp = (
        world.daily("border.pathway.voluntary_return.mexico"),
        world.daily("border.pathway.mpp_share"),
    )
    detain, family_detained = (
        world.daily("border.pathway.adult_detention_share"),
        world.daily("border.pathway.family_detention_share"),
    )
    mexican = people.where(nationality="mexico")
    claims = {name: world.daily(f"border.pathway.fear_claim_share.{name}") for name in NATIONALITIES}

    not_expelled = 1.0 - expelled
    unreferred = [(first_time, 1 - entry), (adult & prior, 1 - reentry)]
    # What is left of an adult after prosecution, return and MPP goes into expedited removal or is released.
    at_once = world.daily("border.pathway.removed_at_once_share.mexico")
    handed_over = world.daily("border.pathway.handed_to_ice_share.mexico")
    sped = world.daily("border.pathway.expedited_share.other")
    none = np.zeros(world.days)
    rest, removed_at_once = [], []
    for nation in NATIONALITIES:
        here = people.where(nationality=nation)
        left = (1 - voluntary) if nation == "mexico" else (1 - mpp)
        expedited_share = sped * may_speed if nation == "other" else may_speed
        for mask, share, claim, fast in (
            (first_time & here, (1 - entry) * left, claims[nation], expedited_share),
            (adult & prior & here, (1 - reentry) * left, none, np.maximum(may_speed, may_reinstate)),
        ):
            if nation == "mexico":
                removed_at_once.append((mask, share * at_once * fast))
            kept = share * (1 - at_once * fast) if nation == "mexico" else share
            rest.append((mask, kept, claim * fast, (1 - claim) * fast, 1 - fast))
    expedited = people.relabel(adult & people.where(track="open"), track="expedited")
    fearful = people.relabel(adult & people.where(track="open"), track="fear")
    noticed = people.relabel((adult | family | child) & people.where(track="open"), track="notice")
    return route(
        Edge(
            "expelled",
            expelled * world.by_profile((~(adult & prior), 1.0), (adult & prior, 1 - kept_for_trial)),
        ),
        Edge("entry_referred", not_expelled * world.by_profile((first_time, entry))),
        Edge(
            "reentry_referred",
            not_expelled * world.by_profile((adult & prior, reentry)),
            label="reentry_referred",
        ),
        Edge(
            "reentry_referred",
            expelled * world.by_profile((adult & prior, kept_for_trial)),
            label="reentry_referred_title42",
        ),
        Edge(
            "returned",
            not_expelled
            * world.by_profile(*((mask & mexican, share * voluntary) for mask, share in unreferred)),
        ),
        Edge(
            "mpp_docket",
            not_expelled
            * world.by_profile(
                *(
                    (mask & ~mexican, share * mpp)
                    for mask, share in [*unreferred, (family, np.ones(world.days))]
                ),
            ),
            relabel=noticed,
        ),
        Edge(
            "removed",
            not_expelled
            * world.by_profile(*((mask, share * (1 - handed_over)) for mask, share in removed_at_once)),
            label="removed_by_cbp",
        ),
        Edge(
            "removed",
            not_expelled
            * world.by_profile(*((mask, share * handed_over) for mask, share in removed_at_once)),
            label="handed_to_ice",
        ),
        Edge(
            "detention",
            not_expelled
            * world.by_profile(*((mask, left * detain * fast) for mask, left, _, fast, _ in rest)),
            label="expedited",
            relabel=expedited,
        ),
        Edge(
            "detention",
            not_expelled
            * world.by_profile(*((mask, left * detain * claim) for mask, left, claim, _, _ in rest)),
            label="fear_claimed",
            relabel=fearful,
        ),
        Edge(
            "detention",
            not_expelled
            * world.by_profile(*((mask, left * detain * slow) for mask, left, _, _, slow in rest)),
            label="notice_detained",
            relabel=noticed,
        ),
        Edge(
            "detention",
            not_expelled
            * world.by_profile(
                (family & mexican, family_detained),
                (family & ~mexican, family_detained * (1 - mpp)),
            ),
            label="family_detained",
            relabel=noticed,
        ),
        Edge("orr", not_expelled * world.by_profile((child, 1.0)), label="child_to_orr", relabel=noticed),
        Edge("release", relabel=noticed),
    )


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


def _ports(world: World) -> list[Node]:
    """Return ports of entry: published encounters, some of which are put in removal proceedings."""
    people = world.profiles
    masks = [people.where(entry="port", nationality=n, family=f) for n in NATIONALITIES for f in FAMILIES[:2]]
    mix = np.sum(
        [mask * weight for mask, weight in zip(masks, (0.25, 0.15, 0.10, 0.20, 0.20, 0.10), strict=True)],
        axis=0,
    )
    figures = world.published
    encounters = figures.by_day(figures.held("ofo_encounters") / figures.days_in_month)
    arrivals = encounters * world.daily("border.port_factor")
    noticed = world.daily("border.port.notice_share")
    held = world.daily("border.port.detention_share")
    return [
        Source("ports", arrivals, mix, route("port_processing")),
        Router(
            "port_processing",
            route(
                Edge("detention", by_tick(noticed * held)),
                Edge("release", by_tick(noticed * (1 - held))),
                "refused_at_port",
            ),
        ),
        Sink("refused_at_port"),
    ]
