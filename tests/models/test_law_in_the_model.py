"""What the law moves in the simulation: whom a guideline leaves open, whom an order reaches, which switches move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from lawqueue.models.us_immigration.interior import mix
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import Law
from lawqueue.study.moves import moved

START, END = date(2020, 10, 1), date(2022, 10, 1)


@pytest.fixture(scope="module")
def world() -> World:
    return MODEL.world_in_history(START, END)


class Asked(dict):  # type: ignore[type-arg]
    """Statutes that note which questions are asked of them."""

    def __init__(self, law: Law) -> None:
        super().__init__(law)
        self.questions: set[object] = set()

    def get(self, question: object, default: object = None) -> object:
        self.questions.add(question)
        return super().get(question, default)


def on(world: World, parts: list[tuple[np.ndarray, np.ndarray]], day: date, **levels: str) -> float:
    """Return the share of some profiles on a day, in parts by profile and day."""
    people = world.profiles.where(entry="interior", track="open", **levels)
    total = sum(
        (mask.astype(float) * series[world.day(day)] for mask, series in parts), np.zeros(world.profiles.n)
    )
    (share,) = np.unique(total[people].round(9))
    return float(share)


def test_the_network_asks_the_questions_of_law_that_it_says_and_no_other(world: World) -> None:
    asked = Asked(world.law)
    MODEL.network(replace(world, law=asked))
    assert asked.questions == MODEL.asked


def test_impossible_profiles_are_left_out() -> None:
    people = MODEL.profiles()
    assert people.n < 3_000
    removed = people.where(prior_removal="one")
    assert not (removed & people.where(admission=("admitted", "paroled"))).any()
    assert not people.where(entry_cohort=("from_2014", "from_2020_11"), final_order="before_2014").any()


@pytest.mark.parametrize(
    ("records", "venue"), [("record_jail", "jail_or_prison"), ("record_leads", "at_large")]
)
def test_the_mix_of_bookings_keeps_the_published_shares(world: World, records: str, venue: str) -> None:
    shares = np.asarray(mix(world, records, venue).at(0))
    people = world.profiles
    assert shares.sum() == pytest.approx(1.0)
    # 62 per cent of new cases charge an entry without inspection; who was removed before came so too
    never = people.where(prior_removal="none")
    unadmitted = shares[never & people.where(admission="without_admission")].sum() / shares[never].sum()
    assert unadmitted == pytest.approx(world.daily("interior.without_admission_share")[0])
    for level in ("before_2014", "from_2014"):
        assert shares[people.where(final_order=level)].sum() == pytest.approx(
            world.daily(f"interior.final_order_share.{level}")[0]
        )
    misdemeanors = shares[people.where(record=("misdemeanor", "several_misdemeanors"))].sum()
    several = shares[people.where(record="several_misdemeanors")].sum()
    assert several / misdemeanors == pytest.approx(world.daily("interior.several_misdemeanors_share")[0])


def test_an_order_of_custody_reaches_release_and_not_arrests(world: World) -> None:
    # 14 F.4th 332: from 15 Sep 2021 officials may not rely on the memoranda "to refuse to detain"
    before, after = date(2021, 9, 14), date(2021, 9, 15)
    inside = {"record": "none", "threat": "none", "final_order": "from_2014", "entry_cohort": "before_2014"}
    outside = inside | {"final_order": "none"}
    asked = world.acted_on("preapproval")
    assert on(world, asked, before, **inside) == on(world, asked, after, **inside) == 1.0
    released = world.outside_priorities()
    followed = world.book.value("guidance.suspension_share", after)
    assert followed > 0
    assert on(world, released, before, **inside) == 1.0
    assert on(world, released, after, **inside) == pytest.approx(1.0 - followed)
    assert on(world, released, after, **outside) == 1.0


def test_the_guidelines_of_september_2021_and_the_gap_each_leave_open_a_share_of_its_own(
    world: World,
) -> None:
    nobody = {"record": "none", "threat": "none", "final_order": "none", "entry_cohort": "before_2014"}
    open_to_action = world.taken_up()
    for day, name in (
        (date(2022, 1, 1), "guidance.exception_share"),
        (date(2022, 7, 1), "guidance.case_by_case_share"),
    ):
        assert on(world, open_to_action, day, **nobody) == pytest.approx(world.book.value(name, day))
    # Where no priorities are written, nobody is outside of them at a review of custody.
    assert on(world, world.outside_priorities(), date(2022, 1, 1), **nobody) == 1.0
    assert on(world, world.outside_priorities(), date(2022, 7, 1), **nobody) == 0.0


def test_the_share_of_the_gap_does_not_outlive_it() -> None:
    world = MODEL.world_in_history(date(2023, 1, 1), date(2024, 1, 1))
    felon = {
        "record": "aggravated_felony",
        "threat": "none",
        "venue": "jail_or_prison",
        "entry_cohort": "from_2014",
    }
    presumed = world.acted_on("presumed")
    assert on(world, presumed, date(2023, 7, 24), **felon) == 0.0
    assert on(world, presumed, date(2023, 7, 25), **felon) == 1.0
    assert world.book.value("guidance.discretion_share", date(2023, 8, 1)) == 1.0


def test_the_posture_of_march_2020_closes_nothing_in_the_simulation() -> None:
    world = MODEL.world_in_history(date(2020, 1, 1), date(2020, 6, 1))
    for levels in ({"record": "none"}, {"record": "felony"}):
        acted = [*world.acted_on("presumed"), *world.taken_up()]
        shares = {
            on(world, acted, day, threat="none", **levels) for day in (date(2020, 3, 17), date(2020, 4, 1))
        }
        assert shares == {1.0}


def test_no_more_than_a_third_of_the_switches_after_september_2022_move_nothing() -> None:
    late = [each for each in MODEL.timeline() if each.date > date(2022, 9, 30)]
    idle = [each for each in late if not moved(MODEL, each, None, "")]
    assert 3 * len(idle) <= len(late)


def test_a_switch_that_says_that_it_moves_nothing_moves_nothing() -> None:
    said = [each for each in MODEL.timeline() if each.sets.startswith("nothing")]
    assert said
    assert not [each.id for each in said if moved(MODEL, each, None, "")]


def _parameters_named() -> Iterator[tuple[str, str]]:
    for each in MODEL.timeline():
        for name in each.names:
            if name in MODEL.parameters():
                yield each.id, name


@pytest.mark.parametrize(("switch", "name"), list(_parameters_named()))
def test_a_parameter_that_a_switch_names_changes_with_it(switch: str, name: str) -> None:
    day = MODEL.timeline()[switch].date
    starts = [each.start for each in MODEL.parameters().parameter(name).values]
    assert any(0 <= (each - day).days < 7 for each in starts)
