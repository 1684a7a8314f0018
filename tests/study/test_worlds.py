"""Worlds that differ minimally: what a reform does not touch stays as it is, bit for bit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from lawqueue.models.us_immigration.custody import judge_minutes
from lawqueue.study import library
from lawqueue.study.simulate import Laboratory, Outcome, Settings

HEAD = """\
name: {name}
title: t
question: q
model: us-immigration
from: 2019-10-01
to: 2021-03-31
outcomes: [removals]
changes:
  - at: 2020-02-01
    source: test
    {change}
"""
UPSTREAM_OF_COURTS = (
    "border.encounters",
    "detainers",
    "arrests.interior",
    "book_ins.ice",
    "arrests.priority",
)


@pytest.fixture(scope="module")
def laboratory() -> Laboratory:
    # As written: in a draw with slow hearings the detained wait for a judge, and so courts move custody too.
    return Laboratory(Settings(seed=0, replicates=2, scale=0.02, threads=1, parameters="central"))


def outcomes(laboratory: Laboratory, folder: Path, change: str) -> tuple[Outcome, Outcome]:
    path = folder / "trial.yaml"
    path.write_text(HEAD.format(name="trial", change=change), encoding="utf-8")
    (scenario,) = library.loaded([path])
    return laboratory.baseline(scenario), laboratory.run(scenario)


def test_a_null_reform_changes_nothing_in_any_replicate(laboratory: Laboratory, tmp_path: Path) -> None:
    before, after = outcomes(laboratory, tmp_path, "multiply: {ero.officers: 1.0}")
    assert before.parts is not after.parts
    np.testing.assert_array_equal(before.results.values, after.results.values)


def test_a_reform_of_the_courts_leaves_arrests_and_custody_bit_identical(
    laboratory: Laboratory, tmp_path: Path
) -> None:
    # Officers also look after the dockets, which ties arrests to the courts; here those hours are nil.
    untied = "set: {ero.hours.nondetained: 0.0, ero.hours.detained: 0.0}"
    base = HEAD.format(name="base", change=untied).replace("2020-02-01", "2019-10-01")
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    change = "set: {court.extra_judges: 200, court.hiring_days: 0}"
    trial = HEAD.format(name="trial", change=change).replace("question", "baseline: base\nquestion")
    (tmp_path / "trial.yaml").write_text(trial, encoding="utf-8")
    (scenario,) = library.loaded([tmp_path / "trial.yaml"])
    before, after = laboratory.baseline(scenario).results, laboratory.run(scenario).results
    for name in UPSTREAM_OF_COURTS:
        np.testing.assert_array_equal(before.of(name), after.of(name), err_msg=name)
    assert (after.of("court.completions") >= before.of("court.completions")).all()
    assert (after.of("court.pending")[:, -1] < before.of("court.pending")[:, -1]).all()


def test_judges_hear_cases_only_after_the_time_to_hire(laboratory: Laboratory, tmp_path: Path) -> None:
    change = "set: {court.extra_judges: 200, court.hiring_days: 300, court.ramp_share: 0.5}"
    before, after = outcomes(laboratory, tmp_path, change)
    extra = (after.results.of("court.judges") - before.results.of("court.judges")).mean(axis=0)
    minutes = judge_minutes(after.world) - judge_minutes(before.world)
    joined = after.world.day(date(2020, 11, 27))
    assert (extra[:13] == 0).all()
    assert extra[-1] == pytest.approx(200)
    assert (minutes[:joined] == 0).all()
    hours_of_an_experienced_judge = before.world.daily("court.minutes_per_judge")[0] * before.world.daily(
        "court.open_share"
    )
    assert minutes[joined] == pytest.approx(100 * hours_of_an_experienced_judge[joined])


def test_posts_that_end_end_at_once(laboratory: Laboratory, tmp_path: Path) -> None:
    change = "until: 2020-10-01\n    set: {court.extra_judges: 200, court.hiring_days: 60}"
    before, after = outcomes(laboratory, tmp_path, change)
    extra = (after.results.of("court.judges") - before.results.of("court.judges")).mean(axis=0)
    # Opened on 1 February 2020, filled on 1 April, gone on 1 October.
    np.testing.assert_allclose(extra, [0] * 6 + [200] * 6 + [0] * 6)


def test_a_guideline_also_releases_those_who_are_held_already(laboratory: Laboratory, tmp_path: Path) -> None:
    change = "set: {guidance.release_share: 0.8, guidance.request_share: 0.0}"
    none = "set: {guidance.release_share: 0.0, guidance.request_share: 0.0}"
    _, released = outcomes(laboratory, tmp_path, change)
    _, kept = outcomes(laboratory, tmp_path, none)
    # Priorities bind from 1 February 2021: the last two months of the trial.
    held = released.results.of("detained.ice").mean(axis=0) / kept.results.of("detained.ice").mean(axis=0)
    assert held[:-2] == pytest.approx(1)
    assert held[-1] < 0.9


def test_officers_who_look_after_the_dockets_tie_arrests_to_the_courts(
    laboratory: Laboratory, tmp_path: Path
) -> None:
    # Before the pandemic officers had no slack: a shorter docket leaves them a little more time to arrest.
    before, after = outcomes(laboratory, tmp_path, "multiply: {ero.hours.nondetained: 0.0}")
    assert (
        after.results.of("arrests.interior")[:, 4].sum() > before.results.of("arrests.interior")[:, 4].sum()
    )


def test_more_places_never_give_fewer_days_in_custody(laboratory: Laboratory, tmp_path: Path) -> None:
    before, after = outcomes(laboratory, tmp_path, "multiply: {detention.places: 0.5}")
    assert (
        after.results.of("detained.person_days").sum(axis=1)
        < before.results.of("detained.person_days").sum(axis=1)
    ).all()


def test_months_before_a_change_are_bit_identical(laboratory: Laboratory, tmp_path: Path) -> None:
    before, after = outcomes(laboratory, tmp_path, "set: {interior.arrest_authority: 0.0}")
    np.testing.assert_array_equal(before.results.values[:, :4], after.results.values[:, :4])
    assert after.results.of("arrests.custodial")[:, -1].sum() == 0


def test_the_numbers_do_not_depend_on_the_threads(tmp_path: Path) -> None:
    path = tmp_path / "trial.yaml"
    path.write_text(HEAD.format(name="trial", change="set: {court.extra_judges: 10}"), encoding="utf-8")
    (scenario,) = library.loaded([path])
    one, two = (Laboratory(Settings(3, 3, 0.01, threads)).run(scenario).results for threads in (1, 2))
    np.testing.assert_array_equal(one.values, two.values)


def test_custody_never_exceeds_the_places(laboratory: Laboratory, tmp_path: Path) -> None:
    _, after = outcomes(laboratory, tmp_path, "set: {detention.places: 20000}")
    # Monthly means: the population at the change may lie above and runs off within months.
    assert (after.results.of("detained")[:, -3:] <= 20000 * 1.001).all()


@pytest.mark.parametrize(
    ("change", "series", "sign"),
    [
        ("set: {interior.arrest_authority: 0.0}", "arrests.interior", -1),
        ("set: {guidance.discretion_share: 0.5}", "detainers", -1),
        ("add: {cooperation.share.none: 0.2}", "arrests.custodial", -1),
        ("add: {cooperation.share.none: -0.2}", "arrests.custodial", +1),
        ("set: {cooperation.none.detainer_all: 0.9}", "arrests.custodial", +1),
        ("set: {cooperation.limited.detainer_convictions: 0.0}", "arrests.custodial", -1),
        ("set: {cooperation.none.release_notice: 1.0}", "arrests.custodial", +1),
        ("set: {cooperation.limited.jail_access: 0.0}", "arrests.custodial", -1),
        ("set: {cooperation.none.status_inquiry: 1.0}", "arrests.at_large", +1),
        ("set: {cooperation.full.information_sharing: 0.0}", "arrests.at_large", -1),
        ("set: {cooperation.limited.joint_operations: 0.0}", "investigations.lost", +1),
        ("set: {cooperation.full.jail_agreement: 1.0}", "officers.hours.screening", -1),
        ("set: {cooperation.full.detention_contract: 0.0}", "detained.places", -1),
        ("set: {cooperation.mandate.cooperate: 1.0}", "arrests.custodial", +1),
        ("set: {cooperation.mandate.refuse: 1.0}", "arrests.custodial", -1),
        ("multiply: {ero.officers: 1.5}", "arrests.at_large", +1),
        ("multiply: {border.arrivals_factor.single_adult: 1.5}", "border.encounters", +1),
        ("repeal: 42-usc-265-with-children", "border.expulsions", -1),
        ("repeal: 8-usc-1325", "prosecutions.1325", -1),
        ("repeal: 8-usc-1326", "prosecutions.1326", -1),
        ("repeal: 8-usc-1231-a5", "removals.interior", -1),
        ("repeal: 8-cfr-287-7", "detainers", -1),
        ("statute: 8-usc-1226-no-bond-2025", "detained.ice", +1),
        ("set: {prosecution.referral_share.reentry: 0.9}", "prosecutions.1326", +1),
        ("multiply: {prosecution.attorneys: 0.2}", "prosecutions.declined", +1),
        ("multiply: {ero.removal_seats: 0.1}", "removals", -1),
        ("set: {cooperation.spillover: 0.0}", "investigations.lost", -1),
        ("add: {border.barrier_coverage.rio_grande_valley: 0.5}", "border.encounters.rio_grande_valley", -1),
        ("add: {border.barrier_coverage.rio_grande_valley: 0.5}", "border.encounters.laredo", +1),
        ("multiply: {border.volunteers: 1.0, border.agents: 0.5}", "border.evasions", +1),
        ("multiply: {fear.cases_per_day: 0.05}", "fear.wait", +1),
        ("set: {deterrence.criminal: 0.2}", "border.repeat_attempts", -1),
        ("set: {interior.prison_releases: 0}", "detainers", -1),
        ("set: {border.pathway.unpunished_surrender_share: 0.4}", "border.evasions", -1),
        ("set: {court.minutes.merits: 150}", "court.completions", +1),
        ("set: {removal.recalcitrant_share.other: 0.9}", "removals.border", -1),
    ],
)
def test_each_lever_moves_its_outcome_in_the_expected_direction(
    laboratory: Laboratory, tmp_path: Path, change: str, series: str, sign: int
) -> None:
    before, after = outcomes(laboratory, tmp_path, change)
    difference = np.nansum(after.results.of(series)[:, 4:]) - np.nansum(before.results.of(series)[:, 4:])
    assert np.sign(difference) == sign, difference
