"""Whether a reader can check a source: what `lawqueue rules check` asks of every citation in a folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from lawqueue.errors import InputError, Problem
from lawqueue.files import Document, Location, read_yaml
from lawqueue.rules.formula import Lookup, agrees, value
from lawqueue.rules.source import Source

_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+")
_CUT: Final = re.compile(r"(?:[-_,;:=&?…]|\.{2,}|%[0-9A-Fa-f]?|\.(?:h|ht|p|pd|as|ph|sht|xl))$")
"""How an address ends that was cut off: in a joint between two words, in an escape, in `.ht` of `.html`."""
_SEARCH: Final = re.compile(r"(?:^|\.)search\.|/search(?:/|$)")
"""A page of search results, by its host or its path."""
_DATE_FOLDER: Final = re.compile(r"(?:^|/)(?:(?:19|20)\d\d/\d{1,2}(?:/\d{1,2})?/?|(?:19|20)\d\d/)$")
"""How a path ends that names a day, a month or a year, and no document of it."""
_REPOSITORIES: Final = frozenset({"github.com", "gitlab.com", "bitbucket.org", "codeberg.org"})
_ENDINGS: Final = frozenset({"ing", "ment", "able", "ful", "ness", "less", "randum"})
"""What a whole word may be lengthened by: `enforce` in an address of `enforcement`, `memo` of `memorandum`."""
_HOME: Final = re.compile(r"(?:index|home|default)(?:\.\w+)?", re.IGNORECASE)
_REFUSED: Final = frozenset(
    {
        "amren.com",
        "barnesreview.org",
        "counter-currents.com",
        "dailystormer.com",
        "gab.com",
        "8kun.top",
        "nationalvanguard.org",
        "nationalvanguard.com",
        "qorigins.org",
        "stormfront.org",
        "theoccidentalobserver.net",
        "vdare.com",
    }
)
"""
Publishers that rank people by race or religion as their purpose, and boards kept for such writing.

What they carry of an agency or a newspaper is cited from the agency, the newspaper, or another carrier.
"""
_RECALLED: Final = re.compile(
    r"\brecalled\b|\b(?:from|by) memory\b|\bnot (?:read|retrieved)\b", re.IGNORECASE
)
_READ: Final = frozenset({"stated", "derived"})


def address_fault(url: str, title: str = "") -> str | None:
    """
    Return why a reader would find no document at an address, or None.

    Parameters
    ----------
    url
        With http:// or https://.
    title
        Of the document: an address that ends in the first letters of one of its words was cut off.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    path, words = parts.path.strip("/"), parts.path.strip("/").split("/")
    if any(host == each or host.endswith("." + each) for each in _REFUSED):
        return "is a site of hatred. Cite who gave the figure out, and a copy that another carries."
    if (not path or _HOME.fullmatch(path)) and not parts.query and not parts.fragment.strip("!/"):
        return "is a bare home page. Give the address of the document, or none."
    if _SEARCH.search(host) or (parts.query and _SEARCH.search(parts.path)):
        return "is a page of search results. Give the address of the document, or none."
    if host in _REPOSITORIES and len(words) <= 2:
        return "is the root of a repository. Give the file in it, at a fixed commit, or no address."
    if _CUT.search(url.rstrip("/") if url.endswith("-/") else url) or _cut_in_a_word(words[-1], title):
        return "is cut off. Give the whole address, or none."
    if _DATE_FOLDER.search(parts.path) and not parts.query:
        return "is the folder of a date. Give the address of the document, or none."
    return None


def _cut_in_a_word(slug: str, title: str) -> bool:
    pieces = re.findall(r"[a-z]+", slug.rsplit(".", 1)[0].lower())
    words = set(re.findall(r"[a-z]+", title.lower()))
    if "." in slug or len(pieces) < 3 or len(pieces[-1]) < 3 or pieces[-1] in words:
        return False
    rests = {word.removeprefix(pieces[-1]) for word in words if word.startswith(pieces[-1])}
    return any(len(rest) > 2 and rest not in _ENDINGS for rest in rests)


def check_citations(files: Iterable[Path]) -> list[Problem]:
    """
    Return what is wrong with the sources in some YAML files, at their lines.

    Parameters
    ----------
    files
        Guidelines, statutes, timelines, parameters or scenarios. Every address in them is looked at; what stands
        under a key `source` is a citation, and `basis` beside it is how firm it is said to be.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    return [problem for path in files for problem in _of(read_yaml(path))]


def copies(files: Iterable[Path]) -> Iterator[tuple[str, str, str]]:
    """Yield each document in some YAML files that was read as a copy only, who carries it, and the link or ''."""
    for path in files:
        for _, holder in _holders(read_yaml(path).data, ()):
            cited = holder["source"]
            if isinstance(cited, dict) and cited.get("copy"):
                copy = Source.model_validate(cited).carried_by
                assert copy is not None  # it is there
                yield str(cited["title"]), copy.publisher, copy.url or ""


def check_formulas(files: Iterable[Path], published: Lookup) -> list[Problem]:
    """
    Return which derived values do not follow from their formula, at their lines.

    Parameters
    ----------
    files
        Parameters.
    published
        Looks a figure up.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    problems = []
    for path in files:
        document = read_yaml(path)
        for location, holder in _holders(document.data, ()):
            if fault := _unfounded(holder, published):
                problems.append(document.problem((*location, "formula"), f"formula: {fault}"))
    return problems


def _unfounded(holder: dict[Any, Any], published: Lookup) -> str | None:
    if not isinstance(holder.get("formula"), str):
        return None
    try:
        worth = value(holder["formula"], published)
    except (ValueError, InputError) as error:
        return str(error)
    if agrees(float(holder["value"]), worth):
        return None
    return f"comes to {worth:g}, but the value is {holder['value']:g}. Write the value that follows."


def _of(document: Document) -> Iterator[Problem]:
    for location, url, title in _links(document.data, (), ""):
        if fault := address_fault(url, title):
            key = next(part for part in reversed(location) if isinstance(part, str))
            yield document.problem(location, f"{key}: {url} {fault}")
    for location, holder in _holders(document.data, ()):
        cited = holder["source"]
        text = cited if isinstance(cited, dict) else {"title": str(cited)}
        said = " ".join(str(text.get(key, "")) for key in ("title", "section", "note"))
        if holder.get("basis") in _READ and _RECALLED.search(said):
            yield document.problem(
                (*location, "basis"),
                f"basis: is {holder['basis']!r}, but the source says that it was not read. "
                "Make it 'recalled', or name the document in which it was read.",
            )


def _links(node: Any, location: Location, title: str) -> Iterator[tuple[Location, str, str]]:
    """Yield every address, where it stands, and the title of the document around it."""
    if isinstance(node, dict):
        title = str(node.get("title", title))
        for key, value in node.items():
            yield from _links(value, (*location, key), title)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _links(value, (*location, index), title)
    elif isinstance(node, str):
        for url in _ADDRESS.findall(node):
            yield location, url if url == node else url.rstrip(").,;"), title


def _holders(node: Any, location: Location) -> Iterator[tuple[Location, dict[Any, Any]]]:
    """Yield every mapping that has a source, and where it stands."""
    if isinstance(node, dict):
        if node.get("source"):
            yield location, node
        for key, value in node.items():
            yield from _holders(value, (*location, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _holders(value, (*location, index))
