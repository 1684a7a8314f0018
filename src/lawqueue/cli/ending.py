"""How a command ends: one plain message for each fault, and an exit code.

0 ok, 1 run failed, 2 bad input, 3 a target or a check not met, 130 interrupted, 143 ended by SIGTERM.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from pathlib import Path

import typer

from lawqueue.errors import Cancelled, InputError, LawqueueError, Terminated, shown

OK, FAILED, BAD_INPUT, NOT_MET, INTERRUPTED, TERMINATED = 0, 1, 2, 3, 130, 143


@contextmanager
def errors(interrupted: str | None = "nothing was written.") -> Iterator[None]:
    """Turn errors into one plain message each, and an exit code; `interrupted` is what an end from outside leaves, if anything."""
    try:
        yield
    except InputError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(BAD_INPUT) from error
    except (KeyboardInterrupt, Cancelled):
        typer.echo(_ended("Interrupted", interrupted), err=True)
        raise typer.Exit(INTERRUPTED) from None
    except Terminated:
        typer.echo(_ended("Ended by SIGTERM", interrupted), err=True)
        raise typer.Exit(TERMINATED) from None
    except LawqueueError as error:
        typer.echo(f"The run failed: {error}", err=True)
        raise typer.Exit(FAILED) from error
    except BrokenPipeError:
        raise  # nobody reads what is printed
    except OSError as error:
        where = (
            f"{shown(Path(os.fsdecode(error.filename)))}: " if isinstance(error.filename, str | bytes) else ""
        )
        typer.echo(f"The run failed: {where}{(error.strerror or str(error)).lower()}.", err=True)
        raise typer.Exit(FAILED) from error
    except BrokenExecutor as error:
        typer.echo(
            "The run failed: one of its processes was killed, perhaps for want of memory. "
            f"{(interrupted or '').capitalize()}".rstrip(),
            err=True,
        )
        raise typer.Exit(FAILED) from error


def _ended(how: str, left: str | None) -> str:
    return f"{how}." if left is None else f"{how}: {left}"


@contextmanager
def extra(part: str) -> Iterator[None]:
    """Tell how to install the optional part that a minimal installation lacks."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise LawqueueError(
            f"{error.name} is not installed. Install it with: pip install 'lawqueue[{part}]'."
        ) from error
