"""The report of another model speaks of it, and of nothing that is the flagship's."""

from __future__ import annotations

import re

import pytest

import lawqueue as lq
from lawqueue.report.page import page


@pytest.fixture(scope="module")
def report() -> str:
    text = page(lq.run("custody-time-limits-2020", replicates=1, scale=0.02, parameters="central"))
    return re.sub(r"<svg.*?</svg>|<style.*?</style>|data:\S+", "", text, flags=re.DOTALL)


@pytest.mark.parametrize(
    "word", ["iscal year", "FY20", "immigration", "guideline", "encounter", "early 2021"]
)
def test_the_report_of_the_crown_court_has_no_word_of_the_flagship(report: str, word: str) -> None:
    assert word not in report


def test_its_tables_count_calendar_years_and_its_fit_has_its_own_heading(report: str) -> None:
    assert "How long cases are open by year" in report
    assert "2016 to 2023, month by month" in report


def test_its_timeline_is_its_own(report: str) -> None:
    assert "where six were the limit" in report
    assert "Bars are spells" not in report
