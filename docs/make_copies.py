"""
Write docs/copies.md: the documents that were read as a copy only.

Run it after a change of a source: `python docs/make_copies.py`. With `--check` it writes nothing and fails if
the page is out of date.
"""  # noqa: INP001 -- a script beside the page it writes

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pages import keep, plain

from lawqueue.models.us_immigration.model import MODEL
from lawqueue.rules.citing import copies

PAGE: Final = Path(__file__).with_name("copies.md")
INTRODUCTION: Final = """\
# What was read as a copy only

Written by `docs/make_copies.py` from the rule files, the parameter files and `observed/sources.csv`; change those, not this
page. Each row names the document, or the agency and the figures that it gave out, and who carries the copy that was read.
Before you cite one of them, look for the original: a copy may be cut, and a newspaper may round. What is not listed was read
at its publisher, or is marked `recalled` or `assumed` where it stands."""


def page() -> str:
    """Return the page: documents of law and parameters first, then published figures."""
    lines = [INTRODUCTION]
    for heading, rows in (("Rules and parameters", _cited()), ("Published figures", _published())):
        lines += [f"\n## {heading}\n", "| Document | Carried by |", "|---|---|"]
        lines += [
            f"| {plain(document)} | {f'[{plain(carrier)}]({url})' if url else plain(carrier)} |"
            for document, carrier, url in sorted(set(rows))
        ]
    return "\n".join(lines) + "\n"


def _cited() -> Iterator[tuple[str, str, str]]:
    yield from copies(sorted(MODEL.folder.glob("**/*.yaml")))


def _published() -> Iterator[tuple[str, str, str]]:
    observed = MODEL.observed()
    for name in {figure.source for series in observed.names for figure in observed.figures(series)}:
        each = observed.source(name)
        if each.carried_by:
            yield f"{each.publisher}, {each.title}", each.carried_by, each.url


def main() -> None:
    """Write the page, or check it."""
    keep({PAGE: page()})


if __name__ == "__main__":
    main()
