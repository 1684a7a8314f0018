"""A small study that several tests read; made once."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import lawqueue
from lawqueue.report import write_report
from lawqueue.study.study import Study


@pytest.fixture(scope="session")
def small_study() -> Study:
    """A scenario with its baseline, one case in two hundred, three replicates."""
    return lawqueue.run("prosecute-1326", replicates=3, scale=0.005)


@pytest.fixture(scope="session")
def small_report(small_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its report."""
    folder = tmp_path_factory.mktemp("report")
    write_report(small_study, folder)
    return folder / "report.html"


@pytest.fixture(scope="session")
def town_hall() -> Study:
    """The whole set with its baselines, one case in five hundred, two replicates."""
    return lawqueue.run("town-hall-2021", replicates=2, scale=0.002, threads=2)


@pytest.fixture(scope="session")
def town_hall_report(town_hall: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its report."""
    folder = tmp_path_factory.mktemp("town-hall")
    write_report(town_hall, folder)
    return folder / "report.html"


@pytest.fixture(scope="session")
def script() -> Callable[[Path], ModuleType]:
    """Read a script that is in no package, as a module."""

    def read(path: Path) -> ModuleType:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return read
