"""
Charts as Vega-Lite specifications, drawn to SVG by vl-convert without a browser.

One module is one picture; `shared` is what they share.
"""

from lawqueue.report.charts.bottlenecks import bottlenecks
from lawqueue.report.charts.differences import differences
from lawqueue.report.charts.fit import fit
from lawqueue.report.charts.flows import flows
from lawqueue.report.charts.in_force import in_force
from lawqueue.report.charts.levels import csv, drawn_as_mean, levels
from lawqueue.report.charts.line_moved import LABEL, line_moved
from lawqueue.report.charts.marginal import marginal
from lawqueue.report.charts.parts import parts
from lawqueue.report.charts.scores import scores
from lawqueue.report.charts.shared import BLUE, CHARACTER, GREY, ORANGE, Spec, file, poster, svg
from lawqueue.report.charts.tornado import tornado
from lawqueue.report.charts.years import (
    YEAR_OF_MONTHS,
    by_year,
    mean_of,
    months_in,
)

__all__ = [
    "BLUE",
    "CHARACTER",
    "GREY",
    "LABEL",
    "ORANGE",
    "YEAR_OF_MONTHS",
    "Spec",
    "bottlenecks",
    "by_year",
    "csv",
    "differences",
    "drawn_as_mean",
    "file",
    "fit",
    "flows",
    "in_force",
    "levels",
    "line_moved",
    "marginal",
    "mean_of",
    "months_in",
    "parts",
    "poster",
    "scores",
    "svg",
    "tornado",
]
