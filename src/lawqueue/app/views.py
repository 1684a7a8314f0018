"""What the templates show: numbers in words, tables as rows, charts as drawings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment

from lawqueue import numbers
from lawqueue.app import document, shelf, state
from lawqueue.app.levers import levers, view
from lawqueue.app.shelf import packaged, reference
from lawqueue.app.state import State
from lawqueue.app.work import MOST_STEPS, Answered
from lawqueue.models.cube import Results, Series
from lawqueue.models.model import Model
from lawqueue.months import named
from lawqueue.report import charts, tables
from lawqueue.report.page import (
    STAMPS,
    bottleneck_and_lines,
    drawn,
    environment,
    laid_out,
    shown_from,
)
from lawqueue.rules import ParameterBook
from lawqueue.study import sentences
from lawqueue.study.answer import describe
from lawqueue.study.compare import Effect, shares_of
from lawqueue.study.library import in_order, loaded, said, sets
from lawqueue.study.moves import moved
from lawqueue.study.scenario import HISTORY, Scenario
from lawqueue.study.simulate import Settings
from lawqueue.study.study import Answer, Study
from lawqueue.units import in_words

FOLDER = Path(__file__).parent


@cache
def templates() -> Environment:
    """Return what fills the templates of the pages."""
    made = environment(FOLDER / "templates")
    made.globals["stamps"] = STAMPS
    made.globals |= {"models": shelf.models, "reference": shelf.reference}
    made.filters["plain"] = plain
    return made


def rendered(template: str, **context: Any) -> str:
    """Return a template, filled."""
    return templates().get_template(template).render(**context)


def plain(number: float) -> str:
    """
    Return a number as a field of a form holds it.

    Examples
    --------
    >>> plain(0.5), plain(55500.0)
    ('0.5', '55500')
    """
    return str(document.tidy(number))


# --- the headline ---------------------------------------------------------------------------------------


def question(asked: State) -> dict[str, Any]:
    """Return what is asked, and what is changed to answer it."""
    scenario = asked.scenario
    return {"text": scenario.text, "claim": said(scenario), "changed": describe(scenario, asked.history)}


def headline(answered: Answered) -> dict[str, Any]:
    """Return the answer in a sentence and in cards; of a first look in per cent alone."""
    answer, study = answered.answer, answered.study
    row = in_per_cent if answered.is_approximate else _row
    return {
        "answered": answered,
        "answer": answer,
        "model": study.model,
        "made": made(answered),
        "sentence": None if answered.is_approximate else sentences.of_answer(study, answer),
        "cards": [row(each, study) | _drawn_as(each) for each in answer.effects[:4]],
    }


def in_per_cent(effect: Effect, _: Study) -> dict[str, Any]:
    """
    Return an effect without a level: the difference and its interval in per cent of the baseline.

    A first look is too rough for a level, and must not look as if it had one. A share keeps its points.
    """
    if effect.series.unit == "/1":
        unit, change, low, high = "/1", effect.difference, effect.low, effect.high
    else:
        change = math.nan if effect.relative is None else effect.relative
        unit, low, high = "%", effect.relative_low, effect.relative_high
    written = numbers.signed if unit == "/1" else lambda value, _: numbers.relative(value)
    ends = [written(each, unit) for each in (low, high)]
    return {
        "series": effect.series,
        "change": written(change, unit),
        "interval": numbers.EMPTY if numbers.EMPTY in ends else " to ".join(ends),
        "interval_name": effect.interval,
        "verdict": effect.verdict or ("" if math.isfinite(change) else "none in the baseline: run in full"),
        "window": tables.span_of(effect),
    }


def _row(effect: Effect, study: Study) -> dict[str, Any]:
    """Return an effect with its levels, and what stands beside them in a sentence."""
    row = tables.effect_row(effect, study)
    found = study.beside(effect.series.name, effect.start, effect.end)
    unit = effect.series.unit
    # Dollars and shares carry their sign with the number.
    words = "" if unit in {"USD", "/1"} else in_words(effect.unit, effect.reform)
    return row | {
        "unit": words,
        "known": "" if found is None else sentences.beside_in_words(found, unit),
        "far": sentences.level(found),
    }


def made(answered: Answered) -> str:
    """Say how an answer was made."""
    return made_of(answered.settings)


def made_of(run: Settings | State) -> str:
    """Say how a run is made."""
    share = "every case" if run.scale == 1 else f"1 case in {1 / run.scale:.3g}"
    many = "1 replicate" if run.replicates == 1 else f"{run.replicates} replicates"
    turned = "" if run.deterrence == "off" else f", deterrence {run.deterrence}"
    return f"{share}, {many}, seed {run.seed}{turned}"


def _drawn_as(effect: Effect) -> dict[str, Any]:
    """Return when an effect is, and in which direction its arrow points."""
    last = effect.last
    when = {
        "flow": f"total, {tables.span_of(effect)}",
        "stock": f"on {last.day} {named(last)}",
    }.get(effect.series.kind, f"mean, {tables.span_of(effect)}")
    finite = math.isfinite(effect.difference)
    # What rounds to nothing has no arrow.
    same = not finite or (
        numbers.is_nothing(effect.difference, effect.series.unit)
        and numbers.is_nothing(effect.relative or 0.0, "/1")
    )
    direction = "same" if same else "up" if effect.difference > 0 else "down"
    return {"when": when, "direction": direction, "finite": finite}


# --- the charts and tables ------------------------------------------------------------------------------


def detail(answered: Answered, files: str) -> dict[str, Any]:
    """
    Return everything under the headline, with its charts drawn.

    Parameters
    ----------
    answered
        The answer.
    files
        The address from which its files are fetched.
    """
    answer, study = answered.answer, answered.study
    rough = answered.is_approximate
    row = in_per_cent if rough else tables.effect_row

    def link(what: str, kind: str, series: str = "") -> str:
        return f"{files}&{urlencode({'what': what, 'as': kind, 'series': series})}"

    return {
        "answered": answered,
        "laid": rough_look(answer, study) if rough else laid_out(answer, study),
        "made": made(answered),
        "link": link,
        "parts": [
            {"name": name, "effects": [row(one, study) for one in part.effects[:4]]}
            for (name, _), part in zip(part_sizes(answered), answered.parts, strict=True)
        ],
        "parts_picture": drawn(_parts(answered)) if answered.parts and not rough else None,
        "steps": len(answered.scenario.text.changes),
        "most_steps": MOST_STEPS,
        "months": _months(answered),
        "flows": _flow_rows(answered),
        "model": answered.scenario.model,
    }


def rough_look(answer: Answer, study: Study) -> dict[str, Any]:
    """Return what a first look shows: differences in per cent, who crosses a line, and where it was tightest."""
    since = shown_from(answer)
    return {
        "answer": answer,
        "effects": [in_per_cent(each, study) for each in answer.effects],
        "charts": [
            {
                "about": answer.comparison.reform.shown(name),
                "differences": drawn(
                    _difference(answer, name, since, in_per_cent_of=answer.comparison.baseline)
                ),
            }
            for name in answer.charts
        ],
        **bottleneck_and_lines(answer, study.model),
    }


def _difference(answer: Answer, name: str, since: date, in_per_cent_of: Results | None = None) -> charts.Spec:
    """Return the chart of a difference by month, in its unit or in per cent of a world."""
    difference = answer.comparison.difference().since(since)
    unit = ""
    if in_per_cent_of is not None and difference.about(name).unit != "/1":
        levels = in_per_cent_of.since(since).of(name)
        place = [each.name for each in difference.series].index(name)
        share = difference.values.copy()
        share[:, :, place] = shares_of(share[:, :, place], levels)
        difference, unit = replace(difference, values=share), "%"
    return charts.differences(difference, name, answer.changed_on, unit)


def _parts(answered: Answered) -> charts.Spec:
    first = answered.answer.effects[0]
    return charts.parts(part_sizes(answered), first.unit, f"{first.series.title}, {in_words(first.unit)}")


def part_sizes(answered: Answered) -> list[tuple[str, float]]:
    """Return what each step adds to the first outcome: a short name, and the difference."""
    return [
        (_short(step, answered.scenario.model), part.effects[0].difference)
        for step, part in zip(document.steps(answered.scenario), answered.parts, strict=False)
    ]


def _short(step: document.Step, model: Model) -> str:
    what = [view(model, model.parameters().parameter(each.name)).label for each in step.amounts]
    rules = [step.guideline, step.switch.id if step.switch else None, step.statute]
    return f"{step.place + 1}. {', '.join([*filter(None, rules), *what])}"


def _months(answered: Answered) -> list[dict[str, str]]:
    before, after = answered.answer.bottlenecks_baseline, answered.answer.bottlenecks_reform
    return [
        {
            "month": named(a.month, short=True),
            "baseline": a.stage,
            "baseline_load": numbers.number(a.load),
            "scenario": b.stage,
            "scenario_load": numbers.number(b.load),
        }
        for a, b in zip(before, after, strict=True)
    ]


def _flow_rows(answered: Answered) -> list[dict[str, str]]:
    found = sorted(answered.answer.flows, key=lambda each: -each.baseline)
    return [
        {
            "origin": each.origin,
            "target": each.target,
            "baseline": numbers.quantity(each.baseline, "case"),
            "scenario": numbers.quantity(each.reform, "case"),
            "difference": numbers.signed(each.reform - each.baseline, "case"),
        }
        for each in found
        if each.baseline or each.reform
    ]


def _coloured(answered: Answered) -> Sequence[str]:
    """Return the stages in the order in which they take their colours."""
    return answered.scenario.model.coloured or [each.stage for each in answered.answer.loads]


# --- the levers -----------------------------------------------------------------------------------------


def panel(scenario: Scenario, history: ParameterBook) -> dict[str, Any]:
    """Return the steps of a scenario as fields, and what can be added to them."""
    model = scenario.model
    every = model.catalogue.all()
    used = {amount.name for step in document.steps(scenario) for amount in step.amounts}
    day = document.first_day(scenario)
    return {
        "steps": [_step(each, scenario, history) for each in document.steps(scenario)],
        "topics": {
            topic: [
                {
                    "lever": each,
                    "value": numbers.number(each.history(day)),
                    "basis": each.origin(day)[0],
                    "used": each.name in used,
                }
                for each in group
            ]
            for topic, group in levers(model, history).items()
        },
        "day": day,
        "model": model,
        "reforms": questions(model),
        "guidelines": tuple(model.guidelines()),
        "switches": [
            each
            for each in model.timeline().between(scenario.start, scenario.end)
            if moved(model, each, None, "")
        ],
        "scenario": scenario,
        "shown": [each for each in every if each.name in scenario.text.outcomes],
        "hidden": _topics([each for each in every if each.name not in scenario.text.outcomes]),
    }


def _topics(series: Sequence[Series]) -> dict[str, list[Series]]:
    found: dict[str, list[Series]] = {}
    for each in series:
        found.setdefault(each.topic, []).append(each)
    return found


def _step(step: document.Step, scenario: Scenario, history: ParameterBook) -> dict[str, Any]:
    return {
        "step": step,
        "first": scenario.start,
        "last": scenario.text.end,
        "amounts": _amounts(step, scenario, history),
    }


def histories(scenario: Scenario, history: ParameterBook) -> dict[str, str]:
    """Return, by the id of its place on the page, what each moved parameter was in history on the day of its step."""
    return {
        f"history-{a['id']}": rendered("history.html.j2", at=step.at, a=a)
        for step in document.steps(scenario)
        for a in _amounts(step, scenario, history)
    }


def _amounts(step: document.Step, scenario: Scenario, history: ParameterBook) -> list[dict[str, Any]]:
    day = step.at or scenario.start
    return [
        {"id": f"{step.place}-{each.name.replace('.', '-')}", **_amount(each, day, scenario.model, history)}
        for each in step.amounts
    ]


def _amount(amount: document.Amount, day: date, model: Model, history: ParameterBook) -> dict[str, Any]:
    lever = view(model, history.parameter(amount.name))
    reach = lever.reach(amount.operation)
    basis, source = lever.origin(day)
    return {
        "amount": amount,
        "lever": lever,
        "low": None if reach is None else min(reach.low, amount.number),
        "high": None if reach is None else max(reach.high, amount.number),
        "step": None if reach is None else reach.step,
        "unit": {"multiply": "× history", "add": f"more or less, {lever.unit}"}.get(
            amount.operation, lever.unit
        ),
        "history": numbers.number(lever.history(day)),
        "basis": basis,
        "source": source,
    }


@cache
def questions(model: Model) -> dict[str, list[tuple[str, str]]]:
    """
    Return name and title of the questions that come with a model, under the heading of their set, statements first.

    Raises
    ------
    InputError
        If a file of them has faults.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for folder in sets(model):
        paths = in_order(folder)
        for path, scenario in zip(paths, loaded(paths), strict=True):
            numbered = ", ".join(str(each) for each in scenario.text.statement)
            title = f"{scenario.text.title} (statement {numbered})" if numbered else scenario.text.title
            heading = packaged(model)[path.stem].heading
            found.setdefault(heading, []).append((path.stem, title))
    return found


