"""Nothing of the user's is lost, and the old or the new is whole at its place whenever a run is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from lawqueue.errors import InputError, RunError
from lawqueue.study import place as places
from lawqueue.study.folder import seal
from lawqueue.study.place import GENERATOR, RECORD, folder_at, page_at

SCHEMA = "lawqueue results 2"


def fill(text: str) -> Callable[[Path], None]:
    def write(made: Path) -> None:
        for name in ("summary.csv", "report.html"):
            (made / name).write_text(text, encoding="utf-8")
        seal(made, SCHEMA, {})

    return write


def put(path: Path, text: str = "old") -> None:
    with folder_at(path, SCHEMA) as place:
        place.put(fill(text))


def everything(root: Path) -> dict[str, str]:
    return {
        each.relative_to(root).as_posix(): each.read_text(encoding="utf-8")
        for each in sorted(root.rglob("*"))
        if each.is_file()
    }


def refused(path: Path, words: str) -> None:
    """Assert that a place is refused before the work, and that nothing beside or in it has changed."""
    before = everything(path.parent)
    with pytest.raises(InputError, match=words), folder_at(path, SCHEMA):
        pytest.fail("the work has begun")
    assert everything(path.parent) == before


def test_the_files_that_the_record_names_are_replaced(tmp_path: Path) -> None:
    put(tmp_path / "out", "old")
    put(tmp_path / "out", "new")
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "summary.csv").read_text(encoding="utf-8") == "new"
    assert len(everything(tmp_path)) == 3


def test_files_within_a_folder_are_ours_if_the_record_names_them(tmp_path: Path) -> None:
    def nested(text: str) -> Callable[[Path], None]:
        def write(made: Path) -> None:
            (made / "report").mkdir()
            (made / "report" / "a.html").write_text(text, encoding="utf-8")
            seal(made, SCHEMA, {})

        return write

    out = tmp_path / "out"
    for text in ("old", "new"):
        with folder_at(out, SCHEMA) as place:
            place.put(nested(text))
    assert (out / "report" / "a.html").read_text(encoding="utf-8") == "new"
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    for name in ("report/mine.html", "notes/mine.txt"):
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text("mine", encoding="utf-8")
        refused(out, name if name.startswith("report") else "notes")
        (out / name).unlink()
    (out / "notes").rmdir()
    put(out, "flat")  # a run without the folder takes its place
    assert not (out / "report").exists()


@pytest.mark.parametrize(
    "record",
    [
        '{"band": "any other program"}',
        '{"schema": "lawqueue calibration 2", "files": {}}',
        '{"schema": ["lawqueue results 2"], "files": {}}',
        '{"schema": "lawqueue results 2", "files": []}',
        '["lawqueue results 2"]',
        "null",
        "[" * 100_000,
        "",
    ],
)
def test_a_folder_whose_record_is_not_ours_is_refused(tmp_path: Path, record: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / RECORD).write_text(record, encoding="utf-8")
    (tmp_path / "out" / "thesis.txt").write_text("mine", encoding="utf-8")
    refused(tmp_path / "out", "is not a results folder")


def test_a_record_that_is_no_text_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / RECORD).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is not a results folder"), folder_at(tmp_path / "out", SCHEMA):
        pass


def test_what_the_record_does_not_name_is_never_removed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    put(out)
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    refused(out, r"holds notes\.txt, which its record does not name")
    (out / "notes.txt").unlink()
    (out / "mine").mkdir()
    (out / "mine" / "a.csv").write_text("mine", encoding="utf-8")
    refused(out, "holds mine, which")
    (out / "mine" / "a.csv").rename(tmp_path / "a.csv")
    (out / "mine").rmdir()
    # What has the name of a file of ours and is none.
    (out / "summary.csv").unlink()
    (out / "summary.csv").mkdir()
    refused(out, r"holds summary\.csv, which")
    (out / "summary.csv").rmdir()
    (out / "summary.csv").symlink_to(tmp_path / "a.csv")
    refused(out, r"holds summary\.csv, which")


def test_a_record_cannot_name_what_lies_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "out").mkdir()
    record = {"schema": SCHEMA, "files": {"../thesis.txt": "", str(tmp_path / "thesis.txt"): ""}}
    (tmp_path / "out" / RECORD).write_text(json.dumps(record), encoding="utf-8")
    put(tmp_path / "out", "new")
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_a_note_that_is_written_during_the_work_stays_and_so_does_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    out = tmp_path / "out"
    put(out)
    with folder_at(out, SCHEMA) as place:
        (out / "notes.txt").write_text("mine", encoding="utf-8")
        with pytest.raises(
            RunError, match=r"holds notes\.txt.* What was made stands in .*: move it"
        ) as error:
            place.put(fill("new"))
    (kept,) = tmp_path.glob("lawqueue-*")
    assert str(kept) in str(error.value) or kept.name in str(error.value)
    assert (kept / "summary.csv").read_text(encoding="utf-8") == "new"
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (out / "summary.csv").read_text(encoding="utf-8") == "old"


def test_a_note_that_is_written_at_the_last_moment_goes_to_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, exchanged = tmp_path / "out", places._exchanged
    put(out)

    def late(new: Path, path: Path) -> bool:
        (path / "notes.txt").write_text("mine", encoding="utf-8")
        return exchanged(new, path)

    monkeypatch.setattr(places, "_exchanged", late)
    put(out, "new")
    assert everything(tmp_path)["out/notes.txt"] == "mine"
    assert everything(tmp_path)["out/summary.csv"] == "new"
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_a_link_a_file_and_the_folder_one_stands_in_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "out")
    (tmp_path / "link").symlink_to(tmp_path / "out")
    refused(tmp_path / "link", "is a link")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    refused(tmp_path / "dangling", "is a link")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    refused(tmp_path / "file", "is a file")
    refused(tmp_path / "file" / "below", "cannot write")
    refused(tmp_path / ("n" * 300), "name too long")
    monkeypatch.chdir(tmp_path / "out")
    for here in (Path(), Path("../out"), tmp_path / "out" / ".."):
        with pytest.raises(InputError, match="the folder you are in, or above it"), folder_at(here, SCHEMA):
            pytest.fail("the work has begun")
    assert len(everything(tmp_path / "out")) == 3


def test_what_was_made_read_only_is_not_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    put(out)
    (out / "summary.csv").chmod(0o444)
    refused(out, r"summary\.csv is read-only")
    (out / "summary.csv").chmod(0o644)
    out.chmod(0o555)
    refused(out, "out is read-only")
    out.chmod(0o755)


def test_a_second_run_to_the_same_place_is_refused(tmp_path: Path) -> None:
    with folder_at(tmp_path / "out", SCHEMA) as place:
        with pytest.raises(InputError, match="another run is writing"), folder_at(tmp_path / "out", SCHEMA):
            pytest.fail("the work has begun")
        place.put(fill("first"))
    assert (tmp_path / "out" / "summary.csv").read_text(encoding="utf-8") == "first"


def test_a_folder_that_has_the_name_of_a_leftover_and_is_the_users_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".out.lawqueue").mkdir()
    (tmp_path / ".out.lawqueue" / "diary.txt").write_text("mine", encoding="utf-8")
    refused(tmp_path / "out", "is in the way")


def test_folders_that_were_made_for_a_run_that_was_stopped_are_removed(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), folder_at(tmp_path / "a" / "b" / "out", SCHEMA):
        raise KeyboardInterrupt
    assert not any(tmp_path.iterdir())


def test_a_page_replaces_a_page_of_ours_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    for text in ("old", "new"):
        with page_at(page) as place:
            place.put(lambda made, text=text: made.write_text(GENERATOR + text, encoding="utf-8"))
    assert page.read_text(encoding="utf-8").endswith("new")
    page.write_text("<title>Thesis</title>", encoding="utf-8")
    with pytest.raises(InputError, match="is not a page of Lawqueue"), page_at(page):
        pytest.fail("the work has begun")
    assert page.read_text(encoding="utf-8") == "<title>Thesis</title>"


def test_where_folders_cannot_be_exchanged_they_are_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_exchanged", lambda *_: False)
    put(tmp_path / "out", "old")
    put(tmp_path / "out", "new")
    assert (tmp_path / "out" / "summary.csv").read_text(encoding="utf-8") == "new"
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


KILLED = """
import os, signal, sys
from pathlib import Path
from lawqueue.study import place as places

