"""Pages on trust: what an effect hangs on, and what one more of a resource brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from lawqueue.report import charts, numbers
from lawqueue.report.page import drawn, environment

if TYPE_CHECKING:
    from lawqueue.trust.marginal import Curve
    from lawqueue.trust.sensitivity import Sensitivity


@dataclass(frozen=True)
class Section:
    """A heading, words, a picture and a table; each of them may be empty."""

    heading: str
    words: str = ""
    picture: Markup | str = ""
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def _page(title: str, lead: str, sections: Sequence[Section]) -> str:
    return environment().get_template("trust.html.j2").render(title=title, lead=lead, sections=sections)


def sensitivity_page(found: Sensitivity) -> str:
    """Return a self-contained page on what an effect hangs on, as HTML."""
    from lawqueue.trust.sensitivity import in_words  # noqa: PLC0415  # it needs an extra

    unit = found.unit
    signed = numbers.signed
    return _page(
        f"What the effect of {found.scenario} on {found.title} hangs on",
        in_words(found),
        (
            Section(
                "Deterrence off, low, high",
                "Off: arrivals do not answer to policy. Low and high: the published estimates.",
                head=("Dial", "Effect"),
                rows=tuple((each.setting, signed(each.effect, unit)) for each in found.dial),
            ),
            Section(
                "One parameter at a time",
                "Each goes to the ends of its range, all others as written; the widest are drawn.",
                drawn(charts.tornado(found)),
                ("Parameter", "Low", "Effect", "High", "Effect"),
                tuple(
                    (
                        each.parameter,
                        numbers.number(each.low),
                        signed(each.effect_low, unit),
                        numbers.number(each.high),
                        signed(each.effect_high, unit),
                    )
                    for each in found.tornado
                    if each.width > 0
                ),
            ),
            Section(
                "What it is worth to know",
                "By how much the variance of the effect over all the ranges would shrink on average if the parameter "
                f"were known (Sobol first-order index; the emulator behind it explains {found.explained:.0%}).",
                head=("Parameter", "Shrinks by", "Alone or with others"),
                rows=tuple(
                    (
                        each.parameter,
                        f"{max(each.first, 0.0):.0%} ± {each.error:.0%}",
                        f"{max(each.total, 0.0):.0%}",
                    )
                    for each in found.shares
                ),
            ),
            Section(
                "Structure",
                "Switches in how the model is built, each turned to the other end of its range.",
                head=("Switch", "Turned to", "Effect"),
                rows=tuple((each.name, each.setting, signed(each.effect, unit)) for each in found.switches),
            ),
        ),
    )


def yield_page(curves: Sequence[Curve]) -> str:
    """Return a self-contained page on what one more of each resource brings, as HTML."""
    sections = []
    for curve in curves:
        have = curve.resource
        order = list(curve.before)
        sections.append(
            Section(
                f"More {have.name}",
                f"There are {curve.now:,.0f} in October 2020. Each point is what one more {have.one} brings over the two "
                "years, when so many are added.",
                drawn(charts.marginal(curve)),
                ("Outcome", f"More {have.name}", f"For one more {have.one}", "Middle 90 % of replicates"),
                tuple(
                    (
                        f"{each.series.title} ({each.series.unit.removesuffix('/month')})",
                        f"{each.more:+,}",
                        f"{each.each[0]:+.3g}",
                        f"{each.each[1]:+.3g} to {each.each[2]:+.3g}",
                    )
                    for each in sorted(curve.yields, key=lambda one: order.index(one.series.name))
                ),
            )
        )
        sections.append(
            Section(
                f"Where the queue goes with a fifth more {have.name}",
                "Mean load of each stage over the two years: work that came over work that could be done.",
                head=("Stage", "As it is", "With more"),
                rows=tuple(
                    (name, f"{before:.2f}", f"{after:.2f}") for name, before, after in curve.displaced
                ),
            )
        )
    return _page(
        "What one more bed, judge, officer or attorney brings",
        "Added to history on 1 October 2020, without time to hire, and counted to 30 September 2022.",
        sections,
    )
