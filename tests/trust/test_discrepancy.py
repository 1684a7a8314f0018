"""The discrepancy: its sizes are those of the fitted years, and it grows with the years since."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import Any

import numpy as np
import pytest

from lawqueue.models.us_immigration.model import MODEL
from lawqueue.study.ensemble import folder_of
from lawqueue.trust import discrepancy
from lawqueue.trust.discrepancy import Discrepancy, credible
from lawqueue.trust.targets import TOGETHER

STANDING = 2 * (1 - TOGETHER)


def record(**series: tuple[float, list[float]]) -> dict[str, Any]:
    """Return a record of the level and the residuals of the fiscal years from 2017 on, by series."""
    return {
        "settings": {"window": ["2016-10-01", "2020-10-01"]},
        "discrepancy_by_series": {name: level for name, (level, _) in series.items()},
        "targets": [
            {
                "name": f"{name} {2016 + i}-10..{2017 + i}-09",
                "published": 100.0,
                "ensemble_median": 100.0 * math.exp(each),
            }
            for name, (_, residuals) in series.items()
            for i, each in enumerate(residuals)
        ],
    }


def test_the_discrepancy_grows_with_the_years_since_the_fit() -> None:
    off = Discrepancy({"s": 0.1}, {"s": 4.0}, 0.0, date(2020, 10, 1))
    drawn = off.drawn("s", [date(2021, 10, 1), date(2022, 4, 1), date(2023, 10, 1)], 40_000)
    wanted = 0.1 * np.sqrt(1.0 + 4.0 * np.array([1.0, 1.5, 3.0]))
    # The standard error of a standard deviation is that over the root of twice the draws.
    np.testing.assert_allclose(drawn.std(axis=0) / wanted, 1.0, atol=4 / math.sqrt(2 * 40_000))


def test_the_level_of_a_series_is_half_common_to_its_periods_and_of_two_series_independent() -> None:
    off, ends = (
        Discrepancy({"s": 0.1, "t": 0.1}, {}, 0.0, date(2020, 10, 1)),
        [date(2021, 10, 1), date(2022, 10, 1)],
    )
    one, other = (off.drawn(name, ends, 40_000) for name in "st")
    near = 4 / math.sqrt(40_000)
    assert np.corrcoef(one.T)[0, 1] == pytest.approx(TOGETHER, abs=near)
    assert np.corrcoef(one[:, 0], other[:, 0])[0, 1] == pytest.approx(0.0, abs=near)


def test_the_walk_is_what_yearly_changes_were_beyond_the_level() -> None:
    found = discrepancy.found(record(s=(0.1, [0.0, 0.3, 0.0, 0.3])))
    # Changes of 0.3 are nine variances of the level a year, of which the level itself explains one.
    assert found.walk("s") == pytest.approx(0.1 * math.sqrt(9 - STANDING))
    assert discrepancy.found(record(s=(0.1, [0.0, 0.09, 0.0, 0.09]))).walk("s") == 0.0


def test_residuals_that_only_scatter_about_their_level_drift_nowhere() -> None:
    """What the level explains is not counted a second time as growth."""
    rng = np.random.default_rng(0)
    common = rng.standard_normal((400, 1))
    scatter = 0.1 * (math.sqrt(TOGETHER) * common + math.sqrt(1 - TOGETHER) * rng.standard_normal((400, 4)))
    found = discrepancy.found(record(**{f"s{i}": (0.1, each.tolist()) for i, each in enumerate(scatter)}))
    # 1200 squares; each change is in two of them at most.
    assert found.others == pytest.approx(0.0, abs=4 * math.sqrt(2 * 2 / 1200))


def test_a_walk_is_found_again() -> None:
    rng = np.random.default_rng(0)
    walks = 0.1 * np.cumsum(rng.standard_normal((400, 4)), axis=1)
    noise = 0.1 * math.sqrt(1 - TOGETHER) * rng.standard_normal((400, 4))
    found = discrepancy.found(
        record(**{f"s{i}": (0.1, each.tolist()) for i, each in enumerate(walks + noise)})
    )
    assert found.others == pytest.approx(1.0, abs=4 * 2 * math.sqrt(2 * 2 / 1200))


def test_series_that_differ_by_chance_alone_are_drawn_together() -> None:
    squares, n = np.array([1.5, 0.5, 1.0]), np.array([3.0, 3.0, 3.0])
    each, pooled = credible(squares, n)
    np.testing.assert_allclose(each, pooled)
    assert pooled == pytest.approx(1.0)


def test_a_series_that_stands_out_keeps_more_of_its_own_the_more_years_it_has() -> None:
    each, pooled = credible(np.array([0.1] * 10 + [9.0, 9.0]), np.array([3.0] * 11 + [30.0]))
    few, many = each[-2:]
    assert pooled < few < many < 9.0


def test_quarters_of_one_year_are_one_yearly_change() -> None:
    quarters = {date(year, month, 1): 0.1 * year for year in (2017, 2018) for month in (1, 4, 7, 10)}
    changes = discrepancy._yearly_changes(quarters)
    assert len(changes) == 4
    assert len(changes) / len({day.month for day in changes}) == 1


def test_the_sizes_that_come_with_the_package_are_of_the_fitted_years_alone() -> None:
    kept = json.loads((folder_of(MODEL) / "record.json").read_text(encoding="utf-8"))
    found = discrepancy.found(kept)
    assert 0.0 <= found.others < 5.0
    assert all(math.isfinite(found.walk(name)) for name in kept["discrepancy_by_series"])
