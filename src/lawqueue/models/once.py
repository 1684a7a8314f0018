"""
A step of a model is taken once for all worlds that are alike in what it reads.

The worlds of one draw differ in few inputs: a scenario moves a parameter, or a rule. What a step reads is noted while
it is taken, where a world hands it out, and a world in which all of that is the same is given what was made before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from lawqueue.same import Same

if TYPE_CHECKING:
    from lawqueue.models.world import World

Input: TypeAlias = tuple[str, Hashable]
"""Kind of an input, and its name."""
Reads: TypeAlias = Mapping[Input, Hashable]
"""Inputs that were read, and what tells them from others."""
StepT = TypeVar("StepT", bound=Callable[..., Any])


@dataclass(frozen=True)
class Taken:
    """A step that was taken: what it was given and read, and what it made."""

    given: Hashable
    reads: Reads
    made: Any


@dataclass
class Memory:
    """Steps that were taken in worlds that differ in some inputs; threads may share it."""

    MOST = 12
    """Worlds for which the outcome of a step is kept, the last ones."""

    _taken: dict[Callable[..., Any], tuple[Taken, ...]] = field(default_factory=dict)

    def found(self, step: Callable[..., Any], given: Hashable, world: World) -> Taken | None:
        """Return the step as it was taken in a world that is the same in all that it read, if there was one."""
        for each in self._taken.get(step, ()):
            if each.given == given and all(world.told(read) == then for read, then in each.reads.items()):
                return each
        return None

    def keep(self, step: Callable[..., Any], taken: Taken) -> None:
        """Keep a step that was taken."""
        self._taken[step] = (taken, *self._taken.get(step, ()))[: self.MOST]


class Notes:
    """What is read of a world: in all, and by each step under way."""

    def __init__(self) -> None:
        self.every: dict[Input, Hashable] = {}
        self._under_way: list[dict[Input, Hashable]] = []

    def add(self, reads: Reads) -> None:
        """Note inputs for the innermost step that is under way."""
        for noted in (self.every, *self._under_way[-1:]):
            noted.update(reads)

    @contextmanager
    def reading(self) -> Iterator[Reads]:
        """Note what is read meanwhile; whatever this is part of has read it too."""
        reads: dict[Input, Hashable] = {}
        self._under_way.append(reads)
        try:
            yield reads
        finally:
            self._under_way.pop()
            self.add(reads)


def once(step: StepT) -> StepT:
    """Take a step, a function of a world, once for all worlds of a memory that are alike in what it reads."""

    @wraps(step)
    def taken(world: World, *given: object) -> Any:
        fixed = (*world.fixed, *map(Same, given))
        found = world.memory.found(step, fixed, world)
        if found is None:
            with world.notes.reading() as reads:
                made = step(world, *given)
            found = Taken(fixed, reads, made)
            world.memory.keep(step, found)
        else:
            world.notes.add(found.reads)
        return found.made

    return taken  # type: ignore[return-value]  # it is called as the step is
