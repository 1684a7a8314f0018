"""The held-out year: what it sees, and the factor that it gives."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from lawqueue.trust.ahead import HELD_OUT, Ahead, ahead, factor
from lawqueue.trust.fit import Budget
from lawqueue.trust.targets import Target

BUDGET = Budget(
    trajectories=4,
    active=2,
    generations=5,
    population=8,
    waves=1,
    per_wave=40,
    candidates=2000,
    walkers=16,
    steps=200,
    draws=40,
    rounds=4,
)
TRUE = np.array([0.7, 0.4])
YEARS = (2017, 2018, 2019, 2020)


def aims(last: float) -> list[Target]:
    """Return four years of two series; in the last year both are off by `last` [log] from any parameter set."""
    found = []
    for year, off in zip(YEARS, (0.0, 0.0, 0.0, last), strict=True):
        months = (date(year, 9, 1),)
        found += [
            Target("a", months, float(np.exp(TRUE[0] + off)), 0.02),
            Target("b", months, float(np.exp(TRUE[1] - off)), 0.02),
        ]
    return found


def toy(positions: np.ndarray) -> np.ndarray:
    return np.tile(positions[:, :2], 4)


def shown(last: float, folder: Path) -> Ahead:
    said: list[str] = []
    made = ahead(toy, 3, aims(last), folder, BUDGET, said.append, 0)
    assert all(each.startswith("without fiscal year 2020: ") for each in said)
    return made


def test_a_model_that_goes_on_as_it_was_needs_no_factor(tmp_path: Path) -> None:
    assert shown(0.0, tmp_path).factor == 1.0


def test_a_model_that_goes_astray_in_the_held_out_year_has_wider_forecasts(tmp_path: Path) -> None:
    made = shown(0.3, tmp_path)
    assert made.off["a"] == pytest.approx(0.3, abs=0.05)
    assert made.off["b"] == pytest.approx(0.3, abs=0.05)
    # The least discrepancy is 5 %, so an error of 30 % is about six of them.
    assert made.factor == pytest.approx(6.0, rel=0.2)


def test_the_second_fit_does_not_see_the_held_out_year(tmp_path: Path) -> None:
    shown(0.3, tmp_path / "one")
    shown(-0.6, tmp_path / "two")
    for path in sorted((tmp_path / "one").glob("*.npz")):
        with np.load(path) as one, np.load(tmp_path / "two" / path.name) as two:
            np.testing.assert_array_equal(one["inputs"], two["inputs"])
    assert date(2019, 10, 1) == HELD_OUT


def test_the_factor_makes_errors_as_large_as_they_should_be() -> None:
    rng = np.random.default_rng(5)
    names = [f"s{i}" for i in range(4000)]
    size, explained = rng.uniform(0.05, 0.2, 4000), rng.uniform(0.0, 0.02, 4000)
    errors = rng.standard_normal(4000) * np.sqrt(np.square(2.5 * size) + explained)
    assert factor(names, errors, size, explained) == pytest.approx(2.5, rel=0.05)


def test_a_series_counts_once_however_many_targets_it_has() -> None:
    size, nothing = np.full(2, 0.1), np.zeros(2)
    once = factor(["a", "b"], np.array([0.4, 0.2]), size, nothing)
    many = factor(["a", *["b"] * 9], np.r_[0.4, np.full(9, 0.2)], np.full(10, 0.1), np.zeros(10))
    assert once == pytest.approx(many)
