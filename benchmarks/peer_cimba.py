"""
The network W3 in Cimba, in two idioms.

Queues are stores of integers that hold a class and the day of joining; one process makes the daily round at
the middle of the day. A case in a bed or away is, in `ByProcess`, a model that is spawned and holds, as in
Cimba's tutorials; in `ByDay`, an entry of a priority store by day, with a count of the entries due each day, so
that no case needs a process. Annotations here are read by Cimba's compiler.
"""

import cimba as cb

MOST_DAYS = 1_100


class World(cb.Model):
    n: cb.Param[int] = 1
    days: cb.Param[int] = 1
    staff_officers: cb.Param[int] = 1
    staff_court: cb.Param[int] = 1
    staff_removal: cb.Param[int] = 1
    places: cb.Param[int] = 1
    queue_0: cb.Store[int]
    queue_1: cb.Store[int]
    queue_2: cb.Store[int]
    queue_3: cb.Store[int]
    released: cb.Store[int]
    held: cb.Store[int]
    ordered: cb.Store[int]
    # A store of numbers cannot tell its length: queues 0–3, released, held, ordered.
    size: cb.Array[int] = cb.Array(7)
    officers_0: cb.Output[int]
    officers_1: cb.Output[int]
    officers_2: cb.Output[int]
    officers_3: cb.Output[int]
    days_0: cb.Output[int]
    days_1: cb.Output[int]
    days_2: cb.Output[int]
    days_3: cb.Output[int]
    detained: cb.Output[int]
    overflow: cb.Output[int]
    bed_outs: cb.Output[int]
    court_released: cb.Output[int]
    court_detained: cb.Output[int]
    released_days: cb.Output[int]
    detained_days: cb.Output[int]
    removals: cb.Output[int]
    removal_days: cb.Output[int]
    reentries: cb.Output[int]
    joined: cb.Output[int]
    taken: cb.Output[int]
    end_officers: cb.Output[int]
    end_released: cb.Output[int]
    end_detained: cb.Output[int]
    end_removal: cb.Output[int]

    @cb.function
    def join(self, cls: int, day: int) -> None:
        self.joined += 1
        if cls == 0:
            self.queue_0.put(day)
            self.size[0] += 1
        elif cls == 1:
            self.queue_1.put(day)
            self.size[1] += 1
        elif cls == 2:
            self.queue_2.put(day)
            self.size[2] += 1
        else:
            self.queue_3.put(day)
            self.size[3] += 1

    @cb.function
    def decide(self, cls: int, p: float, day: int) -> None:
        if cb.random.uniform(0.0, 1.0) < p:
            if self.taken < self.places:
                self.taken += 1
                self.detained += 1
                self.detain(cls, day)
                return
            self.overflow += 1
        self.released.put(cls + 4 * (day + 1))
        self.size[4] += 1

    @cb.function
    def detain(self, cls: int, day: int) -> None:
        pass

    @cb.function
    def remove(self, cls: int, day: int) -> None:
        pass

    @cb.function
    def come_back(self, day: int) -> None:
        pass

    @cb.process
    def daily(self) -> None:
        cb.hold(0.5)
        for day in range(self.days):
            self.come_back(day)
            for _ in range(self.n):
                u = cb.random.uniform(0.0, 1.0)
                if u < 0.1:
                    self.join(0, day)
                elif u < 0.3:
                    self.join(1, day)
                elif u < 0.6:
                    self.join(2, day)
                else:
                    self.join(3, day)
            if day % 7 < 5:
                for _ in range(min(self.staff_removal, self.size[6])):
                    entry = self.ordered.get()
                    self.size[6] -= 1
                    self.removals += 1
                    self.removal_days += day - entry // 4
                    if cb.random.uniform(0.0, 1.0) < 0.15:
                        self.remove(entry % 4, day)
                left = self.staff_court
                served = min(left, self.size[5])
                left -= served
                for _ in range(served):
                    entry = self.held.get()
                    self.size[5] -= 1
                    self.court_detained += 1
                    self.detained_days += day - entry // 4
                    if cb.random.uniform(0.0, 1.0) < 0.75:
                        self.ordered.put(entry % 4 + 4 * (day + 1))
                        self.size[6] += 1
                for _ in range(min(left, self.size[4])):
                    entry = self.released.get()
                    self.size[4] -= 1
                    self.court_released += 1
                    self.released_days += day - entry // 4
                    if cb.random.uniform(0.0, 1.0) < 0.5:
                        self.ordered.put(entry % 4 + 4 * (day + 1))
                        self.size[6] += 1
                left = self.staff_officers
                served = min(left, self.size[0])
                left -= served
                for _ in range(served):
                    self.officers_0 += 1
                    self.days_0 += day - self.queue_0.get()
                    self.size[0] -= 1
                    self.decide(0, 0.5, day)
                served = min(left, self.size[1])
                left -= served
                for _ in range(served):
                    self.officers_1 += 1
                    self.days_1 += day - self.queue_1.get()
                    self.size[1] -= 1
                    self.decide(1, 0.3, day)
                served = min(left, self.size[2])
                left -= served
                for _ in range(served):
                    self.officers_2 += 1
                    self.days_2 += day - self.queue_2.get()
                    self.size[2] -= 1
                    self.decide(2, 0.2, day)
                served = min(left, self.size[3])
                left -= served
                for _ in range(served):
                    self.officers_3 += 1
                    self.days_3 += day - self.queue_3.get()
                    self.size[3] -= 1
                    self.decide(3, 0.1, day)
            cb.hold(1.0)

    @cb.on_end
    def close(self) -> None:
        self.end_officers = self.size[0] + self.size[1] + self.size[2] + self.size[3]
        self.end_released = self.size[4]
        self.end_detained = self.size[5]
        self.end_removal = self.size[6]


