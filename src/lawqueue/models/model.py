"""
What a model is: one frozen object, found by its name, that everything above the models asks.

A model is a folder of data with code beside it. In the folder lie `parameters/`, and, where the model has them,
`profile.yaml`, `guidelines/`, `statutes/`, `timeline.yaml`, `observed/`, `scenarios/` and `calibration/`. The code says how
the dated inputs of a scenario become a caseload network, and what is read out of a run of it:

    World of dated inputs → network(world) → a run of it → reading(run, world) → catalogue.read

The smallest model gives a name, a folder, a network and a catalogue; every other part may be left out, and what needs
it says so. `lawqueue.models.us_immigration.model` has all of them; `docs/add-a-model.md` builds a small one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from lawqueue.engine.spec import Network, Stock
from lawqueue.errors import InputError, did_you_mean
from lawqueue.models import lines
from lawqueue.models.cube import Results
from lawqueue.models.observed import Observed, load_observed
from lawqueue.models.profiles import Profiles
from lawqueue.models.series import Catalogue, Reading
from lawqueue.models.stages import Edges, Leant, Stage
from lawqueue.models.world import Floats, Law, World
from lawqueue.months import CALENDAR, Year, first_of_next_month
from lawqueue.rules import (
    Calendar,
    Change,
    Guideline,
    GuidelineBook,
    ParameterBook,
    ProfileSchema,
    StatuteBook,
    Timeline,
    load_guidelines,
    load_parameters,
    load_schema,
    load_statutes,
    load_timeline,
)
from lawqueue.rules.guideline import Component
from lawqueue.rules.statute import Function

if TYPE_CHECKING:
    from lawqueue.engine.results import Run

Points: TypeAlias = Sequence[tuple[date, float, float, float, float]]
"""First day of each scored period of a series, what was published, and median, low and high end of the forecast."""


@dataclass(frozen=True)
class Known:
    """
    What is known until when.

    Parameters
    ----------
    last
        Last day that can be simulated: its inputs are published or held.
    last_outcome
        Last day whose outcomes were compared with the model; what is held drifts from then on.
    fit
        First day to whose outcomes anything is fitted, and the first day after them; None if nothing is fitted.
    rules_from
        First day of its guidelines, from which on there is no gap; None without guidelines.
    start_fault
        Why a run may not begin on a day, or None if it may.
    walks
        How far a parameter wanders in a year, where that was measured [log, standard deviation]; others drift by a share of
        the width of their range, see `lawqueue.study.drift`.
    """

    last: date
    last_outcome: date
    fit: tuple[date, date] | None = None
    rules_from: date | None = None
    start_fault: Callable[[date], str | None] = lambda _: None
    walks: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Aims:
    """
    What a fit aims at beside the published counterpart of every emergent series.

    Parameters
    ----------
    courses
        Simulated series to published months of another count of the same thing, whose level is not met, only its course.
    by_year
        Simulated series that are met by year alone: they are sums of others, which are met by quarter.
    """

    courses: Mapping[str, str] = field(default_factory=dict)
    by_year: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Promise:
    """
    A goal of a model's own that was set before, and whether it was met.

    Parameters
    ----------
    goal, met, figure
        What was promised; whether it was kept; the figure that shows it.
    """

    goal: str
    met: bool
    figure: str


@dataclass(frozen=True)
class Scored:
    """
    What a back-test scores, and what was set as a goal before.

    Parameters
    ----------
    origins
        First scored days.
    ahead
        Years that are scored from an origin, at most.
    rows
        Lines of the table: a title, and published series that must emerge; a row of several counts once, with their mean.
    flows
        Flows that a row of stocks is scored with, by title: a stock can be right because two wrong flows cancel, and must
        not win so. A flow is one sum of published series, or several of which the mean error counts.
    close, close_with_flows
        Mean absolute error of a row that was set as a goal before [/1]; rows of which it asks for right flows, too.
    nearer
        Of how many rows how many should be nearer than the best naive forecast, by origin.
    hold
        Share of the outcomes that the 80 % intervals should hold.
    conditional, caution
        What was fed in for the scored years, and what else must be said of the scores, in words.
    promises
        Goals of the model's own from the first origin: of the points of a published series, (first day, published,
        median, low, high), by its name, and of the run.
    """

    origins: tuple[date, ...]
    ahead: int
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    flows: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]]
    close: Mapping[str, float]
    close_with_flows: frozenset[str]
    nearer: Mapping[date, tuple[int, int]]
    hold: tuple[float, float]
    conditional: str
    caution: str
    promises: Callable[[Mapping[str, Points], Results, Observed], tuple[Promise, ...]] = lambda *_: ()


@dataclass(frozen=True)
class Yields:
    """
    What one more of a resource is asked to bring.

    Parameters
    ----------
    at, until
        The day on which there is more of it, and the first day after its yield is counted.
    outcomes
        The series that it is counted in.
    """

    at: date
    until: date
    outcomes: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """Series that stand together by year in a report: a heading, what is counted in words, and their names."""

    heading: str
    words: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Headline:
    """
    What a page opens on.

    Parameters
    ----------
    opens
        The scenario that the control room opens on; None for the first.
    outcomes
        In which a question is answered that names none; empty for those of the scenario it opens on.
    fit, over
        The series shown first beside what was published, and the months over which: first day, and the day after.
    fit_title, fit_words
        A heading for them, and what the comparison is worth, in sentences.
    compared, example
        The two guidelines that a page compares first, and the profile that it explains first, by attribute.
    sets
        Headings of its sets of scenarios.
    topics
        What stands by year in a report, by a short name.
    told
        Sentences on a run of history beside what was published.
    """

    opens: str | None = None
    outcomes: tuple[str, ...] = ()
    fit: tuple[str, ...] = ()
    over: tuple[date, date] | None = None
    fit_title: str = "Beside what was published"
    fit_words: str = ""
    compared: tuple[str, str] | None = None
    example: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    told: Callable[[Results, Observed], tuple[str, ...]] = lambda *_: ()


@dataclass(frozen=True)
class Dial:
    """
    A structural switch, turned in the baseline and in every scenario alike.

    Parameters
    ----------
    about
        What is turned, in a few words behind its name.
    settings
        What each setting says, in a sentence; the first is how it stands if nobody turns it.
    turned
        The parameters with the dial at a setting.
    """

    about: str
    settings: Mapping[str, str]
    turned: Callable[[ParameterBook, Observed, str], ParameterBook]


@dataclass(frozen=True)
class Resource:
    """
    Something of which there may be more.

    Parameters
    ----------
    name, one
        In the plural and in the singular.
    parameter
        What one more of it adds 1 to.
    stage
        The stage at which it works, as the model's stages call it.
    level
        The series that says how many there are, or None if the parameter does.
    hiring
        The parameter that says how many days pass from the opening of a post to the first day of work, or None.
    """

    name: str
    one: str
    parameter: str
    stage: str
    level: str | None = None
    hiring: str | None = None

    def more(self, number: float, on: date) -> tuple[Change, ...]:
        """Return the change that opens a number of posts, or buys a number, on a day; none for 0."""
        return (Change(self.parameter, on, "add", float(number)),) if number else ()

    def at_work(self, number: float, on: date) -> tuple[Change, ...]:
        """Return the changes with which a number of them is at work from a day on, without time to hire."""
        at_once = (Change(self.hiring, on, "set", 0.0),) if self.hiring and number else ()
        return (*at_once, *self.more(number, on))

    def lag(self, on: date, book: ParameterBook) -> timedelta:
        """Return how long hiring takes that is begun on a day, as the parameter is written."""
        return timedelta(days=round(book.value(self.hiring, on)) if self.hiring else 0)

    def lag_in_words(self, on: date, book: ParameterBook) -> str:
        """Return where the lag comes from; empty without one."""
        if self.hiring is None:
            return ""
        source = book.parameter(self.hiring).on(on).source
        return f"{self.lag(on, book).days} days from the opening of a post ({source.title})"


@dataclass(frozen=True)
class Rolled:
    """Scores of a back-test from many origins: as plain text, and as JSON."""

    table: str
    json: str


@dataclass(frozen=True)
class Rolling:
    """
    A back-test of a model's own, from many origins at once.

    Parameters
    ----------
    parts
        How many parts it has.
    periods
        What it counts ahead, as quarters.
    caution
        What must be said of its scores.
    scores
        What makes the scores, with so many processes; it calls what it is given after each part.
    """

    parts: int
    periods: str
    caution: str
    scores: Callable[[int, Callable[[], None]], Rolled]


@dataclass(frozen=True)
class Matching:
    """
    A fit by history matching: draws over the ranges of all parameters, kept where they retell the fitted years.

    Parameters
    ----------
    draws, least
        Draws that are tried, and that must be kept.
    discrepancy
        How far off the model is by itself, by outcome [log, standard deviation].
    published
        What was published of each outcome, by period.
    retold
        The same in a run with some parameters.
    finds, found
        A parameter that follows from the others of a draw; its value, from what makes a book with a value of it, and the
        value as written.
    later
        What it may be after the fitted years, over what it is found to be at their end: from, to [/1].
    settings
        What the record says besides, as seed and scale.
    """

    draws: int
    least: int
    discrepancy: Mapping[str, float]
    published: Callable[[], Mapping[str, Floats]]
    retold: Callable[[ParameterBook], Mapping[str, Floats]]
    finds: str
    found: Callable[[Callable[[float], ParameterBook], float], float]
    later: tuple[float, float]
    settings: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Model:
    """
    A model, with everything that the floors above may ask of it.

    Parameters
    ----------
    name, title, about
        How a scenario names it, a heading, and what it is a model of.
    folder
        Its data.
    network
        The caseload network of a scenario's inputs.
    catalogue
        What it reports.
    known
        What is known until when.
    year
        What tables, pictures and sentences count as one year: the calendar's if nothing is said.
    scale
        Share of the cases that a page simulates unless it is told otherwise [/1]: enough that months can be told apart.
    limits
        What it cannot say, a sentence each; `{intervals}` and the name of a dial in braces stand for what is said of
        them in a run.
    short_limits
        The same in a few lines, for the first page of a report; `{levels}`, `{interval}` and `{held}` stand for what is
        said of the levels and the intervals of a run.
    world_of
        What holds its dated inputs.
    profiles_of
        What makes its table of profiles; None if rules tell no cases apart.
    reading
        What a run is read with.
    stocks
        The cases that are there on the first day.
    stages, flows, layers
        How loaded each stage is; which edges lead from stage to stage; where each stage stands in the picture of them,
        from left to right.
    coloured
        Names of its stages in the order in which pictures give them colours.
    leant, rests_on
        What is said of a stage that is full or idle; the stages on which a series rests.
    population
        For whom a guideline draws its line; None without guidelines.
    agency
        Whose guidelines bind it.
    headings
        Headings of its levers by the first part of a parameter's name, in the order in which they are shown.
    asked
        Questions of law that its network asks; a statute that answers another one moves nothing.
    wholes
        Names of parameters that are shares of one whole, a tuple for each whole.
    delayed
        Parameters of which more first acts after a time: the parameter that says how long [day].
    once_a_month
        Parameters that are read on one day of each month: which day.
    needs_ensemble
        Whether its parameters trade off, so that draws each by itself out of its range would not agree with what was
        published: without an ensemble it then runs with the written values.
    matching, rolling
        A fit by history matching, and a back-test of its own, from many origins; None if it is fitted, or scored, as
        others are.
    headline, dials, resources
        What a page opens on; its structural switches by name; what more can be had of.
    yields, aims, scored
        What one more of a resource is asked to bring; what a fit aims at beside; what a back-test scores.
    """

    name: str
    title: str
    about: str
    folder: Path
    network: Callable[[Any], Network]
    catalogue: Catalogue
    known: Known
    year: Year = CALENDAR
    scale: float = 0.05
    limits: tuple[str, ...] = ()
    short_limits: tuple[str, ...] = ()
    world_of: Callable[..., World] = World
    profiles_of: Callable[[], Profiles] | None = None
    reading: Callable[[Run, Any], Reading] = Reading
    stocks: Callable[[Any], tuple[Stock, ...]] = lambda _: ()
    stages: Callable[[Run, Any], tuple[Stage, ...]] = lambda *_: ()
    coloured: tuple[str, ...] = ()
    leant: Mapping[str, Leant] = field(default_factory=dict)
    rests_on: Callable[[str], Collection[str]] = lambda _: ()
    flows: Mapping[tuple[str, str], Edges] = field(default_factory=dict)
    layers: Mapping[str, float] = field(default_factory=dict)
    population: lines.Population | None = None
    agency: Component = "ice"
    headings: Mapping[str, str] = field(default_factory=dict)
    asked: frozenset[tuple[Function, str]] = frozenset()
    wholes: tuple[tuple[str, ...], ...] = ()
    delayed: Mapping[str, str] = field(default_factory=dict)
    once_a_month: Mapping[str, int] = field(default_factory=dict)
    needs_ensemble: bool = False
    matching: Callable[[], Matching] | None = None
    rolling: Callable[[], Rolling] | None = None
    headline: Headline = Headline()
    dials: Mapping[str, Dial] = field(default_factory=dict)
    resources: tuple[Resource, ...] = ()
    yields: Yields | None = None
    aims: Aims = Aims()
    scored: Scored | None = None

    # --- its files ---------------------------------------------------------------------------------------

    def parameters(self) -> ParameterBook:
        """Return the parameters as they were."""
        return _parameters(self)

    def schema(self) -> ProfileSchema:
        """Return the attributes that rules may read."""
        return _schema(self)

    def guidelines(self) -> GuidelineBook:
        """Return every guideline; none if it has no such folder."""
        return _guidelines(self)

    def statutes(self) -> StatuteBook:
        """Return every statute; none if it has no such folder."""
        return _statutes(self)

    def timeline(self) -> Timeline:
        """Return the dated switches of law and policy; none if it has no such file."""
        return _timeline(self)

    def observed(self) -> Observed:
        """Return the published figures; none if it has no such folder."""
        return _observed(self)

    def profiles(self) -> Profiles | None:
        """Return the table of profiles."""
        return _profiles(self)

    # --- its inputs --------------------------------------------------------------------------------------

    def calendar_in_history(self, start: date, end: date) -> Calendar[Guideline]:
        """Return which guideline was in force for its agency when."""
        book = self.guidelines()
        return tuple(book.calendar(self.agency, start, end)) if len(book) else ()

    def law_in_history(self, start: date, end: date) -> Law:
        """Return which statute answered each question when."""
        book = self.statutes()
        return {question: book.calendar(*question, start, end) for question in book.questions}

    def world(
        self, book: ParameterBook, calendar: Calendar[Guideline], law: Law, start: date, end: date
    ) -> World:
        """Return the inputs of a scenario, from `start` until the day before `end`, with what is in force in it."""
        rules = {each.id: each for each in self.guidelines()} | {each.id: each for _, _, each in calendar}
        return self.world_of(
            self.parameters(),
            book,
            calendar,
            law,
            self.law_in_history(start, end),
            tuple(rules.values()),
            self.observed(),
            self.profiles(),
            start,
            end,
        )

    def world_in_history(self, start: date, end: date) -> World:
        """Return the inputs of history, from `start` until the day before `end`."""
        calendar, law = self.calendar_in_history(start, end), self.law_in_history(start, end)
        return self.world(self.parameters(), calendar, law, start, end)

    def known_days(self) -> tuple[date, date]:
        """Return the first and the last day that can be simulated."""
        return max(each.values[0].start for each in self.parameters()), self.known.last

    def read_at_start(self) -> frozenset[str]:
        """Return the parameters that say what is there when a run begins: they are read for its first day alone."""
        return _read_at_start(self)

    # --- its answers -------------------------------------------------------------------------------------

    def read(self, run: Run, world: World, scenario: str) -> Results:
        """Return everything that it reports of a run."""
        return self.catalogue.read(self.reading(run, world), scenario)

    def crossings(self, before: Guideline, after: Guideline, day: date) -> list[lines.Crossing]:
        """Return who crosses the line from one guideline to another, as the parameters of a day have the population."""
        among, people = self.divided(), self.profiles()
        assert people is not None  # a population is one of profiles
        start = day.replace(day=1)
        world = self.world_in_history(start, first_of_next_month(start))
        return lines.crossings(before, after, people, among.cases(world))

    def divided(self) -> lines.Population:
        """Return for whom a guideline draws its line."""
        if self.population is None:
            raise self.lacks("population for whom a guideline draws its line")
        return self.population

    def dial(self, name: str) -> Dial:
        """Return one of its structural switches."""
        if name not in self.dials:
            raise self.lacks(f"dial {name!r}")
        return self.dials[name]

    def resource(self, name: str) -> Resource:
        """Return a resource by its name, plural or singular."""
        if not self.resources:
            raise self.lacks("resource of which there may be more")
        for each in self.resources:
            if name in {each.name, each.one}:
                return each
        raise InputError(
            f"no resource {name!r}. {did_you_mean(name, [each.name for each in self.resources])}"
        )

    def fitted(self) -> tuple[date, date]:
        """Return the days to whose outcomes it is fitted: the first, and the first after them."""
        if self.known.fit is None:
            raise self.lacks("days to whose outcomes it is fitted")
        return self.known.fit

    def scoring(self) -> Scored:
        """Return what a back-test scores."""
        if self.scored is None:
            raise self.lacks("rows that a back-test scores")
        return self.scored

    def yielding(self) -> Yields:
        """Return what one more of a resource is asked to bring."""
        if self.yields is None:
            raise self.lacks("outcomes in which one more of a resource is counted")
        return self.yields

    def lacks(self, part: str) -> InputError:
        """Return the error that says which part it lacks."""
        return InputError(f"the model {self.name} has no {part}.")


@cache
def _parameters(model: Model) -> ParameterBook:
    return load_parameters(model.folder / "parameters")


@cache
def _schema(model: Model) -> ProfileSchema:
    path = model.folder / "profile.yaml"
    if not path.is_file():
        raise model.lacks("attributes that rules could read (profile.yaml)")
    return load_schema(path)


@cache
def _guidelines(model: Model) -> GuidelineBook:
    folder = model.folder / "guidelines"
    return load_guidelines(folder, model.schema()) if folder.is_dir() else GuidelineBook(())


@cache
def _statutes(model: Model) -> StatuteBook:
    folder = model.folder / "statutes"
    return load_statutes(folder, model.schema()) if folder.is_dir() else StatuteBook(())


@cache
def _timeline(model: Model) -> Timeline:
    path = model.folder / "timeline.yaml"
    return load_timeline(path) if path.is_file() else Timeline((), ())


@cache
def _observed(model: Model) -> Observed:
    folder = model.folder / "observed"
    return load_observed(folder, model.year) if folder.is_dir() else Observed((), (), model.year)


@cache
def _profiles(model: Model) -> Profiles | None:
    return None if model.profiles_of is None else model.profiles_of()


@cache
def _read_at_start(model: Model) -> frozenset[str]:
    # Any year does of which all inputs are known.
    start, _ = model.known_days()
    inputs = model.world_in_history(start, start.replace(year=start.year + 1))
    model.stocks(inputs)
    return frozenset(inputs.read_at_start)
