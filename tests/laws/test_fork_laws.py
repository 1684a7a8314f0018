"""Laws of branches: two networks that differ from some tick on share every number before it, and none is lost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lawqueue.engine import fork
from lawqueue.engine.compile import Plan, compile_network
from lawqueue.engine.run import run_replicate
from lawqueue.engine.spec import Delay, Geometric, Hold, Network, Node, Source, Station, StayChoice
from lawqueue.engine.trunk import Trunk
from lawqueue.engine.varying import Varying, dated, varying

# Test modules are imported without their folder (importmode=importlib).
sys.path.insert(0, str(Path(__file__).parent))
from test_engine_laws import assert_same, networks, seeds

sys.path.pop(0)


def by_tick(value: Any, horizon: int, tick: int, later: float) -> Any:
    """Return a series that is `later` from a tick on."""
    series = np.broadcast_to(np.asarray(value, float), (horizon,)).copy()
    series[tick:] = later
    return series


def by_table(value: Any, tick: int, later: Any) -> Varying:
    """Return a varying value that is `later` from a tick on."""
    before = varying(value)
    kept = [start for start in before.starts if start < tick]
    return dated((*kept, tick), [*(before.at(start) for start in kept), later])


def other_stay(stay: Any, tick: int) -> StayChoice:
    """Return a stay that is a longer one from a tick on, put in front so that every number of a stay shifts."""
    options, which = (stay.options, stay.which) if isinstance(stay, StayChoice) else ((stay,), 0.0)
    return StayChoice((Geometric(9.0), *options), by_table(varying(which) + 1.0, tick, 0.0))


def reforms(node: Node, horizon: int, tick: int) -> list[Callable[[], Node]]:
    """Return the ways in which a node can be changed from a tick on."""
    if isinstance(node, Source):
        return [
            lambda: replace(node, arrival_rate=by_tick(node.arrival_rate, horizon, tick, 2.0)),
            lambda: replace(node, mix=by_table(node.mix, tick, _reversed(node.mix))),
        ]
    if isinstance(node, Station):
        found: list[Callable[[], Node]] = [
            lambda: replace(node, units=by_table(node.units, tick, 1.5)),
            lambda: replace(node, priority=by_table(node.priority, tick, 1.0)),
        ]
        if node.units_per_tick is not None:
            found.append(
                lambda: replace(node, units_per_tick=by_tick(node.units_per_tick, horizon, tick, 2.0))
            )
        return found[1:] if node.renege is not None else found
    if isinstance(node, Hold):
        longer: list[Callable[[], Node]] = [lambda: replace(node, stay=other_stay(node.stay, tick))]
        # Unlimited places are no number: they would part from the start.
        fewer = lambda: replace(node, places=by_tick(node.places, horizon, tick, 2.0))  # noqa: E731  # as the others
        return longer if node.places is None else [*longer, fewer]
    if isinstance(node, Delay):
        return [lambda: replace(node, stay=other_stay(node.stay, tick))]
    return []


def _reversed(mix: Any) -> Any:
    last = varying(mix)
    return np.asarray(last.at(last.starts[-1]))[::-1].copy()


@st.composite
def pairs(draw: Any) -> tuple[Network, Network, int]:
    """A network, the same changed from some tick on, and that tick."""
    network = draw(networks())
    tick = draw(st.integers(0, network.horizon - 1))
    nodes = list(network.nodes)
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(nodes) - 1))
        ways = reforms(nodes[place], network.horizon, tick)
        if ways:
            nodes[place] = draw(st.sampled_from(ways))()
    pools = network.pools
    if pools and draw(st.booleans()):
        pools = tuple(
            replace(each, units_per_tick=by_tick(each.units_per_tick, network.horizon, tick, 5.0))
            for each in pools
        )
    return network, replace(network, nodes=tuple(nodes), pools=pools), tick


@settings(deadline=None, derandomize=True, max_examples=120)
@given(pairs(), seeds, st.booleans())
def test_a_branch_counts_what_a_run_of_its_own_counts(
    pair: tuple[Network, Network, int], seed: int, backwards: bool
) -> None:
    one, other = (compile_network(each) for each in (pair[:2] if not backwards else pair[1::-1]))
    trunk = Trunk(one, seed, 1)
    branch = trunk.branch(other)
    assert_same(branch.replicate, run_replicate(other, seed, 1))
    assert_same(trunk.whole(), run_replicate(one, seed, 1))
    for name, values in vars(branch.replicate).items():
        # A period is a tick here: before the worlds part, every count of a period is the same.
        if branch.parts and name not in {"level_start", "arrived"}:
            np.testing.assert_array_equal(
                values[: branch.parts], getattr(trunk.whole(), name)[: branch.parts]
            )


@settings(deadline=None, derandomize=True, max_examples=80)
@given(pairs(), seeds)
def test_worlds_part_not_before_the_first_change_unless_they_differ_in_kind(
    pair: tuple[Network, Network, int], seed: int
) -> None:
    one, other, tick = compile_network(pair[0]), compile_network(pair[1]), pair[2]
    parts = Trunk(one, seed, 0).parts(other)
    alike = np.array_equal(one.plan.n_classes, other.plan.n_classes)
    assert parts >= tick or (parts == 0 and not alike), (parts, tick)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(networks(), seeds)
def test_a_network_never_parts_from_itself(network: Network, seed: int) -> None:
    trunk = Trunk(compile_network(network), seed, 0)
    assert trunk.parts(compile_network(network)) == network.horizon


@settings(deadline=None, derandomize=True, max_examples=40)
@given(pairs(), seeds, st.integers(1, 3))
def test_branches_come_in_any_order_and_however_many_states_are_kept(
    pair: tuple[Network, Network, int], seed: int, keep: int
) -> None:
    one, other = compile_network(pair[0]), compile_network(pair[1])
    trunk = Trunk(one, seed, 0, keep=keep)
    first, again = trunk.branch(other), trunk.branch(one)
    assert_same(again.replicate, trunk.whole())
    assert_same(trunk.branch(other).replicate, first.replicate)


def test_every_field_of_a_plan_is_compared_in_one_way() -> None:
    lists = (fork.FIXED, fork.BY_TICK, fork.LOOKED_UP)
    assert sorted(name for each in lists for name in each) == sorted(Plan._fields)
