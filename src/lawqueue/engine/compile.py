"""
A network turned into flat arrays for the kernel.

Everything that varies becomes a *table*: a row of numbers for each epoch and cell of profiles. Profiles
number thousands, cells a handful, so that the rows in use stay in cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine import codes
from lawqueue.engine.spec import (
    OVERFLOW,
    RENEGE,
    Delay,
    Fixed,
    Geometric,
    Hold,
    Network,
    Node,
    Quantiles,
    Route,
    Router,
    Sink,
    Source,
    Station,
    Stay,
    StayChoice,
    routes_of,
)
from lawqueue.engine.varying import EVERYBODY, Cells, Quantity, Starts, Varying, aligned, frozen, varying
from lawqueue.errors import SpecError
from lawqueue.same import Same

_KINDS = {
    Source: codes.SOURCE,
    Station: codes.STATION,
    Hold: codes.HOLD,
    Delay: codes.DELAY,
    Router: codes.ROUTER,
    Sink: codes.SINK,
}
_OVERFLOW = {"divert": codes.DIVERT, "wait": codes.WAIT, "preempt": codes.PREEMPT}


Columns = dict[str, Any]
"""Fields of a plan by name."""


class Plan(NamedTuple):
    """The arrays that the kernel reads; see `compile_network` for their shapes."""

    horizon: int
    n_groups: int
    n_queues: int
    spare_queue: int
    period_of: Any
    group_of: Any
    kind: Any
    tracked: Any
    n_key: Any
    r_main: Any
    r_renege: Any
    r_overflow: Any
    r_held: Any
    hold_of: Any
    hold_slot: Any
    overflow: Any
    queue_limit: Any
    places: Any
    class_table: Any
    units_table: Any
    stay_table: Any
    renege_table: Any
    n_classes: Any
    queue: Any
    calendar: Any
    tickets: Any
    evict: Any
    r_first: Any
    r_edges: Any
    r_table: Any
    r_pool: Any
    r_key: Any
    e_target: Any
    e_relabel: Any
    e_copy: Any
    e_lap: Any
    relabels: Any
    t_groups: Any
    t_width: Any
    t_base: Any
    t_stride: Any
    t_epoch: Any
    groups: Any
    values: Any
    d_kind: Any
    d_value: Any
    d_points: Any
    points: Any
    s_node: Any
    s_table: Any
    s_first: Any
    s_profiles: Any
    arrivals: Any
    station_order: Any
    station_units: Any
    pool_of: Any
    due_order: Any
    renege_order: Any
    waiting_holds: Any
    pool_units: Any
    upkeep_pool: Any
    upkeep_node: Any
    upkeep: Any
    bin_of: Any


class EdgeName(NamedTuple):
    """An edge as a reader names it: the node it leaves, its label, and the number of its route, 0 the main one."""

    node: str
    label: str
    way: int


class Compiled(NamedTuple):
    """
    A plan without its arrivals, and the names of what the kernel counts.

    Parameters
    ----------
    plan
        Arrays; `arrivals` is filled for each replicate.
    nodes, edges
        Names in the order of the kernel's numbers.
    arrival_means
        Mean arrivals of each source, shape (n_sources, horizon) [case/tick].
    stock
        Cases at the start, rows of (case, profile, node, joined).
    n_state_queues
        Queues of every sort that the state must have.
    """

    network: Network
    plan: Plan
    nodes: tuple[str, ...]
    edges: tuple[EdgeName, ...]
    arrival_means: NDArray[np.float64]
    stock: NDArray[np.int64]
    n_state_queues: int
    scale: float


class _Tables:
    """Collects tables and lays them out one behind another."""

    def __init__(self, n_profiles: int, horizon: int) -> None:
        self.n_profiles, self.horizon = n_profiles, horizon
        self.values: list[NDArray[np.float64]] = []
        self.width: list[int] = []
        self.stride: list[int] = []
        self.epoch: list[NDArray[np.int32]] = []
        self.base: list[int] = []
        self.group: list[int] = []
        self._length = 0
        self._divisions: dict[tuple[Cells, int], int] = {}

    def add(self, starts: Starts, cells: Cells, numbers: NDArray[np.float64]) -> int:
        """Add numbers of shape (n_epochs, n_cells, width); return the table's number."""
        width = numbers.shape[2]
        self.group.append(self.n_profiles * self._divisions.setdefault((cells, width), len(self._divisions)))
        self.values.append(numbers.ravel())
        self.width.append(width)
        self.stride.append(len(cells) * width)
        self.base.append(self._length)
        self._length += numbers.size
        lengths = np.diff([*starts, self.horizon])
        self.epoch.append(np.repeat(np.arange(len(starts), dtype=np.int32), lengths))
        return len(self.base) - 1

    def groups(self) -> NDArray[np.int32]:
        """Return where the row of each profile begins in an epoch, for every division and width, one behind another."""
        everybody = np.zeros(self.n_profiles, np.int32)
        return np.concatenate(
            [
                everybody if cells.hold_everybody else cells.of_profile * np.int32(width)
                for cells, width in self._divisions
            ]
        )

    def columns(self) -> Columns:
        """Return the columns of the plan that hold the tables."""
        return {
            "t_groups": np.array(self.group, np.int64),
            "t_width": np.array(self.width, np.int64),
            "t_base": np.array(self.base, np.int64),
            "t_stride": np.array(self.stride, np.int64),
            "t_epoch": np.stack(self.epoch),
            "groups": self.groups(),
            "values": np.concatenate(self.values),
        }


