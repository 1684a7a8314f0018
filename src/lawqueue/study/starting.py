"""Files to start from: a scenario and a guideline, filled with names and days of the model that they are for."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Final

from lawqueue.errors import InputError
from lawqueue.models import registry
from lawqueue.models.model import Model
from lawqueue.months import first_of_next_month
from lawqueue.rules import Change
from lawqueue.rules.parameter import Parameter

TEMPLATES: Final = Path(__file__).parents[1] / "templates"
SHOWN: Final = 4
"""Series that are asked of a new scenario."""


def scenario(model: Model, path: Path) -> str:
    """Return a commented scenario for a model, as it may stand in a file."""
    first = model.known_days()[0]
    changed = first.replace(year=first.year + 1)
    operation, parameter, number = _change(model, changed)
    series = (model.headline.fit or tuple(each.name for each in model.catalogue.all()))[:SHOWN]
    guidelines = [each.id for _, _, each in model.calendar_in_history(changed, model.known.last_outcome)]
    switches = [each.id for each in model.timeline().between(changed, model.known.last_outcome)]
    law = model.law_in_history(changed, first_of_next_month(changed))
    statutes = [each.id for spells in law.values() for _, _, each in spells]
    return _filled(
        "scenario",
        {"GUIDELINE": bool(guidelines), "SWITCH": bool(switches), "STATUTE": bool(statutes)},
        {
            "NAME": path.stem,
            "MODEL": _from_beside(model, path),
            "FIRST": f"{first}",
            "OUTCOMES_END": f"{model.known.last_outcome}",
            "LAST": f"{model.known.last}",
            "CHANGED": f"{changed}",
            "UNTIL": f"{changed.replace(year=changed.year + 1)}",
            "OPERATION": operation,
            "PARAMETER": parameter,
            "NUMBER": f"{number:g}",
            "OTHER_GUIDELINE": guidelines[-1] if guidelines else "",
            "SOME_SWITCH": switches[-1] if switches else "",
            "OTHER_SWITCH": switches[0] if switches else "",
            "SOME_STATUTE": statutes[-1] if statutes else "",
            "SERIES": "\n".join(f"  - {each}" for each in series),
        },
    )


def guideline(model: Model, path: Path) -> str:
    """
    Return a commented guideline for a model.

    Raises
    ------
    InputError
        If the model has no attributes that rules could read.
    """
    schema = model.schema()
    attributes = [schema[name] for name in schema.names]
    one, *others = [
        f"{each.name} {'>=' if each.ordered else '='} '{each.levels[-2]}'"
        for each in sorted(attributes, key=lambda each: (not each.ordered, -len(each.levels)))
    ]
    return _filled(
        "guideline",
        {},
        {
            "NAME": path.stem,
            "CHANGED": f"{model.population.on if model.population else model.known.last_outcome}",
            "AGENCY": model.agency,
            "CONDITION": one,
            "OTHER_CONDITION": others[0] if others else one,
            "ATTRIBUTES": "\n".join(f"  # {each.name}: {', '.join(each.levels)}" for each in attributes),
        },
    )


def _filled(kind: str, parts: dict[str, bool], words: dict[str, str]) -> str:
    """Return a template with the lines of the parts that a model has, and its words in their places."""
    made = []
    for line in (TEMPLATES / f"{kind}.yaml.txt").read_text(encoding="utf-8").splitlines():
        part = next((each for each in parts if line.startswith(each)), None)
        if part is None or parts[part]:
            made.append(line.removeprefix(part or ""))
    names = re.compile(rf"\b({'|'.join(sorted(words, key=len, reverse=True))})\b")
    return names.sub(lambda found: words[found[0]], "\n".join(made)) + "\n"


def _from_beside(model: Model, path: Path) -> str:
    """Return what names a model in a file: its name, or the way to its folder from there."""
    if registry.reference(model) == model.name:
        return model.name
    way = os.path.relpath(model.folder, path.absolute().parent)
    return way if way.startswith("..") else f"./{way}"


def _change(model: Model, on: date) -> tuple[str, str, float]:
    """Return a change that a scenario of the model may make on a day: of a resource, or else of what has a lever."""
    book = model.parameters()
    named = [book.parameter(each.parameter) for each in model.resources]
    levers = [each for each in book if each.lever is not None]
    for each in (*named, *levers, *book):
        if each.name not in model.read_at_start() and each.values[0].start <= on:
            for operation, number in _tries(each, on):
                try:
                    book.changed(Change(each.name, on, operation, number))  # type: ignore[arg-type]  # one of two words
                except InputError:
                    continue
                return operation, each.name, number
    raise model.lacks("parameter that a scenario could change")


def _tries(parameter: Parameter, on: date) -> tuple[tuple[str, float], ...]:
    if parameter.on(on).value:
        return ("multiply", 1.1), ("multiply", 0.9)
    return (("add", 10 * parameter.lever.step if parameter.lever else 1.0),)
