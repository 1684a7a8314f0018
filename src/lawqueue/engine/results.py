"""What a run counted: passages, levels, waits and work, by replicate and period, at full size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.compile import Compiled
from lawqueue.engine.resolution import SimulatedWait
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
    squares
        Sum of the squares of the work asked by the cases whose service began at a station, or of the stays of
        those who took a place in a hold, shape (n_periods, n_nodes) [unit²], [tick²].
    time_sum
        Ticks that the cases that were served at a station, or whose stay in a hold or a delay ended, had been
        there, shape (n_periods, n_nodes).
    pool_upkeep, pool_idle
        Units spent on upkeep, and left over, of every pool, shape (n_periods, n_pools).
    wait_sum, wait_count
        Ticks waited before service, and cases, whose service began, shape (n_periods, n_queues).
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
    squares: Floats
    time_sum: Ints
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

    @cached_property
    def _leaving(self) -> dict[str, list[int]]:
        """Numbers of the edges out of each node."""
        found: dict[str, list[int]] = {}
        for i, each in enumerate(self.compiled.edges):
            found.setdefault(each.node, []).append(i)
        return found

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
        edges = self.compiled.edges
        found = [i for i in self._leaving.get(node, ()) if label in (None, edges[i].label)]
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
        Return the ticks waited before service, and the cases whose service began, by class.

        Service begins at a station with the first work that is spent on a case, and at a hold when it takes a
        place. Who did not wait counts with 0. Totals are as simulated: they may be what the scale makes, see
        `mean_wait`.

        Returns
        -------
        (n_replicates, n_periods, n_classes) float64, twice [tick], [case]
        """
        queues = self._queues(node)
        return self._gather(lambda each: each.wait_sum[:, queues]), self._gather(
            lambda each: each.wait_count[:, queues]
        )

    def simulated_wait(self, node: str) -> SimulatedWait:
        """Return the mean wait as simulated, and what of it the scale may have made."""
        total, count = (each.sum(axis=2) for each in self.waits(node))
        mean = _ratio(total, count)
        return SimulatedWait(mean, np.minimum(mean, self._chance_wait(node)) * (1.0 - self.compiled.scale))

    def mean_wait(self, node: str) -> Floats:
        """
        Return the mean wait before service of all whose service began in each period [tick].

        NaN where there was none; and in every replicate where the wait is not resolved at the scale of the
        run: `is_resolved` tells which.
        """
        return np.where(self.is_resolved(node), self.simulated_wait(node).mean, np.nan)

    def is_resolved(self, node: str) -> NDArray[np.bool_]:
        """
        Tell whether the wait at a node is more than what the scale makes, shape (n_periods,).

        It says the same of the number of those who wait. At scale 1 it is always so.
        """
        return self.simulated_wait(node).is_resolved

    def mean_time_in_system(self, node: str) -> Floats:
        """
        Return the mean time from joining to the end of service of those served in each period [tick].

        At a station service ends with the tick on which the last work is done; at a hold or a delay, with the
        stay. As simulated; NaN where nobody was served.
        """
        place = self._node(node)
        served = [i for i, each in enumerate(self.compiled.edges) if each.node == node and each.way == 0]
        return _ratio(
            self._gather(lambda each: each.time_sum[:, place]),
            self._gather(lambda each: each.passed[:, served].sum(axis=(1, 2))),
        )

    def _chance_wait(self, node: str) -> Floats:
        """
        Return the longest mean wait that chance alone explains at this scale [tick].

        Staff and places are scaled with the cases, so that 1 % of the cases meet a hundredth of the staff, and
        the chance of their coming makes a queue of as many simulated cases: of a hundred times as many at full
        size. How many is bounded by what was measured. In balance chance makes the wait of M/G/1 with priority,
        R / ((1 − σ₀)(1 − σ)) [Cobham 1954, Pollaczek 1930], with R the mean work in hand of a service, σ₀ the load
        of who goes before and σ the load with this queue. Without balance it cannot have made more than the
        standard deviation of all work that came since the start [reflected random walk; Harrison 1985, section
        1.9: √(2/π) of it]. The smaller of the two counts. A hold is measured by its stays and places.

        Returns
        -------
        (n_replicates, n_periods) float64; infinite where no work can be done
        """
        units, before, work, squares = self._load(node)
        with np.errstate(divide="ignore", invalid="ignore"):
            per_tick = units / self.ticks
            free_before = np.clip(1 - before / units, 0, 1)
            free = np.clip(1 - (before + work) / units, 0, 1)
            balance = squares / self.ticks / (2 * per_tick**2) / (free_before * free)
            drift = np.sqrt(2 / np.pi * squares.cumsum(axis=1)) / (per_tick * free_before)
        return np.nan_to_num(np.fmin(balance, drift), nan=np.inf, posinf=np.inf)

    def _load(self, node: str) -> tuple[Floats, Floats, Floats, Floats]:
        """
        Return the units of those who serve a queue, what of them went to others before it, and to it, and Σ work².

        All as simulated, each of shape (n_replicates, n_periods) or (1, n_periods); the squares are those of both.
        The work of a hold is the ticks for which its places are taken.
        """
        place, plan = self._node(node), self.compiled.plan

        def of(pick: Callable[[Replicate], NDArray[Any]]) -> Floats:
            return np.stack([np.asarray(pick(each), np.float64) for each in self.replicates])

        if plan.hold_slot[place] >= 0:
            slot = int(plan.hold_slot[place])
            free = np.where(plan.places[slot] < 0, np.inf, plan.places[slot])
            work = of(lambda each: each.taken_sum[:, slot])
            return self._by_period(free), np.zeros_like(work), work, of(lambda each: each.squares[:, place])
        pool = int(plan.pool_of[place])
        order = list(plan.station_order)
        if pool < 0:
            first = [place]
            units = self._by_period(plan.station_units[order.index(place)])
        else:
            mates = [each for each in order if plan.pool_of[each] == pool]
            first = mates[: mates.index(place) + 1]
            units = self._by_period(plan.pool_units[pool]) - of(lambda each: each.pool_upkeep[:, pool])
        before = of(lambda each: each.work[:, first[:-1]].sum(axis=1))
        squares = of(lambda each: each.squares[:, first].sum(axis=1))
        return units, before, of(lambda each: each.work[:, place]), squares

    def wait_histogram(self, node: str) -> tuple[Floats, Ints]:
        """Return waits in bins, (n_replicates, n_periods, n_classes, n_bins) [case], and the bins' least waits [tick]."""
        queues = self._queues(node)
        return self._gather(lambda each: each.wait_histogram[:, queues]), self._bins

    def age_histogram(self, node: str) -> tuple[Floats, Ints]:
        """Return ages of those who wait at the end of a period, shaped as `wait_histogram`."""
        queues = self._queues(node)
        return self._gather(lambda each: each.age_histogram[:, queues]), self._bins

    def _by_period(self, by_tick: Floats) -> Floats:
        """Return the sums of a series by tick over each period, shape (1, n_periods)."""
        return np.asarray(np.bincount(self.compiled.plan.period_of, by_tick), np.float64)[None, :]

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


def _ratio(total: Floats, count: Floats) -> Floats:
    return np.asarray(np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0))


def _grouped(counts: NDArray[Any], groups: Any) -> NDArray[Any]:
    chosen = counts if groups is None else counts[..., np.asarray(groups, bool)]
    return np.asarray(chosen.sum(axis=-1))
