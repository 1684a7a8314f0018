"""A court from its table: bad tables are refused by place, a good one is retold, and more judges shorten its docket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lawqueue.engine.run import simulate
from lawqueue.errors import InputError
from lawqueue.models import registry
from lawqueue.models.court import estimate
from lawqueue.models.court.folder import files
from lawqueue.models.court.model import until
from lawqueue.models.court.retelling import in_words, missed
from lawqueue.models.court.rolling import Score, scores, table
from lawqueue.models.court.table import Table, from_observed, read_table
from lawqueue.models.model import Model
from lawqueue.models.observed import load_observed
from lawqueue.rules import Change

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*rows: str, header: str = "month,filings,dispositions,pending") -> Path:
        path = tmp_path / "table.csv"
        path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        return path

    return written


def months(count: int, filings: int = 100, dispositions: int = 90, pending: int = 500) -> list[str]:
    """Return rows of a table in which ten cases more wait each month."""
    return [
        f"{2020 + i // 12}-{i % 12 + 1:02d},{filings},{dispositions},{pending + (i + 1) * (filings - dispositions)}"
        for i in range(count)
    ]


def changed(rows: list[str], place: int, row: str) -> list[str]:
    return [*rows[:place], row, *rows[place + 1 :]]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([*months(3), "2020-05,100,90,550"], ":5:1: month: 2020-05 follows 2020-03: 2020-04 is missing"),
        ([*months(3), "2020-03,100,90,540"], ":5:1: month: 2020-03 stands here again, or out of order"),
        ([*months(3), "April 2020,100,90,540"], ":5:1: month: is 'April 2020'. Expected a month, as 2022-01"),
        ([*months(3), "2020-04,-1,90,449"], ":5:9: filings: is -1, below zero"),
        ([*months(3), "2020-04,100,ninety,540"], ":5:13: dispositions: is 'ninety'. Expected a number"),
        ([*months(3), "2020-04,100,90"], ":5:1: the row has 3 fields. Expected 4"),
        ([*months(3), '2020-04,1"00,90,540'], ":5:9: filings: is '1\"00'. Expected a number"),
        ([*months(3), '2020-04,"100"x,90,540'], ":5:1: the row cannot be read as CSV"),
        ([*months(3), '"2020-04,100,90,540'], ":5:1: the row cannot be read as CSV"),
        (
            changed(months(30), 6, "2020-07,100,90,600"),
            ":8:16: pending: is 600; 570 follow from the period before, filings and dispositions: 30 too many",
        ),
        (changed(months(30), 6, "2020-07,100,90,600"), ":9:16: pending: is 580; 610 follow"),
        ([*months(3), '2020-04,"1,5",90,540'], ":5:9: filings: is '1,5'. Expected a number"),
        ([*months(3), "2020-04,1_00,90,540"], ":5:9: filings: is '1_00'. Expected a number"),
        (
            [*months(3), "2020-04,\u0661\u0660\u0660,90,540"],
            ":5:9: filings: is '\u0661\u0660\u0660'. Expected a number",
        ),
        (
            [*months(3), "2020-04,1000000000000,90,540"],
            ":5:9: filings: is 1000000000000. Expected a count of at most",
        ),
        (["0000-01,100,90,510"], ":2:1: month: is '0000-01'. Expected a month"),
        ([*months(3), "2020-04,100\u2028,90,540"], ":5:12: a line separator (U+2028) stands here"),
        ([*months(3), "2020-04,100,\x0b90,540"], ":5:13: a vertical tab (U+000B) stands here"),
        ([*months(3), "2020-04,100\r,90,540"], ":5:12: a carriage return (U+000D) stands here"),
        ([*months(3), "2020-04,100,90,540\0"], ":5:19: a control character (U+0000) stands here"),
        (months(23), ":24:1: 23 months. Expected at least 24"),
        (months(24, 0, 10, 5000), ":13:9: filings: nothing was filed in the year to here"),
        (months(24, 100, 0), ":13:13: dispositions: nothing was disposed of in the year to here"),
        (
            changed(months(24, 10, 10, 0), 0, "2020-01,10,10,0"),
            ":2:15: pending: is 0. Expected cases that wait",
        ),
        ([f"{row},," for row in months(24)], ":2:1: the row has 6 fields"),
    ],
)
def test_a_bad_table_is_refused_at_its_place(write: Write, rows: list[str], said: str) -> None:
    with pytest.raises(InputError) as refused:
        read_table(write(*rows))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("date,filings,dispositions,pending", ":1:1: the first column is 'date'"),
        ("month,filings,disposition,pending", "unknown column 'disposition'. Did you mean 'dispositions'?"),
        ('month,"filings,dispositions,pending', ":1:1: the header cannot be read as CSV"),
        ("month,filings,filings,pending", ":1:15: the column 'filings' stands here a second time"),
        ("month,filings,dispositions,pending,custody_filings", "go together"),
        (
            "month;filings;dispositions;pending",
            ":1:6: the columns are separated by semicolons. Expected commas",
        ),
        ("month\tfilings\tdispositions\tpending", ":1:6: the columns are separated by tabs. Expected commas"),
    ],
)
def test_columns_that_are_missing_or_unknown_are_named(write: Write, header: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read_table(write(header=header))
    assert said in str(refused.value)


def test_columns_and_rows_in_which_nothing_stands_are_passed_over(write: Write) -> None:
    header = "month,filings,dispositions,pending,,"
    plain = read_table(write(*months(24)))
    padded = read_table(write(*(f"{row},," for row in months(24)), ",,,,,", header=header))
    assert all((padded.columns[name] == plain.columns[name]).all() for name in plain.columns)
    noted = [f"{row},,{'late' if i == 3 else ''}" for i, row in enumerate(months(24))]
    with pytest.raises(InputError, match=":1:36: a column without a name, in which something stands"):
        read_table(write(*noted, header=header))


def test_no_judge_hears_nothing_and_is_refused_where_cases_were_disposed_of(write: Write) -> None:
    header = "month,filings,dispositions,pending,judges"
    with pytest.raises(InputError, match=r":3:20: judges: is 0, and yet cases were disposed of"):
        read_table(write(*(f"{row},{0 if i == 1 else 5}" for i, row in enumerate(months(24))), header=header))
    rows, pending = [], 500
    for i in range(24):
        done = 0 if i == 1 else 90
        pending += 100 - done
        rows.append(f"{2020 + i // 12}-{i % 12 + 1:02d},100,{done},{pending},{5 if done else 0}")
    table = read_table(write(*rows, header=header))
    assert estimate.heard(table, 0.4)[1] == 0


def test_a_part_is_at_most_its_whole(write: Write) -> None:
    rows = [f"{row},{40 if i else 900}" for i, row in enumerate(months(24))]
    with pytest.raises(InputError, match=r":2:20: over_a_year: 900 of 510 pending"):
        read_table(write(*rows, header="month,filings,dispositions,pending,over_a_year"))


def test_what_came_otherwise_explains_a_gap(write: Write) -> None:
    rows = [f"{row},{30 if i == 6 else 0}" for i, row in enumerate(months(30))]
    moved = [
        f"{','.join(each[:3])},{int(each[3]) + (30 if i >= 6 else 0)},{each[4]}"
        for i, each in enumerate(row.split(",") for row in rows)
    ]
    table = read_table(write(*moved, header="month,filings,dispositions,pending,adjustments"))
    assert np.allclose(table.gaps(), 0)


@given(st.floats(0.1, 0.85), st.integers(0, 10_000))
def test_the_share_of_early_ends_is_found_within_its_range(share: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    filed = 1000 + 200 * rng.standard_normal(60)
    around = np.concatenate([filed[:1], (filed[1:] + filed[:-1]) / 2])
    done = share * around + 300 + 5 * rng.standard_normal(60)
    first = read_dates(60)
    pending = 20_000 + np.cumsum(filed - done)
    found = estimate.early_share(
        Table("month", first[:-1], first[-1], {"filings": filed, "dispositions": done, "pending": pending})
    )
    assert found.basis == "estimated"
    assert found.value == pytest.approx(share, abs=0.05)


def test_no_more_ends_early_than_was_disposed_of() -> None:
    first = read_dates(48)
    filed, done = np.full(48, 1000.0), np.full(48, 100.0)
    columns = {"filings": filed, "dispositions": done, "pending": 5000 + np.cumsum(filed - done)}
    found = estimate.early_share(Table("month", first[:-1], first[-1], columns))
    assert (found.low, found.value, found.high) == pytest.approx((0.02, 0.05, 0.08))
    assert "inf" not in found.how
    np.testing.assert_allclose(estimate.heard(Table("month", first[:-1], first[-1], columns), found.high), 20)


def read_dates(count: int) -> tuple[date, ...]:
    return tuple(date(2015 + i // 12, i % 12 + 1, 1) for i in range(count + 1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a court that disposes of nine cases in ten that are filed, with a season."""
    made = tmp_path_factory.mktemp("courts") / "my-court"
    source = made.parent / "table.csv"
    lines, pending = ["month,filings,dispositions,pending,judges"], 6000
    for i in range(48):
        filed = 1000 + 100 * (i % 12 < 6)
        done = 900 + 5 * (i % 7)
        pending += filed - done
        lines.append(f"{2018 + i // 12}-{i % 12 + 1:02d},{filed},{done},{pending},{20 + i // 24}")
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, text in files(read_table(source), "my-court", "My court", "table.csv").items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text, encoding="utf-8")
    return made


