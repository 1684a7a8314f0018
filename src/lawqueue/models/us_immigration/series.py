"""
What the model reports: every series with its name, unit, stamp, definition, and published counterpart.

A series follows one official definition and never mixes two. Stamps: a series that is fed in from
published figures is `data`; one that the parameters fix is `assumed` or `fitted`; the rest is `emergent`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.resolution import SimulatedWait
from lawqueue.models.cube import Kind, Results, Series, Stamp
from lawqueue.models.us_immigration.border import SECTORS
from lawqueue.models.us_immigration.courts import PENDING, judges
from lawqueue.models.us_immigration.custody import places_of_custody
from lawqueue.models.us_immigration.groups import INTERIM
from lawqueue.models.us_immigration.places import KINDS
from lawqueue.models.us_immigration.removal import WAYS_OUT
from lawqueue.models.us_immigration.world import World

if TYPE_CHECKING:
    from lawqueue.engine.results import Run

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reading:
    """
    A run of the model with its inputs, ready to be read.

    Every method returns an array of shape (n_replicates, n_months), or one that broadcasts to it.
    """

    run: Run
    world: World

    @cached_property
    def ice(self) -> NDArray[np.bool_]:
        """Which groups ICE arrests: those met in the interior, shape (n_groups,)."""
        return self.world.groups.interior()

    @cached_property
    def interim(self) -> NDArray[np.bool_]:
        """Which of them the interim guidance of February 2021 presumes to be a priority."""
        return self.ice & self.world.groups.presumed(INTERIM)

    @cached_property
    def on_record(self) -> NDArray[np.bool_]:
        """Which of them have a conviction or a pending charge: the same line whatever guideline is in force."""
        return np.asarray(self.ice & (self.world.groups.conviction != "none"))

    @property
    def days(self) -> Floats:
        """Days of each month."""
        return self.run.ticks.astype(float)

    def flow(self, node: str, *labels: str, groups: NDArray[np.bool_] | None = None) -> Floats:
        """Return passages out of a node along some of its edges, or along all."""
        if not labels:
            return self.run.passages(node, groups=groups)
        return total(self.run.passages(node, label, groups) for label in labels)

    def mean_of(self, daily: Floats) -> Floats:
        """Return the monthly means of a series by day, shape (n_months,)."""
        return np.asarray(np.bincount(self.world.month_of, daily) / self.days)

    def sum_of(self, daily: Floats) -> Floats:
        """Return the monthly sums of a series by day, shape (n_months,)."""
        return np.asarray(np.bincount(self.world.month_of, daily), np.float64)

    def custody(self, groups: NDArray[np.bool_] | None = None) -> Floats:
        """Return people in custody: on their stay, or waiting in it for a screening, a hearing or a removal."""
        # Some at the door wait for a bed: of those counted there, the part in a place is the same in every group.
        return self._counted(groups) * self._in_places

    def _counted(self, groups: NDArray[np.bool_] | None = None) -> Floats:
        return total(self.run.level(place, groups) for place in ("detention", *_WITHIN))

    @cached_property
    def _in_places(self) -> Floats:
        every = self._counted()
        taken = self.run.places_taken("detention")
        return np.divide(taken, every, out=np.ones_like(every), where=every > 0)

    def arrests(self, groups: NDArray[np.bool_] | None = None) -> Floats:
        """Return administrative arrests in the interior by ICE."""
        return self.flow("arrested", groups=groups)

    def removals(self, groups: NDArray[np.bool_] | None = None) -> Floats:
        """Return removals out of custody, by land and by air, as ICE counts them."""
        return total(self.flow(f"removal.{way}", "removed", groups=groups) for way in WAYS_OUT)

    def transported(self, groups: NDArray[np.bool_] | None = None) -> Floats:
        """Return all who leave custody for the border or an airport, those not counted as removals among them."""
        return total(self.flow(f"removal.{way}", groups=groups) for way in WAYS_OUT)

    def releases(self, groups: NDArray[np.bool_]) -> Floats:
        """Return releases from custody: on bond or recognizance, on review, under supervision, after a screening."""
        return total(self.flow(node, *labels, groups=groups) for node, labels in _RELEASED)

    def decided(self) -> dict[str, Floats]:
        """Return cases decided by lane."""
        return {
            "first_hearing": self.flow("first_hearing", *_QUICK),
            "priority_docket": self.flow("priority_docket"),
            "docket": self.flow("docket", *_LATE),
            "detained_docket": self.flow("detained_docket"),
            "mpp_docket": self.flow("mpp_docket"),
        }

    def not_taken(self, groups: NDArray[np.bool_]) -> Floats:
        """Return bookings, releases from prison and leads that end without an arrest by ICE."""
        return total(self.flow(node, *labels, groups=groups) for node, labels in NOT_TAKEN)

    def cost(self, name: str, units: Floats) -> Floats:
        """Return units times a unit cost, by month."""
        return np.asarray(units) * self.mean_of(self.world.daily(f"cost.{name}"))


_WITHIN = (
    "long_custody",
    "fear_screening",
    "detained_docket",
    "removal_casework",
    "removal.land",
    "removal.air",
)
"""Where people in custody are beside their stay."""
_NO_BED = ("no_bed", "no_bed_under_order")
_RELEASED = (
    ("custody_outcome", ("released_under_order", "bond_or_recognizance")),
    ("custody_review", ("released_under_order", "released_on_review")),
    ("executable", ("not_removable",)),
    ("fear_screening", ("positive_released",)),
)
_QUICK = ("absent_order", "terminated")
_LATE = ("order_appealed", "order_final", "relief", "terminated", "dismissed_on_motion")
_Reader = Callable[[Reading], Floats | SimulatedWait]
PRISONS = ("prison.a", "prison.b1", "prison.b2")
NOT_TAKEN = (
    ("mandate", ("no_agency",)),
    ("civil_priority", ("not_pursued",)),
    ("approval", ("denied", "too_late")),
    ("action", ("not_pursued",)),
    ("screening", ("released_by_jail",)),
    *((f"handoff.{kind}", ("released_by_jail",)) for kind in KINDS),
    ("custodial_arrest", ("released_by_jail",)),
    ("at_large_arrest", ("lead_went_cold",)),
)
"""Where a case of the interior ends without an arrest: nodes, and the labels of the ways out."""
CUSTODY = "Custody and whom it falls on"


def total(parts: Iterable[Floats]) -> Floats:
    """Return the sum of series of one shape."""
    return np.asarray(np.sum(list(parts), axis=0))


_TO_ICE = (
    "expedited",
    "fear_claimed",
    "notice_detained",
    "family_detained",
    "family_fear_claimed",
    "let_go_by_ice",
    "entry_referred",
    "reentry_referred",
    "reentry_referred_title42",
)


def _passages(node: str, *labels: str) -> _Reader:
    return lambda r: r.flow(node, *labels)


def _wait(*stations: str) -> _Reader:
    """Return the reader of the mean wait at some stations, over all whose service began."""

    def read(r: Reading) -> SimulatedWait:
        parts = [(r.flow(each), r.run.simulated_wait(each)) for each in stations]
        return SimulatedWait(
            _weighted(*((cases, wait.mean) for cases, wait in parts)),
            _weighted(*((cases, wait.chance) for cases, wait in parts)),
        )

    return read


def _work(station: str) -> _Reader:
    return lambda r: r.run.work(station)


def _older_than(days: int) -> _Reader:
    def read(reading: Reading) -> Floats:
        ages, least = reading.run.age_histogram("docket")
        every = ages.sum(axis=(2, 3))
        old = ages[..., least >= days].sum(axis=(2, 3))
        return np.asarray(np.divide(old, every, out=np.full_like(every, np.nan), where=every > 0))

    return read


def _of_agency(agency: str, read: Callable[[Reading, NDArray[np.bool_]], Floats]) -> _Reader:
    """Return what a reading gives for the groups that ICE arrests, or for the others."""
    return lambda r: read(r, r.ice if agency == "ice" else ~r.ice)


def _weighted(*parts: tuple[Floats, Floats]) -> Floats:
    """Return the mean of some values, weighted by the cases of each; NaN where there are none."""
    weight = total(cases for cases, _ in parts)
    summed = total(np.where(cases > 0, cases * np.nan_to_num(value), 0.0) for cases, value in parts)
    return np.asarray(np.divide(summed, weight, out=np.full_like(weight, np.nan), where=weight > 0))


def _days_to_complete(reading: Reading) -> Floats:
    """Return the mean time from filing to decision of the cases decided in each month, lane by lane [day]."""
    each = reading.mean_of

    def waited(node: str) -> Floats:
        return reading.run.simulated_wait(node).mean

    daily = reading.world.daily
    calendar = each(daily("court.calendar_days"))
    before = {
        "first_hearing": calendar + waited("first_hearing"),
        "priority_docket": each(daily("court.priority_days")) + waited("priority_docket"),
        "docket": calendar + waited("first_hearing") + waited("docket"),
        "detained_docket": waited("detained_docket") + each(daily("detention.stay.interior")),
        "mpp_docket": each(daily("court.mpp_days")) + waited("mpp_docket"),
    }
    return _weighted(*((cases, before[lane]) for lane, cases in reading.decided().items()))


def _hours_heard(reading: Reading) -> Floats:
    """Return hours of judges on all dockets, as far as they were not lost to closures [hour]."""

    def work(kind: str, *stations: str) -> Floats:
        return total(reading.run.work(each) for each in stations) * (
            reading.mean_of(reading.world.daily(f"court.open_share.{kind}")) if kind else 1.0
        )

    return (
        work("first", "first_hearing")
        + work("merits", "priority_docket", "docket")
        + work("", "detained_docket", "mpp_docket")
    ) / 60


def _on_line(reading: Reading) -> Floats:
    """Return the share of agents' hours that processing leaves for the line."""
    pools = [f"agents.{each}" for each in SECTORS]
    free = total(map(reading.run.pool_idle, pools)) / total(map(reading.run.pool_units, pools))
    return np.asarray(1 - (1 - free) * reading.mean_of(reading.world.daily("border.processing_most")))


