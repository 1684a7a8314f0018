"""
How the kernel is compiled.

`_nrt=False` keeps numba's reference counting out, which halves the time of an event; it means that no
compiled function may allocate. It is a private switch of numba: `tests/engine/test_jit.py` notices if it
stops working. Functions that Python does not call are spared their Python wrappers, and are kept on disk only as
part of those that it calls.

Every function is compiled into each that calls it, and so on upward. Those that make the inner loop are `inlined`,
into one straight piece; the others say that they are not, since numba hands the wish of a caller down to all that it
calls, and the inner loop would stand in the code once for every phase that enters it.
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


_CALLED_BY_COMPILED = _SHARED | {"no_cpython_wrapper": True, "cache": False}


def kernel(function: FunctionT) -> FunctionT:
    """Compile a function that only other compiled functions call."""
    compiled: FunctionT = njit(**_CALLED_BY_COMPILED, forceinline=False)(function)
    return compiled


def inlined(function: FunctionT) -> FunctionT:
    """Compile a function that only other compiled functions call, and that becomes part of them."""
    compiled: FunctionT = njit(**_CALLED_BY_COMPILED, forceinline=True)(function)
    return compiled


def entry(function: FunctionT) -> FunctionT:
    """Compile a function that Python calls."""
    compiled: FunctionT = njit(**_SHARED)(function)
    return compiled
