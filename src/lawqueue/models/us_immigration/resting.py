"""On which stages an outcome rests, in plain words, and the inputs by which a stage has room or has none."""

from __future__ import annotations

from collections.abc import Mapping

from lawqueue.models.stages import Leant

_LITTLE = "by assumption: more of them change little"


def _staff(who: str, *inputs: str) -> Leant:
    return Leant(who, f"{who} stand idle {{share}} of their time, {_LITTLE}", inputs)


def _places(who: str, *inputs: str) -> Leant:
    return Leant(who, f"{{share}} of the {who} stand empty, {_LITTLE}", inputs)


LEANT: Mapping[str, Leant] = {
    "officers": _staff("ICE officers", "ero.hours", "interior.lead_reach"),
    "approval": _staff("supervisors who approve", "guidance.approvals_per_day"),
    "beds": _places("places of custody", "detention.places"),
    "asylum officers": _staff("asylum officers", "fear.cases_per_day"),
    "judges": _staff("judges", "court.minutes", "court.open_share"),
    "prosecutors": _staff("prosecutors", "prosecution.attorneys", "prosecution.hours"),
    "removal seats by land": _places("removal seats by land", "ero.seats.land"),
    "removal seats by air": _places("removal seats by air", "ero.seats.air"),
    "places of ORR": _places("places of ORR", "border.orr_"),
    "border processing": Leant(
        "agents in the busiest sector who process",
        "agents in the busiest sector have {share} of their time for processing left, by assumption: hardly anybody waits for it",
        ("border.processing_", "border.hours_per_agent"),
    ),
}
"""By the name of the stage, see `stages.stages`."""

_SEATS = ("removal seats by land", "removal seats by air")
_INTERIOR = ("officers", "approval")
_CUSTODY = (*_INTERIOR, "beds", "asylum officers")
_COURTS = ("judges",)
_RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "border": ("border processing",),
    "border.children_waiting": ("places of ORR",),
    "border.children_with_orr": ("places of ORR",),
    "book_ins.ice": (*_INTERIOR, "beds"),
    "book_ins.cbp": ("beds", "border processing"),
    "arrests": _INTERIOR,
    "detainers": _INTERIOR,
    "approvals": ("approval",),
    "officers": ("officers",),
    "detained": _CUSTODY,
    "atd": ("beds",),
    "fear": ("asylum officers", "beds"),
    "book_outs": (*_CUSTODY, *_SEATS),
    "removals": (*_CUSTODY, *_SEATS),
    "removals.border": ("beds", "asylum officers", "prosecutors", *_SEATS),
    "removals.wait": _SEATS,
    "final_orders": (*_COURTS, "beds", *_SEATS),
    "docket": _COURTS,
    "court": _COURTS,
    "court.receipts": (),
    "court.judges": (),
    "relief": _COURTS,
    "prosecutions": ("prosecutors",),
    "prison": ("prosecutors",),
    "liberty": _CUSTODY,
    "liberty.outside_arrests": _INTERIOR,
    "liberty.within_not_taken": _INTERIOR,
    "liberty.prison_days": ("prosecutors",),
    "cost": (*_CUSTODY, "prosecutors", *_SEATS),
    "cost.custody": _CUSTODY,
    "cost.courts": (),
    "cost.prosecution": ("prosecutors",),
    "cost.officers": (),
}


def rests_on(series: str) -> tuple[str, ...]:
    """
    Return the stages that an outcome comes out of, by their names, as the picture of the model has them upstream of it.

    Examples
    --------
    >>> rests_on("book_ins.ice")
    ('officers', 'approval', 'beds')
    >>> rests_on("court.pending.active")
    ('judges',)
    """
    parts = series.split(".")
    names = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((_RESTS_ON[name] for name in names if name in _RESTS_ON), ())
