"""Money: units times their cost."""

from __future__ import annotations

import numpy as np

from lawqueue.models.cube import Series
from lawqueue.models.series import Row, Total, series, total
from lawqueue.models.us_immigration.courts import judges
from lawqueue.models.us_immigration.series.reading import PRISONS

SERIES: tuple[Row, ...] = (
    series(
        "cost.custody",
        "Cost of civil custody",
        "USD",
        "flow",
        "Money",
        "Bed-days times the adult bed-day cost.",
        lambda r: r.cost("bed_day", r.custody() * r.days),
    ),
    series(
        "cost.atd",
        "Cost of alternatives to detention",
        "USD",
        "flow",
        "Money",
        "Days enrolled times the daily cost.",
        lambda r: r.cost("atd_day", r.run.level("atd") * r.days),
    ),
    series(
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
    ),
    series(
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
    ),
    series(
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
    ),
    series(
        "cost.transport",
        "Transport cost of removals",
        "USD",
        "flow",
        "Money",
        "Removals times transport per removal.",
        lambda r: r.cost("removal_transport", r.transported()),
    ),
)

TOTAL = Total(
    Series(
        "cost.total",
        "Cost of the system",
        "USD",
        "emergent",
        "flow",
        "Sum of custody, alternatives, courts, prosecution, officers and transport; the border is not costed.",
        "Money",
    ),
    (
        "cost.custody",
        "cost.atd",
        "cost.courts",
        "cost.prosecution",
        "cost.officers",
        "cost.transport",
    ),
)
