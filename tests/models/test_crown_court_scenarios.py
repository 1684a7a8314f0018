"""Scenarios of the Crown Court: history until they act, and effects in the direction of what they change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from lawqueue.models.crown_court.model import MODEL
from lawqueue.study import library
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Laboratory, Outcome, Settings

QUICK = Settings(replicates=2, scale=0.05, parameters="central")


def pairs() -> Iterator[tuple[Scenario, Outcome, Outcome]]:
    for folder in library.sets(MODEL):
        scenarios = library.loaded(library.in_order(folder))
        laboratory = Laboratory(MODEL, QUICK)
        laboratory.together(scenarios)
        for each in scenarios:
            yield each, laboratory.run(each), laboratory.baseline(each)


@pytest.fixture(scope="module")
def made() -> dict[str, tuple[Scenario, Outcome, Outcome]]:
    return {each.name: (each, reform, baseline) for each, reform, baseline in pairs()}


def test_every_scenario_is_history_bit_for_bit_until_its_first_change(
    made: dict[str, tuple[Scenario, Outcome, Outcome]],
) -> None:
    for scenario, reform, baseline in made.values():
        first = min(each.at for each in scenario.changes)
        before = [month < first.replace(day=1) for month in reform.results.months]
        np.testing.assert_array_equal(reform.results.values[:, before], baseline.results.values[:, before])
        assert not np.array_equal(reform.results.values, baseline.results.values)


@pytest.mark.parametrize(
    ("name", "series", "sign"),
    [
        ("uncapped-sitting", "open", -1),
        ("hours-a-day-2016", "open", -1),
        ("guilty-pleas-up", "open", -1),
        ("magistrates-18-months", "open", -1),
        ("judge-alone-30", "open", -1),
        ("stock-or-flow", "open", 1),
        ("receipts-low", "open", -1),
        ("receipts-high", "open", 1),
    ],
)
def test_open_cases_move_as_hours_and_receipts_do(
    made: dict[str, tuple[Scenario, Outcome, Outcome]], name: str, series: str, sign: int
) -> None:
    _, reform, baseline = made[name]
    assert (sign * (reform.results.of(series) - baseline.results.of(series))[:, -1] > 0).all()


def test_a_shorter_time_limit_takes_from_custody_what_it_gives_to_bail(
    made: dict[str, tuple[Scenario, Outcome, Outcome]],
) -> None:
    _, reform, baseline = made["custody-time-limits-2020"]
    last = reform.results.months.index(date(2021, 6, 1))
    custody, bail = (
        (reform.results.of(name) - baseline.results.of(name))[:, last].mean()
        for name in ("open.custody", "open.bail")
    )
    assert custody < 0 < bail
