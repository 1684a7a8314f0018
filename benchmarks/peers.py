"""
The network W3 in other engines, each in an idiom that its documentation shows.

Every function takes (n, days, capacity, seed) and returns the quantities of the check row. A day d runs in one
order everywhere: beds are left and the removed return, new cases come, removal serves, judges, officers.

`loop` is plain Python with queues, a day at a time: the formulation of our engine without its compilation, so
that the ratio to it is what compilation gives, and its ratio to an event engine is what the formulation gives.
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable
from typing import Any

P_DETAINED = (0.5, 0.3, 0.2, 0.1)
CUMULATIVE_MIX = (0.1, 0.3, 0.6, 1.0)
LOG_STAY = math.log1p(-1 / 40)
LOG_AWAY = math.log1p(-1 / 90)
Measures = dict[str, float]


def units(n: int, capacity: float) -> tuple[int, int, int, int]:
    """Return daily units of officers, judges and removal, and beds."""
    return tuple(round(each * n * capacity) for each in (1.4 * 1.05, 1.4 * 0.9, 1.4 * 0.5, 7.0))  # type: ignore[return-value]


class Tally:
    """The quantities of the check row, counted alike by every engine written in Python."""

    def __init__(self) -> None:
        self.officers = [0] * 4
        self.officer_days = [0] * 4
        self.court = [0] * 2  # released, detained
        self.court_days = [0] * 2
        self.removals = self.removal_days = self.detained = self.overflow = self.bed_outs = 0
        self.reentries = self.joined = 0

    def measures(self, officers: int, court: tuple[int, int], removal: int, beds: int) -> Measures:
        return {
            "officer services": sum(self.officers),
            **{f"officer services, class {k}": self.officers[k] for k in range(4)},
            "detained": self.detained,
            "overflow": self.overflow,
            "court services, released": self.court[0],
            "court services, detained": self.court[1],
            "removals": self.removals,
            "re-entries": self.reentries,
            **{f"days waited for officers, class {k}": self.officer_days[k] for k in range(4)},
            "days waited for court, released": self.court_days[0],
            "days waited for court, detained": self.court_days[1],
            "days waited for removal": self.removal_days,
            "waiting for officers at the end": officers,
            "waiting for court at the end, released": court[0],
            "waiting for court at the end, detained": court[1],
            "waiting for removal at the end": removal,
            "beds taken at the end": beds,
            "events": self.joined
            + sum(self.officers)
            + self.detained
            + self.bed_outs
            + sum(self.court)
            + self.removals,
        }


def new_class(u: float) -> int:
    return 0 if u < 0.1 else 1 if u < 0.3 else 2 if u < 0.6 else 3


def geometric(log_rest: float, u: float) -> int:
    return 1 + int(math.log(1.0 - u) / log_rest)


def loop(n: int, days: int, capacity: float, seed: int) -> Measures:
    """Plain Python, a day at a time."""
    draw = random.Random(seed).random
    per_day = units(n, capacity)
    places = per_day[3]
    t = Tally()
    officers: list[deque[int]] = [deque() for _ in range(4)]  # the day of joining
    court: tuple[deque[tuple[int, int]], ...] = (deque(), deque())  # released, detained: (class, day)
    removal: deque[tuple[int, int]] = deque()
    leaving: list[list[int]] = [[] for _ in range(days)]  # classes
    returning: list[list[int]] = [[] for _ in range(days)]
    taken = 0
    for day in range(days):
        for cls in leaving[day]:
            court[1].append((cls, day))
        taken -= len(leaving[day])
        t.bed_outs += len(leaving[day])
        leaving[day] = []
        for cls in returning[day]:
            officers[cls].append(day)
        t.reentries += len(returning[day])
        t.joined += len(returning[day]) + n
        returning[day] = []
        for _ in range(n):
            officers[new_class(draw())].append(day)
        if day % 7 >= 5:
            continue
        for _ in range(min(per_day[2], len(removal))):
            cls, since = removal.popleft()
            t.removals += 1
            t.removal_days += day - since
            if draw() < 0.15:
                due = day + geometric(LOG_AWAY, draw())
                if due < days:
                    returning[due].append(cls)
        left = per_day[1]
        for detained in (1, 0):
            queue, p = court[detained], (0.5, 0.75)[detained]
            served = min(left, len(queue))
            left -= served
            t.court[detained] += served
            for _ in range(served):
                cls, since = queue.popleft()
                t.court_days[detained] += day - since
                if draw() < p:
                    removal.append((cls, day + 1))
        left = per_day[0]
        for cls in range(4):
            queue_of, p = officers[cls], P_DETAINED[cls]
            served = min(left, len(queue_of))
            left -= served
            t.officers[cls] += served
            for _ in range(served):
                t.officer_days[cls] += day - queue_of.popleft()
                if draw() < p:
                    if taken < places:
                        taken += 1
                        t.detained += 1
                        due = day + geometric(LOG_STAY, draw())
                        if due < days:
                            leaving[due].append(cls)
                        continue
                    t.overflow += 1
                court[0].append((cls, day + 1))
    return t.measures(sum(map(len, officers)), (len(court[0]), len(court[1])), len(removal), taken)


def simpy(n: int, days: int, capacity: float, seed: int) -> Measures:
    """SimPy: a process for each case, beds as a Resource, staff as a process that grants tickets."""
    import simpy as sp

    draw = random.Random(seed).random
    per_day = units(n, capacity)
    env = sp.Environment()
    beds = sp.Resource(env, capacity=max(per_day[3], 1))
    t = Tally()
    officers: list[deque[Any]] = [deque() for _ in range(4)]
    court: tuple[deque[Any], ...] = (deque(), deque())
    removal: deque[Any] = deque()

    def case(cls: int) -> Any:
        while True:
            t.joined += 1
            since, ticket = int(env.now), env.event()
            officers[cls].append(ticket)
            yield ticket
            day = int(env.now)
            t.officers[cls] += 1
            t.officer_days[cls] += day - since
            detained = 0
            since = day + 1
            if draw() < P_DETAINED[cls]:
                if beds.count < per_day[3]:
                    detained = 1
                    t.detained += 1
                    bed = beds.request()
                    yield bed
                    # Staff work at the middle of a day; a stay ends at its start.
                    yield env.timeout(geometric(LOG_STAY, draw()) - 0.5)
                    beds.release(bed)
                    t.bed_outs += 1
                    since = int(env.now)
                else:
                    t.overflow += 1
            ticket = env.event()
            court[detained].append(ticket)
            yield ticket
            day = int(env.now)
            t.court[detained] += 1
            t.court_days[detained] += day - since
            if draw() >= (0.5, 0.75)[detained]:
                return
            ticket = env.event()
            removal.append(ticket)
            yield ticket
            t.removals += 1
            t.removal_days += int(env.now) - (day + 1)
            if draw() >= 0.15:
                return
            yield env.timeout(geometric(LOG_AWAY, draw()) - 0.5)
            t.reentries += 1

    def arrivals() -> Any:
        for _ in range(days):
            for _ in range(n):
                env.process(case(new_class(draw())))
            yield env.timeout(1)

    def staff() -> Any:
        yield env.timeout(0.5)
        for day in range(days):
            if day % 7 < 5:
                for queues, per in (
                    ((removal,), per_day[2]),
                    ((court[1], court[0]), per_day[1]),
                    (officers, per_day[0]),
                ):
                    left = per
                    for queue in queues:
                        served = min(left, len(queue))
                        left -= served
                        for _ in range(served):
                            queue.popleft().succeed()
            yield env.timeout(1)

    env.process(arrivals())
    env.process(staff())
    env.run(until=days - 0.25)
    return t.measures(sum(map(len, officers)), (len(court[0]), len(court[1])), len(removal), beds.count)


def mesa(n: int, days: int, capacity: float, seed: int) -> Measures:
    """Mesa: an agent for each case, stays and the daily round as events of its discrete-event simulator."""
    import warnings

    warnings.simplefilter("ignore")
    from mesa import Agent, Model
    from mesa.experimental.devs import DEVSimulator
    from mesa.experimental.devs.eventlist import Priority

    draw = random.Random(seed).random
    per_day = units(n, capacity)
    t = Tally()

    class Case(Agent):  # type: ignore[misc]
        def __init__(self, model: Any, cls: int) -> None:
            super().__init__(model)
            self.cls = cls
            self.since = 0
            self.join()

        def join(self) -> None:
            t.joined += 1
            self.since = int(self.model.simulator.time)
            self.model.officers[self.cls].append(self)

        def come_back(self) -> None:
            t.reentries += 1
            self.join()

        def leave_bed(self) -> None:
            t.bed_outs += 1
            self.model.taken -= 1
            self.since = int(self.model.simulator.time)
            self.model.court[1].append(self)

    class World(Model):  # type: ignore[misc]
        def __init__(self, simulator: Any) -> None:
            super().__init__(seed=seed)
            self.simulator = simulator
            self.officers: list[deque[Any]] = [deque() for _ in range(4)]
            self.court: tuple[deque[Any], ...] = (deque(), deque())
            self.removal: deque[Any] = deque()
            self.taken = 0
            simulator.setup(self)
            simulator.schedule_event_absolute(self.day, 0.0, priority=Priority.LOW)

        def day(self) -> None:
            now = int(self.simulator.time)
            later = self.simulator.schedule_event_relative
            for _ in range(n):
                Case(self, new_class(draw()))
            if now + 1 < days:
                later(self.day, 1.0, priority=Priority.LOW)
            if now % 7 >= 5:
                return
            for _ in range(min(per_day[2], len(self.removal))):
                case = self.removal.popleft()
                t.removals += 1
                t.removal_days += now - case.since
                if draw() < 0.15:
                    later(case.come_back, float(geometric(LOG_AWAY, draw())))
                else:
                    case.remove()
            left = per_day[1]
            for detained in (1, 0):
                served = min(left, len(self.court[detained]))
                left -= served
                for _ in range(served):
                    case = self.court[detained].popleft()
                    t.court[detained] += 1
                    t.court_days[detained] += now - case.since
                    if draw() < (0.5, 0.75)[detained]:
                        case.since = now + 1
                        self.removal.append(case)
                    else:
                        case.remove()
            left = per_day[0]
            for cls in range(4):
                served = min(left, len(self.officers[cls]))
                left -= served
                for _ in range(served):
                    case = self.officers[cls].popleft()
                    t.officers[cls] += 1
                    t.officer_days[cls] += now - case.since
                    if draw() < P_DETAINED[cls]:
                        if self.taken < per_day[3]:
                            self.taken += 1
                            t.detained += 1
                            later(case.leave_bed, float(geometric(LOG_STAY, draw())))
                            continue
                        t.overflow += 1
                    case.since = now + 1
                    self.court[0].append(case)

    simulator = DEVSimulator()
    world = World(simulator)
    simulator.run_until(days - 0.5)
    return t.measures(
        sum(map(len, world.officers)),
        (len(world.court[0]), len(world.court[1])),
        len(world.removal),
        world.taken,
    )


def ciw(n: int, days: int, capacity: float, seed: int) -> Measures:
    """
    Ciw: slotted nodes for staff, a node with 7 n servers for beds, classes for priority.

    Day d is time d + 1; removal serves at .3 of a day, judges at .4, officers at .5, each in .05 of a day.
    Classes c0–c3 wait for officers; behind them a case is d (detained) or r (released), so that one order of
    priority serves every node.
    """
    import ciw as cw
    import numpy as np

    cw.seed(seed)
    draw = random.random
    per_day = units(n, capacity)
    numbers = np.random.default_rng(seed)
    coming: list[list[int]] = [[] for _ in range(4)]
    ranks = {
        **{f"c{k}": k for k in range(4)},
        **{f"d{k}": 4 for k in range(4)},
        **{f"r{k}": 5 for k in range(4)},
    }

    class Batch(cw.dists.Distribution):  # type: ignore[misc]
        def __init__(self, k: int) -> None:
            self.k = k

        def sample(self, *_: Any, **__: Any) -> int:
            if not coming[self.k]:
                for k, count in enumerate(numbers.multinomial(n, (0.1, 0.2, 0.3, 0.4))):
                    coming[k].append(int(count))
            return coming[self.k].pop(0)

    class Stay(cw.dists.Distribution):  # type: ignore[misc]
        def __init__(self, log_rest: float, back: float) -> None:
            self.log_rest, self.back = log_rest, back

        def sample(self, *_: Any, **__: Any) -> float:
            return geometric(self.log_rest, draw()) - self.back

    def become(ind: Any, kind: str) -> None:
        ind.previous_class, ind.prev_priority_class = ind.customer_class, ind.priority_class
        ind.customer_class = kind + ind.customer_class[1]
        ind.priority_class = ranks[ind.customer_class]

    refused = [0]

    class FromOfficers(cw.routing.NodeRouting):  # type: ignore[misc]
        def next_node(self, ind: Any) -> Any:
            if draw() < P_DETAINED[int(ind.customer_class[1])]:
                if self.simulation.nodes[2].number_of_individuals < per_day[3]:
                    become(ind, "d")
                    return self.simulation.nodes[2]
                refused[0] += 1
            become(ind, "r")
            return self.simulation.nodes[3]

    class FromBeds(cw.routing.NodeRouting):  # type: ignore[misc]
        def next_node(self, ind: Any) -> Any:
            become(ind, "d")
            return self.simulation.nodes[3]

    class FromCourt(cw.routing.NodeRouting):  # type: ignore[misc]
        def next_node(self, ind: Any) -> Any:
            become(ind, ind.customer_class[0])
            p = 0.75 if ind.customer_class[0] == "d" else 0.5
            return self.simulation.nodes[4 if draw() < p else -1]

    class FromRemoval(cw.routing.NodeRouting):  # type: ignore[misc]
        def next_node(self, ind: Any) -> Any:
            become(ind, ind.customer_class[0])
            return self.simulation.nodes[5 if draw() < 0.15 else -1]

    class FromAway(cw.routing.NodeRouting):  # type: ignore[misc]
        def next_node(self, ind: Any) -> Any:
            become(ind, "c")
            return self.simulation.nodes[1]

    def slots(per: int, at: float) -> Any:
        return cw.Slotted(slots=list(range(1, 8)), slot_sizes=[per] * 5 + [0, 0], offset=at)

    short = cw.dists.Deterministic(0.05)
    service = [short, Stay(LOG_STAY, 0.55), short, short, Stay(LOG_AWAY, 0.35)]
    routing = cw.routing.NetworkRouting(
        routers=[FromOfficers(), FromBeds(), FromCourt(), FromRemoval(), FromAway()]
    )
    network = cw.create_network(
        arrival_distributions={
            name: [cw.dists.Deterministic(1.0) if name[0] == "c" else None, None, None, None, None]
            for name in ranks
        },
        batching_distributions={
            name: [Batch(int(name[1])) if name[0] == "c" else cw.dists.Deterministic(1)]
            + [cw.dists.Deterministic(1)] * 4
            for name in ranks
        },
        service_distributions=dict.fromkeys(ranks, service),
        number_of_servers=[
            slots(per_day[0], 0.5),
            per_day[3],
            slots(per_day[1], 0.4),
            slots(per_day[2], 0.3),
            float("inf"),
        ],
        routing=dict.fromkeys(ranks, routing),
        priority_classes=ranks,
    )
    run = cw.Simulation(network)
    run.simulate_until_max_time(days + 0.9)
    t = Tally()
    t.overflow = refused[0]
    taken = 0
    waiting = [0, 0, 0, 0]  # officers, released, detained, removal
    for record in run.get_all_records():
        node, cls = record.node, int(record.customer_class[1])
        days_waited = (
            round(record.service_start_date - (0, 0.5, 0, 0.4, 0.3, 0)[node])
            - math.ceil(record.arrival_date - 1e-6)
            if node in (1, 3, 4)
            else 0
        )
        if node == 1:
            t.officers[cls] += 1
            t.officer_days[cls] += days_waited
        elif node == 2:
            t.bed_outs += 1
        elif node == 3:
            detained = int(record.customer_class[0] == "d")
            t.court[detained] += 1
            t.court_days[detained] += days_waited
        elif node == 4:
            t.removals += 1
            t.removal_days += days_waited
        else:
            t.reentries += 1
    for node in run.nodes[1:-1]:
        for ind in node.all_individuals:
            place = node.id_number
            if place == 1:
                waiting[0] += 1
            elif place == 2:
                taken += 1
            elif place == 3:
                waiting[1 if ind.customer_class[0] == "r" else 2] += 1
            elif place == 4:
                waiting[3] += 1
    t.detained = t.bed_outs + taken
    t.joined = n * days + t.reentries
    return t.measures(waiting[0], (waiting[1], waiting[2]), waiting[3], taken)


def cimba(n: int, days: int, capacity: float, seed: int) -> Measures:
    """Cimba, the fastest idiom found: stores, and entries due by day; no process for a case."""
    import peer_cimba

    return peer_cimba.run(peer_cimba.ByDay, n, days, units(n, capacity), seed)


def cimba_process(n: int, days: int, capacity: float, seed: int) -> Measures:
    """Cimba: stores, and a spawned process for each case that is in a bed or away."""
    import peer_cimba

    return peer_cimba.run(peer_cimba.ByProcess, n, days, units(n, capacity), seed)


PEERS: dict[str, Callable[[int, int, float, int], Measures]] = {
    "loop": loop,
    "simpy": simpy,
    "mesa": mesa,
    "ciw": ciw,
    "cimba": cimba,
    "cimba-process": cimba_process,
}
