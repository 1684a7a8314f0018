"""
What an effect hangs on: parameters one at a time, shares of its variance, what it is worth to know, and structure.

The effect is that of a scenario on one outcome over its window, against its baseline, both with the same
parameters and the same random numbers.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
from joblib import Parallel, delayed  # type: ignore[import-untyped]  # it carries no types
from numpy.typing import NDArray
from SALib.analyze import sobol as analysis
from SALib.sample import sobol as sampling
from scipy.stats import qmc

from lawqueue.errors import InputError
from lawqueue.models.model import Model
from lawqueue.rules import ParameterBook
from lawqueue.rules.parameter import Parameter
from lawqueue.study import deterrence
from lawqueue.study.ensemble import Span, drawn, reference, shipped, spans, uncertain
from lawqueue.study.moves import AnyChange
from lawqueue.study.record import record
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Settings, run_pair
from lawqueue.trust.calibrate import code
from lawqueue.trust.fit import Say, Store
from lawqueue.trust.marginal import plain

Floats = NDArray[np.float64]

SCALE, SEED = 0.05, 0
OWN_CODE = ("trust/sensitivity.py", "study/simulate.py", "study/moves.py", "study/deterrence.py")
"""What may change a run besides what may change one of the calibration."""


@dataclass(frozen=True)
class Budget:
    """
    How many runs of scenario and baseline each part takes, apart from two for each parameter.

    Parameters
    ----------
    kept
        Parameters whose shares of the variance are estimated: those that move the effect most.
    learnt
        Runs from which the emulator is learnt.
    sampled
        Base points of the Sobol indices, on the emulator; a power of two.
    draws
        Of the ensemble, for the spread that is left after the calibration.
    seeds
        For the Monte Carlo spread.
    """

    kept: int = 12
    learnt: int = 160
    sampled: int = 1024
    draws: int = 60
    seeds: int = 12


@dataclass(frozen=True)
class Bar:
    """One parameter at the ends of its range: the effect at each, all others as written."""

    parameter: str
    low: float
    high: float
    effect_low: float
    effect_high: float

    @property
    def width(self) -> float:
        """How far the effect moves between the ends."""
        return abs(self.effect_high - self.effect_low)


@dataclass(frozen=True)
class Share:
    """
    A parameter's share of the variance of the effect, all parameters spread over their ranges.

    Parameters
    ----------
    first
        First-order index: by how much the variance would shrink, on average, if the parameter were known [/1].
    total
        Total index: what would be left if all others were known [/1].
    error
        Half width of the 95 % interval of `first`.
    """

    parameter: str
    first: float
    total: float
    error: float


@dataclass(frozen=True)
class Switch:
    """A structural switch, and the effect with it."""

    name: str
    setting: str
    effect: float


@dataclass(frozen=True)
class Part:
    """A source of uncertainty: the standard deviation of the effect that is its, and its share of the variance."""

    source: str
    sd: float
    share: float


@dataclass(frozen=True)
class Sensitivity:
    """
    What an effect hangs on.

    Parameters
    ----------
    scenario, series, title, unit
        The question.
    effect
        With parameters as written.
    dial
        The effect with deterrence off, low and high.
    tornado
        The widest first.
    shares
        Of the parameters that move it most, the largest first.
    explained
        Share of the variance that the emulator explains on runs it had not seen [/1].
    switches
        Other structural switches.
    ensemble
        Mean, 5 % and 95 % of the effect over the ensemble.
    parameters_sd, structure_sd, chance_sd
        Standard deviations of the effect: over the ensemble with chance taken out; over the switches, each
        as likely as not; over random numbers at this scale, one replicate.
    descriptions
        Of each parameter that is named, in words.
    """

    scenario: str
    series: str
    title: str
    unit: str
    effect: float
    dial: tuple[Switch, ...]
    tornado: tuple[Bar, ...]
    shares: tuple[Share, ...]
    explained: float
    switches: tuple[Switch, ...]
    ensemble: tuple[float, float, float]
    parameters_sd: float
    structure_sd: float
    chance_sd: float
    descriptions: dict[str, str]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The variance split by source, the largest first; empty if nothing moves the effect."""
        sources = {
            "parameters that the published figures leave open": self.parameters_sd,
            "how the model is built (the structural switches, each as likely as not)": self.structure_sd,
            f"Monte Carlo chance (one run of {SCALE:.0%} of the cases; more runs shrink it)": self.chance_sd,
        }
        whole = sum(each**2 for each in sources.values())
        found = [Part(source, sd, sd**2 / whole) for source, sd in sources.items() if whole > 0]
        return tuple(sorted(found, key=lambda each: -each.sd))


