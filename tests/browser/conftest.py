"""Debian's Chromium, opened once, and one server for all tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-quic",
    "--disable-sync",
]
SCHEMES: tuple[tuple[Literal["light", "dark"], dict[str, Any]], ...] = (
    ("light", {}),
    ("dark", {"runOnly": ["color-contrast"]}),
)
FAULTS = {"resultTypes": ["violations"]}
"""What is right is not listed: that takes most of the time, and megabytes."""
UNFOLDED = "for (const each of document.querySelectorAll('details')) each.open = true"
ALIKE = "for (const each of document.querySelectorAll('tbody tr:nth-child(n + 5)')) each.remove()"
"""Rows of a table have the same colours: a few of each are enough for the second look."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None and "CI" not in os.environ:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def accessible() -> Callable[[Page], None]:
    """Check a page with axe, everything unfolded: by every rule in light, and in dark by the one that asks for colours."""

    def check(page: Page) -> None:
        page.evaluate(UNFOLDED)
        for scheme, asked in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options=FAULTS | asked)
            assert found.violations_count == 0, found.generate_report()
            page.evaluate(ALIKE)

    return check
