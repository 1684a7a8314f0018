"""
The errors that a caller may catch.

```
LawqueueError
├── InputError       a file, an option or a value that the user gave; exit code 2
│   └── SpecError    a caseload network that cannot be simulated as described
├── RunError         a simulation that could not be finished; exit code 1
└── Cancelled        the user stopped it; exit code 130
```

A bug in this package stays an `AssertionError`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_LONGEST = 1000
"""Longest message that is shown [characters]: a name in a file may be as long as the file."""


class LawqueueError(Exception):
    """Root of every error that this package raises on purpose."""


@dataclass(frozen=True, order=True)
class Problem:
    """
    One fault in one place of one file.

    Parameters
    ----------
    file
        The file as the user named it.
    line, column
        Where the fault starts, counted from 1.
    message
        What is wrong, which value, what was expected, what to do.
    """

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        told = self.message if len(self.message) <= _LONGEST else f"{self.message[:_LONGEST]} …"
        return " ".join(f"{self.file}:{self.line}:{self.column}: {told}".splitlines())


class InputError(LawqueueError):
    """
    Input that cannot be used, with every fault found in it.

    Parameters
    ----------
    problems
        The faults in the order in which they are to be read, or one message without a place.
    """

    def __init__(self, problems: str | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = () if isinstance(problems, str) else tuple(sorted(set(problems)))
        message = problems if isinstance(problems, str) else "\n".join(map(str, self.problems))
        super().__init__(message)


class SpecError(InputError):
    """A caseload network that cannot be simulated as described."""


class RunError(LawqueueError):
    """A simulation that could not be finished."""


class Cancelled(LawqueueError):
    """The user stopped the work."""


class Terminated(BaseException):
    """The system asked the command to end, with SIGTERM. Like a Ctrl-C it is no error, and nothing catches it in passing."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """
    Return a sentence that offers the nearest known name, or lists a few of them.

    Examples
    --------
    >>> did_you_mean("bedz", ["beds", "judges"])
    "Did you mean 'beds'?"
    >>> did_you_mean("decline-2021", ["judge-alone-20", "more-judges"])
    "Known: 'judge-alone-20', 'more-judges'."
    """
    names = sorted(set(known))
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.75) or difflib.get_close_matches(
        # Of what is less near, only what begins alike, or holds the whole of it but its ending, is no accident.
        name,
        [each for each in names if each[:1] == name[:1] or (len(name) > 3 and name[:-1] in each)],
        n=1,
        cutoff=0.6,
    )
    if close:
        return f"Did you mean {close[0]!r}?"
    shown = ", ".join(repr(each) for each in names[:8])
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"Known: {shown}{more}."


@contextmanager
def writing(what: str, advice: str) -> Iterator[None]:
    """
    Let something be written; if it cannot be, say so, why, and what to do.

    Raises
    ------
    InputError
        In place of the `OSError` within.
    """
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"cannot write {what}: {reason}. {advice}") from error


def shown(path: Path) -> str:
    """Return a path as a reader would type it: relative to the working folder where that is shorter."""
    with suppress(ValueError, OSError):  # it lies elsewhere, or there is no working folder any more
        path = path.absolute().relative_to(Path.cwd())
    # A name may hold bytes that are no text.
    return str(path).encode("utf-8", "backslashreplace").decode()
