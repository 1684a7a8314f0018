"""
Effects as files that a person can use: `effects.csv`, and `effects.xlsx` with what made them and how to cite them.

One row for each outcome of each scenario, with how it was run in the row, so that a row that is copied keeps it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from typing import Any

from lawqueue.exports import cell, csv_text
from lawqueue.study.compare import Effect
from lawqueue.study.sentences import level, of_part, opening
from lawqueue.study.study import Answer, Study

CSV, XLSX = "effects.csv", "effects.xlsx"
COLUMNS = {
    "scenario": "name of the scenario",
    "baseline": "name of what it is compared with",
    "outcome": "name of the series, as in series.csv",
    "title": "the series in plain words",
    "unit": "unit of the numbers: flows are summed over the window, levels and ratios averaged, stocks taken on its last day",
    "stamp": "where simulated numbers come from: data (fed in), assumed, fitted, or emergent",
    "from": "first day of the window",
    "to": "last day of the window, inside it",
    "baseline_value": "mean over the draws, in the baseline",
    "scenario_value": "mean over the draws, in the scenario",
    "difference": "scenario minus baseline, mean over the draws, each of which meets the same cases in both worlds",
    "low": "lower end of the interval of the difference",
    "high": "upper end of the interval of the difference",
    "interval": "what the interval holds, or why there is none",
    "verdict": "empty if the interval tells the difference from zero, else why it does not",
    "relative": "difference over baseline_value [/1]",
    "published": "what was published for the same days",
    "error": "history as simulated over published, minus 1 [/1]",
    "recalled_or_partial": "a figure that is not published, or counts a part of the outcome, or is of a part of the days",
    "note": "what is wrong with that figure, or how far off the level is",
    "seed": "seed of the run",
    "scale": "share of the cases that was simulated [/1]",
    "draws": "replicates of each world",
    "parameters": "ensemble: each draw has parameters of its own; central: all have the written values",
    "deterrence": "setting of the dial",
}
"""Columns of the table, and what stands in them."""
CITATION = "The Lawqueue maintainers. Lawqueue, version {version}. Seed {seed}, scale {scale}, {replicates} draws, parameters {parameters}{dial}. SHA-256 of parameters {digest}."
"""How to cite; `record.json` holds the whole of what made the numbers."""
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  # a day that is nobody's, so that a second run gives the same bytes


@dataclass(frozen=True)
class Row:
    """An effect with its place: which scenario of which study."""

    study: Study
    answer: Answer
    effect: Effect

    def cells(self) -> tuple[object, ...]:
        """Return it as a row of the table, in the order of `COLUMNS`."""
        effect, made = self.effect, self.study.record
        beside = self.study.beside(effect.series.name, effect.start, effect.end)
        whole = beside is not None and beside.standing == "published" and not beside.part
        published, other = (beside, None) if whole else (None, beside)
        note = (
            level(published)
            if published
            else ": ".join(filter(None, (other.standing, other.why, of_part(other, effect.series.unit))))
            if other
            else ""
        )
        return (
            self.answer.name,
            self.answer.comparison.baseline.scenario,
            effect.series.name,
            effect.series.title,
            effect.unit,
            effect.series.stamp,
            effect.start,
            effect.last,
            effect.baseline,
            effect.reform,
            effect.difference,
            effect.low,
            effect.high,
            effect.interval_or_why,
            effect.verdict,
            effect.relative,
            published.value if published else None,
            published.error if published else None,
            other.value if other else None,
            note,
            *(_number(made[name]) for name in ("seed", "scale", "replicates", "parameters", "deterrence")),
        )


def rows(study: Study) -> Iterator[Row]:
    """Yield every effect of a study, in reading order."""
    for answer in study.answers:
        for effect in answer.effects:
            yield Row(study, answer, effect)


def as_csv(study: Study) -> str:
    """Return the effects of a study as CSV."""
    return csv_text(tuple(COLUMNS), (each.cells() for each in rows(study)))


def as_xlsx(study: Study) -> bytes:
    """
    Return the effects of a study as a workbook: answers in words, effects, columns, sources, and what made them.

    The same study gives the same bytes.
    """
    import xlsxwriter  # noqa: PLC0415  # loaded only to write

    out = io.BytesIO()
    # What a user wrote stays text: no cell becomes a formula or a link.
    plain = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, plain) as book:
        book.set_properties({"title": study.title, "author": "Lawqueue", "created": _CREATED})
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, head, table, widths in _sheets(study):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, head, bold)
            for column, width in enumerate(widths):
                sheet.set_column(column, column, width)
            for place, row in enumerate(table, start=1):
                for column, value in enumerate(row):
                    _write(sheet, place, column, value, day)
    return out.getvalue()


Sheet = tuple[str, tuple[str, ...], list[tuple[object, ...]], tuple[int, ...]]
"""Name, head, rows, and widths of columns."""


def _sheets(study: Study) -> Iterator[Sheet]:
    told: list[tuple[object, ...]] = [
        (statement.number, statement.says, str(sentence))
        if statement
        else (None, answer.question if answer else "", str(sentence))
        for statement, answer, sentence in opening(study)
    ]
    yield "answers", ("statement", "what was said or asked", "answer"), told, (10, 60, 120)
    yield "effects", tuple(COLUMNS), [each.cells() for each in rows(study)], (24, 12, 24, 36, 12)
    yield "columns", ("column", "what stands in it"), list(COLUMNS.items()), (20, 100)
    yield "sources", ("outcome", "published series", "source"), list(_sources(study)), (28, 28, 120)
    yield "about", ("what", "value"), list(_about(study)), (28, 120)


def _sources(study: Study) -> Iterator[tuple[object, ...]]:
    shown = dict.fromkeys(each.effect.series.name for each in rows(study))
    for name in shown:
        observed = study.observed.get(name)
        for source in observed.sources if observed is not None else ():
            yield name, observed.name if observed else "", source


def _about(study: Study) -> Iterator[tuple[object, ...]]:
    yield "title", study.title
    yield "how to cite", citation(study)
    for line in study.short_limits:
        yield "limit", line
    for line in study.reproduce:
        yield "to make it again", line
    yield from study.record.items()


def citation(study: Study) -> str:
    """Return how to cite the numbers of a study."""
    made = study.record
    return CITATION.format(
        version=version("lawqueue"),
        digest=made["SHA-256 of parameters"],
        dial="".join(f", {name} {made[name]}" for name in study.model.dials),
        **{name: made[name] for name in _CITED},
    )


_CITED = ("seed", "scale", "replicates", "parameters")


def as_records(study: Study, answer: Answer) -> list[dict[str, Any]]:
    """Return the effects of one answer for JSON: the columns of the table."""
    return [dict(zip(COLUMNS, Row(study, answer, each).cells(), strict=True)) for each in answer.effects]


def as_answers(study: Study) -> dict[str, Any]:
    """Return the sentences of a study for JSON, with what made them."""
    return {
        "title": study.title,
        "answers": [
            {
                "statement": statement.number if statement else None,
                "says": f"{statement.says} {statement.left_open}".strip()
                if statement
                else answer.claim
                if answer
                else "",
                "scenarios": [name for name, _ in statement.scenarios]
                if statement
                else [answer.name]
                if answer
                else [],
                "answer": str(sentence),
            }
            for statement, answer, sentence in opening(study)
        ],
        "limits": list(study.short_limits),
        "record": dict(study.record),
        "cite": citation(study),
    }


def _write(sheet: Any, row: int, column: int, value: object, day: Any) -> None:
    value = cell(value)
    if isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001  # a day
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value != "":
        # The name of a file may hold bytes that are no text.
        sheet.write_string(row, column, str(value).encode("utf-8", "backslashreplace").decode())


def _number(text: str) -> int | float | str:
    """Return a setting as a number, if it is one."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
