"""
The command line: thin. Tables go to standard output, progress and errors to standard error.

Exit codes: 0 ok, 1 run failed, 2 bad input, 3 a target or a check not met, 130 interrupted, 143 ended by SIGTERM.
"""

from __future__ import annotations

import json
import math
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from datetime import date as date_type
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from lawqueue import numbers
from lawqueue.errors import (
    Cancelled,
    InputError,
    LawqueueError,
    Problem,
    Terminated,
    did_you_mean,
    shown,
    writing,
)
from lawqueue.exports import json_text
from lawqueue.files import is_folder
from lawqueue.study import library
from lawqueue.terminal import Commands, bare

if TYPE_CHECKING:
    from lawqueue.rules import ProfileSchema
    from lawqueue.study.compare import Effect
    from lawqueue.study.scenario import Scenario
    from lawqueue.study.simulate import Laboratory, Settings
    from lawqueue.study.study import Study

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Simulate a law-enforcement and court system under written priorities and limited resources.",
)
rules = typer.Typer(
    no_args_is_help=True, help="Read, explain and check the dated guidelines, statutes and switches."
)
app.add_typer(rules, name="rules")

Component = Literal["dhs", "ice", "cbp"]
CORES = os.cpu_count() or 1
CLAUSES_SHOWN = 3
OK, FAILED, BAD_INPUT, NOT_MET, INTERRUPTED, TERMINATED = 0, 1, 2, 3, 130, 143

