"""
The engine's inner loop: records moving through first-in-first-out queues, one tick at a time.

A case is a record of two 64-bit words that stands in exactly one queue, or is the one in service:

```
word 0   case id, 43 bits | lap, 20 bits            (-1: the record is gone, skip it)
word 1   joined, 31 signed bits | has a place, 1 | node, 8 | class, 4 | profile, 20
```

Queues are chains of blocks from one pool. A station, and a hold before which cases wait, have one queue for
each class; a hold and a delay have one for each tick, into which a record goes on the tick its stay ends. A
record does not move while it waits, so a *ticket* (address, word 0) can find it again: that is how a case
reneges, and how a hold finds whom to pre-empt, at O(1) and without a search. A ticket whose record has moved
on no longer matches and is dropped.

A case whose service at a station has begun, and is not done, stands in no queue but in the station's `part`
fields: so patience, classes and a re-sort cannot touch it, and the work that it has had stays with it.

Invariants, kept at the end of every tick and tested in `tests/laws`:

* every live record stands in one queue or in service, and `lev` counts it once at its node and group;
* `taken[h]` counts the records in hold h and in the stations within it;
* `waiting[n]` counts those in the queues of node n, in no place and not in service;
* within a queue `joined` never falls, so the head is the first to have come;
* a station stops only when its work units or the cases that it may serve run out.

Arrays in, arrays out: no checks, no allocation, no Python objects. `plan` is read, `state` is written.
How it is compiled stands in `jit.py`.
"""

from __future__ import annotations

import math
from typing import Any, Final

from numba import float64, int64, uint64

from lawqueue.engine.jit import entry, inlined, kernel
from lawqueue.engine.streams import TO_UNIT, draw

BLOCK_BITS: Final = 5
BLOCK: Final = 1 << BLOCK_BITS
BATCH: Final = 1024
STACK: Final = 16
ROUNDING: Final = 1e-9
"""Work that may be missing for a case to be done all the same: sums of fractions are not exact."""

SOURCE: Final = 0
STATION: Final = 1
HOLD: Final = 2
DELAY: Final = 3
ROUTER: Final = 4
SINK: Final = 5

DIVERT: Final = 0
WAIT: Final = 1
PREEMPT: Final = 2

FIXED: Final = 0
GEOMETRIC: Final = 1
QUANTILES: Final = 2

FREE: Final = 0
"""Register: first block of the free list, or -1."""
FRESH: Final = 1
"""Register: first block that was never used."""
EXHAUSTED: Final = 2
"""Register: set when the pool had no block left; the run is then worthless and is repeated with more."""

LAP_BITS: Final = 20
LAP_MASK: Final = (1 << LAP_BITS) - 1
CASE_HIGH: Final = 12
"""Bits of a case id above the lower 32: the lap stands above them in a counter."""
SOURCE_SHIFT: Final = 38
DAY_SHIFT: Final = 18
STOCK_SOURCE: Final = 31
"""The number that stands for a source in the ids of cases that were there at the start."""
PROFILE_MASK: Final = (1 << 20) - 1
CLASS_SHIFT: Final = 20
NODE_SHIFT: Final = 24
WAITS_AT: Final = (1 << 9) - 1
"""Mask, after `NODE_SHIFT`, of the node of a record and of the bit that tells whether it has a place there."""
PLACE_SHIFT: Final = 32
JOINED_SHIFT: Final = 33

# --- queues -------------------------------------------------------------------------------------------


@inlined
def push(state: Any, q: Any, w0: Any, w1: Any) -> Any:
    """Append a record to queue `q`; return its address."""
    at = state.tail[q]
    if state.size[q] == 0 or at & (BLOCK - 1) == 0:
        block = state.register[FREE]
        if block >= 0:
            state.register[FREE] = state.chain[block]
        else:
            block = state.register[FRESH]
            if block >= state.chain.size - 1:
                state.register[EXHAUSTED] = 1
            else:
                state.register[FRESH] = block + 1
        if state.size[q] == 0:
            state.head[q] = block << BLOCK_BITS
        else:
            state.chain[(at - 1) >> BLOCK_BITS] = block
        at = block << BLOCK_BITS
    state.words[2 * at] = w0
    state.words[2 * at + 1] = w1
    state.tail[q] = at + 1
    state.size[q] += 1
    return at


