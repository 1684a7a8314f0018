"""Read, explain and check the dated guidelines, statutes and switches."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

import typer

from lawqueue import numbers
from lawqueue.cli.ending import NOT_MET, errors
from lawqueue.cli.options import AsJson, ModelName, read_day
from lawqueue.errors import InputError, did_you_mean
from lawqueue.exports import json_text
from lawqueue.models import registry
from lawqueue.models.model import Model
from lawqueue.rules import GuidelineBook, ProfileSchema
from lawqueue.rules import check as checked
from lawqueue.rules.answering import check_answers
from lawqueue.rules.citing import check_citations, check_formulas
from lawqueue.study.moves import moved
from lawqueue.units import written

Component = Literal["dhs", "ice", "cbp"]
CLAUSES_SHOWN = 3


commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Read, explain and check the dated guidelines, statutes and switches.",
)


@commands.command(name="list")
def rules_list(model: ModelName = registry.FIRST) -> None:
    """List the guidelines and the statutes, and when they are in force."""
    with errors():
        asked = registry.named(model)
        if not (len(asked.guidelines()) or len(asked.statutes())):
            raise asked.lacks("guidelines or statutes")
        for each in asked.guidelines():
            spells = "; ".join(spell.span for spell in each.in_force)
            typer.echo(
                f"{each.id:30} {each.component:17} {spells or f'another reading of {each.reading_of}'}"
            )
        for law in asked.statutes():
            spells = "; ".join(spell.span for spell in law.in_force)
            typer.echo(f"{law.id:30} {law.function:17} {spells}")


@commands.command()
def timeline(model: ModelName = registry.FIRST) -> None:
    """List the dated switches of law and policy; * marks those that move something, which a scenario can change."""
    with errors():
        asked = registry.named(model)
        if not len(asked.timeline()):
            raise asked.lacks("timeline of dated switches")
        for each in asked.timeline():
            moves = bool(moved(asked, each, None, ""))
            typer.echo(f"{'*' if moves else ' '} {each.shown_date:10} {each.id:32} {each.what}")
            if not moves:
                typer.echo(f"{'':46}Moves nothing in the simulation. {each.sets}")


@commands.command()
def explain(
    guideline: Annotated[str | None, typer.Argument(help="Id of a guideline, or its beginning.")] = None,
    profile: Annotated[str, typer.Option(help="Attributes, as record=felony,entry=interior.")] = "",
    date: Annotated[
        str | None, typer.Option(help="Pick the guideline in force on this day, as 2021-03-01.")
    ] = None,
    component: Annotated[
        Component | None,
        typer.Option(help="Goes with --date. Default: the agency of the model.", show_default=False),
    ] = None,
    place: Annotated[
        str | None, typer.Option(help="Goes with --date: a state with a guideline of its own, as minnesota.")
    ] = None,
    model: ModelName = registry.FIRST,
) -> None:
    """Show which tier a guideline puts a profile in, and which clauses decide it."""
    with errors():
        asked = registry.named(model)
        book = _guidelines(asked)
        if (guideline is None) == (date is None):
            raise InputError("give either a guideline or --date.")
        _require_place(place, [spell.place for each in book for spell in each.in_force])
        chosen = (
            book[guideline]
            if guideline is not None
            else book.in_force(component or asked.agency, read_day(str(date), "--date"), place)
        )
        levels = _profile(profile, chosen.schema)
        explained = chosen.explain(levels)
        typer.echo(f"{chosen.id}: {chosen.title}")
        typer.echo("\n".join(explained.lines()))
        quoted = f" “{explained.source.quote}”" if explained.source.quote else ""
        typer.echo(f"  {explained.source.cited}, {explained.source.section}.{quoted}")
        typer.echo(f"  {explained.source.link}")
        day = None if date is None else read_day(date, "--date")
        for each in chosen.suspended if day is None else chosen.suspensions(day):
            held = "within its scope" if each.spell.scope is None else f"for: {each.spell.scope}"
            inside = each.when is None or each.when.explain(levels).holds
            reached = "This profile is in the scope" if inside else "This profile is outside the scope"
            what = " The order reaches detention and release alone." if each.decisions == "custody" else ""
            typer.echo(f"  Suspended by a court, {each.spell.span}, {held}.{what} {reached}.")
        for named in chosen.modified_by:
            switch = asked.timeline()[named]
            if day is None or switch.date <= day:
                typer.echo(f"  Changed in how it is carried out on {switch.shown_date}: {switch.what}")


def _profile(given: str, schema: ProfileSchema) -> dict[str, str]:
    """Return the levels that `record=felony,entry=interior` names; the rest are unknown."""
    levels = dict.fromkeys(schema.names, "unknown")
    for part in filter(None, given.split(",")):
        name, _, level = part.partition("=")
        if name not in schema.names:
            raise InputError(f"no attribute {name!r}. {did_you_mean(name, schema.names)}")
        schema[name].require(level)
        levels[name] = level
    return levels


@commands.command()
def statutes(
    profile: Annotated[str, typer.Option(help="Attributes, as prior_removal=one,entry=border.")] = "",
    date: Annotated[
        str | None,
        typer.Option(
            help="The day whose law is asked, as 2021-04-02. Default: the last whose outcomes are known.",
            show_default=False,
        ),
    ] = None,
    place: Annotated[
        str | None, typer.Option(help="A circuit that has law of its own, as circuit_2.")
    ] = None,
    model: ModelName = registry.FIRST,
) -> None:
    """Answer what statutes say of a profile: what follows by law, whatever a guideline says."""
    with errors():
        asked_of = registry.named(model)
        if not len(asked_of.statutes()):
            raise asked_of.lacks("statutes")
        book = asked_of.statutes()
        day = asked_of.known.last_outcome if date is None else read_day(date, "--date")
        _require_place(place, [spell.place for each in book for spell in each.in_force])
        levels = _profile(profile, next(iter(book)).schema)
        asked = [each for each in book.questions if book.answered(*each, day, place)]
        found = [book.in_force(*each, day, place).explain(levels) for each in asked]
        if not found:
            first = min(spell.start for each in book for spell in each.in_force)
            raise InputError(f"no statute here is in force on {day}: the first is from {first} on.")
        answers = [each for each in found if each.tier.defers_to is None]
        for each in sorted(answers, key=lambda answer: (answer.function, answer.topic)):
            years = "" if each.maximum_years is None else f" (at most {written(each.maximum_years, 'year')})"
            typer.echo(f"{each.function:17} {each.topic:22} {each.tier.name}{years}: {each.effect}")
            basis = f"; {each.tier.basis}: {each.tier.note}" if each.tier.basis != "stated" else ""
            typer.echo(f"{'':40} {each.statute}: {each.source.title}, {each.source.section}{basis}")


@commands.command()
def diff(
    before: Annotated[str, typer.Argument(help="Id of a guideline, or its beginning.")],
    after: Annotated[str, typer.Argument(help="Id of another.")],
    date: Annotated[
        str | None,
        typer.Option(help="The day whose cases are counted. Default: that of the model.", show_default=False),
    ] = None,
    model: ModelName = registry.FIRST,
    as_json: AsJson = False,
) -> None:
    """Show who crosses the line when one guideline takes the place of another, and how many."""
    with errors():
        asked = registry.named(model)
        book = _guidelines(asked)
        among = asked.divided()
        day = among.on if date is None else read_day(date, "--date")
        found = asked.crossings(book[before], book[after], day)
        if as_json:
            typer.echo(
                json_text(
                    [asdict(each) | {"crosses": each.crosses, "moved_by": each.moved_by} for each in found]
                )
            )
            return
        typer.echo(
            f"{book[before].id} → {book[after].id}: {among.words} a year in the synthetic population of {day}"
        )
        for each in found:
            typer.echo(
                f"{'→' if each.crosses else ' '} {each.tier_before} ({each.action_before})".ljust(46)
                + f"{each.tier_after} ({each.action_after})".ljust(46)
                + f"{each.cases:12,.0f} {numbers.share(each.share):>8}   assumed"
            )
            for clause in each.moved_by[:CLAUSES_SHOWN] if each.crosses else ():
                typer.echo(f"    by {clause}")
        crossing = sum(each.share for each in found if each.crosses)
        typer.echo(f"→ what officers may do changes for {numbers.share(crossing)}.")
        if among.left_out:
            typer.echo(f"  {among.left_out}")


def _require_place(place: str | None, known: list[str | None]) -> None:
    own = sorted({each for each in known if each is not None})
    if place is not None and place not in own:
        raise InputError(
            f"no rule here is of {place!r} alone. {did_you_mean(place, own)} For the rest of the country leave it out."
        )


@commands.command()
def check(model: ModelName = registry.FIRST) -> None:
    """Check rules and sources: gaps, overlaps, tiers nobody reaches, dead addresses, values that do not follow."""
    with errors():
        asked = registry.named(model)
        findings = []
        if len(asked.guidelines()) or len(asked.statutes()):
            schema, statutes = asked.schema(), asked.statutes()
            findings += checked(asked.guidelines(), schema, others=statutes)
            findings += check_answers(statutes, schema)
        written = sorted(asked.folder.glob("**/*.yaml"))
        faults = [*check_citations(written), *check_formulas(written, asked.observed().value)]
        for each in (*findings, *sorted(faults)):
            typer.echo(str(each))
        if faults or any(each.severity == "problem" for each in findings):
            raise typer.Exit(NOT_MET)


def _guidelines(model: Model) -> GuidelineBook:
    if not len(model.guidelines()):
        raise model.lacks("guidelines")
    return model.guidelines()
