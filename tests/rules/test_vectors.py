"""Thirteen worked cases against every guideline: see vectors.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from lawqueue.models.us_immigration import model

VECTORS: list[dict[str, Any]] = YAML(typ="safe").load(
    (Path(__file__).parent / "vectors.yaml").read_text(encoding="utf-8")
)["vectors"]
CELLS = [
    pytest.param(vector, guideline, side, id=f"{vector['case'].split(',')[0]}-{guideline}")
    for vector in VECTORS
    for guideline, side in vector["expect"].items()
]


@pytest.mark.parametrize(("vector", "guideline", "side"), CELLS)
def test_a_worked_case_stands_on_its_side_of_the_line(
    vector: dict[str, Any], guideline: str, side: str
) -> None:
    rule = model.guidelines()[guideline]
    profile = dict.fromkeys(rule.schema.names, "unknown") | vector["profile"]
    inside = rule.explain(profile).index < len(rule.tiers_all) - 1
    if side == "totality":
        assert any(tier.score is not None for tier in rule.tiers_all)
    elif guideline in vector.get("known_gap", {}):
        assert inside != (side == "inside"), "the gap is closed: take it out of vectors.yaml"
    else:
        assert inside == (side == "inside"), "\n".join(rule.explain(profile).lines())
