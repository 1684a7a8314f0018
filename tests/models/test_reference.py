"""Every reference model against the figures of its source."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import pytest

from lawqueue.errors import InputError
from lawqueue.models import reference
from lawqueue.models.reference.row import computed, simulated
from lawqueue.units import is_unit


@cache
def rows(name: str) -> tuple[reference.Row, ...]:
    return tuple(reference.run(name))


@pytest.mark.parametrize("name", reference.MODELS)
def test_every_figure_is_within_its_tolerance(name: str) -> None:
    assert rows(name)
    for row in rows(name):
        assert row.agrees, row
        assert row.low <= row.ours <= row.high
        assert is_unit(row.unit), row
        assert row.source


@pytest.mark.parametrize("name", reference.MODELS)
def test_every_model_says_what_its_source_is_and_what_it_leaves_out(name: str) -> None:
    text = reference.MODELS[name].text
    assert "Sources\n-------" in text
    assert "eproduced" in text


@pytest.mark.parametrize(
    ("name", "quantity", "most"),
    [
        ("mm20", "mean wait, in mean services", 0.16),
        ("priority", "mean wait of class 1, in mean services", 0.18),
        ("w3", "events", 0.001),
        ("crs-judges-2023", "pending at the end of FY2033, 300 more judges", 0.05),
        ("liu-wein-headline", "releases a year at 21,000 beds", 0.01),
        ("prison-one-compartment", "population in balance, both", 0.01),
    ],
)
def test_tolerances_are_small_enough_to_matter(name: str, quantity: str, most: float) -> None:
    row = [each for each in rows(name) if each.quantity == quantity][-1]
    assert (row.high - row.low) / 2 <= most * row.ours


def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    first, again, other = (reference.run("w3", seed=seed, replicates=2, scale=0.1) for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_the_network_of_w3_agrees_at_a_tenth_of_its_size_too() -> None:
    for row in reference.run("w3", scale=0.1):
        assert row.agrees, row


def test_listing_the_models_loads_no_engine() -> None:
    code = "import sys, lawqueue.models.reference as r; assert r.MODELS; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_an_unknown_model_offers_the_nearest() -> None:
    with pytest.raises(InputError, match=r"no reference model 'mm2'\. Did you mean 'mm20'\?"):
        reference.run("mm2")


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"replicates": 1}, "at least 2"), ({"scale": 0.0}, "above 0"), ({"scale": 2.0}, "at most 1")],
)
def test_settings_out_of_range_are_refused(settings: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        reference.run("w3", **settings)  # type: ignore[arg-type]


def test_a_row_allows_four_standard_errors_and_the_rounding_of_print() -> None:
    row = simulated("n", "case", 10.0, [9.0, 11.0], rounding=0.5, source="by hand")
    assert (row.low, row.high) == pytest.approx((10.0 - 4.5, 10.0 + 4.5))
    assert row.difference == 0.0
    assert not computed("n", "case", 10.0, 11.0, rounding=0.5, note="", source="by hand").agrees
    with pytest.raises(InputError, match="no standard error"):
        simulated("n", "case", 10.0, [9.0], source="by hand")
