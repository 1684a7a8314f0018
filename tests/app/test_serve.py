"""The command that serves the page: what it says when it cannot."""

from __future__ import annotations

import socket
import sys

import pytest
from typer.testing import CliRunner

from lawqueue.cli import app


def test_without_its_library_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shiny", None)
    monkeypatch.delitem(sys.modules, "lawqueue.app.server", raising=False)
    told = CliRunner().invoke(app, ["app", "--no-browser"])
    assert told.exit_code == 1
    assert told.stderr == (
        "The run failed: shiny is not installed. Install it with: pip install 'lawqueue[app]'.\n"
    )


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = CliRunner().invoke(app, ["app", "--no-browser", "--port", str(port)])
    assert told.exit_code == 2
    assert told.stderr == f"port {port} is taken. Give another --port.\n"
