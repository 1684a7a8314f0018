"""
Random numbers that belong to a decision, not to a place in a sequence.

Philox-4x32-10 turns the key (seed, replicate) and the counter (case, lap, decision) into four 32-bit
numbers. The same case so meets the same draw at the same decision in every scenario, whatever happened
to other cases, on however many threads.

References
----------
Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11, section 3.3.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
from numba import uint64
from numpy.typing import NDArray
from scipy.special import pdtr, pdtrik

from lawqueue.engine.jit import entry, inlined

TO_UNIT = 2.0**-32
TAIL = 1e-6
"""Least distance of a draw from 0 and 1 at which sums of probabilities are near enough."""


@inlined
def mixed(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Return a counter after one round with a key."""
    low, half = uint64(0xFFFFFFFF), uint64(32)
    p0, p1 = uint64(0xD2511F53) * c0, uint64(0xCD9E8D57) * c2
    return (p1 >> half) ^ c1 ^ k0, p1 & low, (p0 >> half) ^ c3 ^ k1, p0 & low


@inlined
def draw(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Return the four 32-bit words, as uint64, that belong to a counter and a key of uint64."""
    w0, w1, low = uint64(0x9E3779B9), uint64(0xBB67AE85), uint64(0xFFFFFFFF)
    # The ten rounds are written out: a loop here would keep the compiler from drawing for eight cases at once.
    c0, c1, c2, c3 = mixed(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + w0) & low, (k1 + w1) & low
    c0, c1, c2, c3 = mixed(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + w0) & low, (k1 + w1) & low
    c0, c1, c2, c3 = mixed(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + w0) & low, (k1 + w1) & low
    c0, c1, c2, c3 = mixed(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + w0) & low, (k1 + w1) & low
    c0, c1, c2, c3 = mixed(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + w0) & low, (k1 + w1) & low
    c0, c1, c2, c3 = mixed(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + w0) & low, (k1 + w1) & low
    c0, c1, c2, c3 = mixed(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + w0) & low, (k1 + w1) & low
    c0, c1, c2, c3 = mixed(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + w0) & low, (k1 + w1) & low
    c0, c1, c2, c3 = mixed(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + w0) & low, (k1 + w1) & low
    return mixed(c0, c1, c2, c3, k0, k1)


@entry
def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Return the four 32-bit words, as uint64, that belong to a counter and a key; for Python too."""
    return draw(uint64(c0), uint64(c1), uint64(c2), uint64(c3), uint64(k0), uint64(k1))


def key(seed: int, replicate: int) -> NDArray[np.unsignedinteger]:
    """Return the two words of the key of one replicate; any integer ≥ 0 is a seed, 0 too."""
    return np.random.SeedSequence([seed, replicate]).generate_state(2, np.uint32)


def uniforms(seed: int, replicate: int, name: str, size: int) -> NDArray[np.float64]:
    """Return `size` numbers in [0, 1) from the stream called `name`."""
    purpose = int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")
    sequence = np.random.SeedSequence(entropy=[seed, replicate], spawn_key=(purpose,))
    return np.random.Generator(np.random.Philox(sequence)).random(size)


def poisson(means: NDArray[np.float64], draws: NDArray[np.float64]) -> NDArray[np.int64]:
    """
    Return Poisson counts by inversion, so that a larger mean never gives a smaller count.

    Parameters
    ----------
    means
        Expected counts, shape (n,); where one is not above 0, so is the count.
    draws
        Numbers in [0, 1), shape (n,).

    Notes
    -----
    The count is the least whose cumulative probability is not below the draw. It is looked for from the most
    likely one, in about √mean steps; the probabilities passed on the way are added up. Their error, some 1e-13,
    decides only about a draw that is as near to a boundary between counts; one within `TAIL` of 0 or 1, where
    the probabilities themselves are so small, is left to SciPy.
    """
    likely = np.floor(np.maximum(means, 0.0))
    at_most = pdtr(likely, means)
    below = np.where(likely > 0, pdtr(np.maximum(likely - 1.0, 0.0), means), 0.0)
    counts = likely.astype(np.int64)
    _walk(np.array(means), np.array(draws), at_most, at_most - below, counts)
    far = (means > 0) & ((draws < TAIL) | (draws > 1.0 - TAIL))
    counts[far] = np.ceil(pdtrik(draws[far], np.maximum(means[far], 1e-12)))
    return counts


@entry
def _walk(means: Any, draws: Any, at_most: Any, chances: Any, counts: Any) -> None:
    """Walk each count to its draw, given the cumulative probability and the probability of where it starts."""
    for i in range(counts.size):
        count, total, chance = counts[i], at_most[i], chances[i]
        while draws[i] > total:
            count += 1
            chance *= means[i] / count
            # Beyond the last bit of the sum there is nothing left to reach.
            if total + chance == total:
                break
            total += chance
        else:
            while count > 0 and draws[i] <= total - chance:
                total -= chance
                chance *= count / means[i]
                count -= 1
        counts[i] = count
