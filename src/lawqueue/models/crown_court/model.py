"""The Crown Court as a model: what everything above asks of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

from lawqueue.models.crown_court import opening
from lawqueue.models.crown_court.flows import FLOWS, LAYERS
from lawqueue.models.crown_court.network import network
from lawqueue.models.crown_court.series import CATALOGUE, Reading
from lawqueue.models.crown_court.stages import stages
from lawqueue.models.crown_court.world import LAST_OUTCOME, Court, start_fault
from lawqueue.models.model import (
    Headline,
    Known,
    Matching,
    Model,
    Resource,
    Rolled,
    Rolling,
    Topic,
    Yields,
)

LIMITS: Final = (
    "It must not be used to decide about, find, rank or describe any person: it knows no person, only kinds of cases and the quarter of their receipt.",
    "It does not say how many cases will be open in 2029. The assumed paths of receipts alone, flat to 6 % a year, move that number by more than a fifth; read differences between worlds that share a path.",
    "{intervals}",
    "Hours heard on a sitting day are found from disposals, and why they fell from 2016 to 2021 the figures do not show. They are held from 2024 on, with a range; a fall or a recovery is not carried on.",
    "How many cases end early, the hours of a trial and how many cases leave the list for each trial trade off against each other and are not identified by the stock: they are carried as ranges.",
    "Days sat in 2019/20, 2021/22 and 2022/23 were not found, nor the hours of a trial after 2016. The two shocks are declared factors on hours, one for each event.",
    "How pleas, elections for trial or appeals would answer a reform, and the load on magistrates, are not in it; nor is any single court, offence or judge. That fewer hours make better or worse trials is not a quantity here.",
)

SHORT_LIMITS: Final = (
    "It must not be used to decide about, find, rank or describe any person: it knows no person, only kinds of cases.",
    "It does not say how many cases will be open in 2029: assumed paths of receipts alone move that by more than a fifth.",
    "Read differences between worlds that share a path, not levels. {levels}",
    "{interval} {held}",
    "Early ends, hours of a trial and exits a trial are not told apart by the stock; effects on new cases hang on them.",
)
"""What the first page of a report says of its limits, a line each; `LIMITS` is the whole of it."""

TOPICS: Final = {
    "age": Topic(
        "How long cases are open",
        "Counted from receipt.",
        ("open.year_or_more", "open.custody_year_or_more", "days.median", "list.cases"),
    ),
    "hearings": Topic(
        "What the hours hear",
        "Cases by how they end, and hours of hearings.",
        ("trials", "late_ends", "early_ends", "failed_listings", "hours.mean", "hours.heard"),
    ),
    "need": Topic(
        "Hours and days",
        "What new cases will need beside what is sat.",
        ("need.sitting_days", "sitting_days"),
    ),
}

HEADINGS: Final = {
    "receipts": "Cases received",
    "plea": "Early ends",
    "trial": "Trials",
    "listing": "Listing",
    "hours": "Hours of hearings",
    "capacity": "Sitting days and hours",
    "custody": "Custody time limits",
    "judge_alone": "Trial by a judge alone",
    "reform": "A reform, as shares of hours",
}

CAUTION: Final = (
    "Delays and shares were chosen on 2016 to 2019, the slow cases and the size of the shocks on these same origins, which "
    "overlap: they are three or four independent events, and the scores are nearer to a fit than to a test."
)


def _rolling() -> Rolling:
    """Return the back-test from every origin."""
    from lawqueue.models.crown_court import scores  # noqa: PLC0415  # it asks the model, which is made below

    def rolled(threads: int, step: Callable[[], None]) -> Rolled:
        found = scores.scored(threads, step)
        return Rolled(scores.table(found), scores.as_json(found))

    return Rolling(scores.PARTS, "quarters", CAUTION, rolled)


WALKS: Final = {"capacity.hours_per_day": 0.041}
"""
How far hours a day wander in a year [log]: the root mean square of their changes as found from 2016 to 2019, see `intervals`.

The range of the parameter is what trades off with the others of a draw, and says nothing of that.
"""
DISCREPANCY: Final = {"open": 0.05, "open.custody": 0.09, "open.bail": 0.07, "disposals": 0.03}
"""
How far off the model is by itself [log, standard deviation]: its mean absolute errors a year ahead with inputs given
(`calibration/rolling.json`: 3.8, 7.2, 5.8 and 2.0 %) times 1.25, as of a normal distribution, rounded up.
"""


def _matching() -> Matching:
    """Return how it is fitted."""
    from lawqueue.models.crown_court import matching  # noqa: PLC0415  # it asks the model, which is made below

    return Matching(
        draws=400,
        least=100,
        discrepancy=DISCREPANCY,
        published=matching.published,
        retold=matching.retold,
        finds="capacity.hours_per_day",
        found=matching.hours,
        later=(3.3 / 3.62, 3.85 / 3.62),  # see the last entry of the parameter
        settings={"seed": matching.SEED, "scale": matching.SCALE},
    )


MODEL: Final = Model(
    name="crown-court",
    title="The Crown Court of England and Wales",
    about="Cases received, prepared, listed, tried or ended early, out of one pool of hours.",
    folder=Path(__file__).parent,
    network=network,
    catalogue=CATALOGUE,
    known=Known(
        date(2030, 3, 31),
        LAST_OUTCOME,
        (date(2016, 1, 1), date(2024, 1, 1)),
        start_fault=start_fault,
        walks=WALKS,
    ),
    limits=LIMITS,
    short_limits=SHORT_LIMITS,
    world_of=Court,
    reading=Reading,
    stocks=opening.stocks,
    stages=stages,
    flows=FLOWS,
    layers=LAYERS,
    wholes=(("receipts.share.custody", "receipts.share.bail"),),
    headings=HEADINGS,
    needs_ensemble=True,
    matching=_matching,
    rolling=_rolling,
    headline=Headline(
        opens="receipts-high",
        fit=("open", "open.bail", "open.custody", "disposals"),
        over=(date(2016, 1, 1), date(2024, 1, 1)),
        fit_title="2016 to 2023, month by month",
        fit_words="This is fit and no test: hours a day of each draw are found from the disposals of these years, and draws far "
        "from what was published are left out. The test is lawqueue backtest --model crown-court.",
        sets={
            "crown-court-paths": "The Crown Court since 2016, and three paths of receipts to 2030",
            "crown-court-2026": "The Crown Court from 2024: capacity and reforms",
            "crown-court-2020": "The Crown Court in 2020 and 2021: custody time limits",
        },
        topics=TOPICS,
    ),
    yields=Yields(
        date(2022, 1, 1),
        date(2024, 1, 1),
        ("disposals", "trials", "open", "open.year_or_more", "days.median"),
    ),
    resources=(Resource("sitting-days", "sitting-day", "capacity.sitting_days", "court rooms"),),
)
