"""Targets: published outcomes to September 2020, and nothing after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from lawqueue.models.cube import Results, Series
from lawqueue.models.observed import Figure, Observed
from lawqueue.models.us_immigration.known import FIT
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.months import last_of_month
from lawqueue.study.ensemble import spans
from lawqueue.trust.calibrate import outputs
from lawqueue.trust.targets import Target, covariance, discrepancy, logs, targets, truth

LAST_FITTED_MONTH = date(2020, 9, 1)


def test_targets_end_in_september_2020_and_start_with_fiscal_year_2017() -> None:
    found = targets(MODEL)
    months = {month for each in found for month in each.months}
    assert min(months) == date(2016, 10, 1)
    assert max(months) == LAST_FITTED_MONTH
    assert date(2020, 10, 1) == FIT[1]


def test_a_figure_after_september_2020_is_no_target_whatever_it_says() -> None:
    published = MODEL.observed()
    changed = Observed(
        [
            Figure(f.series, f.start, f.end, 7.0 * f.value, f.unit, f.basis, f.source, f.note)
            if f.end > date(2020, 9, 30)
            else f
            for name in published.names
            for f in published.figures(name)
        ],
        [],
        published.year,
    )
    assert targets(MODEL, MODEL.catalogue.all(), changed) == targets(MODEL, MODEL.catalogue.all(), published)


def test_only_what_emerges_is_a_target() -> None:
    stamps = {each.name: each.stamp for each in MODEL.catalogue.all()}
    assert {stamps[each.series] for each in targets(MODEL)} == {"emergent"}


def figure(first: date, last: date, value: float) -> Figure:
    return Figure("f", first, last, value, "case", "stated", "s", "")


def aimed(kind: str, *figures: Figure) -> tuple[Target, ...]:
    about = Series("x", "X", "case/month", "emergent", kind, "d", "t", "f")  # type: ignore[arg-type]
    return targets(MODEL, [about], Observed(figures, [], MODEL.observed().year))


def test_a_single_month_of_a_ratio_is_met_beside_its_year_and_of_a_flow_it_is_part_of_it() -> None:
    year = figure(date(2019, 10, 1), date(2020, 9, 30), 0.26)
    month = figure(date(2020, 9, 1), date(2020, 9, 30), 0.37)
    whole, single = aimed("ratio", year, month)
    assert (len(whole.months), whole.value) == (12, 0.26)
    assert (single.months, single.value) == ((date(2020, 9, 1),), 0.37)
    assert len(aimed("flow", year, month)) == 1


def test_a_year_is_a_monthly_mean_of_a_flow_and_the_last_month_of_a_stock() -> None:
    year = figure(date(2017, 10, 1), date(2018, 9, 30), 1200.0)
    (flow,) = aimed("flow", year)
    assert flow.value == 100.0
    assert len(flow.months) == 12
    (stock,) = aimed("stock", year)
    assert stock.value == 1200.0
    assert stock.months == (date(2018, 9, 1),)


def test_months_are_met_as_means_of_quarters() -> None:
    months = [
        figure(date(2019, 1, 1), date(2019, 1, 31), 10.0),
        figure(date(2019, 2, 1), date(2019, 2, 28), 20.0),
        figure(date(2019, 3, 1), date(2019, 3, 31), 60.0),
        figure(date(2019, 4, 1), date(2019, 4, 30), 5.0),
    ]
    first, second = aimed("flow", *months)
    assert (first.value, second.value) == (30.0, 5.0)


def month(year: int, number: int, value: float) -> Figure:
    first = date(year, number, 1)
    return figure(first, last_of_month(first), value)


def test_of_another_count_only_the_course_is_met_a_half_year_over_the_one_before() -> None:
    about = Series("court.completions", "C", "case/month", "emergent", "flow", "d", "t", "f")
    known = [month(2020, 1, 40.0), month(2020, 2, 44.0), month(2020, 7, 6.0), month(2018, 5, 99.0)]
    counted_otherwise = [replace(each, series=MODEL.aims.courses["court.completions"]) for each in known]
    year = figure(date(2019, 10, 1), date(2020, 9, 30), 240.0)
    level, course = targets(MODEL, [about], Observed([year, *counted_otherwise], [], MODEL.year))
    assert (level.value, level.base, level.about) == (20.0, (), "court.completions")
    assert course.value == 6.0 / 42.0
    assert course.name == "court.completions 2020-07..2020-07 over 2020-01..2020-02"
    assert course.about == "court.completions, course"

    months = tuple(date(2020, 1 + i, 1) for i in range(7))
    values = np.array([80.0, 88.0, 1, 1, 1, 1, 12.0])[None, :, None]
    results = Results("s", months, (about,), values)
    # Twice as many are counted, and the course is the same.
    np.testing.assert_allclose(logs(results, [course]), truth([course]))
    # What is common to both spans has no part in it.
    made = covariance([level, course], {"court.completions": 0.1, "court.completions, course": 0.2})
    assert made[0, 1] == 0.0


def test_a_sum_is_met_by_year_and_its_parts_by_quarter() -> None:
    by_name: dict[str, set[int]] = {}
    for each in targets(MODEL):
        by_name.setdefault(each.series, set()).add(len(each.months))
    assert by_name["removals"] == {12}
    assert by_name["removals.interior"] == by_name["removals.border"] == {3}


def test_a_year_with_a_few_published_months_is_met_as_a_year() -> None:
    (only,) = aimed(
        "flow",
        figure(date(2017, 10, 1), date(2018, 9, 30), 1200.0),
        figure(date(2018, 3, 1), date(2018, 3, 31), 500.0),
    )
    assert only.value == 100.0


def test_a_simulated_nothing_and_a_ratio_without_a_case_have_a_logarithm() -> None:
    (aim,) = aimed("ratio", figure(date(2017, 10, 1), date(2018, 9, 30), 0.2))
    about = Series("x", "X", "/1", "emergent", "ratio", "d", "t", "f")
    for values, wanted in ((np.r_[0.1, np.full(11, np.nan)], 0.1), (np.zeros(12), 0.0002)):
        results = Results("s", aim.months, (about,), values[None, :, None])
        np.testing.assert_allclose(logs(results, [aim]), np.log([wanted]))


def test_the_discrepancy_of_a_series_is_what_its_best_fit_is_off_and_never_nothing() -> None:
    aims = [*aimed("flow", figure(date(2017, 10, 1), date(2018, 9, 30), 1200.0))] * 2
    assert discrepancy(aims, np.array([0.3, -0.4])) == {"x": np.sqrt((0.09 + 0.16) / 2)}
    assert discrepancy(aims, np.zeros(2)) == {"x": 0.05}
    made = covariance(aims, {"x": 0.2})
    np.testing.assert_allclose(made, [[0.04 + 0.0004, 0.02], [0.02, 0.04 + 0.0004]])


def test_a_run_for_the_fit_gives_every_target_and_moves_with_the_parameters() -> None:
    free = spans(MODEL, MODEL.parameters())
    aims = targets(MODEL)
    middle = np.full(len(free), 0.5)
    written = outputs("us-immigration", free, aims, middle)
    assert written.shape == truth(aims).shape
    assert np.isfinite(written).all()
    slower = middle.copy()
    slower[[each.name for each in free].index("court.minutes.merits")] = 1.0
    moved = outputs("us-immigration", free, aims, slower)
    done = [i for i, each in enumerate(aims) if each.series == "court.completions"]
    assert (moved[done] < written[done]).all()
