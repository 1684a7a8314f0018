"""Links: a state goes into one and comes out the same."""

from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawqueue.app.acts import acted
from lawqueue.app.document import MOST, blank, checked
from lawqueue.app.shelf import models, named, packaged
from lawqueue.app.state import State, first_question, from_query, opened, salvaged, to_query
from lawqueue.errors import InputError
from lawqueue.models.model import Model
from lawqueue.study.deterrence import SETTINGS, Deterrence

DIAL = "deterrence.criminal"


@pytest.mark.parametrize(
    ("model", "name"), [(model.name, name) for model in models() for name in ("history", *packaged(model))]
)
def test_a_packaged_question_travels_by_its_model_and_its_name(model: str, name: str) -> None:
    state = State.of(opened(name, named(model)))
    assert to_query(state) == f"model={model}&q={name}"
    assert from_query(f"?model={model}&q={name}") == state
    assert checked(state.text).model is named(model)
    assert checked(state.text).text.outcomes


def test_a_link_without_a_model_finds_its_question_in_any() -> None:
    assert from_query("?q=receipts-high") == State(opened("receipts-high", named("crown-court")))
    with pytest.raises(InputError, match="no scenario 'receipts-high'"):
        from_query("?model=us-immigration&q=receipts-high")


@pytest.mark.parametrize(
    "query", ["model=crown-court", "model=crown-court&q=nothing", "model=crown-court&s=!!"]
)
def test_a_link_opens_on_the_first_question_of_its_model_if_it_has_no_other(query: str) -> None:
    assert salvaged(query) == State(first_question(named("crown-court")))


@given(
    text=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=400),
    model=st.sampled_from(models()),
    seed=st.integers(0, 2**40),
    replicates=st.integers(1, 64),
    scale=st.sampled_from([0.001, 0.05, 0.1, 0.125]),
    dial=st.sampled_from(SETTINGS),
)
def test_any_scenario_and_any_settings_come_back_from_a_link(
    text: str, model: Model, seed: int, replicates: int, scale: float, dial: Deterrence
) -> None:
    state = State(f"{blank(model)}# {text}\n", seed, replicates, scale, dial)
    assert from_query(to_query(state)) == state


def test_an_empty_link_opens_on_the_first_question() -> None:
    assert from_query("") == State(first_question(models()[0]))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("s=!!", "damaged"),
        ("s=AAAA", "damaged"),
        ("q=nothing", "no scenario 'nothing'"),
        ("q=history&seed=x", "no number"),
        ("q=history&deterrence=lo", "deterrence: no setting 'lo'. Did you mean 'low'"),
        ("q=history&scale=nan", "Expected 0.001 to 1"),
        ("q=history&replicates=64&scale=1", "64 full-size runs"),
    ],
)
def test_a_damaged_link_is_refused_with_the_reason(query: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        from_query(query)


def test_a_link_that_unpacks_to_far_too_much_is_not_unpacked() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b"a" * (100 * MOST))).decode()
    with pytest.raises(InputError, match="damaged"):
        from_query(f"s={bomb}")


def test_a_link_whose_settings_are_damaged_keeps_its_scenario() -> None:
    own = State(opened("prosecute-1326").replace("0.5", "0.4"))
    for query in (f"{to_query(own)}&deterrence=medium", f"{to_query(own)}&scale=7"):
        with pytest.raises(InputError):
            from_query(query)
        assert salvaged(query) == own
    assert salvaged("s=!!&seed=x") == from_query("")


def test_a_step_is_refused_that_leaves_the_bounds_where_the_dial_stands() -> None:
    text = opened("prosecute-1326-deterrence").replace("set:\n      deterrence", "add:\n      deterrence")
    off = acted(State(text), {"do": "amount", "place": 0, "name": DIAL, "operation": "add", "value": "0.28"})
    with pytest.raises(InputError, match="0.361"):
        acted(off, {"do": "settings", "key": "deterrence", "value": "high"})


def test_a_lever_starts_at_what_history_has_where_the_dial_stands() -> None:
    state = acted(State(opened("history"), deterrence="high"), {"do": "lever", "value": DIAL})
    assert [each.number for each in checked(state.text).changes] == [0.081]
