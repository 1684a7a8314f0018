"""What an effect hangs on: parameters, switches, chance; and what one more unit brings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from markupsafe import escape

from lawqueue.errors import InputError
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.report.charts import svg, tornado
from lawqueue.report.trust import END, START, _named, in_words, with_sensitivity, yield_page
from lawqueue.study import library
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Laboratory, Settings
from lawqueue.trust import marginal, sensitivity
from lawqueue.trust.sensitivity import Budget, Sensitivity, dials, switched, table, uncertain

WRITTEN = MODEL.parameters()
ASKED = ("court.minutes.merits", "court.minutes_per_judge", "interior.gang_share")
TINY = Budget(kept=2, learnt=24, sampled=64, draws=3, seeds=3)


def test_what_a_parameter_became_later_is_asked_beside_what_it_was() -> None:
    names = [each.name for each in uncertain(MODEL, WRITTEN)]
    assert {"interior.activity", "interior.activity@later"} <= set(names)
    found: Any = SimpleNamespace(descriptions={"interior.activity": "What officers do."})
    assert "as it was after the fitted years" in _named(found, "interior.activity@later")
    assert "after the fitted years" not in _named(found, "interior.activity")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    path = tmp_path_factory.mktemp("s") / "judges.yaml"
    path.write_text(
        "name: judges\ntitle: t\nquestion: q\nmodel: us-immigration\nfrom: 2019-10-01\nto: 2020-09-30\n"
        "outcomes: [court.completions]\nchanges:\n  - at: 2019-10-01\n    source: test\n"
        "    set: {court.extra_judges: 100, court.hiring_days: 0}\n",
        encoding="utf-8",
    )
    (found,) = library.loaded([path])
    return found


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checkpoint")


@pytest.fixture(scope="module")
def small() -> Iterator[None]:
    """A few parameters and one switch stand for all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            sensitivity,
            "uncertain",
            lambda _, book: tuple(e for e in uncertain(MODEL, book) if e.name in ASKED),
        )
        patch.setattr(sensitivity, "dials", lambda *_: ("guidance.discretion_share",))
        yield


@pytest.fixture(scope="module")
def found(scenario: Scenario, checkpoint: Path, small: None) -> Sensitivity:  # noqa: ARG001  # it patches
    return sensitivity.sensitivity(scenario, "court.completions", TINY, checkpoint)


