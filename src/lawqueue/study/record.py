"""What made a number: versions, seed, and hashes of every input, so that anybody can make it again."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version

from lawqueue.digest import digest
from lawqueue.models.model import Model
from lawqueue.study.ensemble import folder_of, has_ensemble, shipped
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Settings

LIBRARIES = ("lawqueue", "numpy", "numba", "scipy", "polars", "sqlglot")


KINDS = {
    "parameters": "**/*.yaml",
    "guidelines": "*.yaml",
    "statutes": "*.yaml",
    "observed": "*.csv",
}
"""Folders of a model that a world is built from, and the files in them that count."""


# A model reads these files once as well.
@cache
def inputs(model: Model) -> dict[str, str]:
    """Return the digest of the files that a world is built from, by kind."""
    return {
        kind: digest((model.folder / kind).glob(files), model.folder)
        for kind, files in KINDS.items()
        if (model.folder / kind).is_dir()
    }


def outdated(model: Model, made_from: Mapping[str, str]) -> bool:
    """Tell whether a file of these kinds has changed since something was made from them."""
    return any(made_from.get(kind) != now for kind, now in inputs(model).items())


def ensemble_is_outdated(model: Model) -> bool:
    """Tell whether a file has changed since the ensemble that comes with a model was made; without one none can have."""
    if not has_ensemble(model):
        return False
    made = json.loads((folder_of(model) / "record.json").read_text(encoding="utf-8"))
    return outdated(model, made["inputs"])


def versions(libraries: Sequence[str] = LIBRARIES) -> dict[str, str]:
    """Return the versions of Python and of libraries, by name."""
    return {"python": platform.python_version()} | {name: version(name) for name in libraries}


def record(scenarios: list[Scenario], settings: Settings) -> dict[str, object]:
    """
    Return what made a run, ready for JSON.

    It holds no clock and no name of a machine: the same inputs give the same record.
    """
    model = scenarios[0].model
    draws = {"ensemble": shipped(model).digest} if settings.parameters == "ensemble" else {}
    return {
        "versions": versions(),
        "settings": settings.recorded(),
        "scenarios": {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
            for each in scenarios
            for name, path in each.files.items()
        },
        "inputs": {
            **inputs(model),
            "timeline": digest(model.folder.glob("timeline.yaml"), model.folder),
            **draws,
        },
    }
