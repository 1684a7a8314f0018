"""The ensemble of the Crown Court: its draws retell what was published."""

from __future__ import annotations

import numpy as np
import pytest

from lawqueue.models.crown_court import rolling
from lawqueue.models.crown_court.model import MODEL
from lawqueue.study.ensemble import has_ensemble, shipped
from lawqueue.trust.crown_court import CUT, DISCREPANCY, LEAST, history


@pytest.mark.skipif(
    not has_ensemble(MODEL), reason="no ensemble was made: lawqueue calibrate --model crown-court"
)
def test_draws_that_ship_retell_the_open_cases_of_the_end_of_2023() -> None:
    draws = shipped(MODEL)
    assert len(draws) >= LEAST
    published = rolling.published().values["open"][-1]
    for row in draws.values[:: len(draws) // 3]:
        simulated = history(dict(zip(draws.names, row.tolist(), strict=True))).values["open"][-1]
        assert abs(np.log(simulated / published)) < CUT * DISCREPANCY["open"]
