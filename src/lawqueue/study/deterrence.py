"""The deterrence dial of a run: whether arrivals answer to policy and how strongly, in baseline and scenario alike."""

from __future__ import annotations

from typing import Literal, get_args

from lawqueue.errors import InputError, did_you_mean
from lawqueue.models.model import Model
from lawqueue.rules import ParameterBook

Deterrence = Literal["off", "low", "high"]
SETTINGS: tuple[Deterrence, ...] = get_args(Deterrence)
NAME = "deterrence"


def setting(given: str) -> Deterrence:
    """
    Return a setting of the dial.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    found = next((each for each in SETTINGS if each == given), None)
    if found is None:
        raise InputError(f"deterrence: no setting {given!r:.40}. {did_you_mean(given, SETTINGS)}")
    return found


def turned(model: Model, book: ParameterBook, dial: Deterrence) -> ParameterBook:
    """Return the parameters with the dial turned; a model without it has it off alone."""
    if NAME not in model.dials and dial == "off":
        return book
    return model.dial(NAME).turned(book, model.observed(), dial)


def meaning(model: Model, dial: Deterrence) -> str:
    """Return what a setting says about arrivals; empty for a model without the dial."""
    return model.dial(NAME).settings[dial] if NAME in model.dials else ""