def switched(parameter: Parameter) -> Parameter:
    """Return a dial turned to the other end of its range, in every uncertain entry."""
    return replace(
        parameter,
        values=tuple(
            each.model_copy(update={"value": each.high if each.value == each.low else each.low})
            if each.low is not None and each.high is not None and each.value in {each.low, each.high}
            else each
            for each in parameter.values
        ),
    )


def dials(model: Model, book: ParameterBook) -> tuple[str, ...]:
    """Return the structural switches: uncertain parameters that are written at one end of their bounds."""
    free = {each.name for each in spans(model, book)}
    return tuple(
        each.name
        for each in book
        if each.name not in free and reference(model, each) is not None and switched(each) != each
    )


def sensitivity(
    scenario: Scenario,
    outcome: str,
    budget: Budget,
    checkpoint: Path,
    threads: int = 1,
    say: Say = lambda _: None,
) -> Sensitivity:
    """
    Return what the effect of a scenario on an outcome hangs on.

    Parameters
    ----------
    checkpoint
        Folder in which every run is stored with its effect on all series: what was stopped goes on from it, and
        another outcome of the same scenario takes only the runs from which its emulator is learnt.
    threads
        Runs at the same time; the numbers do not depend on it.
    say
        Called with what is being done.
    """
    model, written = scenario.model, scenario.model.parameters()
    free, effects = uncertain(model, written), _Effects(scenario, outcome, checkpoint, threads, say)
    settings, names = _switches(model, written)
    one_at_a_time = 1 + 2 * len(free)
    effects.expect(one_at_a_time + budget.learnt + len(settings) + len(names) + budget.seeds + budget.draws)
    centre, bars = _one_at_a_time(model, written, free, effects)
    shares, explained = _shares(written, free, bars[: budget.kept], effects, budget)
    dial, others = _structure(model, written, settings, names, effects)
    chance = effects.of("chance", 1 + _numbers(budget.seeds), lambda row: (written, int(row[0])))
    ensemble = shipped(model)
    spread = effects.of(
        "ensemble", _numbers(budget.draws), lambda row: (ensemble.book(int(row[0]), written), 1 + int(row[0]))
    )
    noise = float(np.var(chance, ddof=1))
    low, high = np.quantile(spread, (0.05, 0.95)).tolist()
    ends = [dial[-1].effect - dial[0].effect] if dial else []
    turns = np.array([*ends, *(each.effect - centre for each in others)])
    about = next(each for each in model.catalogue.all() if each.name == outcome)
    return Sensitivity(
        scenario.name,
        about.name,
        about.title,
        about.unit_of_total,
        centre,
        dial,
        bars,
        shares,
        explained,
        others,
        (float(spread.mean()), low, high),
        math.sqrt(max(float(np.var(spread, ddof=1)) - noise, 0.0)),
        float(np.sqrt(np.sum(np.square(turns / 2.0)))),
        math.sqrt(noise),
        {each.name: each.description for each in written},
    )


def _switches(model: Model, written: ParameterBook) -> tuple[Sequence[deterrence.Deterrence], list[str]]:
    """Return the settings of deterrence, none for a model without that dial; and the other structural switches."""
    names = [name for name in dials(model, written) if not name.startswith("deterrence.")]
    return deterrence.SETTINGS if deterrence.NAME in model.dials else (), names


