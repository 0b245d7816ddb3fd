"""`hardship rules`: rules listed, checked, shown, written out as pages, rehearsed before they are signed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import given, terminal
from pipelines.cli.given import MonthOption
from pipelines.cli.terminal import JsonOption

rules_app = typer.Typer(
    no_args_is_help=True,
    short_help="List, test, show and rehearse the rules.",
    help="List, check, test and show the rules; write pages on them; rehearse a change before it is signed.",
)


@rules_app.command("list", short_help="All rules with status, effect and title.")
def rules_list(as_json: JsonOption = False) -> None:
    """List all rules with status, unit, effect, dimension, cause and title."""
    from pipelines.plain import table
    from pipelines.rule import load_rules

    rows = [
        [r.id, r.status, r.unit, r.effect, r.dimension, r.cause, r.title_zh, r.title_en]
        for r in load_rules().rules.values()
    ]
    if as_json:
        names = ("rule", "status", "unit", "effect", "dimension", "cause", "title_zh", "title_en")
        terminal.tell_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    heads = ["rule", "status", "unit", "effect", "dimension", "cause", "名称", "title"]
    shown = [[cell or "-" for cell in row] for row in rows]
    typer.echo("\n".join(table(heads, shown, terminal.width(), whole=("rule",))))


@rules_app.command("test", short_help="The tests that stand in the rules' own files.")
def rules_test(
    rule: Annotated[str | None, typer.Option(metavar="ID", help="Only the tests of this rule.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Run the tests that stand in the rules' own files; exit code 1 when one fails."""
    from pipelines.rule import load_rules, run_inline_tests

    rules = load_rules()
    if rule is not None:
        _check(rules, rule)
    results = run_inline_tests(rules, rule)
    failed = [result for result in results if not result.passed]
    if as_json:
        told = [
            {"rule": r.rule_id, "line": r.line, "test": r.name, "passed": r.passed, "found": r.found}
            for r in results
        ]
        terminal.tell_json(told)
        raise typer.Exit(1 if failed else 0)
    for result in failed:
        typer.echo(f"{result.rule_id}.yaml, line {result.line}, {result.name}: {result.found}", err=True)
    counted = f"{len(results) - len(failed)} passed, {len(failed)} failed"
    typer.echo(terminal.painted(counted, "red" if failed else "green"))
    raise typer.Exit(1 if failed else 0)


@rules_app.command("lint", short_help="Mistakes in rules, by file and line.")
def rules_lint(as_json: JsonOption = False) -> None:
    """Check the rules' files, parameters and selection without running them.

    Every mistake is named with its file and line, and exit code 2 tells that there is one.
    """
    from pipelines.rule import load_rules

    if as_json:
        _lint_as_json()
        return
    rules = load_rules()
    for warning in rules.warnings:
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(
        f"{len(rules.rules)} rules, {len(rules.shared)} shared parameters, {len(rules.warnings)} warnings"
    )


def _lint_as_json() -> None:
    import dataclasses

    from pipelines.problem import Problems
    from pipelines.rule import load_rules

    try:
        rules = load_rules()
    except Problems as error:
        terminal.tell_json({"problems": [dataclasses.asdict(p) for p in error.problems], "warnings": []})
        raise typer.Exit(2) from None
    warnings = [str(warning) for warning in rules.warnings]
    terminal.tell_json({"problems": [], "warnings": warnings, "rules": len(rules.rules)})


@rules_app.command("show", short_help="One rule's values in force and its SQL.")
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


@rules_app.command("docs", short_help="Pages on the rules, for officials and residents.")
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


@rules_app.command("rehearse", short_help="Try changed rules on past months.")
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
    with terminal.alive():
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
