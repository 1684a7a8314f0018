"""
Whole jobs, from a question to an answer, beside an older version in one run: seconds, peak memory, ratios.

    python benchmarks/jobs.py                        # every job
    python benchmarks/jobs.py --jobs one,look --pairs 5 --json
    python benchmarks/jobs.py --shares               # where the main job's time goes, of this version

The older version is laid out of the history of this clone, with the libraries that are here, and the two run in
turn. A first run of each, which compiles, is not counted. Commands are timed from outside, start and all; pieces
of Python time themselves, once what they need is loaded and warm, and give the time of one answer or one run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

BEFORE = "817a20f"
"""The version to compare with."""
ROOT = Path(__file__).parents[1]
OLD_DEFAULTS = ("--replicates", "8", "--scale", "0.1")
FIRST = """
import json, tempfile, time
from pathlib import Path
from lawqueue.study import library

class Timed:
    def __enter__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()
    def __exit__(self, *_):
        done = time.perf_counter() - self.wall, time.process_time() - self.cpu
        print(json.dumps([each / COUNT for each in done]))

def scenario(name):
    (found,) = library.loaded(library.found(name)[0])
    return found
"""
LOOK = """
COUNT = 3
from lawqueue.app.state import State, opened
from lawqueue.app.work import answered

def look(name):
    state = State(opened(name))
    answered(state, state.quick(2))

look("prosecute-1326")
with Timed():
    for name in ("more-removals", "guideline-2014", "border-surge-2021"):
        look(name)
"""
CALIBRATE = """
COUNT = 24
import numpy as np
from lawqueue.trust import calibrate
try:
    from lawqueue.models import registry
    model = registry.registered("us-immigration")
    free, aims, first = calibrate.spans(model, model.parameters()), calibrate.targets(model), [registry.reference(model)]
except ImportError:  # it had but one model
    first = []
    from lawqueue.models.us_immigration import model, series
    free = calibrate.spans(model.parameters())
    aims = calibrate.targets(series.catalogue(), model.observed())
rows = np.random.default_rng(0).random((COUNT, len(free)))

def run(row):
    calibrate.outputs(*first, free, aims, row)

run(rows[0])
with Timed():
    for row in rows:
        run(row)
"""
SENSITIVITY = """
COUNT = 46
from lawqueue.trust import sensitivity
every = sensitivity.uncertain
sensitivity.uncertain = lambda *given: every(*given)[:8]
sensitivity.dials = lambda *_: ()
asked, few = scenario("prosecute-1326"), sensitivity.Budget(2, 18, 64, 4, 4)
with tempfile.TemporaryDirectory() as kept, Timed():  # 17 + 18 + 3 + 4 + 4 effects
    sensitivity.sensitivity(asked, "removals", few, Path(kept), 2)
"""


@dataclass(frozen=True)
class Job:
    """A command, with OUT for its folder, or a text of Python that prints its seconds of clock and of processors."""

    about: str
    words: tuple[str, ...] = ()
    python: str = ""


JOBS = {
    "main": Job(
        "17 scenarios, 8 draws, scale 0.1",
        ("run", "town-hall-2021", *OLD_DEFAULTS, "--quiet", "--out", "OUT"),
    ),
    "one": Job(
        "one scenario, 8 draws, scale 0.1",
        ("run", "prosecute-1326", *OLD_DEFAULTS, "--quiet", "--out", "OUT"),
    ),
    "look": Job("first look in the app, warm", python=LOOK),
    "calibrate": Job("one of the 7,500 runs of the fit", python=CALIBRATE),
    "sensitivity": Job("an effect of the 46 of a small sensitivity", python=SENSITIVITY),
    "solve": Job(
        "judges for a target, 8 draws",
        (
            *(
                "solve",
                "judges",
                "--target",
                "court.pending<=1300000",
                "--by",
                "2022-09-30",
                "--at",
                "2019-10-01",
            ),
            *("--replicates", "8", "--quiet"),
        ),
    ),
}


def source(version: str, folder: Path) -> Path:
    """Lay a version's package into a folder; return what goes on the path."""
    archive = folder / "before.tar"
    subprocess.run(["git", "archive", "-o", archive, version, "src"], cwd=ROOT, check=True)
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / "src"


