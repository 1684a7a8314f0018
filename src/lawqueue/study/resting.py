"""What an answer rests on: stages that are full, or idle or empty, by inputs that nobody has published."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lawqueue.models.model import Model
from lawqueue.models.stages import Leant
from lawqueue.rules import ParameterBook

Loads: TypeAlias = tuple[tuple[str, ...], NDArray[np.float64]]
"""Names of the stages, and their loads by month, shape (n_stages, n_months) [/1]; see `answer.loads`."""

BINDS = 0.97
"""Load from which a stage is full: it has no slack left in an ordinary month [/1]."""
SPARE = 0.2
"""Part of what a stage could do that is left over, from which on more of it is taken to change little [/1]."""
MOVED = 0.05
"""Change of a load, over the greater of the two, below which a reform does not touch an idle stage [/1]."""
NEVER = 0.02
"""Load below which nobody comes to a stage, so that nothing can be said of it [/1]."""
_FIRM = {"stated", "derived", "definition"}


@dataclass(frozen=True)
class Rest:
    """
    A stage that an answer rests on.

    Parameters
    ----------
    stage
        Name of the stage.
    kind
        `full`, as it is in one of the worlds at least; or `idle`, as it is in one of them, and full in neither.
    before, after
        Mean load in the baseline and in the reform over the window [/1].
    full
        Share of the months of the window in which it is full, in the world in which it is so oftener [/1].
    inputs
        The parameters behind it that are neither published nor defined.
    sentence
        What that means for the answer, to be shown beside the number.
    """

    stage: str
    kind: Literal["full", "idle"]
    before: float
    after: float
    full: float
    inputs: tuple[str, ...]
    sentence: str


def resting(
    model: Model,
    series: Collection[str],
    before: Loads,
    after: Loads,
    months: slice,
    parameters: ParameterBook,
    on: date,
) -> tuple[Rest, ...]:
    """
    Return the stages upstream of some outcomes that are full or idle by assumption, in the order of the picture.

    A stage is full if it is so in at least half of the months of either world: what a reform adds upstream of it waits
    there. It is idle if more than `SPARE` is left over in one of them, and the reform moves its load without filling it:
    with less to spare the answer would be another. A stage of which the reform moves nothing is left out, and so is one
    whose inputs are all published or defined: then the answer rests on a fact.

    Parameters
    ----------
    model
        Whose stages they are.
    series
        Names of the outcomes that are told.
    before, after
        Loads of the baseline and of the reform, as `answer.loads` gives them.
    months
        The months that the answer is about, as places in the loads.
    parameters
        The parameters as written, for the basis of each value.
    on
        The day whose values are asked for their basis, the first of the window.
    """
    upstream = {stage for each in series for stage in model.rests_on(each)}
    found = []
    for name, (was, now) in _both(before, after, months).items():
        if name not in upstream or np.array_equal(was, now):
            continue
        inputs = _assumed(model.leant[name], parameters, on)
        full = float(max((was >= BINDS).mean(), (now >= BINDS).mean()))
        loads = float(was.mean()), float(now.mean())
        if inputs and full >= 1 / 2:
            found.append(Rest(name, "full", *loads, full, inputs, _full(model.leant[name], full, was.size)))
        elif (
            inputs
            and min(loads) < 1 - SPARE
            and max(loads) < BINDS
            and abs(loads[1] - loads[0]) >= MOVED * max(loads)
        ):
            found.append(Rest(name, "idle", *loads, full, inputs, _idle(model.leant[name], *loads)))
    return tuple(found)


def _both(
    before: Loads, after: Loads, months: slice
) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    names, was = before
    _, now = after
    return {name: (was[place, months], now[place, months]) for place, name in enumerate(names)}


def _assumed(stage: Leant, parameters: ParameterBook, on: date) -> tuple[str, ...]:
    """Return the inputs of a stage that are neither published nor defined on a day."""
    about = stage.inputs
    return tuple(
        each.name
        for each in parameters
        if each.name.startswith(about) and each.values[0].start <= on and each.on(on).basis not in _FIRM
    )


def _full(stage: Leant, full: float, n_months: int) -> str:
    return (
        f"{_capital(stage.who)} are full in {round(full * n_months)} of {n_months} months, on inputs that are "
        "assumed: what is added before them waits or is turned away there."
    )


def _idle(stage: Leant, before: float, after: float) -> str:
    if max(before, after) < NEVER:
        return f"Hardly anybody comes to the {stage.who} in either world: the answer says nothing of them."
    left, then = (f"{100 * (1 - load):.0f} %" for load in (before, after))
    share = left if left == then else f"{left} ({then} in the reform)"
    return f"{_capital(stage.idle.format(share=share))}."


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
