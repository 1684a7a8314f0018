"""The network of the Crown Court: receipts, what passes before a hearing, and hearings."""

from __future__ import annotations

from typing import Final

import numpy as np

from lawqueue.engine.spec import Delay, Edge, Network, Node, Router, StayChoice, route
from lawqueue.engine.varying import by_tick
from lawqueue.models.crown_court import hearings, opening, receipts
from lawqueue.models.crown_court.stays import chosen, fixed, least, rest
from lawqueue.models.crown_court.world import Court
from lawqueue.models.world import memoryless

AGES: Final = (0, 1, 7, 14, 28, 56, 84, 112, 140, 182, 273, 365, 548, 730, 1096, 1461)
"""Least wait of each bin: a day to four weeks, then the published bands of age, some of them halved [day]."""


def network(court: Court) -> Network:
    """Return the caseload network of a scenario; nodes stand upstream first, so that stations are served downstream first."""
    heard, rooms = hearings.nodes(court)
    cases = court.cases
    starts = np.flatnonzero(np.diff(court.month_of, prepend=-1))
    return Network(
        n_profiles=cases.n,
        horizon=court.days,
        nodes=(receipts.source(court), _received(court), *_stays(court), *heard),
        pools=(rooms,),
        stocks=opening.stocks(court),
        periods=tuple(int(each) for each in starts),
        groups=cases.groups,
        group_names=cases.group_names,
        bins=AGES,
    )


def _received(court: Court) -> Router:
    """Return the parting of cases by their way; a few leave without ever being disposed of."""
    arriving = np.maximum(receipts.received(court), 1e-9)
    leaves = np.minimum(court.daily("receipts.left") / receipts.YEAR / arriving, 1)
    stays = 1 - leaves
    return Router(
        "received",
        route(
            Edge("left", by_tick(leaves)),
            Edge("sentence_or_appeal", court.by_profile((court.cases.where("hearing"), stays))),
            Edge("waiting.early", court.by_profile((court.cases.where("early"), stays))),
            Edge("waiting.trial", court.by_profile((court.cases.where("trial"), stays))),
            "waiting.slow",
        ),
    )


def _stays(court: Court) -> list[Node]:
    """Return what passes before a hearing: least times, then the rest of each way."""
    return [
        Delay("waiting.early", route("early_end"), _least(court, "early")),
        Delay("waiting.trial", route("preparation"), _least(court, "trial")),
        Delay("waiting.slow", route("preparation"), _least(court, "slow")),
        Delay("early_end", route("short_hearings"), _rest(court, "early")),
        Delay("preparation", route("trial_list"), _rest(court, "trial", "slow")),
        Delay("sentence_or_appeal", route("short_hearings"), _rest(court, "hearing")),
    ]


def _least(court: Court, way: str) -> StayChoice:
    """Return the least time of a way; cases that are open on the first day have what their age leaves of it."""
    days = least(court, way)
    cases = court.cases
    now = [(cases.where(way) & (cases.quarter >= cases.first), fixed(days))]
    for part in opening.parts(court):
        if part.way == way:
            now += [
                (cases.where(way, kind=part.kind) & (cases.quarter == quarter), StayChoice((stay,), 0.0))
                for quarter, stay in opening.left_of(court, part, days[0])
            ]
    return chosen(*now)


def _rest(court: Court, *ways: str) -> StayChoice:
    """Return the memoryless rest of the stay on some ways, by kind."""
    return chosen(
        *(
            (court.cases.where(way, kind=kind), memoryless(rest(court, kind, way)))
            for kind, way in opening.WAYS_OF_KINDS
            if way in ways
        ),
    )
