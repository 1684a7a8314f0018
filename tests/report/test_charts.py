"""Charts: words stand whole on the drawing, and it is named after what it shows."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawqueue.models.cube import Results, Series
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.report import charts
from lawqueue.report.charts.shared import by_month, round_ticks
from lawqueue.report.page import shown_from
from lawqueue.report.svg import compact
from lawqueue.rules.guideline import CHECKED_TO
from lawqueue.study.beside import Observed, Point
from lawqueue.study.study import LineMoved, Study


def line(before: str, after: str) -> charts.Spec:
    book, among = MODEL.guidelines(), MODEL.divided()
    day = among.on
    return charts.line_moved(
        LineMoved(before, after, day, among, tuple(MODEL.crossings(book[before], book[after], day)))
    )


def labels(spec: charts.Spec) -> list[dict[str, Any]]:
    return [
        each for layer in spec["layer"] if layer["mark"]["type"] == "text" for each in layer["data"]["values"]
    ]


@pytest.mark.parametrize(
    ("before", "after"), [("2017-02-20-kelly", "2021-02-18-ice"), ("2011-morton", "2014-11-20-johnson")]
)
def test_the_words_beside_the_line_stand_inside_the_drawing_and_apart(before: str, after: str) -> None:
    spec = line(before, after)
    first, last = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    unit = spec["width"] / (last - first)
    for each in labels(spec):
        width = charts.CHARACTER * max(map(len, each["text"])) / unit
        ends = (each["x"] - width, each["x"]) if each["align"] == "right" else (each["x"], each["x"] + width)
        assert first <= ends[0] <= ends[1] <= last, each["text"]
    for align in ("right", "left"):
        heights = sorted(each["y"] for each in labels(spec) if each["align"] == align)
        assert all(above - below > 0.9 * charts.LABEL for below, above in pairwise(heights))


def test_a_small_share_beside_the_line_is_not_called_none() -> None:
    words = [each["text"] for each in labels(line("2017-02-20-kelly", "2021-02-18-ice"))]
    assert ["threat to national security", "presumed · under 0.1\xa0%"] in words


def test_colours_are_named_on_the_drawing() -> None:
    moved = charts.svg(line("2017-02-20-kelly", "2021-02-18-ice"))
    assert ">presumed</text>" in moved
    assert ">preapproval</text>" in moved
    calendar = charts.svg(charts.in_force(tuple(MODEL.guidelines()), CHECKED_TO))
    for words in ("in force", "in force in part", "held back by a court"):
        assert f">{words}</text>" in calendar


def test_a_long_step_is_folded_and_not_cut() -> None:
    long = "1. Share of detainers that places honour, local policy on notice, officers for interior work"
    drawn = charts.svg(charts.parts([(long, -3.0), ("2. Extra judges", 1.0)], "case", "Removals, cases"))
    assert "…" not in drawn
    assert "local policy on notice" in drawn


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_an_axis_has_three_round_ticks_or_more_around_what_is_drawn(one: float, other: float) -> None:
    low, high = sorted((one, other))
    ticks = round_ticks(low, high)
    assert 3 <= len(ticks) <= 8
    assert ticks == sorted(set(ticks))
    slack = 1e-6 * max(high - low, abs(low), abs(high), 1e-3)
    assert ticks[0] <= low + slack
    assert ticks[-1] >= high - slack


@pytest.mark.parametrize("months", [2, 5, 13, 30, 72])
def test_an_axis_of_months_has_two_ticks_or_more(months: int) -> None:
    days = [date(2016 + (9 + n) // 12, (9 + n) % 12 + 1, 1) for n in range(months)]
    assert len(by_month(days)["axis"]["values"]) >= 2


def test_every_sign_of_a_chart_stands_in_its_legend(town_hall: Study) -> None:
    answer = town_hall.answer("decline-2021")
    worlds = answer.comparison.baseline, answer.comparison.reform
    spec = charts.levels(*worlds, "book_ins.ice", town_hall.observed["book_ins.ice"], answer.changed_on)
    drawn = charts.svg(spec)
    for words in ("baseline", "scenario", "range of 2 runs", "published", "change, 1 Feb 2021"):
        assert f">{words}</text>" in drawn
    assert "published 1,980</title>" in drawn
    assert "0k" not in drawn


def test_charts_begin_a_year_before_the_change(town_hall: Study) -> None:
    answer = town_hall.answer("decline-2021")
    assert shown_from(answer) == date(2020, 2, 1)
    assert answer.comparison.baseline.since(shown_from(answer)).months[0] == date(2020, 2, 1)


def test_a_drawing_is_made_small_and_shows_the_same() -> None:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" class="marks" width="20" height="10" viewBox="0 0 20 10"><g fill="none">'
        '<g class="x"><path class="background" d="M0,0h9v9Z"/><line transform="translate(1,2)" x2="3" y2="0" stroke="#7A7F87"/>'
        '<line transform="translate(1,4)" x2="3" y2="0" stroke="#7A7F87"/></g>'
        '<path aria-label="May: 3" d="M1.2345,2.999h1" fill="red" opacity="1"/></g></svg>'
    )
    assert compact(drawing, "A & B", "#7A7F87") == (
        '<svg role="img" viewBox="0 0 20 10" fill="none"><title>A &amp; B</title>'
        '<path stroke="currentColor" d="M1,2l3,0M1,4l3,0"/><path d="M1.2,3h1" fill="red"><title>May: 3</title></path></svg>'
    )


def test_the_total_of_a_quarter_is_drawn_across_it_at_its_mean_by_month() -> None:
    months = tuple(date(2021, n, 1) for n in range(1, 7))
    about = Series("disposals", "Disposals", "case/month", "emergent", "flow", "Disposals.", "Court")
    worlds = [Results(name, months, (about,), np.full((2, 6, 1), 10.0)) for name in "ab"]
    known = Observed("x", "flow", (Point(date(2021, 1, 1), date(2021, 3, 31), 30.0),))
    spec = charts.levels(worlds[0], worlds[1], "disposals", known)
    (across,) = [each for each in spec["layer"] if each["mark"].get("strokeWidth") == 2.5]
    assert across["data"]["values"] == [{"month": "2021-01-01", "until": "2021-03-31", "value": 10.0}]
    assert charts.drawn_as_mean(known, months) == "quarter"
