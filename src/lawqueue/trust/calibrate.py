"""
Calibrate a model: write the ensemble of parameter sets that agree with the fitted years.

The runs end with these years, and so do the targets: no outcome of later years is within reach.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from lawqueue.digest import digest
from lawqueue.engine.run import simulate
from lawqueue.errors import RunError
from lawqueue.models import registry
from lawqueue.models.model import Model
from lawqueue.study.ensemble import FILE, Ensemble, Span, drawn, later_spans, spans
from lawqueue.study.folder import seal
from lawqueue.study.place import Place, folder_at
from lawqueue.study.record import inputs as files
from lawqueue.study.record import outdated, versions
from lawqueue.study.simulate import changed_world
from lawqueue.trust.fit import Aim, Budget, Fit, Say, Store, fit, implausibility
from lawqueue.trust.targets import (
    FIRM,
    LEAST_DISCREPANCY,
    TOGETHER,
    Target,
    covariance,
    discrepancy,
    logs,
    targets,
    truth,
)

Floats = NDArray[np.float64]

SCALE = 0.05
SEED = 0
SCHEMA = "lawqueue calibration 2"
SCORES = frozenset({"backtest.json", "rolling.json"})
"""Of the ensemble that comes with a model, made after it: no part of a calibration."""
PACKAGE = Path(__file__).parents[1]
CODE = (
    "engine/*.py",
    "models/*.py",
    "study/ensemble.py",
    "trust/calibrate.py",
    "trust/emulator.py",
    "trust/fit.py",
    "trust/targets.py",
)
"""What may change a run of the fit: after a change of it nothing that was stored is used again."""
LIBRARIES = ("lawqueue", "numpy", "numba", "scipy", "scikit-learn", "SALib", "cmaes", "emcee")
SAME = 0.01
"""How far a draw run again may be off on another machine, where a rounding may decide a case otherwise [log]."""
NOT_IDENTIFIED = 0.9
"""Posterior over prior standard deviation above which the data say nothing about a parameter."""


@dataclass(frozen=True)
class Calibration:
    """
    A fit of a model.

    Parameters
    ----------
    free, aims, found
        What was free, what it aimed at, what it found.
    later
        What is drawn for the years after, to which nothing is fitted.
    places
        Of each draw in the ranges of `later`, (n_draws, n_later), each in [0, 1].
    record
        What made it, and how near it came.
    """

    free: tuple[Span, ...]
    aims: tuple[Target, ...]
    found: Fit
    later: tuple[Span, ...]
    places: Floats
    record: dict[str, Any]


def outputs(asked: str, free: Sequence[Span], aims: Sequence[Target], positions: Floats) -> Floats:
    """Return the targets' counterparts in one run of the fitted years of a model, by its reference, (n_targets,) [log]."""
    return _run(
        registry.named(asked),
        {each.name: float(each.at(at)) for each, at in zip(free, positions, strict=True)},
        aims,
    )


def _run(model: Model, values: Mapping[str, float], aims: Sequence[Target]) -> Floats:
    world = changed_world(model, drawn(model, model.parameters(), values), (), *model.fitted())
    run = simulate(model.network(world), seed=SEED, scale=SCALE)
    return logs(model.read(run, world, "fit"), aims)


def stale(model: Model, record: Mapping[str, Any], ensemble: Ensemble) -> bool:
    """
    Tell whether an ensemble belongs to another model than this one.

    It does if a file of inputs has changed, or if its first draw no longer gives the numbers that it gave: a
    change of code that changes no number is none, and nor are targets that it was not fitted to.
    """
    if outdated(model, record["inputs"]):
        return True
    kept = {
        each["name"]: number for each, number in zip(record["targets"], record["first_draw"], strict=True)
    }
    aims = [each for each in targets(model) if each.name in kept]
    again = _run(model, dict(zip(ensemble.names, ensemble.values[0].tolist(), strict=True)), aims)
    return not np.allclose(again, [kept[each.name] for each in aims], rtol=0.0, atol=SAME)


def calibrate(model: Model, checkpoint: Path, budget: Budget, threads: int, say: Say) -> Calibration:
    """
    Fit a model.

    Parameters
    ----------
    model
        Whose parameters are fitted.
    checkpoint
        Folder in which every run is stored; a fit of the same inputs that was stopped goes on from it.
    budget
        How much is spent.
    threads
        Processes that simulate; the numbers do not depend on it.
    say
        Called with what is being done.

    Raises
    ------
    RunError
        If no parameter set agrees with what was published.
    """
    from joblib import Parallel, delayed  # type: ignore[import-untyped]  # noqa: PLC0415  # only to calibrate

    written = model.parameters()
    free, after = spans(model, written), later_spans(model, written)
    aims = targets(model)
    if not aims:
        raise model.lacks("published figures in the fitted years that it could be fitted to")
    about, asked = inputs(model, budget), registry.reference(model)
    mark = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:12]

    def every(positions: Floats) -> Floats:
        work = (delayed(outputs)(asked, free, aims, row) for row in positions)
        return np.array(Parallel(n_jobs=threads)(work))

    aim = Aim(truth(aims), lambda residuals: covariance(aims, discrepancy(aims, residuals)))
    found = fit(Store(checkpoint / mark, every, say), len(free), aim, budget, SEED)
    if not len(found.positions):
        raise RunError(
            "no parameter set agrees with what was published in the fitted years. "
            "Look at the model, or widen the ranges in its parameter files."
        )
    places = qmc.LatinHypercube(len(after), rng=np.random.default_rng(SEED)).random(len(found.positions))
    record = about | _summary(free, aims, found) | {"drawn_for_later_years": [each.name for each in after]}
    return Calibration(free, aims, found, after, places, record)


