"""Worked cases against every guideline and the statutes: see vectors.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from lawqueue.models.us_immigration.model import MODEL

VECTORS: list[dict[str, Any]] = YAML(typ="safe").load(
    (Path(__file__).parent / "vectors.yaml").read_text(encoding="utf-8")
)["vectors"]
SCHEMA = MODEL.guidelines().guidelines[0].schema
CELLS = [
    pytest.param(vector, guideline, side, id=f"{vector['case'].split(',')[0]}-{guideline}")
    for vector in VECTORS
    for guideline, side in vector["expect"].items()
]
ANSWERS = [
    pytest.param(vector, law, id=f"{vector['case'].split(',')[0]}-{law['topic']}-{law['on']}")
    for vector in VECTORS
    for law in vector.get("law", ())
]


def profile(vector: dict[str, Any]) -> dict[str, str]:
    return dict.fromkeys(SCHEMA.names, "unknown") | vector["profile"]


@pytest.mark.parametrize(("vector", "guideline", "side"), CELLS)
def test_a_worked_case_stands_on_its_side_of_the_line(
    vector: dict[str, Any], guideline: str, side: str
) -> None:
    rule = MODEL.guidelines()[guideline]
    explained = rule.explain(profile(vector))
    if side == "totality":
        assert any(tier.score is not None for tier in rule.tiers_all)
    else:
        inside = explained.index < len(rule.tiers_all) - 1
        assert inside == (side == "inside"), "\n".join(explained.lines())


@pytest.mark.parametrize(("vector", "law"), ANSWERS)
def test_the_law_of_the_day_answers_a_worked_case(vector: dict[str, Any], law: dict[str, Any]) -> None:
    answer = MODEL.statutes().answer(law["answers"], profile(vector), law["on"], topic=law["topic"])
    assert answer.tier.name == law["tier"], "\n".join(answer.lines())
    assert answer.tier.mandatory == law.get("mandatory", answer.tier.mandatory)
    assert answer.maximum_years == law.get("years", answer.maximum_years)


def test_every_worked_case_cites_its_paragraph_and_is_of_known_levels() -> None:
    for vector in VECTORS:
        assert vector["cites"]
        for name, level in vector["profile"].items():
            SCHEMA[name].require(level)
