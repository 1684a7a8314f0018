"""
A caseload network, described.

A case arrives at a `Source`, waits at a `Station` for staff, takes a place in a `Hold`, lets time pass
in a `Delay`, is sent on by the route of each node or by a `Router`, and ends in a `Sink`. Everything is
frozen and checked when it is made; nothing here knows what the cases are about.

Time is counted in whole ticks from 0. A tick is a day unless the model says otherwise; theory tests
make it finer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from operator import gt
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.limits import LIMITS, Limit, check_number, check_numbers, numbers_of
from lawqueue.engine.varying import Floats, Ints, Quantity
from lawqueue.errors import SpecError, did_you_mean


@dataclass(frozen=True)
class Fixed:
    """A stay of exactly `ticks`."""

    ticks: int


@dataclass(frozen=True)
class Geometric:
    """A memoryless stay of at least one tick, with the given mean [tick]."""

    mean: float


@dataclass(frozen=True)
class Quantiles:
    """
    A stay given by its quantiles at evenly spaced probabilities from 0 to 1 [tick].

    A draw is interpolated between them, rounded up, and at least one tick.
    """

    points: tuple[float, ...]


Stay: TypeAlias = "Fixed | Geometric | Quantiles"


@dataclass(frozen=True)
class StayChoice:
    """
    Stays that differ by profile or date.

    Parameters
    ----------
    options
        The stays to choose from.
    which
        The index into `options`, varying.
    """

    options: tuple[Stay, ...]
    which: Quantity


@dataclass(frozen=True)
class Edge:
    """
    One way out of a node.

    Parameters
    ----------
    to
        Name of the node that follows.
    share
        Probability of this way [/1], varying. `None`, allowed on the last edge only, takes the rest.
    label
        Name under which passages are counted; the target's name unless given.
    idle_share
        Probability when the pool named by the route is wholly idle; `share` then holds when it is
        wholly taken, and the two are mixed by the idle part of the day before.
    relabel
        New profile for each old one, shape (n_profiles,) integers, as after a first removal.
    copy_to
        Name of a node that also receives a copy of the case, as an enrolment beside a docket.
    """

    to: str
    share: Quantity | None = None
    label: str = ""
    idle_share: Quantity | None = None
    relabel: NDArray[np.int32] | None = None
    copy_to: str | None = None

    @property
    def name(self) -> str:
        """The label, or the target's name."""
        return self.label or self.to


@dataclass(frozen=True)
class Route:
    """
    Where cases go when they leave a node.

    Parameters
    ----------
    edges
        The ways out. Their shares are probabilities for each profile; the last may take the rest.
    pool
        Pool whose idle part mixes `share` and `idle_share`.
    """

    edges: tuple[Edge, ...]
    pool: str | None = None


def route(*edges: Edge | str, pool: str | None = None) -> Route:
    """Return a route; a bare name is an edge that takes the rest."""
    return Route(tuple(Edge(each) if isinstance(each, str) else each for each in edges), pool)


class Part:
    """A part of a network, which refuses numbers that cannot be what they say, wherever they stand in it."""

    def __post_init__(self) -> None:
        where = self.node if isinstance(self, Stock) else getattr(self, "name", "")
        kind = "stock at" if isinstance(self, Stock) else type(self).__name__.lower()
        check_numbers(f"{kind} {where!r}", self)


@dataclass(frozen=True)
class Source(Part):
    """
    Where cases come from.

    Parameters
    ----------
    arrival_rate
        Mean arrivals [case/tick]: one number, or shape (horizon,).
    mix
        Share of each profile among them, shape (n_profiles,), varying.
    process
        `poisson`, or `even` for the whole part of a running total.
    """

    name: str
    arrival_rate: float | Floats
    mix: Quantity
    to: Route
    process: Literal["poisson", "even"] = "poisson"


@dataclass(frozen=True)
class Renege:
    """Leaving a queue unserved after a time: `after` joining [tick], along `to`."""

    after: Stay | StayChoice
    to: Route


@dataclass(frozen=True)
class Station(Part):
    """
    A queue in front of staff: by priority class, then first in, first out.

    A case that is served on a tick joins the next queue on the following one. Service begins when the first
    work is spent on a case: from then on it is out of the queue, nobody overtakes it, and its patience is over.

    Parameters
    ----------
    units_per_tick
        Work that the station's own staff can do [unit/tick]; `None` if a `Pool` staffs it.
    units
        Work that a case needs [unit], varying, as it is when its service begins. Work left over at the end of a
        tick goes into the case at the head, which is part-heard until the rest is done.
    priority
        Class of a case on joining, 0 the most urgent, varying. When it changes by date the queue is
        re-sorted.
    renege
        When and where a case leaves unserved, if it does.
    within
        A `Hold` whose place the case keeps while it waits here.
    queue_limit
        Cases that may wait, beside the one in service, or that is next while nobody is; `None` is unlimited.
    overflow_to
        Where cases go that find the queue full; goes with `queue_limit`.
    """

    name: str
    to: Route
    units_per_tick: float | Floats | None = None
    units: Quantity = 1.0
    priority: Quantity = 0.0
    renege: Renege | None = None
    within: str | None = None
    queue_limit: int | None = None
    overflow_to: Route | None = None