@inlined
def drop_head(state: Any, q: Any) -> None:
    """Remove the record at the head of queue `q`, which has one."""
    at = state.head[q]
    state.size[q] -= 1
    after = at + 1
    if state.size[q] == 0 or after & (BLOCK - 1) == 0:
        block = at >> BLOCK_BITS
        after = int64(state.chain[block]) << BLOCK_BITS
        state.chain[block] = state.register[FREE]
        state.register[FREE] = block
    state.head[q] = after


# --- decisions ----------------------------------------------------------------------------------------


@inlined
def row(plan: Any, state: Any, table: Any, profile: Any) -> Any:
    """Return where the values of a table for a profile begin, on the tick that `state.now` stands for."""
    return state.now[table] + plan.groups[plan.t_groups[table] + profile] * plan.t_width[table]


@inlined
def uniforms(w0: Any, decision: Any, purpose: Any, k0: Any, k1: Any) -> Any:
    """Return the four 32-bit words that a case has for a decision on its lap."""
    word = uint64(w0)
    case = word >> uint64(LAP_BITS)
    high = (case >> uint64(32)) | ((word & uint64(LAP_MASK)) << uint64(CASE_HIGH))
    return draw(case & uint64(0xFFFFFFFF), high, uint64(decision), uint64(purpose), uint64(k0), uint64(k1))


@inlined
def as_unit(word: Any) -> Any:
    """Return a 32-bit word as a number in [0, 1)."""
    return float64(int64(word)) * TO_UNIT


@inlined
def draw_all(outbox: Any, draws: Any, decision: Any, n: Any, k0: Any, k1: Any) -> None:
    """Draw for the first decision of all records in the outbox: one loop without a branch, eight at a time."""
    for i in range(n):
        draws[i] = as_unit(uniforms(outbox[i], decision, 0, k0, k1)[0])


@inlined
def draw_profiles(outbox: Any, draws: Any, decision: Any, n: Any, k0: Any, k1: Any) -> None:
    """Draw for the profiles of all new cases in the outbox."""
    for i in range(n):
        draws[i] = as_unit(uniforms(outbox[i], decision, 3, k0, k1)[3])


@inlined
def stay(plan: Any, kind: Any, u: Any) -> Any:
    """Return a stay [tick] of distribution `kind` for a uniform number."""
    shape = plan.d_kind[kind]
    if shape == FIXED:
        return int64(plan.d_value[kind])
    if shape == GEOMETRIC:
        return int64(1) + int64(math.log(1.0 - u) * plan.d_value[kind])
    at = u * plan.d_value[kind]
    low = int64(at)
    base = plan.d_points[kind] + low
    value = plan.points[base] + (at - low) * (plan.points[base + 1] - plan.points[base])
    return max(int64(1), int64(math.ceil(value)))


@inlined
def stay_at(plan: Any, state: Any, node: Any, profile: Any, w0: Any, k0: Any, k1: Any) -> Any:
    """Return how long a case stays in a hold or a delay [tick]."""
    kind = int64(plan.values[row(plan, state, plan.stay_table[node], profile)])
    if plan.d_kind[kind] == FIXED:
        return int64(plan.d_value[kind])
    return stay(plan, kind, as_unit(uniforms(w0, plan.n_key[node], 1, k0, k1)[1]))


@inlined
def patience(plan: Any, state: Any, node: Any, profile: Any, w0: Any, k0: Any, k1: Any) -> Any:
    """Return how long a case waits at a station before it reneges [tick]."""
    kind = int64(plan.values[row(plan, state, plan.renege_table[node], profile)])
    return stay(plan, kind, as_unit(uniforms(w0, plan.n_key[node], 2, k0, k1)[2]))


@inlined
def class_at(plan: Any, state: Any, node: Any, profile: Any) -> Any:
    """Return the priority class of a profile at a station or a hold."""
    return int64(plan.values[row(plan, state, plan.class_table[node], profile)])


# --- moves --------------------------------------------------------------------------------------------


@inlined
def count_wait(plan: Any, state: Any, period: Any, queue: Any, waited: Any) -> None:
    """Record that the service of a case began, or that it took a place, after `waited` ticks."""
    state.wait_sum[period, queue] += waited
    state.wait_count[period, queue] += 1
    state.wait_histogram[period, queue, plan.bin_of[min(waited, plan.bin_of.size - 1)]] += 1


