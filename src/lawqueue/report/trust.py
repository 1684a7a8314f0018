"""What an effect hangs on, as a section of the report, and what one more of a resource brings, as a page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError

from lawqueue import numbers
from lawqueue.errors import InputError, shown
from lawqueue.exports import json_text
from lawqueue.months import named
from lawqueue.report import charts
from lawqueue.report.page import drawn, environment
from lawqueue.study.ensemble import LATER
from lawqueue.study.folder import REPORT, add

if TYPE_CHECKING:
    from lawqueue.trust.marginal import Curve
    from lawqueue.trust.sensitivity import Sensitivity


START, END = '<section aria-labelledby="depends">', "</section>"
"""Between these stands, in every report, what its answers depend on; words of a user cannot hold them unescaped."""


@dataclass(frozen=True)
class Block:
    """A heading, words, a picture and a table; each of them may be empty."""

    heading: str
    words: str = ""
    picture: Markup | str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def in_words(found: Sensitivity) -> str:
    """Return what the effect is and where its uncertainty comes from, in sentences that can be quoted."""
    if not found.parts:
        return f"{found.title}: the scenario does not touch it, whatever the parameters."
    mean, low, high = found.ensemble
    split = [
        f"{each.share:.0%} {'comes ' if i == 0 else ''}from {each.source}"
        for i, each in enumerate(found.parts)
    ]
    return (
        f"{found.title}: the effect is {_amount(found, found.effect)} with the parameters as written. Over the parameter sets "
        f"that agree with the published figures it is {_amount(found, mean)} on average, and from {_amount(found, low)} to "
        f"{_amount(found, high)} in nine of ten. Of its variance {', '.join(split[:-1])} and {split[-1]}. "
        f"{_with_the_dial(found)}"
    ).rstrip()


def _with_the_dial(found: Sensitivity) -> str:
    """Return what the effect is at each setting of the dial; nothing for a model without one."""
    if not found.dial:
        return ""
    off, least, most = (each.effect for each in found.dial)
    signs = {(each > 0) - (each < 0) for each in (off, least, most)}
    sign = "does not change" if len(signs) == 1 else "changes"
    return (
        f"It is {_amount(found, off)} with deterrence off, {_amount(found, least)} with the low estimate and "
        f"{_amount(found, most)} with the high one: its sign {sign} with the dial."
    )


def _amount(found: Sensitivity, value: float) -> str:
    unit = {"case": " cases", "/1": "", "USD": ""}.get(found.unit, f" {found.unit}")
    return numbers.signed(value, found.unit) + unit


def as_json(found: Sensitivity) -> dict[str, Any]:
    """Return it for JSON, with the sentences."""
    return asdict(found) | {"in_words": in_words(found), "parts": [asdict(each) for each in found.parts]}


def added_before(folder: Path) -> dict[str, Sensitivity]:
    """
    Return what was added to the report of a results folder, by the name of its file.

    Raises
    ------
    InputError
        If what the folder holds was not written by this version.
    """
    from lawqueue.trust.sensitivity import Sensitivity  # noqa: PLC0415  # it needs an extra

    reader, every = TypeAdapter(Sensitivity), {}
    for path in sorted(folder.glob("sensitivity.*.json")):
        try:
            every[path.name] = reader.validate_json(path.read_bytes())
        except ValidationError as error:
            raise InputError(
                f"{shown(path)} was not written by this version of lawqueue sensitivity. Remove it."
            ) from error
    report = folder / REPORT
    if not report.is_file() or START not in report.read_text(encoding="utf-8"):
        raise InputError(f"{shown(report)} was not written by this version of lawqueue run. Run it again.")
    return every


def add_sensitivity(folder: Path, found: Sensitivity, made: Path) -> None:
    """Write a results folder anew, with what an effect hangs on added to it and to its report."""
    name = f"sensitivity.{found.scenario}.{found.series}.json"
    every = dict(sorted((added_before(folder) | {name: found}).items()))
    report = with_sensitivity((folder / REPORT).read_text(encoding="utf-8"), tuple(every.values()))
    add(folder, made, {name: json_text(as_json(found), indent=1) + "\n", REPORT: report})


def with_sensitivity(report: str, every: Sequence[Sensitivity]) -> str:
    """Return a report whose section on what the answers depend on says what was found."""
    asked = [(each, in_words(each), _blocks(each)) for each in every]
    before, _, rest = report.partition(START)
    _, _, after = rest.partition(END)
    return before + environment().get_template("depends.html.j2").render(asked=asked).rstrip() + after


def _blocks(found: Sensitivity) -> tuple[Block, ...]:
    unit = found.unit
    signed = numbers.signed
    blocks = (
        Block(
            "Deterrence off, low, high",
            "Off: arrivals do not answer to policy. Low and high: the published estimates.",
            head=("Dial", "Effect"),
            rows=tuple((each.setting, signed(each.effect, unit)) for each in found.dial),
        ),
        Block(
            "Where the uncertainty comes from",
            head=("Source", "Standard deviation of the effect", "Share of its variance"),
            rows=tuple(
                (each.source, numbers.quantity(each.sd, unit), numbers.share(each.share))
                for each in found.parts
            ),
        ),
        Block(
            "One parameter at a time",
            "Each goes to the ends of its range, all others as written; the widest are drawn.",
            drawn(charts.tornado(found)),
            ("Parameter", "Low", "Effect", "High", "Effect"),
            tuple(
                (
                    _named(found, each.parameter),
                    numbers.number(each.low),
                    signed(each.effect_low, unit),
                    numbers.number(each.high),
                    signed(each.effect_high, unit),
                )
                for each in found.tornado
                if each.width > 0
            ),
        ),
        Block(
            "What it is worth to know",
            "By how much the variance of the effect over all the ranges would shrink on average if the parameter "
            f"were known (Sobol first-order index; the emulator behind it explains {found.explained:.0%}).",
            head=("Parameter", "Shrinks by", "Alone or with others (total index)"),
            rows=tuple(
                (
                    _named(found, each.parameter),
                    f"{max(each.first, 0.0):.0%} ± {each.error:.0%}",
                    f"{max(each.total, 0.0):.0%}",
                )
                for each in found.shares
            ),
        ),
        Block(
            "Structure",
            "Switches in how the model is built, each turned to the other end of its range; those that move the effect most "
            "come first.",
            head=("Switch", "Turned to", "Effect"),
            rows=tuple(
                (_named(found, each.name), each.setting, signed(each.effect, unit))
                for each in sorted(found.switches, key=lambda each: -abs(each.effect - found.effect))
            ),
        ),
    )
    # A model may have no dial, or no switch: a table of nothing is not shown.
    return tuple(each for each in blocks if each.rows)


def _named(found: Sensitivity, parameter: str) -> str:
    name = parameter.removesuffix(LATER)
    about = found.descriptions[name]
    when = "" if name == parameter else " (as it was after the fitted years)"
    return Markup("{}{}<br><code>{}</code>").format(about, when, parameter)


def yield_page(curves: Sequence[Curve]) -> str:
    """Return a self-contained page on what one more of each resource brings, as HTML."""
    first, blocks = curves[0], []
    for curve in curves:
        have = curve.resource
        order = list(curve.before)
        blocks.append(
            Block(
                f"More {have.name}",
                f"There are {curve.now:,.0f} in {named(curve.at)}. Each point is what one more {have.one} brings over the "
                "days that are counted, when so many are added.",
                drawn(charts.marginal(curve)),
                ("Outcome", f"More {have.name}", f"For one more {have.one}", curve.interval.capitalize()),
                tuple(
                    (
                        f"{each.series.title} ({each.unit})",
                        f"{each.more:+,}",
                        f"{each.each[0]:+.3g}",
                        numbers.EMPTY
                        if math.isnan(each.each[1])
                        else f"{each.each[1]:+.3g} to {each.each[2]:+.3g}",
                    )
                    for each in sorted(curve.yields, key=lambda one: order.index(one.series.name))
                ),
            )
        )
        blocks.append(
            Block(
                f"Where the queue goes with a fifth more {have.name}",
                "Mean load of each stage over these days: work that came over work that could be done.",
                head=("Stage", "As it is", "With more"),
                rows=tuple(
                    (name, f"{before:.2f}", f"{after:.2f}") for name, before, after in curve.displaced
                ),
            )
        )
    return (
        environment()
        .get_template("trust.html.j2")
        .render(
            title=f"What one more {' or '.join(each.resource.one for each in curves)} brings",
            lead=f"Added to history on {first.at}, without time to hire, and counted to {first.until - timedelta(days=1)}.",
            blocks=blocks,
        )
    )
