"""
Tables that others publish, simulated: within four standard errors, and half a unit of the last digit printed.

Each test names its source. What ticks add is said where it is allowed for; it is worked out, not fitted.
"""

from __future__ import annotations

from math import exp
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lawqueue import theory
from lawqueue.engine.results import Run
from lawqueue.engine.run import simulate
from lawqueue.engine.spec import (
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
    route,
)

ONE = np.ones(1)
LOST = route(Edge("gone", label="lost"))


def assert_as_published(
    values: NDArray[np.float64], published: float, *, digit: float, error: float, bias: float = 0.0
) -> None:
    """Hold the mean of replicates to a printed number, and its standard error to a share of that number."""
    standard = values.std(ddof=1) / np.sqrt(values.size)
    assert standard < error * published, f"standard error {standard:.3g} of {published} is too large"
    assert values.mean() == pytest.approx(published, abs=4 * standard + digit / 2 + bias)


def run(*nodes: Any, ticks: int, warm: int, replicates: int, seed: int = 0, **how: Any) -> Run:
    network = Network(how.pop("n", 1), ticks, nodes, periods=(0, warm), **how)
    return simulate(network, seed=seed, replicates_wanted=replicates, threads=2)


# --- calls: a tick is a second, 100 calls in half an hour, 180 seconds each ---


def calls(agents: float, **changes: Any) -> Run:
    return run(
        Source("calls", 100 / 1800, ONE, route("agents")),
        Hold("agents", route("end"), Geometric(180.0), agents, overflow="wait", **changes),
        Sink("end"),
        Sink("gone"),
        ticks=250_000,
        warm=5_000,
        replicates=24,
        bins=(0, 1, 21),
    )


def test_calls_wait_as_erlang_c_is_published() -> None:
    # pyworkforce 0.5, README, ErlangC, and the R package ErlangC: 14 agents.
    found = calls(14.0)
    histogram = found.wait_histogram("agents")[0][:, 1, 0]
    shares = histogram / histogram.sum(axis=1, keepdims=True)
    # Who waits a part of a tick waits a whole one or none: half a second of the 45 that a wait lasts.
    assert_as_published(shares[:, 1:].sum(axis=1), 0.1741, digit=1e-4, error=0.02, bias=0.1741 * 0.5 / 45)
    assert_as_published(found.mean_wait("agents")[:, 1], 7.836, digit=1e-3, error=0.05, bias=0.5 * 0.1741)
    assert_as_published(shares[:, :2].sum(axis=1), 0.8884, digit=1e-4, error=0.01, bias=0.1116 * 0.5 / 45)
    assert_as_published(found.places_taken("agents")[:, 1] / 14, 0.7143, digit=1e-4, error=0.01)
    assert theory.erlang_c(10.0, 14) == pytest.approx(0.1741, abs=5e-5)
    assert theory.mean_wait_mmc(100 / 1800, 180.0, 14) == pytest.approx(7.836, abs=5e-4)


def test_callers_who_lose_patience_leave_as_erlang_a_is_published() -> None:
    # pyworkforce, guide on Erlang A: 13 agents, mean patience 5 minutes.
    found = calls(13.0, renege=Renege(Geometric(300.0), LOST))
    came = found.passages("calls")[:, 1]
    gone = found.passages("agents", "lost")[:, 1]
    assert_as_published(gone / came, 0.025, digit=1e-3, error=0.05)
    at_once = found.wait_histogram("agents")[0][:, 1, 0, 0]
    assert_as_published(1 - at_once / came, 0.226, digit=1e-3, error=0.02, bias=0.226 * 0.5 / 45)
    # Of all who came, those who left too: Little's law over those who wait.
    waiting = found.level("agents")[:, 1] - found.places_taken("agents")[:, 1]
    assert_as_published(waiting / (100 / 1800) / 60, 0.125, digit=1e-3, error=0.05)
    assert_as_published(found.places_taken("agents")[:, 1] / 13, 0.750, digit=1e-3, error=0.01)


def test_fifteen_lines_lose_what_erlang_b_is_published() -> None:
    # Table in the manual of the Erlang B calculator of erlang.com: 8.108 erlangs, 1 %.
    assert theory.erlang_b(8.108, 15) == pytest.approx(0.0100, abs=5e-5)


