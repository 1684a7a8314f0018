"""
The language of conditions: SQL-like text about the attributes of a profile, read by sqlglot.

    record >= 'felony' AND NOT (venue = 'at_large' OR family IN ('family_unit', 'unaccompanied_child'))

What may be written is a short list of words, checked twice (the tokens of the text, then the nodes of the
parsed tree); all else is refused. The author's text itself never reaches an evaluator.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from sqlglot import Token, TokenType, exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import ParseError, TokenError

from lawqueue.errors import InputError, Problem, did_you_mean
from lawqueue.rules.address import Address
from lawqueue.rules.schema import UNKNOWN, Attribute, ProfileSchema

if TYPE_CHECKING:
    import polars as pl

_WORDS: Final = frozenset(
    {
        TokenType.VAR,
        TokenType.STRING,
        TokenType.L_PAREN,
        TokenType.R_PAREN,
        TokenType.COMMA,
        TokenType.AND,
        TokenType.OR,
        TokenType.NOT,
        TokenType.EQ,
        TokenType.NEQ,
        TokenType.GT,
        TokenType.GTE,
        TokenType.LT,
        TokenType.LTE,
        TokenType.BETWEEN,
        TokenType.IN,
        TokenType.TRUE,
        TokenType.FALSE,
    }
)
_NODES: Final = (
    exp.And,
    exp.Or,
    exp.Not,
    exp.Paren,
    exp.EQ,
    exp.NEQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.Between,
    exp.In,
    exp.Boolean,
    exp.Literal,
    exp.Column,
    exp.Identifier,
)
_OPERATORS: Final[dict[type[exp.Expr], str]] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
}
_ALLOWED: Final = "A rule is made of attribute = 'level', <>, <, <=, >, >=, BETWEEN, IN, AND, OR, NOT and ( )"
_LONGEST, _DEEPEST = 4000, 40


@dataclass(frozen=True)
class Clause:
    """
    One clause of a condition, and whether one profile meets it.

    Parameters
    ----------
    text
        The clause in normal spelling.
    holds
        Whether the profile meets it.
    parts
        The clauses it is made of, in reading order.
    """

    text: str
    holds: bool
    parts: tuple[Clause, ...] = ()

    def held(self) -> tuple[str, ...]:
        """Return the smallest clauses that the profile meets and that make this one hold; none if it does not."""
        if not self.holds:
            return ()
        inner = tuple(text for part in self.parts for text in part.held())
        return inner or (self.text,)

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Yield the tree as indented lines, each with ✓ or ✗."""
        yield f"{'  ' * depth}{'✓' if self.holds else '✗'} {self.text}"
        for part in self.parts:
            yield from part.lines(depth + 1)


@dataclass(frozen=True)
class _Node:
    """A clause without a profile: what it says, and the levels that meet it (of a comparison)."""

    text: str
    kind: str
    parts: tuple[_Node, ...] = ()
    attribute: str = ""
    levels: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()

    def walk(self) -> Iterator[_Node]:
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True)
class Predicate:
    """
    A checked condition; made by `parse`.

    Parameters
    ----------
    text
        The condition in normal spelling.
    schema
        The attributes it was checked against.
    """

    text: str
    schema: ProfileSchema = field(repr=False)
    _root: _Node = field(repr=False)

    @property
    def attributes(self) -> frozenset[str]:
        """The attributes that the condition reads."""
        return frozenset(each.attribute for each in self._root.walk() if each.attribute)

    @property
    def levels(self) -> frozenset[tuple[str, str]]:
        """The (attribute, level) pairs that the condition names, or takes in between those it names."""
        return frozenset((each.attribute, level) for each in self._root.walk() for level in each.named)

    def truth_table(self, profiles: pl.DataFrame) -> pl.DataFrame:
        """
        Return for every clause whether each profile meets it.

        Parameters
        ----------
        profiles : (n_profiles, n_attributes)
            One column per attribute, each cell a level.

        Returns
        -------
        polars.DataFrame : (n_profiles, n_clauses) bool
            One column per clause in reading order, the whole condition first. A clause that occurs again has
            ` (2)`, ` (3)` … after its text.

        Raises
        ------
        InputError
            If an attribute has no column, or a cell holds no level of it.
        """
        _require(profiles, self.attributes, self.schema)
        names = _distinct([each.text for each in self._root.walk()])
        columns = [_expression(each).alias(name) for each, name in zip(self._root.walk(), names, strict=True)]
        return profiles.with_columns(columns).select(names)

    def evaluate(self, profiles: pl.DataFrame) -> npt.NDArray[np.bool_]:
        """
        Return whether each profile meets the condition.

        Parameters
        ----------
        profiles : (n_profiles, n_attributes)
            One column per attribute, each cell a level.

        Returns
        -------
        numpy.ndarray : (n_profiles,) bool

        Raises
        ------
        InputError
            If an attribute has no column, or a cell holds no level of it.
        """
        values: npt.NDArray[np.bool_] = self.truth_table(profiles).to_series(0).to_numpy().astype(np.bool_)
        return values

    def explain(self, profile: Mapping[str, str]) -> Clause:
        """
        Return the tree of clauses with what each of them is for one profile.

        Raises
        ------
        InputError
            If the profile lacks an attribute that is read, or has a value that is no level of it.
        """
        for name in sorted(self.attributes):
            if name not in profile:
                raise InputError(
                    f"the profile lacks the attribute {name!r}. Give it a level, or {UNKNOWN!r}."
                )
            if profile[name] not in self.schema[name].levels:
                raise InputError(_no_level(self.schema[name], profile[name]))
        return _judged(self._root, profile)


