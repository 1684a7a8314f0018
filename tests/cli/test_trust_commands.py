"""The commands that earn trust, as a user meets them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lawqueue import cli
from lawqueue.trust import backtest as testing
from lawqueue.trust import calibrate, marginal


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def test_the_backtest_is_printed_as_a_table_and_as_json(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(testing, "DRAWS", 2)
    monkeypatch.setattr(testing, "SCALE", 0.01)
    table = runner.invoke(cli.app, ["backtest", "--quiet"])
    assert table.exit_code == 0, table.stderr
    assert "Goals, set before:" in table.stdout
    made = json.loads(runner.invoke(cli.app, ["backtest", "--json", "--quiet"]).stdout)
    assert len(made["lines"]) == 11
    refused = runner.invoke(cli.app, ["backtest", "--from", "2018-10-01", "--quiet"])
    assert (refused.exit_code, refused.stdout) == (2, "")


def test_solve_tells_the_number_or_that_none_suffices(runner: CliRunner) -> None:
    few = ("--replicates", "1", "--scale", "0.005", "--quiet", "--by", "2017-06-30", "--at", "2016-10-01")
    found = runner.invoke(cli.app, ["solve", "beds", "--target", "removals>=1", *few])
    assert found.exit_code == 0, found.stderr
    assert found.stdout.startswith("0 more beds")
    never = runner.invoke(cli.app, ["solve", "beds", "--target", "court.pending<=1", "--json", *few])
    assert never.exit_code == 3
    assert json.loads(never.stdout)["number"] is None
    wrong = runner.invoke(cli.app, ["solve", "bed", "--target", "court.pending=1", *few])
    assert wrong.exit_code == 2
    assert "is no target" in wrong.stderr


def test_the_yield_of_one_resource_is_printed(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marginal, "STEPS", (0.2,))
    found = runner.invoke(cli.app, ["yield", "beds", "--replicates", "1", "--scale", "0.005", "--quiet"])
    assert found.exit_code == 0, found.stderr
    assert found.stdout.startswith("Beds: ")


def test_sensitivity_names_the_nearest_series(runner: CliRunner) -> None:
    found = runner.invoke(cli.app, ["sensitivity", "null-reform", "--outcome", "removal"])
    assert found.exit_code == 2
    assert "Did you mean 'removals'" in found.stderr
    many = runner.invoke(cli.app, ["sensitivity", "town-hall-2021", "--outcome", "removals"])
    assert many.exit_code == 2
    assert "is a set of" in many.stderr


def test_a_missing_library_is_named_with_how_to_install_it(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "scoringrules", None)
    monkeypatch.setattr(testing, "DRAWS", 1)
    monkeypatch.setattr(testing, "SCALE", 0.005)
    found = runner.invoke(cli.app, ["backtest", "--quiet"])
    assert found.exit_code == 1
    assert "pip install 'lawqueue[calibrate]'" in found.stderr


def test_a_calibration_that_is_stopped_says_where_it_goes_on(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(calibrate, "fit", stopped)
    found = runner.invoke(cli.app, ["calibrate", "--checkpoint", str(tmp_path), "--out", str(tmp_path / "e")])
    assert found.exit_code == 130
    assert f"What was done stands in {tmp_path}".lower() in found.stderr.lower().replace("\n", "")
    assert not (tmp_path / "e").exists()


def test_parameters_as_written_give_another_record(runner: CliRunner, tmp_path: Path) -> None:
    for given in ("ensemble", "central"):
        out = tmp_path / given
        made = runner.invoke(
            cli.app,
            [
                "run",
                "null-reform",
                "--parameters",
                given,
                "--replicates",
                "1",
                "--scale",
                "0.005",
                "--quiet",
                "--out",
                str(out),
                "--json",
            ],
        )
        assert made.exit_code == 0, made.stderr
        assert json.loads(made.stdout)["answers"][0]["null"] is True
        record = json.loads((out / "record.json").read_text(encoding="utf-8"))
        assert ("ensemble" in record["inputs"]) == (given == "ensemble")
