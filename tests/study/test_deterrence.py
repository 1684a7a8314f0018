"""The deterrence dial: the same in both worlds, off unless it is turned, and said wherever it is not off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

import lawqueue
from lawqueue.errors import InputError
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.study.answer import limits, study
from lawqueue.study.compare import Comparison
from lawqueue.study.deterrence import SETTINGS, Deterrence, turned
from lawqueue.study.library import found, loaded
from lawqueue.study.record import record
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Laboratory, Settings

WRITTEN = MODEL.parameters()
SMALL = Settings(replicates=1, scale=0.01, parameters="central")


@pytest.fixture(scope="module")
def prosecute() -> Scenario:
    (scenario,) = loaded(found("prosecute-1326")[0])
    return scenario


def test_the_settings_are_off_the_criminal_increment_and_the_top_of_the_range() -> None:
    values = [
        turned(MODEL, WRITTEN, each).value("deterrence.criminal", date(2020, 1, 1)) for each in SETTINGS
    ]
    # 6.1 points for full penalties, 4.6 for administrative ones: 1.5 more.
    np.testing.assert_allclose(values, [0.0, 0.015, 0.081])


def test_off_is_what_is_written() -> None:
    assert turned(MODEL, WRITTEN, "off").parameters == WRITTEN.parameters


def test_the_dial_moves_baseline_and_scenario_and_the_effect_of_sentences(prosecute: Scenario) -> None:
    worlds = {
        each: (laboratory.baseline(prosecute).results, laboratory.run(prosecute).results)
        for each in SETTINGS
        for laboratory in [Laboratory(MODEL, replace(SMALL, deterrence=each))]
    }
    effects = [
        Comparison(*worlds[each]).effect("border.repeat_attempts", *prosecute.window).difference
        for each in SETTINGS
    ]
    # Fewer come again after more sentences if sentences keep people away.
    assert effects[2] < min(effects[:2])
    assert not np.array_equal(worlds["off"][0].values, worlds["high"][0].values)


@pytest.mark.parametrize("setting", SETTINGS)
def test_nothing_changed_is_no_effect_wherever_the_dial_stands(
    prosecute: Scenario, setting: Deterrence
) -> None:
    null = replace(prosecute, steps=(), baseline=None)
    laboratory = Laboratory(MODEL, replace(SMALL, scale=0.005, deterrence=setting))
    assert Comparison(laboratory.baseline(null).results, laboratory.run(null).results).is_null()


def test_a_run_says_where_its_dial_stands(prosecute: Scenario) -> None:
    settings = replace(SMALL, scale=0.005, deterrence="low")
    made = study(
        "Said",
        [prosecute],
        Laboratory(MODEL, settings),
        record([prosecute], settings),
        settings.command("x"),
    )
    assert made.lead[0].startswith("Deterrence is low, in the baseline and in the scenario alike")
    assert made.lead[0] in made.limits
    assert made.record["deterrence"] == "low"
    assert made.reproduce[-1].endswith("--deterrence low")
    dial = next(each for each in made.assumptions if each.name == "deterrence.criminal")
    assert dial.value == pytest.approx(0.015)
    assert "Deterrence is off unless a scenario turns it on" in " ".join(limits(MODEL, SMALL))


@pytest.mark.parametrize("wrong", [{"deterrence": "mid"}, {"parameters": "mid"}])
def test_an_unknown_setting_is_refused_before_anything_is_run(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="no setting 'mid'"):
        lawqueue.run("prosecute-1326", **wrong)
