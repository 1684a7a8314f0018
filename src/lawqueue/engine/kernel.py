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

Arrays in, arrays out: no checks, no allocation, no Python objects. `plan` is read, `state` is written. The state
carries the clock, the key of all draws, and the scratch arrays of a batch: `outbox` (records on their way), `edges`
(what was chosen for each), `found` (records as they will stand in a queue), `these` (those of them for one node) and
`draws`. A second word of a record stands in the array of the same name with `_1`.
How it is compiled stands in `jit.py`.
"""

from __future__ import annotations

import math
from typing import Any

from numba import float64, int64, uint64

from lawqueue.engine.codes import (
    BATCH,
    BLOCK,
    BLOCK_BITS,
    CASE_HIGH,
    CLASS_MASK,
    CLASS_SHIFT,
    DAY,
    DAY_SHIFT,
    DELAY,
    EXHAUSTED,
    FEW,
    FIXED,
    FOR_PATIENCE,
    FOR_PROFILE,
    FOR_STAY,
    FOR_WAY,
    FREE,
    FRESH,
    GEOMETRIC,
    GO_ON,
    GO_ROUND,
    HOLD,
    JOINED_SHIFT,
    LAP_BITS,
    LAP_MASK,
    NODE_SHIFT,
    PERIOD,
    PLACE_SHIFT,
    PREEMPT,
    PROFILE_MASK,
    ROUNDING,
    ROUTER,
    SINK,
    SOURCE_SHIFT,
    STATION,
    STAY,
    TAKE_A_PLACE,
    TAKE_FROM_ANOTHER,
    WAIT,
    WAITS_AT,
)
from lawqueue.engine.jit import entry, inlined, kernel
from lawqueue.engine.streams import TO_UNIT, draw

# --- queues -------------------------------------------------------------------------------------------


@inlined
def push(state: Any, q: Any, w0: Any, w1: Any) -> Any:
    """Append a record to queue `q`; return its address."""
    at = state.tail[q]
    size = state.size[q]
    if size == 0 or at & (BLOCK - 1) == 0:
        block = state.register[FREE]
        if block >= 0:
            state.register[FREE] = state.chain[block]
        else:
            block = state.register[FRESH]
            if block >= state.chain.size - 1:
                state.register[EXHAUSTED] = 1
            else:
                state.register[FRESH] = block + 1
        if size == 0:
            state.head[q] = block << BLOCK_BITS
        else:
            state.chain[(at - 1) >> BLOCK_BITS] = block
        at = block << BLOCK_BITS
    state.words[2 * at] = w0
    state.words[2 * at + 1] = w1
    state.tail[q] = at + 1
    state.size[q] = size + 1
    return at


@inlined
def after(state: Any, at: Any, left: Any) -> Any:
    """Give up the head of a queue, at address `at`; return the address of the next, of which there are `left`."""
    following = at + 1
    if left == 0 or following & (BLOCK - 1) == 0:
        block = at >> BLOCK_BITS
        following = int64(state.chain[block]) << BLOCK_BITS
        state.chain[block] = state.register[FREE]
        state.register[FREE] = block
    return following


@inlined
def drop_head(state: Any, q: Any) -> None:
    """Remove the record at the head of queue `q`, which has one."""
    state.size[q] -= 1
    state.head[q] = after(state, state.head[q], state.size[q])


@inlined
def record(joined: Any, has_place: Any, node: Any, rank: Any, profile: Any) -> Any:
    """Return word 1 of a record."""
    return (
        (joined << JOINED_SHIFT)
        | (has_place << PLACE_SHIFT)
        | (node << NODE_SHIFT)
        | (rank << CLASS_SHIFT)
        | profile
    )


@inlined
def stands_in(state: Any, at: Any, w0: Any, node: Any) -> Any:
    """Tell whether the record that a ticket names still stands at a node."""
    return state.words[2 * at] == w0 and (state.words[2 * at + 1] >> NODE_SHIFT) & 0xFF == node


# --- decisions ----------------------------------------------------------------------------------------


@inlined
def row(plan: Any, state: Any, table: Any, profile: Any) -> Any:
    """Return where the values of a table for a profile begin, on the tick that `state.now` stands for."""
    return state.now[table] + plan.groups[plan.t_groups[table] + profile]


@inlined
def value(plan: Any, state: Any, table: Any, profile: Any) -> Any:
    """Return the value of a table of one column for a profile."""
    return plan.values[row(plan, state, table, profile)]


@inlined
def uniform(state: Any, w0: Any, decision: Any, purpose: Any) -> Any:
    """Return the number in [0, 1) that a case has for a decision on its lap."""
    word = uint64(w0)
    case = word >> uint64(LAP_BITS)
    high = (case >> uint64(32)) | ((word & uint64(LAP_MASK)) << uint64(CASE_HIGH))
    low = case & uint64(0xFFFFFFFF)
    words = draw(low, high, uint64(decision), uint64(purpose), uint64(state.k0), uint64(state.k1))
    return float64(int64(words[purpose])) * TO_UNIT


@inlined
def draw_all(state: Any, cases: Any, decision: Any, purpose: Any, n: Any) -> None:
    """Draw for `n` cases at once: one loop without a branch, eight at a time."""
    for i in range(n):
        state.draws[i] = uniform(state, cases[i], decision, purpose)


@inlined
def edge_for(plan: Any, state: Any, way: Any, profile: Any, u: Any) -> Any:
    """Return the edge of a way that a case with this draw takes: as many are passed as have their bound below it."""
    last = plan.r_edges[way] - 1
    base = row(plan, state, plan.r_table[way], profile)
    pool = plan.r_pool[way]
    edge = int64(plan.r_first[way])
    if pool < 0:
        for j in range(last):
            edge += u >= plan.values[base + j]
    else:
        idle = state.idle[pool]
        for j in range(last):
            edge += u >= plan.values[base + j] * (1.0 - idle) + plan.values[base + last + j] * idle
    return edge


@inlined
def choose(plan: Any, state: Any, way: Any, profile: Any, w0: Any) -> Any:
    """Return the edge of a way that a case takes."""
    if plan.r_edges[way] == 1:
        return int64(plan.r_first[way])
    return edge_for(plan, state, way, profile, uniform(state, w0, plan.r_key[way], FOR_WAY))


@inlined
def choose_all(plan: Any, state: Any, way: Any, n: Any) -> None:
    """Choose the edges of a way that the cases in the outbox take."""
    if plan.r_edges[way] == 1:
        for i in range(n):
            state.edges[i] = plan.r_first[way]
        return
    draw_all(state, state.outbox, plan.r_key[way], FOR_WAY, n)
    for i in range(n):
        state.edges[i] = edge_for(plan, state, way, state.outbox_1[i] & PROFILE_MASK, state.draws[i])


@inlined
def length(plan: Any, kind: Any, u: Any) -> Any:
    """Return a length of time [tick] of distribution `kind` for a uniform number."""
    shape = plan.d_kind[kind]
    if shape == FIXED:
        return int64(plan.d_value[kind])
    if shape == GEOMETRIC:
        return int64(1) + int64(math.log(1.0 - u) * plan.d_value[kind])
    at = u * plan.d_value[kind]
    low = int64(at)
    base = plan.d_points[kind] + low
    between = plan.points[base] + (at - low) * (plan.points[base + 1] - plan.points[base])
    return max(int64(1), int64(math.ceil(between)))


@inlined
def class_at(plan: Any, state: Any, node: Any, profile: Any) -> Any:
    """Return the priority class of a profile at a station or a hold."""
    return int64(value(plan, state, plan.class_table[node], profile))


# --- into a queue -------------------------------------------------------------------------------------


@kernel
def put(plan: Any, state: Any, n: Any) -> None:
    """Put the `n` records that are found into their queues: node by node, at each in the order found."""
    while n > 0:
        goal = state.found_1[0] >> NODE_SHIFT & WAITS_AT
        these, left = int64(0), int64(0)
        for i in range(n):
            w0, w1 = state.found[i], state.found_1[i]
            is_one = w1 >> NODE_SHIFT & WAITS_AT == goal
            state.these[these] = w0
            state.these_1[these] = w1
            these += is_one
            state.found[left] = w0
            state.found_1[left] = w1
            left += not is_one
        n = left
        node = goal & 0xFF
        if goal == node and plan.kind[node] != DELAY:
            join_queue(plan, state, node, these)
            continue
        draw_all(state, state.these, plan.n_key[node], FOR_STAY, these)
        if goal != node:
            take_places(plan, state, node, these)
        else:
            go_away(plan, state, node, these)


@inlined
def count_waits(plan: Any, state: Any, queue: Any, waited: Any, cases: Any) -> None:
    """Record that the service of cases began, or that they took a place, after `waited` ticks."""
    period = state.register[PERIOD]
    state.wait_sum[period, queue] += waited * cases
    state.wait_count[period, queue] += cases
    state.wait_histogram[period, queue, plan.bin_of[min(waited, plan.bin_of.size - 1)]] += cases


@inlined
def due_after_stay(plan: Any, state: Any, node: Any, i: Any) -> Any:
    """Return the tick on which the stay of one of `these` in a hold or a delay ends."""
    kind = int64(value(plan, state, plan.stay_table[node], state.these_1[i] & PROFILE_MASK))
    return state.register[DAY] + length(plan, kind, state.draws[i])


@inlined
def take_places(plan: Any, state: Any, node: Any, n: Any) -> None:
    """Let cases into a hold: their wait ends, and their records go to the tick on which their stay ends."""
    day, period = state.register[DAY], state.register[PERIOD]
    for i in range(n):
        w0, w1 = state.these[i], state.these_1[i]
        rank = w1 >> CLASS_SHIFT & CLASS_MASK
        group = plan.group_of[w1 & PROFILE_MASK]
        state.admitted[period, plan.hold_slot[node] * plan.n_groups + group] += 1
        count_waits(plan, state, plan.queue[node] + rank, day - (w1 >> JOINED_SHIFT), int64(1))
        due = due_after_stay(plan, state, node, i)
        state.squares[period, node] += float64(due - day) * float64(due - day)
        at = push(state, plan.calendar[node] + min(due, int64(plan.horizon)), w0, w1)
        if plan.overflow[node] == PREEMPT:
            push(state, plan.evict[node] + rank, at, w0)


@inlined
def go_away(plan: Any, state: Any, node: Any, n: Any) -> None:
    """Put cases into a delay, at the tick on which it ends."""
    for i in range(n):
        due = due_after_stay(plan, state, node, i)
        push(state, plan.calendar[node] + min(due, int64(plan.horizon)), state.these[i], state.these_1[i])


@inlined
def join_queue(plan: Any, state: Any, node: Any, n: Any) -> None:
    """Let cases wait at a station or before a hold, as long as their patience lasts."""
    table = plan.renege_table[node]
    if table >= 0:
        draw_all(state, state.these, plan.n_key[node], FOR_PATIENCE, n)
    for i in range(n):
        w0, w1 = state.these[i], state.these_1[i]
        at = push(state, plan.queue[node] + (w1 >> CLASS_SHIFT & CLASS_MASK), w0, w1)
        if table >= 0:
            kind = int64(value(plan, state, table, w1 & PROFILE_MASK))
            due = max(w1 >> JOINED_SHIFT, 0) + length(plan, kind, state.draws[i])
            due = min(max(due, state.register[DAY]), int64(plan.horizon))
            push(state, plan.tickets[node] + due, at, w0)


# --- from node to node --------------------------------------------------------------------------------


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
            if stands_in(state, at, w0, node):
                return at
    return int64(-1)


@inlined
def leave(plan: Any, state: Any, node: Any, profile: Any, way: Any) -> Any:
    """Count a case out of a node that it leaves by a way; return the hold whose place it keeps so far, or -1."""
    if not plan.tracked[node]:
        return int64(-1)
    state.lev[node * plan.n_groups + plan.group_of[profile]] -= 1
    return int64(plan.r_held[way])


@inlined
def cross(plan: Any, state: Any, edge: Any, w0: Any, profile: Any) -> Any:
    """Let a case cross an edge; return its first word, with its lap, and its profile after that."""
    if plan.e_relabel[edge] >= 0:
        profile = int64(plan.relabels[plan.e_relabel[edge] + profile])
    state.passed[state.register[PERIOD], edge * plan.n_groups + plan.group_of[profile]] += 1
    return w0 + plan.e_lap[edge], profile


@inlined
def lay_by(state: Any, depth: Any, w0: Any, profile: Any, node: Any, way: Any) -> Any:
    """Lay a case on the stack until the one under way is at home; return how many lie there."""
    state.stack[depth, 0] = w0
    state.stack[depth, 1] = profile
    state.stack[depth, 2] = node
    state.stack[depth, 3] = way
    return depth + 1


@inlined
def answer(plan: Any, state: Any, node: Any) -> Any:
    """Return what a node says to a case that comes."""
    kind = plan.kind[node]
    if kind == ROUTER:
        return GO_ON
    if kind == STATION and is_full(plan, state, node):
        return GO_ROUND
    if kind != HOLD:
        return STAY
    slot = plan.hold_slot[node]
    places = plan.places[slot, state.register[DAY]]
    # Free places are spoken for by those who wait for one.
    if (places < 0 or state.taken[slot] < places) and state.waiting[node] == 0:
        return TAKE_A_PLACE
    if plan.overflow[node] == WAIT:
        return GO_ROUND if is_full(plan, state, node) else STAY
    return TAKE_FROM_ANOTHER if plan.overflow[node] == PREEMPT else GO_ROUND


@inlined
def preempt(plan: Any, state: Any, node: Any, profile: Any, found: Any, depth: Any) -> Any:
    """Send whoever must yield to a case out of a hold; return what it is told then, and how many are found and laid by."""
    # Whoever has been let in stands where he can be found.
    put(plan, state, found)
    at = victim(plan, state, node, class_at(plan, state, node, profile))
    if at < 0:
        return GO_ROUND, int64(0), depth
    who = state.words[2 * at + 1] & PROFILE_MASK
    depth = lay_by(state, depth, state.words[2 * at], who, node, plan.r_overflow[node])
    state.words[2 * at] = -1
    return TAKE_A_PLACE, int64(0), depth


@inlined
def come_to(
    plan: Any, state: Any, node: Any, has_place: Any, w0: Any, profile: Any, joined: Any, found: Any
) -> Any:
    """Count a case in at a node, and write down its record as found; return how many are."""
    kind = plan.kind[node]
    state.lev[node * plan.n_groups + plan.group_of[profile]] += 1
    if has_place:
        state.taken[plan.hold_slot[node]] += 1
    elif kind != DELAY:
        state.waiting[node] += 1
    rank = class_at(plan, state, node, profile) if kind != DELAY else int64(0)
    if found == BATCH:
        put(plan, state, found)
        found = int64(0)
    state.found[found] = w0
    state.found_1[found] = record(joined, int64(has_place), node, rank, profile)
    return found + 1


@kernel
def send(plan: Any, state: Any, origin: Any, way: Any, n: Any, joins: Any) -> None:
    """
    Send the `n` records in the outbox from `origin` along `way`, until each stands in a queue or has ended.

    Who comes to a station joins its queue on the tick `joins`. The first edge is chosen for all at once. Then it
    is found where each goes, one after another, for it may take the last place. Then all are put there, node by
    node. A record may send others after it, a copy or a case that it pre-empts: they wait on a short stack.
    """
    day = state.register[DAY]
    choose_all(plan, state, way, n)
    found = int64(0)
    for i in range(n):
        node, w0, profile = origin, state.outbox[i], state.outbox_1[i] & PROFILE_MASK
        held = leave(plan, state, node, profile, way)
        edge = int64(state.edges[i])
        depth = int64(0)
        while True:
            while True:
                if edge >= 0:
                    w0, profile = cross(plan, state, edge, w0, profile)
                    node = int64(plan.e_target[edge])
                    if plan.e_copy[edge] >= 0:
                        depth = lay_by(state, depth, w0, profile, plan.e_copy[edge], int64(-1))
                if held >= 0 and plan.hold_slot[node] == held:
                    # It comes back to the hold that it has left, and asks like any other.
                    state.taken[held] -= 1
                    held = int64(-1)
                told = answer(plan, state, node)
                if told == TAKE_FROM_ANOTHER:
                    told, found, depth = preempt(plan, state, node, profile, found, depth)
                if told == GO_ON:
                    onward = int64(plan.r_main[node])
                elif told == GO_ROUND:
                    onward = int64(plan.r_overflow[node])
                else:
                    break
                edge = choose(plan, state, onward, profile, w0)
            if held >= 0 and plan.hold_of[node] != held:
                state.taken[held] -= 1
            if plan.kind[node] != SINK:
                joined = joins if plan.kind[node] == STATION else day
                found = come_to(plan, state, node, told == TAKE_A_PLACE, w0, profile, joined, found)
            if depth == 0:
                break
            depth -= 1
            w0, profile = state.stack[depth, 0], state.stack[depth, 1]
            node, onward = state.stack[depth, 2], state.stack[depth, 3]
            held = edge = int64(-1)
            if onward >= 0:
                held = leave(plan, state, node, profile, onward)
                edge = choose(plan, state, onward, profile, w0)
    put(plan, state, found)


# --- a tick, phase by phase ---------------------------------------------------------------------------


@kernel
def finish_stays(plan: Any, state: Any, node: Any) -> None:
    """Send on the cases whose stay in a hold or a delay ends today."""
    day = state.register[DAY]
    q = plan.calendar[node] + day
    in_system = int64(0)
    while state.size[q] > 0:
        n = int64(0)
        at, left = state.head[q], state.size[q]
        while n < BATCH and left > 0:
            w0, w1 = state.words[2 * at], state.words[2 * at + 1]
            if w0 != -1:
                state.words[2 * at] = -1
                in_system += day - (w1 >> JOINED_SHIFT)
                state.outbox[n] = w0
                state.outbox_1[n] = w1
                n += 1
            left -= 1
            at = after(state, at, left)
        state.head[q], state.size[q] = at, left
        send(plan, state, node, plan.r_main[node], n, day)
    state.time_sum[state.register[PERIOD], node] += in_system
    if plan.overflow[node] == PREEMPT:
        # Tickets of cases that have left pile up at the head: drop them, so that memory follows the live.
        for rank in range(plan.n_classes[node]):
            q = plan.evict[node] + rank
            while state.size[q] > 0:
                at = state.head[q]
                if stands_in(state, state.words[2 * at], state.words[2 * at + 1], node):
                    break
                drop_head(state, q)


@kernel
def renege(plan: Any, state: Any, node: Any) -> None:
    """Send on, unserved, the cases whose patience ends today while they wait."""
    day = state.register[DAY]
    q = plan.tickets[node] + day
    while state.size[q] > 0:
        n = int64(0)
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
        send(plan, state, node, plan.r_renege[node], n, day)


@kernel
def admit(plan: Any, state: Any, node: Any) -> None:
    """Give free places of a hold to those who wait for one."""
    slot = plan.hold_slot[node]
    places = plan.places[slot, state.register[DAY]]
    for rank in range(plan.n_classes[node]):
        q = plan.queue[node] + rank
        while state.size[q] > 0 and (places < 0 or state.taken[slot] < places):
            n = int64(0)
            while n < BATCH and state.size[q] > 0 and (places < 0 or state.taken[slot] < places):
                at = state.head[q]
                w0, w1 = state.words[2 * at], state.words[2 * at + 1]
                state.words[2 * at] = -1
                drop_head(state, q)
                if w0 != -1:
                    state.waiting[node] -= 1
                    state.taken[slot] += 1
                    state.found[n] = w0
                    state.found_1[n] = w1 | int64(1) << PLACE_SHIFT
                    n += 1
            put(plan, state, n)


@inlined
def places_in(plan: Any, state: Any, base: Any, width: Any, n: Any) -> None:
    """Set `edges` to how many of `width` rising bounds lie at or below each of `n` draws."""
    if width <= FEW:
        for i in range(n):
            state.edges[i] = 0
        for j in range(width):
            bound = plan.values[base + j]
            for i in range(n):
                state.edges[i] += state.draws[i] >= bound
        return
    for i in range(n):
        low, high = int64(0), int64(width)
        while low < high:
            middle = (low + high) >> 1
            if state.draws[i] < plan.values[base + middle]:
                high = middle
            else:
                low = middle + 1
        state.edges[i] = low


@kernel
def arrive(plan: Any, state: Any, source: Any) -> None:
    """Make today's new cases of a source and send them on."""
    day = state.register[DAY]
    node = plan.s_node[source]
    table = plan.s_table[source]
    width = plan.t_width[table]
    left = plan.arrivals[source, day]
    # Named by source, day and place in the day, a case keeps its name when others come or stay away.
    case = (int64(source) << SOURCE_SHIFT) | (int64(day) << DAY_SHIFT)
    while left > 0:
        n = min(left, int64(BATCH))
        for i in range(n):
            state.outbox[i] = (case + i) << LAP_BITS
        if width > 0:
            draw_all(state, state.outbox, plan.n_key[node], FOR_PROFILE, n)
        places_in(plan, state, state.now[table], width, n)
        for i in range(n):
            state.outbox_1[i] = plan.s_profiles[plan.s_first[source] + state.edges[i]]
        send(plan, state, node, plan.r_main[node], n, day)
        case += n
        left -= n


