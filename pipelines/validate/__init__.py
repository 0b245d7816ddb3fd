"""Validates each extract against its contract and decides whether its rows may be used."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from pipelines import delivery
from pipelines.contract import Contract
from pipelines.lake import Lake, code_digest, file_digest
from pipelines.month import Month
from pipelines.problem import HardshipError, Problems
from pipelines.validate import gate
from pipelines.validate.checks import Check, column_checks
from pipelines.validate.promises import promise_checks, promise_problems
from pipelines.validate.recent import Recent, recent_months
from pipelines.validate.standing_in import towns_standing_in, write_standing_in
from pipelines.validate.start import start_beside, start_great_expectations
from pipelines.validate.whole import Whole

__all__ = ["start_beside", "validate", "write_data_docs"]


def validate(
    contract: Contract, month: Month, lake: Lake, emptied: Mapping[str, Month] | None = None
) -> dict | None:
    """The verdict on what ingest wrote of an extract for a month; None when nothing was ingested.

    `emptied`: towns of which a person said that no row is left, with the month from which on.

    `{"extract", "month", "verdict": "accepted" | "warned" | "held", "reasons": [{"id", "severity",
    "zh", "en"}], "rows", "checks", "failed", "towns_missing", "rows_by_town", "medians"}`, also written
    beside Great Expectations' result (gx.json) as the partition `verdicts/<extract>`. `towns_missing`:
    codes of towns of which the extract says nothing, so that absence from it proves nothing there;
    `towns_carried`: of those, in a register, the month whose rows stand in (`standing_in/<extract>`).
    Raises Problems when the contract promises what cannot be checked, HardshipError when ingest left no
    rows to check.
    """
    ingested = lake.digest(f"parquet/{contract.id}", month)
    if ingested is None:
        return None
    table = f"verdicts/{contract.id}"
    recent = recent_months(contract.id, month, lake)
    whole = Whole(contract, month, recent, lake, emptied or {})
    inputs = {
        "parquet": ingested,
        "standing_in": _before(contract, recent, lake),
        "compared": {str(m): lake.digest(table, m) for m in recent.months},
        **whole.inputs(),
        "contract": file_digest(contract.document.path),
        "code": code_digest("validate"),
    }
    if lake.is_current(table, month, inputs):
        return delivery.verdict(contract.id, month, lake)
    report = json.loads((lake.resolve(f"parquet/{contract.id}", month) / "report.json").read_text())
    reasons = list(gate.report_reasons(contract, report))
    reasons += whole.repeated_files(report)
    results, checks, rows = None, [], 0
    if not any(reason.severity == "error" and reason.id == "unreadable" for reason in reasons):
        path = delivery.accepted_rows(contract.id, month, lake)
        if path is None:
            raise HardshipError(f"{contract.id} for {month} was read but has no rows: ingest it again.")
        checks, results = _run(contract, path, month, recent, report["accepted"])
        rows = pq.read_metadata(path).num_rows
        reasons += gate.check_reasons(checks, results["results"])
        reasons += whole.overlap(path)
    statistics = _statistics(checks, results)
    if results is not None and not statistics["rows_by_town"]:
        statistics["rows_by_town"] = whole.rows_by_file(report) or whole.rows_by_home(path)
    missing = whole.towns_missing(statistics["rows_by_town"], report) if results is not None else []
    reasons = [*whole.without_repetition(reasons, checks, results, missing), *whole.of_towns(missing)]
    reasons += whole.of_emptied(statistics["rows_by_town"]) if results is not None else ()
    last = recent.months[0] if recent.months else None
    carried = towns_standing_in(contract, month, last, missing, lake)
    if carried:
        write_standing_in(contract, month, last, list(carried), lake, inputs)
    content = {
        "extract": contract.id,
        "month": str(month),
        "verdict": gate.verdict(reasons),
        "reasons": [dataclasses.asdict(reason) for reason in reasons],
        "rows": rows,
        "checks": len(checks),
        "failed": sum(reason.severity != "info" for reason in reasons),
        "towns_missing": missing,
        "towns_carried": carried,
        **statistics,
    }
    with lake.write(table, month, inputs) as folder:
        _write(folder / "verdict.json", content)
        if results is not None:
            _write(folder / "gx.json", results)
    return content


def _before(contract: Contract, recent: Recent, lake: Lake) -> list[str | None]:
    """The rows of last time, which stand in for towns that a register leaves out."""
    if not recent.months or not delivery.names_towns(contract):
        return []
    return [lake.digest(f"{table}/{contract.id}", recent.months[0]) for table in ("parquet", "standing_in")]


def write_data_docs(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> Path:
    """Data Docs of a month: what became of each extract, and a page per suite of expectations.

    To be called once, after all validations of the month. Returns the index page. The pages load
    nothing from the network.
    """
    found = delivery.deliveries(contracts, month, lake)
    verdicts = {d.extract: lake.resolve(f"verdicts/{d.extract}", month) for d in found}
    results = {e: f / "gx.json" for e, f in verdicts.items() if f and (f / "gx.json").exists()}
    inputs = {
        "verdicts": {extract: lake.digest(f"verdicts/{extract}", month) for extract in verdicts},
        "deliveries": [dataclasses.asdict(d) for d in found],
        "code": code_digest("validate"),
    }
    if not lake.is_current("data_docs", month, inputs):
        start_great_expectations()
        from pipelines.validate.data_docs import build_pages
        from pipelines.validate.pages import index_page, make_local

        with lake.write("data_docs", month, inputs) as folder:
            pages = build_pages(month, results, folder)
            make_local(folder)
            index_page(month, found, pages, folder)
    return lake.partition("data_docs", month) / "index.html"


def _run(
    contract: Contract, path: Path, month: Month, recent: Recent, reported: int
) -> tuple[list[Check], dict]:
    problems = promise_problems(contract)
    if problems:
        raise Problems("Contract promises what cannot be checked", problems)
    found = pq.read_schema(path).names
    rows = pq.read_metadata(path).num_rows
    checks = [
        *column_checks(contract, found, month),
        _reported(reported),
        *promise_checks(contract, month, found, rows, recent),
    ]
    start_great_expectations()
    from pipelines.validate.session import run_checks  # costs seconds of CPU: only where it works

    return checks, run_checks(contract.id, path, checks)


def _reported(rows: int) -> Check:
    return Check(
        "rows_as_reported",
        "error",
        "expect_table_row_count_to_equal",
        {"value": rows},
        f"读入报告所说的{rows:,}行",
        f"the {rows:,} rows that the report of what was read names",
        shown="count",
    )


def _statistics(checks: Sequence[Check], results: dict | None) -> dict:
    """What later months compare with: rows per town and median amounts."""
    rows_by_town, medians = {}, {}
    for check, result in zip(checks, results["results"] if results else (), strict=True):
        if check.shown == "towns":
            rows_by_town = result["result"].get("observed_value") or {}
        elif check.shown == "median":
            medians[check.arguments["column"]] = result["result"].get("observed_value")
    return {"rows_by_town": rows_by_town, "medians": medians}


def _write(path: Path, content: dict) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    path.write_text(text + "\n", encoding="utf-8")
