"""The desk: one run at a time, the others in a line that everybody sees."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from lawqueue.errors import Cancelled

ResultT = TypeVar("ResultT")


class Job:
    """
    One run that was asked for.

    Parameters
    ----------
    total
        Replicates that it makes, of all its scenarios.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.done = 0
        self.stop = threading.Event()
        self.turn = asyncio.Event()
        self._count = threading.Lock()

    def step(self) -> None:
        """Count one replicate; threads of a run call it."""
        with self._count:
            self.done += 1

    def cancel(self) -> None:
        """Stop the run, or leave the line; called from the event loop."""
        self.stop.set()
        self.turn.set()


class Desk:
    """
    A line of jobs, of which the first one runs.

    It belongs to one event loop; only the work itself is done in a thread.
    """

    def __init__(self) -> None:
        self._line: list[Job] = []

    def __len__(self) -> int:
        return len(self._line)

    def place(self, job: Job) -> int | None:
        """Return 0 for the job that runs, 1 for the next one; None if it is not in the line."""
        return self._line.index(job) if job in self._line else None

    async def run(self, job: Job, work: Callable[[], ResultT]) -> ResultT:
        """
        Wait for the job's turn, and do its work in a thread.

        Cores are given to the next job only once the thread has ended.

        Parameters
        ----------
        job
            Its place in the line and its stop.
        work
            Looks at `job.stop` and ends soon after it is set.

        Raises
        ------
        Cancelled
            If the job was cancelled before its turn or during its work.
        """
        self._line.append(job)
        if self._line[0] is job:
            job.turn.set()
        try:
            await job.turn.wait()
            if job.stop.is_set():
                raise Cancelled
            thread = asyncio.ensure_future(asyncio.to_thread(work))
            try:
                return await asyncio.shield(thread)
            except asyncio.CancelledError:
                job.stop.set()
                while not thread.done():  # however often it is cancelled
                    with suppress(asyncio.CancelledError):
                        await asyncio.wait([thread])
                if not thread.cancelled():
                    thread.exception()  # it is looked at, so that nobody is told of it
                raise
        finally:
            self._line.remove(job)
            if self._line:
                self._line[0].turn.set()
