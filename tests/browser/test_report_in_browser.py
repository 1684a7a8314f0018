"""The report in Debian's Chromium, with every request to another host blocked and counted."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pypdf import PdfReader

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def opened(
    browser: Browser, report: Path, width: int, scripts: bool = True
) -> tuple[Page, list[str], list[str]]:
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []

    def guard(route: Route) -> None:
        if route.request.url.startswith(("file:", "data:")):
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    page.route("**/*", guard)
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(report.as_uri())
    return page, asked, complaints


@pytest.mark.parametrize("scripts", [True, False])
def test_the_report_opens_offline_without_a_word(browser: Browser, small_report: Path, scripts: bool) -> None:
    page, asked, complaints = opened(browser, small_report, 1280, scripts)
    assert page.get_by_role("heading", level=1).inner_text()
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    charts = page.locator("figure svg")
    assert charts.count() > 10
    for i in range(charts.count()):
        box = charts.nth(i).bounding_box()
        assert box is not None
        assert box["width"] > 100
        assert box["height"] > 20
    assert asked == []
    assert complaints == []


@pytest.mark.parametrize("width", [390, 768, 1280, 1600])
def test_the_page_never_scrolls_sideways(browser: Browser, small_report: Path, width: int) -> None:
    page, _, _ = opened(browser, small_report, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_tables_under_charts_open_from_the_keyboard(browser: Browser, small_report: Path) -> None:
    page, _, _ = opened(browser, small_report, 1280)
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None


def test_pages_are_small_and_the_answers_print_on_three(
    browser: Browser, small_report: Path, town_hall_report: Path
) -> None:
    for report in (small_report, town_hall_report):
        assert report.stat().st_size <= 600_000
        page, _, _ = opened(browser, report, 1280)
        assert len(PdfReader(io.BytesIO(page.pdf(format="A4"))).pages) <= 3
    for each in (town_hall_report.parent / "report").iterdir():
        assert each.stat().st_size <= 1_500_000


def test_what_prints_is_the_sentences_the_table_and_the_limits(
    browser: Browser, town_hall_report: Path
) -> None:
    page, _, _ = opened(browser, town_hall_report, 1280)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="The answers")).to_be_visible()
    expect(page.get_by_role("heading", name="Limits in five lines")).to_be_visible()
    assert page.locator("ol.sentences > li").count() == 12
    assert page.locator(".below").is_hidden()


def test_on_a_phone_every_difference_is_seen_without_a_scroll(
    browser: Browser, small_report: Path, town_hall_report: Path
) -> None:
    whole = sorted((town_hall_report.parent / "report").iterdir())[:2]
    for report in (small_report, town_hall_report, *whole):
        page, _, _ = opened(browser, report, 390)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        right = page.evaluate(
            "[...document.querySelectorAll('td.d')].map(each => each.getBoundingClientRect().right)"
        )
        assert len(right) > 5
        assert max(right) <= 390


def test_axe_finds_nothing_against_the_reports_in_light_or_dark(
    browser: Browser, accessible: Callable[[Page], None], small_report: Path, town_hall_report: Path
) -> None:
    one = town_hall_report.parent / "report" / "guideline-2017.html"
    for report in (small_report, town_hall_report, one):
        page = browser.new_page()
        page.goto(report.as_uri())
        accessible(page)
        page.context.close()
