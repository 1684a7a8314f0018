"""The models that the control room serves, and the scenarios that come with each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lawqueue.errors import InputError, did_you_mean, shown
from lawqueue.models import registry
from lawqueue.models.model import Model
from lawqueue.study.library import in_order, sets

_own: dict[str, Model] = {}
"""Models out of a folder, by name: their code was run because the command line names the folder."""
_opens: list[str] = []
"""The model that was asked for on the command line, if any."""


@dataclass(frozen=True)
class Packaged:
    """
    A scenario that comes with a model.

    Parameters
    ----------
    name
        Its name.
    text
        Its file; a model out of a folder is named as a scenario beside that folder names it.
    command
        How `lawqueue run` is told to run it.
    heading
        Of the set that it belongs to.
    """

    name: str
    text: str
    command: str
    heading: str


def take(what: str) -> Model:
    """
    Put a model first: a registered one by its name, or one out of a folder, whose code is run.

    Raises
    ------
    InputError
        If there is no such model, or a registered one has its name.
    """
    model = registry.named(what)
    if registry.reference(model) != model.name:
        if model.name in registry.names():
            raise InputError(
                f"{shown(model.folder)}: {model.name!r} is the name of a model of the package. Give it another."
            )
        _own[model.name] = model
    _opens[:] = [model.name]
    return model


def names() -> tuple[str, ...]:
    """Return the names of the models, the one on which the page opens first."""
    return tuple(dict.fromkeys((*_opens, *registry.names(), *_own)))


def models() -> tuple[Model, ...]:
    """Return the models, the one on which the page opens first."""
    return tuple(map(named, names()))


def named(name: str) -> Model:
    """
    Return a model by its name.

    Raises
    ------
    InputError
        If none has it.
    """
    if name in _own:
        return _own[name]
    if name not in registry.names():
        raise InputError(f"no model {name!r:.60}. {did_you_mean(name, names())}")
    return registry.registered(name)


def asked_for(given: Mapping[str, str]) -> Model:
    """Return the model that an address names, or the one on which the page opens if it names none."""
    return named(given.get("model", names()[0]))


def of_scenario(name: str, _: Path) -> Model:
    """
    Return the model that a scenario names; of paths only those whose code was run already.

    Raises
    ------
    InputError
        If there is none.
    """
    if not registry.is_path(name):
        return named(name)
    for model in _own.values():
        if name == reference(model):
            return model
    known = ", ".join(map(reference, models()))
    raise InputError(f"{name!r} is a path, and code is run from the command line alone. Give one of {known}.")


def reference(model: Model) -> str:
    """Return how a scenario names a model: one out of a folder by the path from beside it."""
    return f"./{model.folder.name}" if model.name in _own else model.name


@cache
def packaged(model: Model) -> Mapping[str, Packaged]:
    """Return the scenarios that come with a model, by name, in the order in which they are offered."""
    own, found = model.name in _own, {}
    for folder in sets(model):
        heading = model.headline.sets.get(folder.name, folder.name.replace("-", " ").capitalize())
        for path in in_order(folder):
            text = path.read_text(encoding="utf-8")
            if own:
                text = re.sub(r"(?m)^model:.*$", f"model: {reference(model)}", text)
            found[path.stem] = Packaged(path.stem, text, shown(path) if own else path.stem, heading)
    return found


def package_of(text: str) -> Packaged | None:
    """Return the scenario of a model whose file a text is, unchanged; None if it is another."""
    return next((found[text] for found in map(_by_text, models()) if text in found), None)


@cache
def _by_text(model: Model) -> dict[str, Packaged]:
    return {each.text: each for each in packaged(model).values()}