def parse(text: str, schema: ProfileSchema, at: Address | None = None) -> Predicate:
    """
    Read and check one condition.

    Parameters
    ----------
    text
        The condition. Levels stand in single quotes. An ordering (`<`, `>`, `BETWEEN`) needs an ordered
        attribute, and is never met by the level `unknown`; NOT turns that around as it does everything.
    schema
        The attributes and levels that exist.
    at
        Where the text stands; faults are addressed from there.

    Raises
    ------
    InputError
        With the line and column of every unknown name, or of the first thing that is not allowed.
    """
    return _Reader(text, schema, at or Address()).predicate()


class _Reader:
    """Turns one text into a tree of nodes, and notes every fault on the way."""

    def __init__(self, text: str, schema: ProfileSchema, at: Address) -> None:
        self.text, self.schema, self.at = text, schema, at
        self.problems: list[Problem] = []

    def predicate(self) -> Predicate:
        tokens = self._tokens()
        try:
            root = self._root(self._tree(tokens))
        except RecursionError as error:
            raise self._refused(0, "the condition is nested too deeply to be read.") from error
        if self.problems:
            raise InputError(self.problems)
        return Predicate(root.text, self.schema, root)

    def _root(self, tree: exp.Expr) -> _Node:
        for node in tree.walk():
            if not isinstance(node, _NODES):
                raise self._refused(
                    _offset(node), f"{type(node).__name__} is not allowed in a rule. {_ALLOWED}."
                )
        return self._node(tree)

    def _refused(self, offset: int, message: str) -> InputError:
        return InputError([self.at.problem(self.text, offset, message)])

    def _tokens(self) -> list[Token]:
        if not self.text.strip():
            raise self._refused(0, "the condition is empty. Write TRUE if it always holds.")
        if len(self.text) > _LONGEST:
            raise self._refused(
                0, f"the condition has {len(self.text)} letters, at most {_LONGEST} are allowed."
            )
        try:
            tokens: list[Token] = DuckDB().tokenize(self.text)
        except TokenError as error:
            quote = self.text.rfind("'") if self.text.count("'") % 2 else 0
            raise self._refused(
                max(quote, 0), "a quote is opened here and never closed. Close it."
            ) from error
        except (
            Exception
        ) as error:  # whatever else the library says about a user's text is a fault of the text
            raise self._refused(0, f"this cannot be read. {_ALLOWED}.") from error
        if not tokens:
            raise self._refused(0, "the condition is only a comment. Write TRUE if it always holds.")
        depth = 0
        for token, after in zip(tokens, [*tokens[1:], None], strict=True):
            self._check_token(token, after)
            depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
            if depth > _DEEPEST:
                raise self._refused(token.start, f"more than {_DEEPEST} parentheses are open here.")
        return tokens

    def _check_token(self, token: Token, after: Token | None) -> None:
        kind, word, start = token.token_type, token.text, token.start
        is_name = kind == TokenType.VAR or word in self.schema
        if token.comments:
            raise self._refused(token.end + 1, "a comment is not allowed inside a rule. Put it under `note`.")
        if kind == TokenType.SEMICOLON:
            raise self._refused(
                start, "';' is not allowed: a rule is one condition. Remove it and what follows."
            )
        if kind == TokenType.IDENTIFIER:
            raise self._refused(start, f'"{word}" stands in double quotes. Write a level as {word!r}.')
        if kind == TokenType.NUMBER:
            raise self._refused(
                start, f"the number {word} is not allowed: an attribute has levels. {_ALLOWED}."
            )
        calls = after is not None and after.token_type == TokenType.L_PAREN
        if calls and (is_name or kind not in _WORDS) and word[:1].isalpha() and kind != TokenType.SELECT:
            raise self._refused(start, f"the function {word}() is not allowed in a rule. {_ALLOWED}.")
        if kind not in _WORDS and not is_name:
            raise self._refused(start, f"{word!r} is not allowed in a rule. {_ALLOWED}.")

    def _tree(self, tokens: list[Token]) -> exp.Expr:
        dialect = DuckDB()
        try:
            trees: list[Any] = dialect.parser().parse_into(exp.Condition, tokens, self.text)
        except ParseError as error:
            raise self._unreadable(error, tokens) from error
        except RecursionError:
            raise
        except Exception as error:
            raise self._refused(0, f"this cannot be read. {_ALLOWED}.") from error
        if len(trees) != 1 or trees[0] is None:
            raise self._refused(0, f"this is not one condition. {_ALLOWED}.")
        tree: exp.Expr = trees[0]
        return tree

    def _unreadable(self, error: ParseError, tokens: list[Token]) -> InputError:
        details: dict[str, Any] = dict(error.errors[0]) if error.errors else {}
        place = (details.get("line"), details.get("col"))
        token = next((each for each in tokens if (each.line, each.col) == place), tokens[-1])
        what = str(details.get("description", ""))
        if what.startswith("Expecting )"):
            return self._refused(token.end + 1, "a ')' is missing here. Add it.")
        if what.startswith("Required keyword"):
            return self._refused(token.end + 1, f"something is missing after {token.text!r}. {_ALLOWED}.")
        found = self.text[token.start : token.end + 1]
        return self._refused(token.start, f"what starts with {found} cannot stand here. {_ALLOWED}.")

    def _node(self, tree: exp.Expr) -> _Node:
        if isinstance(tree, exp.Paren):
            return self._node(tree.this)
        if isinstance(tree, (exp.And, exp.Or)):
            word = "AND" if isinstance(tree, exp.And) else "OR"
            parts = tuple(self._node(each) for each in tree.flatten(unnest=False))
            text = f" {word} ".join(
                f"({each.text})" if each.kind in {"AND", "OR"} else each.text for each in parts
            )
            return _Node(text, word, parts)
        if isinstance(tree, exp.Not):
            part = self._node(tree.this)
            text = f"NOT ({part.text})" if part.kind != "constant" else f"NOT {part.text}"
            return _Node(text, "NOT", (part,))
        if isinstance(tree, exp.Boolean):
            return _Node("TRUE" if tree.this else "FALSE", "constant")
        return self._comparison(tree)

    def _comparison(self, tree: exp.Expr) -> _Node:
        if isinstance(tree, exp.Column):
            name = tree.name
            raise self._refused(
                _offset(tree),
                f"{name!r} alone says nothing. Compare it with a level, as in {name} = 'level'.",
            )
        column = tree.this
        given = {name for name, value in tree.args.items() if value not in (None, False, [])}
        if isinstance(tree, exp.Between):
            literals, expected = [tree.args["low"], tree.args["high"]], {"this", "low", "high"}
        elif isinstance(tree, exp.In):
            literals, expected = list(tree.expressions), {"this", "expressions"}
        elif type(tree) in _OPERATORS:
            literals, expected = [tree.expression], {"this", "expression"}
        else:
            raise self._refused(_offset(tree), f"the level {tree.name!r} stands alone. {_ALLOWED}.")
        if given != expected:
            fault = "a list of levels in parentheses is expected after IN"
            fault = fault if isinstance(tree, exp.In) else "BETWEEN takes two levels and no other word"
            raise self._refused(_offset(tree), f"{fault}.")
        if not isinstance(column, exp.Column) or set(_given(column)) != {"this"}:
            raise self._refused(_offset(tree), "an attribute is expected on the left, a level on the right.")
        for each in literals:
            if not isinstance(each, exp.Literal) or not each.is_string:
                raise self._refused(
                    _offset(each),
                    f"a level in single quotes is expected here, got {each.name or type(each).__name__!r}.",
                )
        return self._checked(tree, column, literals)

    def _checked(self, tree: exp.Expr, column: exp.Column, literals: list[exp.Literal]) -> _Node:
        name, given = column.name, tuple(str(each.this) for each in literals)
        if name not in self.schema:
            message = f"unknown attribute {name!r}. {did_you_mean(name, self.schema.names)}"
            self.problems.append(self.at.problem(self.text, _offset(column), message))
            return _Node("", "comparison")
        attribute, faults = self.schema[name], len(self.problems)
        ordering = not isinstance(tree, (exp.EQ, exp.NEQ, exp.In))
        if ordering and not attribute.ordered:
            message = f"the levels of {name!r} have no order. Use =, <> or IN."
            self.problems.append(self.at.problem(self.text, _offset(column), message))
        for literal, level in zip(literals, given, strict=True):
            if level not in attribute.levels:
                message = _no_level(attribute, level)
                self.problems.append(self.at.problem(self.text, _offset(literal), message))
            elif ordering and level == UNKNOWN:
                message = f"{UNKNOWN!r} is neither above nor below a level. Use =, <> or IN."
                self.problems.append(self.at.problem(self.text, _offset(literal), message))
        if len(self.problems) > faults:
            return _Node("", "comparison")
        if isinstance(tree, exp.Between) and attribute.rank(given[0]) > attribute.rank(given[1]):
            message = f"{given[0]!r} is above {given[1]!r}, so no profile lies between them. Swap them."
            self.problems.append(self.at.problem(self.text, _offset(literals[0]), message))
        levels = _satisfying(tree, attribute, given)
        named = frozenset(given) if isinstance(tree, exp.NEQ) else levels
        return _Node(_spelling(tree, name, given), "comparison", (), name, levels, named)


