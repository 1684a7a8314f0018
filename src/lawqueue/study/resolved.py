"""
Scenarios as they were run, with every default written out: `scenario.resolved.yaml`.

Each of its entries is a scenario file: written beside those it rests on, it is read again and gives the same numbers.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from ruamel.yaml import YAML

from lawqueue.study.moves import GuidelineChange
from lawqueue.study.scenario import HISTORY, Scenario

FILE = "scenario.resolved.yaml"


def resolved(scenarios: Iterable[Scenario]) -> str:
    """Return scenarios, and before each the one that it rests on, with everything that was left to a default written out."""
    every = {each.name: each for scenario in scenarios for each in _chain(scenario)}
    yaml = YAML()
    yaml.width = 100
    out = io.StringIO()
    yaml.dump({"scenarios": [_entry(each) for each in every.values()]}, out)
    return out.getvalue()


def guidelines(scenarios: Iterable[Scenario]) -> dict[str, bytes]:
    """Return the guidelines of the user's own that resolved scenarios name, by the name of the file beside them."""
    return {
        name: each.guideline_files[given].read_bytes()
        for scenario in scenarios
        for each in _chain(scenario)
        for given, name in _beside(each).items()
    }


def _chain(scenario: Scenario) -> Iterator[Scenario]:
    if scenario.baseline is not None:
        yield from _chain(scenario.baseline)
    yield scenario


def _beside(scenario: Scenario) -> dict[str, str]:
    """Return what each guideline of the user's own is called beside the resolved file, by the name that the scenario gives it."""
    return {
        text.guideline: f"{change.guideline.id}.yaml"
        for text, step in zip(scenario.text.changes, scenario.steps, strict=True)
        for change in step
        if isinstance(change, GuidelineChange) and text.guideline in scenario.guideline_files
    }


def _entry(scenario: Scenario) -> dict[str, Any]:
    first, after = scenario.on_its_own.window
    entry = scenario.text.model_dump(by_alias=True, exclude_none=True, exclude={"window"})
    beside = _beside(scenario)
    for each in entry["changes"]:
        if each.get("guideline") in beside:
            each["guideline"] = beside[each["guideline"]]
    below = scenario.baseline.name if scenario.baseline else HISTORY
    return entry | {"baseline": below, "window": {"from": first, "to": after - timedelta(days=1)}}
