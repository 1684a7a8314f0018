"""Where the bottleneck is: for each stage, the work that came to it over the work that its staff could do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lawqueue.models.stages import Stage
from lawqueue.models.us_immigration import places
from lawqueue.models.us_immigration.border import SECTORS
from lawqueue.models.us_immigration.courts import (
    docket_minutes,
    priority_minutes,
)
from lawqueue.models.us_immigration.custody import places_of_custody
from lawqueue.models.us_immigration.interior import at_large_hours
from lawqueue.models.us_immigration.removal import WAYS_OUT
from lawqueue.models.us_immigration.series.reading import Reading
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import Floats

if TYPE_CHECKING:
    from lawqueue.engine.results import Run


def _busiest_sector(run: Run) -> Stage:
    """Return the load of border processing in the sector that is busiest in each month."""
    loads = [
        run.work(f"processing.{name}").mean(axis=0) / run.pool_units(f"agents.{name}") for name in SECTORS
    ]
    return Stage("border processing", np.max(loads, axis=0))


@dataclass(frozen=True)
class _Work:
    """What came to the stages of a run, and what their staff could do, by month, the mean over replicates."""

    run: Run
    world: World

    @cached_property
    def reading(self) -> Reading:
        """The run, ready to be read."""
        return Reading(self.run, self.world)

    def came(self, node: str, *labels: str) -> Floats:
        """Return cases that left a node along some of its edges, or along all [case/month]."""
        return self.reading.flow(node, *labels).mean(axis=0)  # type: ignore[no-any-return]  # numpy types a mean as Any

    def each(self, parameter: str) -> Floats:
        """Return the monthly means of a parameter."""
        return self.reading.mean_of(self.world.daily(parameter))

    def could(self, parameter: str) -> Floats:
        """Return the monthly sums of a parameter by day."""
        return self.reading.sum_of(self.world.daily(parameter))

    def stage(self, name: str, needed: Floats, possible: Floats, waiting: Floats | float = 0.0) -> Stage:
        """Return a stage; what waits there from before fills a month in which too little comes, and no more than fills it."""
        needed = np.maximum(needed, np.minimum(needed + waiting, possible))
        idle = np.full(self.reading.days.size, np.inf)
        return Stage(name, np.asarray(np.divide(needed, possible, out=idle, where=possible > 0)))

    def officer_hours(self) -> Floats:
        """Return hours that arrests, detainers and removals asked of officers [hour/month]."""
        screening = self.world.daily("ero.hours.screening") * places.screening_factor(self.world)
        pursued = [self.came(f"handoff.{kind}", "pursued") for kind in places.KINDS]
        sought = self.came("action", "at_large_arrest") + np.sum(pursued, axis=0)
        return np.asarray(
            self.came("executable", "removal_casework") * self.each("ero.hours.removal")
            + self.came("action", "screening") * self.reading.mean_of(screening)
            + self.came("custodial_arrest") * self.each("ero.hours.custodial_arrest")
            + sought * self.reading.mean_of(at_large_hours(self.world))
        )

    def hearing_minutes(self) -> Floats:
        """Return minutes that new cases asked of judges [minute/month]."""
        late = self.came("first_hearing", "docket") + self.came("inactive")
        return (
            self.came("detained_docket") * self.each("court.minutes.detained")
            + self.came("calendar", "first_hearing") * self.each("court.minutes.first")
            + self.came("mpp_calendar") * self.each("court.minutes.mpp")
            + self.came("priority_calendar") * self.reading.mean_of(priority_minutes(self.world))
            + late * self.reading.mean_of(docket_minutes(self.world))
        )

    def waiting_minutes(self) -> Floats:
        """Return minutes of judges that the cases ask for that wait for the merits as a month begins [minute]."""
        ends = self.run.level_end("docket").mean(axis=0)
        begins = np.concatenate([[self.run.level_start("docket")], ends[:-1]])
        return begins * self.reading.mean_of(docket_minutes(self.world))

    def custody(self) -> Floats:
        """Return people in custody, and those who found no bed, who would have stayed about as long as in expedited removal."""
        unhoused = self.came("detention", "no_bed", "no_bed_under_order") / self.reading.days
        return self.reading.custody().mean(axis=0) + unhoused * self.each("detention.stay.border_expedited")  # type: ignore[no-any-return]  # numpy types a mean as Any


def stages(run: Run, world: World) -> tuple[Stage, ...]:
    """Return the load of every stage by month, the mean over replicates, shape (n_months,) each."""
    work = _Work(run, world)
    came, could, stage = work.came, work.could, work.stage
    free_officers = run.pool_units("officers") - run.pool_upkeep("officers").mean(axis=0)
    charges = sum(
        came(f"{kind}_referred") * work.each(f"prosecution.hours.{kind}") for kind in ("entry", "reentry")
    )
    return (
        stage("officers", work.officer_hours(), free_officers),
        stage("approval", came("civil_priority", "must_ask"), could("guidance.approvals_per_day")),
        stage("beds", work.custody(), work.reading.mean_of(places_of_custody(world))),
        stage("asylum officers", came("custody_outcome", "fear_screening"), could("fear.cases_per_day")),
        stage("judges", work.hearing_minutes(), run.pool_units("judges"), work.waiting_minutes()),
        stage("prosecutors", np.asarray(charges), run.pool_units("attorneys")),
        *(
            stage(
                f"removal seats by {way}",
                came("removal_casework", f"removal.{way}"),
                could(f"ero.seats.{way}"),
            )
            for way in WAYS_OUT
        ),
        stage("places of ORR", run.level("orr").mean(axis=0), work.each("border.orr_places")),
        _busiest_sector(run),
    )
