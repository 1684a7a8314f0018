"""Progress: how many runs, and how long they still take."""

from __future__ import annotations

import io
import sys

import pytest

from lawqueue.cli import progress as module
from lawqueue.cli.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_gets_the_number_of_runs_before_and_a_plain_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 0.0, *(4.0 * done for done in range(1, 9))])
    monkeypatch.setattr(module, "monotonic", lambda: next(clock))
    with progress(quiet=False) as bar:
        bar.start(8)
        for _ in range(8):
            bar.step()
        bar.say("writing")
    assert capsys.readouterr().err.splitlines() == [
        "8 runs",
        "3 of 8 made, about 20 s left",
        "6 of 8 made, about 8 s left",
        "writing",
    ]


def test_what_the_first_run_takes_says_nothing_of_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 0.0, 60.0, 70.0, 80.0])
    monkeypatch.setattr(module, "monotonic", lambda: next(clock))
    with progress(quiet=False) as bar:
        bar.start(6)
        for _ in range(3):
            bar.step()
    assert capsys.readouterr().err.splitlines() == [
        "6 runs",
        "1 of 6 made",
        "2 of 6 made, about 40 s left",
        "3 of 6 made, about 30 s left",
    ]


def test_how_many_runs_there_are_at_most_may_be_known_later(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=False) as bar:
        bar.start(20, "runs of history first")
        bar.expect(400, "runs at most")
    assert capsys.readouterr().err.splitlines() == ["20 runs of history first", "400 runs at most"]


def test_one_is_not_told_as_many(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=False) as bar:
        bar.start(1, "parts")
        bar.expect(1, "runs at most")
        bar.expect(1200, "networks")
    assert capsys.readouterr().err.splitlines() == ["1 part", "1 run at most", "1,200 networks"]


def test_a_terminal_gets_a_bar_with_the_number_of_runs_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with progress(quiet=False) as bar:
        bar.start(3)
        bar.step()
        bar.step()
    shown = screen.getvalue()
    assert shown.index("3 runs") < shown.index("2/3")
    assert "left" in shown


def test_who_wants_quiet_gets_it(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=True) as bar:
        bar.start(3)
        bar.step()
        bar.say("writing")
    assert capsys.readouterr().err == ""
