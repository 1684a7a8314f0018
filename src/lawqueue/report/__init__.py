"""
The report: a page that opens on the answers, and one for each scenario of a set.

Each is whole by itself, of text, tables and drawn charts: no script, no font, no image from anywhere. It prints, mails,
and opens without a network.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lawqueue.study.study import Study


def write_report(study: Study, folder: Path) -> None:
    """Write the report of a study into a folder."""
    from lawqueue.report.page import pages  # noqa: PLC0415  # the drawing library is loaded only to draw

    for name, text in pages(study).items():
        (folder / name).parent.mkdir(exist_ok=True)
        # A path in it may hold bytes that are no text.
        (folder / name).write_bytes(text.encode("utf-8", "backslashreplace"))
