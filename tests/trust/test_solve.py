"""The smallest number: found where it is known, and said not to exist where it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from lawqueue.errors import InputError
from lawqueue.study.ensemble import FIT
from lawqueue.study.simulate import Laboratory, Settings
from lawqueue.theory import erlang_b, places_for_loss
from lawqueue.trust.resources import resource
from lawqueue.trust.solve import Goal, goal, smallest, solve, table


@pytest.mark.parametrize("first", [1, 3, 100])
@pytest.mark.parametrize("known", [0, 1, 2, 63, 64, 65, 999, 1000])
def test_the_smallest_number_is_the_known_one(known: int, first: int) -> None:
    assert smallest(lambda number: 0.8 if number >= known else 0.79, 0.8, first, 1000) == known


def test_it_finds_the_servers_that_erlang_b_asks_for() -> None:
    found = smallest(lambda places: 1.0 - erlang_b(345.0, places), 0.99, 50, 5000)
    assert found == places_for_loss(345.0, 0.01)


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
    with pytest.raises(InputError, match="is no target"):
        goal("court.pending<1", ["court.pending"])


def test_a_target_is_met_on_its_side_and_never_by_what_was_not_measured() -> None:
    found = Goal("x", True, 10.0).met(np.array([9.0, 10.0, 11.0, np.nan]))
    assert found.tolist() == [True, True, False, False]


@pytest.fixture(scope="module")
def laboratory() -> Laboratory:
    return Laboratory(Settings(0, 2, 0.01, 1, parameters="central"))


def test_more_judges_start_after_the_published_time_to_hire_and_are_the_fewest(
    laboratory: Laboratory,
) -> None:
    by, decided = date(2019, 9, 30), FIT[0]
    judges = resource("judge")
    found = solve(
        judges, goal("court.pending.active<=1000000", ["court.pending.active"]), by, 0.8, decided, laboratory
    )
    assert (found.starts - found.decided).days == 742
    assert found.number is not None
    assert found.number > 0
    assert dict(found.tried)[found.number] >= 0.8
    assert dict(found.tried).get(found.number - 1, 0.0) < 0.8
    assert "742 days from the opening of a post (GAO-17-438" in table(found)


def test_beds_do_not_shorten_the_docket_and_it_is_said_what_binds(laboratory: Laboratory) -> None:
    target = goal("court.pending<=1000", ["court.pending"])
    found = solve(resource("beds"), target, date(2017, 9, 30), 0.8, date(2017, 1, 1), laboratory)
    assert found.number is None
    text = table(found)
    assert text.startswith("No number of beds suffices")
    assert "What binds instead with that many: " in text
    brim = replace(found, binds=(("beds", 2.5), ("judges", 2.0)))
    assert "What binds instead with that many: judges (load 2.00)." in table(brim)


def test_days_out_of_reach_are_said(laboratory: Laboratory) -> None:
    target = goal("court.pending<=1000", ["court.pending"])
    with pytest.raises(InputError, match="the last day of published arrivals"):
        solve(resource("beds"), target, date(2026, 9, 30), 0.8, date(2021, 1, 1), laboratory)
    with pytest.raises(InputError, match="judges decided on 2021-01-01 start on 2023-01-13"):
        solve(resource("judges"), target, date(2022, 9, 30), 0.8, date(2021, 1, 1), laboratory)
    with pytest.raises(InputError, match="Did you mean 'judges'"):
        resource("judge s")
