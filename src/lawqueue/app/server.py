"""The server: the control room as a Shiny app, the other pages as plain ones, on this machine only."""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import webbrowser
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

import uvicorn
from shiny import App, Inputs, Outputs, Session, reactive, render
from shiny.ui import HTML, Tag, tags
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lawqueue.app import acts, document, views
from lawqueue.app import state as states
from lawqueue.app.acts import Act
from lawqueue.app.desk import MOST_WAITING, Busy, Desk, Job
from lawqueue.app.rulebook import rules_page
from lawqueue.app.state import Opened, State
from lawqueue.app.trust import trust_page
from lawqueue.app.work import Answered, answered, count
from lawqueue.errors import Cancelled, InputError, LawqueueError
from lawqueue.models import registry
from lawqueue.report import charts
from lawqueue.report.page import page as report
from lawqueue.study.deterrence import SETTINGS
from lawqueue.study.simulate import Settings

Page: TypeAlias = Callable[[Mapping[str, str]], str]
"""A page that is made from the query of its address."""
KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")

FOLDER = Path(__file__).parent
REMEMBERED = 8
"""Full answers that are kept, so that a way back to the page, or a shared link, does not run them again."""
MOST_LINKS = 64
"""Links that are kept with what they open, or why they do not."""
MOST_CONNECTIONS = 256
"""Most requests and sessions at a time."""
MOST_MESSAGE = 8 * document.MOST
"""Longest message of a browser [bytes]: a file in it, each letter of up to four bytes, quoted."""
MOST_INPUTS = 2000
"""Most names of inputs in a session: the page has an act, its fields, and a few facts about each of its parts."""
LOOK = 0.25
"""Time between two looks at how far a run has come [s]."""
CORES = os.cpu_count() or 1
HOST = "127.0.0.1"

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""What the browser may load: nothing from any other host."""


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
        list(views.questions())  # what comes with the package is read before anybody waits for it
        for name in (states.FROM_HISTORY, *document.packaged()):
            states.open_link(f"q={name}")

    def known(self, asked: State) -> Answered | None:
        """Return the full answer to a state if it was run lately."""
        if asked in self._answers:
            self._answers.move_to_end(asked)
        return self._answers.get(asked)

    def remember(self, found: Answered) -> None:
        """Keep a full answer."""
        _keep(self._answers, found.state, found, REMEMBERED)

    async def opened(self, query: str, owner: str) -> Opened:
        """Return what a link opens; one that was opened lately, or refused, costs nothing."""
        if len(query) > states.LONGEST_LINK or states.is_cheap(query):
            return states.open_link(query)
        if query not in self._links:
            found = await self.reading.run(Job(0, owner), lambda: states.open_link(query))
            _keep(self._links, query, found, MOST_LINKS)
        return self._links[query]


def _keep(kept: OrderedDict[KeyT, ValueT], key: KeyT, value: ValueT, most: int) -> None:
    """Put something with what is kept, and let go what was put there first."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)


