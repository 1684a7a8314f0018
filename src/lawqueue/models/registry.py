"""
How a model is found: by the name under which an installed package registers it, or by the path of its folder.

A package registers a model as an entry point of the group `lawqueue.models`. A path is a folder with a `model.py` that
defines `MODEL`; its code is run, so a path is taken from the command line, or from a file that lies beside it, and
never from what was uploaded or linked.
"""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Final

from lawqueue.errors import InputError, did_you_mean, shown
from lawqueue.files import is_file
from lawqueue.models.model import Model

GROUP: Final = "lawqueue.models"
FIRST: Final = "us-immigration"
"""The model that is asked where nobody names one."""


@cache
def _entries() -> dict[str, EntryPoint]:
    found = {each.name: each for each in entry_points(group=GROUP)}
    return dict(sorted(found.items(), key=lambda item: (item[0] != FIRST, item[0])))


def names() -> tuple[str, ...]:
    """Return the names of the registered models, the one that is asked by default first."""
    return tuple(_entries())


def registered(name: str) -> Model:
    """
    Return a registered model.

    Raises
    ------
    InputError
        If no model has this name.
    """
    try:
        entry = _entries()[name]
    except KeyError:
        raise InputError(
            f"no model {name!r}. {did_you_mean(name, names())} The folder of a model is given as ./NAME."
        ) from None
    return _checked(entry.load(), f"the entry point {name!r}")


def is_path(named: str) -> bool:
    """Tell whether a model is named by the path of its folder."""
    return "/" in named or "\\" in named or named in {".", ".."}


def named(name: str, beside: Path = Path()) -> Model:
    """
    Return a model by its name, or by the path of its folder.

    Parameters
    ----------
    name
        The name of a registered model, or a path as `./my-court`; where no model is registered under it, also the bare
        name of a folder that holds one.
    beside
        The folder from which a path leads.

    Raises
    ------
    InputError
        If there is no such model, or its code cannot be run.
    """
    folder = beside / name
    is_folder = is_path(name) or (name not in names() and is_file(folder / "model.py"))
    return in_folder(folder.resolve()) if is_folder else registered(name)


def reference(model: Model) -> str:
    """Return what names a model in another process: its name, or the path of its folder."""
    known = model.name in names() and registered(model.name) is model
    return model.name if known else str(model.folder)


@cache
def in_folder(folder: Path) -> Model:
    """Return the model that `model.py` in a folder defines as `MODEL`; its code is run."""
    file = folder / "model.py"
    if not file.is_file():
        raise InputError(
            f"{shown(folder)}: no model.py in it, so it is no model. Give the folder of a model."
        )
    # As a package, so that its modules may import each other.
    package = f"lawqueue_model_{abs(hash(folder)):x}"
    spec = importlib.util.spec_from_file_location(package, file, submodule_search_locations=[str(folder)])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[package] = module
    try:
        spec.loader.exec_module(module)
    except InputError:
        raise
    except Exception as error:
        del sys.modules[package]
        raise InputError(f"{shown(file)}: cannot be run: {type(error).__name__}: {error}") from error
    return _checked(getattr(module, "MODEL", None), shown(file))


def _checked(found: object, where: str) -> Model:
    if not isinstance(found, Model):
        raise InputError(f"{where}: no Model called MODEL. Define MODEL = Model(…).")
    return found