root, exchange, begins = Path(sys.argv[1]), sys.argv[2] == "exchange", sys.argv[3]
if not exchange:
    places._exchanged = lambda *_: False

def seal(made, text):
    for name in ("summary.csv", "report.html"):
        (made / name).write_text(text)
    (made / "record.json").write_text('{"schema": "lawqueue results 2", "files": {"summary.csv": "", "report.html": ""}}')

def put(text):
    with places.folder_at(root / "out", "lawqueue results 2") as place:
        place.put(lambda made: seal(made, text))

def content():
    found = {each.name: each.read_text() for each in (root / "out").iterdir()} if (root / "out").exists() else {}
    texts = {text for name, text in found.items() if name != "record.json"}
    assert len(found) in (0, 3) and len(texts) < 2, found
    return texts.pop() if texts else "nothing"

STEPS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "open", "os.chmod", "ctypes.dlsym"}
steps, dies_at = 0, None

def watch(event, _):
    global steps
    if dies_at is not None and event in STEPS:
        steps += 1
        if steps == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
seen, point, place_was_empty = set(), 0, 0
while True:
    point += 1
    if begins == "old":
        put("old")
    child = os.fork()
    if not child:
        dies_at = point
        put("new")
        os._exit(0)
    killed = os.waitpid(child, 0)[1] != 0
    if not exchange and content() == "nothing" and begins == "old":
        place_was_empty += 1
        with places.folder_at(root / "out", "lawqueue results 2"):
            pass  # the next run brings the old back
    seen.add(content())
    assert content() in {begins, "new"}, content()
    put("next")
    assert content() == "next"
    assert [each.name for each in root.iterdir()] == ["out"], list(root.iterdir())
    for each in (root / "out").iterdir():
        each.unlink()
    (root / "out").rmdir()
    if not killed:
        break