@kernel
def serve(plan: Any, state: Any, node: Any, available: Any, begins: Any) -> Any:
    """
    Spend up to `available` units at a station; return what is left.

    First on the case whose service has begun, whatever its class; then, if it `begins` others, on the queue.
    What is left at the end, if less than the next case needs, begins its service.
    """
    day, period = state.register[DAY], state.register[PERIOD]
    spent, squares = 0.0, 0.0
    in_system = int64(0)
    n = int64(0)
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
            n = int64(1)
    for rank in range(plan.n_classes[node]):
        q = plan.queue[node] + rank
        while True:
            at, left = state.head[q], state.size[q]
            # Those who joined on one tick have waited alike, and are counted together.
            alike, since = int64(0), int64(0)
            begun = int64(0)
            while begins and n < BATCH and left > 0 and available > 0.0:
                w0, w1 = state.words[2 * at], state.words[2 * at + 1]
                joined = w1 >> JOINED_SHIFT
                if w0 != -1:
                    if joined > day:
                        break
                    state.words[2 * at] = -1
                    if joined != since:
                        count_waits(plan, state, q, day - since, alike)
                        begun += alike
                        alike, since = int64(0), joined
                    alike += 1
                    need = value(plan, state, plan.units_table[node], w1 & PROFILE_MASK)
                    squares += need * need
                    if need > available + ROUNDING:
                        state.part_case[node] = w0
                        state.part_word[node] = w1
                        state.part_left[node] = need - available
                        spent += available
                        available = 0.0
                    else:
                        spent += need
                        available = rest(available, need)
                        in_system += day + 1 - joined
                        state.outbox[n] = w0
                        state.outbox_1[n] = w1
                        n += 1
                left -= 1
                at = after(state, at, left)
            if alike > 0:
                count_waits(plan, state, q, day - since, alike)
            state.waiting[node] -= begun + alike
            state.head[q], state.size[q] = at, left
            full = n == BATCH
            send(plan, state, node, plan.r_main[node], n, day + 1)
            n = int64(0)
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
def resort(plan: Any, state: Any, node: Any) -> None:
    """Put those who wait at a station into the classes of today's rule, keeping the order of joining."""
    spare = plan.spare_queue
    while True:
        first, first_joined = int64(-1), int64(1) << 40
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
    while state.size[spare] > 0:
        n = int64(0)
        while n < BATCH and state.size[spare] > 0:
            at = state.head[spare]
            w1 = state.words[2 * at + 1]
            profile = w1 & PROFILE_MASK
            state.found[n] = state.words[2 * at]
            state.found_1[n] = record(
                w1 >> JOINED_SHIFT, int64(0), node, class_at(plan, state, node, profile), profile
            )
            state.words[2 * at] = -1
            drop_head(state, spare)
            n += 1
        # The patience of a case is a function of the case, so its ticket can be written again.
        put(plan, state, n)


