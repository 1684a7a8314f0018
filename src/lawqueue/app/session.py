"""One user: a state that is always valid, its answer, the jobs that make it, and what the page shows of them."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from shiny import Inputs, Session, reactive, render
from shiny.ui import HTML
from starlette.requests import Request
from starlette.responses import Response

from lawqueue.app import acts, document, files, views
from lawqueue.app import state as states
from lawqueue.app.acts import Act
from lawqueue.app.desk import MOST_WAITING, Busy, Desk, Job
from lawqueue.app.house import House
from lawqueue.app.state import Opened, State
from lawqueue.app.work import Answered, answered, count
from lawqueue.errors import Cancelled, InputError, LawqueueError
from lawqueue.study.simulate import Settings

LOOK = 0.25
"""Time between two looks at how far a run has come [s]."""
CORES = os.cpu_count() or 1


class Visit:
    """
    One user from the first to the last message.

    What the user does changes `state`; a first look follows by itself, and a run in full when it is asked for; `shown`
    is the answer on the page, of this state or of one before it. What is slow is a task: it is done at a desk of the
    house, while the event loop answers everybody.

    Parameters
    ----------
    session
        The connection to the browser.
    house
        What is shared with the other users.
    """

    def __init__(self, session: Session, house: House) -> None:
        self._session, self._house = session, house
        self.state: reactive.Value[State] = (
            reactive.Value()
        )  # unset until the link is read; what reads it waits
        self.refused: reactive.Value[tuple[str, ...]] = reactive.Value(())
        self.shown: reactive.Value[Answered | None] = reactive.Value(None)
        self.levers = reactive.Value(0)
        """Grows when the levers are to be drawn anew."""
        self.stopped = reactive.Value(False)
        """Whether a run in full was stopped because something else is asked."""
        self.ahead = reactive.Value(0)
        """First looks that come before this one."""
        self._at_hand: State | None = None  # what the next act starts from
        self._waiting = 0
        self._jobs: dict[str, Job] = {}
        self.opening = reactive.extended_task(self._open)
        self.acting = reactive.extended_task(self._do)
        self.look = reactive.extended_task(self._look)
        self.full = reactive.extended_task(self._run_in_full)
        self.draw = reactive.extended_task(self._draw)
        self.files = session.dynamic_route("file", self._fetch)  # type: ignore[arg-type]  # it awaits what the handler returns

    def begin(self, inputs: Inputs) -> None:
        """Read the link, and from then on do what the user does and show what follows."""
        self._session.on_ended(self._end)
        with reactive.isolate():
            self.opening.invoke(self._session.clientdata.url_search())
        reactive.effect(reactive.event(inputs.act)(lambda: self._take(inputs.act())))
        effects: tuple[Callable[[], None] | Callable[[], Awaitable[None]], ...] = (
            self._opened,
            self._done,
            self._ask,
            self._looked,
            self._ran,
            self._redraw,
            self._count_ahead,
            self._tell_state,
            self._tell_status,
            self._tell_progress,
        )
        for each in effects:
            reactive.effect(each)
        for part in (
            self.question_asked,
            self.changed,
            self.headline,
            self.detail,
            self.steps,
            self.faults,
            self.file,
        ):
            render.ui(part)  # it fills the part of the page whose id is its name

    def _end(self) -> None:
        self._stop(*list(self._jobs))
        for task in (self.opening, self.acting, self.look, self.full, self.draw):
            task.cancel()

    def _stop(self, *names: str) -> None:
        for name in names:
            if name in self._jobs:
                self._jobs.pop(name).cancel()

    # --- tasks

    async def _open(self, query: str) -> Opened:
        return await self._house.opened(query, self._session.id)

    async def _do(self, act: Act) -> tuple[Act, State | InputError]:
        """Return what was done, with the state after it, or why it cannot be done."""
        try:
            job = Job(0, self._session.id)
            return act, await self._house.reading.run(job, lambda: acts.acted(self._started_from(), act))
        except InputError as error:
            return act, error
        finally:
            self._waiting -= 1

    def _started_from(self) -> State:
        assert self._at_hand is not None  # nothing is done before the link is read
        return self._at_hand

    async def _look(self, asked: State) -> Answered | None:
        return await self._answer("quick", self._house.quick, asked, asked.quick(CORES))

    async def _run_in_full(self, asked: State) -> Answered | None:
        return await self._answer("full", self._house.full, asked, asked.full(CORES))

    async def _answer(self, name: str, desk: Desk, asked: State, settings: Settings) -> Answered | None:
        """Make an answer when its turn comes; None if it was cancelled."""
        job = self._jobs[name] = Job(count(asked.scenario, settings), self._session.id)
        try:
            return await desk.run(job, lambda: answered(asked, settings, job.stop, job.step))
        except Cancelled:
            return None
        finally:
            if self._jobs.get(name) is job:
                del self._jobs[name]

    async def _draw(self, found: Answered) -> tuple[Answered, str]:
        job = Job(0, self._session.id)
        return found, await self._house.drawing.run(
            job, lambda: views.rendered("detail.html.j2", **views.detail(found, self.files))
        )

    def _is_done(self, task: reactive.ExtendedTask[..., Any]) -> bool:
        """Tell whether a task has a result; if it failed, tell the user why."""
        if task.status() == "error":
            error = task.error()
            known = isinstance(error, LawqueueError)
            failed = ("This failed; the terminal of lawqueue app has the details.",)
            self.refused.set(_told(error) if known else failed)
            if not known:
                logging.getLogger("lawqueue.app").error("a task of a session failed", exc_info=error)
        return bool(task.status() == "success")

    # --- what the user does

    def _take(self, act: object) -> None:
        """Take an act of the user in hand."""
        if not isinstance(act, Mapping) or not self.state.is_set():
            return
        if act.get("do") == "run":
            if self.full.status() != "running":
                self.stopped.set(False)
                self.full.invoke(self.state())
        elif act.get("do") == "cancel":
            self._stop("full")
        elif self._waiting < MOST_WAITING:
            self._waiting += 1
            self.acting.invoke(act)
        else:
            self.refused.set(("Too much was done at once, and the last of it was left out. Do it again.",))

    def _opened(self) -> None:
        """Begin with what the link opens."""
        if self._is_done(self.opening):
            found = self.opening.result()
            self._follow(found.state)
            self.levers.set(1)
            self.refused.set(() if found.refused is None else _told(found.refused))

    def _done(self) -> None:
        """Go on to the state after an act, or tell why it was refused."""
        if not self._is_done(self.acting):
            return
        act, following = self.acting.result()
        with reactive.isolate():
            if isinstance(following, InputError):
                self.refused.set(_told(following, placed=act.get("do") == "file"))
                self.levers.set(self.levers() + 1)  # the fields show again what holds
                return
            self.refused.set(())
            if act.get("do") not in acts.QUIET:
                self.levers.set(self.levers() + 1)
            self._follow(following)

    def _follow(self, following: State) -> None:
        self._at_hand = following
        self.state.set(following)

    # --- what follows from it

    def _ask(self) -> None:
        """Ask for the answer to the state: a full one that is known, or a first look."""
        asked = self.state()
        with reactive.isolate():
            if "full" in self._jobs:
                self.stopped.set(True)
            self._stop("quick", "full")
            self.look.cancel()
            known = self._house.known(asked)
            if known is not None:
                self.shown.set(known)
            else:
                self.look.invoke(asked)

    def _looked(self) -> None:
        self._show(self.look)

    def _ran(self) -> None:
        self._show(self.full)

    def _show(self, task: reactive.ExtendedTask[[State], Answered | None]) -> None:
        """Show what a task found, if it is still asked for; keep what was run in full."""
        if not self._is_done(task):
            return
        with reactive.isolate():
            found = task.result()
            if found is not None and task is self.full:
                self._house.remember(found)
            if found is not None and found.state == self.state():
                self.shown.set(found)

    def _redraw(self) -> None:
        found = self.shown()
        if found is not None:
            with reactive.isolate():
                self.draw.cancel()
                self.draw.invoke(found)

    def _count_ahead(self) -> None:
        """Look how many first looks come before this one, as long as it is waited for."""
        if self.look.status() == "running":
            reactive.invalidate_later(LOOK)
        job = self._jobs.get("quick")
        self.ahead.set(0 if job is None else self._house.quick.place(job) or 0)

    # --- what the user is told

    async def _tell_state(self) -> None:
        asked, _ = self.state(), self.levers()
        scenario = asked.scenario
        await self._session.send_custom_message(
            "state",
            {
                "query": states.to_query(asked),
                "model": scenario.model.name,
                "question": _question(asked),
                "seed": asked.seed,
                "replicates": asked.replicates,
                "scale": asked.scale,
                "deterrence": asked.deterrence,
                "from": scenario.start.isoformat(),
                "to": scenario.text.end.isoformat(),
                "history": views.histories(scenario, asked.history),
            },
        )

    async def _tell_status(self) -> None:
        found, asked = self.shown(), self.state()
        running = self.full.status() == "running"
        whole = found is not None and found.state == asked and not found.is_approximate
        await self._session.send_custom_message(
            "status",
            {
                "text": self._status(asked, found, whole),
                "running": running,
                "ready": not running and not whole,
                "old": found is None or found.state != asked,
                "drawing": self.draw.status() != "success" or self.draw.result()[0] is not found,
            },
        )

    def _status(self, asked: State, found: Answered | None, whole: bool) -> str:
        """Say what stands on the page, or what is waited for."""
        if self.look.status() == "running":
            if self.ahead():
                text = f"In line for a first look: {self.ahead()} ahead of you."
            else:
                text = "Calculating an approximate answer."
                if found is None:
                    text += " The first one after an installation takes about ten seconds."
        elif whole:
            text = "Answer of the full run."
        else:
            text = f"Approximate answer, from a small run. The full run takes {views.made_of(asked)}."
        stopped = "The full run was stopped, as something else is asked. "
        return stopped + text if self.stopped() and not whole else text

    async def _tell_progress(self) -> None:
        """Tell how far the run in full has come, as long as it runs."""
        if self.full.status() != "running":
            return
        reactive.invalidate_later(LOOK)
        job = self._jobs.get("full")
        place = None if job is None else self._house.full.place(job)
        if job is None or place is None:
            return
        await self._session.send_custom_message(
            "progress",
            {
                "text": f"In line: {place} ahead of you." if place else "Running in full.",
                "count": "" if place else _counted(job),
                "done": job.done,
                "total": job.total,
            },
        )

    # --- what the user sees

    def question_asked(self) -> HTML:
        """Fill in what is asked."""
        return _filled("question", **views.question(self.state()))

    def changed(self) -> HTML:
        """Fill in what is changed to answer it."""
        return _filled("changed", **views.question(self.state()))

    def headline(self) -> HTML:
        """Fill in the answer in a sentence and in cards; nothing before the first."""
        found = self.shown()
        return HTML("") if found is None else _filled("headline", **views.headline(found))

    def detail(self) -> HTML:
        """Fill in what is below it, which is drawn at a desk."""
        return HTML(self.draw.result()[1])

    def steps(self) -> HTML:
        """Fill in the levers, anew only when they do not show by themselves what was done."""
        self.levers()
        with reactive.isolate():
            asked = self.state()
        return _filled("steps", **views.panel(asked.scenario, asked.history))

    def faults(self) -> HTML:
        """Fill in what was refused."""
        return _filled("faults", heading="This was not done:", faults=self.refused())

    def file(self) -> HTML:
        """Fill in what can be taken away."""
        return _filled("file", **views.take(self.state(), self.shown(), self.files))

    async def _fetch(self, request: Request) -> Response:
        """Return a file that the user takes away."""
        with reactive.isolate():
            asked, found = self.state(), self.shown()
        wanted = dict(request.query_params)
        try:
            job = Job(0, self._session.id)
            return await self._house.drawing.run(job, lambda: files.file(asked, found, wanted))
        except Busy as error:
            return Response(str(error), 503, media_type="text/plain")


def _filled(template: str, **context: Any) -> HTML:
    return HTML(views.rendered(f"{template}.html.j2", **context))


def _counted(job: Job) -> str:
    """Return how far a run is, and about how long the rest takes."""
    left = f", about {job.left} left" if job.left else ""
    return f"{job.done} of {job.total} replicates{left}"


def _question(asked: State) -> str:
    """Return which question of the list a state is, or nothing if it is the user's own."""
    if asked.packaged is not None:
        return asked.packaged.name
    return states.FROM_HISTORY if document.is_blank(asked.text) else ""


def _told(error: BaseException, *, placed: bool = True) -> tuple[str, ...]:
    """Return every fault as a line, with its place in the file if the user has that before them."""
    problems = error.problems if isinstance(error, InputError) else ()
    return tuple(str(each) if placed else each.message for each in problems) or (str(error),)
