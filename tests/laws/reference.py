"""
The engine's tick written again, plainly: lists of cases, no arrays, no tickets, no blocks.

It shares with the engine the description of a network, the random words of Philox and the names of the
edges that close a cycle, and nothing else. It is slow, and meant to be read beside `kernel.advance`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from hashlib import blake2b
from math import ceil, floor, log, log1p
from typing import Any

import numpy as np

from lawqueue.engine import streams
from lawqueue.engine.compile import laps
from lawqueue.engine.spec import (
    BINS,
    RENEGE,
    Delay,
    Fixed,
    Geometric,
    Hold,
    Network,
    Route,
    Router,
    Sink,
    Source,
    Station,
    StayChoice,
    routes_of,
)
from lawqueue.engine.varying import Varying


@dataclass(eq=False)
class Case:
    """A case, or a copy of one, where it stands."""

    number: int
    profile: int
    lap: int = 0
    at: str = ""
    place: str | None = None
    joined: int = 0
    rank: int = 0
    leaves: int = 0


@dataclass
class Counts:
    """What the engine counts too; keys are (period, ...)."""

    passed: Counter[tuple[int, str, int, int, int]] = field(default_factory=Counter)
    level_sum: Counter[tuple[int, str, int]] = field(default_factory=Counter)
    level_end: Counter[tuple[int, str, int]] = field(default_factory=Counter)
    taken_sum: Counter[tuple[int, str]] = field(default_factory=Counter)
    waits: Counter[tuple[int, str, int, int]] = field(default_factory=Counter)
    ages: Counter[tuple[int, str, int, int]] = field(default_factory=Counter)
    times: Counter[tuple[int, str]] = field(default_factory=Counter)
    work: defaultdict[tuple[int, str], float] = field(default_factory=lambda: defaultdict(float))
    idle: defaultdict[tuple[int, str], float] = field(default_factory=lambda: defaultdict(float))
    upkeep: defaultdict[tuple[int, str], float] = field(default_factory=lambda: defaultdict(float))


def pick(value: Any, tick: int, profile: int) -> float:
    """Return what a varying value is on a tick for a profile."""
    if isinstance(value, Varying):
        value = value.at(tick)
    return float(value) if np.ndim(value) == 0 else float(value[profile])


def on(series: Any, tick: int) -> float:
    """Return what a number or a series is on a tick."""
    return float(series) if np.ndim(series) == 0 else float(series[tick])


def word(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "big")


class Reference:
    """A network run case by case."""

    def __init__(self, network: Network, seed: int, replicate: int = 0) -> None:
        self.network, self.seed, self.replicate = network, seed, replicate
        self.nodes = {each.name: each for each in network.nodes}
        self.k0, self.k1 = (int(each) for each in streams.key(seed, replicate))
        self.back = laps(network)
        self.here: dict[str, list[Case]] = {name: [] for name in self.nodes}  # in order of joining
        self.queue: dict[str, list[Case]] = {name: [] for name in self.nodes}  # those who wait
        self.heard: dict[str, tuple[Case, float]] = {}  # who is in service, and the work that is left
        self.idle = {each.name: 1.0 for each in network.pools}
        self.taken = dict.fromkeys(self.nodes, 0)
        self.counts = Counts()
        self.period = self.day = 0

    def draw(self, case: Case, name: str, purpose: int, lap: int) -> float:
        key = streams.philox(
            case.number & 0xFFFFFFFF, (case.number >> 32) | (lap << 12), word(name), purpose, self.k0, self.k1
        )
        return int(key[purpose]) * 2.0**-32

    def stay(self, what: Any, case: Case, name: str, purpose: int) -> int:
        if isinstance(what, StayChoice):
            what = what.options[int(pick(what.which, self.day, case.profile))]
        if isinstance(what, Fixed):
            return int(what.ticks)
        u = self.draw(case, name, purpose, case.lap)
        if isinstance(what, Geometric):
            return 1 if what.mean == 1 else 1 + int(log(1.0 - u) * (1.0 / log1p(-1.0 / what.mean)))
        at = u * (len(what.points) - 1)
        low = floor(at)
        above = what.points[min(low + 1, len(what.points) - 1)]
        ticks: int = ceil(what.points[low] + (at - low) * (above - what.points[low]))
        return max(1, ticks)

    def choose(self, way: Route, case: Case, name: str) -> int:
        if len(way.edges) == 1:
            return 0
        u = self.draw(case, name, 0, case.lap)
        busy = free = 0.0
        for place, edge in enumerate(way.edges[:-1]):
            busy += pick(edge.share, self.day, case.profile)
            free += pick(edge.share if edge.idle_share is None else edge.idle_share, self.day, case.profile)
            idle = self.idle[way.pool] if way.pool is not None else 0.0
            if u < (busy if way.pool is None else busy * (1.0 - idle) + free * idle):
                return place
        return len(way.edges) - 1

    def leave(self, case: Case) -> None:
        """Take a case off the lists; its place is given back when it is known where it goes."""
        self.here[case.at].remove(case)
        if case in self.queue[case.at]:
            self.queue[case.at].remove(case)

    def send(self, cases: list[Case], r: int, joined: int) -> None:
        """Send on cases, all of which have left the lists already."""
        for first in cases:
            todo: list[tuple[Case, int | None]] = [(first, r)]
            while todo:
                self.move(*todo.pop(), joined, todo)

    def move(self, case: Case, r: int | None, joined: int, todo: list[tuple[Case, int | None]]) -> None:
        name, held, case.place = case.at, case.place, None
        while True:
            if r is not None:
                way = routes_of(self.nodes[name])[r]
                place = self.choose(way, case, f"{name}/{r}")
                edge = way.edges[place]
                if edge.relabel is not None:
                    case.profile = int(edge.relabel[case.profile])
                case.lap += (name, r, place) in self.back
                self.counts.passed[self.period, name, r, place, self.group(case)] += 1
                if edge.copy_to is not None:
                    todo.append((Case(case.number, case.profile, case.lap, edge.copy_to), None))
                name = edge.to
            node = self.nodes[name]
            if isinstance(node, Router):
                r = 0
                continue
            if isinstance(node, Station) and self.is_full(node, name not in self.heard):
                r = 2
                continue
            if not isinstance(node, Hold):
                break
            if held == name:
                self.taken[name] -= 1
                held = None
            rank = int(pick(node.priority, self.day, case.profile))
            if self.is_free(node):
                break
            if node.overflow == "wait" and not self.is_full(node, False):
                break
            if node.overflow == "preempt":
                lower = [each for each in self.here[name] if each.rank > rank]
                if lower:
                    worst = max(each.rank for each in lower)
                    out = next(each for each in lower if each.rank == worst)
                    self.leave(out)
                    todo.append((out, 1))
                    case.at = name
                    self.enter(node, case, rank)
                    if held is not None:
                        self.taken[held] -= 1
                    return
            r = 1
        keeps = isinstance(node, Station) and node.within == held
        if held is not None and not keeps:
            self.taken[held] -= 1
        if isinstance(node, Sink):
            return
        case.at = name
        if isinstance(node, Station):
            case.place = held if keeps else None
            self.wait(node, case, joined)
        elif isinstance(node, Delay):
            self.here[name].append(case)
            case.joined = self.day
            case.leaves = self.day + self.stay(node.stay, case, name, 1)
        else:
            assert isinstance(node, Hold)
            if self.is_free(node):
                self.enter(node, case, rank)
            else:
                self.wait(node, case, self.day)

    def is_free(self, hold: Hold) -> bool:
        if hold.overflow == "wait" and self.queue[hold.name]:
            return False
        return hold.places is None or self.taken[hold.name] < round(on(hold.places, self.day))

    def is_full(self, node: Station | Hold, idle: bool) -> bool:
        return node.queue_limit is not None and len(self.queue[node.name]) >= node.queue_limit + idle

    def enter(self, hold: Hold, case: Case, rank: int, joined: int | None = None) -> None:
        case.place, case.rank, case.joined = hold.name, rank, self.day if joined is None else joined
        self.counts.waits[self.period, hold.name, rank, self.day - case.joined] += 1
        case.leaves = self.day + self.stay(hold.stay, case, hold.name, 1)
        self.taken[hold.name] += 1
        self.here[hold.name].append(case)

    def wait(self, node: Station | Hold, case: Case, joined: int) -> None:
        case.joined = joined
        case.rank = int(pick(node.priority, self.day, case.profile))
        if node.renege is not None:
            case.leaves = max(joined, 0) + self.stay(node.renege.after, case, node.name, 2)
        self.here[node.name].append(case)
        self.queue[node.name].append(case)

    def group(self, case: Case) -> int:
        return 0 if self.network.groups is None else int(self.network.groups[case.profile])

    def stations(self) -> list[Station]:
        """Downstream first, those of one pool side by side."""
        order: list[str] = []
        for node in reversed(self.network.nodes):
            if isinstance(node, Station) and node.name not in order:
                mates = [each.stations for each in self.network.pools if node.name in each.stations]
                order.extend(mates[0] if mates else [node.name])
        return [each for name in order if isinstance(each := self.nodes[name], Station)]

    def admit(self) -> None:
        for hold in self.network.nodes:
            if isinstance(hold, Hold) and hold.overflow == "wait":
                for case in sorted(self.queue[hold.name], key=lambda each: each.rank):
                    if hold.places is None or self.taken[hold.name] < round(on(hold.places, self.day)):
                        self.leave(case)
                        self.enter(hold, case, case.rank, case.joined)

    def spend(self, station: Station, available: float, done: list[Case]) -> float:
        """Go on with the case in service, if there is one, and add it to those who are done."""
        if station.name not in self.heard:
            return available
        case, left = self.heard.pop(station.name)
        spent = min(left, available)
        self.counts.work[self.period, station.name] += spent
        if left > available + 1e-9:
            self.heard[station.name] = (case, left - available)
        else:
            self.counts.times[self.period, case.at] += self.day + 1 - case.joined
            self.here[case.at].remove(case)
            done.append(case)
        return available - spent if available - spent > 1e-9 else 0.0

    def resume(self, station: Station, available: float) -> float:
        done: list[Case] = []
        available = self.spend(station, available, done)
        self.send(done, 0, self.day + 1)
        return available

    def serve(self, station: Station, available: float) -> float:
        done: list[Case] = []
        available = self.spend(station, available, done)
        for rank in sorted({each.rank for each in self.queue[station.name]} | {0}):
            for case in [each for each in self.queue[station.name] if each.rank == rank]:
                if available <= 0 or case.joined > self.day:
                    break
                self.queue[station.name].remove(case)
                self.counts.waits[self.period, station.name, rank, self.day - case.joined] += 1
                self.heard[station.name] = (case, pick(station.units, self.day, case.profile))
                available = self.spend(station, available, done)
            self.send(done, 0, self.day + 1)
            done = []
            if available <= 0:
                break
        return available

    def arrivals(self) -> list[tuple[Source, Any]]:
        found = []
        for node in self.network.nodes:
            if isinstance(node, Source):
                means = np.broadcast_to(np.asarray(node.arrival_rate, float), (self.network.horizon,))
                if node.process == "even":
                    totals = np.floor(np.concatenate([[0.0], np.cumsum(means)]) + 1e-9)
                    found.append((node, np.diff(totals).astype(int)))
                else:
                    u = streams.uniforms(self.seed, self.replicate, node.name, means.size)
                    found.append((node, streams.poisson(means, u)))
        return found

    def profile(self, source: Source, case: Case) -> int:
        mix = source.mix
        if isinstance(mix, Varying):
            present = np.flatnonzero(np.any([mix.at(start) for start in mix.starts], axis=0))
            mix = np.asarray(mix.at(self.day))
        else:
            present = np.flatnonzero(mix)
        u = self.draw(case, source.name, 3, 0)
        shares = np.cumsum(mix[present] / mix[present].sum())
        return int(present[min(int((shares <= u).sum()), present.size - 1)]) if present.size else 0

    def run(self) -> Counts:
        net, counts = self.network, self.counts
        coming = self.arrivals()
        stations = self.stations()
        for self.day in range(net.horizon):
            self.period = sum(start <= self.day for start in net.periods) - 1
            for station in stations:
                if isinstance(station.priority, Varying) and self.day and self.day in station.priority.starts:
                    # Those who joined on one tick stand in the order of their classes before.
                    self.queue[station.name].sort(key=lambda each: (each.joined, each.rank))
                    for case in self.queue[station.name]:
                        case.rank = int(pick(station.priority, self.day, case.profile))
            for node in reversed(net.nodes):
                if isinstance(node, Hold | Delay):
                    waits = self.queue[node.name]
                    due = [c for c in self.here[node.name] if c not in waits and c.leaves == self.day]
                    for case in due:
                        self.leave(case)
                        counts.times[self.period, node.name] += self.day - case.joined
                    self.send(due, 0, self.day)
            for place in [*stations, *(each for each in net.nodes if isinstance(each, Hold))]:
                if place.renege is not None:
                    due = [each for each in self.queue[place.name] if each.leaves == self.day]
                    for case in due:
                        self.leave(case)
                    self.send(due, RENEGE[type(place)], self.day)
            self.admit()
            for s, (source, numbers) in enumerate(coming):
                new = []
                for i in range(int(numbers[self.day])):
                    case = Case((s << 38) | (self.day << 18) | i, 0, at=source.name)
                    case.profile = self.profile(source, case)
                    new.append(case)
                self.send(new, 0, self.day)
            left = {}
            for pool in net.pools:
                left[pool.name] = on(pool.units_per_tick, self.day)
                for name, units in pool.upkeep.items():
                    took = min(left[pool.name], on(units, self.day) * len(self.here[name]))
                    left[pool.name] -= took
                    counts.upkeep[self.period, pool.name] += took
            staff = {name: pool.name for pool in net.pools for name in pool.stations}
            for station in stations:
                if station.name in staff:
                    left[staff[station.name]] = self.resume(station, left[staff[station.name]])
            for station in stations:
                if station.name in staff:
                    left[staff[station.name]] = self.serve(station, left[staff[station.name]])
                else:
                    assert station.units_per_tick is not None
                    self.serve(station, on(station.units_per_tick, self.day))
            for pool in net.pools:
                total = on(pool.units_per_tick, self.day)
                self.idle[pool.name] = left[pool.name] / total if total > 0 else 0.0
                counts.idle[self.period, pool.name] += left[pool.name]
            self.admit()
            self.close()
        return counts

    def close(self) -> None:
        last = self.day + 1 == self.network.horizon or self.day + 1 in self.network.periods
        for name, cases in self.here.items():
            for case in cases:
                self.counts.level_sum[self.period, name, self.group(case)] += 1
                if last:
                    self.counts.level_end[self.period, name, self.group(case)] += 1
            self.counts.taken_sum[self.period, name] += self.taken[name]
            everyone = (each for there in self.here.values() for each in there)
            assert self.taken[name] == sum(each.place == name for each in everyone)
        if last:
            for name, waiting in self.queue.items():
                for case in waiting:
                    self.counts.ages[self.period, name, case.rank, self.day + 1 - case.joined] += 1


def histogram(waits: Counter[tuple[int, str, int, int]], period: int, name: str, rank: int) -> Any:
    """Return waits of one class in the engine's bins."""
    edges = np.array(BINS)
    counts = np.zeros(edges.size, np.int64)
    for (p, n, r, waited), cases in waits.items():
        if (p, n, r) == (period, name, rank):
            counts[np.flatnonzero(edges <= waited)[-1]] += cases
    return counts
