"""The guideline files: each held to worked examples from its text, and broken ones to their messages."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, product
from pathlib import Path

import polars as pl
import pytest

import lawqueue.errors
from lawqueue.errors import InputError
from lawqueue.rules import (
    Component,
    Guideline,
    GuidelineBook,
    check,
    load_guideline,
    load_guidelines,
    load_parameters,
    load_schema,
    load_statutes,
)

pytestmark = pytest.mark.filterwarnings("error")

BROKEN = Path(__file__).parent / "broken"
MODEL = Path(lawqueue.errors.__file__).parent / "models" / "us_immigration"
SCHEMA = load_schema(MODEL / "profile.yaml")
BOOK = load_guidelines(MODEL / "guidelines", SCHEMA)
FORM = "A rule is made of attribute = 'level', <>, <, <=, >, >=, BETWEEN, IN, AND, OR, NOT and ( )."
PLAIN = {
    "nationality": "other",
    "family": "single_adult",
    "age": "from_16",
    "entry": "interior",
    "admission": "without_admission",
    "entry_cohort": "before_2014",
    "record": "none",
    "prior_removal": "none",
    "conviction_order": "unknown",
    "prior_entry_conviction": "none",
    "final_order": "none",
    "threat": "none",
    "place": "limited",
    "venue": "at_large",
}


def decided(guideline: str, **facts: str) -> tuple[str, str]:
    """Return tier and action for a long-present adult about whom `facts` is all there is to say."""
    explanation = BOOK[guideline].explain(PLAIN | facts)
    return explanation.tier.name, explanation.action


# Each row: the facts that matter, the tier, the action, and the paragraph that decides.
WORKED_EXAMPLES = [
    # ICE Policy 10072.1, Priority 1: convicted of crimes, with emphasis on felons and repeat offenders
    ("2011", {"record": "felony"}, "security_or_public_safety", "presumed"),
    ("2011", {"record": "significant_misdemeanor"}, "security_or_public_safety", "presumed"),
    # Priority 1: terrorism, espionage; participation in a gang
    ("2011", {"threat": "national_security"}, "security_or_public_safety", "presumed"),
    ("2011", {"threat": "gang"}, "security_or_public_safety", "presumed"),
    # Priority 1: 16 or older for participation in a gang
    ("2011", {"threat": "gang", "age": "under_16"}, "not_a_priority", "enforceable"),
    # Priority 2: whoever violates immigration control at the border or a port, in any year; recent unlawful entrants
    ("2011", {"entry": "border"}, "recent_entrants", "presumed"),
    ("2011", {"entry": "port"}, "recent_entrants", "presumed"),
    ("2011", {"entry_cohort": "from_2014"}, "recent_entrants", "presumed"),
    ("2011", {"entry_cohort": "from_2014", "admission": "admitted"}, "not_a_priority", "enforceable"),
    # Priority 3: final order and absconded; returned after removal
    ("2011", {"final_order": "before_2014"}, "fugitives_and_reentrants", "presumed"),
    ("2011", {"prior_removal": "several"}, "fugitives_and_reentrants", "presumed"),
    # A charge without a conviction is in no priority, nor is long presence alone
    ("2011", {"record": "pending_charge"}, "not_a_priority", "enforceable"),
    ("2011", {}, "not_a_priority", "enforceable"),
    # Memo of 20 Nov 2014, Part A, Priority 1(a), (b), (c), (d), (e)
    ("2014", {"threat": "national_security"}, "priority_1", "presumed"),
    ("2014", {"entry": "border"}, "priority_1", "presumed"),
    ("2014", {"threat": "gang"}, "priority_1", "presumed"),
    ("2014", {"threat": "gang", "age": "under_16"}, "not_a_priority", "preapproval"),
    ("2014", {"record": "felony"}, "priority_1", "presumed"),
    ("2014", {"record": "aggravated_felony"}, "priority_1", "presumed"),
    # Priority 2(b): one conviction for driving under the influence; 2(c): not here since 1 Jan 2014
    ("2014", {"record": "significant_misdemeanor"}, "priority_2", "presumed"),
    # Priority 2(a): three or more misdemeanors
    ("2014", {"record": "several_misdemeanors"}, "priority_2", "presumed"),
    ("2014", {"entry_cohort": "from_2014"}, "priority_2", "presumed"),
    # 2(c) asks for an unlawful entry: an overstay of 2015 is none, and its manner unknown is taken as one (8 USC 1361)
    ("2014", {"entry_cohort": "from_2014", "admission": "admitted"}, "not_a_priority", "preapproval"),
    ("2014", {"entry_cohort": "from_2014", "admission": "paroled"}, "not_a_priority", "preapproval"),
    ("2014", {"entry_cohort": "from_2014", "admission": "unknown"}, "priority_2", "presumed"),
    ("2014", {"entry_cohort": "from_2014", "prior_removal": "one"}, "priority_2", "presumed"),
    # Priority 3: the order must be of 1 Jan 2014 or later
    ("2014", {"final_order": "from_2014"}, "priority_3", "presumed"),
    ("2014", {"final_order": "before_2014"}, "not_a_priority", "preapproval"),
    # Part B: an important federal interest
    ("2014", {}, "not_a_priority", "preapproval"),
    ("2014", {"record": "pending_charge"}, "not_a_priority", "preapproval"),
    ("2014", {"record": "misdemeanor"}, "not_a_priority", "preapproval"),
    # EO 13768 sec. 5(a), (b), (f), (g); all others are removable too
    ("2017", {"record": "misdemeanor"}, "listed_categories", "presumed"),
    ("2017", {"record": "pending_charge"}, "listed_categories", "presumed"),
    ("2017", {"final_order": "before_2014"}, "listed_categories", "presumed"),
    ("2017", {"threat": "gang"}, "listed_categories", "presumed"),
    # The chapeau: section 235 of the Act, arrivals at the border and at ports
    ("2017", {"entry": "border"}, "listed_categories", "presumed"),
    ("2017", {"entry": "port"}, "listed_categories", "presumed"),
    ("2017", {}, "all_other_removable", "presumed"),
    ("2017", {"entry_cohort": "from_2014"}, "all_other_removable", "presumed"),
    # The same section with clause (c), acts that could be charged, read to cover an unlawful entry
    ("2017-02-20-kelly-with-c", {}, "listed_categories", "presumed"),
    ("2017-02-20-kelly-with-c", {"record": "misdemeanor"}, "listed_categories", "presumed"),
    ("2017-02-20-kelly-with-c", {"admission": "admitted"}, "all_other_removable", "presumed"),
    (
        "2017-02-20-kelly-with-c",
        {"admission": "admitted", "prior_removal": "one"},
        "listed_categories",
        "presumed",
    ),
    # ICE, 18 Mar 2020: public safety risks and mandatory detention on criminal grounds; the rest may be delayed
    ("2020", {"record": "aggravated_felony"}, "public_safety_or_mandatory_detention", "presumed"),
    ("2020", {"record": "pending_charge"}, "may_be_delayed", "enforceable"),
    # EO 13993 revoked EO 13768 at once; section B of the memo of the same day binds from 1 Feb 2021
    ("2021-gap-january", {"record": "felony"}, "between_priorities", "enforceable"),
    # Message to officers in Minnesota of 28 Jan 2026: a charge or a conviction, and nobody else
    ("2026", {"record": "pending_charge"}, "criminal_matter", "presumed"),
    ("2026", {"record": "felony", "venue": "jail_or_prison"}, "criminal_matter", "presumed"),
    ("2026", {"final_order": "from_2014"}, "no_criminal_matter", "none"),
    # Memo of 20 Jan 2021, sec. B(1), (2), (3): aggravated felony needs the release from custody
    ("2021-01", {"threat": "national_security"}, "threat_to_national_security", "presumed"),
    ("2021-01", {"entry_cohort": "from_2020_11"}, "border_security", "presumed"),
    ("2021-01", {"record": "aggravated_felony", "venue": "jail_or_prison"}, "public_safety", "presumed"),
    ("2021-01", {"record": "aggravated_felony"}, "not_a_priority", "enforceable"),
    ("2021-01", {"record": "felony", "venue": "jail_or_prison"}, "not_a_priority", "enforceable"),
    ("2021-01", {"threat": "gang"}, "not_a_priority", "enforceable"),
    ("2021-01", {"entry_cohort": "from_2014"}, "not_a_priority", "enforceable"),
    # Memo of 18 Feb 2021: no custody needed, gangs are in; a felony that is not aggravated is out
    ("2021-02", {"threat": "national_security"}, "threat_to_national_security", "presumed"),
    ("2021-02", {"entry_cohort": "from_2020_11"}, "border_security", "presumed"),
    # Category 2, "not physically present in the United States before": however they came
    ("2021-02", {"entry_cohort": "from_2020_11", "admission": "admitted"}, "border_security", "presumed"),
    ("2021-02", {"threat": "gang", "age": "under_16"}, "other_priority_cases", "preapproval"),
    ("2021-02", {"record": "aggravated_felony"}, "public_safety", "presumed"),
    ("2021-02", {"threat": "gang"}, "public_safety", "presumed"),
    ("2021-02", {"record": "felony"}, "other_priority_cases", "preapproval"),
    # Removed once, came back, no conviction: outside the civil priorities, whatever a prosecutor may do
    (
        "2021-02",
        {"entry_cohort": "from_2014", "prior_removal": "one"},
        "other_priority_cases",
        "preapproval",
    ),
    ("2021-02", {"final_order": "from_2014"}, "other_priority_cases", "preapproval"),
    # Memo of 30 Sep 2021: a totality test, in which long presence and tender age weigh against action
    ("2021-09", {"threat": "national_security"}, "threat_to_national_security", "presumed"),
    ("2021-09", {"record": "aggravated_felony"}, "public_safety", "presumed"),
    ("2021-09", {"record": "felony", "entry_cohort": "from_2014"}, "public_safety", "presumed"),
    ("2021-09", {"record": "felony"}, "left_to_discretion", "enforceable"),
    ("2021-09", {"threat": "gang", "family": "unaccompanied_child"}, "left_to_discretion", "enforceable"),
    ("2021-09", {"entry_cohort": "from_2020_11"}, "border_security", "presumed"),
    # Part II.C: apprehended at the border, whenever; in the country only after an unlawful entry
    ("2021-09", {"entry": "border"}, "border_security", "presumed"),
    (
        "2021-09",
        {"entry_cohort": "from_2020_11", "admission": "admitted"},
        "left_to_discretion",
        "enforceable",
    ),
    (
        "2021-09",
        {"entry_cohort": "from_2020_11", "admission": "paroled"},
        "left_to_discretion",
        "enforceable",
    ),
    ("2021-09", {"entry_cohort": "from_2014"}, "left_to_discretion", "enforceable"),
    ("2021-09", {"final_order": "from_2014"}, "left_to_discretion", "enforceable"),
    # After the vacatur of June 2022, and under EO 14159: no line
    ("2022", {}, "case_by_case", "enforceable"),
    ("2025", {}, "all_removable", "presumed"),
    ("2025", {"final_order": "before_2014"}, "all_removable", "presumed"),
]


@pytest.mark.parametrize(("guideline", "facts", "tier", "action"), WORKED_EXAMPLES)
def test_worked_example(guideline: str, facts: dict[str, str], tier: str, action: str) -> None:
    assert decided(guideline, **facts) == (tier, action)


@pytest.mark.parametrize("name", BOOK.ids)
def test_every_tier_is_reached_by_a_worked_example(name: str) -> None:
    reached = {tier for guideline, _, tier, _ in WORKED_EXAMPLES if BOOK[guideline].id == name}
    assert reached == {tier.name for tier in BOOK[name].tiers_all}


@pytest.mark.parametrize("guideline", list(BOOK), ids=lambda each: each.id)
def test_the_table_of_profiles_and_the_explanation_of_one_agree(guideline: Guideline) -> None:
    read = sorted(guideline.attributes) or ["record"]
    rows = list(product(*(SCHEMA[each].levels for each in read)))[::7]
    profiles = pl.DataFrame(rows, schema=read, orient="row")
    tiers = guideline.tier_of(profiles).tolist()
    assert tiers == [guideline.explain(profile).index for profile in profiles.to_dicts()]


def test_an_explanation_lists_the_tiers_up_to_the_one_that_matched_with_its_source() -> None:
    explanation = BOOK["2014"].explain(PLAIN | {"record": "significant_misdemeanor"})
    assert list(explanation.lines())[-6:] == [
        "✓ priority_2: presumed",
        "  ✓ record IN ('several_misdemeanors', 'significant_misdemeanor') OR (entry_cohort >= 'from_2014' AND "
        "admission IN ('without_admission', 'unknown'))",
        "    ✓ record IN ('several_misdemeanors', 'significant_misdemeanor')",
        "    ✗ entry_cohort >= 'from_2014' AND admission IN ('without_admission', 'unknown')",
        "      ✗ entry_cohort >= 'from_2014'",
        "      ✓ admission IN ('without_admission', 'unknown')",
    ]
    assert explanation.source.section == "Part A, Priority 2 (a) to (d)"
    assert [each.matched for each in explanation.examined] == [False, True]


def test_the_explanation_of_a_scored_test_shows_the_points() -> None:
    explanation = BOOK["2021-09"].explain(PLAIN | {"record": "felony"})
    clause = explanation.examined[1].when
    assert clause is not None
    assert clause.text == "2 points, at least 3 needed"
    assert [each.text for each in clause.parts if each.holds] == [
        "+3 if record = 'felony'",
        "-1 if entry_cohort = 'before_2014'",
    ]


@pytest.mark.parametrize(
    ("component", "day", "name"),
    [
        ("ice", date(2014, 1, 1), "2011-morton"),
        ("ice", date(2015, 1, 4), "2011-morton"),
        ("ice", date(2015, 1, 5), "2014-11-20-johnson"),
        ("ice", date(2017, 1, 24), "2014-11-20-johnson"),
        ("ice", date(2017, 1, 25), "2017-02-20-kelly"),
        ("ice", date(2020, 3, 17), "2017-02-20-kelly"),
        # ICE's posture of 18 Mar 2020 goes before what the department has
        ("ice", date(2020, 3, 18), "2020-03-18-ice-posture"),
        ("cbp", date(2020, 3, 18), "2017-02-20-kelly"),
        ("cbp", date(2021, 1, 19), "2017-02-20-kelly"),
        ("cbp", date(2021, 1, 20), "2021-gap-january"),
        ("ice", date(2021, 1, 31), "2020-03-18-ice-posture"),
        ("ice", date(2021, 2, 1), "2021-01-20-pekoske"),
        # The memo of 18 Feb 2021 binds ICE alone
        ("ice", date(2021, 2, 18), "2021-02-18-ice"),
        ("cbp", date(2021, 2, 18), "2021-01-20-pekoske"),
        ("dhs", date(2021, 2, 18), "2021-01-20-pekoske"),
        # The Secretary of Homeland Security spoke to ICE on 2 Apr 2021
        ("ice", date(2021, 4, 2), "2021-02-18-ice"),
        ("ice", date(2021, 11, 28), "2021-02-18-ice"),
        ("ice", date(2021, 11, 29), "2021-09-30-mayorkas"),
        ("cbp", date(2021, 11, 29), "2021-09-30-mayorkas"),
        # The vacatur took effect on 24 Jun 2022, at its end; the judgment that reversed it issued on 25 Jul 2023
        ("ice", date(2022, 6, 24), "2021-09-30-mayorkas"),
        ("ice", date(2022, 6, 25), "2022-06-24-gap"),
        ("ice", date(2023, 7, 24), "2022-06-24-gap"),
        ("ice", date(2023, 7, 25), "2021-09-30-mayorkas"),
        ("ice", date(2025, 1, 20), "2025-01-20-eo14159"),
        ("ice", date(2026, 6, 30), "2025-01-20-eo14159"),
    ],
)
def test_which_guideline_bound_whom_when(component: Component, day: date, name: str) -> None:
    assert BOOK.in_force(component, day).id == name


def test_a_day_without_a_guideline_lists_what_is_in_force_when() -> None:
    with pytest.raises(InputError) as caught:
        BOOK.in_force("cbp", date(2014, 6, 1))
    assert str(caught.value).startswith(
        "no guideline binds cbp on 2014-06-01. In force: 2014-11-20-johnson (dhs) 2015-01-05 until 2017-01-25, "
        "2017-02-20-kelly (dhs) 2017-01-25 until 2021-01-20, "
    )
    assert str(caught.value).endswith(
        "2025-01-20-eo14159 (dhs) 2025-01-20 until further notice. Pick another date, or correct `in_force`."
    )


def test_two_guidelines_on_one_day_are_refused_and_found_by_the_check() -> None:
    twice = GuidelineBook((*BOOK.guidelines, BOOK["2025"]))
    with pytest.raises(
        InputError, match=r"more than one guideline binds ice on 2026-01-01: 2025-01-20-eo14159, "
    ):
        twice.in_force("ice", date(2026, 1, 1))
    assert (
        "problem: 2025-01-20-eo14159 and 2025-01-20-eo14159 both bind ice from 2025-01-20 until 2026-07-01."
        in map(str, check(twice, SCHEMA))
    )


def test_the_calendar_covers_every_day_once_and_agrees_with_each_day() -> None:
    start, end = date(2014, 1, 1), date(2026, 7, 1)
    rows = BOOK.calendar("ice", start, end)
    assert (rows[0][0], rows[-1][1]) == (start, end)
    assert all(before[1] == after[0] for before, after in pairwise(rows))
    for first, after, guideline in rows:
        assert BOOK.in_force("ice", first) is guideline
        assert BOOK.in_force("ice", after - timedelta(days=1)) is guideline


def test_a_calendar_of_no_day_is_refused() -> None:
    with pytest.raises(InputError, match=r"has no day\. Give an end after the start"):
        BOOK.calendar("ice", date(2020, 1, 1), date(2020, 1, 1))


def test_the_shipped_rules_have_no_problem_and_no_warning() -> None:
    statutes = load_statutes(MODEL / "statutes", SCHEMA)
    assert [str(each) for each in check(BOOK, SCHEMA, others=statutes)] == []


def test_the_check_finds_a_gap_and_the_levels_that_are_not_told_apart() -> None:
    found = [str(each) for each in check(GuidelineBook((BOOK["2021-01"],)), SCHEMA, start=date(2021, 1, 1))]
    assert "problem: no guideline binds ice from 2021-01-01 until 2021-02-01." in found
    assert "warning: no rule reads the levels 'none' and 'gang' of 'threat': they mean the same." in found


def test_the_check_finds_a_tier_that_no_profile_reaches(tmp_path: Path) -> None:
    text = (MODEL / "guidelines" / "2014-11-20-johnson.yaml").read_text(encoding="utf-8")
    path = tmp_path / "2014-11-20-johnson.yaml"
    path.write_text(
        text.replace("when: final_order = 'from_2014'", "when: record = 'felony'"), encoding="utf-8"
    )
    found = [str(each) for each in check(load_guidelines(tmp_path, SCHEMA), SCHEMA)]
    assert "problem: 2014-11-20-johnson: no profile reaches the tier 'priority_3'." in found


def test_a_guideline_is_found_by_a_beginning_that_only_it_has() -> None:
    assert BOOK["2017"].id == "2017-02-20-kelly"
    with pytest.raises(
        InputError,
        match=r"'2021' could be '2021-01-20-pekoske', '2021-02-18-ice', '2021-09-30-mayorkas', '2021-gap-january'\. Write more",
    ):
        BOOK["2021"]
    with pytest.raises(
        InputError, match=r"no guideline '2021-09-30-mayorcas'\. Did you mean '2021-09-30-mayorkas'"
    ):
        BOOK["2021-09-30-mayorcas"]


def test_a_suspension_is_on_record_and_leaves_the_guideline_in_force() -> None:
    day = date(2021, 8, 20)
    assert BOOK.in_force("ice", day).id == "2021-02-18-ice"
    assert [each.spell.scope for each in BOOK["2021-02"].suspensions(day)] == ["all"]
    assert BOOK["2021-02"].suspensions(date(2021, 8, 18)) == ()
    # S.D. Tex. stayed its order on 23 Aug 2021, and the Court of Appeals kept it stayed until 15 Sep
    assert (
        BOOK["2021-02"].suspensions(date(2021, 8, 23)) == BOOK["2021-02"].suspensions(date(2021, 9, 14)) == ()
    )


@pytest.mark.parametrize(
    ("guideline", "day"), [("2021-02", date(2021, 9, 15)), ("2021-09", date(2022, 3, 22))]
)
def test_the_orders_of_the_fifth_circuit_and_of_ohio_reach_custody_alone(guideline: str, day: date) -> None:
    # 14 F.4th 332: "to refuse to detain"; 593 F. Supp. 3d 676: custody decisions and release
    assert [each.decisions for each in BOOK[guideline].suspensions(day)] == ["custody"]


def test_a_suspension_in_part_reaches_the_profiles_in_its_scope() -> None:
    (partial,) = BOOK["2021-02"].suspensions(date(2021, 10, 1))
    profiles = pl.DataFrame(
        {
            "record": ["aggravated_felony", "aggravated_felony", "felony", "none"],
            "threat": ["none"] * 4,
            "venue": ["jail_or_prison", "at_large", "jail_or_prison", "at_large"],
            "final_order": ["none", "none", "none", "from_2014"],
        }
    )
    # 8 USC 1226(c) with a detainer lodged, or the removal period of 8 USC 1231(a)
    assert partial.reaches(profiles).tolist() == [True, False, False, True]


def test_a_place_with_a_guideline_of_its_own_has_that_one_and_the_others_that_of_the_country() -> None:
    day = date(2026, 3, 1)
    assert BOOK.in_force("ice", day, "minnesota").id == "2026-01-28-minnesota"
    assert BOOK.in_force("ice", day, "wisconsin").id == BOOK.in_force("ice", day).id == "2025-01-20-eo14159"
    assert BOOK.in_force("ice", date(2026, 1, 27), "minnesota").id == "2025-01-20-eo14159"
    twice = GuidelineBook((*BOOK.guidelines, BOOK["2026"]))
    with pytest.raises(InputError, match=r"more than one guideline binds ice on 2026-03-01"):
        twice.in_force("ice", day, "minnesota")
    assert any("both bind ice in minnesota from 2026-01-28" in str(each) for each in check(twice, SCHEMA))


def test_another_reading_is_in_force_on_no_day_and_goes_by_its_id_alone() -> None:
    assert BOOK["2017-02-20-kelly-with-c"].reading_of == "2017-02-20-kelly"
    assert all(
        each.id != "2017-02-20-kelly-with-c"
        for _, _, each in BOOK.calendar("ice", date(2014, 1, 1), date(2026, 7, 1))
    )
    alone = GuidelineBook((BOOK["2017-02-20-kelly-with-c"],))
    assert "problem: 2017-02-20-kelly-with-c is a reading of '2017-02-20-kelly', which is not there." in map(
        str, check(alone, SCHEMA)
    )


def test_the_check_finds_a_tier_that_has_the_name_of_something_else(tmp_path: Path) -> None:
    text = (MODEL / "guidelines" / "2014-11-20-johnson.yaml").read_text(encoding="utf-8")
    for old, new in (("priority_3", "felony"), ("priority_2", "presumed"), ("priority_1", "venue")):
        text = text.replace(f"name: {old}", f"name: {new}")
    (tmp_path / "2014-11-20-johnson.yaml").write_text(text, encoding="utf-8")
    found = [str(each) for each in check(load_guidelines(tmp_path, SCHEMA), SCHEMA)]
    for name, what in (("felony", "a level of record"), ("presumed", "an action"), ("venue", "an attribute")):
        assert f"warning: 2014-11-20-johnson: the tier {name!r} has the name of {what}." in found


@pytest.mark.parametrize("guideline", list(BOOK), ids=lambda each: each.id)
def test_what_is_assumed_says_so(guideline: Guideline) -> None:
    for tier in guideline.tiers_all:
        assert tier.basis == "stated" or tier.note
        assert (tier.action == "preapproval") == (tier.authority is not None)
        assert tier.source.link.startswith("https://")


def test_an_exception_takes_a_profile_out_of_a_tier(tmp_path: Path) -> None:
    text = (MODEL / "guidelines" / "2014-11-20-johnson.yaml").read_text(encoding="utf-8")
    path = tmp_path / "2014-11-20-johnson.yaml"
    changed = text.replace(
        "when: final_order = 'from_2014'",
        "when: final_order = 'from_2014'\n    unless: family = 'unaccompanied_child'",
    )
    path.write_text(changed, encoding="utf-8")
    guideline = load_guideline(path, SCHEMA)
    adult, child = (
        PLAIN | {"final_order": "from_2014"},
        PLAIN | {"final_order": "from_2014", "family": "unaccompanied_child"},
    )
    assert [guideline.explain(each).tier.name for each in (adult, child)] == ["priority_3", "not_a_priority"]
    assert guideline.tier_of(pl.DataFrame([adult, child])).tolist() == [2, 3]
    assert list(guideline.explain(child).lines())[-4:] == [
        "  ✓ final_order = 'from_2014'",
        "  unless",
        "  ✓ family = 'unaccompanied_child'",
        "✓ not_a_priority: preapproval",
    ]


BROKEN_FILES = {
    "subquery": [(10, 22, f"tiers.0.when: 'SELECT' is not allowed in a rule. {FORM}")],
    "read-csv": [(10, 22, f"tiers.0.when: 'SELECT' is not allowed in a rule. {FORM}")],
    "aggregate": [(10, 20, f"tiers.0.when: the function MAX() is not allowed in a rule. {FORM}")],
    "semicolon": [
        (10, 26, "tiers.0.when: ';' is not allowed: a rule is one condition. Remove it and what follows.")
    ],
    "arithmetic": [(10, 27, f"tiers.0.when: '+' is not allowed in a rule. {FORM}")],
    "case": [(10, 11, f"tiers.0.when: 'CASE' is not allowed in a rule. {FORM}")],
    "is-null": [(10, 18, f"tiers.0.when: 'IS' is not allowed in a rule. {FORM}")],
    "unknown-function": [(10, 11, f"tiers.0.when: the function sleepy() is not allowed in a rule. {FORM}")],
    "cast": [(10, 17, f"tiers.0.when: '::' is not allowed in a rule. {FORM}")],
    # A condition may be plain, quoted, folded, literal or broken over lines: the place is exact in each.
    "words": [
        (10, 34, "tiers.0.when: unknown attribute 'recrod'. Did you mean 'record'?"),
        (
            15,
            20,
            "tiers.1.when: 'venue' has no level 'jail'. Known: 'at_large', 'jail_or_prison', 'unknown'.",
        ),
        (15, 30, "tiers.1.when: the levels of 'nationality' have no order. Use =, <> or IN."),
        (23, 18, "tiers.2.when: 'threat' has no level 'gangs'. Did you mean 'gang'?"),
        (31, 21, "tiers.3.when: 'entry' has no level 'air'. Known: 'border', 'interior', 'port', 'unknown'."),
        (32, 44, "tiers.3.unless: 'unknown' is neither above nor below a level. Use =, <> or IN."),
        (38, 18, "tiers.4.when: 'entry' has no level 'boarder'. Did you mean 'border'?"),
        (46, 28, "tiers.5.score.terms.0.when: 'threat' has no level 'gan'. Did you mean 'gang'?"),
    ],
    "keys": [
        (5, 12, "component: must be 'dhs', 'ice' or 'cbp', got 'fbi'. Known: 'cbp', 'dhs', 'ice'."),
        (7, 5, "in_force.0: 'to' is 2019-01-01, which is not after 'from', 2020-01-01. 'to' is exclusive."),
        (10, 5, "unknown key 'tiers.0.wen'. Did you mean 'when'?"),
        (
            11,
            13,
            "tiers.0.action: must be 'presumed', 'preapproval', 'enforceable' or 'none', got 'allowed'. "
            "Known: 'enforceable', 'none', 'preapproval', 'presumed'.",
        ),
        (
            15,
            20,
            "tiers.1.when: 'record' has no level 'nil'. Known: 'aggravated_felony', 'felony', 'misdemeanor', "
            "'none', 'pending_charge', 'several_misdemeanors', 'significant_misdemeanor', 'unknown'.",
        ),
        (18, 5, "tiers.1.source: needs a 'url', of its own or in 'copy', where a reader can check."),
        (19, 1, "otherwise: 'authority' says who approves: action preapproval needs it, no other has it."),
    ],
    "names": [
        (1, 5, "id: 'guideline-name' is not the name of the file, 'guideline-names'. Make them equal."),
        (
            8,
            12,
            "in_force.1: starts on 2021-01-01, in the spell that runs from 2020-01-01 until further notice. "
            "Let the spells follow each other.",
        ),
        (15, 11, "tier name 'first' is used twice. Change one."),
        (21, 9, "tier name 'first' is used twice. Change one."),
    ],
}


@pytest.mark.parametrize("name", BROKEN_FILES)
def test_a_broken_guideline_says_what_is_wrong_where(name: str) -> None:
    with pytest.raises(InputError) as caught:
        load_guideline(BROKEN / f"guideline-{name}.yaml", SCHEMA)
    assert [(each.line, each.column, each.message) for each in caught.value.problems] == BROKEN_FILES[name]


def test_every_broken_guideline_has_its_message() -> None:
    assert {path.stem for path in BROKEN.glob("guideline-*.yaml")} == {
        f"guideline-{name}" for name in BROKEN_FILES
    }


def test_a_folder_reports_the_faults_of_all_its_files(tmp_path: Path) -> None:
    for name in ("case", "cast"):
        text = (BROKEN / f"guideline-{name}.yaml").read_text(encoding="utf-8")
        (tmp_path / f"guideline-{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_guidelines(tmp_path, SCHEMA)
    assert [Path(each.file).name for each in caught.value.problems] == [
        "guideline-case.yaml",
        "guideline-cast.yaml",
    ]


def test_a_folder_without_guidelines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"it has no \*.yaml file"):
        load_guidelines(tmp_path, SCHEMA)


def test_a_share_of_what_is_left_open_names_a_parameter() -> None:
    known = load_parameters(MODEL / "parameters").names
    named = {each.id: tier.share for each in BOOK for tier in each.tiers_all if tier.share is not None}
    assert set(named) == {"2020-03-18-ice-posture", "2021-09-30-mayorkas", "2022-06-24-gap"}
    assert set(named.values()) <= set(known)


def test_a_share_belongs_to_what_is_left_open_alone(tmp_path: Path) -> None:
    text = (MODEL / "guidelines" / "2014-11-20-johnson.yaml").read_text(encoding="utf-8")
    path = tmp_path / "2014-11-20-johnson.yaml"
    path.write_text(
        text.replace("  action: preapproval\n", "  action: preapproval\n  share: guidance.open_share\n"),
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="action enforceable alone has it"):
        load_guideline(path, SCHEMA)
