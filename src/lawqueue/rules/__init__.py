"""
Rules as data: dated, cited guidelines and numbers that can say why.

The names below are loaded when first used, so that `import lawqueue.rules` stays cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from lawqueue.rules.address import Address
    from lawqueue.rules.calendar import Calendar, lay_over
    from lawqueue.rules.guideline import (
        Component,
        Explanation,
        Finding,
        Guideline,
        GuidelineBook,
        check,
        load_guideline,
        load_guidelines,
    )
    from lawqueue.rules.language import Clause, Predicate, parse
    from lawqueue.rules.parameter import (
        Change,
        DatedValue,
        Lever,
        Operation,
        Parameter,
        ParameterBook,
        load_parameter,
        load_parameters,
    )
    from lawqueue.rules.schema import UNKNOWN, Attribute, ProfileSchema, load_schema
    from lawqueue.rules.source import Citation, Source
    from lawqueue.rules.spell import Spell
    from lawqueue.rules.statute import Statute, StatuteBook, load_statute, load_statutes
    from lawqueue.rules.tier import Action, Examined, Score, Term, Tier
    from lawqueue.rules.timeline import Timeline, load_timeline

_HOMES: Final[dict[str, tuple[str, ...]]] = {
    "address": ("Address",),
    "calendar": ("Calendar", "lay_over"),
    "guideline": (
        "Component",
        "Explanation",
        "Finding",
        "Guideline",
        "GuidelineBook",
        "check",
        "load_guideline",
        "load_guidelines",
    ),
    "language": ("Clause", "Predicate", "parse"),
    "parameter": (
        "Change",
        "DatedValue",
        "Lever",
        "Operation",
        "Parameter",
        "ParameterBook",
        "load_parameter",
        "load_parameters",
    ),
    "schema": ("UNKNOWN", "Attribute", "ProfileSchema", "load_schema"),
    "source": ("Citation", "Source"),
    "spell": ("Spell",),
    "statute": ("Statute", "StatuteBook", "load_statute", "load_statutes"),
    "timeline": ("Timeline", "load_timeline"),
    "tier": ("Action", "Examined", "Score", "Term", "Tier"),
}
_HOME: Final = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "UNKNOWN",
    "Action",
    "Address",
    "Attribute",
    "Calendar",
    "Change",
    "Citation",
    "Clause",
    "Component",
    "DatedValue",
    "Examined",
    "Explanation",
    "Finding",
    "Guideline",
    "GuidelineBook",
    "Lever",
    "Operation",
    "Parameter",
    "ParameterBook",
    "Predicate",
    "ProfileSchema",
    "Score",
    "Source",
    "Spell",
    "Statute",
    "StatuteBook",
    "Term",
    "Tier",
    "Timeline",
    "check",
    "lay_over",
    "load_guideline",
    "load_guidelines",
    "load_parameter",
    "load_parameters",
    "load_schema",
    "load_statute",
    "load_statutes",
    "load_timeline",
    "parse",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
