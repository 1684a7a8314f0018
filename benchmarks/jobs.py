"""
Whole jobs, from a question to an answer, beside an older version in one run: seconds, peak memory, ratios.

    python benchmarks/jobs.py                  # the main job, one scenario, and what it takes for a target
    python benchmarks/jobs.py --jobs one --pairs 5 --json

The older version is installed from the history of this clone into a folder of its own, with the libraries that are
here, and the two run in turn. A first run of each, which compiles, is not counted.
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
import time
from pathlib import Path

BEFORE = "817a20f"
"""The version to compare with."""
ROOT = Path(__file__).parents[1]
JOBS = {
    "main": ["run", "town-hall-2021", "--replicates", "8", "--scale", "0.1", "--quiet", "--out", "OUT"],
    "one": ["run", "prosecute-1326", "--replicates", "8", "--scale", "0.1", "--quiet", "--out", "OUT"],
    "solve": [
        "solve",
        "judges",
        "--target",
        "court.pending<=1300000",
        "--by",
        "2022-09-30",
        "--replicates",
        "4",
        "--quiet",
    ],
}


def source(version: str, folder: Path) -> Path:
    """Lay a version's package into a folder; return what goes on the path."""
    archive = folder / "before.tar"
    subprocess.run(["git", "archive", "-o", archive, version, "src"], cwd=ROOT, check=True)
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / "src"


def timed(job: list[str], path: Path, folder: Path) -> tuple[float, float, float]:
    """Run a job with a version; return seconds on the clock and of processors, and peak memory [MB]."""
    place = Path(tempfile.mkdtemp(dir=folder)) / "out"
    words = [str(place) if word == "OUT" else word for word in job]
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "lawqueue", *words],
        env=os.environ | {"PYTHONPATH": str(path)},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, _, used = os.wait4(process.pid, 0)
    return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def compared(job: list[str], paths: dict[str, Path], pairs: int, folder: Path) -> dict[str, dict[str, float]]:
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


def main() -> None:
    """Print a table, or JSON, of the chosen jobs."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--jobs", default=",".join(JOBS), help="names, with commas between")
    asked.add_argument("--pairs", type=int, default=3, help="counted runs of each version")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        paths = {"before": source(BEFORE, folder), "now": ROOT / "src"}
        found = {name: compared(JOBS[name], paths, given.pairs, folder) for name in given.jobs.split(",")}
    if given.json:
        print(json.dumps({"before": BEFORE, "jobs": found}, indent=2))
        return
    print(
        f"{'job':8} {'before':>9} {'now':>9} {'ratio':>7} {'cpu ratio':>10} {'MB before':>10} {'MB now':>8}"
    )
    for name, each in found.items():
        before, now = each["before"], each["now"]
        print(
            f"{name:8} {before['wall']:8.1f}s {now['wall']:8.1f}s {before['wall'] / now['wall']:7.2f} "
            f"{before['cpu'] / now['cpu']:10.2f} {before['memory']:10.0f} {now['memory']:8.0f}"
        )


if __name__ == "__main__":
    main()
