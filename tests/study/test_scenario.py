"""Scenario files: what is read, and the words in which faults are told."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from lawqueue.errors import InputError
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.months import are_whole, not_whole
from lawqueue.study import library
from lawqueue.study.record import record
from lawqueue.study.scenario import Scenario, load_scenario
from lawqueue.study.simulate import Laboratory, Settings, calendar

GOOD = """\
name: trial
title: A trial
question: What if?
model: us-immigration
from: 2020-10-01
to: 2021-09-30
changes:
  - at: 2021-04-02
    set: {prosecution.referral_share.reentry: 0.5}
    ramp: 90 days
    source: mine
outcomes: [removals]
"""


def load(path: Path) -> Scenario:
    return load_scenario(path)


def written(folder: Path, text: str, name: str = "trial.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_is_read_with_its_ramp_and_window(tmp_path: Path) -> None:
    scenario = load(written(tmp_path, GOOD))
    assert scenario.changes[0].ramp_days == 90
    assert scenario.window == (date(2021, 4, 1), date(2021, 10, 1))
    assert not scenario.is_history()


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("title: A trial", "titel: A trial", "2:1", "unknown key 'titel'. Did you mean 'title'?"),
        ("title: A trial\n", "", "1:1", "title: this key is missing. Add it."),
        (
            "referral_share.reentry",
            "referral_share.rentry",
            "9:11",
            "Did you mean 'prosecution.referral_share.reentry'?",
        ),
        ("reentry: 0.5", "reentry: -0.5", "9:", "Expected at least 0 and at most 1. Give a larger number."),
        ("reentry: 0.5", "reentry: 1.5", "9:", "Expected at least 0 and at most 1. Give a smaller number."),
        ("reentry: 0.5", "reentry: many", "9:", "valid number"),
        (
            "reentry: 0.5",
            "reentry: ''",
            "9:",
            "step 1, set.prosecution.referral_share.reentry: is empty. Give a number.",
        ),
        ("reentry: 0.5", "reentry: 1e12", "9:", "must be at most 1,000,000,000, got 1e12."),
        ("at: 2021-04-02", "at: ''", "8:9", "step 1, at: is empty. Give a value."),
        ("at: 2021-04-02", "at:", "8:5", "step 1, at: is empty."),
        (
            "    ramp: 90",
            "    until: 2021-04-01\n    ramp: 90",
            "10:12",
            "step 1, until: 2021-04-01 is not after the day",
        ),
        ("    set:", "    sett: 1\n    set:", "9:5", "unknown key 'sett' in step 1. Did you mean 'set'?"),
        ("at: 2021-04-02", "at: 2031-04-02", "8:9", "lies outside the run"),
        ("from: 2020-10-01", "from: 1999-10-01", "5:7", "the model has inputs from 2016-10-01"),
        ("to: 2021-09-30", "to: 2019-09-30", "6:5", "is not after from"),
        (
            "outcomes: [removals]",
            "outcomes: [removal]",
            "12:12",
            "no series 'removal'. Did you mean 'removals'?",
        ),
        ("model: us-immigration", "model: us-imigration", "4:8", "Did you mean 'us-immigration'"),
        ("    set: {prosecution.referral_share.reentry: 0.5}\n", "    guideline: 2071\n", "9:16", "2071"),
        ("outcomes:", "baseline: not-here\noutcomes:", "12:11", "no scenario 'not-here' beside this one."),
        ("outcomes:", "baseline: trial\noutcomes:", "12:11", "the scenario rests on itself: trial → trial."),
        ("ramp: 90 days", "ramp: -3", "10:11", "must be at least 0, got -3."),
        ("ramp: 90 days", "ramp: -3 days", "10:11", "must be at least 0, got '-3 days'."),
        ("ramp: 90 days", "ramp: a while", "10:11", "must be whole days, as 90 days, got 'a while'."),
        ("at: 2021-04-02", "at: soon", "8:9", "step 1, at: must be a date, as 2021-03-01, got 'soon'."),
        ("reentry: 0.5", "reentry: 1e300", "9:", "at most 1,000,000,000, got 1e300."),
        ("name: trial", "name: trial\nname: trial", "2:1", "not valid YAML"),
        ("at: 2021-04-02", "at: 2021-02-30", "8:9", "2021-02-30 is no date"),
        ("reentry: 0.5", "reentry: true", "9:", "must be a number, got true"),
        ("reentry: 0.5", "reentry: .nan", "9:", "got .nan"),
        (
            "outcomes: [removals]",
            "outcomes: [removals, removals]",
            "12:22",
            "'removals' stands there already",
        ),
        (
            "outcomes:",
            "baseline: ../other\noutcomes:",
            "12:11",
            "is no name. Give the name of a scenario in the same folder.",
        ),
        (
            "set: {prosecution.referral_share.reentry: 0.5}",
            "set: {cooperation.share.none: 0.9}",
            "9:35",
            "cooperation.share.limited 0.16 is more than 1 on 2021-06-22. They are shares of one whole",
        ),
    ],
)
def test_a_fault_is_told_with_its_place_and_what_to_do(
    tmp_path: Path, old: str, new: str, place: str, words: str
) -> None:
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        load(path)
    text = str(caught.value)
    assert f"trial.yaml:{place}" in text
    assert words in text


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    text = (
        GOOD.replace("reentry", "rentry").replace("[removals]", "[removal]").replace("at: 2021", "at: 2031")
    )
    with pytest.raises(InputError) as caught:
        load(written(tmp_path, text))
    assert len(caught.value.problems) == 3


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    with pytest.raises(InputError, match=r"no such file. Did you mean 'trial.yaml'\?"):
        load(tmp_path / "trail.yaml")


def test_a_scenario_rests_on_another_one(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    second = GOOD.replace("name: trial", "name: second").replace("outcomes:", "baseline: trial\noutcomes:")
    scenario = load(written(tmp_path, second.replace("0.5", "0.6"), "second.yaml"))
    assert [each.number for each in scenario.changes] == [0.5, 0.6]
    assert scenario.baseline is not None
    assert scenario.baseline.name == "trial"


def test_a_guideline_switch_replaces_history_until_it_ends() -> None:
    path = (MODEL.folder / "scenarios") / "town-hall-2021" / "guideline-2014.yaml"
    scenario = load(path)
    spells = calendar(MODEL, scenario.every, date(2020, 10, 1), date(2022, 10, 1))
    assert [(first, guideline.id) for first, _, guideline in spells] == [
        (date(2020, 10, 1), "2020-03-18-ice-posture"),
        (date(2021, 2, 1), "2014-11-20-johnson"),
    ]


def test_all_twelve_statements_have_a_scenario_or_a_place_in_every_report() -> None:
    scenarios = library.loaded(library.in_order((MODEL.folder / "scenarios") / "town-hall-2021"))
    answered = {number for each in scenarios for number in each.text.statement}
    # 9 is the bottleneck by month, 10 is the comparison of guidelines, 12 is the set itself.
    assert answered == {1, 2, 3, 4, 5, 6, 7, 8, 11}


def own_guideline(folder: Path, old: str = "", new: str = "") -> Path:
    """Write a scenario that switches to an edited copy of the interim guidance of February 2021."""
    text = (MODEL.folder / "guidelines" / "2021-02-18-ice.yaml").read_text(encoding="utf-8")
    assert old in text
    text = text.replace("id: 2021-02-18-ice", "id: mine").replace(old, new)
    written(folder, text, "mine.yaml")
    scenario = GOOD.replace(
        "    set: {prosecution.referral_share.reentry: 0.5}\n    ramp: 90 days\n",
        "    guideline: mine.yaml\n",
    )
    return written(folder, scenario.replace("at: 2021-04-02", "at: 2021-02-18"))


def test_one_edited_line_of_a_guideline_changes_arrests_and_no_code(tmp_path: Path) -> None:
    laboratory = Laboratory(MODEL, Settings(seed=0, replicates=1, scale=0.02, threads=1))
    same = laboratory.run(load(own_guideline(tmp_path))).results.of("arrests.interior")
    history = laboratory.history(date(2020, 10, 1), date(2021, 10, 1)).results.of("arrests.interior")
    np.testing.assert_array_equal(same, history)
    wider = laboratory.run(
        load(own_guideline(tmp_path, "record = 'aggravated_felony'", "record >= 'felony'"))
    )
    more = wider.results.of("arrests.interior")
    np.testing.assert_array_equal(more[:, :4], history[:, :4])
    assert more[:, 5:].sum() > 1.2 * history[:, 5:].sum()


def test_a_fault_in_a_guideline_of_ones_own_is_told_where_it_stands(tmp_path: Path) -> None:
    path = own_guideline(tmp_path, "record = 'aggravated_felony'", "record = 'aggravated_felon'")
    with pytest.raises(InputError, match=r"mine.yaml:\d+:\d+: .*Did you mean 'aggravated_felony'\?"):
        load(path)


def test_a_guideline_of_ones_own_has_an_id_of_its_own(tmp_path: Path) -> None:
    text = (MODEL.folder / "guidelines" / "2021-02-18-ice.yaml").read_text(encoding="utf-8")
    written(tmp_path, text, "2021-02-18-ice.yaml")
    scenario = GOOD.replace(
        "    set: {prosecution.referral_share.reentry: 0.5}\n    ramp: 90 days\n",
        "    guideline: 2021-02-18-ice.yaml\n",
    )
    with pytest.raises(InputError, match="is the id of a guideline of the package"):
        load(written(tmp_path, scenario))


def test_what_a_scenario_rests_on_is_run_over_the_days_of_the_scenario(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    longer = GOOD.replace("name: trial", "name: second").replace("outcomes:", "baseline: trial\noutcomes:")
    scenario = load(written(tmp_path, longer.replace("to: 2021-09-30", "to: 2022-09-30"), "second.yaml"))
    assert scenario.baseline is not None
    assert (scenario.baseline.start, scenario.baseline.end) == (scenario.start, scenario.end)
    laboratory = Laboratory(MODEL, Settings(replicates=1, scale=0.002, parameters="central"))
    before, after = laboratory.baseline(scenario).results, laboratory.run(scenario).results
    assert before.months == after.months


def test_a_record_names_every_file_that_a_scenario_is_read_from(tmp_path: Path) -> None:
    base = written(tmp_path, GOOD)
    text = GOOD.replace("name: trial", "name: second").replace("outcomes:", "baseline: trial\noutcomes:")
    second = written(tmp_path, text, "second.yaml")
    before = record([load(second)], Settings())["scenarios"]
    assert isinstance(before, dict)
    assert before.keys() == {"trial", "second"}
    base.write_text(GOOD.replace("0.5", "0.4"), encoding="utf-8")
    after = record([load(second)], Settings())["scenarios"]
    assert isinstance(after, dict)
    assert {name for name in after if after[name] != before[name]} == {"trial"}


# --- whole months ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ("{from: 2021-04-15, to: 2021-05-14}", "no whole months, by which results are counted. Give 2021-04-01 to 2021-05-31."),
        ("{from: 2021-04-10, to: 2021-04-20}", "Give 2021-04-01 to 2021-04-30."),
        ("{from: 2021-04-15, to: 2021-07-14}", "Give 2021-04-01 to 2021-07-31, or 2021-05-01 to 2021-06-30."),
        ("{from: 2021-04-01, to: 2021-06-29}", "Give 2021-04-01 to 2021-06-30, or 2021-04-01 to 2021-05-31."),
        ("{from: 2021-04-02, to: 2021-04-30}", "Give 2021-04-01 to 2021-04-30."),
        ("{from: 2021-04-01, to: 9999-12-31}", "must lie in order inside the run"),
        ("{from: 0001-01-01, to: 2021-04-30}", "must lie in order inside the run"),
    ],
)  # fmt: skip
def test_a_window_of_parts_of_months_is_refused_with_whole_ones(
    tmp_path: Path, window: str, words: str
) -> None:
    path = written(tmp_path, GOOD + f"window: {window}\n")
    with pytest.raises(InputError) as caught:
        load(path)
    assert "trial.yaml:13:1: window: " in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize("first", [date(2021, 4, 1), date(2021, 4, 2), date(2021, 5, 31), date(2021, 2, 28)])
@pytest.mark.parametrize("last", [date(2021, 6, 30), date(2021, 6, 29), date(2021, 7, 1), date(2021, 5, 31)])
def test_what_is_told_as_whole_months_is_accepted(tmp_path: Path, first: date, last: date) -> None:
    if are_whole(first, last):
        return
    told = not_whole(first, last, date(2020, 10, 1), date(2021, 9, 30))
    for span in told.split("Give ")[1].rstrip(".").split(", or "):
        load(written(tmp_path, GOOD + f"window: {{from: {span.replace(' to ', ', to: ')}}}\n"))


def test_a_run_ends_on_the_last_day_of_a_month(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("to: 2021-09-30", "to: 2021-09-29"))
    with pytest.raises(InputError, match=r"6:5: to: a run ends on .* Give 2021-08-31 or 2021-09-30\."):
        load(path)
    with pytest.raises(InputError, match="2021-09-29 are no whole months"):
        Laboratory(MODEL, Settings(replicates=1, scale=0.002, parameters="central")).history(
            date(2021, 9, 1), date(2021, 9, 30)
        )


def test_no_sum_is_of_a_part_of_a_month_or_of_months_that_were_not_run() -> None:
    start, end = date(2020, 10, 1), date(2020, 12, 1)
    results = (
        Laboratory(MODEL, Settings(replicates=1, scale=0.002, parameters="central"))
        .history(start, end)
        .results
    )
    assert results.total("removals", start, end).shape == (1,)
    with pytest.raises(InputError, match="no whole months"):
        results.total("removals", start, date(2020, 11, 15))
    with pytest.raises(InputError, match="is not all simulated: 'history' has the months 2020-10 to 2020-11"):
        results.total("removals", start, date(2021, 1, 1))


# --- the file's own words -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "got"),
    [
        ("at: 2021-04-02", "at: 2021-04-02 22:00:00 -05:00", "got 2021-04-02 22:00:00 -05:00."),
        ("at: 2021-04-02", "at: 2021-04-02T00:00:00Z", "got 2021-04-02T00:00:00Z."),
        ("at: 2021-04-02", "at: 1617321600", "got 1617321600."),
        ("at: 2021-04-02", "at: [2021-04-02]", "got a list."),
        ("title: A trial", "title: 2021-04-02", "title: must be a text, got 2021-04-02. Put it in quotes."),
        ("title: A trial", "title: 1_000", "got 1_000."),
        ("title: A trial", "title: .5e-3", "got .5e-3."),
        ("title: A trial", "title: True", "got True."),
        ("question: What if?", "question: 0x1F", "got 0x1F."),
        ("    source: mine", "    source: ~", "is empty"),
        ("ramp: 90 days", "ramp: 2021-04-02", "got 2021-04-02."),
        ("ramp: 90 days", "ramp: 'a \\d'", r"got 'a \d'."),
        ("reentry: 0.5", "reentry: 2021-04-02", "got 2021-04-02."),
        ("reentry: 0.5", "reentry: 0.5.1", "got '0.5.1'."),
        ("reentry: 0.5", "reentry: TRUE", "got TRUE."),
        ("outcomes: [removals]", "outcomes: [2021-04-02]", "got 2021-04-02."),
        ("outcomes: [removals]", "outcomes: removals", "got 'removals'."),
        ("title: A trial", "title: t\nstatement: [2021-04-02]", "got 2021-04-02."),
        ("title: A trial", "title: t\ncannot_say: [3.50]", "got 3.50."),
        ("title: A trial", "title: t\nbaseline: 2021-04-02", "got 2021-04-02."),
    ],
)  # fmt: skip
def test_a_message_shows_the_text_of_the_file_and_no_python(
    tmp_path: Path, old: str, new: str, got: str
) -> None:
    assert old in GOOD
    with pytest.raises(InputError) as caught:
        load(written(tmp_path, GOOD.replace(old, new, 1)))
    assert got in str(caught.value)
    assert not re.search(r"TimeStamp|datetime|Scalar|\(\d", str(caught.value))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2021-02-30", "2021-02-30 is no date: day is out of range for month."),
        ("0000-01-01", "0000-01-01 is no date: year 0 is out of range."),
        ("2021-04-02T99:00:00", "must be a date, as 2021-03-01, got 2021-04-02T99:00:00."),
        ("2021-04-02 22:00:00 +99:00", "must be a date, as 2021-03-01, got 2021-04-02 22:00:00 +99:00."),
        ("'2021-02-30'", "must be a date, as 2021-03-01, got '2021-02-30'."),
        ("9999-12-31", "lies outside the run"),
        ("0001-01-01", "lies outside the run"),
        ("9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59-12:00"),
    ],
)
def test_a_day_that_cannot_be_is_told_where_it_stands(tmp_path: Path, day: str, why: str) -> None:
    # A name that looks like one, quoted, is not it.
    text = GOOD.replace("title: A trial", "title: '2021-02-31'").replace("at: 2021-04-02", f"at: {day}")
    with pytest.raises(InputError) as caught:
        load(written(tmp_path, text))
    assert "trial.yaml:8:9: " in str(caught.value)
    assert why in str(caught.value)
    assert "timedelta" not in str(caught.value)


def test_a_part_that_holds_itself_is_refused_where_it_stands(tmp_path: Path) -> None:
    many = "".join(f"b{i}: &b{i} [{', '.join(f'*b{i - 1}' for _ in range(9))}]\n" for i in range(1, 9))
    loop = f"cannot_say: &a [*a, one #two\n  ]\nb0: &b0 [x]\n{many}"
    with pytest.raises(InputError, match=r"trial.yaml:13:13: a list that holds itself"):
        load(written(tmp_path, GOOD + loop))


@pytest.mark.parametrize(
    "line",
    [
        "title: Fee #3 of the bill",
        "question: What if the fee #3 was due?",
        "claim: They said so #really",
        "cannot_say: Fee #3",
        "cannot_say: [one, two #3\n  ]",
        "sources:\n  - Bill #3",
        "title: A long\n  title #3",
    ],
)
def test_words_that_a_comment_cuts_are_refused(tmp_path: Path, line: str) -> None:
    key = line.split(":", maxsplit=1)[0]
    text = "".join(each for each in GOOD.splitlines(keepends=True) if not each.startswith(f"{key}:"))
    with pytest.raises(InputError, match=rf"{key}: the text ends at '#.*Quote the whole text"):
        load(written(tmp_path, f"{text}{line}\n"))


def test_comments_elsewhere_are_comments(tmp_path: Path) -> None:
    text = (
        GOOD.replace("title: A trial", "# first\ntitle: 'Fee #3'  # a title")
        .replace("from: 2020-10-01", "from: 2020-10-01  # the first of a month")
        .replace("ramp: 90 days", "ramp: 90 days # a quarter")
        .replace(
            "source: mine", 'source: "mine #2" # quoted\n    # between\n    note: |\n      a #b\n    # end'
        )
        .replace("outcomes: [removals]", "outcomes: # these\n  - removals # the first")
        .replace("question: What if?", "question: What of C#? #")
    )
    with pytest.raises(InputError, match="question: the text ends at '#'"):
        load(written(tmp_path, text))
    scenario = load(written(tmp_path, text.replace("C#? #", "C#?")))
    assert scenario.text.title == "Fee #3"
    assert scenario.text.changes[0].note == "a #b\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("history", "the baseline of every run"),
        ("sensitivity", "what lawqueue sensitivity keeps"),
        ("con", "a device on Windows"),
        ("lpt1", "a device on Windows"),
        ("a" * 61, "61 characters"),
        ("../x", "should match"),
        ("A", "should match"),
        ('"a\\n"', "should match"),
    ],
)
def test_a_name_that_stands_for_something_else_is_refused_at_its_place(
    tmp_path: Path, name: str, words: str
) -> None:
    path = tmp_path / "mine.yaml"
    text = next((MODEL.folder / "scenarios").glob("*/null-reform.yaml")).read_text(encoding="utf-8")
    path.write_text(text.replace("name: null-reform", f"name: {name}"), encoding="utf-8")
    with pytest.raises(InputError, match=rf"mine\.yaml:1:7: name: .*{words}"):
        library.loaded([path])


def test_one_name_stands_for_one_set_of_numbers_in_a_run(tmp_path: Path) -> None:
    text = next((MODEL.folder / "scenarios").glob("*/null-reform.yaml")).read_text(encoding="utf-8")
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    one.write_text(text.replace("name: null-reform", "name: one"), encoding="utf-8")
    other.write_text(text, encoding="utf-8")
    assert len(library.loaded([one, other])) == 2
    other.write_text(text.replace("null-reform", "one"), encoding="utf-8")
    with pytest.raises(InputError, match=r"other\.yaml:1:7: name: 'one' is the name of .*one\.yaml too"):
        library.loaded([one, other])
    # History over other days is another baseline, of which the files would hold one.
    other.write_text(text.replace("from: 2016-10-01", "from: 2017-10-01"), encoding="utf-8")
    with pytest.raises(InputError, match=r"other\.yaml:\d+:\d+: from: 'history' would stand for two runs"):
        library.loaded([one, other])