def timed(job: Job, path: Path, folder: Path) -> tuple[float, float, float]:
    """Run a job with a version; return seconds on the clock and of processors, and peak memory [MB]."""
    place = Path(tempfile.mkdtemp(dir=folder)) / "out"
    words = [str(place) if word == "OUT" else word for word in job.words]
    told = folder / "told"
    with told.open("w+", encoding="utf-8") as out:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", FIRST + job.python]
            if job.python
            else [sys.executable, "-m", "lawqueue", *words],
            env=os.environ | {"PYTHONPATH": str(path)},
            cwd=folder,
            stdout=out,
            stderr=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(process.pid, 0)
        wall, cpu = time.perf_counter() - start, used.ru_utime + used.ru_stime
        out.seek(0)
        if job.python:
            wall, cpu = json.loads(out.read().splitlines()[-1])
    if os.waitstatus_to_exitcode(status) not in {0, 3}:
        raise SystemExit(f"{job.about}: ended with {status} under {path}")
    return wall, cpu, used.ru_maxrss / 1024


def compared(job: Job, paths: dict[str, Path], pairs: int, folder: Path) -> dict[str, dict[str, float]]:
    """Return the medians of each version, run in turn after one run that is not counted."""
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in paths}
    for number in range(pairs + 1):
        for name, path in paths.items():
            measured = timed(job, path, folder)
            if number:
                found[name].append(measured)
    names = ("wall", "cpu", "memory")
    return {
        version: {what: statistics.median(each[i] for each in runs) for i, what in enumerate(names)}
        for version, runs in found.items()
    }


PARTS = (
    ("kernel", ("engine/run.py", "exhausted")),
    ("kernel", ("engine/run.py", "begin")),
    ("copies of states", ("engine/run.py", "onto")),
    ("arrivals", ("engine/run.py", "with_arrivals")),
    ("build: compile", ("engine/compile.py", "compile_network")),
    ("build: comparison", ("engine/fork.py", "first_difference")),
    ("build: network", ("us_immigration/network.py", "network")),
    ("build: parameters", ("study/simulate.py", "_books")),
    ("build: worlds", ("study/simulate.py", "related")),
    ("reading", ("study/simulate.py", "read")),
    ("writing", ("study/folder.py", "write_results")),
    ("report", ("report/__init__.py", "write_report")),
    ("answers", ("study/answer.py", "study")),
)
"""The first part whose function is on the stack of the main thread has the sample; what is in none is start and loading."""


def shares(words: tuple[str, ...]) -> dict[str, float]:
    """Return the share of a job's time that each part takes, on one thread, by samples of what runs."""
    main, counted, over = threading.get_ident(), Counter[str](), threading.Event()

    def watch() -> None:
        while not over.wait(0.01):
            frame, on = sys._current_frames().get(main), set()
            while frame is not None:
                name = frame.f_code.co_filename
                on |= {(part, frame.f_code.co_name) for _, (part, _) in PARTS if name.endswith(part)}
                frame = frame.f_back
            counted[next((part for part, where in PARTS if where in on), "start and loading")] += 1

    watcher = threading.Thread(target=watch)
    watcher.start()
    from lawqueue.cli import app

    with tempfile.TemporaryDirectory() as made:
        given = [str(Path(made) / "out") if word == "OUT" else word for word in words]
        app([*given, "--threads", "1"], standalone_mode=False)
    over.set()
    watcher.join()
    return {part: count / counted.total() for part, count in counted.most_common()}


def main() -> None:
    """Print a table, or JSON, of the chosen jobs."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--jobs", default=",".join(JOBS), help="names, with commas between")
    asked.add_argument("--pairs", type=int, default=3, help="counted runs of each version")
    asked.add_argument("--shares", action="store_true", help="where the time of the main job goes instead")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    if given.shares:
        print(json.dumps(shares(JOBS["main"].words), indent=2))
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        paths = {"before": source(BEFORE, folder), "now": ROOT / "src"}
        found = {name: compared(JOBS[name], paths, given.pairs, folder) for name in given.jobs.split(",")}
    if given.json:
        print(json.dumps({"before": BEFORE, "jobs": found}, indent=2))
        return
    print(
        f"{'job':12} {'before':>9} {'now':>9} {'ratio':>7} {'cpu ratio':>10} {'MB before':>10} {'MB now':>8}"
    )
    for name, each in found.items():
        before, now = each["before"], each["now"]
        print(
            f"{name:12} {before['wall']:8.2f}s {now['wall']:8.2f}s {before['wall'] / now['wall']:7.2f} "
            f"{before['cpu'] / now['cpu']:10.2f} {before['memory']:10.0f} {now['memory']:8.0f}"
        )


if __name__ == "__main__":
    main()
