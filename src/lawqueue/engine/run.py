"""
Replicates of a compiled network: state in, counts out, on one thread or several.

A replicate is a pure function of the plan, the seed and its own number, so that any number of threads
or machines gives the same bytes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine import codes
from lawqueue.engine.cluster import replicates_on
from lawqueue.engine.compile import Compiled, compile_network
from lawqueue.engine.limits import LARGE, Limit, check_number
from lawqueue.engine.results import Replicate, Run
from lawqueue.engine.spec import Network, Source
from lawqueue.engine.varying import frozen
from lawqueue.errors import Cancelled, InputError, RunError, SpecError

if TYPE_CHECKING:
    from lawqueue.engine.record import Record

Made = TypeVar("Made")
CHUNK = 365
"""Ticks between two looks at whether the user has cancelled."""


class _State(NamedTuple):
    k0: int
    k1: int
    words: Any
    chain: Any
    register: Any
    head: Any
    tail: Any
    size: Any
    outbox: Any
    outbox_1: Any
    edges: Any
    draws: Any
    stack: Any
    found: Any
    found_1: Any
    these: Any
    these_1: Any
    now: Any
    lev: Any
    level_sum: Any
    level_end: Any
    passed: Any
    taken: Any
    taken_sum: Any
    admitted: Any
    waiting: Any
    part_case: Any
    part_word: Any
    part_left: Any
    work: Any
    squares: Any
    time_sum: Any
    pool_left: Any
    pool_upkeep: Any
    pool_idle: Any
    idle: Any
    wait_sum: Any
    wait_count: Any
    wait_histogram: Any
    age_histogram: Any


def _fresh(compiled: Compiled, key: tuple[int, int], n_blocks: int) -> _State:
    """Return an empty state; blocks that are never used cost no memory."""
    plan = compiled.plan
    nodes, edges, periods = len(compiled.nodes), len(compiled.edges), len(compiled.network.periods)
    bins = len(compiled.network.bins)
    pools, slots = plan.pool_units.shape[0], plan.places.shape[0]
    register = np.zeros(5, np.int64)
    register[codes.FREE] = -1

    def zeros(*shape: int) -> NDArray[np.int64]:
        return np.zeros(shape, np.int64)

    return _State(
        *key,
        words=np.empty(2 * codes.BLOCK * n_blocks, np.int64),
        chain=np.empty(n_blocks, np.int32),
        register=register,
        head=zeros(compiled.n_state_queues),
        tail=zeros(compiled.n_state_queues),
        size=zeros(compiled.n_state_queues),
        outbox=zeros(codes.BATCH),
        outbox_1=zeros(codes.BATCH),
        edges=zeros(codes.BATCH),
        draws=np.zeros(codes.BATCH),
        stack=zeros(codes.STACK, 4),
        found=zeros(codes.BATCH),
        found_1=zeros(codes.BATCH),
        these=zeros(codes.BATCH),
        these_1=zeros(codes.BATCH),
        now=zeros(plan.t_base.size),
        lev=zeros(nodes * plan.n_groups),
        level_sum=zeros(periods, nodes * plan.n_groups),
        level_end=zeros(periods, nodes * plan.n_groups),
        passed=zeros(periods, max(edges, 1) * plan.n_groups),
        taken=zeros(slots),
        taken_sum=zeros(periods, slots),
        admitted=zeros(periods, slots * plan.n_groups),
        waiting=zeros(nodes),
        part_case=np.full(nodes, -1),
        part_word=zeros(nodes),
        part_left=np.zeros(nodes),
        work=np.zeros((periods, nodes)),
        squares=np.zeros((periods, nodes)),
        time_sum=zeros(periods, nodes),
        pool_left=np.zeros(pools),
        pool_upkeep=np.zeros((periods, pools)),
        pool_idle=np.zeros((periods, pools)),
        idle=np.ones(pools),
        wait_sum=zeros(periods, max(plan.n_queues, 1)),
        wait_count=zeros(periods, max(plan.n_queues, 1)),
        wait_histogram=zeros(periods, max(plan.n_queues, 1), bins),
        age_histogram=zeros(periods, max(plan.n_queues, 1), bins),
    )


def _arrivals(compiled: Compiled, seed: int, replicate: int) -> NDArray[np.int64]:
    """Return arrivals of every source and tick, shape (n_sources, horizon)."""
    counts = np.zeros(compiled.arrival_means.shape, np.int64)
    sources = [each for each in compiled.network.nodes if isinstance(each, Source)]
    for row, source in enumerate(sources):
        means = compiled.arrival_means[row]
        if source.process == "even":
            counts[row] = np.diff(np.floor(np.concatenate([[0.0], np.cumsum(means)]) + 1e-9)).astype(np.int64)
        else:
            counts[row] = _drawn(seed, replicate, source.name, means.tobytes())
    return counts


@lru_cache(maxsize=256)
def _drawn(seed: int, replicate: int, source: str, means: bytes) -> NDArray[np.int64]:
    """Return the arrivals of a source by tick: once for all worlds of a draw in which as many are expected."""
    from lawqueue.engine import streams  # noqa: PLC0415  # compiled code is loaded only to simulate

    expected = np.frombuffer(means)
    return frozen(streams.poisson(expected, streams.uniforms(seed, replicate, source, expected.size)))


def with_arrivals(compiled: Compiled, seed: int, replicate: int) -> Compiled:
    """
    Return a compiled network with the arrivals of one replicate in its plan.

    Raises
    ------
    RunError
        If more cases come from one source on one tick than the kernel can name.
    """
    arrivals = _arrivals(compiled, seed, replicate)
    if arrivals.size and arrivals.max() >= 1 << codes.DAY_SHIFT:
        raise RunError(
            f"{arrivals.max()} cases of one source on one tick are more than {(1 << codes.DAY_SHIFT) - 1}."
        )
    return compiled._replace(plan=compiled.plan._replace(arrivals=arrivals))


@dataclass
class Walk:
    """
    A replicate under way.

    Parameters
    ----------
    compiled
        With the arrivals of the replicate, see `with_arrivals`.
    key
        The two words that make every draw.
    blocks
        Blocks of memory for records.
    state
        What the kernel reads and writes.
    level_start
        Cases at every node and group before the first tick.
    tick
        The tick that comes next.
    """

    compiled: Compiled
    key: tuple[int, int]
    blocks: int
    state: _State
    level_start: NDArray[np.int64]
    tick: int = 0

    @classmethod
    def begin(cls, compiled: Compiled, key: tuple[int, int], blocks: int = 0) -> Walk:
        """Return a walk that stands before tick 0, its stock settled."""
        from lawqueue.engine import kernel  # noqa: PLC0415  # compiled code is loaded only to simulate

        blocks = max(blocks, _blocks(compiled))
        state = _fresh(compiled, key, blocks)
        walk = cls(compiled, key, blocks, state, state.lev)
        kernel.settle_stock(*walk.records, compiled.stock)
        # Who is in a place at the start was let in before the run.
        for counted in (state.admitted, state.wait_count, state.wait_histogram, state.squares):
            counted[:] = 0
        walk.level_start = state.lev.copy()
        return walk

    @cached_property
    def records(self) -> tuple[Record, Record]:
        """Plan and state, as the kernel takes them."""
        from lawqueue.engine.record import Record  # noqa: PLC0415  # compiled code is loaded only to simulate

        return Record(self.compiled.plan), Record(self.state)

    def onto(self, compiled: Compiled) -> Walk:
        """Return a copy that goes on with another plan, which must read as this one does up to here."""
        blocks = max(self.blocks, _blocks(compiled))
        state = _fresh(compiled, self.key, blocks)
        for name, values in self.state._asdict().items():
            if name not in {"k0", "k1", "words", "chain", "now"}:
                np.copyto(getattr(state, name), values)
        # Records keep their addresses, so that tickets find them; what was never used need not be copied.
        used = int(self.state.register[codes.FRESH])
        state.words[: 2 * codes.BLOCK * used] = self.state.words[: 2 * codes.BLOCK * used]
        state.chain[:used] = self.state.chain[:used]
        return replace(self, compiled=compiled, blocks=blocks, state=state)

    def to(self, tick: int, stop: threading.Event | None = None) -> Walk:
        """
        Return the walk before a later tick; this one is used up.

        Raises
        ------
        Cancelled
            If `stop` is set meanwhile.
        RunError
            If memory does not suffice.
        """
        walk = self
        for _ in range(6):
            if not walk.exhausted(tick, stop):
                return walk
            # A branch begins anew as well: from tick 0 its own plan gives the same bytes.
            walk = Walk.begin(walk.compiled, walk.key, 2 * walk.blocks)
        cases = int(self.compiled.plan.arrivals.sum())
        raise RunError(f"{cases} cases did not fit in memory. Run at a smaller scale.")

    def exhausted(self, tick: int, stop: threading.Event | None) -> bool:
        """Walk on to a tick; return whether memory ran out, and the state is then worthless."""
        from lawqueue.engine import kernel  # noqa: PLC0415  # compiled code is loaded only to simulate

        while self.tick < tick:
            if stop is not None and stop.is_set():
                raise Cancelled("the run was cancelled.")
            last = min(self.tick + CHUNK, tick)
            if kernel.advance(*self.records, self.tick, last):
                return True
            self.tick = last
        return False

    def to_end(self, stop: threading.Event | None = None) -> Replicate:
        """Walk to the horizon; return what was counted. Raises what `to` raises, and RunError if mass is lost."""
        end = self.to(self.compiled.plan.horizon, stop)
        return _collect(end.compiled, end.level_start, end.state)


def _blocks(compiled: Compiled) -> int:
    """Return how many blocks the records of a replicate will hardly need more of."""
    cases = int(compiled.plan.arrivals.sum()) + compiled.stock.shape[0]
    return int(2 * cases // codes.BLOCK + 2 * compiled.n_state_queues + 1024)


def key(seed: int, replicate: int) -> tuple[int, int]:
    """Return the two words that make every draw of a replicate."""
    from lawqueue.engine import streams  # noqa: PLC0415  # compiled code is loaded only to simulate

    k0, k1 = streams.key(seed, replicate)
    return int(k0), int(k1)


def run_replicate(
    compiled: Compiled, seed: int, replicate: int, stop: threading.Event | None = None
) -> Replicate:
    """
    Simulate one replicate.

    Raises
    ------
    Cancelled
        If `stop` is set while it runs.
    RunError
        If mass is not conserved, which is a bug, or memory does not suffice.
    """
    return Walk.begin(with_arrivals(compiled, seed, replicate), key(seed, replicate)).to_end(stop)


def _collect(compiled: Compiled, start: NDArray[np.int64], state: _State) -> Replicate:
    plan = compiled.plan
    groups, periods = plan.n_groups, len(compiled.network.periods)
    shape = (periods, len(compiled.nodes), groups)
    replicate = Replicate(
        passed=state.passed.reshape(periods, -1, groups),
        level_sum=state.level_sum.reshape(shape),
        level_end=state.level_end.reshape(shape),
        level_start=start.reshape(shape[1:]),
        arrived=np.stack(
            [np.bincount(plan.period_of, row, minlength=periods).astype(np.int64) for row in plan.arrivals]
            or [np.zeros(periods, np.int64)]
        ),
        taken_sum=state.taken_sum,
        admitted=state.admitted.reshape(periods, -1, groups),
        work=state.work,
        squares=state.squares,
        time_sum=state.time_sum,
        pool_upkeep=state.pool_upkeep,
        pool_idle=state.pool_idle,
        wait_sum=state.wait_sum,
        wait_count=state.wait_count,
        wait_histogram=state.wait_histogram,
        age_histogram=state.age_histogram,
    )
    _assert_mass_balance(compiled, replicate)
    return replicate


def _assert_mass_balance(compiled: Compiled, replicate: Replicate) -> None:
    """Every case that came to a node has left it or is still there."""
    plan = compiled.plan
    passed = replicate.passed.sum(axis=(0, 2))
    into = np.bincount(plan.e_target, passed, minlength=len(compiled.nodes))
    copied = plan.e_copy >= 0
    into += np.bincount(plan.e_copy[copied], passed[copied], minlength=len(compiled.nodes))
    into[plan.s_node] += replicate.arrived.sum(axis=1)[: plan.s_node.size]
    number = {name: i for i, name in enumerate(compiled.nodes)}
    out = np.zeros(len(compiled.nodes))
    for edge, name in enumerate(compiled.edges):
        # The way round a full hold is an edge of the hold, and so is the way out: both leave it.
        out[number[name.node]] += passed[edge]
    start, end = replicate.level_start.sum(axis=1), replicate.level_end[-1].sum(axis=1)
    ends = plan.kind == codes.SINK
    wrong = np.flatnonzero((np.abs(start + into - out - end) > 0.5) & ~ends)
    if wrong.size:
        where = compiled.nodes[int(wrong[0])]
        raise RunError(f"mass is not conserved at node {where!r}: this is a bug in the engine.")


def replicates(
    compiled: Compiled,
    seed: int,
    count: int,
    threads: int = 1,
    stop: threading.Event | None = None,
    cluster: str | None = None,
) -> Iterator[Replicate]:
    """Yield `count` replicates in order, made on `threads` threads, or on the workers of a Dask cluster."""
    if cluster is not None:
        yield from replicates_on(cluster, run_replicate, [compiled] * count, seed, stop)
    else:
        yield from in_order(lambda each: run_replicate(compiled, seed, each, stop), count, threads)


def in_order(work: Callable[[int], Made], count: int, threads: int) -> Iterator[Made]:
    """Yield what `work` makes of 0, 1, … `count` - 1, in order, made on `threads` threads, at most one for each of them."""
    if threads < 1:
        raise InputError(f"threads: must be at least 1, got {threads}.")
    if threads == 1:
        yield from map(work, range(count))
        return
    from joblib import Parallel, delayed  # type: ignore[import-untyped]  # noqa: PLC0415  # one thread needs none

    work_each = (delayed(work)(each) for each in range(count))
    yield from Parallel(n_jobs=min(threads, max(count, 1)), backend="threading", return_as="generator")(
        work_each
    )


def check_how(seed: int, replicates_wanted: int, scale: float, threads: int) -> None:
    """Refuse a way to run that cannot be what it says."""
    check_number("seed", seed, Limit(0, np.inf, whole=True))
    check_number("replicates_wanted", replicates_wanted, Limit(1, LARGE, whole=True))
    check_number("threads", threads, Limit(1, LARGE, whole=True))
    if not 0 < scale <= 1:
        raise SpecError(f"scale: expected a number above 0 and at most 1, got {scale!r}.")


def simulate(
    network: Network,
    *,
    seed: int,
    replicates_wanted: int = 1,
    scale: float = 1.0,
    threads: int = 1,
    cluster: str | None = None,
    stop: threading.Event | None = None,
    progress: Callable[[], None] | None = None,
) -> Run:
    """
    Simulate a network.

    Parameters
    ----------
    network
        What to simulate.
    seed
        Any integer ≥ 0. Two networks with the same seed meet the same draws, case by case.
    replicates_wanted
        How many independent runs.
    scale
        Share of the cases to simulate [/1]; results are given back at full size.
    threads
        Replicates that run at the same time.
    cluster
        Address of a Dask scheduler whose workers make the replicates instead.
    stop
        Set it to cancel.
    progress
        Called after each replicate.

    Returns
    -------
    Run
        Counts, levels, waits and work by replicate and period.
    """
    check_how(seed, replicates_wanted, scale, threads)
    compiled = compile_network(network, scale)
    done = []
    for each in replicates(compiled, seed, replicates_wanted, threads, stop, cluster):
        done.append(each)
        if progress is not None:
            progress()
    return Run(compiled, tuple(done))
