"""What an answer rests on: stages that are full, or idle, by inputs that nobody has published."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from lawqueue.models.us_immigration.model import MODEL
from lawqueue.models.us_immigration.resting import LEANT, rests_on
from lawqueue.study.answer import loads
from lawqueue.study.resting import Loads, Rest, resting
from lawqueue.study.simulate import Laboratory, Settings

ON = date(2021, 4, 1)
YEAR = slice(0, 12)


def loaded(**stages: float | list[float]) -> Loads:
    names = tuple(LEANT)
    rows = [np.broadcast_to(stages.get(name.replace(" ", "_"), 0.9), 12) for name in names]
    return names, np.array(rows, float)


def found(name: str, before: Loads, after: Loads) -> dict[str, Rest]:
    return {each.stage: each for each in resting(MODEL, (name,), before, after, YEAR, MODEL.parameters(), ON)}


def test_an_answer_says_that_officers_stand_idle_by_assumption() -> None:
    rests = found("book_ins.ice", loaded(officers=0.62), loaded(officers=0.41))
    assert set(rests) == {"officers"}
    assert rests["officers"].kind == "idle"
    assert rests["officers"].sentence == (
        "ICE officers stand idle 38 % (59 % in the reform) of their time, by assumption: more of them change little."
    )
    assert "ero.hours_per_officer" in rests["officers"].inputs


def test_a_stage_that_a_reform_fills_is_full_and_not_idle() -> None:
    rests = found("book_ins.ice", loaded(officers=0.4), loaded(officers=1.0))
    assert {name: each.kind for name, each in rests.items()} == {"officers": "full"}


def test_slack_that_a_reform_uses_up_in_part_or_makes_is_what_the_answer_rests_on() -> None:
    """Two thousand officers at the border cost the interior little because, on assumed hours, a third had no task."""
    for before, after in ((0.68, 0.81), (0.81, 0.63)):
        rests = found("book_ins.ice", loaded(officers=before), loaded(officers=after))
        assert {name: each.kind for name, each in rests.items()} == {"officers": "idle"}


def test_every_outcome_that_is_told_is_asked_what_it_rests_on() -> None:
    before, after = loaded(officers=0.62, prosecutors=1.2), loaded(officers=0.41, prosecutors=1.3)
    told = resting(MODEL, ("prosecutions.1326", "book_ins.ice"), before, after, YEAR, MODEL.parameters(), ON)
    assert [each.stage for each in told] == ["officers", "prosecutors"]


def test_where_nothing_changes_an_answer_rests_on_nothing() -> None:
    assert not found("book_ins.ice", loaded(officers=1.0), loaded(officers=1.0))


def test_an_idle_stage_that_a_reform_does_not_touch_is_left_out() -> None:
    assert not found("book_ins.ice", loaded(officers=0.62), loaded(officers=0.61))


def test_an_answer_says_that_places_are_full_in_either_world() -> None:
    some = [1.0] * 7 + [0.9] * 5
    for before, after in ((loaded(beds=some), loaded()), (loaded(), loaded(beds=some))):
        beds = found("detained.person_days", before, after)["beds"]
        assert (beds.kind, beds.full) == ("full", 7 / 12)
        assert beds.sentence.startswith("Places of custody are full in 7 of 12 months")
    assert not found("detained.person_days", loaded(beds=[1.0] * 5 + [0.9] * 7), loaded())


def test_an_answer_rests_on_no_stage_that_is_not_upstream_of_it() -> None:
    assert not found("court.completions", loaded(officers=0.1), loaded(officers=0.3))
    assert not found("court.receipts", loaded(judges=2.0), loaded(judges=2.1))


def test_a_stage_with_firm_inputs_is_a_fact_and_not_an_assumption() -> None:
    firm = MODEL.parameters()
    assert firm.parameter("detention.places").on(ON).basis not in {"stated", "derived", "definition"}
    judged = found("court.completions", loaded(judges=2.0), loaded(judges=2.1))["judges"]
    assert "court.minutes.dismissal" in judged.inputs
    assert all(
        firm.parameter(each).on(ON).basis not in {"stated", "derived", "definition"} for each in judged.inputs
    )


def test_every_stage_is_named_as_in_the_loads_and_its_inputs_exist() -> None:
    names, _ = loads(
        Laboratory(MODEL, Settings(0, 1, 0.002, 1, parameters="central")).history(ON, date(2021, 6, 1))
    )
    assert set(names) == set(LEANT)
    assert {stage for name in MODEL.catalogue.names() for stage in rests_on(name)} == set(LEANT)
    parameters = MODEL.parameters().names
    for each in LEANT.values():
        assert all(any(name.startswith(start) for name in parameters) for start in each.inputs)


@pytest.mark.parametrize("name", ["removals", "removals.border", "cost.total", "book_outs.cbp.removed"])
def test_what_ends_in_a_seat_rests_on_seats(name: str) -> None:
    assert "removal seats by air" in rests_on(name)


def test_judges_with_a_backlog_are_full_in_every_month() -> None:
    """Cases that wait fill what new ones leave: a court with a million pending has no slack in a quiet summer."""
    history = Laboratory(MODEL, Settings(0, 1, 0.01, 1, parameters="central")).history(
        date(2019, 10, 1), date(2021, 10, 1)
    )
    names, loaded_by = loads(history)
    assert (loaded_by[names.index("judges")] >= 0.97).all()