def _checked(quantity: Quantity, what: str, n_profiles: int, horizon: int) -> Varying:
    """Return a quantity as far as the horizon; refuse one that is not made for these profiles."""
    shape = quantity.shape if isinstance(quantity, Varying) else np.shape(quantity)
    if shape not in {(), (n_profiles,)}:
        raise SpecError(
            f"{what}: expected one number or {n_profiles}, one for each profile; got shape {shape}."
        )
    return varying(quantity).until(horizon)


def _table(tables: _Tables, quantity: Quantity, what: str) -> int:
    found = _checked(quantity, what, tables.n_profiles, tables.horizon)
    return tables.add(found.starts, found.cells, found.numbers[:, :, None])


def _route_table(tables: _Tables, way: Route, node: str) -> int:
    """Add cumulative shares of the edges but the last: of a busy pool, then of an idle one if there is one."""
    return tables.add(*_cumulative(Same(way), node, tables.n_profiles, tables.horizon))


# Worlds share the nodes that are alike in them.
@lru_cache(maxsize=1024)
def _cumulative(
    route: Same[Route], node: str, n_profiles: int, horizon: int
) -> tuple[Starts, Cells, NDArray[np.float64]]:
    """Return the cumulative shares of a route, shape (n_epochs, n_cells, n_halves * (n_edges - 1)), by epoch and cell."""
    way = route.it
    free = way.edges[:-1] if way.edges[-1].share is None else way.edges
    halves = [[each.share for each in free]]
    if way.pool is not None:
        halves.append([each.share if each.idle_share is None else each.idle_share for each in free])
    names = [f"node {node!r}, edge {each.name!r}" for each in free]
    shares = [
        _checked(share, name, n_profiles, horizon)
        for half in halves
        for share, name in zip(half, names, strict=True)
        if share is not None
    ]
    starts, cells, columns = aligned(*shares)
    matrix = np.stack(np.broadcast_arrays(*columns), axis=-1)
    matrix = matrix.reshape(len(starts), len(cells), len(halves), len(free))
    _check_shares(matrix, starts, node, whole=way.edges[-1].share is not None)
    kept = np.maximum.accumulate(np.cumsum(matrix, axis=-1), axis=-1)[..., : len(way.edges) - 1]
    return starts, cells, frozen(kept.reshape(len(starts), len(cells), -1))