@dataclass(frozen=True)
class Hold(Part):
    """
    Places that are taken for a stay.

    Parameters
    ----------
    places
        Places: one number, or shape (horizon,). `None` is unlimited.
    stay
        How long a place is taken [tick].
    priority
        Class of a case on arrival, 0 the most urgent, varying.
    overflow
        What happens when no place is free: `divert` along `overflow_to`; `wait`, by class and then first
        in, first out; or `preempt`: the longest-held case of the least urgent lower class is sent along
        `overflow_to`, and the arrival itself if there is none.
    renege
        When and where a case leaves that waits for a place; goes with `wait`.
    queue_limit
        Cases that may wait for a place; `None` is unlimited. Who finds as many goes along `overflow_to`.
    """

    name: str
    to: Route
    stay: Stay | StayChoice
    places: float | Floats | None = None
    priority: Quantity = 0.0
    overflow: Literal["divert", "wait", "preempt"] = "divert"
    overflow_to: Route | None = None
    renege: Renege | None = None
    queue_limit: int | None = None


@dataclass(frozen=True)
class Delay(Part):
    """Time that passes for every case alike, however many there are."""

    name: str
    to: Route
    stay: Stay | StayChoice


@dataclass(frozen=True)
class Router(Part):
    """A decision that takes no time."""

    name: str
    to: Route


@dataclass(frozen=True)
class Sink(Part):
    """An end."""

    name: str


@dataclass(frozen=True)
class Pool(Part):
    """
    One staff budget that several stations share, served in the order written.

    Parameters
    ----------
    units_per_tick
        Work that the staff can do [unit/tick]: one number, or shape (horizon,).
    stations
        Names of the stations, the first served first.
    upkeep
        Work that each case at a node takes every tick before any station is served [unit/case/tick]: one
        number, or shape (horizon,).
    """

    name: str
    units_per_tick: float | Floats
    stations: tuple[str, ...]
    upkeep: Mapping[str, float | Floats] = field(default_factory=dict)


@dataclass(frozen=True)
class Stock(Part):
    """
    Cases that are already in the system at tick 0.

    Parameters
    ----------
    node
        The station, hold or delay where they are.
    cases
        How many of each profile, shape (n_profiles,).
    ages
        Quantiles, at evenly spaced probabilities, of the time since they joined a station's queue
        [tick]. At a hold or a delay the rest of the stay is drawn as for a new case.
    """

    node: str
    cases: Floats
    ages: tuple[float, ...] = (0.0, 0.0)


BINS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072)
"""Least wait of each bin of waits and ages [tick]; the last bin is open."""

Node: TypeAlias = "Source | Station | Hold | Delay | Router | Sink"


@dataclass(frozen=True)
class Network:
    """
    Nodes, the staff they share, and the cases that are there at the start.

    Parameters
    ----------
    n_profiles
        Number of distinct combinations of attributes.
    horizon
        Ticks to simulate.
    nodes
        In any order; names are unique.
    service_order
        Stations in the order in which they are served within a tick; downstream first unless given, so
        that the order written is reversed.
    periods
        First tick of each reporting period, from 0.
    groups
        Reporting group of each profile, shape (n_profiles,) integers from 0.
    group_names
        A name for each group.
    bins
        Least wait of each bin of waits and ages, ascending from 0 [tick]; the last bin is open.
    """

    n_profiles: int
    horizon: int
    nodes: tuple[Node, ...]
    pools: tuple[Pool, ...] = ()
    stocks: tuple[Stock, ...] = ()
    periods: tuple[int, ...] = (0,)
    groups: Ints | None = None
    group_names: tuple[str, ...] = ("all",)
    bins: tuple[int, ...] = BINS

    def __post_init__(self) -> None:
        _check(self)

    def node(self, name: str) -> Node:
        """Return the node called `name`."""
        for each in self.nodes:
            if each.name == name:
                return each
        raise SpecError(f"no node {name!r}. {did_you_mean(name, (each.name for each in self.nodes))}")


