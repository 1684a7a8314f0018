"""What was published at an origin: whole months and years, and nothing after it."""

from __future__ import annotations

import math
from datetime import date

import pytest

from lawqueue.models.cube import Series
from lawqueue.models.model import Model
from lawqueue.models.observed import Figure, Observed
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.models.us_immigration.scored import AHEAD, FLOWS, ORIGINS, ROWS
from lawqueue.months import are_whole
from lawqueue.trust import known

NAMES = sorted(
    {name for _, names in ROWS for name in names}
    | {name for flows in FLOWS.values() for sums in flows.values() for names in sums for name in names}
)


def following(name: str) -> Series:
    """Return the simulated series that follows the definition of a published one."""
    return next(each for each in MODEL.catalogue.all() if each.observed == name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("start", ORIGINS)
def test_no_part_of_a_month_or_year_is_scored(name: str, start: date) -> None:
    end = min(start.replace(year=start.year + AHEAD), date(2023, 10, 1))
    found = known.scored(MODEL.observed(), following(name), start, end)
    assert len({each.by for each in found}) <= 1
    published = {(each.start, each.end): each.value for each in MODEL.observed().figures(name)}
    for each in found:
        last = date.fromordinal(each.after.toordinal() - 1)
        assert are_whole(each.first, last)
        assert start <= each.first < each.after <= end
        assert published[each.first, last] == each.value


def test_a_month_of_which_the_figure_stops_within_is_left_out_and_the_others_are_scored() -> None:
    found = known.scored(MODEL.observed(), following("adp_ice_arrests"), date(2020, 10, 1), date(2022, 10, 1))
    assert {each.by for each in found} == {"month"}
    assert len(found) == 22
    assert not {date(2021, 9, 1), date(2022, 9, 1)} & {each.first for each in found}
    assert known.ahead(found, date(2020, 10, 1)) == [*range(11), *range(12, 23)]
    assert math.isnan(known.before(MODEL.observed(), "adp_ice_arrests", date(2022, 10, 1), "month")[-1])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("start", ORIGINS)
def test_what_happened_after_an_origin_is_not_known_at_it(
    name: str, start: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = MODEL.observed()
    before = {by: known.before(MODEL.observed(), name, start, by) for by in ("month", "year")}  # type: ignore[arg-type]
    later = Observed(
        [
            Figure(f.series, f.start, f.end, 7 * f.value, f.unit, f.basis, f.source, f.note)
            if f.end >= start
            else f
            for f in published.figures(name)
        ],
        [],
        published.year,
    )
    monkeypatch.setattr(Model, "observed", lambda _: later)
    for by, figures in before.items():
        assert str(known.before(MODEL.observed(), name, start, by)) == str(figures)  # type: ignore[arg-type]


def test_the_last_figure_known_is_that_of_the_period_right_before_the_origin() -> None:
    published = MODEL.observed()
    assert known.before(MODEL.observed(), "court_completions", date(2021, 10, 1), "year")[-1] == 115_959
    assert (
        known.before(MODEL.observed(), "ice_arrest_book_ins", date(2021, 10, 1), "month")[-1]
        == published.monthly("ice_arrest_book_ins", date(2021, 9, 1), date(2021, 10, 1))[0]
    )


def test_the_total_of_a_year_is_the_published_one_or_that_of_its_months() -> None:
    assert known.total_of_year(MODEL.observed(), "ice_removals", date(2020, 10, 1)) == 59_011
    months = MODEL.observed().monthly("book_outs.ice.removal", date(2020, 10, 1), date(2021, 10, 1))
    assert known.total_of_year(MODEL.observed(), "book_outs.ice.removal", date(2020, 10, 1)) == months.sum()
    assert math.isnan(known.total_of_year(MODEL.observed(), "adp_ice_arrests", date(2020, 10, 1)))


def test_a_series_of_which_some_months_and_no_year_are_published_is_scored_by_its_months() -> None:
    """People in custody are published from fiscal year 2019 on: their errors of the fitted years are of these months."""
    found = known.scored(MODEL.observed(), following("adp_ice_arrests"), *MODEL.fitted())
    assert {each.by for each in found} == {"month"}
    assert found[0].first == date(2018, 10, 1)
