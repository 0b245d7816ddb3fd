"""Targets: what a run should reach, beside what it did; one that is missed is told as missed."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import intake

STAGES = ("check", "ingest", "validate", "conflicts", "link", "detect", "publish", "report")


# The size of city that seconds are promised for.
WHOLE_CITY = 4_400_000


def table(work: dict[str, dict], residents: int = WHOLE_CITY) -> list[str]:
    """Markdown lines: one row per target whose measures are there, nothing for an empty run."""
    rows = list(_rows(work, residents))
    if not rows:
        return []
    lines = ["| target | at most | measured | |", "|---|--:|--:|---|"]
    for text, most, found, unit in rows:
        verdict = "reached" if found <= most else "**missed**"
        lines.append(f"| {text} | {most:g}{unit} | {found:.2f}{unit} | {verdict} |")
    return lines


def _rows(work: dict[str, dict], residents: int) -> Iterator[tuple[str, float, float, str]]:
    def cpu(name: str) -> float:
        return work[name]["cpu"]

    def has(*names: str) -> bool:
        return all(name in work for name in names)

    if has("link", "detect", "duckdb"):
        text = "link and detect, CPU against one DuckDB statement by hand"
        yield text, 1.5, (cpu("link") + cpu("detect")) / cpu("duckdb"), "x"
    if has("link", "detect", "pandas"):
        text = "link and detect, CPU against careful pandas (a quarter)"
        yield text, 0.25, (cpu("link") + cpu("detect")) / cpu("pandas"), "x"
    if has(*STAGES):
        month = sum(cpu(name) for name in STAGES)
        if residents == WHOLE_CITY:
            yield "the month as stages, a process each, CPU", 90, month, " s"
        yield "peak memory of any stage", 4, max(work[n]["peak_gib"] for n in STAGES), " GiB"
        yield "validation and its pages, share of the month's CPU", 0.25, cpu("validate") / month, ""
    if has("whole") and residents == WHOLE_CITY:
        text = "the month in one command, with what goes back to departments,"
        yield f"{text} CPU", 90, cpu("whole"), " s"
        yield f"{text} wall", 75, work["whole"]["wall"], " s"
    if has("smaller") and residents == WHOLE_CITY:
        millions = work["smaller"]["rows"] / 1e6
        text = f"a month of fourteen extracts and {millions:.1f} million rows in one command,"
        yield f"{text} CPU", 90, cpu("smaller"), " s"
        yield f"{text} wall", 75, work["smaller"]["wall"], " s"
    if has("intake"):
        files = work["intake"]["said"]
        text = "4 million rows of GB18030 to validated Parquet, wall against bare polars in UTF-8"
        yield text, intake.MOST_TIMES_BARE, files["settlements"]["wall"] / files["bare"]["wall"], "x"
        yield (
            "a workbook of 200,000 rows, wall",
            intake.MOST_WORKBOOK_SECONDS,
            files["workbook"]["wall"],
            " s",
        )
    if has("rules_as_they_are", "rules_tenfold"):
        text = "ten times as many rules that match ten times as many, CPU of detect"
        yield text, 2, cpu("rules_tenfold") / cpu("rules_as_they_are"), "x"
    if has("rules_as_they_are", "rules_for_some"):
        text = "ten times as many rules, the further ones for some households, CPU of detect"
        yield text, 2, cpu("rules_for_some") / cpu("rules_as_they_are"), "x"
    if has("late", "whole"):
        yield "one late extract arrives, CPU of the whole month", 0.5, cpu("late") / cpu("whole"), "x"
    if has("replay", "rules_as_they_are"):
        text = "six months by changed rules, CPU of one detect"
        yield text, 6, cpu("replay") / cpu("rules_as_they_are"), "x"
    if has("airflow", "whole"):
        yield "Airflow around the same month, wall", 20, work["airflow"]["wall"] - work["whole"]["wall"], " s"
    for variant, found in work.get("same", {}).get("said", {}).get("differ", {}).items():
        yield f"{variant.replace('_', ' ')}: files that differ from the month as it is", 0, len(found), ""
