"""The same bytes from one thread and from a Dask cluster, a killed worker included."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest

from lawqueue.engine.compile import compile_network
from lawqueue.engine.run import replicates
from lawqueue.engine.spec import Delay, Edge, Geometric, Network, Sink, Source, Station, route
from lawqueue.errors import RunError

COURT = Network(
    n_profiles=1,
    horizon=2000,
    nodes=(
        Source("filings", 400.0, np.array([1.0]), route("docket")),
        Station("docket", route(Edge("appeal", 0.2), Edge("closed")), units_per_tick=360.0),
        Delay("appeal", route("docket"), Geometric(100.0)),
        Sink("closed"),
    ),
)


# Dask's own threads may warn as they are torn down; that is not ours.
@pytest.mark.filterwarnings("default")
def test_a_cluster_gives_the_same_bytes_although_a_worker_is_killed() -> None:
    distributed = pytest.importorskip("distributed")
    compiled = compile_network(COURT)
    wanted = list(replicates(compiled, 7, 12))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        victim = next(iter(cluster.workers.values())).process.pid

        def kill() -> None:
            time.sleep(0.3)
            os.kill(victim, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        made = list(replicates(compiled, 7, 12, cluster=cluster.scheduler_address))
        killer.join()
    for one, other in zip(wanted, made, strict=True):
        for name in ("passed", "level_sum", "level_end", "wait_sum", "wait_histogram", "work"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.filterwarnings("default")
def test_a_scheduler_that_does_not_answer_is_said() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(RunError, match="no Dask scheduler answers at 'tcp://127.0.0.1:1'"):
        list(replicates(compile_network(COURT), 0, 1, cluster="tcp://127.0.0.1:1"))