def _check_shares(matrix: NDArray[np.float64], starts: Starts, node: str, *, whole: bool) -> None:
    """Refuse shares of shape (n_epochs, n_cells, n_halves, n_edges) that are no probabilities."""
    sums = matrix.sum(axis=-1)
    wrong = ~np.isfinite(sums) | (matrix < -1e-12).any(axis=-1) | (sums > 1 + 1e-9)
    if wrong.any():
        epoch = int(wrong.any(axis=(1, 2)).argmax())
        raise SpecError(
            f"node {node!r}: shares must be at least 0 and sum to at most 1 at tick {starts[epoch]}; "
            f"got up to {sums[epoch].max():.6g}, least {matrix[epoch].min():.6g}."
        )
    partial = np.asarray(~np.isclose(sums, 1.0))
    if whole and partial.any():
        epoch = int(partial.any(axis=(1, 2)).argmax())
        raise SpecError(
            f"node {node!r}: shares must sum to 1 at tick {starts[epoch]}, got {sums[epoch].min():.6g}. "
            "Let the last edge take the rest."
        )


def _series(value: float | NDArray[np.float64], horizon: int, what: str) -> NDArray[np.float64]:
    series = (
        np.broadcast_to(np.asarray(value, dtype=np.float64), (horizon,))
        if np.ndim(value) == 0
        else np.asarray(value)
    )
    if series.shape != (horizon,) or not np.isfinite(series).all() or (series < 0).any():
        raise SpecError(f"{what}: expected one number ≥ 0, or {horizon} of them, one for each tick.")
    return np.ascontiguousarray(series, dtype=np.float64)


def _key(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "big")


def laps(network: Network) -> set[tuple[str, int, int]]:
    """
    Return the edges, as (node, route, place), that close a cycle.

    A case's lap counts their passages, so that it never makes the same decision twice with one draw.
    """
    nodes = {each.name: each for each in network.nodes}
    state: dict[str, int] = {}
    found: set[tuple[str, int, int]] = set()

    def visit(start: str) -> None:
        stack: list[tuple[str, list[tuple[int, int, str]]]] = [(start, _targets(nodes[start]))]
        state[start] = 1
        while stack:
            name, targets = stack[-1]
            if not targets:
                state[name] = 2
                stack.pop()
                continue
            r, place, target = targets.pop(0)
            if state.get(target) == 1:
                found.add((name, r, place))
            elif target not in state:
                state[target] = 1
                stack.append((target, _targets(nodes[target])))

    for each in network.nodes:
        if each.name not in state:
            visit(each.name)
    return found


def _targets(node: Node) -> list[tuple[int, int, str]]:
    return [
        (r, place, target)
        for r, way in routes_of(node).items()
        for place, edge in enumerate(way.edges)
        for target in (edge.to, edge.copy_to)
        if target is not None
    ]


def _stays(given: Stay | StayChoice) -> tuple[tuple[Stay, ...], Quantity]:
    """Return the stays to choose from, and which of them is chosen."""
    return (given.options, given.which) if isinstance(given, StayChoice) else ((given,), 0.0)


def compile_network(network: Network, scale: float = 1.0) -> Compiled:
    """
    Lay a network out for the kernel.

    Parameters
    ----------
    network
        What to simulate.
    scale
        Share of the cases, and with them of staff, places and stocks, to simulate [/1].

    Raises
    ------
    SpecError
        If shares do not sum to one, an array has the wrong shape, or a limit of the kernel is passed:
        255 nodes, 16 classes, 31 sources, 255 stocks, 1,048,575 profiles and as many ticks.
    """
    _check_limits(network)
    number = {each.name: i for i, each in enumerate(network.nodes)}
    tables = _Tables(network.n_profiles, network.horizon)
    holds = _holds(network, number, scale)
    routes, edges = _routes(network, number, tables, holds["hold_of"])
    by_profile, stays = _by_profile(network, tables)
    queues, n_state_queues = _queues(network, tables, by_profile, scale)
    sources = _sources(tables, network, number)
    plan = Plan(
        **_clock_and_groups(network),
        **_kinds(network),
        **holds,
        **routes,
        **by_profile,
        **_distributions(stays),
        **queues,
        **sources,
        **_staff(network, number, scale),
        **_orders(network, number, by_profile["renege_table"]),
        **tables.columns(),
    )
    means = [
        _series(each.arrival_rate, network.horizon, f"arrival_rate of {each.name!r}")
        for each in network.nodes
        if isinstance(each, Source)
    ]
    return Compiled(
        network,
        plan,
        tuple(number),
        edges,
        (np.stack(means) if means else np.zeros((0, network.horizon))) * scale,
        _stock(network, number, scale),
        n_state_queues,
        scale,
    )


