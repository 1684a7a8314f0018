"""The smallest number: found where it is known, and said not to exist where it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.stats import binomtest

from lawqueue.errors import InputError
from lawqueue.models.us_immigration.known import FIT
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.study.answer import BINDS
from lawqueue.study.simulate import Laboratory, Settings
from lawqueue.theory import erlang_b, places_for_loss
from lawqueue.trust.solve import Goal, Solution, goal, most_tried, needed, smallest, solve, table, wilson


@pytest.mark.parametrize("first", [1, 3, 100])
@pytest.mark.parametrize("known", [0, 1, 2, 63, 64, 65, 999, 1000])
def test_the_smallest_number_is_the_known_one(known: int, first: int) -> None:
    assert smallest(lambda number: 0.8 if number >= known else 0.79, 0.8, first, 1000) == known


def test_it_finds_the_servers_that_erlang_b_asks_for() -> None:
    found = smallest(lambda places: 1.0 - erlang_b(345.0, places), 0.99, 50, 5000)
    assert found == places_for_loss(345.0, 0.01)


@pytest.mark.parametrize(("first", "most"), [(1, 1), (1, 2), (2, 3), (3, 50), (7, 96), (80, 100), (90, 40)])
def test_it_is_known_before_how_many_numbers_are_tried_at_most(first: int, most: int) -> None:
    counts = []
    for known in range(1, most + 2):
        tried: set[int] = set()

        def probability(number: int, known: int = known, tried: set[int] = tried) -> float:
            tried.add(number)
            return float(number >= known)

        smallest(probability, 0.5, first, most)
        counts.append(len(tried - {0}))
    assert max(counts) == most_tried(first, most)


def test_no_number_suffices_is_found() -> None:
    tried: list[int] = []

    def never(number: int) -> float:
        tried.append(number)
        return 0.5

    assert smallest(never, 0.8, 10, 95) is None
    assert max(tried) == 95


def test_a_target_is_read() -> None:
    assert goal("court.pending<=1,000_000", ["court.pending"]) == Goal("court.pending", True, 1e6)
    assert goal("removals >= 2.5", ["removals"]) == Goal("removals", False, 2.5)
    with pytest.raises(InputError, match="Did you mean 'court.pending'"):
        goal("court.pendin<=1", ["court.pending"])
    for wrong in ("court.pending<1", "x<=1,0,,0", "x<=1,00", "x<=,100", "x<=1_", "x<=1000,000"):
        with pytest.raises(InputError, match="is no target"):
            goal(wrong, ["court.pending", "x"])


def test_a_target_is_met_on_its_side_and_never_by_what_was_not_measured() -> None:
    found = Goal("x", True, 10.0).met(np.array([9.0, 10.0, 11.0, np.nan]))
    assert found.tolist() == [True, True, False, False]


@pytest.fixture(scope="module")
def laboratory() -> Laboratory:
    return Laboratory(MODEL, Settings(0, 2, 0.01, 1, parameters="central"))


def test_more_judges_start_after_the_published_time_to_hire_and_are_the_fewest(
    laboratory: Laboratory,
) -> None:
    by, decided = date(2019, 9, 30), FIT[0]
    judges = MODEL.resource("judge")
    found = solve(
        judges, goal("court.pending.active<=1000000", ["court.pending.active"]), by, 0.8, decided, laboratory
    )
    assert (found.starts - found.decided).days == 742
    assert found.number is not None
    assert found.number > 0
    assert dict(found.tried)[found.number] >= 0.8
    assert dict(found.tried).get(found.number - 1, 0.0) < 0.8
    assert "742 days from the opening of a post (GAO, Immigration Courts, GAO-17-438" in table(
        found, MODEL.parameters()
    )


def test_beds_do_not_shorten_the_docket_and_it_is_said_what_binds(laboratory: Laboratory) -> None:
    target = goal("court.pending<=1000", ["court.pending"])
    found = solve(MODEL.resource("beds"), target, date(2017, 9, 30), 0.8, date(2017, 1, 1), laboratory)
    assert found.number is None
    assert all(load >= BINDS for _, load in found.binds)
    text = table(found, MODEL.parameters())
    assert text.startswith("No number of beds suffices")
    brim = replace(found, binds=(("beds", 2.5), ("judges", 2.0)))
    assert "What binds instead with that many: judges (load 2.00)." in table(brim, MODEL.parameters())
    assert "No other stage is full" in table(replace(found, binds=(("beds", 2.5),)), MODEL.parameters())


def test_more_of_what_moves_it_the_other_way_is_said_to(laboratory: Laboratory) -> None:
    target, by, at = goal("prosecutions.1326<=1", ["prosecutions.1326"]), date(2017, 9, 30), date(2017, 1, 1)
    found = solve(MODEL.resource("attorneys"), target, by, 0.8, at, laboratory)
    assert found.number is None
    assert found.gain < 0
    assert "more attorneys move it the other way" in table(found, MODEL.parameters())
    bench = goal("court.judges<=1", ["court.judges"])
    idle = solve(MODEL.resource("beds"), bench, by, 0.8, at, laboratory)
    assert idle.gain == 0
    assert "more beds do not move its median" in table(idle, MODEL.parameters())


def test_a_day_by_which_is_the_last_of_a_month_and_what_a_flow_is_counted_from_is_told(
    laboratory: Laboratory,
) -> None:
    beds, decided = MODEL.resource("beds"), date(2016, 11, 15)
    flow, stock = goal("removals>=1", ["removals"]), goal("court.pending<=1000", ["court.pending"])
    with pytest.raises(InputError, match=r"whole months, got 2017-09-15\. Give 2017-08-31 or 2017-09-30\."):
        solve(beds, stock, date(2017, 9, 15), 0.8, decided, laboratory)
    assert solve(beds, flow, date(2017, 1, 31), 0.8, decided, laboratory).since == date(2016, 10, 1)
    found = solve(beds, flow, date(2017, 9, 30), 0.8, decided, laboratory)
    assert (found.since, found.unit) == (date(2016, 10, 1), "case")
    assert "removals, 2016-10-01 to 2017-09-30: median" in table(found, MODEL.parameters())
    alone = table(
        replace(found, outcome=(float("nan"), 5.0, float("nan")), holds="no interval of one run"),
        MODEL.parameters(),
    )
    assert "median 5, no interval of one run" in alone


@pytest.fixture
def solution() -> Solution:
    return Solution(
        MODEL.resource("judges"),
        Goal("court.pending", True, 1e6),
        date(2024, 9, 30),
        date(2020, 10, 1),
        date(2022, 10, 13),
        0.8,
        500.0,
        64,
        0.85,
        (9e5, 9.5e5, 1.1e6),
        "90 % interval",
        1.5e6,
        8000,
        (),
        20,
        wilson(0.85, 20),
        needed(0.8),
        ((0, 0.0), (32, 0.1), (63, 0.75), (64, 0.85), (128, 1.0)),
        date(2024, 9, 1),
        "case",
    )


def test_the_number_below_is_shown_and_how_well_the_probability_is_known(solution: Solution) -> None:
    text = table(solution, MODEL.parameters())
    assert "17 of 20 replicates meet it (85%), with 63 more 15 of 20 replicates meet it (75%)" in text
    assert "P is known to about ±15 points with 20 replicates (95 % interval 64% to 95%)." in text
    assert "32 is surely too few and 128 surely enough" in text
    assert "No stage is full in the last year." in text
    assert "1,500,000" in text


def test_what_needs_nothing_more_starts_nothing(solution: Solution) -> None:
    text = table(replace(solution, number=0, tried=((0, 0.85),)), MODEL.parameters())
    assert text.startswith("Met as it is: court.pending <= 1,000,000 by 2024-09-30")
    assert "start on" not in text
    assert "0 more" not in text


def test_replicates_too_few_to_tell_are_said(solution: Solution) -> None:
    one = replace(
        solution, replicates=1, tried=((63, 0.0), (64, 1.0)), probability=1.0, interval=wilson(1.0, 1)
    )
    assert "1 replicate cannot tell 80% from less" in table(one, MODEL.parameters())
    assert "--replicates 16 or more" in table(one, MODEL.parameters())
    assert "can show a probability of 100 %" in table(
        replace(solution, wanted=1.0, needed=needed(1.0)), MODEL.parameters()
    )


@pytest.mark.parametrize("wanted", [0.01, 0.5, 0.8, 0.95, 0.99])
def test_so_many_replicates_as_are_asked_for_can_show_the_probability(wanted: float) -> None:
    enough = needed(wanted)
    assert enough is not None
    assert wilson(1.0, enough)[0] >= wanted
    assert enough == 1 or wilson(1.0, enough - 1)[0] < wanted


def test_wilson_holds_what_the_binomial_interval_of_scipy_holds() -> None:
    for met, count in ((0, 20), (7, 20), (20, 20), (1, 1)):
        low, high = binomtest(met, count).proportion_ci(0.95, "wilson")
        assert wilson(met / count, count) == pytest.approx((low, high), abs=1e-3)


def test_days_out_of_reach_are_said(laboratory: Laboratory) -> None:
    target = goal("court.pending<=1000", ["court.pending"])
    with pytest.raises(InputError, match="the last day that can be simulated"):
        solve(MODEL.resource("beds"), target, date(2026, 9, 30), 0.8, date(2021, 1, 1), laboratory)
    with pytest.raises(InputError, match="judges decided on 2021-01-01 start on 2023-01-13"):
        solve(MODEL.resource("judges"), target, date(2022, 9, 30), 0.8, date(2021, 1, 1), laboratory)
    with pytest.raises(InputError, match="--at: 2015-01-01 does not lie between 2016-10-01"):
        solve(MODEL.resource("judges"), target, date(2022, 9, 30), 0.8, date(2015, 1, 1), laboratory)
    with pytest.raises(InputError, match="Did you mean 'judges'"):
        MODEL.resource("judge s")
