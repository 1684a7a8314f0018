"""One replicate at a time: memory, cancelling, dockets that are re-sorted, stocks, and the results' methods."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from lawqueue.engine import codes, run
from lawqueue.engine.compile import compile_network
from lawqueue.engine.results import Replicate
from lawqueue.engine.run import run_replicate, simulate
from lawqueue.engine.spec import (
    Delay,
    Edge,
    Fixed,
    Geometric,
    Hold,
    Network,
    Pool,
    Renege,
    Sink,
    Source,
    Station,
    Stock,
    route,
)
from lawqueue.engine.varying import dated
from lawqueue.errors import Cancelled, InputError, RunError, SpecError

ONE = np.ones(1)


def at(horizon: int, **ticks: float) -> Any:
    """Return arrivals on the ticks named `t3`, `t4` …"""
    series = np.zeros(horizon)
    for name, number in ticks.items():
        series[int(name[1:])] = number
    return series


def cases(name: str, to: str, horizon: int, profile: int = 0, n: int = 1, **ticks: float) -> Source:
    return Source(name, at(horizon, **ticks), np.eye(n)[profile], route(to), "even")


def backlog(horizon: int = 400) -> Network:
    return Network(
        2,
        horizon,
        (
            Source("source", 30.0, np.array([0.4, 0.6]), route("court")),
            Station(
                "court",
                route(Edge("beds", 0.5), "end"),
                units_per_tick=20.0,
                priority=np.array([0.0, 1.0]),
                renege=Renege(Geometric(90.0), route(Edge("end", label="gone"))),
            ),
            Hold("beds", route("end"), Geometric(20.0), 150.0, overflow_to=route(Edge("end", label="full"))),
            Sink("end"),
        ),
        periods=tuple(range(0, horizon, 50)),
    )


def assert_same(one: Replicate, other: Replicate) -> None:
    for name, values in vars(one).items():
        np.testing.assert_array_equal(values, getattr(other, name), err_msg=name, strict=True)


def test_a_run_that_outgrows_its_memory_is_repeated_with_more_and_gives_the_same_numbers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled = compile_network(backlog())
    wanted = run_replicate(compiled, 3, 0)
    sizes: list[int] = []
    fresh = run._fresh

    def small(plan: Any, key: tuple[int, int], n_blocks: int) -> Any:
        sizes.append(n_blocks // 32)
        return fresh(plan, key, n_blocks // 32)

    monkeypatch.setattr(run, "_fresh", small)
    assert_same(run_replicate(compiled, 3, 0), wanted)
    assert len(sizes) > 1, "the pool was never exhausted: make it smaller"


def test_a_run_that_never_fits_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = run._fresh
    monkeypatch.setattr(run, "_fresh", lambda plan, key, n_blocks: fresh(plan, key, 64))
    with pytest.raises(RunError, match="did not fit in memory. Run at a smaller scale"):
        run_replicate(compile_network(backlog()), 3, 0)


def test_a_run_that_is_cancelled_stops() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled, match="cancelled"):
        simulate(backlog(), seed=0, stop=stop)


def test_a_run_is_cancelled_between_two_replicates_after_the_first_is_done() -> None:
    stop = threading.Event()
    seen: list[int] = []

    def progress() -> None:
        seen.append(1)
        stop.set()

    with pytest.raises(Cancelled):
        simulate(backlog(), seed=0, replicates_wanted=3, stop=stop, progress=progress)
    assert seen == [1]


# --- dockets that are re-sorted ---


def docket(priority: Any, units: Any, renege: Renege | None = None, horizon: int = 12) -> Network:
    return Network(
        2,
        horizon,
        (
            cases("minor", "court", horizon, 0, 2, t0=1, t2=1),
            cases("grave", "court", horizon, 1, 2, t1=1, t3=1),
            Station(
                "court",
                route(Edge("end", np.array([1.0, 0.0]), "minor"), Edge("end", label="grave")),
                units_per_tick=units,
                priority=priority,
                renege=renege,
            ),
            Sink("end"),
            Sink("gone"),
        ),
        periods=tuple(range(horizon)),
    )


def order_served(network: Network) -> list[tuple[int, str, int]]:
    """Return (tick, label, wait) of every case that the court served; at most one a tick."""
    result = simulate(network, seed=0)
    waited = result.waits("court")[0].sum(axis=2)[0]
    return [
        (tick, label, int(waited[tick]))
        for tick in range(network.horizon)
        for label in ("minor", "grave")
        if result.passages("court", label)[0, tick]
    ]


def test_a_docket_keeps_the_order_of_joining_when_its_classes_are_merged_or_split() -> None:
    units = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0.0])
    grave_first = np.array([1.0, 0.0])
    merged = order_served(docket(dated((0, 5), (grave_first, 0.0)), units))
    assert merged == [(5, "minor", 5), (6, "grave", 5), (7, "minor", 5), (8, "grave", 5)]
    split = order_served(docket(dated((0, 5), (0.0, grave_first)), units))
    assert split == [(5, "grave", 4), (6, "grave", 3), (7, "minor", 7), (8, "minor", 6)]
    swapped = order_served(docket(dated((0, 5), (grave_first, grave_first[::-1].copy())), units))
    assert swapped == [(5, "minor", 5), (6, "minor", 4), (7, "grave", 6), (8, "grave", 5)]


def test_a_case_still_loses_patience_after_its_docket_was_re_sorted() -> None:
    impatient = Renege(Fixed(6), route("gone"))
    priority = dated((0, 4), (0.0, np.array([1.0, 0.0])))
    result = simulate(docket(priority, 0.0, impatient), seed=0)
    np.testing.assert_array_equal(result.passages("court", "gone")[0], at(12, t6=1, t7=1, t8=1, t9=1))


def test_a_case_whose_patience_ends_on_the_day_of_a_re_sort_leaves_on_that_day() -> None:
    horizon = 6
    court = Station(
        "court",
        route("end"),
        units_per_tick=0.0,
        priority=dated((0, 3), (0.0, 1.0)),
        renege=Renege(Fixed(3), route("gone")),
    )
    nodes = (cases("source", "court", horizon, t0=1), court, Sink("end"), Sink("gone"))
    result = simulate(Network(1, horizon, nodes, periods=tuple(range(horizon))), seed=0)
    np.testing.assert_array_equal(result.passages("court", "gone")[0], at(horizon, t3=1))


def test_of_those_who_joined_on_one_tick_the_more_urgent_before_a_re_sort_stays_first() -> None:
    horizon = 6
    court = Station(
        "court",
        route(Edge("end", np.array([1.0, 0.0]), "minor"), Edge("end", label="grave")),
        units_per_tick=np.array([0, 0, 0, 1, 1, 0.0]),
        priority=dated((0, 2), (np.array([1.0, 0.0]), 0.0)),
    )
    nodes = (
        cases("first", "court", horizon, 0, 2, t0=1),
        cases("second", "court", horizon, 1, 2, t0=1),
        court,
        Sink("end"),
    )
    served = order_served(Network(2, horizon, nodes, periods=tuple(range(horizon))))
    assert served == [(3, "grave", 3), (4, "minor", 4)]


def test_a_place_that_a_hearing_frees_is_given_out_on_the_same_tick() -> None:
    horizon = 6
    nodes = (
        cases("held", "beds", horizon, t0=1),
        cases("waiting", "beds", horizon, t1=1),
        Hold("beds", route("court"), Fixed(2), 1.0, overflow="wait"),
        Station("court", route("end"), units_per_tick=np.array([1, 1, 0, 1, 1, 1.0]), within="beds"),
        Sink("end"),
    )
    result = simulate(Network(1, horizon, nodes, periods=tuple(range(horizon))), seed=0)
    # The first is in bed for two ticks, keeps the place until it is heard at 3, and the second gets it then.
    np.testing.assert_array_equal(result.waits("beds")[0][0, :, 0], at(horizon, t3=2))
    np.testing.assert_array_equal(result.places_taken("beds")[0], [1, 1, 1, 1, 1, 0])


# --- cases that are there at the start ---


def test_the_ages_of_a_stock_show_in_the_waits_oldest_first() -> None:
    court = Station("court", route("end"), units_per_tick=2.0)
    network = Network(
        1, 3, (court, Sink("end")), stocks=(Stock("court", np.array([4.0]), (0.0, 40.0)),), periods=(0, 1, 2)
    )
    result = simulate(network, seed=0)
    # The middles of four quarters of 0 to 40 are 5, 15, 25 and 35 ticks old.
    np.testing.assert_array_equal(result.waits("court")[0][0, :, 0], [35 + 25, 16 + 6, 0])
    assert result.level_start("court") == 4
    np.testing.assert_array_equal(result.level_end("court")[0], [2, 0, 0])
    ages, least = result.age_histogram("court")
    # At the end of tick 0 those who were 5 and 15 are a tick older: bins 6–7 and 16–23.
    np.testing.assert_array_equal(least[np.flatnonzero(ages[0, 0, 0])], [6, 16])


def test_a_stock_is_scaled_to_a_whole_number_and_given_back_at_full_size() -> None:
    court = Station("court", route("end"), units_per_tick=0.0)
    network = Network(3, 1, (court, Sink("end")), stocks=(Stock("court", np.array([15.0, 25.0, 60.0])),))
    assert simulate(network, seed=0, scale=0.1).level_end("court") == 100
    assert simulate(network, seed=0, scale=0.1).replicates[0].level_start.sum() == 10


def test_a_stock_in_a_hold_stays_for_a_stay() -> None:
    beds = Hold("beds", route("end"), Fixed(2), 3.0, overflow_to=route(Edge("end", label="full")))
    network = Network(
        1, 4, (beds, Sink("end")), stocks=(Stock("beds", np.array([3.0])),), periods=(0, 1, 2, 3)
    )
    result = simulate(network, seed=0)
    np.testing.assert_array_equal(result.passages("beds", "end")[0], [0, 0, 3, 0])
    np.testing.assert_array_equal(result.places_taken("beds")[0], [3, 3, 0, 0])


def test_two_stocks_of_one_station_are_served_oldest_first() -> None:
    court = Station("court", route("end"), units_per_tick=1.0)
    young = Stock("court", np.array([1.0]), (5.0, 5.0))
    old = Stock("court", np.array([1.0]), (9.0, 9.0))
    result = simulate(Network(1, 2, (court, Sink("end")), stocks=(young, old), periods=(0, 1)), seed=0)
    np.testing.assert_array_equal(result.waits("court")[0][0, :, 0], [9, 6])


# --- faults of an earlier engine, each with the smallest network that showed it ---


def test_nobody_who_comes_out_of_a_delay_passes_those_who_wait_for_a_place() -> None:
    horizon = 10
    network = Network(
        1,
        horizon,
        (
            cases("held", "beds", horizon, t0=1),
            cases("waiting", "beds", horizon, t1=1),
            cases("later", "delay", horizon, t0=1),
            Delay("delay", route("beds"), Fixed(3)),
            Hold("beds", route("end"), Fixed(3), 1.0, overflow="wait"),
            Sink("end"),
        ),
        periods=tuple(range(horizon)),
    )
    waited, went_in = simulate(network, seed=0).waits("beds")
    # The place is free at tick 3, when the second case has waited since 1 and the third comes.
    assert (waited[0, 3, 0], went_in[0, 3, 0]) == (2, 1)


def test_a_case_from_outside_is_not_let_into_a_docket_within_a_hold() -> None:
    nodes = (
        cases("outside", "court", 8, t0=1),
        Station("court", route("end"), units_per_tick=1.0, within="beds"),
        Hold("beds", route("court"), Fixed(5), 1.0, overflow_to=route(Edge("end", label="full"))),
        Sink("end"),
    )
    with pytest.raises(
        SpecError,
        match="'outside' sends cases to 'court', which is within 'beds', and they have no place there",
    ):
        Network(1, 8, nodes)
    diverted = Hold("beds", route("court"), Fixed(5), 1.0, overflow_to=route(Edge("court", label="full")))
    with pytest.raises(SpecError, match="'beds' sends cases to 'court'"):
        Network(1, 8, (cases("outside", "beds", 8, t0=1), nodes[1], diverted, nodes[3]))


def test_a_case_whose_service_has_begun_does_not_lose_patience_and_keeps_its_work() -> None:
    horizon = 6
    network = Network(
        1,
        horizon,
        (
            cases("first", "court", horizon, t0=1),
            cases("second", "court", horizon, t2=1),
            Station(
                "court",
                route("end"),
                units_per_tick=np.array([1.0, 0.0, 0.0, 2.0, 0.0, 1.0]),
                units=2.0,
                renege=Renege(Fixed(2), route("gone")),
            ),
            Sink("end"),
            Sink("gone"),
        ),
        periods=tuple(range(horizon)),
    )
    result = simulate(network, seed=0)
    # Of the two units at tick 3 the first case needs one, and the second begins with the other.
    assert result.passages("court", "gone").sum() == 0
    np.testing.assert_array_equal(result.passages("court", "end")[0], at(horizon, t3=1, t5=1))
    np.testing.assert_array_equal(result.waits("court")[0][0, :, 0], at(horizon, t3=1))


def test_three_cases_of_a_fifth_fit_into_three_fifths() -> None:
    court = Station("court", route("end"), units_per_tick=0.6, units=0.2)
    network = Network(1, 2, (cases("source", "court", 2, t0=3), court, Sink("end")), periods=(0, 1))
    np.testing.assert_array_equal(simulate(network, seed=0).passages("court")[0], [3, 0])


# --- what a run counted ---


def test_histograms_of_waits_and_ages_sum_to_the_cases() -> None:
    result = simulate(backlog(), seed=1, replicates_wanted=2)
    histogram, least = result.wait_histogram("court")
    np.testing.assert_array_equal(histogram.sum(axis=-1), result.waits("court")[1])
    ages, _ = result.age_histogram("court")
    np.testing.assert_array_equal(ages.sum(axis=(2, 3)), result.level_end("court"))
    assert histogram.shape == (2, 8, 2, least.size)
    assert (histogram @ least <= result.waits("court")[0]).all()


def test_a_run_at_a_tenth_is_given_back_at_full_size() -> None:
    whole, tenth = (simulate(backlog(), seed=1, scale=scale, replicates_wanted=4) for scale in (1.0, 0.1))
    assert tenth.passages("source").sum() == pytest.approx(whole.passages("source").sum(), rel=0.05)
    assert tenth.work("court").sum() == pytest.approx(whole.work("court").sum(), rel=0.05)
    assert tenth.station_units("court").sum() == pytest.approx(20.0 * 400)


def test_counts_of_a_pool_are_given_by_its_name() -> None:
    network = Network(
        1,
        4,
        (
            cases("source", "court", 4, t0=3),
            Station("court", route("away"), units=2.0),
            Delay("away", route("end"), Fixed(3)),
            Sink("end"),
        ),
        pools=(Pool("staff", np.array([5.0, 5.0, 0.0, 5.0]), ("court",), {"away": 0.5}),),
        periods=(0, 1, 2, 3),
    )
    result = simulate(network, seed=0)
    np.testing.assert_array_equal(result.pool_units("staff"), [5, 5, 0, 5])
    # Two cases go away at tick 0 and take a unit of upkeep at 1 and 2; the third takes a half from tick 2.
    np.testing.assert_array_equal(result.work("court")[0], [5, 1, 0, 0])
    np.testing.assert_array_equal(result.pool_upkeep("staff")[0], [0, 1, 0, 0.5])
    np.testing.assert_array_equal(result.pool_idle("staff")[0], [0, 3, 0, 4.5])


def test_names_that_are_not_there_are_answered_with_the_nearest() -> None:
    result = simulate(backlog(), seed=0)
    with pytest.raises(InputError, match="no edge 'court' → 'bed'. Did you mean 'court → beds'"):
        result.passages("court", "bed")
    for method in (result.level, result.level_end, result.level_start, result.work, result.waits):
        with pytest.raises(InputError, match="no node 'cort'. Did you mean 'court'"):
            method("cort")
    with pytest.raises(InputError, match="no pool 'staff'"):
        result.pool_idle("staff")
    with pytest.raises(InputError, match="nobody queues at 'end'"):
        result.mean_wait("end")


def test_the_mean_wait_is_not_a_number_where_nobody_was_served() -> None:
    network = Network(1, 1, (Station("court", route("end"), units_per_tick=1.0), Sink("end")))
    assert np.isnan(simulate(network, seed=0).mean_wait("court")).all()


def test_places_of_what_is_no_hold_are_refused() -> None:
    with pytest.raises(InputError, match="'court'"):
        simulate(backlog(), seed=0).places_taken("court")


def test_units_of_what_is_no_station_are_refused() -> None:
    try:
        simulate(backlog(), seed=0).station_units("beds")
    except ValueError as error:
        pytest.fail(f"no InputError but {error!r}")
    except InputError:
        return


def test_a_period_is_a_sum_of_its_ticks() -> None:
    coarse = simulate(backlog(), seed=5).replicates[0]
    network = backlog()
    fine = simulate(
        Network(2, network.horizon, network.nodes, periods=tuple(range(network.horizon))), seed=5
    ).replicates[0]
    for name in ("passed", "level_sum", "taken_sum", "wait_sum", "wait_count", "wait_histogram"):
        np.testing.assert_array_equal(
            np.add.reduceat(getattr(fine, name), np.arange(0, 400, 50)), getattr(coarse, name), err_msg=name
        )
    np.testing.assert_array_equal(fine.level_end[49::50], coarse.level_end)


def test_queues_longer_than_a_block_and_batches_longer_than_an_outbox_keep_their_order() -> None:
    many = 3 * codes.BATCH + 7
    network = Network(
        1,
        4,
        (
            cases("source", "court", 4, t0=many, t1=5),
            Station("court", route("away"), units_per_tick=np.array([many - 2.0, 3.0, 10.0, 0.0])),
            Delay("away", route("end"), Fixed(1)),
            Sink("end"),
        ),
        periods=(0, 1, 2, 3),
    )
    result = simulate(network, seed=0)
    np.testing.assert_array_equal(result.waits("court")[0][0, :, 0], [0, 2, 4, 0])
    np.testing.assert_array_equal(result.passages("away")[0], [0, many - 2, 3, 4])
