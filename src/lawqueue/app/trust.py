"""The page on trust: what the numbers rest on, how they fit, what they cannot say."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from lawqueue import numbers
from lawqueue.app import shelf
from lawqueue.app.views import rendered
from lawqueue.models.cube import Series
from lawqueue.models.model import Model
from lawqueue.models.observed import RECALLED
from lawqueue.months import named
from lawqueue.report import charts
from lawqueue.report.page import assumption, drawn, fit
from lawqueue.study.answer import assumptions, fits, limits
from lawqueue.study.ensemble import folder_of, has_ensemble, is_open
from lawqueue.study.simulate import Laboratory, Settings
from lawqueue.study.study import Fit, FitRow
from lawqueue.trust.scores import ALL, HORIZONS, HOW_SURE

SCORES, ROLLED = "backtest.json", "rolling.json"
"""What `lawqueue backtest --json` gave for the ensemble that comes with a model: from a few origins, or from many."""
REPLICATES = 4
"""Of the run that is held against what was published: few enough for a page, and said on it."""


def trust_page(asked: Mapping[str, str]) -> str:
    """
    Return the page.

    Parameters
    ----------
    asked
        From the address: `model`.

    Raises
    ------
    InputError
        If the model is not known.
    """
    model = shelf.asked_for(asked)
    published, settings = model.observed(), made(model)
    read = {figure.source for name in published.names for figure in published.figures(name)}
    return rendered(
        "trust.html.j2",
        title=f"Trust: {model.title}",
        here="/trust",
        model=model,
        limits=limits(model, settings),
        fits=[fit(each) for each in fitted(model)],
        about_fit=about_fit(model),
        settings=settings,
        drawn_from=drawn_from(model),
        backtest=scored(model),
        rolled=rolled(model),
        horizons=HORIZONS,
        assumptions=[assumption(each) for each in assumptions(model.parameters(), model.known.last_outcome)],
        series=model.catalogue.all(),
        sources=[published.source(each) for each in sorted(read - {RECALLED})],
    )


def made(model: Model) -> Settings:
    """Return how the run is made that is held against what was published."""
    return Settings(replicates=REPLICATES, scale=model.scale).of(model)


def drawn_from(model: Model) -> str:
    """Say where the parameters of the replicates come from, of a model that has no ensemble; empty for others."""
    if has_ensemble(model):
        return ""
    how = "draws them out of their ranges" if is_open(model) else "has the written values"
    return f"No parameter sets that agree with what was published were made for this model: each replicate {how}."


def about_fit(model: Model) -> str:
    """Say over which days the fit is shown, and what these days are to the model; empty where none is shown."""
    if model.headline.over is None:
        return ""
    (first, after), to = model.headline.over, model.known.fit
    is_fitted = to is not None and first < to[1] and to[0] < after
    worth = (
        "Values were fitted to outcomes of these months, so this is a fit and no test." if is_fitted else ""
    )
    return f"{_day(first)} to {_day(after - timedelta(days=1))}. {model.headline.fit_words or worth}".rstrip()


@cache
def scored(model: Model) -> dict[str, Any] | None:
    """Return the back-test from a few origins that comes with a model, with its pictures drawn; None without one."""
    path = folder_of(model) / SCORES
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found | {"origins": [_origin(model, each) for each in found["origins"]]}


@cache
def rolled(model: Model) -> dict[str, Any] | None:
    """Return the back-test from many origins that comes with a model, as a table; None without one."""
    path = folder_of(model) / ROLLED
    if model.rolling is None or not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    titles = {each.name: each.title for each in model.catalogue.all()}
    outcomes = list(dict.fromkeys(each["outcome"] for each in found["scores"]))
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for each in found["scores"]:
        row = rows.setdefault((each["forecast"], each["ahead"]), {"origins": 0})
        row[each["outcome"]] = each["absolute"]
        row["origins"] = max(row["origins"], each["origins"])
    return {
        "about": model.rolling(),
        "given": found.get("given", {}),
        "outcomes": {each: titles.get(each, each) for each in outcomes},
        "rows": rows,
    }


def _origin(model: Model, found: dict[str, Any]) -> dict[str, Any]:
    about = {each.name: each for each in model.catalogue.all()}
    last = date.fromisoformat(found["end"]) - timedelta(days=1)
    lines = [line for line in found["lines"] if line["scores"]]
    monthly = [
        Fit(
            score["series"],
            about[score["series"]].title,
            about[score["series"]].unit,
            about[score["series"]].stamp,
            tuple(
                FitRow(date.fromisoformat(day), date.fromisoformat(day), middle, low, high, published)
                for day, published, middle, low, high in score["points"]
            ),
            "80 % interval",
        )
        for line in lines
        for score in line["scores"]
        if score["by"] == "month"
    ]
    return found | {
        "title": f"From {_day(date.fromisoformat(found['start']))} to {_day(last)}",
        "groups": [_group(line, about) for line in lines],
        "unscored": [
            (line["title"], _plainly(model, line["why_not"])) for line in found["lines"] if not line["scores"]
        ],
        "losses": [_titled(_plainly(model, each), about) for each in found["losses"]],
        "goals": [each | {"figure": _plainly(model, each["figure"])} for each in found["goals"]],
        "held": held(model, found["held"]),
        "picture": drawn(
            charts.scores(
                [
                    (line["title"], at["error"], at["best_naive"][1])
                    for line in lines
                    for at in (line["horizons"][ALL],)
                ]
            )
        ),
        "monthly": [fit(each) for each in monthly],
    }


def _group(line: Mapping[str, Any], about: Mapping[str, Series]) -> list[dict[str, Any]]:
    """Return a row of the table of scores and, under one that holds several series, a line for each of them."""
    scores = line["scores"]
    whole = _judged(line["title"], line["horizons"])
    if len(scores) == 1:
        return [whole | _in_full(scores[0])]
    return [
        whole,
        *(_judged(about[each["series"]].title, each["horizons"]) | _in_full(each) for each in scores),
    ]


def _judged(title: str, horizons: Mapping[str, Any]) -> dict[str, Any]:
    """Return a title with the errors of the model beside those of the best naive forecast, at each horizon or None."""
    return {"title": title, "horizons": [horizons.get(each) for each in HORIZONS], "score": None}


def _in_full(score: Mapping[str, Any]) -> dict[str, Any]:
    n = len(score["points"])
    # A share of two outcomes can only be none, half or all: the count says how much that is worth.
    return {"score": score, "inside": [f"{share * n:.0f} of {n}" for share in score["covered"].values()]}


def held(model: Model, shares: Mapping[str, Mapping[str, Any]]) -> str:
    """Say how many outcomes the intervals held, the mean over the rows, and which of them held too few."""
    found = [
        f"the {_plainly(model, f'{float(level):.0%}')} intervals held {numbers.share(share['value'])}"
        + (f" ± {100 * share['error']:.0f} points" if share["error"] is not None else "")
        for level, share in shares.items()
    ]
    few = sum(share["value"] < float(level) for level, share in shares.items())
    verdict = (
        f"{'All' if few == len(shares) else few} of them held fewer than they promise: read them as too narrow."
        if few
        else "None held fewer than it promises."
    )
    return f"Of the outcomes {', '.join(found)}: the mean over the rows, {HOW_SURE}. {verdict}"


def _plainly(model: Model, text: str) -> str:
    """Return words of the back-test as a reader has them: no name of a file, days and signs written out."""
    for name in model.observed().names:
        text = re.sub(rf"\b{re.escape(name)}\b", "this series", text)
    text = re.sub(r"\d{4}-\d\d-\d\d", lambda found: _day(date.fromisoformat(found[0])), text)
    return re.sub(r"(?<=\d) ?%", "\u00a0%", re.sub(r"(?<!\w)-(?=\d)", "−", text))


def _titled(text: str, about: Mapping[str, Series]) -> str:
    """Return a sentence with the title of a series in the place of its name."""
    return re.sub(
        r"\S+(?= alone)", lambda found: f"“{about[found[0]].title}”" if found[0] in about else found[0], text
    )


def _day(day: date) -> str:
    return f"{day.day} {named(day)}"


@cache
def fitted(model: Model) -> tuple[Fit, ...]:
    """Return the series that a page shows first, simulated and published; none without published figures."""
    over = model.headline.over
    if over is None or not model.headline.fit:
        return ()
    start, _ = model.known_days()
    return fits(model, Laboratory(model, made(model)).history(start, over[1]))
