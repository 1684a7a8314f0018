"""The scenarios that come with the package, and how a name, a file or a folder is found and read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, RootModel

from lawqueue.errors import InputError, Problem, did_you_mean, shown
from lawqueue.files import Document, is_file, is_folder, read_yaml, validated
from lawqueue.models import registry
from lawqueue.models.model import Model
from lawqueue.rules.source import Record, Words
from lawqueue.study.scenario import HISTORY, Scenario, ScenarioText, load_scenario
from lawqueue.study.steps import idle, laid
from lawqueue.study.study import Headline, Statement, Tells

STATEMENTS = "statements.yml"


def sets(model: Model) -> tuple[Path, ...]:
    """Return the sets of scenarios that come with a model: one folder each."""
    folder = model.folder / "scenarios"
    return tuple(sorted(each for each in folder.iterdir() if each.is_dir())) if folder.is_dir() else ()


def found(what: str) -> tuple[list[Path], str]:
    """
    Return the scenario files that a name, a file or a folder stands for, and a name for the results.

    Raises
    ------
    InputError
        If there is no such scenario or set.
    """
    given = Path(what)
    if is_file(given / "model.py"):
        (folder,) = sets(registry.in_folder(given.resolve()))[:1] or (given,)
        return in_order(folder), given.resolve().name
    if is_folder(given):
        return in_order(given), given.resolve().name
    if is_file(given) or given.suffix in {".yaml", ".yml"}:
        return [given], given.stem
    folders = {
        each.name: each for model in map(registry.registered, registry.names()) for each in sets(model)
    }
    if what in folders:
        return in_order(folders[what]), what
    known = {
        f"{name}/{each.stem}": each for name, folder in folders.items() for each in folder.glob("*.yaml")
    }
    for name, path in known.items():
        if what in (name, path.stem):
            return [path], path.stem
    names = [*folders, *(path.stem for path in known.values())]
    raise InputError(f"no scenario or set {what!r}. {did_you_mean(what, names)} See lawqueue list.")


def in_order(folder: Path) -> list[Path]:
    """Return the scenario files of a folder by the statements that they answer."""
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise InputError(f"{shown(folder)} has no scenario file (*.yaml).")

    def place(path: Path) -> tuple[int, int, str]:
        try:
            statement = read_yaml(path).data.get("statement")
        except InputError:
            return 0, 0, path.stem  # its faults are told when it is loaded
        first = statement[0] if isinstance(statement, list) and statement else statement
        return (first if isinstance(first, int) else 99), len(path.stem), path.stem

    return sorted(paths, key=place)


def loaded(paths: Sequence[Path]) -> list[Scenario]:
    """Return the scenarios of some files; the faults of all of them are raised together."""
    scenarios, faults = [], []
    for path in paths:
        try:
            scenarios.append(load_scenario(path))
        except InputError as error:
            faults.append(error)
    if faults:
        raise InputError([problem for error in faults for problem in error.problems] or str(faults[0]))
    clashes = list(_clashes(scenarios))
    if clashes:
        raise InputError(clashes)
    return scenarios


class _ToldText(Record):
    """What tells the answer to a statement."""

    subject: Words
    tells: Tells = "effect"
    scenario: str = ""
    outcome: str = ""
    beside: tuple[Words, ...] = ()


class StatementText(Record):
    """A statement as its file has it."""

    number: Annotated[int, Field(strict=True, ge=0)]
    who: Words
    says: Words
    open: str = ""
    answer: _ToldText


class _StatementsText(RootModel[list[StatementText]]):
    """The statements that a set answers, in order."""


def idle_steps(scenario: Scenario) -> list[Problem]:
    """Return the steps of a scenario's file that never act: it is valid with them, but does not say what it seems to."""
    if scenario.path is None:
        return []
    document = read_yaml(scenario.path)
    return [
        document.problem(["changes", place], sentence)
        for place, sentence in idle(laid(scenario, scenario.model.parameters()))
    ]


