"""The parameter ledger is written from the parameter files, and is up to date."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from lawqueue.models.us_immigration import model

DOCS = Path(__file__).parents[2] / "docs"


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_parameters", DOCS / "make_parameters.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_ledger_has_every_dated_value_and_is_up_to_date() -> None:
    script = _script()
    made = script.page()
    rows = [line for line in made.splitlines() if line.startswith("|") and "| 20" in line]
    assert len(rows) == sum(len(each.values) for each in model.parameters())
    assert (DOCS / "parameters.md").read_text(encoding="utf-8") == made, "run python docs/make_parameters.py"
