"""The page on rules: every guideline with its sources, why a profile falls where it falls, and who crosses the line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from lawqueue import numbers
from lawqueue.app.views import rendered
from lawqueue.models import registry
from lawqueue.models.model import Model
from lawqueue.report import charts
from lawqueue.report.page import drawn
from lawqueue.rules import Guideline
from lawqueue.rules.guideline import CHECKED_TO
from lawqueue.rules.schema import UNKNOWN
from lawqueue.rules.tier import Action
from lawqueue.study.study import LineMoved

BEFORE, AFTER = "2017-02-20-kelly", "2021-02-18-ice"
"""The two that are compared at first: those around the source article."""

ACTIONS: dict[Action, str] = {
    "presumed": "officers may act on it as resources allow",
    "enforceable": "officers may act on it, behind every presumed case",
    "preapproval": "officers may act on it only once a named official agrees",
    "none": "officers do not act on it",
}
"""What a tier lets officers do with a profile that it takes."""

EXAMPLE = {
    "nationality": "mexico",
    "family": "single_adult",
    "age": "from_16",
    "entry": "interior",
    "admission": "without_admission",
    "entry_cohort": "before_2014",
    "record": "misdemeanor",
    "prior_removal": "none",
    "conviction_order": "unknown",
    "prior_entry_conviction": "none",
    "final_order": "none",
    "threat": "none",
    "place": "full_cooperation",
    "venue": "at_large",
}
"""The profile that the page explains first."""


def rules_page(asked: Mapping[str, str]) -> str:
    """
    Return the page.

    Parameters
    ----------
    asked
        From the forms: a level for each attribute, `guideline`, and `before` and `after`.

    Raises
    ------
    InputError
        If a guideline or a level is not known.
    """
    model = registry.registered(asked.get("model", registry.FIRST))
    book = model.guidelines()
    if not len(book):
        raise model.lacks("guidelines")
    schema = model.schema()
    given = asked if any(name in asked for name in schema.names) else EXAMPLE
    levels = {name: given.get(name, UNKNOWN) for name in schema.names}
    for name, level in levels.items():
        schema[name].require(level)
    chosen = book[asked.get("guideline", AFTER)]
    before, after = book[asked.get("before", BEFORE)], book[asked.get("after", AFTER)]
    return rendered(
        "rules.html.j2",
        title="Rules",
        here="/rules",
        guidelines=tuple(book),
        calendar=_calendar(model),
        schema=schema,
        levels=levels,
        chosen=chosen,
        why=chosen.explain(levels),
        before=before,
        after=after,
        compared=_compared(model, before, after),
        switches=model.timeline(),
        topics=model.timeline().titles,
        actions=ACTIONS,
    )


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