@inlined
def take_place(
    plan: Any,
    state: Any,
    day: Any,
    joined: Any,
    period: Any,
    node: Any,
    w0: Any,
    profile: Any,
    rank: Any,
    k0: Any,
    k1: Any,
) -> None:
    """Let a case into a hold: its wait ends, and its record goes to the tick on which its stay ends."""
    slot = plan.hold_slot[node]
    state.taken[slot] += 1
    state.admitted[period, slot * plan.n_groups + plan.group_of[profile]] += 1
    count_wait(plan, state, period, plan.queue[node] + rank, day - joined)
    ticks = stay_at(plan, state, node, profile, w0, k0, k1)
    state.squares[period, node] += float64(ticks) * float64(ticks)
    due = min(day + ticks, int64(plan.horizon))
    w1 = (
        (int64(joined) << JOINED_SHIFT)
        | (int64(1) << PLACE_SHIFT)
        | (int64(node) << NODE_SHIFT)
        | (int64(rank) << CLASS_SHIFT)
        | profile
    )
    at = push(
        state,
        plan.calendar[node] + due,
        w0,
        w1,
    )
    if plan.overflow[node] == PREEMPT:
        push(
            state,
            plan.evict[node] + rank,
            at,
            w0,
        )


@inlined
def join_queue(
    plan: Any,
    state: Any,
    day: Any,
    joined: Any,
    node: Any,
    w0: Any,
    profile: Any,
    rank: Any,
    k0: Any,
    k1: Any,
) -> Any:
    """Let a case wait at a station or before a hold; return where its record stands."""
    w1 = (
        (int64(joined) << JOINED_SHIFT) | (int64(node) << NODE_SHIFT) | (int64(rank) << CLASS_SHIFT) | profile
    )
    at = push(
        state,
        plan.queue[node] + rank,
        w0,
        w1,
    )
    state.waiting[node] += 1
    if plan.renege_table[node] >= 0:
        due = min(
            max(max(joined, 0) + patience(plan, state, node, profile, w0, k0, k1), day),
            int64(plan.horizon),
        )
        push(
            state,
            plan.tickets[node] + due,
            at,
            w0,
        )
    return at


@inlined
def is_full(plan: Any, state: Any, node: Any) -> Any:
    """
    Tell whether the queue of a node is at its limit.

    At a station one more may come while nobody is in service, for the head of the queue is next.
    """
    limit = plan.queue_limit[node]
    if limit < 0:
        return False
    if plan.kind[node] == STATION and state.part_case[node] == -1:
        limit += 1
    return state.waiting[node] >= limit


@kernel
def victim(plan: Any, state: Any, node: Any, rank: Any) -> Any:
    """Return the address of the longest-held case of the least urgent class below `rank`, or -1."""
    for lower in range(plan.n_classes[node] - 1, rank, -1):
        q = plan.evict[node] + lower
        while state.size[q] > 0:
            at = state.words[2 * state.head[q]]
            w0 = state.words[2 * state.head[q] + 1]
            drop_head(state, q)
            if state.words[2 * at] == w0 and (state.words[2 * at + 1] >> NODE_SHIFT) & 0xFF == node:
                return at
    return int64(-1)


