"""Moved to `lawqueue.models.cube`."""

from lawqueue.models.cube import QUANTILES, Kind, Results, Series, Stamp, quantiles

__all__ = ["QUANTILES", "Kind", "Results", "Series", "Stamp", "quantiles"]
