"""What the flagship model makes of its inputs before anything is simulated."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from lawqueue.models.us_immigration import border, custody, model
from lawqueue.models.us_immigration.profiles import FAMILIES, NATIONALITIES
from lawqueue.models.us_immigration.world import World
from lawqueue.study.scenario import LAST_DAY

START, END = date(2019, 10, 1), date(2021, 10, 1)


@pytest.fixture(scope="module")
def world() -> World:
    return model.world_in_history(START, END)


def test_encounters_by_citizenship_and_family_have_the_published_margins(world: World) -> None:
    joint = border.joint_encounters(world.published)
    total = world.published.monthly("usbp_encounters")
    np.testing.assert_allclose(joint.sum(axis=(1, 2)), total)
    for axis, names in ((2, NATIONALITIES), (1, FAMILIES)):
        parts = np.stack([world.published.monthly(f"usbp_encounters.{name}") for name in names], axis=1)
        np.testing.assert_allclose(
            joint.sum(axis=axis), parts / parts.sum(axis=1, keepdims=True) * total[:, None], rtol=1e-6
        )


def test_mexicans_come_alone_and_families_from_central_america(world: World) -> None:
    joint = border.joint_encounters(world.published)
    assert (joint[:, 0, 0] / joint[:, 0].sum(axis=1) > 0.75).all()
    assert (joint[:, 1, 1] / joint[:, :, 1].sum(axis=1) > 0.5).mean() > 0.75


def test_stays_of_the_first_day_keep_the_published_population(world: World) -> None:
    held = custody.stays(world)
    for kind in held.masks:
        np.testing.assert_allclose(
            held.short(kind) + held.tail_share[kind] * held.long(kind), held.mean[kind]
        )
    stocks = {each.node: each.cases.sum() for each in custody.stocks(world)}
    population = world.observed.annual("average_daily_population")[2019].value
    assert stocks["detention"] + stocks["long_custody"] == pytest.approx(population)
    assert stocks["long_custody"] > 0.3 * population


def test_hearing_minutes_are_those_of_the_kinds_of_completion(world: World) -> None:
    absent, present, relief, closed = custody.outcomes(world)
    least, most = (world.daily(f"court.minutes.{kind}")[0] for kind in ("absent", "merits"))
    minutes = custody.docket_minutes(world)
    assert (absent + present + relief + closed <= 1).all()
    assert ((minutes > least) & (minutes < most)).all()
    # Fewer orders in absentia, which take little time, make the mean case longer.
    falls = np.diff(absent) < 0
    assert falls.any()
    assert (np.diff(minutes)[falls] > 0).all()


def test_arrivals_reach_the_last_day_that_a_scenario_may_ask_for() -> None:
    start, end = date(2024, 7, 1), LAST_DAY + timedelta(days=1)
    world = model.world_in_history(start, end)
    found = border.arrivals(world)
    assert np.isfinite(found.first_attempts).all()
    assert (found.first_attempts.sum(axis=(1, 2)) > 0).all()
    np.testing.assert_allclose(found.sector_share.sum(axis=1), 1)
