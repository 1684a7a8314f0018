"""The flagship model, joined: a scenario's inputs in, a caseload network out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.spec import Network
from lawqueue.models.us_immigration import border, custody, interior, prosecution
from lawqueue.models.us_immigration.observed import Observed, load_observed
from lawqueue.models.us_immigration.profiles import ACTIONS, Profiles
from lawqueue.models.us_immigration.world import World
from lawqueue.rules import (
    Guideline,
    GuidelineBook,
    ParameterBook,
    load_guidelines,
    load_parameters,
    load_schema,
)

FOLDER = Path(__file__).parent
INTERIM = "2021-02-18-ice"
"""The guideline by whose presumed priorities arrests are divided in every report, whatever is in force."""


@cache
def parameters() -> ParameterBook:
    """Return the parameters as they were."""
    return load_parameters(FOLDER / "parameters")


@cache
def guidelines() -> GuidelineBook:
    """Return every guideline."""
    return load_guidelines(FOLDER / "guidelines", load_schema(FOLDER / "profile.yaml"))


@cache
def profiles() -> Profiles:
    """Return the table of profiles."""
    return Profiles()


@cache
def observed() -> Observed:
    """Return the published figures."""
    return load_observed()


@dataclass(frozen=True)
class Groups:
    """
    The groups by which the engine counts.

    Profiles share a group if no report tells them apart: same place of encounter, same criminal
    matter, and the same action under every guideline.

    Parameters
    ----------
    of_profile
        Shape (n_profiles,) integers.
    names
        A name for each group.
    entry, conviction
        Of each group, shape (n_groups,).
    actions
        Index into `ACTIONS` of each group under each guideline, by its id, shape (n_groups,).
    """

    of_profile: NDArray[np.int64]
    names: tuple[str, ...]
    entry: NDArray[np.str_]
    conviction: NDArray[np.str_]
    actions: dict[str, NDArray[np.int64]]

    def interior(self) -> NDArray[np.bool_]:
        """Return which groups were met in the interior."""
        return np.asarray(self.entry == "interior")

    def presumed(self, guideline: str) -> NDArray[np.bool_]:
        """Return which groups a guideline presumes to be a priority."""
        return np.asarray(self.actions[guideline] == ACTIONS.index("presumed"))


@cache
def groups() -> Groups:
    """Return the reporting groups of the profiles."""
    people = profiles()
    rules = tuple(guidelines())
    keys = [people.columns["entry"], people.conviction] + [people.actions(each).astype(str) for each in rules]
    rows = np.array(["|".join(row) for row in zip(*keys, strict=True)])
    names, first, of_profile = np.unique(rows, return_index=True, return_inverse=True)
    return Groups(
        of_profile.astype(np.int64),
        tuple(str(each) for each in names),
        people.columns["entry"][first],
        people.conviction[first],
        {each.id: people.actions(each)[first] for each in rules},
    )


def world(
    book: ParameterBook,
    calendar: tuple[tuple[date, date, Guideline], ...],
    start: date,
    end: date,
) -> World:
    """Return the inputs of a scenario with the given parameters and guidelines."""
    return World(parameters(), book, calendar, observed(), profiles(), start, end)


def network(inputs: World) -> Network:
    """
    Return the caseload network of a scenario.

    Nodes stand upstream first, so that stations are served downstream first.
    """
    at_border, agents = border.nodes(inputs, border.arrivals(inputs))
    inside, officers = interior.nodes(inputs)
    charged, attorneys = prosecution.nodes(inputs)
    held, judges = custody.nodes(inputs)
    starts = np.flatnonzero(np.diff(inputs.month_of, prepend=-1))
    divided = groups()
    return Network(
        n_profiles=inputs.profiles.n,
        horizon=inputs.days,
        nodes=(*at_border, *inside, *charged, *held),
        pools=(agents, officers, attorneys, judges),
        stocks=custody.stocks(inputs),
        periods=tuple(int(each) for each in starts),
        groups=divided.of_profile,
        group_names=divided.names,
    )
