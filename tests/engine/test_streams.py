"""The random numbers against the published answers of Philox, and the laws that common draws rest on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lawqueue.engine import streams

ALL_ONES = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((ALL_ONES,) * 4, (ALL_ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_known_answers_of_random123(
    counter: tuple[int, ...], key: tuple[int, ...], words: tuple[int, ...]
) -> None:
    assert tuple(int(each) for each in streams.philox(*counter, *key)) == words


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.floats(0, 1, exclude_max=True), st.floats(0, 1e5), st.floats(0, 1e4))
def test_a_larger_mean_never_gives_a_smaller_poisson_count(draw: float, mean: float, more: float) -> None:
    few, many = streams.poisson(np.array([mean, mean + more]), np.array([draw, draw]))
    assert 0 <= few <= many


@pytest.mark.parametrize("mean", [0.3, 4.0, 900.0])
def test_poisson_counts_have_the_mean_and_variance_of_their_law(mean: float) -> None:
    n = 200_000
    counts = streams.poisson(np.full(n, mean), streams.uniforms(0, 0, "arrivals", n))
    assert counts.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / n))
    # Var of the sample variance: (μ4 - σ4)/n with μ4 = λ + 3λ².
    assert counts.var() == pytest.approx(mean, abs=4 * np.sqrt((mean + 2 * mean**2) / n))


def test_poisson_counts_are_those_of_scipy_over_a_wide_grid() -> None:
    rng = np.random.default_rng(0)
    n = 100_000
    means = 10 ** rng.uniform(-6, 6, n)
    small = 10 ** rng.uniform(-9, 0, n // 4)
    draws = np.concatenate([rng.random(n - 2 * small.size), small, 1 - small])
    rng.shuffle(draws)
    draws[draws >= 1] = 0.0
    np.testing.assert_array_equal(streams.poisson(means, draws), stats.poisson.ppf(draws, means).clip(0))


def test_no_cases_come_where_the_mean_is_nought() -> None:
    np.testing.assert_array_equal(streams.poisson(np.zeros(3), np.array([0.0, 0.5, 1 - 2.0**-53])), 0)


def test_nought_is_a_seed_like_any_other() -> None:
    keys = {tuple(streams.key(seed, replicate)) for seed in (0, 1, 2**70) for replicate in (0, 1)}
    assert len(keys) == 6
    np.testing.assert_array_equal(streams.key(0, 0), streams.key(0, 0))
    assert not np.array_equal(streams.uniforms(0, 0, "a", 5), streams.uniforms(1, 0, "a", 5))


def test_streams_differ_by_name_and_are_the_same_by_name() -> None:
    a = streams.uniforms(0, 0, "a", 100)
    np.testing.assert_array_equal(a[:10], streams.uniforms(0, 0, "a", 10))
    assert not np.array_equal(a, streams.uniforms(0, 0, "b", 100))
    assert ((a >= 0) & (a < 1)).all()
