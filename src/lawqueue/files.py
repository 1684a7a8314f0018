"""
YAML files read with the place of every key, checked against a pydantic model, all faults at once.

A file is read in three steps, each of which turns whatever its library has to say into faults of the file: its
bytes, its YAML 1.2 (`no` stays a string), and its plain values. What needs more than plain values is refused: tags,
merged keys, keys that are lists; and so is what is too long, too deep or too much.
"""

from __future__ import annotations

import math
import os
import re
import stat
import textwrap
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, RootModel, ValidationError
from ruamel.yaml.composer import ComposerError, MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.loader import SafeLoader
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from lawqueue.characters import pointed_out
from lawqueue.errors import InputError, Problem, did_you_mean, shown
from lawqueue.units import written

ModelT = TypeVar("ModelT", bound=BaseModel)
ReadT = TypeVar("ReadT")
Location = Sequence[str | int]

LONGEST: Final = 1_000_000
"""Longest file that is read [bytes]; the longest that comes with the package has 50,000."""
DEEPEST: Final = 32
"""Most mappings and lists within each other."""
MOST_VALUES: Final = 20_000
"""Most keys, values and lists of a file, those that stand for others (*name) counted each time."""
MOST_TOLD: Final = 100
"""Most faults of one file that are told."""
GOT: Final = "{got}"
"""In the message of a validator it stands for the file's own text."""
PROSE: Final = frozenset(
    {
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
    }
    | {"says", "section", "source", "sources", "title", "what", "why"}
)
"""Keys of words for readers, in any file."""
_MOST_SHOWN: Final = 60
"""Longest text of a file that a message repeats [characters]."""
_HALF: Final = re.compile("[\ud800-\udfff]")
"""Half of a character: YAML can write it, and no file can hold it."""
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Document:
    """
    A YAML file in memory.

    Parameters
    ----------
    path
        Where it was read from.
    text
        What stands in it.
    data
        Its content: mappings, lists, texts, numbers, truth values, dates and None.
    """

    path: Path
    text: str = field(repr=False)
    data: Any
    _root: Node = field(repr=False)

    @property
    def name(self) -> str:
        """The path as the user would type it."""
        return shown(self.path)

    def _nodes(self, location: Location) -> tuple[Node, Node]:
        """
        Return key and value (of an item: itself twice) of the deepest part of `location` that stands in the file.

        Parts that are not in the file, as the names of union members are, are passed over.
        """
        key = value = self._root
        for part in location:
            if isinstance(value, MappingNode):
                found = [pair for pair in value.value if pair[0].value == part]
            elif isinstance(value, SequenceNode) and isinstance(part, int):
                found = [(each, each) for each in value.value[part : part + 1]]
            else:
                continue
            if found:
                key, value = found[0]
        return key, value

    def _shown(self, location: Location) -> Node:
        key, value = self._nodes(location)
        # Of a mapping, a list or nothing the key is shown: where it stands is the clearer place.
        return value if isinstance(value, ScalarNode) and not _has_tag(value, "null") else key

    def where(self, location: Location) -> tuple[int, int]:
        """Return line and column, from 1, of the deepest part of `location` that stands in the file."""
        return _place(self._shown(location))

    def from_there(self, location: Location) -> str:
        """Return the text of the file from the value at `location` on."""
        return self.text[self._shown(location).start_mark.index :]

    def written(self, location: Location) -> str:
        """Return what the file says at `location`: a value as it stands there, or that it is a mapping or a list."""
        return _written(self._nodes(location)[1], self.text)

    def cut(self) -> Iterator[Problem]:
        """Find words for readers that end where a comment begins, as `Fee #3` does: nobody would miss the rest."""
        for key, node in _scalars("", self._root):
            rest = self.text[node.end_mark.index :].partition("\n")[0]
            if key in PROSE and node.style is None and node.value and re.match(r"[ \t]+#", rest):
                fault = f"{key}: the text ends at {rest.strip()[:12]!r}, as a comment begins there. Quote the whole text."
                yield Problem(self.name, *_place(node), fault)

    def problem(self, location: Location, message: str) -> Problem:
        """Return a fault at `location`."""
        line, column = self.where(location)
        return Problem(self.name, line, column, pointing(message, self.text, line))

    def problem_of_key(self, location: Location, message: str) -> Problem:
        """Return a fault at the key that `location` ends in."""
        line, column = _place(self._nodes(location)[0])
        return Problem(self.name, line, column, pointing(message, self.text, line))


