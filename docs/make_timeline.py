"""
Write docs/timeline.md and docs/images/timeline.svg from the timeline and the rules of the flagship model.

Run it after a change of either: `python docs/make_timeline.py`. With `--check` it writes nothing and exits 1
if either is out of date.
"""

# ruff: noqa: INP001 -- a script beside the pages it writes
from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import vl_convert as vlc
from pages import keep, plain

from lawqueue.models.us_immigration.model import MODEL
from lawqueue.report.timeline import drawing, legend
from lawqueue.rules.source import UNREAD, Source
from lawqueue.rules.timeline import Switch, Timeline
from lawqueue.study.moves import moved

DOCS: Final = Path(__file__).parent
START, MIDDLE, END = date(1996, 1, 1), date(2017, 1, 1), date(2027, 1, 1)


def page(timeline: Timeline) -> str:
    """Return the page: what the picture shows, and one row per switch."""
    rows = "\n".join(_row(each) for each in timeline)
    n_assumed = sum(each.basis in UNREAD for each in timeline)
    return f"""\
# Timeline

Every dated switch of law and policy that the flagship model knows of: {len(timeline)}, of which {n_assumed} are recalled or
come from a secondary tracker, and say so. Written by `docs/make_timeline.py` from
`src/lawqueue/models/us_immigration/timeline.yaml`; change that file, not this page.

![Switches by topic over time, with the spells of the guidelines and of some statutes](images/timeline.svg)

{legend(MODEL)} The scale changes at the start of 2017.

A source is the instrument as lawyers cite it. Where it is "as carried by" somebody, the copy alone was read, and
the link leads there. Reporters and Federal Register pages of documents that were read in a copy are from memory.

| Date | Topic | What | Sets | Source |
|---|---|---|---|---|
{rows}
"""


def _row(switch: Switch) -> str:
    basis = f"{switch.note} " if switch.note else ""
    cells = (
        switch.shown_date,
        MODEL.timeline().titles[switch.topic],
        switch.what,
        switch.sets if moved(MODEL, switch, None, "") else f"Moves nothing in the simulation. {switch.sets}",
        f"{basis}{_link(switch.source)}",
    )
    return f"| {' | '.join(map(plain, cells))} |"


def _link(source: Source) -> str:
    return f"[{source.cited}]({source.link})" if source.link else f"{source.cited}."


def main() -> None:
    """Write the page and the picture, or check them."""
    timeline = MODEL.timeline()
    drawn: str = vlc.vegalite_to_svg(drawing(MODEL, timeline, (START, MIDDLE, 190), (MIDDLE, END, 640)))
    keep({DOCS / "timeline.md": page(timeline), DOCS / "images" / "timeline.svg": drawn + "\n"})


if __name__ == "__main__":
    main()
