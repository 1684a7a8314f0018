"""
Where two plans part: the first tick on which the kernel would read anything else.

Up to that tick a run of the one is a run of the other, bit for bit, so that it is walked once. The tick is
found in the compiled plans; no date that somebody wrote is trusted. Every field of a plan is compared in one of
three ways: what must be the same throughout (`FIXED`), what is read column by column (`BY_TICK`), and what is
looked up in tables (`LOOKED_UP`), which are compared by what they are for, since their numbers shift.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine import codes
from lawqueue.engine.compile import Compiled, Plan
from lawqueue.engine.spec import routes_of

Ints = NDArray[np.int64]

FIXED: Final = frozenset(
    {
        *("horizon", "n_groups", "n_queues", "spare_queue", "period_of", "group_of", "bin_of"),
        *(
            "kind",
            "tracked",
            "n_key",
            "r_main",
            "r_overflow",
            "r_renege",
            "r_held",
            "queue_limit",
            "renege_order",
            "hold_of",
            "hold_slot",
            "overflow",
            "n_classes",
        ),
        *("queue", "calendar", "tickets", "evict", "r_first", "r_edges", "r_pool", "r_key"),
        *("e_target", "e_relabel", "e_copy", "e_lap", "relabels", "s_node", "station_order", "pool_of"),
        *("due_order", "waiting_holds", "upkeep_pool", "upkeep_node"),
    }
)
"""Fields that must be equal: if one differs, the plans part on tick 0."""
BY_TICK: Final = frozenset({"places", "arrivals", "station_units", "pool_units", "upkeep"})
"""Fields with one column a tick."""
LOOKED_UP: Final = frozenset(
    {
        *("class_table", "units_table", "stay_table", "renege_table", "r_table", "s_table"),
        *("t_groups", "t_width", "t_base", "t_stride", "t_epoch", "groups", "values"),
        *("d_kind", "d_value", "d_points", "points", "s_first", "s_profiles"),
    }
)
"""Fields that are read through a table: the numbers of tables, the tables, and the distributions and profiles that they name."""


def first_difference(one: Compiled, other: Compiled) -> int:
    """
    Return the first tick on which the kernel would read anything else from the one plan than from the other.

    Parameters
    ----------
    one, other
        Compiled networks whose plans hold the arrivals of one replicate.

    Returns
    -------
    int
        The horizon if they never differ [tick].
    """
    a, b = one.plan, other.plan
    if not all(_equal(getattr(a, name), getattr(b, name)) for name in FIXED):
        return 0
    if not _equal(one.stock, other.stock) or one.n_state_queues != other.n_state_queues:
        return 0
    found = a.horizon
    for name in BY_TICK:
        found = min(found, _first_column(getattr(a, name), getattr(b, name), a.horizon))
    for difference in _looked_up(one, other):
        if found == 0:
            break
        found = min(found, difference)
    return found


def _equal(one: Any, other: Any) -> bool:
    return one is other or np.array_equal(one, other)


def _first_column(one: NDArray[Any], other: NDArray[Any], horizon: int) -> int:
    """Return the first column in which two arrays of the same shape differ, or the horizon."""
    if one.shape != other.shape:
        return 0
    return _first((one != other).any(axis=0), np.arange(horizon), horizon)


def _first(differs: NDArray[np.bool_], ticks: Ints, horizon: int) -> int:
    return int(ticks[np.argmax(differs)]) if differs.any() else horizon


def _looked_up(one: Compiled, other: Compiled) -> Iterator[int]:
    """Yield the first tick on which each table reads otherwise, table by table in the order of nodes."""
    a, b = one.plan, other.plan
    # What is laid out of one node, or one route, that both networks hold is the same in both.
    nodes = [place for place, each in enumerate(one.network.nodes) if each is not other.network.nodes[place]]
    stations, holds, delays = (
        [node for node in nodes if a.kind[node] == kind] for kind in (codes.STATION, codes.HOLD, codes.DELAY)
    )
    for node in (*stations, *holds):
        yield _in_table(a, b, a.class_table[node], b.class_table[node])
    for node in stations:
        yield _resorted(a, b, a.class_table[node], b.class_table[node])
        yield _in_table(a, b, a.units_table[node], b.units_table[node])
    for way in _ways(one, other):
        yield _in_table(a, b, a.r_table[way], b.r_table[way])
    if holds or delays or stations:
        stays = _Stays(a), _Stays(b)
        for node in (*holds, *delays):
            yield _in_table(a, b, a.stay_table[node], b.stay_table[node], stays)
        for node in (*stations, *holds):
            yield _in_table(a, b, a.renege_table[node], b.renege_table[node], stays)
    for source, node in enumerate(a.s_node):
        if one.network.nodes[node] is not other.network.nodes[node]:
            yield _in_mix(a, b, source)


def _ways(one: Compiled, other: Compiled) -> Iterator[int]:
    """Yield the numbers of the routes that are not one route in both networks."""
    routes = (
        [way for node in each.network.nodes for way in routes_of(node).values()] for each in (one, other)
    )
    for number, (mine, yours) in enumerate(zip(*routes, strict=True)):
        if mine is not yours:
            yield number


class _Stays:
    """The distributions of a plan by what they are, for their numbers shift when one is added before them."""

    known: Final[dict[tuple[int, float, bytes], int]] = {}

    def __init__(self, plan: Plan) -> None:
        self.number = np.array(
            [
                self.known.setdefault(
                    (int(kind), float(value), _points(plan, int(kind), float(value), int(first))),
                    len(self.known),
                )
                for kind, value, first in zip(plan.d_kind, plan.d_value, plan.d_points, strict=True)
            ],
            np.int64,
        )


def _points(plan: Plan, kind: int, value: float, first: int) -> bytes:
    points: bytes = plan.points[first : first + int(value) + 2].tobytes() if kind == codes.QUANTILES else b""
    return points


def _changes(*epochs: Ints) -> Ints:
    """Return tick 0 and the ticks on which any of the tables turns to another epoch."""
    changed = np.zeros(epochs[0].size, bool)
    changed[0] = True
    for each in epochs:
        changed[1:] |= each[1:] != each[:-1]
    return np.flatnonzero(changed)


def _rows(plan: Plan, table: int) -> NDArray[np.float64]:
    """Return the values of a table, shape (n_epochs, n_cells, width)."""
    epochs, stride, width = (
        int(plan.t_epoch[table].max()) + 1,
        int(plan.t_stride[table]),
        int(plan.t_width[table]),
    )
    base = int(plan.t_base[table])
    values: NDArray[np.float64] = plan.values[base : base + epochs * stride]
    return values.reshape(epochs, stride // width, width) if width else np.zeros((epochs, 1, 0))


def _cells(plan: Plan, table: int) -> NDArray[np.int32]:
    first = int(plan.t_groups[table])
    rows: NDArray[np.int32] = plan.groups[first : first + plan.group_of.size]
    return rows // max(int(plan.t_width[table]), 1)


def _in_table(a: Plan, b: Plan, one: int, other: int, stays: tuple[_Stays, _Stays] | None = None) -> int:
    """Return the first tick on which two tables differ for any profile, or the horizon."""
    horizon: int = a.horizon
    if one < 0 or other < 0:
        return horizon if one == other else 0
    epochs = a.t_epoch[one], b.t_epoch[other]
    ticks = _changes(*epochs)
    left, right = _cells(a, one), _cells(b, other)
    here: NDArray[Any] = _rows(a, one)
    there: NDArray[Any] = _rows(b, other)
    if here.shape[2] != there.shape[2]:
        return 0
    if stays is not None:
        here, there = (
            each.number[rows.astype(np.int64)] for each, rows in zip(stays, (here, there), strict=True)
        )
    if np.array_equal(left, right):
        left = right = np.arange(here.shape[1], dtype=np.int32)
    else:
        together = np.unique(left.astype(np.int64) << 32 | right)
        left, right = (together >> 32).astype(np.int32), (together & 0xFFFFFFFF).astype(np.int32)
    differs = here[epochs[0][ticks]][:, left] != there[epochs[1][ticks]][:, right]
    return _first(differs.any(axis=(1, 2)), ticks, horizon)


def _resorted(a: Plan, b: Plan, one: int, other: int) -> int:
    """Return the first tick on which one docket is sorted anew and the other is not: patience is drawn again then."""
    here, there = _changes(a.t_epoch[one]), _changes(b.t_epoch[other])
    alone = np.setxor1d(here, there)
    return int(alone[0]) if alone.size else int(a.horizon)


def _in_mix(a: Plan, b: Plan, source: int) -> int:
    """Return the first tick on which a draw would give a new case of a source another profile."""
    one, other = a.s_table[source], b.s_table[source]
    here, there = _profiles(a, source), _profiles(b, source)
    if np.array_equal(here, there):
        return _in_table(a, b, one, other)
    epochs = a.t_epoch[one], b.t_epoch[other]
    ticks = _changes(*epochs)
    rows = _rows(a, one)[:, 0], _rows(b, other)[:, 0]
    for tick in ticks:
        if _thresholds(rows[0][epochs[0][tick]], here) != _thresholds(rows[1][epochs[1][tick]], there):
            return int(tick)
    return int(a.horizon)


def _profiles(plan: Plan, source: int) -> Ints:
    first = int(plan.s_first[source])
    profiles: Ints = plan.s_profiles[first : first + int(plan.t_width[plan.s_table[source]]) + 1]
    return profiles


def _thresholds(cumulative: NDArray[np.float64], profiles: Ints) -> list[tuple[float, int]]:
    """Return up to which draw each profile is taken; who is never drawn is left out."""
    upper = np.append(cumulative, 1.0)
    taken = np.diff(upper, prepend=0.0) > 0
    return list(zip(upper[taken].tolist(), profiles[taken].tolist(), strict=True))
