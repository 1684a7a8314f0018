"""The desk: one job at a time, the others in a line that everybody sees and in which sessions take turns."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import zip_longest
from time import monotonic
from typing import Final, TypeVar

from lawqueue.errors import Cancelled, LawqueueError
from lawqueue.numbers import time_left

ResultT = TypeVar("ResultT")

MOST_WAITING: Final = 16
"""Most jobs of one owner that wait at a desk."""


class Busy(LawqueueError):
    """More is asked for at once than is taken."""


class Job:
    """
    One piece of work that was asked for.

    Parameters
    ----------
    total
        Replicates that it makes, of all its scenarios.
    owner
        The session that asks; owners take turns. A job without one is an owner by itself.
    """

    def __init__(self, total: int, owner: object = None) -> None:
        self.total = total
        self.owner = self if owner is None else owner
        self.done = 0
        self._begun: float | None = None
        self.stop = threading.Event()
        self.turn = asyncio.Event()
        self._count = threading.Lock()

    def begin(self) -> None:
        """Note that its turn has come."""
        self._begun = monotonic()
        self.turn.set()

    @property
    def left(self) -> str:
        """About how long it still takes, in words; empty while that is not known."""
        if self._begun is None or not 0 < self.done < self.total:
            return ""
        return time_left(self.done, self.total, monotonic() - self._begun)

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
    A line of jobs, of which one is worked on.

    The owner whose turn was longest ago comes next, with the first of its own jobs: who asks for much waits longer,
    and nobody else does. It belongs to one event loop; only the work itself is done in a thread.
    """

    def __init__(self) -> None:
        self._at_work: Job | None = None
        self._waiting: dict[object, list[Job]] = {}

    def __len__(self) -> int:
        return len(self._line())

    def _line(self) -> list[Job]:
        """Return the jobs in the order in which they are worked on if nobody else comes."""
        rounds = zip_longest(*self._waiting.values())
        waiting = [job for each in rounds for job in each if job is not None]
        return waiting if self._at_work is None else [self._at_work, *waiting]

    def place(self, job: Job) -> int | None:
        """Return 0 for the job that is worked on, 1 for the next one; None if it is not in the line."""
        line = self._line()
        return line.index(job) if job in line else None

    async def run(self, job: Job, work: Callable[[], ResultT]) -> ResultT:
        """
        Wait for the job's turn, and do its work in a thread.

        Cores are given to the next job only once the thread has ended.

        Parameters
        ----------
        job
            Its place in the line and its stop.
        work
            Looks at `job.stop` and ends soon after it is set, or is short.

        Raises
        ------
        Cancelled
            If the job was cancelled before its turn or during its work.
        Busy
            If its owner has `MOST_WAITING` jobs in the line already.
        """
        own = self._waiting.get(job.owner, [])
        if len(own) >= MOST_WAITING:
            raise Busy("too much is asked for at once. Wait for the answers, and ask again.")
        self._waiting[job.owner] = [*own, job]
        if self._at_work is not None and self._at_work.owner in self._waiting:  # it has had its turn
            self._waiting[self._at_work.owner] = self._waiting.pop(self._at_work.owner)
        self._call()
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
            if self._at_work is job:
                self._at_work = None
            else:
                self._take(job)
            self._call()

    def _call(self) -> None:
        """Give its turn to the next job, if none is worked on."""
        if self._at_work is None and self._waiting:
            self._at_work = self._line()[0]
            self._take(self._at_work)
            self._at_work.begin()

    def _take(self, job: Job) -> None:
        """Take a job out of those that wait; its owner's others come behind everybody else's."""
        rest = [each for each in self._waiting.pop(job.owner) if each is not job]
        if rest:
            self._waiting[job.owner] = rest
