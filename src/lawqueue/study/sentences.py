"""
Answers in one sentence each: the verdict, the difference, its interval, and the catch.

Report, command line, control room and README take their words from here, so that a number is told one way. A
sentence is made from the numbers of a study alone; of a model it knows what the series are called.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from lawqueue import numbers
from lawqueue.models.cube import FEWEST, NO_INTERVAL, ONE_RUN, Results
from lawqueue.months import Year, first_of_next_month, named
from lawqueue.study.beside import Beside
from lawqueue.study.compare import Effect
from lawqueue.study.scenario import HISTORY
from lawqueue.study.study import Answer, Bound, Flow, LineMoved, Statement, Study
from lawqueue.units import in_words, is_count, written

SIZES = (
    (0.02, "hardly any difference"),
    (0.1, "a small difference"),
    (0.3, "a clear difference"),
    (math.inf, "a large difference"),
)
"""What a difference is called, by the relative difference below which it is called so [/1]."""
NOT_TOLD = "no difference that can be told from none"
NONE = "no difference at all"
_END = re.compile(r"(?<=[a-z0-9)])\. (?=[A-Z])")
"""Where a sentence ends within others, which become clauses of one."""
MOST_STAGES, MOST_SPELLS = 4, 2
"""Stages, and spells of months of each, that are named in a sentence; of more spells, only how many months they have."""


@dataclass(frozen=True)
class Sentence:
    """
    An answer in one sentence.

    Parameters
    ----------
    subject
        What it is about.
    verdict
        What came out, in a few words.
    told
        The number, with its interval.
    catches
        What must be known with it, a clause each.
    """

    subject: str
    verdict: str
    told: str
    catches: tuple[str, ...] = ()

    @property
    def rest(self) -> str:
        """What follows the subject and the verdict, from the comma on."""
        return "".join((f", {self.told}" if self.told else "", *(f"; {each}" for each in self.catches), "."))

    def __str__(self) -> str:
        """Return the whole sentence."""
        return f"{self.subject}: {self.verdict}{self.rest}"


# --- one effect -------------------------------------------------------------------------------------------


def verdict(effect: Effect) -> str:
    """Return what came out, in a few words."""
    found = effect.verdict
    if not math.isfinite(effect.difference):
        return found
    if found == "exactly zero":
        return NONE
    if found == ONE_RUN:
        return ONE_RUN
    if found:
        return NOT_TOLD
    if not effect.has_size:
        return f"in {effect.draws} runs"
    share = effect.relative
    if share is None:
        return "a difference from nothing"
    return next(words for below, words in SIZES if abs(share) < below)


def difference(effect: Effect) -> str:
    """Return a difference in words, as `5,300 fewer entries that evade arrest`; empty where there is none."""
    if not math.isfinite(effect.difference) or effect.verdict == "exactly zero":
        return ""
    unit, name = effect.unit, lowered(effect.series.title)
    much, more = _much(effect.difference, unit), _more(effect.difference, unit)
    if is_count(unit) and abs(round(effect.difference)) <= 1:
        # What it counts is named as many.
        direction = "down" if effect.difference < 0 else "up"
        by = "less than 1" if numbers.is_nothing(effect.difference, unit) else much
        return f"{name} {direction} by {by}"
    if is_count(unit) or unit == "USD":
        return f"{much} {more} {name}"
    return f"{name} {much}{numbers.SPACE}{more}"


def how_sure(effect: Effect) -> str:
    """Return the relative difference, the interval, and how often nothing differs: `1.0 %, range of 8 runs 2,300 to 12,300`."""
    parts = []
    unit = effect.unit
    if effect.relative is not None and unit != "/1":
        parts.append(numbers.relative(abs(effect.relative)).lstrip("+"))
    if effect.interval != NO_INTERVAL and math.isfinite(effect.low):
        ends = (effect.low, effect.high)
        if effect.low < 0 < effect.high:
            told = " to ".join(
                _much(each, unit) + ("" if numbers.is_nothing(each, unit) else f" {_more(each, unit)}")
                for each in ends
            )
        else:
            told = " to ".join(_much(each, unit) for each in sorted(ends, key=abs))
        parts.append(f"{effect.interval} {told}")
    if 0 < effect.same < effect.draws:
        parts.append(f"none at all in {effect.same} of {effect.draws} draws")
    return ", ".join(parts)


def span(effect: Effect) -> str:
    """Return the days that an effect is of: a sum over them, a mean, or what stood on the last one."""
    if effect.series.kind == "stock":
        return f"on {effect.last.day} {named(effect.last)}"
    mean = "" if effect.series.kind == "flow" else "on average "
    return f"{mean}from {named(effect.start)} to {named(effect.last)}"


def of_effect(effect: Effect) -> str:
    """Return an effect in words: the difference, its interval, its days, and against what if not against history."""
    told = difference(effect)
    if not told:
        return f"{effect.series.title}: {verdict(effect)}, {span(effect)}{against(effect)}"
    sure = how_sure(effect)
    return f"{told}{f' ({sure})' if sure else ''} {span(effect)}{against(effect)}"


def against(effect: Effect) -> str:
    """Return what an effect is against, from the comma on; empty if that is history, as a reader expects."""
    return "" if effect.against == HISTORY else f", compared with {effect.against}"


def level(beside: Beside | None) -> str:
    """Return that a level is too far from what was published to be quoted; empty if it is not."""
    if beside is None or beside.error is None or not beside.is_far:
        return ""
    side = "high" if beside.error > 0 else "low"
    when = f" in {_part(beside)}" if beside.part else ""
    return f"the level is {100 * abs(beside.error):.0f}{numbers.SPACE}% too {side}{when}: read the difference"


def of_level(effect: Effect, beside: Beside | None) -> str:
    """Return a level in words: what the baseline has, what stands beside it, and how to read it."""
    name, unit = lowered(effect.series.title), effect.series.unit
    if not math.isfinite(effect.baseline):
        return f"{effect.series.title}: {effect.verdict}"
    value = numbers.quantity(effect.baseline, unit)
    words = "" if is_count(unit) or unit in {"USD", "/1"} else f" {in_words(unit, effect.baseline)}"
    which = "" if effect.against == HISTORY else f", {effect.against},"
    told = f"In the baseline{which} {name}: {value}{words} {span(effect)}"
    if beside is not None:
        told += f"; {beside_in_words(beside, unit)}"
    far = level(beside)
    return f"{told}; {far}" if far else told


def of_flows(flows: Sequence[Flow]) -> str:
    """Return which way between two stages changes most."""
    if not flows:
        return ""
    most = max(flows, key=lambda each: abs(each.reform - each.baseline))
    change = most.reform - most.baseline
    if numbers.is_nothing(change, "case"):
        return "No way between two stages is taken by more or fewer cases."
    much = _much(change, "case")
    return (
        f"What changes most is the way from “{most.origin}” to “{most.target}”: "
        f"{much} {_more(change, 'case')} {'case takes' if much == '1' else 'cases take'} it."
    )


def beside_in_words(beside: Beside, unit: str) -> str:
    """Return what stands beside a level, with what it is worth and the model's error."""
    value = numbers.exact(beside.value, unit)
    told = f"{value} {beside.standing}"
    if beside.standing == "recalled":
        told += ", not read in a source"
    if beside.standing == "partial":
        told += f": {beside.why}"
    if beside.part:
        told += f", {of_part(beside, unit)}"
    return told if beside.error is None else f"{told} (model {numbers.relative(beside.error)})"


