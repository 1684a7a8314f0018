"""The deterrence dial: whether arrivals answer to policy and how strongly."""

from __future__ import annotations

from dataclasses import replace

from lawqueue.models.model import Dial
from lawqueue.models.observed import Observed
from lawqueue.rules import ParameterBook

_PREFIX = "deterrence."
_CRIMINAL = "deterrence.criminal"
_MEANINGS = {
    "off": "Deterrence is off unless a scenario turns it on: arrivals do not answer to policy.",
    "low": "Deterrence is low, in the baseline and in the scenario alike: people who served a sentence try again less often by the published difference between all penalties and administrative ones. Other arrivals do not answer to policy. The fit to 2017 to 2020 was made with deterrence off.",
    "high": "Deterrence is high, in the baseline and in the scenario alike: people who served a sentence try again less often by the largest published estimate. Other arrivals do not answer to policy. The fit to 2017 to 2020 was made with deterrence off.",
}


def turned(book: ParameterBook, published: Observed, setting: str) -> ParameterBook:
    """Return the parameters with the dial turned: off, the criminal increment alone, or the largest estimates."""
    names = [name for name in book.names if name.startswith(_PREFIX)]
    values = dict.fromkeys(names, 0.0)
    if setting == "low":
        full, administrative = (
            published.figures(f"reapprehension_effect_{kind}.months_18")[-1].value
            for kind in ("full", "administrative")
        )
        values[_CRIMINAL] = administrative - full
    elif setting == "high":
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


DETERRENCE = Dial(
    "of coming again after a sentence, in both worlds; low, high: published estimates", _MEANINGS, turned
)
