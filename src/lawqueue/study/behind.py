"""
What is behind each edge of a model's network: the parameters and provisions that change it.

Nothing is declared: an input is moved, or taken away, the network is made again, and what is another then has that
input behind it. Many are moved at once. First a block of inputs that are read one after the other, which shows all that
the block changes; then one input of each of several blocks that change nothing in common, so that what changed tells
whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from functools import reduce
from typing import Any, TypeAlias, TypeVar
from zlib import crc32

import numpy as np

from lawqueue.engine.spec import Edge, Network, Node, Renege, Route, routes_of
from lawqueue.engine.varying import Varying
from lawqueue.models.model import Model
from lawqueue.models.world import World
from lawqueue.months import first_of_next_month
from lawqueue.rules import Guideline, ParameterBook
from lawqueue.rules.instrument import Instrument
from lawqueue.rules.parameter import Parameter
from lawqueue.rules.tier import AnyTier, Tier

LEFT = 0.3, 0.7
"""What is left of a parameter that is moved: least and greatest share of its value [/1]."""
BLOCK = 8
"""Inputs of a block: few enough that many blocks have no part in common, many enough that there are few of them."""

InstrumentT = TypeVar("InstrumentT", bound=Instrument[Any])
Part: TypeAlias = tuple[str, str, str]
"""Node, the node that an edge leads to, and its label; a node itself has two empty words."""
Prints: TypeAlias = dict[Part, int]
Move: TypeAlias = Callable[[World], World]
"""A world with one input moved, of the world as it is."""


@dataclass(frozen=True)
class Behind:
    """
    A network on a day, and what is behind its parts.

    Parameters
    ----------
    model, network, on
        The model, its network over the month that begins on the day.
    inputs
        Names of the parameters, and the provisions of guidelines and statutes, that change each part.
    """

    model: Model
    network: Network
    on: date
    inputs: Mapping[Part, tuple[str, ...]]


def edges(network: Network) -> Iterator[tuple[Node, Edge]]:
    """Yield every edge of a network with the node that it leaves."""
    for node in network.nodes:
        for way in routes_of(node).values():
            yield from ((node, each) for each in way.edges)


def share(edge: Edge) -> tuple[float, float] | None:
    """Return the least and the greatest share of an edge over profiles and days; None for the rest of a route [/1]."""
    if edge.share is None:
        return None
    numbers = np.asarray(edge.share.numbers if isinstance(edge.share, Varying) else edge.share, np.float64)
    return float(numbers.min()), float(numbers.max())


def behind(
    model: Model,
    on: date | None = None,
    expect: Callable[[int], None] = lambda _: None,
    step: Callable[[], None] = lambda: None,
) -> Behind:
    """
    Return what is behind each part of a model's network.

    Parameters
    ----------
    on
        The first day of a month that a run may begin with; the first that can be simulated if left out.
    expect, step
        Called with how many networks are made in all, as far as is known; and after each.
    """
    start = on or model.known_days()[0]
    world = model.world_in_history(start, first_of_next_month(start))
    network = model.network(world)
    before = _prints(network)
    moves = [*_parameters(world), *_provisions(world)]

    def changed(*which: Move) -> frozenset[Part]:
        after = _prints(model.network(reduce(lambda made, move: move(made), which, world)))
        step()
        return frozenset(part for part, print_ in before.items() if after.get(part) != print_)

    found = _told_apart(moves, before, changed, expect)
    return Behind(model, network, start, {part: tuple(sorted(names)) for part, names in found.items()})


def _told_apart(
    moves: Sequence[tuple[str, Move]],
    parts: Iterable[Part],
    changed: Callable[..., frozenset[Part]],
    expect: Callable[[int], None],
) -> dict[Part, set[str]]:
    """Return the names of the moves that change each part: first of blocks of them, then of one in each of several blocks."""
    blocks = [moves[i : i + BLOCK] for i in range(0, len(moves), BLOCK)]
    expect(len(blocks))
    reached = [changed(*(move for _, move in block)) for block in blocks]
    apart = _apart(reached)
    expect(len(blocks) + sum(max(len(blocks[i]) for i in together) for together in apart))
    found: dict[Part, set[str]] = {part: set() for part in parts}
    for together in apart:
        for place in range(max(len(blocks[i]) for i in together)):
            meant = {i: blocks[i][place] for i in together if place < len(blocks[i])}
            parts_changed = changed(*(move for _, move in meant.values()))
            for i, (name, _) in meant.items():
                for part in parts_changed & reached[i]:
                    found[part].add(name)
    return found


def _apart(reached: Sequence[frozenset[Part]]) -> list[list[int]]:
    """Return blocks in sets, within each of which no two change the same part; those that change nothing are left out."""
    sets: list[tuple[list[int], set[Part]]] = []
    for i in sorted(range(len(reached)), key=lambda i: -len(reached[i])):
        if not reached[i]:
            continue
        room = next((each for each in sets if not each[1] & reached[i]), None)
        if room is None:
            sets.append(room := ([], set()))
        room[0].append(i)
        room[1].update(reached[i])
    return [members for members, _ in sets]


# --- the moves --------------------------------------------------------------------------------------------


def _parameters(world: World) -> Iterator[tuple[str, Move]]:
    """Yield every parameter that the network was made of, in the order in which they were read."""
    for name in dict.fromkeys(name for kind, name in world.notes.every if kind in {"book", "first day"}):
        yield str(name), _other(str(name))


def _other(name: str) -> Move:
    def move(world: World) -> World:
        parameters = world.book.parameters
        moved = _lessened(parameters[name])
        return replace(world, book=ParameterBook(parameters | {name: moved}))

    return move


def _lessened(parameter: Parameter) -> Parameter:
    """
    Return a parameter with about half its values: no rounding to whole days hides that, and no sum of shares passes 1.

    Each has a share of its own left, so that of several that are moved at once no ratio stays. Where that is out of
    bounds, it goes as far as its bound; from its least value it goes up.
    """
    low = 0.0 if parameter.minimum is None else parameter.minimum
    high = np.inf if parameter.maximum is None else parameter.maximum
    left = LEFT[0] + (LEFT[1] - LEFT[0]) * crc32(parameter.name.encode()) / 2**32

    def moved(value: float) -> float:
        less = max(value * left, low) if value > 0 else value
        return less if less != value else min(value + 1.0, (value + high) / 2)

    values = tuple(each.model_copy(update={"value": moved(each.value)}) for each in parameter.values)
    return replace(parameter, values=values)


def _provisions(world: World) -> Iterator[tuple[str, Move]]:
    """Yield every tier in force: one of a statute is taken away, one of a guideline also lets officers do another thing."""
    for statute in {each.id: each for spells in world.law.values() for _, _, each in spells}.values():
        for provision in statute.tiers:
            yield _named(statute, provision), _law_without(statute.id, provision.name)
    for guideline in {each.id: each for _, _, each in world.calendar}.values():
        for tier in guideline.tiers:
            yield _named(guideline, tier), _guideline_as(guideline.id, _without(tier.name))
        for tier in guideline.tiers_all:
            yield _named(guideline, tier), _guideline_as(guideline.id, _turned(tier.name))


def _named(instrument: Instrument[Any], tier: AnyTier) -> str:
    return f"{instrument.id} ({tier.name})"


def _law_without(statute: str, tier: str) -> Move:
    taken = _without(tier)

    def move(world: World) -> World:
        law = {
            question: tuple(
                (first, after, taken(each) if each.id == statute else each) for first, after, each in spells
            )
            for question, spells in world.law.items()
        }
        return replace(world, law=law)

    return move


def _guideline_as(guideline: str, made: Callable[[Guideline], Guideline]) -> Move:
    def move(world: World) -> World:
        calendar = tuple(
            (first, after, made(each) if each.id == guideline else each)
            for first, after, each in world.calendar
        )
        return replace(world, calendar=calendar)

    return move


def _without(tier: str) -> Callable[[InstrumentT], InstrumentT]:
    """Return what takes a tier away: whom it took, a later one takes."""
    return lambda instrument: replace(instrument, tiers=tuple(t for t in instrument.tiers if t.name != tier))


def _turned(tier: str) -> Callable[[Guideline], Guideline]:
    """Return what makes a tier let officers do nothing, or all if it is that already."""

    def turned(each: Tier) -> Tier:
        return (
            replace(each, action="presumed" if each.action == "none" else "none")
            if each.name == tier
            else each
        )

    return lambda instrument: replace(
        instrument, tiers=tuple(map(turned, instrument.tiers)), otherwise=turned(instrument.otherwise)
    )


# --- fingerprints -----------------------------------------------------------------------------------------


def _prints(network: Network) -> Prints:
    """Return a fingerprint of every node without its routes, and of every edge."""
    found: Prints = {}
    for node in network.nodes:
        for way in routes_of(node).values():
            for edge in way.edges:
                found[node.name, edge.to, edge.label] = _print(edge)
        own = [_without_routes(getattr(node, each.name)) for each in fields(node)]
        found[node.name, "", ""] = hash(tuple(_print(each) for each in own))
    for pool in network.pools:
        for station in pool.stations:
            found[station, "", ""] = hash((found[station, "", ""], _print(pool.units_per_tick)))
    return found


def _without_routes(value: Any) -> Any:
    if isinstance(value, Route):
        return None
    return value.after if isinstance(value, Renege) else value


def _print(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return hash((value.shape, value.tobytes()))
    if is_dataclass(value) and not isinstance(value, type):
        return hash(tuple(_print(getattr(value, each.name)) for each in fields(value)))
    if isinstance(value, tuple | list):
        return hash(tuple(_print(each) for each in value))
    if isinstance(value, Mapping):
        return hash(tuple((name, _print(each)) for name, each in value.items()))
    return hash(value)