def _clashes(scenarios: Sequence[Scenario]) -> Iterator[Problem]:
    """Find names, of scenarios and of what they rest on, that would stand for two sets of numbers in one run."""
    known: dict[str, tuple[Path | None, Document, ScenarioText]] = {}
    for each in scenarios:
        if each.model is not scenarios[0].model and each.path is not None:
            models = f"{each.model.name} and not {scenarios[0].model.name}"
            yield read_yaml(each.path).problem(
                ["model"], f"model: it asks {models}, as {scenarios[0].name} does. Run them apart."
            )
            continue
        assert each.path is not None  # it was read from there
        here, text = read_yaml(each.path), each.text
        for name, path in (*_stack(each), (HISTORY, None)):
            first, there, other = known.setdefault(name, (path, here, text))
            if path != first:
                key = "name" if path == each.path else "baseline"
                twin = there.name if first is None else shown(first)
                yield here.problem([key], f"{key}: {name!r} is the name of {twin} too. Give each its own.")
            elif (text.start, text.end) != (other.start, other.end):
                yield here.problem(
                    ["from"],
                    f"from: {name!r} would stand for two runs, over {text.start} to {text.end} here and over "
                    f"{other.start} to {other.end} in {there.name}. Give both the same days, or run them apart.",
                )


def _stack(scenario: Scenario | None) -> tuple[tuple[str, Path | None], ...]:
    """Return the names and the files of a scenario and of what it rests on."""
    return () if scenario is None else ((scenario.name, scenario.path), *_stack(scenario.baseline))


def statements(scenarios: Sequence[Scenario]) -> tuple[Statement, ...]:
    """
    Return the statements that a set answers, read from `statements.yml` beside its scenarios.

    Raises
    ------
    InputError
        If the file has faults, or an answer is looked for where there is none.
    """
    folders = {each.path.parent for each in scenarios if each.path is not None}
    path = next(iter(folders)) / STATEMENTS if len(scenarios) > 1 and len(folders) == 1 else None
    if path is None or not path.exists():
        return ()
    faults = list(_without_an_answer(path, scenarios))
    if faults:
        raise InputError(faults)
    return tuple(
        Statement(
            row.number,
            row.says,
            row.open,
            row.answer.subject,
            row.answer.tells,
            row.answer.scenario,
            tuple((each.name, each.text.title) for each in scenarios if row.number in each.text.statement),
        )
        for row in words(path)
    )


def _without_an_answer(path: Path, scenarios: Sequence[Scenario]) -> Iterator[Problem]:
    """Find answers that are to come from a scenario or a series that is not there."""
    document, known = read_yaml(path, root=list), {each.name: each for each in scenarios}
    series = scenarios[0].model.catalogue.names()
    for place, row in enumerate(words(path)):
        told = row.answer
        if told.tells in {"effect", "lines"} and told.scenario not in known:
            near = did_you_mean(told.scenario, known)
            yield document.problem(
                [place, "answer", "scenario"], f"scenario: no scenario {told.scenario!r} in the set. {near}"
            )
        for name in (told.outcome, *told.beside) if told.tells == "effect" else ():
            if name not in series:
                key = "outcome" if name == told.outcome else "beside"
                near = did_you_mean(name, series)
                yield document.problem([place, "answer", key], f"{key}: no series {name!r}. {near}")


def said(scenario: Scenario) -> str:
    """Return the claim of a scenario: its own, else the words of the statements that it answers."""
    text = scenario.text
    if text.claim or not text.statement:
        return text.claim
    told = {row.number: f"{row.says} {row.open}".strip() for row in words(_statements_of(scenario))}
    return " ".join(told[number] for number in text.statement if number in told)


def _statements_of(scenario: Scenario) -> Path | None:
    """Return the file of the statements that a scenario answers: the one beside it, else that of its model."""
    beside = scenario.path.parent / STATEMENTS if scenario.path is not None else None
    if beside is not None and beside.is_file():
        return beside
    packaged = (each / STATEMENTS for each in sets(scenario.model))
    return next((each for each in packaged if each.is_file()), None)


def headline(scenario: Scenario) -> Headline:
    """Return what the one sentence of a scenario's answer is about: what its statement says, else its first outcome."""
    for row in words(_statements_of(scenario)) if scenario.text.statement else ():
        told = row.answer
        if (
            told.tells == "effect"
            and told.scenario == scenario.name
            and row.number in scenario.text.statement
        ):
            return Headline(told.subject, told.outcome, told.beside)
    return Headline(scenario.text.title, scenario.text.outcomes[0])


def words(path: Path | None) -> list[StatementText]:
    """Return the statements of a file as they stand in it; none without a file."""
    return [] if path is None else _words(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _words(path: Path, _written: int) -> list[StatementText]:
    return validated(_StatementsText, read_yaml(path, root=list)).root


def title(scenarios: Sequence[Scenario], name: str) -> str:
    """Return a heading for a scenario or a set."""
    if len(scenarios) == 1:
        return scenarios[0].text.title
    return scenarios[0].model.headline.sets.get(name, name.replace("-", " ").capitalize())
