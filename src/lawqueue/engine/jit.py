"""
How the kernel is compiled.

`_nrt=False` keeps numba's reference counting out, which halves the time of an event; it means that no
compiled function may allocate. It is a private switch of numba: `tests/engine/test_jit.py` notices if it
stops working. Functions that Python does not call are spared their Python wrappers, which for records of
ninety arrays take longer to compile than the functions themselves; and they are inlined, since such a record
is handed over array by array at every call.
"""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


def _is_cached() -> bool:
    """Tell whether numba finds a folder to keep what it compiles; say once that it does not."""
    try:
        njit(cache=True)(_is_cached)
    except RuntimeError:
        if multiprocessing.parent_process() is None:
            logging.getLogger(__name__).warning(
                "No folder can be written in which compiled code is kept, so it is compiled anew at every start. "
                "Set NUMBA_CACHE_DIR to one that can."
            )
        return False
    return True


_SHARED: dict[str, Any] = {
    "_nrt": False,
    "nogil": True,
    "cache": _is_cached(),
    "error_model": "numpy",
    "boundscheck": False,
    "no_cfunc_wrapper": True,
}


def kernel(function: FunctionT) -> FunctionT:
    """Compile a function that only other compiled functions call, and that becomes part of them."""
    compiled: FunctionT = njit(
        **_SHARED | {"no_cpython_wrapper": True, "cache": False, "forceinline": False}
    )(function)
    return compiled


def inlined(function: FunctionT) -> FunctionT:
    """Compile a function that only other compiled functions call, and that becomes part of them."""
    compiled: FunctionT = njit(**_SHARED | {"no_cpython_wrapper": True, "cache": False, "forceinline": True})(
        function
    )
    return compiled


def entry(function: FunctionT) -> FunctionT:
    """Compile a function that Python calls."""
    compiled: FunctionT = njit(**_SHARED)(function)
    return compiled
