"""
Hearings: one pool of hours, first the short ones, then the list for trial.

Hours are sitting days times hours heard a day. What early ends, sentences and appeals leave of them goes to the list:
cases in custody first, then those whose listing failed, then the others, first in, first out.
"""

from __future__ import annotations

import numpy as np

from lawqueue.engine.spec import Delay, Edge, Node, Pool, Sink, Station, route
from lawqueue.engine.varying import Floats, Varying, by_tick
from lawqueue.models.crown_court.receipts import YEAR, by_way, received
from lawqueue.models.crown_court.world import Court


def hours(court: Court) -> Floats:
    """Return hours of hearings that rooms can give by day [hour/day]."""
    return court.daily("capacity.sitting_days") / YEAR * hours_of_a_day(court)


def nodes(court: Court) -> tuple[list[Node], Pool]:
    """Return the hearings, upstream first, and the hours that they share."""
    failed = court.daily("listing.ineffective_share")
    held = court.daily("trial.effective_share")
    return [
        Station("short_hearings", route(Edge("disposed", label="ended_early")), units=short_hours(court)),
        Station(
            "trial_list",
            route(
                Edge("relisting", by_tick(failed), label="listing_failed", relabel=court.cases.relisted()),
                Edge("disposed", by_tick((1 - failed) * held), label="tried"),
                Edge("disposed", label="cracked_or_late_plea"),
            ),
            units=list_hours(court),
            priority=_turn(court),
        ),
        Delay("relisting", route("trial_list"), court.memoryless("listing.days")),
        Sink("disposed"),
        Sink("left"),
    ], Pool("court_rooms", hours(court), ("short_hearings", "trial_list"))


def _turn(court: Court) -> Floats:
    """Return the class of each profile at the list: custody, then failed listings, then the rest."""
    cases = court.cases
    return np.where(cases.kind == 0, 0.0, np.where(cases.where("relisted"), 1.0, 2.0))


def short_hours(court: Court) -> Varying:
    """Return hours of a case that ends without a listing for trial [hour/case]."""
    return by_tick(_of_plea(court)) * (1 - cut(court))


def list_hours(court: Court) -> Varying:
    """
    Return hours of a case that comes up for trial: the mean over trials, late pleas and failed listings [hour/case].

    A case comes up 1 / (1 - share of failed listings) times, each time with these hours.
    """
    failed, held = court.daily("listing.ineffective_share"), court.daily("trial.effective_share")
    defendants = court.daily("hours.defendants")
    trial = by_tick((1 - failed) * held * court.daily("hours.trial") * defendants) * (1 - alone(court))
    plea = by_tick((1 - failed) * (1 - held) * _of_plea(court))
    lost = by_tick(failed * court.daily("listing.hours_lost"))
    return (trial + plea) * (1 - cut(court)) + lost


def _of_plea(court: Court) -> Floats:
    return court.daily("hours.plea") * court.daily("hours.defendants")


def cut(court: Court) -> Varying:
    """Return the share of its hours that a case saves under a reform, by profile and day [/1]."""
    return _reached(court, saved_by_reform(court))


def alone(court: Court) -> Varying:
    """Return the share of the hours of trials that is saved by a judge alone, by profile and day [/1]."""
    return _reached(court, saved_by_judge_alone(court))


def saved_by_reform(court: Court) -> Floats:
    """Return the share of all hours that a reform saves: what moves out, what is faster, less what returns, (days,)."""
    moved, faster = court.daily("reform.moved"), court.daily("reform.faster")
    return court.daily("reform.scope") * (moved + (1 - moved) * faster) - court.daily("reform.returned")


def saved_by_judge_alone(court: Court) -> Floats:
    """Return the share of the hours of trials that is saved by hearing some of them by a judge alone, (days,)."""
    return court.daily("judge_alone.scope") * court.daily("judge_alone.saving")


def _reached(court: Court, saved: Floats) -> Varying:
    """Return what is saved on a day for cases whatever their age, or only for those received while it was law."""
    stock = court.daily("reform.reaches_stock")
    cases = court.cases
    law_at_receipt = np.zeros(cases.n)
    for quarter in cases.quarters[cases.quarters >= cases.first]:
        days = np.flatnonzero(court.quarter_of_day == quarter)
        law_at_receipt[cases.quarter == quarter] = saved[days].mean()
    return court.by_profile((np.ones(cases.n), stock * saved), (law_at_receipt, 1 - stock))


def hours_of_a_day(court: Court) -> Floats:
    """Return hours heard on a sitting day, with the shocks of the time, shape (days,) [hour/sitting day]."""
    return court.daily("capacity.hours_per_day") * court.daily("shock.pandemic") * court.daily("shock.action")


def needed(court: Court) -> Floats:
    """Return the hours that the cases received on a day will take, under the law of that day, shape (days,) [hour/day]."""
    ways = by_way(court)
    at_list = sum(ways[kind, way] for kind in ("custody", "bail") for way in ("trial", "slow"))
    short = sum(share for (_, way), share in ways.items() if way in {"early", "hearing"})
    saved = saved_by_reform(court)
    held = court.daily("trial.effective_share")
    trial = court.daily("hours.trial") * court.daily("hours.defendants") * (1 - saved_by_judge_alone(court))
    failed = court.daily("listing.ineffective_share")
    lost = failed / (1 - failed) * court.daily("listing.hours_lost")
    of_listed = (held * trial + (1 - held) * _of_plea(court)) * (1 - saved) + lost
    return received(court) * (short * _of_plea(court) * (1 - saved) + at_list * of_listed)
