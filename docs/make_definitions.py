"""
Write docs/definitions.md from the series of the flagship model.

Run it after a change of them: `python docs/make_definitions.py`. With `--check` it writes nothing and
fails if the page is out of date.
"""  # noqa: INP001 -- a script beside the page it writes

from __future__ import annotations

from pathlib import Path
from typing import Final

from pages import keep

from lawqueue.models.us_immigration.model import MODEL

PAGE: Final = Path(__file__).with_name("definitions.md")
INTRODUCTION: Final = """\
# What the reported series count

Written by `docs/make_definitions.py` from the model; change that, not this page. `series.csv` in every results folder
says the same. A series follows one official definition and never mixes two. A *flow* is summed over months, a *level*
is averaged, a *ratio* is neither.

Stamps: `data` was published and is fed in; `assumed` was published by nobody; `fitted` was set, or follows by
construction, so that published figures are met; `emergent` came out of the simulation. *Beside* names the published
series that it is drawn beside."""


def page() -> str:
    """Return the page: one table for each topic."""
    lines = [INTRODUCTION]
    for topic in dict.fromkeys(each.topic for each in MODEL.catalogue.all()):
        lines += [
            f"\n## {topic}\n",
            "| Series | Unit | Kind | Stamp | Definition | Beside |",
            "|---|---|---|---|---|---|",
        ]
        for each in (each for each in MODEL.catalogue.all() if each.topic == topic):
            cells = (
                f"{each.title}<br>`{each.name}`",
                each.unit,
                each.kind,
                each.stamp,
                each.definition,
                f"`{each.observed}`" if each.observed else "",
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page, or check it."""
    keep({PAGE: page()})


if __name__ == "__main__":
    main()
