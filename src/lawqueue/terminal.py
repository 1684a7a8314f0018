"""The door through which all text goes to the terminal: tables, messages, usage errors and warnings alike."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from typer.core import TyperGroup

from lawqueue.characters import cleaned


class _Door:
    """A text stream whose every text is cleaned on its way out; else the stream itself."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write a text that is shown and not obeyed."""
        self.stream.write(cleaned(text, self.stream.encoding or "utf-8"))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write several."""
        for each in lines:
            self.write(each)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def guarded() -> Iterator[None]:
    """Let everything that is printed go through the door."""
    out, err = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Door(out), _Door(err)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err


def bare(stream: TextIO) -> TextIO:
    """Return the stream behind the door, for a drawing of our own that moves the cursor."""
    return stream.stream if isinstance(stream, _Door) else stream


class Commands(TyperGroup):
    """Commands whose every word goes through the door."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command."""
        with guarded():
            return super().main(*args, **kwargs)
