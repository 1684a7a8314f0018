"""What the flagship model keeps when it is simulated: counts that agree, places that are asked for, queues that queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from lawqueue.engine.results import Run
from lawqueue.engine.run import simulate
from lawqueue.engine.spec import Quantiles, routes_of
from lawqueue.models.us_immigration import custody, interior
from lawqueue.models.us_immigration.border import SECTORS
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.models.us_immigration.prosecution import FREED_AS_ICE
from lawqueue.models.us_immigration.series.reading import Reading
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import clock
from lawqueue.rules import Change

START, END = date(2018, 10, 1), date(2021, 8, 1)
HISTORY = MODEL.world_in_history(START, END)
Ran = Callable[..., Reading]


def changed(**values: float) -> World:
    """Return history with some parameters at other values from the first day on."""
    book = HISTORY.book
    for name, value in values.items():
        book = book.changed(Change(name.replace("__", "."), START, "set", value))
    return replace(HISTORY, book=book)


@pytest.fixture(scope="module")
def ran() -> Ran:
    known: dict[tuple[tuple[str, float], ...], Reading] = {}

    def run(**values: float) -> Reading:
        key = tuple(sorted(values.items()))
        if key not in known:
            world = changed(**values)
            found: Run = simulate(MODEL.network(world), seed=3, replicates_wanted=1, scale=0.02, threads=1)
            known[key] = Reading(found, world)
        return known[key]

    return run


def asked_for_a_bed(reading: Reading, groups: np.ndarray | None = None) -> np.ndarray:
    """Return who came to the door of custody in each month, less those who went away from it without a bed."""
    ways = [
        (node.name, edge.name)
        for node in MODEL.network(reading.world).nodes
        for way in routes_of(node).values()
        for edge in way.edges
        if edge.to == "detention"
    ]
    came = sum(reading.run.passages(node, label, groups) for node, label in ways)
    return np.asarray(came - reading.flow("detention", "no_bed", "no_bed_under_order", groups=groups))


@pytest.mark.parametrize("places", [None, 15000.0])
def test_book_ins_of_every_month_are_all_ways_into_custody_less_no_bed_and_those_who_wait_longer(
    ran: Ran, places: float | None
) -> None:
    reading = ran() if places is None else ran(detention__places=places)
    ages, _ = reading.run.age_histogram("detention")
    at_the_door = ages.sum(axis=(2, 3))
    more = np.diff(at_the_door, axis=1, prepend=0)
    book_ins = sum(reading.run.admissions("detention", each) for each in (reading.ice, ~reading.ice))
    np.testing.assert_allclose(book_ins, asked_for_a_bed(reading) - more)
    if places is not None:
        assert (at_the_door > 0).any()


def test_book_ins_by_agency_are_its_ways_into_custody_in_every_month_in_which_nobody_waits(ran: Ran) -> None:
    reading = ran()
    at_the_door = reading.run.age_histogram("detention")[0].sum(axis=(0, 2, 3))
    free = (at_the_door == 0) & (np.roll(at_the_door, 1) == 0)
    assert free.sum() > 20
    for groups in (reading.ice, ~reading.ice):
        book_ins = reading.run.admissions("detention", groups)
        assert (book_ins > 0).all()
        np.testing.assert_allclose(book_ins[:, free], asked_for_a_bed(reading, groups)[:, free])


def test_out_of_prison_the_share_that_counts_as_arrests_of_ice_is_the_parameter(ran: Ran) -> None:
    prisons = ("prison.a", "prison.b1", "prison.b2")
    for share in (0.0, 1.0):
        reading = ran(prosecution__freed_as_ice=share)
        # Whom ICE arrested first stays its own.
        first = sum(reading.flow(each, "freed_as_first_arrested").sum() for each in prisons)
        as_ice = sum(reading.flow(each, *FREED_AS_ICE).sum() for each in prisons)
        assert (first == 0) if share else (first > 2 * as_ice)


def test_whoever_comes_out_of_prison_as_an_arrest_of_ice_is_one_with_a_conviction(ran: Ran) -> None:
    reading = ran(prosecution__freed_as_ice=1.0)
    freed = sum(reading.flow(each, *FREED_AS_ICE) for each in ("prison.a", "prison.b1", "prison.b2"))
    np.testing.assert_allclose(reading.arrests(), reading.flow("arrested") + freed)
    of_record = reading.arrests(reading.on_record) - reading.flow("arrested", groups=reading.on_record)
    np.testing.assert_allclose(of_record, freed)


def test_admission_asks_for_a_bed_and_nobody_is_put_out_again(ran: Ran) -> None:
    many, few = ran(), ran(detention__places=15000)
    places = custody.places_of_custody(few.world)
    # On the first day more people are in custody than these places; nobody is put out for that.
    assert (few.custody()[:, 8:] <= few.mean_of(places)[8:] * 1.001).all()
    assert few.run.admissions("detention").sum() < many.run.admissions("detention").sum()
    assert few.flow("detention", "no_bed").sum() > many.flow("detention", "no_bed").sum()
    # The most urgent are placed first: fewer beds take most from those met at the border.
    lost = [
        1 - few.run.admissions("detention", each).sum() / many.run.admissions("detention", each).sum()
        for each in (few.ice, ~few.ice)
    ]
    assert lost[0] < lost[1]


def test_closed_courts_hear_those_in_custody_and_hardly_anybody_else(ran: Ran) -> None:
    reading = ran()
    before, closed = slice(6, 17), slice(19, 29)

    outside = sum(reading.decided()[lane] for lane in ("first_hearing", "priority_docket", "docket"))
    assert outside[:, closed].mean() < 0.25 * outside[:, before].mean()
    assert outside[:, 33:].mean() > 0.8 * outside[:, before].mean()
    heard = reading.decided()["detained_docket"] / reading.flow("custody_ends", "detained_docket")
    assert heard[:, closed].mean() == pytest.approx(1, abs=0.1)


def test_priority_dockets_have_the_families_of_their_dates(ran: Ran) -> None:
    put = ran().flow("filed", "priority_calendar")[0]
    assert (put[:1] == 0).all()
    assert (put[3:17] > 0).all()
    assert (put[19:30] == 0).all()
    assert (put[33:] > 0).all()


def test_cases_are_dismissed_on_motion_while_discretion_is_used_and_only_then(ran: Ran) -> None:
    dismissed = ran().flow("docket", "dismissed_on_motion")[0]
    assert (dismissed[:31] == 0).all()
    assert (dismissed[33:] > 0).all()


def test_dismissals_are_in_proportion_to_those_who_stand_in_the_queue(ran: Ran) -> None:
    reading = ran(court__discretion_rate=0.2)
    rate = reading.flow("docket", "dismissed_on_motion").sum() / reading.run.level("docket").sum() * 12
    assert rate == pytest.approx(0.2, rel=0.1)


def test_children_wait_with_the_border_patrol_when_orr_is_full(ran: Ran) -> None:
    def waiting(reading: Reading) -> float:
        return float((reading.run.level("orr") - reading.run.places_taken("orr")).mean())

    assert waiting(ran(border__orr_places=60000)) == pytest.approx(0, abs=1)
    assert waiting(ran(border__orr_places=4000)) > 1000


def test_a_sector_keeps_some_agents_on_the_line_and_lets_people_on_unprocessed_instead(ran: Ran) -> None:
    all_of_them, few = ran(border__processing_most=1.0), ran(border__processing_most=0.3)

    def total(reading: Reading, label: str) -> float:
        return float(sum(reading.flow(f"processing.{s}", label).sum() for s in SECTORS))

    assert total(few, "in_short") > 10 * max(total(all_of_them, "in_short"), 1.0)
    waiting = [sum(each.run.level(f"processing.{s}") for s in SECTORS).max() for each in (all_of_them, few)]
    assert waiting[1] > 10 * max(waiting[0], 1.0)
    # Nobody is held for longer than some days, so that a surge cannot pile up for ever.
    met = few.flow("sector").sum() + sum(few.flow(f"attempts.{s}").sum() for s in SECTORS)
    assert total(few, "in_short") < met
    pools = [few.run.pool_units(f"agents.{s}").sum() for s in SECTORS]
    whole = [all_of_them.run.pool_units(f"agents.{s}").sum() for s in SECTORS]
    np.testing.assert_allclose(pools, 0.3 * np.array(whole))


def test_agents_of_one_sector_do_not_process_in_another(ran: Ran) -> None:
    reading = ran(border__agents=9000)
    waits = {s: reading.run.level(f"processing.{s}").mean() for s in ("rio_grande_valley", "big_bend")}
    assert waits["rio_grande_valley"] > 100 * max(waits["big_bend"], 0.1)


def test_the_posture_of_march_2020_holds_up_the_hand_off_and_not_the_detainer(ran: Ran) -> None:
    usual, held = ran(guidance__delayed_hand_off_share=1.0), ran(guidance__delayed_hand_off_share=0.0)
    months = slice(19, 27)
    detainers = [each.flow("screening", "detainer_issued")[:, months].sum() for each in (usual, held)]
    arrests = [each.flow("custodial_arrest", "arrested")[:, months].sum() for each in (usual, held)]
    assert detainers[1] == pytest.approx(detainers[0], rel=0.05)
    assert arrests[1] < 0.9 * arrests[0]


def test_hours_at_large_grow_as_leads_get_rarer() -> None:
    hours, leads = interior.at_large_hours(HISTORY), HISTORY.daily("interior.lead_activity")
    assert (np.diff(hours)[np.diff(leads) < 0] > 0).all()
    flat = interior.at_large_hours(changed(ero__search_elasticity=0.0))
    np.testing.assert_allclose(flat, HISTORY.daily("ero.hours.at_large_arrest"))


def test_free_officers_follow_more_leads(ran: Ran) -> None:
    usual, more = ran(interior__lead_reach=1.0), ran(interior__lead_reach=3.0)
    assert usual.flow("lead", "not_followed").sum() == 0
    # Before the pandemic no officer is free; under the guidance of 2021 many are.
    followed = [each.flow("lead", "followed")[0] for each in (usual, more)]
    assert followed[1][:17].sum() == pytest.approx(followed[0][:17].sum(), rel=0.05)
    assert followed[1][29:].sum() > 1.2 * followed[0][29:].sum()


def test_people_released_at_the_border_are_met_in_jails_later_and_children_are_not(ran: Ran) -> None:
    often, never = ran(interior__booking_rate_recent=0.04), ran(interior__booking_rate_recent=1e-6)
    met = [
        sum(each.flow(f"settled_{when}_2020_11").sum() for when in ("before", "from"))
        for each in (often, never)
    ]
    assert met[0] > 5000
    assert met[1] == 0
    reading = ran(border__family_adult_share=0.0)
    settled = reading.flow("release", "settles_before_2020_11", "settles_from_2020_11").sum()
    usual = ran().flow("release", "settles_before_2020_11", "settles_from_2020_11").sum()
    assert 0 < settled < usual


def test_only_those_who_are_not_released_are_held_for_long(ran: Ran) -> None:
    few, many = (ran(detention__release_share__interior=share) for share in (0.1, 0.6))
    kept, long = (
        np.array([each.flow("kept", *labels, groups=each.ice).sum() for each in (few, many)])
        for labels in ((), ("long_custody",))
    )
    assert kept[1] < 0.85 * kept[0]
    assert (long > 0.05 * kept).all()
    assert long[1] / kept[1] == pytest.approx(long[0] / kept[0], rel=0.05)


def test_after_a_screening_those_without_a_fear_are_under_an_order_and_the_others_in_proceedings(
    ran: Ran,
) -> None:
    reading = ran(fear__positive_share=1.0, detention__positive_fear_released=0.0)
    assert reading.flow("fear_screening", "positive_detained").sum() > 0
    others = ran(fear__positive_share=0.0)
    removed = [each.flow("custody_ends", "under_order", groups=~each.ice).sum() for each in (reading, others)]
    heard = [
        each.flow("custody_ends", "detained_docket", groups=~each.ice).sum() for each in (reading, others)
    ]
    assert removed[1] > removed[0]
    assert heard[0] > heard[1]


def test_families_are_booked_in_only_while_ice_has_places_for_them(ran: Ran) -> None:
    reading = ran(detention__families_held=0.0)
    assert reading.flow("pathway", "family_detained", "family_fear_claimed").sum() == 0
    assert reading.flow("pathway", "let_go_by_ice").sum() > ran().flow("pathway", "let_go_by_ice").sum()


def test_not_all_who_leave_custody_for_the_border_count_as_removals_of_ice(ran: Ran) -> None:
    reading = ran(removal__counted_share=0.8)
    assert reading.removals(reading.ice).sum() == pytest.approx(
        0.8 * reading.transported(reading.ice).sum(), rel=0.02
    )
    assert reading.removals(~reading.ice).sum() == reading.transported(~reading.ice).sum()


def test_mexicans_are_removed_by_land_and_others_by_air(ran: Ran) -> None:
    no_flights = ran(ero__seats__air=0.0)
    assert no_flights.flow("removal.air").sum() == 0
    assert no_flights.flow("removal.land").sum() > 0


def test_a_clock_feels_a_change_of_its_rate_on_the_day() -> None:
    rate = np.concatenate([np.full(300, 0.0), np.full(300, 0.01)])
    stays = clock(rate)
    first, last = stays.options[0], stays.options[-1]
    assert isinstance(first, Quantiles)
    assert isinstance(last, Quantiles)
    # Nothing ends before the rate begins; from then on it is memoryless.
    assert first.points[1] >= 300
    assert np.median(first.points) == pytest.approx(300 + np.log(2) / 0.01, abs=2)
    assert np.median(last.points) == pytest.approx(np.log(2) / 0.01, abs=2)


def test_whom_a_prosecutor_declines_goes_on_as_without_a_referral(ran: Ran) -> None:
    """Where Title 42 would have expelled him he is expelled, and not kept for a removal that history did not have."""
    reading = ran(
        prosecution__acceptance_share=0.0,
        prosecution__referral_share__reentry=0.0,
        prosecution__referral_share__reentry_title42=0.5,
    )
    border = ~reading.ice
    referred = reading.flow("pathway", "reentry_referred_title42").sum()
    assert referred > 1000
    assert reading.flow("reentry_referred", "declined_expelled", groups=border).sum() == referred
    none = ran(prosecution__acceptance_share=0.0, prosecution__referral_share__reentry_title42=0.0)
    assert none.flow("reentry_referred", "declined_expelled").sum() == 0
