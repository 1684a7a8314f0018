"""
What the model reports: every series with its name, unit, stamp, definition, and published counterpart.

Age and time count from receipt. Stocks are those at the end of a month, flows those of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np

from lawqueue.engine.varying import Floats
from lawqueue.models import series
from lawqueue.models.crown_court import hearings, time_to_completion
from lawqueue.models.crown_court.receipts import YEAR
from lawqueue.models.crown_court.world import FIRST_STOCK, KINDS, LAST_OUTCOME, Court
from lawqueue.models.cube import Fed
from lawqueue.models.series import Catalogue, passages
from lawqueue.months import first_of_next_month

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
class Reading(series.Reading):
    """A run of the Crown Court, ready to be read; for shapes see `lawqueue.models.series.Reading`."""

    world: Court

    @cached_property
    def disposed(self) -> Floats:
        """Cases disposed of."""
        return np.asarray(np.sum([self.flow(*each) for each in DISPOSED], axis=0))

    @cached_property
    def disposed_by_receipt(self) -> Floats:
        """Cases disposed of by quarter of receipt, shape (n_replicates, n_months, n_quarters)."""
        ways = [i for i, each in enumerate(self.run.compiled.edges) if (each.node, each.label) in DISPOSED]
        counts = [each.passed[:, ways].sum(axis=1) for each in self.run.replicates]
        return np.asarray(self._by_kind(counts).sum(axis=2))

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
        ends = np.array([first_of_next_month(each).toordinal() for each in self.world.months])
        first, after = time_to_completion.bounds(self.world.cases.quarters)
        return np.clip((ends[:, None] - round(YEAR) - first) / (after - first), 0, 1)

    @cached_property
    def hours_heard(self) -> Floats:
        """Hours of hearings [hour]."""
        return self.run.work("short_hearings") + self.run.work("trial_list")

    @cached_property
    def defendants(self) -> Floats:
        """Defendants of a completed case, the mean of each month."""
        return self.mean_of(self.world.daily("hours.defendants"))

    @cached_property
    def median_days(self) -> Floats:
        """Return median days from charge to completion."""
        before = self.mean_of(self.world.daily("charge.days"))
        return (
            time_to_completion.median(self.disposed_by_receipt, self.world.months, self.world.cases.quarters)
            + before
        )


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.asarray(np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 0))


row = series.series
CASELOAD, AGE, HEARINGS, NEED = "Caseload", "Age and time", "Hearings", "Hours and days"
_GROSSED: Final = "cases of unknown age are spread like the others."
ROWS: Final = (
    row(
        "receipts",
        "Receipts",
        "case/month",
        "flow",
        CASELOAD,
        "Cases received by the Crown Court: sent or committed for trial, for sentence, and appeals.",
        passages("received"),
        "receipts",
        stamp="assumed",
        fed=(
            Fed(
                FIRST_STOCK,
                LAST_OUTCOME,
                "cases received are those published; after that they grow as assumed",
            ),
        ),
    ),
    row(
        "disposals",
        "Disposals",
        "case/month",
        "flow",
        CASELOAD,
        "Cases completed at the Crown Court.",
        lambda r: r.disposed,
        "disposals",
    ),
    row(
        "left",
        "Left without a disposal",
        "case/month",
        "flow",
        CASELOAD,
        "Bench warrants, transfers and corrections: open cases less those before, receipts and disposals.",
        passages("received", "left"),
        stamp="assumed",
    ),
    row(
        "open",
        "Open cases",
        "case",
        "stock",
        CASELOAD,
        "Cases received and not completed on the last day, without live bench warrants.",
        lambda r: r.open_of(*KINDS),
        "open",
    ),
    row(
        "open.custody",
        "Open trial cases, in custody",
        "case",
        "stock",
        CASELOAD,
        f"Trial cases with a defendant remanded in custody; {_GROSSED}",
        lambda r: r.open_of("custody"),
        "open_trial.custody",
    ),
    row(
        "open.bail",
        "Open trial cases, on bail",
        "case",
        "stock",
        CASELOAD,
        f"Trial cases with no defendant remanded in custody, or of unknown remand status; {_GROSSED}",
        lambda r: r.open_of("bail"),
        "open_trial.bail",
    ),
    row(
        "open.other",
        "Open sentences and appeals",
        "case",
        "stock",
        CASELOAD,
        f"Committals for sentence and appeals; {_GROSSED} The time that they take is found from their stock.",
        lambda r: r.open_of("other"),
        "open_other",
        stamp="fitted",
    ),
    row(
        "open.year_or_more",
        "Open a year or more",
        "case",
        "stock",
        AGE,
        f"Trial cases open a year or more since receipt; {_GROSSED}",
        lambda r: r.year_or_more("custody", "bail"),
        "open_trial_year_or_more",
    ),
    row(
        "open.custody_year_or_more",
        "In custody, open a year or more",
        "case",
        "stock",
        AGE,
        "Trial cases with a defendant in custody open a year or more since receipt.",
        lambda r: r.year_or_more("custody"),
    ),
    row(
        "days.median",
        "Median days from charge to completion",
        "day",
        "level",
        AGE,
        "Cases completed in the month, whatever their kind: days since receipt, and a fixed time before it. Published of defendants.",
        lambda r: r.median_days,
        "days_at_crown_court.median",
    ),
    row(
        "list.cases",
        "Cases ready for trial",
        "case",
        "stock",
        AGE,
        "Cases at the list for trial, prepared and not heard, and those whose listing failed.",
        lambda r: r.run.level_end("trial_list") + r.run.level_end("relisting"),
    ),
    row(
        "trials",
        "Trials held",
        "case/month",
        "flow",
        HEARINGS,
        "Cases completed with an effective trial.",
        passages("trial_list", "tried"),
    ),
    row(
        "late_ends",
        "Cracked trials and late pleas",
        "case/month",
        "flow",
        HEARINGS,
        "Cases completed from the list without an effective trial.",
        passages("trial_list", "cracked_or_late_plea"),
    ),
    row(
        "early_ends",
        "Early pleas, sentences and appeals",
        "case/month",
        "flow",
        HEARINGS,
        "Cases completed without a listing for trial.",
        passages("short_hearings"),
    ),
    row(
        "failed_listings",
        "Listings that failed",
        "case/month",
        "flow",
        HEARINGS,
        "Cases that came up for trial and were listed again.",
        passages("trial_list", "listing_failed"),
    ),
    row(
        "hours.mean",
        "Mean hearing hours",
        "hour/defendant",
        "level",
        HEARINGS,
        "Hours of all hearings over defendants of cases completed in the month.",
        lambda r: _ratio(r.hours_heard, r.disposed * r.defendants),
        "hearing_hours.mean",
    ),
    row(
        "hours.heard",
        "Hours heard",
        "hour",
        "flow",
        NEED,
        "Hours of all hearings.",
        lambda r: r.hours_heard,
    ),
    row(
        "sitting_days",
        "Sitting days",
        "sitting day/month",
        "flow",
        NEED,
        "Days on which rooms sit, over all rooms; actual, or allocated where these were not found.",
        lambda r: r.sum_of(r.world.daily("capacity.sitting_days")) / YEAR,
        stamp="assumed",
        fed=(
            Fed(
                FIRST_STOCK,
                date(2024, 3, 31),
                "days are those published; later ones are allocated or assumed",
            ),
        ),
    ),
    row(
        "need.hours",
        "Hours that new cases will need",
        "hour",
        "flow",
        NEED,
        "Cases received in the month times the hours that such cases take.",
        lambda r: r.sum_of(hearings.needed(r.world)),
        stamp="assumed",
    ),
    row(
        "need.sitting_days",
        "Sitting days that new cases will need",
        "sitting day/month",
        "flow",
        NEED,
        "Hours that cases received in the month will take over the hours heard on a sitting day.",
        lambda r: r.sum_of(hearings.needed(r.world) / hearings.hours_of_a_day(r.world)),
        stamp="assumed",
    ),
)
"""Every series, and what reads it out of a run."""

CATALOGUE: Final = Catalogue(ROWS)
