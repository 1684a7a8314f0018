"""What the flagship model makes of its inputs before anything is simulated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from lawqueue.models.us_immigration import border, courts, custody, dispositions, pathway, stocks, title42
from lawqueue.models.us_immigration.known import LAST_DAY
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.models.us_immigration.profiles import FAMILIES, NATIONALITIES
from lawqueue.models.us_immigration.world import World
from lawqueue.rules import Change


def _changed(world: World, name: str, value: float) -> World:
    """Return a world in which one parameter has another value from the first day on."""
    change = Change(name, world.start, "set", value)
    return replace(world, book=world.book.changed(change))


START, END = date(2019, 10, 1), date(2021, 10, 1)


@pytest.fixture(scope="module")
def world() -> World:
    return MODEL.world_in_history(START, END)


def test_encounters_by_citizenship_and_family_have_the_published_margins(world: World) -> None:
    joint = dispositions.joint_encounters(world.published)
    total = world.published.monthly("usbp_encounters")
    np.testing.assert_allclose(joint.sum(axis=(1, 2)), total)
    for axis, names in ((2, NATIONALITIES), (1, FAMILIES)):
        parts = np.stack([world.published.monthly(f"usbp_encounters.{name}") for name in names], axis=1)
        np.testing.assert_allclose(
            joint.sum(axis=axis), parts / parts.sum(axis=1, keepdims=True) * total[:, None], rtol=1e-6
        )


def test_mexicans_come_alone_and_families_from_central_america(world: World) -> None:
    joint = dispositions.joint_encounters(world.published)
    assert (joint[:, 0, 0] / joint[:, 0].sum(axis=1) > 0.75).all()
    assert (joint[:, 1, 1] / joint[:, :, 1].sum(axis=1) > 0.5).mean() > 0.75


def test_dispositions_have_the_published_margins() -> None:
    observed = MODEL.observed()
    span = date(2016, 10, 1), date(2023, 10, 1)
    counts = dispositions.counts(observed)
    for place, way in enumerate(("expelled", *dispositions.WAYS, "other")):
        total = np.nan_to_num(observed.monthly(f"usbp_dispositions.{way}", *span))
        np.testing.assert_allclose(counts[..., place].sum(axis=(1, 2)), total, atol=1e-6)
    # Releases are the Border Patrol's own, so that both margins are published.
    for axis, names in ((2, NATIONALITIES), (1, FAMILIES[:2])):
        parts = [observed.monthly(f"cbp_dispositions.{name}.released", *span) for name in names]
        found = counts[..., 1 + dispositions.WAYS.index("released")].sum(axis=axis)[:, : len(names)]
        np.testing.assert_allclose(found, np.transpose(parts), atol=60)


def test_after_the_last_known_month_its_practice_is_held() -> None:
    late = MODEL.world_in_history(date(2023, 9, 1), date(2024, 2, 1))
    for share in dispositions.practice(late.published, late.daily).values():
        assert (share == share[0]).all()


def test_the_ways_of_each_group_at_the_border_are_one_whole(world: World) -> None:
    for cell in pathway.cells(world):
        np.testing.assert_allclose(cell.referred + np.sum(list(cell.ways.values()), axis=0), 1)
        assert all((share >= 0).all() for share in cell.ways.values())


def test_a_weight_multiplies_the_odds_of_a_way(world: World) -> None:
    before = dispositions.practice(world.published, world.daily)["released"]
    after = dispositions.practice(world.published, _changed(world, "border.practice.released", 2.0).daily)[
        "released"
    ]
    some = (before > 0) & (before < 1)
    np.testing.assert_allclose((after / (1 - after))[some], 2 * (before / (1 - before))[some])


def test_a_share_for_the_protocols_reaches_neither_mexicans_nor_children() -> None:
    world = _changed(
        MODEL.world_in_history(date(2017, 1, 1), date(2017, 3, 1)), "border.practice.mpp_share", 0.3
    )
    found = dispositions.practice(world.published, world.daily)["mpp"]
    np.testing.assert_allclose(found[:, 1:, :2], 0.3)
    assert (found[:, 0] == 0).all()
    assert (found[:, :, 2] == 0).all()


def test_expulsions_are_the_published_ones(world: World) -> None:
    encounters = dispositions.joint_encounters(world.published)
    share = title42.expelled(world, world.law_in_history)
    per_day = world.published.by_day(encounters / world.published.days_in_month[:, None, None])
    by_month = np.bincount(world.month_of, (share * per_day).sum(axis=(1, 2)))
    published = np.nan_to_num(world.published.monthly("usbp_dispositions.expelled"))
    np.testing.assert_allclose(by_month[6:], published[6:], rtol=0.05)
    assert (by_month[:5] == 0).all()


def test_whoever_is_prosecuted_instead_of_expelled_counts_among_those_transferred_to_ice(
    world: World,
) -> None:
    expelled = title42.expelled(world, world.law_in_history)[:, 0, 0]
    tried = expelled * world.daily("prosecution.referral_share.reentry_title42")
    for cell in pathway.cells(world):
        if cell.nation == "mexico" and cell.family == "single_adult":
            shown = dispositions.practice(world.published, world.daily)["to_ice"][:, 0, 0]
            before = world.published.by_day(pathway.prior_removals(world, "mexico"))
            few = cell.referred < shown / 2
            # As many of those transferred are expelled as are prosecuted of those who would be.
            np.testing.assert_allclose(
                ((1 - expelled) * cell.ways["expelled"])[few], (before * tried)[few], rtol=1e-9
            )
            assert (cell.ways["expelled"][few & (tried > 0)] > 0).all()


def test_whoever_is_prosecuted_for_an_entry_goes_on_where_the_tables_count_him(world: World) -> None:
    shown = dispositions.practice(world.published, world.daily)
    for cell in pathway.cells(world):
        if cell.family == "single_adult" and not cell.prior:
            here = {way: share[:, NATIONALITIES.index(cell.nation), 0] for way, share in shown.items()}
            few = (cell.referred > 0) & (cell.referred < here["to_ice"] + here["repatriated"])
            assert few.any()
            # Once they have served, as many are repatriated as the tables say.
            found = cell.ways["repatriated"] + cell.referred * cell.repatriated_after
            np.testing.assert_allclose(found[few], here["repatriated"][few], rtol=1e-9)


def test_ways_at_ports_and_between_them_add_up_to_those_published_by_citizenship(world: World) -> None:
    figures, observed = world.published, MODEL.observed()
    met = figures.monthly("ofo_dispositions.encounters")[:, None] * dispositions.share_at_ports(
        figures, NATIONALITIES
    )
    share = dispositions.ports(figures)
    assert (np.sum(list(share.values()), axis=0) <= 1 + 1e-9).all()
    at_ports = met * share["to_ice"][figures.first_days]
    months = dispositions.months_of(figures)
    between = dispositions.counts(observed)[months][..., 1 + dispositions.WAYS.index("to_ice")].sum(axis=2)
    both = np.stack([figures.monthly(f"cbp_dispositions.{name}.to_ice") for name in NATIONALITIES], axis=1)
    every = both.sum(axis=1)
    assert (np.abs(at_ports + between - both)[:, 0] <= 0.01 * every).all()
    # In some months fewer Central Americans are counted at ports, families without children, than go from there to ICE.
    np.testing.assert_allclose((at_ports + between).sum(), both.sum(), rtol=0.05)


def test_an_order_without_a_record_expels_the_share_that_the_parameter_says() -> None:
    world = MODEL.world_in_history(date(2018, 1, 1), date(2018, 3, 1))
    law = dict(world.law)
    law["removal_track", "title42"] = ((world.start, world.end, MODEL.statutes()["42-usc-265"]),)
    share = title42.expelled(replace(world, law=law), law)
    encounters = dispositions.joint_encounters(world.published)
    wanted = world.daily("border.title42.share_without_record")[0]
    # Children are out of reach of this order, and are counted in the whole.
    adults = (share[0] * encounters[0]).sum() / encounters[0].sum()
    assert (share[:, :, 2] == 0).all()
    assert 0.7 * wanted < adults <= wanted


def test_without_expedited_removal_fewer_are_removed_at_the_border(world: World) -> None:
    cell = next(each for each in pathway.cells(world) if each.nation == "mexico" and not each.prior)
    law = {key: spells for key, spells in world.law.items() if key != ("removal_track", "expedited_removal")}
    assert (pathway.may_be_removed(world, cell) > 0).all()
    assert (pathway.may_be_removed(world, cell, law) == 0).all()


def test_stays_of_the_first_day_keep_the_published_population(world: World) -> None:
    held = custody.stays(world)
    for kind in held.masks:
        np.testing.assert_allclose(
            held.short(kind) + held.tail_share[kind] * held.long(kind), held.mean[kind]
        )
    held_by = {each.node: each.cases.sum() for each in stocks.stocks(world)}
    population = world.observed.annual("average_daily_population")[2019].value
    assert held_by["detention"] + held_by["long_custody"] == pytest.approx(population)
    assert held_by["long_custody"] > 0.3 * population


def test_hearing_minutes_are_those_of_the_kinds_of_completion(world: World) -> None:
    heard = np.sum(courts.outcomes(world)[:2], axis=0)
    assert (np.sum(courts.outcomes(world), axis=0) <= 1).all()
    open_share = world.daily("court.open_share.merits")
    minutes = courts.docket_minutes(world) * open_share
    mean = heard * world.at_start("court.minutes.merits") + (1 - heard) * world.at_start(
        "court.minutes.dismissal"
    )
    np.testing.assert_allclose(minutes, mean)
    # While courts are closed a case outside custody takes the more of a judge's time.
    closed = open_share < 1
    assert closed.any()
    assert (courts.docket_minutes(world)[closed] > mean[closed]).all()


def test_judges_are_those_of_every_published_date() -> None:
    world = MODEL.world_in_history(date(2022, 10, 1), date(2025, 9, 1))
    bench = courts.judges_on_bench(world)
    for figure in world.observed.figures("immigration_judges_on_board"):
        if world.start <= figure.end < world.end:
            assert bench[world.day(figure.end)] == figure.value
    assert bench[world.day(date(2025, 7, 1))] == 700


def test_arrivals_reach_the_last_day_that_a_scenario_may_ask_for() -> None:
    start, end = date(2024, 7, 1), LAST_DAY + timedelta(days=1)
    world = MODEL.world_in_history(start, end)
    found = border.arrivals(world)
    assert np.isfinite(found.first_attempts).all()
    assert (found.first_attempts.sum(axis=(1, 2)) > 0).all()
    np.testing.assert_allclose(found.sector_share.sum(axis=1), 1)
