"""
A place to write to: checked and locked before the work, taken in one step after it.

What is written is made in a hidden folder beside the place, `.NAME.lawqueue`, and then changes places with what
stands there. Whenever a run is killed, the old is whole at its place, or the new is. The hidden folder holds the
lock of its run; what a killed run left in it is cleared by the next one that writes to the same place.
"""

from __future__ import annotations

import ctypes
import errno
import filecmp
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from filelock import FileLock, Timeout

from lawqueue.errors import InputError, RunError, shown, writing

RECORD = "record.json"
GENERATOR = '<meta name="generator" content="Lawqueue">'
"""Stands in the head of every page that is written: a page without it is somebody else's."""
ROOM = 32 << 20
"""What must fit on the disk before a run starts, about the size of the results of the main job [byte]."""
_HEAD = 4096
_LOCK, _NEW, _OLD = "lock", "new", "old"
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS
_AT_FDCWD = -100
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP}

Fill = Callable[[Path], object]


@dataclass(frozen=True)
class Place:
    """
    A place that is held by this run.

    Parameters
    ----------
    path
        The place.
    check
        Raises `InputError` if what stands there must not be replaced.
    hidden
        The folder beside it.
    folder
        Whether it is a folder, or one file.
    also
        Files of the folder that are taken over from what stands there.
    """

    path: Path
    check: Callable[[], None]
    hidden: Path
    folder: bool
    also: frozenset[str] = frozenset()

    def put(self, fill: Fill) -> None:
        """
        Write, and take the place.

        Parameters
        ----------
        fill
            Writes to the path that it is given: an empty folder, or a file that is not there yet.

        Raises
        ------
        RunError
            If it cannot be written there any more. What was made is then kept elsewhere, and the message says where.
        """
        new = self.hidden / _NEW
        try:
            if self.folder:
                new.mkdir()
                if self.path.exists():
                    shutil.copymode(self.path, new)
            fill(new)
            for name in self.also:
                if (self.path / name).is_file():
                    shutil.copy2(self.path / name, new / name)
            self.check()
            self._take(new)
        except (OSError, InputError) as error:
            reason = _reason(error) if isinstance(error, OSError) else str(error)
            raise RunError(f"cannot write {shown(self.path)}: {reason} {self._kept(fill)}") from error

    def _take(self, new: Path) -> None:
        if not self.folder or not self.path.exists() or not any(self.path.iterdir()):
            new.replace(self.path)
        elif not _exchanged(new, self.path):
            old = self.hidden / _OLD
            self.path.rename(old)
            try:
                new.rename(self.path)
            except BaseException:
                old.rename(self.path)
                raise

    def _kept(self, fill: Fill) -> str:
        try:
            there = Path(tempfile.mkdtemp(prefix="lawqueue-"))
        except OSError:
            return "Nothing was kept: there is no writing to the system's temporary folder either."
        kept = there if self.folder else there / self.path.name
        try:
            fill(kept)
        except OSError as error:
            shutil.rmtree(there, ignore_errors=True)
            return f"Nothing was kept: nor can {there} be written: {_reason(error)}"
        return f"What was made stands in {shown(kept)}: move it from there."


@contextmanager
def folder_at(named: Path, schema: str, also: frozenset[str] = frozenset()) -> Iterator[Place]:
    """
    Hold a place for a folder with a record.

    Parameters
    ----------
    named
        The place, as the user gave it.
    schema
        What the record of a folder must say for it to be replaced.
    also
        Files that may stand in it although its record does not name them; they are kept.

    Raises
    ------
    InputError
        If something stands there that another program or the user wrote, if it cannot be written there, or if
        another run is about to. All of it before the work.
    """
    path = _absolute(named)

    def check() -> None:
        _require_no_link(path)
        if os.path.lexists(path):
            _require_replaceable_folder(path, schema, also)

    with _held(path, check) as hidden:
        yield Place(path, check, hidden, folder=True, also=also)


