"""
What a process is made of, and work that is done only by one that is made of the same.

The text of this module is sent to workers, which may have another version of the package, of Python, or neither:
it stands on the standard library alone.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import pickle
import platform
import sys
from pathlib import Path
from typing import Any

LIBRARIES = ("lawqueue", "numpy", "numba", "llvmlite", "polars", "scipy")


def identity() -> dict[str, str]:
    """Return what the bytes of a replicate may depend on: Python, the kind of machine, libraries, and our code."""
    found = {"python": platform.python_version(), "machine": f"{platform.machine()} {sys.byteorder}-endian"}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "missing"
    return found | {"code": _code()}


def _code() -> str:
    spec = importlib.util.find_spec("lawqueue")
    try:
        from lawqueue.digest import digest  # noqa: PLC0415  # a worker may not have it
    except ImportError:
        return "missing"
    if spec is None or spec.origin is None:
        return "missing"
    package = Path(spec.origin).parent
    return digest(package.rglob("*.py"), package)[:12]


def proved(wanted: dict[str, str], work: bytes) -> tuple[str, Any, str]:
    """
    Do a piece of work if this process is made of what is wanted.

    Parameters
    ----------
    wanted
        The identity of who asks.
    work
        A function and its arguments, pickled.

    Returns
    -------
    str, object, str
        In what this process differs, empty if in nothing; then what the work gave; the address of the worker.
    """
    from distributed import get_worker  # noqa: PLC0415  # it is there where this runs

    own, here = identity(), get_worker().address
    why = ", ".join(
        f"{name} {own.get(name, 'unknown')} instead of {value}"
        for name, value in wanted.items()
        if own.get(name) != value
    )
    if why:
        return why, None, here
    function, *given = pickle.loads(work)  # noqa: S301  # a Dask worker does what it is sent in any case
    return "", function(*given), here
