"""A set of questions and their answers: what a report is made from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, TypeAlias

from lawqueue.models.cube import Results, Stamp
from lawqueue.models.lines import Crossing, Population
from lawqueue.models.model import Model
from lawqueue.months import first_of_next_month, named
from lawqueue.rules.timeline import Switch
from lawqueue.study.beside import Beside, Observed
from lawqueue.study.compare import Comparison, Effect
from lawqueue.study.resting import Rest

Tells: TypeAlias = Literal["effect", "stages", "lines", "all"]


@dataclass(frozen=True)
class Bottleneck:
    """
    Where cases waited most in one month.

    Parameters
    ----------
    month
        First day of the month.
    stage
        The stage in plain words, or `none`.
    load
        Work that came to it, over work that its staff could do [/1].
    """

    month: date
    stage: str
    load: float


@dataclass(frozen=True)
class Loaded:
    """
    How loaded a stage was over the window of an answer.

    Parameters
    ----------
    stage
        In plain words.
    mean
        Its mean load in the reform [/1].
    full_baseline, full
        Months of the window in which it was full, in the baseline and in the reform.
    """

    stage: str
    mean: float
    full_baseline: int
    full: int


@dataclass(frozen=True)
class Bound:
    """
    When a stage had as much work as it could do, in history.

    Parameters
    ----------
    stage
        In plain words.
    months
        First days of these months, in order; empty if it never did.
    """

    stage: str
    months: tuple[date, ...]


@dataclass(frozen=True)
class Flow:
    """Cases that went from one stage to another in the window, for the picture of flows."""

    origin: str
    target: str
    baseline: float
    reform: float


@dataclass(frozen=True)
class LineMoved:
    """
    A guideline that took the place of another, and who crossed the line.

    Parameters
    ----------
    before, after
        Ids of the guidelines.
    on
        The day of the switch.
    among
        Who is counted.
    crossings
        Pairs of tiers, the largest first.
    """

    before: str
    after: str
    on: date
    among: Population
    crossings: tuple[Crossing, ...]


@dataclass(frozen=True)
class Headline:
    """
    What the one sentence of an answer is about.

    Parameters
    ----------
    subject
        What is done, in a few words.
    outcome
        Name of the series whose effect is told.
    beside
        Names of series that are told with it where they move.
    """

    subject: str
    outcome: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """
    One scenario, answered.

    Parameters
    ----------
    name, title
        Its name, and a heading.
    statement
        Numbers of the statements in the source article that it answers; may be empty.
    claim
        What was said, in correct terms; empty if nobody said anything.
    question
        In plain words.
    headline
        What its one sentence is about.
    lever
        What is changed, from when, by how much, one sentence each.
    late
        What of it first acts after a time, or never within the run, one sentence each.
    resting
        Stages that its headline rests on, full or idle by assumption.
    effects
        On the outcomes that matter for the question.
    comparison
        Baseline and reform.
    charts
        Names of the series to draw, in order.
    bottlenecks_baseline, bottlenecks_reform
        By month.
    loads
        Of every stage, how loaded it was over the window.
    flows
        Baseline and reform, for the picture of flows.
    lines
        Guidelines that the scenario switches, and who crosses the line.
    cannot_say
        What the model cannot say about this question.
    sources
        Of the claim and the lever.
    parts_on
        First day on which the model reads anything else than in history; every number before it is the same, bit
        for bit. None if it is not known, the day after the run if they never part.
    changed_on
        Day of its own first change; None if nothing is changed.
    """

    name: str
    title: str
    statement: tuple[int, ...]
    claim: str
    question: str
    headline: Headline
    lever: tuple[str, ...]
    late: tuple[str, ...]
    effects: tuple[Effect, ...]
    comparison: Comparison
    charts: tuple[str, ...]
    bottlenecks_baseline: tuple[Bottleneck, ...]
    bottlenecks_reform: tuple[Bottleneck, ...]
    loads: tuple[Loaded, ...]
    flows: tuple[Flow, ...]
    lines: tuple[LineMoved, ...]
    cannot_say: tuple[str, ...]
    sources: tuple[str, ...]
    parts_on: date | None = None
    changed_on: date | None = None
    resting: tuple[Rest, ...] = ()

    @property
    def window(self) -> tuple[date, date]:
        """First day of what is told, and the day after the last."""
        return self.effects[0].start, self.effects[0].end

    @property
    def main(self) -> Effect:
        """The effect that its one sentence tells."""
        return self.comparison.effect(self.headline.outcome, *self.window)


@dataclass(frozen=True)
class FitRow:
    """
    One simulated figure beside the published one.

    Parameters
    ----------
    month, last
        First days of its first month and of its last.
    simulated, low, high, published
        In the unit of the series, of a flow the total.
    """

    month: date
    last: date
    simulated: float
    low: float
    high: float
    published: float

    @property
    def called(self) -> str:
        """Its months in words."""
        if self.month == self.last:
            return named(self.month, short=True)
        return f"{named(self.month, short=True)[:3]} – {named(self.last, short=True)}"

    @property
    def error(self) -> float:
        """Relative error [/1]."""
        return self.simulated / self.published - 1.0


@dataclass(frozen=True)
class Fit:
    """
    A series of the baseline beside what was published.

    Parameters
    ----------
    series
        Name of the simulated series.
    title, unit, stamp
        As in `Series`; the unit is that of a total where the figures are of several months.
    rows
        One for each published figure.
    interval
        What `low` and `high` of the rows hold, as `Interval` names it.
    comment
        Where it fits and where it does not, in words.
    """

    series: str
    title: str
    unit: str
    stamp: Stamp
    rows: tuple[FitRow, ...]
    interval: str
    comment: str = ""

    @property
    def mean_absolute_error(self) -> float:
        """Mean of the absolute relative errors [/1]."""
        return sum(abs(each.error) for each in self.rows) / len(self.rows)


@dataclass(frozen=True)
class Assumption:
    """One parameter as used: what it is, its value on the last date, its range, where it comes from."""

    name: str
    description: str
    unit: str
    value: float
    low: float | None
    high: float | None
    basis: str
    source: str
    link: str | None = None


@dataclass(frozen=True)
class Statement:
    """
    A statement of the source article.

    Parameters
    ----------
    number, says
        Its number, and what was said by whom, in correct terms.
    left_open
        What was left open; empty if nothing is to be added.
    subject
        What its answer is about, in a few words.
    tells
        What answers it: the effect of a scenario, the stages that bound in history, who crosses a line that a
        scenario moves, or all answers together.
    scenario
        Name of that scenario, if there is one.
    scenarios
        Names and titles of all the scenarios that answer it.
    """

    number: int
    says: str
    left_open: str
    subject: str
    tells: Tells
    scenario: str
    scenarios: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SwitchInRun:
    """
    A switch of the timeline that falls into the run.

    Parameters
    ----------
    switch
        As it was.
    moved
        Scenarios that move it, with the new day, or None where it never comes.
    """

    switch: Switch
    moved: tuple[tuple[str, date | None], ...]


@dataclass(frozen=True)
class Study:
    """
    Everything that a report shows.

    Parameters
    ----------
    title, lead
        Heading, and what must be said before any answer.
    baseline
        Results of the baseline.
    answers
        One for each scenario, in reading order.
    statements
        What was said, and where it is answered; empty for a single scenario.
    bound
        When each stage bound, in history.
    observed
        Published figures by the name of the simulated series.
    fits
        The seed event: simulated against published, by month.
    told
        The seed event in sentences, simulated and published.
    assumptions
        Every parameter that was read.
    timeline
        The switches of law and policy in the run, by date.
    limits, short_limits
        What the model cannot say, and must not be used for; and the same in five lines.
    record
        What made the numbers: versions, seed, scale, replicates, hashes.
    reproduce
        Commands, one a line.
    """

    model: Model
    title: str
    lead: tuple[str, ...]
    baseline: Results
    answers: tuple[Answer, ...]
    statements: tuple[Statement, ...] = ()
    bound: tuple[Bound, ...] = ()
    observed: Mapping[str, Observed] = field(default_factory=dict)
    fits: tuple[Fit, ...] = ()
    told: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    timeline: tuple[SwitchInRun, ...] = ()
    limits: tuple[str, ...] = ()
    short_limits: tuple[str, ...] = ()
    record: Mapping[str, str] = field(default_factory=dict)
    reproduce: tuple[str, ...] = ()

    def beside(self, name: str, start: date, end: date) -> Beside | None:
        """
        Return what is known of a series over the days in [start, end), and how far off history is there.

        Where not all of them are known, it is of the part of them that is.
        """
        observed = self.observed.get(name)
        if observed is None:
            return None
        if found := observed.over(start, end, self._level(name, start, end)):
            return found
        part = observed.part(start, end)
        if part is None:
            return None
        level = self._level(name, *part)
        found = observed.over(*part, level)
        return found and replace(found, part=part, simulated=level)

    def _level(self, name: str, start: date, end: date) -> float:
        """Return a series in history over the days in [start, end); NaN where not all of them were simulated."""
        months = self.baseline.months
        simulated = months[0] <= start and end <= first_of_next_month(months[-1])
        return float(self.baseline.total(name, start, end).mean()) if simulated else math.nan

    def answer(self, name: str) -> Answer:
        """Return the answer of the scenario called so."""
        return next(each for each in self.answers if each.name == name)
