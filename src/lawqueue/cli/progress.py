"""
Progress on standard error: how many runs are to be made, and the time left.

On a terminal it is a bar; elsewhere a plain line now and then, so that a log can be read.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from lawqueue.numbers import time_left
from lawqueue.terminal import bare
from lawqueue.units import written

EVERY = 10.0
"""Seconds between two plain lines."""


class Bar:
    """Progress that nobody sees; what is seen extends it."""

    def start(self, total: int, about: str = "runs") -> None:
        """Say how many runs are made, and begin to count them."""

    def expect(self, total: int, about: str) -> None:
        """Say how many runs there are after all, those that were made included."""

    def step(self) -> None:
        """Count one more; threads of a run call it."""

    def say(self, what: str) -> None:
        """Say what is done now, once the runs are made."""


def _counted(total: int, about: str) -> str:
    """Return how many there are of what is named as many."""
    what, *more = about.split(" ", 1)
    return " ".join((written(total, what.removesuffix("s")), *more))


class _Lines(Bar):
    """Plain lines."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done, self._total = 0, 0
        self._begun = self._told = monotonic()

    def start(self, total: int, about: str = "runs") -> None:
        self._begun = self._told = monotonic()
        self.expect(total, about)

    def expect(self, total: int, about: str) -> None:
        self._total = total
        self.say(_counted(total, about))

    def step(self) -> None:
        with self._lock:
            self._done += 1
            now = monotonic()
            if self._done == 1:  # it holds what happens once, as compilation: it says nothing of the others
                self._begun = now
            if now - self._told < EVERY or self._done >= self._total:
                return
            self._told = now
            left = ""
            if self._done > 1:
                rest = time_left(self._done - 1, self._total - 1, now - self._begun)
                left = f", about {rest} left"
            self.say(f"{self._done:,} of {self._total:,} made{left}")

    def say(self, what: str) -> None:
        typer.echo(what, err=True)


class _Drawn(Bar):
    """A bar on a terminal."""

    def __init__(self, drawn: Progress) -> None:
        self._drawn, self._task = drawn, TaskID(0)

    def start(self, total: int, about: str = "runs") -> None:
        self._task = self._drawn.add_task("simulating", total=total)
        self.expect(total, about)

    def expect(self, total: int, about: str) -> None:
        self._drawn.update(self._task, total=total)
        self._drawn.console.print(_counted(total, about), highlight=False, markup=False)

    def step(self) -> None:
        self._drawn.advance(self._task)

    def say(self, what: str) -> None:
        self._drawn.update(self._task, description=what)


@contextmanager
def progress(quiet: bool) -> Iterator[Bar]:
    """Show progress while something is done."""
    if quiet:
        yield Bar()
        return
    stream = bare(sys.stderr)
    if not stream.isatty():
        yield _Lines()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(file=stream)) as drawn:
        yield _Drawn(drawn)


def say(quiet: bool) -> Callable[[str], None]:
    """Return what tells of progress on standard error, a line each, or tells nothing."""
    return lambda line: None if quiet else typer.echo(line, err=True)
