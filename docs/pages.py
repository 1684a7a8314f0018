"""What the scripts beside these pages share: words in a table, a part of a page, and writing pages or checking them."""  # noqa: INP001 -- a module beside the scripts that share it

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path


def plain(text: str) -> str:
    """Return words on one line, as they may stand in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def with_block(page: Path, start: str, end: str, block: str) -> str:
    """Return a page with another block between two of its lines."""
    before, _, rest = page.read_text(encoding="utf-8").partition(start)
    _, _, after = rest.partition(end)
    return before + start + block + end + after


def keep(pages: Mapping[Path, str]) -> None:
    """Write pages; with `--check` on the command line write nothing, and fail if one is out of date."""
    for path, text in pages.items():
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"{path.name} is out of date. Run python docs/{Path(sys.argv[0]).name}.")
