"""
YAML files read with the place of every key, checked against a pydantic model, all faults at once.

ruamel.yaml reads YAML 1.2: `no` stays a string, and a key given twice is an error with its line.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedBase
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import Node, ScalarNode, SequenceNode

from lawqueue.errors import InputError, Problem, did_you_mean, shown
from lawqueue.units import written

ModelT = TypeVar("ModelT", bound=BaseModel)
ReadT = TypeVar("ReadT")
Location = Sequence[str | int]
GOT = "{got}"
"""In the message of a validator it stands for the file's own text."""
PROSE = frozenset(
    [
        "cannot_say",
        "claim",
        "definition",
        "description",
        "effect",
        "help",
        "label",
        "note",
        "question",
        "quote",
        "says",
        "section",
        "source",
        "sources",
        "title",
        "what",
        "why",
    ]
)
"""Keys of words for readers, in any file."""
_LONGEST = 60
"""So much of a value is shown in a message [characters]."""


@dataclass(frozen=True)
class Document:
    """
    A YAML file in memory.

    Parameters
    ----------
    path
        Where it was read from.
    data
        Its content: mappings and lists that know their lines.
    text
        The file itself.
    """

    path: Path
    data: Any
    text: str

    @property
    def name(self) -> str:
        """The path as the user would type it."""
        return shown(self.path)

    def where(self, location: Location) -> tuple[int, int]:
        """
        Return line and column, from 1, of the deepest part of `location` that stands in the file.

        Parameters
        ----------
        location
            Keys and indices from the root, as pydantic gives them; parts that are not in the file
            (names of union members) are passed over.
        """
        node: Any = self.data
        line, column = 0, 0
        for part in location:
            if not isinstance(node, CommentedBase):
                break
            try:
                if isinstance(node, dict) and part in node:
                    # Of a mapping, a list or nothing the key is shown: where it stands is the clearer place.
                    by_key = node[part] is None or _nested(node[part])
                    line, column = node.lc.key(part) if by_key else node.lc.value(part)
                    node = node[part]
                elif isinstance(node, list) and isinstance(part, int):
                    line, column = node.lc.item(part)
                    node = node[part]
            except (KeyError, IndexError, TypeError):
                break
        return line + 1, column + 1

    def key_at(self, location: Location) -> tuple[int, int]:
        """Return line and column, from 1, of the key itself that `location` ends in."""
        node: Any = self.data
        for part in location[:-1]:
            node = node[part]
        keyed = isinstance(node, dict)
        line, column = (node.lc.key if keyed else node.lc.item)(location[-1])
        return line + 1, column + 1

    @cached_property
    def _nodes(self) -> Node:
        root: Node = YAML().compose(self.text)
        return root

    def written(self, location: Location) -> str | None:
        """Return the file's own text of the value at `location`, on one line; None if it is not in the file."""
        node = self._nodes
        for part in location:
            inside = node.value if isinstance(node.value, list) else []
            named = [pair[1] for pair in inside if isinstance(pair, tuple) and pair[0].value == str(part)]
            listed = (
                inside[part : part + 1] if isinstance(node, SequenceNode) and isinstance(part, int) else []
            )
            if not (named or listed):
                return None
            node = (named or listed)[0]
        found = " ".join(self.text[node.start_mark.index : node.end_mark.index].split())
        found = found if len(found) <= _LONGEST else f"{found[:_LONGEST]}…"
        is_bare_text = isinstance(node, ScalarNode) and not node.style and str(node.tag).endswith(":str")
        return f"'{found}'" if is_bare_text else found

    def cut(self) -> Iterator[Problem]:
        """Find words for readers that end where a comment begins, as `Fee #3` does: nobody would miss the rest."""
        if not re.search(r"\S[ \t]+#", self.text):
            return
        for key, node in _scalars(self._nodes):
            rest = self.text[node.end_mark.index :].partition("\n")[0]
            if key in PROSE and not node.style and node.value and re.match(r"[ \t]+#", rest):
                fault = f"{key}: the text ends at '{rest.strip()[:12]}', as a comment begins there. Quote the whole text."
                yield Problem(self.name, node.start_mark.line + 1, node.start_mark.column + 1, fault)

    def problem(self, location: Location, message: str) -> Problem:
        """Return a fault at `location`."""
        return Problem(self.name, *self.where(location), message)


