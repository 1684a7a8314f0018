"""
Formulas of derived values: arithmetic on published figures, as in `fear.found[FY2021] / fear.completed[FY2021]`.

A figure is a series and, in brackets, its period: FY2021, a month 2021-03, a day 2021-03-31, or first and last
day, 2021-02-18/2021-09-16. Between figures stand numbers, + - * / and parentheses.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final, TypeAlias

Lookup: TypeAlias = Callable[[str, date, date], float]
"""Returns the published figure of a series from a first to a last day; raises InputError if there is none."""

_FIGURE: Final = re.compile(r"([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)\[([^\]]*)\]")
_OPERATORS: Final = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def figures(formula: str) -> tuple[tuple[str, date, date], ...]:
    """
    Return series, first and last day of each figure that a formula reads, in its order.

    Raises
    ------
    ValueError
        If it is no formula.
    """
    _tree(formula)
    return tuple((series, *_period(period)) for series, period in _FIGURE.findall(formula))


def value(formula: str, lookup: Lookup) -> float:
    """
    Return what a formula comes to.

    Raises
    ------
    ValueError
        If it is no formula, or divides by nothing.
    InputError
        If a figure is not published.
    """
    known = [lookup(*each) for each in figures(formula)]
    try:
        return _worth(_tree(formula), known)
    except ZeroDivisionError as error:
        raise ValueError("divides by 0.") from error


def agrees(written: float, worth: float) -> bool:
    """Tell whether a written number is `worth`, rounded to the digits that are written."""
    digits = len(f"{written!r}".partition(".")[2]) if written != int(written) else 0
    return abs(written - worth) <= 0.5 * 10.0**-digits * (1 + 1e-9)


def _tree(formula: str) -> ast.expr:
    """Return the formula with each figure named by its number, f0, f1 and so on."""
    count = iter(range(len(formula)))
    plain = _FIGURE.sub(lambda _: f" f{next(count)} ", formula)
    try:
        return ast.parse(plain.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(_expected(formula)) from error


def _worth(node: ast.expr, known: list[float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id=name) if re.fullmatch(r"f\d+", name) and int(name[1:]) < len(known):
            return known[int(name[1:])]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return float(_OPERATORS[type(op)](_worth(left, known), _worth(right, known)))
    raise ValueError(_expected(ast.unparse(node)))


def _period(text: str) -> tuple[date, date]:
    try:
        if found := re.fullmatch(r"FY(\d{4})", text):
            return date(int(found[1]) - 1, 10, 1), date(int(found[1]), 9, 30)
        if found := re.fullmatch(r"(\d{4})-(\d{2})", text):
            first = date(int(found[1]), int(found[2]), 1)
            return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        start, _, end = text.partition("/")
        return date.fromisoformat(start), date.fromisoformat(end or start)
    except ValueError as error:
        raise ValueError(
            f"[{text}] is no period. Write [FY2021], [2021-03] or [2021-02-18/2021-09-16]."
        ) from error


def _expected(text: str) -> str:
    return f"{text!r} is no formula. Expected published series with a period, as in encounters[FY2021], numbers, + - * / ( )."
