"""Start the command line: a Ctrl-C while it is still loading ends it quietly too."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    try:
        from lawqueue.cli import app  # noqa: PLC0415  # loading takes a moment, in which a user may stop it

        app()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted: nothing was written.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
