"""The page on rules: every guideline with its sources, why a profile falls where it falls, and who crosses the line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from lawqueue import numbers
from lawqueue.app import shelf
from lawqueue.app.views import rendered
from lawqueue.models.model import Model
from lawqueue.report import charts
from lawqueue.report.page import drawn
from lawqueue.rules import Guideline
from lawqueue.rules.guideline import CHECKED_TO
from lawqueue.rules.schema import UNKNOWN
from lawqueue.rules.tier import Action
from lawqueue.study.study import LineMoved
from lawqueue.units import written

ACTIONS: dict[Action, str] = {
    "presumed": "officers may act on it as resources allow",
    "enforceable": "officers may act on it, behind every presumed case",
    "preapproval": "officers may act on it only once a named official agrees",
    "none": "officers do not act on it",
}
"""What a tier lets officers do with a profile that it takes."""


def rules_page(asked: Mapping[str, str]) -> str:
    """
    Return the page; of a model without guidelines it has what is dated in it.

    Parameters
    ----------
    asked
        From the address: `model`; from the forms: a level for each attribute, `guideline`, and `before` and `after`.

    Raises
    ------
    InputError
        If a model, a guideline or a level is not known.
    """
    model = shelf.asked_for(asked)
    return rendered(
        "rules.html.j2",
        title=f"Rules: {model.title}",
        here="/rules",
        model=model,
        rules=_rules(model, asked) if len(model.guidelines()) else None,
        switches=model.timeline(),
        topics=model.timeline().titles,
        dated=_dated(model),
    )


def _rules(model: Model, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what is shown of guidelines: all of them, one explained, and two compared."""
    book, schema = model.guidelines(), model.schema()
    given = asked if any(name in asked for name in schema.names) else model.headline.example
    levels = {name: given.get(name, UNKNOWN) for name in schema.names}
    for name, level in levels.items():
        schema[name].require(level)
    first, last = model.headline.compared or (book.ids[0], book.ids[-1])
    chosen = book[asked.get("guideline", last)]
    before, after = book[asked.get("before", first)], book[asked.get("after", last)]
    return {
        "guidelines": tuple(book),
        "calendar": _calendar(model),
        "schema": schema,
        "levels": levels,
        "chosen": chosen,
        "why": chosen.explain(levels),
        "before": before,
        "after": after,
        "compared": None if model.population is None else _compared(model, before, after),
        "actions": ACTIONS,
    }


@cache
def _dated(model: Model) -> list[dict[str, Any]]:
    """Return the parameters whose values were not the same throughout: each value with its first day and its source."""
    return [
        {
            "about": each,
            "values": [{"entry": value, "written": written(value.value, each.unit)} for value in each.values],
        }
        for each in model.parameters()
        if len(each.values) > 1
    ]


@cache
def _calendar(model: Model) -> Any:
    return drawn(charts.in_force(tuple(model.guidelines()), CHECKED_TO))


def _compared(model: Model, before: Guideline, after: Guideline) -> dict[str, Any]:
    among = model.divided()
    pairs = tuple(model.crossings(before, after, among.on))
    moved = LineMoved(before.id, after.id, among.on, among, pairs)
    return {
        "moved": moved,
        "picture": drawn(charts.line_moved(moved)),
        "share": numbers.share(sum(each.share for each in pairs if each.crosses)),
    }