def _nested(value: Any) -> bool:
    return isinstance(value, CommentedBase)


def read_yaml(path: Path) -> Document:
    """
    Read one YAML file.

    Raises
    ------
    InputError
        If the file is missing, is not YAML 1.2, holds a key twice, or is not a mapping.
    """
    if path.is_dir():
        raise InputError([Problem(shown(path), 1, 1, "this is a folder. Give a file in it.")])
    if not path.is_file():
        around = [each.name for each in path.parent.glob("*.yaml")]
        hint = f" {did_you_mean(path.name, around)}" if around else ""
        raise InputError([Problem(shown(path), 1, 1, f"no such file.{hint}")])
    try:
        text = path.read_text(encoding="utf-8")
        data = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = (error.problem or str(error)).strip().split("\n")[0]
        raise InputError([Problem(shown(path), line, column, f"not valid YAML: {what}.")]) from error
    except UnicodeDecodeError as error:
        raise InputError([Problem(shown(path), 1, 1, "not UTF-8. Save the file as UTF-8.")]) from error
    except YAMLError as error:
        raise InputError(
            [Problem(shown(path), 1, 1, f"not valid YAML: {str(error).splitlines()[0]}.")]
        ) from error
    except RecursionError as error:
        raise InputError([Problem(shown(path), 1, 1, "nested too deep to be read.")]) from error
    except (ValueError, OverflowError) as error:
        # ruamel makes dates while it reads and does not say where one was impossible.
        raise InputError([_impossible_date(path, text)]) from error
    if not isinstance(data, dict):
        found = "nothing" if data is None else "a list" if isinstance(data, list) else f"only {data!r:.40}"
        raise InputError([Problem(shown(path), 1, 1, f"expected a mapping of keys to values, got {found}.")])
    return Document(path, data, text)


def read_each(
    folder: Path, what: str, read: Callable[[Path], ReadT], *, pattern: str = "*.yaml"
) -> tuple[list[ReadT], list[Problem]]:
    """
    Read the files of a folder in order of name, and go on after one that is faulty.

    Parameters
    ----------
    folder
        The folder.
    what
        What its files are, for the message if it has none.
    read
        Reads one.
    pattern
        Which files.

    Returns
    -------
    list, list of Problem
        What could be read, and the faults of all other files.

    Raises
    ------
    InputError
        If there is no file.
    """
    paths = sorted(folder.glob(pattern))
    if not paths:
        raise InputError(f"no {what} in {shown(folder)!r}: it has no *.yaml file. Name another folder.")
    found: list[ReadT] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found.append(read(path))
        except InputError as error:
            problems.extend(error.problems)
    return found, problems


def _impossible_date(path: Path, text: str) -> Problem:
    """Find the first day or time in a file that there is not."""
    for _, node in _scalars(YAML().compose(text)):
        if str(node.tag).endswith(":timestamp"):
            try:
                YAML().load(node.value)
            except (ValueError, OverflowError) as error:
                # Python's own words tell what is wrong with a day, not with a time zone.
                why = "" if "timedelta" in str(error) else f": {error}"
                line, column = node.start_mark.line + 1, node.start_mark.column + 1
                return Problem(shown(path), line, column, f"{node.value} is no date{why}.")
    return Problem(shown(path), 1, 1, "not valid YAML.")


