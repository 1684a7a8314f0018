"""
Draw the pictures of the control room: `docs/images/app-<page>-<width>-<scheme>.png`.

It starts `lawqueue app`, opens every page in Debian's Chromium, and ends it again. Arguments: a folder, if not
`docs/images`.
"""  # noqa: INP001 -- a script beside the pictures it draws

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
    "room": "?q=decline-2021",
    "levers": "?q=more-removals",
    "rules": "rules",
    "trust": "trust",
}


def main() -> None:
    """Write the pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with _served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, path in PAGES.items():
            for width, height in ((390, 844), (1280, 900)):
                for scheme in ("light", "dark"):
                    page = _opened(browser, address + path, width, height, scheme)
                    if name == "levers" and width == 390:
                        page.locator("#levers").scroll_into_view_if_needed()
                        page.evaluate("document.querySelector('#levers').scrollIntoView()")
                    file = folder / f"app-{name}-{width}-{scheme}.png"
                    page.screenshot(path=file)
                    sys.stderr.write(f"{file}\n")
                    page.context.close()
        browser.close()


@contextmanager
def _served() -> Iterator[str]:
    command = [sys.executable, "-m", "lawqueue", "app", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:  # noqa: S603  # this project's own command
        assert server.stderr is not None
        found = re.search(r"http://\S+/", server.stderr.readline())
        assert found is not None
        yield found[0]
        server.send_signal(signal.SIGINT)


def _opened(browser: Browser, address: str, width: int, height: int, scheme: str) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height},
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
        page.locator("#effects").wait_for(timeout=PATIENCE)
    return page


if __name__ == "__main__":
    main()