@kernel
def keep_up(plan: Any, state: Any) -> None:
    """Fill the pools with today's units, less what the cases under their care take."""
    day, period = state.register[DAY], state.register[PERIOD]
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
def close_tick(state: Any) -> None:
    """Add today's levels to the sums of the period."""
    period = state.register[PERIOD]
    for place in range(state.lev.size):
        state.level_sum[period, place] += state.lev[place]
    for slot in range(state.taken.size):
        state.taken_sum[period, slot] += state.taken[slot]


@kernel
def close_period(plan: Any, state: Any) -> None:
    """Write down levels, and the ages of those who wait, at the end of a period."""
    period = state.register[PERIOD]
    for place in range(state.lev.size):
        state.level_end[period, place] = state.lev[place]
    for q in range(plan.n_queues):
        at, left = state.head[q], state.size[q]
        # Those who joined on one tick are of one age, and are counted together.
        alike, since = int64(0), int64(0)
        while left > 0:
            if state.words[2 * at] != -1:
                joined = state.words[2 * at + 1] >> JOINED_SHIFT
                if joined != since:
                    count_age(plan, state, q, since, alike)
                    alike, since = int64(0), joined
                alike += 1
            left -= 1
            at += 1
            if at & (BLOCK - 1) == 0 and left > 0:
                at = int64(state.chain[(at - 1) >> BLOCK_BITS]) << BLOCK_BITS
        count_age(plan, state, q, since, alike)


