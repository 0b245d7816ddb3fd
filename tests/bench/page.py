"""Page: writes docs/benchmarks.md, one section per size of city, around what people write there by hand."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from pipelines.contract import SCHEMAS
from tests.bench.laying import City
from tests.bench.measure import Used

PAGE = SCHEMAS.parent / "docs" / "benchmarks.md"
RUNS = PAGE.with_suffix(".json")
BEGIN, END = "<!-- measured: written by `make bench` -->", "<!-- end of measured -->"

LIBRARIES = ("duckdb", "polars", "pyarrow", "pandas", "great-expectations")

WORDS = {
    "fold_before": "fold ten older months (once, at first deployment)",
    "fold": "fold last month (before the departments deliver)",
    "check": "check contracts and rules",
    "ingest": "ingest (two processes)",
    "validate": "validate (two processes)",
    "data_docs": "data docs",
    "link": "link",
    "detect": "detect",
    "publish": "publish",
    "floor": "reading the same Parquet columns",
    "duckdb": "one DuckDB statement by hand",
    "polars": "polars by hand",
    "pandas": "pandas by hand",
}
BEFORE = ("fold_before", "fold")
COUNTS = {"link": "residents", "detect": "households", "publish": "listed"}
REFERENCES = ("floor", "duckdb", "polars", "pandas")


def write(city: City, used: Sequence[Used], differences: dict[str, list[str]]) -> None:
    """Puts a run on the page in place of the last run of a city of that size."""
    runs = json.loads(RUNS.read_text(encoding="utf-8")) if RUNS.exists() else {}
    runs[str(city.residents)] = {
        "month": str(city.month),
        "seed": city.seed,
        "date": str(date.today()),
        "machine": _machine(),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "work": {item.name: item.as_dict() for item in used},
        "equal": {reference: not found for reference, found in differences.items()},
    }
    runs = dict(sorted(runs.items(), key=lambda item: int(item[0])))
    RUNS.parent.mkdir(exist_ok=True)
    RUNS.write_text(json.dumps(runs, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else f"# Benchmarks\n\n{BEGIN}\n{END}\n"
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n\n{measured_text(runs)}\n{END}{tail}", encoding="utf-8")


def measured_text(runs: dict) -> str:
    """Everything between the two marks."""
    parts = [_growth(runs)] if len(runs) > 1 else []
    parts += [_section(int(residents), run) for residents, run in reversed(runs.items())]
    return "\n".join(parts)


def _growth(runs: dict) -> str:
    lines = [
        "## Growth",
        "",
        "| residents | month, CPU s | wall s | link + detect, CPU s | month, CPU µs a resident | peak GiB |",
        "|--:|--:|--:|--:|--:|--:|",
    ]
    for residents, run in runs.items():
        cpu, wall, peak = _month(run)
        share = 1e6 * cpu / int(residents)
        lines.append(
            f"| {int(residents):,} | {cpu:.1f} | {wall:.1f} | {_core(run):.1f} | {share:.0f} | {peak:.2f} |"
        )
    return "\n".join([*lines, ""])


def _section(residents: int, run: dict) -> str:
    machine, work = run["machine"], run["work"]
    cpu, wall, peak = _month(run)
    versions = ", ".join(f"{name} {number}" for name, number in run["versions"].items())
    lines = [
        f"## {residents:,} residents",
        "",
        f"`make bench RESIDENTS={residents}` on {run['date']}: month {run['month']}, seed {run['seed']}; "
        f"{machine['cores']} cores ({machine['cpu']}), {machine['memory_gib']} GiB; {versions}. "
        f"Load average when it ended {machine['load']}.",
        "",
        "| stage | rows | wall s | CPU s | peak GiB |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, item in work.items():
        if name not in REFERENCES:
            rows = f"{item['rows']:,} {COUNTS.get(name, 'rows')}" if item["rows"] else ""
            lines.append(_row(WORDS[name], rows, item))
    month = {"wall": wall, "cpu": cpu, "peak_gib": peak}
    lines += [_row("**the month, files to lists**", "", month), "", *_ratios(run), "", *_chart(work), ""]
    return "\n".join(lines)


def _row(words: str, rows: str, item: dict) -> str:
    return f"| {words} | {rows} | {item['wall']:.1f} | {item['cpu']:.1f} | {item['peak_gib']:.2f} |"


def _ratios(run: dict) -> list[str]:
    work, core = run["work"], _core(run)
    lines = [
        f"Link and detect use {core:.1f} CPU s. The same answers from the same files, from raw rows of "
        "twelve months:",
        "",
        "| reference | wall s | CPU s | peak GiB | link + detect, times its CPU | with the fold | answers |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    folded = core + work["fold"]["cpu"]
    for name in REFERENCES:
        if name in work:
            item = work[name]
            same = {True: "equal", False: "**different**", None: ""}[run["equal"].get(name)]
            lines.append(
                f"| {WORDS[name]} | {item['wall']:.1f} | {item['cpu']:.1f} | {item['peak_gib']:.2f} | "
                f"{core / item['cpu']:.2f} | {folded / item['cpu']:.2f} | {same} |"
            )
    cpu, _, _ = _month(run)
    checks = work["validate"]["cpu"] + work["data_docs"]["cpu"]
    return [*lines, "", f"Validation and its pages take {checks / cpu:.0%} of the month's CPU."]


def _chart(work: dict) -> list[str]:
    """CPU seconds as bars of text."""
    most = max(item["cpu"] for item in work.values())
    lines = ["```text", "CPU seconds"]
    for name, item in work.items():
        bar = "█" * round(50 * item["cpu"] / most)
        lines.append(f"{name:12} {item['cpu']:8.1f} {bar}")
    return [*lines, "```"]


def _month(run: dict) -> tuple[float, float, float]:
    """CPU and wall seconds of the stages after the delivery, and the most memory any of them held."""
    stages = [item for name, item in run["work"].items() if name not in (*REFERENCES, *BEFORE)]
    return (
        sum(item["cpu"] for item in stages),
        sum(item["wall"] for item in stages),
        max(item["peak_gib"] for item in stages),
    )


def _core(run: dict) -> float:
    return run["work"]["link"]["cpu"] + run["work"]["detect"]["cpu"]


def _machine() -> dict:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    info = Path("/proc/cpuinfo")
    models = [
        line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line
    ]
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": models[0] if models else platform.machine(),
        "memory_gib": round(pages / 1024**3),
        "load": f"{os.getloadavg()[0]:.1f}",
    }