def _repeat_share(reading: Reading) -> Floats:
    """Return repeat attempts after an encounter, as far as they are met again, over encounters."""
    met = total(reading.flow(f"detection.{s}", "apprehended") for s in SECTORS)
    turned = total(reading.flow(f"detection.{s}", "turned_back") for s in SECTORS)
    evaded = total(reading.flow(f"detection.{s}", "evaded") for s in SECTORS)
    again = reading.flow("sector") - reading.flow("turned_back", "soon")
    # Those who do not give themselves up are nearly all single adults; a known share of them is turned back.
    attempts = turned / reading.mean_of(reading.world.daily("border.turn_back_probability"))
    seen = 1 - np.divide(turned + evaded, attempts, out=np.zeros_like(met), where=attempts > 0)
    return np.asarray(np.divide(again * seen, met, out=np.full_like(met, np.nan), where=met > 0))


def _definitions() -> Iterator[tuple[Series, _Reader]]:
    def series(
        name: str,
        title: str,
        unit: str,
        kind: Kind,
        topic: str,
        definition: str,
        read: _Reader,
        observed: str | None = None,
        stamp: Stamp = "emergent",
    ) -> tuple[Series, _Reader]:
        return Series(name, title, unit, stamp, kind, definition, topic, observed), read

    # --- border
    yield series(
        "border.encounters",
        "Border Patrol encounters, southwest",
        "case/month",
        "flow",
        "Border",
        "Apprehensions and expulsions between ports of entry, as the Border Patrol counts encounters. Attempts are derived from the published series, so the total follows it by construction.",
        lambda r: total(r.flow(f"detection.{s}", "apprehended") for s in SECTORS),
        "usbp_encounters",
        "fitted",
    )
    for sector in SECTORS:
        yield series(
            f"border.encounters.{sector}",
            f"Encounters, {sector.replace('_', ' ').title()} sector",
            "case/month",
            "flow",
            "Border",
            "Encounters between ports of entry in one Border Patrol sector.",
            _passages(f"detection.{sector}", "apprehended"),
            f"usbp_encounters.{sector}",
            "fitted",
        )
    yield series(
        "border.evasions",
        "Entries that evade arrest",
        "case/month",
        "flow",
        "Border",
        "Attempts between ports that are neither arrested nor turned back. Published gotaways are those that were observed.",
        lambda r: total(r.flow(f"detection.{s}", "evaded") for s in SECTORS),
        "known_gotaways",
    )
    yield series(
        "border.expulsions",
        "Expulsions under Title 42",
        "case/month",
        "flow",
        "Border",
        "Expulsions under 42 USC 265 between ports of entry. The share of each family and citizenship is the published one.",
        lambda r: r.flow("pathway", "expelled"),
        "usbp_expulsions_title42",
        "fitted",
    )
    for way, title, labels in (
        (
            "repatriated",
            "Repatriated at the border under title 8",
            ("returned", "removed_by_cbp", "handed_to_ice"),
        ),
        ("mpp", "Put in the Migrant Protection Protocols", ("mpp_calendar",)),
        ("to_ice", "Transferred from the border to ICE or a prosecutor", _TO_ICE),
        ("to_hhs", "Children transferred to HHS", ("child_to_orr",)),
        ("released", "Released by the Border Patrol", ("release",)),
    ):
        yield series(
            f"border.{way}",
            title,
            "case/month",
            "flow",
            "Border",
            "What is done with those met between ports who are not expelled: the published shares by month, family and citizenship, and after the last known month its practice.",
            _passages("pathway", *labels),
            f"usbp_dispositions.{way}",
            "data",
        )
    yield series(
        "border.repeat_attempts",
        "Repeat attempts",
        "case/month",
        "flow",
        "Border",
        "Attempts made again after an expulsion, a return, a turn-back or a removal within the horizon.",
        lambda r: r.flow("sector"),
    )
    yield series(
        "border.repeat_share",
        "Repeat encounters",
        "/1",
        "ratio",
        "Border",
        "Share of encounters that follow an expulsion, a return or a removal within the horizon. The published rate is of persons met more than once in a fiscal year: the two agree if every encounter is as likely as the first to be followed by another.",
        _repeat_share,
        "usbp_recidivism_rate",
    )
    yield series(
        "border.agents_on_line",
        "Agents' hours left for the line, on assumed hours a case",
        "/1",
        "ratio",
        "Border",
        "Share of agents' hours that processing does not take.",
        _on_line,
        stamp="assumed",
    )
    yield series(
        "border.processing_wait",
        "Wait for processing",
        "day",
        "ratio",
        "Border",
        "Mean time from encounter to the beginning of processing, of those whose processing began in the month, over the sectors, each with its own agents.",
        _wait(*(f"processing.{each}" for each in SECTORS)),
    )
    yield series(
        "border.unprocessed",
        "People met who wait for processing",
        "person",
        "level",
        "Border",
        "Met between ports and not yet processed: more than a day's work of the agents of a sector leaves people waiting.",
        lambda r: total(r.run.level(f"processing.{s}") for s in SECTORS),
    )
    yield series(
        "border.in_short",
        "People met who are let on without being processed in full",
        "case/month",
        "flow",
        "Border",
        "Met between ports, and still unprocessed after as long as people may be held at the border: their way on is that of others, without the hours of agents. Notices to report of 2021 are of this kind.",
        lambda r: total(r.flow(f"processing.{s}", "in_short") for s in SECTORS),
    )
    yield series(
        "border.processing_hours",
        "Agent hours on processing, on assumed hours a case",
        "hour",
        "flow",
        "Border",
        "Hours of agents and of those who help them that processing took.",
        lambda r: total(r.run.work(f"processing.{s}") for s in SECTORS),
        stamp="assumed",
    )
    yield series(
        "border.children_with_orr",
        "Unaccompanied children with ORR",
        "person",
        "level",
        "Border",
        "Children referred by the Border Patrol who wait for release to a sponsor.",
        lambda r: r.run.places_taken("orr"),
    )
    yield series(
        "border.children_waiting",
        "Unaccompanied children who wait for a place with ORR",
        "person",
        "level",
        "Border",
        "Children whom the Border Patrol keeps because the Office of Refugee Resettlement has no place.",
        lambda r: r.run.level("orr") - r.run.places_taken("orr"),
    )
    yield series(
        "border.releases",
        "Releases at the border",
        "case/month",
        "flow",
        "Border",
        "People met at the border who are released with or without a notice to appear, children apart.",
        lambda r: r.flow("release", groups=~r.ice),
    )
    # --- interior
    yield series(
        "book_ins.ice",
        "Book-ins after an ICE arrest",
        "case/month",
        "flow",
        "Interior",
        "Initial book-ins into ICE custody whose arresting agency is ICE, a share of those out of federal prisons among them.",
        lambda r: r.run.admissions("detention", r.ice),
        "ice_arrest_book_ins",
    )
    yield series(
        "arrests.interior",
        "Administrative arrests in the interior",
        "case/month",
        "flow",
        "Interior",
        "Arrests by hand-off from a jail, at large, or out of a criminal investigation.",
        lambda r: r.arrests(),
    )
    yield series(
        "arrests.priority",
        "Arrests inside the February 2021 priorities",
        "case/month",
        "flow",
        "Interior",
        "Interior arrests of profiles that the interim guidance of 18 February 2021 presumes to be a priority, whatever is in force.",
        lambda r: r.arrests(r.interim),
    )
    yield series(
        "arrests.other",
        "Arrests outside the February 2021 priorities",
        "case/month",
        "flow",
        "Interior",
        "The other interior arrests.",
        lambda r: r.arrests(r.ice & ~r.interim),
    )
    yield series(
        "arrests.custodial",
        "Arrests by hand-off from a jail",
        "case/month",
        "flow",
        "Interior",
        "Interior arrests in which a jail hands a person over.",
        lambda r: r.flow("custodial_arrest", "arrested"),
    )
    yield series(
        "arrests.at_large",
        "Arrests at large",
        "case/month",
        "flow",
        "Interior",
        "Interior arrests outside a jail.",
        lambda r: r.flow("at_large_arrest", "arrested"),
        "at_large_arrests",
    )
    yield series(
        "detainers",
        "Detainers issued",
        "case/month",
        "flow",
        "Interior",
        "Requests to a jail under 8 CFR 287.7.",
        lambda r: r.flow("screening", "detainer_issued"),
        "detainers_issued",
    )
    yield series(
        "detainers.refused",
        "Detainers not honoured",
        "case/month",
        "flow",
        "Interior",
        "Detainers after which the jail did not hand the person over.",
        lambda r: total(
            r.flow(f"handoff.{k}", "arrested_at_release", "pursued", "released_by_jail")
            for k in ("none", "limited", "full")
        ),
    )
    yield series(
        "approvals.asked",
        "Requests for approval",
        "case/month",
        "flow",
        "Interior",
        "Cases outside the priorities for which approval is asked.",
        lambda r: r.flow("civil_priority", "must_ask"),
    )
    yield series(
        "approvals.wait",
        "Wait for approval",
        "day",
        "ratio",
        "Interior",
        "Mean time from request until it is taken up.",
        _wait("approval"),
    )
    yield series(
        "officers.idle",
        "Officers' hours without a task of the model, on assumed hours a case",
        "/1",
        "ratio",
        "Interior",
        "Share of the officers' pool that no station took.",
        lambda r: r.run.pool_idle("officers") / np.maximum(r.run.pool_units("officers"), 1e-9),
        stamp="assumed",
    )
    for name, title, station in (
        ("at_large", "at-large operations", "at_large_arrest"),
        ("custodial", "hand-offs", "custodial_arrest"),
        ("screening", "screening", "screening"),
        ("removal", "removals", "removal_casework"),
    ):
        yield series(
            f"officers.hours.{name}",
            f"Officer hours on {title}, on assumed hours a case",
            "hour",
            "flow",
            "Interior",
            "Hours of the officers' pool spent there.",
            _work(station),
            stamp="assumed",
        )
    yield series(
        "officers.hours.management",
        "Officer hours on the detained and non-detained dockets, on assumed hours a case",
        "hour",
        "flow",
        "Interior",
        "Hours of the officers' pool spent on people in custody or under supervision.",
        lambda r: r.run.pool_upkeep("officers"),
        stamp="assumed",
    )
    yield series(
        "investigations",
        "Joint criminal investigations completed",
        "case/month",
        "flow",
        "Interior",
        "Investigations by Homeland Security Investigations that needed local help.",
        lambda r: r.flow("investigation", "investigated", "administrative_arrest"),
    )
    yield series(
        "investigations.lost",
        "Joint criminal investigations lost to non-cooperation",
        "case/month",
        "flow",
        "Interior",
        "Investigations that a place which refuses civil cooperation also does not help with.",
        lambda r: r.flow("joint_case", "lost_to_noncooperation"),
    )
    # --- custody
    yield series(
        "book_ins.cbp",
        "Book-ins after a CBP arrest",
        "case/month",
        "flow",
        "Custody",
        "Initial book-ins into ICE custody whose arresting agency is CBP. Transfers from the border are published and fed in; the share booked in is set, and asks for a bed.",
        lambda r: r.run.admissions("detention", ~r.ice),
        "cbp_arrest_book_ins",
        "fitted",
    )
    yield series(
        "detained.ice",
        "In custody after an ICE arrest",
        "person",
        "level",
        "Custody",
        "Average daily population whose arresting agency is ICE.",
        lambda r: r.custody(r.ice),
        "adp_ice_arrests",
    )
    yield series(
        "detained.cbp",
        "In custody after a CBP arrest",
        "person",
        "level",
        "Custody",
        "Average daily population whose arresting agency is CBP.",
        lambda r: r.custody(~r.ice),
        "adp_cbp_arrests",
    )
    yield series(
        "detained",
        "In ICE custody",
        "person",
        "level",
        "Custody",
        "Average daily population in civil immigration custody.",
        lambda r: r.custody(),
        "detained_population",
    )
    yield series(
        "detained.person_days",
        "Days in custody",
        "person-day",
        "flow",
        CUSTODY,
        "Person-days in civil immigration custody.",
        lambda r: r.custody() * r.days,
    )
    yield series(
        "detained.no_bed",
        "Released for want of a bed",
        "case/month",
        "flow",
        "Custody",
        "Cases that waited for a place and were let go without one.",
        lambda r: r.flow("detention", *_NO_BED),
    )
    yield series(
        "detained.places",
        "Usable places",
        "bed",
        "level",
        "Custody",
        "Places in ICE custody, fed in.",
        lambda r: np.broadcast_to(
            r.mean_of(places_of_custody(r.world)), (len(r.run.replicates), r.days.size)
        ),
        stamp="assumed",
    )
    yield series(
        "atd",
        "In alternatives to detention",
        "person",
        "stock",
        "Custody",
        "People enrolled at the end of the month.",
        lambda r: r.run.level_end("atd"),
        "atd_enrolled_end",
    )
    yield series(
        "fear.wait",
        "Wait for a fear screening in custody",
        "day",
        "ratio",
        "Custody",
        "Mean time until an asylum officer takes a case up.",
        _wait("fear_screening"),
    )
    yield series(
        "fear.completed",
        "Credible-fear screenings, southwest",
        "case/month",
        "flow",
        "Custody",
        "Screenings of people met at the south-west border, decided or closed.",
        lambda r: r.flow("fear_screening"),
        "fear_results_southwest.all",
    )
    for agency, words in (("ice", "an ICE"), ("cbp", "a CBP")):
        yield series(
            f"book_outs.{agency}.removed",
            f"Book-outs for removal after {words} arrest",
            "case/month",
            "flow",
            "Custody",
            "People who leave custody by removal. Some of them ICE does not count as removals, as in the published figures.",
            _of_agency(agency, Reading.transported),
            f"book_outs.{agency}.removal",
        )
        yield series(
            f"book_outs.{agency}.released",
            f"Releases from custody after {words} arrest",
            "case/month",
            "flow",
            "Custody",
            "People released on bond, recognizance, supervision or parole.",
            _of_agency(agency, Reading.releases),
            f"book_outs.{agency}.released",
        )
    # --- removal
    yield series(
        "removals",
        "Removals by ICE",
        "case/month",
        "flow",
        "Removal",
        "Departures on an order, carried out by ICE; expulsions and returns are not among them.",
        lambda r: r.removals() + r.flow("pathway", "handed_to_ice"),
        "ice_removals",
    )
    yield series(
        "removals.interior",
        "Removals of people arrested in the interior",
        "case/month",
        "flow",
        "Removal",
        "Removals whose arresting agency is ICE.",
        lambda r: r.removals(r.ice),
        "ice_removals_interior",
    )
    yield series(
        "removals.border",
        "Removals of people arrested at the border",
        "case/month",
        "flow",
        "Removal",
        "Removals whose arresting agency is CBP, with those whom it turns over to ICE at the border without custody.",
        lambda r: r.removals(~r.ice) + r.flow("pathway", "handed_to_ice"),
        "ice_removals_border",
    )
    yield series(
        "removals.wait",
        "Wait in custody for a removal seat",
        "day",
        "ratio",
        "Removal",
        "Mean time from the end of removal casework until a seat is free, by land and by air.",
        _wait("removal.land", "removal.air"),
    )
    yield series(
        "final_orders",
        "At large with a final order",
        "person",
        "stock",
        "Removal",
        "People with an unexecuted order who are not in custody.",
        lambda r: r.run.level_end("final_orders"),
    )
    yield series(
        "docket.nondetained",
        "Non-detained docket of ICE",
        "case",
        "stock",
        "Removal",
        "Cases that ICE supervises outside custody: before the court, on appeal, closed, ordered, or not yet charged.",
        lambda r: (
            total(
                r.run.level_end(k)
                for k in (*PENDING, "inactive", "appeals", "final_orders", "nta_filing", "uncharged")
            )
            + r.mean_of(r.world.daily("docket.other_nondetained"))
        ),
        "nondetained_docket",
    )
    # --- courts
    yield series(
        "court.receipts",
        "Initial receipts of the immigration courts",
        "case/month",
        "flow",
        "Courts",
        "Notices to appear filed with the court.",
        lambda r: (
            r.flow("nta_filing")
            + r.flow("other_receipts")
            + r.flow("pathway", "mpp_calendar")
            + r.flow("port_processing", "mpp_calendar")
            + r.flow("released", "interior_released", "interior_released_atd", groups=r.ice)
            + r.flow("custody_ends", "detained_docket")
        ),
        "court_initial_receipts",
    )
    yield series(
        "court.completions",
        "Completions of the immigration courts",
        "case/month",
        "flow",
        "Courts",
        "Cases decided; administrative closures are not among them.",
        lambda r: total(r.decided().values()),
        "court_completions",
    )
    yield series(
        "court.in_absentia",
        "Orders in absentia",
        "case/month",
        "flow",
        "Courts",
        "Orders of removal of people who did not appear, outside custody.",
        lambda r: r.flow("first_hearing", "absent_order") + r.flow("priority_docket", "absent_order"),
        "in_absentia_orders",
    )
    yield series(
        "court.pending",
        "Pending cases, all",
        "case",
        "stock",
        "Courts",
        "Cases pending at the end of the month, inactive ones included: the definition of 2025.",
        lambda r: total(r.run.level_end(k) for k in (*PENDING, "detained_docket", "inactive")),
        "court_pending_all",
    )
    yield series(
        "court.pending.active",
        "Pending cases, active",
        "case",
        "stock",
        "Courts",
        "Cases pending at the end of the month without the inactive: the earlier definition.",
        lambda r: total(r.run.level_end(k) for k in (*PENDING, "detained_docket")),
        "court_pending_active",
    )
    yield series(
        "court.wait",
        "Wait for a decision on the merits, non-detained",
        "day",
        "ratio",
        "Courts",
        "Mean time in the queue for the merits, until the hearing begins, of those heard there in the month, outside custody.",
        _wait("docket"),
    )
    yield series(
        "court.wait.first",
        "Wait for room on a master calendar",
        "day",
        "ratio",
        "Courts",
        "Mean time for which those heard first in the month waited beyond the least time to a first hearing.",
        _wait("first_hearing"),
    )
    yield series(
        "court.days_to_complete",
        "Days to a decision",
        "day",
        "ratio",
        "Courts",
        "Mean time from the filing of a notice to the decision, of all cases decided in the month. The published mean is of a calendar year; it is given to the fiscal year that ends in it.",
        _days_to_complete,
        "court_days_to_complete_mean.case_records",
    )
    yield series(
        "court.completions_per_judge",
        "Completions per judge",
        "case/judge",
        "ratio",
        "Courts",
        "Completions of the month, carried over a year, over the judges on the bench. The published figure is over those at the end of the year.",
        lambda r: total(r.decided().values()) / r.days * 365 / r.mean_of(judges(r.world)),
        "completions_per_judge",
    )
    for years in (1, 3, 5):
        yield series(
            f"court.pending.over_{years}_years",
            f"Pending more than {years} year{'s' if years > 1 else ''}",
            "/1",
            "ratio",
            "Courts",
            f"Share of the non-detained docket, at the end of the month, that joined it at least {years} × 365 days before.",
            _older_than(365 * years),
        )
    yield series(
        "court.judges",
        "Immigration judges on the bench",
        "judge",
        "level",
        "Courts",
        "Judges as published, interpolated between the ends of fiscal years, and what a scenario changes.",
        lambda r: np.broadcast_to(
            r.mean_of(judges(r.world)),
            (len(r.run.replicates), r.days.size),
        ),
        stamp="assumed",
    )
    yield series(
        "court.hours",
        "Hours on the bench",
        "hour",
        "flow",
        "Courts",
        "Hours of judges given to the dockets, those lost to closures left out.",
        _hours_heard,
    )
    yield series(
        "relief",
        "Relief granted",
        "case/month",
        "flow",
        "Courts",
        "Cases that end with permission to stay.",
        lambda r: (
            r.flow("docket", "relief") + r.flow("priority_docket", "relief") + r.flow("appeals", "relief")
        ),
    )
    # --- prosecution
    yield series(
        "prosecutions.1326",
        "Charged under 8 USC 1326",
        "case/month",
        "flow",
        "Prosecution",
        "Defendants charged with re-entry after removal.",
        lambda r: r.flow("reentry_case", "marshals"),
        "prosecutions_1326",
    )
    yield series(
        "prosecutions.1325",
        "Charged under 8 USC 1325",
        "case/month",
        "flow",
        "Prosecution",
        "Defendants charged with improper entry.",
        lambda r: r.flow("entry_case", "entry_custody"),
        "prosecutions_1325",
    )
    yield series(
        "prosecutions.referred.1326",
        "Referrals under 8 USC 1326",
        "case/month",
        "flow",
        "Prosecution",
        "Cases presented to a prosecutor.",
        lambda r: r.flow("reentry_referred"),
    )
    yield series(
        "prosecutions.hours",
        "Attorney hours on entry and re-entry cases, on assumed hours a case",
        "hour",
        "flow",
        "Prosecution",
        "Hours of prosecutors spent on cases under 8 USC 1325 and 1326.",
        lambda r: total(r.run.work(k) for k in ("entry_case", "reentry_case")),
        stamp="assumed",
    )
    yield series(
        "prosecutions.declined",
        "Declinations",
        "case/month",
        "flow",
        "Prosecution",
        "Referrals that prosecutors refuse, or cannot take up in time.",
        lambda r: total(
            r.flow(k, "declined")
            for k in ("entry_referred", "reentry_referred", "entry_case", "reentry_case")
        ),
    )
    yield series(
        "prison",
        "In prison or with the Marshals for re-entry",
        "person",
        "level",
        "Prosecution",
        "People held before or after sentence under 8 USC 1326.",
        lambda r: total(r.run.level(k) for k in PRISONS) + r.run.places_taken("marshals"),
    )
    # --- whom custody falls on, and money
    yield series(
        "liberty.outside_arrests",
        "Arrests of people without a conviction or charge",
        "case/month",
        "flow",
        CUSTODY,
        "Interior arrests of people with neither a conviction nor a pending charge: one line for every guideline, by which ICE counts its arrests too.",
        lambda r: r.arrests(r.ice & ~r.on_record),
    )
    yield series(
        "liberty.outside_days",
        "Days in custody of people without a conviction or charge",
        "person-day",
        "flow",
        CUSTODY,
        "Person-days in custody of people arrested in the interior with neither a conviction nor a pending charge, whatever guideline is in force.",
        lambda r: r.custody(r.ice & ~r.on_record) * r.days,
    )
    yield series(
        "liberty.within_not_taken",
        "People with a conviction or charge who were not taken",
        "case/month",
        "flow",
        CUSTODY,
        "Bookings, releases from prison and leads of people with a conviction or a pending charge that end without an arrest by ICE: closed by the guideline, denied, not screened, not handed over, gone cold. Whoever is met twice counts twice.",
        lambda r: r.not_taken(r.on_record),
    )
    yield series(
        "liberty.prison_days",
        "Days in criminal custody",
        "person-day",
        "flow",
        CUSTODY,
        "Person-days before or after sentence under 8 USC 1326.",
        lambda r: (total(r.run.level(k) for k in PRISONS) + r.run.places_taken("marshals")) * r.days,
    )
    yield series(
        "cost.custody",
        "Cost of civil custody",
        "USD",
        "flow",
        "Money",
        "Bed-days times the adult bed-day cost.",
        lambda r: r.cost("bed_day", r.custody() * r.days),
    )
    yield series(
        "cost.atd",
        "Cost of alternatives to detention",
        "USD",
        "flow",
        "Money",
        "Days enrolled times the daily cost.",
        lambda r: r.cost("atd_day", r.run.level("atd") * r.days),
    )
    yield series(
        "cost.courts",
        "Cost of the immigration courts",
        "USD",
        "flow",
        "Money",
        "Judges with staff and courtroom.",
        lambda r: np.broadcast_to(
            r.cost(
                "judge_year",
                r.sum_of(judges(r.world)) / 365.25,
            ),
            (len(r.run.replicates), r.days.size),
        ),
    )
    yield series(
        "cost.prosecution",
        "Cost of prosecution and prison",
        "USD",
        "flow",
        "Money",
        "Attorney hours, Marshals' and prison days.",
        lambda r: (
            r.cost("attorney_hour", r.run.work("entry_case") + r.run.work("reentry_case"))
            + r.cost("marshals_day", r.run.places_taken("marshals") * r.days)
            + r.cost(
                "prison_day",
                total(r.run.level(k) for k in PRISONS) * r.days,
            )
        ),
    )
    yield series(
        "cost.officers",
        "Cost of ERO officers",
        "USD",
        "flow",
        "Money",
        "Hours of all officers, used or not, those detailed to the border too.",
        lambda r: np.broadcast_to(
            r.cost(
                "officer_hour",
                r.sum_of(r.world.daily("ero.officers") * r.world.daily("ero.hours_per_officer")),
            ),
            (len(r.run.replicates), r.days.size),
        ),
    )
    yield series(
        "cost.transport",
        "Transport cost of removals",
        "USD",
        "flow",
        "Money",
        "Removals times transport per removal.",
        lambda r: r.cost("removal_transport", r.transported()),
    )


