"""The picture of flows: along which edges cases go between the main stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lawqueue.models.stages import Edges

FLOWS: Final[Mapping[tuple[str, str], Edges]] = {
    ("Received", "Before an early end"): (("received", ("waiting.early",)),),
    ("Received", "Prepared for trial"): (("received", ("waiting.trial", "waiting.slow")),),
    ("Received", "Sentence or appeal"): (("received", ("sentence_or_appeal",)),),
    ("Received", "Left without a disposal"): (("received", ("left",)),),
    ("Prepared for trial", "List for trial"): (("preparation", ()),),
    ("Before an early end", "Ended early"): (("early_end", ()),),
    ("Sentence or appeal", "Sentenced or appeal heard"): (("sentence_or_appeal", ()),),
    ("List for trial", "Tried"): (("trial_list", ("tried",)),),
    ("List for trial", "Cracked or late plea"): (("trial_list", ("cracked_or_late_plea",)),),
}
"""Main stages, from and to, and the edges that lead from one to the other; failed listings come back to the list."""
LAYERS: Final[Mapping[str, float]] = {
    "Received": 0.0,
    "Before an early end": 0.33,
    "Prepared for trial": 0.33,
    "Sentence or appeal": 0.33,
    "List for trial": 0.66,
    "Left without a disposal": 1.0,
    "Ended early": 1.0,
    "Sentenced or appeal heard": 1.0,
    "Tried": 1.0,
    "Cracked or late plea": 1.0,
}
"""Where each stage stands in the picture, from left, 0, to right, 1."""