def _check_limits(network: Network) -> None:
    for count, most, what in (
        (len(network.nodes), 255, "nodes"),
        (network.n_profiles, codes.PROFILE_MASK, "profiles"),
        (sum(isinstance(each, Source) for each in network.nodes), codes.STOCK_SOURCE, "sources"),
        (len(network.stocks), 255, "stocks"),
        (network.horizon, (1 << (codes.SOURCE_SHIFT - codes.DAY_SHIFT)) - 1, "ticks"),
    ):
        if count > most:
            raise SpecError(f"{count} {what} are more than the kernel's {most}.")


# --- columns of the plan, a step each ---


def _clock_and_groups(network: Network) -> Columns:
    """Return the columns that tell periods, groups and bins."""
    ticks = np.arange(network.horizon)
    groups = np.zeros(network.n_profiles) if network.groups is None else network.groups
    return {
        "horizon": network.horizon,
        "period_of": (np.searchsorted(network.periods, ticks, side="right") - 1).astype(np.int64),
        "n_groups": len(network.group_names),
        "group_of": np.asarray(groups, np.int64),
        "bin_of": bin_of(network.bins),
    }


def _kinds(network: Network) -> Columns:
    """Return the columns that tell what each node is."""
    kind = np.array([_KINDS[type(each)] for each in network.nodes], dtype=np.int64)
    return {
        "kind": kind,
        "tracked": np.isin(kind, (codes.STATION, codes.HOLD, codes.DELAY)),
        "n_key": np.array([_key(each.name) for each in network.nodes], np.int64),
    }


def _holds(network: Network, number: dict[str, int], scale: float) -> Columns:
    """Return the columns that tell the places of holds, and which hold a node is or lies within."""
    size = len(number)
    hold_of, hold_slot, overflow = np.full(size, -1), np.full(size, -1), np.zeros(size, np.int64)
    holds = [each for each in network.nodes if isinstance(each, Hold)]
    places = np.full((max(len(holds), 1), network.horizon), -1, dtype=np.int64)
    for slot, hold in enumerate(holds):
        hold_slot[number[hold.name]] = hold_of[number[hold.name]] = slot
        overflow[number[hold.name]] = _OVERFLOW[hold.overflow]
        if hold.places is not None:
            places[slot] = np.rint(_series(hold.places, network.horizon, f"places of {hold.name!r}") * scale)
    for node in network.nodes:
        if isinstance(node, Station) and node.within is not None:
            hold_of[number[node.name]] = hold_slot[number[node.within]]
    return {"hold_of": hold_of, "hold_slot": hold_slot, "overflow": overflow, "places": places}


