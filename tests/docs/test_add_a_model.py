"""The page that builds a model is true, and every command works for that model or says what it lacks."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lawqueue.app import document
from lawqueue.cli import app
from lawqueue.errors import InputError
from lawqueue.models import registry

PAGE = Path(__file__).parents[2] / "docs" / "add-a-model.md"
FAST = ("--replicates", "2", "--scale", "0.2", "--quiet")


@pytest.fixture
def court(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the files of the page, and go where they lie."""
    written = re.findall(
        r"^`(\S+)`\n\n```\w+\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert len(written) == 5
    for name, text in written:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(*given: str, code: int = 0) -> str:
    """Run a command, assert how it ends, and return what it says."""
    found = CliRunner().invoke(app, [*given])
    assert found.exit_code == code, found.output
    return found.output


@pytest.mark.usefixtures("court")
def test_the_examples_of_the_page_give_what_they_say() -> None:
    result = doctest.testfile(str(PAGE), module_relative=False)
    assert (result.attempted > 0, result.failed) == (True, 0)


@pytest.mark.usefixtures("court")
def test_commands_work_for_a_model_of_ones_own() -> None:
    assert "a valid scenario" in said("validate", "more-judges.yaml")
    assert "Pending cases" in said("run", "more-judges.yaml", *FAST, "--out", "out")
    assert "every file is the one" in said("verify", "out")
    report = Path("out/report.html").read_text(encoding="utf-8")
    assert "It is a page of a manual." in report
    for word in ("Border Patrol", "immigration", " ICE ", "Jail", "asylum"):
        assert word not in report, word
    assert "my-court: A court of my own" in said("list", "--model", "./my-court")
    assert "hearing_minutes" in said("list", "--parameters", "--model", "./my-court")
    assert "pending" in said("list", "--series", "--model", "./my-court")
    assert said("rules", "check", "--model", "./my-court") == ""


@pytest.mark.usefixtures("court")
def test_a_folder_in_which_a_model_lies_may_be_named_without_its_path() -> None:
    for command in (
        ["list", "--model", "my-court"],
        ["list", "--parameters", "--model", "my-court"],
        ["validate", "more-judges.yaml", "--model", "my-court"],
        ["show", "my-court", "--quiet"],
        ["rules", "check", "--model", "my-court"],
    ):
        said(*command)
    assert said("claims", "my-court", code=2) == "the model my-court has no claims.\n"
    assert "A folder" not in said("list", "--model", "us-immigration")
    assert "is given as ./NAME" in said("list", "--model", "your-court", code=2)


@pytest.mark.usefixtures("court")
def test_the_picture_of_a_network_has_what_is_behind_each_node_and_edge() -> None:
    told = said("show", "./my-court", "--quiet")
    assert "source filings: filings\n  → docket the rest" in told
    assert "station docket: hearing_minutes, judges\n  → decided the rest" in told
    drawn = Path("out/my-court.svg").read_text(encoding="utf-8")
    assert drawn.count("<rect") == 1 + 3
    assert "station docket: hearing_minutes, judges</title>" in drawn


@pytest.mark.usefixtures("court")
@pytest.mark.parametrize(
    ("command", "part"),
    [
        (["rules", "diff", "a", "b"], "guidelines"),
        (["rules", "explain", "a"], "guidelines"),
        (["rules", "list"], "guidelines or statutes"),
        (["rules", "statutes"], "statutes"),
        (["rules", "timeline"], "timeline of dated switches"),
    ],
)
def test_what_a_model_lacks_is_said_in_one_sentence(command: list[str], part: str) -> None:
    assert said(*command, "--model", "./my-court", code=2) == f"the model my-court has no {part}.\n"


def test_a_page_runs_no_code_of_a_path(court: Path) -> None:
    (court / "my-court" / "model.py").write_text("raise SystemExit('it was run')", encoding="utf-8")
    text = (court / "more-judges.yaml").read_text(encoding="utf-8")
    for path in ("./my-court", str(court / "my-court"), ".", "..\\my-court"):
        with pytest.raises(InputError, match="code is run from the command line alone"):
            document.checked(text.replace("./my-court", path))


@pytest.mark.usefixtures("court")
def test_a_folder_that_is_no_model_is_told_at_its_line() -> None:
    path = Path("more-judges.yaml")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("./my-court", "./your-court"), encoding="utf-8")
    assert "more-judges.yaml:4:8: model: your-court: no model.py" in said("validate", str(path), code=2)
    path.write_text(text.replace("./my-court", "us-imigration"), encoding="utf-8")
    assert "Did you mean 'us-immigration'?" in said("validate", str(path), code=2)
    Path("my-court/model.py").write_text("import nowhere_at_all", encoding="utf-8")
    registry.in_folder.cache_clear()
    path.write_text(text, encoding="utf-8")
    assert "model.py: cannot be run: ModuleNotFoundError" in said("validate", str(path), code=2)