# --- one server ---


def test_one_server_has_the_numbers_of_the_r_package_queueing() -> None:
    # R package queueing, summary of M/M/1 with λ 1/4 and μ 1/3: L 3, Lq 2.25, W 12, Wq 9, Wqq 12, ρ 0.75.
    tick = 1 / 16
    found = run(
        Source("in", tick / 4, ONE, route("server")),
        Hold("server", route("end"), Geometric(3 / tick), 1.0, overflow="wait"),
        Sink("end"),
        ticks=200_000,
        warm=10_000,
        replicates=24,
        bins=(0, 1),
    )
    wait = found.mean_wait("server")[:, 1] * tick
    assert_as_published(wait, 9.0, digit=0.0, error=0.05, bias=tick)
    assert_as_published(
        found.mean_time_in_system("server")[:, 1] * tick, 12.0, digit=0.0, error=0.05, bias=tick
    )
    waited = found.wait_histogram("server")[0][:, 1, 0, 1]
    of_those = found.waits("server")[0][:, 1, 0] / waited * tick
    assert_as_published(of_those, 12.0, digit=0.0, error=0.05, bias=tick)
    length, busy = found.level("server")[:, 1], found.places_taken("server")[:, 1]
    assert_as_published(length, 3.0, digit=0.0, error=0.05, bias=tick)
    assert_as_published(length - busy, 2.25, digit=0.0, error=0.06, bias=tick)
    assert_as_published(busy, 0.75, digit=0.0, error=0.02, bias=tick / 16)


@pytest.mark.parametrize(("load", "wait"), [(0.5, 10.0), (0.8, 40.0), (0.9, 90.0)])
def test_fixed_services_at_a_station_make_cases_wait_as_pollaczek_says(load: float, wait: float) -> None:
    # Saylor Academy, queueing models, section 4.5: Wq = ρ D / 2 (1 − ρ), with D 20. In whole ticks it is the same.
    found = run(
        Source("in", load / 20, ONE, route("desk")),
        Station("desk", route("end"), units_per_tick=1.0, units=20.0),
        Sink("end"),
        ticks=150_000,
        warm=10_000,
        replicates=24,
        seed=int(10 * load),
    )
    assert_as_published(found.mean_wait("desk")[:, 1], wait, digit=0.0, error=0.05)
    assert_as_published(found.mean_time_in_system("desk")[:, 1], wait + 20, digit=0.0, error=0.05)


def test_two_classes_of_lots_are_in_the_system_as_long_as_is_published() -> None:
    # N. U. Prabhu, Foundations of Queueing Theory, 1997: 1 and 9 lots an hour, 12 served: 9.545 and 32.27 minutes.
    tick = 5 / 40
    found = run(
        Source("lots", 10 / 60 * tick, np.array([1.0, 9.0]), route("server")),
        Hold("server", route("end"), Geometric(5 / tick), 1.0, np.array([0.0, 1.0]), overflow="wait"),
        Sink("end"),
        n=2,
        groups=np.array([0, 1]),
        group_names=("first", "second"),
        ticks=200_000,
        warm=10_000,
        replicates=24,
    )
    waited, began = (each[:, 1] for each in found.waits("server"))
    for place, minutes in enumerate((9.545, 32.27)):
        in_system = waited[:, place] / began[:, place] * tick + 5
        assert_as_published(in_system, minutes, digit=1e-2, error=0.05, bias=tick)


