"""Links: a state goes into one and comes out the same."""

from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawqueue.app.acts import acted
from lawqueue.app.document import MOST, checked, packaged
from lawqueue.app.state import START, State, from_query, opened, salvaged, to_query
from lawqueue.errors import InputError
from lawqueue.study.deterrence import SETTINGS, Deterrence

DIAL = "deterrence.criminal"


@pytest.mark.parametrize("name", ["history", *sorted(packaged())])
def test_a_packaged_question_travels_by_its_name(name: str) -> None:
    state = State(opened(name))
    assert to_query(state) == f"q={name}"
    assert from_query(f"?q={name}") == state
    assert checked(state.text).text.outcomes


@given(
    text=st.text(st.characters(codec="utf-8"), max_size=400),
    seed=st.integers(0, 2**40),
    replicates=st.integers(1, 64),
    scale=st.sampled_from([0.001, 0.05, 0.1, 0.125]),
    dial=st.sampled_from(SETTINGS),
)
def test_any_text_and_any_settings_come_back_from_a_link(
    text: str, seed: int, replicates: int, scale: float, dial: Deterrence
) -> None:
    state = State(text, seed, replicates, scale, dial)
    assert from_query(to_query(state)) == state


def test_an_empty_link_opens_on_the_first_question() -> None:
    assert from_query("") == State(packaged()[START])


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
