"""The stages of a model in plain words: how loaded each is, and which cases went from one to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from lawqueue.models.world import Floats

if TYPE_CHECKING:
    from lawqueue.engine.results import Run


@dataclass(frozen=True)
class Stage:
    """A stage in plain words, and its load by month [/1]; infinite where nobody works."""

    name: str
    load: Floats


@dataclass(frozen=True)
class Leant:
    """
    A stage that outcomes lean on.

    Parameters
    ----------
    who
        Its staff or its places, in the plural.
    idle
        What it means that some are not needed, with a place for their `share`.
    inputs
        Parameters, or beginnings of their names, by which it has room: hours a case, staff, places.
    """

    who: str
    idle: str
    inputs: tuple[str, ...]


Flows: TypeAlias = dict[tuple[str, str], Floats]
"""Stage, stage to cases by month, shape (n_months,) [case/month]."""
Edges: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Edges to add up, as (node, labels); labels empty means every edge of the node."""


def between_stages(run: Run, edges: Mapping[tuple[str, str], Edges]) -> Flows:
    """Return the cases that went from one stage to another by month, the mean over replicates."""
    return {ends: _along(run, each).mean(axis=0) for ends, each in edges.items()}


def _along(run: Run, edges: Edges) -> Floats:
    """Return the passages along some edges together, shape (n_replicates, n_months) [case/month]."""
    parts = [run.passages(node, label) for node, labels in edges for label in labels or (None,)]
    return np.asarray(np.sum(parts, axis=0))