RENEGE: Final[Mapping[type, int]] = {Station: 1, Hold: 2}
OVERFLOW: Final[Mapping[type, int]] = {Station: 2, Hold: 1}
"""Numbers of the routes out of a queue: draws belong to them, so that they do not hang on which others there are."""


def routes_of(node: Node) -> dict[int, Route]:
    """Return the routes out of a node by their numbers: the main one is 0."""
    if isinstance(node, Sink):
        return {}
    found = {0: node.to}
    if isinstance(node, Station | Hold):
        if node.renege is not None:
            found[RENEGE[type(node)]] = node.renege.to
        if node.overflow_to is not None:
            found[OVERFLOW[type(node)]] = node.overflow_to
    return dict(sorted(found.items()))


def _check(network: Network) -> None:
    """Refuse a network that cannot be simulated as described."""
    for kind, name in LIMITS:
        if kind == "Network" and getattr(network, name) is not None:
            check_number(f"the network, {name}", getattr(network, name), LIMITS[kind, name])
    names = [each.name for each in network.nodes]
    kinds = {each.name: type(each) for each in network.nodes}
    for name in names:
        if names.count(name) > 1:
            raise SpecError(f"two nodes are called {name!r}. Give each its own name.")
    periods = network.periods
    if periods[0] != 0 or any(b <= a for a, b in pairwise(periods)) or periods[-1] >= network.horizon:
        raise SpecError("periods must ascend from 0 and start before the horizon.")
    if network.bins[0] != 0 or any(b <= a for a, b in pairwise(network.bins)):
        raise SpecError(f"bins must ascend from 0, got {network.bins!r}.")
    if network.groups is not None and not _are_groups(network):
        raise SpecError(
            f"groups need one group, from 0 to {len(network.group_names) - 1}, for each of "
            f"{network.n_profiles} profiles."
        )
    pooled = [name for pool in network.pools for name in pool.stations]
    pools = [pool.name for pool in network.pools]
    for node in network.nodes:
        for way in routes_of(node).values():
            _check_route(network, node, way, kinds, pools)
        if isinstance(node, Station):
            if (node.units_per_tick is None) != (node.name in pooled):
                raise SpecError(
                    f"station {node.name!r} needs either its own units_per_tick or a place in one pool."
                )
            if pooled.count(node.name) > 1:
                raise SpecError(f"station {node.name!r} stands in more than one pool.")
            if node.within is not None and kinds.get(node.within) is not Hold:
                raise SpecError(f"station {node.name!r} is within {node.within!r}, which is not a hold.")
        if isinstance(node, Station | Hold):
            _check_queue(node)
        if isinstance(node, Hold | Delay):
            _check_stay(f"{node.name!r}, stay", node.stay)
    for name in pooled:
        if kinds.get(name) is not Station:
            raise SpecError(f"a pool staffs {name!r}, which is not a station. {did_you_mean(name, names)}")
    for pool in network.pools:
        for name in pool.upkeep:
            if name not in kinds:
                raise SpecError(
                    f"pool {pool.name!r} keeps up {name!r}: no such node. {did_you_mean(name, names)}"
                )
    for stock in network.stocks:
        if kinds.get(stock.node) not in (Station, Hold, Delay):
            raise SpecError(f"a stock lies at {stock.node!r}, which is no station, hold or delay.")
        if stock.cases.shape != (network.n_profiles,):
            raise SpecError(
                f"the stock at {stock.node!r} needs one number for each of {network.n_profiles} profiles."
            )
    _check_no_timeless_cycle(network)
    _check_within(network)


def _check_queue(node: Station | Hold) -> None:
    """Refuse a limit, a patience or a way round of a queue that is not there, or lacks the other half."""
    kind = type(node).__name__.lower()
    if node.renege is not None:
        _check_stay(f"{node.name!r}, patience", node.renege.after)
    waits = isinstance(node, Station) or node.overflow == "wait"
    if waits and (node.queue_limit is None) != (node.overflow_to is None):
        raise SpecError(
            f"{kind} {node.name!r}: overflow_to and queue_limit go together where cases wait: give both or none."
        )
    if not waits and node.overflow_to is None:
        raise SpecError(f"{kind} {node.name!r}: divert and preempt need overflow_to.")
    if not waits and (node.queue_limit is not None or node.renege is not None):
        raise SpecError(
            f"{kind} {node.name!r}: nobody waits there. queue_limit and renege go with overflow='wait'."
        )


