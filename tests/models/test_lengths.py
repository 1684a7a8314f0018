"""A function of a model is one step: at most forty lines, unless it is a table."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import lawqueue

MODELS = Path(lawqueue.__file__).parent / "models"
MOST = 40
TABLES = {
    "reference/loss_two_class.py: rows",
    "reference/w3.py: network",
    "reference/liu_wein_headline.py: rows",
    "reference/crs_judges_2023.py: rows",
    "reference/mm20.py: rows",
    "court/series.py: _caseload",
    "court/folder.py: _scenarios",
    "us_immigration/pathway.py: way_on",
}
"""Each lists rows, nodes or edges, one after the other."""


def long_functions() -> Iterator[str]:
    for path in MODELS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
                lines = node.end_lineno - node.lineno + 1
                if lines > MOST:
                    yield f"{path.relative_to(MODELS).as_posix()}: {node.name}"


def test_no_function_of_a_model_is_longer_than_forty_lines_unless_it_is_a_table() -> None:
    assert set(long_functions()) == TABLES