@inlined
def count_age(plan: Any, state: Any, queue: Any, joined: Any, cases: Any) -> None:
    """Count cases of a queue that joined on one tick into the bin of their age at the end of today."""
    age = max(state.register[DAY] + 1 - joined, int64(0))
    state.age_histogram[state.register[PERIOD], queue, plan.bin_of[min(age, plan.bin_of.size - 1)]] += cases


@kernel
def point_at(plan: Any, state: Any, day: Any) -> None:
    """Let the clock, and every table, stand at `day`."""
    state.register[DAY] = day
    state.register[PERIOD] = plan.period_of[day]
    for table in range(state.now.size):
        state.now[table] = plan.t_base[table] + plan.t_epoch[table, day] * plan.t_stride[table]


@entry
def settle_stock(plan: Any, state: Any, stock: Any) -> None:
    """Put the cases that are there at the start into their queues: rows of case, profile, node, joined."""
    point_at(plan, state, int64(0))
    found = int64(0)
    for i in range(stock.shape[0]):
        node, kind = stock[i, 2], plan.kind[stock[i, 2]]
        joined = stock[i, 3] if kind == STATION else int64(0)
        found = come_to(plan, state, node, kind == HOLD, stock[i, 0] << LAP_BITS, stock[i, 1], joined, found)
        if kind == STATION and plan.hold_of[node] >= 0:
            state.taken[plan.hold_of[node]] += 1
    put(plan, state, found)


