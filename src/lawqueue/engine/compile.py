"""
A network turned into flat arrays for the kernel.

Everything that varies becomes a *table*: a row of numbers for each epoch and cell of profiles. Profiles
number thousands, cells a handful, so that the rows in use stay in cache.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine import kernel
from lawqueue.engine.spec import (
    OVERFLOW,
    RENEGE,
    Delay,
    Edge,
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
from lawqueue.engine.varying import EVERYBODY, Cells, Quantity, Starts, Varying, aligned, varying
from lawqueue.errors import SpecError

_KINDS = {
    Source: kernel.SOURCE,
    Station: kernel.STATION,
    Hold: kernel.HOLD,
    Delay: kernel.DELAY,
    Router: kernel.ROUTER,
    Sink: kernel.SINK,
}
_OVERFLOW = {"divert": kernel.DIVERT, "wait": kernel.WAIT, "preempt": kernel.PREEMPT}


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

    def checked(self, quantity: Quantity, what: str) -> Varying:
        """Return a quantity as far as the horizon; refuse one that is not made for these profiles."""
        shape = quantity.shape if isinstance(quantity, Varying) else np.shape(quantity)
        if shape not in {(), (self.n_profiles,)}:
            raise SpecError(
                f"{what}: expected one number or {self.n_profiles}, one for each profile; got shape {shape}."
            )
        return varying(quantity).until(self.horizon)


def _table(tables: _Tables, quantity: Quantity, what: str) -> int:
    found = tables.checked(quantity, what)
    return tables.add(found.starts, found.cells, found.numbers[:, :, None])


def _route_table(tables: _Tables, way: Route, node: str) -> int:
    """Add cumulative shares of the edges but the last: of a busy pool, then of an idle one if there is one."""
    free = way.edges[:-1] if way.edges[-1].share is None else way.edges
    halves = [[each.share for each in free]]
    if way.pool is not None:
        halves.append([each.share if each.idle_share is None else each.idle_share for each in free])
    names = [f"node {node!r}, edge {each.name!r}" for each in free]
    shares = [
        tables.checked(share, name)
        for half in halves
        for share, name in zip(half, names, strict=True)
        if share is not None
    ]
    starts, cells, columns = aligned(*shares)
    matrix = np.stack(np.broadcast_arrays(*columns), axis=-1)
    matrix = matrix.reshape(len(starts), len(cells), len(halves), len(free))
    _check_shares(matrix, starts, node, whole=way.edges[-1].share is not None)
    kept = np.maximum.accumulate(np.cumsum(matrix, axis=-1), axis=-1)[..., : len(way.edges) - 1]
    return tables.add(starts, cells, kept.reshape(len(starts), len(cells), -1))


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
    n, horizon = network.n_profiles, network.horizon
    nodes = network.nodes
    number = {each.name: i for i, each in enumerate(nodes)}
    sources = [each for each in nodes if isinstance(each, Source)]
    for count, most, what in (
        (len(nodes), 255, "nodes"),
        (n, kernel.PROFILE_MASK, "profiles"),
        (len(sources), kernel.STOCK_SOURCE, "sources"),
        (len(network.stocks), 255, "stocks"),
        (horizon, (1 << (kernel.SOURCE_SHIFT - kernel.DAY_SHIFT)) - 1, "ticks"),
    ):
        if count > most:
            raise SpecError(f"{count} {what} are more than the kernel's {most}.")
    tables = _Tables(n, horizon)
    back = laps(network)

    kind = np.array([_KINDS[type(each)] for each in nodes], dtype=np.int64)
    size = len(nodes)
    ways = np.full((size, 3), -1)
    queue_limit = np.full(size, -1)
    class_table, units_table, stay_table = (
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
    )
    renege_table, hold_of, hold_slot = np.full(size, -1), np.full(size, -1), np.full(size, -1)
    n_classes, overflow, pool_of = np.ones(size, np.int64), np.zeros(size, np.int64), np.full(size, -1)
    queue, calendar, tickets, evict = (np.full(size, -1) for _ in range(4))
    stays: list[Stay] = []
    routes: list[tuple[str, Route, int, int]] = []
    edges: list[EdgeName] = []
    columns: list[tuple[int, Edge, int]] = []
    n_queues = 0

    for i, node in enumerate(nodes):
        for r, way in routes_of(node).items():
            ways[i, r] = len(routes)
            table = _route_table(tables, way, node.name) if len(way.edges) > 1 else -1
            routes.append((f"{node.name}/{r}", way, len(edges), table))
            for place, edge in enumerate(way.edges):
                edges.append(EdgeName(node.name, edge.name, r))
                columns.append((number[edge.to], edge, int((node.name, r, place) in back)))
        if isinstance(node, Station | Hold):
            class_table[i] = _table(tables, node.priority, f"priority of {node.name!r}")
            most = int(tables.values[class_table[i]].max())
            n_classes[i] = most + 1
            queue[i], n_queues = n_queues, n_queues + most + 1
            if node.queue_limit is not None:
                queue_limit[i] = round(node.queue_limit * scale)
            if node.renege is not None:
                options, which = _stays(node.renege.after)
                renege_table[i] = _table(
                    tables, varying(which) + float(len(stays)), f"patience at {node.name!r}"
                )
                stays.extend(options)
        if isinstance(node, Station):
            units_table[i] = _table(tables, node.units, f"units of {node.name!r}")
        if isinstance(node, Hold | Delay):
            options, which = _stays(node.stay)
            stay_table[i] = _table(tables, varying(which) + float(len(stays)), f"stay of {node.name!r}")
            stays.extend(options)
    holds = [each for each in nodes if isinstance(each, Hold)]
    for slot, hold in enumerate(holds):
        hold_slot[number[hold.name]] = hold_of[number[hold.name]] = slot
        overflow[number[hold.name]] = _OVERFLOW[hold.overflow]
    for node in nodes:
        if isinstance(node, Station) and node.within is not None:
            hold_of[number[node.name]] = hold_slot[number[node.within]]

    # Who leaves a queue for a place has none to give back.
    r_held = np.repeat(hold_of, 3).reshape(size, 3)
    r_held[kind == kernel.HOLD, RENEGE[Hold]] = -1

    n_state_queues = n_queues + 1
    for i, node in enumerate(nodes):
        if isinstance(node, Hold | Delay):
            calendar[i], n_state_queues = n_state_queues, n_state_queues + horizon + 1
        if renege_table[i] >= 0:
            tickets[i], n_state_queues = n_state_queues, n_state_queues + horizon + 1
        if isinstance(node, Hold) and node.overflow == "preempt":
            evict[i], n_state_queues = n_state_queues, n_state_queues + int(n_classes[i])

    for p, pool in enumerate(network.pools):
        for name in pool.stations:
            pool_of[number[name]] = p
    order = _service_order(network)
    places = np.full((max(len(holds), 1), horizon), -1, dtype=np.int64)
    for slot, hold in enumerate(holds):
        if hold.places is not None:
            places[slot] = np.rint(_series(hold.places, horizon, f"places of {hold.name!r}") * scale)
    station_units = np.zeros((max(len(order), 1), horizon))
    for row, name in enumerate(order):
        station = network.node(name)
        assert isinstance(station, Station)
        if station.units_per_tick is not None:
            station_units[row] = (
                _series(station.units_per_tick, horizon, f"units_per_tick of {name!r}") * scale
            )
    pool_units = np.zeros((len(network.pools), horizon))
    upkeep = [
        (p, number[name], _series(units, horizon, f"upkeep of {name!r}"))
        for p, pool in enumerate(network.pools)
        for name, units in pool.upkeep.items()
    ]
    for p, pool in enumerate(network.pools):
        pool_units[p] = _series(pool.units_per_tick, horizon, f"units_per_tick of {pool.name!r}") * scale

    s_table, s_first, s_profiles = _sources(tables, sources)
    relabels: list[NDArray[np.int32]] = []
    e_relabel = np.full(len(columns), -1)
    for e, (_, edge, _) in enumerate(columns):
        if edge.relabel is not None:
            e_relabel[e] = n * len(relabels)
            relabels.append(edge.relabel.astype(np.int32))
    d_kind, d_value, d_points, points = _distributions(stays)
    pools = {each.name: p for p, each in enumerate(network.pools)}
    period_of = (np.searchsorted(network.periods, np.arange(horizon), side="right") - 1).astype(np.int64)
    groups = np.zeros(n, np.int64) if network.groups is None else np.asarray(network.groups, np.int64)

    plan = Plan(
        horizon=horizon,
        n_groups=len(network.group_names),
        n_queues=n_queues,
        spare_queue=n_queues,
        period_of=period_of,
        group_of=groups,
        kind=kind,
        tracked=np.isin(kind, (kernel.STATION, kernel.HOLD, kernel.DELAY)),
        n_key=np.array([_key(each.name) for each in nodes], np.int64),
        r_main=ways[:, 0].copy(),
        r_renege=ways[np.arange(size), [RENEGE.get(type(each), 0) for each in nodes]],
        r_overflow=ways[np.arange(size), [OVERFLOW.get(type(each), 0) for each in nodes]],
        r_held=r_held[ways >= 0],
        hold_of=hold_of,
        hold_slot=hold_slot,
        overflow=overflow,
        queue_limit=queue_limit,
        places=places,
        class_table=class_table,
        units_table=units_table,
        stay_table=stay_table,
        renege_table=renege_table,
        n_classes=n_classes,
        queue=queue,
        calendar=calendar,
        tickets=tickets,
        evict=evict,
        r_first=np.array([each[2] for each in routes], np.int64),
        r_edges=np.array([len(each[1].edges) for each in routes], np.int64),
        r_table=np.array([each[3] for each in routes], np.int64),
        r_pool=np.array([pools[each[1].pool] if each[1].pool else -1 for each in routes], np.int64),
        r_key=np.array([_key(each[0]) for each in routes], np.int64),
        e_target=np.array([each[0] for each in columns], np.int64),
        e_relabel=e_relabel,
        e_copy=np.array([number[each[1].copy_to] if each[1].copy_to else -1 for each in columns], np.int64),
        e_lap=np.array([each[2] for each in columns], np.int64),
        relabels=np.concatenate(relabels) if relabels else np.zeros(1, np.int32),
        t_groups=np.array(tables.group, np.int64),
        t_width=np.array(tables.width, np.int64),
        t_base=np.array(tables.base, np.int64),
        t_stride=np.array(tables.stride, np.int64),
        t_epoch=np.stack(tables.epoch),
        groups=tables.groups(),
        values=np.concatenate(tables.values),
        d_kind=d_kind,
        d_value=d_value,
        d_points=d_points,
        points=points,
        s_node=np.array([number[each.name] for each in sources], np.int64),
        s_table=s_table,
        s_first=s_first,
        s_profiles=s_profiles,
        arrivals=np.zeros((len(sources), horizon), np.int64),
        station_order=np.array([number[name] for name in order], np.int64),
        station_units=station_units,
        pool_of=pool_of,
        due_order=np.array([i for i in range(size - 1, -1, -1) if calendar[i] >= 0], np.int64),
        renege_order=np.array(
            [
                i
                for i in [*(number[name] for name in order), *(number[each.name] for each in holds)]
                if renege_table[i] >= 0
            ],
            np.int64,
        ),
        waiting_holds=np.array([number[each.name] for each in holds if each.overflow == "wait"], np.int64),
        pool_units=pool_units,
        upkeep_pool=np.array([each[0] for each in upkeep], np.int64),
        upkeep_node=np.array([each[1] for each in upkeep], np.int64),
        upkeep=np.stack([each[2] for each in upkeep]) if upkeep else np.zeros((0, horizon)),
        bin_of=bin_of(network.bins),
    )
    means = (
        np.stack([_series(each.arrival_rate, horizon, f"arrival_rate of {each.name!r}") for each in sources])
        if sources
        else np.zeros((0, horizon))
    )
    return Compiled(
        network,
        plan,
        tuple(number),
        tuple(edges),
        means * scale,
        _stock(network, number, scale),
        n_state_queues,
        scale,
    )


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


def _sources(
    tables: _Tables, sources: list[Source]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Add the cumulative mixes of the sources; return their tables, and the profiles that occur in each."""
    s_table, s_first, profiles = [], [], []
    total = 0
    # Sources may share a mix, as sectors do.
    known: dict[int, tuple[int, int]] = {}
    for source in sources:
        if id(source.mix) not in known:
            present, table = _mix_table(tables, source)
            known[id(source.mix)] = (table, total)
            profiles.append(present)
            total += present.size
        table, first = known[id(source.mix)]
        s_table.append(table)
        s_first.append(first)
    joined = np.concatenate(profiles) if profiles else np.zeros(0, np.int64)
    return np.array(s_table, np.int64), np.array(s_first, np.int64), joined.astype(np.int64)


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


