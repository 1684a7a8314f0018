"""A series that is an input on some days says so there: it carries another stamp, and nobody scores it as an outcome."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from lawqueue.models.cube import Fed, Results, Series
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.study.compare import Comparison
from lawqueue.trust import known
from lawqueue.trust.discrepancy import Discrepancy
from lawqueue.trust.scoring import CannotBeScored, forecasts
from lawqueue.trust.targets import targets

MARCH = Fed(date(2021, 3, 1), date(2021, 3, 31), "it is set")
ABOUT = Series("x", "X", "case/month", "emergent", "flow", "d", "t", None, "", (MARCH,))
MONTHS = (date(2021, 2, 1), date(2021, 3, 1), date(2021, 4, 1))
RESULTS = Results("s", MONTHS, (ABOUT,), np.ones((1, 3, 1)))
BY_NAME = {each.name: each for each in MODEL.catalogue.all()}


@pytest.mark.parametrize(
    ("start", "end", "stamp"),
    [
        (date(2021, 2, 1), date(2021, 3, 1), "emergent"),
        (date(2021, 3, 1), date(2021, 4, 1), "data"),
        (date(2021, 2, 1), date(2021, 5, 1), "data"),
        (date(2021, 4, 1), date(2021, 5, 1), "emergent"),
    ],
)
def test_one_day_on_which_it_is_fed_in_takes_a_total_out_of_the_outcomes(
    start: date, end: date, stamp: str
) -> None:
    assert ABOUT.over(start, end).stamp == stamp
    assert ABOUT.emerges(start, end) == (stamp == "emergent")


def test_every_month_of_a_table_has_its_own_stamp_and_every_effect_that_of_its_window() -> None:
    assert RESULTS.tidy()["stamp"].to_list() == ["emergent", "data", "emergent"]
    assert RESULTS.summary()["stamp"].to_list() == ["emergent", "data", "emergent"]
    assert RESULTS.since(date(2021, 4, 1)).shown("x").stamp == "emergent"
    assert RESULTS.shown("x").stamp == "data"
    effect = Comparison(RESULTS, RESULTS).effect("x", date(2021, 3, 1), date(2021, 5, 1))
    assert effect.series.stamp == "data"


def test_what_was_fed_in_is_no_outcome_to_be_scored() -> None:
    """The share put in expedited removal is set from the screenings of March 2021 on, so these test nothing."""
    about, end = BY_NAME["fear.completed"], date(2022, 10, 1)
    found = known.scored(MODEL.observed(), about, date(2020, 10, 1), end)
    assert [each.first for each in found] == [
        date(2020 + (9 + i) // 12, (9 + i) % 12 + 1, 1) for i in range(5)
    ]
    months = tuple(date(2021 + (9 + i) // 12, (9 + i) % 12 + 1, 1) for i in range(12))
    results = Results("s", months, (about,), np.ones((1, 12, 1)))
    nothing = Discrepancy({}, {}, 0.0, date(2020, 10, 1))
    with pytest.raises(CannotBeScored, match="no outcome there: the share put in expedited removal is set"):
        forecasts(MODEL, ("fear_results_southwest.all",), results, nothing, months[0], end)


def test_a_series_that_is_fed_in_later_is_a_target_of_the_years_before() -> None:
    assert "fear.completed" in {each.series for each in targets(MODEL)}


def test_a_series_tells_in_its_definition_when_it_is_an_input() -> None:
    for each in BY_NAME.values():
        assert all(fed.why in each.definition for fed in each.fed)
    assert "From March 2021 to September 2023 it is fed in" in BY_NAME["fear.completed"].definition


def test_every_row_of_the_back_test_emerges_in_all_the_years_that_are_scored() -> None:
    published = {name for _, names in MODEL.scoring().rows for name in names}
    first, last = MODEL.scoring().origins[0], MODEL.known.last_outcome
    for each in BY_NAME.values():
        assert each.observed not in published or each.emerges(first, last)