@kernel
def send(
    plan: Any, state: Any, day: Any, joined: Any, period: Any, origin: Any, way: Any, n: Any, k0: Any, k1: Any
) -> None:
    """
    Route the `n` records in the outbox from `origin` along `way` until each stands in a queue or has ended.

    A record may send others after it (a copy, or a case that it pre-empts): they wait on a short stack.
    """
    groups = plan.n_groups
    if plan.r_edges[way] > 1:
        draw_all(state.outbox, state.draws, plan.r_key[way], n, k0, k1)
    for i in range(n):
        depth = 1
        drawn = True
        state.stack[0, 0] = state.outbox[i]
        state.stack[0, 1] = state.outbox_1[i]
        state.stack[0, 2] = origin
        state.stack[0, 3] = way
        while depth > 0:
            depth -= 1
            w0 = state.stack[depth, 0]
            profile = state.stack[depth, 1] & PROFILE_MASK
            came_from = state.stack[depth, 2]
            r = state.stack[depth, 3]
            is_copy = r < 0
            held = int64(-1)
            case, lap = w0 >> LAP_BITS, w0 & LAP_MASK
            node = came_from
            if not is_copy and plan.tracked[came_from]:
                state.lev[came_from * groups + plan.group_of[profile]] -= 1
                held = plan.r_held[r]
            rank = int64(0)
            admitted = True
            while True:
                if r >= 0:
                    edge = int64(plan.r_first[r])
                    last = plan.r_edges[r] - 1
                    if last > 0:
                        if drawn:
                            u = state.draws[i]
                        else:
                            word = (case << LAP_BITS) | lap
                            u = as_unit(uniforms(word, plan.r_key[r], 0, k0, k1)[0])
                        base = row(plan, state, plan.r_table[r], profile)
                        pool = plan.r_pool[r]
                        j = 0
                        if pool < 0:
                            while j < last and u >= plan.values[base + j]:
                                j += 1
                        else:
                            idle = state.idle[pool]
                            while j < last and u >= (
                                plan.values[base + j] * (1.0 - idle) + plan.values[base + last + j] * idle
                            ):
                                j += 1
                        edge += j
                    drawn = False
                    if plan.e_relabel[edge] >= 0:
                        profile = int64(plan.relabels[plan.e_relabel[edge] + profile])
                    lap += plan.e_lap[edge]
                    state.passed[period, edge * groups + plan.group_of[profile]] += 1
                    if plan.e_copy[edge] >= 0:
                        state.stack[depth, 0] = (case << LAP_BITS) | lap
                        state.stack[depth, 1] = profile
                        state.stack[depth, 2] = plan.e_copy[edge]
                        state.stack[depth, 3] = -1
                        depth += 1
                    node = int64(plan.e_target[edge])
                kind = plan.kind[node]
                if kind == ROUTER:
                    r = int64(plan.r_main[node])
                    continue
                if kind == STATION and is_full(plan, state, node):
                    r = int64(plan.r_overflow[node])
                    continue
                if kind != HOLD:
                    break
                # A hold: a place, a wait, somebody else's place, or the way round.
                slot = plan.hold_slot[node]
                if held == slot:
                    state.taken[slot] -= 1
                    held = int64(-1)
                rank = class_at(plan, state, node, profile)
                places = plan.places[slot, day]
                # Free places are spoken for by those who wait for one.
                if (places < 0 or state.taken[slot] < places) and state.waiting[node] == 0:
                    break
                if plan.overflow[node] == WAIT and not is_full(plan, state, node):
                    admitted = False
                    break
                if plan.overflow[node] == PREEMPT:
                    at = victim(plan, state, node, rank)
                    if at >= 0:
                        state.stack[depth, 0] = state.words[2 * at]
                        state.stack[depth, 1] = state.words[2 * at + 1] & PROFILE_MASK
                        state.stack[depth, 2] = node
                        state.stack[depth, 3] = plan.r_overflow[node]
                        depth += 1
                        state.words[2 * at] = -1
                        break
                r = int64(plan.r_overflow[node])
            if held >= 0 and plan.hold_of[node] != held:
                state.taken[held] -= 1
            if kind == SINK:
                continue
            w0 = (case << LAP_BITS) | lap
            state.lev[node * groups + plan.group_of[profile]] += 1
            if kind == STATION:
                rank = class_at(plan, state, node, profile)
                join_queue(plan, state, day, joined, node, w0, profile, rank, k0, k1)
            elif kind == DELAY:
                due = min(day + stay_at(plan, state, node, profile, w0, k0, k1), int64(plan.horizon))
                push(
                    state,
                    plan.calendar[node] + due,
                    w0,
                    (int64(day) << JOINED_SHIFT) | (node << NODE_SHIFT) | profile,
                )
            elif admitted:
                take_place(plan, state, day, day, period, node, w0, profile, rank, k0, k1)
            else:
                join_queue(plan, state, day, day, node, w0, profile, rank, k0, k1)


# --- a tick, phase by phase ---------------------------------------------------------------------------


@kernel
def finish_stays(plan: Any, state: Any, day: Any, period: Any, node: Any, k0: Any, k1: Any) -> None:
    """Send on the cases whose stay in a hold or a delay ends today."""
    q = plan.calendar[node] + day
    in_system = int64(0)
    while state.size[q] > 0:
        n = 0
        while n < BATCH and state.size[q] > 0:
            at = state.head[q]
            w0 = state.words[2 * at]
            w1 = state.words[2 * at + 1]
            state.words[2 * at] = -1
            drop_head(state, q)
            if w0 != -1:
                state.outbox[n] = w0
                state.outbox_1[n] = w1
                in_system += day - (w1 >> JOINED_SHIFT)
                n += 1
        send(plan, state, day, day, period, node, plan.r_main[node], n, k0, k1)
    state.time_sum[period, node] += in_system
    if plan.overflow[node] == PREEMPT:
        # Tickets of cases that have left pile up at the head: drop them, so that memory follows the live.
        for rank in range(plan.n_classes[node]):
            q = plan.evict[node] + rank
            while state.size[q] > 0:
                at = state.words[2 * state.head[q]]
                if (
                    state.words[2 * at] == state.words[2 * state.head[q] + 1]
                    and (state.words[2 * at + 1] >> NODE_SHIFT) & 0xFF == node
                ):
                    break
                drop_head(state, q)


