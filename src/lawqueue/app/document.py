"""A scenario file as the page edits it: text in, text out, with every comment kept, and every fault placed."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from lawqueue.app import shelf
from lawqueue.errors import InputError, Problem
from lawqueue.files import Document, read_yaml
from lawqueue.models.model import Model
from lawqueue.months import last_of_month_before
from lawqueue.rules.parameter import Operation
from lawqueue.rules.timeline import Switch
from lawqueue.study.scenario import HISTORY, Scenario, load_scenario

OPERATIONS: tuple[Operation, ...] = ("set", "multiply", "add")
MOST = 100_000
"""Longest scenario file that is read [characters]; the longest that comes with the package has 2,000."""
MOST_STEPS = 50
"""Most entries under `changes` that the page takes, those of its baseline not counted: each is laid over the others."""
MOST_NUMBERS = 200
"""Most numbers in all of them."""
MOST_OUTCOMES = 200
"""Most outcomes; no model reports more series."""
FEW = 5
"""Outcomes of an empty scenario, where its model says nothing of them."""
FILE = "scenario.yaml"
_BLANK = (Path(__file__).parent / "templates" / "blank.yaml.txt").read_text(encoding="utf-8")


@cache
def blank(model: Model) -> str:
    """Return a scenario of a model that changes nothing yet, over the days of the question on which it opens."""
    first, last = model.known_days()
    name = opens(model)
    asked = _of_package(shelf.packaged(model)[name].text).text if name else None
    every = [each.name for each in model.catalogue.all()]
    outcomes = model.headline.outcomes or (asked.outcomes if asked else every[:FEW])
    return _BLANK.format(
        model=shelf.reference(model),
        first=first,
        last=last,
        last_outcome=model.known.last_outcome,
        start=asked.start if asked else first,
        end=asked.end if asked else last_of_month_before(last + timedelta(days=1)),
        outcomes="\n".join(f"  - {each}" for each in outcomes),
    )


def opens(model: Model) -> str | None:
    """Return the question that a model opens on; None if it comes with none."""
    known = shelf.packaged(model)
    return model.headline.opens if model.headline.opens in known else next(iter(known), None)


def checked(text: str, file: str = FILE) -> Scenario:
    """
    Return the scenario that a text describes.

    It may rest on a scenario of the package, but on no other file of this machine.

    Parameters
    ----------
    text
        YAML.
    file
        The name that faults are told under.

    Raises
    ------
    InputError
        With every fault, as `file:line:col`.
    """
    found = _of_package(text) if shelf.package_of(text) or is_blank(text) else _outcome(text, file)
    if isinstance(found, InputError):
        raise InputError(found.problems or str(found))
    return found


def is_blank(text: str) -> bool:
    """Tell whether a text is a scenario that changes nothing yet."""
    return any(text == blank(model) for model in shelf.models())


@cache
def _of_package(text: str) -> Scenario:
    """Return a scenario that comes with the package: it is read once, whatever else is."""
    return _read(text, FILE)


@lru_cache(maxsize=64)
def _outcome(text: str, file: str) -> Scenario | InputError:
    """Return a scenario, or why it is refused: that is remembered too, so that asking again costs nothing."""
    try:
        return _read(text, file)
    except InputError as error:
        return InputError(error.problems or str(error))  # without the frames of the reading


def _read(text: str, file: str) -> Scenario:
    if len(text) > MOST:
        long = f"the file has {len(text):,} characters. Expected at most {MOST:,}. Shorten it."
        raise InputError([Problem(file, 1, 1, long)])
    unread = re.search("[\ufffd\ud800-\udfff]", text)  # what a browser puts in the place of what is not UTF-8
    if unread:
        before = text[: unread.start()]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise InputError([Problem(file, line, column, "not UTF-8. Save the file as UTF-8.")])
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        path = root / FILE
        path.write_text(text, encoding="utf-8")
        try:
            document = read_yaml(path)
            _refuse_too_much(document)
            _refuse_files(document)
            for each in _beside(document):
                (root / f"{each.name}.yaml").write_text(each.text, encoding="utf-8")
            scenario = load_scenario(path, shelf.of_scenario)
        except InputError as error:
            raise _told_as(file, path, error) from error
    return replace(scenario, path=None)


def _beside(document: Document) -> Iterable[shelf.Packaged]:
    """Return the scenarios on which one may rest: those that come with its model, if it names one that is known."""
    try:
        return shelf.packaged(shelf.of_scenario(str(document.data.get("model")), Path())).values()
    except InputError:
        return ()


def _refuse_too_much(document: Document) -> None:
    """Refuse more steps, numbers or outcomes than are checked and run while others wait."""
    changes, outcomes = document.data.get("changes"), document.data.get("outcomes")
    steps = changes if isinstance(changes, list) else []
    given = [each.get(name) for each in steps if isinstance(each, dict) for name in OPERATIONS]
    for place, what, count, most in (
        ("changes", "steps", len(steps), MOST_STEPS),
        ("changes", "numbers", sum(len(each) for each in given if isinstance(each, dict)), MOST_NUMBERS),
        ("outcomes", "outcomes", len(outcomes) if isinstance(outcomes, list) else 0, MOST_OUTCOMES),
    ):
        if count > most:
            raise InputError(
                [
                    document.problem(
                        [place],
                        f"{place}: {count:,} {what}, and the page takes at most {most}. Leave some out, "
                        "or run the scenario from the command line.",
                    )
                ]
            )


def _refuse_files(document: Document) -> None:
    """Refuse guidelines that are files: the page reads no file of the machine that it runs on."""
    changes = document.data.get("changes")
    problems = [
        document.problem(
            ["changes", i, "guideline"],
            f"step {i + 1}, guideline: {str(each['guideline'])!r} is a file, which the page does not read. "
            "Name a guideline of the package, or run the scenario from the command line.",
        )
        for i, each in enumerate(changes if isinstance(changes, list) else ())
        if isinstance(each, dict) and str(each.get("guideline", "")).endswith((".yaml", ".yml"))
    ]
    if problems:
        raise InputError(problems)


def _told_as(file: str, path: Path, error: InputError) -> InputError:
    """Return the error without any path of this machine."""

    def plain(text: str) -> str:
        return text.replace(str(path), file).replace(str(path.parent), "")

    if not error.problems:
        return InputError(plain(str(error)))
    return InputError(
        Problem(
            file if Path(each.file).name == FILE else Path(each.file).name,
            each.line,
            each.column,
            plain(each.message),
        )
        for each in error.problems
    )


@dataclass(frozen=True)
class Amount:
    """One number of a step: which parameter, what is done to it, and by how much."""

    name: str
    operation: Operation
    number: float


@dataclass(frozen=True)
class Step:
    """
    One entry under `changes`, as the page shows it.

    Parameters
    ----------
    place
        Its position.
    at, until
        First day, and the day on which it ends, or None.
    ramp
        Days over which it grows in.
    amounts
        What it does to parameters.
    guideline
        The id of the guideline that it puts in force, or None.
    switch
        The switch of the timeline that comes on `at` instead, or never where there is no `at`; or None.
    statute
        What it does to a statute, in words; empty for nothing.
    source, note
        Where it comes from, and what it stands for.
    """

    place: int
    at: date | None
    until: date | None
    ramp: int
    amounts: tuple[Amount, ...]
    guideline: str | None
    switch: Switch | None
    statute: str
    source: str
    note: str


def steps(scenario: Scenario) -> Iterator[Step]:
    """Yield the changes of a scenario in their order."""
    for place, each in enumerate(scenario.text.changes):
        amounts = tuple(
            Amount(name, operation, number)
            for operation in OPERATIONS
            for name, number in (getattr(each, operation) or {}).items()
        )
        moved = each.move or each.remove
        statute = f"{each.statute} is in force" if each.statute else ""
        yield Step(
            place,
            each.at,
            each.until,
            each.ramp,
            amounts,
            each.guideline,
            scenario.model.timeline()[moved] if moved else None,
            f"{each.repeal} is repealed" if each.repeal else statute,
            each.source,
            each.note,
        )


class Draft:
    """
    A scenario file open for changes: read as YAML, changed in place, written with its comments.

    The first change of a scenario of the package gives it a name of its own, `my-…`.

    Parameters
    ----------
    text
        The file, which is valid.
    """

    def __init__(self, text: str) -> None:
        self._yaml = YAML()
        self._yaml.width = 110
        self._yaml.preserve_quotes = True
        self._yaml.indent(mapping=2, sequence=4, offset=2)
        self.data: Any = self._yaml.load(text)
        if shelf.package_of(text):
            self.rename()

    def rename(self) -> None:
        """Give a scenario of the package a name of its own."""
        self.data["name"] = f"my-{self.data['name']}"
        self.data["title"] = f"{self.data['title']} (changed)"
        self.data.pop("statement", None)

    def text(self) -> str:
        """Return the file."""
        out = io.StringIO()
        self._yaml.dump(self.data, out)
        return out.getvalue()

    def step(self, place: int) -> CommentedMap:
        """
        Return one entry under `changes`.

        Raises
        ------
        InputError
            If there is none in that place.
        """
        changes = self.data.get("changes") or []
        if not 0 <= place < len(changes):
            raise InputError(f"no step {place + 1}: the scenario has {len(changes)}.")
        found: CommentedMap = changes[place]
        return found

    def give(self, place: int, key: str, value: object) -> None:
        """Write one key of an entry; None and 0 take it away where the file may leave it out."""
        entry = self.step(place)
        if value is None or (key == "ramp" and value == 0) or (key == "note" and value == ""):
            entry.pop(key, None)
        else:
            entry[key] = f"{value} days" if key == "ramp" else value

    def move(self, place: int, day: date | None) -> None:
        """Let the switch of an entry come on another day, or never."""
        entry = self.step(place)
        name = entry.pop("move", None) or entry.pop("remove")
        entry.pop("at", None)
        entry.insert(0, "remove" if day is None else "move", name)
        if day is not None:
            entry.insert(1, "at", day)

    def amount(self, place: int, amount: Amount) -> None:
        """Write one number of an entry, in the operation asked for."""
        entry = self.step(place)
        for operation in OPERATIONS:
            if operation != amount.operation and amount.name in (entry.get(operation) or {}):
                entry[operation].pop(amount.name)
                if not entry[operation]:
                    entry.pop(operation)
        if amount.operation not in entry:
            entry.insert(_after(entry, ("at", "until")), amount.operation, CommentedMap())
        entry[amount.operation][amount.name] = tidy(amount.number)

    def add(self, *entries: dict[str, Any]) -> None:
        """Put entries behind the others."""
        changes = self.data.get("changes")
        if not changes:  # an empty list is written as [], which would stay on one line
            changes = CommentedSeq()
            if "changes" in self.data:
                self.data["changes"] = changes
            else:
                self.data.insert(_after(self.data, ("baseline", "to")), "changes", changes)
        changes.extend(entries)

    def remove(self, place: int) -> None:
        """Take one entry away."""
        self.step(place)
        del self.data["changes"][place]

    def raise_up(self, place: int) -> None:
        """Let an entry change places with the one above it."""
        upper, lower = self.step(place - 1), self.step(place)
        self.data["changes"][place - 1], self.data["changes"][place] = lower, upper

    def cannot_say(self, words: Iterable[str]) -> None:
        """Put what the model cannot say behind what is said of it already."""
        said = self.data.get("cannot_say") or []
        if more := [each for each in words if each not in said]:
            self.data["cannot_say"] = [*said, *more]

    def outcome(self, name: str, wanted: bool) -> None:
        """Put a series among the outcomes, or take it away."""
        outcomes = self.data["outcomes"]
        if wanted and name not in outcomes:
            outcomes.append(name)
        elif not wanted and name in outcomes and len(outcomes) > 1:
            outcomes.remove(name)


def _after(entry: Any, keys: tuple[str, ...]) -> int:
    places = [list(entry).index(key) for key in keys if key in entry]
    return max(places, default=-1) + 1


def tidy(number: float) -> float | int:
    """Return a whole number without its decimal point, as a person would write it."""
    return int(number) if float(number).is_integer() else float(f"{number:.10g}")


def stacked(text: str, other: str) -> str:
    """
    Return a scenario with the changes of another laid on top.

    Where the other rests on a scenario that this one does not rest on, the steps of that come first.

    Parameters
    ----------
    text
        A valid scenario file.
    other
        One that comes with its model.
    """
    scenario, more = checked(text), YAML().load(other)
    base = more.get("baseline", HISTORY)
    alike = base in {HISTORY, scenario.text.baseline}
    if not alike:
        there, below = _done(scenario), shelf.packaged(scenario.model)[base].text
        if not all(each in there for each in _done(checked(below))):
            text = stacked(text, below)
    draft = Draft(text)
    for each in more.get("changes") or []:
        entry = CommentedMap(each)
        note = each.get("note", "") if alike else f"It rests on {base}, whose steps stand above."
        entry["note"] = f"{more['title']}. {note}".strip()
        draft.add(entry)
    for name in more["outcomes"][:2]:
        draft.outcome(name, wanted=True)
    draft.cannot_say(f"{more['title']}: {each}" for each in more.get("cannot_say") or [])
    return draft.text()


def _done(scenario: Scenario) -> list[dict[str, Any]]:
    """Return what each step does, those of its baseline first, without who asked for it and why."""
    below = _done(scenario.baseline) if scenario.baseline else []
    return below + _own(scenario)


def _own(scenario: Scenario) -> list[dict[str, Any]]:
    """Return what its own steps do."""
    return [each.model_dump(exclude={"source", "note"}) for each in scenario.text.changes]


def owned(text: str) -> str:
    """
    Return a file that nobody takes for a scenario of the package if its steps are others.

    It gets a name of its own, and loses what the package says about its own steps; what a user wrote stays.

    Parameters
    ----------
    text
        A scenario file.

    Raises
    ------
    InputError
        If it has faults.
    """
    scenario = checked(text)
    packaged = shelf.packaged(scenario.model)
    known = packaged.get(scenario.name.removeprefix("my-"))
    if known is None:
        return text
    origin, done = checked(known.text), _done(scenario)
    is_packaged, same = scenario.name in packaged, done == _done(origin)
    if is_packaged and same:
        return text
    words = [] if same else ["question", "claim", "sources"]
    stale = [each for each in words if getattr(scenario.text, each) == getattr(origin.text, each)]
    said = [each for each in scenario.text.cannot_say if not _is_of_other_steps(each, scenario.model, done)]
    if not all(each in done for each in _done(origin)):  # of steps that are there it still cannot say it
        said = [each for each in said if each not in origin.text.cannot_say]
    if not stale and said == scenario.text.cannot_say and not is_packaged:
        return text
    draft = Draft(text)
    if is_packaged:
        draft.rename()
    for each in stale:
        draft.data.pop(each, None)
    if said != scenario.text.cannot_say:
        draft.data["cannot_say"] = said
    if "question" in stale:
        asked = (
            f"What do these steps change? They began as those of “{origin.text.title}” and are others now."
        )
        draft.data.insert(_after(draft.data, ("title",)), "question", asked)
    return draft.text()


def _is_of_other_steps(words: str, model: Model, done: list[dict[str, Any]]) -> bool:
    """Tell whether words were brought by a reform that was stacked, of whose own steps none is there any more."""
    for each in shelf.packaged(model).values():
        reform = checked(each.text)
        if words in [f"{reform.text.title}: {each}" for each in reform.text.cannot_say]:
            return not any(each in done for each in _own(reform))
    return False


def first_day(scenario: Scenario) -> date:
    """Return the day on which a new step starts: that of the earliest step, or in the middle of the run."""
    if scenario.own:
        return max(scenario.start, min(each.at for each in scenario.own))
    middle = scenario.start + (scenario.end - scenario.start) / 2
    return min(middle.replace(day=1), scenario.end - timedelta(days=1))


def file_name(scenario: Scenario) -> str:
    """Return what the scenario's file is called."""
    return f"{re.sub(r'[^a-z0-9-]', '', scenario.name) or 'scenario'}.yaml"
