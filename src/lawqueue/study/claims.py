"""
Claims: what somebody said in a number, beside what the model gives for the same thing.

A claim lies in the folder `claims` of a model. It says who said it and when, the number and its definition, the scenario
that tests it, and the assumptions in question. Where claim and model part, each assumption is moved until they agree: the
value at which they do says what one must hold to believe the claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from lawqueue.errors import InputError, did_you_mean
from lawqueue.files import Document, read_yaml, validated
from lawqueue.models.cube import Results, interval
from lawqueue.models.model import Model
from lawqueue.numbers import quantity
from lawqueue.rules import Change
from lawqueue.rules.source import Day, Number, Record, Source, Words
from lawqueue.study.library import found, loaded
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Laboratory
from lawqueue.units import written

FOLDER: Final = "claims"
YEAR: Final = 365.25
"""Days of a year, by which a sum over a window becomes one a year."""
CLOSE: Final = 1e-3
"""How near two numbers agree, as a share of the model's; and how near an assumption is found, as a share of its room."""
FEW: Final = 4
"""Replicates with which agreement is looked for: both worlds meet the same draws, and parameters are as written."""

Kind = Literal["value", "difference", "shortfall", "relative", "growth"]


class ClaimedText(Record):
    """What was claimed: a number, or the ends between which it lies; an end that is left out is open."""

    low: Number | None = Field(None, alias="from")
    high: Number | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if self.low is None and self.high is None:
            raise ValueError("expected 'from', 'to', or both; the same number twice for one number.")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"'from' is {self.low:g}, above 'to', {self.high:g}.")
        return self


class MeasureText(Record):
    """
    How the model's number is taken.

    `value` of the scenario over the window; `difference` from its baseline, and `shortfall`, the same the other way round;
    `relative`, the difference over the baseline;
    `growth`, the last month of the window over the month before it, less 1. With `a_year`, a sum is one a year.
    """

    series: Words
    how: Kind = Field(alias="as")
    start: Day = Field(alias="from")
    last: Day = Field(alias="to")
    a_year: bool = False


class AssumptionText(Record):
    """A parameter that divides claim and model, and where to look for agreement."""

    parameter: Words
    low: Number = Field(alias="from")
    high: Number = Field(alias="to")


class ClaimText(Record):
    """A claim file."""

    name: Words
    title: Words
    who: Words
    when: Words
    says: Words
    definition: Words
    claimed: ClaimedText
    unit: Words
    scenario: Words
    measure: MeasureText
    assumptions: list[AssumptionText] = Field(min_length=1)
    basis: Literal["stated", "derived", "recalled"]
    source: Source


@dataclass(frozen=True)
class Claim:
    """
    A claim, checked against the model that it is about.

    Parameters
    ----------
    text
        The file's content.
    scenario
        What tests it.
    """

    text: ClaimText
    scenario: Scenario

    @property
    def low(self) -> float:
        """Least that was claimed; minus infinity where that end is open."""
        return -np.inf if self.text.claimed.low is None else self.text.claimed.low

    @property
    def high(self) -> float:
        """Most that was claimed; infinity where that end is open."""
        return np.inf if self.text.claimed.high is None else self.text.claimed.high

    def agrees(self, low: float, high: float) -> bool:
        """Tell whether an interval and what was claimed have a number together."""
        return low <= self.high and high >= self.low


@dataclass(frozen=True)
class Agreement:
    """An assumption as written, and the value at which model and claim agree; None if there is none in its room."""

    parameter: str
    unit: str
    written: float
    low: float
    high: float
    at: float | None


@dataclass(frozen=True)
class Verdict:
    """
    What the model gives for a claim.

    Parameters
    ----------
    claim
        The claim.
    ours, low, high, interval
        Mean over replicates, the ends of their interval, and what it holds.
    agrees
        Whether what was claimed meets the interval.
    agreements
        For each assumption, where they would agree; empty where they do.
    """

    claim: Claim
    ours: float
    low: float
    high: float
    interval: str
    agrees: bool
    agreements: tuple[Agreement, ...]


def claims(model: Model) -> list[Claim]:
    """
    Return the claims that come with a model; none if it has no such folder.

    Raises
    ------
    InputError
        With every fault in every file.
    """
    faults: list[InputError] = []
    read = []
    for path in sorted((model.folder / FOLDER).glob("*.yaml")):
        try:
            read.append(load_claim(path, model))
        except InputError as error:
            faults.append(error)
    if faults:
        raise InputError([problem for error in faults for problem in error.problems] or str(faults[0]))
    return read