Out = Annotated[
    Path | None, typer.Option("--out", help="Results folder. Default: out/NAME.", show_default=False)
]
Replicates = Annotated[int, typer.Option(min=1, max=1000, help="Independent runs of each scenario.")]
Scale = Annotated[
    float, typer.Option(min=0.001, max=1.0, help="Share of the cases that is simulated; 1 is every case.")
]
Seed = Annotated[int, typer.Option(min=0, help="Any whole number; the same seed gives the same numbers.")]
Threads = Annotated[
    int,
    typer.Option(
        min=1,
        help="Replicates at the same time, at most one for each core; the numbers do not depend on it.",
        callback=lambda wanted: min(wanted, CORES),
    ),
]
Given = Annotated[
    Literal["ensemble", "central"],
    typer.Option(
        "--parameters",
        help="ensemble: each replicate has a parameter set of its own; central: all have the written values.",
    ),
]
Dial = Annotated[
    Literal["off", "low", "high"],
    typer.Option(
        "--deterrence",
        help="Whether arrivals answer to policy, in baseline and scenario alike; low and high are published estimates.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answers as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Simulate a law-enforcement and court system under written priorities and limited resources."""
    if version:
        from importlib.metadata import version as installed  # noqa: PLC0415

        typer.echo(f"lawqueue {installed('lawqueue')}")
        raise typer.Exit(OK)


@app.command()
def run(
    what: Annotated[
        str,
        typer.Argument(
            metavar="NAME|FILE|FOLDER", help="A scenario, a set of them, or their file or folder."
        ),
    ],
    out: Out = None,
    replicates: Replicates = 40,
    scale: Scale = 0.05,
    seed: Seed = 0,
    threads: Threads = CORES,
    cluster: Annotated[
        str | None,
        typer.Option(help="Address of a Dask scheduler, as tcp://10.0.0.1:8786, whose workers simulate."),
    ] = None,
    parameters: Given = "ensemble",
    deterrence: Dial = "off",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Simulate a scenario or a set and their baselines; write results and a report."""
    with _errors():
        if what.startswith("reference/"):
            _run_reference(what.removeprefix("reference/"), out, seed, as_json)
            return
        paths, name = library.found(what)
        scenarios = library.loaded(paths)
        folder = out if out is not None else Path("out") / name
        from lawqueue.study.folder import REPORT  # noqa: PLC0415
        from lawqueue.study.simulate import Settings  # noqa: PLC0415  # numba is loaded only to run

        settings = Settings(seed, replicates, scale, threads, cluster, parameters, deterrence)
        study = _run(what, scenarios, settings, folder, library.title(scenarios, name), quiet)
        typer.echo(json_text(_as_json(study, settings)) if as_json else _as_table(study, settings))
        typer.echo(f"Report: {shown(folder / REPORT)}", err=True)


def _run(
    what: str, scenarios: list[Scenario], settings: Settings, folder: Path, title: str, quiet: bool
) -> Study:
    from lawqueue.report import write_report  # noqa: PLC0415
    from lawqueue.study.answer import study as answered  # noqa: PLC0415
    from lawqueue.study.folder import REPORT, SCHEMA, results_at, seal, write_results  # noqa: PLC0415
    from lawqueue.study.record import record as recorded  # noqa: PLC0415

    with results_at(folder) as place, _laboratory(settings, quiet) as (laboratory, bar):
        bar.start(laboratory.count(scenarios) + 1)
        record = recorded(scenarios, settings)
        study = answered(title, scenarios, laboratory, record, settings.command(what))

        def fill(made: Path) -> None:
            write_results(made, _every_result(study), scenarios)
            write_report(study, made / REPORT)
            seal(made, SCHEMA, record | {"same_as_history_until": _partings(study)})

        bar.say("writing")
        place.put(fill)
        bar.step()
    return study


def _partings(study: Study) -> dict[str, str]:
    """Return the first day on which each scenario parts from history: every number before it is the same, bit for bit."""
    return {each.name: each.parts_on.isoformat() for each in study.answers if each.parts_on is not None}


@contextmanager
def _laboratory(settings: Settings, quiet: bool, *, keep: bool = False) -> Iterator[tuple[Laboratory, _Bar]]:
    """Give what runs scenarios and shows its progress; a Ctrl-C or a SIGTERM ends its replicates at once."""
    from lawqueue.study.answer import outdated  # noqa: PLC0415
    from lawqueue.study.simulate import Laboratory  # noqa: PLC0415

    for warning in outdated(settings):
        typer.echo(warning, err=True)
    stop = threading.Event()
    with _progress(quiet) as bar:
        try:
            yield Laboratory(settings, stop, bar.step, trunks={} if keep else None), bar
        except BaseException:
            stop.set()
            raise


def _run_reference(name: str, out: Path | None, seed: int, as_json: bool) -> None:
    """Print a reference model's figures beside the published ones."""
    from dataclasses import asdict  # noqa: PLC0415

    from lawqueue.models import reference  # noqa: PLC0415

    if out is not None:
        raise InputError("a reference model prints its figures and writes no folder. Leave out --out.")
    rows = reference.run(name, seed=seed)
    if as_json:
        typer.echo(json_text([asdict(row) for row in rows]))
        return
    typer.echo(f"{'quantity':64} {'unit':10} {'published':>12} {'ours':>12} {'difference':>12}")
    for row in rows:
        sign = "✓" if row.agrees else "✗"
        typer.echo(
            f"{row.quantity:64} {row.unit:10} {row.published:12,.6g} {row.ours:12,.6g} {row.difference:+12,.3g} {sign}"
        )
        typer.echo(f"    {row.note}. Source: {row.source}." if row.note else f"    Source: {row.source}.")
    typer.echo("✓ within four standard errors, or the rounding of what was published.")
    if not all(row.agrees for row in rows):
        raise typer.Exit(NOT_MET)


def _every_result(study: Study) -> list[Any]:
    found = {study.baseline.scenario: study.baseline}
    for each in study.answers:
        found.setdefault(each.comparison.baseline.scenario, each.comparison.baseline)
        found[each.name] = each.comparison.reform
    return list(found.values())


@app.command()
def validate(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Scenario, guideline or parameter files.")
    ],
) -> None:
    """Check files and print every fault as file:line:col; nothing is run."""
    with _errors():
        problems: list[InputError] = []
        for path in _expanded(files):
            try:
                kind, notes = _check_file(path)
            except InputError as error:
                problems.append(error)
            else:
                typer.echo("\n".join([f"{shown(path)}: a valid {kind}.", *map(str, notes)]))
        if problems:
            raise InputError(
                [each for error in problems for each in error.problems]
                or "; ".join(str(each) for each in problems)
            )


def _expanded(paths: list[Path]) -> list[Path]:
    """Return files; a folder stands for the YAML files in it."""
    return [each for path in paths for each in (sorted(path.rglob("*.yaml")) if is_folder(path) else [path])]


def _check_file(path: Path) -> tuple[str, list[Problem]]:
    """Return what a valid file is, and what is odd in it all the same."""
    from lawqueue.files import read_yaml  # noqa: PLC0415
    from lawqueue.models.us_immigration import model  # noqa: PLC0415
    from lawqueue.rules import load_guideline, load_parameter, load_schema  # noqa: PLC0415

    data = read_yaml(path).data
    if "tiers" in data or "otherwise" in data:
        load_guideline(path, load_schema(model.FOLDER / "profile.yaml"))
        return "guideline", []
    if "values" in data or "unit" in data:
        parts = path.resolve().with_suffix("").parts
        name = ".".join(parts[parts.index("parameters") + 1 :]) if "parameters" in parts else path.stem
        load_parameter(path, name)
        return "parameter", []
    (scenario,) = library.loaded([path])
    return "scenario", library.idle_steps(scenario)


@app.command()
def verify(folder: Annotated[Path, typer.Argument(help="A results folder.")]) -> None:
    """Check that a results folder holds the files that its record names, as they were written, and no other."""
    with _errors():
        from lawqueue.study.folder import verify as verified  # noqa: PLC0415

        wrong = verified(folder)
        for name, fault in wrong:
            typer.echo(f"{shown(folder / name)}: {fault}")
        if wrong:
            raise typer.Exit(NOT_MET)
        typer.echo(f"{shown(folder)}: every file is the one that the record names.")


@app.command(name="list")
def list_all(
    parameters: Annotated[
        bool, typer.Option("--parameters", help="List the parameters that a scenario may change.")
    ] = False,
    series: Annotated[
        bool, typer.Option("--series", help="List the series in which an answer may be given.")
    ] = False,
) -> None:
    """List the scenarios and reference models, or the parameters, or the series."""
    with _errors():
        from lawqueue.models.reference import MODELS  # noqa: PLC0415
        from lawqueue.models.us_immigration import model  # noqa: PLC0415
        from lawqueue.models.us_immigration.series import catalogue  # noqa: PLC0415

        for name in model.parameters().names if parameters else ():
            about = model.parameters().parameter(name)
            typer.echo(f"{name:52} {about.unit:14} {about.description}")
        for each in catalogue() if series else ():
            typer.echo(f"{each.name:36} {each.unit:12} {each.stamp:9} {each.title}")
        if parameters or series:
            return
        for folder in sorted(each for each in library.SCENARIOS.iterdir() if each.is_dir()):
            typer.echo(folder.name)
            for scenario in library.loaded(library.in_order(folder)):
                typer.echo(f"  {scenario.name:28} {scenario.text.title}")
        typer.echo("reference/")
        for name, reference in MODELS.items():
            typer.echo(f"  {name:28} {reference.title}")


@app.command(name="app")
def control_room(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 for any free one.")
    ] = 8765,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser on it.")] = True,
) -> None:
    """Serve the control room: a web page with the answers, and levers beside them."""
    with _errors():
        try:
            from lawqueue.app.server import serve  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise InputError(
                f"the control room needs {error.name}, which is not installed. Run pip install 'lawqueue[app]'."
            ) from error
        serve(port, browser)


@app.command()
def schema(
    kind: Annotated[
        Literal["scenario", "guideline", "parameter"], typer.Argument(help="Of which files.")
    ] = "scenario",
) -> None:
    """Print the JSON Schema of scenario, guideline or parameter files, for editors."""
    with _errors():
        typer.echo(json.dumps(_schemas()[kind](), indent=2))


def _schemas() -> dict[str, Callable[[], dict[str, Any]]]:
    from lawqueue.rules.guideline import schema as guideline_schema  # noqa: PLC0415
    from lawqueue.rules.parameter import schema as parameter_schema  # noqa: PLC0415
    from lawqueue.study.scenario import schema as scenario_schema  # noqa: PLC0415

    return {"scenario": scenario_schema, "guideline": guideline_schema, "parameter": parameter_schema}


@app.command()
def init(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, as mine.yaml.")],
    kind: Annotated[Literal["scenario", "guideline"], typer.Option(help="What to write.")] = "scenario",
) -> None:
    """Write a commented scenario or guideline to start from."""
    with _errors():
        if path.suffix not in {".yaml", ".yml"} or not re.fullmatch(r"[a-z0-9][a-z0-9-]*", path.stem):
            raise InputError(
                f"{path.name!r}: a file is called like more-judges.yaml: lower case, digits, hyphens."
            )
        template = Path(__file__).parent / "templates" / f"{kind}.yaml.txt"
        text = template.read_text(encoding="utf-8").replace("NAME", path.stem)
        with writing(shown(path), "Give another place."):
            try:
                file = path.open("x", encoding="utf-8")
            except FileExistsError:
                raise InputError(f"{shown(path)} exists. Give another name.") from None
            try:
                with file:
                    file.write(text)
            except OSError:
                path.unlink()
                raise
        typer.echo(f"{shown(path)}: written. Edit it, then lawqueue validate {shown(path)}.")


@app.command()
def calibrate(
    out: Annotated[
        Path | None,
        typer.Option(
            help="Where the ensemble goes. Default: into the package, for every run to use.",
            show_default=False,
        ),
    ] = None,
    checkpoint: Annotated[
        Path, typer.Option(help="Where runs are kept; the same command goes on from them.")
    ] = Path("out/calibrate"),
    threads: Threads = CORES,
    quiet: Quiet = False,
) -> None:
    """Fit the model to fiscal years 2017 to 2020: write the ensemble of parameter sets that agree with them."""
    with _errors(f"what was done stands in {checkpoint}: the same command goes on from there."), _extra():
        from lawqueue.study.ensemble import FOLDER  # noqa: PLC0415
        from lawqueue.trust import calibrate as calibrating  # noqa: PLC0415
        from lawqueue.trust.fit import Budget  # noqa: PLC0415

        folder = out if out is not None else FOLDER
        with calibrating.ensemble_at(folder) as place:
            found = calibrating.calibrate(checkpoint, Budget(), threads, _say(quiet))
            place.put(lambda made: calibrating.write(found, made))
        typer.echo(calibrating.table(found))
        typer.echo(f"Ensemble: {shown(folder / 'ensemble.parquet')}", err=True)


@app.command()
def backtest(
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Score from one origin: 2020-10-01, 2021-10-01 or 2022-10-01. Default: from all three.",
            show_default=False,
        ),
    ] = None,
    threads: Threads = CORES,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Score the model on fiscal years 2021 to 2023, to which nothing was fitted, beside naive forecasts."""
    with _errors(), _extra():
        from lawqueue.trust import backtest as testing  # noqa: PLC0415
        from lawqueue.trust import telling  # noqa: PLC0415
        from lawqueue.trust.rows import ORIGINS  # noqa: PLC0415

        starts = ORIGINS if start is None else (_day(start, "--from"),)
        for each in starts:
            testing.check(each)
        with _progress(quiet) as bar:
            bar.start(testing.DRAWS)
            found = testing.backtest(starts, threads, bar.step)
        typer.echo(json_text(telling.as_json(found)) if as_json else telling.table(found))


@app.command()
def sensitivity(
    what: Annotated[str, typer.Argument(metavar="SCENARIO", help="A scenario, or its file.")],
    outcome: Annotated[
        str, typer.Option(help="The series whose effect is asked; see lawqueue list --series.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Results folder to whose report it is added; without a run in it, the scenario is run first. "
            "Default: out/NAME.",
            show_default=False,
        ),
    ] = None,
    checkpoint: Annotated[
        Path, typer.Option(help="Where runs are kept; the same command goes on from them.")
    ] = Path("out/sensitivity"),
    threads: Threads = CORES,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show what the effect of a scenario hangs on: each parameter, structure, and chance; add it to the report."""
    with _errors(f"what was done stands in {checkpoint}: the same command goes on from there."), _extra():
        paths, name = library.found(what)
        if len(paths) > 1:
            raise InputError(
                f"{what!r} is a set of {len(paths)} scenarios. Give one of them; see lawqueue list."
            )
        (scenario,) = library.loaded(paths)
        from lawqueue.models.us_immigration.series import names  # noqa: PLC0415

        if outcome not in names():
            raise InputError(f"--outcome: no series {outcome!r}. {did_you_mean(outcome, sorted(names()))}")
        from lawqueue.report import trust as reporting  # noqa: PLC0415
        from lawqueue.study.folder import REPORT, require_run_of, results_at  # noqa: PLC0415
        from lawqueue.study.place import RECORD  # noqa: PLC0415
        from lawqueue.study.simulate import Settings  # noqa: PLC0415
        from lawqueue.trust import sensitivity as asking  # noqa: PLC0415

        folder = out if out is not None else Path("out") / name
        if not (folder / RECORD).is_file():
            _say(quiet)(f"{shown(folder)} holds no run of {scenario.name} yet: it is run first")
            _run(what, [scenario], Settings(threads=threads), folder, scenario.text.title, quiet)
        with results_at(folder) as place:
            require_run_of(folder, scenario)
            reporting.added_before(folder)
            found = asking.sensitivity(scenario, outcome, asking.Budget(), checkpoint, threads, _say(quiet))
            place.put(lambda made: reporting.add_sensitivity(folder, found, made))
        if as_json:
            typer.echo(json_text(reporting.as_json(found)))
        else:
            typer.echo(f"{reporting.in_words(found)}\n\n{asking.table(found)}")
        typer.echo(f"Report: {shown(folder / REPORT)}#depends", err=True)


