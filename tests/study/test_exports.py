"""What is written is what was meant: every file, link and command is read back and gives the same numbers."""

from __future__ import annotations

import csv
import json
import os
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

import lawqueue
from lawqueue import cli, exports, numbers
from lawqueue.app import state as states
from lawqueue.app.document import blank
from lawqueue.app.state import State
from lawqueue.models.cube import NO_INTERVAL, ONE_RUN, Results, Series
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.report.tables import yearly_csv
from lawqueue.study import library
from lawqueue.study.answer import study as answered
from lawqueue.study.compare import Comparison
from lawqueue.study.record import record
from lawqueue.study.resolved import guidelines, resolved
from lawqueue.study.simulate import Laboratory, Settings
from lawqueue.study.study import Study
from lawqueue.trust import marginal

SCALE = 0.1 + 0.2 - 0.298
"""A number that needs every digit."""
SETTINGS = Settings(seed=3, replicates=2, scale=SCALE)
TEXT = """\
name: trial
title: "A trial: 'quoted' #3 – ✓"
question: "Q? {yes}"
model: us-immigration
from: 2020-10-01
to: 2021-09-30
changes:
  - at: 2021-06-01
    multiply: {prosecution.referral_share.reentry: 1.0000000000000002}
    source: x
  - at: 2021-04-02
    until: 2021-08-01
    set: {prosecution.referral_share.reentry: 0.30000000000000004}
    ramp: 30 days
    source: "- # x"
    note: "2021-04-02"
  - move: tae-johnson
    at: 2021-06-01
    source: x
  - at: 2021-05-01
    guideline: mine.yaml
    source: x
outcomes: [prosecutions.1326, court.pending, approvals.wait]
window: {from: 2021-04-01, to: 2021-05-31}
"""
ABOVE = """\
name: above
title: T
question: Q?
model: us-immigration
from: 2020-10-01
to: 2021-12-31
baseline: trial
changes:
  - {remove: removal-pause, source: x}
outcomes: [removals, prosecutions.1326]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("of a user's own $HOME")
    (made / "trial.yaml").write_text(TEXT, encoding="utf-8")
    (made / "other-file.yaml").write_text(TEXT.replace("name: trial", "name: otherwise"), encoding="utf-8")
    (made / "above.yaml").write_text(ABOVE, encoding="utf-8")

    own = (MODEL.folder / "guidelines" / "2021-02-18-ice.yaml").read_text(encoding="utf-8")
    (made / "mine.yaml").write_text(own.replace("id: 2021-02-18-ice", "id: mine"), encoding="utf-8")
    return made


def run(paths: list[Path], settings: Settings = SETTINGS) -> Study:
    scenarios = library.loaded(paths)
    return answered(
        "t", scenarios, Laboratory(MODEL, settings), record(scenarios, settings), settings.command("x")
    )


def effects_of(study: Study) -> dict[str, list[tuple[Any, ...]]]:
    return {
        answer.name: [
            (each.series.name, each.start, each.end, each.baseline, each.reform, each.low, each.high)
            for each in answer.effects
        ]
        for answer in study.answers
    }


def test_each_entry_of_the_resolved_file_is_a_scenario_and_gives_the_same_numbers(
    folder: Path, tmp_path: Path
) -> None:
    scenarios = library.loaded([folder / "above.yaml"])
    entries = YAML(typ="safe").load(resolved(scenarios))["scenarios"]
    assert [each["name"] for each in entries] == ["trial", "above"]  # what another rests on comes first
    for each in entries:
        with (tmp_path / f"{each['name']}.yaml").open("w", encoding="utf-8") as file:
            YAML().dump(each, file)
    for name, content in guidelines(scenarios).items():
        (tmp_path / name).write_bytes(content)
    again = library.loaded([tmp_path / "above.yaml"])
    assert resolved(again) == resolved(scenarios)
    for name in ("trial", "above"):
        first, second = run([folder / f"{name}.yaml"]), run([tmp_path / f"{name}.yaml"])
        assert exports.plain(effects_of(first)) == exports.plain(effects_of(second))
        for which in ("baseline", "reform"):
            worlds = (getattr(each.answers[0].comparison, which).values for each in (first, second))
            assert next(worlds).tobytes() == next(worlds).tobytes()


def test_a_resolved_baseline_is_called_by_its_name_not_by_its_file(folder: Path) -> None:
    text = ABOVE.replace("name: above", "name: upon").replace("baseline: trial", "baseline: other-file")
    (folder / "upon.yaml").write_text(text, encoding="utf-8")
    entries = YAML(typ="safe").load(resolved(library.loaded([folder / "upon.yaml"])))["scenarios"]
    assert [(each["name"], each["baseline"]) for each in entries] == [
        ("otherwise", "history"),
        ("upon", "otherwise"),
    ]


def test_the_resolved_file_and_the_json_name_the_last_day(folder: Path) -> None:
    (entry,) = YAML(typ="safe").load(resolved(library.loaded([folder / "trial.yaml"])))["scenarios"]
    assert entry["window"] == {"from": date(2021, 4, 1), "to": date(2021, 5, 31)}
    assert entry["to"] == date(2021, 9, 30)
    assert all("until" not in each or each["until"] for each in entry["changes"])


def test_results_summary_and_json_hold_the_same_numbers(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    how = ["--scale", str(SCALE), "--replicates", "2", "--seed", "3", "--quiet", "--out", str(out)]
    found = CliRunner().invoke(cli.app, ["run", str(folder / "trial.yaml"), *how, "--json"])
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert told["scale"] == SCALE
    assert json.loads((out / "record.json").read_text())["settings"]["scale"] == SCALE
    table = pl.read_parquet(out / "results.parquet")
    assert json.loads(pl.read_parquet_metadata(out / "results.parquet")["lawqueue"])["scale"] == SCALE
    rows = [
        row | {"scenario": path.stem}
        for path in (out / "summary").iterdir()
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()[1:])
    ]
    means = table.group_by("scenario", "series", "month").agg(
        pl.col("value").is_null().any().alias("gap"), pl.col("value").mean()
    )
    known = {tuple(each[:3]): each[3:] for each in means.iter_rows()}
    assert len(rows) == len(known)
    for row in rows:
        gap, mean = known[row["scenario"], row["series"], date.fromisoformat(row["month"])]
        assert (row["mean"] == "") if gap else (float(row["mean"]) == pytest.approx(mean, rel=1e-14))
    effect = told["answers"][0]["effects"][0]
    assert (effect["from"], effect["to"], effect["unit"]) == ("2021-04-01", "2021-05-31", "case")
    window = table.filter(
        (pl.col("series") == "prosecutions.1326")
        & (pl.col("scenario") == "trial")
        & pl.col("month").is_between(date(2021, 4, 1), date(2021, 5, 31))
    )
    assert effect["scenario_value"] == pytest.approx(window["value"].sum() / 2, rel=1e-14)
    report = (out / "report.html").read_text(encoding="utf-8")
    assert f"--scale {SCALE!r} " in report
    assert (out / "mine.yaml").is_file()


def test_a_command_is_read_by_a_shell_as_what_was_run(folder: Path) -> None:
    named = str(folder / 'a `b` "c".yaml')
    line = SETTINGS.command(named)
    words = shlex.split(line)
    assert words[:3] == ["lawqueue", "run", named]
    given = dict(zip(words[3::2], words[4::2], strict=True))
    assert float(given["--scale"]) == SCALE
    echoed = subprocess.run(
        ["sh", "-c", f"printf '%s\\n' {line}"], capture_output=True, text=True, check=True
    )  # the shell is what is asked
    assert echoed.stdout.splitlines() == words


def test_link_command_and_snippet_of_the_page_keep_every_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = State(blank(MODEL), seed=7, replicates=3, scale=SCALE, deterrence="low")
    assert states.from_query(states.to_query(asked)) == asked
    words = shlex.split(states.command(asked, "scenario.yaml"))
    assert words[words.index("--scale") + 1] == repr(SCALE)
    seen: dict[str, Any] = {}
    monkeypatch.setattr(
        lawqueue,
        "run",
        lambda what, **how: (
            seen.update(how, what=what) or SimpleNamespace(answers=[SimpleNamespace(effects=[])])
        ),
    )
    exec(states.snippet(asked, 'odd " name.yaml'), {})  # noqa: S102  # it is there to be run
    assert seen == {
        "what": 'odd " name.yaml',
        "seed": 7,
        "replicates": 3,
        "scale": SCALE,
        "deterrence": "low",
    }


# --- units and what is missing --------------------------------------------------------------------------


WAIT = Series("court.wait", "Wait", "day", "emergent", "ratio", "Wait.", "Courts")
CASES = Series("removals", "Removals", "case/month", "emergent", "flow", "Removals.", "Removal")
MONTHS = tuple(date(2021, month, 1) for month in (4, 5, 6))


def results(values: np.ndarray, name: str = "a") -> Results:  # type: ignore[type-arg]
    return Results(name, MONTHS, (CASES, WAIT), values)


def test_every_sum_over_months_has_the_unit_of_a_sum() -> None:
    for each in MODEL.catalogue.all():
        assert (each.kind == "flow") >= each.unit.endswith("/month"), each.name
        if each.kind == "flow":
            assert not each.unit_of_total.endswith("/month")
    values = np.full((2, 3, 2), 100.0)
    effect = Comparison(results(values), results(values + 1)).effect("removals", MONTHS[0], date(2021, 7, 1))
    assert (effect.baseline, effect.unit, effect.last) == (300.0, "case", date(2021, 6, 30))
    bought = marginal.Yield(5, CASES, 300.0, (1.0, 0.5, 1.5))
    curve = marginal.Curve(
        MODEL.resources[0], 10.0, {}, (bought,), "range of 2 runs", (), date(2020, 10, 1), date(2022, 10, 1)
    )
    told = json.loads(exports.json_text(marginal.as_json(curve)))
    assert (told["from"], told["to"]) == ("2020-10-01", "2022-09-30")
    assert "case/month" not in json.dumps(told)
    assert told["yields"][0]["unit"] == "case"


def test_what_is_missing_is_null_or_an_empty_cell_or_a_dash(tmp_path: Path) -> None:
    values = np.full((2, 3, 2), 100.0)
    values[:, :, 1] = np.nan
    made = results(values)
    effect = Comparison(made, results(values + 1, "b")).effect("court.wait", MONTHS[0], date(2021, 7, 1))
    assert exports.csv_text(("x",), [(effect.baseline, effect.low, None)]).splitlines()[1] == ",,"
    made.summary().write_csv(tmp_path / "summary.csv")
    assert "nan" not in (tmp_path / "summary.csv").read_text().lower()
    assert made.summary()["mean"].null_count() == 3
    assert made.tidy()["value"].null_count() == 6
    assert exports.plain({"a": effect.baseline}) == {"a": None}
    assert numbers.quantity(effect.baseline, "day") == numbers.EMPTY


def test_a_year_of_which_a_part_was_run_is_written_with_the_days_that_were_run() -> None:
    values = np.full((2, 3, 2), 100.0)
    months = (date(2021, 8, 1), date(2021, 9, 1), date(2021, 10, 1))
    topic = MODEL.headline.topics["waits"]
    both = [
        Results(
            name,
            months,
            tuple(Series(each, each, "day", "emergent", "ratio", "x.", "x") for each in topic.names[:2]),
            values,
        )
        for name in "ab"
    ]
    from dataclasses import replace  # noqa: PLC0415

    rows = yearly_csv(Comparison(*both), replace(topic, names=topic.names[:2]), MODEL.year).splitlines()
    assert [each.split(",")[5:7] for each in rows[1:3]] == [
        ["2021-08-01", "2021-09-30"],
        ["2021-10-01", "2021-10-31"],
    ]


# --- one run ----------------------------------------------------------------------------------------------


def test_one_run_has_no_interval_and_says_why(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    how = ["--scale", "0.03", "--replicates", "1", "--quiet", "--out", str(out)]
    runner = CliRunner()
    told = runner.invoke(cli.app, ["run", str(folder / "trial.yaml"), *how])
    assert told.exit_code == 0, told.output
    assert ONE_RUN in told.stdout
    assert NO_INTERVAL in told.stdout
    assert "[" not in told.stdout
    found = json.loads(runner.invoke(cli.app, ["run", str(folder / "trial.yaml"), *how, "--json"]).stdout)
    effect = found["answers"][0]["effects"][0]
    assert (effect["low"], effect["high"], effect["verdict"]) == (None, None, ONE_RUN)
    table = pl.read_csv(out / "summary" / "trial.csv", comment_prefix="#")
    assert table["low"].null_count() == len(table)
    assert ONE_RUN in (out / "report.html").read_text(encoding="utf-8")


def test_one_run_of_yields_has_no_brackets() -> None:
    one = np.array([1.0])
    bought = marginal.Yield(5, CASES, 300.0, (float(one[0]), np.nan, np.nan))
    curve = marginal.Curve(
        MODEL.resources[0],
        10.0,
        dict.fromkeys(MODEL.yielding().outcomes, 0.0),
        tuple(
            marginal.Yield(
                5, Series(name, name, "case/month", "emergent", "flow", "x.", "x"), 300.0, bought.each
            )
            for name in MODEL.yielding().outcomes
        ),
        NO_INTERVAL,
        (),
        date(2020, 10, 1),
        date(2022, 10, 1),
    )
    told = marginal.table(curve)
    assert ONE_RUN in told
    assert "[" not in told
    assert "nan" not in told


# --- the machine ------------------------------------------------------------------------------------------


DRAWN = """
from datetime import date
import numpy as np
from lawqueue.models.cube import Results, Series
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.report import charts
from lawqueue.study.sentences import of_effect
from lawqueue.report.timeline import drawing
from lawqueue.study.compare import Comparison
from lawqueue.study.beside import Observed, Point
from lawqueue.study.study import Bottleneck, Fit, FitRow

