"""The Crown Court: identities that every run keeps, plain arithmetic that it must agree with, and its data."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from lawqueue.engine.run import simulate
from lawqueue.models.crown_court import hearings, opening, time_to_completion
from lawqueue.models.crown_court.model import MODEL
from lawqueue.models.crown_court.series import CATALOGUE, OPEN, Reading
from lawqueue.models.crown_court.world import (
    KINDS,
    LAST_OUTCOME,
    Court,
    first_day,
    quarter_of,
    quarterly,
)
from lawqueue.rules import Change, ParameterBook

START, END = date(2017, 1, 1), date(2018, 1, 1)
HISTORY = date(2016, 1, 1), date(2024, 1, 1)


def world(book: ParameterBook, start: date = START, end: date = END) -> Court:
    made = MODEL.world(book, (), {}, start, end)
    assert isinstance(made, Court)
    return made


def changed(*changes: tuple[str, date, float]) -> ParameterBook:
    book = MODEL.parameters()
    for name, day, value in changes:
        book = book.changed(Change(name, day, "set", value))
    return book


def run(
    book: ParameterBook, start: date = START, end: date = END, *, replicates: int = 2, scale: float = 0.1
) -> Reading:
    court = world(book, start, end)
    return Reading(simulate(MODEL.network(court), seed=5, replicates_wanted=replicates, scale=scale), court)


@pytest.fixture(scope="module")
def history() -> Reading:
    return run(MODEL.parameters(), *HISTORY, scale=0.05)


# --- identities -------------------------------------------------------------------------------------------


def test_open_cases_are_those_before_with_receipts_and_without_disposals_and_leavers(
    history: Reading,
) -> None:
    open_cases = history.open_of(*KINDS)
    before = sum(history.run.level_start(each) for each in OPEN)
    flows = history.flow("received") - history.disposed - history.flow("received", "left")
    np.testing.assert_allclose(open_cases, before + flows.cumsum(axis=1))


def test_receipts_are_the_published_ones(history: Reading) -> None:
    simulated = history.flow("received").mean(axis=0).reshape(-1, 3).sum(axis=1)
    figures = quarterly(MODEL.observed(), "receipts")
    published = [figures[quarter_of(each)] for each in history.world.months[::3]]
    np.testing.assert_allclose(simulated, published, atol=3 / history.run.compiled.scale)


def test_hours_are_spent_or_left_over_and_never_made(history: Reading) -> None:
    spent = history.hours_heard + history.run.pool_idle("court_rooms")
    np.testing.assert_allclose(spent, np.broadcast_to(history.run.pool_units("court_rooms"), spent.shape))


def test_opening_cases_are_the_published_ones_by_kind() -> None:
    for start in (date(2016, 1, 1), date(2019, 1, 1), date(2024, 1, 1)):
        court = world(MODEL.parameters(), start, date(start.year, 4, 1))
        placed = dict.fromkeys(KINDS, 0.0)
        for stock in MODEL.network(court).stocks:
            for i, kind in enumerate(KINDS):
                placed[kind] += float(stock.cases[court.cases.kind == i].sum())
        known = opening.open_by_age(MODEL.observed(), quarter_of(start) - 1)
        assert placed == pytest.approx({kind: cases.sum() for kind, cases in known.items()})


def test_a_case_keeps_the_quarter_of_its_receipt_to_its_end() -> None:
    reading = run(MODEL.parameters())
    into = reading.run.compiled.network.groups
    assert into is not None
    fresh = reading.open_cases[:, -1, :, -1].sum(axis=1)
    late = reading.flow("received")[:, -3:].sum(axis=1)
    done = reading.disposed_by_receipt[:, -3:, -1].sum(axis=1)
    left = reading.flow("received", "left")[:, -3:].sum(axis=1)
    np.testing.assert_allclose(fresh + done, late - left)


def test_a_year_counts_from_receipt_and_not_from_the_list() -> None:
    reading = run(MODEL.parameters(), date(2021, 1, 1), date(2022, 1, 1), scale=0.2)
    at_list = reading.run.age_histogram("trial_list")
    ages, least = at_list
    waited_a_year = ages[:, -1, :, least >= 365].sum()
    # Those who were prepared for a year, or waited less than one at the list, are a year old too.
    assert reading.year_or_more("custody", "bail")[:, -1].sum() > 1.15 * waited_a_year / 1
    published = quarterly(MODEL.observed(), "open_trial_year_or_more")[quarter_of(date(2021, 12, 31))]
    assert reading.year_or_more("custody", "bail")[:, -1].mean() == pytest.approx(published, rel=0.25)


# --- arithmetic -------------------------------------------------------------------------------------------


def test_one_more_sitting_day_buys_the_cases_that_its_hours_hear() -> None:
    more = changed(("capacity.sitting_days", date(2022, 1, 1), 104000.0))
    few = changed(("capacity.sitting_days", date(2022, 1, 1), 99000.0))
    span = date(2022, 1, 1), date(2023, 1, 1)
    gained = run(more, *span, scale=0.3).disposed.sum(axis=1) - run(few, *span, scale=0.3).disposed.sum(
        axis=1
    )
    court = world(few, *span)
    hours = 5000 * hearings.hours_of_a_day(court).mean()
    failed = court.daily("listing.ineffective_share")
    a_case = hearings.list_hours(court).at(0)[court.cases.where("trial")].max() / (1 - failed[0])
    assert gained.mean() == pytest.approx(hours / a_case, rel=0.1)


def test_with_hours_to_spare_nobody_waits_at_the_list() -> None:
    plenty = run(changed(("capacity.sitting_days", START, 400000.0)))
    assert plenty.run.level_end("trial_list")[:, 2:].max() <= 3 / plenty.run.compiled.scale
    assert plenty.run.work("trial_list").sum() < plenty.run.pool_units("court_rooms").sum()


def test_stays_before_the_list_have_the_mean_that_is_written() -> None:
    reading = run(MODEL.parameters(), date(2017, 1, 1), date(2019, 1, 1), scale=0.2)
    late = slice(12, None)
    for node, mean in (("waiting.trial", 95.0), ("waiting.early", 31.0), ("sentence_or_appeal", 71.0)):
        found = reading.run.mean_time_in_system(node)[:, late].mean()
        assert found == pytest.approx(mean, rel=0.05)


def test_hours_of_the_list_are_those_of_trials_and_late_pleas_and_of_what_fails() -> None:
    court = world(changed(("listing.hours_lost", START, 2.0)), START, END)
    failed, held, defendants = 0.16, 0.44, 1.09
    expected = (1 - failed) * defendants * (held * 14.5 + (1 - held) * 1.7) + failed * 2.0
    found = hearings.list_hours(court).at(0)
    assert np.ravel(found) == pytest.approx(expected)


def test_cases_in_custody_go_first_and_failed_listings_before_the_others() -> None:
    court = world(MODEL.parameters(), START, END)
    turn = next(each for each in MODEL.network(court).nodes if each.name == "trial_list").priority
    cases = court.cases
    assert set(turn[cases.kind == 0]) == {0.0}
    assert set(turn[cases.where("relisted", kind="bail")]) == {1.0}
    assert set(turn[cases.where("trial", kind="bail")]) == {2.0}


def test_a_longer_time_limit_keeps_custody_longer_and_bail_shorter() -> None:
    span = date(2020, 7, 1), date(2021, 7, 1)
    short, long = (
        run(changed(("custody.time_limit", date(2020, 9, 28), days)), *span, scale=0.3)
        for days in (182.0, 238.0)
    )
    assert long.open_of("custody")[:, -1].mean() > short.open_of("custody")[:, -1].mean()
    assert long.open_of("bail")[:, -1].mean() < short.open_of("bail")[:, -1].mean()


def test_median_days_of_cases_received_on_one_quarter_and_completed_a_year_later() -> None:
    quarters = np.array([quarter_of(date(2020, 2, 1))])
    months = (date(2021, 2, 1),)
    completed = np.ones((1, 1, 1))
    found = time_to_completion.median(completed, months, quarters)
    between = date(2021, 2, 15).toordinal() - date(2020, 2, 15).toordinal()
    assert found[0, 0] == pytest.approx(between, abs=4)


# --- a reform ---------------------------------------------------------------------------------------------


def test_a_reform_of_all_hours_saves_that_share_of_the_hours_that_new_cases_need() -> None:
    day = date(2017, 4, 1)
    plain = world(MODEL.parameters(), START, END)
    book = changed(("reform.scope", day, 0.2), ("reform.moved", day, 0.3), ("reform.faster", day, 0.2))
    cut = world(book, START, END)
    saved = 1 - hearings.needed(cut) / hearings.needed(plain)
    assert saved[: cut.day(day)] == pytest.approx(0.0)
    assert saved[cut.day(day) :] == pytest.approx(0.2 * (0.3 + 0.7 * 0.2))


def test_a_reform_of_new_cases_leaves_the_hours_of_those_received_before_it() -> None:
    day = date(2017, 4, 1)
    book = changed(("reform.scope", day, 0.5), ("reform.moved", day, 1.0), ("reform.reaches_stock", day, 0.0))
    court = world(book, START, END)
    hours = hearings.short_hours(court).at(court.day(date(2017, 10, 1)))
    old = court.cases.quarter < quarter_of(day)
    full = 1.7 * 1.09
    assert hours[old] == pytest.approx(full)
    assert hours[~old & (court.cases.quarter <= quarter_of(date(2017, 10, 1)))] == pytest.approx(full / 2)


def test_a_reform_that_reaches_the_stock_does_more_than_one_of_new_cases() -> None:
    start, end, day = date(2022, 1, 1), date(2024, 1, 1), date(2022, 4, 1)
    plain = run(MODEL.parameters(), start, end).open_of(*KINDS)[:, -1]
    changes = [("reform.scope", day, 0.3), ("reform.moved", day, 0.5)]
    every = run(changed(*changes), start, end).open_of(*KINDS)[:, -1]
    new = run(changed(*changes, ("reform.reaches_stock", day, 0.0)), start, end).open_of(*KINDS)[:, -1]
    assert (every < new - 500).all()
    assert (new < plain - 500).all()


# --- data and days ----------------------------------------------------------------------------------------


def test_no_outcome_is_later_than_the_last_quarter_of_2023() -> None:
    ahead = {"sitting_days_allocation", "sitting_days"}
    late = {
        each.series
        for name in MODEL.observed().names
        for each in MODEL.observed().figures(name)
        if each.end > LAST_OUTCOME
    }
    assert late <= ahead


def test_figures_by_kind_sum_to_all_open_cases() -> None:
    every = quarterly(MODEL.observed(), "open")
    parts = [
        quarterly(MODEL.observed(), each) for each in ("open_trial.custody", "open_trial.bail", "open_other")
    ]
    assert {q: sum(each[q] for each in parts) for q in every} == pytest.approx(every, abs=2)


def test_published_stock_loses_about_a_hundred_cases_a_quarter() -> None:
    stock, came, done = (quarterly(MODEL.observed(), each) for each in ("open", "receipts", "disposals"))
    lost = [stock[q] - stock[q - 1] - came[q] + done[q] for q in sorted(stock)[1:]]
    assert np.mean(lost) == pytest.approx(-MODEL.parameters().value("receipts.left", START) / 4, abs=10)


@pytest.mark.parametrize("start", [date(2017, 2, 1), date(2015, 10, 1), date(2024, 4, 1)])
def test_a_run_begins_where_open_cases_are_published(start: date) -> None:
    assert "begins on the first day of a quarter" in (MODEL.known.start_fault(start) or "")


@pytest.mark.parametrize("start", [date(2016, 1, 1), date(2019, 10, 1), date(2024, 1, 1)])
def test_a_run_may_begin_on_the_first_day_of_each_quarter(start: date) -> None:
    assert MODEL.known.start_fault(start) is None


def test_every_series_with_a_counterpart_names_a_published_one() -> None:
    names = set(MODEL.observed().names)
    assert {each.observed for each in CATALOGUE.all() if each.observed} <= names


def test_receipts_grow_along_the_path_from_the_middle_of_the_last_year() -> None:
    start, end = date(2024, 1, 1), date(2026, 1, 1)
    book = changed(("receipts.growth", start, 0.1))
    reading = run(book, start, end, replicates=1)
    figures = quarterly(MODEL.observed(), "receipts")
    last_year = sum(figures[quarter_of(LAST_OUTCOME) - i] for i in range(4))
    first_year = reading.flow("received")[:, :12].sum()
    assert first_year == pytest.approx(1.1 * last_year, rel=0.005)


def test_history_stays_near_open_cases_and_ends_on_them(history: Reading) -> None:
    figures = quarterly(MODEL.observed(), "open")
    found = history.open_of(*KINDS).mean(axis=0)[2::3]
    off = found / np.array([figures[q] for q in sorted(figures)]) - 1
    assert np.abs(off).mean() < 0.03
    assert abs(off[-1]) < 0.02


def test_every_quarter_has_its_own_profiles_and_groups() -> None:
    cases = world(MODEL.parameters()).cases
    assert cases.n == cases.quarters.size * 9
    assert first_day(int(cases.quarters[-1])) == date(2017, 10, 1)
    for kind in KINDS:
        place = cases.place(kind, "hearing" if kind == "other" else "trial", int(cases.quarters[3]))
        assert cases.group_names[cases.groups[place]].startswith(kind)
