"""The report as a file: what stands in it, and what must not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

from lawqueue import numbers
from lawqueue.app import views
from lawqueue.app.document import checked
from lawqueue.app.state import State, opened
from lawqueue.app.views import rendered
from lawqueue.app.work import Answered
from lawqueue.months import named
from lawqueue.numbers import money, number, quantity, relative, share, signed
from lawqueue.report import tables, write_report
from lawqueue.report.page import bottleneck_and_lines
from lawqueue.study import sentences
from lawqueue.study.simulate import Settings
from lawqueue.study.study import Loaded, Study

SMALL = Settings(replicates=3, scale=0.005)


class Page(HTMLParser):
    """Counts what the tests ask about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element."""
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of one kind."""
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_asks_nothing_of_any_other_host(small_report: Path) -> None:
    page = Page(small_report.read_text(encoding="utf-8"))
    assert not page.all("script")
    assert not page.all("link")
    assert not page.all("img")
    for tag, attributes in page.tags:
        assert tag == "a" or not str(attributes.get("src") or attributes.get("href") or "").startswith("http")
    assert "@import" not in small_report.read_text(encoding="utf-8")


def test_the_page_opens_on_the_answer(small_report: Path, town_hall_report: Path) -> None:
    for report, first in (
        (small_report, ["answers", "in-short"]),
        (town_hall_report, ["answers", "table", "in-short"]),
    ):
        page = Page(report.read_text(encoding="utf-8"))
        sections = [attributes["aria-labelledby"] for attributes in page.all("section")]
        assert sections[: len(first)] == first
        assert sections[-4:] == ["assumptions", "definitions", "limits", "reproduce"]
        assert len(page.all("h1")) == 1


def test_the_opening_has_the_sentences_of_the_command_line_and_five_limits(
    town_hall_report: Path, town_hall: Study
) -> None:
    text = unescape(re.sub(r"<[^>]+>", "", town_hall_report.read_text(encoding="utf-8")))
    assert len(sentences.opening(town_hall)) == 12
    for _, _, sentence in sentences.opening(town_hall):
        assert str(sentence) in text
    assert len(town_hall.short_limits) == 5
    assert all(each in text for each in town_hall.short_limits)


def test_every_scenario_has_a_page_and_every_link_between_them_leads_somewhere(
    town_hall_report: Path, town_hall: Study
) -> None:
    pages = {each.stem for each in (town_hall_report.parent / "report").iterdir()}
    assert pages == {each.name for each in town_hall.answers}
    for link in Page(town_hall_report.read_text(encoding="utf-8")).all("a"):
        address = str(link["href"])
        if not address.startswith(("http", "#", "data:")):
            assert (town_hall_report.parent / address).is_file(), address


def test_a_level_that_is_far_off_is_never_shown_without_what_was_published(
    town_hall_report: Path, town_hall: Study
) -> None:
    pages = town_hall_report.parent / "report"
    found = 0
    for answer in town_hall.answers:
        text = (pages / f"{answer.name}.html").read_text(encoding="utf-8")
        for effect in answer.effects:
            beside = town_hall.beside(effect.series.name, effect.start, effect.end)
            if beside is not None and beside.standing == "published":
                found += 1
                assert numbers.exact(beside.value, effect.series.unit) in text
                assert f"model {numbers.relative(beside.error)}".replace("<", "&lt;") in text
    assert found > 20


def test_a_recalled_figure_is_marked_and_never_called_published(town_hall: Study) -> None:
    # Detainers of fiscal year 2019 are recalled.
    row = tables.beside_row(
        town_hall, town_hall.baseline.about("detainers"), date(2018, 10, 1), date(2019, 10, 1)
    )
    assert row is not None
    assert (row["standing"], row["error"]) == ("recalled", "")


def test_values_stand_under_the_pointer_and_the_day_of_the_change_is_marked(small_report: Path) -> None:
    text = small_report.read_text(encoding="utf-8")
    figures = re.findall(r"<figure[^>]*>(.*?)</figure>", text, flags=re.DOTALL)
    assert all("<title>" in each for each in figures)
    months = [each for each in figures if "by month" in each]
    assert len(months) >= 8
    assert sum("change, 2 Apr 2021" in each for each in months) >= 8
    assert sum("<title>April 2021: " in each for each in months) >= 8
    assert all("figcaption" in each for each in months)


def test_every_figure_is_drawn_and_named(small_report: Path) -> None:
    text = small_report.read_text(encoding="utf-8")
    figures = re.findall(r"<figure[^>]*>(.*?)</figure>", text, flags=re.DOTALL)
    assert len(figures) > 10
    assert all("<svg" in each for each in figures)
    assert all(attributes.get("aria-label") for attributes in Page(text).all("figure"))


def test_every_table_has_a_caption_and_every_number_a_stamp(small_report: Path) -> None:
    text = small_report.read_text(encoding="utf-8")
    found = re.findall(r"<table[^>]*>(.*?)</table>", text, flags=re.DOTALL)
    assert all("<caption>" in each for each in found)
    for each in found:
        if 'class="n"' in each:
            assert 'class="stamp' in each


