"""Start the command line: a Ctrl-C or a SIGTERM while it is still loading ends it quietly too."""

from __future__ import annotations

import io
import os
import signal
import sys
from types import FrameType

from lawqueue.errors import Terminated


def main() -> None:
    """Run the command line."""
    if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # and not closed
            # A terminal that is not UTF-8, or a path that is no text, is no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _exit_code()
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted: nothing was written.\n")
        code = 130
    except Terminated:
        sys.stderr.write("Ended by SIGTERM: nothing was written.\n")
        code = 143
    except OSError as error:
        # What was printed cannot be delivered, now or when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
        if not isinstance(error, BrokenPipeError):
            sys.stderr.write(f"Cannot write to standard output: {(error.strerror or '').lower()}.\n")
    sys.exit(code)


def _exit_code() -> int:
    from lawqueue.cli import app  # noqa: PLC0415  # loading takes a moment, in which a user may stop it

    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    return 0


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # tidying up is not interrupted
    raise Terminated


if __name__ == "__main__":
    main()
