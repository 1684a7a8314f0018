"""
Write docs/parameters.md from the parameter files of the flagship model.

Run it after a change of them: `python docs/make_parameters.py`. With `--check` it writes nothing and fails
if the page is out of date.
"""  # noqa: INP001 -- a script beside the page it writes

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

from pages import keep, plain

from lawqueue.models.us_immigration.model import MODEL
from lawqueue.rules.parameter import DatedValue, Parameter
from lawqueue.study.ensemble import LATER, uncertain

PAGE: Final = Path(__file__).with_name("parameters.md")
INTRODUCTION: Final = """\
# Parameter ledger

Written by `docs/make_parameters.py` from `src/lawqueue/models/us_immigration/parameters/`; change that, not this page.
The path of a file is the name of its parameter. A value holds from its date until the next one.

Basis: *stated* was published; *derived* follows from published figures by the formula beside it, which `lawqueue rules
check` evaluates; *estimated* rests on published figures of something near; *fitted* was set so that figures of fiscal years
2017 to 2020 are met; *recalled* is remembered and was not retrieved; *assumed* was found with no publisher; *definition* is a
convention of this model. No value was fitted to an outcome after September 2020. *Range* is the span in which a value may well lie. Parameters
marked † are drawn ([trust.md](trust.md)): from the range of the entry that holds longest in fiscal years 2017 to 2020, and the
other entries of those years move along by the same factor, out of their own range if need be; what is assumed anew about
later years is drawn from its own range."""


def page() -> str:
    """Return the page: the count by basis, and one table for each topic."""
    book = MODEL.parameters()
    free = {each.name.removesuffix(LATER) for each in uncertain(MODEL, book)}
    count = Counter(value.basis for each in book for value in each.values)
    lines = [
        INTRODUCTION,
        "",
        f"{len(book)} parameters, {sum(count.values())} dated values: "
        + ", ".join(f"{number} {basis}" for basis, number in sorted(count.items()))
        + f". {len(free)} parameters are drawn.",
    ]
    for topic in dict.fromkeys(each.name.split(".")[0] for each in book):
        lines += [
            f"\n## {topic}\n",
            "| Parameter | Unit | From | Value | Range | Basis | Source |",
            "|---|---|---|---|---|---|---|",
        ]
        for each in (each for each in book if each.name.split(".")[0] == topic):
            lines += [
                f"| {' | '.join(_cells(each, value, i == 0, each.name in free))} |"
                for i, value in enumerate(each.values)
            ]
    return "\n".join(lines) + "\n"


def _cells(about: Parameter, value: DatedValue, first: bool, is_drawn: bool) -> tuple[str, ...]:
    name = f"{about.description}<br>`{about.name}`{' †' if is_drawn else ''}" if first else ""
    low, high = value.low, value.high
    return (
        name,
        about.unit if first else "",
        value.start.isoformat(),
        f"{value.value:g}",
        "" if low is None or high is None else f"{low:g} to {high:g}",
        value.basis,
        _source(value),
    )


def _source(value: DatedValue) -> str:
    cited = value.source
    if isinstance(cited, str):
        return plain(cited)
    title = f"[{plain(cited.cited)}]({cited.link})" if cited.link else plain(cited.cited)
    formula = f"`{value.formula}`" if value.formula else None
    rest = [plain(part) for part in (cited.section, formula, cited.note) if part]
    return "; ".join([title, *rest])


def main() -> None:
    """Write the page, or check it."""
    keep({PAGE: page()})


if __name__ == "__main__":
    main()
