"""The levers: made from the parameter files, and nothing else."""

from __future__ import annotations

from datetime import date

from lawqueue.app.levers import levers, view
from lawqueue.models.us_immigration.model import MODEL


def test_every_parameter_with_a_lever_stands_under_one_heading() -> None:
    book = MODEL.parameters()
    shown = [each.name for group in levers(MODEL, book).values() for each in group]
    assert sorted(shown) == [each.name for each in book if each.lever is not None]
    assert list(levers(MODEL, book)) == [
        each for each in MODEL.headings.values() if each in levers(MODEL, book)
    ]


def test_a_lever_says_in_words_what_it_moves_in_which_unit_and_from_where() -> None:
    places = view(MODEL, MODEL.parameters().parameter("detention.places"))
    assert (places.label, places.unit, places.topic) == ("Detention places", "beds", "Custody")
    assert places.help == "Places in ICE custody that can be used. Funded and usable."
    assert places.history(date(2019, 5, 1)) == MODEL.parameters().value("detention.places", date(2019, 5, 1))
    assert places.origin(date(2019, 5, 1))[0] == "fitted"


def test_every_slider_can_reach_every_value_of_history() -> None:
    for group in levers(MODEL, MODEL.parameters()).values():
        for each in group:
            reach = each.reach("set")
            assert reach is not None
            for value in each.parameter.values:
                assert reach.low <= value.value <= reach.high, each.name
                assert each.parameter.allows(reach.low), each.name


def test_a_factor_of_one_and_an_addition_of_nothing_lie_on_their_sliders() -> None:
    judges = view(MODEL, MODEL.parameters().parameter("court.extra_judges"))
    times, more = judges.reach("multiply"), judges.reach("add")
    assert times is not None
    assert more is not None
    assert times.low <= 1 <= times.high
    assert (more.low, more.high) == (-2000, 2000)


def test_a_parameter_without_a_lever_is_shown_by_its_description_and_has_no_slider() -> None:
    minutes = view(MODEL, MODEL.parameters().parameter("court.minutes_per_judge"))
    assert minutes.reach("set") is None
    assert minutes.label == minutes.parameter.description.rstrip(".")
