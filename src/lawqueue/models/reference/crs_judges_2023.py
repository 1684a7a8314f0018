"""
Immigration judges hired and the backlog ten years on, as projected by the Congressional Research Service.

At the end of fiscal year 2023 the projection has 649 judges and about 2.0 million cases pending. It states
results for 100 to 700 more judges: 300 more leave 1.6 million pending at the end of fiscal year 2033, 700
more clear the docket in fiscal year 2032. The constants that give these, 456 completions per judge and year
and 392,000 receipts a year, were *back-solved* from the results; they are not quoted from the report.

Here judges are a station that completes 456/365.25 cases a day each, first in first out; receipts come by a
Poisson process; the 2.0 million are a stock; hires sit from the first day of fiscal year 2024. Reproduced: the
three headlines. Break-even is 859.6 judges by these constants and 861 in print: receipts of 392,161 to 392,499
round to the same constants and give 861 whole judges. Not reproduced: anything about how long a case takes,
who hears what, or how hiring is phased; every case needs the same work.

Sources
-------
Congressional Research Service, July 2023, "Immigration judge hiring and projected impact on the immigration
courts backlog", report R47637.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from lawqueue import theory
from lawqueue.engine.results import Run
from lawqueue.engine.run import simulate
from lawqueue.engine.spec import Network, Sink, Source, Station, Stock, route
from lawqueue.engine.varying import Floats
from lawqueue.models.reference.row import Row, computed, simulated

JUDGES = 649
PENDING = 2_000_000.0
RECEIPTS = 392_000.0
COMPLETIONS = 456.0
START = date(2023, 10, 1)
LAST_YEAR = 2033
YEAR = 365.25
"""Days in a year of the projection."""
SOURCE = "CRS report R47637, July 2023"
FEW = 0.01 * PENDING
"""Cases at the end of a year that count as no backlog: a hundredth of the start [case]."""


def network(more_judges: int, hired: date = START) -> Network:
    """Return the court with `more_judges` on the bench from the day `hired`."""
    firsts = [date(year, 10, 1) for year in range(START.year, LAST_YEAR + 1)]
    days = (firsts[-1] - START).days
    judges = np.where(np.arange(days) >= (hired - START).days, JUDGES + more_judges, JUDGES)
    return Network(
        1,
        days,
        (
            Source("receipts", RECEIPTS / YEAR, np.ones(1), route("judges")),
            Station("judges", route("completed"), units_per_tick=judges * COMPLETIONS / YEAR),
            Sink("completed"),
        ),
        stocks=(Stock("judges", np.array([PENDING])),),
        periods=tuple((each - START).days for each in firsts[:-1]),
    )


def first_year_without(result: Run) -> Floats:
    """Return the fiscal year at whose end nobody waits any more, of each replicate; the year after if none."""
    none = result.level_end("judges") < FEW
    year = START.year + 1 + np.argmax(none, axis=1)
    return np.where(none.any(axis=1), year, LAST_YEAR + 1).astype(np.float64)


def rows(*, seed: int, replicates: int, scale: float) -> list[Row]:
    """Return pending cases with 0, 300 and 700 more judges, and the judges at break-even."""
    runs = {
        more: simulate(network(more), seed=seed, replicates_wanted=replicates, scale=scale)
        for more in (0, 300, 700)
    }
    years = LAST_YEAR - START.year
    expected = {
        more: theory.pending_after(PENDING, RECEIPTS, JUDGES + more, COMPLETIONS, years) for more in (0, 300)
    }
    in_2031 = theory.pending_after(PENDING, RECEIPTS, JUDGES + 700, COMPLETIONS, years - 2)
    needed = theory.break_even_judges(RECEIPTS, COMPLETIONS)
    # Leap days leave ten fiscal years half a day from ten years of 365.25, and nobody is heard in part.
    day = 2 * RECEIPTS / YEAR
    return [
        simulated(
            "pending at the end of FY2033, 300 more judges",
            "case",
            1.6e6,
            runs[300].level_end("judges")[:, -1],
            rounding=0.05e6,
            note="simulated; published to a tenth of a million",
            source=SOURCE,
        ),
        simulated(
            "first fiscal year that ends without a backlog, 700 more judges",
            "/1",
            2032.0,
            first_year_without(runs[700]),
            note=f"simulated; without means fewer than {FEW:,.0f} cases",
            source=SOURCE,
        ),
        computed(
            "judges at break-even",
            "judge",
            861.0,
            needed,
            rounding=1.5,
            note=f"computed from constants rounded to three digits; {int(np.ceil(needed))} whole judges",
            source=SOURCE,
        ),
        *(
            simulated(
                f"pending at the end of FY2033, {more} more judges",
                "case",
                expected[more],
                runs[more].level_end("judges")[:, -1],
                rounding=day,
                note="simulated",
                source="theory.pending_after with the back-solved constants",
            )
            for more in (0, 300)
        ),
        simulated(
            "pending at the end of FY2031, 700 more judges",
            "case",
            in_2031,
            runs[700].level_end("judges")[:, -3],
            rounding=day,
            note="simulated",
            source="theory.pending_after with the back-solved constants",
        ),
    ]
