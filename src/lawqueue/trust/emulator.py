"""
An emulator: a fast stand-in for the simulator, learnt from runs of it.

Outputs are reduced to a few principal components; each is a quadratic ridge regression on the inputs, plus a
Gaussian process with one length scale for what that leaves.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from threadpoolctl import ThreadpoolController

Floats = NDArray[np.float64]

KEPT = 0.99
"""Share of the variance of the outputs that the principal components keep."""
MOST = 400
"""Points of a Gaussian process: its cost grows with their cube."""
FOLDS = 5
_LIBRARIES = ThreadpoolController()
"""Held to one thread: matrices of some hundred rows take longer on several threads, and their last digits would hang on the number of cores."""


class Emulator:
    """
    A stand-in for a simulator.

    Parameters
    ----------
    inputs
        Shape (n_runs, n_parameters), positions in [0, 1].
    outputs
        Shape (n_runs, n_outputs).

    Attributes
    ----------
    error
        Mean squared error of each output on runs that it had not seen, shape (n_outputs,).
    explained
        Share of the variance of each output that it explains on such runs, shape (n_outputs,).
    """

    def __init__(self, inputs: Floats, outputs: Floats) -> None:
        with _LIBRARIES.limit(limits=1, user_api="blas"):
            self._learn(inputs, outputs)

    def _learn(self, inputs: Floats, outputs: Floats) -> None:
        missed = np.empty_like(outputs)
        for learnt, held in KFold(min(FOLDS, len(inputs)), shuffle=True, random_state=0).split(inputs):
            missed[held] = _Fitted(inputs[learnt], outputs[learnt]).predict(inputs[held]) - outputs[held]
        self.error: Floats = np.square(missed).mean(axis=0)
        spread = outputs.var(axis=0)
        self.explained: Floats = 1.0 - np.divide(
            self.error, spread, out=np.zeros_like(spread), where=spread > 0
        )
        self._fitted = _Fitted(inputs, outputs)

    def predict(self, inputs: Floats) -> Floats:
        """Return the outputs at positions of shape (n, n_parameters), shape (n, n_outputs)."""
        with _LIBRARIES.limit(limits=1, user_api="blas"):
            return self._fitted.predict(inputs)


class _Fitted:
    def __init__(self, inputs: Floats, outputs: Floats) -> None:
        self._centre, scale = outputs.mean(axis=0), outputs.std(axis=0)
        self._scale = np.where(scale > 0, scale, 1.0)
        standard = (outputs - self._centre) / self._scale
        wanted = KEPT if (scale > 0).sum() > 1 else 1
        self._pca: Any = PCA(n_components=wanted, svd_solver="full").fit(standard)
        components = self._pca.transform(standard)
        self._trend: Any = make_pipeline(
            PolynomialFeatures(2, include_bias=False),
            RidgeCV(alphas=np.logspace(-3, 3, 13), alpha_per_target=True),
        ).fit(inputs, components)
        left = components - self._trends(inputs)
        self._sizes = [float(column.std()) or 1.0 for column in left.T]
        self._processes = [
            _process(inputs[-MOST:], column[-MOST:] / size)
            for column, size in zip(left.T, self._sizes, strict=True)
        ]

    def _trends(self, inputs: Floats) -> Floats:
        return np.asarray(self._trend.predict(inputs)).reshape(len(inputs), -1)

    def predict(self, inputs: Floats) -> Floats:
        left = [size * each.predict(inputs) for size, each in zip(self._sizes, self._processes, strict=True)]
        components = self._trends(inputs) + np.stack(left, axis=1)
        return np.asarray(self._pca.inverse_transform(components) * self._scale + self._centre)


def _process(inputs: Floats, column: Floats) -> Any:
    """Return a Gaussian process learnt from what the quadratic trend leaves of one component, scaled to 1."""
    kernel = ConstantKernel(0.5, (1e-3, 1e2)) * RBF(np.sqrt(inputs.shape[1]), (1e-1, 1e2)) + WhiteKernel(
        0.5, (1e-6, 1e2)
    )
    with warnings.catch_warnings():
        # A residual that is all noise drives a length scale to its end, which is the right answer.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return GaussianProcessRegressor(kernel, random_state=0).fit(inputs, column)
