"""The parameter ledger is written from the parameter files, and is up to date."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from lawqueue.models.us_immigration import model

DOCS = Path(__file__).parents[2] / "docs"


def test_the_ledger_has_every_dated_value_and_is_up_to_date(
    script: Callable[[Path], ModuleType],
) -> None:
    made = script(DOCS / "make_parameters.py").page()
    rows = [line for line in made.splitlines() if line.startswith("|") and "| 20" in line]
    assert len(rows) == sum(len(each.values) for each in model.parameters())
    assert (DOCS / "parameters.md").read_text(encoding="utf-8") == made, "run python docs/make_parameters.py"
