"""
The way on from the border: expelled, prosecuted, repatriated, sent to wait in Mexico, to ICE, to HHS, or released.

How many go which way is published, by month, family and citizenship, see `dispositions`. The law says who may be
expelled, charged, put in expedited removal or under an earlier order; whom prosecutors get goes later where the tables
count him, to ICE or out of the country.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.spec import Edge, Node, Route, Router, Sink, Source, route
from lawqueue.engine.varying import Varying
from lawqueue.models.once import once
from lawqueue.models.us_immigration import title42
from lawqueue.models.us_immigration.dispositions import ports, practice, share_at_ports
from lawqueue.models.us_immigration.profiles import FAMILIES, NATIONALITIES, Profiles
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import Floats, Law, Mask

Parts = list[tuple[Mask, Floats]]
Relabel = NDArray[np.int32]

REMOVED = ("removed_by_cbp", "handed_to_ice")
"""How somebody is removed at the border without a stay in custody: by CBP itself, or turned over to ICE for it."""


@dataclass(frozen=True)
class Cell:
    """
    A group of those met between ports, and what is done with it if it is not expelled.

    Parameters
    ----------
    mask
        Its profiles.
    nation, family
        Of the group.
    prior
        Whether its members were removed before.
    referred
        Share that is referred to a prosecutor by day, (days,) [/1].
    ways
        Share of each of `WAYS` by day, (days,) each [/1], and of `expelled`, see `_prosecuted_instead`; together with
        `referred` they sum to 1.
    repatriated_after
        Share of those referred for an entry who are repatriated once they have served, (days,) [/1]; the others go to ICE.
    """

    mask: Mask
    nation: str
    family: str
    prior: bool
    referred: Floats
    ways: dict[str, Floats]
    repatriated_after: Floats


@once
def cells(world: World) -> tuple[Cell, ...]:
    """Return every group of those met between ports, and what is done with it."""
    people = world.profiles
    found = []
    shares, instead = practice(world.published, world.daily), _prosecuted_instead(world)
    for n, nation in enumerate(NATIONALITIES):
        for f, family in enumerate(FAMILIES):
            here = {way: share[:, n, f] for way, share in shares.items()}
            if family == "single_adult":
                here["expelled"] = here["to_ice"] * instead[:, n]
                here["to_ice"] = here["to_ice"] - here["expelled"]
            for prior in (False, True):
                mask = people.where(
                    entry="border",
                    nationality=nation,
                    family=family,
                    prior_removal="one" if prior else "none",
                )
                referred = _referred(world, family, prior=prior)
                # A re-entry leads to prison and from there to ICE; a first entry to days of custody, and on as for others.
                first = ("to_ice",) if prior else ("to_ice", "repatriated")
                after = _ratio(here["repatriated"], here["repatriated"] + here["to_ice"])
                found.append(
                    Cell(mask, nation, family, prior, referred, _without(here, referred, first), after)
                )
    return tuple(found)


def _referred(world: World, family: str, *, prior: bool) -> Floats:
    """Return the share of a group outside Title 42 that is referred to a prosecutor, (days,) [/1]: adults alone."""
    if family != "single_adult":
        return np.zeros(world.days)
    kind, topic = ("reentry", "reentry") if prior else ("entry", "improper_entry")
    adult = world.profiles.where(entry="border", family=family, prior_removal="one" if prior else "none")
    return world.daily(f"prosecution.referral_share.{kind}") * world.lawful("criminal_referral", topic, adult)


def _prosecuted_instead(world: World) -> Floats:
    """
    Return the part of the adults published as transferred to ICE who were prosecuted instead of expelled, (days, 3) [/1].

    The tables count them with ICE; here they are taken from those who would be expelled. So as many others of those
    transferred are expelled, and both totals stay the published ones.
    """
    then = title42.expelled(world, world.law_in_history)[:, :, 0]
    again = world.profiles.where(entry="border", family="single_adult", prior_removal="one")
    now = world.lawful("removal_track", "title42", again) > 0
    before = world.published.by_day(np.stack([prior_removals(world, each) for each in NATIONALITIES], axis=1))
    tried = then * before * world.daily_in_history("prosecution.referral_share.reentry_title42")[:, None]
    transferred = (1 - then) * practice(world.published, world.daily_in_history)["to_ice"][:, :, 0]
    found = np.divide(tried, transferred, out=np.zeros_like(tried), where=transferred > 0)
    return np.asarray(np.minimum(found, 1.0) * now[:, None])


def prior_removals(world: World, nation: str) -> Floats:
    """Return the share of single adults at the border who were removed before, by month, (n_months,) [/1]."""
    kind = "other" if nation == "other" else "near"
    return world.once_a_month(f"border.pathway.prior_removal_share.{kind}")


def _without(ways: dict[str, Floats], referred: Floats, first: tuple[str, ...]) -> dict[str, Floats]:
    """Return shares of ways less those referred: from the ways that come first, in proportion, the rest from all others."""
    room = np.sum([ways[way] for way in first], axis=0)
    kept = np.maximum(room - referred, 0.0)
    left = _ratio(1 - referred - kept, 1 - room)
    return {way: share * (_ratio(kept, room) if way in first else left) for way, share in ways.items()}


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.zeros_like(part), where=whole > 0))


def may_be_removed(world: World, cell: Cell, law: Law | None = None) -> Floats:
    """Return the share of a group that the law lets be removed without a hearing before a judge, (days,) [/1]."""
    found = world.lawful("removal_track", "expedited_removal", cell.mask, law=law)
    if cell.prior:
        found = np.maximum(found, world.lawful("removal_track", "reinstatement", cell.mask, law=law))
    return found


@once
def way_on(world: World, expelled: Varying) -> Route:
    """
    Return the route from processing.

    Parameters
    ----------
    expelled
        Share of each profile under Title 42 [/1].
    """
    groups = cells(world)
    people = world.profiles
    removed_before = people.where(entry="border", family="single_adult", prior_removal="one")
    for_trial = world.daily("prosecution.referral_share.reentry_title42")

    def among(parts: Parts) -> Varying:
        return (1.0 - expelled) * world.by_profile(*parts)

    return route(
        Edge(
            "expelled",
            expelled * world.by_profile((~removed_before, 1.0), (removed_before, 1 - for_trial))
            + among([(c.mask, c.ways["expelled"]) for c in groups if c.family == "single_adult"]),
        ),
        Edge("entry_referred", among([(c.mask, c.referred) for c in groups if not c.prior])),
        Edge("reentry_referred", among([(c.mask, c.referred) for c in groups if c.prior])),
        Edge(
            "reentry_referred",
            expelled * world.by_profile((removed_before, for_trial)),
            label="reentry_referred_title42",
        ),
        Edge("mpp_calendar", among([(c.mask, c.ways["mpp"]) for c in groups]), relabel=noticed(people)),
        Edge(
            "orr",
            among([(c.mask, c.ways["to_hhs"]) for c in groups]),
            label="child_to_orr",
            relabel=noticed(people),
        ),
        *(Edge(to, among(parts), label) for to, label, parts in _repatriated(world, groups)),
        *(Edge(to, among(parts), label, relabel=new) for to, label, parts, new in _to_ice(world, groups)),
        Edge("release", relabel=noticed(people)),
    )


def expelled_without_referral(world: World) -> Varying:
    """Return the share of each profile referred for re-entry that Title 42 would have expelled, [/1]."""
    expelled = title42.expelled(world, world.law)
    for_trial = world.daily("prosecution.referral_share.reentry_title42")
    found = []
    for cell in cells(world):
        if cell.prior and cell.family == "single_adult":
            share = expelled[:, NATIONALITIES.index(cell.nation), FAMILIES.index(cell.family)]
            instead, others = share * for_trial, (1 - share) * cell.referred
            every = instead + others
            found.append((cell.mask, np.divide(instead, every, out=np.zeros_like(every), where=every > 0)))
    return world.by_profile(*found)


def _repatriated(world: World, groups: tuple[Cell, ...]) -> list[tuple[str, str, Parts]]:
    """Return the ways of those repatriated under title 8: returned, removed by CBP itself, or turned over to ICE for it."""
    returned = world.daily("border.pathway.returned_share")
    handed = world.daily("border.pathway.handed_to_ice_share")
    back, own, over = [], [], []
    for cell in groups:
        share = cell.ways["repatriated"]
        if cell.family == "unaccompanied_child":
            back.append((cell.mask, share))
            continue
        back.append((cell.mask, share * returned))
        removed = share * (1 - returned) * _still_lawful(world, cell)
        own.append((cell.mask, removed * (1 - handed)))
        over.append((cell.mask, removed * handed))
    return [
        ("returned", "returned", back),
        ("removed", "removed_by_cbp", own),
        ("removed", "handed_to_ice", over),
    ]


def removed_after_entry(world: World) -> list[tuple[str, Varying]]:
    """Return the share of those prosecuted for a first entry who are then removed at the border, by who removes them, [/1]."""
    handed = world.daily("border.pathway.handed_to_ice_share")
    removed = [
        (cell.mask, cell.repatriated_after * _still_lawful(world, cell))
        for cell in cells(world)
        if cell.family == "single_adult" and not cell.prior
    ]
    return [
        (label, world.by_profile(*((mask, share * part) for mask, share in removed)))
        for label, part in zip(REMOVED, (1 - handed, handed), strict=True)
    ]


def _still_lawful(world: World, cell: Cell) -> Floats:
    """Return the share of the removals at the border of history that the law of the scenario still allows, (days,) [/1]."""
    now, then = may_be_removed(world, cell), may_be_removed(world, cell, world.law_in_history)
    return np.minimum(1.0, np.divide(now, then, out=np.ones_like(now), where=then > 0))


def _to_ice(world: World, groups: tuple[Cell, ...]) -> list[tuple[str, str, Parts, Relabel]]:
    """Return the ways of those transferred to ICE: by track into custody, or let go at once."""
    people = world.profiles
    met = people.where(entry="border", track="open")
    booked = world.daily("border.practice.booked_in_share")
    housed = world.daily("detention.families_held")
    returned = world.daily("border.pathway.returned_share")
    parts: dict[str, Parts] = {
        each: [] for each in ("fast", "fearful", "slow", "family", "family_fearful", "let_go")
    }
    afraid = world.daily("border.pathway.family_fear_share")
    for cell in groups:
        # Whom the law no longer lets be removed at the border is kept for a hearing.
        unlawful = cell.ways["repatriated"] * (1 - returned) * (1 - _still_lawful(world, cell))
        held = booked if cell.family == "single_adult" else booked * housed
        kept = cell.ways["to_ice"] * held
        parts["let_go"].append((cell.mask, cell.ways["to_ice"] * (1 - held)))
        if cell.family != "single_adult":
            parts["family"].append(
                (cell.mask, kept * (1 - afraid) + unlawful * (cell.family == "family_unit"))
            )
            parts["family_fearful"].append((cell.mask, kept * afraid))
            continue
        fast, claim = _sped(world, cell)
        parts["fast"].append((cell.mask, kept * fast * (1 - claim)))
        parts["fearful"].append((cell.mask, kept * fast * claim))
        parts["slow"].append((cell.mask, kept * (1 - fast) + unlawful))
    expedited = people.relabel(met, track="expedited")
    fearful = people.relabel(met, track="fear")
    return [
        ("detention", "expedited", parts["fast"], expedited),
        ("detention", "fear_claimed", parts["fearful"], fearful),
        ("detention", "notice_detained", parts["slow"], noticed(people)),
        ("detention", "family_detained", parts["family"], noticed(people)),
        ("detention", "family_fear_claimed", parts["family_fearful"], fearful),
        ("release", "let_go_by_ice", parts["let_go"], noticed(people)),
    ]


def _sped(world: World, cell: Cell) -> tuple[Floats, Floats]:
    """Return the share of adults in custody in expedited removal or under an earlier order, and that of them who claim fear."""
    lawful = may_be_removed(world, cell)
    if cell.prior:
        return lawful, np.zeros(world.days)
    name = f"border.pathway.expedited_share.{cell.nation}"
    # Nearly all Mexicans who can be removed without a hearing are.
    practised = world.daily(name) if name in world.book else 1.0
    return lawful * practised, world.daily(f"border.pathway.fear_claim_share.{cell.nation}")


def noticed(people: Profiles) -> Relabel:
    """Return the profiles of those met between ports once they are in proceedings."""
    return people.relabel(people.where(entry="border", track="open"), track="notice")


@once
def at_ports(world: World) -> list[Node]:
    """Return ports of entry: published encounters, and the published ways on."""
    people, figures = world.profiles, world.published
    mix = _mix_at_ports(world)
    arrivals = figures.by_day(figures.held("ofo_encounters") / figures.days_in_month) * world.daily(
        "border.port_factor"
    )
    ways = ports(world.published)
    booked = world.daily("border.practice.booked_in_share")
    afraid, charged = world.daily("border.port.fear_share"), world.daily("border.port.notice_share")

    def part(way: str, of_it: Floats | float = 1.0) -> Varying:
        masks = (people.where(entry="port", nationality=name) for name in NATIONALITIES)
        return world.by_profile(*((mask, ways[way][:, n] * of_it) for n, mask in enumerate(masks)))

    return [
        Source("ports", arrivals, mix, route("port_processing")),
        Router(
            "port_processing",
            route(
                Edge("detention", part("to_ice", booked * (1 - afraid))),
                Edge(
                    "detention",
                    part("to_ice", booked * afraid),
                    label="fear_claimed",
                    relabel=people.relabel(people.where(entry="port"), track="fear"),
                ),
                Edge("release", part("to_ice", 1 - booked) + part("paroled", charged)),
                Edge("mpp_calendar", part("mpp")),
                Edge("orr", part("to_hhs"), label="child_to_orr"),
                "refused_at_port",
            ),
        ),
        Sink("refused_at_port"),
    ]


def _mix_at_ports(world: World) -> Varying:
    """Return who comes to ports, as citizenship and family were published."""
    people, figures = world.profiles, world.published
    arriving = people.where(entry="port", track="notice")
    family = share_at_ports(figures, FAMILIES[:2])
    nation = share_at_ports(figures, NATIONALITIES)
    # How citizenship and family go together at ports is not published: as if they had nothing to do with each other.
    return world.by_profile(
        *(
            (
                arriving & people.where(nationality=n, family=f),
                figures.by_day(nation[:, i] * family[:, j]),
            )
            for i, n in enumerate(NATIONALITIES)
            for j, f in enumerate(FAMILIES[:2])
        )
    )
