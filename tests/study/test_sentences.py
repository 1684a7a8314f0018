"""One sentence an answer, made from its numbers: the verdict, the difference, its interval, the catch."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from lawqueue.models.cube import Kind, Results, Series
from lawqueue.study import sentences
from lawqueue.study.beside import Beside
from lawqueue.study.compare import Comparison, Effect
from lawqueue.study.resting import Rest
from lawqueue.study.study import Answer, Bound, Flow, Study


def effect(
    before: float,
    changes: list[float],
    unit: str = "case/month",
    kind: Kind = "flow",
    title: str = "Removals",
) -> Effect:
    series = Series("x", title, unit, "emergent", kind, "X.", "X")
    months = (date(2021, 4, 1),)
    base = np.full((len(changes), 1, 1), before)
    after = base + np.array(changes)[:, None, None]
    both = Comparison(
        *(Results(name, months, (series,), each) for name, each in (("history", base), ("a", after)))
    )
    return both.effect("x", date(2021, 4, 1), date(2021, 5, 1))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            effect(530_000.0, [-2300.0, -12300.0], title="Entries that evade arrest"),
            "7,300 fewer entries that evade arrest (1.4\xa0%, range of 2 runs 2,300 to 12,300) from April 2021 to April 2021",
        ),
        (effect(100.0, [-10.0, 30.0]), "10 more removals (10.0\xa0%, range of 2 runs 10 fewer to 30 more)"),
        (effect(1e9, [5e8, 5e8], "USD", title="Cost of it"), "$500\xa0m more cost of it (50.0\xa0%, "),
        (effect(100.0, [2.0, 4.0], "day", "ratio", "Wait"), "wait 3.00 days\xa0higher (3.0\xa0%, "),
        (effect(0.5, [0.1, 0.1], "/1", "ratio", "Share"), "share 10.0 points\xa0higher (range of 2 runs 10.0 points to"),
        (effect(100.0, [0.0, 0.0]), "Removals: no difference at all, "),
        (effect(100.0, [1.0, 3.0], "case", "stock", "Pending"), "2 more pending (2.0\xa0%, range of 2 runs 1 to 3) on 30 April 2021"),
    ],
)  # fmt: skip
def test_an_effect_is_told_in_the_words_of_its_unit_and_kind(found: Effect, words: str) -> None:
    assert sentences.of_effect(found).startswith(words)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([1.0, 1.0] * 10, "hardly any difference"),
        ([5.0, 5.0] * 10, "a small difference"),
        ([-20.0, -20.0] * 10, "a clear difference"),
        ([50.0, 60.0] * 10, "a large difference"),
        ([50.0, 60.0] * 9, "in 18 runs"),
        ([0.0] * 9 + [-20.0] * 31, "a clear difference"),
        ([0.0] * 39 + [40.0], sentences.NOT_TOLD),
        ([-1.0, 60.0], sentences.NOT_TOLD),
        ([0.0, 0.0], sentences.NONE),
        ([50.0], "one run cannot tell an effect from chance"),
    ],
)
def test_a_difference_is_called_by_its_size_only_if_it_is_told_from_none(
    changes: list[float], words: str
) -> None:
    assert sentences.verdict(effect(100.0, changes)) == words


def test_an_interval_that_ends_at_zero_says_in_how_many_draws_nothing_differs() -> None:
    found = effect(100.0, [0.0] * 9 + [-20.0] * 31)
    assert (found.high, found.verdict) == (0.0, "")
    assert "0 to 20, none at all in 9 of 40 draws)" in sentences.of_effect(found)
    assert "none at all" not in sentences.of_effect(effect(100.0, [-20.0] * 40))


def test_scenarios_are_counted_by_the_rule_of_their_sentences_and_only_of_enough_draws() -> None:
    def told(*changes: list[float]) -> str:
        found = [SimpleNamespace(main=effect(100.0, each)) for each in changes]
        return str(sentences.of_all("All", cast("list[Answer]", found)))

    firm, ends_at_zero, spans = [-20.0] * 40, [0.0] * 9 + [-20.0] * 31, [-20.0, 20.0] * 20
    assert told(firm, ends_at_zero, spans).startswith(
        "All: 2 of 3 scenarios move what they are asked about, a clear difference in 2, no difference that can"
    )
    assert told(firm[:19], firm).startswith("All: not counted from 19 runs, ")


def test_an_effect_against_another_scenario_names_it() -> None:
    found = replace(effect(100.0, [5.0] * 20), against="reform-package")
    assert sentences.of_effect(found).endswith(", compared with reform-package")
    assert sentences.of_effect(replace(effect(100.0, [0.0] * 20), against="x")).endswith(", compared with x")
    assert sentences.of_level(found, None).startswith("In the baseline, reform-package, removals: 100 ")
    assert "compared" not in sentences.of_effect(effect(100.0, [5.0] * 20))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ([1.0], "pending cases up by 1 (50.0\xa0%)"),
        ([-0.3], "pending cases down by less than 1 (15.0\xa0%)"),
        ([-0.3, 8.0], "4 more pending cases (192.5\xa0%, range of 2 runs 0 to 8 more)"),
    ],
)
def test_one_case_and_less_than_one_are_told_in_good_grammar(changes: list[float], words: str) -> None:
    assert sentences.of_effect(effect(2.0, changes, "case", "stock", "Pending cases")).startswith(words)


def test_a_level_that_is_far_off_says_to_read_the_difference() -> None:
    assert sentences.level(Beside(100.0, "published", error=0.62)) == (
        "the level is 62\xa0% too high: read the difference"
    )
    assert sentences.level(Beside(100.0, "published", error=-0.3)).startswith("the level is 30\xa0% too low")
    assert sentences.level(Beside(100.0, "published", error=0.1)) == ""
    assert sentences.level(Beside(100.0, "recalled")) == ""
    assert sentences.level(None) == ""


def test_every_statement_of_the_town_hall_is_answered_in_one_sentence(town_hall: Study) -> None:
    told = sentences.opening(town_hall)
    assert [each.number for each, _, _ in told if each] == list(range(1, 13))
    for statement, _, sentence in told:
        words = str(sentence)
        assert words.startswith(f"{statement and statement.subject}: ")
        assert words.endswith(".")
        assert words.count(". ") == 0
        assert len(words) < 500
        assert "nan" not in words
    assert "cross the line" in str(told[9][2])
    assert "not counted from 2 runs, it takes 20 runs or more to say which" in str(told[11][2])
    asked = sentences.of_answer(town_hall, town_hall.answer("prosecute-1326-deterrence"))
    assert ", compared with prosecute-1326;" in str(asked)
    assert all("compared with" not in str(sentence) for _, _, sentence in told)  # they are against history


def test_an_answer_beyond_what_was_ever_published_says_so(town_hall: Study) -> None:
    answer = town_hall.answer("prosecute-1326")
    words = sentences.past_the_record(town_hall, answer, "prosecutions.1326")
    assert words.endswith("times the most ever published (25,426, fiscal year 2019)")
    history = replace(answer, comparison=Comparison(answer.comparison.baseline, answer.comparison.baseline))
    assert sentences.past_the_record(town_hall, history, "prosecutions.1326") == ""


def test_what_rests_on_an_assumption_or_acts_late_stands_in_the_sentence(town_hall: Study) -> None:
    answer = replace(
        town_hall.answer("abolish-ice"),
        resting=(Rest("beds", "full", 1.0, 1.0, 1.0, ("detention.places",), "Beds are full."),),
        late=("Judges first act on 2021-05-01. The run ends before.",),
    )
    words = str(sentences.of_answer(town_hall, answer))
    assert "; it rests on what is full by assumption: beds; " in words
    idle = Rest("judges", "idle", 0.5, 0.5, 0.5, ("court.judges",), "Judges are idle.")
    both = str(sentences.of_answer(town_hall, replace(answer, resting=(*answer.resting, idle))))
    assert "; it rests on what is full by assumption: beds, and idle: judges; " in both
    assert words.endswith("; judges first act on 2021-05-01; the run ends before.")


def test_what_bound_when_is_told_from_the_months() -> None:
    months = tuple(date(2021, n, 1) for n in (1, 2, 3, 7))
    bound = (Bound("beds", months), Bound("judges", months[:1]), Bound("officers", ()))
    assert str(sentences.of_stages("What binds", bound, 12)) == (
        "What binds: 2 of 3 stages were full for a time, of 12 months beds 4 (January 2021 to March 2021 and July 2021), "
        "judges 1 (January 2021); officers always had slack."
    )
    assert (
        str(sentences.of_stages("What binds", bound[2:], 12))
        == "What binds: no stage had more work than it could do."
    )


def test_the_way_that_changes_most_is_told() -> None:
    flows = [Flow("Custody", "Removed", 100.0, 90.0), Flow("Border", "Custody", 500.0, 505.0)]
    assert "from “Custody” to “Removed”: 10 fewer cases" in sentences.of_flows(flows)
    assert ": 1 more case takes it." in sentences.of_flows([Flow("a", "b", 1.0, 2.0)])
    assert sentences.of_flows([Flow("a", "b", 1.0, 1.0)]).startswith("No way")


def test_a_figure_of_some_of_the_months_says_which_and_what_history_has_there() -> None:
    known = Beside(30.0, "published", error=0.5, part=(date(2021, 10, 1), date(2022, 10, 1)), simulated=45.0)
    words = sentences.beside_in_words(known, "case/month")
    assert (
        words
        == "30 published, of October 2021 to September 2022 alone, where history has 45 (model +50.0\xa0%)"
    )
    assert (
        sentences.level(known)
        == "the level is 50\xa0% too high in October 2021 to September 2022: read the difference"
    )
    month = Beside(3.0, "recalled", part=(date(2021, 10, 1), date(2021, 11, 1)))
    assert (
        sentences.beside_in_words(month, "case/month")
        == "3 recalled, not read in a source, of October 2021 alone"
    )
