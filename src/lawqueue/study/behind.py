"""
What is behind each edge of a model's network: the parameters and provisions that change it.

Nothing is declared: each input is moved a little, or taken away, the network is made again, and what is another then
has that input behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any, TypeAlias

import numpy as np

from lawqueue.engine.spec import Edge, Network, Node, Renege, Route, routes_of
from lawqueue.engine.varying import Varying
from lawqueue.models.model import Model
from lawqueue.models.world import World
from lawqueue.months import first_of_next_month
from lawqueue.rules import ParameterBook
from lawqueue.rules.parameter import Parameter

NUDGE = 0.03
"""By how much a parameter is moved, as a share of its value [/1]; by as much as this where it is 0."""

Part: TypeAlias = tuple[str, str, str]
"""Node, the node that an edge leads to, and its label; a node itself has two empty words."""
Prints: TypeAlias = dict[Part, int]


@dataclass(frozen=True)
class Behind:
    """
    A network on a day, and what is behind its parts.

    Parameters
    ----------
    model, network, on
        The model, its network over the month that begins on the day.
    inputs
        Names of the parameters, and ids of the rules, that change each part.
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


def behind(model: Model, on: date | None = None, progress: Callable[[int], None] = lambda _: None) -> Behind:
    """
    Return what is behind each part of a model's network.

    Parameters
    ----------
    on
        The first day of a month that a run may begin with; the first that can be simulated if left out.
    progress
        Called with how many inputs are left, before each is tried.
    """
    start = on or model.known_days()[0]
    world = model.world_in_history(start, first_of_next_month(start))
    network = model.network(world)
    before = _prints(network)
    found: dict[Part, list[str]] = {part: [] for part in before}
    tried = list(_moved(world))
    for left, (name, other) in zip(range(len(tried), 0, -1), tried, strict=True):
        progress(left)
        after = _prints(model.network(other))
        for part, print_ in before.items():
            if after.get(part) != print_:
                found[part].append(name)
    return Behind(model, network, start, {part: tuple(names) for part, names in found.items()})


def _moved(world: World) -> Iterator[tuple[str, World]]:
    """Yield each input that a world may hang on, with a world in which it is another."""
    for parameter in world.book:
        yield parameter.name, replace(world, book=_nudged(world.book, parameter))
    for question, spells in world.law.items():
        for statute in {each.id: each for _, _, each in spells}:
            rest = tuple(each for each in spells if each[2].id != statute)
            yield statute, replace(world, law={**world.law, question: rest})


def _nudged(book: ParameterBook, parameter: Parameter) -> ParameterBook:
    def moved(value: float) -> float:
        more = value * (1 + NUDGE) if value else NUDGE
        room = parameter.maximum is None or more <= parameter.maximum
        return more if room else value * (1 - NUDGE)

    values = tuple(each.model_copy(update={"value": moved(each.value)}) for each in parameter.values)
    return replace(book, parameters=book.parameters | {parameter.name: replace(parameter, values=values)})


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