@entry
def advance(plan: Any, state: Any, first: Any, last: Any) -> Any:
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
                resort(plan, state, node)
        for i in range(plan.due_order.size):
            finish_stays(plan, state, plan.due_order[i])
        for i in range(plan.renege_order.size):
            renege(plan, state, plan.renege_order[i])
        for i in range(plan.waiting_holds.size):
            admit(plan, state, plan.waiting_holds[i])
        for source in range(plan.s_node.size):
            arrive(plan, state, source)
        keep_up(plan, state)
        # Staff that several stations share first go on with what they have begun at any of them.
        for begins in range(2):
            for i in range(plan.station_order.size):
                node = plan.station_order[i]
                pool = plan.pool_of[node]
                if begins == 0 and (pool < 0 or state.part_case[node] == -1):
                    continue
                available = plan.station_units[i, day] if pool < 0 else state.pool_left[pool]
                left = serve(plan, state, node, available, begins == 1)
                if pool >= 0:
                    state.pool_left[pool] = left
        for pool in range(plan.pool_units.shape[0]):
            total = plan.pool_units[pool, day]
            state.idle[pool] = state.pool_left[pool] / total if total > 0.0 else 0.0
            state.pool_idle[period, pool] += state.pool_left[pool]
        for i in range(plan.waiting_holds.size):
            admit(plan, state, plan.waiting_holds[i])
        close_tick(state)
        if day + 1 == plan.horizon or plan.period_of[day + 1] != period:
            close_period(plan, state)
        if state.register[EXHAUSTED] != 0:
            return 1
    return 0
