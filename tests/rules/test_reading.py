"""Files that cannot be used: whatever stands in them, a user gets one line with a place, and never a traceback."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lawqueue.cli import app
from lawqueue.errors import InputError
from lawqueue.files import DEEPEST, LONGEST, MOST_VALUES, read_yaml
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.study import library

SCENARIO = """\
name: trial
title: T
question: Q?
model: us-immigration
from: 2020-10-01
to: 2021-09-30
changes:
  - at: 2021-04-02
    set: {prosecution.referral_share.reentry: 0.5}
    source: me
outcomes: [prosecutions.1326]
"""
GUIDELINE = next(iter(sorted((MODEL.folder / "guidelines").glob("*.yaml")))).read_text(encoding="utf-8")
PLACED = re.compile(r"[^\n]+:\d+:\d+: \S")


def told(path: Path) -> Result:
    """Validate a file, and see that it is either good or told of in lines with a place."""
    result = CliRunner().invoke(app, ["validate", str(path)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in {0, 2}
    assert "Traceback" not in result.output
    if result.exit_code == 2:
        assert all(PLACED.match(line) for line in result.stderr.splitlines()), result.stderr
    return result


def refused(path: Path, content: str | bytes) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    result = told(path)
    assert result.exit_code == 2
    return result.stderr.replace(str(path), "FILE")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a: !!bool hello\n", "FILE:1:4: the tag '!!bool' is not read."),
        ("a: !!python/object/apply:os.system [ls]\n", "FILE:1:4: the tag '!!python/object/apply:os.system'"),
        ("a: !own 5\n", "FILE:1:4: the tag '!own' is not read."),
        ("a: !!set {b}\n", "FILE:1:4: the tag '!!set' is not read."),
        ("a: !!binary aGVsbG8=\n", "FILE:1:4: the tag '!!binary' is not read."),
        ("x: &x\n  <<: *x\n", "FILE:2:3: '<<' takes keys from another mapping"),
        ("? [a]\n: b\n", "FILE:1:3: a key is a word, here it is a list."),
        ("? {a: b}\n: b\n", "FILE:1:3: a key is a word, here it is a mapping."),
        ("a: &a [*a]\n", "FILE:1:4: a list that holds itself."),
        ("a: *b\n", "FILE:1:4: not valid YAML: found undefined alias 'b'"),
        ("a: 1\nb: 2\na: 3\n", "FILE:3:1: not valid YAML: the key 'a' stands in line 1 already."),
        ("a: " + "[" * 90_000, f"FILE:1:{DEEPEST + 3}: nested too deep: more than {DEEPEST} lists"),
        ("a: [" + "x," * MOST_VALUES + "]", f"more than {MOST_VALUES:,} values"),
        ("a: 1\n\tb: 2\n", "Line 2 has a tab (U+0009) in column 1: replace it by a plain space."),
        ("a: 1\nb: x\0y\n", "FILE:2:5: not valid YAML: a character that no text has. Remove it. Line 2 has a null character"),
        ("a: \x1b[2J\n", "Line 1 has an escape character (U+001B) in column 4: remove it."),
        ("title:\N{NO-BREAK SPACE}T\nname: x\n", "Line 1 has a no-break space (U+00A0) in column 7"),
        ("name: x\n\ufefftitle: T\n", "Line 2 has a byte order mark (U+FEFF) in column 1: remove it."),
        ("name: x\nti\u200btle: T\n", "Line 2 has a zero width space (U+200B) in column 3: remove it."),
        (SCENARIO.replace("0.5", "\N{MINUS SIGN}5"), "Line 9 has a minus sign (U+2212) in column 47: write - instead."),
        (SCENARIO.replace("2021-04-02", "2021–04–02"), "Line 8 has an en dash (U+2013) in column 13"),
        (SCENARIO.replace("2021-04-02", "2021-02-30"), "FILE:8:9: 2021-02-30 is no date: day is out of range"),
        (SCENARIO.replace("2021-04-02", "0000-01-01"), "FILE:8:9: 0000-01-01 is no date"),
        (SCENARIO.replace("2021-04-02", "99999-01-01"), "FILE:8:9: step 1, at: must be a date, as 2021-03-01"),
        (
            SCENARIO.replace("2021-04-02", "2021-04-02 22:00:00 -05:00"),
            "FILE:8:9: step 1, at: must be a date, as 2021-03-01, got 2021-04-02 22:00:00 -05:00.",
        ),
        (SCENARIO.replace("title: T", "title: 2021-04-02"), "FILE:2:8: title: must be a text"),
        (SCENARIO.replace("title: T", "title: True"), "got True."),
        (SCENARIO.replace("0.5", ".nan"), "must be a finite number, got .nan."),
        (SCENARIO.replace("0.5", ".inf"), "FILE:9:47: step 1"),
        (SCENARIO.replace("0.5", "9" * 400), "FILE:9:47: step 1"),
        (SCENARIO.replace("0.5", "9" * 5000), "has too many digits. Write a shorter number."),
        (SCENARIO.replace("0.5", "1:30"), "got '1:30'."),
        (SCENARIO.replace("[prosecutions.1326]", "5"), "must be a list, got 5."),
        (SCENARIO.replace("me\n", "{a: b}\n"), "must be a text, got a mapping."),
        ("%YAML 9.9\n---\na: 1\n", "FILE:1:10: not valid YAML"),
        ("a: 1\n---\nb: 2\n", "expected a single document"),
        (SCENARIO.replace("title: T", 'title: "\\uD800"'), "FILE:2:8: a character that no text has"),
        (SCENARIO.replace("title", '"\\uD800"'), "FILE:2:1: a character that no text has"),
        (SCENARIO.replace("title: T", 'title: "\\U00110000"'), "FILE:2:"),
        (SCENARIO.replace("title: T", "title: Fee #3"), "FILE:2:8: title: the text ends at '#3'"),
        ("", "FILE:1:1: expected a mapping of keys to values, got nothing."),
        ("# only this\n", "FILE:1:1: expected a mapping of keys to values, got nothing."),
        ("42\n", "FILE:1:1: expected a mapping of keys to values, got only 42."),
        ("- a\n", "FILE:1:1: expected a mapping of keys to values, got a list."),
        (SCENARIO.encode("utf-16"), "FILE:1:1: not UTF-8 but UTF-16. Save the file as UTF-8."),
        (b"a: b\nc: d\xff\n", "FILE:2:5: not UTF-8. Save the file as UTF-8."),
        (b"a" * (LONGEST + 1), f"FILE:1:1: the file is longer than {LONGEST:,} bytes"),
    ],
    ids=range(47),
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_where_and_what_to_do(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    assert words in refused(tmp_path / "trial.yaml", content)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("--", "the condition is only a comment. Write TRUE if it always holds."),
        ("/* x */", "the condition is only a comment."),
        (" ", "the condition is empty."),
        ("record = “felony”", "Line 1 has"),
        ("(" * 1900 + "TRUE" + ")" * 1900, "more than 40 parentheses are open here."),
        ("NOT " * 900 + "TRUE", "nested too deeply"),
        ("x" * 5000, "at most 4000 are allowed"),
        ("record = 'fel''ony'", "has no level"),
        ("record = 'felony'; DROP TABLE x", "';' is not allowed"),
        ("record::text = 'felony'", "is not allowed in a rule"),
        ("record IN (SELECT 1)", "is not allowed in a rule"),
        ("record = lower('felony')", "is not allowed in a rule"),
        ("CASE WHEN TRUE THEN TRUE END", "is not allowed in a rule"),
        ("record = 'felony", "never closed"),
        ("record = $1", "trial.yaml:"),
        ("record = $$felony$$", "trial.yaml:"),
        ("= = =", "trial.yaml:"),
        ("\\", "trial.yaml:"),
        ("'", "never closed"),
        (",", "trial.yaml:"),
        ("NOT", "trial.yaml:"),
        ("{{ x }}", "trial.yaml:"),
        ("{% x %}", "trial.yaml:"),
        ("é = 'x'", "unknown attribute 'é'"),
        ("record = 0x", "trial.yaml:"),
        ("record = e'x'", "trial.yaml:"),
        ("record = 'a' 'b'", "trial.yaml:"),
    ],
)
def test_a_condition_that_cannot_be_used_says_where(tmp_path: Path, condition: str, words: str) -> None:
    """A guideline with one tier whose condition is the text."""
    quoted = condition.replace("\\", "\\\\").replace('"', '\\"')
    content = f'tiers:\n  - name: first\n    when: "{quoted}"\notherwise: {{}}\n'
    path = tmp_path / "trial.yaml"
    path.write_text(content, encoding="utf-8")
    about = [line for line in told(path).stderr.splitlines() if "tiers.0.when" in line]
    assert about
    assert all(f"{path}:3:" in line for line in about)
    assert any(words.replace("Line 1", "Line 3") in line for line in about), about


def test_what_is_no_ordinary_file_is_told_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    assert f"{pipe}:1:1: this is no ordinary file." in told(pipe).stderr
    long = tmp_path / ("a" * 300 + ".yaml")
    assert "cannot be read: file name too long" in told(long).stderr
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    assert f"{loop}:1:1: cannot be read: " in told(loop).stderr
    odd = tmp_path / os.fsdecode(b"od\xffd.yaml")
    assert "no such file" in told(odd).stderr
    with pytest.raises(InputError, match=r"1:1: cannot be read: embedded null byte"):
        read_yaml(Path("a\0b.yaml"))


def test_a_guideline_file_whose_name_is_too_long_is_told_at_its_step(tmp_path: Path) -> None:
    named = SCENARIO.replace("set: {prosecution.referral_share.reentry: 0.5}", f"guideline: {'a' * 300}.yaml")
    assert "cannot be read: file name too long" in refused(tmp_path / "trial.yaml", named)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("42\n", "statements.yml:1:1: expected a list, got only 42."),
        ("a: 1\n", "statements.yml:1:1: expected a list, got a mapping."),
        ("- 5\n", "statements.yml:1:3: 0: must be a mapping of keys to values, got 5."),
        ("- {says: x}\n", "0.number: this key is missing. Add it."),
        (
            "- {number: x, says: y}\n",
            "statements.yml:1:12: 0.number: input should be a valid integer, got 'x'.",
        ),
        ("- {number: 1, says: [y]}\n", "0.says: must be a text"),
        ("- {number: 1, says: y, answers: z}\n", "unknown key '0.answers'. Did you mean 'answer'?"),
        (
            "- {number: 1, who: x, says: y, answer: {subject: z, scenario: thre, outcome: removals}}\n",
            "statements.yml:1:63: scenario: no scenario 'thre' in the set.",
        ),
        (
            "- {number: 1, who: x, says: y, answer: {subject: z, scenario: one, outcome: removal}}\n",
            "outcome: no series 'removal'. Did you mean 'removals'?",
        ),
    ],
)
def test_the_statements_of_a_set_are_checked_as_any_other_file(
    tmp_path: Path, content: str, words: str
) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(SCENARIO.replace("trial", name), encoding="utf-8")
    (tmp_path / "statements.yml").write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        library.statements(library.loaded(library.in_order(tmp_path)))
    assert words in str(caught.value)


ODD = [
    *"\t\r\0\x1b\x85\u2028\ufeff\u200b\N{NO-BREAK SPACE}“’–−é🦉'\"`@%&*!|>#?:-,[]{}()<=~\\\n;",
    '"\\uD800"', "!!bool ", "!x ", "&a ", "*a", "<<: *a", "? ", "---\n", "...\n", "%YAML 1.1\n", "null", "~", ".inf", "-.nan",
    "0o9", "0x", "1e999", "9" * 50, "9" * 5000, "2021-02-30", "0000-00-00", "2021-04-02T00:00:00Z", "99999-01-01",
    "true", "[]", "{}", "[[", "{a: {b: ", "|\n", ">-\n", "- ", "\n  - ", "  ", "\n\n\n", "--", "/*", "''", "x" * 3000,
]  # fmt: skip
SEEDS = sorted(
    [*MODEL.folder.glob("guidelines/*.yaml")][:3]
    + [*MODEL.folder.glob("statutes/*.yaml")][:2]
    + [*MODEL.folder.rglob("parameters/**/*.yaml")][:3]
    + [*(MODEL.folder / "scenarios").glob("*/*.yaml")][:4]
)


@pytest.mark.parametrize("seed", range(12))
def test_a_good_file_with_something_odd_in_it_is_good_or_told_of_with_a_place(
    tmp_path: Path, seed: int
) -> None:
    source = SEEDS[seed % len(SEEDS)]
    for trial in range(6):
        chance = random.Random(f"{seed} {trial}")  # noqa: S311  # it draws cases, not secrets
        text = source.read_text(encoding="utf-8")
        for _ in range(chance.randint(1, 3)):
            start = chance.randrange(len(text))
            end = start + chance.choice([0, 0, 1, 1, 5, 40, 400])
            text = text[:start] + chance.choice(ODD) + text[end:]
        path = tmp_path / source.name
        path.write_text(text, encoding="utf-8")
        told(path)