def _distributions(
    stays: list[Stay],
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    kinds, values, firsts, points = [], [], [], [0.0, 0.0]
    for each in stays:
        firsts.append(len(points))
        if isinstance(each, Fixed):
            kinds.append(kernel.FIXED)
            values.append(float(each.ticks))
        elif isinstance(each, Geometric):
            kinds.append(kernel.GEOMETRIC)
            values.append(0.0 if each.mean == 1 else 1.0 / np.log1p(-1.0 / each.mean))
        else:
            assert isinstance(each, Quantiles)
            kinds.append(kernel.QUANTILES)
            values.append(float(len(each.points) - 1))
            points.extend([*each.points, each.points[-1]])
    return (
        np.array(kinds, np.int64),
        np.array(values, np.float64),
        np.array(firsts, np.int64),
        np.array(points),
    )


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
            (np.int64(kernel.STOCK_SOURCE) << kernel.SOURCE_SHIFT)
            | (np.int64(place) << 30)
            | np.arange(total)
        )
        rows[:, 1] = profiles
        rows[:, 2] = node
        rows[:, 3] = -np.rint(ages).astype(np.int64)
        parts.append(rows)
    every = np.concatenate(parts) if parts else np.zeros((0, 4), np.int64)
    return every[np.argsort(every[:, 3], kind="stable")]