@pytest.mark.parametrize("shared", [False, True], ids=["one station", "a pool of two"])
def test_two_classes_at_a_station_are_in_the_system_as_long_as_cobham_says(shared: bool) -> None:
    # A. Cobham, 1954: loads 0.3 and 0.5, D 20: 31.4 and 77.1, whether classes of a station or stations of a pool.
    mix, urgent = np.array([0.3, 0.5]), np.array([1.0, 0.0])
    how: dict[str, Any] = {"units": 20.0}
    desks = ("first", "second") if shared else ("desk",)
    way = route(Edge("first", urgent), "second") if shared else route("desk")
    if not shared:
        how |= {"units_per_tick": 1.0, "priority": np.array([0.0, 1.0])}
    found = run(
        Source("in", 0.8 / 20, mix, way),
        *(Station(name, route("end"), **how) for name in desks),
        Sink("end"),
        n=2,
        pools=(Pool("staff", 1.0, desks),) if shared else (),
        ticks=150_000,
        warm=10_000,
        replicates=24,
    )
    sums = [np.concatenate(each, axis=2)[:, 1] for each in zip(*map(found.waits, desks), strict=True)]
    for place, ticks in enumerate((31.4, 77.1)):
        # Those of the first class who come on the tick on which a service begins go before it: at most half a tick.
        in_system = sums[0][:, place] / sums[1][:, place] + 20
        assert_as_published(in_system, ticks, digit=0.1, error=0.04, bias=0.5)


# --- queues with a limit, and patience ---


def test_two_servers_and_one_place_to_wait_turn_away_what_theory_says() -> None:
    # simmer, vignette on queueing systems, M/M/2/3: λ 3, μ 4.
    tick = 1 / 4 / 64
    found = run(
        Source("in", 3 * tick, ONE, route("servers")),
        Hold("servers", route("end"), Geometric(64.0), 2.0, overflow="wait", overflow_to=LOST, queue_limit=1),
        Sink("end"),
        Sink("gone"),
        ticks=120_000,
        warm=10_000,
        replicates=24,
    )
    weights = np.array([1, 0.75, 0.75**2 / 2, 0.75**3 / 4])
    steady = weights / weights.sum()
    lost = found.passages("servers", "lost")[:, 1] / found.passages("in")[:, 1]
    # Within a tick, of a 64th of a service, two may leave or come: a 64th of what is counted.
    assert_as_published(lost, steady[3], digit=0.0, error=0.05, bias=steady[3] / 64)
    number = float(steady @ np.arange(4))
    assert_as_published(found.level("servers")[:, 1], number, digit=0.0, error=0.02, bias=number / 64)


@pytest.mark.parametrize(
    ("limit", "lost"), [(0, 0.8 / 1.8), (1, 1 - 1 / (0.8 + exp(-0.8)))], ids=["M/D/1/1", "M/D/1/2"]
)
def test_a_station_with_a_full_queue_turns_away_what_theory_says(limit: int, lost: float) -> None:
    # Erlang B of one server, and D. Gross and C. Harris, section 5.1.8, M/G/1/K with K 2; load 0.8, D 50.
    found = run(
        Source("in", 0.8 / 50, ONE, route("desk")),
        Station("desk", route("end"), units_per_tick=1.0, units=50.0, queue_limit=limit, overflow_to=LOST),
        Sink("end"),
        Sink("gone"),
        ticks=200_000,
        warm=5_000,
        replicates=24,
    )
    share = found.passages("desk", "lost")[:, 1] / found.passages("in")[:, 1]
    assert_as_published(share, lost, digit=0.0, error=0.02, bias=lost / 50)
    assert found.level_end("desk").max() <= limit + 1


@pytest.mark.parametrize("ticks_per_service", [1, 2, 5, 10])
def test_three_in_five_leave_as_in_the_guide_of_ciw(ticks_per_service: int) -> None:
    # Ciw, guide on reneging: arrivals 5, services of 0.5, patience of exactly 6. The server never idles, so 2 of 5 are
    # served, however fine the tick.
    found = run(
        Source("in", 2.5 / ticks_per_service, ONE, route("server")),
        Station(
            "server",
            route("served"),
            units_per_tick=1.0,
            units=float(ticks_per_service),
            renege=Renege(Fixed(12 * ticks_per_service), route("gone")),
        ),
        Sink("served"),
        Sink("gone"),
        ticks=8_000 * ticks_per_service,
        warm=400 * ticks_per_service,
        replicates=16,
    )
    gone, served = (found.passages("server", way)[:, 1] for way in ("gone", "served"))
    assert_as_published(gone / (gone + served), 0.60, digit=0.0, error=0.01)
    assert_as_published(served / found.ticks[1] * ticks_per_service, 1.0, digit=0.0, error=0.01, bias=1e-3)