def made(house: House | None = None) -> ASGIApp:
    """Return the whole application, for any ASGI server; its house is a new one if it is left out."""
    house = house or House()

    def plain(page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return await _plain(page, request, house)

        return answer

    shiny = App(
        _page,
        lambda inputs, output, session: _session(inputs, output, session, house),
        static_assets={"/static": FOLDER / "static"},
    )
    shiny.starlette_app.add_exception_handler(404, _missing)  # whatever no route takes ends there
    shiny.sanitize_errors = True
    shiny.sanitize_error_msg = "Something went wrong here; the terminal of lawqueue app has the details."
    return Starlette(
        routes=[
            Route("/favicon.ico", lambda _: FileResponse(FOLDER / "static" / "icon.svg")),
            Route("/rules", plain(rules_page)),
            Route("/trust", plain(trust_page)),
            Mount("/", app=shiny),
        ],
        middleware=[
            # Another site cannot reach the server by giving its own name this machine's address.
            Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"]),
            Middleware(_Guard),
        ],
    )


class _Guard:
    """
    Tells the browser what it may load, and lets in only what the page itself sends.

    No page of another site speaks to a session, nothing is uploaded (a file comes as text, in a message of bounded
    length), and a message that is none of the page's ends its session.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"content-security-policy", POLICY.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                ]
            await send(message)

        names: set[str] = set()

        async def checked() -> Message:
            while True:
                message = await receive()
                text = message.get("text")
                if message["type"] != "websocket.receive" or _is_of_the_page(text, names):
                    return message
                # Shiny offers to upload what is picked; the page sends it as a text by itself.
                if not (text or "").startswith('{"method":"uploadInit"'):
                    return {"type": "websocket.disconnect", "code": 1008}

        if scope["type"] == "http" and scope["method"] not in {"GET", "HEAD"}:
            await Response("Only reading is allowed here.", 405)(scope, receive, with_headers)
            return
        sent = dict(scope.get("headers", ()))
        origin = sent.get(b"origin")
        if (
            scope["type"] == "websocket"
            and origin is not None
            and urlsplit(origin).netloc != sent.get(b"host")
        ):
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._app(scope, checked if scope["type"] == "websocket" else receive, with_headers)


def _is_of_the_page(text: str | None, names: set[str]) -> bool:
    """Tell whether a message is one that the page sends: inputs, whose names so far are `names`; add its own to them."""
    try:
        message = json.loads(text or "")
    except (ValueError, RecursionError):
        return False
    data = message.get("data") if isinstance(message, dict) else None
    if not isinstance(data, dict) or message.get("method") not in {"init", "update"}:
        return False
    names |= data.keys()
    return len(names) <= MOST_INPUTS


async def _plain(page: Page, request: Request, house: House) -> Response:
    try:
        made = await house.drawing.run(Job(0, "pages"), lambda: page(request.query_params))
    except InputError as error:
        return _fault(request, str(error), 400)
    except Busy as error:
        return _fault(request, str(error), 503)
    return HTMLResponse(made)


def _missing(request: Request, _: Exception) -> Response:
    return _fault(request, f"There is no page {request.url.path}.", 404)


def _fault(request: Request, fault: str, status: int) -> Response:
    again = status == 400
    title = "Cannot be shown" if again else "Not found"
    page = views.rendered("fault.html.j2", title=title, here=request.url.path, fault=fault, again=again)
    return HTMLResponse(page, status)


def _page(_: Request) -> Tag:
    caps = {
        "replicates": states.MOST_REPLICATES,
        "least": states.LEAST_SCALE,
        "work": states.MOST_WORK,
        "days": registry.registered(registry.FIRST).known_days(),
    }
    return tags.html(
        tags.head(HTML(views.rendered("head.html.j2", title="Control room"))),
        tags.body(
            HTML(views.rendered("room.html.j2", questions=list(views.questions()), caps=caps, dial=SETTINGS))
        ),
        lang="en",
    )


def _session(inputs: Inputs, output: Outputs, session: Session, house: House) -> None:
    """Serve one user: a state that is always valid, its answer, and the jobs that make it."""
    state: reactive.Value[State] = reactive.Value()  # unset until the link is read; what reads it waits
    refused: reactive.Value[tuple[str, ...]] = reactive.value(())
    levers = reactive.value(0)
    stopped = reactive.value(False)
    shown: reactive.Value[Answered | None] = reactive.value(None)
    ahead: reactive.Value[int] = reactive.value(0)
    jobs: dict[str, Job] = {}
    at_hand: State  # what the next act starts from
    waiting = 0

    def stop(*names: str) -> None:
        for name in names:
            if name in jobs:
                jobs.pop(name).cancel()

    @session.on_ended
    def _ended() -> None:
        stop(*list(jobs))
        for task in (opening, acting, look, full, draw):
            task.cancel()

    async def run(name: str, desk: Desk, asked: State, settings: Settings) -> Answered | None:
        """Make an answer when its turn comes; None if it was cancelled."""
        job = jobs[name] = Job(count(asked.scenario, settings), session.id)
        try:
            return await desk.run(job, lambda: answered(asked, settings, job.stop, job.step))
        except Cancelled:
            return None
        finally:
            if jobs.get(name) is job:
                del jobs[name]

    @reactive.extended_task
    async def opening(query: str) -> Opened:
        return await house.opened(query, session.id)

    @reactive.extended_task
    async def acting(act: Act) -> tuple[Act, State | InputError]:
        """Return what was done, with the state after it, or why it cannot be done."""
        nonlocal waiting
        try:
            return act, await house.reading.run(Job(0, session.id), lambda: acts.acted(at_hand, act))
        except InputError as error:
            return act, error
        finally:
            waiting -= 1

    @reactive.extended_task
    async def look(asked: State) -> Answered | None:
        return await run("quick", house.quick, asked, asked.quick(CORES))

    @reactive.extended_task
    async def full(asked: State) -> Answered | None:
        return await run("full", house.full, asked, asked.full(CORES))

    @reactive.extended_task
    async def draw(found: Answered) -> tuple[Answered, str]:
        return found, await house.drawing.run(
            Job(0, session.id), lambda: views.rendered("detail.html.j2", **views.detail(found, files))
        )

    # --- what the user does

    with reactive.isolate():
        opening.invoke(session.clientdata.url_search())

    @reactive.effect
    def _opened() -> None:
        if _is_done(opening):
            found = opening.result()
            begin(found.state)
            levers.set(1)
            refused.set(() if found.refused is None else _told(found.refused))

    def begin(following: State) -> None:
        nonlocal at_hand
        at_hand = following
        state.set(following)

    @reactive.effect
    @reactive.event(inputs.act)
    def _act() -> None:
        nonlocal waiting
        act = inputs.act()
        if not isinstance(act, Mapping) or not state.is_set():
            return
        if act.get("do") == "run":
            if full.status() != "running":
                stopped.set(False)
                full.invoke(state())
        elif act.get("do") == "cancel":
            stop("full")
        elif waiting < MOST_WAITING:
            waiting += 1
            acting.invoke(act)
        else:
            refused.set(("Too much was done at once, and the last of it was left out. Do it again.",))

    @reactive.effect
    def _acted() -> None:
        if not _is_done(acting):
            return
        act, following = acting.result()
        with reactive.isolate():
            if isinstance(following, InputError):
                refused.set(_told(following, placed=act.get("do") == "file"))
                levers.set(levers() + 1)  # the fields show again what holds
                return
            refused.set(())
            if act.get("do") not in acts.QUIET:
                levers.set(levers() + 1)
            begin(following)

    def _is_done(task: reactive.ExtendedTask[..., Any]) -> bool:
        """Tell whether a task has a result; if it failed, tell the user why."""
        if task.status() == "error":
            error = task.error()
            known = isinstance(error, LawqueueError)
            refused.set(
                _told(error) if known else ("This failed; the terminal of lawqueue app has the details.",)
            )
            if not known:
                logging.getLogger("lawqueue.app").error("a task of a session failed", exc_info=error)
        return bool(task.status() == "success")

    # --- what follows from it

    @reactive.effect
    def _ask() -> None:
        asked = state()
        with reactive.isolate():
            if "full" in jobs:
                stopped.set(True)
            stop("quick", "full")
            look.cancel()
            known = house.known(asked)
            if known is not None:
                shown.set(known)
            else:
                look.invoke(asked)

    @reactive.effect
    async def _tell() -> None:
        asked, _ = state(), levers()
        scenario = asked.scenario
        await session.send_custom_message(
            "state",
            {
                "query": states.to_query(asked),
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

    @reactive.effect
    def _first_look() -> None:
        _show(look)

    @reactive.effect
    def _whole() -> None:
        _show(full)

    def _show(task: reactive.ExtendedTask[[State], Answered | None]) -> None:
        if not _is_done(task):
            return
        with reactive.isolate():
            found = task.result()
            if found is not None and task is full:
                house.remember(found)
            if found is not None and found.state == state():
                shown.set(found)

    @reactive.effect
    def _draw() -> None:
        found = shown()
        if found is not None:
            with reactive.isolate():
                draw.cancel()
                draw.invoke(found)

    # --- what the user sees

    @reactive.effect
    async def _status() -> None:
        found, asked = shown(), state()
        running = full.status() == "running"
        whole = found is not None and found.state == asked and not found.is_approximate
        if look.status() == "running":
            text = (
                f"In line for a first look: {ahead()} ahead of you."
                if ahead()
                else "Calculating an approximate answer."
            )
            if found is None and not ahead():
                text += " The first one after an installation takes about ten seconds."
        elif whole:
            text = "Answer of the full run."
        else:
            text = f"Approximate answer, from a small run. The full run takes {views.made_of(asked)}."
        if stopped() and not whole:
            text = f"The full run was stopped, as something else is asked. {text}"
        await session.send_custom_message(
            "status",
            {
                "text": text,
                "running": running,
                "ready": not running and not whole,
                "old": found is None or found.state != asked,
                "drawing": draw.status() != "success" or draw.result()[0] is not found,
            },
        )

    @reactive.effect
    def _ahead() -> None:
        """Look how many first looks come before this one, as long as it is waited for."""
        if look.status() == "running":
            reactive.invalidate_later(LOOK)
        job = jobs.get("quick")
        ahead.set(0 if job is None else house.quick.place(job) or 0)

    @reactive.effect
    async def _progress() -> None:
        if full.status() != "running":
            return
        reactive.invalidate_later(LOOK)
        job = jobs.get("full")
        place = None if job is None else house.full.place(job)
        if job is None or place is None:
            return
        await session.send_custom_message(
            "progress",
            {
                "text": f"In line: {place} ahead of you." if place else "Running in full.",
                "count": "" if place else _counted(job),
                "done": job.done,
                "total": job.total,
            },
        )

    @output(id="question_asked")
    @render.ui
    def question() -> HTML:
        return HTML(views.rendered("question.html.j2", **views.question(state())))

    @render.ui
    def changed() -> HTML:
        return HTML(views.rendered("changed.html.j2", **views.question(state())))

    @render.ui
    def headline() -> HTML:
        found = shown()
        if found is None:
            return HTML("")
        return HTML(views.rendered("headline.html.j2", **views.headline(found)))

    @render.ui
    def detail() -> HTML:
        return HTML(draw.result()[1])

    @render.ui
    def steps() -> HTML:
        levers()
        with reactive.isolate():
            asked = state()
        panel = views.panel(asked.scenario, asked.history)
        return HTML(views.rendered("steps.html.j2", reforms=list(views.questions()), **panel))

    @render.ui
    def faults() -> HTML:
        return HTML(views.rendered("faults.html.j2", heading="This was not done:", faults=refused()))

    @render.ui
    def file() -> HTML:
        return HTML(views.rendered("file.html.j2", **views.take(state(), shown(), files)))

    async def fetch(request: Request) -> Response:
        with reactive.isolate():
            asked, found = state(), shown()
        wanted = dict(request.query_params)
        try:
            return await house.drawing.run(Job(0, session.id), lambda: _file(asked, found, wanted))
        except Busy as error:
            return Response(str(error), 503, media_type="text/plain")

    files = session.dynamic_route("file", fetch)  # type: ignore[arg-type]  # it awaits what the handler returns


def _counted(job: Job) -> str:
    """Return how far a run is, and about how long the rest takes."""
    left = f", about {job.left} left" if job.left else ""
    return f"{job.done} of {job.total} replicates{left}"


def _question(asked: State) -> str:
    """Return which question of the list a state is, or nothing if it is the user's own."""
    return states.FROM_HISTORY if asked.text == document.BLANK else asked.package_name or ""


def _told(error: BaseException, *, placed: bool = True) -> tuple[str, ...]:
    """Return every fault as a line, with its place in the file if the user has that before them."""
    problems = error.problems if isinstance(error, InputError) else ()
    return tuple(str(each) if placed else each.message for each in problems) or (str(error),)


def _file(asked: State, found: Answered | None, wanted: Mapping[str, str]) -> Response:
    """Return a file of a session: the scenario, the report, or a chart or table of the answer that is shown."""
    what, kind, series = (wanted.get(key, "") for key in ("what", "as", "series"))
    name = document.file_name(asked.scenario).removesuffix(".yaml")
    if (what, kind) == ("scenario", "yaml"):
        return _attached(asked.text.encode(), f"{name}.yaml", "application/yaml")
    if found is None:
        return Response("There is no answer yet.", 404, media_type="text/plain")
    stem = "-".join(filter(None, (name, series, what)))
    try:
        if (what, kind) == ("report", "html"):
            return _attached(report(found.study).encode(), f"{name}-report.html", "text/html")
        if kind == "csv":
            return _attached(views.table(found, what, series).encode(), f"{stem}.csv", "text/csv")
        if kind in {"svg", "png"}:
            spec, title = views.chart(found, what, series)
            image = charts.file(
                charts.poster(spec, title, views.note(found)), "png" if kind == "png" else "svg"
            )
            return _attached(image, f"{stem}.{kind}", "image/png" if kind == "png" else "image/svg+xml")
    except (KeyError, ValueError):
        pass
    return Response("There is no such file.", 404, media_type="text/plain")


def _attached(content: bytes, name: str, kind: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=kind, headers=headers)


def serve(port: int, browser: bool) -> None:
    """
    Serve the control room on this machine until it is stopped.

    Parameters
    ----------
    port
        Where; 0 for any that is free.
    browser
        Whether to open a browser on it.

    Raises
    ------
    InputError
        If the port is taken.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise InputError(f"port {port} is taken. Give another --port.") from error
        listener.listen()
        address = f"http://{HOST}:{listener.getsockname()[1]}/"
        sys.stderr.write(f"Control room: {address} (Ctrl-C ends it)\n")
        if browser:
            webbrowser.open(address)  # it waits in line until the server is up
        config = uvicorn.Config(
            made(),
            log_level="warning",
            access_log=False,
            limit_concurrency=MOST_CONNECTIONS,
            ws_max_size=MOST_MESSAGE,
            ws_max_queue=8,
        )
        with suppress(KeyboardInterrupt):  # the ordinary end
            uvicorn.Server(config).run(sockets=[listener])
