"""
Drawings made small, to stand in a page: what the drawing library repeats on every mark is said once.

Numbers are rounded to a tenth of a pixel, parts that show nothing are left out, what all parts of a group share stands on
the group, and what a mark says of itself is its `<title>`, which a browser shows under the pointer.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET  # as its own pages call it

_SPACE = "{http://www.w3.org/2000/svg}"
_SHARED = (
    "fill", "fill-opacity", "stroke", "stroke-dasharray", "stroke-opacity", "stroke-width", "font-size", "font-weight",
    "text-anchor",
)  # fmt: skip
"""Attributes that a part has from its group if it has none of its own."""
_SAID_ANYWAY = {
    "opacity": "1",
    "fill-opacity": "1",
    "stroke-opacity": "1",
    "stroke-miterlimit": "10",
    "font-weight": "normal",
    "transform": "translate(0,0)",
}
_UNUSED = {"class", "role", "pointer-events", "font-family", "version", "width", "height"}
"""Of no use within a page, whose words have its own face; width and height only on what is no rectangle."""
_NUMBERS = {"d", "transform", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "r", "points", "viewBox"}
_DECIMAL = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def compact(drawing: str, title: str, grey: str) -> str:
    """
    Return a drawing as a picture in a page, as wide as its column.

    Parameters
    ----------
    drawing
        SVG, as Vega draws it.
    title
        What it shows; to a screen reader it is one picture of this name.
    grey
        The colour of words and axes, which take the colour of the page instead.
    """
    root = ET.fromstring(drawing)  # noqa: S314  # our own drawing, just made
    box = root.get("viewBox", "")
    _strip(root, grey)
    _join(root)
    shared = {each: value for each, value in root.attrib.items() if each in _SHARED}
    root.attrib = {"role": "img", "viewBox": _rounded(box), **shared}
    name = ET.Element("title")
    name.text = title
    root.insert(0, name)
    return ET.tostring(root, encoding="unicode", short_empty_elements=True).replace(" />", "/>")


def _strip(part: ET.Element, grey: str) -> None:
    """Leave out what shows nothing, and make every number short."""
    part.tag = part.tag.removeprefix(_SPACE)
    label = part.attrib.pop("aria-label", None)
    for name in [*part.attrib]:
        if name.startswith("aria-") or (name in _UNUSED and part.tag != "rect"):
            del part.attrib[name]
    for name, value in [*part.attrib.items()]:
        short = _rounded(value) if name in _NUMBERS else "currentColor" if value == grey else value
        part.set(name, short)
        if _SAID_ANYWAY.get(name) == short:
            del part.attrib[name]
    for child in [*part]:
        _strip(child, grey)
        if _is_nothing(child):
            part.remove(child)
    if label and part.tag != "g":
        title = ET.Element("title")
        title.text = label
        part.insert(0, title)


def _is_nothing(part: ET.Element) -> bool:
    if part.get("display") == "none" or (part.tag == "g" and not len(part)):
        return True
    paint = {part.get("fill"), part.get("stroke")} - {None, "none", "transparent"}
    return part.tag in {"path", "rect", "line"} and not paint and not len(part)


def _join(part: ET.Element) -> None:
    """Say once, on a group, what all its parts say; make one path of its lines; leave out groups that say nothing."""
    for child in part:
        _join(child)
    if part.tag not in {"g", "svg"} or not len(part):
        return
    for name in _SHARED:
        values = {child.get(name) for child in part}
        if len(values) == 1 and None not in values:
            part.set(name, str(values.pop()))
            for child in part:
                del child.attrib[name]
    lines = [
        child for child in part if child.tag == "line" and child.attrib.keys() <= _ENDS and not len(child)
    ]
    if len(lines) == len(part):
        path = "".join(map(_as_path, lines))
        for child in lines:
            part.remove(child)
        ET.SubElement(part, "path", {"d": path})
    parts = [grandchild for child in part for grandchild in ([*child] if _is_bare(child) else [child])]
    if len(parts) == 1 and part.tag == "g" and "transform" not in part.attrib.keys() & parts[0].attrib.keys():
        (only,) = parts
        inherited = {**part.attrib, **only.attrib}
        part.tag, part.text, part.attrib = only.tag, only.text, inherited
        parts = [*only]
    part[:] = parts


_ENDS = {"transform", "x2", "y2"}


def _is_bare(part: ET.Element) -> bool:
    return part.tag == "g" and not part.attrib


def _as_path(line: ET.Element) -> str:
    start = line.get("transform", "translate(0,0)").removeprefix("translate(").removesuffix(")")
    return f"M{start}l{line.get('x2', '0')},{line.get('y2', '0')}"


def _rounded(text: str) -> str:
    return _DECIMAL.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0").replace("-0.0", "0"), text)
