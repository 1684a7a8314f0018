"""Commands that are loaded when they are asked for: help on all of them loads no library that simulates."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from typer.core import TyperCommand
from typer.main import get_group

from lawqueue.cli.ending import errors


class Lazy(TyperCommand):
    """
    A command, or a group of them, known by its name and its help until it is asked for.

    Parameters
    ----------
    name
        What a user types.
    help
        What it does, as the command itself says in its first line.
    module
        The module of this package that holds it, as one of its `commands`.
    """

    def __init__(self, name: str, help: str, module: str) -> None:  # noqa: A002  # click's name
        super().__init__(name, help=help, rich_markup_mode=None)
        self.module = module

    def loaded(self) -> Any:
        """Return the command itself."""
        with errors():
            group = get_group(import_module(f"{__package__}.{self.module}").commands)
        return group.commands.get(str(self.name), group)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **more: Any) -> Any:
        """Load the command, and read its arguments."""
        return self.loaded().make_context(info_name, args, parent, **more)
