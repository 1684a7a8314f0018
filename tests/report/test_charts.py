"""Charts: words stand whole on the drawing, and it is named after what it shows."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from lawqueue.models.us_immigration.model import MODEL
from lawqueue.report import charts
from lawqueue.rules.guideline import CHECKED_TO
from lawqueue.study.study import LineMoved


def line(before: str, after: str) -> charts.Spec:
    book, day = MODEL.guidelines(), date(2020, 2, 1)
    return charts.line_moved(
        LineMoved(before, after, day, day, tuple(MODEL.crossings(book[before], book[after], day)))
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
    drawn = charts.svg(charts.parts([(long, -3.0), ("2. Extra judges", 1.0)], "cases"))
    assert "…" not in drawn
    assert "local policy on notice" in drawn