def pending(model: Model, *changes: Change) -> float:
    first, _ = model.known_days()
    book = model.parameters()
    for change in changes:
        book = book.changed(change)
    world = model.world(book, (), {}, first, date(2024, 1, 1))
    run = simulate(model.network(world), seed=0, replicates_wanted=4)
    return float((run.level_end("early_end") + run.level_end("docket"))[:, -1].mean())


def test_the_folder_tells_the_table_again(folder: Path) -> None:
    table = from_observed(load_observed(folder / "observed"))
    assert table.period == "month"
    assert len(table.starts) == 48
    assert np.allclose(table.gaps(), 0)


def test_a_run_over_the_table_ends_near_what_is_pending(folder: Path) -> None:
    model = registry.in_folder(folder)
    table = from_observed(load_observed(folder / "observed"))
    world = model.world_in_history(table.starts[1], table.end)
    run = simulate(model.network(world), seed=0, replicates_wanted=4)
    found = (run.level_end("early_end") + run.level_end("docket"))[:, -1].mean()
    assert found == pytest.approx(table.columns["pending"][-1], rel=0.04)


def test_more_judges_and_early_ends_shorten_the_docket_and_more_filings_lengthen_it(folder: Path) -> None:
    model = registry.in_folder(folder)
    table = from_observed(load_observed(folder / "observed"))
    usual = pending(model)
    assert pending(model, Change("judges.factor", table.end, "set", 1.1)) < usual
    assert pending(model, Change("early.more", table.end, "set", 0.05)) < usual
    assert pending(model, Change("filings.factor", table.end, "set", 1.1)) > usual


