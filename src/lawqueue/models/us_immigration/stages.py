"""Where the bottleneck is: for each stage, the work that came to it over the work that its staff could do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lawqueue.models.us_immigration import places
from lawqueue.models.us_immigration.border import SECTORS
from lawqueue.models.us_immigration.courts import (
    docket_minutes,
    first_minutes,
    priority_minutes,
)
from lawqueue.models.us_immigration.custody import places_of_custody
from lawqueue.models.us_immigration.series import Reading
from lawqueue.models.us_immigration.world import Floats, World

if TYPE_CHECKING:
    from lawqueue.engine.results import Run


@dataclass(frozen=True)
class Stage:
    """A stage in plain words, and its load by month [/1]; infinite where nobody works."""

    name: str
    load: Floats


def _busiest_sector(run: Run) -> Stage:
    """Return the load of border processing in the sector that is busiest in each month."""
    loads = [
        run.work(f"processing.{name}").mean(axis=0) / run.pool_units(f"agents.{name}") for name in SECTORS
    ]
    return Stage("border processing", np.max(loads, axis=0))


def stages(run: Run, world: World) -> tuple[Stage, ...]:
    """Return the load of every stage by month, the mean over replicates, shape (n_months,) each."""
    reading = Reading(run, world)

    def came(node: str, *labels: str) -> Floats:
        return reading.flow(node, *labels).mean(axis=0)  # type: ignore[no-any-return]  # numpy types a mean as Any

    def each(parameter: str) -> Floats:
        return reading.mean_of(world.daily(parameter))

    def could(parameter: str) -> Floats:
        return reading.sum_of(world.daily(parameter))

    def stage(name: str, needed: Floats, possible: Floats) -> Stage:
        idle = np.full(reading.days.size, np.inf)
        return Stage(name, np.asarray(np.divide(needed, possible, out=idle, where=possible > 0)))

    removals = came("executable", "removal_casework")
    officers = (
        removals * each("ero.hours.removal")
        + came("action", "screening")
        * reading.mean_of(world.daily("ero.hours.screening") * places.screening_factor(world))
        + came("custodial_arrest") * each("ero.hours.custodial_arrest")
        + came("action", "at_large_arrest") * each("ero.hours.at_large_arrest")
    )
    free_officers = run.pool_units("officers") - run.pool_upkeep("officers").mean(axis=0)
    hearings = (
        came("detained_docket") * each("court.minutes.detained")
        + came("mpp_calendar") * each("court.minutes.mpp")
        + came("priority_calendar") * reading.mean_of(priority_minutes(world))
        + (came("first_hearing", "docket") + came("inactive")) * reading.mean_of(docket_minutes(world))
    )
    charges = came("entry_referred") * each("prosecution.hours.entry") + came("reentry_referred") * each(
        "prosecution.hours.reentry"
    )
    # Those who found no bed would have stayed about as long as a border case in expedited removal.
    unhoused = (
        came("detention", "no_bed", "no_bed_under_order")
        / reading.days
        * each("detention.stay.border_expedited")
    )
    return (
        stage("officers", officers, free_officers),
        stage("approval", came("civil_priority", "must_ask"), could("guidance.approvals_per_day")),
        stage("beds", reading.custody().mean(axis=0) + unhoused, reading.mean_of(places_of_custody(world))),
        stage("asylum officers", came("custody_outcome", "fear_screening"), could("fear.cases_per_day")),
        stage(
            "master calendars",
            came("calendar") * reading.mean_of(first_minutes(world)),
            run.pool_units("master_calendars"),
        ),
        stage("judges", hearings, run.pool_units("judges")),
        stage("prosecutors", charges, run.pool_units("attorneys")),
        *(
            stage(
                f"removal seats by {way}",
                came("removal_casework", f"removal.{way}"),
                could(f"ero.seats.{way}"),
            )
            for way in ("land", "air")
        ),
        stage("places of ORR", run.level("orr").mean(axis=0), each("border.orr_places")),
        _busiest_sector(run),
    )
