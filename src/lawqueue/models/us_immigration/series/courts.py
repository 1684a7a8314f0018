"""Courts: receipts, decisions, the docket and its age."""

from __future__ import annotations

import numpy as np

from lawqueue.models.series import Reader, Row, series, total, wait_at, weighted
from lawqueue.models.us_immigration.courts import PENDING, judges
from lawqueue.models.us_immigration.series.reading import Reading
from lawqueue.models.world import Floats


def _days_to_complete(reading: Reading) -> Floats:
    """Return the mean time from filing to decision of the cases decided in each month, lane by lane [day]."""
    each = reading.mean_of

    def waited(node: str) -> Floats:
        return reading.run.simulated_wait(node).mean

    daily = reading.world.daily
    calendar = each(daily("court.calendar_days"))
    before = {
        "first_hearing": calendar + waited("first_hearing"),
        "priority_docket": each(daily("court.priority_days")) + waited("priority_docket"),
        "docket": calendar + waited("first_hearing") + waited("docket"),
        "detained_docket": waited("detained_docket") + each(daily("detention.stay.interior")),
        "mpp_docket": each(daily("court.mpp_days")) + waited("mpp_docket"),
    }
    return weighted(*((cases, before[lane]) for lane, cases in reading.decided().items()))


def _hours_heard(reading: Reading) -> Floats:
    """Return hours of judges on all dockets, as far as they were not lost to closures [hour]."""

    def work(kind: str, *stations: str) -> Floats:
        return total(reading.run.work(each) for each in stations) * (
            reading.mean_of(reading.world.daily(f"court.open_share.{kind}")) if kind else 1.0
        )

    return (
        work("first", "first_hearing")
        + work("merits", "priority_docket", "docket")
        + work("", "detained_docket", "mpp_docket")
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
            r.flow("nta_filing")
            + r.flow("other_receipts")
            + r.flow("pathway", "mpp_calendar")
            + r.flow("port_processing", "mpp_calendar")
            + r.flow("release", "interior_released", "interior_released_atd", groups=r.ice)
            + r.flow("custody_outcome", "detained_docket")
            + r.flow("fear_screening", "positive_detained")
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
        "Wait for room on a master calendar",
        "day",
        "ratio",
        "Courts",
        "Mean time for which those heard first in the month waited beyond the least time to a first hearing.",
        wait_at("first_hearing"),
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
