"""A fit of a toy whose truth is known: found, resumed from its store, and honest about what the data do not tell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lawqueue.trust.emulator import Emulator
from lawqueue.trust.fit import Aim, Budget, Fit, Store, _checked, _ruled_out, deciding, fit, implausibility

N = 5  # the last one does nothing
TRUE = np.array([0.8, 0.3, 0.6, 0.4, 0.5])
BUDGET = Budget(
    trajectories=4,
    active=4,
    generations=5,
    population=8,
    waves=2,
    per_wave=40,
    candidates=2000,
    walkers=16,
    steps=200,
    draws=40,
    rounds=4,
)


class Toy:
    """Six outputs of five parameters, curved and mixed; counts its runs."""

    def __init__(self) -> None:
        self.runs = 0
        self.stop_after: int | None = None

    def __call__(self, positions: np.ndarray) -> np.ndarray:
        if self.stop_after is not None and self.runs >= self.stop_after:
            raise KeyboardInterrupt
        self.runs += len(positions)
        a, b, c, d, _ = positions.T
        return np.stack([2 * a, b + a * b, 1.5 * c**2, d - c, a + 2 * d, b - d], axis=1)


def aim() -> Aim:
    truth = Toy()(TRUE[None])[0]
    return Aim(truth, lambda residuals: np.diag(np.full(residuals.size, 0.05**2)))


def said(_: str) -> None:
    pass


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, told: list[str]) -> tuple[Path, Fit]:
    folder = tmp_path_factory.mktemp("fit")
    return folder, fit(Store(folder, Toy(), told.append), N, aim(), BUDGET)


def test_the_ensemble_surrounds_the_known_truth(found: tuple[Path, Fit]) -> None:
    made = found[1]
    assert len(made.positions) == BUDGET.draws
    fitted = made.active
    assert set(fitted.tolist()) == {0, 1, 2, 3}
    low, high = np.quantile(made.positions[:, fitted], (0.025, 0.975), axis=0)
    assert ((low <= TRUE[fitted]) & (TRUE[fitted] <= high)).all()
    # And is far narrower than the prior, whose standard deviation is 0.29.
    assert (made.positions[:, fitted].std(axis=0) < 0.15).all()


def test_what_the_data_do_not_tell_keeps_its_prior(found: tuple[Path, Fit]) -> None:
    made = found[1]
    assert made.influence[4] == 0.0
    assert made.positions[:, 4].std() == pytest.approx(np.sqrt(1 / 12), rel=0.25)


def test_every_draw_was_checked_with_the_simulator(found: tuple[Path, Fit]) -> None:
    made = found[1]
    np.testing.assert_allclose(made.outputs, Toy()(made.positions))
    far = implausibility(made.outputs, aim().truth, np.full(6, 0.05**2))
    assert (deciding(far) < 3.0).all()


def test_a_draw_that_the_simulator_rules_out_is_dropped_whatever_the_emulator_said(tmp_path: Path) -> None:
    active, spread = np.arange(4), np.full(6, 0.05**2)
    chain = np.repeat([TRUE[:4], 1 - TRUE[:4]], 50, axis=0)  # half of the chain is far off
    positions, outputs, checked = _checked(
        Store(tmp_path, Toy(), said), N, active, chain, aim(), spread, BUDGET, 0
    )
    assert 0 < len(positions) < checked
    np.testing.assert_array_equal(positions[:, :4], np.tile(TRUE[:4], (len(positions), 1)))
    np.testing.assert_allclose(outputs, np.tile(aim().truth, (len(positions), 1)))


def test_a_fit_from_its_store_is_the_same_and_runs_nothing_again(found: tuple[Path, Fit]) -> None:
    folder, made = found
    toy = Toy()
    again = fit(Store(folder, toy, said), N, aim(), BUDGET)
    assert toy.runs == 0
    np.testing.assert_array_equal(again.positions, made.positions)


def test_a_fit_that_was_stopped_goes_on_to_the_same_ensemble(tmp_path: Path, found: tuple[Path, Fit]) -> None:
    folder, made = found
    toy = Toy()
    toy.stop_after = 70
    with pytest.raises(KeyboardInterrupt):
        fit(Store(tmp_path, toy, said), N, aim(), BUDGET)
    rest = Toy()
    again = fit(Store(tmp_path, rest, said), N, aim(), BUDGET)
    whole = sum(len(np.load(each)["inputs"]) for each in folder.glob("*.npz"))
    assert 0 < toy.runs < whole
    assert toy.runs + rest.runs == whole
    np.testing.assert_array_equal(again.positions, made.positions)


def test_a_fit_says_before_how_many_runs_it_takes_and_while_it_runs_how_many_are_left(
    found: tuple[Path, Fit], told: list[str]
) -> None:
    folder, made = found
    # 4 trajectories of 6 runs, 5 generations of 8, 2 waves of 40; rounds of 20 draws, of which there are 4.
    assert told[0] == "144 runs, then rounds of 20 draws that are checked, until 40 are kept, 80 at most"
    assert sum(len(np.load(each)["inputs"]) for each in folder.glob("*.npz")) == 144 + made.checked
    assert "search001: run 1 of 8; about 112 runs left, 1 s" in told
    assert told[-1].endswith(f"draws kept, of {made.checked} checked")


def test_a_wave_that_rules_out_nothing_more_says_so() -> None:
    assert _ruled_out(1, [0.3]) == "wave1: 30.0% of the prior is not ruled out"
    assert _ruled_out(2, [0.3, 0.2]) == "wave2: 20.0% of the prior is not ruled out"
    assert _ruled_out(2, [0.3, 0.3]).endswith(", no less than before: the check decides")


def test_runs_of_other_inputs_are_not_taken_for_ones_own(tmp_path: Path) -> None:
    store = Store(tmp_path, lambda inputs: inputs * 2, said)
    one = np.array([[1.0, 2.0]])
    store.runs("stage", one)
    np.testing.assert_array_equal(store.runs("stage", one + 1), 2 * (one + 1))


def test_a_damaged_file_of_runs_is_made_again(tmp_path: Path) -> None:
    store, one = Store(tmp_path, lambda inputs: inputs * 2, said), np.array([[1.0, 2.0]])
    store.runs("stage", one)
    (path,) = tmp_path.glob("stage-*.npz")
    for content in (b"", b"nonsense", path.read_bytes()[:100]):
        path.write_bytes(content)
        np.testing.assert_array_equal(store.runs("stage", one), 2 * one)


def test_an_emulator_knows_how_wrong_it_is() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.random((120, 3))
    outputs = np.stack([inputs[:, 0] * inputs[:, 1], np.sin(4 * inputs[:, 2]), rng.normal(size=120)], axis=1)
    made = Emulator(inputs, outputs)
    assert (made.explained[:2] > 0.95).all()
    assert made.explained[2] < 0.2  # noise cannot be learnt
    new = rng.random((200, 3))
    missed = made.predict(new)[:, 0] - new[:, 0] * new[:, 1]
    assert np.mean(missed**2) < 4 * made.error[0] + 1e-6


def test_the_third_worst_target_decides() -> None:
    distances = np.array([[0.5, 9.0, 8.0, 1.0], [0.5, 9.0, 8.0, 4.0]])
    np.testing.assert_array_equal(deciding(distances), [1.0, 4.0])