def of_part(beside: Beside, unit: str) -> str:
    """Return the months that a figure is of, where it is not of all, and the level in history there; else nothing."""
    if beside.part is None:
        return ""
    simulated = numbers.quantity(beside.simulated, unit)
    return f"of {_part(beside)} alone" + (
        f", where history has {simulated}" if math.isfinite(beside.simulated) else ""
    )


def _part(beside: Beside) -> str:
    assert beside.part is not None
    first, after = beside.part
    last = after - timedelta(days=1)
    return named(first) if first_of_next_month(first) == after else f"{named(first)} to {named(last)}"


def lowered(title: str) -> str:
    """
    Return a title as it stands within a sentence; names keep their capitals.

    Examples
    --------
    >>> lowered("Encounters, Tucson sector"), lowered("Border Patrol encounters"), lowered("ICE book-ins")
    ('encounters, Tucson sector', 'Border Patrol encounters', 'ICE book-ins')
    """
    is_name = re.match(r"[A-Z]\S*[A-Z]|[A-Z][^\s,]* [A-Z]", title)
    return title if is_name else title[:1].lower() + title[1:]


def _much(value: float, unit: str) -> str:
    if unit == "/1":
        under = value and numbers.is_nothing(value, unit)
        return "under 0.1 points" if under else f"{100 * abs(value):.1f} points"
    words = "" if is_count(unit) or unit == "USD" else f" {in_words(unit, abs(value))}".rstrip()
    return numbers.quantity(abs(value), unit) + words


