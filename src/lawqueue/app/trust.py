"""The page on trust: what the numbers rest on, how they fit, what they cannot say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from lawqueue.app.views import rendered
from lawqueue.models.us_immigration import model
from lawqueue.models.us_immigration.series import catalogue
from lawqueue.report import charts
from lawqueue.report.page import assumption, drawn, fit
from lawqueue.study.answer import assumptions, fits, limits
from lawqueue.study.simulate import Laboratory, Settings
from lawqueue.study.study import Fit, FitRow

FIRST, AFTER = date(2016, 10, 1), date(2022, 10, 1)
"""The run that is held against what was published, without its last day."""
SCORES = model.FOLDER / "calibration" / "backtest.json"
"""What `lawqueue backtest --json` gave for the ensemble that comes with the package."""
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
        backtest=scored(),
        assumptions=[assumption(each) for each in assumptions(model.parameters(), AFTER)],
        series=catalogue(),
        sources=[published.source(each) for each in sorted(read)],
    )


@cache
def scored() -> dict[str, Any]:
    """Return the back-test that comes with the package, with its pictures drawn."""
    found: dict[str, Any] = json.loads(SCORES.read_text(encoding="utf-8"))
    about = {each.name: each for each in catalogue()}
    lines = [line for line in found["lines"] if line["scores"]]
    rows = [(line["title"], *_errors(line)) for line in lines]
    monthly = [
        Fit(
            score["series"],
            about[score["series"]].title,
            about[score["series"]].unit,
            about[score["series"]].stamp,
            tuple(
                FitRow(date.fromisoformat(day), middle, low, high, published)
                for day, published, middle, low, high in score["points"]
            ),
            "80 % interval",
        )
        for line in lines
        for score in line["scores"]
        if score["by"] == "month"
    ]
    for line in lines:
        for score in line["scores"]:
            score["title"] = about[score["series"]].title
    return found | {
        "rows": [(line, *_errors(line)) for line in lines],
        "unscored": [line for line in found["lines"] if not line["scores"]],
        "picture": drawn(charts.scores(rows)),
        "monthly": [fit(each) for each in monthly],
    }


def _errors(line: Mapping[str, Any]) -> tuple[float, float]:
    """Return the mean absolute error of the model and of the naive forecast that is best for the row [/1]."""
    scores = line["scores"]
    model_error = sum(each["model"]["absolute"] for each in scores) / len(scores)
    kinds = set.intersection(*(set(each["naive"]) for each in scores))
    return model_error, min(sum(each["naive"][kind] for each in scores) / len(scores) for kind in kinds)


@cache
def fitted() -> tuple[Fit, ...]:
    """Return the seed event, simulated and published."""
    return fits(Laboratory(SETTINGS).history(FIRST, AFTER))
