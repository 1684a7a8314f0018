"""How well the model of a court retells the table that it was made from."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lawqueue.engine.run import simulate
from lawqueue.models.court.model import of_table
from lawqueue.models.court.table import from_observed
from lawqueue.models.observed import load_observed

NOTABLE: Final = 0.1
"""Part of a figure of the table by which the model may miss it before that is said [/1]."""


def missed(folder: Path) -> dict[str, float]:
    """
    Return by how much the model misses its table, with parameters as written, as parts of the table's figures.

    Parameters
    ----------
    folder
        Of the court.

    Returns
    -------
    dict[str, float]
        Of the cases disposed of after the first period, and of those pending at the end [/1].
    """
    table = from_observed(load_observed(folder / "observed"))
    model = of_table(table, folder, "retold", "Retold")
    world = model.world_in_history(table.starts[1], table.end)
    run = simulate(model.network(world), seed=0, replicates_wanted=1, scale=1.0)
    disposed = run.passages("early_end") + run.passages("docket", "disposed")
    pending = run.level_end("early_end") + run.level_end("docket")
    return {
        "cases disposed of": float(disposed.sum() / table.columns["dispositions"][1:].sum() - 1),
        "pending cases at the end": float(pending[0, -1] / table.columns["pending"][-1] - 1),
    }


def in_words(found: dict[str, float]) -> str:
    """Return in a sentence what is missed by more than is small; empty if nothing is."""
    told = [
        f"{abs(off):.0%} {'more' if off > 0 else 'fewer'} {what}"
        for what, off in found.items()
        if abs(off) > NOTABLE
    ]
    if not told:
        return ""
    return (
        f"The model does not retell its table: {' and '.join(told)} than the table has. "
        "Its answers start from a court that is not this one: look whether the table's columns count the same cases, or mend its parameters."
    )
