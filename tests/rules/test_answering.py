"""One answer to one question: two provisions that take one profile are found, and none that does."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import lawqueue.errors
from lawqueue.errors import InputError
from lawqueue.rules import load_schema, load_statutes
from lawqueue.rules.answering import check_answers

MODEL = Path(lawqueue.errors.__file__).parent / "models" / "us_immigration"
SCHEMA = load_schema(MODEL / "profile.yaml")
STATUTES = MODEL / "statutes"
DAY = {"start": date(2021, 4, 2), "end": date(2021, 4, 3)}


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    """Copy the statutes on custody to a folder, with one of them changed."""
    for path in STATUTES.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        if "function: custody" in text:
            assert path.stem != name or old in text
            written = text.replace(old, new) if path.stem == name else text
            (folder / path.name).write_text(written, encoding="utf-8")
    return folder


def test_custody_has_one_answer_for_every_profile_on_every_day_and_in_every_circuit() -> None:
    assert check_answers(load_statutes(STATUTES, SCHEMA), SCHEMA) == []


def test_two_provisions_that_take_a_reinstated_person_are_found(tmp_path: Path) -> None:
    # As it was once: 8 USC 1231(a) and a bond under 8 USC 1226(a) at the same time
    old = "      OR (prior_removal >= 'one' AND entry IN ('border', 'interior') AND admission IN ('without_admission', 'unknown'))\n"
    folder = changed(tmp_path, "8-usc-1226-until-2025", old, "")
    found = [str(each) for each in check_answers(load_statutes(folder, SCHEMA), SCHEMA, **DAY)]
    assert found == [
        "problem: 8-usc-1226-until-2025 and 8-usc-1231-a both answer to custody for entry = interior, "
        "prior_removal = several from 2021-04-02 to 2021-04-03."
    ]


def test_provisions_that_leave_a_class_to_each_other_are_found(tmp_path: Path) -> None:
    folder = changed(
        tmp_path, "6-usc-279", "when: family = 'unaccompanied_child'", "when: family = 'family_unit'"
    )
    found = [str(each) for each in check_answers(load_statutes(folder, SCHEMA), SCHEMA, **DAY)]
    assert any(
        "leave each other the answer to custody for family = unaccompanied_child" in each for each in found
    )


def test_a_class_left_to_a_topic_without_a_statute_is_refused_at_its_line(tmp_path: Path) -> None:
    folder = changed(tmp_path, "8-usc-1231-a", "defers_to: child_alone", "defers_to: child_alon")
    with pytest.raises(
        InputError,
        match=r"8-usc-1231-a\.yaml:\d+:\d+: no other statute answers custody about 'child_alon'\. Did you mean 'child_alone'",
    ):
        load_statutes(folder, SCHEMA)
