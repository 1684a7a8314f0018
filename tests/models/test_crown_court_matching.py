"""The fit of the Crown Court: a draw is kept with the hours with which it retells what was disposed of."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lawqueue.models.crown_court.model import MODEL
from lawqueue.study.ensemble import LATER, folder_of, shipped
from lawqueue.study.record import outdated
from lawqueue.trust import matching as fitting

assert MODEL.matching is not None
MATCHING = MODEL.matching()


def test_a_shipped_draw_is_run_again_with_the_hours_and_the_outcomes_that_kept_it() -> None:
    ensemble = shipped(MODEL)
    values = dict(zip(ensemble.names, ensemble.values[0].tolist(), strict=True))
    hours, later = values.pop(MATCHING.finds), values[MATCHING.finds + LATER]
    written = fitting._reference(MODEL, MATCHING).value
    row = values | {MATCHING.finds + LATER: later / hours * written}
    found, *outcomes = fitting._tried(MODEL.name, tuple(row), np.array(list(row.values()))).tolist()
    assert found == pytest.approx(hours)
    published = fitting._row(MATCHING.published())
    assert np.sum(outcomes[-8:]) == pytest.approx(
        np.sum(published[-8:]), rel=0.001
    )  # disposals of eight years
    kept = fitting._plausible(MODEL, MATCHING, np.array([found]), np.array([outcomes]))
    assert kept.tolist() == [True]
    worse = np.array([outcomes]) * np.exp(3.1 * MATCHING.discrepancy["open"])
    assert fitting._plausible(MODEL, MATCHING, np.array([found]), worse).tolist() == [False]


def test_the_shipped_ensemble_was_made_from_the_files_of_today() -> None:
    record = json.loads((folder_of(MODEL) / "record.json").read_text(encoding="utf-8"))
    assert not outdated(MODEL, record["inputs"])
    assert record["files"] == {"ensemble.parquet": shipped(MODEL).digest}
    assert record["draws"] == len(shipped(MODEL)) >= MATCHING.least