@contextmanager
def page_at(named: Path) -> Iterator[Place]:
    """
    Hold a place for a page.

    Raises
    ------
    InputError
        As for a folder.
    """
    path = _absolute(named)

    def check() -> None:
        _require_no_link(path)
        if path.is_dir():
            raise InputError(f"{shown(path)} is a folder. Give a file in it as --out.")
        if path.exists():
            with path.open("rb") as file:
                if GENERATOR.encode() not in file.read(_HEAD):
                    raise InputError(
                        f"{shown(path)} exists and is not a page of Lawqueue. Give another --out, or move it away."
                    )
            _require_unprotected(path)

    with _held(path, check) as hidden:
        yield Place(path, check, hidden, folder=False)


def read_record(folder: Path, schema: str | None = None) -> dict[str, Any] | None:
    """Return the record of a folder that Lawqueue wrote, or None if there is none, or it is not of that schema."""
    try:
        found = json.loads((folder / RECORD).read_bytes())
        kind, files = found["schema"], found["files"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    of_kind = kind == schema if schema else isinstance(kind, str) and kind.startswith("lawqueue ")
    return found if of_kind and isinstance(files, dict) else None


def names(folder: Path, record: dict[str, Any]) -> tuple[list[str], list[str]]:
    """
    Return what stands in a folder: files that its record names, itself among them, and everything else.

    A file of a folder within is named by its way there, as `report/abolish-ice.html`. A folder in which no named file
    lies is something else as a whole.
    """
    ours = {RECORD, *record["files"]}
    folders = {each.as_posix() for name in ours for each in PurePosixPath(name).parents} - {"."}
    found = sorted(_walked(folder, folders))
    return (
        [name for name, plain in found if plain and name in ours],
        [name for name, plain in found if not plain or name not in ours],
    )


def _walked(folder: Path, into: Container[str], above: str = "") -> Iterator[tuple[str, bool]]:
    """Yield what stands in a folder, and whether it is a file; of the folders named `into`, what stands in them."""
    with os.scandir(folder) as entries:
        for each in entries:
            name = f"{above}{each.name}"
            if name in into and each.is_dir(follow_symlinks=False):
                yield from _walked(folder / each.name, into, f"{name}/")
            else:
                yield name, each.is_file(follow_symlinks=False)


def _absolute(named: Path) -> Path:
    """Return a path whose folders are followed through links, but not the place itself."""
    with writing(shown(named), "Give another --out."):
        if named.name in {"", ".."}:
            return named.resolve()
        return named.parent.resolve() / named.name


def _require_no_link(path: Path) -> None:
    if path.is_symlink():
        raise InputError(f"{shown(path)} is a link. Give the place that it points to as --out.")


def _require_unprotected(path: Path) -> None:
    # The bits, too: for an administrator every file is writable, and who took the bits away meant it.
    if not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK):
        raise InputError(f"{shown(path)} is read-only. Give another --out, or make it writable.")


def _require_replaceable_folder(path: Path, schema: str, also: frozenset[str]) -> None:
    if not path.is_dir():
        raise InputError(f"{shown(path)} is a file. Give a folder as --out.")
    here = Path.cwd()
    if path == here or path in here.parents:
        raise InputError(
            f"--out: {path} is the folder you are in, or above it, and is replaced as a whole. "
            "Give a folder in it, or go elsewhere first."
        )
    if path.stat().st_dev != path.parent.stat().st_dev:
        raise InputError(
            f"{shown(path)} is a disk of its own and cannot be replaced. Give a folder in it as --out."
        )
    _require_unprotected(path)
    if not any(path.iterdir()):
        return
    record = read_record(path, schema)
    if record is None:
        raise InputError(
            f"{shown(path)} exists and is not a {schema.split()[1]} folder of this version. "
            "Give another --out, or move it away."
        )
    ours, others = names(path, record)
    foreign = [name for name in others if name not in also]
    if foreign:
        more = f" and {len(foreign) - 3} more" if len(foreign) > 3 else ""
        raise InputError(
            f"{shown(path)} holds {', '.join(shown(Path(name)) for name in foreign[:3])}{more}, which its record does not name. "
            "Move what is yours away, or give another --out."
        )
    for name in ours:
        _require_unprotected(path / name)