def _more(value: float, unit: str) -> str:
    if is_count(unit):
        return "fewer" if value < 0 else "more"
    if unit == "USD":
        return "less" if value < 0 else "more"
    return "lower" if value < 0 else "higher"


# --- one answer -------------------------------------------------------------------------------------------


def of_answer(study: Study, answer: Answer) -> Sentence:
    """Return the answer to a scenario's question."""
    main = answer.main
    told = of_effect(main) if difference(main) else against(main).removeprefix(", ")
    return Sentence(answer.headline.subject, verdict(main), told, tuple(_catches(study, answer)))


def _catches(study: Study, answer: Answer) -> Iterator[str]:
    """Yield what must be known with an answer; what it cannot say, if nothing else must."""
    main = answer.main
    yield from _moving(answer)
    found = [
        past_the_record(study, answer, answer.headline.outcome),
        level(study.beside(answer.headline.outcome, main.start, main.end)),
        *_resting(answer),
        *(lowered(clause) for each in answer.late for clause in _END.split(each.rstrip("."))),
    ]
    told = [each for each in found if each]
    yield from told
    if not told and main.verdict != "exactly zero" and answer.cannot_say:
        yield f"it cannot say: {lowered(answer.cannot_say[0].rstrip('.'))}"


def _resting(answer: Answer) -> Iterator[str]:
    """Yield on which full and on which idle stages an answer rests, in one clause; nothing if it rests on none."""
    stages = {kind: [each.stage for each in answer.resting if each.kind == kind] for kind in ("full", "idle")}
    kind, *other = [kind for kind, found in stages.items() if found] or [""]
    if kind:
        more = "".join(f", and {each}: {listed(stages[each])}" for each in other)
        yield f"it rests on what is {kind} by assumption: {listed(stages[kind])}{more}"


def _moving(answer: Answer) -> Iterator[str]:
    """Yield the series that are told with the headline, as far as they move."""
    for name in answer.headline.beside:
        effect = answer.comparison.effect(name, *answer.window)
        if math.isfinite(effect.difference) and not effect.verdict:
            share = numbers.relative(effect.relative)
            change = numbers.signed(effect.difference, effect.series.unit)
            yield f"{lowered(effect.series.title)} {change if share == numbers.EMPTY else share}"


def past_the_record(study: Study, answer: Answer, name: str) -> str:
    """Return that a scenario passes what was ever published of a series, where history does not; else nothing."""
    observed = study.observed.get(name)
    most = observed.most if observed is not None else None
    if observed is None or most is None or observed.partial:
        return ""
    about = answer.comparison.reform.about(name)
    year = study.model.year
    spans = list(_spans(answer.comparison.reform, *answer.window, year if most.is_year else None))
    if about.kind == "ratio" or not spans:
        return ""

    def largest(world: Results) -> tuple[float, str]:
        return max(
            ((float(world.total(name, *each).mean()), words) for *each, words in spans),
            key=lambda found: (math.isfinite(found[0]), found[0]),
        )

    (before, _), (after, when) = largest(answer.comparison.baseline), largest(answer.comparison.reform)
    if not before <= most.value < after:
        return ""
    then = f"{year.words} {year.of(most.last)}" if most.is_year else named(most.first)
    return (
        f"{numbers.quantity(after, about.unit)} in {when} is {numbers.number(after / most.value)} times the most ever "
        f"published ({numbers.exact(most.value, about.unit)}, {then})"
    )


def _spans(world: Results, start: date, end: date, year: Year | None) -> Iterator[tuple[date, date, str]]:
    """Yield the whole years, or the months, of a window: first day, day after the last, and name."""
    months = [each for each in world.months if start <= each < end]
    if year is not None:
        for number, first, after in year.spans(months):
            if (first, after) == (year.first_day(number), year.first_day(number + 1)):
                yield first, after, f"{year.words} {number}"
    else:
        for month in months:
            yield month, first_of_next_month(month), named(month)


# --- statements -------------------------------------------------------------------------------------------


def of_statement(study: Study, statement: Statement) -> Sentence:
    """Return the answer to a statement, from whatever answers it."""
    if statement.tells == "stages":
        return of_stages(statement.subject, study.bound, len(study.baseline.months))
    if statement.tells == "lines":
        # Of several that it takes the place of, the last: the others stood for weeks.
        return of_line(statement.subject, study.answer(statement.scenario).lines[-1])
    if statement.tells == "all":
        return of_all(statement.subject, study.answers)
    return of_answer(study, study.answer(statement.scenario))


