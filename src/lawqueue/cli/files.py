"""Files of the user's own: check them, start them, and the schema of each kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from lawqueue.cli.ending import errors
from lawqueue.errors import InputError, Problem, shown
from lawqueue.files import is_folder, read_yaml
from lawqueue.models import registry
from lawqueue.rules import ProfileSchema, load_guideline, load_parameter, load_schema
from lawqueue.rules.guideline import schema as guideline_schema
from lawqueue.rules.parameter import schema as parameter_schema
from lawqueue.study import library
from lawqueue.study.scenario import schema as scenario_schema

commands = typer.Typer(rich_markup_mode=None)


@commands.command()
def validate(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Scenario, guideline or parameter files.")
    ],
    model: Annotated[
        str,
        typer.Option(
            "--model",
            help="Whose attributes a guideline may read, where it does not lie in the folder of a model.",
        ),
    ] = registry.FIRST,
) -> None:
    """Check files and print every fault as file:line:col; nothing is run."""
    with errors():
        problems: list[InputError] = []
        for path in expanded(files):
            try:
                kind, notes = _check_file(path, model)
            except InputError as error:
                problems.append(error)
            else:
                typer.echo("\n".join([f"{shown(path)}: a valid {kind}.", *map(str, notes)]))
        if problems:
            raise InputError(
                [each for error in problems for each in error.problems]
                or "; ".join(str(each) for each in problems)
            )


def expanded(paths: list[Path]) -> list[Path]:
    """Return files; a folder stands for the YAML files in it."""
    return [each for path in paths for each in (sorted(path.rglob("*.yaml")) if is_folder(path) else [path])]


def _check_file(path: Path, model: str) -> tuple[str, list[Problem]]:
    """Return what a valid file is, and what is odd in it all the same."""
    data = read_yaml(path).data
    if "tiers" in data or "otherwise" in data:
        load_guideline(path, _attributes(path, model))
        return "guideline", []
    if "values" in data or "unit" in data:
        parts = path.resolve().with_suffix("").parts
        name = ".".join(parts[parts.index("parameters") + 1 :]) if "parameters" in parts else path.stem
        load_parameter(path, name)
        return "parameter", []
    (scenario,) = library.loaded([path])
    return "scenario", library.idle_steps(scenario)


def _attributes(path: Path, model: str) -> ProfileSchema:
    """Return the attributes that a guideline may read: those of the model in whose folder it lies, or of the one asked."""
    above = [each / "profile.yaml" for each in path.resolve().parents]
    own = next((each for each in above if each.is_file()), None)
    return registry.named(model).schema() if own is None else load_schema(own)


@commands.command()
def schema(
    kind: Annotated[
        Literal["scenario", "guideline", "parameter"], typer.Argument(help="Of which files.")
    ] = "scenario",
) -> None:
    """Print the JSON Schema of scenario, guideline or parameter files, for editors."""
    with errors():
        typer.echo(json.dumps(_schemas()[kind](), indent=2))


def _schemas() -> dict[str, Callable[[], dict[str, Any]]]:

    return {"scenario": scenario_schema, "guideline": guideline_schema, "parameter": parameter_schema}