def take(asked: State, answered: Answered | None, files: str) -> dict[str, Any]:
    """Return what a user can take away: files, a link, and how to make the numbers again."""
    scenario = asked.scenario
    file = document.file_name(scenario)
    return {
        "files": files if answered is not None and not answered.is_approximate else "",
        "scenario_link": f"{files}&what=scenario&as=yaml",
        "query": state.to_query(asked),
        "is_packaged": asked.packaged is not None,
        "beside": None if reference(scenario.model) == scenario.model.name else scenario.model.folder.name,
        "baseline": scenario.text.baseline if asked.packaged is None else HISTORY,
        "command": state.command(asked, file),
        "snippet": state.snippet(asked, file),
        "record": answered.study.record if answered is not None else {},
        "most": document.MOST,
        "text": asked.text,
    }


# --- files ----------------------------------------------------------------------------------------------


def note(answered: Answered) -> str:
    """Say on a picture where it comes from."""
    about = "Approximate: " if answered.is_approximate else ""
    return f"{about}Lawqueue, scenario {answered.scenario.name} against {answered.answer.comparison.baseline.scenario}; {made(answered)}."


def chart(answered: Answered, what: str, series: str) -> tuple[charts.Spec, str]:
    """
    Return the chart of an answer that a file is made of, and its heading.

    Raises
    ------
    KeyError
        If there is no such chart.
    """
    answer = answered.answer
    baseline, reform = answer.comparison.baseline, answer.comparison.reform
    since, changed = shown_from(answer), answer.changed_on
    if what == "differences" and series in answer.charts:
        of = baseline if answered.is_approximate else None
        return _difference(
            answer, series, since, of
        ), f"{baseline.about(series).title}: scenario minus baseline"
    if what == "bottlenecks":
        strip = charts.bottlenecks(
            answer.bottlenecks_baseline, answer.bottlenecks_reform, _coloured(answered), changed
        )
        return strip, "The most loaded stage of each month"
    if answered.is_approximate and not what.startswith("line-"):
        raise KeyError(what)  # a first look has no level
    if what == "levels":
        if series not in answer.charts:
            raise KeyError(series)
        worlds = baseline.since(since), reform.since(since)
        return charts.levels(*worlds, series, answered.study.observed.get(series), changed), baseline.about(
            series
        ).title
    layers = answered.scenario.model.layers if answer.flows else {}
    if what == "flows-baseline" and layers:
        return charts.flows(answer.flows, "baseline", baseline.scenario, layers), "Where cases went, baseline"
    if what == "flows-scenario" and layers:
        return charts.flows(answer.flows, "reform", reform.scenario, layers), "Where cases went, scenario"
    if what in (topics := answered.scenario.model.headline.topics):
        topic = topics[what]
        picture = tables.picture(answer.comparison, topic, since, answered.study.model.year)
        if picture is None:
            raise KeyError(what)
        return picture, f"{topic.heading} by {answered.study.model.year.words}"
    if what == "parts" and answered.parts:
        return _parts(answered), "What each step adds"
    moved = (
        dict(enumerate(answer.lines))[int(what.removeprefix("line-"))] if what.startswith("line-") else None
    )
    if moved is not None:
        return charts.line_moved(moved), f"Who crosses the line from {moved.before} to {moved.after}"
    raise KeyError(what)
