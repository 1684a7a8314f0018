"""What the flagship model keeps of the immigration courts: dates, lanes, one bench, notices, and who is screened for fear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from lawqueue.engine.run import simulate
from lawqueue.engine.spec import Router
from lawqueue.models.us_immigration import courts, supervision
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.models.us_immigration.series import CATALOGUE
from lawqueue.models.us_immigration.series.courts import _age
from lawqueue.models.us_immigration.series.reading import Reading
from lawqueue.models.us_immigration.world import World
from lawqueue.rules import Change

START, END = date(2018, 10, 1), date(2022, 4, 1)
HISTORY = MODEL.world_in_history(START, END)
OPEN, CLOSED, AGAIN = slice(6, 17), slice(19, 33), slice(38, 42)
"""Months in which courts heard everybody, those in custody alone, and everybody again."""
Ran = Callable[..., Reading]


def changed(**values: float) -> World:
    """Return history with some parameters at other values from the first day on."""
    book = HISTORY.book
    for name, value in values.items():
        book = book.changed(Change(name.replace("__", "."), START, "set", value))
    return replace(HISTORY, book=book)


@pytest.fixture(scope="module")
def ran() -> Ran:
    known: dict[tuple[tuple[str, float], ...], Reading] = {}

    def run(**values: float) -> Reading:
        key = tuple(sorted(values.items()))
        if key not in known:
            world = changed(**values)
            network = MODEL.network(world)
            known[key] = Reading(simulate(network, seed=3, replicates_wanted=1, scale=0.02, threads=1), world)
        return known[key]

    return run


def read(name: str, reading: Reading) -> Any:
    """Return a reported series of a run by month."""
    return next(row.read for row in CATALOGUE.rows if row.series.name == name)(reading)


def test_a_closure_puts_off_hearings_at_once_and_rooms_that_open_wait_for_notice() -> None:
    rooms, held = HISTORY.daily("court.open_share.first"), courts.dates_held(HISTORY)
    closes, opens = HISTORY.day(date(2020, 3, 18)), HISTORY.day(date(2021, 7, 6))
    notice = int(HISTORY.daily("court.notice_days")[opens])
    assert held[closes - 1] == rooms[closes - 1]
    assert held[closes] == rooms[closes]
    assert held[opens + notice - 1] == rooms[opens - 1]
    assert held[opens + notice] == rooms[opens]


def test_orders_in_absentia_are_a_share_of_first_hearings_held(ran: Ran) -> None:
    reading = ran()
    share = (
        reading.flow("first_hearing", "absent_order")[:, OPEN].sum()
        / reading.flow("first_hearing")[:, OPEN].sum()
    )
    assert share == pytest.approx(HISTORY.at_start("court.first.absent_share"), abs=0.01)
    # Closed courts order hardly anybody removed in absence, however many wait.
    per_month = read("court.in_absentia", reading)
    assert per_month[:, CLOSED].mean() < 0.1 * per_month[:, OPEN].mean()
    assert reading.run.level("calendar")[:, CLOSED].mean() > reading.run.level("calendar")[:, OPEN].mean()


def test_first_hearings_do_not_wait_for_judges_and_the_merits_get_what_is_left(ran: Ran) -> None:
    many, few = ran(), ran(court__judges_factor=0.7)
    first = [each.flow("first_hearing")[:, OPEN].sum() for each in (many, few)]
    late = [each.flow("docket")[:, OPEN].sum() for each in (many, few)]
    assert first[1] == pytest.approx(first[0], rel=0.02)
    assert late[1] < 0.6 * late[0]


def test_no_judge_is_idle_while_cases_wait_for_a_decision(ran: Ran) -> None:
    reading = ran()
    spent = sum(reading.run.work(each).mean(axis=0) for each in courts.BENCH)
    assert reading.run.level_end("docket").min() > 0
    np.testing.assert_allclose(spent, reading.run.pool_units("judges"), rtol=0.02)


def test_families_on_a_priority_docket_that_ends_go_back_to_the_ordinary_calendar(ran: Ran) -> None:
    reading = ran()
    back = reading.flow("priority_calendar", "back_to_ordinary")[0]
    # Whoever joined within thirty days shares a clock, so that some go back in the month after.
    assert back[17:19].sum() == back.sum() > 0
    assert reading.run.level_end("priority_calendar")[0, 18:30].max() == 0
    assert reading.flow("priority_docket")[0, AGAIN].sum() > 0


def test_a_notice_that_is_not_filed_is_no_receipt(ran: Ran) -> None:
    none, half = ran(border__notice_lost_share=0.0), ran(border__notice_lost_share=0.5)
    given = half.flow("nta_filing").sum()
    assert read("court.dismissed_no_notice", none).sum() == 0
    assert read("court.dismissed_no_notice", half).sum() / given == pytest.approx(0.5, abs=0.02)
    lost = read("court.receipts", none).sum() - read("court.receipts", half).sum()
    assert lost == pytest.approx(given / 2, rel=0.1)


def test_whoever_is_found_to_have_a_fear_has_a_notice_8_cfr_208_30_f() -> None:
    world = changed(border__nta_filed_share=0.0)
    released = next(each for each in supervision.nodes(world) if each.name == "released")
    people = world.profiles
    filed = sum(
        edge.share.at(0) * np.ones(people.n)  # type: ignore[union-attr]  # a route has a share but for the last edge
        for edge in cast("Router", released).to.edges
        if edge.to == "nta_filing"
    )
    border = people.where(entry=("border", "port"))
    found = people.where(track="fear")
    assert (filed[found] == 1).all()
    assert (filed[border & ~found] == 0).all()


def test_people_from_ports_are_screened_for_fear(ran: Ran) -> None:
    reading = ran()
    claimed = reading.flow("port_processing", "fear_claimed").sum()
    held = claimed + reading.flow("port_processing", "detention").sum()
    assert claimed / held == pytest.approx(HISTORY.at_start("border.port.fear_share"), abs=0.02)


def test_a_judge_who_vacates_every_finding_leaves_nobody_without_proceedings_8_cfr_1208_30_g(
    ran: Ran,
) -> None:
    assert ran().flow("fear_screening", "negative").sum() > 0
    assert ran(fear__vacated_share=1.0).flow("fear_screening", "negative").sum() == 0


def test_the_age_at_a_memoryless_delay_comes_to_the_mean_stay() -> None:
    # 1000 cases, a tenth of which leave in each month of 30 days and are replaced: 300 days on the mean.
    months = 80
    run = SimpleNamespace(
        level_end=lambda node: np.full((1, months), 1000.0), level_start=lambda node: 1000.0
    )
    reading = SimpleNamespace(
        run=run, flow=lambda node: np.full((1, months), 100.0), days=np.full(months, 30)
    )
    age = _age(cast("Reading", reading), "calendar")
    assert age[0, 0] < 30
    # Ages are carried on by the month, which makes them a few days too old.
    assert age[0, -1] == pytest.approx(300, rel=0.06)


def test_days_to_a_decision_and_completions_per_judge_stand_beside_published_ones(ran: Ran) -> None:
    beside = {each.name: each.observed for each in CATALOGUE.all()}
    for name in ("court.days_to_complete", "court.completions_per_judge"):
        published = beside[name]
        assert published is not None
        assert HISTORY.observed.figures(published)
        assert np.isfinite(read(name, ran())).all()
    # A decision takes longer after the closure than before it, as was published.
    days = read("court.days_to_complete", ran())
    assert days[:, AGAIN].mean() > 1.2 * days[:, OPEN].mean()