def _given(tree: exp.Expr) -> list[str]:
    return [name for name, value in tree.args.items() if value is not None]


def _offset(tree: exp.Expr) -> int:
    """Return where the first word of `tree` starts in the text."""
    return min((int(each.meta["start"]) for each in tree.walk() if "start" in each.meta), default=0)


def _no_level(attribute: Attribute, level: str) -> str:
    return f"{attribute.name!r} has no level {level!r}. {did_you_mean(level, attribute.levels)}"


def _spelling(tree: exp.Expr, name: str, given: tuple[str, ...]) -> str:
    quoted = [f"'{each}'" for each in given]
    if isinstance(tree, exp.Between):
        return f"{name} BETWEEN {quoted[0]} AND {quoted[1]}"
    if isinstance(tree, exp.In):
        return f"{name} IN ({', '.join(quoted)})"
    return f"{name} {_OPERATORS[type(tree)]} {quoted[0]}"


def _satisfying(tree: exp.Expr, attribute: Attribute, given: tuple[str, ...]) -> frozenset[str]:
    """Return the levels that meet a comparison."""
    if isinstance(tree, (exp.EQ, exp.In)):
        return frozenset(given)
    if isinstance(tree, exp.NEQ):
        return frozenset(attribute.levels) - set(given)
    ranks = [attribute.rank(each) for each in given]
    known = attribute.levels[:-1]
    if isinstance(tree, exp.Between):
        return frozenset(known[ranks[0] : ranks[1] + 1])
    rank = ranks[0]
    if isinstance(tree, exp.GT):
        return frozenset(known[rank + 1 :])
    if isinstance(tree, exp.GTE):
        return frozenset(known[rank:])
    return frozenset(known[:rank] if isinstance(tree, exp.LT) else known[: rank + 1])


