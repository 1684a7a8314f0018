"""Removal: departures on an order, and those who wait with one."""

from __future__ import annotations

from lawqueue.models.series import Row, series, total, wait_at
from lawqueue.models.us_immigration.courts import PENDING

SERIES: tuple[Row, ...] = (
    series(
        "removals",
        "Removals by ICE",
        "case/month",
        "flow",
        "Removal",
        "Departures on an order, carried out by ICE; expulsions and returns are not among them.",
        lambda r: r.removals() + r.without_custody(),
        "ice_removals",
    ),
    series(
        "removals.interior",
        "Removals of people arrested in the interior",
        "case/month",
        "flow",
        "Removal",
        "Removals whose arresting agency is ICE.",
        lambda r: r.removals(r.ice),
        "ice_removals_interior",
    ),
    series(
        "removals.border",
        "Removals of people arrested at the border",
        "case/month",
        "flow",
        "Removal",
        "Removals whose arresting agency is CBP, with those whom it turns over to ICE at the border without custody.",
        lambda r: r.removals(~r.ice) + r.without_custody(),
        "ice_removals_border",
    ),
    series(
        "removals.mexico",
        "Removals of citizens of Mexico",
        "case/month",
        "flow",
        "Removal",
        "Removals by ICE of citizens of Mexico, whoever arrested them.",
        lambda r: r.removals(r.mexican) + r.without_custody(r.mexican),
        "ice_removals_mexico",
    ),
    series(
        "removals.wait",
        "Wait in custody for a removal seat",
        "day",
        "ratio",
        "Removal",
        "Mean time from the end of removal casework until a seat is free, by land and by air.",
        wait_at("removal.land", "removal.air"),
    ),
    series(
        "final_orders",
        "At large with a final order",
        "person",
        "stock",
        "Removal",
        "People with an unexecuted order who are not in custody.",
        lambda r: r.run.level_end("final_orders"),
    ),
    series(
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
    ),
)
