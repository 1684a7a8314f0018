"""
Where people met at the border went, as published: by month, citizenship and family, until the last known month.

What the agencies decided is data, as arrivals are. After the last known month its practice is held; a scenario moves
it with the weights `border.practice`. The law says on each day who may be expelled at all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.varying import Floats, frozen
from lawqueue.models.observed import Observed
from lawqueue.models.published import Published
from lawqueue.models.us_immigration.known import LAST_OUTCOME
from lawqueue.models.us_immigration.profiles import FAMILIES, NATIONALITIES
from lawqueue.months import first_of_next_month

WAYS = ("repatriated", "mpp", "to_ice", "to_hhs", "released")
"""Where somebody goes who is not expelled."""

PORT_WAYS = ("repatriated", "mpp", "to_ice", "to_hhs", "paroled")
"""The same at a port of entry."""

_FIRST, _AFTER = date(2016, 10, 1), first_of_next_month(LAST_OUTCOME)
_N_MONTHS = (_AFTER.year - _FIRST.year) * 12 + _AFTER.month - _FIRST.month
_PUBLISHED = ("expelled", *WAYS, "other")
_ASSOCIATION_YEAR = 2019
"""Fiscal year for which citizenship and family are known together."""
_ROUNDS = 60
"""Of proportional fitting."""


def practice(figures: Published, series: Callable[[str], Floats]) -> dict[str, Floats]:
    """
    Return what is done with those met between ports who are not expelled: as published, moved by the scenario.

    Parameters
    ----------
    figures
        Published figures over the days of a run.
    series
        Returns a parameter by day, shape (days,): that of the scenario, or as it was.

    Returns
    -------
    dict
        Share of each of `WAYS` by day, citizenship and family, shape (days, 3, 3) each [/1]; they sum to 1.
    """
    _, published = shares(figures.observed)
    weights = np.stack([series(f"border.practice.{way}") for way in WAYS], axis=-1)[:, None, None, :]
    found = figures.by_day(published[months_of(figures)]) * weights
    # Where the weights leave nothing, people are released.
    left = found.sum(axis=-1, keepdims=True)
    released = (np.array(WAYS) == "released").astype(float)
    found = np.where(left > 0, _ratio(found, left), released)
    more = series("border.practice.mpp_share")[:, None, None, None]
    # Neither Mexicans nor children can be sent to wait in Mexico.
    found[:, 1:, :2] = (1 - more) * found[:, 1:, :2] + more * (np.array(WAYS) == "mpp")
    return {way: found[..., place] for place, way in enumerate(WAYS)}


def ports(figures: Published) -> dict[str, Floats]:
    """
    Return what is done with those met at ports of entry: the share of each way by day and citizenship, (days, 3) each [/1].

    By citizenship a way is published for the Border Patrol and the ports together, and divides alike at both: see `counts`.
    """
    observed, months = figures.observed, months_of(figures)
    met = _known(observed, "ofo_dispositions.encounters")[months, None] * share_at_ports(
        figures, NATIONALITIES
    )
    share = np.empty((len(PORT_WAYS), *met.shape))
    for place, way in enumerate(PORT_WAYS):
        every = np.stack([_known(observed, f"cbp_dispositions.{n}.{way}") for n in NATIONALITIES], axis=1)
        own = _known(observed, f"ofo_dispositions.{way}")[:, None]
        share[place] = _ratio(_scaled(every, own)[months], met)
    share /= np.maximum(1.0, share.sum(axis=0))
    return {way: figures.by_day(share[place]) for place, way in enumerate(PORT_WAYS)}


def share_at_ports(figures: Published, names: tuple[str, ...]) -> Floats:
    """
    Return the parts of encounters at ports by month: those of all CBP less those of the Border Patrol.

    A part that comes out below nothing, as two rounded figures can, is none.

    Returns
    -------
    (n_months, len(names)) float64 [/1]; they sum to 1
    """
    every = np.stack([figures.held(f"cbp_dispositions.{each}.encounters") for each in names], axis=1)
    between = np.stack([figures.held(f"usbp_encounters.{each}") for each in names], axis=1)
    found = np.maximum(every - between, 0.0)
    return np.asarray(found / found.sum(axis=1, keepdims=True))


@lru_cache(maxsize=64)
def joint_encounters(figures: Published) -> Floats:
    """
    Return encounters between ports by month, citizenship and family, shape (n_months, 3, 3) [case/month].

    Only the two margins are published by month. Their association is that of the dispositions of the month, or of the
    last known one: proportional fitting keeps its odds ratios and gives the margins.
    """
    total = figures.monthly("usbp_encounters")
    family, nation = (total[:, None] * parts(figures, names) for names in (FAMILIES, NATIONALITIES))
    found = counts(figures.observed).sum(axis=3)[months_of(figures)]
    for _ in range(_ROUNDS):
        found *= _ratio(nation, found.sum(axis=2))[:, :, None]
        found *= _ratio(family, found.sum(axis=1))[:, None, :]
    return frozen(found)


def parts(figures: Published, names: tuple[str, ...]) -> Floats:
    """
    Return the parts of encounters between ports by month, rescaled to sum to 1, shape (n_months, len(names)) [/1].

    Sectors end a year before the total, the other parts a month: the last division is held.
    """
    found = np.stack([figures.held(f"usbp_encounters.{name}") for name in names], axis=1)
    return np.asarray(found / found.sum(axis=1, keepdims=True))


@cache
def counts(observed: Observed) -> Floats:
    """
    Return the Border Patrol's dispositions by month, citizenship and family, (n_months, 3, 3, 7) [case/month].

    Published are the Border Patrol's total of every disposition, and its parts by family and by citizenship for the
    Border Patrol and the ports together. Each part is scaled to the Border Patrol's total. Citizenship and family are
    known together for fiscal year 2019 alone, when nearly all families came from northern Central America and nearly
    all Mexicans alone: proportional fitting starts there. The last axis is expelled, `WAYS`, and other ways.
    """
    own = _series(observed, "usbp_dispositions", ("",))
    by_nation, by_family = (
        _scaled(_series(observed, "cbp_dispositions.", names), own) for names in (NATIONALITIES, FAMILIES)
    )
    name = "usbp_encounters_joint.{}.{}"
    seed = [
        [observed.annual(name.format(n, f))[_ASSOCIATION_YEAR].value for f in FAMILIES] for n in NATIONALITIES
    ]
    found = np.repeat(np.repeat(np.array([seed])[..., None], _N_MONTHS, axis=0), len(_PUBLISHED), axis=3)
    for _ in range(_ROUNDS):
        found *= _ratio(by_nation, found.sum(axis=2))[:, :, None, :]
        found *= _ratio(by_family, found.sum(axis=1))[:, None, :, :]
    return frozen(found)


@cache
def shares(observed: Observed) -> tuple[Floats, Floats]:
    """Return the share expelled, (n_months, 3, 3), and the shares of `WAYS` among the others, (n_months, 3, 3, 5)."""
    found = counts(observed)
    total = found.sum(axis=3)
    others = found[..., 1:-1].copy()
    # A way that is none of these (0.4 % of all) counts as a release; children, who have none, are repatriated.
    others[..., -1] += found[..., -1]
    left = others.sum(axis=3, keepdims=True)
    # A cell in which everybody was expelled has the practice of all of its family.
    usual = others.sum(axis=1, keepdims=True)
    shares = np.where(left > 0.5, _ratio(others, left), _ratio(usual, usual.sum(axis=3, keepdims=True)))
    return frozen(_ratio(found[..., 0], total)), frozen(shares)


def months_of(figures: Published) -> NDArray[np.int64]:
    """Return the place in the table of each month of a run, that of the last known month for a later one, (n_months,)."""
    first = figures.months[0]
    start = (first.year - _FIRST.year) * 12 + first.month - _FIRST.month
    return np.minimum(start + np.arange(len(figures.months)), _N_MONTHS - 1)


def _series(observed: Observed, prefix: str, names: tuple[str, ...]) -> Floats:
    """Return published dispositions, shape (n_months, len(names), 7) [case/month]."""
    found = [[_known(observed, f"{prefix}{name}.{way}") for way in _PUBLISHED] for name in names]
    return np.moveaxis(np.array(found), -1, 0)


def _known(observed: Observed, series: str) -> Floats:
    """Return a published series by month, shape (n_months,) [case/month]: what nobody was counted under is 0."""
    if series not in observed.names:
        return np.zeros(_N_MONTHS)
    return np.nan_to_num(observed.monthly(series, _FIRST, _AFTER))


def _scaled(found: Floats, own: Floats) -> Floats:
    """Return parts along the second axis, scaled so that they have the given total."""
    return np.asarray(found * _ratio(own, found.sum(axis=1, keepdims=True)))


def _ratio(wanted: Floats, found: Floats) -> Floats:
    return np.asarray(np.divide(wanted, found, out=np.zeros_like(found + wanted), where=found > 0))
