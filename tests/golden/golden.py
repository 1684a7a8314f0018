"""
The golden scenarios: the whole set at a small scale, in a few rounded numbers.

`python tests/golden/golden.py` writes them again. When a number moves, say which and why in CHANGELOG.md
under "Changes in results".
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lawqueue.models.us_immigration.model import MODEL
from lawqueue.study import library
from lawqueue.study.answer import answer
from lawqueue.study.simulate import Laboratory, Settings

FOLDER = Path(__file__).parent
SETTINGS = Settings(seed=0, replicates=2, scale=0.02, threads=1, parameters="central")


def history(laboratory: Laboratory) -> str:
    """Return every series of history by fiscal year."""
    results = laboratory.history(date(2016, 10, 1), date(2022, 10, 1)).results
    lines = ["series,unit,stamp," + ",".join(f"FY{year}" for year in range(2017, 2023))]
    for each in results.series:
        totals = [
            results.total(each.name, date(year - 1, 10, 1), date(year, 10, 1)).mean()
            for year in range(2017, 2023)
        ]
        lines.append(
            f"{each.name},{each.unit},{results.shown(each.name).stamp},"
            + ",".join(f"{total:.6g}" for total in totals)
        )
    return "\n".join(lines) + "\n"


def town_hall(laboratory: Laboratory) -> str:
    """Return the effects of every scenario of the set."""
    lines = ["scenario,series,baseline,reform,difference"]
    for scenario in library.loaded(library.in_order((MODEL.folder / "scenarios") / "town-hall-2021")):
        lines.extend(
            f"{scenario.name},{each.series.name},{each.baseline:.6g},{each.reform:.6g},{each.difference:.6g}"
            for each in answer(scenario, laboratory).effects
        )
    return "\n".join(lines) + "\n"


GOLDEN = {"history.csv": history, "town-hall-2021.csv": town_hall}

if __name__ == "__main__":
    shared = Laboratory(MODEL, SETTINGS)
    for name, made in GOLDEN.items():
        (FOLDER / name).write_text(made(shared), encoding="utf-8")
