"""The numbers behind each chart and table of an answer, as files."""

from __future__ import annotations

from datetime import date

from lawqueue.app.work import Answered
from lawqueue.exports import csv_text
from lawqueue.report import charts, tables
from lawqueue.report.page import headed
from lawqueue.study import effects
from lawqueue.study.study import Answer, LineMoved


def table(answered: Answered, what: str, series: str) -> str:
    """
    Return the numbers behind a chart or a table as CSV.

    Raises
    ------
    KeyError
        If there is no such table.
    """
    rows = _rows(answered, what, series)
    if what == "effects":
        return rows  # each row says how it was made
    return headed(answered.study, f"{answered.scenario.name}, {what} {series}".rstrip()) + rows


def _rows(answered: Answered, what: str, series: str) -> str:
    """Return the file of one picture or table of an answer in full."""
    answer = answered.answer
    if answered.is_approximate:
        raise KeyError(what)  # a first look has no level
    topics = answered.scenario.model.headline.topics
    if what in {"levels", "differences"} and series in answer.charts:
        return _months(answer, series)
    if what == "effects":
        return effects.as_csv(answered.study)
    if what in topics:
        return tables.yearly_csv(answer.comparison, topics[what], answered.study.model.year)
    if what == "bottlenecks":
        return _bottlenecks(answer)
    if what == "flows":
        return _flows(answer)
    if what == "parts" and answered.parts:
        return _parts(answered)
    if what.startswith("line-"):
        return _line(answer, dict(enumerate(answer.lines))[int(what.removeprefix("line-"))])
    raise KeyError(what)


def _months(answer: Answer, series: str) -> str:
    compared = answer.comparison
    worlds = {"baseline": compared.baseline, "scenario": compared.reform, "difference": compared.difference()}
    return charts.csv(list(worlds.items()), series)


def _bottlenecks(answer: Answer) -> str:
    return csv_text(
        ("scenario", "month", "baseline_stage", "baseline_load", "scenario_stage", "scenario_load"),
        (
            (answer.name, a.month, a.stage, a.load, b.stage, b.load)
            for a, b in zip(answer.bottlenecks_baseline, answer.bottlenecks_reform, strict=True)
        ),
    )


def _told_from_to(answer: Answer) -> tuple[date, date]:
    """Return the first and the last day of what is told."""
    return answer.window[0], answer.effects[0].last


def _flows(answer: Answer) -> str:
    start, last = _told_from_to(answer)
    return csv_text(
        ("scenario", "from", "to", "origin", "target", "unit", "baseline_value", "scenario_value"),
        (
            (answer.name, start, last, each.origin, each.target, "case", each.baseline, each.reform)
            for each in answer.flows
        ),
    )


def _parts(answered: Answered) -> str:
    name, (start, last) = answered.answer.name, _told_from_to(answered.answer)
    return csv_text(
        ("scenario", "step", "outcome", "unit", "from", "to", "difference", "low", "high", "interval"),
        (
            (
                *(name, n, one.series.name, one.unit, start, last),
                *(one.difference, one.low, one.high, one.interval_or_why),
            )
            for n, part in enumerate(answered.parts, start=1)
            for one in part.effects
        ),
    )


def _line(answer: Answer, moved: LineMoved) -> str:
    return csv_text(
        ("scenario", "tier_before", "action_before", "tier_after", "action_after", "cases_per_year", "share"),
        (
            (answer.name, c.tier_before, c.action_before, c.tier_after, c.action_after, c.cases, c.share)
            for c in moved.crossings
        ),
    )
