"""What the flagship is built from: the dated inputs of any model, and what its guidelines let officers do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lawqueue.engine.varying import Floats, Varying
from lawqueue.models import world
from lawqueue.models.profiles import ACTIONS
from lawqueue.models.us_immigration.groups import Groups, groups_of
from lawqueue.models.us_immigration.profiles import Profiles
from lawqueue.models.world import Mask, Part
from lawqueue.rules import Guideline
from lawqueue.rules.guideline import Decisions
from lawqueue.same import Same

ONCE_A_MONTH = {
    "border.title42.share_without_record": 15,
    "border.pathway.prior_removal_share.near": 1,
    "border.pathway.prior_removal_share.other": 1,
}
"""Parameters that are set beside figures by month, and the day of the month as on which they are read."""


@dataclass(frozen=True)
class World(world.World):
    """Inputs of one scenario of the flagship model."""

    profiles: Profiles

    @property
    def groups(self) -> Groups:
        """The groups by which the engine counts."""
        self.note("rules")
        return groups_of(self.profiles, tuple(Same(each) for each in self.rules))

    def once_a_month(self, name: str) -> Floats:
        """Return a parameter by month, as it is on the day on which it is read, shape (n_months,)."""
        daily = self._remembered("book", name)
        return np.asarray(daily[self.published.first_days + ONCE_A_MONTH[name] - 1])

    def acted_on(self, action: str) -> list[tuple[Mask, Floats]]:
        """
        Return, for each guideline in force, which profiles it puts under `action`, and when it does.

        Where a court's order reaches every decision, approvals are not asked for and nobody is out of reach.

        Returns
        -------
        list of ((n,) bool, (days,) float64 of 0 and 1)
        """
        code = ACTIONS.index(action)
        found = []
        for guideline, in_force in self.in_force():
            taken = self.profiles.actions(guideline) == code
            found.append((taken, in_force))
            if action in {"preapproval", "none"}:
                for scope, suspended in self._suspended(guideline, in_force, ("all",)):
                    found.append((scope & taken, -suspended))
        return found

    def taken_up(self) -> list[tuple[Mask, Floats]]:
        """
        Return whom each guideline leaves open to action, and what share of them officers take up on each day.

        The share is the parameter that the tier names, else that of any case that a guideline leaves open.

        Returns
        -------
        list of ((n,) bool, (days,) float64 [/1])
        """
        usual = self.daily("guidance.discretion_share") * self.daily("guidance.open_share")
        found = []
        for guideline, in_force in self.in_force():
            tiers = self.profiles.tiers(guideline)
            for index, tier in enumerate(guideline.tiers_all):
                if tier.action == "enforceable":
                    share = self.daily(tier.share) if tier.share else usual
                    found.append((tiers == index, in_force * share))
            closed = self._bound(guideline, "preapproval", "none")
            for scope, suspended in self._suspended(guideline, in_force, ("all",)):
                found.append((scope & closed, suspended * usual))
        return found

    def taken_over(self) -> Varying:
        """
        Return the share of each profile that ICE takes over from a jail that hands it over, [/1].

        It is 1, but for tiers that name a parameter for it.
        """
        found: list[Part] = [(np.ones(self.profiles.n), 1.0)]
        for guideline, in_force in self.in_force():
            tiers = self.profiles.tiers(guideline)
            found += [
                (tiers == index, -in_force * (1 - self.daily(tier.handed_over)))
                for index, tier in enumerate(guideline.tiers_all)
                if tier.handed_over
            ]
        return self.by_profile(*found)

    def outside_priorities(self) -> list[tuple[Mask, Floats]]:
        """
        Return whom each guideline in force leaves outside its priorities at a review of custody, and how far.

        As far as officers act on a court's order, who is in its scope is not released for being outside. A
        guideline without priorities leaves nobody outside.

        Returns
        -------
        list of ((n,) bool, (days,) float64 [/1])
        """
        found = []
        for guideline, in_force in self.in_force():
            if guideline.tiers:
                outside = ~self._bound(guideline, "presumed")
                found.append((outside, in_force))
                for scope, suspended in self._suspended(guideline, in_force, ("all", "custody")):
                    found.append((scope & outside, -suspended))
        return found

    def _bound(self, guideline: Guideline, *actions: str) -> Mask:
        codes = [ACTIONS.index(each) for each in actions]
        return np.isin(self.profiles.actions(guideline), codes)

    def _suspended(
        self, guideline: Guideline, in_force: Floats, reaching: Sequence[Decisions]
    ) -> Iterator[tuple[Mask, Floats]]:
        """Yield the scope of each suspension that reaches some decisions, and how far it is acted on by day."""
        acted_on = self.daily("guidance.suspension_share")
        for each in guideline.suspended:
            if each.decisions not in reaching:
                continue
            suspended = self.during(each.spell.start, each.spell.end) * in_force * acted_on
            if suspended.any():
                yield self.profiles.reached(each), suspended
