"""The pages: a study laid out for the templates."""

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
from lawqueue.exports import comment
from lawqueue.models.model import Model, Topic
from lawqueue.months import first_of_next_month, named
from lawqueue.report import charts, tables
from lawqueue.report.timeline import drawing, legend
from lawqueue.study import sentences
from lawqueue.study.effects import citation
from lawqueue.study.folder import REPORT
from lawqueue.study.study import Answer, Assumption, Fit, LineMoved, Study
from lawqueue.units import in_words, written

FOLDER = "report"
"""Where the pages of single scenarios stand, beside the report of a set."""

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
    made.filters["quantity"] = numbers.quantity
    made.filters["whole"] = lambda value: numbers.quantity(value, "case")
    made.filters["counted"] = lambda unit: f", {in_words(unit)}" if in_words(unit) else ""
    made.filters["share"] = numbers.share
    made.filters["exact"] = numbers.exact
    made.filters["error"] = numbers.relative
    return made


def pages(study: Study) -> dict[str, str]:
    """
    Return the report of a study as HTML, by the name of its file.

    A set has a page for itself, and one for each scenario; of a single scenario everything stands on one page.
    """
    if len(study.answers) == 1:
        return {REPORT: page(study)}
    found = {REPORT: _opening(study, ())}
    for each in _drawn_at_once(study):
        name = each["answer"].name
        found[f"{FOLDER}/{name}.html"] = (
            environment()
            .get_template("scenario.html.j2")
            .render(
                each=each,
                sentence=sentences.of_answer(study, each["answer"]),
                title=each["answer"].title,
                kicker=_kicker(study),
                made=_made(study),
            )
        )
    return found


def page(study: Study) -> str:
    """Return the report of a study as one page, which holds everything of a single scenario."""
    return _opening(study, _drawn_at_once(study) if len(study.answers) == 1 else ())


def _drawn_at_once(study: Study) -> list[dict[str, Any]]:
    # The drawing library lets other threads run while it draws, which is nearly all the work.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(lambda each: laid_out(each, study), study.answers))


def _opening(study: Study, whole: Sequence[dict[str, Any]]) -> str:
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            study=study,
            title=study.title,
            kicker=_kicker(study),
            made=_made(study),
            cite=citation(study),
            single=whole[0] if whole else None,
            opening=sentences.opening(study),
            rows=[_row_of(each, study) for each in study.answers],
            stamps=STAMPS,
            sizes=sentences.SIZES,
            asked=(),  # what they depend on is asked afterwards, if at all
            fits=[fit(each) for each in study.fits],
            timeline=drawn(_timeline(study)) if study.timeline else "",
            timeline_says=legend(study.model),
            assumptions=[assumption(each) for each in study.assumptions],
            series=study.baseline.series,
        )
    )


def _kicker(study: Study) -> str:
    first, last = study.baseline.months[0], study.baseline.months[-1]
    return f"Lawqueue · simulated {named(first)} to {named(last)}"


def _made(study: Study) -> str:
    """Return how the numbers of a study were made, in a sentence."""
    made = study.record
    draws = written(int(made["replicates"]), "draw")
    dialled = f", deterrence {made['deterrence']}" if "deterrence" in study.model.dials else ""
    return (
        f"{draws} of each world ({made['parameters']} parameters), {numbers.share(float(made['scale']))} of the cases "
        f"simulated, seed {made['seed']}{dialled}. Numbers are means over the draws."
    )


def _row_of(answer: Answer, study: Study) -> dict[str, Any]:
    """Return the row of a scenario in the table of all."""
    row = tables.effect_row(answer.main, study)
    return row | {
        "link": f"{FOLDER}/{answer.name}.html",
        "called": f"{answer.headline.subject}{sentences.against(answer.main)}",
        "when": row["window"],
    }


def _timeline(study: Study) -> charts.Spec:
    first, last = study.baseline.months[0], study.baseline.months[-1]
    return drawing(
        study.model, [each.switch for each in study.timeline], (first, first_of_next_month(last), 720)
    )


def shown_from(answer: Answer) -> date:
    """Return the first month that charts show: a year before the change, or before the window where nothing is changed."""
    start = answer.changed_on or answer.window[0]
    return date(start.year - 1, start.month, 1)


def laid_out(answer: Answer, study: Study) -> dict[str, Any]:
    """Return an answer with its numbers in words and its charts drawn."""
    baseline, reform = answer.comparison.baseline, answer.comparison.reform
    layers = study.model.layers
    return {
        "answer": answer,
        "effects": [tables.effect_row(each, study) for each in answer.effects],
        "says_flows": sentences.of_flows(answer.flows),
        "flows": [
            (baseline.scenario, drawn(charts.flows(answer.flows, "baseline", baseline.scenario, layers))),
            (reform.scenario, drawn(charts.flows(answer.flows, "reform", reform.scenario, layers))),
        ]
        if answer.flows
        else [],
        "yearly": {key: _yearly(answer, study, topic) for key, topic in study.model.headline.topics.items()},
        "charts": [_chart(name, answer, study) for name in answer.charts],
        **bottleneck_and_lines(answer, study.model),
    }


