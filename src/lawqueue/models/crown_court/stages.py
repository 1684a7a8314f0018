"""Where the bottleneck is: for each stage, the hours that came to it over the hours that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lawqueue.engine.varying import Floats
from lawqueue.models.crown_court import hearings
from lawqueue.models.crown_court.series import Reading
from lawqueue.models.crown_court.world import Court
from lawqueue.models.stages import Stage

if TYPE_CHECKING:
    from lawqueue.engine.results import Run


def stages(run: Run, court: Court) -> tuple[Stage, ...]:
    """Return the load of every stage by month, the mean over replicates, shape (n_months,) each."""
    reading = Reading(run, court)
    rooms = run.pool_units("court_rooms")
    short = run.work("short_hearings").mean(axis=0)
    new = reading.sum_of(hearings.needed(court))
    left = rooms - short

    def load(needed: Floats, possible: Floats) -> Floats:
        idle = np.full(possible.shape, np.inf)
        return np.asarray(np.divide(needed, possible, out=idle, where=possible > 0))

    return (
        Stage("court rooms", load(new, rooms)),
        Stage("hours left for the trial list", load(new - short, left)),
    )
