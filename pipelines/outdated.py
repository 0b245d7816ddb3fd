"""Outdated: which months rest on something that was made again since, and how to bring them up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.confirmations import answers_given
from pipelines.emptied import emptied_by_extract
from pipelines.lake import Lake, write_whole
from pipelines.month import WINDOW, Month

FILE = "OUT_OF_DATE.txt"


def outdated_months(lake: Lake, landing: Path | None = None) -> dict[Month, list[str]]:
    """Months that were detected and are out of date, oldest first, each with the reasons.

    Months build on each other, so that every month after an outdated one is so too. A stage made
    again with the same content makes nothing outdated. With `landing`, answers that came since count:
    one that was put into an earlier month's folder holds for all months from there on.
    """
    found: dict[Month, list[str]] = {}
    for month in lake.months("matches"):
        reasons = [*_profile_reasons(lake, month), *_match_reasons(lake, month), *_list_reasons(lake, month)]
        reasons += _answer_reasons(lake, landing, month) if landing else ()
        if not reasons and found:
            reasons = [f"{max(found)} is out of date"]
        if reasons:
            found[month] = reasons
    return found


def bring_up_command(months: dict[Month, list[str]]) -> str:
    """The command that brings the months up again."""
    return f"hardship run --from {min(months)} --month {max(months)}"


def mark_outdated(lake: Lake, landing: Path | None = None) -> dict[Month, list[str]]:
    """Writes beside the published months which of them are out of date, or takes the mark away."""
    months = outdated_months(lake, landing)
    path = lake.root / "published" / FILE
    if not months:
        path.unlink(missing_ok=True)
        return months
    lines = [f"{month}: {'; '.join(reasons)}" for month, reasons in months.items()]
    text = "\n".join(["已过期的月份 / months out of date", *lines, "", bring_up_command(months)]) + "\n"
    write_whole(path, text)
    return months


def _profile_reasons(lake: Lake, month: Month) -> Iterator[str]:
    inputs = (lake.about("profiles", month) or {}).get("inputs", {})
    # Link looks no further back than its window for the last month's households.
    earlier = [m for m in lake.months("profiles") if month.plus(-WINDOW) <= m < month][-1:]
    before = {str(m): lake.digest("profiles", m) for m in earlier}
    if inputs.get("previous", before) != before:
        yield f"the households of {', '.join(before) or 'earlier months'} were made again"
    if inputs.get("conflicts") != lake.digest("conflicts", month):
        yield "its conflicts were looked for again"
    for extract, months in inputs.get("rows", {}).items():
        table = f"parquet/{extract.partition(' ')[0]}"
        changed = [m for m, digest in months.items() if lake.digest(table, Month.parse(m)) != digest]
        if changed:
            yield f"{extract} of {', '.join(changed)} was read again"


def _answer_reasons(lake: Lake, landing: Path, month: Month) -> Iterator[str]:
    about = lake.about("conflicts", month)
    if about and about["inputs"].get("answers") != answers_given(landing, month):
        yield "answers to its conflicts came or changed"
    emptied = emptied_by_extract(month, landing)
    for extract in sorted(path.name for path in (lake.root / "verdicts").glob("*__*")):
        about = lake.about(f"verdicts/{extract}", month)
        given = {town: str(since) for town, since in emptied.get(extract, {}).items()}
        if about and about["inputs"].get("answers", {}) != given:
            yield f"an answer to a town missing from {extract} came or changed"


def _match_reasons(lake: Lake, month: Month) -> Iterator[str]:
    inputs = lake.about("matches", month)["inputs"]
    if "profiles" in inputs and inputs["profiles"] != lake.digest("profiles", month):
        yield "its profiles were made again"
    earlier = max((m for m in lake.months("matches") if m < month), default=None)
    before = [str(earlier), lake.digest("matches", earlier)] if earlier else None
    if "previous" in inputs and inputs["previous"] != before:
        yield f"the cases of {earlier} were decided again"


def _list_reasons(lake: Lake, month: Month) -> Iterator[str]:
    about = lake.about("published", month)
    if about is None:
        return
    for table, words in (("profiles", "households"), ("matches", "cases")):
        if about["inputs"].get(table) != lake.digest(table, month):
            yield f"its {words} were made again and not published"
    if about["inputs"].get("last_month") != lake.digest("published", month.plus(-1)):
        yield f"the lists of {month.plus(-1)} were published again"
