"""
Write docs/networks.md and its pictures: the network of each model, with what is behind every node and edge.

Run it after a change of a network: `python docs/make_networks.py`. With `--check` it writes nothing and fails if a page
or a picture is out of date.
"""  # noqa: INP001 -- a script beside the pages it writes

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from pages import keep

from lawqueue.models import registry
from lawqueue.report.network import drawing, table
from lawqueue.study.behind import Behind, behind

DOCS: Final = Path(__file__).parent
SHOWN: Final = {"us-immigration": date(2021, 3, 1), "crown-court": date(2022, 4, 1)}
"""Each model, and a month in which much of what it knows acts: Title 42 and a guideline of 2021; the action of barristers."""


def page(shown: dict[str, Behind]) -> str:
    """Return the page: for each model its picture, and a line for every node and edge."""
    parts = [
        "# The networks\n\nWritten by `docs/make_networks.py`, as `lawqueue show MODEL` shows them: nothing here is declared. Each parameter "
        "is moved and each provision in force is taken away, and what then is another has it behind it. In a picture orange edges have "
        "something behind them, and a pointer over an edge tells what; `x.*` stands for all parameters of a folder, and a guideline or a "
        "statute for the provision in brackets.\n"
    ]
    for name, found in shown.items():
        parts.append(
            f"## {found.model.title}\n\nAs it is on {found.on}.\n\n"
            f"![The network of {found.model.title}: nodes from where cases come in to where they end](images/network-{name}.svg)\n\n"
            f"```\n{table(found)}\n```\n"
        )
    return "\n".join(parts)


def main() -> None:
    """Write the page and the pictures, or check them."""
    shown = {name: behind(registry.registered(name), on) for name, on in SHOWN.items()}
    pictures = {DOCS / "images" / f"network-{name}.svg": drawing(found) for name, found in shown.items()}
    keep({DOCS / "networks.md": page(shown), **pictures})


if __name__ == "__main__":
    main()
