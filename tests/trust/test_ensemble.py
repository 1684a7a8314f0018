"""The ensemble in use: what a draw does to a book, and that a run with it keeps every promise of a run without."""

from __future__ import annotations

import gc
import json
import weakref
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lawqueue.engine.results import Run
from lawqueue.engine.run import simulate
from lawqueue.engine.trunk import simulate_family
from lawqueue.errors import InputError
from lawqueue.models.cube import Results
from lawqueue.models.model import Model
from lawqueue.models.us_immigration.known import FIT
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.models.us_immigration.shares import WHOLES
from lawqueue.models.us_immigration.world import World
from lawqueue.rules import Change
from lawqueue.study import library
from lawqueue.study.ensemble import (
    LATER,
    Span,
    carried_on,
    drawn,
    folder_of,
    laid_over,
    later,
    later_spans,
    load_ensemble,
    reference,
    shipped,
    spans,
)
from lawqueue.study.record import record
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Laboratory, Settings, run_pair

WRITTEN = MODEL.parameters()
SPAN = date(2019, 10, 1), date(2021, 4, 1)
TWO = Settings(seed=0, replicates=2, scale=0.02, threads=1)


def test_positions_run_from_low_over_the_written_value_to_high() -> None:
    np.testing.assert_allclose(
        Span("x", 1.0, 2.0, 10.0).at(np.array([0.0, 0.25, 0.5, 0.75, 1.0])), [1, 1.5, 2, 6, 10]
    )


def test_a_draw_moves_the_whole_series_by_one_factor_and_leaves_what_was_stated() -> None:
    name = "ero.officers"
    about = WRITTEN.parameter(name)
    assert {each.basis for each in about.values} >= {"stated"}
    entry = reference(MODEL, about)
    assert entry is not None
    book = drawn(MODEL, WRITTEN, {name: 0.9 * entry.value})
    for before, after in zip(about.values, book.parameter(name).values, strict=True):
        factor = 1.0 if before.basis == "stated" else 0.9
        assert after.value == pytest.approx(factor * before.value)


def test_a_share_moves_on_its_odds_and_stays_a_share() -> None:
    name = "cooperation.share.none"
    about = WRITTEN.parameter(name)
    entry = reference(MODEL, about)
    assert entry is not None
    before = [each for each in about.values if each not in later(MODEL, about)]
    odds = [each.value / (1 - each.value) for each in before]
    book = drawn(MODEL, WRITTEN, {name: 0.4})
    after = {each.start: each.value for each in book.parameter(name).values}
    moved = [after[each.start] / (1 - after[each.start]) for each in before]
    assert len(moved) > 1
    np.testing.assert_allclose(np.array(moved) / odds, (0.4 / 0.6) / (entry.value / (1 - entry.value)))


def test_the_written_values_drawn_are_the_written_book() -> None:
    book = drawn(
        MODEL,
        WRITTEN,
        {each.name: each.value for each in (*spans(MODEL, WRITTEN), *later_spans(MODEL, WRITTEN))},
    )
    assert book == WRITTEN


def test_a_judgement_about_later_years_is_drawn_from_its_own_range() -> None:
    name = "interior.lead_activity"
    about = WRITTEN.parameter(name)
    first, second = later(MODEL, about)
    assert first.start >= date(2020, 10, 1)
    fitted = reference(MODEL, about)
    assert fitted is not None
    # What the fit says of the pandemic does not move what came after it.
    moved = drawn(MODEL, WRITTEN, {name: fitted.high or 1.0}).parameter(name).values
    assert [each.value for each in moved[-2:]] == [first.value, second.value]
    assert moved[-3].value > about.values[-3].value
    # And the other way round; two later entries have the same place in their ranges.
    drawn_later = drawn(MODEL, WRITTEN, {name + LATER: first.high or 1.0}).parameter(name).values
    assert [each.value for each in drawn_later[:-2]] == [each.value for each in about.values[:-2]]
    assert [each.value for each in drawn_later[-2:]] == [first.high, second.high]


def test_a_later_entry_that_repeats_an_earlier_one_is_the_same_unknown() -> None:
    name = "ero.seats.land"
    assert [each.start for each in later(MODEL, WRITTEN.parameter(name))] == [
        date(2021, 1, 22)
    ]  # the pause alone
    values = drawn(MODEL, WRITTEN, {name: 1000.0}).parameter(name).values
    assert values[-1].value == pytest.approx(values[0].value) == pytest.approx(1000.0)


