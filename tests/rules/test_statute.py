"""The statute files: each held to worked examples from its paragraphs, and broken ones to their messages."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path

import polars as pl
import pytest

import lawqueue.errors
from lawqueue.errors import InputError
from lawqueue.rules import load_guidelines, load_schema
from lawqueue.rules.statute import Function, Statute, StatuteBook, load_statute, load_statutes

pytestmark = pytest.mark.filterwarnings("error")

BROKEN = Path(__file__).parent / "broken"
MODEL = Path(lawqueue.errors.__file__).parent / "models" / "us_immigration"
SCHEMA = load_schema(MODEL / "profile.yaml")
BOOK = load_statutes(MODEL / "statutes", SCHEMA)
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
# Removed in 2010, came again in 2019, no conviction.
REENTERED = PLAIN | {"entry_cohort": "from_2014", "prior_removal": "one"}
CHILD = {"family": "unaccompanied_child"}
QUESTIONS: list[tuple[Function, str]] = sorted({(each.function, each.topic) for each in BOOK})

# Each row: the statute, the facts that matter, the tier, the longest term [year], and the paragraph that decides.
WORKED_EXAMPLES: list[tuple[str, dict[str, str], str, float | None]] = [
    # 8 USC 1325(a): six months for the first commission, two years for a subsequent one
    ("8-usc-1325", {"entry": "border"}, "first", 0.5),
    ("8-usc-1325", {"entry": "border", "family": "family_unit"}, "first", 0.5),
    ("8-usc-1325", {"entry": "border", "prior_entry_conviction": "one_or_more"}, "subsequent", 2),
    ("8-usc-1325", {"prior_entry_conviction": "one_or_more"}, "subsequent", 2),
    # An earlier removal is no earlier offence of this kind: it makes the entry one under 8 USC 1326(a)
    ("8-usc-1325", {"entry": "border", "prior_removal": "one"}, "first", 0.5),
    ("8-usc-1325", {"entry": "border", "prior_entry_conviction": "unknown"}, "first", 0.5),
    # Complete on the day of the entry; whoever was admitted made none, and an unknown manner proves nothing
    ("8-usc-1325", {}, "entered_earlier", 0.5),
    ("8-usc-1325", {"admission": "admitted"}, "not_shown", None),
    ("8-usc-1325", {"admission": "unknown"}, "not_shown", None),
    ("8-usc-1325", {"entry": "port", "prior_removal": "one"}, "not_shown", None),
    # 8 USC 1326(b)(2), (b)(1), (a)
    (
        "8-usc-1326",
        {"prior_removal": "one", "record": "aggravated_felony"},
        "b2_after_aggravated_felony",
        20,
    ),
    # (b)(3) asks for a removal under subchapter V, which a finding of threat today is not
    ("8-usc-1326", {"prior_removal": "one", "threat": "national_security"}, "a_after_removal", 2),
    # (b) asks for a removal subsequent to the conviction
    (
        "8-usc-1326",
        {"prior_removal": "one", "record": "aggravated_felony", "conviction_order": "after_removal"},
        "a_after_removal",
        2,
    ),
    (
        "8-usc-1326",
        {"prior_removal": "one", "record": "felony", "conviction_order": "before_removal"},
        "b1_after_felony",
        10,
    ),
    (
        "8-usc-1326",
        {"prior_removal": "one", "record": "felony", "conviction_order": "after_removal"},
        "a_after_removal",
        2,
    ),
    # (b)(1), three or more misdemeanors of two kinds, cannot be told from three of any kind
    ("8-usc-1326", {"prior_removal": "one", "record": "several_misdemeanors"}, "a_after_removal", 2),
    ("8-usc-1326", {"prior_removal": "several", "record": "felony"}, "b1_after_felony", 10),
    ("8-usc-1326", {"prior_removal": "one", "record": "significant_misdemeanor"}, "a_after_removal", 2),
    ("8-usc-1326", {"prior_removal": "one", "entry": "port"}, "a_after_removal", 2),
    # (a)(1): left while an order was outstanding
    ("8-usc-1326", {"entry": "border", "final_order": "from_2014"}, "a_left_under_an_order", 2),
    # Who never left under that order has not come again, and no record makes up for a removal
    ("8-usc-1326", {"final_order": "from_2014"}, "not_shown", None),
    ("8-usc-1326", {"entry": "border", "record": "aggravated_felony"}, "not_shown", None),
    ("8-usc-1326", {"entry": "border", "prior_removal": "unknown"}, "not_shown", None),
    # 8 USC 1231(a)(5): reentered illegally after removal; whoever asks at a port has not
    ("8-usc-1231-a5", {"prior_removal": "one"}, "reinstated", None),
    ("8-usc-1231-a5", {"prior_removal": "one", "entry": "border"}, "reinstated", None),
    ("8-usc-1231-a5", {"prior_removal": "one", "entry": "port"}, "not_reinstated", None),
    # "reentered the United States illegally": not with a visa
    ("8-usc-1231-a5", {"prior_removal": "one", "admission": "admitted"}, "not_reinstated", None),
    ("8-usc-1231-a5", {"prior_removal": "one", "admission": "unknown"}, "reinstated", None),
    ("8-usc-1231-a5", {"final_order": "from_2014"}, "not_reinstated", None),
    # 8 USC 1225(b)(1)(A)(i): arriving
    ("8-usc-1225-b1-ports", {"entry": "port"}, "arriving_at_a_port", None),
    ("8-usc-1225-b1-ports", {"entry": "border"}, "ordinary_proceedings", None),
    # (iii), the class of August 2004: between ports, near the border
    ("8-usc-1225-b1-border", {"entry": "port"}, "arriving_at_a_port", None),
    ("8-usc-1225-b1-border", {"entry": "border"}, "between_ports_near_the_border", None),
    (
        "8-usc-1225-b1-border",
        {"entry": "border", "family": "unaccompanied_child"},
        "ordinary_proceedings",
        None,
    ),
    ("8-usc-1225-b1-border", {"entry_cohort": "from_2020_11"}, "ordinary_proceedings", None),
    # (iii), the classes of July 2019 and January 2025: anywhere, within two years
    ("8-usc-1225-b1-nationwide-2019", {"entry": "port"}, "arriving_at_a_port", None),
    ("8-usc-1225-b1-nationwide-2019", {"entry": "border"}, "between_ports_near_the_border", None),
    ("8-usc-1225-b1-nationwide-2019", {"entry_cohort": "from_2014"}, "interior_within_two_years", None),
    ("8-usc-1225-b1-nationwide-2019", {}, "ordinary_proceedings", None),
    # (iii)(II): "has not been admitted or paroled"
    (
        "8-usc-1225-b1-nationwide-2019",
        {"entry_cohort": "from_2020_11", "admission": "admitted"},
        "ordinary_proceedings",
        None,
    ),
    (
        "8-usc-1225-b1-nationwide-2025",
        {"entry_cohort": "from_2020_11", "admission": "paroled"},
        "ordinary_proceedings",
        None,
    ),
    ("8-usc-1225-b1-nationwide-2025", {"entry": "port"}, "arriving_at_a_port", None),
    ("8-usc-1225-b1-nationwide-2025", {"entry": "border"}, "between_ports_near_the_border", None),
    ("8-usc-1225-b1-nationwide-2025", {"entry_cohort": "from_2020_11"}, "interior_within_two_years", None),
    ("8-usc-1225-b1-nationwide-2025", {"entry_cohort": "from_2014"}, "ordinary_proceedings", None),
    # Custody of children alone: 8 USC 1232(b)(1), (b)(3), (a)(2); 6 USC 279
    ("6-usc-279", CHILD | {"entry": "border"}, "health_and_human_services", None),
    ("6-usc-279", CHILD, "health_and_human_services", None),
    ("6-usc-279", CHILD | {"entry": "border", "nationality": "mexico"}, "from_a_contiguous_country", None),
    ("6-usc-279", {}, "no_child_alone", None),
    # 8 USC 1231(a)(2), (5): after an order, or under one that is reinstated; 1225(b); 1226(c)(1)(A) to (D); 1226(a)
    ("8-usc-1226-until-2025", CHILD | {"entry": "border"}, "child_alone", None),
    ("8-usc-1226-until-2025", {"final_order": "from_2014"}, "after_an_order", None),
    ("8-usc-1226-until-2025", {"prior_removal": "one"}, "after_an_order", None),
    ("8-usc-1226-until-2025", {"prior_removal": "one", "admission": "admitted"}, "a_discretion", None),
    ("8-usc-1226-until-2025", {"entry": "border"}, "at_the_border_or_a_port", None),
    ("8-usc-1226-until-2025", {"record": "aggravated_felony"}, "c1_criminal_or_security_grounds", None),
    ("8-usc-1226-until-2025", {"threat": "national_security"}, "c1_criminal_or_security_grounds", None),
    ("8-usc-1226-until-2025", {"record": "pending_charge"}, "a_discretion", None),
    ("8-usc-1226-until-2025", {}, "a_discretion", None),
    # 8 USC 1225(b)(1)(B)(iii)(IV), (b)(2)(A): at ports; X-K-, M-S- and Q. Li between them
    *(
        row
        for name in ("1997", "xk", "ms", "q-li")
        for row in (
            (f"8-usc-1225-b-custody-{name}", CHILD | {"entry": "border"}, "child_alone", None),
            (
                f"8-usc-1225-b-custody-{name}",
                {"entry": "border", "prior_removal": "one"},
                "after_an_order",
                None,
            ),
            (f"8-usc-1225-b-custody-{name}", {"entry": "port"}, "arriving_at_a_port", None),
            (f"8-usc-1225-b-custody-{name}", {"entry": "border"}, "between_ports", None),
            (f"8-usc-1225-b-custody-{name}", {}, "not_at_the_border", None),
        )
    ),
    # 8 USC 1226(c)(1)(E): charged is enough, if inadmissible under 1182(a)(6)(A), (6)(C) or (7), as the admitted are not
    *(
        row
        for name in ("from-2025", "no-bond-2025")
        for row in (
            (f"8-usc-1226-{name}", CHILD, "child_alone", None),
            (f"8-usc-1226-{name}", {"final_order": "from_2014"}, "after_an_order", None),
            (f"8-usc-1226-{name}", {"entry": "port"}, "at_the_border_or_a_port", None),
            (f"8-usc-1226-{name}", {"record": "aggravated_felony"}, "c1_criminal_or_security_grounds", None),
            (f"8-usc-1226-{name}", {"record": "pending_charge"}, "c1e_charge_or_conviction", None),
            (f"8-usc-1226-{name}", {"record": "misdemeanor"}, "c1e_charge_or_conviction", None),
            (f"8-usc-1226-{name}", {"record": "misdemeanor", "admission": "admitted"}, "a_discretion", None),
        )
    ),
    ("8-usc-1226-from-2025", {}, "a_discretion", None),
    # Matter of Yajure Hurtado: whoever entered without admission is an applicant for it; an overstay is not
    ("8-usc-1226-no-bond-2025", {}, "entered_without_admission", None),
    ("8-usc-1226-no-bond-2025", {"admission": "admitted"}, "a_discretion", None),
    ("8-usc-1226-no-bond-2025", {"entry": "unknown"}, "a_discretion", None),
    # 8 USC 1231(a)(2), (6); Guzman Chavez for a reinstated order
    ("8-usc-1231-a", CHILD | {"final_order": "from_2014"}, "child_alone", None),
    ("8-usc-1231-a", {"prior_removal": "one"}, "reinstated_order", None),
    (
        "8-usc-1231-a",
        {"final_order": "from_2014", "record": "aggravated_felony"},
        "grounds_without_release",
        None,
    ),
    ("8-usc-1231-a", {"final_order": "before_2014"}, "removal_period", None),
    ("8-usc-1231-a", {"record": "aggravated_felony"}, "no_order", None),
    # 42 USC 265, with and without children
    ("42-usc-265-with-children", {"entry": "border", "family": "unaccompanied_child"}, "expelled", None),
    ("42-usc-265-with-children", {}, "title_8", None),
    ("42-usc-265", {"entry": "border"}, "expelled", None),
    ("42-usc-265", {"entry": "border", "family": "unaccompanied_child"}, "title_8", None),
    # 8 CFR 287.7(a), (d): whoever is in custody; the place decides whether it is honoured, not whether it is asked
    ("8-cfr-287-7", {"venue": "jail_or_prison", "place": "none"}, "hold_requested", None),
    ("8-cfr-287-7", {}, "not_held", None),
    # Guidance of 21 Dec 2012: felony, three misdemeanors, return after removal, an order
    ("8-cfr-287-7-guidance-2012", {"venue": "jail_or_prison", "record": "felony"}, "hold_requested", None),
    (
        "8-cfr-287-7-guidance-2012",
        {"venue": "jail_or_prison", "prior_removal": "one"},
        "hold_requested",
        None,
    ),
    ("8-cfr-287-7-guidance-2012", {"venue": "jail_or_prison"}, "not_asked_for", None),
    # Memo of 20 Nov 2014 on Secure Communities: notice first, for Priorities 1(a), (c), (d), (e) and 2(a), (b)
    (
        "8-cfr-287-7-notice-first",
        {"venue": "jail_or_prison", "record": "several_misdemeanors"},
        "notice_or_hold_requested",
        None,
    ),
    ("8-cfr-287-7-notice-first", {"venue": "jail_or_prison", "prior_removal": "one"}, "not_asked_for", None),
    # 8 USC 1357(g)(1), (g)(10)
    ("8-usc-1357-g-jail", {"venue": "jail_or_prison", "place": "full_cooperation"}, "jail_models", None),
    ("8-usc-1357-g-jail", {"place": "full_cooperation"}, "no_agreement", None),
    (
        "8-usc-1357-g-task-force",
        {"venue": "jail_or_prison", "place": "full_cooperation"},
        "jail_models",
        None,
    ),
    ("8-usc-1357-g-task-force", {"place": "full_cooperation"}, "task_force", None),
    ("8-usc-1357-g-task-force", {}, "no_agreement", None),
]


@pytest.mark.parametrize(("statute", "facts", "tier", "maximum_years"), WORKED_EXAMPLES)
def test_worked_example(statute: str, facts: dict[str, str], tier: str, maximum_years: float | None) -> None:
    answer = BOOK[statute].explain(PLAIN | facts)
    assert (answer.tier.name, answer.maximum_years) == (tier, maximum_years)


@pytest.mark.parametrize("name", BOOK.ids)
def test_every_tier_is_reached_by_a_worked_example(name: str) -> None:
    reached = {tier for statute, _, tier, _ in WORKED_EXAMPLES if statute == name}
    assert reached == {tier.name for tier in BOOK[name].tiers_all}


@pytest.mark.parametrize("statute", list(BOOK), ids=lambda each: each.id)
def test_the_table_of_profiles_and_the_answer_for_one_agree(statute: Statute) -> None:
    read = sorted(statute.attributes)
    rows = list(product(*(SCHEMA[each].levels for each in read)))
    profiles = pl.DataFrame(rows, schema=read, orient="row")
    tiers = statute.tier_of(profiles).tolist()
    assert tiers == [statute.explain(profile).index for profile in profiles.to_dicts()]


@pytest.mark.parametrize(
    ("topic", "day", "name"),
    [
        ("expedited_removal", date(1997, 4, 1), "8-usc-1225-b1-ports"),
        ("expedited_removal", date(2004, 8, 10), "8-usc-1225-b1-ports"),
        ("expedited_removal", date(2004, 8, 11), "8-usc-1225-b1-border"),
        # 84 FR 35409 on 23 Jul 2019, enjoined on 27 Sep 2019, rescinded on 21 Mar 2022 by 87 FR 16022
        ("expedited_removal", date(2019, 7, 22), "8-usc-1225-b1-border"),
        ("expedited_removal", date(2019, 7, 23), "8-usc-1225-b1-nationwide-2019"),
        ("expedited_removal", date(2019, 9, 26), "8-usc-1225-b1-nationwide-2019"),
        ("expedited_removal", date(2019, 9, 27), "8-usc-1225-b1-border"),
        ("expedited_removal", date(2020, 6, 23), "8-usc-1225-b1-border"),
        ("expedited_removal", date(2021, 4, 2), "8-usc-1225-b1-nationwide-2019"),
        ("expedited_removal", date(2022, 3, 21), "8-usc-1225-b1-border"),
        # 90 FR 8139 on 21 Jan 2025, stayed on 29 Aug 2025, in effect again on 17 Jul 2026 and not on 23 Jun
        ("expedited_removal", date(2025, 1, 20), "8-usc-1225-b1-border"),
        ("expedited_removal", date(2025, 1, 21), "8-usc-1225-b1-nationwide-2025"),
        ("expedited_removal", date(2025, 8, 29), "8-usc-1225-b1-border"),
        ("expedited_removal", date(2026, 6, 23), "8-usc-1225-b1-border"),
        ("expedited_removal", date(2026, 7, 17), "8-usc-1225-b1-nationwide-2025"),
        ("title42", date(2020, 3, 20), "42-usc-265-with-children"),
        ("title42", date(2020, 11, 18), "42-usc-265"),
        ("title42", date(2023, 5, 11), "42-usc-265"),
    ],
)
def test_which_removal_track_was_open_when(topic: str, day: date, name: str) -> None:
    assert BOOK.in_force("removal_track", topic, day).id == name


def test_the_same_person_in_the_interior_comes_under_expedited_removal_by_date_alone() -> None:
    recent = PLAIN | {"entry_cohort": "from_2020_11"}
    tiers = [
        BOOK.answer("removal_track", recent, day, topic="expedited_removal").tier.name
        for day in (date(2025, 1, 20), date(2025, 1, 21), date(2025, 8, 29), date(2026, 7, 17))
    ]
    assert tiers == [
        "ordinary_proceedings",
        "interior_within_two_years",
        "ordinary_proceedings",
        "interior_within_two_years",
    ]


def test_nobody_is_expelled_under_title_42_before_its_first_day_or_after_its_last() -> None:
    for day in (date(2020, 3, 19), date(2023, 5, 12)):
        with pytest.raises(InputError) as caught:
            BOOK.answer("removal_track", PLAIN, day, topic="title42")
        assert str(caught.value) == (
            f"no statute answers removal_track about title42 on {day}. In force: "
            "42-usc-265-with-children 2020-03-20 until 2020-11-18, 42-usc-265 2020-11-18 until 2021-01-29, "
            "42-usc-265 2021-01-29 until 2022-03-04, 42-usc-265 2022-03-04 until 2023-05-12. "
            "Pick another date, or correct `in_force`."
        )


def test_a_charge_brings_mandatory_custody_only_from_29_january_2025() -> None:
    charged = PLAIN | {"record": "pending_charge", "venue": "jail_or_prison"}
    before, after = (
        BOOK.answer("custody", charged, day, topic="pending_decision")
        for day in (date(2025, 1, 28), date(2025, 1, 29))
    )
    assert (before.tier.name, after.tier.name) == ("a_discretion", "c1e_charge_or_conviction")
    assert after.source.section == "section 2, adding 8 USC 1226(c)(1)(E)"


def test_the_task_force_model_was_off_from_2013_to_january_2025() -> None:
    found = [
        BOOK.in_force("local_handoff", "agreement", day).id
        for day in (date(2012, 12, 31), date(2013, 1, 1), date(2025, 1, 19), date(2025, 1, 20))
    ]
    assert found == [
        "8-usc-1357-g-task-force",
        "8-usc-1357-g-jail",
        "8-usc-1357-g-jail",
        "8-usc-1357-g-task-force",
    ]


def test_outside_the_civil_priorities_and_yet_a_felony_and_an_order_to_reinstate() -> None:
    day = date(2021, 4, 2)
    priority = load_guidelines(MODEL / "guidelines", SCHEMA).in_force("ice", day).explain(REENTERED)
    assert (priority.guideline, priority.tier.name, priority.action) == (
        "2021-02-18-ice",
        "other_priority_cases",
        "preapproval",
    )
    referral = BOOK.answer("criminal_referral", REENTERED, day, topic="reentry")
    assert (referral.tier.name, referral.maximum_years, referral.source.section) == (
        "a_after_removal",
        2,
        "(a)",
    )
    track = BOOK.answer("removal_track", REENTERED, day, topic="reinstatement")
    assert track.tier.name == "reinstated"
    entry = BOOK.answer("criminal_referral", REENTERED, day, topic="improper_entry")
    assert (entry.tier.name, entry.maximum_years) == ("entered_earlier", 0.5)


def test_an_answer_lists_the_tiers_up_to_the_one_that_matched() -> None:
    answer = BOOK.answer(
        "criminal_referral", REENTERED | {"record": "felony"}, date(2021, 4, 2), topic="reentry"
    )
    assert list(answer.lines()) == [
        "✗ b2_after_aggravated_felony: A felony, with the longest term of the section.",
        "  ✗ prior_removal >= 'one' AND record = 'aggravated_felony'",
        "    ✓ prior_removal >= 'one'",
        "    ✗ record = 'aggravated_felony'",
        "  unless",
        "  ✗ conviction_order = 'after_removal'",
        "✓ b1_after_felony: A felony, with a longer term.",
        "  ✓ prior_removal >= 'one' AND record = 'felony'",
        "    ✓ prior_removal >= 'one'",
        "    ✓ record = 'felony'",
        "  unless",
        "  ✗ conviction_order = 'after_removal'",
    ]
    assert (answer.statute, answer.index, answer.effect) == (
        "8-usc-1326",
        1,
        "A felony, with a longer term.",
    )


def test_an_exception_is_shown_with_its_clauses() -> None:
    child = PLAIN | {"entry": "port", "family": "unaccompanied_child"}
    lines = list(BOOK["8-usc-1225-b1-ports"].explain(child).lines())
    assert lines[1:4] == ["  ✓ entry = 'port'", "  unless", "  ✓ family = 'unaccompanied_child'"]


def test_the_four_functions_have_statutes_and_none_has_civil_priority() -> None:
    assert QUESTIONS == [
        ("criminal_referral", "improper_entry"),
        ("criminal_referral", "reentry"),
        ("custody", "after_order"),
        ("custody", "applicant_for_admission"),
        ("custody", "child_alone"),
        ("custody", "pending_decision"),
        ("local_handoff", "agreement"),
        ("local_handoff", "detainer"),
        ("removal_track", "expedited_removal"),
        ("removal_track", "reinstatement"),
        ("removal_track", "title42"),
    ]
    assert BOOK.topics("criminal_referral") == ("improper_entry", "reentry")


@pytest.mark.parametrize(("function", "topic"), [each for each in QUESTIONS if each[1] != "title42"])
@pytest.mark.parametrize("day", [date(2011, 3, 2), date(2017, 1, 25), date(2021, 4, 2), date(2026, 10, 7)])
def test_every_question_but_title_42_has_one_answer_on_every_day(
    function: Function, topic: str, day: date
) -> None:
    assert BOOK.answer(function, PLAIN, day, topic=topic).effect


@pytest.mark.parametrize("statute", list(BOOK), ids=lambda each: each.id)
def test_what_is_assumed_says_so(statute: Statute) -> None:
    for tier in statute.tiers_all:
        assert tier.basis == "stated" or tier.note
        assert tier.source.link.startswith("https://")
        assert (tier.maximum_years is None) or statute.function == "criminal_referral"


def test_an_unknown_topic_or_id_offers_what_there_is() -> None:
    with pytest.raises(
        InputError,
        match=r"no statute answers criminal_referral about 'reentries'\. Did you mean 'reentry'\?",
    ):
        BOOK.answer("criminal_referral", PLAIN, date(2021, 4, 2), topic="reentries")
    with pytest.raises(InputError, match=r"no statute '8-usc-1327'\. Did you mean '8-usc-132"):
        BOOK["8-usc-1327"]


def test_two_statutes_of_one_question_on_one_day_are_refused() -> None:
    twice = StatuteBook((*BOOK.statutes, BOOK["8-usc-1326"]))
    with pytest.raises(
        InputError,
        match=r"more than one statute answers criminal_referral about reentry on 2021-04-02: 8-usc-1326, 8-usc-1326\.",
    ):
        twice.answer("criminal_referral", PLAIN, date(2021, 4, 2), topic="reentry")


@pytest.mark.parametrize(
    ("day", "name"),
    [
        # Matter of X-K-, 31 May 2005; overruled by M-S- on 16 Apr 2019, kept by Padilla until 11 Jan 2021; Q. Li
        (date(2005, 5, 30), "8-usc-1225-b-custody-1997"),
        (date(2005, 5, 31), "8-usc-1225-b-custody-xk"),
        (date(2019, 8, 1), "8-usc-1225-b-custody-xk"),
        (date(2021, 1, 11), "8-usc-1225-b-custody-ms"),
        (date(2025, 5, 14), "8-usc-1225-b-custody-ms"),
        (date(2025, 5, 15), "8-usc-1225-b-custody-q-li"),
    ],
)
def test_bond_between_ports_goes_by_the_decisions_of_the_day(day: date, name: str) -> None:
    answer = BOOK.answer("custody", PLAIN | {"entry": "border"}, day, topic="applicant_for_admission")
    assert (answer.statute, answer.tier.mandatory) == (name, name.endswith("q-li"))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2012, 12, 20), "8-cfr-287-7"),
        (date(2012, 12, 21), "8-cfr-287-7-guidance-2012"),
        (date(2014, 11, 20), "8-cfr-287-7-notice-first"),
        (date(2017, 2, 19), "8-cfr-287-7-notice-first"),
        (date(2017, 2, 20), "8-cfr-287-7"),
    ],
)
def test_for_whom_a_detainer_is_lodged_goes_by_the_guidance_of_the_day(day: date, name: str) -> None:
    assert BOOK.in_force("local_handoff", "detainer", day).id == name


BROKEN_FILES = {
    "keys": [
        (
            4,
            11,
            "function: must be 'removal_track', 'custody', 'criminal_referral' or 'local_handoff', got "
            "'civil_priority'. Known: 'criminal_referral', 'custody', 'local_handoff', 'removal_track'.",
        ),
        (5, 8, "topic: string should match pattern '^[a-z][a-z0-9_]*$', got 'Two words'."),
        (7, 5, "in_force.0: 'to' is 2019-01-01, which is not after 'from', 2020-01-01. 'to' is exclusive."),
        (9, 5, "tiers.0: basis: assumed needs a 'note' that says what is assumed."),
        (
            10,
            21,
            "tiers.0.when: 'record' has no level 'crime'. Known: 'aggravated_felony', 'felony', 'misdemeanor', "
            "'none', 'pending_charge', 'several_misdemeanors', 'significant_misdemeanor', 'unknown'.",
        ),
        (15, 11, "tiers.1.when: unknown attribute 'removals'. Did you mean 'prior_removal'?"),
        (
            16,
            5,
            "unknown key 'tiers.1.action'. Known: 'basis', 'defers_to', 'effect', 'mandatory', 'maximum_years', "
            "'name', 'note', 'source' and 2 more.",
        ),
        (18, 20, "tiers.1.maximum_years: must be more than 0, got -1."),
    ],
    "names": [
        (1, 5, "id: 'statute-name' is not the name of the file, 'statute-names'. Make them equal."),
        (
            8,
            12,
            "in_force.1: starts on 2021-01-01, in the spell that runs from 2020-01-01 until further notice. "
            "Let the spells follow each other.",
        ),
        (
            13,
            20,
            "a term of imprisonment belongs to criminal_referral, not to custody. Remove it.",
        ),
        (17, 9, "tier name 'first' is used twice. Change one."),
    ],
}


@pytest.mark.parametrize("name", BROKEN_FILES)
def test_a_broken_statute_says_what_is_wrong_where(name: str) -> None:
    with pytest.raises(InputError) as caught:
        load_statute(BROKEN / f"statute-{name}.yaml", SCHEMA)
    assert [str(each).rpartition("/")[2] for each in caught.value.problems] == [
        f"statute-{name}.yaml:{line}:{column}: {words}" for line, column, words in BROKEN_FILES[name]
    ]


def test_every_broken_statute_has_its_message() -> None:
    assert {path.stem for path in BROKEN.glob("statute-*.yaml")} == {
        f"statute-{name}" for name in BROKEN_FILES
    }


def test_a_folder_reports_two_files_that_answer_one_question_at_once(tmp_path: Path) -> None:
    text = (MODEL / "statutes" / "8-usc-1326.yaml").read_text(encoding="utf-8")
    (tmp_path / "8-usc-1326.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "again.yaml").write_text(text.replace("id: 8-usc-1326", "id: again"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_statutes(tmp_path, SCHEMA)
    (problem,) = caught.value.problems
    assert (Path(problem.file).name, problem.line, problem.column) == ("again.yaml", 7, 11)
    assert problem.message == (
        "in_force.0: 8-usc-1326 answers criminal_referral about reentry from 1997-04-01 until further notice too. "
        "Let the spells follow each other, or change the topic."
    )


def test_a_folder_reports_the_faults_of_all_its_files(tmp_path: Path) -> None:
    for name in BROKEN_FILES:
        text = (BROKEN / f"statute-{name}.yaml").read_text(encoding="utf-8")
        (tmp_path / f"statute-{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_statutes(tmp_path, SCHEMA)
    assert {Path(each.file).stem for each in caught.value.problems} == {"statute-keys", "statute-names"}


def test_a_folder_without_statutes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"it has no \*.yaml file"):
        load_statutes(tmp_path, SCHEMA)


@pytest.mark.parametrize(
    ("place", "day", "name"),
    [
        (None, date(2026, 9, 11), "8-usc-1226-no-bond-2025"),
        ("circuit_5", date(2026, 9, 11), "8-usc-1226-no-bond-2025"),
        ("circuit_4", date(2026, 9, 9), "8-usc-1226-no-bond-2025"),
        ("circuit_4", date(2026, 9, 10), "8-usc-1226-from-2025"),
        ("circuit_2", date(2026, 4, 28), "8-usc-1226-from-2025"),
    ],
)
def test_custody_while_a_decision_is_pending_goes_by_circuit(place: str | None, day: date, name: str) -> None:
    assert BOOK.in_force("custody", "pending_decision", day, place).id == name
