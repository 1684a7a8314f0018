"""What all sessions share: desks, at which they take turns, and what was found lately."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

from lawqueue.app import shelf, views
from lawqueue.app import state as states
from lawqueue.app.desk import Desk, Job
from lawqueue.app.state import Opened, State
from lawqueue.app.work import Answered

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")

REMEMBERED = 8
"""Full answers that are kept, so that a way back to the page, or a shared link, does not run them again."""
MOST_LINKS = 64
"""Links that are kept with what they open, or why they do not."""


class House:
    """
    What all sessions share: desks, at which sessions take turns, and what was found lately.

    Nothing that a user sends is read, checked, run or drawn on the event loop: each kind of work has a desk, at which
    one thread at a time does it. So no desk waits for another, and the loop answers everybody.
    """

    def __init__(self) -> None:
        self.reading, self.quick, self.full, self.drawing = Desk(), Desk(), Desk(), Desk()
        self._answers: OrderedDict[State, Answered] = OrderedDict()
        self._links: OrderedDict[str, Opened] = OrderedDict()
        for model in shelf.models():  # what comes with the models is read before anybody waits for it
            views.questions(model)
            for name in (states.FROM_HISTORY, *shelf.packaged(model)):
                states.open_link(f"model={model.name}&q={name}")

    def known(self, asked: State) -> Answered | None:
        """Return the full answer to a state if it was run lately."""
        if asked in self._answers:
            self._answers.move_to_end(asked)
        return self._answers.get(asked)

    def remember(self, found: Answered) -> None:
        """Keep a full answer."""
        keep(self._answers, found.state, found, REMEMBERED)

    async def opened(self, query: str, owner: str) -> Opened:
        """Return what a link opens; one that was opened lately, or refused, costs nothing."""
        if len(query) > states.LONGEST_LINK or states.is_cheap(query):
            return states.open_link(query)
        if query not in self._links:
            found = await self.reading.run(Job(0, owner), lambda: states.open_link(query))
            keep(self._links, query, found, MOST_LINKS)
        return self._links[query]


def keep(kept: OrderedDict[KeyT, ValueT], key: KeyT, value: ValueT, most: int) -> None:
    """Put something with what is kept, and let go what was put there first."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
