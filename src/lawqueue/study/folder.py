"""The results folder: written whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from lawqueue.errors import InputError, shown, unwritable
from lawqueue.models.cube import Results
from lawqueue.rules import Change
from lawqueue.study.compare import summary
from lawqueue.study.moves import AnyChange, GuidelineChange
from lawqueue.study.scenario import Scenario, ScenarioText

RECORD = "record.json"


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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    except OSError as error:
        raise unwritable(f"to {shown(path)}", error, "Give another --out.") from error
    made.chmod(0o755)
    try:
        yield made
        if path.exists():
            shutil.rmtree(path)
        made.rename(path)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def write_results(
    folder: Path, results: Iterable[Results], scenarios: Iterable[Scenario], record: dict[str, Any]
) -> None:
    """
    Write `results.parquet`, `summary.csv`, `series.csv`, `scenario.resolved.yaml` and `record.json`.

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
    pl.concat([summary(each) for each in every]).write_csv(folder / "summary.csv", float_precision=4)
    first = every[0].series
    pl.DataFrame(
        {
            name: [getattr(each, name) for each in first]
            for name in ("name", "title", "unit", "stamp", "kind", "topic", "definition", "observed")
        }
    ).write_csv(folder / "series.csv")
    (folder / "scenario.resolved.yaml").write_text(resolved(scenarios), encoding="utf-8")
    files = {
        each.name: hashlib.sha256(each.read_bytes()).hexdigest()
        for each in sorted(folder.iterdir())
        if each.name != "report.html"
    }
    (folder / RECORD).write_text(
        json.dumps(record | {"files": files}, indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )


def resolved(scenarios: Iterable[Scenario]) -> str:
    """Return scenarios with everything that was inherited or left to a default written out."""
    yaml = YAML()
    yaml.width = 100
    out = io.StringIO()
    yaml.dump(
        {"scenarios": [_written_out(each) for each in scenarios]},
        out,
    )
    return out.getvalue()


def _written_out(scenario: Scenario) -> dict[str, Any]:
    text: ScenarioText = scenario.text
    start, end = scenario.window
    return text.model_dump(by_alias=True, exclude={"changes", "window"}) | {
        "window": {"from": start, "to": end},
        "changes": [_change_written_out(each) for each in scenario.every],
    }


def _change_written_out(change: AnyChange) -> dict[str, Any]:
    span = {"at": change.at, "until": change.until, "source": change.source}
    if isinstance(change, Change):
        return span | {change.operation: {change.name: change.number}, "ramp": change.ramp_days}
    if isinstance(change, GuidelineChange):
        return span | {"guideline": change.guideline.id}
    return span | (
        {"statute": change.statute.id} if change.statute else {"repeal": ", ".join(change.question)}
    )


def verify(folder: Path) -> list[str]:
    """
    Return the files of a results folder that are not what its record says, empty if all are.

    Raises
    ------
    InputError
        If there is no record.
    """
    path = folder / RECORD
    if not path.is_file():
        raise InputError(f"{shown(folder)} has no {RECORD}: it is not a results folder.")
    files: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))["files"]
    return [
        name
        for name, wanted in files.items()
        if not (folder / name).is_file() or hashlib.sha256((folder / name).read_bytes()).hexdigest() != wanted
    ]
