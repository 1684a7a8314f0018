"""Answers on the page: the command line's numbers, and parts that make the whole."""

from __future__ import annotations

import csv
import json
import math
import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lawqueue import numbers
from lawqueue.app import downloads, views, work
from lawqueue.app.acts import acted
from lawqueue.app.desk import Job
from lawqueue.app.state import State, opened, snippet
from lawqueue.app.work import Answered, answered, prefixes
from lawqueue.cli import app
from lawqueue.errors import Cancelled
from lawqueue.models.model import Topic
from lawqueue.models.us_immigration.model import MODEL
from lawqueue.report import charts
from lawqueue.report.page import page
from lawqueue.study.compare import Comparison, Effect
from lawqueue.study.simulate import Settings

SMALL = Settings(seed=3, replicates=2, scale=0.005, threads=2)


@pytest.fixture(scope="module")
def three_steps() -> Answered:
    """A scenario of the user's own: a guideline, then resources, then one lever."""
    state = acted(State(opened("decline-2021"), 3, 2, 0.005), {"do": "stack", "value": "more-removals"})
    state = acted(state, {"do": "lever", "value": "court.extra_judges"})
    act = {"do": "amount", "place": 2, "name": "court.extra_judges", "operation": "set", "value": "500"}
    return answered(acted(state, act), SMALL)


def test_the_page_and_the_command_line_give_the_same_numbers(three_steps: Answered, tmp_path: Path) -> None:
    path = tmp_path / "my-decline-2021.yaml"
    path.write_text(three_steps.state.text, encoding="utf-8")
    options = ["--seed", "3", "--replicates", "2", "--scale", "0.005", "--json", "--quiet"]
    told = CliRunner().invoke(app, ["run", str(path), "--out", str(tmp_path / "out"), *options])
    assert told.exit_code == 0, told.stderr
    theirs = json.loads(told.stdout)["answers"][0]["effects"]
    ours = three_steps.answer.effects
    assert [each["outcome"] for each in theirs] == [each.series.name for each in ours]
    for one, other in zip(theirs, ours, strict=True):
        for key, name in (
            ("baseline_value", "baseline"),
            ("scenario_value", "reform"),
            ("difference", "difference"),
            ("low", "low"),
            ("high", "high"),
        ):
            assert one[key] == getattr(other, name)


def test_the_command_that_is_shown_has_the_settings_of_the_state() -> None:
    state = State(opened("prosecute-1326"), 3, 2, 0.005)
    found = answered(state, SMALL)
    assert (
        found.study.reproduce[-1]
        == "lawqueue run prosecute-1326 --seed 3 --replicates 2 --scale 0.005 --parameters ensemble"
    )
    assert found.study.record["seed"] == "3"


def test_the_python_lines_that_are_shown_run_and_print_the_same_numbers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    state = State(opened("prosecute-1326"), 3, 2, 0.005)
    exec(snippet(state, "unused.yaml"), {})  # noqa: S102  # the lines are this package's own
    told = capsys.readouterr().out.splitlines()
    effects = answered(state, SMALL).answer.effects
    assert told == [f"{e.series.title} {e.difference} {[e.low, e.high]}" for e in effects]


def test_so_many_steps_that_each_would_be_a_run_are_not_taken_apart() -> None:
    state = State(opened("history"))
    for _ in range(work.MOST_STEPS + 1):
        state = acted(state, {"do": "lever", "value": "court.extra_judges"})
    assert prefixes(state.scenario) == ()
    assert work.count(state.scenario, SMALL) == 2 * 2


def test_the_parts_of_the_steps_add_up_to_the_whole(three_steps: Answered) -> None:
    assert len(three_steps.parts) == 3
    for i, whole in enumerate(three_steps.answer.effects):
        together = sum(part.effects[i].difference for part in three_steps.parts)
        assert together == pytest.approx(whole.difference, rel=1e-9, abs=1e-6)
    assert three_steps.parts[0].effects[0].difference != 0


def test_prefixes_hold_the_first_steps_and_the_last_is_the_scenario(three_steps: Answered) -> None:
    scenario = three_steps.scenario
    first, second, third = prefixes(scenario)
    assert [len(each) for each in first.steps] == [1]
    assert [len(each) for each in second.steps] == [1, 5]
    assert third.steps == scenario.steps


def test_a_baseline_that_is_a_scenario_stays_under_every_step() -> None:
    text = opened("prosecute-1326-deterrence")
    state = acted(State(text), {"do": "lever", "value": "court.extra_judges"})
    scenario = state.scenario
    assert scenario.baseline is not None
    for each in prefixes(scenario):
        assert each.changes[: len(scenario.baseline.changes)] == scenario.baseline.changes