def _one_at_a_time(
    model: Model, written: ParameterBook, free: Sequence[Span], effects: _Effects
) -> tuple[float, tuple[Bar, ...]]:
    """Return the effect with parameters as written, and with each at the ends of its range, the widest first."""
    positions = np.full((1 + 2 * len(free), len(free)), 0.5)
    for i in range(len(free)):
        positions[1 + 2 * i, i], positions[2 + 2 * i, i] = 0.0, 1.0
    found = effects.of("one-at-a-time", positions, lambda row: (_at(model, written, free, row), SEED))
    bars = (
        Bar(each.name, each.low, each.high, float(found[1 + 2 * i]), float(found[2 + 2 * i]))
        for i, each in enumerate(free)
    )
    return float(found[0]), tuple(sorted(bars, key=lambda bar: -bar.width))


def _structure(
    model: Model,
    written: ParameterBook,
    settings: Sequence[deterrence.Deterrence],
    names: Sequence[str],
    effects: _Effects,
) -> tuple[tuple[Switch, ...], tuple[Switch, ...]]:
    """Return the effect with each setting of deterrence, and with each other switch turned."""
    turned = [
        *(deterrence.turned(model, written, each) for each in settings),
        *(
            replace(written, parameters=written.parameters | {name: switched(written.parameter(name))})
            for name in names
        ),
    ]
    if not turned:
        return (), ()
    found = effects.of("structure", _numbers(len(turned)), lambda row: (turned[int(row[0])], SEED)).tolist()
    told = [
        *(("deterrence", each) for each in settings),
        *((n, _turned(written.parameter(n))) for n in names),
    ]
    switches = tuple(Switch(*each, float(effect)) for each, effect in zip(told, found, strict=True))
    return switches[: len(settings)], switches[len(settings) :]


def _numbers(count: int) -> Floats:
    return np.arange(count, dtype=float)[:, None]


def _turned(parameter: Parameter) -> str:
    entry = next(
        after.value
        for before, after in zip(parameter.values, switched(parameter).values, strict=True)
        if before.value != after.value
    )
    return f"{entry:g}"


def _at(model: Model, written: ParameterBook, free: Sequence[Span], positions: Floats) -> ParameterBook:
    return drawn(
        model,
        written,
        {each.name: float(each.at(place)) for each, place in zip(free, positions, strict=True)},
    )


Made: TypeAlias = Callable[[Floats], tuple[ParameterBook, int]]


class _Effects:
    """Runs a scenario and its baseline with given parameters, and keeps the effects on every series."""

    def __init__(self, scenario: Scenario, outcome: str, checkpoint: Path, threads: int, say: Say) -> None:
        self.model, self._scenario, self._threads = scenario.model, scenario, threads
        self._names = [each.name for each in scenario.model.catalogue.all()]
        self.outcome = outcome
        made_of = [
            repr((scenario.every, self._base, scenario.start, scenario.end, scenario.window)),
            record([scenario], Settings(SEED, 1, SCALE))
            | {"scenarios": {}},  # its steps count, not its words
            code(scenario.model, *OWN_CODE),
        ]
        mark = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:12]
        self._store = Store(checkpoint / f"{scenario.name}-{mark}", self._batch, say)

    @property
    def _base(self) -> tuple[AnyChange, ...]:
        return self._scenario.baseline.every if self._scenario.baseline else ()

    def expect(self, runs: int) -> None:
        """Say how many runs it takes at most."""
        self._store.say(
            f"{runs} runs of the scenario and its baseline at most; what is stored is not run again"
        )
        self._store.expect(runs)

    def of(self, stage: str, rows: Floats, made: Made) -> Floats:
        """Return the effect for each row, from which parameters and a seed are made, shape (n,)."""
        self._made = made
        found = self._store.runs(stage, rows)[:, self._names.index(self.outcome)]
        if missing := int(np.isnan(found).sum()):
            raise InputError(
                f"--outcome: {self.outcome} has no case to measure in {missing} of {len(found)} runs. Choose another."
            )
        return found

    def _batch(self, rows: Floats) -> Floats:
        work = (delayed(self._one)(*self._made(row)) for row in rows)
        return np.array(Parallel(n_jobs=self._threads, backend="threading")(work))

    def _one(self, book: ParameterBook, seed: int) -> list[float]:
        asked = self._scenario
        settings = Settings(seed, 1, SCALE, 1)
        span = asked.start, asked.end
        before, after = run_pair(self._scenario.model, book, self._base, asked.every, span, settings)
        return [
            float(after.total(name, *asked.window)[0] - before.total(name, *asked.window)[0])
            for name in self._names
        ]


