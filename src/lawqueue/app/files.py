"""What a user takes away from a session: its scenario, its report, and each chart or table."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from lawqueue.app import document, downloads, views
from lawqueue.app.state import State
from lawqueue.app.work import Answered
from lawqueue.report import charts
from lawqueue.report.page import page as report


def file(asked: State, found: Answered | None, wanted: Mapping[str, str]) -> Response:
    """Return a file of a session: the scenario, the report, or a chart or table of the answer that is shown."""
    what, kind, series = (wanted.get(key, "") for key in ("what", "as", "series"))
    name = document.file_name(asked.scenario).removesuffix(".yaml")
    if (what, kind) == ("scenario", "yaml"):
        return _attached(asked.text.encode(), f"{name}.yaml", "application/yaml")
    if found is None:
        return Response("There is no answer yet.", 404, media_type="text/plain")
    stem = "-".join(filter(None, (name, series, what)))
    try:
        if (what, kind) == ("report", "html"):
            return _attached(report(found.study).encode(), f"{name}-report.html", "text/html")
        if kind == "csv":
            return _attached(downloads.table(found, what, series).encode(), f"{stem}.csv", "text/csv")
        if kind in {"svg", "png"}:
            spec, title = views.chart(found, what, series)
            image = charts.file(
                charts.poster(spec, title, views.note(found)), "png" if kind == "png" else "svg"
            )
            return _attached(image, f"{stem}.{kind}", "image/png" if kind == "png" else "image/svg+xml")
    except (KeyError, ValueError):
        pass
    return Response("There is no such file.", 404, media_type="text/plain")


def _attached(content: bytes, name: str, kind: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
