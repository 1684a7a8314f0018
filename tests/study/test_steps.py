"""Steps of a scenario: laid by date, told as they act, and marked where they never do."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from lawqueue import cli
from lawqueue.errors import InputError
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.models.us_immigration.world import ONCE_A_MONTH, World
from lawqueue.rules import Change
from lawqueue.study import library
from lawqueue.study.answer import describe
from lawqueue.study.scenario import Scenario, overlaid
from lawqueue.study.simulate import Laboratory, Settings
from lawqueue.study.steps import idle, laid

NAME = "prosecution.referral_share.reentry"
START, END = date(2020, 10, 1), date(2021, 10, 1)
HEAD = """\
title: T
question: Q?
model: us-immigration
from: 2020-10-01
to: 2021-09-30
outcomes: [prosecutions.1326, court.pending]
"""


def step(at: str, what: str, more: str = "") -> str:
    return f"  - {{at: {at}, {what}, source: x{more}}}\n"


def reentry(at: str, share: float, more: str = "") -> str:
    return step(at, f"set: {{{NAME}: {share}}}", more)


def loaded(folder: Path, *steps: str, name: str = "trial", head: str = HEAD) -> Scenario:
    path = folder / f"{name}.yaml"
    changes = "changes:\n" + "".join(steps) if steps else ""
    path.write_text(f"name: {name}\n{head}{changes}", encoding="utf-8")
    return library.loaded([path])[0]


def why(scenario: Scenario) -> list[str]:
    return [sentence for _, sentence in idle(laid(scenario, MODEL.parameters()))]


LATE, EARLY = reentry("2021-06-01", 0.5), reentry("2021-04-01", 0.2)


def test_steps_written_out_of_order_give_the_same_numbers_and_words(tmp_path: Path) -> None:
    ordered = loaded(tmp_path, EARLY, LATE, name="ordered")
    turned = loaded(tmp_path, LATE, EARLY, name="turned")
    laboratory = Laboratory(MODEL, Settings(replicates=2, scale=0.005, parameters="central"))
    first, second = (laboratory.run(each).results.values for each in (ordered, turned))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, laboratory.history(START, END).results.values)
    told = [describe(each, MODEL.parameters()) for each in (ordered, turned)]
    assert told[0][1] == told[1][1]
    assert told[1][1].endswith("set to 0.5, from 0.2.")
    assert told[1][0].endswith("set to 0.2, from 0.16; step 1 takes its place from 2021-06-01.")


def test_a_factor_written_above_what_it_multiplies_still_multiplies_it(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, step("2021-06-01", f"multiply: {{{NAME}: 2}}"), EARLY)
    book = overlaid(scenario, MODEL.parameters())
    assert [book.value(NAME, date(2021, month, 15)) for month in (3, 4, 6)] == [0.16, 0.2, 0.4]
    assert describe(scenario, MODEL.parameters())[1].endswith("multiplied by 2, from 0.2 to 0.4.")


def test_of_one_day_the_later_in_the_file_is_laid_over_the_earlier(tmp_path: Path) -> None:
    twice = loaded(tmp_path, EARLY, step("2021-04-01", f"multiply: {{{NAME}: 2}}"))
    assert overlaid(twice, MODEL.parameters()).value(NAME, date(2021, 4, 1)) == 0.4
    assert describe(twice, MODEL.parameters())[1].endswith("from 0.2 (0.16 the day before) to 0.4.")
    assert why(twice) == []


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ((EARLY, reentry("2021-04-01", 0.5)), ["Step 1 never acts: of {} step 2 takes its place"]),
        ((reentry("2021-06-01", 0.2, ", until: 2021-07-01"), LATE), ["Step 1 never acts: of {} step 2 takes"]),
        ((reentry("2021-04-01", 0.16),), ["Step 1 changes nothing: without it {} is the same"]),
        ((EARLY, reentry("2021-05-01", 0.2)), ["Step 2 changes nothing"]),
        ((step("2021-04-01", f"multiply: {{{NAME}: 1}}"),), ["Step 1 changes nothing"]),
        ((step("2021-04-01", f"add: {{{NAME}: 0}}"), LATE), ["Step 1 changes nothing"]),
        ((EARLY, step("2021-04-01", f"multiply: {{{NAME}: 0}}")), ["Step 1 never acts"]),
        # Two windows that together cover a third.
        (
            (
                reentry("2021-05-01", 0.2, ", until: 2021-07-01"),
                reentry("2021-05-01", 0.3, ", until: 2021-06-01"),
                reentry("2021-06-01", 0.4, ", until: 2021-08-01"),
            ),
            ["Step 1 never acts: of {} step 2 and step 3 take its place"],
        ),
        # A ramp takes the place of what is under it once it is whole.
        ((EARLY, reentry("2021-04-01", 0.5, ", ramp: 30 days")), []),
        ((EARLY, reentry("2021-09-30", 0.5, ", ramp: 30 days")), ["Step 2 changes nothing"]),
        ((EARLY, LATE), []),
        ((LATE, EARLY), []),
    ],
)  # fmt: skip
def test_a_step_that_never_acts_is_told_with_what_takes_its_place(
    tmp_path: Path, steps: tuple[str, ...], told: list[str]
) -> None:
    found = why(loaded(tmp_path, *steps))
    assert len(found) == len(told)
    for sentence, beginning in zip(found, told, strict=True):
        assert sentence.startswith(beginning.format(NAME))


def test_guidelines_statutes_and_switches_are_marked_alike(tmp_path: Path) -> None:
    covered = loaded(
        tmp_path,
        step("2021-03-01", "guideline: 2017-02-20-kelly"),
        step("2021-03-01", "guideline: 2014-11-20-johnson"),
        step("2021-04-01", "repeal: 8-usc-1325"),
        step("2021-04-01", "statute: 8-usc-1325"),
    )
    assert [each.split(":")[0] for each in why(covered)] == ["Step 1 never acts", "Step 3 never acts"]
    assert why(covered)[0].startswith("Step 1 never acts: of the guideline in force for ICE step 2 takes")
    moved = loaded(
        tmp_path,
        "  - {move: tae-johnson, at: 2021-06-01, source: x}\n",
        step("2021-02-01", "guideline: 2017-02-20-kelly"),
    )
    assert why(moved) == []  # the guideline of the later day is laid over
    over = loaded(
        tmp_path,
        "  - {move: tae-johnson, at: 2021-06-01, source: x}\n",
        step("2021-02-18", "guideline: 2017-02-20-kelly"),
    )
    assert [each.split(":")[0] for each in why(over)] == ["Step 1 never acts"]


steps_of_one = st.lists(
    st.builds(
        lambda day, operation, number, ramp, length: Change(
            NAME,
            START + timedelta(days=day),
            operation,
            number,
            min(ramp, length or ramp),
            START + timedelta(days=day + length) if length else None,
            "x",
        ),
        st.integers(0, 300),
        st.sampled_from(["set", "multiply"]),
        st.sampled_from([0.0, 0.16, 0.25, 0.5, 1.0]),
        st.sampled_from([0, 0, 40]),
        st.sampled_from([0, 0, 30, 90]),
    ),
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(steps_of_one, st.randoms())
def test_the_order_in_the_file_matters_on_one_day_alone_and_a_step_acts_if_and_only_if_it_is_missed(
    changes: list[Change], random: object
) -> None:
    template = library.loaded(library.found("null-reform")[0])[0]

    def made(every: list[Change]) -> Scenario:
        return Scenario(
            template.text, MODEL, None, tuple((each,) for each in every), None, (START, END - timedelta(1))
        )

    def value(every: list[Change]) -> np.ndarray:  # type: ignore[type-arg]
        return overlaid(made(every), MODEL.parameters()).series(NAME, START, END)

    one_a_day = list({each.at: each for each in changes}.values())
    shuffled = list(one_a_day)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(value(one_a_day), value(shuffled))
    for each in laid(made(changes), MODEL.parameters()):
        without = [one for place, one in enumerate(changes) if place != each.place]
        assert each.acts.any() == (not np.array_equal(value(changes), value(without)))


def test_a_step_that_never_acts_is_marked_by_validate_run_and_report(tmp_path: Path) -> None:
    loaded(tmp_path, EARLY, reentry("2021-04-01", 0.5))
    file, folder = str(tmp_path / "trial.yaml"), tmp_path / "out"
    checked = CliRunner().invoke(cli.app, ["validate", file])
    assert checked.exit_code == 0
    assert f"{file}:9:5: Step 1 never acts" in checked.stdout
    how = ["--scale", "0.002", "--replicates", "2", "--quiet", "--out", str(folder)]
    found = CliRunner().invoke(cli.app, ["run", file, *how, "--json"])
    assert any(
        each.startswith("Step 1 never acts") for each in json.loads(found.stdout)["answers"][0]["late"]
    )
    assert "Step 1 never acts" in (folder / "report.html").read_text(encoding="utf-8")


def test_what_a_baseline_changes_is_laid_before_what_rests_on_it(tmp_path: Path) -> None:
    loaded(tmp_path, LATE, name="below")
    above = loaded(tmp_path, EARLY, name="above", head=HEAD + "baseline: below\n")
    assert overlaid(above, MODEL.parameters()).value(NAME, date(2021, 7, 1)) == 0.2
    same = loaded(tmp_path, LATE, name="same", head=HEAD + "baseline: below\n")
    assert why(same) == [f"Step 1 changes nothing: without it {NAME} is the same on every day of the run."]


# --- what is read on the first day alone ----------------------------------------------------------------


def test_what_is_read_on_the_first_day_alone_is_found_by_how_the_model_reads_it() -> None:
    daily: set[str] = set()
    asked, once = World.daily, World.once_a_month

    class Seen(World):
        def daily(self, name: str) -> np.ndarray:  # type: ignore[type-arg]
            daily.add(name)
            return asked(self, name)

        def once_a_month(self, name: str) -> np.ndarray:  # type: ignore[type-arg]
            # It picks days out of the series, which is no use of every day.
            return once(plain, name)

    plain = MODEL.world_in_history(START, END)
    world = Seen(
        **{name: getattr(plain, name) for name, each in World.__dataclass_fields__.items() if each.init}
    )
    MODEL.network(world)
    assert frozenset(world.read_at_start) == MODEL.read_at_start()
    assert not world.read_at_start & daily
    assert {"atd.initial", "court.initial.pending_age"} < world.read_at_start
    assert ONCE_A_MONTH.keys() <= MODEL.parameters().parameters.keys()
    assert not ONCE_A_MONTH.keys() & daily


@pytest.mark.parametrize("name", sorted(ONCE_A_MONTH))
def test_a_change_between_the_days_on_which_it_is_read_is_said_never_to_act(
    tmp_path: Path, name: str
) -> None:
    for at, until, read in (("2021-04-02", "2021-04-15", False), ("2021-04-01", "2021-04-16", True)):
        scenario = loaded(tmp_path, step(at, f"multiply: {{{name}: 0.5}}", f", until: {until}"))
        assert bool(why(scenario)) != read
        assert read or why(scenario) == [
            f"Step 1 never acts: {name} is read on day {ONCE_A_MONTH[name]} of each month alone."
        ]


@pytest.mark.parametrize("name", sorted(MODEL.read_at_start()))
def test_a_later_change_of_what_is_read_on_the_first_day_alone_is_refused(tmp_path: Path, name: str) -> None:
    number = 1.1 * MODEL.parameters().value(name, START)
    for at, more in (("2021-04-01", ""), ("2020-10-01", ", ramp: 30 days")):
        with pytest.raises(InputError) as caught:
            loaded(tmp_path, step(at, f"set: {{{name}: {number}}}", more))
        assert f"trial.yaml:9:{len(f'  - {{at: {at}, set: {{{name}: ') + 1}: step 1: {name} is read" in str(
            caught.value
        )
    scenario = loaded(tmp_path, step("2020-10-01", f"set: {{{name}: {number}}}"), name="first")
    assert laid(scenario, MODEL.parameters())[0].acts[0]
    with pytest.raises(InputError, match=f"rests.yaml:8:11: step 1 of first: {name} is read"):
        loaded(tmp_path, name="rests", head=HEAD.replace("2020-10-01", "2020-09-01") + "baseline: first\n")
