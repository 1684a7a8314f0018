"""Where a piece of text stands in a YAML file, so that a fault inside it can be pointed at."""

from __future__ import annotations

from dataclasses import dataclass

from lawqueue.errors import Problem
from lawqueue.files import Document, Location, pointing


@dataclass(frozen=True)
class Address:
    """
    The place of one scalar value.

    Parameters
    ----------
    file
        The file as the user named it.
    line, column
        Where the value starts, counted from 1: its first letter, its quote, or its `>` or `|`.
    label
        The key that holds the value, put in front of messages.
    raw
        The text of the file from that start on; empty for text that came from no file.
    """

    file: str = "<rule>"
    line: int = 1
    column: int = 1
    label: str = ""
    raw: str = ""

    @classmethod
    def of(cls, document: Document, location: Location) -> Address:
        """Return the address of the value at `location` in `document`."""
        line, column = document.where(location)
        raw = document.from_there(location)
        return cls(document.name, line, column, ".".join(map(str, location)), raw)

    def problem(self, text: str, offset: int, message: str) -> Problem:
        """
        Return a fault at the character number `offset` of `text`, the value that stands here.

        Notes
        -----
        Quotes, folding and indentation are skipped by walking through the file and the value together,
        letter by letter, and ignoring white space; escapes in double quotes are not undone.
        """
        line, column = self._place(text, offset)
        from_line_1 = "\n" * (self.line - 1) + " " * (self.column - 1) + (self.raw or text)
        told = pointing(f"{self.label}: {message}" if self.label else message, from_line_1, line)
        return Problem(self.file, line, column, told)

    def _place(self, text: str, offset: int) -> tuple[int, int]:
        if not self.raw:
            before = text[:offset]
            line_start = before.rfind("\n") + 1
            column = offset - line_start + 1
            return self.line + before.count("\n"), column if line_start else column + self.column - 1
        at_end = offset >= len(text.rstrip())
        wanted = [letter for letter in text[: offset + 1] if not letter.isspace()]
        position, last = self._header(), -1
        for letter in wanted:
            found = self.raw.find(letter, position)
            if found < 0:
                break
            position, last = found + 1, found
        if last < 0:
            return self.line, self.column
        last += 1 if at_end else 0
        before = self.raw[:last]
        line_start = before.rfind("\n") + 1
        column = last - line_start + 1
        return self.line + before.count("\n"), column if line_start else column + self.column - 1

    def _header(self) -> int:
        """Return how many characters of the file come before the first one of the value."""
        first = self.raw[:1]
        if first in {">", "|"}:
            return self.raw.find("\n") + 1
        return 1 if first in {"'", '"'} else 0
