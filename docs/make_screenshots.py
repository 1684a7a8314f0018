"""
Draw the pictures of the control room and of a report.

It runs the town hall for its report, starts `lawqueue app`, and opens every page in Debian's Chromium, at three widths,
light and dark. With a folder as its argument, all pictures go there: each page as it opens, and `…-whole` with what is
below, as far as the browser draws it. Without one the few that the README and the guide show are drawn anew in `docs/images`.
"""  # noqa: INP001 -- a script beside the pictures it draws

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 120_000
PAGES = {
    "app-room": "?q=decline-2021",
    "app-levers": "?q=more-removals",
    "app-rules": "rules",
    "app-trust": "trust",
    "app-crown-court": "?model=crown-court&q=uncapped-sitting",
    "app-crown-court-rules": "rules?model=crown-court",
    "app-crown-court-trust": "trust?model=crown-court",
}
REPORT = "report"
SIZES = {390: 844, 1280: 900, 1600: 1000}
SCHEMES = ("light", "dark")
SHOWN = {
    (REPORT, 1280, "light"): "report.png",
    ("app-room", 1280, "light"): "app-room-1280-light.png",
    ("app-room", 390, "light"): "app-room-390-light.png",
    ("app-rules", 1280, "light"): "app-rules-1280-light.png",
    ("app-crown-court", 1280, "light"): "app-crown-court-1280-light.png",
}
"""Pictures that are shown somewhere, and their names in `docs/images`."""
REPORT_HEIGHT = 1700
"""As much of a report as the README shows."""
LONGEST = 16_000
"""Longest picture that the browser draws without repeating itself [px]."""
COMMAND = [sys.executable, "-m", "lawqueue"]


def main() -> None:
    """Write the pictures."""
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    folder = given or Path(__file__).parent / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with _served() as address, _reported() as report, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        pages = {REPORT: report, **{each: address + path for each, path in PAGES.items()}}
        for name, width, scheme in product(pages, SIZES, SCHEMES) if given else SHOWN:
            page = _opened(browser, pages[name], (width, SIZES[width]), scheme)
            if given:
                page.screenshot(path=folder / f"{name}-{width}-{scheme}.png")
                length = min(page.evaluate("document.documentElement.scrollHeight"), LONGEST)
                page.screenshot(
                    path=folder / f"{name}-{width}-{scheme}-whole.png",
                    full_page=True,
                    clip={"x": 0, "y": 0, "width": width, "height": length},
                )
            else:
                if name == REPORT:
                    page.set_viewport_size({"width": width, "height": REPORT_HEIGHT})
                page.screenshot(path=folder / SHOWN[name, width, scheme])
            sys.stderr.write(f"{name}, {width} px, {scheme}\n")
            page.context.close()
        browser.close()


@contextmanager
def _reported() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*COMMAND, "run", "town-hall-2021", "--out", f"{folder}/made", "--quiet"], check=True)  # noqa: S603  # this project's own command
        yield (Path(folder) / "made" / "report.html").as_uri()


@contextmanager
def _served() -> Iterator[str]:
    command = [*COMMAND, "app", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:  # noqa: S603  # this project's own command
        try:
            assert server.stderr is not None
            found = re.search(r"http://\S+/", server.stderr.readline())
            assert found is not None
            yield found[0]
        finally:
            server.send_signal(signal.SIGINT)


def _opened(browser: Browser, address: str, size: tuple[int, int], scheme: str) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)
    if page.locator("main.room").count():
        page.locator("#effects").wait_for(timeout=PATIENCE)
        run = page.get_by_role("button", name="Run in full")
        if run.is_enabled():
            run.click()
        page.get_by_text("Answer of the full run").wait_for(timeout=PATIENCE)
        page.locator(".cards:not(.approximate)").wait_for(timeout=PATIENCE)
        page.locator("main.room:not(.drawing)").wait_for(timeout=PATIENCE)
    return page


if __name__ == "__main__":
    main()