@kernel
def renege(plan: Any, state: Any, day: Any, period: Any, node: Any, k0: Any, k1: Any) -> None:
    """Send on, unserved, the cases whose patience ends today while they wait."""
    q = plan.tickets[node] + day
    while state.size[q] > 0:
        n = 0
        while n < BATCH and state.size[q] > 0:
            at = state.words[2 * state.head[q]]
            w0 = state.words[2 * state.head[q] + 1]
            drop_head(state, q)
            w1 = state.words[2 * at + 1]
            if state.words[2 * at] == w0 and (w1 >> NODE_SHIFT) & WAITS_AT == node:
                state.words[2 * at] = -1
                state.outbox[n] = w0
                state.outbox_1[n] = w1
                n += 1
        state.waiting[node] -= n
        send(plan, state, day, day, period, node, plan.r_renege[node], n, k0, k1)


@kernel
def admit(plan: Any, state: Any, day: Any, period: Any, node: Any, k0: Any, k1: Any) -> None:
    """Give free places of a hold to those who wait for one."""
    slot = plan.hold_slot[node]
    places = plan.places[slot, day]
    for rank in range(plan.n_classes[node]):
        q = plan.queue[node] + rank
        while state.size[q] > 0 and (places < 0 or state.taken[slot] < places):
            at = state.head[q]
            w0 = state.words[2 * at]
            w1 = state.words[2 * at + 1]
            state.words[2 * at] = -1
            drop_head(state, q)
            if w0 == -1:
                continue
            state.waiting[node] -= 1
            joined = w1 >> JOINED_SHIFT
            take_place(plan, state, day, joined, period, node, w0, w1 & PROFILE_MASK, rank, k0, k1)


@kernel
def arrive(plan: Any, state: Any, day: Any, period: Any, source: Any, k0: Any, k1: Any) -> None:
    """Make today's new cases of a source and send them on."""
    node = plan.s_node[source]
    table = plan.s_table[source]
    base = state.now[table]
    width = plan.t_width[table]
    left = plan.arrivals[source, day]
    # Named by source, day and place in the day, a case keeps its name when others come or stay away.
    case = (int64(source) << SOURCE_SHIFT) | (int64(day) << DAY_SHIFT)
    while left > 0:
        n = min(left, int64(BATCH))
        for i in range(n):
            state.outbox[i] = (case + i) << LAP_BITS
        case += n
        if width > 0:
            draw_profiles(state.outbox, state.draws, plan.n_key[node], n, k0, k1)
        for i in range(n):
            low = int64(0)
            high = int64(width)
            while low < high:
                middle = (low + high) >> 1
                if state.draws[i] < plan.values[base + middle]:
                    high = middle
                else:
                    low = middle + 1
            state.outbox_1[i] = plan.s_profiles[plan.s_first[source] + low]
        send(plan, state, day, day, period, node, plan.r_main[node], n, k0, k1)
        left -= n