@contextmanager
def _held(path: Path, check: Callable[[], None]) -> Iterator[Path]:
    """Hold the hidden folder beside a place for one run, cleared of what a killed one left."""
    hidden = path.with_name(f".{path.name}.lawqueue")
    missing = [each for each in path.parents if not each.exists()]
    lock = FileLock(hidden / _LOCK, timeout=0)
    try:
        with writing(f"to {shown(path)}", "Give another --out."):
            check()
            path.parent.mkdir(parents=True, exist_ok=True)
            hidden.mkdir(exist_ok=True)
            _require_left_by_us(hidden)
            try:
                lock.acquire()
            except Timeout:
                raise InputError(
                    f"another run is writing to {shown(path)}. Wait for it to end, or give another --out."
                ) from None
        try:
            with writing(f"to {shown(path)}", "Give another --out."):
                _clear(hidden, path)
                check()
                room = hidden / _NEW
                room.write_bytes(bytes(ROOM))
                room.unlink()
            yield hidden
        finally:
            with suppress(OSError):  # what stays is cleared by the next run
                _clear(hidden, path)
                (hidden / _LOCK).unlink()
                hidden.rmdir()
            lock.release()
    finally:
        for each in missing:
            with suppress(OSError):  # it is not empty
                each.rmdir()


def _require_left_by_us(hidden: Path) -> None:
    if hidden.is_symlink() or {each.name for each in hidden.iterdir()} - {_LOCK, _NEW, _OLD}:
        raise InputError(f"{shown(hidden)} is in the way. Move it away, or give another --out.")


def _clear(hidden: Path, path: Path) -> None:
    """Remove what a run left; the old goes back if the new has not come."""
    old = hidden / _OLD
    if old.exists() and not path.exists():
        old.rename(path)
    for each in (hidden / _NEW, old):
        if each.is_dir():
            _discard(each, path)
        else:
            each.unlink(missing_ok=True)


def _discard(folder: Path, path: Path) -> None:
    """Remove a folder that was made or replaced; what somebody put there at the last moment goes to the place."""
    record = read_record(folder)
    if record is not None:
        for name in names(folder, record)[1]:
            if not os.path.lexists(path / name):
                (path / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).rename(path / name)
            elif filecmp.cmp(folder / name, path / name, shallow=False):
                (folder / name).unlink()  # it was taken over
        ours = names(folder, record)[0]
    else:
        ours = [each.relative_to(folder).as_posix() for each in folder.rglob("*") if not each.is_dir()]
    # The record goes last: until then it says what is ours.
    for name in sorted(ours, key=lambda each: each == RECORD):
        (folder / name).unlink()
    within = [each for each in folder.rglob("*") if each.is_dir()]
    for each in (*sorted(within, reverse=True), folder):  # the deepest first
        each.rmdir()


def _exchanged(one: Path, other: Path) -> bool:
    """Let two paths change places in one step; return False where the system has no such step."""
    if sys.platform not in {"linux", "darwin"}:
        return False
    library = ctypes.CDLL(None, use_errno=True)
    here, there = os.fsencode(one), os.fsencode(other)
    try:
        failed = (
            library.renameat2(_AT_FDCWD, here, _AT_FDCWD, there, _EXCHANGE)
            if sys.platform == "linux"
            else library.renamex_np(here, there, _EXCHANGE)
        )
    except AttributeError:  # an older C library
        return False
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(other))


def _reason(error: OSError) -> str:
    return f"{(error.strerror or str(error)).lower()}."
