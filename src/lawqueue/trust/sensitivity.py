"""
What an effect hangs on: parameters one at a time, shares of its variance, what it is worth to know, and structure.

The effect is that of a scenario on one outcome over its window, against its baseline, both with the same
parameters and the same random numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from lawqueue.models.cube import Series
from lawqueue.models.us_immigration import model
from lawqueue.rules import ParameterBook
from lawqueue.rules.parameter import Parameter
from lawqueue.study.ensemble import Ensemble, Span, drawn, reference, shipped, spans
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Settings, run_once
from lawqueue.trust.emulator import Emulator

Floats = NDArray[np.float64]

SCALE, SEED = 0.05, 0
DETERRENCE = "deterrence."
_CRIMINAL = "deterrence.criminal"


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


def dials(book: ParameterBook) -> tuple[str, ...]:
    """Return the structural switches: uncertain parameters that are written at one end of their bounds."""
    free = {each.name for each in spans(book)}
    return tuple(
        each.name
        for each in book
        if each.name not in free and reference(each) is not None and switched(each) != each
    )


def deterrence(book: ParameterBook) -> dict[str, ParameterBook]:
    """Return the settings of the deterrence dial: off, the criminal increment alone, the largest estimates."""

    def turned(values: dict[str, float]) -> ParameterBook:
        return replace(
            book,
            parameters=book.parameters
            | {
                name: replace(
                    about := book.parameter(name),
                    values=tuple(each.model_copy(update={"value": value}) for each in about.values),
                )
                for name, value in values.items()
            },
        )

    names = [name for name in book.names if name.startswith(DETERRENCE)]
    published = model.observed()
    full, administrative = (
        published.figures(f"reapprehension_effect_{kind}.months_18")[-1].value
        for kind in ("full", "administrative")
    )
    high = {name: max(each.high or each.value for each in book.parameter(name).values) for name in names}
    off = dict.fromkeys(names, 0.0)
    low = off | ({_CRIMINAL: administrative - full} if _CRIMINAL in names else {})
    return {"off": turned(off), "low": turned(low), "high": turned(high)}


def sensitivity(
    scenario: Scenario,
    outcome: str,
    budget: Budget,
    threads: int = 1,
    say: Callable[[str], None] = lambda _: None,
    draws: Ensemble | None = None,
) -> Sensitivity:
    """
    Return what the effect of a scenario on an outcome hangs on.

    Parameters
    ----------
    threads
        Runs at the same time; the numbers do not depend on it.
    say
        Called with what is being done.
    draws
        The ensemble, if it is not the one that comes with the package.
    """
    written = model.parameters()
    free = spans(written)
    effects = _Effects(scenario, outcome, threads)
    positions = np.full((1 + 2 * len(free), len(free)), 0.5)
    for i in range(len(free)):
        positions[1 + 2 * i, i], positions[2 + 2 * i, i] = 0.0, 1.0
    say(f"{len(positions)} runs, one parameter at a time")
    found = effects.of([_at(written, free, row) for row in positions])
    centre = float(found[0])
    bars = sorted(
        (
            Bar(each.name, each.low, each.high, float(found[1 + 2 * i]), float(found[2 + 2 * i]))
            for i, each in enumerate(free)
        ),
        key=lambda bar: -bar.width,
    )
    say(f"{budget.learnt} runs, for the shares of the variance")
    shares, explained = _shares(written, free, bars[: budget.kept], effects, budget)
    say("structure and chance")
    settings = deterrence(written)
    dial = effects.of(list(settings.values()))
    names = [name for name in dials(written) if not name.startswith(DETERRENCE)]
    others = effects.of(
        [
            replace(written, parameters=written.parameters | {name: switched(written.parameter(name))})
            for name in names
        ]
    )
    chance = effects.of([written] * budget.seeds, seeds=range(1, 1 + budget.seeds))
    say(f"{budget.draws} runs, the ensemble")
    ensemble = draws or shipped()
    spread = effects.of(
        [ensemble.book(k, written) for k in range(budget.draws)], seeds=range(1, 1 + budget.draws)
    )
    noise = float(np.var(chance, ddof=1))
    low, high = np.quantile(spread, (0.05, 0.95)).tolist()
    turns = np.array([float(dial[2]) - float(dial[0]), *(others - centre)])
    about = effects.about
    return Sensitivity(
        scenario.name,
        about.name,
        about.title,
        about.unit.removesuffix("/month") if about.kind == "flow" else about.unit,
        centre,
        tuple(Switch("deterrence", name, float(each)) for name, each in zip(settings, dial, strict=True)),
        tuple(bars),
        shares,
        explained,
        tuple(
            Switch(name, _turned(written.parameter(name)), float(each))
            for name, each in zip(names, others, strict=True)
        ),
        (float(spread.mean()), low, high),
        math.sqrt(max(float(np.var(spread, ddof=1)) - noise, 0.0)),
        float(np.sqrt(np.sum(np.square(turns / 2.0)))),
        math.sqrt(noise),
    )


def _turned(parameter: Parameter) -> str:
    entry = next(
        after.value
        for before, after in zip(parameter.values, switched(parameter).values, strict=True)
        if before.value != after.value
    )
    return f"{entry:g}"


def _at(written: ParameterBook, free: Sequence[Span], positions: Floats) -> ParameterBook:
    return drawn(
        written, {each.name: float(each.at(place)) for each, place in zip(free, positions, strict=True)}
    )


class _Effects:
    """Runs a scenario and its baseline with given parameters."""

    def __init__(self, scenario: Scenario, outcome: str, threads: int) -> None:
        self._scenario, self._outcome, self._threads = scenario, outcome, threads
        self.about: Series

    def of(self, books: Sequence[ParameterBook], seeds: Sequence[int] | None = None) -> Floats:
        """Return the effect for each book, shape (n,); all with one seed if none are given."""
        from joblib import Parallel, delayed  # type: ignore[import-untyped]  # noqa: PLC0415  # only here

        work = (
            delayed(self._one)(book, seed)
            for book, seed in zip(books, seeds or [SEED] * len(books), strict=True)
        )
        return np.array(Parallel(n_jobs=self._threads, backend="threading")(work))

    def _one(self, book: ParameterBook, seed: int) -> float:
        asked, base = self._scenario, self._scenario.baseline
        settings = Settings(seed, 1, SCALE, 1)
        span = asked.start, asked.end
        before = run_once(book, base.every if base else (), span, settings)
        after = run_once(book, asked.every, span, settings)
        self.about = after.about(self._outcome)
        totals = [each.total(self._outcome, *asked.window)[0] for each in (before, after)]
        return float(totals[1] - totals[0])


def _shares(
    written: ParameterBook, free: Sequence[Span], bars: Sequence[Bar], effects: _Effects, budget: Budget
) -> tuple[tuple[Share, ...], float]:
    """Return Sobol indices of the parameters with the widest bars, on an emulator, and how well it explains."""
    from SALib.analyze import sobol as analysis  # noqa: PLC0415  # 3 s
    from SALib.sample import sobol as sampling  # noqa: PLC0415

    place = {each.name: i for i, each in enumerate(free)}
    kept = [place[each.parameter] for each in bars if each.width > 0]
    if len(kept) < 2:
        return (), 1.0
    points = qmc.LatinHypercube(len(kept), rng=np.random.default_rng(SEED)).random(budget.learnt)
    positions = np.full((budget.learnt, len(free)), 0.5)
    positions[:, kept] = points
    found = effects.of([_at(written, free, row) for row in positions])
    emulator = Emulator(points, found[:, None])
    problem = {
        "num_vars": len(kept),
        "names": [free[i].name for i in kept],
        "bounds": [[0.0, 1.0]] * len(kept),
    }
    asked = sampling.sample(problem, budget.sampled, calc_second_order=False, seed=SEED)
    indices = analysis.analyze(problem, emulator.predict(asked)[:, 0], calc_second_order=False, seed=SEED)
    shares = [
        Share(free[i].name, float(first), float(total), float(error))
        for i, first, total, error in zip(kept, indices["S1"], indices["ST"], indices["S1_conf"], strict=True)
    ]
    return tuple(sorted(shares, key=lambda each: -each.first)), float(emulator.explained[0])


def in_words(found: Sensitivity) -> str:
    """Return where the uncertainty comes from, in sentences that can be quoted."""
    parts = {
        "what the parameters leave open after the calibration": found.parameters_sd,
        "how the model is built (the switches below, each as likely as not)": found.structure_sd,
        "chance (one replicate at this scale; more replicates shrink it)": found.chance_sd,
    }
    whole = sum(each**2 for each in parts.values())
    if whole == 0:
        return f"{found.title}: the scenario does not touch it, whatever the parameters."
    mean, low, high = found.ensemble
    off, _, top = (each.effect for each in found.dial)
    shares = "; ".join(
        f"{each**2 / whole:.0%} is {name}" for name, each in sorted(parts.items(), key=lambda pair: -pair[1])
    )
    sign = "the sign stays the same" if off * top > 0 else "the sign does not stay the same"
    return (
        f"{found.title}: the effect is {found.effect:+,.4g} {found.unit} with the parameters as written, and {mean:+,.4g} "
        f"[{low:+,.4g}, {high:+,.4g}] over the ensemble. Of its variance {shares}. "
        f"With deterrence off it is {off:+,.4g}, with the largest published estimates {top:+,.4g}: {sign}."
    )


def table(found: Sensitivity, shown: int = 15) -> str:
    """Return what an effect hangs on as plain text."""
    lines = [in_words(found), "", "Deterrence dial:"]
    lines += [f"  {each.setting:6} {each.effect:+14,.4g}" for each in found.dial]
    lines += [
        "",
        f"One parameter at a time, all others as written ({found.effect:+,.4g}); the widest {shown}:",
    ]
    lines += [
        f"  {each.parameter:48} {each.low:10.4g} → {each.effect_low:+14,.4g}   {each.high:10.4g} → {each.effect_high:+14,.4g}"
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
    lines += ["", "Structural switches, each turned to the other end of its range:"]
    lines += [f"  {each.name:48} {each.setting:>8} → {each.effect:+14,.4g}" for each in found.switches]
    return "\n".join(lines)


def as_json(found: Sensitivity) -> dict[str, Any]:
    """Return it for JSON."""
    return asdict(found) | {"in_words": in_words(found)}