months = tuple(date(2020 + (i + 9) // 12, (i + 9) % 12 + 1, 1) for i in range(12))
about = Series("removals", "Removals", "case/month", "emergent", "flow", "Removals.", "Removal")
values = np.arange(24.0).reshape(2, 12, 1)
before, after = Results("a", months, (about,), values), Results("b", months, (about,), values + 1)
points = tuple(Point(each, date(each.year, each.month, 28), 5.0) for each in months)
worst = [Bottleneck(each, "judges", 1.0) for each in months]
rows = tuple(FitRow(each, each, 5.0, 4.0, 6.0, 5.5) for each in months)
for spec in (
    charts.levels(before, after, "removals", Observed("x", "flow", points)),
    charts.differences(Comparison(before, after).difference(), "removals"),
    charts.bottlenecks(worst, worst, ["judges"]),
    charts.fit(Fit("removals", "Removals", "case/month", "emergent", rows, "range")),
    charts.in_force(tuple(MODEL.guidelines()), date(2022, 1, 1)),
    drawing(MODEL, list(MODEL.timeline()), (date(2016, 10, 1), date(2022, 10, 1), 720)),
):
    print(charts.svg(spec))
print(of_effect(Comparison(before, after).effect("removals", date(2021, 3, 1), date(2021, 6, 1))))
"""


def test_pictures_and_words_of_a_report_are_the_same_in_every_time_zone_and_language() -> None:
    made = []
    for zone, language in (
        ("UTC", "C.UTF-8"),
        ("America/Los_Angeles", "de_DE.UTF-8"),
        ("Pacific/Kiritimati", "C"),
    ):
        where = os.environ | {"TZ": zone, "LC_ALL": language, "LANG": language, "PYTHONUTF8": "1"}
        done = subprocess.run(
            [sys.executable, "-c", DRAWN], env=where, check=True, capture_output=True
        )  # our own interpreter
        made.append(done.stdout)
    assert made[0] == made[1] == made[2]
    assert b"March 2021" in made[0]