def bottleneck_and_lines(answer: Answer, model: Model) -> dict[str, Any]:
    """Return where it was tightest, and who crosses the lines that are moved: what has no level of an outcome."""
    since = shown_from(answer)
    before, after = (
        [each for each in found if each.month >= since] or found
        for found in (answer.bottlenecks_baseline, answer.bottlenecks_reform)
    )
    return {
        "bottleneck": _bottleneck_text(answer),
        "strip": drawn(
            charts.bottlenecks(
                before, after, model.coloured or [each.stage for each in answer.loads], answer.changed_on
            )
        ),
        "lines": [
            {
                "moved": each,
                "called": _called(each, answer.lines),
                "picture": drawn(charts.line_moved(each)),
                "crossing": numbers.share(sum(pair.share for pair in each.crossings if pair.crosses)),
            }
            for each in answer.lines
        ],
    }


def _called(line: LineMoved, among: Sequence[LineMoved]) -> str:
    """Name a line by its guidelines, and by its day if the same two meet on several."""
    pairs = [(each.before, each.after) for each in among]
    pair = f"{line.before} to {line.after}"
    return pair if pairs.count((line.before, line.after)) == 1 else f"{pair}, {line.on}"


def _yearly(answer: Answer, study: Study, topic: Topic) -> dict[str, Any]:
    found = tables.by_year(answer, study, topic, shown_from(answer))
    numbers_of_it = headed(study, f"{answer.name}, {topic.heading}") + tables.yearly_csv(
        answer.comparison, topic, study.model.year
    )
    first = answer.comparison.effect(topic.names[0], *answer.window)
    return found | {
        "picture": drawn(found["picture"]) if found["picture"] else "",
        "csv": _as_address(numbers_of_it),
        "says": f"{upper(sentences.of_effect(first))}.",
    }


def headed(study: Study, what: str) -> str:
    """Return the first line of a CSV file: what it holds, and how it was made."""
    return comment(what, _made(study).rstrip("."))


def upper(sentence: str) -> str:
    """Return a sentence with a capital at its beginning."""
    return sentence[:1].upper() + sentence[1:]


def _as_address(csv: str) -> str:
    """Return CSV as an address that holds it, so that the page needs no other file."""
    return "data:text/csv;charset=utf-8," + quote(csv)


def _bottleneck_text(answer: Answer) -> str:
    """Tell in how many months of the window which stages were full, as the strip shows it, or which was most loaded."""
    start, end = answer.window
    months = sum(start <= each < end for each in answer.comparison.reform.months)
    span = (
        f"the {months} months from {named(start)} to {named(answer.main.last)}"
        if months > 1
        else named(start)
    )
    full = sorted(
        (each for each in answer.loads if each.full or each.full_baseline), key=lambda each: -each.full
    )
    if not full:
        most = max(answer.loads, key=lambda each: each.mean)
        return f"No stage was full in any month of {span}; the most loaded was {most.stage}, at {numbers.share(most.mean)} on average."
    told = ", ".join(f"{each.stage} in {each.full} (baseline {each.full_baseline})" for each in full)
    return f"Of {span}, full, with no slack left: {told}."


def _chart(name: str, answer: Answer, study: Study) -> dict[str, Any]:
    comparison, since = answer.comparison, shown_from(answer)
    baseline, reform = comparison.baseline, comparison.reform
    difference, observed = comparison.difference(), study.observed.get(name)
    worlds = [("baseline", baseline), ("scenario", reform), ("difference", difference)]
    effect = comparison.effect(name, *answer.window)
    levels = charts.levels(baseline.since(since), reform.since(since), name, observed, answer.changed_on)
    head = headed(study, f"{answer.name}, {name} by month")
    return {
        "about": effect.series,
        "year": study.model.year,
        "levels": drawn(levels),
        "differences": drawn(charts.differences(difference.since(since), name, answer.changed_on)),
        "csv": _as_address(head + charts.csv([(world, each.since(since)) for world, each in worlds], name)),
        "file": f"{reform.scenario}-{name}.csv",
        "says": f"{upper(sentences.of_effect(effect))}.",
        "says_level": f"{sentences.of_level(effect, study.beside(name, *answer.window))}.",
        "observed": observed,
        "mean_of": charts.drawn_as_mean(observed, baseline.since(since).months),
        "years": tables.series_by_year(name, answer, study),
    }


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
