"""
Fit a simulator to targets: screen, search, rule out in waves, sample, and check every draw with the simulator.

It knows nothing of immigration: parameters are positions in [0, 1], outputs are logarithms. Every run is
stored as it is made, so that a fit that was stopped goes on where it was, to the same result.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from lawqueue.errors import shown, writing
from lawqueue.numbers import time_left
from lawqueue.units import written

if TYPE_CHECKING:
    from lawqueue.trust.emulator import Emulator

Floats = NDArray[np.float64]
Simulator = Callable[[Floats], Floats]
Say = Callable[[str], None]

IMPLAUSIBLE = 3.0
"""Standard deviations from a target beyond which a parameter set is ruled out, as is usual in history matching."""
FORGIVEN = 2
"""Targets that may lie beyond: the third worst decides, so that a single odd figure rules nothing out."""
BATCH = 40
FIRST_GUESS = 0.1  # discrepancy [log] while the search has not yet shown how near the model can come


@dataclass(frozen=True)
class Budget:
    """
    How much is spent on each stage.

    Parameters
    ----------
    trajectories
        Of the screening; each costs one run for each parameter, and one.
    active
        Parameters that are fitted, the most influential; the others keep their prior.
    generations, population
        Of the search.
    waves, per_wave
        Of history matching, and runs in each.
    candidates
        Points that a wave looks at with the emulator.
    walkers, steps
        Of the sampling on the emulator.
    draws
        Of the ensemble.
    rounds
        Batches of draws / 2 that are checked with the simulator, at most.
    """

    trajectories: int = 5
    active: int = 20
    generations: int = 25
    population: int = 16
    waves: int = 3
    per_wave: int = 240
    candidates: int = 20_000
    walkers: int = 64
    steps: int = 1500
    draws: int = 300
    rounds: int = 40

    def before_the_check(self, parameters: int) -> int:
        """Return the runs of the stages whose length is known before."""
        return (
            self.trajectories * (parameters + 1)
            + self.generations * self.population
            + self.waves * self.per_wave
        )

    @property
    def a_round(self) -> int:
        """Draws of one batch that is checked."""
        return max(self.draws // 2, 1)


@dataclass(frozen=True)
class Aim:
    """
    What a fit comes near to.

    Parameters
    ----------
    truth
        Shape (n_targets,) [log].
    discrepancy
        Takes residuals of the best fit and returns the covariance of truth minus simulation,
        (n_targets, n_targets).
    """

    truth: Floats
    discrepancy: Callable[[Floats], Floats]


@dataclass(frozen=True)
class Fit:
    """
    What a fit found.

    Parameters
    ----------
    influence
        Of each parameter on the targets, in standard deviations of the first guess, (n_parameters,).
    active
        Places of the fitted parameters, the most influential first.
    best
        Outputs of the best single run, (n_targets,): used for the discrepancy alone, never as an answer.
    covariance
        Of truth minus simulation, (n_targets, n_targets).
    left
        Share of the prior of the fitted parameters that each wave left, by the emulator [/1].
    explained
        Share of the variance of each target that the emulator explains on runs it had not seen.
    positions, outputs
        Of the ensemble, (n_draws, n_parameters) and (n_draws, n_targets).
    checked
        Draws that were checked with the simulator.
    """

    influence: Floats
    active: NDArray[np.int64]
    best: Floats
    covariance: Floats
    left: tuple[float, ...]
    explained: Floats
    positions: Floats
    outputs: Floats
    checked: int


class Store:
    """
    Runs that were made, in a folder.

    Parameters
    ----------
    folder
        Made if it is not there; `InputError` if it cannot be.
    simulate
        Takes positions (n, n_parameters), returns outputs (n, n_targets).
    say
        Called with what is being done.
    """

    def __init__(self, folder: Path, simulate: Simulator, say: Say) -> None:
        self._folder, self._simulate, self.say = folder, simulate, say
        self._to_come, self._made, self._seconds = 0, 0, 0.0
        with writing(f"to {shown(folder)}", "Give another --checkpoint."):
            folder.mkdir(parents=True, exist_ok=True)

    def expect(self, runs: int) -> None:
        """Note how many runs are still to come, as far as is known: the time left is told from it."""
        self._to_come = runs

    def runs(self, stage: str, inputs: Floats) -> Floats:
        """Return the outputs at some inputs; batches that were stored with the same inputs are not made again."""
        found = []
        for place, first in enumerate(range(0, len(inputs), BATCH)):
            batch = inputs[first : first + BATCH]
            path = self._folder / f"{stage}-{place:03}.npz"
            known = self._known(path, batch)
            if known is None:
                self.say(f"{stage}: run {first + 1} of {len(inputs)}{self._left()}")
                known = self._timed(batch)
                partial = path.with_suffix(".partial")
                with partial.open("wb") as file:
                    np.savez(file, inputs=batch, outputs=known)
                partial.replace(path)
            found.append(known)
            self._to_come = max(self._to_come - len(batch), 0)
        return np.concatenate(found)

    def _timed(self, batch: Floats) -> Floats:
        started = monotonic()
        outputs = self._simulate(batch)
        self._made += len(batch)
        self._seconds += monotonic() - started
        return outputs

    def _left(self) -> str:
        """Return the runs and the minutes that are left, where both are known."""
        if not (self._made and self._to_come):
            return ""
        left = time_left(self._made, self._made + self._to_come, self._seconds)
        return f"; about {written(self._to_come, 'run')} left, {left}"

    @staticmethod
    def _known(path: Path, inputs: Floats) -> Floats | None:
        if not path.is_file():
            return None
        try:
            with path.open("rb") as file, np.load(file) as stored:
                return np.asarray(stored["outputs"]) if np.array_equal(stored["inputs"], inputs) else None
        except (ValueError, KeyError, EOFError, BadZipFile):
            return None  # a damaged file is made again


def fit(store: Store, n_parameters: int, aim: Aim, budget: Budget, seed: int = 0) -> Fit:
    """Return the ensemble of parameter sets that agree with the targets; deterministic in `seed`."""
    from lawqueue.trust.emulator import Emulator  # noqa: PLC0415  # what learns is loaded only to learn

    guess = np.full(aim.truth.size, FIRST_GUESS)
    fixed = budget.before_the_check(n_parameters)
    store.say(
        f"{fixed} runs, then rounds of {budget.a_round} draws that are checked, until {budget.draws} are kept, "
        f"{budget.rounds * budget.a_round} at most"
    )
    store.expect(fixed)
    influence = _screen(store, n_parameters, guess, budget, seed)
    active = np.argsort(-influence, kind="stable")[: budget.active]
    searched, found = _search(store, n_parameters, active, aim, guess, budget, seed)
    best = found[np.argmin(_losses(found, aim.truth, guess))]
    covariance = aim.discrepancy(best - aim.truth)
    spread = np.diag(covariance)

    rng = np.random.default_rng(seed)
    inputs, outputs = searched[:, active], found
    left: list[float] = []
    emulator: Emulator | None = None
    for wave in range(budget.waves):
        design = _hypercube(budget.per_wave, n_parameters, seed + wave)
        if emulator is not None:
            points, share = _not_ruled_out(emulator, aim.truth, spread, inputs, budget, rng)
            design[:, active] = points
            left.append(share)
            store.say(_ruled_out(wave, left))
        made = store.runs(f"wave{wave + 1}", design)
        inputs, outputs = np.vstack([inputs, design[:, active]]), np.vstack([outputs, made])
        store.say(f"wave{wave + 1}: learning")
        emulator = Emulator(inputs, outputs)
    assert emulator is not None  # there is at least one wave
    starts, share = _not_ruled_out(emulator, aim.truth, spread, inputs, budget, rng, budget.walkers)
    left.append(share)
    store.say(_ruled_out(budget.waves, left))
    store.say("sampling on the emulator")
    chain = _sample(emulator, aim.truth, covariance, starts, budget, seed)
    positions, made, checked = _checked(store, n_parameters, active, chain, aim, spread, budget, seed)
    return Fit(influence, active, best, covariance, tuple(left), emulator.explained, positions, made, checked)


def _ruled_out(wave: int, left: Sequence[float]) -> str:
    """Say what a wave left of the prior, and where it left no less than the one before: its runs told nothing new."""
    said = f"wave{wave}: {left[-1]:.1%} of the prior is not ruled out"
    nothing_new = len(left) > 1 and left[-1] >= left[-2]
    return said + (", no less than before: the check decides" if nothing_new else "")


def implausibility(outputs: Floats, truth: Floats, variance: Floats) -> Floats:
    """Return how many standard deviations each output lies from its target, (n, n_targets)."""
    return np.asarray(np.abs(outputs - truth) / np.sqrt(variance))


def deciding(distances: Floats) -> Floats:
    """Return the implausibility that decides for each run: the third worst, (n,)."""
    place = max(distances.shape[1] - 1 - FORGIVEN, 0)
    return np.asarray(np.sort(distances, axis=1)[:, place])


def _screen(store: Store, n: int, guess: Floats, budget: Budget, seed: int) -> Floats:
    """Return the influence of each parameter: elementary effects after Morris, over all targets."""
    from SALib.analyze import morris as analysis  # noqa: PLC0415  # 3 s
    from SALib.sample import morris as sampling  # noqa: PLC0415

    problem = {"num_vars": n, "names": [str(i) for i in range(n)], "bounds": [[0.0, 1.0]] * n}
    design = sampling.sample(problem, budget.trajectories, seed=seed)
    outputs = store.runs("screening", design)
    effects = np.array(
        [
            analysis.analyze(problem, design, column, num_resamples=2, seed=seed)["mu_star"]
            for column in outputs.T
        ]
    )
    return np.asarray(np.sqrt(np.mean(np.square(effects / guess[:, None]), axis=0)))


def _losses(outputs: Floats, truth: Floats, guess: Floats) -> Floats:
    return np.asarray(np.mean(np.square((outputs - truth) / guess), axis=1))


def _search(
    store: Store,
    n: int,
    active: NDArray[np.int64],
    aim: Aim,
    guess: Floats,
    budget: Budget,
    seed: int,
) -> tuple[Floats, Floats]:
    """Return every run of a CMA-ES search over the active parameters; the others stay as written."""
    from cmaes import CMA  # noqa: PLC0415  # only a fit needs it

    size = active.size
    optimiser: Any = CMA(
        mean=np.full(size, 0.5),
        sigma=0.2,
        bounds=np.tile([0.0, 1.0], (size, 1)),
        seed=seed,
        population_size=budget.population,
    )
    inputs, outputs = [], []
    for generation in range(budget.generations):
        asked = np.array([optimiser.ask() for _ in range(budget.population)])
        points = np.full((budget.population, n), 0.5)
        points[:, active] = asked
        made = store.runs(f"search{generation:03}", points)
        optimiser.tell(list(zip(asked, _losses(made, aim.truth, guess).tolist(), strict=True)))
        inputs.append(points)
        outputs.append(made)
    return np.concatenate(inputs), np.concatenate(outputs)


def _hypercube(n: int, dimensions: int, seed: int) -> Floats:
    return np.asarray(qmc.LatinHypercube(dimensions, rng=np.random.default_rng(seed)).random(n))


def _not_ruled_out(
    emulator: Emulator,
    truth: Floats,
    spread: Floats,
    known: Floats,
    budget: Budget,
    rng: np.random.Generator,
    wanted: int | None = None,
) -> tuple[Floats, float]:
    """Return points that the emulator does not rule out, and the share of the prior that it leaves."""
    wanted = budget.per_wave if wanted is None else wanted

    def worst(points: Floats) -> Floats:
        return deciding(implausibility(emulator.predict(points), truth, spread + emulator.error))

    points = rng.random((budget.candidates, known.shape[1]))
    passes = worst(points) < IMPLAUSIBLE
    share = float(passes.mean())
    left = points[passes]
    parents = known[np.argsort(worst(known), kind="stable")[: max(wanted // 4, 4)]]
    for _ in range(20):
        if len(left) >= wanted:
            break
        # Few are left in so many dimensions: look around those that are, and around the best runs.
        around = np.concatenate([left, parents])
        tried = around[rng.integers(len(around), size=budget.candidates // 4)]
        tried = tried + rng.normal(0.0, 0.1, tried.shape)
        tried = tried[((tried >= 0.0) & (tried <= 1.0)).all(axis=1)]
        left = np.concatenate([left, tried[worst(tried) < IMPLAUSIBLE]]) if len(tried) else left
    missing = max(wanted - len(left), 0)
    chosen = left[rng.permutation(len(left))[:wanted]]
    if missing:
        chosen = np.concatenate([chosen, parents[np.arange(missing) % len(parents)]])
    return chosen, share


def _sample(
    emulator: Emulator, truth: Floats, covariance: Floats, starts: Floats, budget: Budget, seed: int
) -> Floats:
    """Return points of the posterior: a flat prior on [0, 1], normal discrepancy, the emulator's own error."""
    import emcee  # noqa: PLC0415  # only a fit needs it

    precision = np.linalg.inv(covariance + np.diag(emulator.error))

    def log_probability(points: Floats) -> Floats:
        inside = ((points >= 0.0) & (points <= 1.0)).all(axis=1)
        found = np.full(len(points), -np.inf)
        if inside.any():
            off = emulator.predict(points[inside]) - truth
            found[inside] = -0.5 * np.einsum("ij,jk,ik->i", off, precision, off)
        return found

    sampler: Any = emcee.EnsembleSampler(budget.walkers, starts.shape[1], log_probability, vectorize=True)
    sampler.random_state = np.random.RandomState(seed).get_state()
    jitter = np.random.default_rng(seed).normal(0.0, 1e-4, starts.shape)
    sampler.run_mcmc(np.clip(starts + jitter, 1e-6, 1 - 1e-6), budget.steps)
    return np.asarray(sampler.get_chain(discard=budget.steps // 2, flat=True))


def _checked(
    store: Store,
    n: int,
    active: NDArray[np.int64],
    chain: Floats,
    aim: Aim,
    spread: Floats,
    budget: Budget,
    seed: int,
) -> tuple[Floats, Floats, int]:
    """Return draws of the chain that the simulator itself does not rule out; the rest of each is its prior."""
    size = budget.a_round
    rng = np.random.default_rng(seed + 1)
    order = rng.permutation(len(chain))
    positions, outputs, checked = [], [], 0
    for number in range(budget.rounds):
        points = _hypercube(size, n, seed + 100 + number)
        points[:, active] = chain[order[np.arange(number * size, (number + 1) * size) % len(chain)]]
        made = store.runs(f"check{number + 1}", points)
        keep = deciding(implausibility(made, aim.truth, spread)) < IMPLAUSIBLE
        positions.append(points[keep])
        outputs.append(made[keep])
        checked += size
        kept = sum(map(len, positions))
        store.say(f"check{number + 1}: {kept} of {budget.draws} draws kept, of {checked} checked")
        if kept >= budget.draws:
            break
        rounds = math.ceil((budget.draws - kept) * checked / kept / size) if kept else budget.rounds
        store.expect(min(rounds, budget.rounds - number - 1) * size)
    return np.concatenate(positions)[: budget.draws], np.concatenate(outputs)[: budget.draws], checked
