"""Networks that cannot be simulated as described are refused, in words that say what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from lawqueue.engine import spec
from lawqueue.engine.compile import compile_network
from lawqueue.engine.limits import LIMITS
from lawqueue.engine.run import simulate
from lawqueue.engine.spec import (
    Delay,
    Edge,
    Fixed,
    Geometric,
    Hold,
    Network,
    Node,
    Pool,
    Quantiles,
    Renege,
    Router,
    Sink,
    Source,
    Station,
    StayChoice,
    Stock,
    route,
)
from lawqueue.engine.trunk import simulate_family
from lawqueue.engine.varying import Varying, by_tick, dated
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
        (lambda: network(source(), END, horizon=0), "the network, horizon: expected a whole number from 1"),
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
        (lambda: network(source(), hold(overflow_to=None), END), "divert and preempt need overflow_to"),
        (lambda: network(source(), hold(overflow="wait"), END), "overflow_to and queue_limit go together"),
        (lambda: network(source(), queue(queue_limit=3), END), "overflow_to and queue_limit go together"),
        (lambda: network(source(), hold(queue_limit=3), END), "nobody waits there"),
        (lambda: network(source(), hold(renege=Renege(Fixed(3), route("end"))), END), "nobody waits there"),
        (lambda: stocked("end"), "a stock lies at 'end', which is no station, hold or delay"),
        (lambda: stocked("court", [1.0]), "needs one number for each of 2 profiles"),
        (
            lambda: stocked("court", [1.0, -1.0]),
            "stock at 'court', cases: expected a number from 0 .* got -1",
        ),
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
            lambda: network(
                source(route(Edge("end", 0.7), Edge("end", 0.7, "late"), Edge("end", label="x"))), END
            ),
            "shares must be at least 0 and sum to at most 1 at tick 0; got up to 1.4",
        ),
        (
            lambda: network(source(route(Edge("end", -0.1), Edge("end", label="x"))), END),
            "source 'source', to.*share: expected a number from 0 to 1, got -0.1",
        ),
        (
            lambda: network(source(route(Edge("end", 0.5), Edge("end", 0.4, "x"))), END),
            "shares must sum to 1 at tick 0, got 0.9",
        ),
        (
            lambda: network(
                source(route(Edge("end", dated((0, 4), (0.5, 1.5))), Edge("end", label="x"))), END
            ),
            "share: expected a number from 0 to 1, got 1.5",
        ),
        (
            lambda: network(source(route(Edge("end", np.zeros(3)), Edge("end", label="x"))), END),
            r"expected one number or 2, one for each profile; got shape \(3,\)",
        ),
        (lambda: network(source(mix=np.ones(3)), END), "the mix needs one share ≥ 0 for each of 2 profiles"),
        (lambda: network(source(mix=np.array([1.0, -1.0])), END), "mix: expected a number from 0"),
        (lambda: network(source(mix=np.zeros(2)), END), "the mix needs one share"),
        (
            lambda: network(source(arrival_rate=-1.0), END),
            "'source', arrival_rate: expected a number from 0 .* got -1",
        ),
        (lambda: network(source(arrival_rate=np.ones(9)), END), "one for each tick"),
        (
            lambda: network(source(arrival_rate=np.nan), END),
            "arrival_rate: expected a number from 0 .* got nan",
        ),
        (
            lambda: network(source(), queue(priority=16.0), END),
            "'court', priority: expected a whole number from 0 to 15, got 16",
        ),
        (
            lambda: network(source(), queue(priority=np.array([0.0, -1.0])), END),
            "whole number from 0 to 15, got -1",
        ),
        (
            lambda: network(source(), hold(stay=Fixed(0)), END),
            "'beds', stay.ticks: expected a whole number from 1 .* got 0",
        ),
        (
            lambda: network(source(), Delay("wait", route("end"), Geometric(0.5)), END),
            "'wait', stay.mean: expected a number from 1 .* got 0.5",
        ),
        (lambda: network(source(), *(Sink(f"end {i}") for i in range(255)), END), "257 nodes are more than"),
        (
            lambda: network(*(Source(f"s{i}", 1.0, MIX, route("end")) for i in range(64)), END),
            "64 sources are more than",
        ),
    ],
)
def test_numbers_that_cannot_be_simulated_are_refused(made: Callable[[], Network], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        compile_network(made())


# --- one guard for every number ---

COURT = Station(
    "court",
    route("beds"),
    units_per_tick=1.0,
    units=1.0,
    priority=0.0,
    renege=Renege(StayChoice((Fixed(3), Geometric(4.0)), 0.0), route("end")),
    queue_limit=5,
    overflow_to=route("end"),
)
WHOLE = Network(
    2,
    10,
    (
        Source("source", 1.0, MIX, route(Edge("court", 0.5), Edge("away", label="rest"))),
        COURT,
        Station("desk", route(Edge("end", 0.5, idle_share=0.5), Edge("end", label="rest"), pool="staff")),
        Hold(
            "beds",
            route("end"),
            Quantiles((1.0, 2.0)),
            3.0,
            0.0,
            "wait",
            route("end"),
            Renege(Geometric(2.0), route("end")),
            4,
        ),
        Delay("away", route(Edge("desk", relabel=np.array([1, 0], np.int32))), Fixed(3)),
        END,
    ),
    pools=(Pool("staff", 1.0, ("desk",), {"beds": 0.1}),),
    stocks=(Stock("court", MIX, (0.0, 3.0)),),
    periods=(0, 5),
    groups=np.array([0, 1]),
    group_names=("a", "b"),
    bins=(0, 1, 2),
)
NUMERIC = ("float", "int", "Floats", "Ints", "NDArray", "Quantity", "Starts")


def described() -> list[type]:
    """Return every dataclass of the module that describes networks."""
    found = [
        each
        for each in vars(spec).values()
        if isinstance(each, type) and is_dataclass(each) and each.__module__ == spec.__name__
    ]
    return [*found, Varying]


def numeric_fields() -> list[tuple[str, str]]:
    """Return every field that holds numbers, by what its annotation says."""
    return [
        (each.__name__, one.name)
        for each in described()
        for one in fields(each)
        if any(word in re.findall(r"\w+", str(one.type)) for word in NUMERIC) and one.name != "numbers"
    ]


def with_number(made: Any, kind: str, name: str, number: float) -> Any:
    """Return a description in which each field `name` of each `kind` holds a number, alone, in an array, dated."""
    if isinstance(made, tuple):
        return tuple(with_number(each, kind, name, number) for each in made)
    if not is_dataclass(made):
        return made
    changed = {one.name: with_number(getattr(made, one.name), kind, name, number) for one in fields(made)}
    if type(made).__name__ == kind:
        now = getattr(made, name)
        if isinstance(now, np.ndarray):
            changed[name] = np.concatenate([now[:-1].astype(float), [number]])
        elif isinstance(now, tuple):
            changed[name] = (*now[:-1], number)
        elif isinstance(now, dict):
            changed[name] = dict.fromkeys(now, number)
        elif now is not None:
            changed[name] = number
    return type(made)(**changed)


def test_every_numeric_field_of_a_description_has_its_limits() -> None:
    assert set(numeric_fields()) == set(LIMITS)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -1.0, 1e300, 2.0**63])
@pytest.mark.parametrize(
    ("kind", "name"), [each for each in numeric_fields() if each != ("Varying", "starts")], ids="-".join
)
def test_a_number_that_is_none_is_refused_with_its_place(kind: str, name: str, number: float) -> None:
    with pytest.raises(SpecError, match=rf"{name}.*expected a .*number from .*got {re.escape(repr(number))}"):
        with_number(WHOLE, kind, name, number)


@pytest.mark.parametrize(
    ("kind", "name"),
    [each for each, limit in LIMITS.items() if limit.whole and each[0] != "Varying"],
    ids="-".join,
)
def test_a_part_of_a_tick_or_of_a_case_is_refused_where_they_are_counted(kind: str, name: str) -> None:
    with pytest.raises(SpecError, match=rf"{name}.*expected a whole number"):
        with_number(WHOLE, kind, name, 0.5)


@pytest.mark.parametrize("number", [10**400, "many"])
def test_what_is_no_number_does_not_vary(number: Any) -> None:
    with pytest.raises(SpecError, match="expected a number, got"):
        dated((0, 4), (1.0, number))


@pytest.mark.parametrize("number", [float("nan"), -1.0, float("inf")])
def test_a_number_in_a_dated_value_is_held_to_the_limits_of_its_field(number: Any) -> None:
    with pytest.raises(SpecError, match="'court', units: expected a number from 0"):
        network(source("court"), queue(units=dated((0, 4), (1.0, number))), END)
    with pytest.raises(SpecError, match="starts"):
        network(source("court"), queue(units=dated((0, 4.5), (1.0, 2.0))), END)  # type: ignore[arg-type]


def test_a_choice_among_stays_that_are_not_there_is_refused() -> None:
    with pytest.raises(SpecError, match="'away', stay, which: expected a whole number from 0 to 1, got 2"):
        network(source("away"), Delay("away", route("end"), StayChoice((Fixed(1), Fixed(2)), 2.0)), END)
    with pytest.raises(SpecError, match="'away', stay: quantiles must ascend"):
        network(source("away"), Delay("away", route("end"), Quantiles((2.0, 1.0))), END)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"seed": -1}, "seed: expected a whole number from 0"),
        ({"seed": 0.5}, "seed: expected a whole number"),
        ({"scale": 0.0}, "scale: expected a number above 0 and at most 1, got 0.0"),
        ({"scale": float("nan")}, "scale: expected a number"),
        ({"scale": 1.5}, "scale: expected a number"),
        ({"replicates_wanted": 0}, "replicates_wanted: expected a whole number from 1"),
        ({"threads": 0}, "threads: expected a whole number from 1"),
        ({"threads": 2**63}, "threads: expected a whole number"),
    ],
)
def test_a_way_to_run_that_cannot_be_is_refused(how: dict[str, Any], words: str) -> None:
    made = network(source(), END)
    with pytest.raises(SpecError, match=words):
        simulate(made, **{"seed": 0} | how)
    with pytest.raises(SpecError, match=words):
        simulate_family(
            lambda _: (made, [made]), lambda *_: None, **{"seed": 0, "replicates_wanted": 1} | how
        )


def test_too_many_profiles_are_refused() -> None:
    with pytest.raises(SpecError, match="2000000 profiles are more than"):
        compile_network(Network(2_000_000, 1, (END,)))


def test_the_share_of_an_only_edge_must_be_one() -> None:
    with pytest.raises(SpecError, match="shares must sum to 1"):
        compile_network(network(source(Edge("end", 0.3)), END))


def test_a_share_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(SpecError, match="share: expected a number from 0 to 1, got nan"):
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
