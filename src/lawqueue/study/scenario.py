"""
Scenario files: a question in plain words, and what is changed to answer it.

The baseline is never edited: a scenario is an overlay of dated changes on history, or on another scenario.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from lawqueue.errors import InputError, Problem, did_you_mean
from lawqueue.files import GOT, Document, is_file, read_yaml, validated
from lawqueue.models import registry
from lawqueue.models.model import Model
from lawqueue.months import are_whole, last_of_month, last_of_month_before, not_whole
from lawqueue.rules import Change, Guideline, ParameterBook, load_guideline
from lawqueue.rules.parameter import Operation
from lawqueue.study.moves import FAR, AnyChange, GuidelineChange, StatuteChange, moved
from lawqueue.study.steps import laid
from lawqueue.units import written

ModelOf: TypeAlias = Callable[[str, Path], Model]
"""Finds a model by what a scenario calls it, and the folder of that scenario's file."""

HISTORY = "history"
NAME = r"[a-z0-9][a-z0-9-]*"
LONGEST_NAME = 60
_TAKEN = frozenset({HISTORY, "calibrate", "sensitivity", "yield"})
"""The baseline of every run, and what the commands keep under `out/`."""
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")
_OPERATIONS: tuple[Operation, ...] = ("set", "multiply", "add")


def _days(value: Any) -> Any:
    """Read `90 days` as 90."""
    if isinstance(value, str):
        found = re.fullmatch(r"(-?\d{1,9}) days?", value.strip())
        if found is None:
            raise ValueError(f"must be whole days, as 90 days, got {GOT}.")
        return int(found.group(1))
    return value


def _a_day(value: Any) -> Any:
    """Read a day; a number, which would be seconds since 1970, and a time of day are refused."""
    if type(value) is date or value == "":
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise ValueError(f"must be a date, as 2021-03-01, got {GOT}.")


Day = Annotated[date, BeforeValidator(_a_day)]


def _listed(value: Any) -> Any:
    """Read a single item as a list of one."""
    return [value] if isinstance(value, str | int) else value


Texts = Annotated[list[str], BeforeValidator(_listed)]


def _a_number(value: Any) -> Any:
    if value is None or value == "":
        raise ValueError("is empty. Give a number.")
    if isinstance(value, bool):
        raise ValueError(f"must be a number, got {GOT}.")  # noqa: TRY004  # pydantic reports it
    return value


