"""Courts: receipts, decisions, the docket and its age."""

from __future__ import annotations

from datetime import date

import numpy as np

from lawqueue.models.cube import Fed
from lawqueue.models.series import Reader, Row, passages, series, total, wait_at, weighted
from lawqueue.models.us_immigration.courts import CALENDAR, PENDING, judges
from lawqueue.models.us_immigration.known import FIT
from lawqueue.models.us_immigration.series.reading import Reading
from lawqueue.models.world import Floats


def _days_to_complete(reading: Reading) -> Floats:
    """Return the mean time from filing to decision of the cases decided in each month, lane by lane [day]."""
    each, daily = reading.mean_of, reading.world.daily

    def waited(node: str) -> Floats:
        return reading.run.simulated_wait(node).mean

    before = {
        "first_hearing": _age(reading, "calendar", "court.calendar_days") + waited("first_hearing"),
        "priority_docket": _age(reading, "priority_calendar") + waited("priority_docket"),
        # Whoever is decided on the merits had a first hearing years ago, when dates were as usual.
        "docket": each(daily("court.calendar_days")) + waited("docket"),
        "detained_docket": waited("detained_docket") + each(daily("detention.stay.interior")),
        "mpp_docket": _age(reading, "mpp_calendar") + waited("mpp_docket"),
    }
    return weighted(*((cases, before[lane]) for lane, cases in reading.decided().items()))


def _age(reading: Reading, node: str, at_start: str | None = None) -> Floats:
    """
    Return the mean time that cases have been at a delay that all leave at one rate, in each month [day].

    Whom it lets go is then as old as whom it keeps: only arrivals make the mean younger.

    Parameters
    ----------
    at_start
        The parameter that is the mean age on the first day; 0 without one.
    """
    left = reading.run.level_end(node)
    first = np.full((len(left), 1), reading.run.level_start(node))
    stood = np.concatenate([first, left[:, :-1]], axis=1)
    came = np.maximum(left - stood + reading.flow(node), 0.0)
    age = np.full(len(left), reading.world.daily(at_start)[0] if at_start else 0.0)
    found = np.empty_like(left)
    for month, days in enumerate(reading.days):
        old, new = stood[:, month], came[:, month]
        later = np.divide(
            old * (age + days) + new * days / 2, old + new, out=np.zeros_like(age), where=old + new > 0
        )
        found[:, month], age = (age + later) / 2, later
    return found


def _hours_heard(reading: Reading) -> Floats:
    """Return hours of judges on all dockets, as far as they were not lost to closures [hour]."""

    def work(kind: str, *stations: str) -> Floats:
        return total(reading.run.work(each) for each in stations) * (
            reading.mean_of(reading.world.daily(f"court.open_share.{kind}")) if kind else 1.0
        )

    return (
        work("merits", "priority_docket", "docket")
        + work("", "detained_docket", "first_hearing", "mpp_docket")
    ) / 60


def _older_than(days: int) -> Reader:
    def read(reading: Reading) -> Floats:
        ages, least = reading.run.age_histogram("docket")
        every = ages.sum(axis=(2, 3))
        old = ages[..., least >= days].sum(axis=(2, 3))
        return np.asarray(np.divide(old, every, out=np.full_like(every, np.nan), where=every > 0))

    return read


