"""The server: the control room as a Shiny app, the other pages as plain ones, on this machine only."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import webbrowser
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
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
from lawqueue.app.desk import Desk, Job
from lawqueue.app.rulebook import rules_page
from lawqueue.app.state import State
from lawqueue.app.trust import trust_page
from lawqueue.app.work import Answered, answered, count
from lawqueue.errors import Cancelled, InputError, LawqueueError
from lawqueue.models.us_immigration import model
from lawqueue.report import charts
from lawqueue.report.page import page as report
from lawqueue.study.deterrence import SETTINGS
from lawqueue.study.scenario import known_days
from lawqueue.study.simulate import Settings

FOLDER = Path(__file__).parent
REMEMBERED = 8
"""Full answers that are kept, so that a way back to the page, or a shared link, does not run them again."""
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
    """What all sessions share: the desk for full runs, another for first looks, and the last full answers."""

    def __init__(self) -> None:
        self.full, self.quick = Desk(), Desk()
        self._known: OrderedDict[State, Answered] = OrderedDict()

    def known(self, asked: State) -> Answered | None:
        """Return the full answer to a state if it was run lately."""
        if asked in self._known:
            self._known.move_to_end(asked)
        return self._known.get(asked)

    def remember(self, found: Answered) -> None:
        """Keep a full answer."""
        self._known[found.state] = found
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def made() -> ASGIApp:
    """Return the whole application, for any ASGI server."""
    house = House()
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
            Route("/rules", lambda request: _plain(rules_page, request)),
            Route("/trust", lambda request: _plain(trust_page, request)),
            Mount("/", app=shiny),
        ],
        middleware=[
            # Another site cannot reach the server by giving its own name this machine's address.
            Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"]),
            Middleware(_Headers),
        ],
    )


class _Headers:
    """Tells the browser what it may load, and lets no page of another site speak to a session."""

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

        sent = dict(scope.get("headers", ()))
        origin = sent.get(b"origin")
        if (
            scope["type"] == "websocket"
            and origin is not None
            and urlsplit(origin).netloc != sent.get(b"host")
        ):
            await send({"type": "websocket.close", "code": 1008})
            return
        await self._app(scope, receive, with_headers)


def _plain(page: Any, request: Request) -> Response:
    try:
        return HTMLResponse(page(request.query_params))
    except InputError as error:
        return _fault(request, str(error), 400)


def _missing(request: Request, _: Exception) -> Response:
    return _fault(request, f"There is no page {request.url.path}.", 404)


def _fault(request: Request, fault: str, status: int) -> Response:
    again = status != 404
    title = "Cannot be shown" if again else "Not found"
    page = views.rendered("fault.html.j2", title=title, here=request.url.path, fault=fault, again=again)
    return HTMLResponse(page, status)


def _page(_: Request) -> Tag:
    caps = {
        "replicates": states.MOST_REPLICATES,
        "least": states.LEAST_SCALE,
        "work": states.MOST_WORK,
        "days": known_days(model.parameters()),
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
    trouble: tuple[str, ...] = ()
    with reactive.isolate():
        query = session.clientdata.url_search()
        try:
            first = states.from_query(query)
            states.require_answerable(first)
        except InputError as error:
            first, trouble = states.salvaged(query), _told(error)
        first = replace(first, text=document.owned(first.text))
    state = reactive.value(first)
    refused = reactive.value(trouble)
    levers = reactive.value(0)
    stopped = reactive.value(False)
    shown: reactive.Value[Answered | None] = reactive.value(None)
    jobs: dict[str, Job] = {}

    def stop(*names: str) -> None:
        for name in names:
            if name in jobs:
                jobs.pop(name).cancel()

    session.on_ended(lambda: stop("quick", "full"))

    async def run(name: str, desk: Desk, asked: State, settings: Settings) -> Answered | None:
        """Make an answer when its turn comes; None if it was cancelled."""
        job = jobs[name] = Job(count(document.checked(asked.text), settings))
        try:
            return await desk.run(job, lambda: answered(asked, settings, job.stop, job.step))
        except Cancelled:
            return None
        finally:
            if jobs.get(name) is job:
                del jobs[name]

    @reactive.extended_task
    async def look(asked: State) -> Answered | None:
        return await run("quick", house.quick, asked, asked.quick(CORES))

    @reactive.extended_task
    async def full(asked: State) -> Answered | None:
        return await run("full", house.full, asked, asked.full(CORES))

    @reactive.extended_task
    async def draw(found: Answered) -> tuple[Answered, str]:
        return found, await asyncio.to_thread(
            lambda: views.rendered("detail.html.j2", **views.detail(found, files))
        )

    # --- what the user does

    @reactive.effect
    @reactive.event(inputs.act)
    def _act() -> None:
        act = inputs.act()
        if not isinstance(act, Mapping):
            return
        if act.get("do") == "run":
            if full.status() != "running":
                stopped.set(False)
                full.invoke(state())
        elif act.get("do") == "cancel":
            stop("full")
        else:
            try:
                following = acts.acted(state(), act)
            except InputError as error:
                refused.set(_told(error, placed=act.get("do") == "file"))
                levers.set(levers() + 1)  # the fields show again what holds
                return
            refused.set(())
            if act.get("do") not in acts.QUIET:
                levers.set(levers() + 1)
            state.set(following)

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
        scenario = document.checked(asked.text)
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
        status = task.status()
        with reactive.isolate():
            if status == "success":
                found = task.result()
                if found is not None and task is full:
                    house.remember(found)
                if found is not None and found.state == state():
                    shown.set(found)
            elif status == "error":
                error = task.error()
                known = isinstance(error, LawqueueError)
                refused.set(
                    _told(error)
                    if known
                    else ("The run failed; the terminal of lawqueue app has the details.",)
                )
                if not known:
                    logging.getLogger("lawqueue.app").error("a run failed", exc_info=error)

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
            text = "Calculating an approximate answer."
            if found is None:
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
    async def _progress() -> None:
        if full.status() != "running":
            return
        reactive.invalidate_later(LOOK)
        job = jobs.get("full")
        place = None if job is None else house.full.place(job)
        if job is None or place is None:
            return
        waiting = f"In line: {place} run{'s' if place > 1 else ''} before yours."
        await session.send_custom_message(
            "progress",
            {
                "text": waiting if place else "Running in full.",
                "count": "" if place else f"{job.done} of {job.total} replicates",
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
        panel = views.panel(document.checked(asked.text), asked.history)
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
        return await asyncio.to_thread(_file, asked, found, dict(request.query_params))

    files = session.dynamic_route("file", fetch)  # type: ignore[arg-type]  # it awaits what the handler returns


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
    name = document.file_name(document.checked(asked.text)).removesuffix(".yaml")
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
        config = uvicorn.Config(made(), log_level="warning", access_log=False)
        with suppress(KeyboardInterrupt):  # the ordinary end
            uvicorn.Server(config).run(sockets=[listener])