Amount = Annotated[float, BeforeValidator(_a_number), Field(ge=-1e9, le=1e9, allow_inf_nan=False)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _is_given(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("is empty. Give a value, or leave the key out.")
        return value


def reserved(name: str) -> str | None:
    """Return why a scenario cannot have a name that is otherwise well written, or None if it can."""
    if name in _TAKEN:
        taken = "the baseline of every run" if name == HISTORY else f"what lawqueue {name} keeps under out/"
        return f"{name!r} is the name of {taken}. Give another."
    if _DEVICES.fullmatch(name):
        return f"{name!r} is the name of a device on Windows, where no folder can have it. Give another."
    if len(name) > LONGEST_NAME:
        return f"{name[:20] + '…'!r} has {len(name)} characters; folders and files are called by it. Give at most {LONGEST_NAME}."
    return None


class ChangeText(_Record):
    """One change of the rules or the resources."""

    at: Day | None = Field(
        None, description="First day of the change; with 'move', the new day of the switch."
    )
    until: Day | None = Field(
        None, description="First day on which the change is gone again; it stays if this is left out."
    )
    set: dict[str, Amount] | None = Field(None, description="Parameters and their new values.")
    multiply: dict[str, Amount] | None = Field(
        None, description="Parameters and the factors on their values."
    )
    add: dict[str, Amount] | None = Field(None, description="Parameters and what is added to their values.")
    guideline: str | None = Field(
        None,
        description="Guideline that is in force for the agency of the model instead: its id, or a file beside the scenario.",
    )
    statute: str | None = Field(
        None, description="Statute that is in force instead: the id of one of the package."
    )
    repeal: str | None = Field(None, description="Statute that is not in force.")
    move: str | None = Field(
        None, description="Switch of the timeline that comes on the day `at` instead of its own."
    )
    remove: str | None = Field(None, description="Switch of the timeline that never comes.")
    ramp: Annotated[int, BeforeValidator(_days), Field(ge=0, le=36500)] = Field(
        0, description="Days over which the change comes into effect, evenly, as `90 days`."
    )
    source: str = Field(description="Where the change comes from: a statement, a bill, or your own question.")
    note: str = Field("", description="What the change stands for, in plain words.")

    @model_validator(mode="after")
    def _does_something(self) -> ChangeText:
        dated = self.set or self.multiply or self.add or self.guideline or self.statute or self.repeal
        if not (dated or self.move or self.remove):
            raise ValueError(
                "nothing is changed. Give one of 'set', 'multiply', 'add', 'guideline', 'statute', 'repeal', "
                "'move' or 'remove'."
            )
        if (self.move or self.remove) and (dated or self.until or self.ramp or (self.move and self.remove)):
            raise ValueError(
                "a switch of the timeline is moved or removed in a change of its own. Split this into two."
            )
        if (self.at is None) != (self.remove is not None):
            raise ValueError(
                "'at' says from when: every change needs it, and 'remove' alone does without it."
            )
        if self.ramp and not (self.set or self.multiply or self.add):
            raise ValueError("'ramp' goes with numbers: a guideline or a statute is in force, or it is not.")
        return self


class Window(_Record):
    """The whole months over which effects are reported."""

    start: Day = Field(alias="from", description="First day, the first of a month.")
    end: Day = Field(alias="to", description="Last day, the last of a month.")


class ScenarioText(_Record):
    """A scenario file."""

    name: str = Field(
        pattern=f"^{NAME}$",
        description="Short name: lower case, digits, hyphens; the file's, for others that rest on it.",
    )
    title: str = Field(description="A heading.")
    question: str = Field(description="What is asked, in plain words.")
    statement: Annotated[list[int], BeforeValidator(_listed)] = Field(
        default_factory=list, description="Numbers of the statements in the source article that this answers."
    )
    claim: str = Field("", description="What was said, in correct terms.")
    model: str = Field(
        description="The model that is asked: its name, see lawqueue list, or the path of its folder, as ./my-court."
    )
    start: Day = Field(alias="from", description="First day to simulate, the first of a month.")
    end: Day = Field(alias="to", description="Last day to simulate, the last of a month.")
    baseline: str = Field(
        HISTORY, description="`history`, or the name of another scenario in the same folder."
    )
    changes: list[ChangeText] = Field(
        default_factory=list,
        description="What is changed, laid over each other by date, then in this order; nothing is a null reform.",
    )
    outcomes: list[str] = Field(
        min_length=1, description="Series in which the answer is given, the first one first."
    )
    window: Window | None = Field(
        None, description="When effects are measured; from the first change on if left out."
    )
    cannot_say: Texts = Field(
        default_factory=list, description="What the model cannot say about this question."
    )
    sources: Texts = Field(default_factory=list, description="Where the claim was made.")


@dataclass(frozen=True)
class Scenario:
    """
    A scenario, checked against the model that it asks.

    Parameters
    ----------
    text
        The file's content.
    model
        The model that it asks.
    path
        Where it was read from.
    steps
        What each entry under `changes` changes; a switch moved or removed stands as what that changes.
    baseline
        The scenario it is compared with; None for history.
    over
        First and last day of the scenario that rests on it, over which it is run instead of its own; None if none does.
    """

    text: ScenarioText
    model: Model
    path: Path | None
    steps: tuple[tuple[AnyChange, ...], ...]
    baseline: Scenario | None
    over: tuple[date, date] | None = None

    @property
    def placed(self) -> tuple[tuple[int, AnyChange], ...]:
        """What it changes itself with the place of its step, in the order in which it is laid: by date, then by place."""
        found = [(place, each) for place, step in enumerate(self.steps) for each in step]
        return tuple(sorted(found, key=lambda each: each[1].at))

    @property
    def own(self) -> tuple[AnyChange, ...]:
        """What it changes itself, in the order in which it is laid."""
        return tuple(each for _, each in self.placed)

    @property
    def every(self) -> tuple[AnyChange, ...]:
        """What is changed against history: by its baseline, then by itself."""
        return (self.baseline.every if self.baseline else ()) + self.own

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of parameters among them."""
        return tuple(each for each in self.every if isinstance(each, Change))

    @property
    def name(self) -> str:
        """Its name."""
        return self.text.name

    @property
    def start(self) -> date:
        """First day simulated."""
        return self.over[0] if self.over else self.text.start

    @property
    def last(self) -> date:
        """Last day simulated."""
        return self.over[1] if self.over else self.text.end

    @property
    def end(self) -> date:
        """The day after the last."""
        return self.last + timedelta(days=1)

    @property
    def window(self) -> tuple[date, date]:
        """First day of the months over which effects are measured, and the day after the last."""
        if self.text.window is not None and self.over is None:
            return self.text.window.start, self.text.window.end + timedelta(days=1)
        first = max(self.start, min((each.at for each in self.own), default=self.start))
        return first.replace(day=1), self.end

    @property
    def guideline_files(self) -> dict[str, Path]:
        """Guidelines beside it that it names, by the name that it gives them."""
        if self.path is None:
            return {}
        named = [each.guideline for each in self.text.changes if each.guideline]
        return {name: self.path.parent / name for name in named if name.endswith((".yaml", ".yml"))}

    @property
    def files(self) -> dict[str, Path]:
        """What it was read from: its own file, guidelines beside it, and those of what it rests on, by name."""
        if self.path is None:
            return {}
        below = self.baseline.files if self.baseline else {}
        return below | self.guideline_files | {self.name: self.path}

    def where(self, place: int, name: str) -> list[str | int]:
        """Return where in the file the step in a place changes a parameter, as keys from the root."""
        text = self.text.changes[place]
        for operation in _OPERATIONS:
            if name in (getattr(text, operation) or {}):
                return ["changes", place, operation, name]
        return ["changes", place, "move" if text.move else "remove"]

    @property
    def on_its_own(self) -> Scenario:
        """The scenario over its own days, whatever rests on it."""
        return replace(self, over=None)

    def is_history(self) -> bool:
        """Tell whether nothing at all is changed."""
        return not self.every


def load_scenario(path: Path, model_of: ModelOf = registry.named) -> Scenario:
    """
    Read a scenario and the scenarios it rests on, and check them against the model that it asks.

    Parameters
    ----------
    path
        Its file.
    model_of
        What finds the model that it names; the code of one that it names by the path of its folder is run, unless this
        forbids it.

    Raises
    ------
    InputError
        With every fault in the file: unknown keys, parameters, guidelines or series, values out of
        bounds, dates out of range, a baseline that does not exist or rests on itself.
    """
    try:
        return _load(path, model_of, ())
    except InputError as error:
        if not error.problems:
            raise
        raise InputError(replace(each, message=_by_step(each.message)) for each in error.problems) from error


def _by_step(message: str) -> str:
    """Name an entry under `changes` as a reader counts it: `changes.0.at` is the `at` of step 1."""
    quoted = re.sub(r"'changes\.(\d+)\.([^']+)'", lambda m: f"{m[2]!r} in step {int(m[1]) + 1}", message)
    return re.sub(
        r"\bchanges\.(\d+)(\.?)", lambda m: f"step {int(m[1]) + 1}" + (", " if m[2] else ""), quoted
    )


def _load(
    path: Path,
    model_of: ModelOf,
    above: tuple[str, ...],
) -> Scenario:
    document = read_yaml(path)
    text = validated(ScenarioText, document)
    model = _model(text, document, model_of)
    parameters = model.parameters()
    problems = list(_faults(text, document, model))
    baseline: Scenario | None = None
    if text.baseline != HISTORY:
        if text.baseline in (*above, text.name):
            chain = " → ".join((*above, text.name, text.baseline))
            problems.append(
                document.problem(["baseline"], f"baseline: the scenario rests on itself: {chain}.")
            )
        elif not re.fullmatch(NAME, text.baseline):
            problems.append(
                document.problem(
                    ["baseline"],
                    f"baseline: {text.baseline!r} is no name. Give the name of a scenario in the same folder.",
                )
            )
        else:
            found = path.with_name(f"{text.baseline}.yaml")
            if not is_file(found):
                others = [each.stem for each in path.parent.glob("*.yaml")]
                problems.append(
                    document.problem(
                        ["baseline"],
                        f"baseline: no scenario {text.baseline!r} beside this one. {did_you_mean(text.baseline, [HISTORY, *others])}",
                    )
                )
            else:
                baseline = _load(found, model_of, (*above, text.name))
                if baseline.model is not model:
                    other = f"baseline: {text.baseline!r} asks another model, {baseline.model.name}."
                    problems.append(document.problem(["baseline"], other))
                baseline = _over(baseline, (text.start, text.end))
    if problems:
        raise InputError(problems)
    steps = tuple(tuple(_changes(each, path, model)) for each in text.changes)
    scenario = Scenario(text, model, path, steps, baseline)
    # Bounds depend on the value that a change meets, so they are checked by laying the changes on.
    book, faults = _laid_on(scenario, document, parameters)
    faults = faults or [*_too_much(scenario, document, book), *_too_late(scenario, document, parameters)]
    if faults:
        raise InputError(faults)
    return scenario


def _model(text: ScenarioText, document: Document, model_of: ModelOf) -> Model:
    """Return the model that a scenario asks."""
    try:
        return model_of(text.model, document.path.parent)
    except InputError as error:
        raise InputError([document.problem(["model"], f"model: {error}")]) from error


def _over(scenario: Scenario, days: tuple[date, date]) -> Scenario:
    """Return a scenario, and what it rests on, over the days of the one that rests on it."""
    below = scenario.baseline
    return replace(scenario, over=days, baseline=None if below is None else _over(below, days))


def _laid_on(
    scenario: Scenario, document: Document, parameters: ParameterBook
) -> tuple[ParameterBook, list[Problem]]:
    """Return the parameters with the changes laid on, and a fault for each that leaves the bounds."""
    problems = []
    below = scenario.baseline.every if scenario.baseline else ()
    for place, change in [*((None, each) for each in below), *scenario.placed]:
        if isinstance(change, Change):
            try:
                parameters = parameters.changed(change)
            except InputError as fault:
                where = ["baseline"] if place is None else scenario.where(place, change.name)
                problems.append(document.problem(where, str(fault)))
    return parameters, problems


def _too_much(scenario: Scenario, document: Document, book: ParameterBook) -> Iterator[Problem]:
    """Find shares of one whole that sum to more than it, at the change that makes them."""
    for names in scenario.model.wholes:
        series = sum(book.series(name, scenario.start, scenario.end) for name in names)
        days = np.flatnonzero(np.asarray(series) > 1 + 1e-9)
        if not days.size:
            continue
        day = scenario.start + timedelta(days=int(days[0]))
        where: list[str | int] = ["changes"]
        for place, change in scenario.placed:
            if isinstance(change, Change) and change.name in names and change.at <= day:
                where = scenario.where(place, change.name)
        parts = " + ".join(f"{name} {written(book.value(name, day))}" for name in names)
        yield document.problem(
            where, f"{parts} is more than 1 on {day}. They are shares of one whole: lower one of them."
        )


def _too_late(scenario: Scenario, document: Document, parameters: ParameterBook) -> Iterator[Problem]:
    """Find changes, also of what the scenario rests on, of what is read on the first day alone that do not act on it."""
    asked: Scenario | None = scenario
    while asked is not None:
        own = asked is scenario
        for each in laid(asked, parameters):
            at_start = each.what in scenario.model.read_at_start()
            if at_start and each.moves.any() and not (each.moves & each.read).any():
                step = f"step {each.place + 1}{'' if own else f' of {asked.name}'}"
                yield document.problem(
                    scenario.where(each.place, each.what) if own else ["baseline"],
                    f"{step}: {each.what} is read on the first day of a run alone, so a change after {scenario.start} "
                    f"never acts. Let it be at {scenario.start}, without a ramp, or leave it out.",
                )
        asked = asked.baseline


def _guideline(named: str, scenario: Path, model: Model) -> Guideline:
    """Return a guideline of the package by its id, or one from a file beside the scenario."""
    guidelines = model.guidelines()
    if not len(guidelines):
        raise model.lacks("guidelines")
    if named.endswith((".yaml", ".yml")):
        own = load_guideline(scenario.parent / named, model.schema())
        if own.reading_of is not None and own.reading_of not in guidelines.ids:
            hint = did_you_mean(own.reading_of, guidelines.ids)
            raise InputError(f"{named}: reading_of: no guideline {own.reading_of!r}. {hint}")
        switches = [each.id for each in model.timeline()]
        for each in own.modified_by:
            if each not in switches:
                raise InputError(f"{named}: modified_by: no switch {each!r}. {did_you_mean(each, switches)}")
        if own.id in guidelines.ids:
            raise InputError(
                f"{named}: {own.id!r} is the id of a guideline of the package. Give the file and its id another."
            )
        return own
    return guidelines[named]


def _changes(each: ChangeText, path: Path, model: Model) -> Iterator[AnyChange]:
    if each.move or each.remove:
        yield from moved(model, model.timeline()[each.move or each.remove or ""], each.at, each.source)
    if each.at is None:
        return
    for operation in _OPERATIONS:
        for name, number in (getattr(each, operation) or {}).items():
            yield Change(name, each.at, operation, number, each.ramp, each.until, each.source)
    if each.guideline:
        chosen = _guideline(each.guideline, path, model)
        yield GuidelineChange(each.at, each.until, chosen, each.source)
    for named in filter(None, (each.statute, each.repeal)):
        statute = model.statutes()[named]
        question = (statute.function, statute.topic)
        yield StatuteChange(
            each.at, each.until, question, statute if named == each.statute else None, each.source
        )


def _faults(
    text: ScenarioText,
    document: Document,
    model: Model,
) -> Iterator[Problem]:
    parameters, series = model.parameters(), model.catalogue.names()
    fault = reserved(text.name)
    if fault:
        yield document.problem(["name"], f"name: {fault}")
    if text.end <= text.start:
        yield document.problem(["to"], f"to: {text.end} is not after from, {text.start}.")
    if text.start.day != 1:
        yield document.problem(["from"], f"from: a run starts on the first day of a month, got {text.start}.")
    first, last = model.known_days()
    for key, day in (("from", text.start), ("to", text.end)):
        if not first <= day <= last:
            yield document.problem([key], f"{key}: the model has inputs from {first} to {last}; got {day}.")
    if text.end != last_of_month(text.end) and first <= text.end <= last:
        ends = last_of_month_before(text.end), last_of_month(text.end)
        given = " or ".join(str(each) for each in ends if each > text.start)
        yield document.problem(
            ["to"], f"to: a run ends on the last day of a month, got {text.end}. Give {given}."
        )
    if first <= text.start <= last and (begins := model.known.start_fault(text.start)):
        yield document.problem(["from"], f"from: {begins}")
    yield from _faults_of_window(text, document)
    named = [each.move or each.remove for each in text.changes]
    for i, each in enumerate(text.changes):
        if named[i] is not None and named[i] in named[:i]:
            key = "move" if each.move else "remove"
            yield document.problem(
                ["changes", i, key],
                f"changes.{i}.{key}: {named[i]!r} is moved or removed above already. Keep one of the two.",
            )
        if each.at is not None and not text.start <= each.at <= text.end:
            yield document.problem(
                ["changes", i, "at"],
                f"changes.{i}.at: {each.at} lies outside the run, {text.start} to {text.end}.",
            )
        if each.at is not None and each.until is not None:
            days = (each.until - each.at).days
            fault = (
                f"{each.until} is not after the day on which the change starts, {each.at}. Give a later day."
                if days <= 0
                else f"the change ends on {each.until}, before its ramp of {written(each.ramp, 'day')} is over."
                " Give a later day, or a shorter ramp."
            )
            if days < max(each.ramp, 1):
                yield document.problem(["changes", i, "until"], f"changes.{i}.until: {fault}")
        for operation in _OPERATIONS:
            for name in getattr(each, operation) or {}:
                if name not in parameters:
                    yield document.problem_of_key(
                        ["changes", i, operation, name],
                        f"no parameter {name!r}. {did_you_mean(name, parameters.names)}",
                    )
        yield from _faults_of_law(text, i, each, document, model)
        if each.guideline is not None:
            try:
                _guideline(each.guideline, document.path, model)
            except InputError as error:
                if error.problems and is_file(document.path.parent / each.guideline):
                    yield from error.problems
                else:
                    yield document.problem(["changes", i, "guideline"], str(error))
    for i, name in enumerate(text.outcomes):
        if name in text.outcomes[:i]:
            yield document.problem(["outcomes", i], f"outcomes.{i}: {name!r} stands there already.")
        if name not in series:
            yield document.problem(
                ["outcomes", i], f"outcomes.{i}: no series {name!r}. {did_you_mean(name, series)}"
            )


def _faults_of_window(text: ScenarioText, document: Document) -> Iterator[Problem]:
    if text.window is None:
        return
    start, end = text.window.start, text.window.end
    if not text.start <= start < end <= text.end:
        fault = f"{start} to {end} must lie in order inside the run, {text.start} to {text.end}."
    elif not are_whole(start, end):
        fault = not_whole(start, end, text.start.replace(day=1), last_of_month(text.end))
    else:
        return
    yield document.problem(["window"], f"window: {fault}")


def _faults_of_law(
    text: ScenarioText, i: int, each: ChangeText, document: Document, model: Model
) -> Iterator[Problem]:
    for key in ("statute", "repeal"):
        named = getattr(each, key)
        if named is not None and named not in model.statutes().ids:
            hint = did_you_mean(named, model.statutes().ids)
            yield document.problem(
                ["changes", i, key],
                f"changes.{i}.{key}: no statute {named!r}. {hint} See lawqueue rules list.",
            )
    for key in ("move", "remove"):
        named = getattr(each, key)
        if named is None:
            continue
        try:
            switch = model.timeline()[named]
        except InputError as error:
            yield document.problem(
                ["changes", i, key], f"changes.{i}.{key}: {error} See lawqueue rules timeline."
            )
            continue
        effects = moved(model, switch, each.at, each.source)
        if each.at == switch.date:
            yield document.problem(
                ["changes", i, "at"],
                f"changes.{i}.at: {named!r} is of {switch.date} already. Give another day.",
            )
        elif not effects:
            yield document.problem(
                ["changes", i, key],
                f"changes.{i}.{key}: nothing in the model is tied to {named!r} ({switch.sets}). "
                "Give what is to change as 'set', 'guideline' or 'statute'.",
            )
        elif all((effect.until or text.end) <= text.start or effect.at > text.end for effect in effects):
            yield document.problem(
                ["changes", i, key],
                f"changes.{i}.{key}: {named!r} is of {switch.shown_date}, outside the run, "
                f"{text.start} to {text.end}.",
            )


def overlaid(scenario: Scenario, parameters: ParameterBook) -> ParameterBook:
    """Return the parameters of a scenario: those of history with its changes laid over, in order."""
    for change in scenario.changes:
        parameters = parameters.changed(change)
    return parameters


def acts_from(
    change: Change, before: ParameterBook, book: ParameterBook, delayed: Mapping[str, str]
) -> date | None:
    """
    Return the first day on which a change of a parameter acts.

    Parameters
    ----------
    change
        The change.
    before
        The parameters that it is laid over.
    book
        Those of the whole scenario, which say how long a delay is.
    delayed
        Of the model: the parameters of which more first acts after a time.

    Returns
    -------
    datetime.date
        The day of the change itself unless the parameter is delayed and the change makes it more; None if the
        change does nothing, or first acts after the last day known.
    """
    far = FAR
    span = change.at, min(change.until or far, far)
    moved = before.changed(change).series(change.name, *span) - before.series(change.name, *span)
    if not moved.any():
        return None
    delay = delayed.get(change.name)
    if delay is None or moved.min() < 0:
        return change.at
    # A post that is open on a day is filled once the time to hire, as it is on the later day, has passed.
    opened = int(np.argmax(moved > 0))
    waited = np.arange((far - change.at).days) - np.round(book.series(delay, change.at, far))
    filled = np.flatnonzero(waited >= opened)
    return change.at + timedelta(days=int(filled[0])) if filled.size else None


def schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, for editors."""
    return ScenarioText.model_json_schema(by_alias=True)
