"""Whole scenarios against what they gave before: a moved number is named in the changelog, with why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from lawqueue.models.us_immigration.model import MODEL

FOLDER = Path(__file__).parent


@pytest.mark.parametrize("name", ["history.csv", "town-hall-2021.csv"])
def test_the_golden_scenarios_give_what_they_gave(name: str, script: Callable[[Path], ModuleType]) -> None:
    golden = script(FOLDER / "golden.py")
    made = golden.GOLDEN[name](golden.Laboratory(MODEL, golden.SETTINGS)).splitlines()
    kept = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    assert made == kept, (
        "run python tests/golden/golden.py, and say in CHANGELOG.md which numbers moved and why"
    )
