"""The manifest: what went into a month and what came out, by hash and count; it holds no time and no name.

Times, revision numbers and whoever ran it differ between two runs of the same month and would make
equal months look different; they go to `runs/<month>.jsonl` in the lake instead.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
from pathlib import Path

import pyarrow.parquet as pq

from pipelines.contract import Contract
from pipelines.lake import Lake, code_digest, file_digest
from pipelines.month import Month
from pipelines.reference import REFERENCE

RULES = Path(__file__).parent.parent / "rules"

FILE = "manifest.json"

_STAGES = ("ingest", "validate", "link", "detect", "publish")

# Sums of the profiles reach back a year; a stock may be carried from further back.
_WINDOW_MONTHS = 12
_LIBRARIES = ("duckdb", "polars", "pyarrow", "xlsxwriter")


def inputs_of(contracts: dict[str, Contract], month: Month, lake: Lake, rules: Path = RULES) -> dict:
    """Everything the month was computed from, by hash and count.

    Delivered files are named by the hash of their bytes as they arrived, so that anybody who kept
    them can compute the month again.
    """
    return {
        "extracts": {
            contract.id: months
            for contract in contracts.values()
            if (months := _deliveries_of(contract, month, lake))
        },
        "contracts": {
            contract.id: {"version": contract.version, "sha256": file_digest(contract.document.path)}
            for contract in contracts.values()
        },
        "rules": _digests(rules, "*.yaml"),
        "parameters": _digests(rules / "parameters", "*.yaml"),
        "reference": _digests(REFERENCE, "*.csv"),
        "code": {
            "sha256": code_digest(*_STAGES),
            **{name: importlib.metadata.version(name) for name in _LIBRARIES},
        },
    }


def steps_of(month: Month, lake: Lake) -> dict:
    """Rows of every table between the accepted extracts and what is published, and what a step counted."""
    steps = {}
    for step, table in (("link", "profiles"), ("detect", "matches")):
        folder = lake.resolve(table, month)
        if folder:
            steps[step] = {path.stem: _rows(path) for path in sorted(folder.glob("*.parquet"))}
            steps[step] |= _json(folder / "counts.json")
    return steps


def outputs_of(folder: Path) -> dict:
    """Hash, size and rows of every file below a folder, the manifest itself excepted."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return {
        str(path.relative_to(folder)): {
            "sha256": file_digest(path),
            "bytes": path.stat().st_size,
            **({"rows": _rows(path)} if path.suffix == ".parquet" else {}),
        }
        for path in files
        if path.name != FILE
    }


def write_manifest(folder: Path, month: Month, inputs: dict, steps: dict, counts: dict) -> None:
    """Writes manifest.json beside the files it names; call it last."""
    content = {
        "month": str(month),
        "inputs": inputs,
        "steps": steps,
        "counts": counts,
        "outputs": outputs_of(folder),
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def read_manifest(month: Month, lake: Lake) -> dict | None:
    """The manifest of a published month, None when it was not published."""
    folder = lake.resolve("published", month)
    return json.loads((folder / FILE).read_text(encoding="utf-8")) if folder else None


def altered_files(folder: Path) -> list[str]:
    """Files of a published folder that are missing, added or no longer what the manifest says."""
    promised = json.loads((folder / FILE).read_text(encoding="utf-8"))["outputs"]
    found = outputs_of(folder)
    return sorted(name for name in promised.keys() | found.keys() if promised.get(name) != found.get(name))


def digest_of(content: dict) -> str:
    """SHA-256 of a JSON value, whatever the order of its keys."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def record_run(month: Month, lake: Lake, **facts) -> None:
    """Appends one line on a run (when, how long, which revision); outside of everything compared."""
    path = lake.root / "runs" / f"{month}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str) + "\n")


def _deliveries_of(contract: Contract, month: Month, lake: Lake) -> dict:
    oldest = month.plus(1 - max(_WINDOW_MONTHS, contract.maximum_age_months + 1))
    table = f"parquet/{contract.id}"
    months = [m for m in lake.months(table) if oldest <= m <= month]
    return {str(m): _delivery(contract, m, lake) for m in months}


def _delivery(contract: Contract, month: Month, lake: Lake) -> dict:
    report = _json(lake.resolve(f"parquet/{contract.id}", month) / "report.json")
    verdict = _json((lake.resolve(f"verdicts/{contract.id}", month) or Path()) / "verdict.json")
    return {
        "verdict": verdict.get("verdict"),
        **{key: report.get(key) for key in ("rows_in", "accepted", "rejected", "repaired_values")},
        # The same file may arrive under another name; its bytes say what it is.
        "files": sorted(file["sha256"] for file in report.get("files", ())),
    }


def _json(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _digests(folder: Path, pattern: str) -> dict:
    return {path.stem: file_digest(path) for path in sorted(folder.glob(pattern))}


def _rows(path: Path) -> int:
    return pq.read_metadata(path).num_rows
