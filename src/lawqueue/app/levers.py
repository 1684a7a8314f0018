"""The levers: parameters that a face may move, as their files describe them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lawqueue.models.model import Model
from lawqueue.rules import ParameterBook
from lawqueue.rules.parameter import Operation, Parameter
from lawqueue.units import in_words


@dataclass(frozen=True)
class Reach:
    """How far a slider goes, and in which steps."""

    low: float
    high: float
    step: float


@dataclass(frozen=True)
class LeverView:
    """
    One parameter as a face shows it.

    Parameters
    ----------
    parameter
        As it is written, with its lever.
    topic
        Heading under which it stands.
    """

    parameter: Parameter
    topic: str

    @property
    def name(self) -> str:
        """The parameter's name."""
        return self.parameter.name

    @property
    def label(self) -> str:
        """Short words for it; its description if it has no lever."""
        lever = self.parameter.lever
        return lever.label if lever else self.parameter.description.rstrip(".")

    @property
    def help(self) -> str:
        """What it is, and what the lever says about moving it."""
        lever = self.parameter.lever
        return f"{self.parameter.description} {lever.help}" if lever else self.parameter.description

    @property
    def unit(self) -> str:
        """Its unit in words; a share has one too."""
        return in_words(self.parameter.unit) or "share, 0 to 1"

    def reach(self, operation: Operation) -> Reach | None:
        """Return how far its slider goes for one operation; None if it has no lever."""
        lever = self.parameter.lever
        if lever is None:
            return None
        if operation == "multiply":
            return Reach(0.0, 3.0, 0.05)
        if operation == "add":
            span = lever.end - lever.start
            return Reach(-span, span, lever.step)
        return Reach(lever.start, lever.end, lever.step)

    def history(self, day: date) -> float:
        """Return its value on a day in history, or its first one where the day is earlier."""
        return self.parameter.on(max(day, self.parameter.values[0].start)).value

    def origin(self, day: date) -> tuple[str, str]:
        """Return basis and source of its value on a day."""
        value = self.parameter.on(max(day, self.parameter.values[0].start))
        return value.basis, value.source.title


def view(model: Model, parameter: Parameter) -> LeverView:
    """Return one parameter of a model as a face shows it."""
    first = parameter.name.split(".")[0]
    return LeverView(parameter, model.headings.get(first, first.replace("_", " ").capitalize()))


def levers(model: Model, book: ParameterBook) -> dict[str, tuple[LeverView, ...]]:
    """Return every parameter that has a lever, under its heading; headings that the model does not order come last."""
    found = [view(model, each) for each in book if each.lever is not None]
    present = dict.fromkeys(each.topic for each in found)
    ordered = dict.fromkeys(each for each in (*model.headings.values(), *present) if each in present)
    return {topic: tuple(each for each in found if each.topic == topic) for topic in ordered}