assert seen == {begins, "new"}, seen
assert point > 15, point
assert place_was_empty <= 1, place_was_empty
"""


@pytest.mark.parametrize("begins", ["old", "nothing"])
@pytest.mark.parametrize("how", ["exchange", "rename"])
def test_a_run_that_is_killed_at_any_step_leaves_the_old_or_the_new_whole(
    tmp_path: Path, how: str, begins: str
) -> None:
    code = textwrap.dedent(KILLED)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), how, begins], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="asks for limits of POSIX")
@pytest.mark.parametrize(
    ("limit", "code", "words"), [(1 << 20, 2, "cannot write to"), (6 << 20, 1, "Nothing was kept")]
)
def test_a_full_disk_is_told_before_the_work_or_after_it(
    tmp_path: Path, limit: int, code: int, words: str
) -> None:
    # A limit on the size of files stands for the disk.
    script = textwrap.dedent(f"""
        import resource, sys
        from pathlib import Path
        import typer
        from lawqueue.cli.ending import errors
        from lawqueue.study import place as places
        places.ROOM = 4 << 20
        resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
        with errors(), places.folder_at(Path({str(tmp_path)!r}) / "out", "lawqueue results 2") as place:
            print("working")
            place.put(lambda made: (made / "summary.csv").write_bytes(bytes(8 << 20)))
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert words in done.stderr, done.stderr
    assert ("working" in done.stdout) == (code == 1)
    assert not any(tmp_path.iterdir())
