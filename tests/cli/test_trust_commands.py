"""The commands that earn trust, as a user meets them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lawqueue import cli
from lawqueue.cli import simulating
from lawqueue.study.folder import SCHEMA, seal
from lawqueue.trust import backtest as testing
from lawqueue.trust import calibrate, marginal
from lawqueue.trust import sensitivity as asking
from lawqueue.trust.sensitivity import Budget


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
    assert [each["start"] for each in made["origins"]] == ["2020-10-01", "2021-10-01", "2022-10-01"]
    one = json.loads(runner.invoke(cli.app, ["backtest", "--from", "2022-10-01", "--json", "--quiet"]).stdout)
    assert one["origins"] == made["origins"][2:]
    refused = runner.invoke(cli.app, ["backtest", "--from", "2018-10-01", "--quiet"])
    assert (refused.exit_code, refused.stdout) == (2, "")


def test_solve_tells_the_number_or_that_none_suffices(runner: CliRunner) -> None:
    few = ("--replicates", "1", "--scale", "0.005", "--quiet", "--by", "2017-06-30", "--at", "2016-10-01")
    found = runner.invoke(cli.app, ["solve", "beds", "--target", "removals>=1", *few])
    assert found.exit_code == 0, found.stderr
    assert found.stdout.startswith("Met as it is")
    assert "1 replicate cannot tell 80% from less" in found.stdout
    never = runner.invoke(cli.app, ["solve", "beds", "--target", "court.pending<=1", "--json", *few])
    assert never.exit_code == 3
    assert json.loads(never.stdout)["number"] is None
    wrong = runner.invoke(cli.app, ["solve", "bed", "--target", "court.pending=1", *few])
    assert wrong.exit_code == 2
    assert "is no target" in wrong.stderr


def test_the_yield_of_one_resource_is_printed(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(marginal, "STEPS", (0.2,))
    page = tmp_path / "beds.html"
    found = runner.invoke(
        cli.app, ["yield", "beds", "--replicates", "1", "--scale", "0.005", "--quiet", "--out", str(page)]
    )
    assert found.exit_code == 0, found.stderr
    assert found.stdout.startswith("Beds: ")
    assert "<svg" in page.read_text(encoding="utf-8")
    assert [each.name for each in tmp_path.iterdir()] == ["beds.html"]


def test_sensitivity_names_the_nearest_series(runner: CliRunner) -> None:
    found = runner.invoke(cli.app, ["sensitivity", "null-reform", "--outcome", "removal"])
    assert found.exit_code == 2
    assert "Did you mean 'removals'" in found.stderr
    many = runner.invoke(cli.app, ["sensitivity", "town-hall-2021", "--outcome", "removals"])
    assert many.exit_code == 2
    assert "is a set of" in many.stderr


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (["backtest", "--from"], "--from"),
        (["solve", "beds", "--target", "removals>=1", "--by"], "--by"),
        (["solve", "beds", "--target", "removals>=1", "--by", "2020-01-01", "--at"], "--at"),
        (["rules", "explain", "--date"], "--date"),
    ],
)
def test_a_wrong_day_is_told_with_its_option(runner: CliRunner, command: list[str], option: str) -> None:
    found = runner.invoke(cli.app, [*command, "2021-02-30"])
    assert found.exit_code == 2
    assert f"{option}: '2021-02-30' is not a date" in found.stderr


def test_a_page_that_cannot_be_written_is_told_before_anything_is_run(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it is run")

    monkeypatch.setattr(marginal, "curve", never)
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for out in (tmp_path / "file" / "page.html", tmp_path):
        found = runner.invoke(cli.app, ["yield", "beds", "--quiet", "--out", str(out)])
        assert found.exit_code == 2, found.output
        assert "--out" in found.stderr
    monkeypatch.setattr(simulating, "run", never)
    monkeypatch.setattr(asking, "sensitivity", never)
    (tmp_path / "folder").mkdir()
    seal(tmp_path / "folder", SCHEMA, {"settings": {}, "scenarios": {}, "inputs": {}})
    other = runner.invoke(
        cli.app,
        ["sensitivity", "null-reform", "--outcome", "removals", "--out", str(tmp_path / "folder"), "--quiet"],
    )
    assert other.exit_code == 2
    assert "holds no run of null-reform as it is written now" in other.stderr


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_damaged_record_is_told(runner: CliRunner, tmp_path: Path, text: str) -> None:
    (tmp_path / "record.json").write_text(text, encoding="utf-8")
    for command in (
        ["verify", str(tmp_path)],
        ["sensitivity", "null-reform", "--outcome", "removals", "--out", str(tmp_path), "--quiet"],
    ):
        found = runner.invoke(cli.app, command)
        assert found.exit_code == 2
        assert "record.json is damaged" in found.stderr or "is not a results folder" in found.stderr


def test_a_run_with_the_dial_turned_gets_no_sensitivity_with_the_dial_off(
    runner: CliRunner, tmp_path: Path
) -> None:
    out = ["--out", str(tmp_path / "run"), "--quiet"]
    made = ["run", "null-reform", "--replicates", "1", "--scale", "0.001", "--deterrence", "high", *out]
    assert runner.invoke(cli.app, made).exit_code == 0
    found = runner.invoke(cli.app, ["sensitivity", "null-reform", "--outcome", "removals", *out])
    assert found.exit_code == 2
    assert "was run with deterrence high" in found.stderr


def test_a_calibration_tells_before_it_runs_what_cannot_be_written(runner: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    blocked, free = str(tmp_path / "file" / "x"), str(tmp_path / "free")
    for given, words in (
        (["--out", blocked, "--checkpoint", free], "Give another --out."),
        (["--out", free, "--checkpoint", blocked], "Give another --checkpoint."),
    ):
        found = runner.invoke(cli.app, ["calibrate", *given, "--quiet"])
        assert found.exit_code == 2
        assert words in found.stderr


def test_sensitivity_runs_the_scenario_if_need_be_and_adds_to_its_report(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    few, every = ("court.minutes.merits", "court.minutes_per_judge"), asking.uncertain
    monkeypatch.setattr(
        asking, "uncertain", lambda model, book: tuple(e for e in every(model, book) if e.name in few)
    )
    monkeypatch.setattr(asking, "dials", lambda *_: ())
    monkeypatch.setattr(asking, "SCALE", 0.005)
    monkeypatch.setattr(asking, "Budget", lambda: Budget(2, 24, 64, 2, 2))
    out, kept = tmp_path / "run", tmp_path / "kept"
    fast = ["--replicates", "1", "--scale", "0.005", "--quiet"]
    asked = ["--out", str(out), "--checkpoint", str(kept), "--quiet"]
    assert runner.invoke(cli.app, ["run", "prosecute-1326", "--out", str(out), *fast]).exit_code == 0
    for outcome in ("prosecutions.1326", "removals"):
        found = runner.invoke(cli.app, ["sensitivity", "prosecute-1326", "--outcome", outcome, *asked])
        assert found.exit_code == 0, found.output
    assert {each.name for each in out.glob("sensitivity.*")} == {
        "sensitivity.prosecute-1326.prosecutions.1326.json",
        "sensitivity.prosecute-1326.removals.json",
    }
    report = (out / "report.html").read_text(encoding="utf-8")
    assert report.count("prosecute-1326, effect on: ") == 2
    assert "<script" not in report
    assert runner.invoke(cli.app, ["verify", str(out)]).exit_code == 0
    again = runner.invoke(
        cli.app, ["sensitivity", "prosecute-1326", "--outcome", "removals", "--json", *asked]
    )
    assert json.loads(again.stdout)["in_words"].startswith("Removals")
    assert (out / "report.html").read_text(encoding="utf-8") == report
    (out / "sensitivity.prosecute-1326.removals.json").write_text("{}", encoding="utf-8")
    assert runner.invoke(cli.app, ["verify", str(out)]).exit_code == 3
    command = ["sensitivity", "prosecute-1326", "--outcome", "prosecutions.1326", *asked]
    assert "Remove it" in runner.invoke(cli.app, command).stderr
    (out / "sensitivity.prosecute-1326.removals.json").unlink()
    blocked = runner.invoke(cli.app, [*command[:6], "--checkpoint", str(out / "report.html"), "--quiet"])
    assert "Give another --checkpoint" in blocked.stderr
    (out / "report.html").write_text("another", encoding="utf-8")
    assert "Run it again" in runner.invoke(cli.app, command).stderr
    assert (out / "report.html").read_text(encoding="utf-8") == "another"


def test_a_folder_without_a_run_gets_one_first(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class RunError(Exception):
        pass

    def ran(*given: object) -> None:
        raise RunError(str(given[4]))

    monkeypatch.setattr(simulating, "run", ran)
    monkeypatch.chdir(tmp_path)
    found = runner.invoke(cli.app, ["sensitivity", "null-reform", "--outcome", "removals"])
    assert isinstance(found.exception, RunError)
    assert "out/null-reform holds no run of null-reform yet: it is run first" in found.stderr


def test_a_sensitivity_that_is_stopped_says_where_it_goes_on(
    runner: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(simulating, "run", stopped)
    kept = str(tmp_path / "kept")
    found = runner.invoke(
        cli.app, ["sensitivity", "null-reform", "--outcome", "removals", "--checkpoint", kept]
    )
    assert found.exit_code == 130
    assert f"stands in {kept}" in found.stderr


def test_a_scenario_file_that_is_not_there_is_likened_to_yaml_files_alone(
    runner: CliRunner, tmp_path: Path
) -> None:
    for name in ("mine.yaml", "nofile.yam"):
        (tmp_path / name).write_text("", encoding="utf-8")
    found = runner.invoke(cli.app, ["sensitivity", str(tmp_path / "nofile.yaml"), "--outcome", "removals"])
    assert found.exit_code == 2
    assert "'mine.yaml'" in found.stderr
    assert "'nofile.yam'" not in found.stderr


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
    assert not [*tmp_path.glob("e/*")]


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