@app.command(name="yield")
def marginal_yield(
    what: Annotated[
        str | None,
        typer.Argument(metavar="[RESOURCE]", help="beds, judges, officers or attorneys; all if left out."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Where the page goes. Default: out/yield/RESOURCE.html.", show_default=False),
    ] = None,
    replicates: Replicates = 8,
    scale: Scale = 0.05,
    threads: Threads = CORES,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show what one more bed, judge, officer or attorney brings, and where the queue goes instead."""
    with _errors("no page was written."):
        from lawqueue.report.trust import yield_page  # noqa: PLC0415
        from lawqueue.study.place import page_at  # noqa: PLC0415
        from lawqueue.study.simulate import Settings  # noqa: PLC0415
        from lawqueue.trust import marginal  # noqa: PLC0415
        from lawqueue.trust.resources import RESOURCES, resource  # noqa: PLC0415

        wanted = RESOURCES if what is None else (resource(what),)
        path = out or Path("out/yield") / f"{what or 'all'}.html"
        settings = Settings(0, replicates, scale, threads)
        with page_at(path) as place, _laboratory(settings, quiet, keep=True) as (laboratory, bar):
            bar.start(marginal.runs(wanted) * replicates)
            found = []
            for each in wanted:
                found.append(marginal.curve(each, laboratory))
                if not as_json:  # at once, so that a user who stops the rest has it
                    typer.echo(marginal.table(found[-1]) + "\n")
            place.put(lambda made: made.write_bytes(yield_page(found).encode()))
        if as_json:
            typer.echo(json_text([marginal.as_json(each) for each in found]))
        typer.echo(f"Page: {shown(path)}", err=True)


@app.command()
def solve(
    what: Annotated[str, typer.Argument(metavar="RESOURCE", help="beds, judges, officers or attorneys.")],
    target: Annotated[str, typer.Option(help="A series and its bound, as 'court.pending<=1000000'.")],
    by: Annotated[str, typer.Option(help="The day by which, as 2024-09-30.")],
    probability: Annotated[float, typer.Option(min=0.01, max=1.0, help="With which probability.")] = 0.8,
    at: Annotated[str, typer.Option(help="The day on which they are decided on.")] = "2020-10-01",
    replicates: Replicates = 20,
    scale: Scale = 0.03,
    threads: Threads = CORES,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find the smallest number of a resource with which a target is met by a day with a probability."""
    with _errors():
        from dataclasses import asdict  # noqa: PLC0415

        from lawqueue.models.us_immigration.series import names  # noqa: PLC0415
        from lawqueue.study.simulate import Settings  # noqa: PLC0415
        from lawqueue.trust import solve as solving  # noqa: PLC0415
        from lawqueue.trust.resources import resource  # noqa: PLC0415

        bought, goal = resource(what), solving.goal(target, names())
        until, decided = _day(by, "--by"), _day(at, "--at")
        with _laboratory(Settings(0, replicates, scale, threads), quiet, keep=True) as (laboratory, bar):
            bar.start(None)
            found = solving.solve(bought, goal, until, probability, decided, laboratory)
        typer.echo(json_text(asdict(found)) if as_json else solving.table(found))
        if found.number is None:
            raise typer.Exit(NOT_MET)


@rules.command(name="list")
def rules_list() -> None:
    """List the guidelines and the statutes, and when they are in force."""
    with _errors():
        from lawqueue.models.us_immigration import model  # noqa: PLC0415

        for each in model.guidelines():
            spells = "; ".join(spell.span for spell in each.in_force)
            typer.echo(
                f"{each.id:30} {each.component:17} {spells or f'another reading of {each.reading_of}'}"
            )
        for law in model.statutes():
            spells = "; ".join(spell.span for spell in law.in_force)
            typer.echo(f"{law.id:30} {law.function:17} {spells}")


@rules.command()
def timeline() -> None:
    """List the dated switches of law and policy; * marks those that move something, which a scenario can change."""
    with _errors():
        from lawqueue.models.us_immigration import model  # noqa: PLC0415
        from lawqueue.study.moves import moved  # noqa: PLC0415

        for each in model.timeline():
            moves = bool(moved(each, None, ""))
            typer.echo(f"{'*' if moves else ' '} {each.shown_date:10} {each.id:32} {each.what}")
            if not moves:
                typer.echo(f"{'':46}Moves nothing in the simulation. {each.sets}")


@rules.command()
def explain(
    guideline: Annotated[str | None, typer.Argument(help="Id of a guideline, or its beginning.")] = None,
    profile: Annotated[str, typer.Option(help="Attributes, as record=felony,entry=interior.")] = "",
    date: Annotated[
        str | None, typer.Option(help="Pick the guideline in force on this day, as 2021-03-01.")
    ] = None,
    component: Annotated[Component, typer.Option(help="Goes with --date.")] = "ice",
    place: Annotated[
        str | None, typer.Option(help="Goes with --date: a state with a guideline of its own, as minnesota.")
    ] = None,
) -> None:
    """Show which tier a guideline puts a profile in, and which clauses decide it."""
    with _errors():
        from lawqueue.models.us_immigration import model  # noqa: PLC0415

        book = model.guidelines()
        if (guideline is None) == (date is None):
            raise InputError("give either a guideline or --date.")
        _require_place(place, [spell.place for each in book for spell in each.in_force])
        chosen = (
            book[guideline]
            if guideline is not None
            else book.in_force(component, _day(str(date), "--date"), place)
        )
        levels = _profile(profile, chosen.schema)
        explained = chosen.explain(levels)
        typer.echo(f"{chosen.id}: {chosen.title}")
        typer.echo("\n".join(explained.lines()))
        quoted = f" “{explained.source.quote}”" if explained.source.quote else ""
        typer.echo(f"  {explained.source.cited}, {explained.source.section}.{quoted}")
        typer.echo(f"  {explained.source.link}")
        day = None if date is None else _day(date, "--date")
        for each in chosen.suspended if day is None else chosen.suspensions(day):
            held = "within its scope" if each.spell.scope is None else f"for: {each.spell.scope}"
            inside = each.when is None or each.when.explain(levels).holds
            reached = "This profile is in the scope" if inside else "This profile is outside the scope"
            what = " The order reaches detention and release alone." if each.decisions == "custody" else ""
            typer.echo(f"  Suspended by a court, {each.spell.span}, {held}.{what} {reached}.")
        for named in chosen.modified_by:
            switch = model.timeline()[named]
            if day is None or switch.date <= day:
                typer.echo(f"  Changed in how it is carried out on {switch.shown_date}: {switch.what}")


def _profile(given: str, schema: ProfileSchema) -> dict[str, str]:
    """Return the levels that `record=felony,entry=interior` names; the rest are unknown."""
    levels = dict.fromkeys(schema.names, "unknown")
    for part in filter(None, given.split(",")):
        name, _, level = part.partition("=")
        if name not in schema.names:
            raise InputError(f"no attribute {name!r}. {did_you_mean(name, schema.names)}")
        schema[name].require(level)
        levels[name] = level
    return levels


@rules.command()
def statutes(
    profile: Annotated[str, typer.Option(help="Attributes, as prior_removal=one,entry=border.")] = "",
    date: Annotated[str, typer.Option(help="The day whose law is asked, as 2021-04-02.")] = "2021-04-02",
    place: Annotated[
        str | None, typer.Option(help="A circuit that has law of its own, as circuit_2.")
    ] = None,
) -> None:
    """Answer the four questions that are not civil priority: removal track, custody, criminal referral, hand-off."""
    with _errors():
        from lawqueue.models.us_immigration import model  # noqa: PLC0415

        book, day = model.statutes(), _day(date, "--date")
        _require_place(place, [spell.place for each in book for spell in each.in_force])
        levels = _profile(profile, next(iter(book)).schema)
        asked = [each for each in book.questions if book.answered(*each, day, place)]
        found = [book.in_force(*each, day, place).explain(levels) for each in asked]
        if not found:
            first = min(spell.start for each in book for spell in each.in_force)
            raise InputError(f"no statute here is in force on {day}: the first is from {first} on.")
        answers = [each for each in found if each.tier.defers_to is None]
        for each in sorted(answers, key=lambda answer: (answer.function, answer.topic)):
            years = "" if each.maximum_years is None else f" (at most {each.maximum_years:g} years)"
            typer.echo(f"{each.function:17} {each.topic:22} {each.tier.name}{years}: {each.effect}")
            basis = f"; {each.tier.basis}: {each.tier.note}" if each.tier.basis != "stated" else ""
            typer.echo(f"{'':40} {each.statute}: {each.source.title}, {each.source.section}{basis}")


@rules.command()
def diff(
    before: Annotated[str, typer.Argument(help="Id of a guideline, or its beginning.")],
    after: Annotated[str, typer.Argument(help="Id of another.")],
    date: Annotated[
        str, typer.Option(help="Whose bookings and leads are counted, as 2020-02-01.")
    ] = "2020-02-01",
    as_json: AsJson = False,
) -> None:
    """Show who crosses the line when one guideline takes the place of another, and how many."""
    with _errors():
        from dataclasses import asdict  # noqa: PLC0415

        from lawqueue.models.us_immigration import model  # noqa: PLC0415
        from lawqueue.models.us_immigration.lines import crossings  # noqa: PLC0415

        book = model.guidelines()
        found = crossings(book[before], book[after], _day(date, "--date"))
        if as_json:
            typer.echo(
                json_text(
                    [asdict(each) | {"crosses": each.crosses, "moved_by": each.moved_by} for each in found]
                )
            )
            return
        typer.echo(
            f"{book[before].id} → {book[after].id}: bookings and leads a year in the synthetic population of {date}"
        )
        for each in found:
            typer.echo(
                f"{'→' if each.crosses else ' '} {each.tier_before} ({each.action_before})".ljust(46)
                + f"{each.tier_after} ({each.action_after})".ljust(46)
                + f"{each.cases:12,.0f} {numbers.share(each.share):>8}   assumed"
            )
            for clause in each.moved_by[:CLAUSES_SHOWN] if each.crosses else ():
                typer.echo(f"    by {clause}")
        crossing = sum(each.share for each in found if each.crosses)
        typer.echo(f"→ what officers may do changes for {numbers.share(crossing)}.")
        typer.echo("  Nobody in this population came after 1 November 2020: whoever came later is left out.")


def _require_place(place: str | None, known: list[str | None]) -> None:
    own = sorted({each for each in known if each is not None})
    if place is not None and place not in own:
        raise InputError(
            f"no rule here is of {place!r} alone. {did_you_mean(place, own)} For the rest of the country leave it out."
        )


def _day(text: str, option: str) -> date_type:
    fault = InputError(f"{option}: {text!r} is not a date. Write it as 2021-03-01.")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise fault
    try:
        day = date_type.fromisoformat(text)
    except ValueError:
        raise fault from None
    if not 1900 <= day.year < 2100:
        raise InputError(f"{option}: {text} is too far away. Give a day from 1900 to 2099.")
    return day


@rules.command()
def check() -> None:
    """Check rules and sources: gaps, overlaps, tiers nobody reaches, dead addresses, values that do not follow."""
    with _errors():
        from lawqueue.models.us_immigration import model  # noqa: PLC0415
        from lawqueue.rules import check as checked  # noqa: PLC0415
        from lawqueue.rules import load_schema  # noqa: PLC0415
        from lawqueue.rules.answering import check_answers  # noqa: PLC0415
        from lawqueue.rules.citing import check_citations, check_formulas  # noqa: PLC0415
        from lawqueue.study import library  # noqa: PLC0415

        schema, statutes = load_schema(model.FOLDER / "profile.yaml"), model.statutes()
        findings = [*checked(model.guidelines(), schema, others=statutes), *check_answers(statutes, schema)]
        written = sorted([*model.FOLDER.glob("**/*.yaml"), *library.SCENARIOS.glob("**/*.yaml")])
        faults = [*check_citations(written), *check_formulas(written, model.observed().value)]
        for each in (*findings, *sorted(faults)):
            typer.echo(str(each))
        if faults or any(each.severity == "problem" for each in findings):
            raise typer.Exit(NOT_MET)


# --- printing -----------------------------------------------------------------------------------------


def _as_json(study: Study, settings: Settings) -> dict[str, Any]:
    return {
        "title": study.title,
        "seed": settings.seed,
        "replicates": settings.replicates,
        "scale": settings.scale,
        "parameters": settings.parameters,
        "deterrence": settings.deterrence,
        "answers": [
            {
                "name": each.name,
                "title": each.title,
                "statement": list(each.statement),
                "null": each.comparison.is_null(),
                "late": list(each.late),
                "same_as_history_until": each.parts_on,
                "effects": [
                    {
                        "series": effect.series.name,
                        "unit": effect.unit,
                        "stamp": effect.series.stamp,
                        "from": effect.start,
                        "to": effect.last,
                        "baseline": effect.baseline,
                        "reform": effect.reform,
                        "difference": effect.difference,
                        "low": effect.low,
                        "high": effect.high,
                        "interval": effect.interval_or_why,
                        "verdict": effect.verdict,
                    }
                    for effect in each.effects
                ],
            }
            for each in study.answers
        ],
        "fits": [
            {"series": each.series, "mean_absolute_error": each.mean_absolute_error, "comment": each.comment}
            for each in study.fits
        ],
    }


def _as_table(study: Study, settings: Settings) -> str:
    """Return effects as plain text: scenario, series, baseline, scenario, difference with its interval."""
    from lawqueue.models.cube import NO_INTERVAL  # noqa: PLC0415
    from lawqueue.study.answer import dialled  # noqa: PLC0415

    made = (
        f"{settings.replicates} runs of each world, {numbers.share(settings.scale)} of the cases simulated."
    )
    lines = [study.title, *dialled(settings), made, ""]
    for each in study.answers:
        lines.append(f"{each.name}: {each.question}")
        lines.extend(f"  {line}" for line in each.late)
        held = each.effects[0].interval
        lines.append(
            f"  baseline → scenario, difference ({held}), relative"
            if held == NO_INTERVAL
            else f"  baseline → scenario, difference [{held}], relative"
        )
        lines.extend(_as_line(effect) for effect in each.effects)
        lines.append("")
    return "\n".join(lines)


def _as_line(effect: Effect) -> str:
    from lawqueue.report.page import effect_row  # noqa: PLC0415  # what draws charts is loaded only to show

    start = f"  {effect.series.title[:52]:52} {effect.series.stamp:8} "
    if not math.isfinite(effect.difference):
        return start + effect.verdict
    row = effect_row(effect)
    spread = "" if row["interval"] == numbers.EMPTY else f" [{row['interval']}]"
    return start + (
        f"{row['baseline']:>12} → {row['reform']:>12}   {row['difference']}{spread}"
        f" {row['relative']} {row['verdict']}"
    ).rstrip(" —")


class _Bar:
    """Progress on standard error, or none."""

    def __init__(self, progress: Any) -> None:
        self._progress, self._task = progress, None

    def start(self, total: int | None) -> None:
        if self._progress is not None:
            self._task = self._progress.add_task("simulating", total=total)

    def step(self) -> None:
        if self._progress is not None:
            self._progress.advance(self._task)

    def say(self, what: str) -> None:
        if self._progress is not None:
            self._progress.update(self._task, description=what)


@contextmanager
def _progress(quiet: bool) -> Iterator[_Bar]:
    if quiet:
        yield _Bar(None)
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=bare(sys.stderr))) as progress:
        yield _Bar(progress)


