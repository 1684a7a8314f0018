"""The command line as a user meets it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import lawqueue
from lawqueue import cli
from lawqueue.app.trust import rolled
from lawqueue.models import registry

SCENARIO = """\
name: more-judges
title: More judges
question: What would more judges do?
model: us-immigration
from: 2020-10-01
to: 2021-03-31
outcomes: [court.pending, court.completions]
changes:
  - at: 2020-12-01
    set: {court.extra_judges: 300, court.hiring_days: 0}
    source: test
"""
FAST = ("--replicates", "2", "--scale", "0.01", "--quiet")


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "more-judges.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def test_a_run_writes_the_whole_folder_and_prints_the_answers(
    runner: CliRunner, scenario: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = runner.invoke(cli.app, ["run", str(scenario), "--out", str(out), "--json", *FAST])
    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)["answers"][0]
    assert answer["effects"][0]["outcome"] == "court.pending"
    assert answer["effects"][0]["difference"] < 0
    assert answer["answer"].startswith(f"{answer['title']}: ")
    files = {each.relative_to(out).as_posix() for each in out.rglob("*") if each.is_file()}
    assert files == {
        "answers.json",
        "effects.csv",
        "effects.xlsx",
        "record.json",
        "report.html",
        "results.parquet",
        "scenario.resolved.yaml",
        "series.csv",
        "summary/history.csv",
        "summary/more-judges.csv",
    }
    table = pl.read_parquet(out / "results.parquet")
    assert set(table["scenario"].unique()) == {"history", "more-judges"}
    assert set(table["stamp"].unique()) <= {"data", "assumed", "fitted", "emergent"}
    assert runner.invoke(cli.app, ["verify", str(out)]).exit_code == 0
    (out / "summary" / "history.csv").write_text("changed", encoding="utf-8")
    changed = runner.invoke(cli.app, ["verify", str(out)])
    assert changed.exit_code == 3
    assert "summary/history.csv: not the file that the record names." in changed.stdout


def test_the_same_run_gives_the_same_bytes(runner: CliRunner, scenario: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert (
            runner.invoke(cli.app, ["run", str(scenario), "--out", str(tmp_path / name), *FAST]).exit_code
            == 0
        )
    files = [each.relative_to(tmp_path / "a") for each in (tmp_path / "a").rglob("*") if each.is_file()]
    assert len(files) > 8
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_bad_input_is_refused_with_its_place_and_nothing_is_written(
    runner: CliRunner, scenario: Path, tmp_path: Path
) -> None:
    scenario.write_text(SCENARIO.replace("court.extra_judges", "court.extra_judge"), encoding="utf-8")
    result = runner.invoke(cli.app, ["run", str(scenario), "--out", str(tmp_path / "out"), *FAST])
    assert result.exit_code == 2
    assert (
        "more-judges.yaml:10:11: no parameter 'court.extra_judge'. Did you mean 'court.extra_judges'?"
        in result.stderr
    )
    assert sorted(each.name for each in tmp_path.iterdir()) == ["more-judges.yaml"]


def test_a_folder_of_the_users_own_is_not_overwritten(
    runner: CliRunner, scenario: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine", encoding="utf-8")
    result = runner.invoke(cli.app, ["run", str(scenario), "--out", str(out), *FAST])
    assert result.exit_code == 2
    assert "exists and is not a results folder" in result.stderr
    assert (out / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_an_unknown_name_offers_the_nearest(runner: CliRunner) -> None:
    result = runner.invoke(cli.app, ["run", "prosecute-1362"])
    assert result.exit_code == 2
    assert "Did you mean 'prosecute-1326'?" in result.stderr


def test_validate_tells_every_kind_of_file(runner: CliRunner, scenario: Path) -> None:
    folder = Path(lawqueue.__file__).parent / "models" / "us_immigration"
    files = [
        scenario,
        folder / "guidelines" / "2021-02-18-ice.yaml",
        folder / "parameters" / "ero" / "officers.yaml",
    ]
    result = runner.invoke(cli.app, ["validate", *map(str, files)])
    assert result.exit_code == 0, result.stderr
    assert [line.rsplit(" ", 1)[1] for line in result.stdout.splitlines()] == [
        "scenario.",
        "guideline.",
        "parameter.",
    ]


def test_the_scenarios_of_the_package_are_listed(runner: CliRunner) -> None:
    result = runner.invoke(cli.app, ["list"])
    assert result.exit_code == 0
    assert "prosecute-1326" in result.stdout


def test_rules_are_listed_explained_and_checked(runner: CliRunner) -> None:
    assert "2021-02-18-ice" in runner.invoke(cli.app, ["rules", "list"]).stdout
    asked = ["rules", "explain", "2021-02-18-ice", "--profile", "record=aggravated_felony,entry=interior"]
    explained = runner.invoke(cli.app, asked)
    assert explained.exit_code == 0
    assert "public_safety" in explained.stdout
    by_date = runner.invoke(cli.app, ["rules", "explain", "--date", "2021-03-01", *asked[3:]])
    undated = [line for line in explained.stdout.splitlines() if "Suspended" not in line]
    assert by_date.stdout.splitlines() == undated
    # The source, and what a court did to it, stand under the clauses.
    assert (
        "11090.1 (18 February 2021), as carried by crimmigration.com, Presumed priorities" in explained.stdout
    )
    assert "Suspended by a court, 2021-09-15 until 2021-11-29, for: mandatory detention" in explained.stdout
    there = ["--date", "2026-03-01", "--place", "minnesota", "--profile", "record=felony"]
    assert "criminal_matter: presumed" in runner.invoke(cli.app, ["rules", "explain", *there]).stdout
    modified = runner.invoke(cli.app, ["rules", "explain", "--date", "2025-06-01", "--profile", ""]).stdout
    assert "on 2025-05-12: A memo" in modified
    assert "on 2025-07-08" not in modified
    wrong = runner.invoke(
        cli.app, ["rules", "explain", "2021-02-18-ice", "--profile", "record=aggravated_felon"]
    )
    assert wrong.exit_code == 2
    assert "record has no level 'aggravated_felon'. Did you mean 'aggravated_felony'?" in wrong.stderr
    checked = runner.invoke(cli.app, ["rules", "check"])
    assert (checked.exit_code, checked.stdout) == (0, "")
    switches = runner.invoke(cli.app, ["rules", "timeline"]).stdout
    assert "Moves nothing in the simulation. nothing until the restart" in switches


def test_help_and_validate_load_no_heavy_library(scenario: Path) -> None:
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from lawqueue import cli\n"
        f"r = CliRunner().invoke(cli.app, ['validate', {str(scenario)!r}])\n"
        "assert r.exit_code == 0, r.output\n"
        "for asked in ([], *([each.name] for each in cli.COMMANDS)):\n"
        "    assert CliRunner().invoke(cli.app, [*asked, '--help']).exit_code == 0, asked\n"
        "    assert not {'numba', 'polars', 'altair', 'sklearn'} & set(sys.modules), (asked, sorted(sys.modules))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_help_on_every_command_needs_no_optional_library() -> None:
    code = (
        "import sys\n"
        "extras = 'SALib sklearn cmaes emcee threadpoolctl scoringrules shiny starlette uvicorn distributed'\n"
        "sys.modules.update(dict.fromkeys(extras.split()))\n"
        "from typer.testing import CliRunner\n"
        "from lawqueue import cli\n"
        "for each in cli.COMMANDS:\n"
        "    found = CliRunner().invoke(cli.app, [each.name, '--help'])\n"
        "    assert found.exit_code == 0, (each.name, found.output)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_list_of_commands_says_of_each_what_it_says_of_itself() -> None:
    for each in cli.COMMANDS:
        assert each.help == each.loaded().help


def test_an_interrupted_run_leaves_no_folder_behind(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from lawqueue.__main__ import main; main()",
        "run",
        "prosecute-1326",
        "--scale",
        "1",
        "--replicates",
        "20",
        "--out",
        str(tmp_path / "out"),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ | {"PYTHONWARNINGS": ""})
    deadline = time.monotonic() + 60
    # The folder in the making shows that the run has begun.
    while not any(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert b"nothing was written" in errors
    assert not any(tmp_path.iterdir())


def test_two_guidelines_are_compared_by_who_crosses_the_line(runner: CliRunner) -> None:
    rows = json.loads(runner.invoke(cli.app, ["rules", "diff", "2017", "2021-02-18-ice", "--json"]).stdout)
    assert abs(sum(row["share"] for row in rows) - 1) < 1e-9
    inside = sum(row["share"] for row in rows if row["action_after"] == "presumed")
    # 2,771 of 20,581 arrests just before the pandemic were inside the categories of February 2021.
    assert abs(inside - 2771 / 20581) < 0.03
    same = json.loads(runner.invoke(cli.app, ["rules", "diff", "2017", "2017", "--json"]).stdout)
    assert not any(row["crosses"] for row in same)
    assert (
        runner.invoke(cli.app, ["rules", "diff", "2017", "2021-02-18-ice", "--date", "soon"]).exit_code == 2
    )


@pytest.mark.parametrize("kind", ["scenario", "guideline", "parameter"])
def test_a_schema_is_printed_for_every_kind_of_file(runner: CliRunner, kind: str) -> None:
    schema = json.loads(runner.invoke(cli.app, ["schema", kind]).stdout)
    assert schema["type"] == "object"
    assert "values" in schema["properties"] or "title" in schema["properties"]


@pytest.mark.parametrize(
    ("kind", "model"),
    [("scenario", "us-immigration"), ("guideline", "us-immigration"), ("scenario", "crown-court")],
)
def test_what_init_writes_is_valid_and_is_never_written_over(
    runner: CliRunner, tmp_path: Path, kind: str, model: str
) -> None:
    path = tmp_path / "my-own.yaml"
    assert runner.invoke(cli.app, ["init", str(path), "--kind", kind, "--model", model]).exit_code == 0
    assert kind == "guideline" or f"\nmodel: {model}\n" in path.read_text(encoding="utf-8")
    checked = runner.invoke(cli.app, ["validate", str(path)])
    assert checked.exit_code == 0, checked.stderr
    assert f"a valid {kind}" in checked.stdout
    again = runner.invoke(cli.app, ["init", str(path), "--kind", kind])
    assert again.exit_code == 2
    assert "exists. Give another name." in again.stderr
    assert runner.invoke(cli.app, ["init", str(tmp_path / "My Own.yaml")]).exit_code == 2


def test_a_scenario_of_which_every_example_is_taken_is_valid(runner: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "my-own.yaml"
    assert runner.invoke(cli.app, ["init", str(path)]).exit_code == 0
    shown = re.sub(
        r"(?m)^(  )# (- (?:at|move|remove): |  (?:at|guideline|source|repeal): )",
        r"\1\2",
        path.read_text("utf-8"),
    )
    path.write_text(shown, encoding="utf-8")
    assert shown.count("my own question") == 5
    checked = runner.invoke(cli.app, ["validate", str(path)])
    assert checked.exit_code == 0, checked.stderr


def test_a_table_becomes_a_model_with_its_back_test_and_takes_no_name_of_the_package(
    runner: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [
        f"{2019 + i // 12}-{i % 12 + 1:02d},{100 + i % 5},90,{2000 + sum(10 + j % 5 for j in range(i + 1))},3"
        for i in range(37)
    ]
    Path("t.csv").write_text(
        "\n".join(("month,filings,dispositions,pending,judges", *rows)), encoding="utf-8"
    )
    refused = runner.invoke(cli.app, ["init", "us-immigration", "--kind", "model", "--from", "t.csv"])
    assert (refused.exit_code, [each.name for each in tmp_path.iterdir()]) == (2, ["t.csv"])
    assert "is the name of a model of the package" in refused.stderr
    made = runner.invoke(cli.app, ["init", "our-court", "--kind", "model", "--from", "t.csv"])
    assert made.exit_code == 0, made.stderr
    court = registry.named("our-court")
    assert [each.name for each in court.resources] == ["judges"]
    kept = rolled(court)
    assert kept is not None
    assert ("no change", 1) in kept["rows"]


def test_a_guideline_of_a_model_without_attributes_is_refused_in_a_sentence(
    runner: CliRunner, tmp_path: Path
) -> None:
    asked = runner.invoke(
        cli.app, ["init", str(tmp_path / "mine.yaml"), "--kind", "guideline", "--model", "crown-court"]
    )
    assert asked.exit_code == 2
    assert "the model crown-court has no attributes that rules could read" in asked.stderr


def test_parameters_and_series_are_listed(runner: CliRunner) -> None:
    assert "ero.officers" in runner.invoke(cli.app, ["list", "--parameters"]).stdout
    assert "court.pending" in runner.invoke(cli.app, ["list", "--series"]).stdout
    assert "mm20" in runner.invoke(cli.app, ["list"]).stdout


def test_a_reference_model_prints_published_and_ours(runner: CliRunner) -> None:
    rows = json.loads(runner.invoke(cli.app, ["run", "reference/crs-judges-2023", "--json"]).stdout)
    assert any(row["published"] == 1.6e6 for row in rows)
    table = runner.invoke(cli.app, ["run", "reference/crs-judges-2023"])
    assert table.exit_code == 0
    assert "✗" not in table.stdout.replace("✓ within", "")
    wrong = runner.invoke(cli.app, ["run", "reference/mm21"])
    assert wrong.exit_code == 2
    assert "mm20" in wrong.stderr


def test_a_folder_that_cannot_be_made_is_said_before_anything_is_run(
    runner: CliRunner, scenario: Path
) -> None:
    result = runner.invoke(cli.app, ["run", str(scenario), "--out", str(scenario / "below"), *FAST])
    assert result.exit_code == 2
    assert "cannot write to" in result.stderr


def test_two_scenarios_of_one_name_are_refused(runner: CliRunner, scenario: Path) -> None:
    (scenario.parent / "twin.yaml").write_text(SCENARIO, encoding="utf-8")
    result = runner.invoke(
        cli.app, ["run", str(scenario.parent), "--out", str(scenario.parent / "out"), *FAST]
    )
    assert result.exit_code == 2
    assert "name: 'more-judges' is the name of" in result.stderr


def test_an_outcome_without_a_case_is_null_and_never_nan(runner: CliRunner, scenario: Path) -> None:
    text = SCENARIO.replace("court.extra_judges: 300", "ero.seats.air: 0, ero.seats.land: 0").replace(
        "[court.pending, court.completions]", "[removals.wait, book_ins.cbp]"
    )
    scenario.write_text(text.replace("at: 2020-12-01", "at: 2020-10-01"), encoding="utf-8")
    out = ["--out", str(scenario.parent / "out"), *FAST]
    found = runner.invoke(cli.app, ["run", str(scenario), "--json", *out])
    wait, book_ins = json.loads(found.stdout, parse_constant=pytest.fail)["answers"][0]["effects"]
    assert wait["scenario_value"] is None
    assert book_ins["scenario_value"] >= 0
    assert "not resolved at this scale" in runner.invoke(cli.app, ["run", str(scenario), *out]).stdout


def test_a_folder_is_validated_file_by_file(runner: CliRunner, scenario: Path) -> None:
    assert runner.invoke(cli.app, ["validate", str(scenario.parent)]).exit_code == 0


def test_the_statutes_answer_for_a_profile_on_a_day(runner: CliRunner) -> None:
    asked = [
        "rules",
        "statutes",
        "--profile",
        "prior_removal=one,entry=border,record=aggravated_felony",
        "--date",
    ]
    then = runner.invoke(cli.app, [*asked, "2021-04-02"])
    assert then.exit_code == 0, then.stderr
    assert "at most 20 years" in then.stdout
    assert "title42" in then.stdout
    assert "title42" not in runner.invoke(cli.app, [*asked, "2024-04-02"]).stdout
    # Custody is one question: an earlier order that is reinstated is answered under 8 USC 1231 alone.
    (custody,) = [line for line in then.stdout.splitlines() if line.startswith("custody")]
    assert "reinstated_order" in custody
    assert runner.invoke(cli.app, ["rules", "statutes", "--profile", "prior_removl=one"]).exit_code == 2