def _routes(
    network: Network, number: dict[str, int], tables: _Tables, hold_of: NDArray[np.int64]
) -> tuple[Columns, tuple[EdgeName, ...]]:
    """Return the columns of routes and edges, and the names of the edges."""
    pools = {each.name: p for p, each in enumerate(network.pools)}
    back = laps(network)
    main, renege, overflow = (np.full(len(number), -1) for _ in range(3))
    ways: list[tuple[int, int, int, int, int, int]] = []
    edges: list[tuple[int, int, int, int]] = []
    names: list[EdgeName] = []
    relabels: list[NDArray[np.int32]] = []
    for i, node in enumerate(network.nodes):
        for r, way in routes_of(node).items():
            for column, taken in (
                (main, 0),
                (renege, RENEGE.get(type(node))),
                (overflow, OVERFLOW.get(type(node))),
            ):
                if r == taken:
                    column[i] = len(ways)
            table = _route_table(tables, way, node.name) if len(way.edges) > 1 else -1
            # Who leaves a queue for a place has none to give back.
            held = -1 if isinstance(node, Hold) and r == RENEGE[Hold] else int(hold_of[i])
            pool = pools[way.pool] if way.pool else -1
            ways.append((len(edges), len(way.edges), table, pool, _key(f"{node.name}/{r}"), held))
            for place, edge in enumerate(way.edges):
                relabel = -1
                if edge.relabel is not None:
                    relabel = network.n_profiles * len(relabels)
                    relabels.append(edge.relabel.astype(np.int32))
                copy = number[edge.copy_to] if edge.copy_to else -1
                edges.append((number[edge.to], relabel, copy, int((node.name, r, place) in back)))
                names.append(EdgeName(node.name, edge.name, r))
    columns = {
        "r_main": main,
        "r_renege": renege,
        "r_overflow": overflow,
        **_named(("r_first", "r_edges", "r_table", "r_pool", "r_key", "r_held"), ways),
        **_named(("e_target", "e_relabel", "e_copy", "e_lap"), edges),
        "relabels": np.concatenate(relabels) if relabels else np.zeros(1, np.int32),
    }
    return columns, tuple(names)


def _named(names: tuple[str, ...], rows: Sequence[tuple[int, ...]]) -> Columns:
    """Return rows as columns, each by its name."""
    matrix = np.array(rows, np.int64).reshape(-1, len(names))
    return {name: matrix[:, place].copy() for place, name in enumerate(names)}


def _by_profile(network: Network, tables: _Tables) -> tuple[Columns, list[Stay]]:
    """Return the tables of what hangs on the profile at each node, and the distributions that they name."""
    size = len(network.nodes)
    priority, units, stay = (np.zeros(size, np.int64) for _ in range(3))
    renege = np.full(size, -1)
    stays: list[Stay] = []

    def chosen(given: Stay | StayChoice, what: str) -> int:
        options, which = _stays(given)
        stays.extend(options)
        return _table(tables, varying(which) + float(len(stays) - len(options)), what)

    for i, node in enumerate(network.nodes):
        if isinstance(node, Station | Hold):
            priority[i] = _table(tables, node.priority, f"priority of {node.name!r}")
            if node.renege is not None:
                renege[i] = chosen(node.renege.after, f"patience at {node.name!r}")
        if isinstance(node, Station):
            units[i] = _table(tables, node.units, f"units of {node.name!r}")
        if isinstance(node, Hold | Delay):
            stay[i] = chosen(node.stay, f"stay of {node.name!r}")
    columns = {"class_table": priority, "units_table": units, "stay_table": stay, "renege_table": renege}
    return columns, stays


def _queues(network: Network, tables: _Tables, by_profile: Columns, scale: float) -> tuple[Columns, int]:
    """Return the columns that tell where the queues of each node begin, and how many queues there are of every sort."""
    size = len(network.nodes)
    n_classes = np.ones(size, np.int64)
    limit, queue, calendar, tickets, evict = (np.full(size, -1) for _ in range(5))
    n_queues = 0
    for i, node in enumerate(network.nodes):
        if isinstance(node, Station | Hold):
            n_classes[i] = int(tables.values[by_profile["class_table"][i]].max()) + 1
            queue[i], n_queues = n_queues, n_queues + int(n_classes[i])
            if node.queue_limit is not None:
                limit[i] = round(node.queue_limit * scale)
    # One to spare for a docket that is sorted anew, then those of dates and of tickets.
    total = n_queues + 1
    for i, node in enumerate(network.nodes):
        if isinstance(node, Hold | Delay):
            calendar[i], total = total, total + network.horizon + 1
        if by_profile["renege_table"][i] >= 0:
            tickets[i], total = total, total + network.horizon + 1
        if isinstance(node, Hold) and node.overflow == "preempt":
            evict[i], total = total, total + int(n_classes[i])
    columns = {
        "n_queues": n_queues,
        "spare_queue": n_queues,
        "n_classes": n_classes,
        "queue_limit": limit,
        "queue": queue,
        "calendar": calendar,
        "tickets": tickets,
        "evict": evict,
    }
    return columns, total


