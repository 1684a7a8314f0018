"""The private switch that keeps reference counting out of the kernel still works."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from lawqueue.engine.jit import entry, kernel


def put(target: Any, place: Any, value: Any) -> None:
    target[place] = value


def test_a_compiled_function_counts_no_references() -> None:
    helper = kernel(put)

    def fill(target: Any) -> None:
        for place in range(target.size):
            helper(target, place, 1)

    ours = entry(fill)
    ours(np.zeros(3))
    assert "NRT_incref" not in next(iter(ours.inspect_llvm().values()))  # type: ignore[attr-defined]  # a dispatcher


def test_the_check_would_notice_reference_counting() -> None:
    inner = njit(put)

    def keep(target: Any) -> Any:
        inner(target, 0, 1)
        return target

    counted = njit(keep)
    counted(np.zeros(3))
    assert "NRT_incref" in next(iter(counted.inspect_llvm().values()))