def test_what_is_drawn_for_later_years_changes_nothing_before() -> None:
    outcomes = ("court.outcome.present_order", "court.outcome.relief")
    fitted = {each.name: each.high for each in spans(MODEL, WRITTEN) if each.name in outcomes}
    # With what closures became the shares of the whole would exceed it.
    after = {each.name: each.high for each in later_spans(MODEL, WRITTEN)}
    alone, book = drawn(MODEL, WRITTEN, fitted), drawn(MODEL, WRITTEN, fitted | after)
    for name in WRITTEN.names:
        np.testing.assert_array_equal(book.series(name, *FIT), alone.series(name, *FIT), err_msg=name)
    assert book.value("court.outcome.closed", date(2021, 9, 1)) < after["court.outcome.closed@later"]


def test_shares_of_one_whole_never_exceed_it_whatever_is_drawn() -> None:
    book = drawn(
        MODEL,
        WRITTEN,
        {each.name: each.high for each in (*spans(MODEL, WRITTEN), *later_spans(MODEL, WRITTEN))},
    )
    for whole in WHOLES:
        total = sum(book.series(name, date(2016, 10, 1), date(2022, 10, 1)) for name in whole if name in book)
        assert np.max(total) <= 1.0 + 1e-9, whole


def test_a_change_that_is_valid_as_written_is_laid_over_any_draw() -> None:
    names = [each for each in spans(MODEL, WRITTEN) if each.name == "interior.screening_share"]
    base = drawn(MODEL, WRITTEN, {each.name: each.high for each in names})
    change = Change("interior.screening_share", date(2020, 1, 1), "multiply", 1.2)
    assert WRITTEN.changed(change)  # 0.78 × 1.2 is a share; 0.9 × 1.2 is none
    book = laid_over(MODEL, base, WRITTEN, (change,))
    assert book.value("interior.screening_share", date(2020, 1, 1)) == 1.0


def test_what_drifts_goes_on_to_drift_under_a_change_that_meets_a_bound() -> None:
    name, days = "border.barrier_coverage.yuma", (date(2023, 10, 1), date(2025, 9, 30))
    base = carried_on(MODEL, WRITTEN, 3)
    drift = base.series(name, *days)
    assert np.unique(drift).size > 2
    more = float(1 - np.median(drift))  # so that about half of the days meet the bound
    book = laid_over(MODEL, base, WRITTEN, (Change(name, days[0], "add", more),))
    np.testing.assert_allclose(book.series(name, *days), np.minimum(drift + more, 1.0))


def test_a_dial_that_is_off_is_never_drawn() -> None:
    assert not [each.name for each in spans(MODEL, WRITTEN) if each.name.startswith("deterrence.")]


def test_the_shipped_ensemble_is_one_of_this_model_within_the_ranges() -> None:
    ensemble, free = (
        shipped(MODEL),
        {each.name: each for each in (*spans(MODEL, WRITTEN), *later_spans(MODEL, WRITTEN))},
    )
    assert Settings().replicates <= len(ensemble) <= 500  # each run by default has a draw of its own
    assert set(ensemble.names) <= set(free)  # draws of what was published since stand back
    for name, column in zip(ensemble.names, ensemble.values.T, strict=True):
        assert free[name].low - 1e-9 <= column.min()
        assert column.max() <= free[name].high + 1e-9
    kept = json.loads((folder_of(MODEL) / "record.json").read_text(encoding="utf-8"))
    assert kept["files"] == {"ensemble.parquet": ensemble.digest}
    assert kept["settings"]["window"] == ["2016-10-01", "2020-10-01"]
    assert kept["draws"] == len(ensemble)


def test_replicates_differ_in_their_parameters_and_not_only_in_chance() -> None:
    laboratory = Laboratory(MODEL, TWO)
    history = laboratory.history(*SPAN)
    first, second = laboratory._books
    assert first == shipped(MODEL).book(0, WRITTEN)
    assert second == shipped(MODEL).book(1, WRITTEN)
    stay = "detention.stay.interior"
    column = shipped(MODEL).values[:, shipped(MODEL).names.index(stay)]
    found = [
        book.value(stay, SPAN[0])
        for book in (first, second, shipped(MODEL).book(len(shipped(MODEL)), WRITTEN))
    ]
    np.testing.assert_allclose(found, [column[0], column[1], column[0]])
    assert history.world.history == history.world.book == first
    central = Laboratory(MODEL, replace(TWO, parameters="central")).history(*SPAN)
    assert central.world.book == WRITTEN
    assert [len(each.parts) for each in (history, central)] == [2, 2]
    spread = [np.ptp(each.results.of("court.completions").sum(axis=1)) for each in (history, central)]
    assert spread[0] > 3 * spread[1]


def test_a_run_is_read_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[weakref.ref[object]] = []
    as_ever = Model.read

    def read(model: Model, run: Run, world: World, name: str) -> Results:
        seen.extend((weakref.ref(run), weakref.ref(world)))
        return as_ever(model, run, world, name)

    monkeypatch.setattr(Model, "read", read)
    kept = [
        Laboratory(MODEL, replace(TWO, parameters=each)).history(*SPAN) for each in ("ensemble", "central")
    ]
    gc.collect()
    assert [each() for each in seen] == [None] * 8
    assert [len(each.results.values) for each in kept] == [2, 2]


