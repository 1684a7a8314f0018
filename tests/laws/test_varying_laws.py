"""What is combined and then read is what is read and then combined, at every tick and for every profile."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from functools import reduce
from operator import add, mul, sub
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lawqueue.engine.compile import compile_network
from lawqueue.engine.spec import Edge, Network, Router, Sink, Source, route
from lawqueue.engine.varying import EVERYBODY, Quantity, aligned, by_tick, dated, divided, varying, weighted
from lawqueue.errors import SpecError

law = settings(deadline=None, derandomize=True, max_examples=200)
HORIZON = 7
numbers = st.sampled_from([0.0, 0.1, 1.0 / 3.0, 0.5, 1.0, -2.7, 1e-17, 3e15])


@st.composite
def quantities(draw: Any, n: int) -> Quantity:
    def plain() -> Any:
        several = draw(st.lists(numbers, min_size=n, max_size=n))
        return draw(st.sampled_from([several[0], np.array(several), np.array(several) > 0]))

    kind = draw(st.sampled_from(["plain", "series", "dated"]))
    if kind == "plain":
        return plain()
    if kind == "series":
        return by_tick(draw(st.lists(numbers, min_size=HORIZON, max_size=HORIZON)))
    starts = [0, *sorted(draw(st.sets(st.integers(1, HORIZON + 2), max_size=3)))]
    return dated(starts, [plain() for _ in starts])


@st.composite
def several(draw: Any, *, least: int, most: int) -> tuple[int, list[Quantity]]:
    n = draw(st.integers(1, 5))
    return n, draw(st.lists(quantities(n), min_size=least, max_size=most))


def read(quantity: Quantity, tick: int, profile: int) -> float:
    held = varying(quantity).at(tick)
    return float(held) if np.ndim(held) == 0 else float(held[profile])


def assert_read_as(found: Quantity, n: int, expected: Callable[[int, int], float]) -> None:
    for tick in range(HORIZON):
        for profile in range(n):
            assert read(found, tick, profile) == expected(tick, profile), (tick, profile)


@law
@given(several(least=2, most=2), st.sampled_from([add, sub, mul]))
def test_sums_differences_and_products_hold_at_every_tick_and_profile(
    made: tuple[int, list[Quantity]], operation: Callable[[Any, Any], Any]
) -> None:
    n, (one, other) = made
    for a, b in ((varying(one), other), (one, varying(other))):
        assert_read_as(operation(a, b), n, lambda t, p: operation(read(one, t, p), read(other, t, p)))


@law
@given(several(least=0, most=8))
def test_a_weighted_sum_is_taken_in_the_order_written(made: tuple[int, list[Quantity]]) -> None:
    n, parts = made
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    assert_read_as(
        weighted(*pairs), n, lambda t, p: reduce(add, (read(w, t, p) * read(v, t, p) for w, v in pairs), 0)
    )


@law
@given(several(least=1, most=4))
def test_aligning_changes_no_number(made: tuple[int, list[Quantity]]) -> None:
    n, parts = made
    starts, cells, columns = aligned(*parts)
    assert list(starts) == sorted({each for part in parts for each in varying(part).starts})
    for part, column in zip(parts, columns, strict=True):
        whole = np.broadcast_to(column, (len(starts), len(cells)))
        for row, start in enumerate(starts):
            of_profile = cells.of_profile if cells.of_profile.size else np.zeros(n, int)
            assert whole[row, of_profile].tolist() == [read(part, start, p) for p in range(n)]


@law
@given(several(least=1, most=1), st.integers(1, HORIZON))
def test_what_starts_at_the_horizon_or_later_is_cut_and_nothing_else(
    made: tuple[int, list[Quantity]], horizon: int
) -> None:
    n, (one,) = made
    cut = varying(one).until(horizon)
    assert max(cut.starts) < horizon
    for tick in range(horizon):
        for profile in range(n):
            assert read(cut, tick, profile) == read(one, tick, profile)


@law
@given(several(least=3, most=3))
def test_a_network_of_what_varies_is_the_network_of_its_numbers(made: tuple[int, list[Quantity]]) -> None:
    n, (one, other, third) = made

    def shares(made: Quantity) -> Quantity:
        """Return shares that two edges can have together: at most a half."""
        starts, cells, (column,) = aligned(made)
        halves = np.clip(np.broadcast_to(column, (len(starts), len(cells))), 0, 0.5)
        return dated(
            starts,
            [
                halves[row, cells.of_profile] if cells.of_profile.size else halves[row, 0]
                for row in range(len(starts))
            ],
        )

    def tables(values: list[Quantity]) -> Any:
        edges = (Edge("end", shares(values[0])), Edge("end", shares(values[1]), "b"), Edge("end", label="c"))
        mix = varying(np.full(n, 2.0)) + shares(values[2])
        plan = compile_network(
            Network(n, HORIZON, (Source("s", 1.0, mix, route("r")), Router("r", route(*edges)), Sink("end")))
        ).plan
        table = plan.r_table[1]
        return np.array(
            [
                [
                    plan.values[
                        plan.t_base[table]
                        + plan.t_epoch[table, tick] * plan.t_stride[table]
                        + plan.groups[plan.t_groups[table] + profile]
                        + np.arange(2)
                    ]
                    for profile in range(n)
                ]
                for tick in range(HORIZON)
            ]
        )

    found = tables([one, other, third])
    first, second = shares(one), shares(other)
    for tick in range(HORIZON):
        for profile in range(n):
            a, b = read(first, tick, profile), read(second, tick, profile)
            assert found[tick, profile].tolist() == [a, a + b]


def test_equal_divisions_are_one_object_and_stay_so_when_they_travel() -> None:
    one, same = divided(np.array(["a", "b", "a"])), divided(np.array([7, 3, 7]))
    assert one is same
    assert one.of_profile.tolist() == [0, 1, 0]
    assert pickle.loads(pickle.dumps(one)) is one  # noqa: S301  # its own bytes
    assert pickle.loads(pickle.dumps(EVERYBODY)) is EVERYBODY  # noqa: S301


def test_what_is_handed_out_again_cannot_be_written_to() -> None:
    mask = np.array([True, False])
    found = varying(mask)
    mask[:] = True
    assert varying(np.array([True, False])).at(0).tolist() == [1.0, 0.0]  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="read-only"):
        found.numbers[0, 0] = 9.0


def test_values_for_different_numbers_of_profiles_cannot_be_combined() -> None:
    with pytest.raises(SpecError, match="values for 2 and for 3 profiles cannot be combined"):
        varying(np.array([1.0, 2.0])) + np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize("wrong", [np.ones((2, 2)), np.ones(0)])
def test_an_array_that_is_not_one_number_a_profile_is_refused(wrong: Any) -> None:
    with pytest.raises(SpecError, match="expected one number for each profile, got shape"):
        varying(wrong)
