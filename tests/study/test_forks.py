"""A scenario is history until its first change: one world, walked once, with the bytes of two."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from lawqueue.engine.compile import Compiled, compile_network
from lawqueue.engine.run import run_replicate
from lawqueue.engine.trunk import Trunk
from lawqueue.errors import RunError
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.rules import Change
from lawqueue.study import ensemble, library, simulate
from lawqueue.study.scenario import Scenario
from lawqueue.study.simulate import Kept, Laboratory, Settings, changed_world

SCALE = 0.005
SCENARIOS = library.loaded(library.found("town-hall-2021")[0])
SMALL = Settings(replicates=2, scale=SCALE, threads=2)


@pytest.mark.parametrize("draw", [0, 5])
def test_every_scenario_of_the_package_branches_off_history_with_the_bytes_of_a_run_of_its_own(
    draw: int,
) -> None:
    book = ensemble.shipped(MODEL).book(draw, MODEL.parameters())
    start, end = SCENARIOS[0].start, SCENARIOS[0].end

    def plan(scenario: Scenario | None) -> Compiled:
        world = changed_world(MODEL, book, scenario.every if scenario else (), start, end)
        return compile_network(MODEL.network(world), SCALE)

    trunk = Trunk(plan(None), 0, draw)
    for scenario in SCENARIOS:
        if (scenario.start, scenario.end) != (start, end):
            continue
        made = plan(scenario)
        branch = trunk.branch(made)
        for name, values in vars(run_replicate(made, 0, draw)).items():
            np.testing.assert_array_equal(getattr(branch.replicate, name), values, err_msg=scenario.name)
        first = min((each.at for each in scenario.every), default=end)
        # What is set beside figures by month acts on the whole month of its change.
        assert branch.parts >= (first.replace(day=1) - start).days, scenario.name


def test_scenarios_run_together_give_what_they_give_alone() -> None:
    chosen = [each for each in SCENARIOS if each.name in {"prosecute-1326", "engage-cities"}]
    together, alone = (
        Laboratory(MODEL, SMALL),
        [Laboratory(MODEL, SMALL) for _ in chosen],
    )
    together.together(chosen)
    for each, other in zip(chosen, alone, strict=True):
        np.testing.assert_array_equal(together.run(each).results.values, other.run(each).results.values)
        # The ramp of a change is nothing on its first day.
        assert together.run(each).parts_on == other.run(each).parts_on == date(2021, 4, 3)
    history = together.history(chosen[0].start, chosen[0].end)
    np.testing.assert_array_equal(
        history.results.values,
        Laboratory(MODEL, SMALL).history(chosen[0].start, chosen[0].end).results.values,
    )
    assert history.parts_on == chosen[0].end


def test_a_kept_trunk_gives_the_same_numbers() -> None:
    (scenario,) = (each for each in SCENARIOS if each.name == "more-removals")
    kept = Kept()
    one = Laboratory(MODEL, SMALL, kept=kept)
    one.history(scenario.start, scenario.end)
    for laboratory in (one, Laboratory(MODEL, SMALL, kept=kept)):
        np.testing.assert_array_equal(
            laboratory.run(scenario).results.values,
            Laboratory(MODEL, SMALL).run(scenario).results.values,
        )


def test_of_draws_that_are_kept_the_oldest_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kept, "MOST", 2)
    kept = Kept()
    laboratory = Laboratory(MODEL, SMALL, kept=kept)
    for end in (date(2017, 1, 1), date(2017, 2, 1), date(2017, 3, 1), date(2017, 4, 1)):
        laboratory.history(date(2016, 10, 1), end)
    assert len(kept._networks) == len(kept._trunks) <= Kept.MOST + SMALL.threads


def test_a_reform_that_moves_something_before_it_acts_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (scenario,) = (each for each in SCENARIOS if each.name == "prosecute-1326")
    proper = simulate.changed_world
    early = Change("detention.places", scenario.start, "multiply", 0.5)

    def faulty(*given: object) -> object:
        model, base, changes, *span = given
        return proper(model, base, (*changes, early) if changes else changes, *span)  # type: ignore[arg-type,misc]

    monkeypatch.setattr(simulate, "changed_world", faulty)
    with pytest.raises(RunError, match="before its first change on 2021-04-02: this is a fault of the model"):
        Laboratory(MODEL, SMALL).run(scenario)
