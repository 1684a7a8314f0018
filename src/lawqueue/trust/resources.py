"""The resources that can be bought: which parameter each moves, at which stage it works, and how long hiring takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lawqueue.errors import InputError, did_you_mean
from lawqueue.models.us_immigration import model
from lawqueue.rules import Change
from lawqueue.study.scenario import DELAYED


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
        The parameter that says how many days pass from the opening of a post to the first day of work, or None.
    """

    name: str
    one: str
    parameter: str
    stage: str
    level: str | None = None
    hiring: str | None = None

    def more(self, number: float, on: date) -> tuple[Change, ...]:
        """Return the change that opens a number of posts, or buys a number, on a day; none for 0."""
        return (Change(self.parameter, on, "add", float(number)),) if number else ()

    def at_work(self, number: float, on: date) -> tuple[Change, ...]:
        """Return the changes with which a number of them is at work from a day on, without time to hire."""
        at_once = (Change(self.hiring, on, "set", 0.0),) if self.hiring and number else ()
        return (*at_once, *self.more(number, on))

    def lag(self, on: date) -> timedelta:
        """Return how long hiring takes that is begun on a day, as the parameter is written."""
        return timedelta(days=round(model.parameters().value(self.hiring, on)) if self.hiring else 0)

    def lag_in_words(self, on: date) -> str:
        """Return where the lag comes from; empty without one."""
        if self.hiring is None:
            return ""
        source = model.parameters().parameter(self.hiring).on(on).source
        return f"{self.lag(on).days} days from the opening of a post ({source.title})"


RESOURCES = (
    Resource("beds", "bed", "detention.places", "beds"),
    Resource(
        "judges", "judge", "court.extra_judges", "judges", "court.judges", DELAYED["court.extra_judges"]
    ),
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
