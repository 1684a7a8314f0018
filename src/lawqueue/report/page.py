"""The page: a study laid out for the template."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lawqueue import numbers
from lawqueue.engine.resolution import NOT_RESOLVED
from lawqueue.models.cube import Results, interval
from lawqueue.months import first_of_next_month, named
from lawqueue.report import charts, tables
from lawqueue.report.timeline import drawing
from lawqueue.study.compare import Effect
from lawqueue.study.study import Answer, Assumption, Fit, LineMoved, Observed, Study

STAMPS = {
    "data": "published figures, fed in",
    "assumed": "an assumption, with a range",
    "fitted": "fitted to published figures",
    "emergent": "came out of the simulation",
}


def environment(*folders: Path) -> Environment:
    """Return what fills templates in `folders`, then in the report's, with the filters that they use."""
    made = Environment(
        loader=FileSystemLoader([*folders, Path(__file__).parent]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["linked"] = _linked
    made.filters["named"] = named
    made.filters["number"] = numbers.number
    made.filters["share"] = numbers.share
    made.filters["exact"] = numbers.exact
    made.filters["error"] = numbers.relative
    return made


def page(study: Study) -> str:
    """Return the report of a study as HTML."""
    # The drawing library lets other threads run while it draws, which is nearly all the work.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        answers = list(threads.map(lambda each: laid_out(each, study), study.answers))
    return (
        environment()
        .get_template("template.html.j2")
        .render(
            study=study,
            stamps=STAMPS,
            answers=answers,
            asked=(),  # what they depend on is asked afterwards, if at all
            fits=[fit(each) for each in study.fits],
            timeline=drawn(_timeline(study)) if study.timeline else "",
            assumptions=[assumption(each) for each in study.assumptions],
            series=study.baseline.series,
            first=study.baseline.months[0],
            last=study.baseline.months[-1],
        )
    )


def _timeline(study: Study) -> charts.Spec:
    first, last = study.baseline.months[0], study.baseline.months[-1]
    return drawing(
        study.model, [each.switch for each in study.timeline], (first, first_of_next_month(last), 720)
    )


def laid_out(answer: Answer, study: Study) -> dict[str, Any]:
    """Return an answer with its numbers in words and its charts drawn."""
    baseline, reform = answer.comparison.baseline, answer.comparison.reform
    difference = answer.comparison.difference()
    return {
        "answer": answer,
        "effects": [effect_row(each) for each in answer.effects],
        "bottleneck": _bottleneck_text(answer),
        "strip": drawn(charts.bottlenecks(answer.bottlenecks_baseline, answer.bottlenecks_reform)),
        "flows": [
            (baseline.scenario, drawn(charts.flows(answer.flows, "baseline", baseline.scenario))),
            (reform.scenario, drawn(charts.flows(answer.flows, "reform", reform.scenario))),
        ],
        "lines": [
            {
                "moved": each,
                "called": _called(each, answer.lines),
                "picture": drawn(charts.line_moved(each)),
                "crossing": numbers.share(sum(pair.share for pair in each.crossings if pair.crosses)),
            }
            for each in answer.lines
        ],
        "yearly": {key: _yearly(answer, topic) for key, topic in tables.TOPICS.items()},
        "charts": [
            _chart(name, baseline, reform, difference, study.observed.get(name)) for name in answer.charts
        ],
    }


def _called(line: LineMoved, among: Sequence[LineMoved]) -> str:
    """Name a line by its guidelines, and by its day if the same two meet on several."""
    pairs = [(each.before, each.after) for each in among]
    pair = f"{line.before} to {line.after}"
    return pair if pairs.count((line.before, line.after)) == 1 else f"{pair}, {line.on}"


def _yearly(answer: Answer, topic: tables.Topic) -> dict[str, Any]:
    comparison = answer.comparison
    found = tables.by_year(comparison, topic)
    numbers_of_it = tables.yearly_csv(comparison, topic)
    return found | {"picture": drawn(found["picture"]), "csv": _as_address(numbers_of_it)}


def _as_address(csv: str) -> str:
    """Return CSV as an address that holds it, so that the page needs no other file."""
    return "data:text/csv;charset=utf-8," + quote(csv)


def effect_row(effect: Effect) -> dict[str, Any]:
    """Return an effect with its numbers in words."""
    unit = effect.series.unit
    return {
        "series": effect.series,
        "unit": effect.unit,
        "window": f"{named(effect.start, short=True)} – {named(effect.last, short=True)}",
        "baseline": numbers.quantity(effect.baseline, unit),
        "reform": numbers.quantity(effect.reform, unit),
        "difference": numbers.signed(effect.difference, unit),
        "interval": numbers.between(effect.low, effect.high, unit, sign=True),
        "interval_name": effect.interval,
        "relative": numbers.EMPTY if unit == "/1" else numbers.relative(effect.relative),
        "verdict": effect.verdict,
    }


def _bottleneck_text(answer: Answer) -> str:
    """Name the stages that have more work than they can do, or the most loaded one, with their loads."""
    full = sorted((each for each in answer.loads if each[2] >= 1), key=lambda each: -each[2])
    if not full:
        name, _, load = max(answer.loads, key=lambda each: each[2])
        return (
            f"No stage had more work than it could do; the most loaded was {name}, at {numbers.share(load)}."
        )
    words = ", ".join(
        f"{name} {numbers.number(load)}"
        + ("" if abs(load - before) < 0.05 else f" (baseline {numbers.number(before)})")
        for name, before, load in full
    )
    return f"Work that came, over work that could be done: {words}."


def _chart(
    name: str, baseline: Results, reform: Results, difference: Results, observed: Observed | None
) -> dict[str, Any]:
    about = baseline.about(name)
    worlds = [(baseline.scenario, baseline), (reform.scenario, reform), ("difference", difference)]
    return {
        "about": about,
        "levels": drawn(charts.levels(baseline, reform, name, observed)),
        "differences": drawn(charts.differences(difference, name)),
        "csv": _as_address(charts.csv(worlds, name)),
        "file": f"{reform.scenario}-{name}.csv",
        "interval": interval(baseline.of(name)).name,
        "observed": observed,
        "by_year": charts.drawn_by_year(observed, about.kind),
        "years": _years(name, baseline, reform, observed),
    }


def _years(name: str, baseline: Results, reform: Results, observed: Observed | None) -> list[dict[str, str]]:
    """Return the table under a chart: fiscal years, and published figures where there are any."""
    about = baseline.about(name)
    rows = []
    for year, start, end in charts.fiscal_years(baseline.months):
        count = charts.months_in(baseline.months, start, end)
        whole = count == charts.YEAR_OF_MONTHS
        before, after = baseline.total(name, start, end), reform.total(name, start, end)
        known = [world.is_resolved(name, start, end) for world in (baseline, reform)]
        rows.append(
            {
                "year": f"FY{year}" if whole else f"FY{year}, {count} of 12 months",
                "baseline": numbers.quantity(float(before.mean()), about.unit) if known[0] else NOT_RESOLVED,
                "reform": numbers.quantity(float(after.mean()), about.unit) if known[1] else NOT_RESOLVED,
                "difference": numbers.signed(float((after - before).mean()), about.unit)
                if all(known)
                else NOT_RESOLVED,
                "published": numbers.exact(_published(observed, year, about.kind), about.unit)
                if observed and whole  # a part of a year is not held against a whole one
                else numbers.EMPTY,
            }
        )
    return rows


def _published(observed: Observed, year: int, kind: str) -> float | None:
    start, end = date(year - 1, 10, 1), date(year, 9, 30)
    for first, last, value in observed.points:
        if (first, last) == (start, end):
            return value
    months = [
        value
        for first, last, value in observed.points
        if start <= first and last <= end and (last - first).days < 32
    ]
    if len(months) == 12:
        return sum(months) if kind == "flow" else sum(months) / 12
    return None


def drawn(spec: charts.Spec) -> Markup:
    """Return the drawing of a chart, to stand in a page."""
    return Markup(charts.svg(spec))  # noqa: S704  # the drawing library escapes the words in it


def fit(shown: Fit) -> dict[str, Any]:
    """Return a fit with its chart drawn."""
    return {"fit": shown, "svg": drawn(charts.fit(shown))}


def assumption(row: Assumption) -> dict[str, Any]:
    """Return an assumption with its numbers in words, and its link if that leads to the web."""
    spread = numbers.EMPTY if row.low is None else f"{numbers.number(row.low)} – {numbers.number(row.high)}"
    # An address in a parameter file could be any scheme; only the web is a link.
    link = row.link if row.link and row.link.startswith(("https://", "http://")) else None
    return {"row": row, "link": link, "value": numbers.number(row.value), "range": spread}


def _linked(text: str) -> Markup:
    """Turn the first address into a link; everything else is text."""
    found = re.search(r"https?://[^\s<>\"]+", text)
    if found is None:
        return Markup("{}").format(text)
    address = found[0].rstrip(".,;:")
    if address.endswith(")") and "(" not in address:
        address = address[:-1]
    rest = text[found.start() + len(address) :]
    return Markup('{}<a href="{}">{}</a>{}').format(
        text[: found.start()], address, address.split("/")[2], rest
    )
