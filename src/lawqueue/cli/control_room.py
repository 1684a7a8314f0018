"""The control room."""

from __future__ import annotations

from typing import Annotated

import typer

from lawqueue.cli.ending import errors, extra

commands = typer.Typer(rich_markup_mode=None)


@commands.command(name="app")
def control_room(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="MODEL",
            help="The model that it opens on: its name, see lawqueue list, or its folder.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 for any free one.")
    ] = 8765,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser on it.")] = True,
) -> None:
    """Serve the control room: a web page with the answers, and levers beside them."""
    with errors(None), extra("app"):
        from lawqueue.app.server import serve  # noqa: PLC0415  # help needs no extra

        serve(port, browser, model)