def test_the_assumptions_stand_with_basis_and_source(small_report: Path, small_study: Study) -> None:
    text = small_report.read_text(encoding="utf-8")
    for row in small_study.assumptions:
        assert f"<code>{row.name}</code>" in text
    assert "must not be used to decide about, find, rank or describe any person" in text


def test_words_of_a_scenario_are_text_and_never_markup(small_study: Study, tmp_path: Path) -> None:
    answer = replace(small_study.answers[0], claim="<script>alert(1)</script>", question="a < b & c")
    write_report(replace(small_study, answers=(answer,)), tmp_path)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "a &lt; b &amp; c" in text


def test_the_fit_of_the_seed_event_is_stated_by_month(small_study: Study) -> None:
    book_ins = next(each for each in small_study.fits if each.series == "book_ins.ice")
    assert len(book_ins.rows) == 12
    february = next(each for each in book_ins.rows if each.month.isoformat() == "2021-02-01")
    assert february.published == 1981
    assert f"{100 * book_ins.mean_absolute_error:.0f} %" in book_ins.comment


def test_numbers_read_as_a_reader_wants_them() -> None:
    assert number(0.0) == "0"
    assert number(999.6) == "1,000"
    assert number(float("inf")) == "—"
    assert money(999.0) == "$999"
    assert money(0.0) == "$0"
    assert share(None) == "—"
    assert signed(-1234.0, "case") == "−1,230"
    assert signed(0.0, "case") == "0"
    assert signed(-0.3, "case/month") == "0"
    assert quantity(12.6, "person-day") == "13"


def test_the_interval_of_three_runs_is_nowhere_called_a_90_per_cent_one(
    small_report: Path, small_study: Study
) -> None:
    text = small_report.read_text(encoding="utf-8")
    assert ">Difference, range of 3 runs</th>" in text
    assert "mean and range of 3 runs" in text
    assert "90 % interval" not in text
    assert {each.interval for each in small_study.fits} == {"range of 3 runs"}
    answered = Answered(
        State(opened("prosecute-1326")), checked(opened("prosecute-1326")), SMALL, small_study, ()
    )
    detail = rendered("detail.html.j2", **views.detail(answered, "files?"))
    assert ">Difference, range of 3 runs</th>" in detail
    assert "90 %" not in detail
    assert "90 %" not in rendered("headline.html.j2", **views.headline(answered))


def test_what_acts_after_the_run_is_said_in_the_report(small_study: Study, tmp_path: Path) -> None:
    answer = replace(small_study.answers[0], late=("Judges first act on 2023-04-13.",))
    write_report(replace(small_study, answers=(answer,)), tmp_path)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "; judges first act on 2023-04-13" in text  # in the sentence
    assert text.count("Judges first act on 2023-04-13.") == 1  # with the lever


def test_a_small_difference_is_not_shown_as_none() -> None:
    assert relative(-0.0001) == "<\xa00.1\xa0%"
    assert relative(0.0) == "0\xa0%"
    assert relative(0.5) == "+50.0\xa0%"


def test_where_it_was_tightest_is_told_by_the_months_that_the_strip_shows(small_study: Study) -> None:
    answer, model = small_study.answers[0], small_study.model

    def told(*loads: Loaded) -> str:
        return str(bottleneck_and_lines(replace(answer, loads=loads), model)["bottleneck"])

    months = sum(answer.window[0] <= each < answer.window[1] for each in answer.comparison.reform.months)
    assert told(
        Loaded("judges", 0.93, 24, 12), Loaded("beds", 0.5, 0, 0), Loaded("officers", 0.9, 0, 20)
    ) == (
        f"Of the {months} months from {named(answer.window[0])} to {named(answer.main.last)}, full, with no slack "
        "left: officers in 20 (baseline 0), judges in 12 (baseline 24)."
    )
    assert told(Loaded("judges", 0.93, 0, 0)).endswith(
        "; the most loaded was judges, at 93.0\xa0% on average."
    )
    # A stage that the strip names in a month of the window is full in that month.
    full = {each.stage: each.full for each in answer.loads}
    for name, n in full.items():
        strip = [each for each in answer.bottlenecks_reform if each.stage == name]
        assert sum(answer.window[0] <= each.month < answer.window[1] for each in strip) <= n


def test_a_first_look_tells_no_fall_by_more_than_all_of_it(small_study: Study) -> None:
    found = replace(small_study.answers[0].main, difference=-66.0, low=-131.9, high=0.0, baseline=100.0)
    row = views.in_per_cent(replace(found, relative_low=-1.0, relative_high=0.0), small_study)
    assert (row["change"], row["interval"]) == ("−66.0\xa0%", "−100.0\xa0% to 0\xa0%")


def test_the_chart_of_a_first_look_divides_each_draw_by_its_own_baseline(small_study: Study) -> None:
    answer = small_study.answers[0]
    comparison, name = answer.comparison, answer.headline.outcome
    nothing = replace(comparison.reform, values=comparison.reform.values * 0)
    emptied = replace(answer, comparison=replace(comparison, reform=nothing))
    spec = views._difference(emptied, name, comparison.reform.months[0], comparison.baseline)
    assert min(each["a"] for each in spec["data"]["values"] if each["a"] is not None) == -1.0
