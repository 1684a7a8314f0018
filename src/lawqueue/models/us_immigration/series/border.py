"""Border: encounters, what becomes of them, and repeat attempts."""

from __future__ import annotations

import numpy as np

from lawqueue.models.cube import Fed
from lawqueue.models.series import Row, passages, series, total, wait_at
from lawqueue.models.us_immigration.border import SECTORS
from lawqueue.models.us_immigration.known import FIT, LAST_OUTCOME
from lawqueue.models.us_immigration.pathway import REMOVED
from lawqueue.models.us_immigration.series.reading import Reading
from lawqueue.models.world import Floats

TO_ICE = (
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


_AS_PUBLISHED = Fed(
    FIT[0],
    LAST_OUTCOME,
    "the published shares by month, family and citizenship are set; after that the practice of the last month is held",
)

SERIES: tuple[Row, ...] = (
    series(
        "border.encounters",
        "Border Patrol encounters, southwest",
        "case/month",
        "flow",
        "Border",
        "Apprehensions and expulsions between ports of entry, as the Border Patrol counts encounters. Attempts are derived from the published series, so the total follows it by construction.",
        lambda r: total(r.flow(f"detection.{s}", "apprehended") for s in SECTORS),
        "usbp_encounters",
        "fitted",
    ),
    *(
        series(
            f"border.encounters.{sector}",
            f"Encounters, {sector.replace('_', ' ').title()} sector",
            "case/month",
            "flow",
            "Border",
            "Encounters between ports of entry in one Border Patrol sector.",
            passages(f"detection.{sector}", "apprehended"),
            f"usbp_encounters.{sector}",
            "fitted",
        )
        for sector in SECTORS
    ),
    series(
        "border.evasions",
        "Entries that evade arrest",
        "case/month",
        "flow",
        "Border",
        "Attempts between ports that are neither arrested nor turned back. Published gotaways are those that were observed.",
        lambda r: total(r.flow(f"detection.{s}", "evaded") for s in SECTORS),
        "known_gotaways",
        observed_part="those that were seen",
    ),
    series(
        "border.expulsions",
        "Expulsions under Title 42",
        "case/month",
        "flow",
        "Border",
        "Expulsions under 42 USC 265 between ports of entry. The share of each family and citizenship is the published one.",
        lambda r: (
            r.flow("pathway", "expelled")
            + r.flow("reentry_referred", "declined_expelled")
            + r.flow("reentry_case", "declined_expelled")
        ),
        "usbp_expulsions_title42",
        "fitted",
    ),
    *(
        series(
            f"border.{way}",
            title,
            "case/month",
            "flow",
            "Border",
            "What is done with those met between ports who are not expelled.",
            read,
            f"usbp_dispositions.{way}",
            "assumed",
            fed=(_AS_PUBLISHED,),
        )
        for way, title, read in (
            (
                "repatriated",
                "Repatriated at the border under title 8",
                lambda r: r.flow("pathway", "returned", *REMOVED) + r.flow("entry_custody", *REMOVED),
            ),
            ("mpp", "Put in the Migrant Protection Protocols", passages("pathway", "mpp_calendar")),
            (
                "to_ice",
                "Transferred from the border to ICE or a prosecutor",
                lambda r: r.flow("pathway", *TO_ICE) - r.flow("entry_custody", *REMOVED),
            ),
            ("to_hhs", "Children transferred to HHS", passages("pathway", "child_to_orr")),
            ("released", "Released by the Border Patrol", passages("pathway", "release")),
        )
    ),
    series(
        "border.repeat_attempts",
        "Repeat attempts",
        "case/month",
        "flow",
        "Border",
        "Attempts made again after an expulsion, a return, a turn-back or a removal within the horizon.",
        lambda r: r.flow("sector"),
    ),
    series(
        "border.repeat_share",
        "Repeat encounters",
        "/1",
        "ratio",
        "Border",
        "Share of encounters that follow an expulsion, a return or a removal within the horizon. The published rate is of persons met more than once in a fiscal year: the two agree if every encounter is as likely as the first to be followed by another.",
        _repeat_share,
        "usbp_recidivism_rate",
    ),
    series(
        "border.agents_on_line",
        "Agents' hours left for the line, on assumed hours a case",
        "/1",
        "ratio",
        "Border",
        "Share of agents' hours that processing does not take.",
        _on_line,
        stamp="assumed",
    ),
    series(
        "border.processing_wait",
        "Wait for processing",
        "day",
        "ratio",
        "Border",
        "Mean time from encounter to the beginning of processing, of those whose processing began in the month, over the sectors, each with its own agents.",
        wait_at(*(f"processing.{each}" for each in SECTORS)),
    ),
    series(
        "border.unprocessed",
        "People met who wait for processing",
        "person",
        "level",
        "Border",
        "Met between ports and not yet processed: more than a day's work of the agents of a sector leaves people waiting.",
        lambda r: total(r.run.level(f"processing.{s}") for s in SECTORS),
    ),
    series(
        "border.in_short",
        "People met who are let on without being processed in full",
        "case/month",
        "flow",
        "Border",
        "Met between ports, and still unprocessed after as long as people may be held at the border: their way on is that of others, without the hours of agents. Notices to report of 2021 are of this kind.",
        lambda r: total(r.flow(f"processing.{s}", "in_short") for s in SECTORS),
    ),
    series(
        "border.processing_hours",
        "Agent hours on processing, on assumed hours a case",
        "hour",
        "flow",
        "Border",
        "Hours of agents and of those who help them that processing took.",
        lambda r: total(r.run.work(f"processing.{s}") for s in SECTORS),
        stamp="assumed",
    ),
    series(
        "border.children_with_orr",
        "Unaccompanied children with ORR",
        "person",
        "level",
        "Border",
        "Children referred by the Border Patrol who wait for release to a sponsor.",
        lambda r: r.run.places_taken("orr"),
    ),
    series(
        "border.children_waiting",
        "Unaccompanied children who wait for a place with ORR",
        "person",
        "level",
        "Border",
        "Children whom the Border Patrol keeps because the Office of Refugee Resettlement has no place.",
        lambda r: r.run.level("orr") - r.run.places_taken("orr"),
    ),
    series(
        "border.releases",
        "Releases at the border",
        "case/month",
        "flow",
        "Border",
        "People met at the border who are released with or without a notice to appear, children apart.",
        lambda r: r.flow("release", groups=~r.ice),
        fed=(
            Fed(
                FIT[0],
                LAST_OUTCOME,
                "most of them are released by the Border Patrol or at ports, in the published shares; only whom ICE lets "
                "go is simulated",
            ),
        ),
    ),
)
