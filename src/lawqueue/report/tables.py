"""What stands in tables by year, waits, custody and money, and tables as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from lawqueue import numbers
from lawqueue.engine.resolution import NOT_RESOLVED
from lawqueue.exports import csv_text
from lawqueue.models.cube import Results, Series, interval
from lawqueue.models.model import Topic
from lawqueue.months import Year, first_of_next_month, named
from lawqueue.report import charts
from lawqueue.study import sentences
from lawqueue.study.compare import Comparison, Effect
from lawqueue.study.study import Answer, Study
from lawqueue.units import in_words, written


def effect_row(effect: Effect, study: Study) -> dict[str, Any]:
    """Return an effect with its numbers in words, and what stands beside it."""
    unit = effect.series.unit
    return {
        "series": effect.series,
        "unit": effect.unit,
        "counted": "" if unit == "USD" else in_words(effect.unit),
        "window": span_of(effect),
        "baseline": numbers.quantity(effect.baseline, unit),
        "scenario": numbers.quantity(effect.reform, unit),
        "difference": numbers.signed(effect.difference, unit),
        "interval": numbers.between(effect.low, effect.high, unit, sign=True),
        "interval_name": effect.interval,
        "relative": numbers.EMPTY if unit == "/1" else numbers.relative(effect.relative),
        "verdict": effect.verdict,
        "beside": beside_row(study, effect.series, effect.start, effect.end),
    }


def span_of(effect: Effect) -> str:
    """Return the months of an effect, the last one inside."""
    return f"{named(effect.start, short=True)} – {named(effect.last, short=True)}"


def beside_row(study: Study, series: Series, start: date, end: date) -> dict[str, Any] | None:
    """Return what stands beside a level in a table, in words."""
    found = study.beside(series.name, start, end)
    if found is None:
        return None
    return {
        "value": numbers.exact(found.value, series.unit),
        "standing": found.standing,
        "why": ", ".join(filter(None, (found.why, sentences.of_part(found, series.unit)))),
        "error": "" if found.error is None else numbers.relative(found.error),
        "is_far": found.is_far,
    }


def series_by_year(name: str, answer: Answer, study: Study) -> list[dict[str, Any]]:
    """Return a series by year: the difference, both worlds, and what stands beside history."""
    comparison = answer.comparison
    unit = comparison.baseline.about(name).unit
    found = []
    for label, start, end in _spans(study.model.year, comparison.baseline.months):
        effect = comparison.effect(name, start, end)
        known = [world.is_resolved(name, start, end) for world in (comparison.baseline, comparison.reform)]
        found.append(
            {
                "year": label,
                "difference": numbers.signed(effect.difference, unit) if all(known) else NOT_RESOLVED,
                "baseline": numbers.quantity(effect.baseline, unit) if known[0] else NOT_RESOLVED,
                "scenario": numbers.quantity(effect.reform, unit) if known[1] else NOT_RESOLVED,
                "beside": beside_row(study, effect.series, start, end),
            }
        )
    return found


def by_year(answer: Answer, study: Study, topic: Topic, since: date) -> dict[str, Any]:
    """
    Return a topic as a table by year, both worlds and their difference, with all years, and as a picture.

    Parameters
    ----------
    since
        The picture begins with the year of this day.
    """
    comparison = answer.comparison
    baseline = comparison.baseline
    months = baseline.months
    spans = [*_spans(study.model.year, months), ("All years", months[0], first_of_next_month(months[-1]))]
    return {
        "topic": topic,
        "year": study.model.year,
        "interval": interval(baseline.of(topic.names[0])).name,
        "picture": picture(comparison, topic, since, study.model.year),
        "rows": [
            {
                "about": baseline.shown(name),
                "unit": baseline.about(name).unit_of_total,
                "years": [
                    {"year": label, "beside": beside_row(study, baseline.about(name), start, end)}
                    | _year(comparison, name, start, end)
                    for label, start, end in spans
                ],
            }
            for name in topic.names
        ],
    }


def picture(comparison: Comparison, topic: Topic, since: date, year: Year) -> charts.Spec | None:
    """Return a topic by year as a picture, from the year of `since` on; None if nothing of it can be told."""
    first = year.first_day(year.of(since))
    worlds = comparison.baseline.since(first), comparison.reform.since(first)
    return charts.by_year(*worlds, topic.names, topic.heading, year)


def _spans(year: Year, months: Sequence[date]) -> list[tuple[str, date, date]]:
    """Return the years of some months: name, first day, and day after the last."""
    return [
        (_called(year.called(number), start, end, months), start, end)
        for number, start, end in year.spans(months)
    ]


def _called(year: str, start: date, end: date, months: Sequence[date]) -> str:
    count = charts.months_in(months, start, end)
    return year if count == charts.YEAR_OF_MONTHS else f"{year}, {written(count, 'month')}"


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


def yearly_csv(comparison: Comparison, topic: Topic, year: Year) -> str:
    """Return a topic by year as CSV: each world, and their difference, with interval."""
    worlds = ("baseline_value", "scenario_value", "difference")
    ends = [f"{world}{end}" for world in worlds for end in ("", "_low", "_high")]
    return csv_text(
        ("scenario", "baseline", "outcome", "unit", "stamp", "from", "to", *ends, "interval"),
        (
            (
                comparison.reform.scenario,
                comparison.baseline.scenario,
                name,
                (effect := comparison.effect(name, start, end)).unit,
                effect.series.stamp,
                effect.start,
                effect.last,
                *charts.mean_of(comparison.baseline, name, start, end),
                *charts.mean_of(comparison.reform, name, start, end),
                effect.difference,
                effect.low,
                effect.high,
                effect.interval_or_why,
            )
            for name in topic.names
            for _, start, end in year.spans(comparison.baseline.months)
        ),
    )
