"""Every Python block of the documentation runs."""

from __future__ import annotations

import doctest
import runpy
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from lawqueue.models.us_immigration.model import MODEL
from lawqueue.study.library import STATEMENTS, in_order, loaded, said, statements

TOWN_HALL = MODEL.folder / "scenarios" / "town-hall-2021"

ROOT = Path(__file__).parents[2]
PAGES = [
    page
    for page in sorted((ROOT / "docs").glob("*.md"))
    if ">>>" in page.read_text(encoding="utf-8") and page.name != "add-a-model.md"
]  # it needs files


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_give_what_they_say(page: Path) -> None:
    result = doctest.testfile(str(page), module_relative=False)
    assert result.attempted > 0
    assert result.failed == 0


def test_the_figures_of_the_back_test_in_readme_and_page_are_those_of_the_scores() -> None:
    script = runpy.run_path(str(ROOT / "docs" / "make_scores.py"))
    for page in script["PAGES"]:
        assert page.read_text(encoding="utf-8") == script["renewed"](page)


def test_the_answers_in_the_readme_are_those_of_the_kept_run_of_this_model() -> None:
    script = runpy.run_path(str(ROOT / "docs" / "make_answers.py"))
    assert script["fault"]() == ""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme == script["renewed"]()
    rows = YAML(typ="safe").load((TOWN_HALL / STATEMENTS).read_text(encoding="utf-8"))
    assert [each["number"] for each in rows] == list(range(1, 13))
    for each in rows:
        told = " ".join(f"{each['says']} {each.get('open', '')}".split())
        assert f"| {each['number']} | {told} | {each['answer']['subject']}: " in readme


def test_a_scenario_of_the_town_hall_has_no_other_words_than_the_statement_it_answers() -> None:
    scenarios = loaded(in_order(TOWN_HALL))
    told = {each.number: each for each in statements(scenarios)}
    for each in scenarios:
        assert not each.text.claim
        assert bool(said(each)) == bool(each.text.statement)
        assert all(told[number].says in said(each) for number in each.text.statement)
