"""Answers in words: what is changed, and when it acts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from lawqueue.app.state import State
from lawqueue.app.views import headline, rendered
from lawqueue.app.work import answered
from lawqueue.models.us_immigration.courts import judges
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.rules import Change
from lawqueue.study import answer, library, record
from lawqueue.study.answer import describe, late
from lawqueue.study.scenario import Scenario, acts_from
from lawqueue.study.sentences import of_answer
from lawqueue.study.simulate import Laboratory, Settings, changed_world

TEXT = """\
name: trial
title: More judges
question: What if?
model: us-immigration
from: 2020-10-01
to: {to}
changes:
  - at: 2021-04-01
    {change}
    source: mine
outcomes: [court.completions, court.wait]
"""


def scenario(folder: Path, change: str, to: str = "2022-09-30") -> Scenario:
    path = folder / "trial.yaml"
    path.write_text(TEXT.format(change=change, to=to), encoding="utf-8")
    return library.loaded([path])[0]


def test_posts_that_are_filled_after_the_run_are_said_to_be(tmp_path: Path) -> None:
    assert late(scenario(tmp_path, "set: {court.extra_judges: 200}")) == (
        "Extra judges (court.extra_judges), changed on 2021-04-01, first acts on 2023-04-13, 742 days later. "
        "The run ends on 2022-09-30, so nothing of it is in these numbers. "
        "To see it act, let the run end later ('to'), or lower Time to hire a judge (court.hiring_days).",
    )


@pytest.mark.parametrize(
    ("change", "to", "words"),
    [
        (
            "set: {court.extra_judges: 200, court.hiring_days: 500}",
            "2022-09-30",
            "it acts in the last 48 days",
        ),
        ("set: {court.extra_judges: 200}\n    until: 2022-01-01", "2025-09-30", "so it never acts"),
        ("set: {court.extra_judges: 200, court.hiring_days: 2000}", "2025-09-30", "change it earlier ('at')"),
    ],
)
def test_a_change_that_acts_for_a_part_or_never_is_said_to(
    tmp_path: Path, change: str, to: str, words: str
) -> None:
    (line,) = late(scenario(tmp_path, change, to))
    assert words in line


@pytest.mark.parametrize(
    "change",
    [
        "set: {ero.officers: 6000}",
        "set: {court.extra_judges: 200, court.hiring_days: 0}",
        "set: {court.extra_judges: 0}",
    ],
)
def test_nothing_is_said_of_what_acts_at_once(tmp_path: Path, change: str) -> None:
    assert late(scenario(tmp_path, change)) == ()


@pytest.mark.parametrize("ramp", [0, 10])
def test_the_day_is_that_on_which_the_model_has_the_first_judge(ramp: int) -> None:
    start, end = date(2020, 10, 1), date(2022, 10, 1)
    change = Change("court.extra_judges", date(2021, 4, 1), "add", 100.0, ramp)
    shorter = Change("court.hiring_days", date(2020, 10, 1), "set", 300.0)
    slower = Change("court.hiring_days", date(2022, 1, 10), "multiply", 1.02)
    changes = (change, shorter, slower)
    more = judges(changed_world(MODEL, MODEL.parameters(), changes, start, end))
    less = judges(changed_world(MODEL, MODEL.parameters(), (), start, end))
    first = date.fromordinal(start.toordinal() + int(np.argmax(more > less)))
    book = MODEL.parameters().changed(shorter).changed(slower)
    assert acts_from(change, MODEL.parameters(), book, MODEL.delayed) == first


def test_the_time_to_hire_is_that_of_the_resources() -> None:
    assert {each.parameter: each.hiring for each in MODEL.resources if each.hiring} == MODEL.delayed


def test_the_card_and_the_first_sentence_say_that_a_change_acts_after_the_run() -> None:
    text = TEXT.format(change="set: {court.extra_judges: 200}", to="2021-09-30")
    found = answered(State(text), Settings(replicates=2, scale=0.002))
    assert found.answer.comparison.is_null()
    assert "first acts on 2023-04-13" in str(of_answer(found.study, found.answer))
    card = rendered("headline.html.j2", **headline(found))
    assert "first acts on 2023-04-13" in card
    assert "range of 2 runs" not in card  # every card says that there is no difference at all


def test_a_change_that_meets_nothing_is_said_to() -> None:
    text = TEXT.format(change="multiply: {ero.officers: 1.0}", to="2021-09-30")
    found = answered(State(text), Settings(replicates=2, scale=0.002))
    assert found.answer.late[0].startswith("Nothing in the run differs from the baseline")


def test_a_change_of_a_rule_that_is_not_in_force_yet_is_said_to_act_later() -> None:
    text = TEXT.format(change="set: {guidance.exception_share: 0.9}", to="2022-06-30")
    found = answered(State(text), Settings(replicates=2, scale=0.01))
    first = found.answer.comparison.first_month()
    assert first is not None
    assert first >= date(2021, 11, 1)
    assert found.answer.late == (f"Nothing in the run differs from the baseline before {first:%B %Y}.",)


def test_a_change_is_told_from_what_the_steps_above_it_leave(tmp_path: Path) -> None:
    change = "set: {court.extra_judges: 100}\n    source: mine\n  - at: 2021-04-01\n    multiply: {court.extra_judges: 2}"
    told = describe(scenario(tmp_path, change), MODEL.parameters())
    assert told[1].endswith("multiplied by 2, from 100 judges (0 judges the day before) to 200 judges.")


def test_changes_are_told_in_numbers_and_units_as_people_write_them(tmp_path: Path) -> None:
    told = describe(
        scenario(tmp_path, "set: {detention.places: 1234567, court.extra_judges: 1}\n    ramp: 1 days"),
        MODEL.parameters(),
    )
    assert "set to 1,234,567 beds" in told[0]
    assert "set to 1 judge," in told[1]
    assert "over 1 day:" in told[1]


def test_an_ensemble_of_an_older_model_is_told_where_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, written = Settings(0, 1, 0.01), Settings(0, 1, 0.01, parameters="central")
    monkeypatch.setattr(answer, "ensemble_is_outdated", lambda _: True)
    assert answer.limits(MODEL, drawn)[0] == answer.OUTDATED
    assert answer.OUTDATED not in answer.limits(MODEL, written)
    monkeypatch.undo()
    now = record.inputs(MODEL)
    assert not record.outdated(MODEL, now | {"code": "of another kind"})
    for kind in now:
        assert record.outdated(MODEL, now | {kind: "other"}), kind


def test_a_recalled_figure_is_not_shown_as_published() -> None:
    history = Laboratory(MODEL, Settings(replicates=1, scale=0.001)).history(
        date(2017, 10, 1), date(2020, 10, 1)
    )
    figures = MODEL.observed().figures("detainers_issued")
    assert [each.start.year for each in figures if each.basis == "recalled"]
    shown = answer.observed_for(MODEL, history.results)
    beside = shown["detainers"].over(date(2018, 10, 1), date(2019, 10, 1), 1.0)
    assert beside is not None
    assert (beside.standing, beside.error) == ("recalled", None)
    assert not any(
        "recalled" in each or "eneral knowledge" in each for one in shown.values() for each in one.sources
    )
