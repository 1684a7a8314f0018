"""
One replicate that others branch off: what two worlds share is walked once.

A branch takes over the state of the trunk on the first tick on which its plan reads otherwise, so that every number
before it is the trunk's own, bit for bit, and every number after it is what a run from tick 0 would have given.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from lawqueue.engine.cluster import replicates_on
from lawqueue.engine.compile import Compiled, compile_network
from lawqueue.engine.fork import first_difference
from lawqueue.engine.results import Replicate, Run
from lawqueue.engine.run import Walk, check_how, in_order, key, with_arrivals
from lawqueue.engine.spec import Network

Made = TypeVar("Made")
Plans: TypeAlias = tuple[Compiled, tuple[Compiled, ...]]
"""A trunk, and the plans that are wanted."""


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
    """

    def __init__(
        self,
        compiled: Compiled,
        seed: int,
        replicate: int,
        *,
        keep: int = 1,
    ) -> None:
        self.compiled = compiled
        self._plan = with_arrivals(compiled, seed, replicate)
        self._seed, self._number, self._keep = seed, replicate, keep
        self._key = key(seed, replicate)
        self._states: list[Walk] = []
        self._whole: Replicate | None = None

    def parts(self, compiled: Compiled) -> int:
        """Return the first tick on which a plan reads otherwise than the trunk; the horizon if it never does."""
        return self._compared(compiled)[0]

    def branch(self, compiled: Compiled, stop: threading.Event | None = None) -> Branch:
        """
        Return a replicate of another plan.

        Raises
        ------
        Cancelled, RunError
            As a run of its own.
        """
        return self._branched(*self._compared(compiled), stop)

    def branches(
        self, plans: Sequence[Compiled], stop: threading.Event | None = None
    ) -> Iterator[tuple[int, Branch]]:
        """Yield a replicate of each plan, with its place, in the order in which they part."""
        compared = [self._compared(each) for each in plans]
        for place in sorted(range(len(plans)), key=lambda place: compared[place][0]):
            yield place, self._branched(*compared[place], stop)

    def _compared(self, compiled: Compiled) -> tuple[int, Compiled]:
        """Return the tick on which a plan parts, and the plan with its arrivals."""
        plan = with_arrivals(compiled, self._seed, self._number)
        return first_difference(self._plan, plan), plan

    def _branched(self, parts: int, plan: Compiled, stop: threading.Event | None) -> Branch:
        if parts == plan.plan.horizon:
            return Branch(parts, self.whole(stop))
        if parts == 0:
            return Branch(0, Walk.begin(plan, self._key).to_end(stop))
        return Branch(parts, self._at(parts, stop).onto(plan).to_end(stop))

    def whole(self, stop: threading.Event | None = None) -> Replicate:
        """Return the trunk's own replicate."""
        if self._whole is None:
            self._whole = self._from(self._states).to_end(stop)
        return self._whole

    def _at(self, tick: int, stop: threading.Event | None) -> Walk:
        """Return the trunk's state before a tick, which nobody may walk on."""
        before = [each for each in self._states if each.tick <= tick]
        if before and before[-1].tick == tick:
            return before[-1]
        walk = self._from(before).to(tick, stop)
        self._states = sorted([*self._states, walk], key=lambda each: each.tick)[-self._keep :]
        return walk

    def _from(self, states: list[Walk]) -> Walk:
        """Return a walk from the last of some states of the trunk, or from the beginning."""
        return states[-1].onto(self._plan) if states else Walk.begin(self._plan, self._key)


def simulate_family(
    build: Callable[[int], tuple[Network, Sequence[Network]]],
    read: Callable[[int, int, Run, int], Made],
    *,
    seed: int,
    replicates_wanted: int,
    scale: float = 1.0,
    threads: int = 1,
    cluster: str | None = None,
    stop: threading.Event | None = None,
    progress: Callable[[], None] | None = None,
    trunk_of: Callable[[Network, int], Trunk] | None = None,
) -> list[list[Made]]:
    """
    Simulate networks that are one world until they part, replicate by replicate, and read each run at once.

    Parameters
    ----------
    build
        Takes the number of a replicate and gives the trunk, and the networks that are wanted, itself among them
        or not; called on the threads of the run.
    read
        Takes the number of a replicate, the place of a network, its run, and the first tick on which it parts from
        the trunk, and gives what is kept of it.
    seed, replicates_wanted, scale, threads, cluster, stop
        As for `simulate`; a task of a thread or of a cluster is a replicate with all its networks.
    progress
        Called after each run.
    trunk_of
        Gives the trunk of a network and a replicate, if it is to be kept for later.

    Returns
    -------
    list
        What `read` gave, for each replicate and in it for each network. It is made of the bytes of runs of their own.
    """
    check_how(seed, replicates_wanted, scale, threads)
    # What is not compiled runs on one thread at a time. Threads take turns for a step, not for every array in it.
    turn = threading.Lock()

    def trunk_and_plans(number: int) -> tuple[Trunk, tuple[Compiled, ...]]:
        network, wanted = build(number)
        if trunk_of is None:
            trunk = Trunk(compile_network(network, scale), seed, number)
        else:
            trunk = trunk_of(network, number)
        first = trunk.compiled
        return trunk, tuple(first if each is network else compile_network(each, scale) for each in wanted)

    def kept(number: int, given: Sequence[Compiled], found: Iterator[tuple[int, Branch]]) -> list[Made]:
        made = {}
        for place, branch in found:
            with turn:
                made[place] = read(number, place, Run(given[place], (branch.replicate,)), branch.parts)
            if progress is not None:
                progress()
        return [made[place] for place in range(len(given))]

    def here(number: int) -> list[Made]:
        with turn:
            trunk, wanted = trunk_and_plans(number)
        return kept(number, wanted, trunk.branches(wanted, stop))

    if cluster is None:
        return list(in_order(here, replicates_wanted, threads))
    pairs = (trunk_and_plans(number) for number in range(replicates_wanted))
    every: list[Plans] = [(trunk.compiled, wanted) for trunk, wanted in pairs]
    there = replicates_on(cluster, branched, every, seed, stop)
    return [kept(number, every[number][1], iter(found)) for number, found in enumerate(there)]


def branched(plans: Plans, seed: int, replicate: int) -> list[tuple[int, Branch]]:
    """Return a replicate of each wanted plan: what a worker of a cluster does."""
    return list(Trunk(plans[0], seed, replicate).branches(plans[1]))