def test_progress_counts_every_replicate_that_is_made(three_steps: Answered) -> None:
    made = threading.Semaphore(0)
    answered(three_steps.state, SMALL, progress=made.release)
    steps = 0
    while made.acquire(blocking=False):
        steps += 1
    assert steps == work.count(three_steps.scenario, SMALL) == 2 * 4


def test_a_cancelled_job_gives_no_answer() -> None:
    job = Job.__new__(Job)
    job.stop = threading.Event()
    job.stop.set()
    with pytest.raises(Cancelled):
        answered(State(opened("prosecute-1326")), SMALL, job.stop)


def test_every_file_that_the_page_offers_can_be_made(three_steps: Answered) -> None:
    offered: list[tuple[str, str, str]] = []

    def link(what: str, kind: str, series: str = "") -> str:
        offered.append((what, kind, series))
        return ""

    views.rendered("detail.html.j2", **(views.detail(three_steps, "files?x=1") | {"link": link}))
    assert len(offered) > 30
    for what, kind, series in offered:
        if kind == "csv":
            lines = downloads.table(three_steps, what, series).splitlines()
            assert lines[0].startswith("# Lawqueue: ") != (what == "effects")
            lines = lines[what != "effects" :]
            assert len({each.count(",") for each in lines[:3]}) == 1, what
        else:
            spec, title = views.chart(three_steps, what, series)
            assert {"layer", "mark", "concat"} & spec.keys(), title


def read(cell: str) -> float:
    return float(cell or "nan")


def by_year(comparison: Comparison, topic: Topic) -> list[Effect]:
    spans = list(MODEL.year.spans(comparison.baseline.months))
    return [comparison.effect(name, start, end) for name in topic.names for _, start, end in spans]


def test_the_file_by_year_holds_the_interval_of_each_world_and_of_the_difference(
    three_steps: Answered,
) -> None:
    comparison = three_steps.answer.comparison
    for key, topic in MODEL.headline.topics.items():
        rows = list(csv.DictReader(downloads.table(three_steps, key, "").splitlines()[1:]))
        for effect, row in zip(by_year(comparison, topic), rows, strict=True):
            for world, mean in (("baseline_value", effect.baseline), ("scenario_value", effect.reform)):
                assert read(row[world]) == pytest.approx(mean, rel=1e-4, nan_ok=True)
                if not math.isnan(mean):
                    assert float(row[f"{world}_low"]) <= float(row[world]) <= float(row[f"{world}_high"])
            assert read(row["difference_low"]) == pytest.approx(effect.low, rel=1e-4, nan_ok=True)
            assert row["interval"] == effect.interval_or_why


def small_charts(
    spec: charts.Spec, topic: Topic, comparison: Comparison
) -> list[tuple[str, list[charts.Spec]]]:
    """Return the title of each series that a picture by year shows, and its rows."""
    titles = {comparison.baseline.about(name).title for name in topic.names}
    found = []
    for each in spec["concat"]:
        words = " ".join(each["title"]["text"])
        # One title may be the beginning of another.
        found.append((max(filter(words.startswith, titles), key=len), each["data"]["values"]))
    return found


def test_pictures_by_year_hold_the_numbers_of_the_table_and_name_both_worlds(three_steps: Answered) -> None:
    comparison = three_steps.answer.comparison
    for key, topic in MODEL.headline.topics.items():
        spec, _ = views.chart(three_steps, key, "")
        assert f"scenario {comparison.reform.scenario}" in spec["description"]
        effects = {(each.series.title, each.end.year): each for each in by_year(comparison, topic)}
        drawn = [
            (effects[title, int(before["year"][:4])], before, after)
            for title, rows in small_charts(spec, topic, comparison)
            for before, after in zip(rows[::2], rows[1::2], strict=True)
        ]
        assert len(drawn) > 1
        for effect, before, after in drawn:
            for row, mean in ((before, effect.baseline), (after, effect.reform)):
                assert row["mean"] == pytest.approx(mean, rel=1e-4) or math.isnan(mean)
                assert row["mean"] is None or row["low"] <= row["high"]


def test_the_table_under_a_yearly_chart_holds_what_the_chart_and_the_file_hold(three_steps: Answered) -> None:
    shown = views.rendered("detail.html.j2", **views.detail(three_steps, "files?"))
    comparison = three_steps.answer.comparison
    for key, topic in MODEL.headline.topics.items():
        table = shown.split(f'{topic.heading} by fiscal year, table"')[1].split("</table>")[0]
        effects = {(each.series.title, each.end.year): each for each in by_year(comparison, topic)}
        drawn = [
            (effects[title, int(before["year"][:4])], before, after)
            for title, rows in small_charts(views.chart(three_steps, key, "")[0], topic, comparison)
            for before, after in zip(rows[::2], rows[1::2], strict=True)
        ]
        for effect, *rows in drawn:
            unit = effect.series.unit
            for world, row in zip((comparison.baseline, comparison.reform), rows, strict=True):
                mean, low, high = charts.mean_of(world, effect.series.name, effect.start, effect.end)
                if row["mean"] is not None:
                    assert row["mean"] == pytest.approx(mean, rel=1e-3)
                    assert numbers.quantity(mean, unit) in table
                    assert numbers.between(low, high, unit) in table
            assert numbers.signed(effect.difference, unit) in table
            assert numbers.between(effect.low, effect.high, unit, sign=True) in table


