"""The same bytes from one thread and from a Dask cluster, a killed worker included."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lawqueue.engine import cluster as clusters
from lawqueue.engine.compile import compile_network
from lawqueue.engine.run import replicates
from lawqueue.engine.spec import Delay, Edge, Geometric, Network, Sink, Source, Station, route
from lawqueue.errors import Cancelled, RunError

# Dask's own threads may warn as they are torn down; that is not ours.
pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.xdist_group("cluster")]
distributed = pytest.importorskip("distributed")

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


@contextmanager
def local(workers: int, **options: Any) -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=":0",
        **options,
    ) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def shared() -> Iterator[Any]:
    """A cluster that no test breaks."""
    with local(1) as cluster:
        yield cluster


def asked(address: str, count: int = 1) -> None:
    list(replicates(compile_network(COURT), 0, count, cluster=address))


def test_a_cluster_gives_the_same_bytes_although_a_worker_is_killed() -> None:
    compiled = compile_network(COURT)
    wanted = list(replicates(compiled, 7, 12))
    with local(2) as cluster:
        coming = replicates(compiled, 7, 12, cluster=cluster.scheduler_address)
        made = [next(coming)]
        # Each worker has made some by now or has some in hand.
        os.kill(next(iter(cluster.workers.values())).process.pid, signal.SIGKILL)
        made += coming
    for one, other in zip(wanted, made, strict=True):
        for name in ("passed", "level_sum", "level_end", "wait_sum", "wait_histogram", "work"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "DEADLINE", 1.0)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "tcp://127.0.0.1:99999"])
def test_a_scheduler_that_does_not_answer_is_said(address: str) -> None:
    with pytest.raises(RunError, match=f"no Dask scheduler answers at '{address}' within 1 seconds"):
        asked(address)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("somewhere", "Look at the address"),
        ("", "Look at the address"),
        ("http://127.0.0.1:80", "unknown address scheme"),
        ("inproc://x", "not enough values"),
        ("tls://127.0.0.1:1", "TLS expects"),
    ],
)
def test_what_is_no_address_of_a_scheduler_is_said(address: str, why: str) -> None:
    with pytest.raises(RunError, match=f"no Dask scheduler answers at '{address}': .*{why}"):
        asked(address)


@pytest.mark.usefixtures("soon")
def test_what_listens_and_says_nothing_is_no_scheduler() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(RunError, match="no Dask scheduler answers at .* within 1 seconds"):
            asked(f"tcp://127.0.0.1:{silent.getsockname()[1]}")


def test_a_worker_is_no_scheduler(shared: Any) -> None:
    (worker,) = shared.scheduler_info["workers"]
    with pytest.raises(RunError, match="no Dask scheduler answers at .*, but a worker"):
        asked(worker)


@pytest.mark.usefixtures("soon")
def test_a_scheduler_without_a_worker_is_said() -> None:
    with local(0) as cluster, pytest.raises(RunError, match="had no worker for 1 seconds"):
        asked(cluster.scheduler_address)


@pytest.mark.parametrize(
    ("preloaded", "why"),
    [
        ("import platform\nplatform.python_version = lambda: '3.99'", r"python 3\.99 instead of"),
        ("import importlib.metadata as found\nfound.version = lambda _: '0'", "numpy 0 instead of"),
        ("import lawqueue.digest as ours\nours.digest = lambda *_: 'other'", "code other instead of"),
        ("import sys\nsys.modules['lawqueue'] = None", "code missing instead of"),
    ],
)
def test_a_worker_that_is_not_what_it_says_is_refused_by_name(
    tmp_path: Path, preloaded: str, why: str
) -> None:
    preload = tmp_path / "preload.py"
    preload.write_text(preloaded + "\n", encoding="utf-8")
    with (
        local(1, preload=[str(preload)]) as cluster,
        pytest.raises(RunError, match=r"the worker tcp://127\.0\.0\.1:\d+ is not the same.*" + why),
    ):
        asked(cluster.scheduler_address)


def test_a_worker_that_comes_later_proves_itself_before_it_works(
    shared: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if no worker that came late had been there to ask.
    monkeypatch.setattr(clusters, "_require_workers", lambda *_: None)
    monkeypatch.setattr(clusters, "identity", lambda: {"numpy": "another"})
    with pytest.raises(RunError, match="instead of another"):
        asked(shared.scheduler_address)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("lost", ["workers", "scheduler"])
def test_a_cluster_that_is_lost_in_the_middle_is_said(lost: str) -> None:
    with local(1) as cluster:
        made = replicates(compile_network(COURT), 7, 400, cluster=cluster.scheduler_address)
        next(made)
        if lost == "workers":
            cluster.scale(0)
        else:
            cluster.close()
        with pytest.raises(RunError, match="had no worker for 1 seconds|was lost in the middle"):
            list(made)


def test_a_run_on_a_cluster_can_be_cancelled(shared: Any) -> None:
    stop = threading.Event()
    made = replicates(compile_network(COURT), 7, 400, stop=stop, cluster=shared.scheduler_address)
    next(made)
    stop.set()
    with pytest.raises(Cancelled):
        list(made)
