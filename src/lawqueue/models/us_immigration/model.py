"""The flagship model: U.S. immigration enforcement, from the border and the jail to the end of a case."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from lawqueue.models.lines import Population
from lawqueue.models.model import Aims, Headline, Known, Model, Resource, Topic, Yields
from lawqueue.models.us_immigration import seed_event
from lawqueue.models.us_immigration.deterrence import DETERRENCE
from lawqueue.models.us_immigration.flows import FLOWS, LAYERS
from lawqueue.models.us_immigration.known import FIT, LAST_DAY, LAST_OUTCOME
from lawqueue.models.us_immigration.lines import population
from lawqueue.models.us_immigration.network import network
from lawqueue.models.us_immigration.profiles import Profiles
from lawqueue.models.us_immigration.resting import LEANT, rests_on
from lawqueue.models.us_immigration.scored import SCORED
from lawqueue.models.us_immigration.series import CATALOGUE
from lawqueue.models.us_immigration.series.reading import Reading
from lawqueue.models.us_immigration.shares import WHOLES
from lawqueue.models.us_immigration.stages import stages
from lawqueue.models.us_immigration.stocks import stocks
from lawqueue.models.us_immigration.world import ONCE_A_MONTH, World
from lawqueue.months import Year
from lawqueue.rules.statute import Function

LIMITS = (
    "It must not be used to decide about, find, rank or describe any person: it knows no person, only cells of a synthetic population.",
    "It is not a forecast. Results after September 2020 show what the rules and resources, as written down here, would do to the published arrivals; none after September 2023 was compared with an outcome. From then on what was last known is held: what agencies do with people at the border, priorities of the courts, filing, release, places and staff beyond the last published figure. In the ensemble such values drift, by a quarter of their range a year, so that intervals widen; the medians stay on what was last known.",
    "{intervals}",
    "Parameters marked fitted were set to fiscal years 2017 to 2020. The calibration aims at no outcome after September 2020, but some inputs rest on figures of later years and the structure of the model was chosen with the errors of 2021 and 2022 in view, so its fit there flatters it (docs/adr/0004). Arrivals of those years are fed in, so encounters and expulsions follow the published ones.",
    "{deterrence}",
    "Officers, attorneys and judges are interchangeable within their pool, agents within their sector, and places of custody are one national pool: no court, field office or district is told apart.",
    "Whether an act was lawful, wise or just is not a quantity here.",
)

SHORT_LIMITS = (
    "It must not be used to decide about, find, rank or describe any person: it knows no person, only cells of a synthetic population.",
    "It is not a forecast: it shows what the rules and resources, as written down here, would do to the published arrivals, and holds what was last known.",
    "Read differences, not levels: both worlds share the errors of the model. {levels}",
    "{interval} {held}",
    "Officers, attorneys and judges are one pool each, places of custody one national pool: no court, office or district is told apart. {deterrence}",
)
"""What the first page of a report says of its limits, a line each; `LIMITS` is the whole of it."""

ASKED: Final[frozenset[tuple[Function, str]]] = frozenset(
    {
        ("criminal_referral", "improper_entry"),
        ("criminal_referral", "reentry"),
        ("custody", "after_order"),
        ("custody", "pending_decision"),
        ("local_handoff", "agreement"),
        ("local_handoff", "detainer"),
        ("removal_track", "expedited_removal"),
        ("removal_track", "reinstatement"),
        ("removal_track", "title42"),
    }
)
"""Questions of law that the network asks; a statute that answers another one moves nothing in the simulation."""

TOPICS = {
    "waits": Topic(
        "How long cases wait",
        "Mean days, by stage.",
        ("approvals.wait", "border.processing_wait", "fear.wait", "removals.wait", "court.wait"),
    ),
    "liberty": Topic(
        "Custody and whom it falls on",
        "Days in custody; people without a conviction or charge who are taken, and people with one who are not: "
        "one line for both worlds, whatever guideline is in force.",
        (
            "detained.person_days",
            "liberty.outside_arrests",
            "liberty.outside_days",
            "liberty.within_not_taken",
            "liberty.prison_days",
        ),
    ),
    "money": Topic(
        "Money",
        "Public spending that the model counts, in dollars of the year in which they are spent.",
        (
            "cost.total",
            "cost.custody",
            "cost.officers",
            "cost.transport",
            "cost.courts",
            "cost.prosecution",
            "cost.atd",
        ),
    ),
}

COLOURED = (
    "officers",
    "approval",
    "beds",
    "asylum officers",
    "judges",
    "prosecutors",
    "removal seats by air",
    "border processing",
    "removal seats by land",
    "places of ORR",
)

HEADINGS = {
    "interior": "Arrests in the interior",
    "guidance": "Guidelines and approval",
    "cooperation": "Local cooperation",
    "ero": "Officers and removals",
    "detention": "Custody",
    "atd": "Alternatives to detention",
    "fear": "Asylum screening",
    "court": "Immigration courts",
    "prosecution": "Prosecution",
    "border": "Border",
    "deterrence": "Deterrence",
    "law": "Reach of statutes",
}

EXAMPLE = {
    "nationality": "mexico",
    "family": "single_adult",
    "age": "from_16",
    "entry": "interior",
    "admission": "without_admission",
    "entry_cohort": "before_2014",
    "record": "misdemeanor",
    "prior_removal": "none",
    "conviction_order": "unknown",
    "prior_entry_conviction": "none",
    "final_order": "none",
    "threat": "none",
    "place": "full_cooperation",
    "venue": "at_large",
}
"""The profile that the page on rules explains first."""

HEADLINE = Headline(
    opens="decline-2021",
    outcomes=("removals", "book_ins.ice", "court.pending", "detained.person_days", "cost.total"),
    fit=("book_ins.ice", "detained.ice", "detained.cbp", "removals"),
    over=seed_event.SPAN,
    fit_title="The decline of early 2021, month by month",
    fit_words="No value was fitted to these months: the fall has to come from the guideline, the approval step, the officers' "
    "shared hours, the pause of removals and what is assumed about 2021, by people who knew it. The structure of the model was "
    "chosen with the errors of these years in view.",
    compared=("2017-02-20-kelly", "2021-02-18-ice"),
    example=EXAMPLE,
    sets={"town-hall-2021": "An article on a town hall of April 2021: twelve statements, tested"},
    topics=TOPICS,
    told=seed_event.told,
)

RESOURCES = (
    Resource("beds", "bed", "detention.places", "beds"),
    Resource("judges", "judge", "court.extra_judges", "judges", "court.judges", "court.hiring_days"),
    Resource("officers", "officer", "ero.officers", "officers"),
    Resource("attorneys", "attorney", "prosecution.attorneys", "prosecutors"),
)

YIELDS = Yields(
    FIT[1],
    date(2022, 10, 1),
    (
        "removals",
        "book_ins.ice",
        "court.completions",
        "court.pending",
        "court.wait",
        "fear.wait",
        "removals.wait",
        "prosecutions.1326",
        "detained.person_days",
    ),
)

AIMS = Aims(
    courses={"court.completions": "court_completions_trac"},
    by_year=frozenset({"removals"}),
)

MODEL: Final = Model(
    name="us-immigration",
    title="U.S. immigration enforcement",
    about="Border, interior, custody, immigration courts, removal and prosecution, under dated priorities.",
    folder=Path(__file__).parent,
    network=network,
    catalogue=CATALOGUE,
    known=Known(LAST_DAY, LAST_OUTCOME, FIT, rules_from=date(2011, 3, 2)),
    year=Year(10, "fiscal year", "FY"),
    limits=LIMITS,
    short_limits=SHORT_LIMITS,
    world_of=World,
    profiles_of=Profiles,
    reading=Reading,
    stocks=stocks,
    stages=stages,
    coloured=COLOURED,
    leant=LEANT,
    rests_on=rests_on,
    flows=FLOWS,
    layers=LAYERS,
    population=Population(
        population,
        date(2020, 2, 1),
        "bookings and leads",
        "Nobody in this population came after 1 November 2020: whoever came later is left out.",
    ),
    agency="ice",
    headings=HEADINGS,
    asked=ASKED,
    wholes=WHOLES,
    delayed={"court.extra_judges": "court.hiring_days"},
    once_a_month=ONCE_A_MONTH,
    headline=HEADLINE,
    dials={"deterrence": DETERRENCE},
    resources=RESOURCES,
    yields=YIELDS,
    aims=AIMS,
    scored=SCORED,
)
