"""
The report: one page that opens on the answer.

It is made of text, tables and drawn charts: no script, no font, no image from anywhere. It prints, mails,
and opens without a network.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lawqueue.study.study import Study


def write_report(study: Study, path: Path) -> None:
    """Write the report of a study as one self-contained HTML file."""
    from lawqueue.report.page import page  # noqa: PLC0415  # the drawing library is loaded only to draw

    # A path in it may hold bytes that are no text.
    path.write_bytes(page(study).encode("utf-8", "backslashreplace"))
