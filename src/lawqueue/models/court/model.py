"""
A court as a model, out of the folder that `lawqueue init --kind model --from TABLE` wrote.

The folder holds what the court is: its figures (`observed/`), its parameters with their ranges, and scenarios. This
module is what all courts share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from lawqueue.errors import InputError
from lawqueue.models.court import docket
from lawqueue.models.court.series import catalogue
from lawqueue.models.court.table import Table, from_observed
from lawqueue.models.model import Headline, Known, Model, Resource, Rolled, Rolling, Topic, Yields
from lawqueue.models.observed import load_observed
from lawqueue.models.stages import Edges, Stage

if TYPE_CHECKING:
    from lawqueue.engine.results import Run
    from lawqueue.models.world import World

FEWEST: Final = 5000
"""Cases filed in a year that are simulated at least, if there are as many: with fewer, months cannot be told apart."""
LEAST: Final = 0.05
"""Least share of the cases that is simulated [/1]."""
YEARS_AHEAD: Final = 5
"""Years after the table that can be simulated."""
FLOWS: Final[Mapping[tuple[str, str], Edges]] = {
    ("Filed", "Ends early"): (("filed", ("early_end",)),),
    ("Filed", "Docket"): (("filed", ("docket",)),),
    ("Ends early", "Disposed of"): (("early_end", ()),),
    ("Docket", "Disposed of"): (("docket", ("disposed",)),),
}
LAYERS: Final = {"Filed": 0.0, "Ends early": 0.5, "Docket": 0.5, "Disposed of": 1.0}
LIMITS: Final = (
    "It must not be used to decide about, find, rank or describe any person: it knows no person, only counts of cases.",
    "{intervals}",
    "Within the table the model retells it: what judges hear is found from the table's own dispositions. Read what a change would do, and the back-test for how far forecasts go wrong.",
    "How many cases end early without a judge is hardly told by such a table, and every answer on judges hangs on it: it is carried as a range.",
    "Cases need one share of a judge's time each. What kinds of cases there are, how long each takes, and how parties would answer a change are not in it.",
)
SHORT_LIMITS: Final = (
    "It must not be used to decide about, find, rank or describe any person: it knows no person, only counts of cases.",
    "It is not a forecast: within the table it retells the table, and lawqueue init said how far its forecasts went wrong.",
    "Read differences, not levels: both worlds share the errors of the model. {levels}",
    "{interval} {held}",
    "How many cases end early without a judge is hardly told by such a table, and every answer hangs on it.",
)


JUDGES: Final = Resource("judges", "judge", "judges.more", "judges", "judges")
"""Of a court whose table counts them."""
CAUTION: Final = "Forecasts of what is pending from each period's end, with the table as it was then."


def court(folder: Path, name: str, title: str) -> Model:
    """
    Return the model of a court.

    Parameters
    ----------
    folder
        What `init` wrote.
    name, title
        How scenarios name it, and a heading.

    Raises
    ------
    InputError
        If its figures are no table, see `lawqueue.models.court.table`.
    """
    return of_table(from_observed(load_observed(folder / "observed")), folder, name, title)


def of_table(table: Table, folder: Path, name: str, title: str) -> Model:
    """Return the model of a court from a table and the folder of its parameters."""
    last = table.end.replace(year=table.end.year + YEARS_AHEAD) - timedelta(days=1)
    return Model(
        name=name,
        title=title,
        about="Cases filed, ended early or put on the docket, and heard by its judges.",
        folder=folder,
        network=partial(docket.network, table),
        catalogue=catalogue(table),
        known=Known(
            last,
            table.end - timedelta(days=1),
            fit=(table.starts[1], table.end),
            start_fault=partial(_start_fault, table),
        ),
        scale=_scale(table),
        limits=LIMITS,
        short_limits=SHORT_LIMITS,
        stocks=partial(docket.stocks, table),
        stages=partial(_stages, table),
        yields=Yields(table.starts[-table.a_year], table.end, ("dispositions", "pending", "wait")),
        resources=(JUDGES,) if table.has("judges") else (),
        rolling=partial(_rolling, folder),
        flows=FLOWS,
        layers=LAYERS,
        headline=Headline(
            opens="more-judges",
            fit=("pending", "dispositions"),
            over=(table.starts[1], table.end),
            sets={name: title},
            topics={
                "caseload": Topic(
                    "The caseload",
                    "Cases.",
                    ("filings", "dispositions", "pending", "over_a_year", "wait"),
                )
            },
        ),
    )


def _scale(table: Table) -> float:
    """Return which share of the cases is simulated, to two digits [/1]."""
    filed = float(table.columns["filings"][-table.a_year :].sum())
    return float(f"{min(1.0, max(LEAST, FEWEST / max(filed, 1.0))):.2g}")


def _rolling(folder: Path) -> Rolling:
    """Return the back-test from every period's end."""
    from lawqueue.models.court import rolling  # noqa: PLC0415  # it makes models of tables as they were

    def rolled(_threads: int, step: Callable[[], None]) -> Rolled:
        found = rolling.scores(folder)
        step()
        return Rolled(rolling.table(found), rolling.as_json(found))

    return Rolling(1, "years", CAUTION, rolled)


def _start_fault(table: Table, day: date) -> str | None:
    """Say why a run may not begin on a day: what is pending on its eve is not in the table."""
    try:
        table.before(day)
    except InputError as error:
        return str(error)
    return None


def _stages(table: Table, run: Run, world: World) -> tuple[Stage, ...]:
    """Return how loaded the judges are: cases that come to the docket over those that they can hear."""
    came = run.passages("filed", "docket").mean(axis=0)
    can = np.bincount(world.month_of, docket.hearings(table, world))
    return (Stage("judges", np.divide(came, can, out=np.full(can.shape, np.inf), where=can > 0)),)


def until(table: Table, periods: int) -> Table:
    """Return a table as it was known after some of its periods."""
    ends = (*table.starts[1:], table.end)
    return replace(
        table,
        starts=table.starts[:periods],
        end=ends[periods - 1],
        columns={name: each[:periods] for name, each in table.columns.items()},
    )
