"""Scores on examples that can be worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lawqueue.trust.scores import crps, errors, independent, inside, share


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


def test_an_interval_holds_what_lies_in_the_middle_of_the_samples() -> None:
    samples = np.tile(np.linspace(0.0, 100.0, 1001)[:, None], (1, 4))
    outcome = np.array([50.0, 80.0, 96.0, 99.0])
    assert inside(samples, outcome, 0.5).tolist() == [True, False, False, False]
    assert inside(samples, outcome, 0.8).tolist() == [True, True, False, False]
    assert inside(samples, outcome, 0.95).tolist() == [True, True, True, False]


def normal(correlation: float, n: int, samples: int = 40_000) -> np.ndarray:
    rng = np.random.default_rng(0)
    common, own = rng.standard_normal((samples, 1)), rng.standard_normal((samples, n))
    return np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own


@pytest.mark.parametrize(("correlation", "worth"), [(0.0, 8.0), (0.5, 8 / (1 + 7 * 0.25)), (1.0, 1.0)])
def test_outcomes_that_go_together_count_as_fewer(correlation: float, worth: float) -> None:
    assert independent(normal(correlation, 8), np.ones(8)) == pytest.approx(worth, rel=0.02)


def test_a_heavy_outcome_counts_for_the_share_and_one_alone_is_one() -> None:
    # Weights 3, 1: 4 squared over 9 + 1.
    assert independent(normal(0.0, 2), np.array([3.0, 1.0])) == pytest.approx(1.6, rel=0.01)
    assert independent(normal(0.0, 1), np.ones(1)) == pytest.approx(1.0)


def test_outcomes_that_are_told_to_be_worth_so_many_spread_no_more_than_that() -> None:
    n, correlation = 6, 0.6
    drawn = normal(correlation, n)
    shares = (np.abs(drawn) < 1.2816).mean(axis=1)  # of each draw how many lie in the middle 80 %
    told = share(float(shares.mean()), 0.8, independent(drawn, np.ones(n)))
    assert told.value == pytest.approx(0.8, abs=0.01)
    assert shares.std() <= told.error
    assert shares.std() > 0.8 * told.error


def test_a_share_has_the_error_that_it_has_if_the_intervals_are_right() -> None:
    found = share(1.0, 0.8, 4.0)
    assert found.error == pytest.approx(0.2)
    assert str(found) == "100% ± 20 points"