def test_what_was_run_is_not_run_again_and_serves_other_outcomes(
    found: Sensitivity, scenario: Scenario, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it is run again")

    said: list[str] = []
    monkeypatch.setattr(sensitivity, "run_pair", never)
    assert sensitivity.sensitivity(scenario, "court.completions", TINY, checkpoint, say=said.append) == found
    # 1 + 2 × 3 positions, 24 to learn from, three settings of the dial and a switch, three seeds, three draws.
    before = "41 runs of the scenario and its baseline at most; what is stored is not run again"
    assert said == [before]
    # Of another outcome only the emulator has to be learnt.
    with pytest.raises(AssertionError, match="it is run again"):
        sensitivity.sensitivity(scenario, "court.pending", TINY, checkpoint, say=said.append)
    assert said == [before, before, "shares-court.pending: run 1 of 24"]


def test_an_outcome_without_a_case_is_refused(
    found: Sensitivity, scenario: Scenario, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found
    monkeypatch.setattr(sensitivity.Store, "runs", lambda *_: np.full((7, 200), np.nan))
    with pytest.raises(InputError, match="--outcome: court.wait has no case to measure in 7 of 7 runs"):
        sensitivity.sensitivity(scenario, "court.wait", TINY, checkpoint)


def test_the_widest_bar_is_of_what_the_effect_hangs_on_and_its_ends_are_in_order(found: Sensitivity) -> None:
    by_name = {each.parameter: each for each in found.tornado}
    assert set(by_name) == set(ASKED)
    # A longer hearing means fewer for the same judges; a longer day on the bench, more.
    minutes, day = by_name[ASKED[0]], by_name[ASKED[1]]
    assert minutes.effect_low > found.effect > minutes.effect_high
    assert day.effect_low < found.effect < day.effect_high
    assert next(each.parameter for each in found.tornado) == ASKED[0]
    assert found.tornado[-1].parameter == ASKED[2]


def test_what_it_is_worth_to_know_is_largest_for_the_widest(found: Sensitivity) -> None:
    assert found.shares[0].parameter == ASKED[0]
    assert 0.5 < found.shares[0].first <= 1.05
    assert found.shares[0].first > found.shares[1].first
    assert found.explained > 0.9


def test_the_sentences_name_the_three_sources_and_the_dial(found: Sensitivity) -> None:
    text = in_words(found)
    for words in ("parameters that", "how the model is built", "Monte Carlo chance", "with deterrence off"):
        assert words in text
    assert "e+" not in text
    assert "e+" not in table(found)
    assert "Deterrence dial:" in table(found)
    assert sum(each.share for each in found.parts) == pytest.approx(1.0)
    assert [f"{each.share:.0%}" in text for each in found.parts] == [True] * 3


def test_the_sentences_say_whether_the_sign_changes_with_the_dial(found: Sensitivity) -> None:
    off, low, high = found.dial
    assert "its sign does not change with the dial" in in_words(found)
    for effects in ((5.0, -1.0, 5.0), (0.0, 0.0, 3.0)):
        dial = tuple(
            replace(each, effect=effect) for each, effect in zip((off, low, high), effects, strict=True)
        )
        assert "its sign changes with the dial" in in_words(replace(found, dial=dial))


def test_of_a_model_without_a_dial_or_a_switch_nothing_is_said_of_them(found: Sensitivity) -> None:
    plain = replace(found, dial=(), switches=())
    report = with_sensitivity(f"{START}{END}", (plain,))
    for text in (in_words(plain), table(plain), report):
        assert "eterrence" not in text.replace("deterrence.", "")
        assert "Structural switches" not in text
        assert "Switches in how the model is built" not in text
    assert "Where the uncertainty comes from" in report
    assert "Deterrence off, low, high" in with_sensitivity(f"{START}{END}", (found,))


def test_an_effect_of_nothing_is_said_to_be_nothing(found: Sensitivity) -> None:
    nothing = replace(found, effect=0.0, parameters_sd=0.0, structure_sd=0.0, chance_sd=0.0)
    assert "does not touch it" in in_words(nothing)


def test_the_tornado_is_drawn(found: Sensitivity) -> None:
    drawn = svg(tornado(found))
    assert drawn.startswith("<svg")
    assert ASKED[0] in drawn


def test_the_report_takes_it_up_where_it_said_how_to_ask(found: Sensitivity, small_report: Path) -> None:
    before = small_report.read_text(encoding="utf-8")
    assert "Not asked yet" in before
    other = replace(found, series="court.pending", title="Another <b>outcome</b>")
    page = with_sensitivity(before, [found, other])
    assert "Not asked yet" not in page
    assert escape(in_words(found)) in page
    assert escape(in_words(other)) in page
    assert "<b>outcome" not in page
    assert page.count("<svg") == before.count("<svg") + 2
    assert page.count("<section") == before.count("<section")
    assert all(page.count(f"<code>{each}</code></th>") > 2 for each in ASKED[:2])
    # All else stays, and so it can be done again.
    assert with_sensitivity(page, []) == before


def test_a_dial_stands_at_one_end_and_is_turned_to_the_other() -> None:
    assert "guidance.discretion_share" in dials(MODEL, WRITTEN)
    about = WRITTEN.parameter("deterrence.criminal")
    assert [each.value for each in switched(about).values] == [0.081]
    assert switched(switched(about)) == about


def test_one_more_judge_decides_what_the_minutes_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marginal, "STEPS", (0.1, 0.2))
    laboratory = Laboratory(MODEL, Settings(0, 1, 0.01, 2, parameters="central"))
    made = marginal.curve(MODEL.resource("judges"), laboratory)
    assert 450 < made.now < 600
    done = [each for each in made.yields if each.series.name == "court.completions"]
    assert [each.more for each in done] == [round(0.1 * made.now), round(0.2 * made.now)]
    # 175 minutes a day over 122 a case, two years of fewer sittings in the pandemic: hundreds, not tens.
    assert all(300 < each.each[0] < 1500 for each in done)
    pending = [each for each in made.yields if each.series.name == "court.pending"]
    assert all(each.each[0] < 0 for each in pending)
    loads = {name: (before, after) for name, before, after in made.displaced}
    assert loads["judges"][1] < loads["judges"][0]
    assert "Where the queue goes" in marginal.table(made)
    page = yield_page([made])
    assert "<svg" in page
    assert page.count('<th scope="row">') == len(made.yields) + len(made.displaced)
