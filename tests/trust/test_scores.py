"""Scores and naive forecasts on examples that can be worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lawqueue.trust.scores import coverage, crps, errors, mean_of_clusters, naive

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


def test_errors_are_those_worked_by_hand() -> None:
    # Errors of −30, −10, 0, 10, 20 and 40 per cent: a sixth at either end is one of them.
    found = errors(np.array([70.0, 90, 100, 110, 120, 140]), np.full(6, 100.0))
    assert found.average == pytest.approx(0.05)
    assert found.absolute == pytest.approx(0.11 / 0.6)
    assert found.rmse == pytest.approx(np.sqrt((0.09 + 0.01 + 0 + 0.01 + 0.04 + 0.16) / 6))
    assert found.two_thirds == pytest.approx(0.2 - -0.1)


def test_crps_of_a_number_is_its_absolute_error_and_of_two_numbers_less_half_their_spread() -> None:
    assert crps(np.array([[13.0]]), np.array([10.0])) == pytest.approx(0.3)
    # E|X − y| − E|X − X'|/2 for 8 and 12 against 10: 2 − (0 + 4 + 4 + 0)/4/2 = 1.
    assert crps(np.array([[8.0], [12.0]]), np.array([10.0])) == pytest.approx(0.1)


def test_coverage_counts_what_lies_in_the_central_interval() -> None:
    samples = np.tile(np.linspace(0.0, 100.0, 1001)[:, None], (1, 4))
    found = coverage(samples, np.array([50.0, 80.0, 96.0, 99.0]))
    assert found == {0.5: 0.25, 0.8: 0.5, 0.95: 0.75}


def test_the_error_of_a_share_is_that_of_the_mean_of_its_clusters() -> None:
    # Shares of nine rows; standard deviation 0.414 over the root of nine.
    found = mean_of_clusters([0.79, 0.67, 0.5, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0])
    assert found.value == pytest.approx(0.662, abs=5e-4)
    assert found.error == pytest.approx(np.std([0.79, 0.67, 0.5, 1, 0, 1, 0, 1, 1], ddof=1) / 3)
    assert str(found) == "66% ± 14 points"
    assert math.isnan(mean_of_clusters([0.5]).error)
    assert str(mean_of_clusters([0.5])) == "50%"
