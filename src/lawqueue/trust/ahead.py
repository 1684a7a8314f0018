"""
How much further off a fit is in the year after it than in the years it was made to come near to.

A fit is nearer to its own targets than to anything it has not seen. So the model is fitted once more to fiscal
years 2017 to 2019 alone, and 2020 shows by what factor its discrepancies must be larger for a forecast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from lawqueue.errors import RunError
from lawqueue.trust.fit import Aim, Budget, Say, Simulator, Store, fit
from lawqueue.trust.targets import Target, covariance, discrepancy, truth

Floats = NDArray[np.float64]

HELD_OUT = date(2019, 10, 1)
"""First day of the fiscal year that the second fit does not see."""
DRAWS = 100
"""Of the second fit."""
NEVER = 20.0  # a factor that no model comes near


@dataclass(frozen=True)
class Ahead:
    """
    What the second fit showed.

    Parameters
    ----------
    factor
        By which discrepancies are larger in the held-out year, never below 1 [/1].
    off
        Series to the root mean square of its errors there, median of the draws against published [log].
    draws
        Of the second fit.
    """

    factor: float
    off: dict[str, float]
    draws: int


def ahead(
    every: Simulator,
    n_parameters: int,
    aims: Sequence[Target],
    folder: Path,
    budget: Budget,
    say: Say,
    seed: int,
) -> Ahead:
    """
    Fit to the targets before the held-out year, and look at those in it.

    Parameters
    ----------
    every
        Takes positions (n, n_parameters), returns counterparts of all targets (n, n_targets) [log].
    folder
        In which every run is stored.

    Raises
    ------
    RunError
        If no parameter set agrees with the targets before.
    """
    seen = np.array([each.months[-1] < HELD_OUT for each in aims])
    known = [each for each, is_seen in zip(aims, seen, strict=True) if is_seen]

    def about(what: str) -> None:
        say(f"without fiscal year {HELD_OUT.year + 1}: {what}")

    aim = Aim(truth(known), lambda residuals: covariance(known, discrepancy(known, residuals)))
    smaller = replace(budget, draws=min(DRAWS, budget.draws))
    found = fit(Store(folder, lambda at: every(at)[:, seen], about), n_parameters, aim, smaller, seed)
    if not len(found.positions):
        raise RunError(
            "no parameter set agrees with what was published from fiscal year 2017 to 2019, so it cannot be told how far "
            "off a forecast is. Look at the model, or widen the ranges in its parameter files."
        )
    outputs = Store(folder, every, about).runs("held-out", found.positions)
    size = discrepancy(known, found.best - aim.truth)
    after = [(i, each) for i, each in enumerate(aims) if not seen[i] and each.series in size]
    places = [i for i, _ in after]
    errors = np.median(outputs[:, places], axis=0) - truth([each for _, each in after])
    explained = outputs[:, places].var(axis=0) + np.square([each.error for _, each in after])
    names = [each.series for _, each in after]
    return Ahead(
        factor(names, errors, np.array([size[name] for name in names]), explained),
        {
            name: float(
                np.sqrt(
                    np.mean([error**2 for each, error in zip(names, errors, strict=True) if each == name])
                )
            )
            for name in dict.fromkeys(names)
        },
        len(found.positions),
    )


def factor(names: Sequence[str], errors: Floats, size: Floats, explained: Floats) -> float:
    """
    Return the factor on discrepancies with which the errors are as large as they should be.

    It solves mean(errors² / (factor² size² + explained)) = 1, each series counted once however many targets it
    has: a Birge ratio with a part that is known. Never below 1, for a fit is no worse than a forecast.

    Parameters
    ----------
    names
        Series of each target.
    errors, size
        Simulated minus published, and the discrepancy of the fit, (n_targets,) [log].
    explained
        Variance from the draws, chance and the figures, (n_targets,) [log²].
    """
    weight = np.array([1.0 / names.count(name) for name in names]) / len(set(names))

    def beyond(each: float) -> float:
        return float(np.sum(weight * np.square(errors) / (np.square(each * size) + explained))) - 1.0

    if beyond(1.0) <= 0.0:
        return 1.0
    return NEVER if beyond(NEVER) > 0.0 else float(brentq(beyond, 1.0, NEVER))
