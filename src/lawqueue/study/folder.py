"""The results folder: written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from lawqueue.errors import InputError, shown, writing
from lawqueue.models.cube import Results
from lawqueue.study.record import record as recorded
from lawqueue.study.resolved import FILE as RESOLVED
from lawqueue.study.resolved import guidelines, resolved
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Settings

Made = TypeVar("Made")
RECORD, REPORT = "record.json", "report.html"


@contextmanager
def results_folder(path: Path) -> Iterator[Path]:
    """
    Give a folder to write to that takes the place of `path` once all is written.

    Raises
    ------
    InputError
        If `path` exists and is not a results folder: nothing of the user's is overwritten.
    """
    if path.exists() and not (path.is_dir() and ((path / RECORD).is_file() or not any(path.iterdir()))):
        raise InputError(
            f"{shown(path)} exists and is not a results folder. Give another --out, or move it away."
        )
    made = Path(_beside(path, tempfile.mkdtemp, f"to {shown(path)}"))
    made.chmod(0o755)
    try:
        yield made
        if path.exists():
            shutil.rmtree(path)
        made.rename(path)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """
    Give a file to write to that takes the place of `path` once all is written.

    Raises
    ------
    InputError
        If there is no writing there: before the work is done, not after.
    """
    if path.is_dir():
        raise InputError(f"{shown(path)} is a folder. Give a file in it as --out.")
    handle, name = _beside(path, tempfile.mkstemp, shown(path))
    os.close(handle)
    made = Path(name)
    made.chmod(0o644)
    try:
        yield made
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def _beside(path: Path, make: Callable[..., Made], what: str) -> Made:
    """Return what is made hidden beside a path, on the same disk, so that it can take its place at once."""
    with writing(what, "Give another --out."):
        path.parent.mkdir(parents=True, exist_ok=True)
        return make(prefix=f".{path.name}-", dir=path.parent)


def write_results(
    folder: Path, results: Iterable[Results], scenarios: Iterable[Scenario], record: dict[str, Any]
) -> None:
    """
    Write `results.parquet`, `summary.csv`, `series.csv`, `scenario.resolved.yaml` with its guidelines, and `record.json`.

    Parameters
    ----------
    results
        One for each scenario and baseline; all are stacked into one table.
    """
    import polars as pl  # noqa: PLC0415  # loaded only to write

    every = list(results)
    pl.concat([each.tidy() for each in every]).sort(
        "series", "scenario", "replicate", "month", maintain_order=True
    ).write_parquet(folder / "results.parquet", compression="zstd")
    pl.concat([each.summary() for each in every]).write_csv(folder / "summary.csv")
    first = every[0].series
    pl.DataFrame(
        {
            name: [getattr(each, name) for each in first]
            for name in ("name", "title", "unit", "stamp", "kind", "topic", "definition", "observed")
        }
    ).write_csv(folder / "series.csv")
    asked = list(scenarios)
    (folder / RESOLVED).write_text(resolved(asked), encoding="utf-8")
    for name, content in guidelines(asked).items():
        (folder / name).write_bytes(content)
    files = {
        each.name: hashlib.sha256(each.read_bytes()).hexdigest()
        for each in sorted(folder.iterdir())
        if each.name != REPORT
    }
    (folder / RECORD).write_text(_as_text(record | {"files": files}), encoding="utf-8")


def _as_text(record: dict[str, Any]) -> str:
    return json.dumps(record, indent=2, sort_keys=True) + "\n"


def read_record(folder: Path) -> dict[str, Any]:
    """
    Return the record of a results folder.

    Raises
    ------
    InputError
        If there is none, or it is damaged.
    """
    path = folder / RECORD
    if not path.is_file():
        raise InputError(f"{shown(folder)} has no {RECORD}: it is not a results folder.")
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        whole = found.keys() >= {"settings", "scenarios", "inputs", "files"}
    except (ValueError, AttributeError):
        whole = False
    if not whole:
        raise InputError(f"{shown(path)} is damaged. Run the scenario there again.")
    return found


def require_run_of(folder: Path, scenario: Scenario) -> None:
    """
    Raise unless a results folder holds a run of a scenario as it and what it rests on are written now, with the inputs of now.

    Raises
    ------
    InputError
        If it does not: what is added to its report would be about another model.
    """
    held, now = read_record(folder), json.loads(json.dumps(recorded([scenario], Settings())))
    dial = held["settings"].get("deterrence", "off")
    if dial != "off":
        raise InputError(
            f"{shown(folder)} was run with deterrence {dial}. What its answer hangs on is asked with deterrence off, and "
            "turns the dial itself. Give another --out, or run it there again without --deterrence."
        )
    same_text = now["scenarios"].items() <= held["scenarios"].items()
    # A run with the parameters as written has no ensemble among its inputs.
    if not same_text or not held["inputs"].items() <= now["inputs"].items():
        raise InputError(
            f"{shown(folder)} holds no run of {scenario.name} as it is written now, with the inputs of now. "
            "Give another --out, or run it there again."
        )


def add(folder: Path, name: str, text: str) -> None:
    """Write one more file of a results folder, and name it in the record."""
    content = read_record(folder)
    content["files"][name] = hashlib.sha256(text.encode()).hexdigest()
    for file, written in ((name, text), (RECORD, _as_text(content))):
        with replaced(folder / file) as made:
            made.write_text(written, encoding="utf-8")


def verify(folder: Path) -> list[str]:
    """
    Return the files of a results folder that are not what its record says, empty if all are.

    Raises
    ------
    InputError
        If there is no record.
    """
    files: dict[str, str] = read_record(folder)["files"]
    return [
        name
        for name, wanted in files.items()
        if not (folder / name).is_file() or hashlib.sha256((folder / name).read_bytes()).hexdigest() != wanted
    ]
