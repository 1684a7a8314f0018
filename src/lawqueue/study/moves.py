"""Switches of the timeline, moved or removed: what that changes in the parameters, the guidelines and the law."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from lawqueue.models.model import Model
from lawqueue.rules import Change, Guideline, Statute
from lawqueue.rules.parameter import Parameter
from lawqueue.rules.statute import Function
from lawqueue.rules.timeline import Switch

FAR = date(2100, 1, 1)
"""Stands for no end."""

SLACK = timedelta(days=7)
"""A rule that begins or ends so soon after a switch belongs to it: an order of one day is applied from the next."""


@dataclass(frozen=True)
class GuidelineChange:
    """A guideline that is in force for the agency of the model instead, from one day until another (None: to the end)."""

    at: date
    until: date | None
    guideline: Guideline
    source: str


@dataclass(frozen=True)
class StatuteChange:
    """A statute that answers a question instead, or none, from one day until another (None: to the end)."""

    at: date
    until: date | None
    question: tuple[Function, str]
    statute: Statute | None
    source: str


AnyChange = Change | GuidelineChange | StatuteChange


def moved(model: Model, switch: Switch, to: date | None, source: str) -> list[AnyChange]:
    """
    Return what is changed if a switch comes on another day, or never.

    What the switch would have changed is changed on the new day; other switches stay where they are. A rule
    that another switch ends in between is not brought back.

    Parameters
    ----------
    model
        Whose timeline it is.
    switch
        A switch of the timeline.
    to
        Its new day, or None if it never comes.
    source
        Whose question it is.

    Returns
    -------
    list
        Empty if nothing in the model is tied to the switch.
    """
    found: list[AnyChange] = []
    for name in switch.names:
        if name in model.parameters():
            found += _parameter(model.parameters().parameter(name), switch.date, to, source)
        elif name in model.guidelines().ids:
            found += _guideline(model, model.guidelines()[name], switch.date, to, source)
        elif name in model.statutes().ids:
            found += _statute(model, model.statutes()[name], switch.date, to, source)
    return found


def _near(day: date | None, switched: date) -> bool:
    return day is not None and switched <= day < switched + SLACK


def _earlier(*days: date | None) -> date | None:
    """Return the earliest of some days; None is never."""
    return min((each for each in days if each is not None), default=None)


def _parameter(parameter: Parameter, day: date, to: date | None, source: str) -> list[AnyChange]:
    values = parameter.values
    for before, here, after in zip(values, values[1:], [*values[2:], None], strict=False):
        if _near(here.start, day):
            end = after.start if after else None
            new = None if to is None else to + (here.start - day)
            if new is not None and new < here.start:
                return [Change(parameter.name, new, "set", here.value, 0, here.start, source, here.start)]
            until = _earlier(new, end)
            return [Change(parameter.name, here.start, "set", before.value, 0, until, source, before.start)]
    return []


def _guideline(
    model: Model, guideline: Guideline, day: date, to: date | None, source: str
) -> list[AnyChange]:
    if not any(spell.place is None and _near(spell.start, day) for spell in guideline.in_force):
        return []
    # The days on which the agency really had it: another one of its own may have stood before it, or may follow.
    assert model.known.rules_from is not None
    spells = model.calendar_in_history(model.known.rules_from, FAR)
    for (_, _, before), (begun, ended, each) in pairwise(spells):
        if each.id == guideline.id and _near(begun, day):
            if to is not None and to < begun:
                return [GuidelineChange(to, begun, guideline, source)]
            until = _earlier(to, None if ended == FAR else ended)
            return [GuidelineChange(begun, until, before, source)]
    return []


def _end_of_run(model: Model, question: tuple[Function, str], start: date) -> date | None:
    """Return when a question that is answered from `start` on is first left open again."""
    end = start
    for begun, ended, _ in model.statutes().calendar(*question, start, FAR):
        if begun != end:
            break
        end = ended
    return None if end == FAR else end


def _statute(model: Model, statute: Statute, day: date, to: date | None, source: str) -> list[AnyChange]:
    question = (statute.function, statute.topic)
    if question not in model.asked:
        return []

    def on(when: date) -> Statute | None:
        spells = model.statutes().calendar(*question, when, when + timedelta(days=1))
        return spells[0][2] if spells else None

    for spell in statute.in_force:
        if spell.place is None and _near(spell.start, day):
            if to is not None and to < spell.start:
                return [StatuteChange(to, spell.start, question, statute, source)]
            before = on(spell.start - timedelta(days=1))
            if before is not None and before.id == statute.id:
                return []  # another spell of the same text
            # What never began is not amended later either.
            end = _end_of_run(model, question, spell.start) if before is None else spell.end
            return [StatuteChange(spell.start, to or end, question, before, source)]
        if spell.place is None and spell.end is not None and _near(spell.end, day):
            after = on(spell.end)
            if after is not None and after.id == statute.id:
                return []
            end = None if to is None else to + (spell.end - day)
            if end is not None and end < spell.end:
                return [StatuteChange(end, spell.end, question, after, source)]
            return [StatuteChange(spell.end, end, question, statute, source)]
    return []
