"""
How the kernel is compiled.

`_nrt=False` keeps numba's reference counting out, which halves the time of an event; it means that no
compiled function may allocate. It is a private switch of numba: `tests/engine/test_jit.py` notices if it
stops working. Functions that Python does not call are spared their Python wrappers, which for records of
ninety arrays take longer to compile than the functions themselves; and they are inlined, since such a record
is handed over array by array at every call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_SHARED: dict[str, Any] = {
    "_nrt": False,
    "nogil": True,
    "cache": True,
    "error_model": "numpy",
    "boundscheck": False,
    "no_cfunc_wrapper": True,
}


def kernel(function: FunctionT) -> FunctionT:
    """Compile a function that only other compiled functions call, and that becomes part of them."""
    compiled: FunctionT = njit(**_SHARED | {"no_cpython_wrapper": True, "forceinline": True})(function)
    return compiled


def entry(function: FunctionT) -> FunctionT:
    """Compile a function that Python calls."""
    compiled: FunctionT = njit(**_SHARED)(function)
    return compiled
