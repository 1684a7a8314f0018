"""The rolling back-test of the Crown Court: what is known at an origin, naive forecasts, and the three-line check."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from lawqueue.models.crown_court import found, intervals, rolling, scores
from lawqueue.models.crown_court.model import MODEL
from lawqueue.models.crown_court.world import LAST_OUTCOME, first_day, quarter_of, quarterly
from lawqueue.rules import Change

ORIGIN = quarter_of(date(2019, 12, 31))
SCORES = json.loads((MODEL.folder / "calibration" / "rolling.json").read_text())


def score(forecast: str, outcome: str, ahead: int) -> dict[str, float]:
    wanted = {"forecast": forecast, "outcome": outcome, "ahead": ahead}
    return next(each for each in SCORES["scores"] if wanted.items() <= each.items())


def test_two_numbers_of_the_three_line_check_come_out_of_a_regression_to_2019() -> None:
    truth = rolling.published()
    receipts = quarterly(MODEL.observed(), "receipts")
    came = np.array([receipts[q] for q in sorted(receipts)])
    done, hours = truth.values["disposals"], truth.values["hours.mean"]
    trials = done * (hours - 1.7) / 12.8
    table = np.column_stack([came, trials])[1:16]
    ends_early, leave_for_each_trial = np.linalg.lstsq(table, done[1:16], rcond=None)[0]
    assert ends_early == pytest.approx(0.675, abs=0.001)
    assert leave_for_each_trial == pytest.approx(2.34, abs=0.01)


def three_lines(origin: int, ahead: int) -> float:
    """Open cases without a queue and without ages; hours a day found as the model finds them."""
    book, truth = MODEL.parameters(), rolling.published()
    receipts = quarterly(MODEL.observed(), "receipts")
    disposals = quarterly(MODEL.observed(), "disposals")

    def days(quarter: int) -> float:
        span = first_day(quarter), first_day(quarter + 1)
        shock = book.value("shock.pandemic", span[0]) * book.value("shock.action", span[0])
        return shock * float(book.series("capacity.sitting_days", *span).sum()) / 365.25

    first, last = found.window(origin, book)
    window = range(first, last + 1)
    done = sum(disposals[q] for q in window)
    trials = (done - 0.675 * sum(receipts[q] for q in window)) / 2.34
    hours = 1.09 * (12.8 * trials + 1.7 * done) / sum(days(q) for q in window)
    open_cases = truth.at("open", origin - truth.origin)
    for quarter in range(origin + 1, origin + ahead + 1):
        early = 0.675 * receipts[quarter]
        held = (days(quarter) * hours / 1.09 - 1.7 * early) / (12.8 + 1.7 * 2.34)
        open_cases += receipts[quarter] - early - 2.34 * held - 100
    return open_cases


@pytest.mark.parametrize("ahead", [4, 8])
def test_the_model_is_hardly_worse_than_three_lines_of_arithmetic(ahead: int) -> None:
    truth, last = rolling.published(), quarter_of(LAST_OUTCOME)
    off = [
        abs(three_lines(q, ahead) / truth.at("open", q + ahead - truth.origin) - 1)
        for q in rolling.origins()
        if q + ahead <= last
    ]
    assert score("model", "open", ahead)["absolute"] < np.mean(off) + 0.01


def test_naive_forecasts_have_the_known_errors() -> None:
    found_errors = {
        (name, ahead): score(name, "open", ahead)["absolute"]
        for name in ("no change", "drift")
        for ahead in (4, 8)
    }
    expected = {
        ("no change", 4): 0.132,
        ("no change", 8): 0.222,
        ("drift", 4): 0.152,
        ("drift", 8): 0.307,
    }
    assert found_errors == pytest.approx(expected, abs=0.001)


def test_the_scores_that_ship_are_those_of_the_model() -> None:
    truth, book = rolling.published(), MODEL.parameters()
    paths = scores.paths("model", book, rolling.origins())
    now = {
        (each.outcome, each.ahead): each.absolute
        for each in scores.scores("model", {p.origin: scores.readers(p) for p in paths})
    }
    for (outcome, ahead), absolute in now.items():
        assert score("model", outcome, ahead)["absolute"] == pytest.approx(absolute, abs=0.0005)
    assert truth.origin == quarter_of(date(2015, 12, 31))


def test_nothing_published_after_an_origin_is_known_there() -> None:
    """Figures of a later quarter move no parameter that is found."""
    book = MODEL.parameters()
    known = rolling.at_origin(ORIGIN, book)
    on = first_day(ORIGIN + 1)
    later = [
        Change(name, first_day(ORIGIN + 2), "multiply", 2.0)
        for name in (found.HOURS, "receipts.share.bail", "preparation.days.custody", "sentence.days")
    ]
    changed = book
    for each in later:
        changed = changed.changed(each)
    again = rolling.at_origin(ORIGIN, changed)
    for each in later:
        assert again.value(each.name, on) == known.value(each.name, on)
        assert known.value(each.name, first_day(ORIGIN + 8)) == known.value(each.name, on)


def test_hours_are_found_from_quarters_without_a_shock() -> None:
    book = MODEL.parameters()
    quarter = quarter_of(date(2020, 12, 31))
    assert found.window(quarter, book) == (quarter_of(date(2019, 6, 30)), quarter_of(date(2020, 3, 31)))
    assert found.window(quarter_of(date(2021, 6, 30)), book) == (quarter + 2, quarter + 2)
    assert found.window(ORIGIN, book) == (ORIGIN - 3, ORIGIN)


def test_with_the_hours_that_are_found_as_many_are_disposed_of_as_were_published() -> None:
    book = MODEL.parameters()
    hours = found.hours_per_day(ORIGIN, book)
    start = ORIGIN - found.YEAR
    values = {**found.stocks_and_flows(ORIGIN, book), found.HOURS: hours}
    last_year = rolling.forecast(start, found.with_values(book, start, values), 4)
    figures = quarterly(MODEL.observed(), "disposals")
    assert last_year.values["disposals"].sum() == pytest.approx(
        sum(figures[ORIGIN - i] for i in range(4)), rel=0.005
    )


def test_given_nothing_receipts_go_on_as_last_year_and_a_shock_lasts_two_quarters() -> None:
    quarter = quarter_of(date(2020, 6, 30))
    book = rolling.with_nothing(quarter, MODEL.parameters())
    known = quarterly(MODEL.observed(), "receipts")
    expected = sum(known[quarter - i] for i in range(4)) / 4
    for ahead in (1, 5):
        factor = book.value("receipts.factor", first_day(quarter + ahead))
        assert factor * known[quarter + ahead] == pytest.approx(expected)
    assert [book.value("shock.pandemic", first_day(quarter + i)) for i in (1, 2, 3)] == [0.7, 0.7, 1.0]
    assert book.value("capacity.sitting_days", first_day(quarter + 1)) == 87000.0


BARS = {
    ("open", 4): 0.06,
    ("open", 8): 0.10,
    ("disposals", 4): 0.04,
    ("disposals", 8): 0.04,
    ("hours.mean", 4): 0.05,
    ("hours.mean", 8): 0.05,
}


@pytest.mark.parametrize(("outcome", "ahead"), BARS)
def test_the_model_meets_its_bar_given_receipts_days_and_shocks(outcome: str, ahead: int) -> None:
    assert score("model", outcome, ahead)["absolute"] <= BARS[outcome, ahead]


@pytest.mark.parametrize("ahead", [4, 8])
@pytest.mark.parametrize("outcome", ["open.custody", "open.bail", "open.year_or_more", "days.median"])
def test_the_model_is_nearer_than_no_change(outcome: str, ahead: int) -> None:
    assert score("model", outcome, ahead)["absolute"] < score("no change", outcome, ahead)["absolute"]


def test_given_nothing_the_model_is_nearer_than_both_naive_forecasts_two_years_ahead() -> None:
    ours = score("model, given nothing", "open", 8)["absolute"]
    assert ours < min(score(each, "open", 8)["absolute"] for each in ("no change", "drift", "last net flow"))
    assert SCORES["no_change_is_nearer"]["8"]


def test_dated_values_of_history_follow_from_the_figures() -> None:
    book = MODEL.parameters()
    for year, values in found.in_years(book).items():
        for name, value in values.items():
            assert book.value(name, date(year, 6, 1)) == pytest.approx(value, rel=0.15), (year, name)


def test_hours_of_history_are_those_with_which_open_cases_come_out() -> None:
    book = MODEL.parameters()
    for quarter, hours in found.in_history(book).items():
        assert book.value(found.HOURS, first_day(quarter)) == pytest.approx(hours, abs=0.08), quarter


def test_hours_a_day_drift_as_far_as_they_were_found_to_wander() -> None:
    (name, walk), *others = MODEL.known.walks.items()
    assert not others
    assert walk == pytest.approx(intervals.wander()[name], abs=0.0005)


def test_hours_that_were_found_before_a_shock_are_as_old_as_that() -> None:
    book = MODEL.parameters()
    assert intervals._quarters_since(quarter_of(date(2020, 12, 31)), book) == 3
    assert intervals._quarters_since(quarter_of(date(2019, 12, 31)), book) == 0


def test_what_the_draws_spread_already_is_not_added_again() -> None:
    path = rolling.Path(0, {name: np.ones(8) for name in rolling.OUTCOMES})
    apart = rolling.Path(0, {name: np.full(8, np.exp(0.2)) for name in rolling.OUTCOMES})
    made = dict.fromkeys(intervals.OWN, (path, apart))  # a standard deviation of 0.1
    own = dict.fromkeys(rolling.OUTCOMES, np.hypot(0.1, 0.03))
    assert intervals.beyond(own, made) == pytest.approx(dict.fromkeys(rolling.OUTCOMES, 0.03))
    assert set(intervals.beyond(dict.fromkeys(rolling.OUTCOMES, 0.05), made).values()) == {0.0}
