"""The flagship model, joined: a scenario's inputs in, a caseload network out."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from lawqueue.engine.spec import Network
from lawqueue.models.us_immigration import (
    border,
    courts,
    custody,
    interior,
    prosecution,
    removal,
    stocks,
    supervision,
)
from lawqueue.models.us_immigration.observed import Observed, load_observed
from lawqueue.models.us_immigration.profiles import Profiles
from lawqueue.models.us_immigration.world import Law, World
from lawqueue.rules import (
    Calendar,
    Guideline,
    GuidelineBook,
    ParameterBook,
    StatuteBook,
    Timeline,
    load_guidelines,
    load_parameters,
    load_schema,
    load_statutes,
    load_timeline,
)
from lawqueue.rules.statute import Function

FOLDER = Path(__file__).parent
_A_YEAR = date(2020, 10, 1), date(2021, 10, 1)
"""Any year of which all inputs are known."""
WAITS = (
    0,
    1,
    2,
    4,
    7,
    14,
    30,
    60,
    90,
    180,
    270,
    365,
    548,
    730,
    913,
    1095,
    1461,
    1826,
    2191,
    2556,
    2922,
    3652,
)
"""Least wait of each bin [day]: a day to a month, then the years."""


ASKED: Final[frozenset[tuple[Function, str]]] = frozenset(
    {
        ("criminal_referral", "improper_entry"),
        ("criminal_referral", "reentry"),
        ("custody", "after_order"),
        ("custody", "pending_decision"),
        ("local_handoff", "agreement"),
        ("local_handoff", "detainer"),
        ("removal_track", "expedited_removal"),
        ("removal_track", "reinstatement"),
        ("removal_track", "title42"),
    }
)
"""Questions of law that the network asks; a statute that answers another one moves nothing in the simulation."""


@cache
def parameters() -> ParameterBook:
    """Return the parameters as they were."""
    return load_parameters(FOLDER / "parameters")


@cache
def guidelines() -> GuidelineBook:
    """Return every guideline."""
    return load_guidelines(FOLDER / "guidelines", load_schema(FOLDER / "profile.yaml"))


@cache
def statutes() -> StatuteBook:
    """Return the statutes that answer the other questions than civil priority."""
    return load_statutes(FOLDER / "statutes", load_schema(FOLDER / "profile.yaml"))


@cache
def timeline() -> Timeline:
    """Return the dated switches of law and policy."""
    return load_timeline(FOLDER / "timeline.yaml")


@cache
def profiles() -> Profiles:
    """Return the table of profiles."""
    return Profiles()


@cache
def observed() -> Observed:
    """Return the published figures."""
    return load_observed()


def calendar_in_history(start: date, end: date) -> Calendar[Guideline]:
    """Return which guideline was in force for ICE when."""
    return tuple(guidelines().calendar("ice", start, end))


def law_in_history(start: date, end: date) -> Law:
    """Return which statute answered each question when."""
    book = statutes()
    return {question: book.calendar(*question, start, end) for question in book.questions}


def world(
    book: ParameterBook,
    calendar: Calendar[Guideline],
    law: Law,
    start: date,
    end: date,
) -> World:
    """Return the inputs of a scenario with the given parameters, guidelines and statutes."""
    own = {guideline.id: guideline for _, _, guideline in calendar}
    rules = {each.id: each for each in guidelines()} | own
    then = law_in_history(start, end)
    return World(
        parameters(), book, calendar, law, then, tuple(rules.values()), observed(), profiles(), start, end
    )


def world_in_history(start: date, end: date) -> World:
    """Return the inputs of history, from `start` until the day before `end`."""
    return world(parameters(), calendar_in_history(start, end), law_in_history(start, end), start, end)


@cache
def read_at_start() -> frozenset[str]:
    """Return the parameters that are read for the first day of a run alone: they say what is there when it begins."""
    inputs = world_in_history(*_A_YEAR)
    stocks.stocks(inputs)
    return frozenset(inputs.read_at_start)


def network(inputs: World) -> Network:
    """
    Return the caseload network of a scenario.

    Nodes stand upstream first, so that stations are served downstream first.
    """
    at_border, agents = border.nodes(inputs, border.arrivals(inputs))
    inside, officers = interior.nodes(inputs)
    charged, attorneys = prosecution.nodes(inputs)
    pending, judges = courts.nodes(inputs)
    held = (*custody.nodes(inputs), *supervision.nodes(inputs), *pending, *removal.nodes(inputs))
    starts = np.flatnonzero(np.diff(inputs.month_of, prepend=-1))
    divided = inputs.groups
    return Network(
        n_profiles=inputs.profiles.n,
        horizon=inputs.days,
        nodes=(*at_border, *inside, *charged, *held),
        pools=(*agents, officers, attorneys, judges),
        stocks=stocks.stocks(inputs),
        periods=tuple(int(each) for each in starts),
        groups=divided.of_profile,
        group_names=divided.names,
        bins=WAITS,
    )
