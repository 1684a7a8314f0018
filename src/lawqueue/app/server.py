"""The server: the control room as a Shiny app, the other pages as plain ones, on this machine only."""

from __future__ import annotations

import socket
import sys
import webbrowser
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import uvicorn
from shiny import App
from shiny.ui import HTML, Tag, tags
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from lawqueue.app import document, shelf, views
from lawqueue.app import state as states
from lawqueue.app.desk import Busy, Job
from lawqueue.app.guard import Guard
from lawqueue.app.house import House
from lawqueue.app.rulebook import rules_page
from lawqueue.app.session import Visit
from lawqueue.app.trust import trust_page
from lawqueue.errors import InputError

Page: TypeAlias = Callable[[Mapping[str, str]], str]
"""A page that is made from the query of its address."""

FOLDER = Path(__file__).parent
MOST_CONNECTIONS = 256
"""Most requests and sessions at a time."""
MOST_MESSAGE = 8 * document.MOST
"""Longest message of a browser [bytes]: a file in it, each letter of up to four bytes, quoted."""
HOST = "127.0.0.1"


def made(house: House | None = None) -> ASGIApp:
    """Return the whole application, for any ASGI server; its house is a new one if it is left out."""
    house = house or House()

    def plain(page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return await _plain(page, request, house)

        return answer

    shiny = App(
        _page,
        lambda inputs, _, session: Visit(session, house).begin(inputs),
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
            Middleware(Guard),
        ],
    )


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
    page = views.rendered(
        "fault.html.j2",
        title="Cannot be shown" if again else "Not found",
        here=request.url.path if again else "/",
        model=shelf.asked_for({}),
        fault=fault,
        again=again,
    )
    return HTMLResponse(page, status)


def _page(request: Request) -> Tag:
    """Return the control room of the model that the address names; the session tells what is wrong with an address."""
    try:
        model = shelf.asked_for(request.query_params)
    except InputError:
        model = shelf.asked_for({})
    caps = {
        "replicates": states.MOST_REPLICATES,
        "least": states.LEAST_SCALE,
        "work": states.most_work(model),
        "days": model.known_days(),
    }
    room = views.rendered("room.html.j2", model=model, questions=views.questions(model), caps=caps)
    return tags.html(
        tags.head(HTML(views.rendered("head.html.j2", title=f"Control room: {model.title}"))),
        tags.body(HTML(room)),
        lang="en",
    )


def serve(port: int, browser: bool, model: str | None = None) -> None:
    """
    Serve the control room on this machine until it is stopped.

    Parameters
    ----------
    port
        Where; 0 for any that is free.
    browser
        Whether to open a browser on it.
    model
        On which it opens: a name, or a folder whose code is run; None for the first one.

    Raises
    ------
    InputError
        If the port is taken, there is no such model, or a scenario of one has faults.
    """
    if model is not None:
        shelf.take(model)
    app = made()
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
            app,
            log_level="warning",
            access_log=False,
            limit_concurrency=MOST_CONNECTIONS,
            ws_max_size=MOST_MESSAGE,
            ws_max_queue=8,
        )
        with suppress(KeyboardInterrupt):  # the ordinary end
            uvicorn.Server(config).run(sockets=[listener])
