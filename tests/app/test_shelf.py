"""The models of the control room: those of the package, and one out of a folder that the command line names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lawqueue.app import shelf
from lawqueue.app.document import blank, checked
from lawqueue.app.rulebook import rules_page
from lawqueue.app.state import State, first_question, from_query, to_query
from lawqueue.app.trust import about_fit, drawn_from, rolled
from lawqueue.app.views import panel, questions
from lawqueue.errors import InputError
from lawqueue.models.court.folder import files
from lawqueue.models.court.table import read_table
from lawqueue.models.model import Model


def written(folder: Path, name: str) -> Path:
    """Write a court whose model has a name, and return its folder."""
    table = folder / "table.csv"
    rows = [f"{2018 + i // 4}-Q{i % 4 + 1},{1000 + i},{990 + i},{4000 + 10 * (i + 1)}" for i in range(16)]
    table.write_text("\n".join(("quarter,filings,dispositions,pending", *rows, "")), encoding="utf-8")
    for path, text in files(read_table(table), name, "My court", table.name).items():
        (folder / "the-court" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "the-court" / path).write_text(text, encoding="utf-8")
    return folder / "the-court"


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Model]:
    """A court that the command line names."""
    folder = tmp_path_factory.mktemp("court")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "_own", {})
        patch.setattr(shelf, "_opens", [])
        patch.chdir(folder)
        yield shelf.take(str(written(folder, "my-court")))


def test_the_model_that_is_named_comes_first_and_the_page_opens_on_it(court: Model) -> None:
    assert shelf.names() == ("my-court", "us-immigration", "crown-court")
    assert from_query("") == State.of(first_question(court))
    assert from_query("").scenario.model is court
    assert [each for group in questions(court).values() for each, _ in group] == [
        "filings-up",
        "quick-ends",
        "more-judges",
    ]


def test_a_scenario_of_ones_own_model_names_it_as_one_beside_its_folder_would(court: Model) -> None:
    text = first_question(court)
    assert "\nmodel: ./the-court\n" in text
    assert checked(text).model is court
    packaged = shelf.package_of(text)
    assert packaged is not None
    assert packaged.command == "the-court/scenarios/my-court/more-judges.yaml"
    assert to_query(State.of(text)) == "model=my-court&q=more-judges"


@pytest.mark.parametrize("path", ["./other", "../the-court", "..", "/the-court"])
def test_no_path_but_that_of_the_folder_that_was_named_is_a_model(court: Model, path: str) -> None:
    with pytest.raises(InputError, match=r"code is run from the command line alone. Give one of ./the-court"):
        checked(blank(court).replace("./the-court", path))


def test_a_model_that_takes_the_name_of_one_of_the_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'crown-court' is the name of a model of the package"):
        shelf.take(str(written(tmp_path, "crown-court")))
    with pytest.raises(InputError, match="no model 'crown-cort'. Did you mean 'crown-court'"):
        shelf.take("crown-cort")


@pytest.mark.parametrize("model", shelf.models(), ids=shelf.names())
def test_an_empty_question_opens_in_every_model_over_its_own_days(model: Model) -> None:
    scenario = checked(blank(model))
    first, last = model.known_days()
    assert scenario.model is model
    assert first <= scenario.start < scenario.end
    assert scenario.last <= last
    assert panel(scenario, model.parameters())["topics"]


def test_a_model_without_a_part_says_so_and_shows_the_rest(court: Model) -> None:
    page = rules_page({"model": court.name})
    assert "The model my-court has no guidelines" in page
    assert "every number of this model holds throughout" in page
    assert rolled(court) is None
    assert drawn_from(court).endswith("each replicate draws them out of their ranges.")
    assert "this is a fit and no test" in about_fit(court)


def test_of_guidelines_without_a_population_nobody_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    without = replace(shelf.named("us-immigration"), population=None)
    monkeypatch.setitem(shelf._own, without.name, without)
    page = rules_page({"model": without.name})
    assert "The model us-immigration has no population for whom a guideline draws its line" in page
    assert "Under 2021-02-18-ice it falls into" in page


def test_words_of_the_flagship_stand_in_no_page_of_another_model() -> None:
    page = rules_page({"model": "crown-court"})
    for word in ("ICE", "fiscal", "immigration enforcement.", "bookings", "officers may"):
        assert word not in page.partition("</style>")[2], word


def test_an_unknown_model_in_an_address_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="no model 'crown'. Did you mean 'crown-court'"):
        rules_page({"model": "crown"})
