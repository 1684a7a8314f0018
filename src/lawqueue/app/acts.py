"""What a user does on the page, as functions from one state to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from lawqueue.app.document import OPERATIONS, Amount, Draft, checked, first_day, owned, stacked, tidy
from lawqueue.app.levers import view
from lawqueue.app.state import State, opened, require_answerable
from lawqueue.errors import InputError, did_you_mean
from lawqueue.rules.parameter import Operation
from lawqueue.study.deterrence import setting

OWN = "My own question"
"""The source of a step that is made on the page."""

Act = Mapping[str, Any]


def acted(state: State, act: Act) -> State:
    """
    Return the state after something was done on the page.

    Parameters
    ----------
    state
        The state before.
    act
        What was done, under `do`, with its particulars; it comes from a browser and may be anything.

    Raises
    ------
    InputError
        If it cannot be done, or the scenario would not be valid after it.
    """
    name = _text(act, "do")
    if name not in _ACTS:
        raise InputError(f"no act {name!r}. {did_you_mean(name, _ACTS)}")
    following = _ACTS[name](state, act)
    following = replace(following, text=owned(following.text))
    require_answerable(following)
    return following


def _ask(state: State, act: Act) -> State:
    return replace(state, text=opened(_text(act, "value"), state.scenario.model))


def _stack(state: State, act: Act) -> State:
    return replace(state, text=stacked(state.text, opened(_text(act, "value"), state.scenario.model)))


def _file(state: State, act: Act) -> State:
    text = _text(act, "value")
    found = checked(text, _text(act, "name"))
    # Scale and dial are those of a model.
    return replace(state, text=text) if found.model is state.scenario.model else State.of(text, state.seed)


def _lever(state: State, act: Act) -> State:
    """Add a step that sets one parameter to the value that it has, ready to be moved."""
    scenario = checked(state.text)
    name = _text(act, "value")
    lever = view(scenario.model, state.history.parameter(name))
    day = scenario.start if name in scenario.model.read_at_start() else first_day(scenario)
    draft = Draft(state.text)
    draft.add({"at": day, "set": {name: tidy(lever.history(day))}, "source": OWN})
    return replace(state, text=draft.text())


def _guideline(state: State, act: Act) -> State:
    scenario = checked(state.text)
    chosen = scenario.model.guidelines()[_text(act, "value")]
    draft = Draft(state.text)
    draft.add({"at": first_day(scenario), "guideline": chosen.id, "source": OWN})
    return replace(state, text=draft.text())


def _other_guideline(state: State, act: Act) -> State:
    return _given(state, act, "guideline", _text(act, "value"))


def _switch(state: State, act: Act) -> State:
    chosen = state.scenario.model.timeline()[_text(act, "value")]
    draft = Draft(state.text)
    draft.add({"remove": chosen.id, "source": OWN})
    return replace(state, text=draft.text())


def _amount(state: State, act: Act) -> State:
    operation = _text(act, "operation")
    if operation not in OPERATIONS:
        raise InputError(f"no operation {operation!r}. {did_you_mean(operation, OPERATIONS)}")
    draft = Draft(state.text)
    draft.amount(_whole(act, "place"), Amount(_text(act, "name"), operation, _number(act, "value")))
    return replace(state, text=draft.text())


def _operation(state: State, act: Act) -> State:
    """Change what is done to a parameter; the number is the one given, or one that changes nothing."""
    operation: Operation | None = next((each for each in OPERATIONS if each == act.get("value")), None)
    if operation is None:
        raise InputError(
            f"no operation {act.get('value')!r}. {did_you_mean(str(act.get('value')), OPERATIONS)}"
        )
    draft = Draft(state.text)
    place, name = _whole(act, "place"), _text(act, "name")
    at = draft.step(place)["at"]
    neutral = {
        "set": view(state.scenario.model, state.history.parameter(name)).history(at),
        "multiply": 1.0,
        "add": 0.0,
    }
    number = neutral[operation] if act.get("number") is None else _number(act, "number")
    draft.amount(place, Amount(name, operation, number))
    return replace(state, text=draft.text())


def _date(state: State, act: Act) -> State:
    key = _text(act, "key")
    if key not in {"at", "until"}:
        raise InputError(f"no date {key!r}. {did_you_mean(key, ['at', 'until'])}")
    draft, place = Draft(state.text), _whole(act, "place")
    switch = key == "at" and bool({"move", "remove"} & draft.step(place).keys())
    day = None if not act.get("value") and (switch or key == "until") else _day(act)
    if switch:
        draft.move(place, day)
    else:
        draft.give(place, key, day)
    return replace(state, text=draft.text())


def _span(state: State, act: Act) -> State:
    key = _text(act, "key")
    if key not in {"from", "to"}:
        raise InputError(f"no date {key!r}. {did_you_mean(key, ['from', 'to'])}")
    draft = Draft(state.text)
    draft.data[key] = _day(act)
    return replace(state, text=draft.text())


def _ramp(state: State, act: Act) -> State:
    return _given(state, act, "ramp", _whole(act, "value"))


def _source(state: State, act: Act) -> State:
    return _given(state, act, "source", _text(act, "value") or OWN)


def _given(state: State, act: Act, key: str, value: object) -> State:
    draft = Draft(state.text)
    draft.give(_whole(act, "place"), key, value)
    return replace(state, text=draft.text())


def _remove(state: State, act: Act) -> State:
    draft = Draft(state.text)
    draft.remove(_whole(act, "place"))
    return replace(state, text=draft.text())


def _up(state: State, act: Act) -> State:
    draft = Draft(state.text)
    draft.raise_up(_whole(act, "place"))
    return replace(state, text=draft.text())


def _show(state: State, act: Act) -> State:
    draft = Draft(state.text)
    draft.outcome(_text(act, "value"), wanted=True)
    return replace(state, text=draft.text())


def _hide(state: State, act: Act) -> State:
    draft = Draft(state.text)
    draft.outcome(_text(act, "value"), wanted=False)
    return replace(state, text=draft.text())


def _settings(state: State, act: Act) -> State:
    key = _text(act, "key")
    if key == "seed":
        return replace(state, seed=_whole(act, "value"))
    if key == "replicates":
        return replace(state, replicates=_whole(act, "value"))
    if key == "scale":
        return replace(state, scale=_number(act, "value"))
    if key == "deterrence":
        return replace(state, deterrence=setting(_text(act, "value")))
    raise InputError(
        f"no setting {key!r}. {did_you_mean(key, ['seed', 'replicates', 'scale', 'deterrence'])}"
    )


_ACTS: dict[str, Callable[[State, Act], State]] = {
    "ask": _ask,
    "stack": _stack,
    "file": _file,
    "lever": _lever,
    "guideline": _guideline,
    "other-guideline": _other_guideline,
    "switch": _switch,
    "amount": _amount,
    "operation": _operation,
    "date": _date,
    "span": _span,
    "ramp": _ramp,
    "source": _source,
    "remove": _remove,
    "up": _up,
    "show": _show,
    "hide": _hide,
    "settings": _settings,
}

QUIET = frozenset({"other-guideline", "amount", "date", "ramp", "source", "settings"})
"""Acts after which the levers already show what was done, so that the field that was left keeps its place."""


def _text(act: Act, key: str) -> str:
    value = act.get(key)
    if not isinstance(value, str):
        raise InputError(f"{key}: expected a text, got {value!r:.40}.")
    return value


def _day(act: Act) -> date:
    given = act.get("value")
    try:
        return date.fromisoformat(str(given))
    except ValueError as error:
        fault = f"{given!r:.40} is not a date" if given else "the date is empty"
        raise InputError(f"{fault}. Write it as 2021-03-01.") from error


def _number(act: Act, key: str) -> float:
    given = act.get(key)
    try:
        return float(str(given))
    except ValueError as error:
        fault = "the number is empty" if given in (None, "") else f"{given!r:.40} is no number"
        raise InputError(f"{fault}. Give one.") from error


def _whole(act: Act, key: str) -> int:
    number = _number(act, key)
    if not number.is_integer():
        raise InputError(f"{number:g} is no whole number.")
    return int(number)