TOTAL_COST = Series(
    "cost.total",
    "Cost of the system",
    "USD",
    "emergent",
    "flow",
    "Sum of custody, alternatives, courts, prosecution, officers and transport; the border is not costed.",
    "Money",
)


def catalogue() -> tuple[Series, ...]:
    """Return every reported series; needs no run."""
    return (*(each for each, _ in _definitions()), TOTAL_COST)


def names() -> frozenset[str]:
    """Return the name of every reported series; needs no run."""
    return frozenset(each.name for each in catalogue())


COST_PARTS = (
    "cost.custody",
    "cost.atd",
    "cost.courts",
    "cost.prosecution",
    "cost.officers",
    "cost.transport",
)


def read(run: Run, world: World, scenario: str) -> Results:
    """Return every reported series of a run, as one cube."""
    reading = Reading(run, world)
    shape = (len(run.replicates), run.ticks.size)
    found: list[Series] = []
    values: list[Floats] = []
    chance: dict[str, Floats] = {}
    for series, reader in _definitions():
        found.append(series)
        counted = reader(reading)
        if isinstance(counted, SimulatedWait):
            chance[series.name] = counted.chance
            counted = counted.mean
        values.append(np.broadcast_to(np.asarray(counted, dtype=np.float64), shape))
    values.append(total(values[[each.name for each in found].index(name)] for name in COST_PARTS))
    return Results(scenario, world.months, (*found, TOTAL_COST), np.stack(values, axis=-1), chance)
