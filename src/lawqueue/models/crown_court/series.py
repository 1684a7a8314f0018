"""
What the model reports: every series with its name, unit, stamp, definition, and published counterpart.

Age and time count from receipt. Stocks are those at the end of a month, flows those of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from lawqueue.engine.varying import Floats
from lawqueue.models.crown_court import hearings, time_to_completion
from lawqueue.models.crown_court.receipts import YEAR
from lawqueue.models.crown_court.world import KINDS, Court
from lawqueue.models.cube import Results, Series
from lawqueue.months import first_of_next_month

if TYPE_CHECKING:
    from lawqueue.engine.results import Run

OPEN: Final = (
    "waiting.early",
    "early_end",
    "waiting.trial",
    "waiting.slow",
    "preparation",
    "sentence_or_appeal",
    "short_hearings",
    "trial_list",
    "relisting",
)
"""Where open cases are."""
DISPOSED: Final = (
    ("short_hearings", "ended_early"),
    ("trial_list", "tried"),
    ("trial_list", "cracked_or_late_plea"),
)
"""Ways by which a case is disposed of: node and label."""


@dataclass(frozen=True)
class Reading:
    """
    A run of the model with its inputs, ready to be read.

    Every method returns an array of shape (n_replicates, n_months), or one that broadcasts to it.
    """

    run: Run
    court: Court

    def flow(self, node: str, *labels: str) -> Floats:
        """Return passages out of a node along some of its edges, or along all [case]."""
        parts = [self.run.passages(node, each) for each in labels or (None,)]
        return np.asarray(np.sum(parts, axis=0))

    def month_sum(self, daily: Floats) -> Floats:
        """Return the monthly sums of a series by day, shape (n_months,)."""
        return np.asarray(np.bincount(self.court.month_of, daily), np.float64)

    @cached_property
    def disposed(self) -> Floats:
        """Cases disposed of."""
        return np.asarray(np.sum([self.flow(*each) for each in DISPOSED], axis=0))

    @cached_property
    def disposed_by_receipt(self) -> Floats:
        """Cases disposed of by quarter of receipt, shape (n_replicates, n_months, n_quarters)."""
        ways = [i for i, each in enumerate(self.run.compiled.edges) if (each.node, each.label) in DISPOSED]
        counts = [each.passed[:, ways].sum(axis=1) for each in self.run.replicates]
        return self._by_kind(counts).sum(axis=2)

    @cached_property
    def open_cases(self) -> Floats:
        """Open cases by kind and quarter of receipt, shape (n_replicates, n_months, n_kinds, n_quarters)."""
        places = [self.run.compiled.nodes.index(each) for each in OPEN]
        return self._by_kind([each.level_end[:, places].sum(axis=1) for each in self.run.replicates])

    def _by_kind(self, counts: list[Floats]) -> Floats:
        found = np.stack(counts) / self.run.compiled.scale
        return np.asarray(found.reshape(*found.shape[:2], len(KINDS), -1))

    def open_of(self, *kinds: str) -> Floats:
        """Return open cases of some kinds."""
        return np.asarray(self.open_cases[:, :, [KINDS.index(each) for each in kinds]].sum(axis=(2, 3)))

    def year_or_more(self, *kinds: str) -> Floats:
        """Return open cases of some kinds that were received a year ago or earlier."""
        cases = self.open_cases[:, :, [KINDS.index(each) for each in kinds]].sum(axis=2)
        return np.asarray((cases * self._a_year_old).sum(axis=2))

    @cached_property
    def _a_year_old(self) -> Floats:
        """Share of the cases of each quarter that are a year old at the end of each month, (n_months, n_quarters)."""
        ends = np.array([first_of_next_month(each).toordinal() for each in self.court.months])
        first, after = time_to_completion.bounds(self.court.cases.quarters)
        return np.clip((ends[:, None] - round(YEAR) - first) / (after - first), 0, 1)

    @cached_property
    def hours_heard(self) -> Floats:
        """Hours of hearings [hour]."""
        return self.run.work("short_hearings") + self.run.work("trial_list")

    @cached_property
    def defendants(self) -> Floats:
        """Defendants of a completed case, the mean of each month."""
        return self.month_sum(self.court.daily("hours.defendants")) / self.run.ticks

    @cached_property
    def median_days(self) -> Floats:
        """Return median days from charge to completion."""
        before = self.month_sum(self.court.daily("charge.days")) / self.run.ticks
        return time_to_completion.median(self.disposed_by_receipt, self.court.months, self.court.cases.quarters) + before


Reader = Callable[[Reading], Floats]


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.asarray(np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 0))


CASELOAD, AGE, HEARINGS, NEED = "Caseload", "Age and time", "Hearings", "Hours and days"
_GROSSED: Final = "cases of unknown age are spread like the others."
DEFINITIONS: Final[tuple[tuple[Series, Reader], ...]] = (
    (
        Series(
            "receipts",
            "Receipts",
            "case/month",
            "data",
            "flow",
            "Cases received by the Crown Court: sent or committed for trial, for sentence, and appeals.",
            CASELOAD,
            "receipts",
        ),
        lambda r: r.flow("received"),
    ),
    (
        Series(
            "disposals",
            "Disposals",
            "case/month",
            "emergent",
            "flow",
            "Cases completed at the Crown Court.",
            CASELOAD,
            "disposals",
        ),
        lambda r: r.disposed,
    ),
    (
        Series(
            "left",
            "Left without a disposal",
            "case/month",
            "assumed",
            "flow",
            "Bench warrants, transfers and corrections: open cases less those before, receipts and disposals.",
            CASELOAD,
        ),
        lambda r: r.flow("received", "left"),
    ),
    (
        Series(
            "open",
            "Open cases",
            "case",
            "emergent",
            "stock",
            "Cases received and not completed on the last day, without live bench warrants.",
            CASELOAD,
            "open",
        ),
        lambda r: r.open_of(*KINDS),
    ),
    (
        Series(
            "open.custody",
            "Open trial cases, in custody",
            "case",
            "emergent",
            "stock",
            f"Trial cases with a defendant remanded in custody; {_GROSSED}",
            CASELOAD,
            "open_trial.custody",
        ),
        lambda r: r.open_of("custody"),
    ),
    (
        Series(
            "open.bail",
            "Open trial cases, on bail",
            "case",
            "emergent",
            "stock",
            f"Trial cases with no defendant remanded in custody, or of unknown remand status; {_GROSSED}",
            CASELOAD,
            "open_trial.bail",
        ),
        lambda r: r.open_of("bail"),
    ),
    (
        Series(
            "open.other",
            "Open sentences and appeals",
            "case",
            "fitted",
            "stock",
            f"Committals for sentence and appeals; {_GROSSED} The time that they take is found from their stock.",
            CASELOAD,
            "open_other",
        ),
        lambda r: r.open_of("other"),
    ),
    (
        Series(
            "open.year_or_more",
            "Open a year or more",
            "case",
            "emergent",
            "stock",
            f"Trial cases open a year or more since receipt; {_GROSSED}",
            AGE,
            "open_trial_year_or_more",
        ),
        lambda r: r.year_or_more("custody", "bail"),
    ),
    (
        Series(
            "open.custody_year_or_more",
            "In custody, open a year or more",
            "case",
            "emergent",
            "stock",
            "Trial cases with a defendant in custody open a year or more since receipt.",
            AGE,
        ),
        lambda r: r.year_or_more("custody"),
    ),
    (
        Series(
            "days.median",
            "Median days from charge to completion",
            "day",
            "emergent",
            "level",
            "Cases completed in the month, whatever their kind: days since receipt, and a fixed time before it. "
            "Published of defendants.",
            AGE,
            "days_at_crown_court.median",
        ),
        lambda r: r.median_days,
    ),
    (
        Series(
            "list.cases",
            "Cases ready for trial",
            "case",
            "emergent",
            "stock",
            "Cases at the list for trial, prepared and not heard, and those whose listing failed.",
            AGE,
        ),
        lambda r: r.run.level_end("trial_list") + r.run.level_end("relisting"),
    ),
    (
        Series(
            "trials",
            "Trials held",
            "case/month",
            "emergent",
            "flow",
            "Cases completed with an effective trial.",
            HEARINGS,
        ),
        lambda r: r.flow("trial_list", "tried"),
    ),
    (
        Series(
            "late_ends",
            "Cracked trials and late pleas",
            "case/month",
            "emergent",
            "flow",
            "Cases completed from the list without an effective trial.",
            HEARINGS,
        ),
        lambda r: r.flow("trial_list", "cracked_or_late_plea"),
    ),
    (
        Series(
            "early_ends",
            "Early pleas, sentences and appeals",
            "case/month",
            "emergent",
            "flow",
            "Cases completed without a listing for trial.",
            HEARINGS,
        ),
        lambda r: r.flow("short_hearings"),
    ),
    (
        Series(
            "failed_listings",
            "Listings that failed",
            "case/month",
            "emergent",
            "flow",
            "Cases that came up for trial and were listed again.",
            HEARINGS,
        ),
        lambda r: r.flow("trial_list", "listing_failed"),
    ),
    (
        Series(
            "hours.mean",
            "Mean hearing hours",
            "hour/defendant",
            "emergent",
            "level",
            "Hours of all hearings over defendants of cases completed in the month.",
            HEARINGS,
            "hearing_hours.mean",
        ),
        lambda r: _ratio(r.hours_heard, r.disposed * r.defendants),
    ),
    (
        Series(
            "hours.heard",
            "Hours heard",
            "hour",
            "emergent",
            "flow",
            "Hours of all hearings.",
            NEED,
        ),
        lambda r: r.hours_heard,
    ),
    (
        Series(
            "sitting_days",
            "Sitting days",
            "sitting day/month",
            "data",
            "flow",
            "Days on which rooms sit, over all rooms; actual, or allocated where these were not found.",
            NEED,
        ),
        lambda r: r.month_sum(r.court.daily("capacity.sitting_days")) / YEAR,
    ),
    (
        Series(
            "need.hours",
            "Hours that new cases will need",
            "hour",
            "assumed",
            "flow",
            "Cases received in the month times the hours that such cases take.",
            NEED,
        ),
        lambda r: r.month_sum(hearings.needed(r.court)),
    ),
    (
        Series(
            "need.sitting_days",
            "Sitting days that new cases will need",
            "sitting day/month",
            "assumed",
            "flow",
            "Hours that cases received in the month will take over the hours heard on a sitting day.",
            NEED,
        ),
        lambda r: r.month_sum(hearings.needed(r.court) / hearings.hours_of_a_day(r.court)),
    ),
)
"""Every series with what reads it."""


def catalogue() -> tuple[Series, ...]:
    """Return every reported series; needs no run."""
    return tuple(each for each, _ in DEFINITIONS)


def names() -> frozenset[str]:
    """Return the name of every reported series; needs no run."""
    return frozenset(each.name for each in catalogue())


def read(run: Run, court: Court, scenario: str) -> Results:
    """Return every reported series of a run, as one cube."""
    reading = Reading(run, court)
    shape = (len(run.replicates), run.ticks.size)
    values = [np.broadcast_to(np.asarray(reader(reading), np.float64), shape) for _, reader in DEFINITIONS]
    return Results(scenario, court.months, catalogue(), np.stack(values, axis=-1))
