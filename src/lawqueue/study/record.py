"""What made a number: versions, seed, and hashes of every input, so that anybody can make it again."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from importlib.metadata import version

from lawqueue.digest import digest
from lawqueue.models.us_immigration.model import FOLDER
from lawqueue.study.ensemble import FOLDER as ENSEMBLE
from lawqueue.study.ensemble import shipped
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Settings

LIBRARIES = ("lawqueue", "numpy", "numba", "scipy", "polars", "sqlglot")


def inputs() -> dict[str, str]:
    """Return the digest of the files that a world is built from, by kind."""
    return {
        "parameters": digest((FOLDER / "parameters").rglob("*.yaml"), FOLDER),
        "guidelines": digest((FOLDER / "guidelines").glob("*.yaml"), FOLDER),
        "statutes": digest((FOLDER / "statutes").glob("*.yaml"), FOLDER),
        "observed": digest((FOLDER / "observed").glob("*.csv"), FOLDER),
    }


def outdated(made_from: Mapping[str, str]) -> bool:
    """Tell whether a file of these kinds has changed since something was made from them."""
    return any(made_from.get(kind) != now for kind, now in inputs().items())


def ensemble_is_outdated() -> bool:
    """Tell whether a file has changed since the ensemble that comes with the package was made."""
    made = json.loads((ENSEMBLE / "record.json").read_text(encoding="utf-8"))
    return outdated(made["inputs"])


def record(scenarios: list[Scenario], settings: Settings) -> dict[str, object]:
    """
    Return what made a run, ready for JSON.

    It holds no clock and no name of a machine: the same inputs give the same record.
    """
    draws = {"ensemble": shipped().digest} if settings.parameters == "ensemble" else {}
    return {
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "settings": settings.recorded(),
        "scenarios": {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
            for each in scenarios
            for name, path in each.files.items()
        },
        "inputs": {
            **inputs(),
            "timeline": digest([FOLDER / "timeline.yaml"], FOLDER),
            **draws,
        },
    }
