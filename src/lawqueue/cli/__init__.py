"""
The command line: thin. Tables go to standard output, progress and errors to standard error.

One module holds a group of commands, and is loaded when one of them is asked for. How a command ends, and with
which exit code, stands in `ending`.
"""

from __future__ import annotations

from importlib.metadata import version as installed
from typing import Annotated, Any

import typer

from lawqueue.cli.ending import OK
from lawqueue.cli.lazy import Lazy
from lawqueue.terminal import Commands

COMMANDS = (
    Lazy("run", "Simulate a scenario or a set and their baselines; write results and a report.", "run"),
    Lazy("validate", "Check files and print every fault as file:line:col; nothing is run.", "files"),
    Lazy(
        "verify",
        "Check that a results folder holds the files that its record names, as they were written, and no other.",
        "results",
    ),
    Lazy(
        "list",
        "List the models with their scenarios, and the reference models; or the parameters, or the series.",
        "catalogue",
    ),
    Lazy(
        "show",
        "Draw the network of a model, and print each edge with the parameters and provisions behind it.",
        "show",
    ),
    Lazy(
        "app",
        "Serve the control room: a web page with the answers, and levers beside them.",
        "control_room",
    ),
    Lazy("schema", "Print the JSON Schema of scenario, guideline or parameter files, for editors.", "files"),
    Lazy(
        "init",
        "Write a commented scenario or guideline to start from, or a model of your own court from a table.",
        "init",
    ),
    Lazy(
        "calibrate",
        "Fit a model to the outcomes of its fitted years: write the ensemble of parameter sets that agree with them.",
        "fit",
    ),
    Lazy(
        "backtest",
        "Score a model on outcomes to which nothing was fitted, beside naive forecasts.",
        "fit",
    ),
    Lazy(
        "sensitivity",
        "Show what the effect of a scenario hangs on: each parameter, structure, and chance; add it to the report.",
        "sensitivity",
    ),
    Lazy(
        "yield",
        "Show what one more of a resource brings, as a judge, and where the queue goes instead.",
        "resources",
    ),
    Lazy(
        "solve",
        "Find the smallest number of a resource with which a target is met by a day with a probability.",
        "resources",
    ),
    Lazy(
        "claims",
        "Test what was claimed: the model's number beside it, and the assumption at which the two would agree.",
        "claims",
    ),
    Lazy("rules", "Read, explain and check the dated guidelines, statutes and switches.", "rules"),
)


class Listed(Commands):
    """The commands above."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"commands": {str(each.name): each for each in COMMANDS}})


app = typer.Typer(
    cls=Listed,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Simulate a law-enforcement and court system under written priorities and limited resources.",
)


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Simulate a law-enforcement and court system under written priorities and limited resources."""
    if version:
        typer.echo(f"lawqueue {installed('lawqueue')}")
        raise typer.Exit(OK)