SERIES: tuple[Row, ...] = (
    series(
        "court.receipts",
        "Initial receipts of the immigration courts",
        "case/month",
        "flow",
        "Courts",
        "Notices to appear filed with the court.",
        lambda r: (
            r.flow("nta_filing", CALENDAR)
            + r.flow("other_receipts")
            + r.flow("pathway", "mpp_calendar")
            + r.flow("port_processing", "mpp_calendar")
            + r.flow("released", "interior_released", "interior_released_atd", groups=r.ice)
            + r.flow("custody_ends", "detained_docket")
        ),
        "court_initial_receipts",
    ),
    series(
        "court.completions",
        "Completions of the immigration courts",
        "case/month",
        "flow",
        "Courts",
        "Cases decided; administrative closures are not among them.",
        lambda r: total(r.decided().values()),
        "court_completions",
    ),
    series(
        "court.dismissed_no_notice",
        "Cases without a notice filed in time",
        "case/month",
        "flow",
        "Courts",
        "Notices given at release at the border of which none was filed with the court: it dismisses the case, and counts no receipt.",
        passages("nta_filing", "notice_not_filed"),
        "court_dismissed_no_notice_filed",
        "fitted",
    ),
    series(
        "court.in_absentia",
        "Orders in absentia",
        "case/month",
        "flow",
        "Courts",
        "Orders of removal of people who did not appear, outside custody.",
        lambda r: r.flow("first_hearing", "absent_order") + r.flow("priority_docket", "absent_order"),
        "in_absentia_orders",
    ),
    series(
        "court.pending",
        "Pending cases, all",
        "case",
        "stock",
        "Courts",
        "Cases pending at the end of the month, inactive ones included: the definition of 2025.",
        lambda r: total(r.run.level_end(k) for k in (*PENDING, "detained_docket", "inactive")),
        "court_pending_all",
    ),
    series(
        "court.pending.active",
        "Pending cases, active",
        "case",
        "stock",
        "Courts",
        "Cases pending at the end of the month without the inactive: the earlier definition.",
        lambda r: total(r.run.level_end(k) for k in (*PENDING, "detained_docket")),
        "court_pending_active",
    ),
    series(
        "court.wait",
        "Wait for a decision on the merits, non-detained",
        "day",
        "ratio",
        "Courts",
        "Mean time in the queue for the merits, until the hearing begins, of those heard there in the month, outside custody.",
        wait_at("docket"),
    ),
    series(
        "court.wait.first",
        "Time to a first hearing",
        "day",
        "ratio",
        "Courts",
        "Mean time from filing to the first hearing of those heard first in the month on the ordinary calendar, outside custody.",
        lambda r: (
            _age(r, "calendar", "court.calendar_days")
            + np.nan_to_num(r.run.simulated_wait("first_hearing").mean)
        ),
    ),
    series(
        "court.days_to_complete",
        "Days to a decision",
        "day",
        "ratio",
        "Courts",
        "Mean time from the filing of a notice to the decision, of all cases decided in the month. The published mean is of a calendar year; it is given to the fiscal year that ends in it.",
        _days_to_complete,
        "court_days_to_complete_mean.case_records",
    ),
    series(
        "court.completions_per_judge",
        "Completions per judge",
        "case/judge",
        "ratio",
        "Courts",
        "Completions of the month, carried over a year, over the judges on the bench. The published figure is over those at the end of the year.",
        lambda r: total(r.decided().values()) / r.days * 365 / r.mean_of(judges(r.world)),
        "completions_per_judge",
    ),
    *(
        series(
            f"court.pending.over_{years}_years",
            f"Pending more than {years} year{'s' if years > 1 else ''}",
            "/1",
            "ratio",
            "Courts",
            f"Share of the non-detained docket, at the end of the month, that joined it at least {years} × 365 days before.",
            _older_than(365 * years),
        )
        for years in (1, 3, 5)
    ),
    series(
        "court.judges",
        "Immigration judges on the bench",
        "judge",
        "level",
        "Courts",
        "Judges as published, interpolated between the ends of fiscal years, and what a scenario changes.",
        lambda r: np.broadcast_to(
            r.mean_of(judges(r.world)),
            (len(r.run.replicates), r.days.size),
        ),
        stamp="assumed",
        fed=(Fed(FIT[0], date(2025, 6, 30), "judges are those published, the last on 1 July 2025"),),
    ),
    series(
        "court.hours",
        "Hours on the bench",
        "hour",
        "flow",
        "Courts",
        "Hours of judges given to the dockets, those lost to closures left out.",
        _hours_heard,
    ),
    series(
        "relief",
        "Relief granted",
        "case/month",
        "flow",
        "Courts",
        "Cases that end with permission to stay.",
        lambda r: (
            r.flow("docket", "relief") + r.flow("priority_docket", "relief") + r.flow("appeals", "relief")
        ),
    ),
)
