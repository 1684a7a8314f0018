"""Interior: arrests, hand-overs and what is not taken up."""

from __future__ import annotations

from datetime import date

import numpy as np

from lawqueue.models.cube import Fed
from lawqueue.models.series import Row, series, total, wait_at, work_at

_ASKED_FOR = Fed(
    date(2021, 2, 18),
    date(2021, 9, 16),
    "the share of cases for which approval is asked is set from the arrests that were approved outside the priorities",
    "fitted",
)

SERIES: tuple[Row, ...] = (
    series(
        "book_ins.ice",
        "Book-ins after an ICE arrest",
        "case/month",
        "flow",
        "Interior",
        "Initial book-ins into ICE custody whose arresting agency is ICE, a share of those out of federal prisons among them.",
        lambda r: r.run.admissions("detention", r.ice),
        "ice_arrest_book_ins",
    ),
    series(
        "arrests.interior",
        "Administrative arrests in the interior",
        "case/month",
        "flow",
        "Interior",
        "Arrests by hand-off from a jail, at large, out of a criminal investigation, or at the end of a sentence for re-entry.",
        lambda r: r.arrests(),
    ),
    series(
        "arrests.priority",
        "Arrests inside the February 2021 priorities",
        "case/month",
        "flow",
        "Interior",
        "Interior arrests of profiles that the interim guidance of 18 February 2021 presumes to be a priority, whatever is in force.",
        lambda r: r.arrests(r.interim),
    ),
    series(
        "arrests.other",
        "Arrests outside the February 2021 priorities",
        "case/month",
        "flow",
        "Interior",
        "The other interior arrests.",
        lambda r: r.arrests(r.ice & ~r.interim),
        fed=(_ASKED_FOR,),
    ),
    series(
        "arrests.custodial",
        "Arrests by hand-off from a jail",
        "case/month",
        "flow",
        "Interior",
        "Interior arrests in which a jail hands a person over.",
        lambda r: r.flow("custodial_arrest", "arrested"),
    ),
    series(
        "arrests.at_large",
        "Arrests at large",
        "case/month",
        "flow",
        "Interior",
        "Interior arrests outside a jail.",
        lambda r: r.flow("at_large_arrest", "arrested"),
        "at_large_arrests",
    ),
    series(
        "detainers",
        "Detainers issued",
        "case/month",
        "flow",
        "Interior",
        "Requests to a jail under 8 CFR 287.7.",
        lambda r: r.flow("screening", "detainer_issued"),
        "detainers_issued",
    ),
    series(
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
    ),
    series(
        "approvals.asked",
        "Requests for approval",
        "case/month",
        "flow",
        "Interior",
        "Cases outside the priorities for which approval is asked.",
        lambda r: r.flow("civil_priority", "must_ask"),
        fed=(_ASKED_FOR,),
    ),
    series(
        "approvals.wait",
        "Wait for approval",
        "day",
        "ratio",
        "Interior",
        "Mean time from request until it is taken up.",
        wait_at("approval"),
    ),
    series(
        "officers.idle",
        "Officers' hours without a task of the model, on assumed hours a case",
        "/1",
        "ratio",
        "Interior",
        "Share of the officers' pool that no station took.",
        lambda r: r.run.pool_idle("officers") / np.maximum(r.run.pool_units("officers"), 1e-9),
        stamp="assumed",
    ),
    *(
        series(
            f"officers.hours.{name}",
            f"Officer hours on {title}, on assumed hours a case",
            "hour",
            "flow",
            "Interior",
            "Hours of the officers' pool spent there.",
            work_at(station),
            stamp="assumed",
        )
        for name, title, station in (
            ("at_large", "at-large operations", "at_large_arrest"),
            ("custodial", "hand-offs", "custodial_arrest"),
            ("screening", "screening", "screening"),
            ("removal", "removals", "removal_casework"),
        )
    ),
    series(
        "officers.hours.management",
        "Officer hours on the detained and non-detained dockets, on assumed hours a case",
        "hour",
        "flow",
        "Interior",
        "Hours of the officers' pool spent on people in custody or under supervision.",
        lambda r: r.run.pool_upkeep("officers"),
        stamp="assumed",
    ),
    series(
        "investigations",
        "Joint criminal investigations completed",
        "case/month",
        "flow",
        "Interior",
        "Investigations by Homeland Security Investigations that needed local help.",
        lambda r: r.flow("investigation", "investigated", "administrative_arrest"),
    ),
    series(
        "investigations.lost",
        "Joint criminal investigations lost to non-cooperation",
        "case/month",
        "flow",
        "Interior",
        "Investigations that a place which refuses civil cooperation also does not help with: how many there are, and which share of them, is set.",
        lambda r: r.flow("joint_case", "lost_to_noncooperation"),
        stamp="assumed",
    ),
)
