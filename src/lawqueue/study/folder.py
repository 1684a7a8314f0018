"""The results folder: what stands in it, and the record that names and covers all of it."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lawqueue.errors import InputError, shown
from lawqueue.exports import comment, json_text
from lawqueue.models.cube import Results, interval
from lawqueue.study import effects
from lawqueue.study.place import RECORD, Place, folder_at, names, read_record
from lawqueue.study.record import record as recorded
from lawqueue.study.resolved import FILE as RESOLVED
from lawqueue.study.resolved import guidelines, resolved
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Settings
from lawqueue.study.study import Study

if TYPE_CHECKING:
    import polars as pl

SCHEMA = "lawqueue results 2"
"""What the record of a results folder says that it is of."""
REPORT, ANSWERS = "report.html", "answers.json"
SUMMARY = "summary"
EMPTY_MEANS = "no case to measure, or not resolved at this scale"


def results_at(named: Path) -> AbstractContextManager[Place]:
    """Hold a place for a results folder; see `folder_at`."""
    return folder_at(named, SCHEMA)


def write_results(
    folder: Path, results: Iterable[Results], scenarios: Iterable[Scenario], settings: Settings
) -> None:
    """
    Write what was simulated, and what it was made from.

    `results.parquet` has every replicate, with the settings in its metadata; `summary/NAME.csv` the mean and interval of
    each scenario and baseline by month; `series.csv` what each series counts; `scenario.resolved.yaml` the scenarios,
    with their guidelines.

    Parameters
    ----------
    results
        One for each scenario and baseline; all are stacked into one table.
    settings
        How they were run.
    """
    import polars as pl  # noqa: PLC0415  # loaded only to write

    every = list(results)
    table = io.BytesIO()  # a full disk is then told by Python, not by polars
    _stacked(every).sink_parquet(
        table, compression="zstd", metadata={"lawqueue": json.dumps(settings.recorded())}
    )
    (folder / "results.parquet").write_bytes(table.getvalue())
    (folder / SUMMARY).mkdir()
    for each in every:
        held = interval(each.values).name
        head = comment(
            f"{each.scenario} by month", settings.in_words(), f"low and high: {held}; empty: {EMPTY_MEANS}"
        )
        text = head + each.summary().write_csv()
        (folder / SUMMARY / f"{each.scenario}.csv").write_text(text, encoding="utf-8")
    first = every[0].series
    columns = ("name", "title", "unit", "stamp", "kind", "topic", "definition", "observed")
    about = pl.DataFrame({name: [getattr(each, name) for each in first] for name in columns}).write_csv()
    (folder / "series.csv").write_text(comment("what each series counts") + about, encoding="utf-8")
    asked = list(scenarios)
    (folder / RESOLVED).write_text(resolved(asked), encoding="utf-8")
    for name, content in guidelines(asked).items():
        (folder / name).write_bytes(content)


def _stacked(every: Sequence[Results]) -> pl.LazyFrame:
    """Return all rows by series, scenario, replicate and month, made series by series: as one table they take gigabytes."""
    from polars.io.plugins import register_io_source  # noqa: PLC0415  # loaded only to write

    in_order = sorted(every, key=lambda each: each.scenario)
    names = sorted({about.name for each in every for about in each.series})

    def block(name: str) -> pl.DataFrame:
        import polars as pl  # noqa: PLC0415  # loaded only to write

        return pl.concat([each.rows(name) for each in in_order])

    return register_io_source(lambda *_: map(block, names), schema=block(names[0]).schema)


def write_answers(folder: Path, study: Study) -> None:
    """Write the answers: `answers.json` in sentences, `effects.csv` and `effects.xlsx` in numbers."""
    (folder / ANSWERS).write_text(json_text(effects.as_answers(study)) + "\n", encoding="utf-8")
    (folder / effects.CSV).write_text(effects.as_csv(study), encoding="utf-8")
    (folder / effects.XLSX).write_bytes(effects.as_xlsx(study))


def seal(folder: Path, schema: str, record: Mapping[str, Any]) -> None:
    """Write the record of a folder: what made it, the digest of every file beside it, and the digest of all that."""
    every = {each.relative_to(folder).as_posix(): each for each in folder.rglob("*") if each.is_file()}
    files = {name: _digest(every[name].read_bytes()) for name in sorted(every) if name != RECORD}
    _write_record(folder, {**record, "schema": schema, "files": files})


def _write_record(folder: Path, record: Mapping[str, Any]) -> None:
    text = json.dumps({**record, "digest": _own_digest(record)}, indent=2, sort_keys=True) + "\n"
    (folder / RECORD).write_text(text, encoding="utf-8")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _own_digest(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a record without its digest, as JSON with sorted keys and no spaces."""
    rest = {key: value for key, value in record.items() if key != "digest"}
    return _digest(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode())


def read_results_record(folder: Path) -> dict[str, Any]:
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
    found = read_record(folder, SCHEMA)
    if found is None or not found.keys() >= {"settings", "scenarios", "inputs", "digest"}:
        raise InputError(
            f"{shown(path)} is damaged, or of another version or program. Run the scenario in another folder."
        )
    return found


def require_run_of(folder: Path, scenario: Scenario) -> None:
    """
    Raise unless a results folder holds a run of a scenario as it and what it rests on are written now, with the inputs of now.

    Raises
    ------
    InputError
        If it does not: what is added to its report would be about another model.
    """
    held, now = read_results_record(folder), json.loads(json.dumps(recorded([scenario], Settings())))
    if _own_digest(held) != held["digest"]:
        raise InputError(
            f"{shown(folder / RECORD)} was altered since it was written. Run the scenario there again."
        )
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


def add(folder: Path, made: Path, texts: Mapping[str, str]) -> None:
    """Write a results folder anew with some more or other files, and its record with them."""
    record = read_results_record(folder)
    for name in names(folder, record)[0]:
        (made / name).parent.mkdir(exist_ok=True)
        shutil.copy2(folder / name, made / name)
    for name, text in texts.items():
        (made / name).write_text(text, encoding="utf-8")
    # The digests of the others stay: who altered a file is still told.
    digests = {name: _digest(text.encode()) for name, text in texts.items()}
    _write_record(made, record | {"files": record["files"] | digests})


def verify(folder: Path) -> list[tuple[str, str]]:
    """
    Return the files of a results folder that are not what its record says, each with what is wrong with it.

    Raises
    ------
    InputError
        If there is no record.
    """
    record = read_results_record(folder)
    ours, others = names(folder, record)
    wrong = [(name, "missing.") for name in record["files"] if name not in ours]
    wrong += [(name, "not named by the record.") for name in others if name not in record["files"]]
    wrong += [
        (name, "not the file that the record names.")
        for name in ours
        if name != RECORD and _digest((folder / name).read_bytes()) != record["files"][name]
    ]
    if _own_digest(record) != record["digest"]:
        wrong.append((RECORD, "altered since it was written."))
    return sorted(wrong)
