"""The published figures that ship with the model, and the reader of their files."""

from __future__ import annotations

import math
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from lawqueue.errors import InputError
from lawqueue.models.observed import Figure, Observed, is_month, load_observed
from lawqueue.models.us_immigration.known import LAST_OUTCOME
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.units import is_unit

pytestmark = pytest.mark.filterwarnings("error")

OBSERVED = load_observed(MODEL.folder / "observed", MODEL.year)
FIGURES = [figure for name in OBSERVED.names for figure in OBSERVED.figures(name)]

INPUTS_THAT_GO_ON = {
    # what arrives, and the law under which it is met
    "usbp_encounters": "arrivals",
    "ofo_encounters": "arrivals",
    "usbp_encounters_title8": "arrivals",
    "usbp_expulsions_title42": "arrivals",
    # staff
    "ero_officers": "staff",
    "ero_share_detailed_to_border": "staff",
    "ice_officers_and_agents": "staff",
    "ice_personnel_detailed_to_border": "staff",
    "immigration_judge_hires": "staff",
    "immigration_judge_vacancy_rate": "staff",
    "immigration_judges_dismissed": "staff",
    "immigration_judges_on_board": "staff",
    "immigration_judges_resigned": "staff",
    "usbp_agents_authorized": "staff",
    "usbp_agents_nationwide": "staff",
    # places, aircraft, agreements
    "agreements_287g": "means",
    "detention_beds_contracted": "means",
    "detention_beds_funded": "means",
    "removal_aircraft": "means",
    "unauthorized_share_in_sanctuary_jurisdictions": "means",
    "unauthorized_share_in_sanctuary_states": "means",
    # money
    "atd_day_cost": "money",
    "bed_day_cost": "money",
    "bed_day_cost_projected": "money",
    "bop_day_cost": "money",
    "detention_appropriation": "money",
    "eoir_appropriation": "money",
    "flight_hour_cost": "money",
    "removal_appropriation": "money",
    "removal_cost_all_in": "money",
    "usms_day_cost": "money",
}
UNITS_OF_FIGURES_ALONE = {
    "USD/team",
    "agency",
    "agreement",
    "aircraft",
    "case/judge",
    "case/officer-month",
    "county",
    "employee",
    "flight",
    "flight/week",
    "jail",
    "jurisdiction",
    "minute",
    "month",
    "person/quarter",
    "position",
}
PARTS = {
    "age and family": ("single_adult", "family_unit", "unaccompanied_child"),
    "citizenship": ("mexico", "northern_central_america", "other"),
    "sector": (
        "big_bend",
        "del_rio",
        "el_centro",
        "el_paso",
        "laredo",
        "rio_grande_valley",
        "san_diego",
        "tucson",
        "yuma",
    ),
}
HEADER = "series,from,to,value,unit,basis,source,note\n"
SOURCES = (
    "id,title,publisher,date,carried_by,url\n"
    "A1,A report,An agency,2020,,https://example.org/a\n"
    "recalled,Known,(none),,,\n"
)


