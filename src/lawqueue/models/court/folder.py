"""The folder of a court, written from its table: figures, parameters with their ranges, three scenarios."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

from ruamel.yaml import YAML

from lawqueue.models.court import estimate
from lawqueue.models.court.model import YEARS_AHEAD
from lawqueue.models.court.table import Table
from lawqueue.months import last_of_month_before

EARLY_DAYS = (20.0, 60.0, 150.0)
"""Mean days to an early end: assumed."""
UNITS = {"judges": "judge"}
"""Units of the columns that count no cases."""
FLOWS = ("filings", "dispositions", "adjustments", "custody_filings", "judges")
"""Columns that are of a period; the others are of its last day."""


def files(table: Table, name: str, title: str, source: str) -> dict[str, str]:
    """
    Return what stands in the folder of a court, by path within it.

    Parameters
    ----------
    table
        Its table.
    name, title
        How scenarios name the court, and a heading.
    source
        What the table was read from.
    """
    early = estimate.early_share(table)
    found = {
        "model.py": _MODEL.format(name=name, title=title),
        "observed/table.csv": _figures(table),
        "observed/sources.csv": _row("id", "title", "publisher", "date", "carried_by", "url")
        + _row("table", f"Table {source}, as given to lawqueue init", "(none)", "", "", ""),
    }
    parameters = dict(_parameters(table, early))
    found |= {f"parameters/{path}.yaml": _yaml(content) for path, content in parameters.items()}
    return found | {f"scenarios/{name}/{each['name']}.yaml": _yaml(each) for each in _scenarios(table)}


_MODEL = '''"""{title}: a model that lawqueue init wrote from a table. The numbers stand in the files beside this one."""

from pathlib import Path

from lawqueue.models.court.model import court

MODEL = court(Path(__file__).parent, {name!r}, {title!r})
'''


def _row(*fields: object) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerow(fields)
    return made.getvalue()


def _figures(table: Table) -> str:
    """Return the table as published figures: one line a number."""
    rows = [_row("series", "from", "to", "value", "unit", "basis", "source", "note")]
    for column, values in table.columns.items():
        for start, end, value in zip(table.starts, table.last_days, values, strict=True):
            first = start if column in FLOWS else end
            rows.append(
                _row(column, first, end, f"{value:.10g}", UNITS.get(column, "case"), "stated", "table", "")
            )
    return "".join(rows)


def _parameters(table: Table, early: estimate.Estimate) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield every parameter by its path."""
    first = table.starts[1]
    yield from _filings(table, first)
    yield from _judges(table, early, first)
    yield from _early_ends(early, first)


def _filings(table: Table, first: date) -> Iterator[tuple[str, dict[str, object]]]:
    change = estimate.yearly_change(table.columns["filings"], table.a_year)
    about = "Cases filed, as a multiple of the table's and of what follows it."
    yield "filings/factor", _dial(about, first, "Filings")
    about = "Growth of filings after the table."
    yield "filings/growth", _estimated(about, "/year", first, change, "Filings of the table", -1)


def _judges(table: Table, early: estimate.Estimate, first: date) -> Iterator[tuple[str, dict[str, object]]]:
    heard = estimate.yearly_change(estimate.heard(table, early.value), table.a_year)
    yield "judges/factor", _dial("Judges, as a multiple of those who sit.", first, "Judges")
    if table.has("judges"):
        yield (
            "judges/more",
            {
                "description": "Judges beside those of the table and of what follows it.",
                "unit": "judge",
                "minimum": -10_000,
                "values": [{"from": first, "value": 0, "basis": "definition", "source": "0 is the table."}],
            },
        )
    of = "a judge hears" if table.has("judges") else "the judges hear"
    about = f"Change after the table of how many cases {of}."
    change = _estimated(about, "/year", first, heard, "Cases heard, of the table", -1)
    yield "judges/productivity_change", change


def _early_ends(early: estimate.Estimate, first: date) -> Iterator[tuple[str, dict[str, object]]]:
    about = "Share of the cases filed that end without a judge's time."
    yield "early/share", _estimated(about, "/1", first, early, "The table", 0, 1)
    yield (
        "early/more",
        {
            "description": "Share of the cases filed that end early beside those of early.share.",
            "unit": "/1",
            "minimum": -1,
            "maximum": 1,
            "lever": {
                "label": "More early ends",
                "from": -0.5,
                "to": 0.5,
                "step": 0.01,
                "help": "Of all cases filed; 0 is as it was.",
            },
            "values": [{"from": first, "value": 0, "basis": "definition", "source": "0 is the table."}],
        },
    )
    low, value, high = EARLY_DAYS
    assumed = estimate.Estimate(low, value, high, "assumed", "no table tells it; weeks to months")
    yield (
        "early/days",
        _estimated("Mean time from filing to an early end.", "day", first, assumed, "Assumed", 0),
    )


def _dial(description: str, first: date, label: str) -> dict[str, object]:
    return {
        "description": description,
        "unit": "/1",
        "maximum": 10,
        "lever": {
            "label": label,
            "from": 0,
            "to": 3,
            "step": 0.05,
            "help": "1 is what happened, and goes on.",
        },
        "values": [{"from": first, "value": 1, "basis": "definition", "source": "1 is the table."}],
    }


def _estimated(
    description: str,
    unit: str,
    first: date,
    found: estimate.Estimate,
    what: str,
    minimum: float,
    maximum: float | None = None,
) -> dict[str, object]:
    bounds = {"minimum": minimum} | ({} if maximum is None else {"maximum": maximum})
    numbers = {name: round(getattr(found, name), 4) for name in ("value", "low", "high")}
    entry = {"from": first, **numbers, "basis": found.basis, "source": f"{what}: {found.how}."}
    return {"description": description, "unit": unit, **bounds, "values": [entry]}


def _scenarios(table: Table) -> Iterator[dict[str, object]]:
    """Yield three questions that every court is asked."""
    change = table.end
    last = last_of_month_before(change.replace(year=change.year + YEARS_AHEAD))
    asked = (
        (
            "more-judges",
            "A tenth more judges",
            "What if a tenth more judges sat?",
            "judges.factor",
            "multiply",
            1.1,
        ),
        (
            "filings-up",
            "A tenth more filings",
            "What if a tenth more cases were filed?",
            "filings.factor",
            "multiply",
            1.1,
        ),
        (
            "quick-ends",
            "More early ends",
            "What if five in a hundred cases more ended early, without a judge's time?",
            "early.more",
            "set",
            0.05,
        ),
    )
    for name, title, question, parameter, how, value in asked:
        yield {
            "name": name,
            "title": title,
            "question": question,
            "model": "../..",
            "from": table.starts[1],
            "to": last,
            "baseline": "history",
            "changes": [{"at": change, how: {parameter: value}, "source": "my own question"}],
            "outcomes": ["pending", "dispositions", "wait", "over_a_year"],
        }


def _yaml(content: dict[str, object]) -> str:
    made = io.StringIO()
    writer = YAML()
    writer.width = 110
    writer.dump(content, made)
    return made.getvalue()
