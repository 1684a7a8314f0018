"""Every Python block of the documentation runs."""

from __future__ import annotations

import doctest
import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from lawqueue.study.ensemble import FOLDER
from lawqueue.study.library import SCENARIOS, STATEMENTS, TOWN_HALL, in_order, loaded, said, statements

ROOT = Path(__file__).parents[2]
PAGES = [page for page in sorted((ROOT / "docs").glob("*.md")) if ">>>" in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_give_what_they_say(page: Path) -> None:
    result = doctest.testfile(str(page), module_relative=False)
    assert result.attempted > 0
    assert result.failed == 0


def test_the_figures_of_the_back_test_in_words_are_those_of_the_scores() -> None:
    scores = json.loads((FOLDER / "backtest.json").read_text(encoding="utf-8"))["origins"][0]
    draws = json.loads((FOLDER / "record.json").read_text(encoding="utf-8"))["draws"]
    lines = {each["title"]: each["horizons"] for each in scores["lines"]}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    trust = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")

    def whole(share: float) -> str:
        return f"{100 * share:.0f} %"

    def against(title: str) -> tuple[str, str]:
        at = lines[title]["first year"]
        return f"{100 * at['error']:.1f}", f"{100 * at['best_naive'][1]:.1f}"

    assert f"an ensemble of {draws} parameter sets" in readme
    assert f"({draws} now)" in trust
    held = whole(scores["held"]["0.8"]["value"])
    assert f"intervals\n  hold {held} of the outcomes" in readme
    assert f"the 80 % intervals hold {held} of the outcomes" in trust
    assert f"removals {whole(lines['Removals']['all years']['error'])} too high" in readme
    assert f"detainers {whole(lines['Detainers']['all years']['error'])} too low" in readme
    assert f"court receipts {whole(lines['Court receipts']['all years']['error'])}" in readme
    model, naive = against("Pending cases, both definitions")
    assert f"pending cases ({model} % against {naive} %" in trust
    for title, words in (("Detainers", "detainers"), ("Repeat encounters", "repeat encounters")):
        model, naive = against(title)
        assert f"{words} ({model} against {naive})" in trust
    lost = [title for title, each in lines.items() if each and not each["first year"]["wins"]]
    assert len(lost) == 3  # as README and page say


def test_the_readme_has_the_statements_in_the_words_of_their_file() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = YAML(typ="safe").load((SCENARIOS / TOWN_HALL / STATEMENTS).read_text(encoding="utf-8"))
    assert [each["number"] for each in rows] == list(range(1, 13))
    for each in rows:
        words = " ".join(f"{each['says']} {each.get('open', '')}".split())
        assert f"| {each['number']} | {words} |" in readme


def test_a_scenario_of_the_town_hall_has_no_other_words_than_the_statement_it_answers() -> None:
    scenarios = loaded(in_order(SCENARIOS / TOWN_HALL))
    told = {each.number: each for each in statements(scenarios)}
    for each in scenarios:
        assert not each.text.claim
        assert bool(said(each)) == bool(each.text.statement)
        assert all(told[number].says in said(each) for number in each.text.statement)