def _check_stay(what: str, stay: Stay | StayChoice) -> None:
    """Refuse a choice among stays that are not there, and quantiles that fall."""
    options = stay.options if isinstance(stay, StayChoice) else (stay,)
    if isinstance(stay, StayChoice):
        last = Limit(0, len(options) - 1, whole=True)
        check_number(f"{what}, which", numbers_of(stay.which), last)
    for option in options:
        if isinstance(option, Quantiles) and (
            not option.points or any(map(gt, option.points, option.points[1:]))
        ):
            raise SpecError(f"{what}: quantiles must ascend, got {option.points!r}.")


def _are_groups(network: Network) -> bool:
    groups = np.asarray(network.groups)
    fits = groups.shape == (network.n_profiles,)
    return fits and bool((groups >= 0).all()) and bool((groups < len(network.group_names)).all())


def _check_route(
    network: Network, node: Node, way: Route, kinds: Mapping[str, type], pools: Sequence[str]
) -> None:
    if not way.edges:
        raise SpecError(f"node {node.name!r} has a route without an edge.")
    labels = [edge.name for edge in way.edges]
    if len(set(labels)) < len(labels):
        raise SpecError(f"node {node.name!r}: two edges share a label in {labels!r}.")
    if way.pool is not None and way.pool not in pools:
        raise SpecError(f"node {node.name!r}: no pool {way.pool!r}. {did_you_mean(way.pool, pools)}")
    for place, edge in enumerate(way.edges):
        for target in (edge.to, edge.copy_to):
            if target is not None and (target not in kinds or kinds[target] is Source):
                raise SpecError(
                    f"node {node.name!r} sends cases to {target!r}: no such node. {did_you_mean(target, kinds)}"
                )
        if edge.share is None and place < len(way.edges) - 1:
            raise SpecError(f"node {node.name!r}: only the last edge may take the rest, not {edge.name!r}.")
        if edge.relabel is not None and not _are_profiles(edge.relabel, network.n_profiles):
            raise SpecError(
                f"node {node.name!r}, edge {edge.name!r}: relabel needs one profile, from 0 to "
                f"{network.n_profiles - 1}, for each profile."
            )
    only = way.edges[0].share
    if len(way.edges) == 1 and only is not None and not (isinstance(only, float | int) and only == 1):
        raise SpecError(
            f"node {node.name!r}: shares must sum to 1, and {way.edges[0].name!r} is the only edge. Leave its share out."
        )


def _are_profiles(found: NDArray[np.int32], n_profiles: int) -> bool:
    return found.shape == (n_profiles,) and bool((found >= 0).all()) and bool((found < n_profiles).all())


def _check_no_timeless_cycle(network: Network) -> None:
    """Refuse a cycle of routers, full holds and full queues: a case would run round it for ever on one tick."""
    ways = {
        each.name: [edge.to for way in _timeless(each) for edge in way.edges]
        for each in network.nodes
        if isinstance(each, Router | Hold | Station)
    }
    following = {name: [to for to in found if to in ways] for name, found in ways.items()}
    try:
        tuple(TopologicalSorter(following).static_order())
    except CycleError as error:
        raise SpecError(
            f"a case could go round for ever while no time passes: {' → '.join(reversed(error.args[1]))}. "
            "Put a station, a stay or a delay between."
        ) from error


def _timeless(node: Router | Hold | Station) -> list[Route]:
    if isinstance(node, Router):
        return [node.to]
    return [] if node.overflow_to is None else [node.overflow_to]


def _check_within(network: Network) -> None:
    """Refuse a way into a station within a hold for a case that has no place there."""
    inside = {each.name: each.within for each in network.nodes if isinstance(each, Station) and each.within}
    routers = {each.name: each.to for each in network.nodes if isinstance(each, Router)}
    for node in network.nodes:
        if isinstance(node, Sink | Router):
            continue
        own = node.name if isinstance(node, Hold) else inside.get(node.name)
        for place, way in routes_of(node).items():
            # Who is diverted from a hold, waits before it or is pre-empted has no place in it; nor has a copy.
            held = None if isinstance(node, Hold) and place > 0 else own
            reached, copies = _reached(way, routers)
            for name in sorted(inside):
                if (name in reached and inside[name] != held) or name in copies:
                    raise SpecError(
                        f"node {node.name!r} sends cases to {name!r}, which is within {inside[name]!r}, "
                        "and they have no place there."
                    )


def _reached(way: Route, routers: Mapping[str, Route]) -> tuple[set[str], set[str]]:
    """Return the nodes that a route leads to while no time passes, routers looked through, and those of copies."""
    found: set[str] = set()
    copies: set[str] = set()
    todo = list(way.edges)
    while todo:
        edge = todo.pop()
        if edge.copy_to is not None:
            copies.add(edge.copy_to)
        if edge.to in routers and edge.to not in found:
            todo += routers[edge.to].edges
        found.add(edge.to)
    return found, copies
