"""Page: writes docs/benchmarks.md, one section per size of city, around what people write there by hand."""

from __future__ import annotations

import json
import os
import platform
from datetime import date
from importlib.metadata import version
from pathlib import Path

from pipelines.contract import SCHEMAS
from tests.bench import targets
from tests.bench.laying import City
from tests.bench.measure import Used
from tests.bench.targets import STAGES

PAGE = SCHEMAS.parent / "docs" / "benchmarks.md"
RUNS = PAGE.with_suffix(".json")
BEGIN, END = "<!-- measured: written by `make bench` -->", "<!-- end of measured -->"

LIBRARIES = ("duckdb", "polars", "pyarrow", "pandas", "great-expectations")

WORDS = {
    "fold_before": "fold ten older months (once, at first deployment)",
    "fold": "fold last month (before the departments deliver)",
    "check": "check contracts and rules",
    "ingest": "ingest (two processes)",
    "validate": "validate, with the pages about it",
    "conflicts": "conflicts between identities",
    "link": "link",
    "detect": "detect",
    "publish": "publish",
    "report": "report",
    "floor": "reading the same Parquet columns",
    "duckdb": "one DuckDB statement by hand",
    "polars": "polars by hand",
    "pandas": "pandas by hand",
}
BEFORE = ("fold_before", "fold")
COUNTS = {"link": "residents", "detect": "households", "publish": "listed"}
REFERENCES = ("floor", "duckdb", "polars", "pandas")


def write(city: City, used: Used, is_first: bool) -> None:
    """Puts a measure on the page in place of the last one of a city of that size; the first begins anew."""
    runs = json.loads(RUNS.read_text(encoding="utf-8")) if RUNS.exists() else {}
    before = {} if is_first else runs.get(str(city.residents), {})
    runs[str(city.residents)] = {
        "month": str(city.month),
        "seed": city.seed,
        "date": str(date.today()),
        "machine": _machine(),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "work": {**before.get("work", {}), used.name: used.as_dict()},
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


GROWS_FROM = 440_000


def _growth(runs: dict) -> str:
    lines = [
        "## Growth",
        "",
        "| residents | month, CPU s | wall s | link + detect, CPU s | month, CPU µs a resident | peak GiB |",
        "|--:|--:|--:|--:|--:|--:|",
    ]
    shares = {}
    for residents, run in runs.items():
        if not set(STAGES) <= run["work"].keys():
            continue  # its month is being measured
        cpu, wall, peak = _month(run)
        shares[int(residents)] = share = 1e6 * cpu / int(residents)
        lines.append(
            f"| {int(residents):,} | {cpu:.1f} | {wall:.1f} | {_core(run) or 0:.1f} | {share:.0f} | "
            f"{peak:.2f} |"
        )
    # In a smaller city the start of processes is most of what is measured, and anything would look good.
    large = sorted(item for item in shares.items() if item[0] >= GROWS_FROM)
    if len(large) > 1:
        (smaller, before), (larger, after) = large[0], large[-1]
        verdict = "reached" if after < 1.3 * before else "**missed**"
        lines += [
            "",
            f"From {smaller:,} to {larger:,} residents the month's CPU a resident becomes "
            f"{after / before:.2f} times as much; less than 1.3 is the target: {verdict}.",
        ]
    else:
        lines += ["", f"How cost grows is judged from {GROWS_FROM:,} residents up; that was not measured."]
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
    for name in (*BEFORE, *STAGES):
        if name in work:
            item = work[name]
            rows = f"{item['rows']:,} {COUNTS.get(name, 'rows')}" if item["rows"] else ""
            lines.append(_row(WORDS[name], rows, item))
    month = {"wall": wall, "cpu": cpu, "peak_gib": peak}
    lines += [_row("**the month, files to lists**", "", month), ""]
    lines += [*targets.table(work, residents), "", *_ratios(run), "", *_chart(work), ""]
    return "\n".join(lines)


def _row(words: str, rows: str, item: dict) -> str:
    return f"| {words} | {rows} | {item['wall']:.1f} | {item['cpu']:.1f} | {item['peak_gib']:.2f} |"


def _ratios(run: dict) -> list[str]:
    work, core = run["work"], _core(run)
    if core is None or not any(name in work for name in REFERENCES):
        return []
    differences = work.get("compare", {}).get("said", {}).get("differences", {})
    lines = [
        f"Link and detect use {core:.1f} CPU s. The same answers from the same files, from raw rows of "
        "twelve months:",
        "",
        "| reference | wall s | CPU s | peak GiB | link + detect, times its CPU | with the fold | answers |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    folded = core + work["fold"]["cpu"] if "fold" in work else core
    for name in REFERENCES:
        if name in work:
            item = work[name]
            found = differences.get(name)
            same = "" if found is None else "**different**" if found else "equal"
            lines.append(
                f"| {WORDS[name]} | {item['wall']:.1f} | {item['cpu']:.1f} | {item['peak_gib']:.2f} | "
                f"{core / item['cpu']:.2f} | {folded / item['cpu']:.2f} | {same} |"
            )
    return lines


def _chart(work: dict) -> list[str]:
    """CPU seconds as bars of text."""
    shown = {name: work[name] for name in (*BEFORE, *STAGES, *REFERENCES) if name in work}
    most = max((item["cpu"] for item in shown.values()), default=1)
    lines = ["```text", "CPU seconds"]
    for name, item in shown.items():
        bar = "█" * round(50 * item["cpu"] / most)
        lines.append(f"{name:12} {item['cpu']:8.1f} {bar}")
    return [*lines, "```"]


def _month(run: dict) -> tuple[float, float, float]:
    """CPU and wall seconds of the stages after the delivery, and the most memory any of them held."""
    stages = [run["work"][name] for name in STAGES if name in run["work"]]
    return (
        sum(item["cpu"] for item in stages),
        sum(item["wall"] for item in stages),
        max((item["peak_gib"] for item in stages), default=0.0),
    )


def _core(run: dict) -> float | None:
    parts = [run["work"].get(name) for name in ("link", "detect")]
    return sum(part["cpu"] for part in parts) if all(parts) else None


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
