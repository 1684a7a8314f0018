"""Effects and their intervals: what is between two results, and in which words it is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from lawqueue.models.cube import FEWEST, NO_INTERVAL, ONE_RUN, Results, Series, interval
from lawqueue.report import charts
from lawqueue.study.compare import Comparison
from lawqueue.study.folder import write_results
from lawqueue.study.simulate import Settings

CASES = Series("removals", "Removals", "case/month", "emergent", "flow", "Removals.", "Removal")
WAIT = Series("court.wait", "Wait", "day", "emergent", "ratio", "Wait.", "Courts")


def made(differences: list[float], series: Series = CASES) -> Comparison:
    """Return a comparison of one month with a given difference in each replicate."""
    before = np.arange(len(differences), dtype=float)[:, None, None] + 100.0
    after = before + np.array(differences)[:, None, None]
    months = (date(2021, 4, 1),)
    return Comparison(
        *(Results(name, months, (series,), each) for name, each in zip("ba", (before, after), strict=True))
    )


def effect(differences: list[float], series: Series = CASES):  # type: ignore[no-untyped-def]  # noqa: ANN201
    return made(differences, series).effect(series.name, date(2021, 4, 1), date(2021, 5, 1))


def test_of_few_runs_the_interval_is_the_smallest_and_the_largest_and_hides_no_zero() -> None:
    few = effect([-1.0, *[float(each) for each in range(10, 28)]])
    assert (few.low, few.high, few.interval) == (-1.0, 27.0, "range of 19 runs")
    assert few.verdict == "spans zero"
    alone = effect([1.0])
    assert (alone.interval, alone.verdict) == (NO_INTERVAL, ONE_RUN)
    assert np.isnan([alone.low, alone.high]).all()
    assert effect([0.0]).verdict == "exactly zero"


@pytest.mark.parametrize("change", [-30.0, 30.0])
def test_a_wait_that_falls_is_shown_by_month_as_one_that_grows(change: float) -> None:
    months, chance = (date(2021, 4, 1),), {WAIT.name: np.full((2, 1), 0.1)}
    worlds = [
        Results(name, months, (WAIT,), np.full((2, 1, 1), days), chance)
        for name, days in (("b", 100.0), ("a", 100.0 + change))
    ]
    assert Comparison(*worlds).difference().resolved_months(WAIT.name).all()


def test_the_first_month_that_differs_is_found() -> None:
    assert made([0.0, 1.0]).first_month() == date(2021, 4, 1)
    assert made([0.0, 0.0]).first_month() is None
    assert made([0.0, np.nan]).first_month() is not None


def test_from_twenty_runs_on_it_is_the_middle_90_per_cent() -> None:
    many = effect([-1.0, *[float(each) for each in range(10, 10 + FEWEST)]])
    assert (many.low, many.high, many.interval) == (10.0, 28.0, "90 % interval")
    assert many.verdict == ""


def test_an_effect_is_told_as_zero_or_why_it_has_no_number() -> None:
    assert effect([0.0, 0.0]).verdict == "exactly zero"
    assert effect([0.0, np.nan], WAIT).verdict == "no case ended this wait in a run of the scenario"


def test_what_counts_something_never_falls_by_more_than_all_of_it() -> None:
    months, befores = (date(2021, 4, 1),), np.array([10.0, 100.0])[:, None, None]
    worlds = [Results(name, months, (CASES,), each) for name, each in (("b", befores), ("a", befores * 0))]
    found = Comparison(*worlds).effect(CASES.name, date(2021, 4, 1), date(2021, 5, 1))
    assert (found.low, found.high) == (-100.0, -10.0)
    assert (found.relative, found.relative_low, found.relative_high) == (-1.0, -1.0, -1.0)


def test_no_table_calls_a_range_a_quantile(tmp_path: Path) -> None:
    both = made([1.0, 3.0])
    row = both.difference().summary().row(0, named=True)
    assert (row["mean"], row["low"], row["high"]) == (2.0, 1.0, 3.0)
    behind = charts.csv([("difference", both.difference())], "removals").splitlines()
    assert behind == [
        "month,world,scenario,unit,mean,low,high,interval",
        "2021-04-01,difference,a − b,case/month,2.0,1.0,3.0,range of 2 runs",
    ]
    write_results(tmp_path, [both.baseline], [], Settings())
    head, columns, *_ = (tmp_path / "summary" / f"{both.baseline.scenario}.csv").read_text().splitlines()
    assert head.startswith("# Lawqueue: ")
    assert "low and high: range of 2 runs" in head
    assert columns == "series,month,unit,stamp,mean,low,high"


@pytest.mark.parametrize(("runs", "name"), [(2, "range of 2 runs"), (FEWEST, "90 % interval")])
def test_a_chart_names_what_its_band_holds(runs: int, name: str) -> None:
    both = made([float(each) for each in range(runs)])
    assert charts.levels(both.baseline, both.reform, "removals", None)["description"].endswith(f"{name}.")
    spec = charts.differences(both.difference(), "removals")
    assert spec["description"].endswith(f"{name}.")
    around = interval(both.difference().of("removals"))
    assert spec["data"]["values"][0]["a"] == pytest.approx(around.low[0])
    assert spec["data"]["values"][0]["d"] == pytest.approx(around.high[0])
