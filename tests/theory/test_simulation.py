"""
The engine against closed forms: within four standard errors of independent replicates, and those small.

Time is cut into ticks, and what happens within a tick happens at its end. Against a queue in continuous
time this shifts a mean wait by less than half a tick; each test says how long its tick is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lawqueue import theory
from lawqueue.engine.results import Run
from lawqueue.engine.run import simulate
from lawqueue.engine.spec import (
    Delay,
    Edge,
    Fixed,
    Geometric,
    Hold,
    Network,
    Node,
    Sink,
    Source,
    Station,
    Stock,
    route,
)

ONE = np.ones(1)


def assert_within_four_errors(
    values: NDArray[np.float64], expected: float, *, error: float, bias: float = 0.0
) -> None:
    """Hold the mean of independent replicates to a closed form, and its relative standard error to `error`."""
    standard = values.std(ddof=1) / np.sqrt(values.size)
    assert standard < error * abs(expected), f"standard error {standard:.3g} of {expected:.6g} is too large"
    assert values.mean() == pytest.approx(expected, abs=4 * standard + bias)


def queue(rates: list[float], service: float, servers: int, tick: float, ticks: int, warm: int) -> Network:
    """Return M/M/c with one class for each rate, the first served first."""
    mix = np.array(rates)
    return Network(
        mix.size,
        ticks,
        (
            Source("source", mix.sum() * tick, mix, route("servers")),
            Hold(
                "servers",
                route("end"),
                Geometric(service / tick),
                float(servers),
                np.arange(mix.size, dtype=float),
                "wait",
            ),
            Sink("end"),
        ),
        periods=(0, warm),
        groups=np.arange(mix.size),
        group_names=tuple(str(each) for each in range(mix.size)),
    )


def waits(result: Run, tick: float) -> NDArray[np.float64]:
    """Return the mean wait by replicate and class, of all who came in the last period."""
    came = np.stack([each.passed[1, 0] for each in result.replicates])
    return np.asarray(result.waits("servers")[0][:, 1] / came * tick)


# --- E1 and E2: Erlang C and Cobham ---


def wait_in_ticks(tick: float) -> float:
    """Return the exact mean wait of the queue of twenty servers when time is cut into ticks."""
    from scipy.stats import binom, poisson  # noqa: PLC0415

    n = 400
    there = np.arange(n)
    come = poisson.pmf(there, 18.0 * tick)
    steady = np.zeros(n)
    steady[18] = 1.0
    step = np.zeros((n, n))
    for i in range(n):
        stay = np.zeros(n)
        busy = min(i, 20)
        stay[i - busy : i + 1] = binom.pmf(np.arange(busy + 1), busy, tick)[::-1]
        step[i] = np.convolve(stay, come)[:n]
    step /= step.sum(axis=1, keepdims=True)
    for _ in range(20):
        step = step @ step
    steady = steady @ step
    return float(steady @ np.maximum(there - 20, 0) / 18.0)


@pytest.fixture(scope="module")
def twenty_servers() -> Run:
    network = queue([3.6, 5.4, 9.0], 1.0, 20, 1 / 64, 1_000_000, 20_000)
    return simulate(network, seed=20, replicates_wanted=24, threads=2)


def test_ticks_of_a_sixty_fourth_shift_the_wait_by_less_than_two_percent() -> None:
    exact = theory.mean_wait_mmc(18.0, 1.0, 20)
    coarse, fine = wait_in_ticks(1 / 64), wait_in_ticks(1 / 128)
    assert fine == pytest.approx(exact, rel=0.01)
    assert 2 * fine - coarse == pytest.approx(exact, rel=5e-4)


def test_twenty_servers_make_cases_wait_as_erlang_says(twenty_servers: Run) -> None:
    came = np.stack([each.passed[1, 0] for each in twenty_servers.replicates])
    mean = (waits(twenty_servers, 1 / 64) * came).sum(axis=1) / came.sum(axis=1)
    bias = wait_in_ticks(1 / 64) - theory.mean_wait_mmc(18.0, 1.0, 20)
    assert_within_four_errors(mean - bias, 0.2753845, error=0.02)


def test_priority_divides_the_wait_of_twenty_servers_as_cobham_says(twenty_servers: Run) -> None:
    expected = theory.mean_waits_priority_mmc([3.6, 5.4, 9.0], 1.0, 20)
    by_class = waits(twenty_servers, 1 / 64)
    for k, wait in enumerate(expected):
        # A tick is 0.0156: a case of the first class, which waits two, may wait half a one more.
        assert_within_four_errors(by_class[:, k], wait, error=0.03, bias=0.5 / 64 * 0.55)


def test_priority_at_one_server_gives_two_and_six_units_in_the_system() -> None:
    # Ticks of a 32nd; the bias of half a tick is 0.8 % of the shorter time.
    result = simulate(
        queue([0.2, 0.6], 1.0, 1, 1 / 32, 500_000, 20_000), seed=2, replicates_wanted=24, threads=2
    )
    level = np.stack([each.level_sum[1, 1] for each in result.replicates])
    came = np.stack([each.passed[1, 0] for each in result.replicates])
    times = level / came / 32
    for k, expected in enumerate([2.0, 6.0]):
        assert_within_four_errors(times[:, k], expected, error=0.05, bias=0.5 / 32)


@pytest.mark.parametrize("rate", [3, 4, 5])
def test_one_server_has_n_cases_with_the_probability_of_theory(rate: int) -> None:
    # Ticks of a 64th of a service; a sample every 20 services.
    tick = 1 / (64 * rate)
    network = queue([1.0], 1 / rate, 1, tick, 256_000, 1)
    sampled = Network(1, 256_000, network.nodes, periods=tuple(range(0, 256_000, 1280)))
    levels = simulate(sampled, seed=rate, replicates_wanted=16, threads=2).level_end("servers")[:, 1:]
    rho = 1 / rate
    for n in range(4):
        share = (levels == n).mean(axis=1)
        expected = (1 - rho) * rho**n
        standard = share.std(ddof=1) / 4
        assert standard < 0.0125
        assert share.mean() == pytest.approx(expected, abs=4 * standard)
        assert share.mean() == pytest.approx(expected, abs=0.02)


# --- E3 and E4: loss ---


def loss(
    loads: list[float], places: int, stay: float, ticks: int, held: list[float], overflow: Any
) -> Network:
    """Return a loss system that starts with `held` cases of each class in its places."""
    mix = np.array(loads)
    return Network(
        mix.size,
        ticks,
        (
            Source("source", mix.sum() / stay, mix, route("beds")),
            Hold(
                "beds",
                route("end"),
                Geometric(stay),
                float(places),
                np.arange(mix.size, dtype=float),
                overflow,
                route(Edge("end", label="lost")),
            ),
            Sink("end"),
        ),
        stocks=(Stock("beds", np.array(held)),),
        periods=(0, ticks // 5),
        groups=np.arange(mix.size),
        group_names=tuple(str(each) for each in range(mix.size)),
    )


@pytest.mark.parametrize(("places", "error"), [(210, 0.002), (345, 0.02)])
def test_a_loss_system_turns_away_what_erlang_says(places: int, error: float) -> None:
    # 200 ticks to a stay: within a tick 1.7 cases come and go, of a number that fluctuates by 19.
    network = loss([345.0], places, 200.0, 50_000, [places - 1.0], "divert")
    result = simulate(network, seed=3, replicates_wanted=40, threads=2)
    lost = result.passages("beds", "lost")[:, 1] / result.passages("source")[:, 1]
    assert_within_four_errors(lost, theory.erlang_b(345.0, places), error=error, bias=0.005 * lost.mean())


def test_a_detention_system_of_full_size_turns_away_what_erlang_says() -> None:
    result = simulate(
        loss([34_500.0], 21_000, 100.0, 1_500, [21_000.0], "divert"), seed=3, replicates_wanted=8, threads=2
    )
    lost = result.passages("beds", "lost")[:, 1] / result.passages("source")[:, 1]
    assert_within_four_errors(lost, 0.39135, error=0.002)
    assert_within_four_errors(
        result.places_taken("beds")[:, 1], 20_998.4, error=0.001, bias=21_000 - 20_998.4
    )


def test_a_class_that_displaces_another_leaves_it_what_theory_says() -> None:
    expected = theory.two_class_preemptive_loss(18_000.0, 16_500.0, 21_000)
    network = loss([18_000.0, 16_500.0], 21_000, 50.0, 2_500, [18_000.0, 3_000.0], "preempt")
    result = simulate(network, seed=4, replicates_wanted=12, threads=2)
    first, second = np.array([True, False]), np.array([False, True])
    assert expected.loss_class_1 < 1e-9
    assert result.passages("beds", "lost", first).sum() == 0
    carried = result.level("beds", second)[:, 1]
    # Places that stand empty for a part of a tick: fewer than come in one, of which most are filled at once.
    assert_within_four_errors(carried, expected.carried_class_2, error=0.005, bias=5.0)
    assert expected.carried_class_2 == pytest.approx(2_998.4, abs=0.05)
    assert_within_four_errors(result.level("beds", first)[:, 1], expected.carried_class_1, error=0.002)
    offered = result.passages("source", groups=second)[:, 1] * 50.0 / result.ticks[1]
    assert_within_four_errors(carried / offered, 0.1817, error=0.005, bias=5e-4)


# --- E9: Little's law ---


def three_years(cases: float) -> Network:
    """Return the six-stage network of the benchmark: officers, beds, court, removal, re-entry."""
    horizon = 1096
    week = (np.arange(horizon) % 7 < 5).astype(float)
    rank = np.array([0.0, 1, 2, 3] * 2)
    held = np.arange(8) >= 4
    book, free = np.array([4, 5, 6, 7] * 2, np.int32), np.array([0, 1, 2, 3] * 2, np.int32)
    detained = np.array([0.5, 0.3, 0.2, 0.1] * 2)
    return Network(
        8,
        horizon,
        (
            Source("arrivals", cases, np.array([0.1, 0.2, 0.3, 0.4, 0, 0, 0, 0]), route("officers"), "even"),
            Station(
                "officers",
                route(Edge("beds", detained, relabel=book), "court"),
                units_per_tick=np.rint(1.4 * 1.05 * cases) * week,
                priority=rank,
            ),
            Hold(
                "beds",
                route("court"),
                Geometric(40.0),
                7 * cases,
                overflow_to=route(Edge("court", relabel=free, label="overflow")),
            ),
            Station(
                "court",
                route(Edge("removal", np.where(held, 0.75, 0.5)), Edge("closed")),
                units_per_tick=np.rint(1.4 * 0.9 * cases) * week,
                priority=np.where(held, 0.0, 1.0),
            ),
            Station(
                "removal",
                route(Edge("away", 0.15, relabel=free), Edge("removed")),
                units_per_tick=np.rint(1.4 * 0.5 * cases) * week,
            ),
            Delay("away", route("officers"), Geometric(90.0)),
            Sink("closed"),
            Sink("removed"),
        ),
        periods=tuple(range(horizon)),
    )


@pytest.mark.parametrize("station", ["officers", "court", "removal"])
def test_the_levels_of_a_queue_sum_to_the_time_that_its_cases_spend_there(station: str) -> None:
    # Fewer classes than queues would hide an error: all of the network, every tick a period.
    result = simulate(three_years(20.0), seed=9, replicates_wanted=2)
    days = np.arange(1096)
    left, there = result.passages(station), result.level_end(station)
    came = there - np.pad(there, ((0, 0), (1, 0)))[:, :-1] + left
    still = there[:, -1]
    # A case is there from the tick on which it came until that on which it left: Σ L = Σ W.
    np.testing.assert_array_equal(
        result.level(station).sum(axis=1),
        (left * days).sum(axis=1) + still * 1096 - (came * days).sum(axis=1),
    )
    # A case that comes by service joins on the next tick, and is there a tick before it begins to wait. The
    # waits of those who left and the ages of those who are there so make up the rest of the levels; ages
    # are kept in bins, so that they are known from below and above.
    later = {
        "officers": 0.0,
        "court": (result.passages("officers", "court") + result.passages("beds", "overflow")).sum(axis=1),
        "removal": result.passages("court", "removal").sum(axis=1),
    }[station]
    ages, least = result.age_histogram(station)
    counts = ages[:, -1].sum(axis=1)
    waited = result.waits(station)[0].sum(axis=(1, 2))
    rest = result.level(station).sum(axis=1) - later - waited
    assert (counts @ least <= rest).all()
    assert (rest <= counts @ np.append(least[1:] - 1, 1096)).all()


def test_everybody_in_the_beds_and_away_stays_a_mean_stay() -> None:
    result = simulate(three_years(50.0), seed=9, replicates_wanted=12, threads=2)
    for node, stay, label in (("beds", 40.0, "court"), ("away", 90.0, "officers")):
        levels, left = result.level(node), result.passages(node, label)
        # λ·W = L, of those who came from the end of the first year and with the boundary stocks paid back:
        # a memoryless stay has a mean stay ahead of it at any time.
        still = result.level_end(node)[:, -1]
        came = left.sum(axis=1) + still
        mean = (levels.sum(axis=1) + still * (stay - 1)) / came
        assert_within_four_errors(mean, stay, error=0.02, bias=still.mean() / came.mean())


# --- truths from the suites of other engines ---


def starts(arrivals: list[int], units: list[float], rank: list[int] | None = None) -> list[int]:
    """Return on which tick each case starts at a station with the given units per tick; case by case."""
    horizon, n = len(units), len(arrivals)
    sources = tuple(
        Source(f"case {i}", np.eye(horizon)[tick], np.eye(n)[i], route("slots"), "even")
        for i, tick in enumerate(arrivals)
    )
    priority = np.array(rank or [0] * n, float)
    nodes: tuple[Node, ...] = (
        *sources,
        Station("slots", route("end"), units_per_tick=np.array(units), priority=priority),
        Sink("end"),
    )
    network = Network(
        n,
        horizon,
        nodes,
        periods=tuple(range(horizon)),
        groups=np.arange(n),
        group_names=tuple(str(each) for each in range(n)),
    )
    served = simulate(network, seed=0).replicates[0].passed[:, -1]
    assert (served.sum(axis=0) <= 1).all()
    return [int(each) for each in served.argmax(axis=0)]


def test_slots_of_ciw_start_each_case_at_its_slot() -> None:
    # Arrivals .3 .5 .7 | 1.2 1.3 1.8 | 2.6 2.7 | 3.1 are there at slots 1, 2, 3, 4 of sizes 3, 2, 5, 3.
    assert starts([1, 1, 1, 2, 2, 2, 3, 3, 4], [0, 3, 2, 5, 3]) == [1, 1, 1, 2, 2, 3, 3, 3, 4]


def test_slots_of_ciw_that_repeat_start_each_case_at_its_slot() -> None:
    # In tenths: slots at 15 and 44 of every 44, of sizes 1 and 3.
    units = [0.0] * 180
    for cycle in range(0, 176, 44):
        units[cycle + 15], units[cycle + 44] = 1.0, 3.0
    arrivals = [7, 14, 26, 29, 43, 55, 61, 150]
    assert starts(arrivals, units) == [15, 44, 44, 44, 59, 88, 88, 176]


def test_resource_slots_of_simpy_serve_three_a_tick() -> None:
    assert starts([0] * 9, [3.0] * 4) == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_a_priority_queue_of_simpy_starts_in_the_order_of_priority() -> None:
    # A service takes 5: a unit at 0, 5, 10 and 15.
    units = [1.0 if tick % 5 == 0 else 0.0 for tick in range(20)]
    assert starts([0, 2, 2, 4], units, [2, 3, 3, 1]) == [0, 10, 15, 5]


def held(
    arrivals: list[tuple[int, int]], places: Any, stay: int, overflow: Any, horizon: int = 60
) -> list[tuple[int, str]]:
    """Return when and how each (tick, class) left a hold."""
    n = len(arrivals)
    sources = tuple(
        Source(f"case {i}", np.eye(horizon)[tick], np.eye(n)[i], route("servers"), "even")
        for i, (tick, _) in enumerate(arrivals)
    )
    out = None if overflow == "wait" else route(Edge("end", label="out"))
    rank = np.array([each for _, each in arrivals], float)
    nodes: tuple[Node, ...] = (
        *sources,
        Hold("servers", route("end"), Fixed(stay), places, rank, overflow, out),
        Sink("end"),
    )
    network = Network(
        n,
        horizon,
        nodes,
        periods=tuple(range(horizon)),
        groups=np.arange(n),
        group_names=tuple(str(each) for each in range(n)),
    )
    passed = simulate(network, seed=0).replicates[0].passed
    ways = ["end", "out"] if out else ["end"]
    return [
        next((int(t), way) for e, way in enumerate(ways) for t in np.flatnonzero(passed[:, n + e, i]))
        for i in range(n)
    ]


def ends(*args: Any, **kwargs: Any) -> list[int]:
    return [tick for tick, _ in held(*args, **kwargs)]


def test_a_high_case_of_simmer_goes_before_the_low_one_that_waits() -> None:
    assert ends([(0, 1), (0, 1), (1, 0)], 1.0, 2, "wait") == [2, 6, 4]


def test_a_place_that_is_left_on_a_tick_can_be_taken_on_it() -> None:
    assert held([(t, 0) for t in range(10)], 1.0, 1, "divert") == [(t + 1, "end") for t in range(10)]


def test_a_capacity_schedule_of_simmer_ends_two_three_three() -> None:
    places = np.array([1.0, 3.0] + [1.0] * 58)
    assert ends([(0, 0)] * 3, places, 2, "wait") == [2, 3, 3]


def test_a_server_of_simmer_that_is_closed_while_busy_finishes_its_case() -> None:
    places = np.array([0.0] * 5 + [1.0] * 5 + [0.0] * 5 + [1.0] * 45)
    assert ends([(0, 0)] * 3, places, 5, "wait") == [10, 20, 25]


def test_half_of_the_cases_of_simmer_find_one_server_taken() -> None:
    # In halves: one every 2, each held for 3. The busy time is 75, the last end 100.5.
    came = np.zeros(202)
    came[2:202:2] = 1
    servers = Hold("servers", route("end"), Fixed(3), 1.0, overflow_to=route(Edge("end", label="out")))
    nodes = (Source("source", came, ONE, route("servers"), "even"), servers, Sink("end"))
    result = simulate(Network(1, 202, nodes, periods=tuple(range(202))), seed=0)
    assert result.passages("servers", "out").sum() == result.passages("servers", "end").sum() == 50
    assert result.places_taken("servers").sum() == 150
    assert np.flatnonzero(result.passages("servers", "end"))[-1] == 201


def test_a_more_urgent_case_displaces_the_one_that_was_held_longest() -> None:
    left = held([(0, 2), (1, 2), (2, 1), (3, 0), (4, 2)], 2.0, 10, "preempt")
    assert left == [(2, "out"), (3, "out"), (12, "end"), (13, "end"), (4, "out")]


def test_cases_leave_in_the_order_in_which_they_came_as_in_ciw() -> None:
    # In halves: one every 2, service 3.
    assert ends([(2 * i, 0) for i in range(1, 6)], 1.0, 3, "wait") == [5, 8, 11, 14, 17]
