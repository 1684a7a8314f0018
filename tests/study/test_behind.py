"""What is behind each edge of a network."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lawqueue.models.crown_court.model import MODEL as COURT
from lawqueue.models.model import Model
from lawqueue.models.us_immigration.model import MODEL as FLAGSHIP
from lawqueue.months import first_of_next_month
from lawqueue.rules import ParameterBook
from lawqueue.study import behind as module
from lawqueue.study.behind import Behind, behind

SPRING_2021 = date(2021, 3, 1)


COUNTS: list[int] = []
MADE: list[None] = []


@pytest.fixture(scope="module")
def flagship() -> Behind:
    return behind(FLAGSHIP, SPRING_2021, COUNTS.append, lambda: MADE.append(None))


def one_at_a_time(model: Model, on: date) -> dict[tuple[str, str, str], set[str]]:
    """Move each parameter by itself, also those that are never read."""
    world = model.world_in_history(on, first_of_next_month(on))
    before = module._prints(model.network(world))
    found: dict[tuple[str, str, str], set[str]] = {part: set() for part in before}
    for each in model.parameters():
        moved = ParameterBook(world.book.parameters | {each.name: module._lessened(each)})
        after = module._prints(model.network(replace(world, book=moved)))
        for part in before:
            if after[part] != before[part]:
                found[part].add(each.name)
    return found


def test_inputs_that_are_moved_together_are_told_apart_as_if_each_were_moved_alone() -> None:
    on = date(2022, 4, 1)
    assert {part: set(names) for part, names in behind(COURT, on).inputs.items()} == one_at_a_time(COURT, on)


def test_far_fewer_networks_are_made_than_there_are_inputs(flagship: Behind) -> None:
    assert len(MADE) == COUNTS[-1] < len(flagship.model.parameters()) / 2


def test_the_provisions_of_the_guideline_in_force_are_behind_who_may_be_arrested(flagship: Behind) -> None:
    names = flagship.inputs["civil_priority", "action", "may_act"]
    assert {"2021-02-18-ice (public_safety)", "guidance.discretion_share"} <= set(names)


def test_a_provision_of_a_statute_is_behind_what_it_allows(flagship: Behind) -> None:
    (names,) = (
        names for (node, to, _), names in flagship.inputs.items() if (node, to) == ("pathway", "expelled")
    )
    assert "42-usc-265 (expelled)" in names


def test_what_money_costs_is_behind_nothing_of_the_network(flagship: Behind) -> None:
    assert any(each.startswith("cost.") for each in flagship.model.parameters().names)
    assert not any(name.startswith("cost.") for names in flagship.inputs.values() for name in names)