def test_a_forecast_knows_nothing_of_the_table_after_its_origin(folder: Path) -> None:
    table = from_observed(load_observed(folder / "observed"))
    known = until(table, 30)
    assert known.end == table.starts[30]
    assert all(len(each) == 30 for each in known.columns.values())


def test_the_back_test_stands_beside_naive_forecasts(folder: Path) -> None:
    found = {(each.forecast, each.ahead): each for each in scores(folder)}
    assert {name for name, _ in found} >= {"given filings", "given nothing", "no change"}
    # Of a court that goes on as it did, a model is right and "no change" is wrong.
    assert found["given filings", 1].absolute < found["no change", 1].absolute


def test_each_horizon_says_whether_a_naive_forecast_is_as_near_as_the_model() -> None:
    def told(given: float, nothing: float, still: float, drift: float) -> str:
        errors = {
            "given filings": given,
            "given nothing": nothing,
            "no change": still,
            "drift of the last year": drift,
        }
        return table([Score(name, 1, 9, off, off) for name, off in errors.items()])

    assert "nearer than every naive forecast" in told(0.1, 0.2, 0.3, 0.4)
    assert "no nearer than 'drift of the last year', neither given" in told(0.3, 0.2, 0.4, 0.1)
    one = told(0.1, 0.3, 0.2, 0.4)
    assert (
        "nearer than 'no change', the best naive forecast, given the filings to come, and no nearer given nothing"
        in one
    )
    assert one.endswith("not the level.")


def test_a_model_that_does_not_retell_its_table_says_by_how_much(folder: Path) -> None:
    assert in_words(missed(folder)) == ""
    said = in_words({"cases disposed of": 6.2, "pending cases at the end": -0.12})
    assert "620% more cases disposed of and 12% fewer pending cases at the end" in said


def test_a_court_that_disposes_of_a_tenth_of_what_is_filed_is_retold(tmp_path: Path) -> None:
    source = tmp_path / "table.csv"
    rows = [f"{2018 + i // 4}-Q{i % 4 + 1},1000,100,{5000 + 900 * (i + 1)}" for i in range(16)]
    source.write_text("\n".join(("quarter,filings,dispositions,pending", *rows)), encoding="utf-8")
    for name, text in files(read_table(source), "slow", "Slow", "table.csv").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert all(abs(off) < 0.1 for off in missed(tmp_path).values())
