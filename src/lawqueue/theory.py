"""
Closed forms: what a queue, a loss system or a stock of cases does in the long run, without simulation.

They check the simulator, and they answer a first question in a microsecond. Time is in any one unit,
kept the same within a call, unless an argument names its unit. Nothing is rounded.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lawqueue.errors import InputError

# --- queues and loss systems -------------------------------------------------------------------------


def erlang_b(offered_load: float, servers: int) -> float:
    """
    Return the probability that an arriving case finds all servers taken and is turned away (M/G/c/c).

    Parameters
    ----------
    offered_load
        Arrival rate times mean service time, a = λ/μ [erlang]; 0 or more.
    servers
        Number of identical servers, c, with no room to wait; 0 or more.

    Returns
    -------
    float
        B(c, a), in [0, 1] [/1]. The load carried is ``offered_load * (1 - erlang_b(...))``.

    Raises
    ------
    InputError
        The load is negative or not finite, or the servers are negative or not whole.

    Notes
    -----
    Recursion B(k) = a·B(k−1) / (k + a·B(k−1)) from B(0) = 1; every term lies in [0, 1], so nothing
    overflows. O(servers). Only the mean of the service time matters, not its distribution.

    References
    ----------
    A. K. Erlang, 1917, "Solution of some problems in the theory of probabilities of significance in
    automatic telephone exchanges".
    D. L. Jagerman, 1974, "Some properties of the Erlang loss function".

    Examples
    --------
    With a = 1 and c = 2 the states 0, 1, 2 have weights 1, 1, 1/2, so B = 0.5 / 2.5.

    >>> erlang_b(1.0, 2)
    0.2
    """
    load = _at_least_zero("offered_load", offered_load)
    return _loss(load, _whole("servers", servers, least=0))


def erlang_c(offered_load: float, servers: int) -> float:
    """
    Return the probability that an arriving case has to wait in M/M/c with unlimited room to wait.

    Parameters
    ----------
    offered_load
        Arrival rate times mean service time, a = λ/μ [erlang]; from 0 to below `servers`.
    servers
        Number of identical servers, c; 1 or more.

    Returns
    -------
    float
        C(c, a), in [0, 1) [/1].

    Raises
    ------
    InputError
        The load is not below the servers (no steady state), negative or not finite, or the servers are
        not a whole number of at least 1.

    References
    ----------
    A. K. Erlang, 1917, "Solution of some problems in the theory of probabilities of significance in
    automatic telephone exchanges".

    Examples
    --------
    With one server a case waits exactly when the server is busy, so C equals the utilization.

    >>> erlang_c(0.75, 1)
    0.75
    """
    load, n_servers = _stable(offered_load, servers)
    lost = _loss(load, n_servers)
    return lost / (1.0 - load / n_servers * (1.0 - lost))


def mean_wait_mmc(arrival_rate: float, mean_service_time: float, servers: int) -> float:
    """
    Return the mean waiting time before service in M/M/c, first in first out.

    Parameters
    ----------
    arrival_rate
        Cases per unit of time, λ; 0 or more.
    mean_service_time
        Mean of the exponential service time, 1/μ, in that unit of time; above 0.
    servers
        Number of identical servers, c; 1 or more.

    Returns
    -------
    float
        Mean waiting time of all cases, those that do not wait included [the same unit of time].

    Raises
    ------
    InputError
        The offered load is not below the servers (no steady state), or an argument is out of range.

    References
    ----------
    D. Gross, J. F. Shortle, J. M. Thompson and C. M. Harris, 2008, "Fundamentals of Queueing Theory".

    Examples
    --------
    One server, λ = 2, μ = 4: ρ = 1/2 and the wait is ρ / (μ − λ) = 0.25.

    >>> mean_wait_mmc(2.0, 0.25, 1)
    0.25
    """
    load = _load(arrival_rate, mean_service_time)
    p_wait = erlang_c(load, servers)
    return p_wait * mean_service_time / (servers - load)


def mean_waits_priority_mmc(
    arrival_rates: ArrayLike, mean_service_time: float, servers: int
) -> NDArray[np.float64]:
    """
    Return the mean waiting time of each class in M/M/c with non-preemptive priority.

    Service that has begun is finished; then the most urgent waiting class goes first, and within a class
    the first to arrive.

    Parameters
    ----------
    arrival_rates : (n_classes,) float64
        Cases per unit of time of each class, the most urgent class first; each 0 or more.
    mean_service_time
        Mean of the exponential service time in that unit of time, equal for all classes; above 0.
    servers
        Number of identical servers, c; 1 or more.

    Returns
    -------
    (n_classes,) float64
        Mean waiting time before service [the same unit of time]. For a class that never arrives it is the
        wait that one added case would have.

    Raises
    ------
    InputError
        The load of all classes together is not below the servers, or an argument is out of range. Then
        the urgent classes may still have finite waits; this function does not give them.

    Notes
    -----
    With σ(k) the utilization due to classes 1 … k, the wait of class k is
    C(c, a) / (c·μ·(1 − σ(k−1))·(1 − σ(k))). Weighted by load, the waits average to the
    first-in-first-out wait: priority moves waiting between classes and removes none.

    References
    ----------
    A. Cobham, 1954, "Priority assignment in waiting line problems".
    O. Kella and U. Yechiali, 1985, "Waiting times in the non-preemptive priority M/M/c queue".

    Examples
    --------
    One server, μ = 1, λ = 0.2 and 0.6: the work in service found on arrival is 0.8, so the waits are
    0.8/0.8 = 1 and 0.8/(0.8 · 0.2) = 5.

    >>> mean_waits_priority_mmc([0.2, 0.6], 1.0, 1).round(9).tolist()
    [1.0, 5.0]
    """
    rates = _at_least_zero_each("arrival_rates", arrival_rates)
    service_time = _above_zero("mean_service_time", mean_service_time)
    p_wait = erlang_c(float(rates.sum()) * service_time, servers)
    idle_through = 1.0 - np.cumsum(rates) * service_time / servers
    idle_before = np.concatenate(([1.0], idle_through[:-1]))
    waits: NDArray[np.float64] = p_wait * service_time / (servers * idle_before * idle_through)
    return waits


@dataclass(frozen=True)
class TwoClassLoss:
    """
    Long-run outcome of two classes that share places, the first displacing the second.

    Parameters
    ----------
    loss_class_1
        Share of class-1 arrivals that find every place taken by class 1 [/1].
    carried_class_1, carried_class_2
        Mean number of places that the class fills.
    served_share_class_2
        Class-2 load carried over class-2 load offered [/1]: a share of person-days, not of persons, since
        a displaced person served part of the stay.
    """

    loss_class_1: float
    carried_class_1: float
    carried_class_2: float
    served_share_class_2: float


def two_class_preemptive_loss(
    offered_load_class_1: float, offered_load_class_2: float, places: int
) -> TwoClassLoss:
    """
    Return what two classes get from shared places when class 1 displaces class 2.

    An arrival that finds no place it may take is lost, and so is the rest of a displaced stay.

    Parameters
    ----------
    offered_load_class_1
        Load of the class that goes first [erlang]; 0 or more.
    offered_load_class_2
        Load of the class that can be displaced [erlang]; above 0.
    places
        Number of places, such as beds; 0 or more.

    Returns
    -------
    TwoClassLoss
        Loss of class 1, load carried of each class, served share of class 2.

    Raises
    ------
    InputError
        A load or the places are out of range.

    Notes
    -----
    Class 1 does not see class 2, so it is an Erlang loss system by itself. A displacement leaves the number
    of taken places as it is, so both classes together are one too. The difference is class 2. Exact for
    exponential stays with one common mean, and an approximation otherwise.

    Examples
    --------
    One place, load 1 each: class 1 fills it half the time, both 2/3 of the time, class 2 the rest.

    >>> outcome = two_class_preemptive_loss(1.0, 1.0, 1)
    >>> outcome.carried_class_1, round(outcome.carried_class_2, 6)
    (0.5, 0.166667)
    """
    first = _at_least_zero("offered_load_class_1", offered_load_class_1)
    second = _above_zero("offered_load_class_2", offered_load_class_2)
    n_places = _whole("places", places, least=0)
    both = _at_least_zero("offered_load_class_1 + offered_load_class_2", first + second)
    loss_class_1 = _loss(first, n_places)
    carried_class_1 = first * (1.0 - loss_class_1)
    # Rounding may put the difference a hair below zero where class 1 fills every place.
    carried_class_2 = max(0.0, both * (1.0 - _loss(both, n_places)) - carried_class_1)
    return TwoClassLoss(loss_class_1, carried_class_1, carried_class_2, carried_class_2 / second)


def places_for_loss(offered_load: float, loss: float) -> int:
    """
    Return the smallest number of places that turns away no more than a given share of arrivals.

    Parameters
    ----------
    offered_load
        Arrival rate times mean stay [erlang]; 0 or more.
    loss
        Largest share of arrivals that may be turned away [/1]; above 0, at most 1.

    Returns
    -------
    int
        The smallest c with ``erlang_b(offered_load, c) <= loss``.

    Raises
    ------
    InputError
        An argument is out of range.

    Notes
    -----
    O(places). `required_places_square_root` sizes by another measure and asks for more places.

    References
    ----------
    D. L. Jagerman, 1974, "Some properties of the Erlang loss function".

    Examples
    --------
    With load 1 the losses for 0, 1, 2, 3 places are 1, 1/2, 1/5, 1/16.

    >>> places_for_loss(1.0, 0.1)
    3
    """
    load = _at_least_zero("offered_load", offered_load)
    target = _above_zero("loss", _probability("loss", loss))
    lost, places = 1.0, 0
    while lost > target:
        places += 1
        lost = load * lost / (places + load * lost)
    return places


def required_places_square_root(offered_load: float, z: float) -> float:
    """
    Return the places that hold a fluctuating population with a given margin: n = m + z·√m.

    Parameters
    ----------
    offered_load
        Mean number of persons who would be held if there were always a place, m; 0 or more.
    z
        Margin in standard deviations, the standard normal quantile of the wanted certainty
        (1.645 for 95 %, 2.326 for 99 %, 3.09 for 99.9 %); 0 or more.

    Returns
    -------
    float
        Places, not rounded.

    Raises
    ------
    InputError
        An argument is negative or not finite.

    Notes
    -----
    The population without a limit is Poisson with mean m, near normal for large m; n is exceeded with
    the probability that belongs to z. That is a share of *time above n without a limit*, not the share of
    arrivals turned away at n places, which is lower: for m = 34,071, z = 2.326 gives 34,500.3, while the
    loss formula loses 1 % with only 33,814 places and 0.015 % of arrivals with 34,500.

    The published detention study's figure of about 34,500 places for 1 % overflow is the former measure
    (34,500.3). Its 50,000 places for load × 1.45 is 49,919.9 here (−0.16 %; 50,000 exactly would be
    load × 1.4523). Its 93,700 releases a year at 21,000 places is 93,559 by the loss formula with a
    51-day stay and a 365-day year (−0.15 %).

    References
    ----------
    Y. Liu and L. M. Wein, 2008, "A queueing analysis to determine how many additional beds are needed for
    the detention and removal of illegal aliens".

    Examples
    --------
    >>> required_places_square_root(100.0, 2.0)
    120.0
    """
    mean = _at_least_zero("offered_load", offered_load)
    return mean + _at_least_zero("z", z) * math.sqrt(mean)


def little(arrival_rate: float, mean_time: float) -> float:
    """
    Return the mean number present, L = λ·W.

    Parameters
    ----------
    arrival_rate
        Cases that enter per unit of time, λ; 0 or more.
    mean_time
        Mean time that a case stays, W, in that unit of time; 0 or more.

    Returns
    -------
    float
        Mean number of cases present: waiting, in service or in custody, whatever `mean_time` covers.

    Raises
    ------
    InputError
        An argument is negative or not finite.

    References
    ----------
    J. D. C. Little, 1961, "A proof for the queuing formula: L = λW".

    Examples
    --------
    100 book-ins a day and 40 days of stay are an average daily population of 4,000.

    >>> little(100.0, 40.0)
    4000.0
    """
    return _at_least_zero("arrival_rate", arrival_rate) * _at_least_zero("mean_time", mean_time)


# --- border: repeated trials -------------------------------------------------------------------------


@dataclass(frozen=True)
class RepeatedTrials:
    """
    Means over migrants who try to cross until they succeed or give up.

    Parameters
    ----------
    apprehensions_per_migrant
        Mean number of apprehensions of one migrant.
    successes_per_migrant
        Share of migrants who get through in the end [/1].
    share_followed_by_another
        Share of apprehensions after which the same migrant is apprehended again [/1].
    """

    apprehensions_per_migrant: float
    successes_per_migrant: float
    share_followed_by_another: float


def repeated_trials(p_apprehension: float, p_quit: float) -> RepeatedTrials:
    """
    Return what becomes of migrants who try again after an apprehension unless they quit.

    Parameters
    ----------
    p_apprehension
        Probability that one attempt ends in an apprehension, p [/1].
    p_quit
        Probability that a migrant gives up after an apprehension, d [/1].

    Returns
    -------
    RepeatedTrials
        p/(1 − r) apprehensions and (1 − p)/(1 − r) successes per migrant, and the share r = p·(1 − d).

    Raises
    ------
    InputError
        A probability is outside [0, 1], or every attempt fails and nobody quits, so attempts never end.

    Notes
    -----
    Attempts are alike and independent: no learning, no deterrence by an earlier apprehension but `p_quit`.

    References
    ----------
    T. J. Espenshade, 1990, "Undocumented migration to the United States: evidence from a repeated trials
    model".

    Examples
    --------
    If half of all attempts fail and everybody tries again, each migrant is caught once on average.

    >>> repeated_trials(0.5, 0.0)
    RepeatedTrials(apprehensions_per_migrant=1.0, successes_per_migrant=1.0, share_followed_by_another=0.5)
    """
    caught = _probability("p_apprehension", p_apprehension)
    again = caught * (1.0 - _probability("p_quit", p_quit))
    if again == 1.0:
        raise InputError(
            "attempts never end: p_apprehension is 1 and p_quit is 0. "
            "Expected a chance to get through or to give up. Lower p_apprehension, or raise p_quit."
        )
    return RepeatedTrials(caught / (1.0 - again), (1.0 - caught) / (1.0 - again), again)


def apprehension_probability_from_repeats(share_followed_by_another: float, p_quit: float) -> float:
    """
    Return the apprehension probability of one attempt that an observed re-apprehension share implies.

    Parameters
    ----------
    share_followed_by_another
        Share of apprehensions after which the same migrant is apprehended again, r [/1].
    p_quit
        Assumed probability that a migrant gives up after an apprehension, d [/1]; at most 1 − r, below 1.

    Returns
    -------
    float
        p = r/(1 − d) [/1].

    Raises
    ------
    InputError
        A probability is out of range, or no p in [0, 1] fits the pair.

    Notes
    -----
    The share alone does not identify p, since no record shows who quit: give a band over `p_quit`.

    References
    ----------
    T. J. Espenshade, 1990, "Undocumented migration to the United States: evidence from a repeated trials
    model".

    Examples
    --------
    >>> [apprehension_probability_from_repeats(0.25, d) for d in (0.0, 0.5)]
    [0.25, 0.5]
    """
    share = _probability("share_followed_by_another", share_followed_by_another)
    stay = 1.0 - _probability("p_quit", p_quit)
    # A pair such as .1 and .9 meets the bound but for the rounding of 1 − .9.
    if stay <= 0.0 or (share > stay and not math.isclose(share, stay, rel_tol=1e-12)):
        raise InputError(
            f"no apprehension probability fits: share_followed_by_another is {share:.12g} and p_quit is "
            f"{p_quit:.12g}. Expected p_quit below 1 and the share at most 1 - p_quit. "
            "Lower p_quit, or check the share."
        )
    return min(1.0, share / stay)


def gotaways_per_apprehension(p_apprehension: float) -> float:
    """
    Return the attempts that get through for each one that is stopped, (1 − p)/p.

    Parameters
    ----------
    p_apprehension
        Probability that one attempt ends in an apprehension, p [/1]; above 0.

    Returns
    -------
    float
        Gotaways per apprehension, 0 or more.

    Raises
    ------
    InputError
        The probability is not in (0, 1].

    Notes
    -----
    The same whatever the share that quits, because each attempt counts by itself.

    Examples
    --------
    >>> gotaways_per_apprehension(0.25)
    3.0
    """
    caught = _above_zero("p_apprehension", _probability("p_apprehension", p_apprehension))
    return (1.0 - caught) / caught


# --- stocks: waiting lists, dockets, prisons ---------------------------------------------------------


def relief_units_per_week(
    demand_per_week: float, queue_length: float, target_length: float, weeks: float
) -> float:
    """
    Return the service per week that brings a waiting list down to a target in a given time.

    Parameters
    ----------
    demand_per_week
        Cases that join per week; 0 or more.
    queue_length
        Cases on the list now; 0 or more.
    target_length
        Cases that may be on it at the end; from 0 to `queue_length`.
    weeks
        Time allowed [week]; above 0.

    Returns
    -------
    float
        All cases to be served per week, new ones and old, not only the extra ones.

    Raises
    ------
    InputError
        An argument is out of range, or the target is above the list.

    Notes
    -----
    Demand plus the reduction spread evenly over the weeks; chance fluctuation is left out.

    Examples
    --------
    Ten join each week and 100 must go in 20 weeks, five a week.

    >>> relief_units_per_week(10.0, 150.0, 50.0, 20.0)
    15.0
    """
    now = _at_least_zero("queue_length", queue_length)
    target = _at_least_zero("target_length", target_length)
    if target > now:
        raise InputError(
            f"no relief needed: target_length {target:.12g} is above queue_length {now:.12g}. "
            "Expected a target that is not longer than the queue. Lower target_length."
        )
    return _at_least_zero("demand_per_week", demand_per_week) + (now - target) / _above_zero("weeks", weeks)


def queue_load(demand_per_week: float, units_per_week: float) -> float:
    """
    Return demand over service: above 1 the waiting list grows.

    Parameters
    ----------
    demand_per_week
        Cases that join per week; 0 or more.
    units_per_week
        Cases that can be served per week; above 0.

    Returns
    -------
    float
        Load of the list [/1], 0 or more; may exceed 1.

    Raises
    ------
    InputError
        An argument is out of range.

    Examples
    --------
    >>> queue_load(12.0, 10.0)
    1.2
    """
    return _at_least_zero("demand_per_week", demand_per_week) / _above_zero("units_per_week", units_per_week)


def pending_after(
    pending: float, receipts_per_year: float, judges: float, completions_per_judge_year: float, years: float
) -> float:
    """
    Return the cases pending after some years of constant receipts and completions.

    Parameters
    ----------
    pending
        Cases pending at the start; 0 or more.
    receipts_per_year
        Cases received per year; 0 or more.
    judges
        Judges on the bench throughout, fractions allowed; 0 or more.
    completions_per_judge_year
        Cases that one judge completes per year while there are cases; 0 or more.
    years
        Time from the start [year]; 0 or more.

    Returns
    -------
    float
        Cases pending, never below 0: judges without cases complete none.

    Raises
    ------
    InputError
        An argument is negative or not finite.

    Notes
    -----
    The rates are constant, so stepping year by year gives the same number. With 2.0 million pending,
    392,000 receipts, 456 completions per judge-year and 649 judges in 2023, 300 more leave 1.593 million
    in 2033 (published: 1.6 million) and 700 more leave 214,848 in 2031 and none in 2032 (published: none
    in 2032). The constants were back-solved from the published projection, not stated in it.

    References
    ----------
    Congressional Research Service, 2023, "Immigration judge hiring and projected impact on the immigration
    courts backlog", report R47637.

    Examples
    --------
    Two judges complete 1,000 a year of the 900 received and the 250 pending.

    >>> [pending_after(250.0, 900.0, 2.0, 500.0, years) for years in (1.0, 2.0, 3.0)]
    [150.0, 50.0, 0.0]
    """
    growth = _at_least_zero("receipts_per_year", receipts_per_year) - _at_least_zero(
        "judges", judges
    ) * _at_least_zero("completions_per_judge_year", completions_per_judge_year)
    return max(0.0, _at_least_zero("pending", pending) + growth * _at_least_zero("years", years))


def break_even_judges(receipts_per_year: float, completions_per_judge_year: float) -> float:
    """
    Return the number of judges who complete as many cases as are received.

    Parameters
    ----------
    receipts_per_year
        Cases received per year; 0 or more.
    completions_per_judge_year
        Cases that one judge completes per year; above 0.

    Returns
    -------
    float
        Judges, not rounded.

    Raises
    ------
    InputError
        An argument is out of range.

    Notes
    -----
    392,000 receipts and 456 completions give 859.6, so 860 whole judges; the figure published with them is
    861 (859.6 is 0.16 % less). Rounding explains it: receipts of 392,161 to 392,499, or 455.5 completions,
    are written as the same constants and need 861 whole judges.

    References
    ----------
    Congressional Research Service, 2023, "Immigration judge hiring and projected impact on the immigration
    courts backlog", report R47637.

    Examples
    --------
    >>> break_even_judges(1000.0, 400.0)
    2.5
    """
    receipts = _at_least_zero("receipts_per_year", receipts_per_year)
    return receipts / _above_zero("completions_per_judge_year", completions_per_judge_year)


def prison_population(population: float, admissions: ArrayLike, mean_stay: float) -> NDArray[np.float64]:
    """
    Return the path of a prison population that loses the share 1/l of itself in each period.

    Parameters
    ----------
    population
        Persons held at the start, n(0); 0 or more.
    admissions : (n_periods,) float64
        Persons admitted in each period, a; each 0 or more.
    mean_stay
        Mean length of stay, l, in periods; 1 or more.

    Returns
    -------
    (n_periods + 1,) float64
        Persons held at the start and at the end of each period: n(t) = n(t−1)·(1 − 1/l) + a(t).

    Raises
    ------
    InputError
        An argument is out of range.

    Notes
    -----
    One compartment: whoever is held leaves with the same chance, so the stay has no memory.

    References
    ----------
    Urban Institute, 2015, "The Prison Population Forecaster".

    Examples
    --------
    A fourth leaves each year, and 100 come.

    >>> prison_population(800.0, [100.0, 100.0], 4.0).tolist()
    [800.0, 700.0, 625.0]
    """
    held = _at_least_zero("population", population)
    admitted = _at_least_zero_each("admissions", admissions)
    remaining = 1.0 - 1.0 / _stay(mean_stay)
    path = np.empty(len(admitted) + 1)
    path[0] = held
    for period, entered in enumerate(admitted):
        path[period + 1] = path[period] * remaining + entered
    return path


def steady_prison_population(admissions: float, mean_stay: float) -> float:
    """
    Return the population at which a prison neither grows nor shrinks, a·l.

    Parameters
    ----------
    admissions
        Persons admitted in each period, a; 0 or more.
    mean_stay
        Mean length of stay, l, in periods; 1 or more.

    Returns
    -------
    float
        Persons held.

    Raises
    ------
    InputError
        An argument is out of range.

    Notes
    -----
    Cuts multiply: half the admissions and four fifths of the stay leave 0.5 and 0.8 of the population
    each by itself, and 0.4 together.

    References
    ----------
    J. D. C. Little, 1961, "A proof for the queuing formula: L = λW".

    Examples
    --------
    >>> steady_prison_population(100.0, 4.0)
    400.0
    """
    return _at_least_zero("admissions", admissions) * _stay(mean_stay)


# --- arguments ---------------------------------------------------------------------------------------


def _loss(load: float, servers: int) -> float:
    lost = 1.0
    for k in range(1, servers + 1):
        lost = load * lost / (k + load * lost)
    return lost


def _load(arrival_rate: float, mean_service_time: float) -> float:
    return _at_least_zero("arrival_rate", arrival_rate) * _above_zero("mean_service_time", mean_service_time)


def _stable(offered_load: float, servers: int) -> tuple[float, int]:
    load = _at_least_zero("offered_load", offered_load)
    n_servers = _whole("servers", servers, least=1)
    if load >= n_servers:
        raise InputError(
            f"no steady state: offered load {load:.12g} is not below {n_servers} "
            f"server{'' if n_servers == 1 else 's'}, so the backlog grows without bound. "
            "Add servers, shorten service, or simulate a finite horizon instead."
        )
    return load, n_servers


def _stay(mean_stay: float) -> float:
    stay = _number("mean_stay", mean_stay)
    if stay < 1.0:
        raise InputError(
            f"mean_stay is {mean_stay!r} periods. Expected at least 1, since the share 1/mean_stay leaves "
            "in each period. Use a shorter period."
        )
    return stay


def _number(name: str, value: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"{name} is {value!r}. Expected a finite number. Give {name} a value.")
    return number


def _at_least_zero(name: str, value: float) -> float:
    number = _number(name, value)
    if number < 0.0:
        raise InputError(f"{name} is {value!r}. Expected 0 or more. Check its sign.")
    return number


def _above_zero(name: str, value: float) -> float:
    number = _number(name, value)
    if number <= 0.0:
        raise InputError(f"{name} is {value!r}. Expected a number above 0. Give a positive {name}.")
    return number


def _probability(name: str, value: float) -> float:
    number = _number(name, value)
    if not 0.0 <= number <= 1.0:
        raise InputError(
            f"{name} is {value!r}. Expected a share from 0 to 1. Write percent as a decimal, 0.2 for 20 %."
        )
    return number


def _whole(name: str, value: int, *, least: int) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if isinstance(value, bool) or number < least:
        raise InputError(
            f"{name} is {value!r}. Expected a whole number of at least {least}. Round it, or add {name}."
        )
    return number


def _at_least_zero_each(name: str, values: ArrayLike) -> NDArray[np.float64]:
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        numbers = np.empty(0)
    if numbers.ndim != 1 or numbers.size == 0:
        raise InputError(
            f"{name} is {values!r}. Expected a list of at least one number. "
            "Give one number for each entry, in order."
        )
    for place, number in enumerate(numbers):
        _at_least_zero(f"{name}[{place}]", float(number))
    return numbers