@kernel
def serve(
    plan: Any, state: Any, day: Any, period: Any, node: Any, available: Any, begins: Any, k0: Any, k1: Any
) -> Any:
    """
    Spend up to `available` units at a station; return what is left.

    First on the case whose service has begun, whatever its class; then, if it `begins` others, on the queue.
    What is left at the end, if less than the next case needs, begins its service.
    """
    spent, squares = 0.0, 0.0
    in_system = int64(0)
    table = plan.units_table[node]
    n = 0
    if state.part_case[node] != -1:
        need = state.part_left[node]
        if need > available + ROUNDING:
            state.part_left[node] = need - available
            spent = available
            available = 0.0
        else:
            spent = need
            available = rest(available, need)
            state.outbox[0] = state.part_case[node]
            state.outbox_1[0] = state.part_word[node]
            state.part_case[node] = -1
            in_system += day + 1 - (state.part_word[node] >> JOINED_SHIFT)
            n = 1
    for rank in range(plan.n_classes[node]):
        q = plan.queue[node] + rank
        while True:
            while begins and n < BATCH and state.size[q] > 0 and available > 0.0:
                at = state.head[q]
                w0 = state.words[2 * at]
                w1 = state.words[2 * at + 1]
                if w0 == -1:
                    drop_head(state, q)
                    continue
                joined = w1 >> JOINED_SHIFT
                if joined > day:
                    break
                need = plan.values[row(plan, state, table, w1 & PROFILE_MASK)]
                state.words[2 * at] = -1
                drop_head(state, q)
                state.waiting[node] -= 1
                count_wait(plan, state, period, q, day - joined)
                squares += need * need
                if need > available + ROUNDING:
                    state.part_case[node] = w0
                    state.part_word[node] = w1
                    state.part_left[node] = need - available
                    spent += available
                    available = 0.0
                    break
                spent += need
                available = rest(available, need)
                in_system += day + 1 - joined
                state.outbox[n] = w0
                state.outbox_1[n] = w1
                n += 1
            full = n == BATCH
            send(plan, state, day, day + 1, period, node, plan.r_main[node], n, k0, k1)
            n = 0
            if not full:
                break
        if available <= 0.0 or not begins:
            break
    state.work[period, node] += spent
    state.squares[period, node] += squares
    state.time_sum[period, node] += in_system
    return available


@inlined
def rest(available: Any, need: Any) -> Any:
    """Return the units that are left after a service; what only rounding leaves does not begin another."""
    left = available - need
    return left if left > ROUNDING else 0.0


@kernel
def resort(plan: Any, state: Any, day: Any, node: Any, k0: Any, k1: Any) -> None:
    """Put those who wait at a station into the classes of today's rule, keeping the order of joining."""
    spare = plan.spare_queue
    while True:
        first, first_joined = -1, int64(1) << 40
        for rank in range(plan.n_classes[node]):
            q = plan.queue[node] + rank
            while state.size[q] > 0 and state.words[2 * state.head[q]] == -1:
                drop_head(state, q)
            if state.size[q] > 0:
                joined = state.words[2 * state.head[q] + 1] >> JOINED_SHIFT
                if joined < first_joined:
                    first, first_joined = q, joined
        if first < 0:
            break
        at = state.head[first]
        push(state, spare, state.words[2 * at], state.words[2 * at + 1])
        state.words[2 * at] = -1
        drop_head(state, first)
    state.waiting[node] = 0
    while state.size[spare] > 0:
        at = state.head[spare]
        w0 = state.words[2 * at]
        w1 = state.words[2 * at + 1]
        state.words[2 * at] = -1
        drop_head(state, spare)
        profile = w1 & PROFILE_MASK
        rank = class_at(plan, state, node, profile)
        # The patience of a case is a function of the case, so its ticket can be written again.
        join_queue(plan, state, day, w1 >> JOINED_SHIFT, node, w0, profile, rank, k0, k1)


@kernel
def keep_up(plan: Any, state: Any, day: Any, period: Any) -> None:
    """Fill the pools with today's units, less what the cases under their care take."""
    for pool in range(plan.pool_units.shape[0]):
        state.pool_left[pool] = plan.pool_units[pool, day]
    for i in range(plan.upkeep_node.size):
        pool = plan.upkeep_pool[i]
        cases = 0
        for group in range(plan.n_groups):
            cases += state.lev[plan.upkeep_node[i] * plan.n_groups + group]
        taken = min(state.pool_left[pool], plan.upkeep[i, day] * cases)
        state.pool_left[pool] -= taken
        state.pool_upkeep[period, pool] += taken


@kernel
def close_tick(state: Any, period: Any) -> None:
    """Add today's levels to the sums of the period."""
    for place in range(state.lev.size):
        state.level_sum[period, place] += state.lev[place]
    for slot in range(state.taken.size):
        state.taken_sum[period, slot] += state.taken[slot]


