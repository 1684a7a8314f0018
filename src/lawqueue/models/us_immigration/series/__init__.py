"""What the model reports, one table a topic: in each row a series, and what reads it out of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lawqueue.models.cube import Results, Series
from lawqueue.models.series import Catalogue
from lawqueue.models.us_immigration.series import (
    border,
    courts,
    custody,
    interior,
    money,
    prosecution,
    removal,
    whom_custody_falls_on,
)
from lawqueue.models.us_immigration.series.reading import Reading
from lawqueue.models.us_immigration.world import World

if TYPE_CHECKING:
    from lawqueue.engine.results import Run

__all__ = ["Reading", "catalogue", "names", "read"]

CATALOGUE = Catalogue(
    (
        *border.SERIES,
        *interior.SERIES,
        *custody.SERIES,
        *removal.SERIES,
        *courts.SERIES,
        *prosecution.SERIES,
        *whom_custody_falls_on.SERIES,
        *money.SERIES,
    ),
    (money.TOTAL,),
)


def catalogue() -> tuple[Series, ...]:
    """Return every reported series; needs no run."""
    return CATALOGUE.all()


def names() -> frozenset[str]:
    """Return the name of every reported series; needs no run."""
    return CATALOGUE.names()


def read(run: Run, world: World, scenario: str) -> Results:
    """Return every reported series of a run, as one cube."""
    return CATALOGUE.read(Reading(run, world), world.months, len(run.replicates), scenario)
