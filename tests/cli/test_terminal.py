"""The door to the terminal: what is printed is shown, and never obeyed."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lawqueue.characters import cleaned, pointed_out
from lawqueue.cli import app
from lawqueue.terminal import bare, guarded

HOSTILE = "\x1b]0;PWNED\x07\x1b[2J\x1b[31mhello\u202eolleh\x9b2J"
SCENARIO = """\
name: esc
title: "\\e]0;PWNED\\a\\e[2J\\e[31mhello"
question: "Q \\e[2J"
model: us-immigration
from: 2020-10-01
to: 2021-09-30
changes:
  - at: 2020-11-01
    multiply: {detention.places: 0.2}
    source: me
outcomes: [removals]
"""


def test_a_title_with_escapes_is_printed_and_not_obeyed(tmp_path: Path) -> None:
    path = tmp_path / "esc.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    given = ["run", str(path), "--scale", "0.001", "--replicates", "2", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, given)
    assert result.exit_code == 0
    assert "\\x1b]0;PWNED\\x07" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    "given",
    [
        ["run", HOSTILE],
        [f"--{HOSTILE}"],
        ["validate", f"{HOSTILE}.yaml"],
        ["rules", "explain", HOSTILE],
        ["rules", "statutes", "--profile", f"{HOSTILE}=x"],
    ],
)
def test_an_argument_with_escapes_is_told_and_not_obeyed(given: list[str]) -> None:
    result = CliRunner().invoke(app, given)
    assert result.exit_code == 2
    assert "PWNED" in result.output
    assert not set("\x1b\x07\x9b\u202e") & set(result.output)


def test_a_terminal_that_lacks_a_character_shows_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    with guarded():
        sys.stdout.writelines(["80\N{NO-BREAK SPACE}% → ", "\udcff\n"])
        assert bare(sys.stdout) is out
        assert sys.stdout.encoding == "ascii"
    assert sys.stdout is out
    out.flush()
    assert out.buffer.getvalue() == b"80\\xa0% \\u2192 \\udcff\n"  # type: ignore[attr-defined]


def test_what_a_terminal_obeys_is_shown_by_its_code() -> None:
    shown = r"\x1b]0;PWNED\x07\x1b[2J\x1b[31mhello\u202eolleh\x9b2J"
    assert cleaned(HOSTILE) == shown


def test_plain_text_is_left_as_it_is() -> None:
    text = "Ärzte – “quoted” 5\N{NO-BREAK SPACE}% → −3\n\tindented\n"
    assert cleaned(text) == text
    assert pointed_out("Ärzte: ß, é, 你好") == ""
