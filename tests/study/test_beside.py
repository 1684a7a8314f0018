"""Figures from outside beside a level: for the same days alone, and only what was read is held against it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lawqueue.models.cube import Kind
from lawqueue.months import first_of_next_month, last_of_month
from lawqueue.study.beside import Observed, Point


def month(year: int, number: int, value: float, recalled: bool = False) -> Point:
    first = date(year, number, 1)
    return Point(first, first_of_next_month(first) - timedelta(days=1), value, recalled)


def year(number: int, value: float, recalled: bool = False) -> Point:
    return Point(date(number - 1, 10, 1), date(number, 9, 30), value, recalled)


def observed(*points: Point, kind: Kind = "flow", partial: str = "") -> Observed:
    return Observed("x", kind, points, (), partial)


def test_a_flow_is_summed_over_figures_that_fill_its_days_and_no_others() -> None:
    known = observed(month(2021, 4, 1.0), month(2021, 5, 2.0), month(2021, 7, 9.0))
    found = known.over(date(2021, 4, 1), date(2021, 6, 1), 4.5)
    assert found is not None
    assert (found.value, found.standing, found.error) == (3.0, "published", 0.5)
    assert found.is_far
    assert known.over(date(2021, 4, 1), date(2021, 8, 1), 4.5) is None  # June is not known
    assert known.over(date(2021, 4, 15), date(2021, 6, 1), 4.5) is None


def test_a_year_is_filled_by_its_own_figure_or_by_what_was_read_rather_than_recalled() -> None:
    months = [month(2020 + (9 + n) // 12, (9 + n) % 12 + 1, 1.0) for n in range(12)]
    both = observed(year(2021, 100.0, recalled=True), *months)
    found = both.over(date(2020, 10, 1), date(2021, 10, 1), 12.0)
    assert found is not None
    assert (found.value, found.standing, found.error) == (12.0, "published", 0.0)
    alone = observed(year(2021, 100.0, recalled=True)).over(date(2020, 10, 1), date(2021, 10, 1), 12.0)
    assert alone is not None
    assert (alone.standing, alone.error, alone.is_far) == ("recalled", None, False)


@pytest.mark.parametrize(("kind", "value"), [("level", 15.0), ("stock", 20.0), ("ratio", None)])
def test_a_level_is_averaged_a_stock_taken_at_the_end_and_ratios_are_not_put_together(
    kind: Kind, value: float | None
) -> None:
    known = observed(month(2021, 7, 10.0), month(2021, 8, 20.0), kind=kind)
    found = known.over(date(2021, 7, 1), date(2021, 9, 1))
    assert (found and found.value) == value


def test_a_figure_that_counts_a_part_is_held_against_nothing() -> None:
    found = observed(month(2021, 4, 1.0), partial="those seen").over(date(2021, 4, 1), date(2021, 5, 1), 9.0)
    assert found is not None
    assert (found.standing, found.why, found.error) == ("partial", "those seen", None)


def test_the_most_ever_is_of_a_year_where_years_are_known_and_never_recalled() -> None:
    known = observed(year(2019, 5.0), year(2020, 9.0, recalled=True), month(2021, 4, 7.0))
    assert known.most == year(2019, 5.0)
    assert observed(month(2021, 4, 7.0), month(2021, 5, 8.0)).most == month(2021, 5, 8.0)
    assert observed(year(2020, 9.0, recalled=True)).most is None


def quarter(number: int, value: float) -> Point:
    return Point(date(2021, 3 * number - 2, 1), last_of_month(date(2021, 3 * number, 1)), value)


def test_of_months_quarters_and_years_the_shortest_of_which_there_are_any_are_shown() -> None:
    days = date(2021, 1, 1), date(2022, 1, 1)
    quarters = tuple(quarter(n, 3.0 * n) for n in (1, 2, 3, 4))
    assert observed(*quarters, Point(*days, 9.0)).within(*days) == quarters
    assert observed(*quarters, month(2021, 5, 1.0)).within(*days) == (month(2021, 5, 1.0),)
    assert (
        observed(*quarters).within(date(2021, 2, 1), date(2021, 7, 1)) == quarters[1:2]
    )  # a part is no figure
    assert observed(*quarters, kind="stock").within(date(2021, 2, 1), date(2021, 7, 1)) == quarters[:2]
    assert [quarter(1, 1.0).months, month(2021, 2, 1.0).months, year(2021, 1.0).months] == [3, 1, 12]


def test_of_days_that_are_not_all_known_the_longest_known_months_are_told() -> None:
    known = observed(month(2021, 4, 1.0), month(2021, 6, 2.0), month(2021, 7, 3.0), month(2021, 9, 4.0))
    part = known.part(date(2021, 4, 1), date(2021, 9, 1))
    assert part == (date(2021, 6, 1), date(2021, 8, 1))
    found = known.over(*part, 4.0)
    assert found is not None
    assert (found.value, found.error) == (5.0, pytest.approx(-0.2))
    assert known.part(date(2021, 10, 1), date(2021, 12, 1)) is None


def test_a_figure_that_stops_within_a_month_or_reaches_beyond_the_days_is_no_part_of_them() -> None:
    stopped = Point(date(2021, 9, 1), date(2021, 9, 25), 9.0)
    known = observed(month(2021, 8, 1.0), stopped)
    assert known.part(date(2021, 8, 1), date(2021, 10, 1)) == (date(2021, 8, 1), date(2021, 9, 1))
    assert observed(year(2021, 9.0)).part(date(2021, 4, 1), date(2022, 4, 1)) is None


def test_the_part_of_a_stock_is_its_last_known_month_and_that_of_a_ratio_one_figure() -> None:
    stock = observed(month(2021, 4, 1.0), month(2021, 6, 2.0), kind="stock")
    assert stock.part(date(2021, 4, 1), date(2021, 9, 1)) == (date(2021, 6, 1), date(2021, 7, 1))
    ratio = observed(month(2021, 4, 1.0), year(2022, 2.0), month(2022, 10, 3.0), kind="ratio")
    assert ratio.part(date(2021, 4, 1), date(2023, 1, 1)) == (date(2021, 10, 1), date(2022, 10, 1))