def _scalars(root: Node) -> Iterator[tuple[str, ScalarNode]]:
    """Yield the scalars of a file in order, each once, with the key that they or their list stand under."""
    waiting, seen = [("", root)], set()
    while waiting:
        key, node = waiting.pop()
        if id(node) in seen:  # a part may hold itself, by reference
            continue
        seen.add(id(node))
        if isinstance(node, ScalarNode):
            yield key, node
        elif isinstance(node, SequenceNode):
            waiting += [(key, each) for each in reversed(node.value)]
        else:
            waiting += [
                each
                for name, value in reversed(node.value)
                for each in ((str(name.value), value), ("", name))
            ]


def validated(model: type[ModelT], document: Document) -> ModelT:
    """
    Return the document as an instance of `model`.

    Raises
    ------
    InputError
        With every fault in the file, each at its line and column.
    """
    cut = list(document.cut())
    try:
        found = model.model_validate(document.data)
    except ValidationError as error:
        raise InputError([*cut, *(_problem(model, document, each) for each in error.errors())]) from error
    if cut:
        raise InputError(cut)
    return found


def _problem(model: type[BaseModel], document: Document, error: Any) -> Problem:
    location: tuple[str | int, ...] = error["loc"]
    dotted = ".".join(str(part) for part in location if not _is_union_tag(part)) or "the file"
    value, kind, context = error["input"], error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        line, column = document.key_at(location) if _in_file(document, location) else document.where(location)
        known = _fields_at(model, location[:-1])
        return Problem(
            document.name, line, column, f"unknown key {dotted!r}. {did_you_mean(str(location[-1]), known)}"
        )
    # A list may hold itself many times over by reference, so it is named, not written out.
    nested = "a mapping" if isinstance(value, dict) else "a list"
    got = nested if _nested(value) else document.written(location) or repr(value)
    bound = context.get("ge", context.get("gt", context.get("le")))
    if isinstance(bound, float | int):
        bound = written(bound)
    message = {
        "missing": f"{dotted}: this key is missing. Add it.",
        "greater_than_equal": f"{dotted}: must be at least {bound}, got {got}.",
        "greater_than": f"{dotted}: must be more than {bound}, got {got}.",
        "less_than_equal": f"{dotted}: must be at most {bound}, got {got}.",
        "literal_error": f"{dotted}: must be {context.get('expected')}, got {got}.",
        "value_error": f"{dotted}: {context.get('error')}".replace(GOT, got),
        "assertion_error": f"{dotted}: {context.get('error')}",
    }.get(kind)
    if kind == "literal_error" and isinstance(value, str):
        names = [each.strip(" '\"") for each in str(context.get("expected")).replace(" or ", ",").split(",")]
        message = f"{message} {did_you_mean(value, names)}"
    if message is None and value in (None, ""):
        message = f"{dotted}: is empty. Give a value."
    if kind == "string_type":
        message = f"{dotted}: must be a text, got {got}. Put it in quotes."
    if message is None and kind.startswith("date"):
        message = f"{dotted}: must be a date, as 2021-03-01, got {got}."
    if message is None:
        shown_value = "" if _nested(value) else f", got {got}"
        message = f"{dotted}: {error['msg'][0].lower()}{error['msg'][1:]}{shown_value}."
    return document.problem(location, message)


def _in_file(document: Document, location: Location) -> bool:
    node: Any = document.data
    for part in location:
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _is_union_tag(part: str | int) -> bool:
    return isinstance(part, str) and ("[" in part or part.startswith("function-"))


def _fields_at(model: type[BaseModel], location: Location) -> list[str]:
    """Return the keys that are allowed where `location` points to."""
    models: list[type[BaseModel]] = [model]
    for part in location:
        found: list[type[BaseModel]] = []
        for each in models:
            field = each.model_fields.get(str(part))
            for candidate in each.model_fields.items():
                if candidate[1].alias == part:
                    field = candidate[1]
            if field is not None:
                found.extend(_models_in(field.annotation))
        models = found or models
    return [info.alias or name for each in models for name, info in each.model_fields.items()]


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [each for part in typing.get_args(annotation) for each in _models_in(part)]
