"""The page on trust: what the numbers rest on, how they fit, what they cannot say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from lawqueue.app.views import rendered
from lawqueue.models.us_immigration import model
from lawqueue.models.us_immigration.series import catalogue
from lawqueue.report.page import assumption, fit
from lawqueue.study.answer import assumptions, fits, limits
from lawqueue.study.simulate import Laboratory, Settings
from lawqueue.study.study import Fit

FIRST, AFTER = date(2016, 10, 1), date(2022, 10, 1)
"""The run that is held against what was published, without its last day."""
SETTINGS = Settings(seed=0, replicates=4, scale=0.05)
"""How it is made: small enough for a page, and said on it."""


def trust_page(_: Mapping[str, str]) -> str:
    """Return the page."""
    published = model.observed()
    read = {figure.source for name in published.names for figure in published.figures(name)}
    return rendered(
        "trust.html.j2",
        title="Trust",
        here="/trust",
        limits=limits(SETTINGS),
        fits=[fit(each) for each in fitted()],
        settings=SETTINGS,
        assumptions=[assumption(each) for each in assumptions(model.parameters(), AFTER)],
        series=catalogue(),
        sources=[published.source(each) for each in sorted(read)],
    )


@cache
def fitted() -> tuple[Fit, ...]:
    """Return the seed event, simulated and published."""
    return fits(Laboratory(SETTINGS).history(FIRST, AFTER))
