"""What a run counted: passages, levels, waits and work, by replicate and period, at full size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.compile import Compiled
from lawqueue.errors import InputError, did_you_mean

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Replicate:
    """
    Raw counts of one replicate, at the scale that was simulated.

    Parameters
    ----------
    passed
        Passages of every edge, shape (n_periods, n_edges, n_groups).
    level_sum, level_end
        Sum over ticks, and last value, of the cases at every node: (n_periods, n_nodes, n_groups).
    level_start
        Cases at every node before the first tick, shape (n_nodes, n_groups).
    arrived
        Arrivals of every source, shape (n_sources, n_periods).
    taken_sum
        Sum over ticks of the places taken in every hold, shape (n_periods, n_holds).
    admitted
        Cases that took a place in every hold, (n_periods, n_holds, n_groups).
    work
        Units spent at every station, shape (n_periods, n_nodes).
    pool_upkeep, pool_idle
        Units spent on upkeep, and left over, of every pool, shape (n_periods, n_pools).
    wait_sum, wait_count
        Ticks waited, and cases, that left each queue for service, shape (n_periods, n_queues).
    wait_histogram, age_histogram
        Their waits, and the ages of those who wait at the end of the period, in bins:
        (n_periods, n_queues, n_bins).
    """

    passed: Ints
    level_sum: Ints
    level_end: Ints
    level_start: Ints
    arrived: Ints
    taken_sum: Ints
    admitted: Ints
    work: Floats
    pool_upkeep: Floats
    pool_idle: Floats
    wait_sum: Ints
    wait_count: Ints
    wait_histogram: Ints
    age_histogram: Ints


@dataclass(frozen=True)
class Run:
    """
    Results of a simulation.

    Every method returns an array whose first two axes are replicate and period, at full size: counts
    of a run at scale 0.1 are multiplied by ten.
    """

    compiled: Compiled
    replicates: tuple[Replicate, ...]

    @cached_property
    def ticks(self) -> Ints:
        """Ticks in each period, shape (n_periods,)."""
        periods = [*self.compiled.network.periods, self.compiled.network.horizon]
        return np.diff(np.array(periods))

    def passages(self, node: str, label: str | None = None, groups: Any = None) -> Floats:
        """
        Return how many cases left `node` along the edge `label`, or along any edge.

        Parameters
        ----------
        groups
            Boolean array of shape (n_groups,): which groups to count; all if None.

        Returns
        -------
        (n_replicates, n_periods) float64 [case]
        """
        found = [
            i
            for i, each in enumerate(self.compiled.edges)
            if each.node == node and label in (None, each.label)
        ]
        if not found:
            names = sorted({f"{each.node} → {each.label}" for each in self.compiled.edges})
            raise InputError(f"no edge {node!r} → {label!r}. {did_you_mean(f'{node} → {label}', names)}")
        return self._gather(lambda each: _grouped(each.passed[:, found], groups).sum(axis=1))

    def level(self, node: str, groups: Any = None) -> Floats:
        """Return the mean number of cases at `node` over each period [case]."""
        place = self._node(node)
        return (
            self._gather(lambda each: _grouped(each.level_sum[:, [place]], groups).sum(axis=1)) / self.ticks
        )

    def level_end(self, node: str, groups: Any = None) -> Floats:
        """Return the number of cases at `node` at the end of each period [case]."""
        place = self._node(node)
        return self._gather(lambda each: _grouped(each.level_end[:, [place]], groups).sum(axis=1))

    def level_start(self, node: str) -> float:
        """Return the number of cases at `node` before the first tick [case]."""
        return float(self.replicates[0].level_start[self._node(node)].sum()) / self.compiled.scale

    def places_taken(self, hold: str) -> Floats:
        """Return the mean number of places taken in a hold over each period [place]."""
        slot = self._slot(hold)
        return self._gather(lambda each: each.taken_sum[:, slot]) / self.ticks

    def admissions(self, hold: str, groups: Any = None) -> Floats:
        """Return how many cases took a place in a hold in each period [case]."""
        slot = self._slot(hold)
        return self._gather(lambda each: _grouped(each.admitted[:, slot], groups))

    def work(self, station: str) -> Floats:
        """Return the work spent at a station in each period [unit]."""
        place = self._node(station)
        return self._gather(lambda each: each.work[:, place])

    def pool_idle(self, pool: str) -> Floats:
        """Return the work that a pool had left over in each period [unit]."""
        return self._gather(lambda each: each.pool_idle[:, self._pool(pool)])

    def pool_upkeep(self, pool: str) -> Floats:
        """Return the work that a pool spent on upkeep in each period [unit]."""
        return self._gather(lambda each: each.pool_upkeep[:, self._pool(pool)])

    def pool_units(self, pool: str) -> Floats:
        """Return the work that a pool could do in each period, shape (n_periods,) [unit]."""
        plan = self.compiled.plan
        units = np.bincount(plan.period_of, plan.pool_units[self._pool(pool)], minlength=self.ticks.size)
        return np.asarray(units / self.compiled.scale)

    def station_units(self, station: str) -> Floats:
        """Return the work that a station's own staff could do in each period, shape (n_periods,) [unit]."""
        plan = self.compiled.plan
        order, node = list(plan.station_order), self._node(station)
        if node not in order:
            raise InputError(f"{station!r} has no staff: it is not a station.")
        place = order.index(node)
        units = np.bincount(plan.period_of, plan.station_units[place], minlength=self.ticks.size)
        return np.asarray(units / self.compiled.scale)

    def waits(self, node: str) -> tuple[Floats, Floats]:
        """
        Return the ticks waited, and the cases, that left a queue for service, by class.

        At a hold only those queue who found no place free; who got one at once is not counted.

        Returns
        -------
        (n_replicates, n_periods, n_classes) float64, twice [tick], [case]
        """
        queues = self._queues(node)
        return self._gather(lambda each: each.wait_sum[:, queues]), self._gather(
            lambda each: each.wait_count[:, queues]
        )

    def mean_wait(self, node: str) -> Floats:
        """Return the mean wait of the cases that left the queue in each period [tick]; NaN where none did."""
        total, count = (each.sum(axis=2) for each in self.waits(node))
        return np.asarray(np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0))

    def wait_histogram(self, node: str) -> tuple[Floats, Ints]:
        """Return waits in bins, (n_replicates, n_periods, n_classes, n_bins) [case], and the bins' least waits [tick]."""
        queues = self._queues(node)
        return self._gather(lambda each: each.wait_histogram[:, queues]), self._bins

    def age_histogram(self, node: str) -> tuple[Floats, Ints]:
        """Return ages of those who wait at the end of a period, shaped as `wait_histogram`."""
        queues = self._queues(node)
        return self._gather(lambda each: each.age_histogram[:, queues]), self._bins

    @property
    def _bins(self) -> Ints:
        return np.array(self.compiled.network.bins)

    def _gather(self, pick: Callable[[Replicate], NDArray[Any]]) -> Floats:
        return np.asarray(np.stack([pick(each) for each in self.replicates]) / self.compiled.scale)

    def _node(self, name: str) -> int:
        try:
            return self.compiled.nodes.index(name)
        except ValueError:
            raise InputError(f"no node {name!r}. {did_you_mean(name, self.compiled.nodes)}") from None

    def _slot(self, hold: str) -> int:
        slot = int(self.compiled.plan.hold_slot[self._node(hold)])
        if slot < 0:
            raise InputError(f"{hold!r} has no places: it is not a hold.")
        return slot

    def _pool(self, name: str) -> int:
        names = [each.name for each in self.compiled.network.pools]
        if name not in names:
            raise InputError(f"no pool {name!r}. {did_you_mean(name, names)}")
        return names.index(name)

    def _queues(self, node: str) -> list[int]:
        place = self._node(node)
        plan = self.compiled.plan
        first = int(plan.queue[place])
        if first < 0:
            raise InputError(f"nobody queues at {node!r}: it is neither a station nor a hold.")
        return list(range(first, first + int(plan.n_classes[place])))


def _grouped(counts: NDArray[Any], groups: Any) -> NDArray[Any]:
    chosen = counts if groups is None else counts[..., np.asarray(groups, bool)]
    return np.asarray(chosen.sum(axis=-1))
