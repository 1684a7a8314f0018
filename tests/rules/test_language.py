"""The language of conditions: what it means, what it refuses, and where it says the fault is."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lawqueue.errors import InputError
from lawqueue.rules import Address, Attribute, Predicate, ProfileSchema, load_schema, parse

pytestmark = pytest.mark.filterwarnings("error")

BROKEN = Path(__file__).parent / "broken"
SCHEMA = ProfileSchema(
    (
        Attribute("record", ("none", "misdemeanor", "felony", "unknown"), True, "Offences."),
        Attribute("venue", ("jail", "at_large", "unknown"), False, "Place."),
        Attribute("threat", ("none", "gang", "unknown"), False, "Danger."),
    )
)
EVERY = pl.DataFrame(
    list(product(*(each.levels for each in SCHEMA.attributes))), schema=list(SCHEMA.names), orient="row"
)
FORM = "A rule is made of attribute = 'level', <>, <, <=, >, >=, BETWEEN, IN, AND, OR, NOT and ( )."


def taken(text: str, attribute: str = "record") -> set[str]:
    """Return the levels of one attribute whose profiles meet `text`."""
    return set(EVERY.filter(parse(text, SCHEMA).evaluate(EVERY))[attribute].to_list())


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("record = 'felony'", {"felony"}),
        ("record == 'felony'", {"felony"}),
        ("record <> 'felony'", {"none", "misdemeanor", "unknown"}),
        ("record != 'felony'", {"none", "misdemeanor", "unknown"}),
        ("record > 'misdemeanor'", {"felony"}),
        ("record >= 'misdemeanor'", {"misdemeanor", "felony"}),
        ("record < 'misdemeanor'", {"none"}),
        ("record <= 'misdemeanor'", {"none", "misdemeanor"}),
        ("record BETWEEN 'none' AND 'misdemeanor'", {"none", "misdemeanor"}),
        ("record NOT BETWEEN 'none' AND 'misdemeanor'", {"felony", "unknown"}),
        ("record IN ('none', 'unknown')", {"none", "unknown"}),
        ("record NOT IN ('none', 'unknown')", {"misdemeanor", "felony"}),
        ("NOT record = 'none'", {"misdemeanor", "felony", "unknown"}),
        ("record = 'unknown'", {"unknown"}),
        ("TRUE", {"none", "misdemeanor", "felony", "unknown"}),
        ("FALSE", set()),
        ("record = 'none' OR record = 'felony' AND FALSE", {"none"}),
        ("(record = 'none' OR record = 'felony') AND TRUE", {"none", "felony"}),
    ],
)
def test_a_condition_takes_these_levels(text: str, levels: set[str]) -> None:
    assert taken(text) == levels


def test_an_unknown_level_meets_no_ordering_and_not_turns_that_around() -> None:
    assert "unknown" not in taken("record >= 'none'")
    assert "unknown" in taken("NOT record >= 'none'")


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("record IN (SELECT record FROM p)", 12, f"'SELECT' is not allowed in a rule. {FORM}"),
        ("record IN (SELECT * FROM read_csv('/etc'))", 12, f"'SELECT' is not allowed in a rule. {FORM}"),
        ("record IN read_csv('/etc')", 11, f"the function read_csv() is not allowed in a rule. {FORM}"),
        ("record = MAX(record)", 10, f"the function MAX() is not allowed in a rule. {FORM}"),
        ("record = random()", 10, f"the function random() is not allowed in a rule. {FORM}"),
        ("nosuch(record) = 'none'", 1, f"the function nosuch() is not allowed in a rule. {FORM}"),
        (
            "record = 'none'; DROP TABLE p",
            16,
            "';' is not allowed: a rule is one condition. Remove it and what follows.",
        ),
        (
            "record = 'none';",
            16,
            "';' is not allowed: a rule is one condition. Remove it and what follows.",
        ),
        ("record = 'none' + 'x'", 17, f"'+' is not allowed in a rule. {FORM}"),
        ("record = 'none' || 'x'", 17, f"'||' is not allowed in a rule. {FORM}"),
        ("CASE WHEN record = 'none' THEN TRUE END", 1, f"'CASE' is not allowed in a rule. {FORM}"),
        ("record IS NULL", 8, f"'IS' is not allowed in a rule. {FORM}"),
        ("record = NULL", 10, f"'NULL' is not allowed in a rule. {FORM}"),
        ("record::TEXT = 'none'", 7, f"'::' is not allowed in a rule. {FORM}"),
        ("CAST(record AS TEXT) = 'none'", 1, f"the function CAST() is not allowed in a rule. {FORM}"),
        ("record LIKE 'n%'", 8, f"'LIKE' is not allowed in a rule. {FORM}"),
        ("p.record = 'none'", 2, f"'.' is not allowed in a rule. {FORM}"),
        ("record = ?", 10, f"'?' is not allowed in a rule. {FORM}"),
        ("record = 1", 10, f"the number 1 is not allowed: an attribute has levels. {FORM}"),
        ('record = "none"', 10, "\"none\" stands in double quotes. Write a level as 'none'."),
        (
            "record = 'none' -- why",
            16,
            "a comment is not allowed inside a rule. Put it under `note`.",
        ),
        ("record = 'none' 'x'", 10, f"Concat is not allowed in a rule. {FORM}"),
        ("record = venue", 10, "a level in single quotes is expected here, got 'venue'."),
        ("'none' = record", 1, "an attribute is expected on the left, a level on the right."),
        (
            "record",
            1,
            "'record' alone says nothing. Compare it with a level, as in record = 'level'.",
        ),
        ("'none'", 1, f"the level 'none' stands alone. {FORM}"),
        ("record IN 'none'", 1, "a list of levels in parentheses is expected after IN."),
        ("record IN ()", 1, "a list of levels in parentheses is expected after IN."),
        (
            "record BETWEEN SYMMETRIC 'none' AND 'felony'",
            1,
            "BETWEEN takes two levels and no other word.",
        ),
        (
            "record BETWEEN 'felony' AND 'none'",
            16,
            "'felony' is above 'none', so no profile lies between them. Swap them.",
        ),
        ("venue > 'jail'", 1, "the levels of 'venue' have no order. Use =, <> or IN."),
        (
            "record > 'unknown'",
            10,
            "'unknown' is neither above nor below a level. Use =, <> or IN.",
        ),
        ("recrod = 'none'", 1, "unknown attribute 'recrod'. Did you mean 'record'?"),
        (
            "record = 'none' AND vanue = 'jail'",
            21,
            "unknown attribute 'vanue'. Did you mean 'venue'?",
        ),
        ("record = 'felon'", 10, "'record' has no level 'felon'. Did you mean 'felony'?"),
        (
            "record = 'Felony'",
            10,
            "'record' has no level 'Felony'. Did you mean 'felony'?",
        ),
        ("(record = 'none'", 17, "a ')' is missing here. Add it."),
        ("record = ", 9, f"something is missing after '='. {FORM}"),
        ("record = 'none' AND", 20, f"something is missing after 'AND'. {FORM}"),
        ("record 'none'", 8, f"what starts with 'none' cannot stand here. {FORM}"),
        ("record = 'none", 10, "a quote is opened here and never closed. Close it."),
        ("  ", 1, "the condition is empty. Write TRUE if it always holds."),
    ],
)
def test_what_is_refused_is_pointed_at(text: str, column: int, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text, SCHEMA)
    problem = caught.value.problems[0]
    assert (problem.line, problem.column) == (1, column)
    assert problem.message == message


@pytest.mark.parametrize(
    "text", ["NOT " * 900 + "TRUE", "(" * 900 + "TRUE" + ")" * 900, "TRUE AND " * 900 + "TRUE"]
)
def test_a_condition_too_large_to_read_is_refused_and_does_not_crash(text: str) -> None:
    with pytest.raises(InputError, match=r"the condition has|parentheses are open|nested too deeply"):
        parse(text, SCHEMA)


def test_a_long_chain_is_read() -> None:
    assert parse(" OR ".join(["venue = 'jail'"] * 150), SCHEMA).evaluate(EVERY).any()


def test_every_wrong_name_is_reported_at_once() -> None:
    with pytest.raises(InputError) as caught:
        parse("recrod = 'none' OR venue IN ('jial', 'at_lrage') OR threat = 'gang'", SCHEMA)
    assert [each.column for each in caught.value.problems] == [1, 30, 38]


def test_a_fault_in_text_of_several_lines_is_on_its_line() -> None:
    with pytest.raises(InputError) as caught:
        parse("record = 'none'\n  OR venue = 'jial'", SCHEMA, Address("my.yaml", 7, 3, "when"))
    assert str(caught.value) == "my.yaml:8:14: when: 'venue' has no level 'jial'. Did you mean 'jail'?"


def test_a_truth_table_has_every_clause_in_reading_order() -> None:
    predicate = parse("record >= 'felony' AND NOT (venue = 'jail' OR threat = 'gang')", SCHEMA)
    profiles = pl.DataFrame(
        {"record": ["felony", "felony"], "venue": ["at_large", "jail"], "threat": ["none", "none"]}
    )
    table = predicate.truth_table(profiles)
    assert table.columns == [
        "record >= 'felony' AND NOT (venue = 'jail' OR threat = 'gang')",
        "record >= 'felony'",
        "NOT (venue = 'jail' OR threat = 'gang')",
        "venue = 'jail' OR threat = 'gang'",
        "venue = 'jail'",
        "threat = 'gang'",
    ]
    assert table.rows() == [(True, True, True, False, False, False), (False, True, False, True, True, False)]


def test_a_clause_that_occurs_twice_has_two_columns() -> None:
    table = parse("venue = 'jail' OR (venue = 'jail' AND TRUE)", SCHEMA).truth_table(EVERY)
    assert table.columns[1:] == ["venue = 'jail'", "venue = 'jail' AND TRUE", "venue = 'jail' (2)", "TRUE"]


def test_a_constant_has_a_row_for_every_profile() -> None:
    assert parse("TRUE", SCHEMA).evaluate(EVERY).tolist() == [True] * EVERY.height


def test_an_explanation_shows_which_clause_holds() -> None:
    clause = parse("record >= 'felony' AND NOT venue = 'jail'", SCHEMA).explain(
        {"record": "felony", "venue": "jail"}
    )
    assert list(clause.lines()) == [
        "✗ record >= 'felony' AND NOT (venue = 'jail')",
        "  ✓ record >= 'felony'",
        "  ✗ NOT (venue = 'jail')",
        "    ✓ venue = 'jail'",
    ]


def test_a_predicate_knows_what_it_reads() -> None:
    predicate = parse("record >= 'misdemeanor' OR venue <> 'jail'", SCHEMA)
    assert predicate.attributes == {"record", "venue"}
    assert predicate.levels == {("record", "misdemeanor"), ("record", "felony"), ("venue", "jail")}


@pytest.mark.parametrize(
    "dtype", [pl.String, pl.Categorical, pl.Enum(["none", "misdemeanor", "felony", "unknown"])]
)
def test_a_column_may_be_text_or_categories(dtype: pl.DataType) -> None:
    profiles = pl.DataFrame({"record": ["none", "felony"]}).cast({"record": dtype})
    assert parse("record > 'none'", SCHEMA).evaluate(profiles).tolist() == [False, True]


def test_a_profile_table_without_the_attribute_is_refused() -> None:
    with pytest.raises(InputError, match=r"has no column for the attribute 'record'\. Did you mean 'recrod'"):
        parse("record = 'none'", SCHEMA).evaluate(pl.DataFrame({"recrod": ["none"]}))


def test_a_profile_table_with_an_empty_cell_is_refused() -> None:
    with pytest.raises(InputError, match=r"has an empty cell under 'record'\. Write 'unknown' there"):
        parse("record = 'none'", SCHEMA).evaluate(pl.DataFrame({"record": ["none", None]}))


def test_a_profile_table_with_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match=r"'record' has no level 'felon'\. Did you mean 'felony'"):
        parse("record = 'none'", SCHEMA).evaluate(pl.DataFrame({"record": ["felon"]}))


@pytest.mark.parametrize("profile", [{}, {"record": "felon"}])
def test_a_profile_that_lacks_the_attribute_or_its_level_is_refused(profile: dict[str, str]) -> None:
    with pytest.raises(InputError, match=r"lacks the attribute 'record'|has no level 'felon'"):
        parse("record = 'none'", SCHEMA).explain(profile)


def _comparisons() -> st.SearchStrategy[str]:
    def of(attribute: Attribute) -> st.SearchStrategy[str]:
        level = st.sampled_from(attribute.levels).map(lambda each: f"'{each}'")
        kinds = [
            st.tuples(st.sampled_from(["=", "<>"]), level).map(
                lambda pair: f"{attribute.name} {pair[0]} {pair[1]}"
            ),
            st.lists(level, min_size=1, max_size=3).map(
                lambda each: f"{attribute.name} IN ({', '.join(each)})"
            ),
        ]
        if attribute.ordered:
            known = attribute.levels[:-1]
            ranked = st.sampled_from(known).map(lambda each: f"'{each}'")
            kinds.append(
                st.tuples(st.sampled_from(["<", "<=", ">", ">="]), ranked).map(
                    lambda pair: f"{attribute.name} {pair[0]} {pair[1]}"
                )
            )
            kinds.append(
                st.lists(st.integers(0, len(known) - 1), min_size=2, max_size=2)
                .map(sorted)
                .map(lambda each: f"{attribute.name} BETWEEN '{known[each[0]]}' AND '{known[each[1]]}'")
            )
        return st.one_of(kinds)

    return st.one_of([of(each) for each in SCHEMA.attributes] + [st.sampled_from(["TRUE", "FALSE"])])


CONDITIONS = st.recursive(
    _comparisons(),
    lambda inner: st.one_of(
        inner.map(lambda each: f"NOT ({each})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda each: " AND ".join(f"({one})" for one in each)),
        st.lists(inner, min_size=2, max_size=3).map(" OR ".join),
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(CONDITIONS)
def test_the_table_and_the_explanation_agree_on_every_clause(text: str) -> None:
    def flat(predicate: Predicate, profile: dict[str, str]) -> list[bool]:
        clauses = [predicate.explain(profile)]
        found = []
        while clauses:
            clause = clauses.pop(0)
            found.append(clause.holds)
            clauses = [*clause.parts, *clauses]
        return found

    predicate = parse(text, SCHEMA)
    table = predicate.truth_table(EVERY)
    for row, profile in zip(table.rows(), EVERY.to_dicts(), strict=True):
        assert list(row) == flat(predicate, profile)


@settings(max_examples=60, deadline=None)
@given(CONDITIONS)
def test_the_normal_spelling_of_a_condition_means_the_same(text: str) -> None:
    predicate = parse(text, SCHEMA)
    again = parse(predicate.text, SCHEMA)
    assert again.text == predicate.text
    assert np.array_equal(again.evaluate(EVERY), predicate.evaluate(EVERY))


def test_the_schema_file_with_faulty_levels_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        load_schema(BROKEN / "schema-levels.yaml")
    assert [(each.line, each.column, each.message) for each in caught.value.problems] == [
        (5, 28, "record: the level 'none' is listed twice. Remove one."),
        (5, 34, "record: the level 'unknown' is added to every attribute. Remove it."),
    ]


def test_importing_the_rules_loads_neither_the_parser_nor_the_table_library() -> None:
    code = (
        "import sys, lawqueue.rules as rules; print('sqlglot' in sys.modules, 'polars' in sys.modules); "
        "rules.load_guidelines; print('polars' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "False"]
