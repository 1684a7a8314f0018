"""The picture of a model's network, drawn from the network itself: nodes in layers, and what is behind each edge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from html import escape

import numpy as np

from lawqueue import numbers
from lawqueue.engine.spec import Delay, Edge, Hold, Network, Node, Router, Sink, Source, Station
from lawqueue.report.charts.shared import BLUE, GREY, ORANGE
from lawqueue.study.behind import Behind, edges, share
from lawqueue.study.place import GENERATOR

WIDE, HIGH, ACROSS, DOWN = 150, 24, 90, 16
"""A box, and the room between boxes [px]."""
SWEEPS = 8
"""How often rows are put in the order of what leads to them, and of what they lead to."""
COLOURS = {
    Source: "#009E73",
    Station: BLUE,
    Hold: "#CC79A7",
    Delay: "#E69F00",
    Router: GREY,
    Sink: "#44AA99",
}
"""By the kind of a node; the word stands in the box, too."""


def drawing(found: Behind) -> str:
    """Return the picture as an SVG; over a node or an edge stands what is behind it."""
    at = _places(found.network)
    width = max(x for x, _ in at.values()) + WIDE + 20
    height = max(y for _, y in at.values()) + HIGH + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="10" aria-label="{escape(_about(found))}">',
        f"<!-- {GENERATOR} -->",
        f'<marker id="tip" viewBox="0 0 6 6" refX="6" refY="3" markerWidth="5" markerHeight="5" orient="auto">'
        f'<path d="M0 0 L6 3 L0 6 z" fill="{GREY}"/></marker>',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="10" y="18" font-size="13" fill="#1d2127">{escape(_about(found))}</text>',
        *(_edge(found, node, edge, at) for node, edge in edges(found.network)),
        *(_box(found, node, *at[node.name]) for node in found.network.nodes),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def table(found: Behind) -> str:
    """Return every edge in a line: where it leads, its share, and what is behind it."""
    lines = []
    for node in found.network.nodes:
        lines.append(f"{_kind(node)} {node.name}{_listed(found, node.name)}")
        for origin, edge in edges(found.network):
            if origin is node:
                named = f" ({edge.label})" if edge.label and edge.label != edge.to else ""
                inputs = _listed(found, node.name, edge)
                lines.append(f"  → {edge.to}{named} {_share(edge)}{inputs}".rstrip())
    return "\n".join(lines)


def _about(found: Behind) -> str:
    return f"{found.model.title}: the network as it is on {found.on}"


def _kind(node: Node) -> str:
    return type(node).__name__.lower()


def _share(edge: Edge) -> str:
    ends = share(edge)
    if ends is None:
        return "the rest"
    low, high = (numbers.share(each) for each in ends)
    return low if low == high else f"{low} to {high}"


def _listed(found: Behind, node: str, edge: Edge | None = None) -> str:
    """Return what is behind a node, or an edge of it; parameters of one folder as one."""
    names = found.inputs[(node, "", "") if edge is None else (node, edge.to, edge.label)]
    folders: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        folders[(name in found.model.parameters() and name.rpartition(".")[0]) or name].append(name)
    told = [_folder(found, *each) for each in folders.items()]
    return f": {', '.join(told)}" if told else ""


def _folder(found: Behind, folder: str, names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    every = [name for name in found.model.parameters().names if name.rpartition(".")[0] == folder]
    return f"{folder}.*" if names == every else f"{folder}.({', '.join(n.rpartition('.')[2] for n in names)})"


def _box(found: Behind, node: Node, x: float, y: float) -> str:
    tells = f"{_kind(node)} {node.name}{_listed(found, node.name)}"
    return (
        f"<g><title>{escape(tells)}</title>"
        f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="3" fill="white" stroke="{COLOURS[type(node)]}" '
        f'stroke-width="2"/><text x="{x + 6}" y="{y + 15}" fill="#1d2127">{escape(node.name)}</text>'
        f'<text x="{x + WIDE - 5}" y="{y + 15}" text-anchor="end" font-size="8" fill="{GREY}">{_kind(node)}</text></g>'
    )


def _edge(found: Behind, node: Node, edge: Edge, at: Mapping[str, tuple[float, float]]) -> str:
    inputs = _listed(found, node.name, edge)
    tells = f"{node.name} → {edge.to}, {edge.label or 'only way'}: {_share(edge)}{inputs}"
    colour, line = (ORANGE, 1.4) if inputs else (GREY, 0.9)
    return (
        f"<g><title>{escape(tells)}</title>"
        f'<path d="{_path(at[node.name], at[edge.to])}" fill="none" stroke="{colour}" stroke-width="{line}" '
        f'opacity="0.65" marker-end="url(#tip)"/></g>'
    )


def _path(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return the curve from box to box: to the right from side to side, to the left in an arc under both."""
    (x0, y0), (x1, y1) = start, end
    if x1 > x0:
        x0, y0, y1, bend = x0 + WIDE, y0 + HIGH / 2, y1 + HIGH / 2, (x1 - x0 - WIDE) / 2
        return f"M{x0} {y0:.1f} C{x0 + bend:.1f} {y0:.1f} {x1 - bend:.1f} {y1:.1f} {x1} {y1:.1f}"
    x0, x1, y0, y1 = x0 + WIDE * 2 / 3, x1 + WIDE / 3, y0 + HIGH, y1 + HIGH
    under = max(y0, y1) + DOWN
    return f"M{x0} {y0:.1f} C{x0} {under:.1f} {x1} {under:.1f} {x1} {y1:.1f}"


def _places(network: Network) -> dict[str, tuple[float, float]]:
    """
    Return the upper left corner of each node's box [px].

    A layer is the shortest way from where cases come in. Within a layer, each stands near the middle of its neighbours.
    """
    order = [node.name for node in network.nodes]
    ways = [(node.name, edge.to) for node, edge in edges(network)]
    layer = dict.fromkeys(set(order) - {target for _, target in ways}, 0)
    while len(layer) < len(order):
        reached = {target for origin, target in ways if origin in layer and target not in layer}
        layer |= dict.fromkeys(reached or set(order) - set(layer), max(layer.values()) + 1)
    layers: defaultdict[int, list[str]] = defaultdict(list)
    for name in order:
        layers[layer[name]].append(name)
    beside: defaultdict[str, list[str]] = defaultdict(list)
    for origin, target in ways:
        beside[origin].append(target)
        beside[target].append(origin)
    row = {name: float(place) for names in layers.values() for place, name in enumerate(names)}
    for _ in range(SWEEPS):
        for names in layers.values():
            middle = {n: float(np.mean([row[each] for each in beside[n]] or [row[n]])) for n in names}
            names.sort(key=lambda name: middle[name])
            row |= {name: place - len(names) / 2 for place, name in enumerate(names)}
    top = min(row.values())
    return {
        name: (10.0 + layer[name] * (WIDE + ACROSS), 34.0 + (row[name] - top) * (HIGH + DOWN))
        for name in order
    }
