"""Sources that a reader cannot check are refused, and values that do not follow from what they name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lawqueue.errors import InputError
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.rules import formula
from lawqueue.rules.citing import address_fault, check_citations, check_formulas
from lawqueue.rules.parameter import load_parameter

PARAMETER = """\
description: Beds.
unit: bed
values:
  - from: 2020-01-01
    value: {value}
    basis: {basis}
    {formula}source:
      title: {title}
      copy: {{publisher: Somebody, url: {url}}}
"""


def written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    value: str = "5",
    basis: str = "stated",
    formula: str = "",
    title: str = "Agency, report",
    url: str = "https://example.org/report.pdf",
) -> Path:
    """Write a parameter, and work in its folder, so that messages name a bare file."""
    monkeypatch.chdir(tmp_path)
    path = Path("beds.yaml")
    line = f"formula: {formula}\n    " if formula else ""
    path.write_text(
        PARAMETER.format(value=value, basis=basis, formula=line, title=title, url=url), encoding="utf-8"
    )
    return path


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://discuss.ilw.com/blogs/mkolken/408011-", "is cut off"),
        ("https://justice.gov/ag/list-following-executive-order-14287-", "is cut off"),
        ("https://example.org/reports/annual_", "is cut off"),
        ("https://example.org/a%2", "is cut off"),
        ("https://example.org/read?id=", "is cut off"),
        ("https://example.org/doc/report-2019.ht", "is cut off"),
        ("https://example.org/doc/in-2014...", "is cut off"),
        ("https://newsmax.com", "is a bare home page"),
        ("https://www.azcentral.com/", "is a bare home page"),
        ("https://example.org/index.html", "is a bare home page"),
        ("https://cnn.com/2016/", "is the folder of a date"),
        ("https://holdcbpaccountable.org/2019/03/27/", "is the folder of a date"),
        ("https://example.org/news/2022/04", "is the folder of a date"),
        ("https://github.com/somebody/notes", "is the root of a repository"),
        ("https://gitlab.com/somebody", "is the root of a repository"),
        ("https://www.amren.com/news/2024/06/a-report/", "is a site of hatred"),
        ("https://dchan.qorigins.org/qresearch/res/1.html", "is a site of hatred"),
        ("https://pl.search.yahoo.com/mobile/s?p=statistics", "is a page of search results"),
    ],
)
def test_an_address_without_a_document_is_refused(url: str, fault: str) -> None:
    found = address_fault(url)
    assert found is not None
    assert found.startswith(fault)


def test_an_address_that_ends_inside_a_word_of_the_title_is_cut_off() -> None:
    title = "BIA decision strips immigration judges of bond authority"
    found = address_fault("https://example.org/bia-decision-strips-immig", title)
    assert found is not None
    assert found.startswith("is cut off")
    assert address_fault("https://example.org/bia-decision-strips-immigration", title) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://trac.syr.edu/immigration/reports/711/",
        "https://ohss.dhs.gov/topics/immigration/yearbook/2021",
        "https://ohss.dhs.gov/topics/immigration/yearbook/2021/table35",
        "https://www.cnn.com/2017/04/11/politics/what-it-costs/index.html",
        "http://www.wtop.com/?nid=289&sid=3653384",
        "https://github.com/somebody/notes/blob/HEAD/raw_data/data.csv",
        "https://www.everycrsreport.com/reports/IF11892.html",
        "https://www.federalregister.gov/d/2021-18800",
        "https://lawyer.example/enforcement-priorities-memo",
    ],
)
def test_an_address_of_a_document_is_not_refused(url: str) -> None:
    assert address_fault(url, "Memorandum on enforcement priorities") is None


def test_a_copy_without_a_document_is_named_at_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, monkeypatch, url="https://newsmax.com/")
    (found,) = check_citations([path])
    assert str(found) == (
        "beds.yaml:9:40: url: https://newsmax.com/ is a bare home page. "
        "Give the address of the document, or none."
    )


@pytest.mark.parametrize("said", ["Recalled, FY2020", "Agency, report, from memory", "Agency, not read"])
def test_what_is_recalled_cannot_be_stated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    path = written(tmp_path, monkeypatch, title=said)
    (found,) = check_citations([path])
    assert str(found).startswith("beds.yaml:6:12: basis: is 'stated', but the source says")


def test_a_derived_value_is_what_its_formula_comes_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = {
        ("beds", date(2020, 3, 1), date(2020, 3, 31)): 30.0,
        ("days", date(2019, 10, 1), date(2020, 9, 30)): 7.0,
    }

    def published(series: str, start: date, end: date) -> float:
        if (series, start, end) not in figures:
            raise InputError(f"{series!r} has no figure.")
        return figures[series, start, end]

    def faults(value: str, text: str) -> list[str]:
        path = written(tmp_path, monkeypatch, value=value, basis="derived", formula=f"'{text}'")
        return [str(each) for each in check_formulas([path], published)]

    assert faults("4.29", "beds[2020-03] / days[FY2020]") == []
    assert faults("4.3", "beds[2020-03] / days[FY2020]") == []
    assert faults("4.2", "beds[2020-03] / days[FY2020]") == [
        "beds.yaml:7:14: formula: comes to 4.28571, but the value is 4.2. Write the value that follows."
    ]
    assert faults("5", "beds[2020-04]") == ["beds.yaml:7:14: formula: 'beds' has no figure."]
    assert faults("5", "beds[2020-03] / (days[FY2020] - 7)") == ["beds.yaml:7:14: formula: divides by 0."]


@pytest.mark.parametrize(
    "text", ["beds[2020-13]", "beds", "__import__('os')", "beds[2020-03] ** 2", "(1).real", "f0", "1 +"]
)
def test_a_formula_is_arithmetic_on_figures_and_nothing_else(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no (formula|period)"):
        formula.value(text, lambda *_: 1.0)


@pytest.mark.parametrize(
    ("basis", "text", "fault"),
    [
        ("derived", "", "basis: derived needs a 'formula'"),
        ("stated", "beds[2020-03]", "a 'formula' goes with basis: derived, not with stated."),
        ("derived", "beds[FY20]", "[FY20] is no period."),
    ],
)
def test_a_formula_goes_with_what_is_derived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, basis: str, text: str, fault: str
) -> None:
    path = written(tmp_path, monkeypatch, basis=basis, formula=f"'{text}'" if text else "")
    with pytest.raises(InputError, match=fault.replace("[", r"\[").replace("'", ".")):
        load_parameter(path, "beds")


def test_every_derived_value_of_the_model_follows_from_published_figures() -> None:
    files = sorted((MODEL.folder / "parameters").glob("**/*.yaml"))
    derived = [each for about in MODEL.parameters() for each in about.values if each.basis == "derived"]
    assert len(derived) >= 5
    assert check_formulas(files, MODEL.observed().value) == []


def test_every_source_of_a_parameter_can_be_checked() -> None:
    assert check_citations(sorted((MODEL.folder / "parameters").glob("**/*.yaml"))) == []


def test_no_parameter_says_only_that_no_figure_was_found() -> None:
    assumed = [
        (about.name, each) for about in MODEL.parameters() for each in about.values if each.basis == "assumed"
    ]
    assert not [
        name for name, each in assumed if "no published figure" in (each.source.note or each.source.title)
    ]
