"""What comes in and what goes out: headers of every answer, and messages that the page itself sends."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_INPUTS = 2000
"""Most names of inputs in a session: the page has an act, its fields, and a few facts about each of its parts."""

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""What the browser may load: nothing from any other host."""


class Guard:
    """
    Tells the browser what it may load, and lets in only what the page itself sends.

    No page of another site speaks to a session, nothing is uploaded (a file comes as text, in a message of bounded
    length), and a message that is none of the page's ends its session.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one connection."""

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
