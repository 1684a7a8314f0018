"""The timeline: complete, sorted, naming what exists, and shown in the documentation as it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

import lawqueue.errors
from lawqueue.errors import InputError
from lawqueue.models.us_immigration.model import MODEL as US
from lawqueue.report.timeline import drawing
from lawqueue.rules import Guideline, load_guidelines, load_parameters, load_schema
from lawqueue.rules.statute import Statute, load_statutes
from lawqueue.rules.timeline import Switch, load_timeline

pytestmark = pytest.mark.filterwarnings("error")

BROKEN = Path(__file__).parent / "broken"
ROOT = Path(__file__).parents[2]
MODEL = Path(lawqueue.errors.__file__).parent / "models" / "us_immigration"
TIMELINE = load_timeline(MODEL / "timeline.yaml")
SCHEMA = load_schema(MODEL / "profile.yaml")
GUIDELINES = load_guidelines(MODEL / "guidelines", SCHEMA)
STATUTES = load_statutes(MODEL / "statutes", SCHEMA)
KNOWN = {*load_parameters(MODEL / "parameters").names, *GUIDELINES.ids, *STATUTES.ids}
# Spells whose first day stands for the Act of 1996, or for a year of which no day is known.
TAKEN = {date(1997, 4, 1), date(2013, 1, 1)}


def test_ids_are_unique_and_dates_are_in_order() -> None:
    assert len({each.id for each in TIMELINE}) == len(TIMELINE)
    assert all(before.date <= after.date for before, after in pairwise(TIMELINE))
    assert (TIMELINE.switches[0].date, TIMELINE.switches[-1].date) == (date(1996, 9, 30), date(2026, 10, 1))


@pytest.mark.parametrize("guideline", list(GUIDELINES), ids=lambda each: each.id)
def test_every_spell_of_a_guideline_starts_with_a_switch_that_names_it(guideline: Guideline) -> None:
    for spell in guideline.in_force:
        assert guideline.id in {name for each in TIMELINE.on(spell.start) for name in each.names}


@pytest.mark.parametrize("guideline", list(GUIDELINES), ids=lambda each: each.id)
def test_every_suspension_of_a_guideline_starts_with_a_switch_that_names_it(guideline: Guideline) -> None:
    for each in guideline.suspended:
        assert guideline.id in {name for one in TIMELINE.on(each.spell.start) for name in one.names}


@pytest.mark.parametrize("guideline", list(GUIDELINES), ids=lambda each: each.id)
def test_every_modifier_of_a_guideline_is_a_switch_in_its_time(guideline: Guideline) -> None:
    for name in guideline.modified_by:
        assert guideline.is_in_force(TIMELINE[name].date)


@pytest.mark.parametrize("statute", list(STATUTES), ids=lambda each: each.id)
def test_every_spell_of_a_statute_starts_with_a_switch_that_names_it(statute: Statute) -> None:
    for spell in statute.in_force:
        named = {name for each in TIMELINE.on(spell.start) for name in each.names}
        assert spell.start in TAKEN or statute.id in named


@pytest.mark.parametrize("switch", list(TIMELINE), ids=lambda each: each.id)
def test_a_name_in_backticks_is_a_guideline_a_statute_or_a_parameter(switch: Switch) -> None:
    assert set(switch.names) <= KNOWN


def test_every_topic_has_a_switch_and_every_link_is_secure() -> None:
    assert all(TIMELINE.about(topic) for topic in TIMELINE.titles)
    assert sum(len(TIMELINE.about(topic)) for topic in TIMELINE.titles) == len(TIMELINE)
    assert all(each.source.link is None or each.source.link.startswith("https://") for each in TIMELINE)


def test_a_switch_shows_as_much_of_its_date_as_is_known() -> None:
    shown = [TIMELINE[name].shown_date for name in ("judge-quotas-ended", "streamline", "laken-riley")]
    assert shown == ["2021-10", "2005-12", "2025-01-29"]


def test_switches_are_found_by_id_and_by_span() -> None:
    found = [each.id for each in TIMELINE.between(date(2021, 1, 26), date(2021, 2, 1))]
    assert found == ["removal-pause-stopped", "wilkinson", "pjes-stayed"]
    with pytest.raises(InputError, match=r"no switch 'townhall'\. Did you mean 'town-hall'\?"):
        TIMELINE["townhall"]


BROKEN_FILES = {
    "keys": [
        "3:9: switches.0.id: string should match pattern '^[a-z0-9]+(-[a-z0-9]+)*$', got 'Two Words'.",
        '4:11: switches.0.date: must be a date, as 2021-03-01, got "2020".',
        "10:5: switches.1: basis: stated needs a 'url' in 'source', where a reader can check.",
        "17:5: switches.2: of 'date' only the month is known, so it is the first day of it, got 2020-01-02.",
        "25:5: switches.3: 'sets' opens a backtick and never closes it.",
        "32:5: switches.4: basis: assumed needs a 'note' that says what is assumed.",
    ],
    "order": [
        "4:12: switches.0.topic: no topic 'custdy'. Did you mean 'custody'?",
        "9:9: switches.1.id: 'first' is used twice. Change one.",
        "10:11: switches.1.date: 2019-12-31 stands behind 2020-01-01. Sort the switches by date.",
    ],
}


@pytest.mark.parametrize("name", BROKEN_FILES)
def test_a_broken_timeline_says_what_is_wrong_where(name: str) -> None:
    with pytest.raises(InputError) as caught:
        load_timeline(BROKEN / f"timeline-{name}.yaml")
    assert [str(each).rpartition("/")[2] for each in caught.value.problems] == [
        f"timeline-{name}.yaml:{words}" for words in BROKEN_FILES[name]
    ]


def test_every_broken_timeline_has_its_message() -> None:
    assert {each.stem for each in BROKEN.glob("timeline-*.yaml")} == {
        f"timeline-{name}" for name in BROKEN_FILES
    }


def test_the_page_and_the_picture_are_what_the_script_writes(
    script: Callable[[Path], ModuleType],
) -> None:
    made = script(ROOT / "docs" / "make_timeline.py")
    page = (ROOT / "docs" / "timeline.md").read_text(encoding="utf-8")
    assert page == made.page(TIMELINE), "run docs/make_timeline.py"
    picture = (ROOT / "docs" / "images" / "timeline.svg").read_text(encoding="utf-8")
    assert picture.startswith("<svg ")
    assert all(f">{title}</text>" in picture for title in TIMELINE.titles.values())
    (panel,) = drawing(US, TIMELINE, (made.START, made.END, 800))["hconcat"]
    dots = panel["layer"][1]["data"]["values"]
    assert len(dots) == len(TIMELINE)
