"""
Replicates on the workers of a Dask cluster, each of which proves what it is before it works.

The same bytes come from everywhere only where code and libraries are the same. So the plan travels with the identity
of who asks, and a worker that is another refuses it.
"""

from __future__ import annotations

import asyncio
import pickle
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from lawqueue.engine import proof
from lawqueue.engine.proof import identity
from lawqueue.errors import Cancelled, RunError

Planned = TypeVar("Planned")
Made = TypeVar("Made")
DEADLINE = 10.0
"""How long a scheduler may take to answer, and a worker to come, at the start or once all are lost [s]."""
_LOOK = 0.5  # between two looks at whether the user has cancelled [s]


def replicates_on(
    address: str,
    work: Callable[[Planned, int, int], Made],
    plans: Sequence[Planned],
    seed: int,
    stop: threading.Event | None,
) -> Iterator[Made]:
    """
    Yield what is made of each plan, in order; what a lost worker had in hand is made again by another.

    Parameters
    ----------
    address
        Of the scheduler.
    work
        Makes replicate k of the plan at place k, of that plan (or plans), the seed and k.

    Raises
    ------
    RunError
        If no scheduler answers or no worker comes within `DEADLINE`, or a worker is not the same as this process.
    Cancelled
        If `stop` is set.
    """
    client = _connected(address)
    try:
        _require_workers(client, address)
        wanted = identity()
        # The plan travels with each task: scattered data would be lost with the worker that holds it.
        futures = [
            _submitted(client, wanted, (work, plan, seed, number), retries=3)
            for number, plan in enumerate(plans)
        ]
        for future in futures:
            yield _result(client, future, address, stop)
    finally:
        client.close(timeout=_LOOK)  # what was not finished is given up with it


def _connected(address: str) -> Any:
    try:
        from distributed import Client  # noqa: PLC0415
    except ImportError as error:
        raise RunError("no Dask here. Install it with: pip install 'lawqueue[cluster]'.") from error
    unanswered = f"no Dask scheduler answers at {address!r}"
    advice = "Look at the address, as tcp://10.0.0.1:8786."
    try:
        # In a thread, for there may be an event loop in this one.
        with ThreadPoolExecutor(1) as pool:
            kind = pool.submit(asyncio.run, _kind(address)).result()
    except TimeoutError:
        raise RunError(f"{unanswered} within {DEADLINE:g} seconds. {advice}") from None
    except Exception as error:  # whatever Dask makes of an address
        raise RunError(f"{unanswered}: {str(error).rstrip('.')}. {advice}") from error
    if kind != "Scheduler":
        raise RunError(f"{unanswered}, but a {kind.lower()}. {advice}")
    return Client(address, timeout=DEADLINE, set_as_default=False)  # type: ignore[no-untyped-call]  # Dask is untyped


async def _kind(address: str) -> str:
    """Return what answers at an address; a Dask client alone would wait for ever for what listens and is silent."""
    from distributed.core import rpc  # noqa: PLC0415

    async with asyncio.timeout(DEADLINE), rpc(address, timeout=2 * DEADLINE) as asked:  # type: ignore[no-untyped-call]
        return str((await asked.identity())["type"])


def _submitted(client: Any, wanted: dict[str, str], work: tuple[Any, ...], **options: Any) -> Any:
    """Send a piece of work together with the proof that is asked before it."""
    given = {
        "proof": Path(proof.__file__).read_text(encoding="utf-8"),
        "wanted": wanted,
        "work": pickle.dumps(work),
    }
    return client.submit(eval, "exec(proof) or proved(wanted, work)", given, pure=False, **options)


def _require_workers(client: Any, address: str) -> None:
    """Raise unless workers are there, and each that is proves what it is."""
    try:
        client.wait_for_workers(1, timeout=DEADLINE)
    except TimeoutError:
        raise RunError(_no_worker(address)) from None
    wanted, until = identity(), time.monotonic() + DEADLINE
    proofs = {worker: _submitted(client, wanted, (bool,), workers=[worker]) for worker in client.nthreads()}
    for worker, each in proofs.items():
        with suppress(TimeoutError):  # it is busy, or gone: it proves what it is when it takes a task
            _require_proof(worker, each.result(timeout=max(until - time.monotonic(), 0.01))[0])


def _require_proof(worker: str, why: str) -> None:
    if why:
        raise RunError(
            f"the worker {worker} is not the same as this process, and might give other numbers: {why}. "
            "Install the same there."
        )


def _no_worker(address: str) -> str:
    return f"the Dask scheduler at {address!r} had no worker for {DEADLINE:g} seconds. Start one with: dask worker {address}."


def _result(client: Any, future: Any, address: str, stop: threading.Event | None) -> Any:
    """Wait for a replicate, as long as somebody works on it."""
    alone_since = None
    while True:
        if stop is not None and stop.is_set():
            raise Cancelled("the run was cancelled.")
        try:
            why, made, worker = future.result(timeout=_LOOK)
        except TimeoutError:
            if client.status != "running":
                raise RunError(_lost(address)) from None
            if _workers(client):
                alone_since = None
            elif alone_since is None:
                alone_since = time.monotonic()
            elif time.monotonic() - alone_since > DEADLINE:
                raise RunError(_no_worker(address)) from None
        except (Cancelled, RunError):
            raise
        except Exception as error:
            raise RunError(f"{_lost(address)} {type(error).__name__}: {error}") from error
        else:
            _require_proof(worker, why)
            return made


def _lost(address: str) -> str:
    return f"the Dask cluster at {address!r} was lost in the middle of the run."


def _workers(client: Any) -> int:
    return len(client.scheduler_info(n_workers=-1)["workers"])
