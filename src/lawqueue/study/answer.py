"""Answers made of outcomes: effects, bottlenecks, flows, the fit of the seed event, and the assumptions behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from lawqueue import numbers
from lawqueue.models.cube import NO_INTERVAL, Results, interval
from lawqueue.models.model import Model
from lawqueue.models.observed import RECALLED
from lawqueue.months import first_of_next_month, last_of_month, named
from lawqueue.rules import Change, ParameterBook
from lawqueue.rules.parameter import Parameter
from lawqueue.study.beside import BOUND, Observed, Point
from lawqueue.study.compare import Comparison
from lawqueue.study.deterrence import meaning
from lawqueue.study.ensemble import is_open
from lawqueue.study.library import headline, said, statements
from lawqueue.study.moves import GuidelineChange
from lawqueue.study.record import ensemble_is_outdated
from lawqueue.study.resting import BINDS, resting
from lawqueue.study.scenario import Scenario, acts_from, overlaid
from lawqueue.study.simulate import Laboratory, Outcome, Settings
from lawqueue.study.steps import Laid, idle, laid
from lawqueue.study.study import (
    Answer,
    Assumption,
    Bottleneck,
    Bound,
    Fit,
    FitRow,
    Flow,
    LineMoved,
    Loaded,
    Study,
    SwitchInRun,
)
from lawqueue.units import written

AT_ONCE = timedelta(days=62)
"""Within this time after the first change a difference is no surprise."""

A_WHILE = timedelta(days=270)
"""As long before the months of the headline begins a run that shows them."""

OUTDATED = (
    "The ensemble was made from other parameters, rules or published figures than these: its draws are of an older model. "
    "Run lawqueue calibrate, or use --parameters central."
)

HELD = {
    "ensemble": "It holds what the parameters leave open and chance, not what the structure of the model may have wrong.",
    "central": "It holds chance alone; run with --parameters ensemble to see what the parameters leave open.",
    "none": "It holds chance alone: no parameter sets that agree with what was published were made for this model, so that all runs have the written values.",
}
"""What an interval holds, in a few words."""

INTERVALS = {
    "ensemble": "Each replicate has parameters and random numbers of its own, the same in the scenario and in its baseline: intervals carry what the parameters leave open and the Monte Carlo spread. They do not carry what the structure of the model may have wrong; lawqueue backtest shows how far off it was.",
    "central": "Intervals are Monte Carlo only: the spread over replicates with all parameters held at their written values. What the parameters leave open is wider; run with --parameters ensemble to see it.",
}
"""What an interval holds, by where the parameters come from."""


def outdated(model: Model, settings: Settings) -> tuple[str, ...]:
    """Return what must be said of an ensemble that was made from other files, if it is used and if it was."""
    return (OUTDATED,) if settings.of(model).parameters == "ensemble" and ensemble_is_outdated(model) else ()


def dialled(model: Model, settings: Settings) -> tuple[str, ...]:
    """Return what must be said first of a run whose arrivals answer to policy."""
    return () if settings.deterrence == "off" else (meaning(model, settings.deterrence),)


def limits(model: Model, settings: Settings) -> tuple[str, ...]:
    """Return what the model cannot say, and must not be used for."""
    return outdated(model, settings) + tuple(
        each.format(
            intervals=INTERVALS[settings.of(model).parameters], deterrence=meaning(model, settings.deterrence)
        )
        for each in model.limits
    )


def short_limits(study: Study, settings: Settings) -> tuple[str, ...]:
    """Return the limits in five lines, with how many levels of the answers are far off."""
    shown = {(one.series.name, one.start, one.end) for each in study.answers for one in each.effects}
    every = [study.beside(*each) for each in sorted(shown)]
    known = [each for each in every if each is not None and each.error is not None]
    far = sum(each.is_far for each in known)
    levels = (
        f"Of the levels beside which a figure was published, {far} of {len(known)} are more than {100 * BOUND:.0f} % off."
        if known
        else "Nothing was published beside the levels shown here."
    )
    held = study.answers[0].effects[0].interval
    filled = {
        "levels": levels,
        "interval": "One run has no interval."
        if held == NO_INTERVAL
        else f"Beside each difference stands its {held}.",
        "held": "" if held == NO_INTERVAL else HELD[settings.parameters if is_open(study.model) else "none"],
        "deterrence": meaning(study.model, settings.deterrence),
    }
    return tuple(each.format(**filled) for each in study.model.short_limits)


def loads(outcome: Outcome) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """
    Return the names of the stages, and their loads by month, shape (n_stages, n_months).

    A load is the median over the draws: a stage is full where it is so in half of them, however much too much comes in some.
    """
    loaded = [part.loads for part in outcome.parts]
    # A stage without any staff has an infinite load; 99 stands for it on paper.
    values = np.nan_to_num([[each.load for each in part] for part in loaded], nan=0.0, posinf=99.0)
    return tuple(each.name for each in loaded[0]), np.median(np.minimum(values, 99.0), axis=0)


def bottlenecks(outcome: Outcome) -> tuple[Bottleneck, ...]:
    """Return the most loaded stage of each month; `none` where nothing is loaded to the brim."""
    names, values = loads(outcome)
    worst = values.argmax(axis=0)
    return tuple(
        Bottleneck(month, names[int(place)] if values[place, i] >= BINDS else "none", float(values[place, i]))
        for i, (month, place) in enumerate(zip(outcome.results.months, worst, strict=True))
    )


def bound(outcome: Outcome) -> tuple[Bound, ...]:
    """Return when each stage bound."""
    names, values = loads(outcome)
    months = np.array(outcome.results.months)
    return tuple(
        Bound(name, tuple(months[load >= BINDS].tolist())) for name, load in zip(names, values, strict=True)
    )


def describe(scenario: Scenario, parameters: ParameterBook) -> tuple[str, ...]:
    """Return one sentence for each change of a scenario: switches first, then rules, then numbers, then notes."""
    every = laid(scenario, parameters)
    told = [
        *_switches_moved(scenario),
        *(_rule_changed(each) for each in every if not isinstance(each.change, Change)),
        *(
            _number_changed(each, each.change, parameters.parameter(each.change.name))
            for each in every
            if isinstance(each.change, Change)
        ),
        *(each.note for each in scenario.text.changes if each.note),
    ]
    return tuple(told) or ("Nothing is changed.",)


def _switches_moved(scenario: Scenario) -> Iterator[str]:
    for each in scenario.text.changes:
        if named := each.move or each.remove:
            switch = scenario.model.timeline()[named]
            when = f"comes on {each.at}" if each.at else "never comes"
            yield f"The switch {named} of {switch.shown_date} {when}. It was: {switch.what}"


def _rule_changed(step: Laid) -> str:
    change = step.change
    assert not isinstance(change, Change)
    span = f"From {change.at}{f' until {change.until}' if change.until else ''}"
    if isinstance(change, GuidelineChange):
        places = {each.place for each in change.guideline.in_force} - {None}
        where = f", which was written for {' and '.join(sorted(map(str, places)))} alone" if places else ""
        return f"{span}: {step.what} is {change.guideline.id}{where}{_taken(step)}."
    function, topic = (part.replace("_", " ") for part in change.question)
    there = step.before[step.on(change.at)]
    instead = f" instead of {there}" if there else ""
    now = change.statute.id if change.statute else "no statute"
    return f"{span}: {function}, {topic}: {now} is in force{instead}{_taken(step)}."


def _number_changed(step: Laid, change: Change, about: Parameter) -> str:
    """Tell a change of a number from what was there before it to what it makes of that, as they are in the run."""
    first, complete = step.on(change.at), step.on(change.at + timedelta(days=change.ramp_days))
    before, after = float(step.before[first]), float(step.after[complete])
    number = change.number
    words = {
        "set": f"set to {written(number, about.unit)}",
        "multiply": f"multiplied by {written(number)}",
        "add": f"{'raised' if number >= 0 else 'lowered'} by {written(abs(number), about.unit)}",
    }[change.operation]
    until = f" until {change.until}" if change.until else ""
    ramp = f", over {written(change.ramp_days, 'day')}" if change.ramp_days else ""
    the_day_before = float(step.before[max(first - 1, 0)])
    other = "" if the_day_before == before else f" ({written(the_day_before, about.unit)} the day before)"
    to = "" if change.operation == "set" else f" to {written(after, about.unit)}"
    return (
        f"From {change.at}{until}{ramp}: {about.description.rstrip('.')} ({change.name}) {words}, "
        f"from {written(before, about.unit)}{other}{to}{_taken(step)}."
    )


def _taken(step: Laid) -> str:
    """Say from when on other steps take the place of one."""
    return "".join(f"; step {place + 1} takes its place from {day}" for place, day in step.taken_by)


def late(scenario: Scenario) -> tuple[str, ...]:
    """Return one sentence for each change that first acts some time after it is made, or after the run."""
    told = []
    model, history = scenario.model, scenario.model.parameters()
    book = overlaid(scenario, history)
    before = overlaid(scenario.baseline, history) if scenario.baseline else history
    for each in (change for change in scenario.own if isinstance(change, Change)):
        first = acts_from(each, before, book, model.delayed)
        before = before.changed(each)
        if first is None or first <= each.at:
            continue
        what, delay = (_labelled(model, name) for name in (each.name, model.delayed[each.name]))
        days = written((first - each.at).days, "day")
        lag = f"{what}, changed on {each.at}, first acts on {first}, {days} later."
        if each.until is not None and each.until <= first:
            told.append(
                f"{lag} The change ends on {each.until}, so it never acts. "
                f"To see it act, end it later ('until'), or lower {delay}."
            )
        elif first >= scenario.end:
            longer = (
                "let the run end later ('to')" if first <= model.known.last else "change it earlier ('at')"
            )
            told.append(
                f"{lag} The run ends on {scenario.last}, so nothing of it is in these numbers. "
                f"To see it act, {longer}, or lower {delay}."
            )
        else:
            acting = written((scenario.end - first).days, "day")
            told.append(f"{lag} The run ends on {scenario.last}: it acts in the last {acting} of it alone.")
    return tuple(told)


def _labelled(model: Model, name: str) -> str:
    lever = model.parameters().parameter(name).lever
    return f"{lever.label} ({name})" if lever else name


def _without_effect(scenario: Scenario, comparison: Comparison) -> tuple[str, ...]:
    """Return a sentence on what the changes have no effect on: the whole run, or its months before some later one."""
    first = comparison.first_month()
    if scenario.own and first is None:
        return (
            "Nothing in the run differs from the baseline: what is changed is the same there, or meets no case.",
        )
    changed = max(scenario.start, min((each.at for each in scenario.own), default=scenario.start))
    if first is not None and first - changed > AT_ONCE:
        return (f"Nothing in the run differs from the baseline before {named(first)}.",)
    return ()


def _flows(outcome: Outcome, first: int, last: int) -> dict[tuple[str, str], float]:
    """Return cases from stage to stage in months [first, last): the mean over the parts, which are of one size."""
    flows = [part.flows for part in outcome.parts]
    return {ends: float(np.mean([each[ends][first:last].sum() for each in flows])) for ends in flows[0]}


def lines_moved(scenario: Scenario, baseline: Outcome) -> tuple[LineMoved, ...]:
    """Return, for each guideline that a scenario itself switches, who crosses the line."""
    found: list[LineMoved] = []
    model, among = scenario.model, scenario.model.population
    if among is None:
        return ()
    for switch in scenario.own:
        if not isinstance(switch, GuidelineChange):
            continue
        start, end = max(switch.at, scenario.start), min(switch.until or scenario.end, scenario.end)
        # Against each guideline that the baseline has in these days.
        for begun, ended, before in baseline.world.calendar:
            if begun < end and start < ended and before.id != switch.guideline.id:
                pairs = tuple(model.crossings(before, switch.guideline, among.on))
                on = max(begun, start)
                found.append(LineMoved(before.id, switch.guideline.id, on, among, pairs))
    return tuple(found)


def answer(scenario: Scenario, laboratory: Laboratory) -> Answer:
    """Run a scenario and its baseline, and return the answer."""
    before, after = laboratory.baseline(scenario), laboratory.run(scenario)
    comparison = Comparison(before.results, after.results)
    start, end = scenario.window
    months = after.results.months
    first = next(i for i, month in enumerate(months) if month >= start)
    last = sum(month < end for month in months)
    flows_before, flows_after = (
        _flows(before, first, last),
        _flows(after, first, last),
    )
    (names, load_before), (_, load_after) = loads(before), loads(after)
    text, told = scenario.text, headline(scenario)
    return Answer(
        name=scenario.name,
        title=text.title,
        statement=tuple(text.statement),
        claim=said(scenario),
        question=text.question,
        headline=told,
        lever=describe(scenario, laboratory.parameters),
        late=(
            *(late(scenario) or _without_effect(scenario, comparison)),
            *(sentence for _, sentence in idle(laid(scenario, laboratory.parameters))),
        ),
        effects=tuple(comparison.effect(name, start, end) for name in text.outcomes),
        comparison=comparison,
        charts=tuple(text.outcomes[:4]),
        bottlenecks_baseline=bottlenecks(before),
        bottlenecks_reform=bottlenecks(after),
        loads=tuple(
            Loaded(name, float(now.mean()), int(np.sum(then >= BINDS)), int(np.sum(now >= BINDS)))
            for name, then, now in zip(
                names, load_before[:, first:last], load_after[:, first:last], strict=True
            )
        ),
        flows=tuple(Flow(*ends, flows_before[ends], flows_after[ends]) for ends in flows_before),
        lines=lines_moved(scenario, before),
        cannot_say=tuple(text.cannot_say),
        sources=tuple(text.sources),
        parts_on=after.parts_on,
        resting=resting(
            scenario.model,
            (told.outcome, *told.beside),
            (names, load_before),
            (names, load_after),
            slice(first, last),
            laboratory.parameters,
            start,
        ),
        changed_on=min((each.at for each in scenario.own), default=None),
    )


def observed_for(model: Model, results: Results) -> dict[str, Observed]:
    """Return the figures from outside beside each series that has any."""
    published = model.observed()
    found = {}
    for each in results.series:
        if each.observed is None:
            continue
        figures = [
            figure for figure in published.figures(each.observed) if figure.end <= model.known.last_outcome
        ]
        read = dict.fromkeys(figure.source for figure in figures if figure.basis != RECALLED)
        titles = (published.source(source) for source in read)
        found[each.name] = Observed(
            each.observed,
            each.kind,
            tuple(Point(one.start, one.end, one.value, one.basis == RECALLED) for one in figures),
            tuple(dict.fromkeys(" ".join(filter(None, (one.cited, one.url))) for one in titles)),
            each.observed_part,
        )
    return found


def fits(model: Model, history: Outcome) -> tuple[Fit, ...]:
    """Return what a page shows first beside what was published, by the periods of the published figures."""
    if model.headline.over is None:
        return ()
    results, known = history.results, observed_for(model, history.results)
    start, end = model.headline.over
    first, after = max(start, results.months[0]), min(end, first_of_next_month(results.months[-1]))
    found = []
    for name in model.headline.fit:
        about = results.about(name)
        rows = tuple(
            filter(None, (_fit_row(results, name, each) for each in known[name].within(first, after)))
        )
        if rows:
            around = interval(results.of(name)).name
            unit = about.unit if all(row.month == row.last for row in rows) else about.unit_of_total
            stamp = about.over(first, after).stamp
            found.append(Fit(name, about.title, unit, stamp, rows, around, _comment(rows)))
    return tuple(found)


def _fit_row(results: Results, name: str, point: Point) -> FitRow | None:
    """Return a published figure with the simulated one of its months; None if it is of no whole months, or recalled."""
    last = point.last.replace(day=1)
    month = last if results.about(name).kind == "stock" else point.first
    if point.is_recalled or month.day != 1 or point.last != last_of_month(last):
        return None
    values = results.total(name, month, first_of_next_month(last))
    around = interval(values)
    row = FitRow(month, last, float(values.mean()), float(around.low), float(around.high), point.value)
    return row if np.isfinite(row.simulated) else None


def _cases(value: float) -> str:
    return numbers.quantity(value, "case")


def _comment(rows: Sequence[FitRow]) -> str:
    worst = max(rows, key=lambda row: abs(row.error))
    mean = sum(abs(row.error) for row in rows) / len(rows)
    bias = sum(row.simulated for row in rows) / sum(row.published for row in rows) - 1
    side = "above" if bias > 0 else "below"
    return (
        f"Mean absolute error {100 * mean:.0f} %; over these {len(rows)} figures together the simulation lies {100 * abs(bias):.0f} % {side} what was published. "
        f"It is furthest off in {worst.called}: {_cases(worst.simulated)} against {worst.published:,.0f}."
    )


def assumptions(parameters: ParameterBook, day: date) -> tuple[Assumption, ...]:
    """Return every parameter as it stood on a day."""
    rows = []
    for name in parameters.names:
        about = parameters.parameter(name)
        value = about.on(day)
        cited = value.source
        title = (
            cited
            if isinstance(cited, str)
            else "; ".join(part for part in (cited.cited, cited.section, value.formula, cited.note) if part)
        )
        link = None if isinstance(cited, str) else cited.link
        rows.append(
            Assumption(
                name,
                about.description,
                about.unit,
                value.value,
                value.low,
                value.high,
                value.basis,
                title,
                link,
            )
        )
    return tuple(rows)


def told(model: Model, history: Outcome) -> tuple[str, ...]:
    """Return sentences on arrests in early 2021, simulated and published, where the run has these months."""
    if not _covers_headline(model, history):
        return ()
    return model.headline.told(history.results, model.observed())


def _covers_headline(model: Model, history: Outcome) -> bool:
    """Tell whether a run has the months that the headline is about, and nine before them."""
    over = model.headline.over
    return over is not None and history.world.start <= over[0] - A_WHILE and history.world.end >= over[1]


def timeline(scenarios: Sequence[Scenario]) -> tuple[SwitchInRun, ...]:
    """Return the switches that fall into the run of the first scenario, and which scenarios move them."""
    first = scenarios[0]
    moves = [
        (each.move or each.remove, scenario.name, each.at)
        for scenario in scenarios
        for each in scenario.text.changes
        if each.move or each.remove
    ]
    return tuple(
        SwitchInRun(switch, tuple((name, to) for moved, name, to in moves if moved == switch.id))
        for switch in first.model.timeline().between(first.start, first.end)
    )


def study(
    title: str, scenarios: Sequence[Scenario], laboratory: Laboratory, record: dict[str, object], command: str
) -> Study:
    """Run scenarios and return everything that a report shows."""
    first, model = scenarios[0], laboratory.model
    laboratory.together(scenarios)  # branches of one run cost a part of runs of their own
    history = laboratory.history(first.start, first.end)
    answers = tuple(answer(each, laboratory) for each in scenarios)
    settings: Settings = laboratory.settings
    made = Study(
        model=model,
        title=title,
        lead=(*outdated(model, settings), *dialled(model, settings)),
        baseline=history.results,
        answers=answers,
        statements=statements(scenarios),
        bound=bound(history),
        observed=observed_for(model, history.results),
        fits=fits(model, history),
        told=told(model, history),
        assumptions=assumptions(laboratory.parameters, first.last),
        timeline=timeline(scenarios),
        limits=limits(model, settings),
        record={
            **{name: str(value) for name, value in settings.recorded().items()},
            **{f"version of {name}": str(value) for name, value in dict(record["versions"]).items()},  # type: ignore[call-overload]  # a JSON object
            **{f"SHA-256 of {name}": str(value) for name, value in dict(record["inputs"]).items()},  # type: ignore[call-overload]  # a JSON object
        },
        reproduce=(
            "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt .   # in a clone of the project",
            command,
        ),
    )
    return replace(made, short_limits=short_limits(made, settings))