class ByDay(World):
    beds: cb.PriorityStore[int]
    away: cb.PriorityStore[int]
    leaving: cb.Array[int] = cb.Array(MOST_DAYS)
    returning: cb.Array[int] = cb.Array(MOST_DAYS)

    @cb.function
    def detain(self, cls: int, day: int) -> None:
        due = day + cb.random.geometric(1.0 / 40.0)
        if due < self.days:
            self.leaving[due] += 1
            self.beds.put(cls, -due)

    @cb.function
    def remove(self, cls: int, day: int) -> None:
        due = day + cb.random.geometric(1.0 / 90.0)
        if due < self.days:
            self.returning[due] += 1
            self.away.put(cls, -due)

    @cb.function
    def come_back(self, day: int) -> None:
        for _ in range(self.leaving[day]):
            self.held.put(self.beds.get() + 4 * day)
            self.size[5] += 1
            self.taken -= 1
            self.bed_outs += 1
        for _ in range(self.returning[day]):
            self.reentries += 1
            self.join(self.away.get(), day)


class Detained(cb.Model):
    world: cb.Ref[World]
    cls: int
    until: int

    @cb.process
    def stay(self) -> None:
        cb.hold(self.until - cb.now())
        self.world.held.put(self.cls + 4 * self.until)
        self.world.size[5] += 1
        self.world.taken -= 1
        self.world.bed_outs += 1
        cb.release(self)


class Removed(cb.Model):
    world: cb.Ref[World]
    cls: int
    until: int

    @cb.process
    def stay(self) -> None:
        cb.hold(self.until - cb.now())
        self.world.reentries += 1
        self.world.join(self.cls, self.until)
        cb.release(self)


class ByProcess(World):
    @cb.function
    def detain(self, cls: int, day: int) -> None:
        cb.spawn(Detained, world=self, cls=cls, until=day + cb.random.geometric(1.0 / 40.0))

    @cb.function
    def remove(self, cls: int, day: int) -> None:
        cb.spawn(Removed, world=self, cls=cls, until=day + cb.random.geometric(1.0 / 90.0))


def run(
    kind: type[World], n: int, days: int, per_day: tuple[int, int, int, int], seed: int
) -> dict[str, float]:
    model = kind()
    model.n, model.days = n, days
    model.staff_officers, model.staff_court, model.staff_removal, model.places = per_day
    experiment = cb.Experiment(model, replications=1, window=cb.Window(duration=days - 0.25), seed=seed)
    results = experiment.run(workers=1, on_failure="raise")
    found = results[model]

    def of(name: str) -> float:
        return float(getattr(found, name)[0, 0])

    officers = [of(f"officers_{k}") for k in range(4)]
    court = of("court_released"), of("court_detained")
    return {
        "officer services": sum(officers),
        **{f"officer services, class {k}": officers[k] for k in range(4)},
        "detained": of("detained"),
        "overflow": of("overflow"),
        "court services, released": court[0],
        "court services, detained": court[1],
        "removals": of("removals"),
        "re-entries": of("reentries"),
        **{f"days waited for officers, class {k}": of(f"days_{k}") for k in range(4)},
        "days waited for court, released": of("released_days"),
        "days waited for court, detained": of("detained_days"),
        "days waited for removal": of("removal_days"),
        "waiting for officers at the end": of("end_officers"),
        "waiting for court at the end, released": of("end_released"),
        "waiting for court at the end, detained": of("end_detained"),
        "waiting for removal at the end": of("end_removal"),
        "beds taken at the end": of("taken"),
        "events": of("joined")
        + sum(officers)
        + of("detained")
        + of("bed_outs")
        + sum(court)
        + of("removals"),
    }
