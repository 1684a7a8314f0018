"""What the system does to a command: a signal, a terminal, a disk, a path. Never a traceback, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lawqueue import cli
from lawqueue.cli import simulating
from lawqueue.cli.options import CORES
from lawqueue.models.us_immigration.model import MODEL

COMMAND = [sys.executable, "-c", "from lawqueue.__main__ import main; main()"]
FAST = ["--replicates", "1", "--scale", "0.001", "--quiet"]


def told(*given: str | Path, code: int, stdout: int | None = subprocess.PIPE, **environment: str) -> str:
    """Run a command, assert how it ends, and return what it says."""
    done = subprocess.run(
        [*COMMAND, *map(str, given)],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONWARNINGS": ""} | environment,
        check=False,
    )
    said = (done.stdout or b"") + done.stderr
    assert done.returncode == code, said
    assert b"Traceback" not in said
    assert b"Exception ignored" not in said
    return said.decode("utf-8", "backslashreplace")


def asked(*given: str | Path, code: int) -> str:
    """Run a command in this process, assert how it ends, and return what it says."""
    done = CliRunner().invoke(cli.app, [*map(str, given)])
    assert done.exit_code == code, done.output
    return done.output


def children(process: int) -> list[int]:
    """Return the processes that belong to the session of a process."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(after[3]) == process and after[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.parametrize(
    ("given", "begun", "says"),
    [
        (
            ["run", "prosecute-1326", "--scale", "1", "--replicates", "20", "--out", "made/out"],
            "made/.out.lawqueue/lock",
            "nothing was written",
        ),
        (
            ["yield", "beds", "--scale", "1", "--out", "made/p.html"],
            "made/.p.html.lawqueue/lock",
            "no page was",
        ),
        (
            ["calibrate", "--out", "made/out", "--checkpoint", "kept", "--threads", "2"],
            "kept",
            "what was done stands in kept: the same command goes on from there",
        ),
    ],
)
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_sigterm_is_a_normal_end(tmp_path: Path, given: list[str], begun: str, says: str) -> None:
    process = subprocess.Popen(
        [*COMMAND, *given],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONWARNINGS": ""},
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not (tmp_path / begun).exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1.0)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 143, errors
    assert b"Traceback" not in errors
    assert f"Ended by SIGTERM: {says}".encode() in errors
    assert {each.name for each in tmp_path.iterdir()} <= {"kept"}
    while children(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not children(process.pid)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_a_terminal_of_any_encoding_shows_everything(encoding: str, tmp_path: Path) -> None:
    plain = {"PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert "tae-johnson" in told("rules", "timeline", code=0, **plain)
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.yaml")
    assert "no such file" in told("validate", odd, code=2, **plain)


def test_a_path_may_hold_bytes_that_are_no_text(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system has names of text alone")
    packaged = next((MODEL.folder / "scenarios").glob("*/null-reform.yaml"))
    own = Path(os.fsdecode(os.fsencode(folder) + b"/\xff.yaml"))
    own.write_bytes(packaged.read_bytes())
    asked("validate", own, code=0)
    asked("run", folder, *FAST, "--json", "--out", folder / "out", code=0)
    assert "every file is the one" in asked("verify", folder / "out", code=0)
    asked("run", "null-reform", *FAST, "--out", own, code=2)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_cannot_be_delivered_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        assert "no space left" in told("list", code=1, stdout=full.fileno()).lower()


@pytest.mark.parametrize("threads", ["0", "-1", "x", "1e9"])
def test_a_number_of_threads_that_cannot_be_is_refused(threads: str) -> None:
    assert CliRunner().invoke(cli.app, ["run", "null-reform", "--threads", threads]).exit_code == 2


def test_more_threads_than_cores_are_as_many_as_cores(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = []

    class EndError(Exception):
        pass

    def ran(_what: str, _scenarios: object, settings: object, *_: object) -> None:
        found.append(settings.threads)  # type: ignore[attr-defined]
        raise EndError

    monkeypatch.setattr(simulating, "run", ran)
    monkeypatch.chdir(tmp_path)
    assert isinstance(
        CliRunner().invoke(cli.app, ["run", "null-reform", "--threads", str(10**20)]).exception, EndError
    )
    assert found == [CORES]


@pytest.mark.parametrize("day", ["0000-01-01", "9999-12-31", "99999-01-01", "2021-13-01", "٢٠٢١-٠١-٠١"])
@pytest.mark.parametrize(
    "given",
    [
        ["backtest", "--from"],
        ["solve", "beds", "--target", "removals>=1", "--by"],
        ["solve", "beds", "--target", "removals>=1", "--by", "2021-09-30", "--at"],
        ["rules", "statutes", "--place", "nowhere", "--date"],
        ["rules", "diff", "2017", "2021-02-18-ice", "--date"],
    ],
)
def test_a_day_that_cannot_be_is_refused(given: list[str], day: str) -> None:
    found = CliRunner().invoke(cli.app, [*given, day])
    assert found.exit_code == 2, found.output
    assert isinstance(found.exception, SystemExit)


def test_where_nothing_compiled_can_be_kept_a_run_says_so_once_and_goes_on(tmp_path: Path) -> None:
    # Numba looks beside the package, in the user's cache and in NUMBA_CACHE_DIR: here in none of them.
    code = (
        "import numba.core.caching as caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "from lawqueue.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "null-reform", *FAST, "--out", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("No folder can be written in which compiled code is kept") == 1
    assert "Traceback" not in done.stderr


def test_verify_sees_what_is_altered_missing_and_added_and_the_record_itself(tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked("run", "null-reform", *FAST, "--out", out, code=0)
    assert "every file is the one that the record names" in asked("verify", out, code=0)

    def seen(path: Path, text: str | None, words: str) -> None:
        before = path.read_bytes() if path.exists() else None
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
        assert f"{path.relative_to(out)}: {words}" in asked("verify", out, code=3)
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)

    record = (out / "record.json").read_text(encoding="utf-8")
    for name in ("report.html", "summary/history.csv", "effects.xlsx", "results.parquet"):
        seen(out / name, "altered", "not the file that the record names")
        seen(out / name, None, "missing")
    seen(out / "notes.txt", "mine", "not named by the record")
    seen(out / "summary" / "notes.txt", "mine", "not named by the record")
    seen(out / "record.json", record.replace('"seed": 0', '"seed": 1'), "altered since it was written")
    assert '"seed": 0' in record
    asked("verify", out, code=0)
