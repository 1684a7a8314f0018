"""Effects as files: every row says what it is of and how it was made, and both files hold the same."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

from openpyxl import load_workbook

from lawqueue import exports
from lawqueue.study import effects
from lawqueue.study.study import Study


def test_both_files_hold_every_effect_with_what_was_published(town_hall: Study) -> None:
    table = list(csv.DictReader(io.StringIO(effects.as_csv(town_hall))))
    assert len(table) == sum(len(each.effects) for each in town_hall.answers)
    first = table[0]
    assert (first["scenario"], first["outcome"], first["unit"]) == ("decline-2021", "removals", "case")
    assert (first["from"], first["to"], first["published"]) == ("2021-02-01", "2021-09-30", "30770.0")
    assert float(first["error"]) == float(first["baseline_value"]) / 30770 - 1
    assert (first["seed"], first["scale"], first["draws"], first["deterrence"]) == ("0", "0.002", "2", "off")
    assert not any(row["published"] and row["recalled_or_partial"] for row in table)
    assert {row["note"].split(":")[0] for row in table if row["recalled_or_partial"]} <= {
        "recalled",
        "partial",
        "published",
    }
    assert all(" alone" in row["note"] for row in table if row["note"].startswith("published"))
    book = load_workbook(io.BytesIO(effects.as_xlsx(town_hall)))
    assert book.sheetnames == ["answers", "effects", "columns", "sources", "about"]
    head, *rows = book["effects"].iter_rows(values_only=True)
    assert head == tuple(effects.COLUMNS)
    for row, other in zip(rows, table, strict=True):
        for value, text in zip(row, other.values(), strict=True):
            shown = value.date().isoformat() if hasattr(value, "date") else "" if value is None else value
            assert str(shown) == text or float(shown) == float(text)
    about = dict(book["about"].iter_rows(values_only=True))
    assert "Seed 0, scale 0.002, 2 draws" in str(about["how to cite"])
    assert any("http" in str(row[2]) for row in book["sources"].iter_rows(values_only=True))


def test_a_workbook_has_the_same_bytes_twice_and_no_formula_of_a_user(town_hall: Study) -> None:
    sly = replace(town_hall, statements=(), answers=(replace(town_hall.answers[0], question="=1+1"),))
    made = effects.as_xlsx(sly)
    assert made == effects.as_xlsx(sly)
    cell = load_workbook(io.BytesIO(made))["answers"]["B2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_answers_are_a_file_too_with_what_made_them(town_hall: Study) -> None:
    told = json.loads(exports.json_text(effects.as_answers(town_hall)))
    assert [each["statement"] for each in told["answers"]] == list(range(1, 13))
    assert told["record"]["seed"] == "0"
    assert told["answers"][3]["answer"].startswith("Closing the gaps, read as some 110 miles: ")