def test_every_section_and_every_link_has_a_name_of_its_own(three_steps: Answered) -> None:
    shown = views.rendered("detail.html.j2", **views.detail(three_steps, "files?"))
    assert len(three_steps.answer.lines) > 1
    for pattern in (
        r"<h2[^>]*>([^<]*)",
        r'<a download [^>]*aria-label="([^"]*)"',
        r'<div class="scroll"[^>]*aria-label="([^"]*)"',
    ):
        names = re.findall(pattern, shown)
        assert len(names) == len(set(names)), pattern


def test_so_many_steps_say_why_they_are_not_taken_apart(three_steps: Answered) -> None:
    many = views.detail(three_steps, "files?") | {"steps": work.MOST_STEPS + 1}
    assert "for at most 12 steps" in views.rendered("detail.html.j2", **many)


def test_an_answer_is_approximate_if_it_is_made_with_less_than_was_asked_for(three_steps: Answered) -> None:
    assert not three_steps.is_approximate
    small = replace(three_steps, state=replace(three_steps.state, replicates=2, scale=0.01, seed=5))
    assert small.is_approximate
    assert not replace(small, settings=Settings(seed=5, replicates=2, scale=0.01)).is_approximate


def test_flows_are_named_after_their_world(three_steps: Answered) -> None:
    comparison = three_steps.answer.comparison
    for what, world in (("flows-baseline", comparison.baseline), ("flows-scenario", comparison.reform)):
        assert views.chart(three_steps, what, "")[0]["description"] == f"Where cases went: {world.scenario}."


def test_what_history_had_follows_the_date_of_the_step(three_steps: Answered) -> None:
    moved = acted(three_steps.state, {"do": "date", "key": "at", "place": 2, "value": "2021-09-01"})
    words = views.histories(moved.scenario, moved.history)["history-2-court-extra_judges"]
    assert words.startswith("History on 2021-09-01: ")
    assert words in views.rendered("steps.html.j2", **views.panel(moved.scenario, moved.history))


@pytest.mark.parametrize("what", ["nothing", "line-9", "line-x", "levels"])
def test_a_file_that_is_not_offered_is_not_made(three_steps: Answered, what: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        views.chart(three_steps, what, "no.series")
    with pytest.raises((KeyError, ValueError)):
        downloads.table(three_steps, what, "no.series")


def test_words_of_a_scenario_are_text_and_never_markup_on_the_page(three_steps: Answered) -> None:
    text = three_steps.state.text.replace("source: My own question", "source: '<script>alert(1)</script>'")
    state = State(text.replace("(changed)", "<img src=x>"))
    scenario = state.scenario
    shown = views.rendered("steps.html.j2", **views.panel(scenario, MODEL.parameters()))
    shown += views.rendered("question.html.j2", **views.question(state))
    shown += views.rendered("changed.html.j2", **views.question(state))
    assert "&lt;script&gt;" in shown
    assert "&lt;img" in shown
    assert "<script>" not in shown
    assert "<img" not in shown


def test_the_report_of_the_page_is_the_report(three_steps: Answered) -> None:
    text = page(three_steps.study)
    assert f"<h1>{three_steps.study.title}</h1>" in text
    for topic in MODEL.headline.topics.values():
        assert f'aria-label="{topic.heading} by fiscal year">' in text
        assert f'aria-label="{topic.heading} by fiscal year, table"' in text


def test_a_first_look_has_no_level_that_could_be_quoted(three_steps: Answered) -> None:
    rough = replace(three_steps, state=replace(three_steps.state, replicates=40, scale=0.05))
    assert rough.is_approximate
    shown = views.rendered("headline.html.j2", **views.headline(rough))
    shown += views.rendered("detail.html.j2", **views.detail(rough, "files?"))
    for effect in rough.answer.effects:
        if effect.series.unit != "/1" and abs(effect.baseline) > 100:
            for level in (effect.baseline, effect.reform, effect.difference):
                words = numbers.quantity(level, effect.series.unit)
                assert f">{words}<" not in shown
                assert f">{words} <" not in shown
    assert numbers.relative(rough.answer.effects[0].relative) in shown
    assert "<a download" not in shown
    for what, series in (("levels", rough.answer.charts[0]), ("money", ""), ("effects", ""), ("flows", "")):
        with pytest.raises(KeyError):
            downloads.table(rough, what, series)
    with pytest.raises(KeyError):
        views.chart(rough, "levels", rough.answer.charts[0])