def _judged(node: _Node, profile: Mapping[str, str]) -> Clause:
    parts = tuple(_judged(each, profile) for each in node.parts)
    if node.kind == "AND":
        holds = all(each.holds for each in parts)
    elif node.kind == "OR":
        holds = any(each.holds for each in parts)
    elif node.kind == "NOT":
        holds = not parts[0].holds
    elif node.kind == "constant":
        holds = node.text == "TRUE"
    else:
        holds = profile[node.attribute] in node.levels
    return Clause(node.text, holds, parts)


def _expression(node: _Node) -> pl.Expr:
    import polars as pl

    parts = [_expression(each) for each in node.parts]
    if node.kind == "AND":
        return pl.all_horizontal(parts)
    if node.kind == "OR":
        return pl.any_horizontal(parts)
    if node.kind == "NOT":
        return parts[0].not_()
    if node.kind == "constant":
        return pl.lit(node.text == "TRUE")
    return pl.col(node.attribute).cast(pl.String).is_in(sorted(node.levels))


def _require(profiles: pl.DataFrame, attributes: frozenset[str], schema: ProfileSchema) -> None:
    import polars as pl

    for name in sorted(attributes):
        if name not in profiles.columns:
            hint = did_you_mean(name, profiles.columns)
            raise InputError(f"the profile table has no column for the attribute {name!r}. {hint}")
        for level in profiles.get_column(name).cast(pl.String).unique().to_list():
            if level is None:
                raise InputError(
                    f"the profile table has an empty cell under {name!r}. Write {UNKNOWN!r} there."
                )
            if level not in schema[name].levels:
                raise InputError(f"the profile table: {_no_level(schema[name], level)}")


def _distinct(texts: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    names = []
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
        names.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return names