@kernel
def close_period(plan: Any, state: Any, day: Any, period: Any) -> None:
    """Write down levels, and the ages of those who wait, at the end of a period."""
    for place in range(state.lev.size):
        state.level_end[period, place] = state.lev[place]
    for q in range(plan.n_queues):
        left = state.size[q]
        at = state.head[q]
        while left > 0:
            if state.words[2 * at] != -1:
                age = day + 1 - (state.words[2 * at + 1] >> JOINED_SHIFT)
                state.age_histogram[period, q, plan.bin_of[min(max(age, 0), plan.bin_of.size - 1)]] += 1
            left -= 1
            at += 1
            if at & (BLOCK - 1) == 0 and left > 0:
                at = int64(state.chain[(at - 1) >> BLOCK_BITS]) << BLOCK_BITS


@kernel
def point_at(plan: Any, state: Any, day: Any) -> None:
    """Let every table stand at the values of `day`."""
    for table in range(state.now.size):
        state.now[table] = plan.t_base[table] + plan.t_epoch[table, day] * plan.t_stride[table]


@entry
def settle_stock(plan: Any, state: Any, stock: Any, k0: Any, k1: Any) -> None:
    """Put the cases that are there at the start into their queues: rows of case, profile, node, joined."""
    point_at(plan, state, 0)
    for i in range(stock.shape[0]):
        w0 = stock[i, 0] << LAP_BITS
        profile = stock[i, 1]
        node = stock[i, 2]
        state.lev[node * plan.n_groups + plan.group_of[profile]] += 1
        if plan.kind[node] == STATION:
            join_queue(
                plan, state, 0, stock[i, 3], node, w0, profile, class_at(plan, state, node, profile), k0, k1
            )
            if plan.hold_of[node] >= 0:
                state.taken[plan.hold_of[node]] += 1
        elif plan.kind[node] == HOLD:
            take_place(plan, state, 0, 0, 0, node, w0, profile, class_at(plan, state, node, profile), k0, k1)
        else:
            due = min(stay_at(plan, state, node, profile, w0, k0, k1), int64(plan.horizon))
            push(
                state,
                plan.calendar[node] + due,
                w0,
                (node << NODE_SHIFT) | profile,
            )


@entry
def advance(plan: Any, state: Any, first: Any, last: Any, k0: Any, k1: Any) -> Any:
    """
    Run the ticks from `first` to `last`, without it; return 1 if the pool of blocks was exhausted.

    Order within a tick: stays end and patience ends; free places are given out; cases arrive; stations
    serve, downstream first; places freed by them are given out; levels are summed. A case served today
    joins its next queue tomorrow; a place is taken and a delay begins at once. A service begins on the tick on
    which the first work is spent on a case, and from then on the case is out of the queue.
    """
    for day in range(first, last):
        period = plan.period_of[day]
        point_at(plan, state, day)
        for i in range(plan.station_order.size):
            node = plan.station_order[i]
            table = plan.class_table[node]
            if day > 0 and plan.t_epoch[table, day] != plan.t_epoch[table, day - 1]:
                resort(plan, state, day, node, k0, k1)
        for i in range(plan.due_order.size):
            finish_stays(plan, state, day, period, plan.due_order[i], k0, k1)
        for i in range(plan.renege_order.size):
            renege(plan, state, day, period, plan.renege_order[i], k0, k1)
        for i in range(plan.waiting_holds.size):
            admit(plan, state, day, period, plan.waiting_holds[i], k0, k1)
        for source in range(plan.s_node.size):
            arrive(plan, state, day, period, source, k0, k1)
        keep_up(plan, state, day, period)
        # Staff that several stations share first go on with what they have begun at any of them.
        for begins in range(2):
            for i in range(plan.station_order.size):
                node = plan.station_order[i]
                pool = plan.pool_of[node]
                if begins == 0 and (pool < 0 or state.part_case[node] == -1):
                    continue
                available = plan.station_units[i, day] if pool < 0 else state.pool_left[pool]
                left = serve(plan, state, day, period, node, available, begins == 1, k0, k1)
                if pool >= 0:
                    state.pool_left[pool] = left
        for pool in range(plan.pool_units.shape[0]):
            total = plan.pool_units[pool, day]
            state.idle[pool] = state.pool_left[pool] / total if total > 0.0 else 0.0
            state.pool_idle[period, pool] += state.pool_left[pool]
        for i in range(plan.waiting_holds.size):
            admit(plan, state, day, period, plan.waiting_holds[i], k0, k1)
        close_tick(state, period)
        if day + 1 == plan.horizon or plan.period_of[day + 1] != period:
            close_period(plan, state, day, period)
        if state.register[EXHAUSTED] != 0:
            return 1
    return 0
