"""
Reference models: small caseload networks whose answers are known, from mathematics or from print.

Each prints the figure of others, ours, and the difference. Importing this package loads no engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import cast

from lawqueue.errors import InputError, did_you_mean
from lawqueue.models.reference.row import Row

__all__ = ["MODELS", "Reference", "Row", "run"]


@dataclass(frozen=True)
class Reference:
    """
    A model that can be run by name.

    Parameters
    ----------
    title
        What it reproduces, in a line.
    module
        Name of the module of this package that holds it; loaded only when it is run.
    replicates
        Independent runs unless the caller says otherwise.
    scale
        Share of the cases, or of the length of the run where the size is the point, unless the caller
        says otherwise [/1].
    """

    title: str
    module: str
    replicates: int
    scale: float = 1.0

    @property
    def text(self) -> str:
        """The docstring of the model: its source, and what is and is not reproduced."""
        return (import_module(f"{__name__}.{self.module}").__doc__ or "").strip()


MODELS: dict[str, Reference] = {
    "mm20": Reference("Twenty servers, one queue: Erlang's mean wait", "mm20", 16),
    "priority": Reference("Twenty servers, three classes: Cobham's mean waits", "priority", 16),
    "loss-two-class": Reference("Beds without a queue, for one class and for two", "loss_two_class", 8),
    "w3": Reference("The network on which engines are compared, with its check row", "w3", 8),
    "crs-judges-2023": Reference(
        "Judges hired and the immigration court backlog (CRS R47637)", "crs_judges_2023", 8, 0.1
    ),
    "liu-wein-headline": Reference(
        "Detention beds needed (Liu and Wein 2008), reduced form", "liu_wein_headline", 8
    ),
    "prison-one-compartment": Reference(
        "A prison population from admissions and stay", "prison_one_compartment", 8
    ),
}
"""The reference models by name, as in ``lawqueue run reference/NAME``."""


def run(name: str, *, seed: int = 0, replicates: int | None = None, scale: float | None = None) -> list[Row]:
    """
    Run a reference model and set its answers beside the published ones.

    Parameters
    ----------
    name
        A key of `MODELS`.
    seed
        Any integer ≥ 0; the same seed gives the same rows.
    replicates
        Independent runs, at least 2; the model's own number if None.
    scale
        Share of the cases, or of the length of the run [/1]; the model's own if None.

    Raises
    ------
    InputError
        No such model, or a setting out of range.
    """
    if name not in MODELS:
        raise InputError(f"no reference model {name!r}. {did_you_mean(name, MODELS)}")
    model = MODELS[name]
    count = model.replicates if replicates is None else replicates
    share = model.scale if scale is None else scale
    if count < 2:
        raise InputError(f"replicates is {count!r}. Expected at least 2, for a standard error. Raise it.")
    if not 0.0 < share <= 1.0:
        raise InputError(
            f"scale is {share!r}. Expected a share above 0 and at most 1. Write 0.1 for a tenth."
        )
    module = import_module(f"{__name__}.{model.module}")
    return cast("list[Row]", module.rows(seed=seed, replicates=count, scale=share))
