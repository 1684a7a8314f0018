"""Files to start from: a scenario, a guideline, or a model of a court made from its table."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import typer

from lawqueue.cli.ending import errors
from lawqueue.cli.options import ModelName
from lawqueue.errors import InputError, shown, writing
from lawqueue.models import registry
from lawqueue.models.court import folder as folder_of_a_court
from lawqueue.models.court import retelling, rolling
from lawqueue.models.court.table import read_table
from lawqueue.models.model import Model
from lawqueue.study import starting

commands = typer.Typer(rich_markup_mode=None)


@commands.command()
def init(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="What to write: a file, as mine.yaml, or a model's folder.")
    ],
    kind: Annotated[
        Literal["scenario", "guideline", "model"], typer.Option(help="What to write.")
    ] = "scenario",
    table: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="TABLE",
            help="Of a model: a CSV file with columns month (or quarter), filings, dispositions, pending.",
            show_default=False,
        ),
    ] = None,
    model: ModelName = registry.FIRST,
) -> None:
    """Write a commented scenario or guideline to start from, or a model of your own court from a table."""
    with errors():
        if (kind == "model") != (table is not None):
            raise InputError("--kind model and --from TABLE go together. Give both, or none.")
        if table is not None:
            _init_model(path, table)
        else:
            _init_file(path, registry.named(model), kind)


def _init_file(path: Path, model: Model, kind: str) -> None:
    """Write a scenario or a guideline for a model."""
    if path.suffix not in {".yaml", ".yml"} or not re.fullmatch(r"[a-z0-9][a-z0-9-]*", path.stem):
        raise InputError(
            f"{path.name!r}: a file is called like more-judges.yaml: lower case, digits, hyphens."
        )
    text = (starting.scenario if kind == "scenario" else starting.guideline)(model, path)
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


def _init_model(path: Path, source: Path) -> None:
    """Write the folder of a court from its table, whole or not at all; say what the table tells, and how forecasts fare."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", path.name):
        raise InputError(f"{path.name!r}: a model is called like my-court: lower case, digits, hyphens.")
    if path.name in registry.names():
        raise InputError(f"{path.name!r} is the name of a model of the package. Give another.")
    if path.exists():
        raise InputError(f"{shown(path)} exists. Give another name.")
    table = read_table(source)
    title = path.name.replace("-", " ").capitalize()
    with (
        writing(shown(path), "Give another place."),
        tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=f".{path.name}-") as made,
    ):
        folder = Path(made) / path.name
        for name, text in folder_of_a_court.files(table, path.name, title, source.name).items():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        found = rolling.scores(folder)
        if found:
            kept = folder / "calibration" / "rolling.json"
            kept.parent.mkdir()
            kept.write_text(rolling.as_json(found), encoding="utf-8")
        off = retelling.in_words(retelling.missed(folder))
        folder.rename(path)
    typer.echo(rolling.table(found))
    if off:
        typer.echo(off, err=True)
    typer.echo(
        f"{shown(path)}: written. Ask it with lawqueue run {shown(path)}; its numbers stand in {shown(path)}/parameters."
    )
