"""Calendars: which instrument is in force when, and how a change is laid over them."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeAlias, TypeVar

from lawqueue.rules.instrument import Instrument

InstrumentT = TypeVar("InstrumentT", bound=Instrument[Any])

Calendar: TypeAlias = tuple[tuple[date, date, InstrumentT], ...]
"""(first day, first day after, instrument), in order; where nothing is in force there is a gap."""


def lay_over(
    spells: Calendar[InstrumentT], first: date, after: date, instrument: InstrumentT | None
) -> Calendar[InstrumentT]:
    """
    Return a calendar in which an instrument, or none, is in force from `first` until the day before `after`.

    Spells of one instrument that meet are joined.
    """
    if first >= after:
        return spells
    kept: list[tuple[date, date, InstrumentT]] = []
    for begun, ended, each in spells:
        kept += [(begun, min(ended, first), each)] if begun < first else []
        kept += [(max(begun, after), ended, each)] if ended > after else []
    if instrument is not None:
        kept.append((first, after, instrument))
    joined: list[tuple[date, date, InstrumentT]] = []
    for begun, ended, each in sorted(kept, key=lambda spell: spell[0]):
        goes_on = bool(joined) and joined[-1][1] == begun and joined[-1][2].id == each.id
        joined.append((joined.pop()[0] if goes_on else begun, ended, each))
    return tuple(joined)
