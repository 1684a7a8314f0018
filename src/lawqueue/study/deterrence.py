"""The deterrence dial: whether arrivals answer to policy and how strongly, in baseline and scenario alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

from lawqueue.errors import InputError, did_you_mean
from lawqueue.models.us_immigration import model
from lawqueue.rules import ParameterBook

Deterrence = Literal["off", "low", "high"]
SETTINGS: tuple[Deterrence, ...] = get_args(Deterrence)

PREFIX = "deterrence."
_CRIMINAL = "deterrence.criminal"

MEANINGS: dict[Deterrence, str] = {
    "off": "Deterrence is off unless a scenario turns it on: arrivals do not answer to policy.",
    "low": "Deterrence is low, in the baseline and in the scenario alike: people who served a sentence try again less often by the published difference between all penalties and administrative ones. Other arrivals do not answer to policy. The fit to 2017 to 2020 was made with deterrence off.",
    "high": "Deterrence is high, in the baseline and in the scenario alike: people who served a sentence try again less often by the largest published estimate. Other arrivals do not answer to policy. The fit to 2017 to 2020 was made with deterrence off.",
}
"""What each setting says about arrivals."""


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


def turned(book: ParameterBook, dial: Deterrence) -> ParameterBook:
    """Return the parameters with the dial turned: off, the criminal increment alone, or the largest estimates."""
    names = [name for name in book.names if name.startswith(PREFIX)]
    values = dict.fromkeys(names, 0.0)
    if dial == "low":
        published = model.observed()
        full, administrative = (
            published.figures(f"reapprehension_effect_{kind}.months_18")[-1].value
            for kind in ("full", "administrative")
        )
        values[_CRIMINAL] = administrative - full
    elif dial == "high":
        values = {
            name: max(each.high or each.value for each in book.parameter(name).values) for name in names
        }
    return replace(
        book,
        parameters=book.parameters
        | {
            name: replace(
                about := book.parameter(name),
                values=tuple(each.model_copy(update={"value": value}) for each in about.values),
            )
            for name, value in values.items()
        },
    )
