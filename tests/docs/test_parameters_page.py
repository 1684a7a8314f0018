"""The parameter ledger and the list of copies are written from the files, and are up to date."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from lawqueue.models.us_immigration.model import MODEL

DOCS = Path(__file__).parents[2] / "docs"


def test_the_ledger_has_every_dated_value_and_is_up_to_date(
    script: Callable[[Path], ModuleType],
) -> None:
    made = script(DOCS / "make_parameters.py").page()
    rows = [line for line in made.splitlines() if line.startswith("|") and "| 20" in line]
    assert len(rows) == sum(len(each.values) for each in MODEL.parameters())
    assert (DOCS / "parameters.md").read_text(encoding="utf-8") == made, "run python docs/make_parameters.py"


def test_what_was_read_as_a_copy_only_is_listed_and_up_to_date(script: Callable[[Path], ModuleType]) -> None:
    made = script(DOCS / "make_copies.py").page()
    assert "Washington Times, 25 November 2021" in made
    assert (DOCS / "copies.md").read_text(encoding="utf-8") == made, "run python docs/make_copies.py"
