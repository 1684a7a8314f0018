"""Whole scenarios against what they gave before: a moved number is named in the changelog, with why."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parent


def _golden() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden", FOLDER / "golden.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["history.csv", "town-hall-2021.csv"])
def test_the_golden_scenarios_give_what_they_gave(name: str) -> None:
    golden = _golden()
    made = golden.GOLDEN[name](golden.Laboratory(golden.SETTINGS)).splitlines()
    kept = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    assert made == kept, (
        "run python tests/golden/golden.py, and say in CHANGELOG.md which numbers moved and why"
    )
