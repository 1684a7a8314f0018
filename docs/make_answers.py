"""
Write the table of the twelve answers into README.md, from a run of the town hall.

After `lawqueue run town-hall-2021`, `python docs/make_answers.py out/town-hall-2021` keeps what the run answered in
docs/answers.json and writes the table. With `--check` it writes nothing and fails if the table is not that of the file, if
the statements have other words by now, or if the file was made from other parameters, rules or figures.
"""  # noqa: INP001 -- a script beside the pages it writes

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any, Final

from pages import keep, with_block

from lawqueue.models.us_immigration.model import MODEL
from lawqueue.study.folder import ANSWERS
from lawqueue.study.library import STATEMENTS, words
from lawqueue.study.record import outdated
from lawqueue.study.simulate import Settings

DOCS: Final = Path(__file__).parent
README: Final = DOCS.parent / "README.md"
KEPT: Final = DOCS / "answers.json"
START: Final = "<!-- answers: written by docs/make_answers.py -->\n"
END: Final = "<!-- end of answers -->\n"


def block(found: dict[str, Any]) -> str:
    """Return the table."""
    made = found["record"]
    settings = Settings(
        seed=int(made["seed"]),
        replicates=int(made["replicates"]),
        scale=float(made["scale"]),
        parameters=made["parameters"],
        deterrence=made["deterrence"],
    )
    lines = [
        f"What `{settings.command('town-hall-2021')}` answers, {settings.replicates} draws of each world:\n",
        "| | Statement | Answer | Scenarios |",
        "| --- | --- | --- | --- |",
    ]
    for each in found["answers"]:
        names = ", ".join(f"`{name}`" for name in each["scenarios"])
        lines.append(f"| {each['statement']} | {each['says']} | {each['answer']} | {names} |")
    return "\n".join(lines) + "\n\n"


def renewed() -> str:
    """Return the README with the table in its place."""
    return with_block(README, START, END, block(kept()))


def kept() -> dict[str, Any]:
    """Return what the last run answered."""
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def fault() -> str:
    """Return what is out of date; nothing if all is as it should be."""
    again = f"Run lawqueue run {'town-hall-2021'}, then python docs/make_answers.py out/{'town-hall-2021'}."
    found = kept()
    said = {
        each.number: f"{each.says} {each.open}".strip()
        for each in words(MODEL.folder / "scenarios" / "town-hall-2021" / STATEMENTS)
    }
    if {each["statement"]: each["says"] for each in found["answers"]} != said:
        return f"docs/answers.json has other words than the statements. {again}"
    made = {
        name.removeprefix("SHA-256 of "): digest
        for name, digest in found["record"].items()
        if name.startswith("SHA-256 of ")
    }
    return f"docs/answers.json was made from another model. {again}" if outdated(MODEL, made) else ""


def main() -> None:
    """Write the table, or check it."""
    if "--check" in sys.argv:
        if found := fault():
            sys.exit(found)
    elif len(sys.argv) > 1:
        shutil.copyfile(Path(sys.argv[1]) / ANSWERS, KEPT)
    keep({README: renewed()})


if __name__ == "__main__":
    main()
