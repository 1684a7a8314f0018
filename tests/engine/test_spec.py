"""Networks that cannot be simulated as described are refused, in words that say what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lawqueue.engine.compile import compile_network
from lawqueue.engine.spec import (
    Delay,
    Edge,
    Fixed,
    Geometric,
    Hold,
    Network,
    Node,
    Pool,
    Router,
    Sink,
    Source,
    Station,
    Stock,
    route,
)
from lawqueue.engine.varying import by_tick, dated
from lawqueue.errors import SpecError

MIX = np.array([0.5, 0.5])
END = Sink("end")


def source(to: Any = "end", **changes: Any) -> Source:
    way = route(to) if isinstance(to, str | Edge) else to
    return Source("source", changes.pop("arrival_rate", 1.0), changes.pop("mix", MIX), way)


def network(*nodes: Node, **changes: Any) -> Network:
    return Network(2, changes.pop("horizon", 10), nodes, **changes)


def queue(name: str = "court", **changes: Any) -> Station:
    changes.setdefault("units_per_tick", 1.0)
    return Station(name, route("end"), **changes)


def hold(**changes: Any) -> Hold:
    changes.setdefault("overflow_to", route("end"))
    return Hold("beds", changes.pop("to", route("end")), changes.pop("stay", Fixed(1)), places=1.0, **changes)


def staffed(*pools: Pool) -> Network:
    return network(source("court"), queue(units_per_tick=None), END, pools=pools)


def stocked(node: str, cases: Any = MIX) -> Network:
    return network(source("court"), queue(), END, stocks=(Stock(node, np.asarray(cases)),))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: network(source("edn"), END), "sends cases to 'edn': no such node. Did you mean 'end'"),
        (lambda: network(source("source"), END), "sends cases to 'source': no such node"),
        (lambda: network(source(Edge("end", copy_to="gone")), END), "sends cases to 'gone'"),
        (lambda: network(source(), END, END), "two nodes are called 'end'"),
        (lambda: network(source(), END, horizon=0), "horizon must be at least 1 tick, got 0"),
        (lambda: network(source(), END, periods=(1,)), "periods must ascend from 0"),
        (lambda: network(source(), END, periods=(0, 5, 5)), "periods must ascend"),
        (lambda: network(source(), END, periods=(0, 10)), "start before the horizon"),
        (lambda: network(source(route()), END), "'source' has a route without an edge"),
        (
            lambda: network(source(route("end", Edge("end", 0.5, "late"))), END),
            "only the last edge may take the rest, not 'end'",
        ),
        (lambda: network(source(route(Edge("end", 0.5), "end")), END), "two edges share a label"),
        (
            lambda: network(source(Edge("end", relabel=np.zeros(3, np.int32))), END),
            "relabel needs one profile, from 0 to 1, for each profile",
        ),
        (lambda: network(source(route("end", pool="staff")), END), "no pool 'staff'"),
        (staffed, "needs either its own units_per_tick or a place in one pool"),
        (
            lambda: network(source(), queue(), END, pools=(Pool("p", 1.0, ("court",)),)),
            "needs either its own units_per_tick or a place in one pool",
        ),
        (
            lambda: staffed(Pool("p", 1.0, ("court",)), Pool("q", 1.0, ("court",))),
            "'court' stands in more than one pool",
        ),
        (lambda: staffed(Pool("p", 1.0, ("court", "end"))), "a pool staffs 'end', which is not a station"),
        (
            lambda: staffed(Pool("p", 1.0, ("court",), {"cort": 1.0})),
            "keeps up 'cort': no such node. Did you mean 'court'",
        ),
        (lambda: network(source(), queue(within="end"), END), "within 'end', which is not a hold"),
        (lambda: network(source(), hold(overflow_to=None), END), "overflow_to goes with divert and preempt"),
        (lambda: network(source(), hold(overflow="wait"), END), "and only with them"),
        (lambda: stocked("end"), "a stock lies at 'end', which is no station, hold or delay"),
        (lambda: stocked("court", [1.0]), "needs one number ≥ 0 for each of 2 profiles"),
        (lambda: stocked("court", [1.0, -1.0]), "needs one number ≥ 0"),
        (lambda: dated((1,), (0.0,)), "must ascend from 0"),
        (lambda: dated((0, 3, 3), (0.0, 1.0, 2.0)), "must ascend from 0"),
        (lambda: dated((0, 3), (0.0,)), "one value for each start, got 1 for 2"),
    ],
)
def test_a_network_that_does_not_fit_together_is_refused(make: Callable[[], object], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        make()


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (
            network(source(route(Edge("end", 0.7), Edge("end", 0.7, "late"), Edge("end", label="x"))), END),
            "shares must be at least 0 and sum to at most 1 at tick 0; got up to 1.4",
        ),
        (network(source(route(Edge("end", -0.1), Edge("end", label="x"))), END), "least -0.1"),
        (
            network(source(route(Edge("end", 0.5), Edge("end", 0.4, "x"))), END),
            "shares must sum to 1 at tick 0, got 0.9",
        ),
        (
            network(source(route(Edge("end", dated((0, 4), (0.5, 1.5))), Edge("end", label="x"))), END),
            "sum to at most 1 at tick 4",
        ),
        (
            network(source(route(Edge("end", np.zeros(3)), Edge("end", label="x"))), END),
            r"expected one number or 2, one for each profile; got shape \(3,\)",
        ),
        (network(source(mix=np.ones(3)), END), "the mix needs one share ≥ 0 for each of 2 profiles"),
        (network(source(mix=np.array([1.0, -1.0])), END), "the mix needs one share"),
        (network(source(mix=np.zeros(2)), END), "the mix needs one share"),
        (network(source(arrival_rate=-1.0), END), "arrival_rate of 'source': expected one number ≥ 0, or 10"),
        (network(source(arrival_rate=np.ones(9)), END), "one for each tick"),
        (network(source(arrival_rate=np.nan), END), "expected one number ≥ 0"),
        (network(source(), queue(priority=16.0), END), "priority classes run from 0 to 15, got 16"),
        (network(source(), queue(priority=np.array([0.0, -1.0])), END), "priority classes run from 0 to 15"),
        (network(source(), hold(stay=Fixed(0)), END), "a stay is at least 1 tick, got 0"),
        (
            network(source(), Delay("wait", route("end"), Geometric(0.5)), END),
            "mean of at least 1 tick, got 0.5",
        ),
        (network(source(), *(Sink(f"end {i}") for i in range(255)), END), "257 nodes are more than"),
        (
            network(*(Source(f"s{i}", 1.0, MIX, route("end")) for i in range(64)), END),
            "64 sources are more than",
        ),
    ],
)
def test_numbers_that_cannot_be_simulated_are_refused(made: Network, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        compile_network(made)


def test_too_many_profiles_are_refused() -> None:
    with pytest.raises(SpecError, match="2000000 profiles are more than"):
        compile_network(Network(2_000_000, 1, (END,)))


def test_the_share_of_an_only_edge_must_be_one() -> None:
    with pytest.raises(SpecError, match="shares must sum to 1"):
        compile_network(network(source(Edge("end", 0.3)), END))


def test_a_share_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(SpecError, match="shares"):
        compile_network(network(source(route(Edge("end", float("nan")), Edge("end", label="x"))), END))


def test_a_relabel_to_a_profile_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SpecError, match="relabel"):
        compile_network(network(source(Edge("end", relabel=np.array([0, 2], np.int32))), END))


@pytest.mark.parametrize("groups", [np.array([0, 1]), np.array([0])])
def test_groups_that_do_not_fit_are_refused(groups: Any) -> None:
    with pytest.raises(SpecError, match="group"):
        compile_network(network(source(), END, groups=groups))


@pytest.mark.parametrize(
    "nodes",
    [
        (Router("a", route("b")), Router("b", route("a"))),
        (hold(overflow_to=route("beds")),),
    ],
)
def test_a_cycle_in_which_no_time_passes_is_refused(nodes: tuple[Node, ...]) -> None:
    with pytest.raises(SpecError, match="no time"):
        compile_network(network(source(nodes[0].name), *nodes, END))


def test_a_node_is_found_by_name_and_the_nearest_name_is_offered() -> None:
    made = network(source(), END)
    assert made.node("end") is END
    with pytest.raises(SpecError, match="no node 'edn'. Did you mean 'end'"):
        made.node("edn")


def test_a_series_becomes_its_runs_of_equal_values() -> None:
    found = by_tick([1.0, 1.0, 2.0, 2.0, 1.0])
    assert found.starts == (0, 2, 4)
    assert [found.at(tick) for tick in range(5)] == [1.0, 1.0, 2.0, 2.0, 1.0]
