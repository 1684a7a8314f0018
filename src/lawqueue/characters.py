"""Characters that a reader does not see, or takes for others: named in messages, written out on terminals."""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp", "Co", "Cn", "Cs"}
"""Unicode categories of what has no shape of its own: controls, marks of direction, spaces other than the plain one."""
_MISTAKEN = {"Pd": "-", "Pi": "'", "Pf": "'", "Sm": "-"}
"""Categories of dashes, curly quotes and the minus sign, and what YAML and rules have in their place."""
_NAMES = {
    "\t": "tab",
    "\x00": "null character",
    "\x1b": "escape character",
    "\x7f": "delete character",
    "\ufeff": "byte order mark",
}
_SHOWN_BY_ITS_CODE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def pointed_out(line: str) -> str:
    """
    Name the first character of a line that is not what it seems, those that cannot be seen before the others.

    Returns
    -------
    str
        A sentence with its name, code and column; empty if there is none.

    Examples
    --------
    >>> pointed_out("title:\N{NO-BREAK SPACE}mine")
    'There is a no-break space (U+00A0) in column 7: replace it by a plain space.'
    >>> pointed_out("number: \N{MINUS SIGN}5")
    'There is a minus sign (U+2212) in column 9: write - instead.'
    >>> pointed_out("title: mine")
    ''
    """
    strange = [column for column, each in enumerate(line, 1) if not " " <= each <= "~"]
    kinds = {column: unicodedata.category(line[column - 1]) for column in strange}
    unseen = [column for column in strange if kinds[column] in _UNSEEN]
    column = next(iter(unseen or [each for each in strange if kinds[each] in _MISTAKEN]), 0)
    if not column:
        return ""
    letter = line[column - 1]
    kind = kinds[column]
    name = _NAMES.get(letter) or unicodedata.name(letter, "control character").lower()
    if kind in _MISTAKEN:
        advice = f"write {_MISTAKEN[kind]} instead"
    else:
        advice = "replace it by a plain space" if kind == "Zs" or letter == "\t" else "remove it"
    article = "an" if name[0] in "aeiou" else "a"
    return f"There is {article} {name} (U+{ord(letter):04X}) in column {column}: {advice}."


def cleaned(text: str, encoding: str = "utf-8") -> str:
    r"""
    Return a text that a terminal shows and does not obey.

    Parameters
    ----------
    text
        It may hold the words of a user's file, or the odd bytes of a path.
    encoding
        What the terminal understands; a character that is not in it is shown by its code.

    Examples
    --------
    >>> print(cleaned("title: \x1b[2J"))
    title: \x1b[2J
    """
    coded = _SHOWN_BY_ITS_CODE.sub(
        lambda found: found[0].encode("unicode_escape", "backslashreplace").decode(), text
    )
    return coded.encode(encoding, "backslashreplace").decode(encoding)
