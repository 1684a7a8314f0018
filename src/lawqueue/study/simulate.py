"""Scenarios run: the same seed and replicates for all, history once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Literal, get_args

from lawqueue.engine.compile import compile_network
from lawqueue.engine.results import Run
from lawqueue.engine.spec import Network
from lawqueue.engine.trunk import Trunk, simulate_family
from lawqueue.errors import InputError, RunError, did_you_mean
from lawqueue.exports import command_line
from lawqueue.models.cube import Results, joined
from lawqueue.models.model import Model
from lawqueue.models.once import Memory
from lawqueue.models.stages import Flows, Stage, between_stages
from lawqueue.models.world import Law, World
from lawqueue.rules import Calendar, Change, Guideline, ParameterBook, lay_over
from lawqueue.same import Same
from lawqueue.study import deterrence, ensemble
from lawqueue.study.deterrence import Deterrence
from lawqueue.study.ensemble import Ensemble
from lawqueue.study.moves import AnyChange, GuidelineChange, StatuteChange
from lawqueue.study.scenario import HISTORY, Scenario

Parameters = Literal["ensemble", "central"]


@dataclass(frozen=True)
class Settings:
    """
    How a run is made.

    Parameters
    ----------
    seed
        Any integer ≥ 0.
    replicates
        Independent runs of each scenario.
    scale
        Share of the cases that is simulated [/1].
    threads
        Replicates at the same time; the numbers do not depend on it.
    cluster
        Address of a Dask scheduler whose workers make the replicates instead, or None.
    parameters
        `ensemble`: replicate k of every scenario and of its baseline has draw k of the ensemble, so that
        intervals carry what the parameters leave open; `central`: all have the values as written.
    deterrence
        Setting of the dial, the same in every scenario and in its baseline.
    """

    seed: int = 0
    replicates: int = 40
    scale: float = 0.05
    threads: int = 2
    cluster: str | None = None
    parameters: Parameters = "ensemble"
    deterrence: Deterrence = "off"

    def __post_init__(self) -> None:
        known = get_args(Parameters)
        if self.parameters not in known:
            raise InputError(
                f"parameters: no setting {self.parameters!r}. {did_you_mean(self.parameters, known)}"
            )
        deterrence.setting(self.deterrence)

    def of(self, model: Model) -> Settings:
        """Return the settings for a model: where nothing is left open all replicates have the parameters as written."""
        deterrence.turned(model, model.parameters(), self.deterrence)  # refuses a dial that the model lacks
        return self if ensemble.is_open(model) else replace(self, parameters="central")

    def recorded(self) -> dict[str, int | float | str]:
        """Return what the numbers depend on, by name."""
        return {
            "seed": self.seed,
            "replicates": self.replicates,
            "scale": self.scale,
            "parameters": self.parameters,
            "deterrence": self.deterrence,
        }

    def in_words(self) -> str:
        """Return the same in a line."""
        return ", ".join(f"{name} {value}" for name, value in self.recorded().items())

    def command(self, what: str) -> str:
        """Return the command line that runs a scenario or a set in this way; where to is no part of it."""
        turned = () if self.deterrence == "off" else ("--deterrence", self.deterrence)
        how = ("--seed", self.seed, "--replicates", self.replicates, "--scale", self.scale)
        name = f"./{what}" if what.startswith("-") else what  # or it would be an option
        return command_line("lawqueue", "run", name, *how, "--parameters", self.parameters, *turned)


@dataclass(frozen=True)
class Part:
    """
    What is kept of replicates that share their parameters; the run itself is let go.

    Parameters
    ----------
    loads
        Load of every stage by month.
    flows
        Cases from stage to stage, (from, to) to shape (n_months,), the mean over replicates [case/month].
    parts
        First day on which the model reads anything else than in history; the day after the run if there is none.
        Every number before it is that of history, bit for bit.
    """

    loads: tuple[Stage, ...]
    flows: Flows
    parts: date


@dataclass(frozen=True)
class Outcome:
    """
    A scenario that was run.

    Parameters
    ----------
    results
        What it counted.
    world
        The inputs of the first part: dates, guidelines and published figures are those of all.
    parts
        One for each set of parameters.
    """

    name: str
    results: Results
    world: World
    parts: tuple[Part, ...]

    @property
    def parts_on(self) -> date:
        """First day on which any draw parts from history; the day after the run if none does."""
        return min(each.parts for each in self.parts)


def calendar(model: Model, changes: tuple[AnyChange, ...], start: date, end: date) -> Calendar[Guideline]:
    """Return which guideline is in force for the agency of a model when: history with the changes laid over, in order."""
    spells = model.calendar_in_history(start, end)
    for each in changes:
        if isinstance(each, GuidelineChange):
            spells = lay_over(spells, max(each.at, start), min(each.until or end, end), each.guideline)
    return spells


def law(model: Model, changes: tuple[AnyChange, ...], start: date, end: date) -> Law:
    """Return which statute answers each question when: history with the changes laid over, in order."""
    found = dict(model.law_in_history(start, end))
    for each in changes:
        if isinstance(each, StatuteChange):
            first, after = max(each.at, start), min(each.until or end, end)
            found[each.question] = lay_over(found[each.question], first, after, each.statute)
    return found


def _key(changes: tuple[AnyChange, ...], start: date, end: date) -> tuple[object, ...]:
    """Return what tells one run from another under the same settings."""
    # In full: a guideline of the user's own may change between two runs of one session.
    return repr(changes), start, end


def changed_world(
    model: Model,
    base: ParameterBook,
    changes: tuple[AnyChange, ...],
    start: date,
    end: date,
    memory: Memory | None = None,
) -> World:
    """Return the inputs of history, with the given parameters, and some changes laid over them."""
    numbers = [each for each in changes if isinstance(each, Change)]
    book = ensemble.laid_over(model, base, model.parameters(), numbers)
    world = model.world(
        book, calendar(model, changes, start, end), law(model, changes, start, end), start, end
    )
    return replace(world, history=base, memory=memory or world.memory)


def related(
    model: Model,
    base: ParameterBook,
    wanted: Sequence[tuple[AnyChange, ...]],
    start: date,
    end: date,
    memory: Memory | None = None,
) -> list[World]:
    """Return the inputs of worlds with the same parameters of history, which count by the same groups."""
    memory = memory or Memory()
    made = [changed_world(model, base, changes, start, end, memory) for changes in wanted]
    rules = tuple({each.id: each for world in made for each in world.rules}.values())
    return [replace(world, rules=rules) for world in made]


def run_pair(
    model: Model,
    base: ParameterBook,
    before: tuple[AnyChange, ...],
    after: tuple[AnyChange, ...],
    span: tuple[date, date],
    settings: Settings,
) -> tuple[Results, Results]:
    """
    Return a baseline and a scenario with given parameters of history; what the two share is walked once.

    Parameters
    ----------
    model
        Whose run it is.
    base
        The parameters of history.
    before, after
        Changes of the baseline, and of the scenario, laid over them.
    span
        First day, and the first day after the run.
    settings
        Seed, replicates, scale and threads; where parameters come from is not asked.
    """
    worlds = related(model, base, (before, after), *span)
    networks = [model.network(each) for each in worlds]
    made = simulate_family(
        lambda _: (networks[0], networks),
        lambda _, place, run, __: model.read(run, worlds[place], HISTORY),
        seed=settings.seed,
        replicates_wanted=settings.replicates,
        scale=settings.scale,
        threads=settings.threads,
    )
    baseline, scenario = (joined(each) for each in zip(*made, strict=True))
    return baseline, scenario


class Kept:
    """
    Draws of history that are kept from one laboratory to the next, so that a world costs what is its own alone.

    It is to be shared only between equal models and settings; threads may share it.
    """

    MOST = 32
    """Networks of history that are kept, each with the state from which the last world parted."""

    def __init__(self) -> None:
        self.books: tuple[ParameterBook, ...] | None = None
        self._networks: dict[tuple[object, ...], Network] = {}
        self._trunks: dict[int, Trunk] = {}
        self._memories: dict[int, Memory] = {}

    def memory(self, number: int) -> Memory:
        """Return what steps made of the worlds of a draw."""
        return self._memories.setdefault(number, Memory())

    def network(self, number: int, history: World, make: Callable[[World], Network]) -> Network:
        """Return the network of history in a draw: that which was kept, if it counts by the same rules."""
        key = (number, history.start, history.end, *map(Same, history.rules))
        for oldest in list(self._networks)[: -self.MOST]:
            gone = self._networks.pop(oldest, None)
            self._trunks.pop(id(gone), None)
        # Each is one atomic step.
        return self._networks.get(key) or self._networks.setdefault(key, make(history))

    def trunk(self, network: Network, make: Callable[[], Trunk]) -> Trunk:
        """Return the trunk of a network, which holds the network, so that its id is its own."""
        return self._trunks.get(id(network)) or self._trunks.setdefault(id(network), make())


def _require_nothing_before(outcome: Outcome, changes: tuple[AnyChange, ...]) -> None:
    """Refuse a world that parts from history before its first change, but for the month that is set as a whole."""
    acts = min((each.at for each in changes), default=None)
    if acts is not None and outcome.parts_on < acts.replace(day=1) and outcome.parts_on < outcome.world.end:
        raise RunError(
            f"{outcome.name!r} differs from history from {outcome.parts_on} on, before its first change on {acts}: "
            "this is a fault of the model."
        )


class Laboratory:
    """
    Runs scenarios with one set of settings, and remembers what it has run.

    Parameters
    ----------
    model
        The model that is asked.
    settings
        Seed, replicates, scale and threads, the same for every scenario.
    stop
        Set it to cancel.
    progress
        Called after each replicate.
    draws
        The ensemble, if it is not the one that comes with the package.
    kept
        Where draws of history are kept for other laboratories, if they are.
    """

    def __init__(
        self,
        model: Model,
        settings: Settings,
        stop: threading.Event | None = None,
        progress: Callable[[], None] | None = None,
        draws: Ensemble | None = None,
        *,
        kept: Kept | None = None,
    ) -> None:
        self.model = model
        self.settings = settings if draws is not None else settings.of(model)
        self._kept = kept
        self._draws = draws
        self._stop, self._progress = stop, progress
        self._done: dict[tuple[object, ...], Outcome] = {}

    def alike(self, **settings: Any) -> Laboratory:
        """Return another one with some settings changed, that the same signal stops and no progress is told of."""
        return Laboratory(self.model, replace(self.settings, **settings), self._stop)

    def history(self, start: date, end: date) -> Outcome:
        """Return history as the model has it, from `start` until the day before `end`."""
        return self._run(HISTORY, (), start, end)

    def run(self, scenario: Scenario) -> Outcome:
        """Return the outcome of a scenario."""
        return self._run(scenario.name, scenario.every, scenario.start, scenario.end)

    def changed(self, name: str, changes: tuple[AnyChange, ...], start: date, end: date) -> Outcome:
        """Return history with some changes laid over it."""
        return self._run(name, changes, start, end)

    def baseline(self, scenario: Scenario) -> Outcome:
        """Return the outcome of what a scenario is compared with."""
        return (
            self.history(scenario.start, scenario.end)
            if scenario.baseline is None
            else self.run(scenario.baseline)
        )

    def together(self, scenarios: Sequence[Scenario]) -> None:
        """Run scenarios, their baselines and history at once, so that what they share is walked once."""
        families: dict[tuple[date, date], dict[str, tuple[AnyChange, ...]]] = {}
        for each in scenarios:
            family = families.setdefault((each.start, each.end), {HISTORY: ()})
            family |= {one.name: one.every for one in (each.baseline, each) if one is not None}
        for span, family in families.items():
            self._make(family, *span)

    def count(self, scenarios: Sequence[Scenario]) -> int:
        """Return how many replicates it takes to run scenarios, their baselines and history."""
        keys = set()
        for each in scenarios:
            for one in (each.every, each.baseline.every if each.baseline else (), ()):
                keys.add(_key(one, each.start, each.end))
        return len(keys) * self.settings.replicates

    def _run(self, name: str, changes: tuple[AnyChange, ...], start: date, end: date) -> Outcome:
        self._make({name: changes}, start, end)
        known = self._done[_key(changes, start, end)]
        return (
            known
            if known.name == name
            else replace(known, name=name, results=replace(known.results, scenario=name))
        )

    def _make(self, family: Mapping[str, tuple[AnyChange, ...]], start: date, end: date) -> None:
        """Run what was not run yet of some worlds over the same days; they branch off history."""
        wanted = {
            key: (name, changes)
            for name, changes in family.items()
            if (key := _key(changes, start, end)) not in self._done
        }
        if not wanted:
            return
        names = [name for name, _ in wanted.values()]
        model = self.model
        worlds: dict[tuple[int, int], World] = {}

        def build(number: int) -> tuple[Network, list[Network]]:
            history, made = self._worlds(number, [changes for _, changes in wanted.values()], start, end)
            worlds.update({(number, place): each for place, each in enumerate(made)})
            # Of copies, for a world remembers five megabytes of series once a network was made of it.
            if self._kept is None:
                trunk = model.network(replace(history))
            else:
                trunk = self._kept.network(number, history, lambda world: model.network(replace(world)))
            return trunk, [trunk if each is history else model.network(replace(each)) for each in made]

        def read(number: int, place: int, run: Run, parts: int) -> tuple[Results, Part]:
            # Read on the thread that made it, and let go: a run is a hundred times what is read of it.
            world = worlds.pop((number, place))
            part = Part(
                model.stages(run, world), between_stages(run, model.flows), start + timedelta(days=parts)
            )
            return model.read(run, world, names[place]), part

        settings = self.settings
        done = simulate_family(
            build,
            read,
            seed=settings.seed,
            replicates_wanted=settings.replicates,
            scale=settings.scale,
            threads=settings.threads,
            cluster=settings.cluster,
            stop=self._stop,
            progress=self._progress,
            trunk_of=None if self._kept is None else self._trunk,
        )
        for place, (key, (name, changes)) in enumerate(wanted.items()):
            found, parts = zip(*(each[place] for each in done), strict=True)
            world = changed_world(model, self._books[0], changes, start, end)
            outcome = Outcome(name, joined(found), world, parts)
            _require_nothing_before(outcome, changes)
            self._done[key] = outcome

    def _worlds(
        self, number: int, wanted: Sequence[tuple[AnyChange, ...]], start: date, end: date
    ) -> tuple[World, list[World]]:
        """Return history in one draw, and the worlds that are wanted, which count by the same groups."""
        book = self._books[number % len(self._books)]
        memory = None if self._kept is None else self._kept.memory(number % len(self._books))
        history, *others = related(self.model, book, ((), *wanted), start, end, memory)
        return history, [other if changes else history for changes, other in zip(wanted, others, strict=True)]

    def _trunk(self, network: Network, number: int) -> Trunk:
        """Return the trunk of a draw of history that is kept."""
        assert self._kept is not None
        settings = self.settings
        return self._kept.trunk(
            network, lambda: Trunk(compile_network(network, settings.scale), settings.seed, number)
        )

    @property
    def parameters(self) -> ParameterBook:
        """The parameters of history as written, with the dial turned."""
        return deterrence.turned(self.model, self.model.parameters(), self.settings.deterrence)

    @cached_property
    def _ensemble(self) -> Ensemble | None:
        return (
            (self._draws or ensemble.shipped(self.model)) if self.settings.parameters == "ensemble" else None
        )

    @cached_property
    def _books(self) -> tuple[ParameterBook, ...]:
        """The parameters of history: one book for each replicate, or one for all."""
        if self._kept is None:
            return self._made_books()
        if self._kept.books is None:
            self._kept.books = self._made_books()
        return self._kept.books

    def _made_books(self) -> tuple[ParameterBook, ...]:
        written = self.model.parameters()
        draws = self._ensemble
        books = (
            (written,)
            if draws is None
            else (draws.book(number, written) for number in range(self.settings.replicates))
        )
        return tuple(deterrence.turned(self.model, book, self.settings.deterrence) for book in books)
