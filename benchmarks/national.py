"""
Measure the history of the national model: fiscal years 2017 to 2022, every case, one replicate, one thread.
Seconds are of processor time.

    python benchmarks/national.py --repeats 3
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time
from datetime import date


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the history of the national model.")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the cases")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    start = time.process_time()
    from lawqueue.engine.compile import compile_network
    from lawqueue.engine.run import run_replicate
    from lawqueue.models.us_immigration.model import MODEL

    first, last = date(2016, 10, 1), date(2022, 10, 1)
    network = MODEL.network(MODEL.world_in_history(first, last))
    described = time.process_time()
    compiled = compile_network(network, args.scale)
    ready = time.process_time()
    runs, walls, passages, arrived = [], [], 0, 0
    for replicate in range(args.repeats):
        began, wall = time.process_time(), time.perf_counter()
        result = run_replicate(compiled, 0, replicate)
        runs.append(time.process_time() - began)
        walls.append(time.perf_counter() - wall)
        passages, arrived = int(result.passed.sum()), int(result.arrived.sum())
    found = {
        "days": (last - first).days,
        "profiles": network.n_profiles,
        "nodes": len(compiled.nodes),
        "edges": len(compiled.edges),
        "seconds to describe": round(described - start, 2),
        "seconds to compile": round(ready - described, 2),
        "seconds to run, median": round(statistics.median(runs), 2),
        "wall seconds, median": round(statistics.median(walls), 2),
        "runs": [round(each, 2) for each in runs],
        "new cases": arrived,
        "passages": passages,
        "passages per second": round(passages / statistics.median(runs)),
        "peak MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    if args.json:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name:24} {value}")


if __name__ == "__main__":
    main()