def _place(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _written(node: Node, text: str) -> str:
    if not isinstance(node, ScalarNode):
        return "a mapping" if isinstance(node, MappingNode) else "a list"
    found = re.sub(r"^&\S+\s+", "", text[node.start_mark.index : node.end_mark.index])
    is_bare_text = node.style is None and _has_tag(node, "str")
    return textwrap.shorten(f"'{found}'" if is_bare_text else found, _MOST_SHOWN, placeholder="…")


def _scalars(key: str, node: Node) -> Iterator[tuple[str, ScalarNode]]:
    """Yield the values below a node, with the key that they or their list stand under."""
    if isinstance(node, ScalarNode):
        yield key, node
    elif isinstance(node, SequenceNode):
        for each in node.value:
            yield from _scalars(key, each)
    else:
        for name, value in node.value:
            yield from _scalars(name.value, value)


def _has_tag(node: Node, kind: str) -> bool:
    return str(node.ctag).endswith(f":{kind}")


def pointing(message: str, text: str, last: int, first: int | None = None) -> str:
    """
    Return a message that also names what cannot be seen, or is mistaken for something else, in some lines.

    Parameters
    ----------
    message
        What is wrong.
    text
        The file.
    last, first
        The lines, from 1; one only if the first is left out.
    """
    lines = text.split("\n")
    for number in range(last if first is None else first, last + 1):
        hint = pointed_out(lines[number - 1].removesuffix("\r")) if number <= len(lines) else ""
        if hint:
            return f"{message} {hint.replace('There is', f'Line {number} has')}"
    return message


def is_file(path: Path) -> bool:
    """Tell whether there is a file that can be looked at; never raises, whatever the path is."""
    return os.path.isfile(path)  # noqa: PTH113  # of a path that is too long, pathlib raises


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder that can be looked at; never raises, whatever the path is."""
    return os.path.isdir(path)  # noqa: PTH112  # of a path that is too long, pathlib raises


def read_text(path: Path) -> str:
    """Read a text file, with line ends as on Linux; see `decoded`."""
    return decoded(path).replace("\r\n", "\n").replace("\r", "\n")


def decoded(path: Path) -> str:
    """
    Read a text file as it is.

    Raises
    ------
    InputError
        If it is missing, cannot be read, is no ordinary file, is longer than `LONGEST`, or is not UTF-8.
    """

    def refused(message: str, line: int = 1, column: int = 1) -> InputError:
        return InputError([Problem(shown(path), line, column, message)])

    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise refused("this is a folder. Give a file in it.")
        if not stat.S_ISREG(kind):
            raise refused("this is no ordinary file. Give a file that was saved.")
        with path.open("rb") as file:
            content = file.read(LONGEST + 1)
    except FileNotFoundError as error:
        around = [each.name for each in path.parent.glob("*.yaml")]
        hint = f" {did_you_mean(path.name, around)}" if around else ""
        raise refused(f"no such file.{hint}") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise refused(f"cannot be read: {reason}. Give another file, or mend this.") from error
    except ValueError as error:  # a path that no system has, as one with a null character
        raise refused(f"cannot be read: {error}. Give the name of a file.") from error
    if len(content) > LONGEST:
        raise refused(f"the file is longer than {LONGEST:,} bytes, the most that is read. Shorten it.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refused("not UTF-8 but UTF-16. Save the file as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1
        raise refused("not UTF-8. Save the file as UTF-8.", before.count(b"\n") + 1, column) from error


def read_yaml(path: Path, root: type = dict) -> Document:
    """
    Read one YAML file.

    Parameters
    ----------
    path
        The file.
    root
        What it holds: `dict` for a mapping of keys to values, `list` for a list.

    Raises
    ------
    InputError
        If the file cannot be read, is not YAML 1.2, holds more than plain values or a key twice, or is not what is
        asked for.
    """
    text = read_text(path)
    node = _composed(text, shown(path))
    data = None if node is None else _Plain(text, shown(path)).value(node, ())
    if node is None or not isinstance(data, root):
        expected = "a mapping of keys to values" if root is dict else "a list"
        found = "nothing"
        if node is not None and data is not None:
            found = (
                f"only {_written(node, text):.40}" if isinstance(node, ScalarNode) else _written(node, text)
            )
        message = pointing(f"expected {expected}, got {found}.", text, 1)
        raise InputError([Problem(shown(path), 1, 1, message)])
    return Document(path, text, data, node)


class _Loader(SafeLoader):
    """Reads YAML as far as it may go: no deeper, no longer, without tags."""

    max_depth = DEEPEST

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.warn_double_anchors = False  # YAML allows it: the later one counts
        self._values = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        self._values += 1
        if self._values > MOST_VALUES:
            raise ComposerError(None, None, _too_much(), event.start_mark)
        tag = getattr(event, "ctag", None)
        if tag is not None:
            written_as = str(tag).replace("tag:yaml.org,2002:", "!!")
            message = f"the tag {written_as!r:.60} is not read. Write the value without it, a text in quotes."
            raise ComposerError(None, None, message, event.start_mark)
        return super().compose_node(parent, index)


def _too_deep() -> str:
    return f"nested too deep: more than {DEEPEST} lists and mappings stand within each other. Write it flat."


def _too_much() -> str:
    return f"more than {MOST_VALUES:,} values. Split the file."


def _composed(text: str, name: str) -> Node | None:
    """Return the YAML of a text with the place of everything in it; None if it is empty."""
    loader = None
    try:
        loader = _Loader(text)
        root: Node | None = loader.get_single_node()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        # What makes a line unreadable is often found only in the next one.
        first = error.context_mark.line + 1 if error.context_mark else max(1, line - 1)
        what = (error.problem or str(error)).strip().split("\n")[0]
        what = f"{error.context}, {what}" if what.startswith("but ") else what
        if isinstance(error, MaxDepthExceededError):
            what = _too_deep()
        elif what[-1:] != ".":  # the library's words; ours end in what to do
            what = f"not valid YAML: {what}. Mend the indentation, quotes or brackets here."
        raise InputError([Problem(name, line, column, pointing(what, text, line, first))]) from error
    except ReaderError as error:
        before = text[: error.position]
        line = before.count("\n") + 1
        message = pointing("not valid YAML: a character that no text has. Remove it.", text, line)
        raise InputError([Problem(name, line, error.position - before.rfind("\n"), message)]) from error
    except Exception as error:  # whatever else a library says about a user's file is a fault of the file
        line, column = (loader.line + 1, loader.column + 1) if loader is not None else (1, 1)
        message = pointing(
            "not valid YAML: it cannot be read from here on. Mend or remove this.",
            text,
            min(line, text.count("\n") + 1),
        )
        raise InputError([Problem(name, line, column, message)]) from error
    return root


class _Plain:
    """Makes plain values of YAML."""

    def __init__(self, text: str, name: str) -> None:
        self._text, self._name = text, name
        self._loader = SafeLoader("")
        self._values = 0

    def value(self, node: Node, above: tuple[Node, ...]) -> Any:
        """Return the value of a node that stands within others."""
        self._values += 1
        if self._values > MOST_VALUES:  # those that stand for others were counted once so far
            raise self._refused(node, _too_much())
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if any(node is each for each in above):
            raise self._refused(node, f"{_written(node, self._text)} that holds itself. Write it out.")
        if len(above) >= DEEPEST:
            raise self._refused(node, _too_deep())
        within = (*above, node)
        if isinstance(node, SequenceNode):
            return [self.value(each, within) for each in node.value]
        return {key: self.value(value, within) for key, value in self._pairs(node)}

    def _pairs(self, node: Node) -> Iterator[tuple[str, Node]]:
        seen: dict[str, Node] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise self._refused(
                    key, f"a key is a word, here it is {_written(key, self._text)}. Write a word."
                )
            name = self._text_of(key)
            if name == "<<" and key.style is None:
                raise self._refused(
                    key, "'<<' takes keys from another mapping, which is not read. Write them out."
                )
            if name in seen:
                line, _ = _place(seen[name])
                message = f"not valid YAML: the key {name!r} stands in line {line} already. Remove one."
                raise self._refused(key, message)
            seen[name] = key
            yield name, value

    def _text_of(self, node: ScalarNode) -> str:
        if _HALF.search(node.value):
            raise self._refused(node, "a character that no text has is written as \\u here. Remove it.")
        return str(node.value)

    def _scalar(self, node: ScalarNode) -> Any:
        if _has_tag(node, "str"):
            return self._text_of(node)
        is_time = _has_tag(node, "timestamp")
        if is_time and not _DATE.fullmatch(node.value):
            return node.value  # with a time of day: no file asks for one, so it is refused as it stands
        try:
            return self._loader.construct_object(node, deep=True)
        except Exception as error:  # each kind of value has errors of its own
            what = _written(node, self._text)
            too_long = f"{what:.40} … has too many digits. Write a shorter number."
            message = f"{what} is no date: {error}. Write it as 2021-03-01." if is_time else too_long
            raise self._refused(node, message) from error

    def _refused(self, node: Node, message: str) -> InputError:
        line, column = _place(node)
        return InputError([Problem(self._name, line, column, pointing(message, self._text, line))])


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


def validated(model: type[ModelT], document: Document) -> ModelT:
    """
    Return the document as an instance of `model`.

    Raises
    ------
    InputError
        With every fault in the file, each at its line and column.
    """
    cut = list(islice(document.cut(), MOST_TOLD))
    try:
        found = model.model_validate(document.data)
    except ValidationError as error:
        told = islice(error.errors(), MOST_TOLD)
        raise InputError([*cut, *(_problem(model, document, each) for each in told)]) from error
    if cut:
        raise InputError(cut)
    return found


def _problem(model: type[BaseModel], document: Document, error: Any) -> Problem:
    location: tuple[str | int, ...] = error["loc"]
    dotted = ".".join(str(part) for part in location if not _is_union_tag(part)) or "the file"
    value, kind, context = error["input"], error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        known = _fields_at(model, location[:-1])
        hint = did_you_mean(str(location[-1]), known)
        return document.problem_of_key(location, f"unknown key {dotted!r}. {hint}")
    got = document.written(location) if _in_file(document, location) else repr(value)
    if isinstance(value, float) and math.isnan(value):
        kind = "finite_number"  # a bound is told of it first, and it has nothing to do with one
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
        message = f"{dotted}: must be a text, got {got}.{'' if isinstance(value, dict | list) else ' Put it in quotes.'}"
    if message is None and kind.startswith("date"):
        message = f"{dotted}: must be a date, as 2021-03-01, got {got}."
    if message is None:
        expected = _EXPECTED.get(kind) or f"{error['msg'][0].lower()}{error['msg'][1:]}"
        message = f"{dotted}: {expected}, got {got}."
    return document.problem(location, message)


_EXPECTED: Final = {
    "finite_number": "must be a finite number",
    **dict.fromkeys(
        ("dict_type", "model_type", "model_attributes_type"), "must be a mapping of keys to values"
    ),
    **dict.fromkeys(("list_type", "tuple_type"), "must be a list"),
}
"""What is expected where pydantic finds something else, in a reader's words."""


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
    models = _models_in(model.model_fields["root"].annotation) if issubclass(model, RootModel) else [model]
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
