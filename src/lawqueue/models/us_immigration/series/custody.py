"""Custody: book-ins, people held, and how they leave."""

from __future__ import annotations

from datetime import date

import numpy as np

from lawqueue.models.cube import Fed
from lawqueue.models.series import Row, series, wait_at
from lawqueue.models.us_immigration.custody import places_of_custody
from lawqueue.models.us_immigration.known import LAST_OUTCOME
from lawqueue.models.us_immigration.series.reading import CUSTODY_AND_WHOM, Reading, of_agency

_NO_BED = ("no_bed", "no_bed_under_order")


SERIES: tuple[Row, ...] = (
    series(
        "book_ins.cbp",
        "Book-ins after a CBP arrest",
        "case/month",
        "flow",
        "Custody",
        "Initial book-ins into ICE custody whose arresting agency is CBP. Transfers from the border are published and fed in; the share booked in is set, and asks for a bed.",
        lambda r: r.run.admissions("detention", ~r.ice),
        "cbp_arrest_book_ins",
        "fitted",
    ),
    series(
        "book_ins.mexico",
        "Book-ins of citizens of Mexico",
        "case/month",
        "flow",
        "Custody",
        "Initial book-ins into ICE custody of citizens of Mexico, whoever arrested them. Transfers from the border by citizenship are published and fed in; before October 2017 those who were prosecuted are not among them.",
        lambda r: r.run.admissions("detention", r.mexican),
        "book_ins_mexico",
        "fitted",
    ),
    series(
        "detained.ice",
        "In custody after an ICE arrest",
        "person",
        "level",
        "Custody",
        "Average daily population whose arresting agency is ICE.",
        lambda r: r.custody(r.ice),
        "adp_ice_arrests",
    ),
    series(
        "detained.cbp",
        "In custody after a CBP arrest",
        "person",
        "level",
        "Custody",
        "Average daily population whose arresting agency is CBP.",
        lambda r: r.custody(~r.ice),
        "adp_cbp_arrests",
    ),
    series(
        "detained",
        "In ICE custody",
        "person",
        "level",
        "Custody",
        "Average daily population in civil immigration custody.",
        lambda r: r.custody(),
        "detained_population",
    ),
    series(
        "detained.person_days",
        "Days in custody",
        "person-day",
        "flow",
        CUSTODY_AND_WHOM,
        "Person-days in civil immigration custody.",
        lambda r: r.custody() * r.days,
    ),
    series(
        "detained.no_bed",
        "Released for want of a bed",
        "case/month",
        "flow",
        "Custody",
        "Cases that waited for a place and were let go without one.",
        lambda r: r.flow("detention", *_NO_BED),
    ),
    series(
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
    ),
    series(
        "atd",
        "In alternatives to detention",
        "person",
        "stock",
        "Custody",
        "People enrolled at the end of the month.",
        lambda r: r.run.level_end("atd"),
        "atd_enrolled_end",
    ),
    series(
        "fear.wait",
        "Wait for a fear screening in custody",
        "day",
        "ratio",
        "Custody",
        "Mean time until an asylum officer takes a case up.",
        wait_at("fear_screening"),
    ),
    series(
        "fear.completed",
        "Credible-fear screenings, southwest",
        "case/month",
        "flow",
        "Custody",
        "Screenings of people met at the south-west border, decided or closed.",
        lambda r: r.flow("fear_screening"),
        "fear_results_southwest.all",
        fed=(
            Fed(
                date(2021, 3, 1),
                LAST_OUTCOME,
                "the share put in expedited removal is set from the published screenings of these months",
            ),
        ),
    ),
    *(
        row
        for agency, words in (("ice", "an ICE"), ("cbp", "a CBP"))
        for row in (
            series(
                f"book_outs.{agency}.removed",
                f"Book-outs for removal after {words} arrest",
                "case/month",
                "flow",
                "Custody",
                "People who leave custody by removal. Some of them ICE does not count as removals, as in the published figures.",
                of_agency(agency, Reading.transported),
                f"book_outs.{agency}.removal",
            ),
            series(
                f"book_outs.{agency}.released",
                f"Releases from custody after {words} arrest",
                "case/month",
                "flow",
                "Custody",
                "People released on bond, recognizance, supervision or parole.",
                of_agency(agency, Reading.releases),
                f"book_outs.{agency}.released",
            ),
        )
    ),
)