def fiscal_year(series: str, year: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the twelve months of a fiscal year."""
    return OBSERVED.monthly(series, date(year - 1, 10, 1), date(year, 10, 1))


def annual(series: str, year: int) -> float:
    """Return the published figure of a fiscal year."""
    return OBSERVED.annual(series)[year].value


def folder(tmp_path: Path, rows: str, sources: str = SOURCES) -> Path:
    """Write a folder of figures, and work in it, so that messages name bare files."""
    (tmp_path / "sources.csv").write_text(sources, encoding="utf-8")
    (tmp_path / "figures.csv").write_text(rows, encoding="utf-8")
    return tmp_path


def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str, sources: str = SOURCES) -> list[str]:
    """Return the lines of the error that a folder gives."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        load_observed(folder(tmp_path, rows, sources))
    return str(caught.value).splitlines()


class TestShippedFigures:
    def test_every_figure_names_a_source_and_a_unit(self) -> None:
        assert len(FIGURES) > 3_000
        for figure in FIGURES:
            assert OBSERVED.source(figure.source).title
            assert is_unit(figure.unit) or figure.unit in UNITS_OF_FIGURES_ALONE, figure

    def test_no_source_is_listed_without_a_figure(self) -> None:
        listed = (MODEL.folder / "observed" / "sources.csv").read_text(encoding="utf-8")
        ids = {line.split(",")[0] for line in listed.splitlines()[1:]}
        assert ids == {figure.source for figure in FIGURES}

    def test_a_period_has_one_figure(self) -> None:
        keys = [(figure.series, figure.start, figure.end) for figure in FIGURES]
        assert len(set(keys)) == len(keys)

    def test_what_nobody_retrieved_is_recalled(self) -> None:
        remembered = [figure for figure in FIGURES if figure.source == "recalled"]
        assert remembered
        assert {figure.basis for figure in remembered} == {"recalled"}

    def test_no_outcome_after_fiscal_year_2023(self) -> None:
        late = {figure.series for figure in FIGURES if figure.end > LAST_OUTCOME}
        assert {name for name in late if name.split(".")[0] not in INPUTS_THAT_GO_ON} == set()

    def test_every_encounter_has_one_disposition(self) -> None:
        outcomes = ("expelled", "repatriated", "mpp", "to_ice", "to_hhs", "released", "paroled", "other")
        wholes = [
            name.removesuffix(".encounters")
            for name in OBSERVED.names
            if name.endswith("dispositions.encounters")
        ]
        wholes += [
            f"cbp_dispositions.{each}" for kind in ("age and family", "citizenship") for each in PARTS[kind]
        ]
        assert len(wholes) == 8
        span = date(2016, 10, 1), date(2023, 10, 1)
        for whole in wholes:
            parts = [
                OBSERVED.monthly(name, *span)
                for each in outcomes
                if (name := f"{whole}.{each}") in OBSERVED.names
            ]
            met = OBSERVED.monthly(f"{whole}.encounters", *span)
            # Each of up to eleven nationalities and eight ways is rounded to ten.
            np.testing.assert_allclose(np.nansum(parts, axis=0), met, atol=150)

    def test_dispositions_by_family_and_by_citizenship_are_of_the_same_encounters(self) -> None:
        span = date(2016, 10, 1), date(2023, 10, 1)
        both = sum(OBSERVED.monthly(f"{agency}_dispositions.to_ice", *span) for agency in ("usbp", "ofo"))
        for names in (PARTS["age and family"][:2], PARTS["citizenship"]):
            parts = [OBSERVED.monthly(f"cbp_dispositions.{name}.to_ice", *span) for name in names]
            np.testing.assert_allclose(np.sum(parts, axis=0), both, atol=60)

    def test_shares_are_not_percentages(self) -> None:
        shares = [figure for figure in FIGURES if figure.unit == "/1" and "mean" not in figure.series]
        assert all(-1 <= figure.value <= 1 for figure in shares)

    def test_no_figure_is_below_zero_unless_it_is_a_difference(self) -> None:
        negative = {figure.series.split(".")[0] for figure in FIGURES if figure.value < 0}
        assert negative == {
            "barrier_effect_migration",
            "barrier_effect_resident_mexican_nationals",
            "court_stock_flow_residual",
            "ero_arrests_change_february_2021",
            "reapprehension_effect_administrative",
            "reapprehension_effect_full",
        }

    def test_is_read_once(self) -> None:
        assert MODEL.observed() is MODEL.observed()


@pytest.mark.parametrize(
    ("series", "month", "value"),
    [
        ("ice_arrest_book_ins", date(2021, 2, 1), 1_981),
        ("cbp_arrest_book_ins", date(2021, 8, 1), 29_383),
        ("alos_ice_arrests", date(2021, 3, 1), 111.57),
        ("adp_cbp_arrests", date(2019, 8, 1), 36_446.87),
        ("detained_population", date(2018, 1, 1), 40_386.1),
        ("ice_removals", date(2020, 4, 1), 9_970),
        ("usbp_encounters", date(2019, 5, 1), 132_856),
        ("usbp_encounters.family_unit", date(2019, 5, 1), 84_490),
        ("usbp_encounters.yuma", date(2021, 10, 1), 21_900),
        ("cbp_encounters_title42", date(2020, 3, 1), 7_150),
        ("usbp_expulsions_title42", date(2021, 10, 1), 92_686),
        ("usbp_encounters", date(2025, 9, 1), 8_382),
    ],
)
def test_a_month_as_published(series: str, month: date, value: float) -> None:
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    assert OBSERVED.monthly(series, month, following).tolist() == [value]


@pytest.mark.parametrize(
    ("series", "year", "value"),
    [
        ("court_pending_all", 2022, 2_063_123),
        ("court_pending_active", 2019, 1_087_201),
        ("court_completions", 2021, 115_959),
        ("immigration_judges_on_board", 2019, 442),
        ("motions_to_recalendar", 2017, 19_449),
        ("known_gotaways", 2022, 606_131),
        ("usbp_recidivism_rate", 2021, 0.27),
        ("ero_administrative_arrests", 2018, 158_581),
        ("ice_removals_interior", 2021, 31_557),
        ("credible_fear_found", 2019, 76_185),
        ("prosecutions_1326", 2019, 25_426),
        ("prosecutions_1325", 2018, 68_470),
        ("bed_day_cost", 2018, 137.19),
    ],
)
def test_a_fiscal_year_as_published(series: str, year: int, value: float) -> None:
    assert annual(series, year) == value


def test_a_figure_that_stops_within_a_month_is_no_month() -> None:
    stopped = [
        each for each in FIGURES if (day := re.search(r"through (\d+) [A-Z]", each.note)) and int(day[1]) < 28
    ]
    assert len(stopped) == 14
    assert not any(is_month(each) for each in stopped)


def test_the_seed_event_as_published() -> None:
    periods = {figure.start.year: figure for figure in OBSERVED.figures("arrests_priority")}
    others = {figure.start.year: figure for figure in OBSERVED.figures("arrests_other")}
    assert (periods[2020].value, others[2020].value) == (2_771, 17_810)
    assert (periods[2021].value, others[2021].value) == (1_897, 3_306)
    assert (periods[2021].start, periods[2021].end) == (date(2021, 1, 20), date(2021, 3, 8))
    before = OBSERVED.monthly("ice_arrest_book_ins", date(2020, 10, 1), date(2021, 2, 1))
    assert before.mean() == pytest.approx(5_992, abs=1)


class TestIdentities:
    @pytest.mark.parametrize("year", range(2015, 2026))
    def test_border_months_add_up_to_the_year(self, year: int) -> None:
        rounding = 12 * 5 if year == 2021 else 0
        assert fiscal_year("usbp_encounters", year).sum() == pytest.approx(
            annual("usbp_encounters", year), abs=rounding
        )

    @pytest.mark.parametrize("year", range(2017, 2025))
    def test_port_months_add_up_to_the_year(self, year: int) -> None:
        rounding = 12 * 5 if year == 2021 else 0
        assert fiscal_year("ofo_encounters", year).sum() == pytest.approx(
            annual("ofo_encounters", year), abs=rounding
        )

    @pytest.mark.parametrize("year", range(2015, 2025))
    @pytest.mark.parametrize("split", PARTS)
    def test_parts_add_up_to_border_encounters(self, split: str, year: int) -> None:
        """They are rounded, and in some years of a later edition than the total."""
        parts = np.sum([fiscal_year(f"usbp_encounters.{part}", year) for part in PARTS[split]], axis=0)
        rounding = 5 * (len(PARTS[split]) + 1)
        np.testing.assert_allclose(parts, fiscal_year("usbp_encounters", year), rtol=0.001, atol=rounding)

    def test_titles_add_up_to_border_encounters(self) -> None:
        period = date(2021, 10, 1), date(2025, 9, 1)
        np.testing.assert_array_equal(
            OBSERVED.monthly("usbp_encounters_title8", *period)
            + OBSERVED.monthly("usbp_expulsions_title42", *period),
            OBSERVED.monthly("usbp_encounters", *period),
        )

    def test_titles_add_up_to_encounters_of_both_components(self) -> None:
        period = date(2019, 10, 1), date(2021, 10, 1)
        np.testing.assert_allclose(
            OBSERVED.monthly("cbp_encounters_title8", *period)
            + OBSERVED.monthly("cbp_encounters_title42", *period),
            OBSERVED.monthly("usbp_encounters", *period) + OBSERVED.monthly("ofo_encounters", *period),
            rtol=0,
            atol=10,
        )

    @pytest.mark.parametrize("year", [2014, 2015, 2016, 2017, 2018, 2019, 2020, 2022])
    def test_detention_obeys_littles_law(self, year: int) -> None:
        stay = annual("average_length_of_stay", year)
        assert entries(year) * stay / 365 == pytest.approx(annual("average_daily_population", year), rel=0.06)

    def test_littles_law_fails_in_the_year_of_the_pandemic(self) -> None:
        """The published stay is that of those who left: no service time in a year of sudden change."""
        stock = entries(2021) * annual("average_length_of_stay", 2021) / 365
        assert stock > 1.2 * annual("average_daily_population", 2021)

    @pytest.mark.parametrize("year", range(2016, 2023))
    def test_the_court_stock_is_nearly_conserved(self, year: int) -> None:
        change = annual("court_pending_all", year) - annual("court_pending_all", year - 1)
        residual = change - annual("court_initial_receipts", year) + annual("court_completions", year)
        assert residual == annual("court_stock_flow_residual.all", year)
        assert 0 < residual < 0.025 * annual("court_pending_all", year)

    @pytest.mark.parametrize("year", range(2017, 2024))
    @pytest.mark.parametrize("series", ["ice_removals", "ice_removals_interior", "ice_removals_border"])
    def test_months_of_removals_add_up_to_the_year_of_another_table(self, series: str, year: int) -> None:
        assert fiscal_year(series, year).sum() == pytest.approx(annual(series, year), rel=0.01)

    @pytest.mark.parametrize("year", range(2014, 2023))
    def test_removals_are_interior_and_border(self, year: int) -> None:
        parts = annual("ice_removals_interior", year) + annual("ice_removals_border", year)
        assert parts == annual("ice_removals", year)

    @pytest.mark.parametrize("year", [2017, 2018, 2021, 2022])
    def test_arrests_by_history_add_up(self, year: int) -> None:
        """Parts that are sums of twelve months rounded to ten may be off by sixty each."""
        parts = ("convicted", "pending_charges", "other")
        total = annual("ero_administrative_arrests", year)
        assert abs(sum(annual(f"ero_arrests.{part}", year) for part in parts) - total) <= 180

    @pytest.mark.parametrize("year", range(2006, 2022))
    def test_fear_cases_are_found_not_found_or_closed(self, year: int) -> None:
        parts = ("found", "not_found", "closed")
        assert sum(annual(f"credible_fear_{part}", year) for part in parts) == annual(
            "credible_fear_completed", year
        )


def entries(year: int) -> float:
    """Return how many entered custody in a fiscal year."""
    if year in OBSERVED.annual("persons_detained"):
        return annual("persons_detained", year)
    return float((fiscal_year("ice_arrest_book_ins", year) + fiscal_year("cbp_arrest_book_ins", year)).sum())


class TestQuestions:
    def test_a_month_that_was_not_published_is_nan(self) -> None:
        values = OBSERVED.monthly("ofo_encounters", date(2016, 9, 1), date(2016, 11, 1))
        assert values.dtype == np.float64
        assert math.isnan(values[0])
        assert values[1] == 20_524

    def test_a_year_is_not_spread_over_its_months(self) -> None:
        assert np.isnan(OBSERVED.monthly("court_completions", date(2019, 10, 1), date(2020, 10, 1))).all()

    def test_no_months(self) -> None:
        assert OBSERVED.monthly("usbp_encounters", date(2020, 1, 1), date(2020, 1, 1)).shape == (0,)

    def test_the_answer_is_the_askers_own(self) -> None:
        period = date(2020, 1, 1), date(2020, 3, 1)
        OBSERVED.monthly("usbp_encounters", *period)[:] = 0
        assert OBSERVED.monthly("usbp_encounters", *period).all()

    def test_months_are_not_years(self) -> None:
        assert OBSERVED.annual("ice_arrest_book_ins") == {}

    def test_bounds_within_a_month(self) -> None:
        with pytest.raises(InputError, match=r"Expected the first day of a month twice"):
            OBSERVED.monthly("usbp_encounters", date(2020, 1, 2), date(2020, 3, 1))

    def test_bounds_in_the_wrong_order(self) -> None:
        with pytest.raises(InputError, match=r"from 2020-03-01 to 2020-01-01"):
            OBSERVED.monthly("usbp_encounters", date(2020, 3, 1), date(2020, 1, 1))

    @pytest.mark.parametrize("ask", [Observed.figures, Observed.annual])
    def test_unknown_series(self, ask: object) -> None:
        assert callable(ask)
        with pytest.raises(InputError, match=r"'usbp_encounter'. Did you mean 'usbp_encounters'?"):
            ask(OBSERVED, "usbp_encounter")

    def test_unknown_source(self) -> None:
        with pytest.raises(InputError, match=r"No source has the id 'recaled'. Did you mean 'recalled'?"):
            OBSERVED.source("recaled")

    def test_names_are_in_order(self) -> None:
        assert list(OBSERVED.names) == sorted(OBSERVED.names)


class TestFiles:
    def test_a_sound_folder(self, tmp_path: Path) -> None:
        rows = (
            HEADER
            + 'beds,2020-01-01,2020-01-31,5,bed,stated,A1,"so, they say"\n\n'
            + "beds,2019-10-01,2020-09-30,7,bed,derived,A1,\n"
        )
        read = load_observed(folder(tmp_path, rows), MODEL.year)
        assert read.names == ("beds",)
        assert read.annual("beds") == {
            2020: Figure("beds", date(2019, 10, 1), date(2020, 9, 30), 7.0, "bed", "derived", "A1", "")
        }
        assert read.monthly("beds", date(2019, 12, 1), date(2020, 2, 1))[1] == 5
        assert read.figures("beds")[1].note == "so, they say"
        assert read.source("A1").publisher == "An agency"

    def test_every_broken_field_is_named_with_its_place(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = (
            HEADER
            + "beds,2020-01-01,2020-02-30,5,bed,stated,A1,\n"
            + "Beds,2020-1-1,2020-01-31,many,,state,A11,\n"
        )
        assert words(tmp_path, monkeypatch, rows) == [
            "figures.csv:2:17: to: is '2020-02-30'. Expected a day of the calendar as YYYY-MM-DD, the last "
            "one of the period; correct it.",
            "figures.csv:3:1: series: is 'Beds'. Expected lower-case words joined by '_', with '.' before a "
            "part of the whole, as in 'usbp_encounters.single_adult'; rename it.",
            "figures.csv:3:6: from: is '2020-1-1'. Expected a day of the calendar as YYYY-MM-DD, the first "
            "one of the period; correct it.",
            "figures.csv:3:26: value: is 'many'. Expected a finite number with '.' as decimal sign and "
            "without spaces; correct it.",
            "figures.csv:3:31: unit: is empty. Expected what the value counts, as in 'case' or 'USD/day'; "
            "write it.",
            "figures.csv:3:32: basis: is 'state'. Expected one of 'stated', 'derived', 'recalled', 'assumed'. "
            "Did you mean 'stated'?",
            "figures.csv:3:38: source: 'A11' is not in 'sources.csv'. Expected the id of one of its rows; "
            "add the source there. Did you mean 'A1'?",
        ]

    @pytest.mark.parametrize(
        ("row", "place", "expected"),
        [
            (
                "beds,2020-01-31,2020-01-01,5,bed,stated,A1,",
                "2:17: to: is 2020-01-01, before 2020-01-31",
                "last day",
            ),
            ("beds,2020-01-01,2020-01-31,inf,bed,stated,A1,", "2:28: value: is 'inf'", "finite number"),
            ('"beds",2020-01-01,2020-01-31,1_0,bed,stated,A1,', "2:30: value: is '1_0'", "finite number"),
            (
                "beds,2020-01-01,2020-01-31,5,bed,stated,recalled,",
                "2:34: basis: is 'stated'",
                "Expected 'recalled'",
            ),
            ("beds,2020-01-01,2020-01-31,5,bed", "2:1: the row has 5 fields", "Expected 8"),
            ("beds,2020-01-01,2020-01-31,5,bed,stated,A1,a,b", "2:1: the row has 9 fields", "quote a field"),
            (
                'beds,2020-01-01,2020-01-31,5,bed,stated,A1,"a',
                "2:1: the row cannot be read as CSV",
                "one line",
            ),
        ],
    )
    def test_a_broken_row(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, place: str, expected: str
    ) -> None:
        (line,) = words(tmp_path, monkeypatch, HEADER + row + "\n")
        assert line.startswith(f"figures.csv:{place}")
        assert expected in line

    def test_a_figure_given_twice(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        row = "beds,2020-01-01,2020-01-31,{},bed,stated,A1,\n"
        (line,) = words(tmp_path, monkeypatch, HEADER + row.format(5) + row.format(6))
        assert line.startswith("figures.csv:3:1: series: 'beds' from 2020-01-01 to 2020-01-31 is given twice")
        assert "the first is at figures.csv:2." in line

    def test_a_series_in_two_units(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        rows = "beds,2020-01-01,2020-01-31,5,bed,stated,A1,\nbeds,2020-02-01,2020-02-29,5,place,stated,A1,\n"
        (line,) = words(tmp_path, monkeypatch, HEADER + rows)
        assert line.startswith(
            "figures.csv:3:30: unit: 'beds' is counted in 'place' here and in 'bed' at figures.csv:2."
        )

    def test_broken_sources(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        sources = SOURCES + "A1,Again,An agency,,,ftp://example.org\nA2,,An agency,,,\n"
        lines = words(
            tmp_path, monkeypatch, HEADER + "beds,2020-01-01,2020-01-31,5,bed,stated,A2,\n", sources
        )
        assert [line.split(" ")[0:2] for line in lines] == [
            ["sources.csv:4:1:", "id:"],
            ["sources.csv:4:22:", "url:"],
            ["sources.csv:5:4:", "title:"],
        ]

    def test_wrong_columns(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (line,) = words(tmp_path, monkeypatch, "series,value\nbeds,1\n")
        assert line == (
            "figures.csv:1:1: the first line is 'series,value'. Expected "
            "'series,from,to,value,unit,basis,source,note'; write the columns so."
        )

    def test_an_empty_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (line,) = words(tmp_path, monkeypatch, "")
        assert line.startswith("figures.csv:1:1: the first line is nothing. Expected")

    def test_not_text(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        folder(tmp_path, HEADER)
        (tmp_path / "figures.csv").write_bytes(b"series\xff")
        with pytest.raises(InputError, match=r"figures.csv:1:7: not UTF-8"):
            load_observed(tmp_path)

    def test_no_sources(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=r"there is no file 'sources.csv'"):
            load_observed(tmp_path)

    def test_no_figures(self, tmp_path: Path) -> None:
        (tmp_path / "sources.csv").write_text(SOURCES, encoding="utf-8")
        with pytest.raises(InputError, match=r"there is no file of figures"):
            load_observed(tmp_path)


def test_the_figure_of_one_period_is_looked_up() -> None:
    assert OBSERVED.value("authorized_arrests.other_approved", date(2021, 2, 18), date(2021, 9, 16)) == 7157
    with pytest.raises(InputError, match="has no figure from 2021-02-18 to 2021-09-17"):
        OBSERVED.value("authorized_arrests.other_approved", date(2021, 2, 18), date(2021, 9, 17))


def test_press_copies_of_figures_name_the_agency_and_the_carrier() -> None:
    source = OBSERVED.source("S105")
    assert source.publisher == "ICE"
    assert source.cited.endswith("as carried by Washington Times, 25 November 2021")
