"""`hardship rules`: rules listed, checked, shown, written out as pages, rehearsed before they are signed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import given
from pipelines.cli.given import MonthOption

rules_app = typer.Typer(
    no_args_is_help=True, help="List, check, test and show the rules; write pages on them; rehearse a change."
)


@rules_app.command("list")
def rules_list() -> None:
    """List all rules with status, unit, effect, dimension, cause and title."""
    from pipelines.plain import table
    from pipelines.rule import load_rules

    rows = [
        [r.id, r.status, r.unit, r.effect, r.dimension or "-", r.cause or "-", r.title_zh, r.title_en]
        for r in load_rules().rules.values()
    ]
    heads = ["rule", "status", "unit", "effect", "dimension", "cause", "名称", "title"]
    typer.echo("\n".join(table(heads, rows)))


@rules_app.command("test")
def rules_test(
    rule: Annotated[str | None, typer.Option(metavar="ID", help="Only the tests of this rule.")] = None,
) -> None:
    """Run the tests that stand in the rules' own files."""
    from pipelines.rule import load_rules, run_inline_tests

    rules = load_rules()
    if rule is not None:
        _check(rules, rule)
    results = run_inline_tests(rules, rule)
    failed = [result for result in results if not result.passed]
    for result in failed:
        typer.echo(f"{result.rule_id}.yaml, line {result.line}, {result.name}: {result.found}", err=True)
    typer.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    raise typer.Exit(1 if failed else 0)


@rules_app.command("lint")
def rules_lint() -> None:
    """Check the rules' files, parameters and selection without running them."""
    from pipelines.rule import load_rules

    rules = load_rules()
    for warning in rules.warnings:
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(
        f"{len(rules.rules)} rules, {len(rules.shared)} shared parameters, {len(rules.warnings)} warnings"
    )


@rules_app.command("show")
def rules_show(
    rule: Annotated[str, typer.Argument(metavar="ID", help="The rule's id, as `rules list` shows it.")],
    month: MonthOption,
) -> None:
    """Show one rule: the values in force in a month, since when and by what reference, and its SQL."""
    from pipelines.rule import load_rules
    from pipelines.rule.show import show

    rules = load_rules()
    _check(rules, rule)
    typer.echo(show(rules, rule, given.month(month)))


@rules_app.command("docs")
def rules_docs(
    context: typer.Context,
    month: MonthOption,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where to write; <lake>/rules if not said.")
    ] = None,
) -> None:
    """Write pages on the rules: one per rule for officials, one for everybody, Chinese and English."""
    from pipelines.contract import load_contracts
    from pipelines.rule import load_rules
    from pipelines.rule.pages import write_rule_pages

    folder = out or given.place(context).lake.root / "rules"
    pages = write_rule_pages(load_rules(), load_contracts(), given.month(month), folder)
    typer.echo(f"{len(pages)} pages: {folder / 'index.html'}, for residents {folder / 'citizens.html'}")


@rules_app.command("rehearse")
def rules_rehearse(
    context: typer.Context,
    rules: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="The draft: a rules folder, or only what differs.",
        ),
    ],
    months: Annotated[str, typer.Option(metavar="FIRST[..LAST]", help="For example 2022-01..2022-06.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write; <lake>/rehearsals/<months> if not said."),
    ] = None,
    signed_by: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Accept an overloaded town; two different names are needed."),
    ] = None,
) -> None:
    """Run draft rules on past months and show what would have been different; no list changes by it.

    The draft's values hold in every rehearsed month, whatever their days. Fails (code 1) when a
    town would have more households to visit than it can bear, unless two people sign for it.
    """
    from pipelines.detect import rehearsal_report
    from pipelines.detect.rehearse import rehearse

    lake, chosen = given.place(context).lake, given.months(months)
    names = tuple(dict.fromkeys(name.strip() for name in signed_by or () if name.strip()))
    rehearsal = rehearse(rules, chosen, lake)
    folder = out or lake.root / "rehearsals" / f"{chosen[0]}..{chosen[-1]}"
    rehearsal_report.write(rehearsal, folder, names)
    typer.echo(rehearsal_report.in_words(rehearsal))
    typer.echo(f"\n{folder / 'rehearsal.html'}")
    if rehearsal.overloaded and len(names) < 2:
        typer.echo(
            f"Overloaded: {', '.join(rehearsal.overloaded)} would have more than "
            f"{rehearsal.overload_multiple} times the households they can visit. Change the draft or its "
            "capacity, or let two people sign: --signed-by NAME --signed-by NAME.",
            err=True,
        )
        raise typer.Exit(1)


def _check(rules, rule_id: str) -> None:
    if rule_id not in rules.rules:
        raise typer.BadParameter(f"No rule {rule_id}. There are: {', '.join(sorted(rules.rules))}.")
