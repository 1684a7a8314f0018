"""
Expulsion under 42 USC 265: how many, by citizenship and family.

The law says on which days somebody may be expelled; the published dispositions, how many were. Where a scenario has
such an order and history had none, there is no record: the pattern of the nearest recorded month is taken.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lawqueue.models.us_immigration.dispositions import joint_encounters, months_of, shares
from lawqueue.models.us_immigration.profiles import FAMILIES
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import Floats, Law

_AT_MOST = 0.98
"""Share that is expelled at most: a few are always exempted."""
_HALVINGS = 50


def allowed(world: World, law: Law) -> Floats:
    """Return whether a law lets families be expelled on each day, shape (days, 1, 3) [/1]."""
    families = [world.profiles.where(entry="border", family=name) for name in FAMILIES]
    return np.stack([world.lawful("removal_track", "title42", each, law=law) for each in families], axis=1)[
        :, None, :
    ]


def expelled(world: World, law: Law) -> Floats:
    """Return the share expelled by day, citizenship and family under a law, shape (days, 3, 3) [/1]."""
    return np.asarray(_rates(world) * allowed(world, law))


def _rates(world: World) -> Floats:
    """Return the share expelled on a day on which the law allows it, by citizenship and family, (days, 3, 3) [/1]."""
    figures = world.published
    recorded, _ = shares(world.observed)
    months, starts = months_of(figures), figures.first_days
    then = np.add.reduceat(allowed(world, world.law_in_history), starts, axis=0)
    then = then / figures.days_in_month[:, None, None]
    # The month of the order has days before it, and its last month days after it.
    rate = np.where(then > 0, recorded[months] / np.maximum(then, 1 / 31), _pattern(recorded, months))
    never = ~(then > 0).any(axis=(1, 2))
    if never.any():
        wanted = world.once_a_month("border.title42.share_without_record")
        rate[never] = _scaled(world, rate, wanted)[never]
    return figures.by_day(np.minimum(rate, _AT_MOST))


def _pattern(recorded: Floats, months: NDArray[np.int64]) -> Floats:
    """Return, for each family, the shares of the nearest month that had the order to its full length, (n_months, 3, 3)."""
    found = np.empty((months.size, *recorded.shape[1:]))
    for family in range(recorded.shape[2]):
        # The first and the last month of an order are not whole.
        whole = np.flatnonzero(recorded[:, :, family].sum(axis=1) > 0)[1:-1]
        nearest = whole[np.abs(months[:, None] - whole).argmin(axis=1)]
        found[:, :, family] = recorded[nearest, :, family]
    return found


def _scaled(world: World, rate: Floats, wanted: Floats) -> Floats:
    """Return shares, capped, times the factor of each month that makes the whole the wanted share, (n_months, 3, 3)."""
    encounters = joint_encounters(world.published)
    low, high = np.zeros(wanted.size), np.full(wanted.size, 40.0)
    for _ in range(_HALVINGS):
        factor = (low + high) / 2
        found = np.minimum(_AT_MOST, factor[:, None, None] * rate)
        enough = (found * encounters).sum(axis=(1, 2)) >= wanted * encounters.sum(axis=(1, 2))
        low, high = np.where(enough, low, factor), np.where(enough, factor, high)
    return np.asarray(np.minimum(_AT_MOST, high[:, None, None] * rate))
