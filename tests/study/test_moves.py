"""A switch of the timeline, moved or removed: what changes in parameters, guidelines and law, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from lawqueue.errors import InputError
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.rules import Change
from lawqueue.study import library
from lawqueue.study.ensemble import drawn, laid_over
from lawqueue.study.moves import AnyChange, GuidelineChange, StatuteChange, moved
from lawqueue.study.simulate import Laboratory, Settings, calendar, law

BEFORE = MODEL.parameters().value("prosecution.referral_share.entry", date(2020, 3, 19))
TEXT = """\
name: trial
title: t
question: q
model: us-immigration
from: 2020-10-01
to: 2021-09-30
outcomes: [arrests.interior]
changes:
  - source: test
"""


def shown(changes: list[AnyChange]) -> list[tuple[str, str, str]]:
    """Return what each change puts in force, from when and until when."""
    rows = []
    for each in changes:
        if isinstance(each, GuidelineChange):
            what = each.guideline.id
        elif isinstance(each, StatuteChange):
            what = each.statute.id if each.statute else "none"
        else:
            what = f"{each.name}={each.number:g}"
        rows.append((what, str(each.at), str(each.until)))
    return rows


@pytest.mark.parametrize(
    ("name", "to", "expected"),
    [
        # The memo of 18 February 2021: until it comes, that of January holds.
        ("tae-johnson", date(2021, 6, 1), [("2021-01-20-pekoske", "2021-02-18", "2021-06-01")]),
        ("tae-johnson", None, [("2021-01-20-pekoske", "2021-02-18", "2021-11-29")]),
        ("tae-johnson", date(2021, 2, 10), [("2021-02-18-ice", "2021-02-10", "2021-02-18")]),
        # A pause that the order carried out from the next day keeps that day's lag.
        (
            "removal-pause-stopped",
            date(2021, 4, 1),
            [("ero.seats.air=30", "2021-01-27", "2021-04-02"), ("ero.seats.land=60", "2021-01-27", "2021-04-02")],
        ),
        (
            "removal-pause",
            None,
            [("ero.seats.air=300", "2021-01-22", "2021-01-27"), ("ero.seats.land=600", "2021-01-22", "2021-01-27")],
        ),
        # A statute that never begins is not amended later: no Title 42 until the day on which it ended.
        ("title42", None, [("none", "2020-03-20", "2023-05-12")]),
        ("prosecutions-break-off", None, [(f"prosecution.referral_share.entry={BEFORE:g}", "2020-03-20", "2021-01-26")]),
        # ICE had a memo of its own from 18 February on, whatever becomes of that of the department.
        ("pekoske", date(2021, 4, 1), [("2020-03-18-ice-posture", "2021-02-01", "2021-02-18")]),
        ("pekoske", None, [("2020-03-18-ice-posture", "2021-02-01", "2021-02-18")]),
        # Without the stay in part no order on custody is left to act on: the share stays what it was.
        ("priorities-stay", None, [("guidance.suspension_share=0", "2021-09-15", "2021-11-29")]),
        # The judgment comes later, and so do the guidelines of September 2021.
        ("mayorkas-back", date(2023, 10, 1), [("2022-06-24-gap", "2023-07-25", "2023-10-01"), ("court.discretion_rate=0.02", "2023-07-25", "2023-10-01")]),
        # The first of all has nothing before it; another spell of the same text changes nothing.
        ("morton", None, []),
        ("detainer-form", None, []),
        # The end of a statute, moved.
        ("title42-ended", date(2022, 5, 23), [("none", "2022-05-24", "2023-05-12")]),
        ("title42-ended", None, [("42-usc-265", "2023-05-12", "None")]),
        ("expedited-rescinded", date(2021, 3, 1), [("8-usc-1225-b1-border", "2021-03-01", "2022-03-21")]),
    ],
)  # fmt: skip
def test_what_a_moved_switch_changes(
    name: str, to: date | None, expected: list[tuple[str, str, str]]
) -> None:
    assert shown(moved(MODEL, MODEL.timeline()[name], to, "test")) == expected


def test_a_switch_moved_to_its_own_day_changes_nothing() -> None:
    start, end = date(2016, 10, 1), date(2025, 9, 1)
    for switch in MODEL.timeline().between(start, end):
        changes = tuple(moved(MODEL, switch, switch.date, "test"))
        assert calendar(MODEL, changes, start, end) == MODEL.calendar_in_history(start, end), switch.id
        assert law(MODEL, changes, start, end) == MODEL.law_in_history(start, end), switch.id
        for each in changes:
            assert isinstance(each, GuidelineChange | StatuteChange) or each.at == each.until, switch.id


def test_in_a_draw_a_moved_switch_moves_what_was_drawn() -> None:
    name, switch = "ero.seats.air", MODEL.timeline()["removal-pause"]
    book = drawn(MODEL, MODEL.parameters(), {name: 500.0})
    (change,) = (
        each for each in moved(MODEL, switch, None, "test") if isinstance(each, Change) and each.name == name
    )
    removed = laid_over(MODEL, book, MODEL.parameters(), (change,))
    assert removed.value(name, date(2021, 1, 23)) == book.value(name, date(2021, 1, 21))
    assert removed.value(name, date(2021, 1, 23)) != change.number
    assert removed.value(name, date(2021, 3, 1)) == book.value(name, date(2021, 3, 1))


def test_a_scenario_moves_and_removes_switches(tmp_path: Path) -> None:
    path = tmp_path / "trial.yaml"
    path.write_text(TEXT + "    move: tae-johnson\n    at: 2021-06-01\n", encoding="utf-8")
    (scenario,) = library.loaded([path])
    assert scenario.window == (date(2021, 2, 1), date(2021, 10, 1))
    laboratory = Laboratory(MODEL, Settings(seed=1, replicates=1, scale=0.02, threads=1))
    before = laboratory.baseline(scenario).results.of("arrests.interior")
    after = laboratory.run(scenario).results.of("arrests.interior")
    np.testing.assert_array_equal(after[:, :4], before[:, :4])
    assert after[:, 5:8].sum() > before[:, 5:8].sum()
    path.write_text(TEXT + "    remove: removal-pause\n", encoding="utf-8")
    (scenario,) = library.loaded([path])
    assert [each.number for each in scenario.changes] == [
        MODEL.parameters().value(name, date(2021, 1, 21)) for name in ("ero.seats.air", "ero.seats.land")
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("move: tae-jonson\n    at: 2021-06-01", "step 1, move: no switch 'tae-jonson'. Did you mean 'tae-johnson'?"),
        ("remove: town-hall", "nothing in the model is tied to 'town-hall'"),
        ("remove: zero-tolerance", "'zero-tolerance' is of 2018-04-06, outside the run"),
        ("move: tae-johnson", "'at' says from when"),
        ("remove: tae-johnson\n    at: 2021-06-01", "'at' says from when"),
        ("move: tae-johnson\n    at: 2021-02-18", "'tae-johnson' is of 2021-02-18 already"),
        ("remove: tae-johnson\n  - source: test\n    move: tae-johnson\n    at: 2021-06-01", "step 2, move: 'tae-johnson' is moved or removed above already"),
        ("remove: padilla-vacated", "nothing in the model is tied to 'padilla-vacated'"),
        ("at: 2021-06-01\n    repeal: 8-usc-1325\n    ramp: 90 days", "'ramp' goes with numbers"),
        ("at: 2021-06-01\n    until: 2021-06-10\n    ramp: 90 days\n    set: {ero.officers: 1}", "before its ramp of 90 days is over"),
        ("remove: tae-johnson\nwindow: {from: 2021-06-01, to: 2021-05-01}", "window: 2021-06-01 to 2021-05-01 must lie in order inside the run"),
        ("remove: tae-johnson\n    set: {ero.officers: 1}", "in a change of its own"),
        ("at: 2021-06-01\n    repeal: 8-usc-1225", "no statute '8-usc-1225'. Did you mean '8-usc-1325'?"),
    ],
)  # fmt: skip
def test_a_move_that_cannot_be_says_why(tmp_path: Path, change: str, words: str) -> None:
    path = tmp_path / "trial.yaml"
    path.write_text(TEXT + f"    {change}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        library.loaded([path])
    assert words in str(caught.value)
