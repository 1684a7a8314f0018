"""The closed forms against numbers worked out elsewhere, against published headlines, and against laws."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lawqueue import theory
from lawqueue.errors import InputError

pytestmark = pytest.mark.filterwarnings("error")

# --- queues and loss systems: exact mathematics ---


def test_erlang_c_gives_the_mean_wait_at_twenty_servers_and_load_nine_tenths() -> None:
    assert theory.erlang_c(18.0, 20) == pytest.approx(0.550769, abs=5e-7)
    assert theory.mean_wait_mmc(18.0, 1.0, 20) == pytest.approx(0.2753845, abs=5e-8)


def test_three_servers_give_the_exact_fraction() -> None:
    assert theory.mean_wait_mmc(10.0, 0.25, 3) == pytest.approx(125 / 356, rel=1e-13)


def test_one_server_and_littles_law_give_one_case_in_the_system() -> None:
    time_in_system = theory.mean_wait_mmc(2.0, 0.25, 1) + 0.25
    assert time_in_system == pytest.approx(0.5, rel=1e-13)
    assert theory.little(2.0, time_in_system) == pytest.approx(1.0, rel=1e-13)


def test_priority_splits_the_wait_of_twenty_servers_between_three_classes() -> None:
    waits = theory.mean_waits_priority_mmc([3.6, 5.4, 9.0], 1.0, 20)
    np.testing.assert_allclose(waits, [0.0335835, 0.0610609, 0.5006991], rtol=0, atol=5e-8)


def test_priority_at_one_server_gives_whole_numbers_of_time_in_system() -> None:
    waits = theory.mean_waits_priority_mmc([0.2, 0.6], 1.0, 1)
    np.testing.assert_allclose(waits + 1.0, [2.0, 6.0], rtol=1e-13)


def test_priority_with_one_class_is_first_in_first_out() -> None:
    assert theory.mean_waits_priority_mmc([10.0], 0.25, 3) == pytest.approx([125 / 356], rel=1e-13)


@pytest.mark.parametrize(
    ("servers", "loss", "rel"),
    [(21_000, 0.39135, 2e-5), (34_500, 0.0042834, 1e-5), (35_000, 5.8137e-5, 1e-5)],
)
def test_erlang_b_at_the_size_of_a_detention_system(servers: int, loss: float, rel: float) -> None:
    assert theory.erlang_b(34_500.0, servers) == pytest.approx(loss, rel=rel)


def test_a_full_detention_system_carries_nearly_its_places() -> None:
    carried = 34_500.0 * (1.0 - theory.erlang_b(34_500.0, 21_000))
    assert carried == pytest.approx(20_998.4, abs=0.05)


def test_erlang_b_depends_on_the_mean_service_time_only() -> None:
    # One pump, 0.15 vehicles a minute, three in four a car (8 minutes), the others motorcycles (3).
    load_cars, load_motorcycles = 0.15 * 0.75 * 8.0, 0.15 * 0.25 * 3.0
    admitted = 1.0 - theory.erlang_b(load_cars + load_motorcycles, 1)
    assert load_cars * admitted == pytest.approx(0.4472050, abs=5e-8)
    assert load_motorcycles * admitted == pytest.approx(0.0559006, abs=5e-8)


def test_the_lower_class_gets_what_the_upper_class_leaves() -> None:
    outcome = theory.two_class_preemptive_loss(18_000.0, 16_500.0, 21_000)
    assert outcome.loss_class_1 == pytest.approx(0.0, abs=1e-12)
    assert outcome.carried_class_1 == pytest.approx(18_000.0, abs=1e-6)
    assert outcome.carried_class_2 == pytest.approx(2_998.4, abs=0.05)
    assert outcome.served_share_class_2 == pytest.approx(0.1817, abs=5e-5)


@pytest.mark.parametrize(("z", "places"), [(1.645, 34_806), (2.326, 34_932), (3.09, 35_074)])
def test_square_root_rule_at_the_size_of_a_detention_system(z: float, places: float) -> None:
    # The required tolerance is 0.1 %; the rule in fact gives the nearest whole number.
    assert theory.required_places_square_root(34_500.0, z) == pytest.approx(places, abs=0.5)


def test_places_for_loss_is_the_smallest_number_that_will_do() -> None:
    # Losses at load 1: 1, 1/2, 1/5, 1/16.
    assert [theory.places_for_loss(1.0, loss) for loss in (1.0, 0.5, 0.49, 0.2, 0.0625)] == [0, 1, 2, 2, 3]
    assert theory.places_for_loss(0.0, 0.01) == 1


# --- border ---


def test_half_the_attempts_stopped_and_a_fifth_quit() -> None:
    outcome = theory.repeated_trials(0.5, 0.2)
    assert outcome.apprehensions_per_migrant == pytest.approx(5 / 6, rel=1e-13)
    assert outcome.successes_per_migrant == pytest.approx(5 / 6, rel=1e-13)
    assert outcome.share_followed_by_another == pytest.approx(0.40, rel=1e-13)


def test_one_observed_share_fits_a_band_of_apprehension_probabilities() -> None:
    band = [theory.apprehension_probability_from_repeats(0.40, d / 10) for d in range(6)]
    assert band == pytest.approx([0.400, 0.444, 0.500, 0.571, 0.667, 0.800], abs=5e-4)
    gotaways = [theory.gotaways_per_apprehension(p) for p in band]
    assert gotaways == pytest.approx([1.50, 1.25, 1.00, 0.75, 0.50, 0.25], rel=1e-13)


def test_a_share_at_its_bound_survives_rounding() -> None:
    assert theory.apprehension_probability_from_repeats(0.1, 0.9) == 1.0


# --- waiting list ---


def test_waiting_list_needs_twice_its_service_to_reach_the_target() -> None:
    assert theory.relief_units_per_week(30.0, 1_200.0, 390.0, 26.0) == pytest.approx(61.15, abs=0.005)
    assert theory.queue_load(30.0, 27.0) == pytest.approx(1.111, abs=5e-4)


# --- published headlines ---

PENDING, RECEIPTS, JUDGES, COMPLETIONS = 2_000_000.0, 392_000.0, 649.0, 456.0


def _pending(extra_judges: float, fiscal_year: int) -> float:
    return theory.pending_after(PENDING, RECEIPTS, JUDGES + extra_judges, COMPLETIONS, fiscal_year - 2023)


def test_three_hundred_more_judges_leave_the_published_backlog() -> None:
    # Exact 1,592,560; the headline 1.6 million is this number to its one printed decimal.
    assert _pending(300.0, 2033) == pytest.approx(1_592_560.0, rel=1e-12)
    assert round(_pending(300.0, 2033) / 1e6, 1) == 1.6


def test_seven_hundred_more_judges_clear_the_backlog_in_the_published_year() -> None:
    assert _pending(700.0, 2031) == pytest.approx(214_848.0, rel=1e-12)
    assert _pending(700.0, 2032) == 0.0


def test_break_even_judges_meet_the_published_number_but_for_rounded_constants() -> None:
    # Published 861; the two rounded constants give 859.65, so 1.35 judges (0.16 %) less.
    judges = theory.break_even_judges(RECEIPTS, COMPLETIONS)
    assert judges == pytest.approx(859.649, abs=5e-4)
    assert judges == pytest.approx(861.0, rel=0.002)
    # Constants that round to the published two reach it.
    assert math.ceil(theory.break_even_judges(392_161.0, 456.0)) == 861
    assert math.ceil(theory.break_even_judges(392_000.0, 455.5)) == 861
    assert _pending(judges - JUDGES, 2033) == pytest.approx(PENDING, rel=1e-12)


DETENTION_LOAD, DETENTION_STAY_DAYS = 34_071.0, 51.0


def test_square_root_rule_gives_the_published_places_for_one_percent_overflow() -> None:
    # The headline means: without a limit, more than 34,500 are held 1 % of the time.
    assert theory.required_places_square_root(DETENTION_LOAD, 2.326) == pytest.approx(34_500.0, abs=0.5)
    # By share of arrivals turned away, 1 % needs 686 places (2 %) fewer.
    assert theory.places_for_loss(DETENTION_LOAD, 0.01) == 33_814


def test_loss_formula_gives_the_published_releases_a_year() -> None:
    # Published about 93,700; a 365-day year gives 93,559, 0.15 % less.
    arrivals_per_year = DETENTION_LOAD / DETENTION_STAY_DAYS * 365.0
    releases = arrivals_per_year * theory.erlang_b(DETENTION_LOAD, 21_000)
    assert releases == pytest.approx(93_558.8, abs=0.05)
    assert releases == pytest.approx(93_700.0, rel=0.002)


def test_fifty_thousand_places_go_with_a_load_almost_half_as_large_again() -> None:
    # Published: 50,000 places go with load × 1.45. The rule gives 49,920, 0.16 % less.
    assert theory.required_places_square_root(1.45 * DETENTION_LOAD, 2.326) == pytest.approx(
        49_919.9, abs=0.1
    )
    # Exactly 50,000 go with load × 1.4523: solve m + z·√m = 50,000 for √m.
    root = (math.sqrt(2.326**2 + 4.0 * 50_000.0) - 2.326) / 2.0
    assert root**2 / DETENTION_LOAD == pytest.approx(1.4523, abs=5e-5)
    assert theory.required_places_square_root(root**2, 2.326) == pytest.approx(50_000.0, rel=1e-12)


def test_prison_population_moves_to_admissions_times_stay() -> None:
    path = theory.prison_population(1_000.0, np.full(400, 500.0), 3.0)
    assert path[1] == pytest.approx(1_000.0 * 2.0 / 3.0 + 500.0, rel=1e-13)
    assert path[-1] == pytest.approx(theory.steady_prison_population(500.0, 3.0), rel=1e-12)


def test_two_prison_levers_multiply() -> None:
    admissions, stay = 500.0, 3.0
    base = theory.steady_prison_population(admissions, stay)
    pair = (
        theory.steady_prison_population(0.5 * admissions, stay) / base,
        theory.steady_prison_population(admissions, 0.8 * stay) / base,
    )
    combined = theory.steady_prison_population(0.5 * admissions, 0.8 * stay) / base
    assert pair == pytest.approx((0.5, 0.8), rel=1e-13)
    assert combined == pytest.approx(0.4, rel=1e-13)


# --- messages ---

NO_STEADY_STATE = (
    r"^no steady state: offered load 12 is not below 10 servers, so the backlog grows without bound\. "
    r"Add servers, shorten service, or simulate a finite horizon instead\.$"
)


@pytest.mark.parametrize(
    "call",
    [
        lambda: theory.erlang_c(12.0, 10),
        lambda: theory.mean_wait_mmc(6.0, 2.0, 10),
        lambda: theory.mean_waits_priority_mmc([2.0, 4.0], 2.0, 10),
    ],
    ids=["erlang_c", "mean_wait_mmc", "mean_waits_priority_mmc"],
)
def test_overload_says_that_there_is_no_steady_state(call: Callable[[], object]) -> None:
    with pytest.raises(InputError, match=NO_STEADY_STATE):
        call()


def test_load_equal_to_the_servers_has_no_steady_state_either() -> None:
    with pytest.raises(InputError, match=r"offered load 1 is not below 1 server, so"):
        theory.erlang_c(1.0, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: theory.erlang_b(-1.0, 3), r"^offered_load is -1\.0\. Expected 0 or more\. Check"),
        (lambda: theory.erlang_b(math.nan, 3), r"^offered_load is nan\. Expected a finite number\."),
        (lambda: theory.erlang_b(math.inf, 3), r"^offered_load is inf\. Expected a finite number\."),
        (lambda: theory.erlang_b(1.0, -1), r"^servers is -1\. Expected a whole number of at least 0\."),
        (lambda: theory.erlang_b(1.0, 2.5), r"^servers is 2\.5\. Expected a whole"),  # type: ignore[arg-type]
        (lambda: theory.erlang_b(1.0, True), r"^servers is True\. Expected a whole number"),
        (lambda: theory.erlang_b("many", 2), r"^offered_load is 'many'\. Exp"),  # type: ignore[arg-type]
        (lambda: theory.erlang_c(0.5, 0), r"^servers is 0\. Expected a whole number of at least 1\."),
        (
            lambda: theory.mean_wait_mmc(1.0, 0.0, 2),
            r"^mean_service_time is 0\.0\. Expected a number above 0",
        ),
        (lambda: theory.mean_wait_mmc(-1.0, 1.0, 2), r"^arrival_rate is -1\.0\. Expected 0 or more"),
        (lambda: theory.mean_waits_priority_mmc([], 1.0, 2), r"^arrival_rates is \[\]\. Expected a list of"),
        (
            lambda: theory.mean_waits_priority_mmc([[1.0]], 1.0, 2),
            r"^arrival_rates is \[\[1\.0\]\]\. Expected",
        ),
        (lambda: theory.mean_waits_priority_mmc([1.0, -2.0], 1.0, 2), r"^arrival_rates\[1\] is -2\.0\. Exp"),
        (lambda: theory.two_class_preemptive_loss(1.0, 0.0, 2), r"^offered_load_class_2 is 0\.0\. Expected"),
        (lambda: theory.two_class_preemptive_loss(1.0, 1.0, -2), r"^places is -2\. Expected a whole number"),
        (lambda: theory.places_for_loss(1.0, 0.0), r"^loss is 0\.0\. Expected a number above 0\."),
        (
            lambda: theory.places_for_loss(1.0, 1.5),
            r"^loss is 1\.5\. Expected a share from 0 to 1\. Write perc",
        ),
        (lambda: theory.required_places_square_root(100.0, -1.0), r"^z is -1\.0\. Expected 0 or more\."),
        (lambda: theory.little(1.0, -1.0), r"^mean_time is -1\.0\. Expected 0 or more\."),
        (lambda: theory.repeated_trials(1.2, 0.1), r"^p_apprehension is 1\.2\. Expected a share from 0 to 1"),
        (
            lambda: theory.repeated_trials(1.0, 0.0),
            r"^attempts never end: p_apprehension is 1 and p_quit is 0",
        ),
        (
            lambda: theory.apprehension_probability_from_repeats(0.6, 0.5),
            r"^no apprehension probability fits: share_followed_by_another is 0\.6 and p_quit is 0\.5\. Exp",
        ),
        (
            lambda: theory.apprehension_probability_from_repeats(0.0, 1.0),
            r"and p_quit is 1\. Expected p_quit",
        ),
        (
            lambda: theory.gotaways_per_apprehension(0.0),
            r"^p_apprehension is 0\.0\. Expected a number above 0",
        ),
        (
            lambda: theory.relief_units_per_week(30.0, 390.0, 1_200.0, 26.0),
            r"^no relief needed: target_length 1200 is above queue_length 390\. Expected",
        ),
        (
            lambda: theory.relief_units_per_week(30.0, 390.0, 0.0, 0.0),
            r"^weeks is 0\.0\. Expected a number abo",
        ),
        (lambda: theory.queue_load(30.0, 0.0), r"^units_per_week is 0\.0\. Expected a number above 0\."),
        (lambda: theory.pending_after(1.0, 1.0, -1.0, 1.0, 1.0), r"^judges is -1\.0\. Expected 0 or more\."),
        (
            lambda: theory.break_even_judges(1.0, 0.0),
            r"^completions_per_judge_year is 0\.0\. Expected a numbe",
        ),
        (
            lambda: theory.prison_population(1.0, [1.0], 0.5),
            r"^mean_stay is 0\.5 periods\. Expected at least 1",
        ),
        (
            lambda: theory.prison_population(1.0, [-1.0], 2.0),
            r"^admissions\[0\] is -1\.0\. Expected 0 or more",
        ),
    ],
)
def test_a_bad_argument_is_named_with_its_value_and_what_was_expected(
    call: Callable[[], object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        call()


# --- laws ---

loads = st.floats(0.0, 500.0)
probabilities = st.floats(0.0, 1.0)
utilizations = st.floats(0.0, 0.999)


@given(loads, st.integers(0, 600))
def test_erlang_b_is_a_probability(load: float, servers: int) -> None:
    assert 0.0 <= theory.erlang_b(load, servers) <= 1.0


@given(st.floats(0.01, 500.0), st.integers(0, 120))
def test_another_server_turns_fewer_away(load: float, servers: int) -> None:
    fewer, more = theory.erlang_b(load, servers), theory.erlang_b(load, servers + 1)
    assert more < fewer or more == fewer == 0.0


@given(loads, st.floats(1e-6, 1.0))
def test_places_for_loss_inverts_erlang_b(load: float, loss: float) -> None:
    places = theory.places_for_loss(load, loss)
    assert theory.erlang_b(load, places) <= loss
    assert places == 0 or theory.erlang_b(load, places - 1) > loss


@given(utilizations, st.integers(1, 200))
def test_waiting_is_at_least_as_likely_as_loss(utilization: float, servers: int) -> None:
    load = utilization * servers
    assert theory.erlang_b(load, servers) <= theory.erlang_c(load, servers) < 1.0


@given(
    st.lists(st.floats(0.01, 1.0), min_size=1, max_size=8),
    st.floats(0.01, 0.99),
    st.floats(0.01, 100.0),
    st.integers(1, 60),
)
def test_priority_moves_waiting_between_classes_and_removes_none(
    weights: list[float], utilization: float, mean_service_time: float, servers: int
) -> None:
    shares = np.array(weights) / sum(weights)
    rates = shares * utilization * servers / mean_service_time
    waits = theory.mean_waits_priority_mmc(rates, mean_service_time, servers)
    fifo = theory.mean_wait_mmc(float(rates.sum()), mean_service_time, servers)
    assert np.all(np.diff(waits) >= 0.0)
    assert float(shares @ waits) == pytest.approx(fifo, rel=1e-9)


@given(loads, st.floats(0.01, 500.0), st.integers(0, 600))
def test_two_classes_never_fill_more_than_the_places_or_their_loads(
    first: float, second: float, places: int
) -> None:
    outcome = theory.two_class_preemptive_loss(first, second, places)
    assert outcome.carried_class_1 + outcome.carried_class_2 <= places * (1.0 + 1e-9)
    assert outcome.carried_class_1 <= first
    assert 0.0 <= outcome.served_share_class_2 <= 1.0 + 1e-9


@given(st.floats(0.0, 0.999), probabilities)
def test_every_migrant_gets_through_or_quits(p_apprehension: float, p_quit: float) -> None:
    outcome = theory.repeated_trials(p_apprehension, p_quit)
    quitters = outcome.apprehensions_per_migrant * p_quit
    assert outcome.successes_per_migrant + quitters == pytest.approx(1.0, rel=1e-9)


@given(probabilities, st.floats(0.01, 0.99))
def test_the_observed_share_leads_back_to_the_apprehension_probability(p: float, p_quit: float) -> None:
    share = theory.repeated_trials(p, p_quit).share_followed_by_another
    assert theory.apprehension_probability_from_repeats(share, p_quit) == pytest.approx(p, rel=1e-9)


@settings(max_examples=50)
@given(st.floats(0.0, 3e6), st.floats(0.0, 1e6), st.floats(0.0, 2_000.0), st.integers(0, 30))
def test_pending_is_the_same_year_by_year(pending: float, receipts: float, judges: float, years: int) -> None:
    stepped = pending
    for _ in range(years):
        stepped = theory.pending_after(stepped, receipts, judges, COMPLETIONS, 1.0)
    assert theory.pending_after(pending, receipts, judges, COMPLETIONS, years) == pytest.approx(
        stepped, rel=1e-9, abs=1e-3
    )


@given(st.floats(0.0, 1e6), st.floats(1.0, 50.0), st.integers(1, 50))
def test_the_steady_prison_population_stays(admissions: float, mean_stay: float, periods: int) -> None:
    steady = theory.steady_prison_population(admissions, mean_stay)
    path = theory.prison_population(steady, np.full(periods, admissions), mean_stay)
    assert path == pytest.approx(np.full(periods + 1, steady), rel=1e-9)
