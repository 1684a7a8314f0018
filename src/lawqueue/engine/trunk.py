"""
One replicate that others branch off: what two worlds share is walked once.

A branch takes over the state of the trunk on the first tick on which its plan reads otherwise, so that every number
before it is the trunk's own, bit for bit, and every number after it is what a run from tick 0 would have given.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from lawqueue.engine.compile import Compiled
from lawqueue.engine.fork import first_difference
from lawqueue.engine.results import Replicate
from lawqueue.engine.run import Walk, key, with_arrivals


@dataclass(frozen=True)
class Branch:
    """
    A replicate of another plan.

    Parameters
    ----------
    parts
        First tick on which its plan reads otherwise than the trunk's; the horizon if it never does [tick].
    replicate
        What it counted, from tick 0.
    """

    parts: int
    replicate: Replicate


class Trunk:
    """
    A replicate of a plan, walked as far as its branches need it.

    Branches in the order of the ticks on which they part cost the least; any order gives the same bytes.

    Parameters
    ----------
    compiled
        The plan that others are compared with.
    seed, replicate
        As for a run of its own.
    keep
        States of the trunk that are kept for branches to come [1 or more].
    stop
        Set it to cancel.
    """

    def __init__(
        self,
        compiled: Compiled,
        seed: int,
        replicate: int,
        *,
        keep: int = 1,
        stop: threading.Event | None = None,
    ) -> None:
        self._plan = with_arrivals(compiled, seed, replicate)
        self._seed, self._number, self._keep, self._stop = seed, replicate, keep, stop
        self._key = key(seed, replicate)
        self._states: list[Walk] = []
        self._whole: Replicate | None = None

    def parts(self, compiled: Compiled) -> int:
        """Return the first tick on which a plan reads otherwise than the trunk; the horizon if it never does."""
        return first_difference(self._plan, with_arrivals(compiled, self._seed, self._number))

    def branch(self, compiled: Compiled) -> Branch:
        """
        Return a replicate of another plan.

        Raises
        ------
        Cancelled, RunError
            As a run of its own.
        """
        plan = with_arrivals(compiled, self._seed, self._number)
        parts = first_difference(self._plan, plan)
        if parts == plan.plan.horizon:
            return Branch(parts, self.whole())
        if parts == 0:
            return Branch(0, Walk.begin(plan, self._key).to_end(self._stop))
        return Branch(parts, self._at(parts).onto(plan).to_end(self._stop))

    def whole(self) -> Replicate:
        """Return the trunk's own replicate."""
        if self._whole is None:
            self._whole = self._from(self._states).to_end(self._stop)
        return self._whole

    def _at(self, tick: int) -> Walk:
        """Return the trunk's state before a tick, which nobody may walk on."""
        before = [each for each in self._states if each.tick <= tick]
        if before and before[-1].tick == tick:
            return before[-1]
        walk = self._from(before).to(tick, self._stop)
        self._states = sorted([*self._states, walk], key=lambda each: each.tick)[-self._keep :]
        return walk

    def _from(self, states: list[Walk]) -> Walk:
        """Return a walk from the last of some states of the trunk, or from the beginning."""
        return states[-1].onto(self._plan) if states else Walk.begin(self._plan, self._key)
