"""Dated numbers, and the changes that a reform lays over them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lawqueue.errors import InputError
from lawqueue.rules import Change, Operation, ParameterBook, load_parameter, load_parameters

pytestmark = pytest.mark.filterwarnings("error")

BROKEN = Path(__file__).parent / "broken"
BEDS = """\
description: Beds that a budget pays for.
unit: bed
maximum: 100
lever: {label: Beds, from: 0, to: 100, step: 5, help: More room.}
values:
  - {from: 2020-01-01, value: 20, basis: stated, source: {title: A budget, section: p. 2, quote: twenty beds}}
  - {from: 2020-01-11, value: 40, low: 30, high: 50, basis: assumed, source: A guess.}
"""
SHARE = """\
description: Share of cases that a prosecutor takes.
unit: /1
minimum: null
values:
  - {from: 2020-01-01, value: -0.5, basis: definition, source: A convention.}
"""
START = date(2020, 1, 1)


def day(number: int) -> date:
    """Return a day of January 2020, or after."""
    return START + timedelta(days=number - 1)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> ParameterBook:
    folder = tmp_path_factory.mktemp("parameters")
    (folder / "custody" / "ice").mkdir(parents=True)
    (folder / "custody" / "ice" / "beds.yaml").write_text(BEDS, encoding="utf-8")
    (folder / "share.yaml").write_text(SHARE, encoding="utf-8")
    return load_parameters(folder)


def test_the_path_is_the_name(book: ParameterBook) -> None:
    assert book.names == ("custody.ice.beds", "share")
    assert "share" in book
    assert len(book) == 2
    assert [each.unit for each in book] == ["bed", "/1"]


def test_a_value_holds_until_the_next(book: ParameterBook) -> None:
    assert [book.value("custody.ice.beds", each) for each in (day(1), day(10), day(11), day(900))] == [
        20,
        20,
        40,
        40,
    ]


def test_a_series_has_one_number_per_day_and_agrees_with_each_day(book: ParameterBook) -> None:
    series = book.series("custody.ice.beds", day(9), day(13))
    assert series.dtype == np.float64
    assert series.tolist() == [20, 20, 40, 40]


def test_source_span_and_lever_are_kept(book: ParameterBook) -> None:
    parameter = book.parameter("custody.ice.beds")
    assert parameter.on(day(5)).source.quote == "twenty beds"
    assert parameter.on(day(12)).source.title == "A guess."
    assert (parameter.on(day(12)).low, parameter.on(day(12)).high) == (30, 50)
    assert parameter.lever is not None
    assert parameter.lever.end == 100


def test_an_unknown_parameter_is_named_with_the_nearest(book: ParameterBook) -> None:
    with pytest.raises(
        InputError, match=r"no parameter 'custody.ice.bedz'\. Did you mean 'custody.ice.beds'"
    ):
        book.value("custody.ice.bedz", day(1))


def test_a_day_before_the_first_value_lists_the_dated_values(book: ParameterBook) -> None:
    expected = (
        r"'custody.ice.beds' is not in force on 2019-12-31 \(dated values: 2020-01-01 → 20, 2020-01-11 → 40\)"
    )
    with pytest.raises(InputError, match=expected):
        book.value("custody.ice.beds", day(0))
    with pytest.raises(InputError, match=expected):
        book.parameter("custody.ice.beds").on(day(0))
    with pytest.raises(InputError, match=expected):
        book.changed(Change("custody.ice.beds", day(0), "set", 5))


def test_a_series_of_no_day_is_refused(book: ParameterBook) -> None:
    with pytest.raises(InputError, match=r"has no day\. Give an end after the start"):
        book.series("share", day(2), day(2))


@pytest.mark.parametrize(
    ("operation", "number", "expected"),
    [
        # Ten days at 20, then 40; the change runs from day 8, over four days, until day 13.
        ("set", 60, [20, 30, 40, 55, 60, 40, 40]),
        ("multiply", 2, [20, 25, 30, 70, 80, 40, 40]),
        ("add", 8, [20, 22, 24, 46, 48, 40, 40]),
    ],
)
def test_a_change_grows_in_evenly_and_goes_again(
    book: ParameterBook, operation: Operation, number: float, expected: list[float]
) -> None:
    change = Change("custody.ice.beds", day(8), operation, number, ramp_days=4, until=day(13))
    assert book.changed(change).series("custody.ice.beds", day(8), day(15)).tolist() == expected


def test_a_change_holds_from_its_first_day_over_later_dated_values(book: ParameterBook) -> None:
    changed = book.changed(Change("custody.ice.beds", day(5), "set", 7))
    assert changed.series("custody.ice.beds", day(4), day(6)).tolist() == [20, 7]
    assert changed.value("custody.ice.beds", day(500)) == 7


def test_changes_are_laid_over_each_other_in_order_and_the_original_is_untouched(book: ParameterBook) -> None:
    first = Change("custody.ice.beds", day(1), "add", 10, source="A bill.")
    second = Change("custody.ice.beds", day(1), "multiply", 2)
    changed = book.changed(first).changed(second)
    assert changed.value("custody.ice.beds", day(1)) == 60
    assert changed.changes == (first, second)
    assert (book.value("custody.ice.beds", day(1)), book.changes) == (20, ())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            Change("custody.ice.beds", day(2), "multiply", 3),
            "change of 'custody.ice.beds': multiply 3 from 2020-01-02 makes it 120 beds on 2020-01-11. "
            "Expected at least 0 and at most 100. Give a smaller number.",
        ),
        (
            Change("custody.ice.beds", day(2), "set", -1, ramp_days=30),
            "change of 'custody.ice.beds': set -1 from 2020-01-02 makes it -1 beds on 2020-02-01. "
            "Expected at least 0 and at most 100. Give a larger number.",
        ),
        (
            Change("custody.ice.beds", day(2), "set", -60, ramp_days=30),
            "set -60 from 2020-01-02 makes it -60 beds on 2020-02-01.",
        ),
        # Half grown on the day before it ends, 40 + (300 - 40) / 2, and gone before it is complete
        (
            Change("custody.ice.beds", day(12), "set", 300, ramp_days=10, until=day(18)),
            "set 300 from 2020-01-12 makes it 170 beds on 2020-01-17. Expected at least 0 and at most 100.",
        ),
        (Change("custody.ice.beds", day(2), "set", float("nan")), "the number must be finite, got nan."),
        (Change("custody.ice.beds", day(2), "add", 1, ramp_days=-1), "ramp_days must be at least 0, got -1."),
        (
            Change("custody.ice.beds", day(2), "add", 1, until=day(2)),
            "until, 2020-01-02, must be after the first day, 2020-01-02.",
        ),
        (Change("custody.ice.bed", day(2), "add", 1), "no parameter 'custody.ice.bed'. Did you mean"),
        (Change("share", day(2), "multiple", 1), "no operation 'multiple'. Did you mean 'multiply'?"),  # type: ignore[arg-type]
    ],
)
def test_a_change_that_cannot_be_made_is_refused(book: ParameterBook, change: Change, message: str) -> None:
    with pytest.raises(InputError) as caught:
        book.changed(change)
    assert message in str(caught.value)


def test_an_open_minimum_lets_a_value_be_negative(book: ParameterBook) -> None:
    assert book.changed(Change("share", day(3), "add", -4)).value("share", day(3)) == -4.5


CHANGES = st.builds(
    Change,
    name=st.just("custody.ice.beds"),
    at=st.integers(1, 20).map(day),
    operation=st.sampled_from(["set", "multiply", "add"]),
    number=st.sampled_from([-3.0, 0.0, 0.5, 1.0, 2.0, 30.0]),
    ramp_days=st.integers(0, 9),
    until=st.none() | st.integers(21, 30).map(day),
)


@settings(max_examples=100, deadline=None)
@given(changes=st.lists(CHANGES, min_size=1, max_size=3))
def test_no_day_of_an_accepted_reform_is_out_of_bounds(book: ParameterBook, changes: list[Change]) -> None:
    changed = book
    try:
        for each in changes:
            changed = changed.changed(each)
    except InputError:
        return
    series = changed.series("custody.ice.beds", day(1), day(60))
    assert series.min() >= -1e-9
    assert series.max() <= 100 + 1e-9
    assert series.tolist() == [changed.value("custody.ice.beds", day(each)) for each in range(1, 60)]
    first = min(each.at for each in changes)
    before = (first - START).days
    assert series[:before].tolist() == book.series("custody.ice.beds", day(1), day(60))[:before].tolist()


@settings(max_examples=50, deadline=None)
@given(change=CHANGES, ramp=st.integers(0, 9))
def test_a_change_by_nothing_changes_nothing(book: ParameterBook, change: Change, ramp: int) -> None:
    for operation, number in (("add", 0.0), ("multiply", 1.0)):
        null = Change("custody.ice.beds", change.at, operation, number, ramp, change.until)  # type: ignore[arg-type]
        series = book.changed(null).series("custody.ice.beds", day(1), day(60))
        assert series.tolist() == book.series("custody.ice.beds", day(1), day(60)).tolist()


BROKEN_FILES = {
    "order": [
        (1, 14, "description: must be a sentence that ends in a period."),
        (2, 7, "unit: no unit 'beds'. Did you mean 'bed'?"),
        (6, 12, "values.1.from: 2019-01-01 is not after 2020-01-01. Sort the values by date."),
        (6, 31, "values.1.value: must be 0 to 10, got -5."),
        (7, 48, "values.2.high: must be 0 to 10, got 11."),
    ],
    "span": [
        (4, 5, "values.0: basis: assumed needs 'low' and 'high', the span the value may lie in."),
        (5, 5, "values.1: low is 6, above the value 5. Expected low <= value <= high."),
        (6, 31, 'values.2.value: input should be a valid number, got "5".'),
        (7, 5, "values.3.source: this key is missing. Add it."),
        (7, 12, "values.3.from: must be a date, as 2021-03-01, got 20230101."),
        (7, 29, "values.3.value: input should be a valid number, got true."),
        (8, 45, "lever.step: must be more than 0, got 0."),
    ],
    "basis": [
        (
            4,
            41,
            "values.0.basis: must be 'stated', 'derived', 'estimated', 'recalled', 'assumed', 'fitted' or "
            "'definition', got 'guessed'. Known: 'assumed', 'definition', 'derived', 'estimated', 'fitted', "
            "'recalled', 'stated'.",
        ),
        (5, 5, "values.1.value: this key is missing. Add it."),
        (5, 24, "unknown key 'values.1.valeu'. Did you mean 'value'?"),
    ],
}


@pytest.mark.parametrize("name", BROKEN_FILES)
def test_a_broken_parameter_says_what_is_wrong_where(name: str) -> None:
    with pytest.raises(InputError) as caught:
        load_parameter(BROKEN / f"parameter-{name}.yaml", "custody.beds")
    assert [(each.line, each.column, each.message) for each in caught.value.problems] == BROKEN_FILES[name]


def test_every_broken_parameter_has_its_message() -> None:
    assert {path.stem for path in BROKEN.glob("parameter-*.yaml")} == {
        f"parameter-{name}" for name in BROKEN_FILES
    }


def test_a_folder_reports_the_faults_of_all_its_files(tmp_path: Path) -> None:
    for name in BROKEN_FILES:
        text = (BROKEN / f"parameter-{name}.yaml").read_text(encoding="utf-8")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_parameters(tmp_path)
    assert len(caught.value.problems) == sum(map(len, BROKEN_FILES.values()))


def test_a_folder_without_parameters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"it has no \*.yaml file"):
        load_parameters(tmp_path)
