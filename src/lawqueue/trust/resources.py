"""The resources that can be bought: which parameter each moves, at which stage it works, and how long hiring takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lawqueue.errors import InputError, did_you_mean
from lawqueue.models.us_immigration import model
from lawqueue.rules import Change


@dataclass(frozen=True)
class Resource:
    """
    Something of which there may be more.

    Parameters
    ----------
    name, one
        In the plural and in the singular.
    parameter
        What one more of it adds 1 to.
    stage
        The stage at which it works, as `stages` calls it.
    level
        The series that says how many there are, or None if the parameter does.
    hiring
        The published series that says how many days pass from a vacancy to the first day of work, or None.
    """

    name: str
    one: str
    parameter: str
    stage: str
    level: str | None = None
    hiring: str | None = None

    def more(self, number: float, on: date) -> tuple[Change, ...]:
        """Return the change that adds a number of them from a day on; none for 0."""
        return (Change(self.parameter, on, "add", float(number)),) if number else ()

    @property
    def lag(self) -> timedelta:
        """How long hiring one takes, by the latest published figure."""
        if self.hiring is None:
            return timedelta(0)
        return timedelta(days=round(model.observed().figures(self.hiring)[-1].value))

    @property
    def lag_in_words(self) -> str:
        """Where the lag comes from; empty without one."""
        if self.hiring is None:
            return ""
        figure = model.observed().figures(self.hiring)[-1]
        source = model.observed().source(figure.source)
        return f"{self.lag.days} days from vacancy to bench ({source.publisher}: {source.title})"


RESOURCES = (
    Resource("beds", "bed", "detention.places", "beds"),
    Resource("judges", "judge", "court.extra_judges", "judges", "court.judges", "days_to_hire_judge"),
    Resource("officers", "officer", "ero.officers", "officers"),
    Resource("attorneys", "attorney", "prosecution.attorneys", "prosecutors"),
)


def resource(name: str) -> Resource:
    """
    Return a resource by its name, plural or singular.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    for each in RESOURCES:
        if name in {each.name, each.one}:
            return each
    raise InputError(f"no resource {name!r}. {did_you_mean(name, [each.name for each in RESOURCES])}")