def load_claim(path: Path, model: Model) -> Claim:
    """Return the claim of a file; raise InputError with its faults as file:line:col."""
    document = read_yaml(path)
    text = validated(ClaimText, document)
    beside = path.parent / text.scenario
    scenario = loaded([beside] if beside.suffix == ".yaml" else found(text.scenario)[0])[0]
    problems = list(_faults(text, scenario, document, model))
    if problems:
        raise InputError(problems)
    return Claim(text, scenario)


def _faults(text: ClaimText, scenario: Scenario, document: Document, model: Model) -> Iterator[Any]:
    if scenario.model is not model:
        yield document.problem(
            ["scenario"], f"scenario: {text.scenario!r} asks {scenario.model.name}, not {model.name}."
        )
        return
    names = model.catalogue.names()
    if text.measure.series not in names:
        hint = did_you_mean(text.measure.series, names)
        yield document.problem(
            ["measure", "series"], f"measure.series: no series {text.measure.series!r}. {hint}"
        )
    first, last = scenario.start, scenario.end - timedelta(days=1)
    if not first <= text.measure.start <= text.measure.last <= last:
        yield document.problem(
            ["measure", "from"],
            f"measure: the window must lie in order within {first} to {last}, the days of {scenario.name}.",
        )
    for i, each in enumerate(text.assumptions):
        if each.parameter not in model.parameters():
            hint = did_you_mean(each.parameter, model.parameters().names)
            yield document.problem(
                ["assumptions", i, "parameter"], f"assumptions.{i}: no parameter {each.parameter!r}. {hint}"
            )


# --- testing ----------------------------------------------------------------------------------------------


def verdict_on(claim: Claim, laboratory: Laboratory) -> Verdict:
    """
    Return what the model gives for a claim, and where they part, the assumptions at which they would agree.

    Parameters
    ----------
    laboratory
        What runs the scenario and its baseline.
    """
    values = _measured(
        claim, laboratory.run(claim.scenario).results, laboratory.baseline(claim.scenario).results
    )
    spread = interval(values)
    ours = float(values.mean())
    # Of one run there is no interval: it is compared as it is.
    low, high = (float(np.nan_to_num(each, nan=ours)) for each in (spread.low, spread.high))
    agrees = claim.agrees(low, high)
    return Verdict(
        claim, ours, low, high, spread.name, agrees, () if agrees else tuple(_agreements(claim, laboratory))
    )


def _measured(claim: Claim, reform: Results, baseline: Results) -> NDArray[np.float64]:
    """Return the number that is claimed by replicate, shape (n_replicates,)."""
    measure = claim.text.measure
    start, end = measure.start, measure.last + timedelta(days=1)
    per = (end - start).days / YEAR if measure.a_year else 1.0
    value = reform.total(measure.series, start, end) / per
    if measure.how == "value":
        return value
    if measure.how == "growth":
        before = reform.total(measure.series, _month_before(start), start)
        last = reform.total(measure.series, _month_before(end), end)
        return np.asarray(last / before - 1.0)
    was = baseline.total(measure.series, start, end) / per
    if measure.how == "relative":
        return np.asarray(value / was - 1.0)
    return np.asarray(value - was if measure.how == "difference" else was - value)


def _month_before(day: date) -> date:
    return (day - timedelta(days=1)).replace(day=1)


def _agreements(claim: Claim, laboratory: Laboratory) -> Iterator[Agreement]:
    """Yield, for each assumption, the value at which the model gives the nearest end of what was claimed."""
    quiet = laboratory.alike(replicates=min(FEW, laboratory.settings.replicates), parameters="central")
    for each in claim.text.assumptions:
        unit = laboratory.model.parameters().parameter(each.parameter).unit
        as_is = _as_written(claim, each, laboratory.model)
        at = nearest(_sought(claim, quiet, each), as_is, each.low, each.high)
        yield Agreement(each.parameter, unit, as_is, each.low, each.high, at)


def _sought(claim: Claim, laboratory: Laboratory, assumption: AssumptionText) -> Callable[[float], float]:
    """
    Return how far the model is from what was claimed by the value of an assumption; 0 within it.

    A parameter that the scenario sets is set otherwise from that day on, in the scenario alone; any other one is
    otherwise from the first day on, in the baseline too.
    """
    scenario = claim.scenario
    own = _own(claim, assumption)

    def off(value: float) -> float:
        day = own[-1].at if own else scenario.start
        other = (Change(assumption.parameter, day, "set", value),)
        span = scenario.start, scenario.end
        reform = laboratory.changed(scenario.name, scenario.every + other, *span)
        below = scenario.baseline.every if scenario.baseline else ()
        baseline = laboratory.changed("baseline", below + (() if own else other), *span)
        ours = float(_measured(claim, reform.results, baseline.results).mean())
        apart = ours - float(np.clip(ours, claim.low, claim.high))
        return 0.0 if abs(apart) <= CLOSE * abs(ours) else apart

    return off


