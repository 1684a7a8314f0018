"""Scenario files on the page: edited with their comments kept, refused with their faults placed."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lawqueue.app.acts import _ACTS, acted
from lawqueue.app.document import MOST, OPERATIONS, Draft, Step, blank, checked, stacked, steps
from lawqueue.app.shelf import models, packaged
from lawqueue.app.state import State, opened
from lawqueue.errors import InputError
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.study.moves import GuidelineChange

BLANK = blank(MODEL)

COMMENTED = """\
# Why I ask: the hearing of May.
name: more-judges
title: More judges
question: What would two hundred more judges do?
model: us-immigration
from: 2016-10-01 # the first of a month
to: 2022-09-30
baseline: history
changes:
  # hired in one go
  - at: 2021-04-02
    set: {court.extra_judges: 200} # a guess
    source: "my own question"
outcomes:
  - court.pending # the backlog
  - cost.total
"""


def test_every_packaged_scenario_is_read_and_written_without_losing_a_line() -> None:
    for model in models():
        for name, each in packaged(model).items():
            text = each.text
            written = Draft("# mine\n" + text).text()
            assert checked(written).text == checked(text).text, name
            assert written.startswith("# mine\n")


def test_a_moved_lever_changes_its_number_and_keeps_every_comment() -> None:
    act = {"do": "amount", "place": 0, "name": "court.extra_judges", "operation": "set", "value": "350"}
    after = acted(State(COMMENTED), act).text
    assert after == COMMENTED.replace("200} # a guess", "350} # a guess")


def test_steps_are_added_dated_ramped_moved_up_and_taken_away() -> None:
    state = acted(State(COMMENTED), {"do": "lever", "value": "detention.places"})
    added = list(steps(checked(state.text)))[1]
    assert added.amounts[0].number == 34000  # what history has on the day of the first step
    assert added.at.isoformat() == "2021-04-02"
    state = acted(state, {"do": "date", "key": "at", "place": 1, "value": "2021-06-01"})
    state = acted(state, {"do": "date", "key": "until", "place": 1, "value": "2022-01-01"})
    state = acted(state, {"do": "ramp", "place": 1, "value": "90"})
    state = acted(state, {"do": "source", "place": 1, "value": "S. 1"})
    state = acted(state, {"do": "up", "place": 1})
    first = next(steps(checked(state.text)))
    assert (first.at.isoformat(), str(first.until), first.ramp, first.source) == (
        "2021-06-01",
        "2022-01-01",
        90,
        "S. 1",
    )
    state = acted(state, {"do": "date", "key": "until", "place": 0, "value": ""})
    assert next(steps(checked(state.text))).until is None
    state = acted(state, {"do": "remove", "place": 0})
    assert [each.amounts[0].name for each in steps(checked(state.text))] == ["court.extra_judges"]
    assert "# a guess" in state.text


def test_another_operation_starts_from_a_number_that_changes_nothing() -> None:
    act = {"do": "operation", "place": 0, "name": "court.extra_judges"}
    times = acted(State(COMMENTED), act | {"value": "multiply"})
    assert next(steps(checked(times.text))).amounts[0].number == 1
    more = acted(times, act | {"value": "add"})
    assert next(steps(checked(more.text))).amounts[0].number == 0
    assert "multiply" not in more.text
    back = acted(more, act | {"value": "set", "number": "200"})
    assert next(steps(checked(back.text))).amounts[0].number == 200


def test_a_guideline_is_put_in_force_and_exchanged() -> None:
    state = acted(State(BLANK), {"do": "guideline", "value": "2017-02-20-kelly"})
    state = acted(state, {"do": "other-guideline", "place": 0, "value": "2014-11-20-johnson"})
    (changed,) = checked(state.text).own
    assert isinstance(changed, GuidelineChange)
    assert changed.guideline.id == "2014-11-20-johnson"


def test_a_switch_of_the_timeline_is_taken_out_moved_and_taken_out_again() -> None:
    state = acted(State(BLANK), {"do": "switch", "value": "tae-johnson"})
    assert [each.until for each in checked(state.text).own] == [date(2021, 11, 29)]
    state = acted(state, {"do": "date", "place": 0, "key": "at", "value": "2021-06-01"})
    assert "move: tae-johnson\n    at: 2021-06-01" in state.text
    assert [each.until for each in checked(state.text).own] == [date(2021, 6, 1)]
    (step,) = steps(checked(state.text))
    assert step.switch is not None
    assert (step.switch.id, step.at) == ("tae-johnson", date(2021, 6, 1))
    state = acted(state, {"do": "date", "place": 0, "key": "at", "value": ""})
    assert "remove: tae-johnson" in state.text
    assert "at:" not in state.text


def test_a_changed_scenario_of_the_package_no_longer_passes_for_it() -> None:
    state = acted(State(opened("prosecute-1326")), {"do": "show", "value": "court.pending"})
    scenario = checked(state.text)
    assert (scenario.name, scenario.text.title) == ("my-prosecute-1326", "Prosecute re-entry (changed)")
    assert scenario.text.outcomes[-1] == "court.pending"
    assert acted(state, {"do": "hide", "value": "court.pending"}).text.count("my-") == 1


def test_a_stacked_reform_brings_its_steps_and_says_where_they_come_from() -> None:
    found = list(steps(checked(stacked(opened("prosecute-1326"), opened("more-removals")))))
    assert len(found) == 2
    assert len(found[1].amounts) == 5
    assert found[1].note.startswith("More removals, by resources.")


def test_a_stacked_reform_brings_what_cannot_be_said_of_it() -> None:
    below, above = (checked(opened(each)).text for each in ("prosecute-1326", "abolish-ice"))
    both = checked(stacked(opened("prosecute-1326"), opened("abolish-ice")))
    brought = [f"{above.title}: {each}" for each in above.cannot_say]
    assert brought
    assert both.text.cannot_say == [*below.cannot_say, *brought]
    onto_blank = checked(stacked(BLANK, opened("abolish-ice"))).text.cannot_say
    assert onto_blank == [*checked(BLANK).text.cannot_say, *brought]
    state = acted(State(opened("prosecute-1326")), {"do": "stack", "value": "abolish-ice"})
    left = checked(acted(state, {"do": "remove", "place": 0}).text).text
    assert left.cannot_say == brought
    none = checked(acted(state, {"do": "remove", "place": len(state_steps(state)) - 1}).text).text
    assert len(none.cannot_say) == len(below.cannot_say)
    resting = acted(State(opened("decline-2021")), {"do": "stack", "value": "prosecute-1326-deterrence"})
    for _ in range(2):
        resting = acted(resting, {"do": "remove", "place": 1})
    assert checked(resting.text).text.cannot_say == checked(opened("decline-2021")).text.cannot_say


def state_steps(state: State) -> list[Step]:
    return list(steps(checked(state.text)))


def test_a_reform_that_rests_on_another_brings_the_steps_of_that_first() -> None:
    reform = opened("prosecute-1326-deterrence")
    found = list(steps(checked(stacked(BLANK, reform))))
    assert [each.amounts[0].name for each in found] == [
        "prosecution.referral_share.reentry",
        "deterrence.criminal",
    ]
    assert found[0].note.startswith("Prosecute re-entry. Half of those")
    assert (
        found[1].note
        == "Prosecute re-entry, with deterrence. It rests on prosecute-1326, whose steps stand above."
    )
    there = stacked(opened("prosecute-1326"), reform)
    assert [each.amounts[0].name for each in steps(checked(there))] == [
        each.amounts[0].name for each in found
    ]
    alike = list(steps(checked(stacked(reform, reform))))
    assert len(alike) == 2
    assert "Compared with prosecute-1326, so that deterrence alone differs" in alike[1].note


def test_what_was_said_of_other_steps_does_not_stay() -> None:
    origin = checked(opened("prosecute-1326")).text
    shown = checked(acted(State(opened("prosecute-1326")), {"do": "hide", "value": "prison"}).text).text
    assert (shown.claim, shown.question) == (origin.claim, origin.question)
    state = acted(State(opened("prosecute-1326")), {"do": "lever", "value": "court.extra_judges"})
    added = checked(state.text).text
    assert (added.claim, added.sources, added.cannot_say) == ("", [], origin.cannot_say)
    assert added.question == (
        "What do these steps change? They began as those of “Prosecute re-entry” and are others now."
    )
    other = checked(acted(state, {"do": "remove", "place": 0}).text).text
    assert (other.title, other.cannot_say) == ("Prosecute re-entry (changed)", [])


def test_a_file_under_a_packaged_name_is_the_packaged_one_only_with_its_steps() -> None:
    text = opened("prosecute-1326")
    again = text.replace("ramp: 90 days", "ramp: 90 # days")
    assert acted(State(BLANK), {"do": "file", "name": "a.yaml", "value": again}).text == again
    edited = text.replace("reentry: 0.5", "reentry: 0.9").replace("What if", "Mine: what if")
    found = checked(acted(State(BLANK), {"do": "file", "name": "a.yaml", "value": edited}).text).text
    assert (found.name, found.title) == ("my-prosecute-1326", "Prosecute re-entry (changed)")
    assert (found.claim, found.statement, found.question[:5]) == ("", [], "Mine:")


def test_the_run_may_end_later_and_says_how_far_the_data_go() -> None:
    state = acted(State(BLANK), {"do": "span", "key": "to", "value": "2025-09-30"})
    assert "to: 2025-09-30 # the last day" in state.text
    assert acted(state, {"do": "span", "key": "from", "value": "2017-10-01"}).text.count("2017-10-01") == 1
    resting = acted(
        State(opened("prosecute-1326-deterrence")), {"do": "span", "key": "to", "value": "2024-09-30"}
    )
    below = checked(resting.text).baseline
    assert below is not None
    assert below.last == date(2024, 9, 30)
    with pytest.raises(InputError, match="inputs from 2016-10-01 to 2025-09-30"):
        acted(state, {"do": "span", "key": "to", "value": "2031-01-01"})


def test_faults_of_a_file_are_told_by_line_and_column_under_its_own_name() -> None:
    faulty = COMMENTED.replace("court.extra_judges", "court.extra_juges").replace(
        "- cost.total", "- cost.totl"
    )
    with pytest.raises(InputError) as caught:
        acted(State(COMMENTED), {"do": "file", "name": "mine.yaml", "value": faulty})
    assert [str(each).split(": ")[0] for each in caught.value.problems] == [
        "mine.yaml:12:11",
        "mine.yaml:16:5",
    ]
    assert "Did you mean 'court.extra_judges'?" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "not valid YAML"),
        ("", "expected a mapping"),
        ("x" * (MOST + 1), "Expected at most 100,000"),
        (
            COMMENTED.replace("set: {court.extra_judges: 200}", "guideline: ../../secret.yaml"),
            "does not read",
        ),
        (COMMENTED.replace("baseline: history", "baseline: ../../secret"), "is no name"),
        (COMMENTED.replace("hundred", "hundred, caf\ufffd"), "mine.yaml:4:38: not UTF-8"),
        ("\ufffd\ufffdn\0a\0", "mine.yaml:1:1: not UTF-8"),
        (COMMENTED.replace("200}", "-5}"), "at most 10,000. Give a larger number."),
    ],
)
def test_a_bad_file_is_refused_with_the_reason_and_without_a_path_of_this_machine(
    text: str, words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        checked(text, "mine.yaml")
    assert tempfile.gettempdir() not in str(caught.value)
    assert "mine.yaml" in str(caught.value)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            {"do": "amount", "place": 0, "name": "court.extra_judges", "operation": "set", "value": "-1"},
            "Expected at least 0",
        ),
        (
            {"do": "amount", "place": 0, "name": "court.extra_judges", "operation": "set", "value": "many"},
            "no number",
        ),
        (
            {"do": "amount", "place": 7, "name": "court.extra_judges", "operation": "set", "value": 1},
            "no step 8",
        ),
        ({"do": "lever", "value": "court.extra_juges"}, "Did you mean 'court.extra_judges'"),
        ({"do": "date", "key": "at", "place": 0, "value": "1999-01-01"}, "outside the run"),
        ({"do": "date", "key": "at", "place": 0, "value": "soon"}, "not a date"),
        ({"do": "ask", "value": "../secret"}, "no scenario"),
        ({"do": "settings", "key": "scale", "value": 2}, "Expected 0.001 to 1"),
        ({"do": "settings", "key": "replicates", "value": 1000}, "use the command line"),
        ({"do": "launch"}, "no act 'launch'"),
        ({}, "expected a text"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(act: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        acted(State(COMMENTED), act)


WILD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**20),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(
        [*_ACTS, *OPERATIONS, "court.extra_judges", "cost.total", "2021-05-01", "2017-02-20-kelly"]
    ),
    st.lists(st.integers(), max_size=2),
)


# A busy machine draws slowly the first time; that says nothing about the page.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(sorted(_ACTS)),
    st.dictionaries(st.sampled_from(["value", "place", "name", "operation", "key"]), WILD),
)
def test_whatever_a_browser_sends_is_done_or_refused(name: str, act: dict[str, object]) -> None:
    with suppress(InputError):
        checked(acted(State(COMMENTED), act | {"do": name}).text)


def test_a_file_of_references_to_references_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x]"] + [
        f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]" for i in range(1, 40)
    ]
    with pytest.raises(InputError, match="more than 20,000 values"):
        checked("\n".join([*lines, "changes: *a39", "outcomes: *a39", "name: *a39"]) + "\n")


def test_a_file_that_is_nested_too_deep_is_refused() -> None:
    with pytest.raises(InputError, match="nested too deep"):
        checked("a: " + "[" * 20000)