def _say(quiet: bool) -> Callable[[str], None]:
    """Return what tells of progress on standard error, a line each, or tells nothing."""
    return lambda line: None if quiet else typer.echo(line, err=True)


@contextmanager
def _extra() -> Iterator[None]:
    """Tell how to install what a minimal installation lacks."""
    try:
        yield
    except ImportError as error:
        raise LawqueueError(
            f"{error.name} is not installed. Install it with: pip install 'lawqueue[calibrate]'."
        ) from error


@contextmanager
def _errors(interrupted: str = "nothing was written.") -> Iterator[None]:
    """Turn errors into one plain message each, and an exit code."""
    try:
        yield
    except InputError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(BAD_INPUT) from error
    except (KeyboardInterrupt, Cancelled):
        typer.echo(f"Interrupted: {interrupted}", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except Terminated:
        typer.echo(f"Ended by SIGTERM: {interrupted}", err=True)
        raise typer.Exit(TERMINATED) from None
    except LawqueueError as error:
        typer.echo(f"The run failed: {error}", err=True)
        raise typer.Exit(FAILED) from error
    except BrokenPipeError:
        raise  # nobody reads what is printed
    except OSError as error:
        where = (
            f"{shown(Path(os.fsdecode(error.filename)))}: " if isinstance(error.filename, str | bytes) else ""
        )
        typer.echo(f"The run failed: {where}{(error.strerror or str(error)).lower()}.", err=True)
        raise typer.Exit(FAILED) from error
    except BrokenExecutor as error:
        typer.echo(
            f"The run failed: one of its processes was killed, perhaps for want of memory. {interrupted.capitalize()}",
            err=True,
        )
        raise typer.Exit(FAILED) from error