def _staff(network: Network, number: dict[str, int], scale: float) -> Columns:
    """Return the units of stations and of pools, and what the cases under the care of a pool take."""
    horizon = network.horizon
    order = _service_order(network)
    station_units = np.zeros((max(len(order), 1), horizon))
    for row, name in enumerate(order):
        station = network.node(name)
        assert isinstance(station, Station)
        if station.units_per_tick is not None:
            station_units[row] = (
                _series(station.units_per_tick, horizon, f"units_per_tick of {name!r}") * scale
            )
    pool_of = np.full(len(number), -1)
    pool_units = np.zeros((len(network.pools), horizon))
    cared: list[tuple[int, int]] = []
    upkeep = []
    for p, pool in enumerate(network.pools):
        pool_of[[number[name] for name in pool.stations]] = p
        pool_units[p] = _series(pool.units_per_tick, horizon, f"units_per_tick of {pool.name!r}") * scale
        for name, units in pool.upkeep.items():
            cared.append((p, number[name]))
            upkeep.append(_series(units, horizon, f"upkeep of {name!r}"))
    return {
        "station_units": station_units,
        "pool_of": pool_of,
        "pool_units": pool_units,
        **_named(("upkeep_pool", "upkeep_node"), cared),
        "upkeep": np.stack(upkeep) if upkeep else np.zeros((0, horizon)),
    }


def _orders(network: Network, number: dict[str, int], renege_table: NDArray[np.int64]) -> Columns:
    """Return the orders in which the kernel looks at nodes within a tick."""
    stations = [number[name] for name in _service_order(network)]
    holds = [number[each.name] for each in network.nodes if isinstance(each, Hold)]
    waiting = [
        number[each.name] for each in network.nodes if isinstance(each, Hold) and each.overflow == "wait"
    ]
    due = [number[each.name] for each in reversed(network.nodes) if isinstance(each, Hold | Delay)]
    return {
        "station_order": np.array(stations, np.int64),
        "due_order": np.array(due, np.int64),
        "renege_order": np.array([i for i in (*stations, *holds) if renege_table[i] >= 0], np.int64),
        "waiting_holds": np.array(waiting, np.int64),
    }


def bin_of(bins: tuple[int, ...]) -> NDArray[np.int64]:
    """Return the bin of every wait from 0 to the first of the last, open bin [tick]."""
    return np.searchsorted(bins, np.arange(bins[-1] + 1), side="right").astype(np.int64) - 1


def _service_order(network: Network) -> list[str]:
    """Return the stations downstream first, those of one pool side by side in the pool's order."""
    pool_of = {name: pool for pool in network.pools for name in pool.stations}
    order: list[str] = []
    for node in reversed(network.nodes):
        if isinstance(node, Station) and node.name not in order:
            pool = pool_of.get(node.name)
            order.extend([node.name] if pool is None else pool.stations)
    return order


def _sources(tables: _Tables, network: Network, number: dict[str, int]) -> Columns:
    """Return the columns of sources: the cumulative mix of each, and the profiles that occur in it."""
    sources = [each for each in network.nodes if isinstance(each, Source)]
    rows: list[tuple[int, int, int]] = []
    profiles: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    total = 0
    # Sources may share a mix, as sectors do.
    known: dict[int, tuple[int, int]] = {}
    for source in sources:
        if id(source.mix) not in known:
            present, table = _mix_table(tables, source)
            known[id(source.mix)] = (table, total)
            profiles.append(present)
            total += present.size
        rows.append((number[source.name], *known[id(source.mix)]))
    return {
        **_named(("s_node", "s_table", "s_first"), rows),
        "s_profiles": np.concatenate(profiles),
        "arrivals": np.zeros((len(sources), network.horizon), np.int64),
    }


