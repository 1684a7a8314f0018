"""What an effect hangs on: parameters, switches, chance; and what one more unit brings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from markupsafe import escape

from lawqueue.models.us_immigration import model
from lawqueue.report.charts import svg, tornado
from lawqueue.report.trust import sensitivity_page, yield_page
from lawqueue.study import library
from lawqueue.study.ensemble import spans
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Laboratory, Settings
from lawqueue.trust import marginal, sensitivity
from lawqueue.trust.resources import resource
from lawqueue.trust.sensitivity import Budget, Sensitivity, deterrence, dials, in_words, switched, table

WRITTEN = model.parameters()
ASKED = ("court.minutes.merits", "court.minutes_per_judge", "interior.gang_share")
TINY = Budget(kept=2, learnt=24, sampled=64, draws=3, seeds=3)


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
def found(scenario: Scenario) -> Sensitivity:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sensitivity, "spans", lambda book: tuple(e for e in spans(book) if e.name in ASKED))
        patch.setattr(sensitivity, "dials", lambda _: ("guidance.discretion_share",))
        return sensitivity.sensitivity(scenario, "court.completions", TINY)


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
    for words in ("the parameters leave open", "how the model is built", "chance", "With deterrence off"):
        assert words in text
    assert "Deterrence dial:" in table(found)


def test_an_effect_of_nothing_is_said_to_be_nothing(found: Sensitivity) -> None:
    nothing = replace(found, effect=0.0, parameters_sd=0.0, structure_sd=0.0, chance_sd=0.0)
    assert "does not touch it" in in_words(nothing)


def test_the_tornado_is_drawn(found: Sensitivity) -> None:
    drawn = svg(tornado(found))
    assert drawn.startswith("<svg")
    assert ASKED[0] in drawn


def test_the_page_has_the_sentences_the_picture_and_every_bar(found: Sensitivity) -> None:
    page = sensitivity_page(found)
    assert escape(in_words(found)) in page
    assert page.count("<svg") == 1
    assert all(page.count(f">{each}</th>") >= 1 for each in ASKED[:2])


def test_the_deterrence_dial_is_off_the_criminal_increment_and_the_top_of_the_range() -> None:
    books = deterrence(WRITTEN)
    day = date(2020, 1, 1)
    values = [books[each].value("deterrence.criminal", day) for each in ("off", "low", "high")]
    # 6.1 points for full penalties, 4.6 for administrative ones: 1.5 more.
    np.testing.assert_allclose(values, [0.0, 0.015, 0.081])


def test_a_dial_stands_at_one_end_and_is_turned_to_the_other() -> None:
    assert "guidance.discretion_share" in dials(WRITTEN)
    about = WRITTEN.parameter("deterrence.criminal")
    assert [each.value for each in switched(about).values] == [0.081]
    assert switched(switched(about)) == about


def test_one_more_judge_decides_what_the_minutes_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marginal, "STEPS", (0.1, 0.2))
    laboratory = Laboratory(Settings(0, 1, 0.01, 2, parameters="central"))
    made = marginal.curve(resource("judges"), laboratory)
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
