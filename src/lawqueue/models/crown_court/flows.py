"""The picture of flows: where cases went between the main stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from lawqueue.engine.results import Run
from lawqueue.engine.varying import Floats

_FLOWS: Final[Mapping[tuple[str, str], tuple[tuple[str, str | None], ...]]] = {
    ("Received", "Before an early end"): (("received", "waiting.early"),),
    ("Received", "Prepared for trial"): (("received", "waiting.trial"), ("received", "waiting.slow")),
    ("Received", "Sentence or appeal"): (("received", "sentence_or_appeal"),),
    ("Received", "Left without a disposal"): (("received", "left"),),
    ("Prepared for trial", "List for trial"): (("preparation", None),),
    ("Before an early end", "Ended early"): (("early_end", None),),
    ("Sentence or appeal", "Sentenced or appeal heard"): (("sentence_or_appeal", None),),
    ("List for trial", "Listed again"): (("trial_list", "listing_failed"),),
    ("List for trial", "Tried"): (("trial_list", "tried"),),
    ("List for trial", "Cracked or late plea"): (("trial_list", "cracked_or_late_plea"),),
}


def between_stages(run: Run) -> dict[tuple[str, str], Floats]:
    """Return the cases that went from one stage to another by month, the mean over replicates [case/month]."""
    return {
        ends: np.asarray(np.sum([run.passages(*each) for each in edges], axis=0).mean(axis=0))
        for ends, edges in _FLOWS.items()
    }
