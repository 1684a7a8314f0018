"""What stands in tables by fiscal year, waits, custody and money, and tables as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lawqueue import numbers
from lawqueue.engine.resolution import NOT_RESOLVED
from lawqueue.exports import csv_text
from lawqueue.models.cube import Results, interval
from lawqueue.months import first_of_next_month
from lawqueue.report import charts
from lawqueue.study.compare import Comparison, Effect


@dataclass(frozen=True)
class Topic:
    """
    Series that are shown together, by fiscal year.

    Parameters
    ----------
    heading
        What they are about.
    words
        What they count, in a sentence.
    names
        The series.
    """

    heading: str
    words: str
    names: tuple[str, ...]


TOPICS = {
    "waits": Topic(
        "How long cases wait",
        "Mean days, by stage.",
        ("approvals.wait", "border.processing_wait", "fear.wait", "removals.wait", "court.wait"),
    ),
    "liberty": Topic(
        "Custody and whom it falls on",
        "Days in custody; people without a conviction or charge who are taken, and people with one who are not: "
        "one line for both worlds, whatever guideline is in force.",
        (
            "detained.person_days",
            "liberty.outside_arrests",
            "liberty.outside_days",
            "liberty.within_not_taken",
            "liberty.prison_days",
        ),
    ),
    "money": Topic(
        "Money",
        "Public spending that the model counts, in dollars of the year in which they are spent.",
        (
            "cost.total",
            "cost.custody",
            "cost.officers",
            "cost.transport",
            "cost.courts",
            "cost.prosecution",
            "cost.atd",
        ),
    ),
}


def by_year(comparison: Comparison, topic: Topic) -> dict[str, Any]:
    """Return a topic as a table by fiscal year, both worlds and their difference, with all years, and as a picture."""
    months = comparison.baseline.months
    spans = [
        (_called(year, start, end, months), start, end) for year, start, end in charts.fiscal_years(months)
    ]
    spans.append(("All years", months[0], first_of_next_month(months[-1])))
    return {
        "topic": topic,
        "interval": interval(comparison.baseline.of(topic.names[0])).name,
        "picture": charts.by_year(comparison.baseline, comparison.reform, topic.names, topic.heading),
        "rows": [
            {
                "about": comparison.baseline.about(name),
                "unit": comparison.baseline.about(name).unit_of_total,
                "years": [
                    {"year": label} | _year(comparison, name, start, end) for label, start, end in spans
                ],
            }
            for name in topic.names
        ],
    }


def _called(year: int, start: date, end: date, months: Sequence[date]) -> str:
    count = charts.months_in(months, start, end)
    return f"FY{year}" if count == charts.YEAR_OF_MONTHS else f"FY{year}, {count} months"


def _year(comparison: Comparison, name: str, start: date, end: date) -> dict[str, tuple[str, str]]:
    effect = comparison.effect(name, start, end)
    unit = effect.series.unit
    difference = (
        numbers.signed(effect.difference, unit),
        numbers.between(effect.low, effect.high, unit, sign=True),
    )
    return {
        "baseline": _mean(comparison.baseline, name, start, end),
        "scenario": _mean(comparison.reform, name, start, end),
        "difference": difference if effect.is_resolved else (NOT_RESOLVED, ""),
    }


def _mean(world: Results, name: str, start: date, end: date) -> tuple[str, str]:
    unit = world.about(name).unit
    if not world.is_resolved(name, start, end):
        return NOT_RESOLVED, ""
    mean, low, high = charts.mean_of(world, name, start, end)
    return numbers.quantity(mean, unit), numbers.between(low, high, unit)


def yearly_csv(comparison: Comparison, topic: Topic) -> str:
    """Return a topic by fiscal year as CSV: each world, and their difference, with interval."""
    worlds = ("baseline", "scenario", "difference")
    ends = [f"{world}{end}" for world in worlds for end in ("", "_low", "_high")]
    return csv_text(
        ("series", "unit", "stamp", "from", "to", *ends, "interval"),
        (
            (
                *_head(effect := comparison.effect(name, start, end)),
                *charts.mean_of(comparison.baseline, name, start, end),
                *charts.mean_of(comparison.reform, name, start, end),
                effect.difference,
                effect.low,
                effect.high,
                effect.interval_or_why,
            )
            for name in topic.names
            for _, start, end in charts.fiscal_years(comparison.baseline.months)
        ),
    )


def _head(effect: Effect) -> tuple[object, ...]:
    about = effect.series
    return about.name, effect.unit, about.stamp, effect.start, effect.last


def effects_csv(effects: Iterable[Effect]) -> str:
    """Return effects as CSV."""
    return csv_text(
        (
            "series",
            "unit",
            "stamp",
            "from",
            "to",
            "baseline",
            "scenario",
            "difference",
            "low",
            "high",
            "interval",
        ),
        (
            (
                *_head(each),
                each.baseline,
                each.reform,
                each.difference,
                each.low,
                each.high,
                each.interval_or_why,
            )
            for each in effects
        ),
    )