def _own(claim: Claim, assumption: AssumptionText) -> list[Change]:
    return [
        each
        for each in claim.scenario.every
        if isinstance(each, Change) and each.name == assumption.parameter
    ]


def _as_written(claim: Claim, assumption: AssumptionText, model: Model) -> float:
    """Return an assumption as the scenario has it on the last day of the window."""
    book = model.parameters()
    for each in claim.scenario.every:
        if isinstance(each, Change):
            book = book.changed(each)
    return book.value(assumption.parameter, claim.text.measure.last)


def nearest(off: Callable[[float], float], as_written: float, low: float, high: float) -> float | None:
    """
    Return the value nearest to the written one at which claim and model agree, by bisection; None if there is none.

    Parameters
    ----------
    off
        How far the model is from what was claimed by the value: increasing or decreasing, 0 where they agree.
    as_written
        Where they part.
    low, high
        The ends of the room.
    """
    start = min(max(as_written, low), high)
    here = off(start)
    if here == 0.0:
        return start

    def beyond(value: float) -> bool:
        return off(value) * here <= 0.0

    ends = [end for end in (low, high) if end != start and beyond(end)]
    met = [_between(beyond, start, end, CLOSE * (high - low)) for end in ends]
    return min(met, key=lambda value: abs(value - start), default=None)


def _between(beyond: Callable[[float], bool], before: float, after: float, close: float) -> float:
    """Return where `beyond`, which is false at `before` and true at `after`, becomes true."""
    while abs(after - before) > close:
        middle = (before + after) / 2
        if beyond(middle):
            after = middle
        else:
            before = middle
    return after


# --- told -------------------------------------------------------------------------------------------------


def table(verdict: Verdict) -> str:
    """Return a verdict in lines: claimed, ours, and where the two would agree."""
    text = verdict.claim.text
    unit, a_year = text.unit, " a year" if text.measure.a_year else ""
    ours = f"{_told(verdict.ours, unit)}{a_year}"
    if verdict.low < verdict.high:
        ours += f", {verdict.interval} {_told(verdict.low, unit)} to {_told(verdict.high, unit)}"
    lines = [
        f"{text.name}: {text.title}",
        f"  claimed  {_claimed(text.claimed, unit)}{a_year}: {text.who}, {text.when} ({text.basis})",
        f"  ours     {ours}; {verdict.claim.scenario.name}",
        f"  of what  {text.definition}",
    ]
    if verdict.agrees:
        return "\n".join([*lines, "  They agree."])
    return "\n".join(
        [
            *lines,
            "  They part. They would agree with",
            *(_line(each, verdict.claim) for each in verdict.agreements),
        ]
    )


def _line(each: Agreement, claim: Claim) -> str:
    """Return an assumption, the value at which the two would agree, and what it is."""
    about = claim.scenario.model.parameters().parameter(each.parameter).description
    at = f"at no value from {_told(each.low, each.unit)} to {_told(each.high, each.unit)}"
    if each.at is not None:
        at = f"{_told(each.at, each.unit)} in the place of {_told(each.written, each.unit)}"
    return f"    {each.parameter:<28} {at}\n      {about}"


def _told(value: float | None, unit: str) -> str:
    """Return a number with its unit in words, in the plural; a share as per cent."""
    words = "" if unit == "/1" else f" {written(2.0, unit).partition(' ')[2]}"
    return f"{quantity(value, unit)}{words}"


def _claimed(text: ClaimedText, unit: str) -> str:
    if text.low is None:
        return f"at most {_told(text.high, unit)}"
    if text.high is None:
        return f"at least {_told(text.low, unit)}"
    low, high = _told(text.low, unit), _told(text.high, unit)
    return low if low == high else f"{low} to {high}"


def as_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON: the file's words, and the numbers."""
    text = verdict.claim.text
    return {
        **text.model_dump(mode="json", by_alias=True, exclude_none=True),
        "ours": {
            "mean": verdict.ours,
            "low": verdict.low,
            "high": verdict.high,
            "interval": verdict.interval,
        },
        "agrees": verdict.agrees,
        "agreements": [asdict(each) for each in verdict.agreements],
    }