def trial(folder: Path, change: str) -> Scenario:
    path = folder / "trial.yaml"
    path.write_text(
        "name: trial\ntitle: t\nquestion: q\nmodel: us-immigration\nfrom: 2019-10-01\nto: 2021-03-31\n"
        f"outcomes: [removals]\nchanges:\n  - at: 2020-02-01\n    source: test\n    {change}\n",
        encoding="utf-8",
    )
    (scenario,) = library.loaded([path])
    return scenario


def test_a_null_reform_is_exactly_nothing_in_every_draw(tmp_path: Path) -> None:
    laboratory = Laboratory(MODEL, replace(TWO, replicates=3))
    scenario = trial(tmp_path, "multiply: {ero.officers: 1.0}")
    before, after = laboratory.baseline(scenario), laboratory.run(scenario)
    assert before.parts is not after.parts
    np.testing.assert_array_equal(before.results.values, after.results.values)


def test_a_pair_of_one_draw_is_the_two_replicates_that_a_laboratory_makes_of_it(tmp_path: Path) -> None:
    # Attempts at the border follow from history as it was drawn, whatever a scenario makes of the agents.
    scenario = trial(tmp_path, "multiply: {border.agents: 0.5}")
    one = replace(TWO, replicates=1)
    span = scenario.start, scenario.end
    pair = run_pair(MODEL, shipped(MODEL).book(0, WRITTEN), (), scenario.every, span, one)
    laboratory = Laboratory(MODEL, one)
    for found, known in zip(pair, (laboratory.baseline(scenario), laboratory.run(scenario)), strict=True):
        np.testing.assert_array_equal(found.values, known.results.values)


def test_one_and_two_threads_and_a_longer_run_give_the_same_replicates(tmp_path: Path) -> None:
    scenario = trial(tmp_path, "set: {court.extra_judges: 50}")
    one, two, more = (
        Laboratory(MODEL, replace(TWO, threads=threads, replicates=count)).run(scenario).results.values
        for threads, count in ((1, 2), (2, 2), (2, 3))
    )
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, more[:2])


def test_networks_that_are_the_same_for_every_replicate_give_the_bytes_of_one_run() -> None:
    world = MODEL.world_in_history(*SPAN)
    network = MODEL.network(world)
    together = simulate(network, seed=4, replicates_wanted=2, scale=0.01)
    apart = simulate_family(
        lambda _: (network, [network]),
        lambda number, place, run, parts: run,
        seed=4,
        replicates_wanted=2,
        scale=0.01,
    )
    for one, (run,) in zip(together.replicates, apart, strict=True):
        np.testing.assert_array_equal(one.passed, run.replicates[0].passed)
        np.testing.assert_array_equal(one.wait_histogram, run.replicates[0].wait_histogram)


@pytest.mark.filterwarnings("default")  # Dask's own threads may warn as they are torn down
def test_a_cluster_gives_each_replicate_its_own_network() -> None:
    distributed = pytest.importorskip("distributed")
    local = Laboratory(MODEL, TWO).history(*SPAN).results.values
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        settings = replace(TWO, cluster=cluster.scheduler_address)
        np.testing.assert_array_equal(Laboratory(MODEL, settings).history(*SPAN).results.values, local)


def test_a_record_names_the_ensemble_only_where_it_was_used() -> None:
    scenarios = library.loaded(library.found("null-reform")[0])
    assert record(scenarios, TWO)["inputs"]["ensemble"] == shipped(MODEL).digest  # type: ignore[index]
    central = record(scenarios, replace(TWO, parameters="central"))
    assert "ensemble" not in central["inputs"]  # type: ignore[operator]
    assert central["settings"]["parameters"] == "central"  # type: ignore[index]


def test_draws_of_what_was_published_since_stand_back_for_the_written_value(tmp_path: Path) -> None:
    within, outside = "interior.screening_share", "guidance.approval_share"
    path = tmp_path / "ensemble.parquet"
    table = {within: [0.7, 0.8], outside: [0.5, 0.6], "fear.positive_share": [0.7, 0.7]}
    pl.DataFrame(table).write_parquet(path)
    ensemble = load_ensemble(MODEL, path)
    assert ensemble.names == (within,)  # the others: below today's range, and certain
    book = ensemble.book(0, WRITTEN)
    assert book.value(outside, date(2021, 4, 1)) == WRITTEN.value(outside, date(2021, 4, 1))
    pl.DataFrame({"interior.no_such_share": [0.1]}).write_parquet(path)
    with pytest.raises(InputError, match="is no parameter of this one"):
        load_ensemble(MODEL, path)
