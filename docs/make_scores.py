"""
Write the scores of the back-test into README.md and docs/trust.md, misses first.

Run it after `lawqueue backtest --json > …/calibration/backtest.json`: `python docs/make_scores.py`. With `--check` it
writes nothing and fails if a page is out of date.
"""  # noqa: INP001 -- a script beside the pages it writes

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, Final

from pages import keep, with_block

from lawqueue.models.us_immigration.model import MODEL
from lawqueue.months import named
from lawqueue.study.ensemble import folder_of

DOCS: Final = Path(__file__).parent
PAGES: Final = (DOCS.parent / "README.md", DOCS / "trust.md")
START: Final = "<!-- scores: written by docs/make_scores.py -->\n"
END: Final = "<!-- end of scores -->\n"


def block(*, whole: bool) -> str:
    """Return the scores in words and tables, misses first: of every origin, or a table of the first alone."""
    scores = json.loads((folder_of(MODEL) / "backtest.json").read_text(encoding="utf-8"))
    record = json.loads((folder_of(MODEL) / "record.json").read_text(encoding="utf-8"))
    fitted = scores["fitted"]["0.8"]
    lines = [
        f"An ensemble of {record['draws']} parameter sets is fitted to fiscal years 2017 to 2020, none to a later one. The model is "
        "given the arrivals, staff and policies of the years after, and values assumed for these years by people who knew their "
        "outcomes, which flatters it; naive forecasts know what had happened before the origin, and no arrivals. Mean absolute errors by "
        f"month or year ({scores['draws']} draws; `lawqueue backtest`). The 80 % intervals hold "
        f"{100 * fitted['value']:.0f} % of the figures of the fitted years, ± {100 * fitted['error']:.0f} points; of later ones:\n",
    ]
    for place, origin in enumerate(scores["origins"]):
        lines += _origin(origin, table=whole or place == 0, goals=whole)
    return "\n".join(lines) + "\n"


def _origin(origin: dict[str, Any], *, table: bool, goals: bool) -> list[str]:
    rows = [row for row in map(_row, origin["lines"]) if row is not None]
    won = sum(row[0] for row in rows)
    held = origin["held"]["0.8"]
    missed = [goal for goal in origin["goals"] if not goal["met"]]
    start = named(date.fromisoformat(origin["start"]))
    lines = [
        f"From {start}: **{len(missed)} of {len(origin['goals'])} goals missed**; {len(rows) - won} of {len(rows)} rows not won from the "
        f"best naive forecast; 80 % intervals hold {100 * held['value']:.0f} % of the outcomes, ± {100 * held['error']:.0f} points.\n",
    ]
    rows.sort(key=lambda row: (row[0], -row[1]))
    table_of_rows = [
        "| From " + start + " | model | best naive | |",
        "|---|---:|---:|---|",
        *(row[2] for row in rows),
        "",
    ]
    if table:
        lines += table_of_rows
        lines += _coverage(origin["coverage"]) if goals else []
    if goals and missed:
        lines += [
            f"Goals missed from {start}:\n",
            *(f"* {each['goal']}: {each['figure']}" for each in missed),
            "",
        ]
    return lines


def _coverage(found: list[dict[str, Any]]) -> list[str]:
    """Return what the intervals of each row held, by lead, and how many independent outcomes those are worth."""
    return [
        "| Outcomes in the 80 % interval | lead | share | outcomes | worth |",
        "|---|---|---:|---:|---:|",
        *(
            f"| {each['title']} | {each['horizon']} | {100 * of['value']:.0f} ± {100 * of['error']:.0f} % | {each['outcomes']} | "
            f"{each['independent']:.1f} |"
            for each in found
            for of in (each["held"]["0.8"],)
        ),
        "",
    ]


def _row(line: dict[str, Any]) -> tuple[bool, float, str] | None:
    """Return whether a row was won, its error, and its line of the table; None if it cannot be scored."""
    horizons = line["horizons"]
    if not horizons:
        return None
    of = horizons.get("all years") or next(iter(horizons.values()))
    wins, error, (name, naive) = bool(of["wins"]), float(of["error"]), of["best_naive"]
    verdict = "won" if wins else "not won, a flow is too far off" if of["is_nearer"] else f"lost to {name}"
    return wins, error, f"| {line['title']} | {100 * error:.1f} % | {100 * naive:.1f} % | {verdict} |"


def renewed(page: Path) -> str:
    """Return a page with the scores in their place."""
    return with_block(page, START, END, block(whole=page.parent == DOCS))


def main() -> None:
    """Write the pages, or check them."""
    keep({page: renewed(page) for page in PAGES})


if __name__ == "__main__":
    main()
