"""The page on trust: every verdict is that of the figures beside it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from lawqueue.app import trust
from lawqueue.app.views import rendered
from lawqueue.models.us_immigration.model import MODEL


@pytest.fixture(scope="module")
def scored() -> dict[str, Any]:
    found = trust.scored(MODEL)
    assert found is not None
    return found


def test_of_a_row_with_two_series_each_has_its_own_error_forecast_and_verdict(scored: dict[str, Any]) -> None:
    pending = next(each for each in scored["origins"][0]["groups"] if each[0]["title"].startswith("Pending"))
    whole, everything, active = pending
    assert whole["score"] is None
    for at, of_all, of_active in zip(*(each["horizons"] for each in pending), strict=True):
        assert at["error"] == pytest.approx((of_all["error"] + of_active["error"]) / 2)
        for each in (at, of_all, of_active):
            assert each["best_naive"][1] == min(each["naive"].values())
            assert each["is_nearer"] == (each["error"] < each["best_naive"][1])
            assert each["wins"] == (each["is_nearer"] and not each["wrong_flows"])
    assert len(whole["horizons"]) == 3
    assert everything["title"] != active["title"]


def test_the_table_names_the_naive_forecast_where_the_model_is_further_off(scored: dict[str, Any]) -> None:
    lost = {"error": 0.3, "best_naive": ["last value", 0.2], "is_nearer": False, "wrong_flows": {}}
    row = {
        "title": "A",
        "horizons": [lost, None, lost | {"is_nearer": True, "wrong_flows": {"Flow": 0.2}}],
        "score": None,
    }
    shown = rendered(
        "trust.html.j2",
        title="Trust",
        here="/trust",
        model=MODEL,
        limits=(),
        fits=(),
        about_fit="",
        drawn_from="",
        rolled=None,
        settings=trust.made(MODEL),
        backtest=scored | {"origins": [scored["origins"][0] | {"groups": [[row]]}]},
        horizons=trust.HORIZONS,
        assumptions=(),
        series=(),
        sources=(),
    )
    assert re.search(r"A .*30\.0\s%.*last value 20\.0\s%</span><br><strong>naive nearer</strong>", shown)
    assert shown.count("<strong>naive nearer</strong>") == 1
    assert re.search(r"<strong>not won: Flow 20\.0\s% off</strong>", shown)


def test_outcomes_inside_an_interval_are_counted(scored: dict[str, Any]) -> None:
    rows = [
        each for origin in scored["origins"] for group in origin["groups"] for each in group if each["score"]
    ]
    for row in rows:
        n = len(row["score"]["points"])
        for inside, share in zip(row["inside"], row["score"]["covered"].values(), strict=True):
            held, of = map(int, inside.split(" of "))
            assert (held / of, of) == (pytest.approx(share), n)


@pytest.mark.parametrize(
    ("covered", "words"),
    [
        ({"0.5": 0.25, "0.8": 0.75}, "All of them held fewer than they promise"),
        ({"0.5": 0.5, "0.8": 0.75}, "1 of them held fewer than they promise"),
        ({"0.5": 0.5, "0.8": 1.0}, "None held fewer than it promises"),
    ],
)
def test_what_is_said_of_the_intervals_follows_from_the_figures(
    covered: dict[str, float], words: str
) -> None:
    said = trust.held(MODEL, {level: {"value": share, "error": 0.14} for level, share in covered.items()})
    assert words in said
    assert (
        f"the 50\N{NO-BREAK SPACE}% intervals held {100 * covered['0.5']:.1f}\N{NO-BREAK SPACE}% ± 14 points"
        in said
    )


def test_no_name_of_a_file_is_shown_to_a_reader(scored: dict[str, Any]) -> None:
    (found, *_) = scored["origins"]
    for text in (*(why for _, why in found["unscored"]), *(each["figure"] for each in found["goals"])):
        assert not re.search(r"\w_\w|\d-\d|\d%", text), text
