"""
The control room as users meet it: from the command, in Debian's Chromium, with other hosts out of reach.

One server has the models of the package and a court of one's own, on which it opens: what does not hang on a model is
tried on the court, whose first look is the quickest.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from lawqueue.app.document import blank
from lawqueue.models import registry
from lawqueue.models.court.folder import files
from lawqueue.models.court.table import read_table
from lawqueue.report.tables import effect_row
from lawqueue.study.study import Study

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PATIENCE = 90_000
"""Longest wait for an answer [ms]: on a cold cache the kernels are compiled first."""


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a court, as `lawqueue init` writes it from a table; ten more wait each quarter."""
    folder = tmp_path_factory.mktemp("court") / "my-court"
    table = folder.with_suffix(".csv")
    rows = [f"{2018 + i // 4}-Q{i % 4 + 1},{1000 + i},{990 + i},{4000 + 10 * (i + 1)}" for i in range(16)]
    table.write_text("\n".join(("quarter,filings,dispositions,pending", *rows, "")), encoding="utf-8")
    for name, text in files(read_table(table), folder.name, "My court", table.name).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def address(court: Path) -> Iterator[str]:
    """Where the server listens that the command starts; Ctrl-C ends it without a complaint."""
    command = [sys.executable, "-m", "lawqueue", "app", court.name, "--no-browser", "--port", "0"]
    with subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        cwd=court.parent,
        env=os.environ | {"PYTHONWARNINGS": ""},
    ) as server:
        assert server.stderr is not None
        told = server.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", told)
        assert found is not None, told
        yield found[0]
        server.send_signal(signal.SIGINT)
        _, rest = server.communicate(timeout=30)
        assert rest == ""
        assert server.returncode == 0


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Open a path as a user of its own; at the end nothing was asked of another host, and nothing complained."""
    asked: list[str] = []
    complaints: list[str] = []
    pages: list[Page] = []

    def guard(route: Route) -> None:
        if route.request.url.startswith(address):
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    def opened(path: str = "", **options: Any) -> Page:
        page = browser.new_context(**options).new_page()
        page.set_default_timeout(PATIENCE)
        page.route("**/*", guard)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address + path)
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.context.close()
    assert asked == []
    assert complaints == []


def answered(page: Page) -> Page:
    """Wait until the answer to what is asked stands on the page, with its charts."""
    expect(page.locator("main.room")).not_to_have_class(re.compile(r"\b(old|drawing)\b"), timeout=PATIENCE)
    expect(page.locator(".card").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#effects")).to_be_visible(timeout=PATIENCE)
    return page


def test_a_lever_is_moved_from_the_keyboard_and_a_link_carries_it_to_another_user(
    visit: Callable[..., Page],
) -> None:
    page = answered(visit("?q=filings-up"))
    expect(page.get_by_text("Approximate", exact=True)).to_be_visible()
    page.locator("summary", has_text="Judges (").press("Enter")
    page.get_by_role("button", name="Move Judges").press("Enter")
    slider = page.get_by_role("slider", name="Judges")
    slider.press("PageUp")
    expect(page.get_by_role("spinbutton", name="Judges, exact")).to_have_value("1.3")
    expect(page.locator("#changed")).to_contain_text("set to 1.3", timeout=PATIENCE)
    answered(page)
    expect(slider).to_be_focused()
    expect(page.get_by_role("heading", name="What each step adds")).to_be_visible(timeout=PATIENCE)

    other = answered(visit(page.url.split("/")[-1]))
    expect(other.get_by_role("slider", name="Judges")).to_have_value("1.3")
    other.get_by_role("button", name="Remove step 2").click()
    expect(other.get_by_role("slider", name="Judges")).to_have_count(0)
    expect(page.get_by_role("slider", name="Judges")).to_have_value("1.3")  # each user has an own state


def test_each_model_has_its_own_questions_dials_rules_and_trust(visit: Callable[..., Page]) -> None:
    page = answered(visit())
    expect(page.get_by_role("heading", level=1)).to_have_text("A tenth more judges")
    expect(page.get_by_role("group", name="Deterrence")).to_have_count(0)
    page.get_by_role("link", name="The Crown Court of England and Wales").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Receipts grow by 6 % a year, then by 2 %")
    page.get_by_label("Question").select_option("uncapped-sitting")
    answered(page)
    assert "?model=crown-court&q=uncapped-sitting" in page.url
    page.get_by_role("link", name="Rules").click()
    expect(page.get_by_text("The model crown-court has no guidelines")).to_be_visible()
    expect(
        page.get_by_role("rowheader", name="Days on which court rooms of the Crown Court sit")
    ).to_be_visible()
    page.get_by_role("link", name="Trust").click()
    expect(page.get_by_role("group", name="Scores, table")).to_contain_text("Last net flow")
    page.get_by_role("link", name="My court").click()
    expect(page.get_by_text("The model my-court has no back-test")).to_be_visible()
    page.get_by_role("link", name="The Crown Court of England and Wales").click()
    page.get_by_role("link", name="Control room").click()  # as it was left
    expect(page.get_by_role("heading", level=1)).to_have_text("Every court room sits on every working day")
    page.get_by_role("link", name="U.S. immigration enforcement").click()
    expect(page.get_by_role("group", name="Deterrence")).to_be_visible()


def test_a_file_that_asks_another_model_opens_the_page_of_that_model(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    page = answered(visit("?model=my-court"))
    other = tmp_path / "mine.yaml"
    other.write_text(blank(registry.registered("crown-court")), encoding="utf-8")
    page.get_by_label("Open a scenario file").set_input_files(other)
    expect(page.locator("main.room")).to_have_attribute("data-model", "crown-court", timeout=PATIENCE)
    expect(page.get_by_label("Question")).to_have_value("history", timeout=PATIENCE)
    page.get_by_text("how the full run is made").click()
    assert page.get_by_label("Last day ('to')").get_attribute("max") == "2030-03-31"
    hostile = tmp_path / "hostile.yaml"
    hostile.write_text(other.read_text(encoding="utf-8").replace("crown-court", "../other"), encoding="utf-8")
    page.get_by_label("Open a scenario file").set_input_files(hostile)
    expect(page.get_by_role("alert")).to_contain_text(
        "is a path, and code is run from the command line alone"
    )


def test_the_full_run_shows_the_numbers_of_the_library(
    visit: Callable[..., Page], small_study: Study
) -> None:
    page = answered(visit("?q=prosecute-1326&replicates=3&scale=0.005"))
    page.get_by_role("button", name="Run in full").click()
    expect(page.get_by_role("status")).to_contain_text("Answer of the full run", timeout=PATIENCE)
    expect(page.get_by_text("Approximate", exact=True)).to_have_count(0)
    for card, effect in zip(page.locator(".card").all(), small_study.answers[0].effects[:4], strict=True):
        row = effect_row(effect, small_study)
        expect(card.locator(".big")).to_contain_text(row["scenario"])
        expect(card.locator(".interval")).to_contain_text(
            f"{row['difference']}; range of 3 runs: {row['interval']}"
        )
    pre = page.get_by_role("group", name="Command")
    expect(pre).to_have_text(
        "lawqueue run prosecute-1326 --seed 0 --replicates 3 --scale 0.005 --parameters ensemble"
    )


def test_the_deterrence_dial_is_turned_in_the_headline_and_travels_with_the_link(
    visit: Callable[..., Page],
) -> None:
    page = answered(visit("?q=prosecute-1326"))
    expect(page.get_by_role("radio", name="off", exact=True)).to_be_checked()
    before = page.locator(".card .interval").all_inner_texts()
    page.get_by_role("radio", name="high").check()
    expect(page.locator(".cards-heading")).to_contain_text("deterrence high", timeout=PATIENCE)
    assert page.locator(".card .interval").all_inner_texts() != before
    assert "deterrence=high" in page.url
    expect(page.get_by_role("group", name="Command")).to_contain_text("--deterrence high", timeout=PATIENCE)
    expect(page.get_by_role("group", name="Python")).to_contain_text('deterrence="high"')
    again = answered(visit("?" + page.url.partition("?")[2]))
    expect(again.get_by_role("radio", name="high")).to_be_checked()


def test_runs_wait_in_line_are_cancelled_and_a_closed_tab_frees_the_desk(visit: Callable[..., Page]) -> None:
    first = answered(visit("?q=receipts-high&replicates=8&scale=1"))
    first.get_by_role("button", name="Run in full").click()
    expect(first.get_by_role("status")).to_have_text("Running in full.", timeout=PATIENCE)
    second = answered(visit("?q=quick-ends&replicates=2&scale=0.05"))
    second.get_by_role("button", name="Run in full").click()
    expect(second.get_by_role("status")).to_have_text("In line: 1 ahead of you.", timeout=PATIENCE)
    second.get_by_role("button", name="Cancel").click()
    expect(second.get_by_role("status")).to_contain_text("Approximate answer", timeout=PATIENCE)
    second.get_by_role("button", name="Run in full").click()
    expect(second.get_by_role("status")).to_have_text("In line: 1 ahead of you.", timeout=PATIENCE)
    first.context.close()  # its run would hold the desk for long
    expect(second.get_by_role("status")).to_contain_text("Answer of the full run", timeout=15_000)


def test_files_come_and_go_and_a_bad_one_is_refused_by_line_and_column(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    page = answered(visit("?q=more-judges&replicates=2&scale=0.1"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Scenario file").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert download.value.suggested_filename == "more-judges.yaml"
    bad, good = tmp_path / "bad.yaml", tmp_path / "good.yaml"
    bad.write_text(text.replace("- wait\n", "- wiat\n"), encoding="utf-8")
    good.write_text("# mine\n" + text.replace("title: ", "title: Mine, "), encoding="utf-8")
    page.get_by_label("Open a scenario file").set_input_files(bad)
    expect(page.get_by_role("alert")).to_contain_text("bad.yaml:16:3: outcomes.2: no series 'wiat'.")
    expect(page.get_by_role("heading", level=1)).to_have_text("A tenth more judges")
    page.get_by_label("Open a scenario file").set_input_files(good)
    expect(page.get_by_role("heading", level=1)).to_have_text("Mine, A tenth more judges")
    answered(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Scenario file").click()
    assert Path(download.value.path()).read_text(encoding="utf-8") == good.read_text(encoding="utf-8")
    expect(page.get_by_role("link", name="Report in one file")).to_have_count(
        0
    )  # a first look is not taken away
    page.get_by_role("button", name="Run in full").click()
    expect(page.get_by_role("status")).to_contain_text("Answer of the full run", timeout=PATIENCE)
    expect(page.locator(".cards:not(.approximate)")).to_be_visible(timeout=PATIENCE)
    answered(page)
    for name, start in (
        ("Report in one file", b"<!doctype html>"),
        ("Every outcome, numbers as CSV", b"scenario,baseline,outcome"),
        ("Pending cases, Level, as PNG", b"\x89PNG"),
        ("Where cases went, Scenario, as SVG", b"<svg"),
        ("The caseload by year, as PNG", b"\x89PNG"),
        ("The caseload by year, numbers as CSV", b"# Lawqueue: more-judges, caseload;"),
    ):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        assert Path(download.value.path()).read_bytes().startswith(start), name


def test_a_link_that_is_refused_is_told_at_the_top_of_the_page(visit: Callable[..., Page]) -> None:
    page = answered(visit("?q=more-judgez", viewport={"width": 390, "height": 800}))
    expect(page.get_by_role("alert")).to_contain_text("This was not done:")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    assert page.evaluate("window.scrollY") == 0


def test_what_is_refused_is_told_where_it_was_asked_and_the_field_goes_back(
    visit: Callable[..., Page], tmp_path: Path
) -> None:
    page = answered(visit("?q=more-judges", viewport={"width": 390, "height": 800}))
    page.get_by_text("how the full run is made").click()
    here, alert = page.locator("#fault-here"), page.get_by_role("alert")
    for label, wrong, right, words in (
        ("Replicates", "100", "40", "100 replicates. Expected 1 to 64"),
        ("Scale", "2", "1", "scale 2. Expected 0.001 to 1."),
        ("Seed", "-1", "0", "seed -1. Expected a whole number"),
        ("Last day ('to')", "2031-01-01", "2026-12-31", "inputs from 2018-04-01 to 2026-12-31"),
        ("Grows in over, days", "-3", "0", "must be at least 0, got '-3 days'."),
    ):
        field = page.get_by_label(label, exact=True)
        field.fill(wrong)
        page.keyboard.press("Tab")
        expect(here).to_contain_text(words)
        expect(here).to_be_in_viewport()
        expect(alert).to_contain_text(words)
        expect(field).to_have_value(right)
        expect(field).to_have_accessible_description(re.compile(re.escape(words)))
    bad = tmp_path / "latin.yaml"
    bad.write_bytes("name: x\ntitle: Café\n".encode("latin-1"))
    page.get_by_label("Open a scenario file").set_input_files(bad)
    expect(here).to_contain_text("latin.yaml:2:11: not UTF-8.")
    expect(here).to_be_in_viewport()
    expect(here).to_have_count(1)
    page.get_by_label("Seed").fill("7")
    page.keyboard.press("Tab")
    expect(here).to_have_count(0)
    expect(alert).to_be_empty()
    assert page.get_by_label("Seed").get_attribute("aria-describedby") == "about-seed"


def test_another_operation_and_back_keeps_the_number_and_the_run_may_end_another_day(
    visit: Callable[..., Page],
) -> None:
    page = answered(visit("?q=filings-up"))
    page.locator("summary", has_text="Judges (").press("Enter")
    page.get_by_role("button", name="Move Judges").press("Enter")
    number = page.get_by_role("spinbutton", name="Judges, exact")
    number.fill("2")
    page.keyboard.press("Tab")
    expect(page.locator("#changed")).to_contain_text("set to 2")
    for operation, shown in (("multiply", "1"), ("set", "2")):
        page.get_by_label("What is done to Judges").select_option(operation)
        expect(number).to_have_value(shown)
    page.get_by_text("how the full run is made").click()
    page.get_by_label("Last day ('to')").fill("2024-06-30")
    expect(page.locator(".cards .when").first).to_contain_text("30 June 2024", timeout=PATIENCE)
    assert page.locator("#at-1").get_attribute("max") == "2024-06-30"
    other = answered(visit(page.url.split("/")[-1]))
    expect(other.locator("#to")).to_have_value("2024-06-30")


def test_a_full_run_that_a_lever_stops_says_so(visit: Callable[..., Page]) -> None:
    page = answered(visit("?q=receipts-high&replicates=8&scale=1&seed=1"))
    page.get_by_role("button", name="Run in full").click()
    expect(page.get_by_role("status")).to_have_text("Running in full.", timeout=PATIENCE)
    page.get_by_label("Grows in over").first.fill("60")
    page.keyboard.press("Tab")
    expect(page.get_by_role("status")).to_contain_text("The full run was stopped", timeout=PATIENCE)


def test_the_rules_page_explains_and_compares(visit: Callable[..., Page]) -> None:
    page = visit("rules?model=us-immigration")
    page.get_by_label("Record").select_option("aggravated_felony")
    page.get_by_role("button", name="Explain").click()
    expect(page.locator(".verdict")).to_contain_text("falls into public safety")
    page.get_by_label("After").select_option("2017-02-20-kelly")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("section", has_text="Compare two versions").last).to_contain_text("changes for 0.0 %")


def test_a_page_that_is_not_there_leads_home(browser: Browser, address: str) -> None:
    context = browser.new_context()
    for path in ("nothing", "static/nothing.js"):
        told = context.request.get(address + path)
        assert told.status == 404
        assert f"There is no page /{path}." in told.text()
        assert 'data-home="my-court">the control room</a>' in told.text()
    context.close()


def test_a_date_is_typed_and_what_history_had_then_follows(visit: Callable[..., Page]) -> None:
    page = answered(visit("?q=filings-up"))
    page.locator("summary", has_text="Judges (").press("Enter")
    page.get_by_role("button", name="Move Judges").press("Enter")
    field = page.locator("#at-1")
    expect(field).to_be_visible(timeout=PATIENCE)
    field.focus()
    page.keyboard.type("09012023", delay=80)  # month, day, year, as the field takes them
    expect(page.locator("#history-1-judges-factor")).to_contain_text("History on 2023-09-01")
    expect(field).to_have_value("2023-09-01")
    expect(field).to_be_focused()
    expect(page.get_by_role("alert")).to_be_empty()


@pytest.mark.parametrize(
    "path",
    [
        "?q=more-judges",
        "?q=decline-2021",
        "rules?model=us-immigration",
        "rules?model=crown-court",
        "trust?model=us-immigration",
        "trust?model=crown-court",
    ],
)
def test_axe_finds_nothing_on_light_or_dark_and_no_width_scrolls_sideways(
    visit: Callable[..., Page], accessible: Callable[[Page], None], path: str
) -> None:
    page = visit(path)
    if path.startswith("?"):
        answered(page)
        page.locator("#at-0").fill("1999-01-01")
        page.keyboard.press("Tab")
        expect(page.locator("#fault-here")).to_contain_text("outside the run", timeout=PATIENCE)
    accessible(page)
    for width in (390, 768, 1280, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
