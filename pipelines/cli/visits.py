"""`hardship visits`: what towns send back, looked at before it is delivered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli import given, terminal
from pipelines.cli.terminal import JsonOption

visits_app = typer.Typer(no_args_is_help=True, help="Check lists that towns send back, filled in.")


@visits_app.command("check", short_help="What is wrong with a returned list, cell by cell.")
def check(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A town's list, filled in."),
    ],
    as_json: JsonOption = False,
) -> None:
    """Say what is wrong with a list that came back, cell by cell, as the monthly run would read it.

    Nothing is written. A list without mistakes goes as it is, under its own name, into
    <landing>/<YYYY-MM>/towns/, the month of the visits. Rows that nobody filled in are fine. Keys of
    households are compared with all published lists where there are any.

    Exit codes: 0 nothing is wrong, 1 something is (or the file cannot be read).
    """
    from pipelines.contract import SCHEMAS, load_contract
    from pipelines.ingest.check import check_file
    from pipelines.ingest.known import Known, listed_households

    contract = load_contract(SCHEMAS / "towns__visits.yaml")
    known = Known(households=listed_households(given.place(context).lake))
    checked = check_file(contract, file, known)
    told = {
        "file": file.name,
        "problem": checked.problem,
        "visits": checked.rows,
        "not_filled_in": checked.not_filled_in,
        "keys_compared": known.households is not None,
        "findings": [_in_words(finding, contract) for finding in checked.findings],
    }
    if as_json:
        terminal.tell_json(told)
    else:
        typer.echo("\n".join(_lines(told)))
    raise typer.Exit(1 if checked.problem or checked.findings else 0)


def _lines(told: dict) -> list[str]:
    if told["problem"]:
        return [f"{told['file']}: {told['problem']}"]
    lines = []
    for item in told["findings"]:
        place = f"{item['sheet']}!{item['cell']}" if item["sheet"] else item["cell"]
        found = item["found"] or "空 (empty)"
        lines.append(terminal.painted(f"{place}  {item['header']}：{found}", "red"))
        lines.append(f"    {item['zh']}；应为：{item['allowed_zh']}")
        lines.append(f"    {item['en']}; allowed: {item['allowed_en']}")
    cells = len(told["findings"])
    lines.append(
        f"{told['file']}：可用{told['visits']}户，未填{told['not_filled_in']}户，有误{cells}处 / "
        f"{told['visits']} visits read, {told['not_filled_in']} rows not filled in, {cells} cells wrong"
    )
    if not told["keys_compared"]:
        lines.append("家庭识别码未核对：这里没有已发布的名单 / keys not compared: no list was published here")
    return lines


def _in_words(finding, contract) -> dict:
    from pipelines.feedback.reasons import reason_words
    from pipelines.feedback.rows import allowed_of, shown_value

    prop = next((p for p in contract.properties if p.name == finding.column), None)
    zh, en, _ = reason_words(finding.reason)
    allowed_zh, allowed_en = allowed_of({"reason": finding.reason, "allowed": finding.allowed})
    if finding.reason == "not_in_code_list":
        allowed_zh = "、".join(prop.labels.values())
        allowed_en = ", ".join(f"{prop.labels[code]} ({en})" for code, en in prop.meanings.items())
    elif finding.reason == "missing":
        allowed_zh, allowed_en = "填写一项的行须填全日期和结果", "day and outcome in every row that was begun"
    elif finding.reason == "pattern":
        allowed_zh = allowed_en = finding.allowed
    # The reason may tell of health; everything else the clerk finds again by what stands there.
    is_secret = prop is not None and prop.classification != "internal"
    return {
        "sheet": finding.sheet,
        "cell": finding.cell,
        "line": finding.line,
        "column": finding.column,
        "header": prop.header if prop else "整行",
        "reason": finding.reason,
        "found": shown_value(finding.found, True) if is_secret else _told(finding.found),
        "zh": zh,
        "en": en,
        "allowed_zh": allowed_zh,
        "allowed_en": allowed_en,
    }


def _told(found: str) -> str:
    from pipelines.problem import masked

    return masked(found)[:60]
