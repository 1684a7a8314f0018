"""Naive forecasts on examples that can be worked by hand."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lawqueue.trust.naive import naive

MONTHS = [10.0, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22]  # a year and a month, up by 1 a month


def test_naive_forecasts_of_months_are_those_worked_by_hand() -> None:
    found = naive(MONTHS, 14, 12)
    np.testing.assert_allclose(found["last value"], np.full(14, 22.0))
    # 22 − 10 over the last twelve months is 1 a month.
    np.testing.assert_allclose(found["last change"], 22.0 + np.arange(1, 15))
    np.testing.assert_allclose(found["same month last year"], [*range(11, 23), 11, 12])


def test_naive_forecasts_of_years_have_no_season_and_never_fall_below_nothing() -> None:
    found = naive([100.0, 40.0], 2, 1)
    assert set(found) == {"last value", "last change"}
    np.testing.assert_allclose(found["last value"], [40.0, 40.0])
    np.testing.assert_allclose(found["last change"], [0.0, 0.0])


def test_a_naive_forecast_that_needs_more_past_is_left_out() -> None:
    assert set(naive([5.0], 3, 12)) == {"last value"}


def test_a_figure_that_is_missing_at_the_end_is_forecast_from_the_one_before() -> None:
    found = naive([*MONTHS, math.nan], 2, 12)
    np.testing.assert_allclose(found["last value"], [22.0, 22.0])
    # The first scored month is two after the last known one.
    np.testing.assert_allclose(found["last change"], [24.0, 25.0])
    np.testing.assert_allclose(found["same month last year"], [12.0, 13.0])


def test_a_month_that_was_missing_last_year_is_that_of_the_year_before() -> None:
    past = [*range(12), math.nan, *range(13, 24)]
    found = naive(past, 2, 12)
    np.testing.assert_allclose(found["same month last year"], [0.0, 13.0])
    assert set(naive([math.nan, 1.0], 2, 12)) == {"last value"}
    assert naive([math.nan], 2, 12) == {}


@given(st.lists(st.floats(0, 1e6), min_size=24, max_size=24), st.floats(0, 1e6), st.integers(1, 24))
def test_no_naive_forecast_hangs_on_what_comes_after(past: list[float], later: float, ahead: int) -> None:
    known = naive(past, ahead, 12)
    assert all(np.isin(values, past).all() for kind, values in known.items() if kind != "last change")
    more = naive([*past, later], ahead, 12)
    assert (more["last value"] == later).all()
