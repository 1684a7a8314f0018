"""What is held after the last known day drifts in the ensemble."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from lawqueue.models.us_immigration.known import LAST_OUTCOME
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.models.us_immigration.shares import WHOLES
from lawqueue.study.ensemble import carried_on

AFTER = LAST_OUTCOME + timedelta(days=1)
START, END = date(2016, 10, 1), date(2025, 10, 1)
BOOKS = [carried_on(MODEL, MODEL.parameters(), number) for number in range(40)]


def spread(name: str, day: date) -> float:
    """Return the standard deviation over draws of the logarithm of a parameter."""
    return float(np.std([np.log(book.value(name, day)) for book in BOOKS]))


def test_nothing_drifts_up_to_the_last_known_day() -> None:
    for name in (each.name for each in MODEL.parameters()):
        written = MODEL.parameters().series(name, START, AFTER)
        np.testing.assert_array_equal(BOOKS[0].series(name, START, AFTER), written)


def test_a_held_value_is_known_the_less_the_longer_ago_it_was_known() -> None:
    for name in ("detention.stay.interior", "court.minutes.merits", "ero.seats.air"):
        known, soon, late = (spread(name, day) for day in (LAST_OUTCOME, date(2024, 1, 1), date(2025, 9, 1)))
        assert known < 1e-12
        assert 0 < soon < late


def test_what_is_certain_does_not_drift() -> None:
    certain = [each.name for each in MODEL.parameters() if each.values[-1].is_certain]
    assert certain
    for name in certain:
        assert all(
            book.value(name, date(2025, 9, 1)) == MODEL.parameters().value(name, date(2025, 9, 1))
            for book in BOOKS[:3]
        )


def test_shares_of_one_whole_stay_one_whole() -> None:
    for book in BOOKS:
        for whole in WHOLES:
            total = sum(book.series(name, AFTER, END) for name in whole if name in book)
            assert np.max(total) <= 1 + 1e-9


def test_a_value_stays_within_its_bounds() -> None:
    for book in BOOKS[:10]:
        for each in book:
            series = book.series(each.name, AFTER, END)
            assert (series >= (each.minimum or 0.0)).all(), each.name
            assert each.maximum is None or (series <= each.maximum).all(), each.name


def test_a_draw_always_drifts_alike() -> None:
    again = carried_on(MODEL, MODEL.parameters(), 7)
    for name in ("detention.stay.interior", "ero.seats.air"):
        np.testing.assert_array_equal(again.series(name, START, END), BOOKS[7].series(name, START, END))
    assert again.value("ero.seats.air", date(2025, 9, 1)) != BOOKS[8].value("ero.seats.air", date(2025, 9, 1))
