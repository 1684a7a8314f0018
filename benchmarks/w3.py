"""
Measure the network W3 on this engine and on others, side by side in one run.

    python benchmarks/w3.py --cases 1e6 --peers loop,simpy,ciw,mesa,cimba --json

Each engine runs in a process of its own under a limit of processor time, `--repeats` times with other seeds; the
median is reported. Seconds are of processor time, all threads together, so that other work on the machine counts
less; the wall clock stands beside them. What an engine compiles or loads before its first run is left out. One that does not finish is run again at a tenth of the size, and so on. Every result is held against
the check row: against ours by replicates at the same size, and at a million cases against the published row too.
Events are counted alike: joining officers, officer service, bed in, bed out, court service, removal service.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import resource
import signal
import statistics
import subprocess
import sys
import threading
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

DAYS = 1_096
LOAD_AS_WRITTEN = 1.09 / 0.9
"""Work for judges over their units if nobody queued before them: 1.09 hearings for each first arrival."""
REFERENCE_RUNS = 32
STACK = {
    "ours": ("lawqueue", "numba", "numpy"),
    "simpy": ("simpy",),
    "ciw": ("ciw",),
    "mesa": ("mesa",),
    "cimba": ("cimba", "numba"),
    "cimba-process": ("cimba", "numba"),
}


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def per_day(cases: float) -> int:
    return max(1, round(cases / DAYS))


def factor(load: float | None) -> float:
    return 1.0 if load is None else LOAD_AS_WRITTEN / load


def mean_of(runs: list[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.fmean(each[key] for each in runs) for key in runs[0]}


# --- one engine, in its own process ---


def ours(n: int, capacity: float, seed: int, repeats: int) -> dict[str, Any]:
    from lawqueue.engine.run import simulate
    from lawqueue.models.reference import w3

    network = w3.network(n, capacity)
    simulate(w3.network(2, capacity), seed=0)
    base = peak_megabytes()
    times: list[float] = []
    walls: list[float] = []
    all_runs: list[dict[str, float]] = []
    for each in range(repeats):
        start, wall = time.process_time(), time.perf_counter()
        result = simulate(network, seed=seed + each)
        times.append(time.process_time() - start)
        walls.append(time.perf_counter() - wall)
        all_runs.append({k: float(v[0]) for k, v in w3.measures(result).items()})
    return {"seconds": times, "walls": walls, "measures": mean_of(all_runs), "base": base}


def peer(name: str, n: int, capacity: float, seed: int, repeats: int) -> dict[str, Any]:
    import peers

    run = peers.PEERS[name]
    run(2, DAYS, capacity, 0)
    base = peak_megabytes()
    times: list[float] = []
    walls: list[float] = []
    all_runs: list[dict[str, float]] = []
    for each in range(repeats):
        start, wall = time.process_time(), time.perf_counter()
        found = run(n, DAYS, capacity, seed + each)
        times.append(time.process_time() - start)
        walls.append(time.perf_counter() - wall)
        all_runs.append(found)
    return {"seconds": times, "walls": walls, "measures": mean_of(all_runs), "base": base}


def reference(n: int, capacity: float, _seed: int, _repeats: int) -> dict[str, Any]:
    """Our replicates, whose mean and spread every engine is held against."""
    from lawqueue.engine.run import simulate
    from lawqueue.models.reference import w3

    runs = REFERENCE_RUNS if n < 5_000 else REFERENCE_RUNS // 2
    found = w3.measures(simulate(w3.network(n, capacity), seed=1_000, replicates_wanted=runs))
    return {
        "runs": runs,
        "mean": {k: float(v.mean()) for k, v in found.items()},
        "sd": {k: float(v.std(ddof=1)) for k, v in found.items()},
    }


def threads(n: int, capacity: float, seed: int, repeats: int) -> dict[str, Any]:
    """Two replicates one after the other, and on two threads."""
    from lawqueue.engine.compile import compile_network
    from lawqueue.engine.run import run_replicate
    from lawqueue.models.reference import w3

    compiled = compile_network(w3.network(n, capacity))
    run_replicate(compiled, seed, 0)
    one, two = [], []
    for _ in range(repeats):
        start = time.perf_counter()
        for replicate in (0, 1):
            run_replicate(compiled, seed, replicate)
        one.append(time.perf_counter() - start)
        workers = [threading.Thread(target=run_replicate, args=(compiled, seed, each)) for each in (0, 1)]
        start = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        two.append(time.perf_counter() - start)
    return {
        "one": statistics.median(one),
        "two": statistics.median(two),
        "ratio": statistics.median(a / b for a, b in zip(one, two, strict=True)),
    }


def memory(n: int, capacity: float, seed: int, _repeats: int) -> dict[str, Any]:
    """Bytes for each live case: of resident memory, and of blocks taken from the pool. Looks inside the engine."""
    from lawqueue.engine import codes
    from lawqueue.engine import run as engine
    from lawqueue.engine.compile import compile_network
    from lawqueue.models.reference import w3

    engine.simulate(w3.network(2, capacity), seed=0)
    compiled = engine.with_arrivals(compile_network(w3.network(n, capacity)), seed, 0)
    base = peak_megabytes()
    walk = engine.Walk.begin(compiled, engine.key(seed, 0))
    live = 0
    for tick in range(64, compiled.plan.horizon + 64, 64):
        walk = walk.to(min(tick, compiled.plan.horizon))
        live = max(live, int(walk.state.lev.sum()))
    blocks = int(walk.state.register[codes.FRESH])
    return {
        "live": live,
        "pool": blocks * (codes.BLOCK * 16 + 4) / live,
        "resident": (peak_megabytes() - base) * 1024 * 1024 / live,
    }


def first_event(n: int, capacity: float, _seed: int, _repeats: int) -> dict[str, Any]:
    from lawqueue.engine.run import simulate
    from lawqueue.models.reference import w3

    simulate(w3.network(n, capacity, days=1), seed=0)
    return {}


def worker(name: str, n: int, capacity: float, seed: int, repeats: int) -> dict[str, Any]:
    jobs = {
        "ours": ours,
        "reference": reference,
        "threads": threads,
        "memory": memory,
        "first event": first_event,
    }
    job = jobs.get(name)
    found = job(n, capacity, seed, repeats) if job else peer(name, n, capacity, seed, repeats)
    return found | {"rss": peak_megabytes()}


def measure(
    name: str, n: int, capacity: float, seed: int, repeats: int, limit: float
) -> dict[str, Any] | str:
    """Run one engine in a process of its own; return what it found, or why it did not."""
    call = [name, n, capacity, seed, repeats]
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, str(Path(__file__)), "--worker", json.dumps(call)],
            capture_output=True,
            text=True,
            timeout=4 * limit,
            check=False,
            preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_CPU, (math.ceil(limit), math.ceil(limit) + 5)
            ),
        )
    except subprocess.TimeoutExpired:
        return f"not done in {limit:.0f} s"
    if done.returncode == -signal.SIGXCPU:
        return f"not done in {limit:.0f} s"
    if done.returncode != 0:
        last = (done.stderr.strip() or "no message").splitlines()[-1][:100]
        reason = f"signal {-done.returncode}" if done.returncode < 0 else last
        return f"stopped: {reason}"
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found | {"process": time.perf_counter() - start}


# --- all of them ---


def agreement(found: dict[str, float], runs: int, base: dict[str, Any]) -> tuple[float, str]:
    """Return the largest distance from our replicates, in standard errors, and where it is."""
    worst, where = 0.0, "every quantity"
    for quantity, value in found.items():
        # A count that never varies among ours may be one off by rounding.
        error = max(base["sd"][quantity], 0.5) * math.sqrt(1 / runs + 1 / base["runs"])
        distance = abs(value - base["mean"][quantity]) / error
        if distance > worst:
            worst, where = distance, quantity
    return worst, where


def published(found: dict[str, float], runs: int, base: dict[str, Any]) -> float:
    from lawqueue.models.reference import w3

    return max(
        abs(found[quantity] - value) / (max(base["sd"][quantity], 0.5) * math.sqrt(1 / runs + 1 / 12))
        for quantity, value in w3.CHECK.items()
    )


def table(args: argparse.Namespace) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    capacity = factor(args.load)
    speeds: dict[int, float] = {}
    bases: dict[int, Any] = {}
    for name in ("ours", *args.peers):
        cases = args.cases
        while cases >= 1_000:
            n = per_day(cases)
            for needed, store in (("reference", bases), ("ours", speeds)):
                if n not in store and (needed == "reference" or name != "ours"):
                    got = measure(needed, n, capacity, args.seed, args.repeats, 600)
                    assert not isinstance(got, str), got
                    store[n] = (
                        got
                        if needed == "reference"
                        else got["measures"]["events"] / statistics.median(got["seconds"])
                    )
            repeats = args.repeats if name in {"ours", "loop", "cimba", "cimba-process"} else 1
            got = measure(name, n, capacity, args.seed, repeats, args.limit)
            if isinstance(got, str):
                rows.append({"engine": name, "cases": n * DAYS, "result": got})
                cases /= 10
                continue
            seconds = statistics.median(got["seconds"])
            speed = got["measures"]["events"] / seconds
            if name == "ours":
                speeds[n] = speed
            worst, where = agreement(got["measures"], len(got["seconds"]), bases[n])
            rows.append(
                {
                    "engine": name,
                    "version": ", ".join(f"{each} {version(each)}" for each in STACK.get(name, ())),
                    "cases": n * DAYS,
                    "events": got["measures"]["events"],
                    "events per first arrival": got["measures"]["events"] / (n * DAYS),
                    "seconds": seconds,
                    "wall seconds": statistics.median(got["walls"]),
                    "runs": len(got["seconds"]),
                    "events/s": speed,
                    "ours over it": speeds[n] / speed,
                    "peak MB": got["rss"],
                    "process seconds": got["process"],
                    "worst z": worst,
                    "worst at": where,
                }
                | (
                    {"worst z of the check row": published(got["measures"], len(got["seconds"]), bases[n])}
                    if n == 912 and capacity == 1.0
                    else {}
                )
            )
            break
    return rows


def extras(args: argparse.Namespace) -> dict[str, Any]:
    n, capacity = per_day(args.cases), factor(args.load)
    found: dict[str, Any] = {}
    for job in ("threads", "memory"):
        found[job] = measure(job, n, capacity, args.seed, args.repeats, args.limit)
    starts = [measure("first event", n, capacity, 0, 1, args.limit) for _ in range(5)]
    found["process start to first event, seconds"] = statistics.median(
        each["process"] for each in starts if not isinstance(each, str)
    )
    return found


def markdown(rows: list[dict[str, Any]]) -> str:
    lines = [
        "| engine | cases | events/s | ours over it | CPU | wall | peak memory | worst \\|z\\| |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        if "result" in row:
            lines.append(f"| {row['engine']} | {row['cases']:,} | {row['result']} | – | – | – | – | – |")
            continue
        lines.append(
            f"| {row['engine']} | {row['cases']:,} | {row['events/s'] / 1e6:.3g} M | {row['ours over it']:,.3g} "
            f"| {row['seconds']:.3g} s | {row['wall seconds']:.3g} s | {row['peak MB']:,.0f} MB | {row['worst z']:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the network W3 on this engine and on others.")
    parser.add_argument("--cases", type=float, default=1e6, help="first arrivals in three years")
    parser.add_argument(
        "--peers",
        type=lambda text: [each for each in text.split(",") if each],
        default=["loop", "cimba", "cimba-process", "mesa", "simpy", "ciw"],
        help="engines to run beside ours, separated by commas",
    )
    parser.add_argument("--load", type=float, help="work for judges over their units; 1.21 as written")
    parser.add_argument(
        "--limit", type=float, default=120.0, help="seconds of processor time for each process"
    )
    parser.add_argument("--repeats", type=int, default=5, help="runs of the fast engines; the median counts")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--extras", action="store_true", help="two threads, bytes for a case, start-up")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        sys.path.insert(0, str(Path(__file__).parent))
        print(json.dumps(worker(*json.loads(args.worker))))
        return
    rows = table(args)
    more = extras(args) if args.extras else {}
    if args.json:
        print(json.dumps({"python": platform.python_version(), "engines": rows, "ours": more}, indent=2))
        return
    print(markdown(rows))
    for row in rows:
        if "worst at" in row:
            check = row.get("worst z of the check row")
            said = "" if check is None else f"; of the check row {check:.1f}"
            print(
                f"{row['engine']} {row['version']}: worst z {row['worst z']:.1f} at {row['worst at']}{said}"
            )
    if more:
        print(json.dumps(more, indent=2))


if __name__ == "__main__":
    main()
