"""What a user has set: one scenario file and how it is run. A link carries it whole."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import parse_qs, urlencode

from lawqueue.app.document import MOST, blank, checked, opens, owned
from lawqueue.app.shelf import Packaged, asked_for, models, package_of, packaged
from lawqueue.errors import InputError, did_you_mean
from lawqueue.models.model import Model
from lawqueue.rules import ParameterBook
from lawqueue.study.deterrence import Deterrence, setting, turned
from lawqueue.study.scenario import Scenario, overlaid
from lawqueue.study.simulate import Settings

FULL = Settings()
"""As the command line runs, unless it is told otherwise; the scale is that of the model."""
QUICK, OF_FULL = Settings(replicates=2), 0.2
"""What the approximate answer is made with, and its share of the scale of the model: it takes less than a second."""

MOST_REPLICATES, MOST_SCALE, LEAST_SCALE = 64, 1.0, 0.001
"""Caps of one run: replicates, and share of the cases."""
MOST_WORK = 160.0
"""Cap of replicates times scale, in scales of the model, so that nobody holds up the line: four full runs."""

FROM_HISTORY = "history"

LONGEST_LINK = 2 * MOST
"""Longest link that is read [characters]."""
_MOST_PARTS = 32
"""Most `name=value` of a link."""


@dataclass(frozen=True)
class State:
    """
    One scenario and how it is run.

    Parameters
    ----------
    text
        The scenario file, as YAML.
    seed, replicates, scale
        Settings of the run in full.
    deterrence
        Setting of the dial.
    """

    text: str
    seed: int = 0
    replicates: int = FULL.replicates
    scale: float = FULL.scale
    deterrence: Deterrence = "off"

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**63:
            raise InputError(f"seed {self.seed}. Expected a whole number from 0 on.")
        if not 1 <= self.replicates <= MOST_REPLICATES:
            raise InputError(
                f"{self.replicates} replicates. Expected 1 to {MOST_REPLICATES}: use the command line for more."
            )
        if not LEAST_SCALE <= self.scale <= MOST_SCALE:
            raise InputError(f"scale {self.scale:g}. Expected {LEAST_SCALE:g} to {MOST_SCALE:g}.")
        most = most_work(self.scenario.model)
        if self.replicates * self.scale > most:
            raise InputError(
                f"{self.replicates} replicates at scale {self.scale:g} are {self.replicates * self.scale:g} full-size runs. "
                f"Expected at most {most:g}: lower one of the two, or use the command line."
            )

    @classmethod
    def of(cls, text: str, seed: int = 0) -> State:
        """Return a scenario as it is run unless it is told otherwise."""
        return cls(text, seed, scale=checked(text).model.scale)

    @cached_property
    def scenario(self) -> Scenario:
        """
        The scenario of the text, checked: kept, so that who has been given a state reads it at no cost.

        Raises
        ------
        InputError
            If the text has faults.
        """
        return checked(self.text)

    @property
    def settings(self) -> tuple[int, int, float]:
        """Seed, replicates and scale."""
        return self.seed, self.replicates, self.scale

    def full(self, threads: int = 1) -> Settings:
        """Return how the run in full is made."""
        return Settings(self.seed, self.replicates, self.scale, threads, deterrence=self.deterrence)

    def quick(self, threads: int = 1) -> Settings:
        """Return how the approximate answer is made."""
        scale = round(OF_FULL * self.scenario.model.scale, 4)
        return replace(QUICK, seed=self.seed, scale=scale, threads=threads, deterrence=self.deterrence)

    @property
    def history(self) -> ParameterBook:
        """The parameters of history as written, with the dial turned."""
        model = self.scenario.model
        return turned(model, model.parameters(), self.deterrence)

    @property
    def packaged(self) -> Packaged | None:
        """The scenario of its model that this is, unchanged; None if it is another."""
        return package_of(self.text)


def most_work(model: Model) -> float:
    """Return the most replicates times scale that a run of a model may have."""
    return MOST_WORK * model.scale


def opened(name: str, *among: Model) -> str:
    """
    Return the text of a scenario to start from: of the first of some models that has it, or of all of them.

    Raises
    ------
    InputError
        If there is none of this name.
    """
    among = among or models()
    if name == FROM_HISTORY:
        return blank(among[0])
    for model in among:
        if name in packaged(model):
            return packaged(model)[name].text
    known = [each for model in among for each in packaged(model)]
    raise InputError(f"no scenario {name!r}. {did_you_mean(name, [FROM_HISTORY, *known])}")


def first_question(model: Model) -> str:
    """Return the text of the scenario that a model opens on."""
    return opened(opens(model) or FROM_HISTORY, model)


def to_query(state: State) -> str:
    """Return what stands behind the `?` of a link that restores a state, which is valid; its model comes first."""
    model = state.scenario.model
    parts = {"model": model.name}
    if state.text == blank(model):
        parts["q"] = FROM_HISTORY
    elif state.packaged is not None:
        parts["q"] = state.packaged.name
    else:
        packed = zlib.compress(state.text.encode(), 9)
        parts["s"] = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    default = State.of(state.text)
    if state.settings != default.settings:
        parts |= {"seed": str(state.seed), "replicates": str(state.replicates), "scale": str(state.scale)}
    if state.deterrence != default.deterrence:
        parts["deterrence"] = state.deterrence
    return urlencode(parts)


def from_query(query: str) -> State:
    """
    Return the state that a link carries; one without a question opens on the first one of its model.

    Raises
    ------
    InputError
        If the link is damaged or asks for more than the caps allow.
    """
    given = {name: values[-1] for name, values in _parts(query).items()}
    default = State.of(_unpacked(given["s"]) if "s" in given else _opened(given))
    try:
        settings = {
            "seed": int(given.get("seed", default.seed)),
            "replicates": int(given.get("replicates", default.replicates)),
        }
        scale = float(given.get("scale", default.scale))
    except ValueError as error:
        raise InputError(
            "the link has a seed, replicates or a scale that is no number. Copy it again."
        ) from error
    return State(default.text, scale=scale, deterrence=setting(given.get("deterrence", "off")), **settings)


def _opened(given: Mapping[str, str]) -> str:
    """Return the text of the question that a link names: of its model, or of any if it names none."""
    among = (asked_for(given),) if "model" in given or "q" not in given else ()
    return opened(given["q"], *among) if "q" in given else first_question(*among)


def require_answerable(state: State) -> None:
    """
    Raise unless the scenario is valid, and with the dial where it stands.

    Raises
    ------
    InputError
        If the file has faults, or a step leaves the bounds of a parameter.
    """
    scenario = state.scenario
    if state.deterrence != "off":
        overlaid(scenario, state.history)


def salvaged(query: str) -> State:
    """Return as much of a damaged link as can be had: its scenario, or the first question of its model, or of any."""
    for names in ({"model", "q", "s"}, {"model"}):
        with suppress(InputError):
            kept = {name: each for name, each in _parts(query).items() if name in names}
            found = from_query(urlencode(kept, doseq=True))
            require_answerable(found)
            return found
    return from_query("")


@dataclass(frozen=True)
class Opened:
    """
    What a link opens.

    Parameters
    ----------
    state
        A valid state: the link's, or as much of it as can be had.
    refused
        Why it is not the link's; None if it is.
    """

    state: State
    refused: InputError | None = None


def open_link(query: str) -> Opened:
    """Return what a link opens, whatever it holds."""
    try:
        found, refused = from_query(query), None
        require_answerable(found)
    except InputError as error:
        found, refused = salvaged(query), InputError(error.problems or str(error))
    opened = replace(found, text=owned(found.text))
    require_answerable(opened)
    return Opened(opened, refused)


def is_cheap(query: str) -> bool:
    """Tell whether a link holds no scenario of its own, so that nothing in it has to be checked."""
    return "s=" not in query and len(query) < 1000


def _parts(query: str) -> dict[str, list[str]]:
    if len(query) > LONGEST_LINK:
        raise InputError(f"the link has {len(query):,} characters. Expected at most {LONGEST_LINK:,}.")
    try:
        return parse_qs(query.lstrip("?"), max_num_fields=_MOST_PARTS)
    except ValueError as error:
        raise InputError(f"the link has more than {_MOST_PARTS} parts. Copy it again.") from error


def _unpacked(packed: str) -> str:
    """Unpack no more than the longest file that is read, whatever the link holds."""
    damaged = InputError("the link is damaged: it was cut or changed on the way. Copy it again, whole.")
    try:
        unpack = zlib.decompressobj()
        text = unpack.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), 4 * MOST)
        if unpack.unconsumed_tail or not unpack.eof:
            raise damaged
        return text.decode()
    except (binascii.Error, zlib.error, ValueError) as error:
        raise damaged from error


def what_to_run(state: State, file: str) -> str:
    """Return what `lawqueue run` is given: the name of a scenario that comes with its model, or the file."""
    return state.packaged.command if state.packaged is not None else file


def command(state: State, file: str) -> str:
    """Return the command that gives the same numbers."""
    return state.full().command(what_to_run(state, file))


def snippet(state: State, file: str) -> str:
    """Return the Python lines that give the same numbers."""
    turned = "" if state.deterrence == "off" else f", deterrence={json.dumps(state.deterrence)}"
    return (
        "import lawqueue as lq\n\n"
        f"study = lq.run({json.dumps(what_to_run(state, file))}, seed={state.seed}, "
        f"replicates={state.replicates}, scale={state.scale}{turned})\n"
        "for effect in study.answers[0].effects:\n"
        "    print(effect.series.title, effect.difference, [effect.low, effect.high])"
    )