def _mix_table(tables: _Tables, source: Source) -> tuple[NDArray[np.int64], int]:
    """Add a cumulative mix; return the profiles that ever occur in it, and its table."""
    mix = varying(source.mix).until(tables.horizon)
    numbers = mix.numbers
    if mix.shape != (tables.n_profiles,) or (numbers < 0).any() or (numbers.sum(axis=1) <= 0).any():
        raise SpecError(
            f"source {source.name!r}: the mix needs one share ≥ 0 for each of {tables.n_profiles} profiles."
        )
    present = np.flatnonzero((numbers != 0).any(axis=0)[mix.cells.of_profile])
    # Over the last of the running sum, which does not see who does not occur: a mix that differs later is the same today.
    running = np.cumsum(numbers[:, mix.cells.of_profile[present]], axis=1)
    cumulative = (running / running[:, -1:])[:, :-1]
    return present, tables.add(mix.starts, EVERYBODY, cumulative[:, None, :])


def _distributions(stays: list[Stay]) -> Columns:
    """Return the columns of distributions: their kinds, and the numbers that shape them."""
    kinds, values, firsts, points = [], [], [], [0.0, 0.0]
    for each in stays:
        firsts.append(len(points))
        if isinstance(each, Fixed):
            kinds.append(codes.FIXED)
            values.append(float(each.ticks))
        elif isinstance(each, Geometric):
            kinds.append(codes.GEOMETRIC)
            values.append(0.0 if each.mean == 1 else 1.0 / np.log1p(-1.0 / each.mean))
        else:
            assert isinstance(each, Quantiles)
            kinds.append(codes.QUANTILES)
            values.append(float(len(each.points) - 1))
            points.extend([*each.points, each.points[-1]])
    return {
        "d_kind": np.array(kinds, np.int64),
        "d_value": np.array(values, np.float64),
        "d_points": np.array(firsts, np.int64),
        "points": np.array(points),
    }


def _stock(network: Network, number: dict[str, int], scale: float) -> NDArray[np.int64]:
    """Return the cases at the start, oldest first: rows of (case, profile, node, joined)."""
    return _stock_rows(
        tuple(
            (number[each.node], each.cases.astype(np.float64).tobytes(), each.ages) for each in network.stocks
        ),
        network.n_profiles,
        scale,
    )


# Worlds that differ by their laws alone begin alike. A few million rows take memory: two are kept.
@lru_cache(maxsize=2)
def _stock_rows(
    stocks: tuple[tuple[int, bytes, tuple[float, ...]], ...], n_profiles: int, scale: float
) -> NDArray[np.int64]:
    parts = []
    for place, (node, cases, quantiles) in enumerate(stocks):
        wanted = np.frombuffer(cases) * scale
        # Largest remainders, so that the total is right whatever the scale.
        counts = np.floor(wanted).astype(np.int64)
        short = round(float(wanted.sum())) - int(counts.sum())
        counts[np.argsort(-(wanted - counts), kind="stable")[:short]] += 1
        profiles = np.repeat(np.arange(n_profiles), counts)
        # Profiles are spread evenly over the ages by a fixed stride, not drawn.
        total = profiles.size
        profiles = profiles[np.argsort((np.arange(total) * 0.6180339887498949) % 1.0, kind="stable")]
        at = (np.arange(total) + 0.5) / max(total, 1)
        ages = np.interp(at, np.linspace(0, 1, len(quantiles)), quantiles)[::-1]
        rows = np.empty((total, 4), np.int64)
        rows[:, 0] = (
            (np.int64(codes.STOCK_SOURCE) << codes.SOURCE_SHIFT) | (np.int64(place) << 30) | np.arange(total)
        )
        rows[:, 1] = profiles
        rows[:, 2] = node
        rows[:, 3] = -np.rint(ages).astype(np.int64)
        parts.append(rows)
    every = np.concatenate(parts) if parts else np.zeros((0, 4), np.int64)
    return every[np.argsort(every[:, 3], kind="stable")]