def _shares(
    written: ParameterBook, free: Sequence[Span], bars: Sequence[Bar], effects: _Effects, budget: Budget
) -> tuple[tuple[Share, ...], float]:
    """Return Sobol indices of the parameters with the widest bars, on an emulator, and how well it explains."""
    from lawqueue.trust.emulator import Emulator  # noqa: PLC0415  # what learns is loaded only to learn

    place = {each.name: i for i, each in enumerate(free)}
    kept = [place[each.parameter] for each in bars if each.width > 0]
    if len(kept) < 2:
        return (), 1.0
    points = qmc.LatinHypercube(len(kept), rng=np.random.default_rng(SEED)).random(budget.learnt)
    positions = np.full((budget.learnt, len(free)), 0.5)
    positions[:, kept] = points
    found = effects.of(
        f"shares-{effects.outcome}", positions, lambda row: (_at(effects.model, written, free, row), SEED)
    )
    emulator = Emulator(points, found[:, None])
    problem = {
        "num_vars": len(kept),
        "names": [free[i].name for i in kept],
        "bounds": [[0.0, 1.0]] * len(kept),
    }
    asked = sampling.sample(problem, budget.sampled, calc_second_order=False, seed=SEED)
    # SALib takes seed 0 for none, and its intervals would differ from run to run.
    indices = analysis.analyze(problem, emulator.predict(asked)[:, 0], calc_second_order=False, seed=SEED + 1)
    shares = [
        Share(free[i].name, float(first), float(total), float(error))
        for i, first, total, error in zip(kept, indices["S1"], indices["ST"], indices["S1_conf"], strict=True)
    ]
    return tuple(sorted(shares, key=lambda each: -each.first)), float(emulator.explained[0])


def table(found: Sensitivity, shown: int = 15) -> str:
    """Return what an effect hangs on as plain text."""
    lines = []
    if found.dial:
        told = (f"  {each.setting:6} {plain(each.effect, '+'):>14}" for each in found.dial)
        lines += ["Deterrence dial:", *told, ""]
    lines += [
        "Where the uncertainty comes from (standard deviation of the effect, share of its variance):",
    ]
    lines += [f"  {each.source:76} {plain(each.sd):>14} {each.share:6.0%}" for each in found.parts]
    lines += [
        "",
        f"One parameter at a time, all others as written ({plain(found.effect, '+')}); the widest {shown}:",
    ]
    lines += [
        f"  {each.parameter:48} {each.low:10.4g} → {plain(each.effect_low, '+'):>14}   "
        f"{each.high:10.4g} → {plain(each.effect_high, '+'):>14}"
        for each in found.tornado[:shown]
    ]
    lines += [
        "",
        "If one of them were known, the variance of the effect over all the ranges would shrink on average by "
        f"(Sobol first-order index; the emulator behind it explains {found.explained:.0%}):",
    ]
    lines += [
        f"  {each.parameter:48} {max(each.first, 0.0):6.0%} ± {each.error:.0%}   total {max(each.total, 0.0):.0%}"
        for each in found.shares
    ]
    if found.switches:
        turned = (
            f"  {each.name:48} {each.setting:>8} → {plain(each.effect, '+'):>14}" for each in found.switches
        )
        lines += ["", "Structural switches, each turned to the other end of its range:", *turned]
    return "\n".join(lines)
