"""The discrepancy: its sizes are those of the fitted years, beyond the ensemble's own spread, and it grows with the years since."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from lawqueue.models.cube import Results, Series
from lawqueue.models.model import Model
from lawqueue.models.observed import Figure, Observed
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.months import last_of_month
from lawqueue.trust import discrepancy
from lawqueue.trust.discrepancy import Discrepancy, Residuals, growth, residuals
from lawqueue.trust.scores import inside
from lawqueue.trust.targets import LEAST_DISCREPANCY, TOGETHER

YEARS = tuple(date(2016 + i, 10, 1) for i in range(4))
MONTHS = tuple(date(2016 + (9 + i) // 12, (9 + i) % 12 + 1, 1) for i in range(48))


def of(values: Sequence[float], spread: float = 0.0) -> Residuals:
    """Return residuals of the fitted fiscal years."""
    return Residuals(dict(zip(YEARS, values, strict=True)), spread)


def test_the_discrepancy_grows_with_the_years_since_the_fit() -> None:
    off = Discrepancy({"s": 0.2}, {"s": 0.1}, 0.5, date(2020, 10, 1))
    ends = [date(2019, 10, 1), date(2021, 10, 1), date(2022, 4, 1), date(2023, 10, 1)]
    drawn = off.drawn("s", ends, 40_000)
    wanted = np.sqrt(0.1**2 + 0.2**2 * 0.5 * np.array([0.0, 1.0, 1.5, 3.0]))
    # The standard error of a standard deviation is that over the root of twice the draws.
    np.testing.assert_allclose(drawn.std(axis=0) / wanted, 1.0, atol=4 / math.sqrt(2 * 40_000))


def test_the_level_of_a_series_is_half_common_to_its_periods_and_of_two_series_independent() -> None:
    off, ends = (
        Discrepancy({}, {"s": 0.1, "t": 0.1}, 0.0, date(2020, 10, 1)),
        [date(2021, 10, 1), date(2022, 10, 1)],
    )
    one, other = (off.drawn(name, ends, 40_000) for name in "st")
    near = 4 / math.sqrt(40_000)
    assert np.corrcoef(one.T)[0, 1] == pytest.approx(TOGETHER, abs=near)
    assert np.corrcoef(one[:, 0], other[:, 0])[0, 1] == pytest.approx(0.0, abs=near)


def test_the_level_is_what_the_error_has_beyond_the_spread_of_the_runs() -> None:
    assert of([0.3, -0.3, 0.3, -0.3], spread=0.05).beyond == pytest.approx(0.2)
    assert of([0.3, -0.3, 0.3, -0.3], spread=0.16).beyond == 0.0
    assert of([0.01] * 4).error == LEAST_DISCREPANCY


def test_intervals_of_an_ensemble_as_wide_as_its_own_error_hold_what_they_promise() -> None:
    """A spread that is the error already is not drawn a second time."""
    rng, n = np.random.default_rng(0), 4000
    truth = 0.1 * rng.standard_normal(n)
    runs = 0.1 * rng.standard_normal((400, n))
    middle = np.median(runs, axis=0)
    left = Residuals(dict(enumerate(truth - middle)), float(runs.var(axis=0).mean()))  # type: ignore[arg-type]  # days are any keys
    samples = runs + left.beyond * rng.standard_normal(runs.shape)
    assert inside(samples, truth, 0.8).mean() == pytest.approx(0.8, abs=4 * math.sqrt(0.16 / n))
    twice = runs + left.error * rng.standard_normal(runs.shape)
    assert inside(twice, truth, 0.8).mean() > 0.9


def test_residuals_that_only_scatter_about_their_level_drift_nowhere() -> None:
    rng = np.random.default_rng(0)
    common = rng.standard_normal((4000, 1))
    found = growth([of(each) for each in 0.1 * (common + rng.standard_normal((4000, 4)))], 4)
    # Over some 24,000 changes of variance about 1 an own scale, on a line of three years.
    assert found == pytest.approx(0.0, abs=0.04)


def test_a_walk_is_found_again_beside_a_scatter() -> None:
    rng, years = np.random.default_rng(0), 8000
    walk = np.cumsum(rng.standard_normal(years)) + rng.standard_normal(years)
    one = Residuals({date(1001 + i, 10, 1): each for i, each in enumerate(walk.tolist())}, 0.0)
    # A year adds a variance of 1; the squares of 8000 changes, of variance 3 to 5, are known to some 0.08.
    assert growth([one], 4) * one.error**2 == pytest.approx(1.0, abs=4 * 0.08)


def test_one_year_between_changes_tells_no_growth_from_scatter() -> None:
    assert growth([Residuals({YEARS[0]: 0.0, YEARS[1]: 0.3}, 0.0)], 4) == 0.0


def test_residuals_are_published_over_the_median_of_the_runs() -> None:
    found = residuals(*_asked(np.full((3, 48), [[90.0], [100.0], [125.0]])), *MODEL.fitted())
    assert found is not None
    assert list(found.by_day.values()) == pytest.approx([math.log(1.2)] * 48)
    assert found.spread == pytest.approx(np.log([90.0, 100.0, 125.0]).var())


def test_a_run_without_a_case_has_a_logarithm_and_a_series_without_a_figure_no_residual() -> None:
    found = residuals(*_asked(np.zeros((2, 48))), *MODEL.fitted())
    assert found is not None
    assert all(map(math.isfinite, found.by_day.values()))
    model, series, results = _asked(np.ones((2, 48)))
    assert residuals(model, replace(series, observed=None), results, *MODEL.fitted()) is None


def test_only_what_emerges_has_a_discrepancy_of_its_own() -> None:
    model, series, results = _asked(np.full((3, 48), [[90.0], [100.0], [125.0]]))
    assert set(discrepancy.found(model, results).level) == {"x"}
    fed = replace(results, series=(replace(series, stamp="data"),))
    assert not discrepancy.found(model, fed).level


def _asked(values: NDArray[np.float64]) -> tuple[Model, Series, Results]:
    """Return a model whose published figures are 120 a month, its series, and runs of it."""
    figures = tuple(
        Figure("f", each, last_of_month(each), 120.0, "case", "stated", "s", "") for each in MONTHS
    )
    published = Observed(figures, ())

    class _Published:
        def observed(self) -> Observed:
            return published

        def fitted(self) -> tuple[date, date]:
            return MODEL.fitted()

    about = Series("x", "X", "case/month", "emergent", "flow", "d", "t", "f")
    return _Published(), about, Results("s", MONTHS, (about,), values[:, :, None])  # type: ignore[return-value]  # all that is asked of a model
