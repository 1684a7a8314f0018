"""Claims: what is read, what is measured, and where claim and model would agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from lawqueue.cli import app
from lawqueue.errors import InputError
from lawqueue.models import registry
from lawqueue.models.model import Model
from lawqueue.study.claims import Claim, claims, load_claim, nearest, table, verdict_on
from lawqueue.study.simulate import Laboratory, Settings

QUICK = Settings(replicates=3, scale=0.02, parameters="central")


@pytest.fixture(scope="module")
def court() -> Model:
    return registry.named("crown-court")


@pytest.fixture(scope="module")
def by_name(court: Model) -> dict[str, Claim]:
    return {each.text.name: each for each in claims(court)}


@pytest.fixture(scope="module")
def laboratory(court: Model) -> Laboratory:
    return Laboratory(court, QUICK)


# --- where they agree -------------------------------------------------------------------------------------


def test_nearest_finds_where_a_line_meets_the_claim() -> None:
    assert nearest(lambda x: 2 * x - 1, 0.0, 0.0, 2.0) == pytest.approx(0.5, abs=0.003)


def test_nearest_finds_the_near_edge_of_a_claim_with_room() -> None:
    def off(x: float) -> float:
        return min(0.0, x - 0.3) + max(0.0, x - 0.6)

    assert nearest(off, 0.0, 0.0, 1.0) == pytest.approx(0.3, abs=0.002)
    assert nearest(off, 1.0, 0.0, 1.0) == pytest.approx(0.6, abs=0.002)


def test_nearest_is_none_where_no_value_does() -> None:
    assert nearest(lambda x: 1 + x, 0.5, 0.0, 1.0) is None


# --- the claims that ship ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["crown-court", "us-immigration"])
def test_every_claim_of_a_model_can_be_read(name: str) -> None:
    assert claims(registry.named(name))


MOVED = 0.52
"""Share moved as the table of the think tank has it, between 4,500 of 7,500 trials and half as much of the hours."""


def test_a_fifth_of_the_demand_needs_a_scope_of_a_fifth_over_what_is_saved_within_it(
    by_name: dict[str, Claim], laboratory: Laboratory
) -> None:
    found = verdict_on(by_name["ministry-a-fifth"], laboratory)
    saved = MOVED + (1 - MOVED) * 0.2  # moved, and the rest faster
    assert found.ours == pytest.approx(-0.2 * saved)
    assert not found.agrees
    scope, moved, faster = found.agreements
    assert scope.at == pytest.approx(0.2 / saved, abs=0.002)
    # With a fifth of the hours in scope all of it has to leave, or to take no time.
    assert moved.at == pytest.approx(1.0, abs=0.003)
    assert faster.at == pytest.approx(1.0, abs=0.003)


def test_a_package_that_saves_seven_to_ten_per_cent_moves_fewer_hours_than_the_table_has(
    by_name: dict[str, Claim], laboratory: Laboratory
) -> None:
    found = verdict_on(by_name["think-tank-package"], laboratory)
    assert not found.agrees
    scope, moved, faster = found.agreements
    book = found.claim.scenario.model.parameters()
    assert all(book.parameter(each.parameter).description in table(found) for each in found.agreements)
    assert scope.at == pytest.approx(0.1 / (MOVED + (1 - MOVED) * 0.2), abs=0.002)
    assert moved.at == pytest.approx((0.1 / 0.2 - 0.2) / 0.8, abs=0.003)
    assert faster.at is None  # what is moved alone saves more


def test_a_judge_alone_saves_less_than_two_per_cent(
    by_name: dict[str, Claim], laboratory: Laboratory
) -> None:
    found = verdict_on(by_name["think-tank-judge-alone"], laboratory)
    assert found.agrees
    assert not found.agreements
    assert "They agree." in table(found)


def test_an_assumption_that_the_scenario_does_not_set_moves_both_worlds(
    by_name: dict[str, Claim], laboratory: Laboratory
) -> None:
    found = verdict_on(by_name["ministry-27000-days"], laboratory)
    receipts = next(each for each in found.agreements if each.parameter == "receipts.factor")
    # Days saved are a share of those needed: they grow as receipts do.
    assert receipts.at == pytest.approx(27000 / -found.ours, rel=0.01)


def test_hours_at_which_the_ambition_of_2021_was_to_be_had_give_it(
    by_name: dict[str, Claim], laboratory: Laboratory
) -> None:
    claim = by_name["ministry-ambition-53000"]
    found = verdict_on(claim, laboratory)
    hours = next(each for each in found.agreements if each.parameter == "capacity.hours_per_day")
    assert found.low > 60000
    assert hours.at is not None
    assert hours.written < hours.at < 4.5


# --- files ------------------------------------------------------------------------------------------------


def _copy(claim: Claim, folder: Path, old: str, new: str, model: Model) -> Path:
    text = (model.folder / "claims" / f"{claim.text.name}.yaml").read_text()
    assert old in text
    path = folder / "claim.yaml"
    path.write_text(text.replace(old, new))
    return path


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "series: need.hours",
            "series: need.hour",
            "claim.yaml:13:11: measure.series: no series 'need.hour'",
        ),
        ("parameter: reform.scope", "parameter: reform.scop", "no parameter 'reform.scop'. Did you mean"),
        ("from: 2027-04-01", "from: 2031-04-01", "measure: the window must lie in order within 2024-01-01"),
        ("claimed: {from: -0.2, to: -0.2}", "claimed: {}", "expected 'from', 'to', or both"),
        ("scenario: reform-package", "scenario: decline-2021", "asks us-immigration, not crown-court"),
        ("basis: stated", "basis: rumour", "basis"),
    ],
)
def test_a_claim_with_a_fault_is_refused_where_it_stands(
    by_name: dict[str, Claim], court: Model, tmp_path: Path, old: str, new: str, told: str
) -> None:
    path = _copy(by_name["ministry-a-fifth"], tmp_path, old, new, court)
    with pytest.raises(InputError) as fault:
        load_claim(path, court)
    assert told in str(fault.value)


def test_the_command_prints_claimed_ours_and_the_assumption_that_divides_them() -> None:
    found = CliRunner().invoke(
        app, ["claims", "crown-court", "--replicates", "2", "--scale", "0.01", "--quiet"]
    )
    assert found.exit_code == 0
    assert "claimed  −20" in found.stdout
    assert "They part. They would agree with" in found.stdout
    assert "reform.scope" in found.stdout
