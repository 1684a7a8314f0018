"""A step is taken once for worlds that are alike in what it reads, and again for every other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from lawqueue.engine.compile import Compiled, compile_network
from lawqueue.models import registry
from lawqueue.models.once import Memory, once
from lawqueue.models.world import World
from lawqueue.rules import ParameterBook
from lawqueue.study import library
from lawqueue.study.simulate import changed_world, related

MODEL = registry.registered("us-immigration")
START, END = date(2020, 10, 1), date(2021, 10, 1)


def plan(world: World) -> Compiled:
    return compile_network(MODEL.network(world), 0.01)


def assert_same(one: Compiled, other: Compiled) -> None:
    for name, mine, yours in zip(one.plan._fields, one.plan, other.plan, strict=True):
        np.testing.assert_array_equal(mine, yours, err_msg=name)
    np.testing.assert_array_equal(one.stock, other.stock)


def moved(book: ParameterBook, name: str) -> ParameterBook:
    """Return a book in which one parameter has 0.9 of each of its values, or a little more than 0."""
    written = book.parameter(name)
    values = [each.model_copy(update={"value": each.value * 0.9 or 0.01}) for each in written.values]
    return replace(book, parameters=book.parameters | {name: replace(written, values=tuple(values))})


def test_scenarios_that_share_steps_have_the_networks_of_their_own() -> None:
    scenarios = library.loaded(library.found("town-hall-2021")[0])
    every = [each.every for each in scenarios]
    span = scenarios[0].start, scenarios[0].end
    for world in related(MODEL, MODEL.parameters(), ((), *every), *span):
        assert_same(plan(world), plan(replace(world, memory=Memory())))


def test_no_parameter_is_read_unnoticed() -> None:
    world = changed_world(MODEL, MODEL.parameters(), (), START, date(2020, 11, 1))
    plan(world)
    for name in MODEL.parameters().names[::10]:
        for which in ("book", "history"):
            other = replace(world, **{which: moved(world.book, name)})
            assert_same(plan(other), plan(replace(other, memory=Memory())))


def test_no_rule_and_no_statute_is_read_unnoticed() -> None:
    world = changed_world(MODEL, MODEL.parameters(), (), START, END)
    plan(world)
    calendar = tuple(
        (first, after, MODEL.guidelines()["2014-11-20-johnson"]) for first, after, _ in world.calendar
    )
    others = [replace(world, calendar=calendar)]
    for question in world.law:
        left = {each: spells for each, spells in world.law.items() if each != question}
        others += [replace(world, law=left), replace(world, law_in_history=left)]
    for other in others:
        assert_same(plan(other), plan(replace(other, memory=Memory())))


def test_a_step_is_taken_again_only_where_it_reads_otherwise() -> None:
    taken: list[World] = []
    names = MODEL.parameters().names
    world = changed_world(MODEL, MODEL.parameters(), (), START, END)

    @once
    def reads(world: World) -> float:
        taken.append(world)
        return float(world.daily(names[0])[0])

    @once
    def through(world: World) -> float:
        return reads(world)

    first = through(world)
    assert through(replace(world)) == first
    assert through(replace(world, book=moved(world.book, names[1]))) == first
    assert len(taken) == 1
    other = replace(world, book=moved(world.book, names[0]))
    assert through(other) != first
    assert len(taken) == 2