def code(model: Model, *parts: str) -> str:
    """Return the digest of the code that may change a run of a model, and of some more of this package."""
    own = digest(model.folder.glob("**/*.py"), model.folder)
    return own + digest([each for part in (*CODE, *parts) for each in PACKAGE.glob(part)], PACKAGE)


def inputs(model: Model, budget: Budget) -> dict[str, Any]:
    """Return what a calibration is made from, ready for JSON."""
    return {
        "versions": versions(LIBRARIES),
        "inputs": files(model) | {"code": code(model)},
        "settings": asdict(budget)
        | {"seed": SEED, "scale": SCALE, "window": [str(day) for day in model.fitted()]},
        "discrepancy": {
            "least": LEAST_DISCREPANCY,
            "correlation_within_a_series": TOGETHER,
            "error_of_figures": FIRM,
        },
    }


def _summary(free: Sequence[Span], aims: Sequence[Target], found: Fit) -> dict[str, Any]:
    known = truth(aims)
    off = discrepancy(aims, found.best - known)
    middle = np.median(found.outputs, axis=0)
    distances = implausibility(middle[None], known, np.diag(found.covariance))[0]
    ratios = found.positions.std(axis=0) / np.sqrt(1.0 / 12.0)
    by_series: dict[str, list[float]] = {}
    for each, error in zip(aims, np.abs(np.exp(middle - known) - 1.0).tolist(), strict=True):
        by_series.setdefault(each.about, []).append(error)
    fitted = set(found.active.tolist())
    return {
        "draws": len(found.positions),
        "checked_with_the_simulator": found.checked,
        "prior_left_by_wave": list(found.left),
        "targets": [
            {
                "name": each.name,
                "published": round(each.value, 4),
                "ensemble_median": round(float(np.exp(simulated)), 4),
                "standard_deviation_log": round(float(np.sqrt(variance)), 4),
                "implausibility": round(float(distance), 3),
                "emulator_explains": round(float(explained), 3),
            }
            for each, simulated, variance, distance, explained in zip(
                aims, middle, np.diag(found.covariance), distances, found.explained, strict=True
            )
        ],
        "mean_absolute_error": {name: round(float(np.mean(every)), 4) for name, every in by_series.items()},
        "discrepancy_by_series": {name: round(size, 4) for name, size in off.items()},
        "first_draw": [round(each, 6) for each in found.outputs[0].tolist()],
        "parameters": [
            {
                "name": free[i].name,
                "influence": round(float(found.influence[i]), 4),
                "fitted": i in fitted,
                "posterior_over_prior_sd": round(float(ratios[i]), 3),
                "identified": bool(i in fitted and ratios[i] < NOT_IDENTIFIED),
            }
            for i in np.argsort(-found.influence, kind="stable").tolist()
        ],
    }


def ensemble_at(named: Path) -> AbstractContextManager[Place]:
    """Hold a place for an ensemble; see `folder_at`. Scores of a back-test that stand there stay."""
    return folder_at(named, SCHEMA, SCORES)


def write(calibration: Calibration, folder: Path) -> None:
    """Write `ensemble.parquet` and `record.json`."""
    positions = calibration.found.positions
    columns = {each.name: each.at(positions[:, i]) for i, each in enumerate(calibration.free)}
    columns |= {each.name: each.at(calibration.places[:, i]) for i, each in enumerate(calibration.later)}
    write_draws(columns, calibration.record, folder)


def write_draws(columns: Mapping[str, Floats], record: Mapping[str, Any], folder: Path) -> None:
    """Write draws, a column of each parameter, and what made them: `ensemble.parquet` and `record.json`."""
    import polars as pl  # noqa: PLC0415  # loaded only to write

    made = io.BytesIO()
    pl.DataFrame(columns).write_parquet(made, compression="zstd")
    (folder / FILE).write_bytes(made.getvalue())
    seal(folder, SCHEMA, record)


def table(model: Model, calibration: Calibration) -> str:
    """Return what was found as plain text: how near each series came, and what the data do not tell."""
    first, after = model.fitted()
    record = calibration.record
    parameters = record["parameters"]
    told = [each for each in parameters if each["identified"]]
    untold = [each for each in parameters if each["fitted"] and not each["identified"]]
    worst = sorted(record["targets"], key=lambda each: -each["implausibility"])[:8]
    return "\n".join(
        [
            f"{record['draws']} parameter sets agree with what was published from {first} until before {after}; "
            f"{record['checked_with_the_simulator']} were checked. Use all of them: there is no single best one.",
            "",
            f"{'series':34} {'mean absolute error':>20} {'discrepancy (sd)':>18}",
            *(
                f"{name:34} {error:20.1%} {record['discrepancy_by_series'][name]:18.1%}"
                for name, error in record["mean_absolute_error"].items()
            ),
            "",
            "Targets furthest off, in standard deviations (of the median of the ensemble):",
            *(f"  {each['implausibility']:5.2f}  {each['name']}" for each in worst),
            "",
            f"Fitted and told apart by the data: {', '.join(each['name'] for each in told) or 'none'}.",
            f"Fitted, but left as wide as before: {', '.join(each['name'] for each in untold) or 'none'}.",
            f"The other {len(parameters) - len(told) - len(untold)} parameters move the targets less: the data say little about "
            "them, and every draw takes them from their whole range.",
            f"{len(record['drawn_for_later_years'])} judgements about the years after {after}, to which nothing is fitted, are drawn "
            "from their own ranges.",
        ]
    )