def of_stages(subject: str, bound: Sequence[Bound], months: int) -> Sentence:
    """Return what bound when in history."""
    full = sorted((each for each in bound if each.months), key=lambda each: -len(each.months))
    if not full:
        return Sentence(subject, "no stage had more work than it could do", "")
    told = [f"{each.stage} {len(each.months)}{_spells(each.months, months)}" for each in full[:MOST_STAGES]]
    others = [each.stage for each in full[MOST_STAGES:]]
    never = [each.stage for each in bound if not each.months]
    rest = (
        f"{listed(others)} {'were' if len(others) > 1 else 'was'} full in fewer" if others else "",
        f"{listed(never)} always had slack" if never else "",
    )
    verdict = f"{len(full)} of {len(bound)} stages were full for a time"
    return Sentence(subject, verdict, f"of {months} months {', '.join(told)}", tuple(filter(None, rest)))


def of_line(subject: str, moved: LineMoved) -> Sentence:
    """Return who moved across the line between two guidelines."""
    crossing = sorted((each for each in moved.crossings if each.crosses), key=lambda each: -each.cases)
    if not crossing:
        return Sentence(subject, "nobody crosses the line", f"from {moved.before} to {moved.after}")
    share, cases = sum(each.share for each in crossing), sum(each.cases for each in crossing)
    most = crossing[0]
    told = (
        f"{numbers.quantity(cases, 'case')} {moved.among.words} a year, most of them from “{_spaced(most.tier_before)}” to "
        f"“{_spaced(most.tier_after)}”"
    )
    counted = f"counted on the synthetic {moved.among.words} of {named(moved.among.on)}"
    return Sentence(subject, f"{numbers.share(share)} cross the line", told, (counted,))


def of_all(subject: str, answers: Sequence[Answer]) -> Sentence:
    """Return how many answers came out how, if there are draws enough to call a difference by its size."""
    fewest = min(each.main.draws for each in answers)
    if fewest < FEWEST:
        return Sentence(
            subject,
            f"not counted from {written(fewest, 'run')}",
            f"it takes {FEWEST} runs or more to say which of the {len(answers)} scenarios move what they are asked about",
        )
    counts = Counter(verdict(each.main) for each in answers)
    order = [*(words for _, words in reversed(SIZES)), NOT_TOLD, NONE]
    places = {words: place for place, words in enumerate(order)}
    told = [
        f"{words} in {n}" for words, n in sorted(counts.items(), key=lambda item: places.get(item[0], -1))
    ]
    firm = sum(each.main.has_size for each in answers)
    move = "scenarios move" if len(answers) > 1 else "scenario moves"
    return Sentence(subject, f"{firm} of {len(answers)} {move} what they are asked about", ", ".join(told))


def opening(study: Study) -> tuple[tuple[Statement | None, Answer | None, Sentence], ...]:
    """
    Return the sentences that a report opens on.

    Returns
    -------
    tuple
        Statement, the one answer that it links to if there is one, and sentence: one for each statement of a set, or
        one for each scenario where there are no statements.
    """
    if study.statements:
        return tuple(
            (each, study.answer(each.scenario) if each.scenario else None, of_statement(study, each))
            for each in study.statements
        )
    return tuple((None, each, of_answer(study, each)) for each in study.answers)


def listed(words: Iterable[str]) -> str:
    """
    Return words as a list in a sentence.

    Examples
    --------
    >>> listed(["beds"]), listed(["beds", "judges", "officers"])
    ('beds', 'beds, judges and officers')
    """
    *some, last = words
    return f"{', '.join(some)} and {last}" if some else last


def _spells(months: Sequence[date], of: int) -> str:
    """Return the runs of months that some months are, in brackets; nothing if they are many, or all."""
    starts = [months[0], *(b for a, b in pairwise(months) if first_of_next_month(a) != b)]
    ends = [*(a for a, b in pairwise(months) if first_of_next_month(a) != b), months[-1]]
    if len(starts) > MOST_SPELLS or len(months) == of:
        return ""
    told = [named(a) if a == b else f"{named(a)} to {named(b)}" for a, b in zip(starts, ends, strict=True)]
    return f" ({listed(told)})"


def _spaced(name: str) -> str:
    return name.replace("_", " ")
