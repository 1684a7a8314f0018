"""How the Crown Court is fitted: draws that retell 2016 to 2023, each with the hours a day that its cases need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lawqueue.engine.varying import Floats
from lawqueue.models.crown_court import found, hearings, rolling
from lawqueue.models.crown_court.model import MODEL
from lawqueue.models.crown_court.world import Court
from lawqueue.rules import ParameterBook

SCALE: Final = 0.05
"""Share of the cases that is simulated: chance then moves open cases by some 1 %, little beside the discrepancy."""
SEED: Final = 3
OUTCOMES: Final = ("open", "open.custody", "open.bail", "disposals")
"""What a draw must retell: open cases by quarter, and disposals by year."""
ROOM: Final = 0.1
"""How far from the hours that cases need the hours a day of a draw are looked for [/1]."""


def published() -> Mapping[str, Floats]:
    """Return what was published of the fitted years."""
    return _told(rolling.published())


def retold(book: ParameterBook) -> Mapping[str, Floats]:
    """Return the same in a run with some parameters."""
    return _told(_history(book))


def hours(book_with: Callable[[float], ParameterBook], written: float) -> float:
    """
    Return the hours a day with which a draw disposes of as many cases from 2016 to 2023 as were published.

    Parameters
    ----------
    book_with
        The parameters of the draw with such hours.
    written
        Hours as written.
    """
    wanted = float(rolling.published().values["disposals"].sum())
    guess = written * _needed(book_with(written)) / _needed(MODEL.parameters())

    def disposed(each: float) -> float:
        return float(_history(book_with(each)).values["disposals"].sum())

    return found.solved(disposed, wanted, guess * (1 - ROOM), guess * (1 + ROOM))


def _history(book: ParameterBook) -> rolling.Path:
    truth = rolling.published()
    quarters = truth.values["open"].size
    return rolling.forecast(truth.origin, book, quarters, replicates=1, scale=SCALE, seed=SEED)


def _told(path: rolling.Path) -> dict[str, Floats]:
    return {
        name: path.values[name].reshape(-1, found.YEAR).sum(axis=1)
        if name == "disposals"
        else path.values[name]
        for name in OUTCOMES
    }


def _needed(book: ParameterBook) -> float:
    """Return the hours that cases received in the fitted years need, over those that there are [/1]."""
    court = MODEL.world(book, (), {}, *MODEL.fitted())
    assert isinstance(court, Court)
    return float(hearings.needed(court).sum() / hearings.hours(court).sum())
