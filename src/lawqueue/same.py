"""Objects told apart by what they are, not by what they hold."""

from __future__ import annotations

from typing import Generic, TypeVar

ItT = TypeVar("ItT")


class Same(Generic[ItT]):
    """An object as a key: equal to itself alone, and kept as long as the key is."""

    __slots__ = ("it",)

    def __init__(self, it: ItT) -> None:
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it

    def __hash__(self) -> int:
        return id(self.it)
