"""The seed event: October 2020 to September 2021, the months around the source article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lawqueue.models.cube import Results
from lawqueue.models.observed import Figure, Observed
from lawqueue.months import first_of_next_month
from lawqueue.numbers import quantity

SPAN = (date(2020, 10, 1), date(2021, 10, 1))


def told(results: Results, published: Observed) -> tuple[str, ...]:
    """Return what a run of history says of arrests in and outside the 2021 categories, beside what was published."""
    return (*arrests_of_the_seven_weeks(results, published), arrests_by_class(results, published))


@dataclass(frozen=True)
class SevenWeeks:
    """
    Arrests from 20 January to 8 March, of 2020 and of 2021.

    Parameters
    ----------
    label
        `inside` or `outside` the February 2021 categories.
    simulated, published
        Of both years; months are shared out by days.
    """

    label: str
    simulated: tuple[float, float]
    published: tuple[float, float]


def seven_weeks(results: Results, published: Observed) -> tuple[SevenWeeks, ...]:
    """Return arrests in and outside the 2021 categories, a year apart, where the run has those weeks."""
    found = []
    for name, observed, label in (
        ("arrests.priority", "arrests_priority", "inside"),
        ("arrests.other", "arrests_other", "outside"),
    ):
        figures = sorted(published.figures(observed), key=lambda each: each.start)
        simulated = [_total(results, name, figure) for figure in figures]
        if len(simulated) == 2 and all(simulated):
            before, then = figures
            found.append(SevenWeeks(label, (simulated[0], simulated[1]), (before.value, then.value)))
    return tuple(found)


def _total(results: Results, name: str, figure: Figure) -> float:
    """Return the mean of a flow over the period of a figure; months that are cut are shared out by days."""
    total = 0.0
    for place, month in enumerate(results.months):
        after = first_of_next_month(month)
        overlap = (min(figure.end + timedelta(days=1), after) - max(figure.start, month)).days
        if overlap > 0:
            total += float(results.of(name)[:, place].mean()) * overlap / (after - month).days
    return total


def arrests_by_class(results: Results, published: Observed) -> str:
    """Return a sentence on arrests in and outside the classes of February 2021 beside what ICE told a court."""
    parts = {
        name: next(iter(published.figures(f"authorized_arrests.{name}")))
        for name in ("national_security", "border_security", "public_safety", "other_approved")
    }
    outside = parts.pop("other_approved")
    inside = sum(each.value for each in parts.values())
    simulated = [_total(results, name, outside) for name in ("arrests.priority", "arrests.other")]
    return (
        f"Arrests inside the classes of 18 February 2021, until 16 September: simulated {quantity(simulated[0], 'case')} (emergent), "
        f"authorized by ICE's court filing {inside:,.0f} (data). Outside them: simulated {quantity(simulated[1], 'case')}, approved "
        f"{outside.value:,.0f} (data); how often approval is asked for is set from the last figure, so that "
        f"outside the classes the model is not tested. Inside them it is {100 * abs(simulated[0] / inside - 1):.0f} % too "
        f"{'low' if simulated[0] < inside else 'high'}; only officers who have no other task turn to more of the cases that a text ranks."
    )


def arrests_of_the_seven_weeks(results: Results, published: Observed) -> tuple[str, ...]:
    """Return sentences on arrests in and outside the 2021 categories, a year apart, simulated and published."""
    return tuple(
        f"Arrests {each.label} the February 2021 categories, 20 January to 8 March 2021 over the same weeks of 2020: simulated "
        f"{quantity(each.simulated[1], 'case')} / {quantity(each.simulated[0], 'case')} = {each.simulated[1] / each.simulated[0]:.2f} (emergent), published "
        f"{each.published[1]:,.0f} / {each.published[0]:,.0f} = {each.published[1] / each.published[0]:.2f} (data)."
        for each in seven_weeks(results, published)
    )


def _cases(value: float) -> str:
    return quantity(value, "case")
