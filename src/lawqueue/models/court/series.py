"""What a court reports: its flows, what is pending and how old it is, and what its judges hear."""

from __future__ import annotations

import numpy as np

from lawqueue.engine.varying import Floats
from lawqueue.models.court import docket
from lawqueue.models.court.table import Table
from lawqueue.models.cube import Fed, Stamp
from lawqueue.models.series import Catalogue, Reading, Row, passages, series, wait_at

CASELOAD, JUDGES = "Caseload", "Judges"
A_YEAR = 366
"""More than a year [day]."""


def catalogue(table: Table) -> Catalogue:
    """Return what a court with such a table reports."""
    rows = [*_caseload(table), *_judges(table)]
    return Catalogue(tuple([*rows, *_custody()] if table.has("custody_pending") else rows))


_FITTED = "what judges hear is set so that the dispositions of the table come out"


def _within(table: Table, why: str, stamp: Stamp = "data") -> tuple[Fed, ...]:
    return (Fed(table.starts[0], table.last_days[-1], why, stamp),)


def _caseload(table: Table) -> list[Row]:
    return [
        series(
            "filings",
            "Filings",
            "case/month",
            "flow",
            CASELOAD,
            "Cases filed: those of the table, and then those of its last year, growing.",
            passages("filed"),
            "filings",
            stamp="assumed",
            fed=_within(table, "filings are those of the table"),
        ),
        series(
            "dispositions",
            "Dispositions",
            "case/month",
            "flow",
            CASELOAD,
            "Cases disposed of, early or by a judge. Within the table what judges hear follows from it.",
            lambda r: r.flow("early_end") + r.flow("docket", "disposed"),
            "dispositions",
            fed=_within(table, _FITTED, "fitted"),
        ),
        series(
            "pending",
            "Pending cases",
            "case",
            "stock",
            CASELOAD,
            "Cases filed and not disposed of at the end of the month.",
            lambda r: r.run.level_end("early_end") + r.run.level_end("docket"),
            "pending",
            fed=_within(table, _FITTED, "fitted"),
        ),
        series(
            "over_a_year",
            "Pending for more than a year",
            "case",
            "stock",
            CASELOAD,
            "Pending cases that have been on the docket for more than a year.",
            _old,
            "over_a_year" if table.has("over_a_year") else None,
        ),
        series(
            "wait",
            "Wait for a judge",
            "day",
            "ratio",
            CASELOAD,
            "Mean time on the docket of the cases that a judge disposed of in the month.",
            wait_at("docket"),
        ),
        series(
            "early_ends",
            "Early ends",
            "case/month",
            "flow",
            CASELOAD,
            "Cases that end without a judge's time: dismissed, withdrawn, settled or pleaded early.",
            passages("early_end"),
            stamp="assumed",
        ),
    ]


def _judges(table: Table) -> list[Row]:
    found = [
        series(
            "heard",
            "Cases disposed of by judges",
            "case/month",
            "flow",
            JUDGES,
            "Cases that end before a judge.",
            lambda r: r.flow("docket", "disposed"),
            fed=_within(table, _FITTED, "fitted"),
        )
    ]
    if table.has("judges"):
        found.append(
            series(
                "judges",
                "Judges",
                "judge",
                "level",
                JUDGES,
                "Judges who sit, as in the table; the last number is held.",
                lambda r: r.mean_of(docket.judges(table, r.world)),
                "judges",
                stamp="assumed",
                fed=_within(table, "judges are those of the table"),
            )
        )
    return found


def _custody() -> list[Row]:
    def held(reading: Reading) -> Floats:
        return reading.run.level_end("docket", groups=np.array([True, False])) + reading.run.level_end(
            "early_end", groups=np.array([True, False])
        )

    return [
        series(
            "custody_pending",
            "Pending cases, in custody",
            "case",
            "stock",
            CASELOAD,
            "Pending cases whose defendant is in custody; they are heard first.",
            held,
            "custody_pending",
        )
    ]


def _old(reading: Reading) -> Floats:
    ages, least = reading.run.age_histogram("docket")
    return np.asarray(ages[..., least >= A_YEAR].sum(axis=(2, 3)))
