"""The digest of files: what tells one state of them from another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(files: Iterable[Path], root: Path) -> str:
    """Return the SHA-256 of files, names and contents, in the order of their names."""
    total = hashlib.sha256()
    for each in sorted(files):
        total.update(each.relative_to(root).as_posix().encode() + b"\0" + each.read_bytes() + b"\0")
    return total.hexdigest()
