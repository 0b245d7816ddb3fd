"""Report: the month as pages, one for the city's many readers and one for the staff of each town."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

from pipelines import manifest
from pipelines.lake import Lake, code_digest, file_digests
from pipelines.month import Month
from pipelines.problem import HardshipError
from pipelines.reference import REFERENCE
from pipelines.report.small import LIMIT

TABLE = "report"
FILE = "report.html"


def report(month: Month, lake: Lake, rules: Path = manifest.RULES) -> Path:
    """Writes `report.html` and `towns/<code>.html` as one revision of `report`; returns the city's page.

    It reads published tables of the twelve months, the manifest, the rules and reference data, nothing
    else. Raises HardshipError when the month is not published.
    """
    _confirm_published(month, lake)
    made_from = _made_from(month, lake, rules)
    if not lake.is_current(TABLE, month, made_from):
        from pipelines.report.pages import write_pages

        with lake.write(TABLE, month, made_from) as folder:
            write_pages(folder, month, lake, rules, LIMIT)
    return lake.partition(TABLE, month) / FILE


def report_elsewhere(month: Month, lake: Lake, folder: Path, limit: int | None = None) -> Path:
    """The same pages in a folder of one's own, small counts withheld below `limit` (LIMIT if not said)."""
    _confirm_published(month, lake)
    from pipelines.report.pages import write_pages

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_pages(folder, month, lake, manifest.RULES, LIMIT if limit is None else limit)
    for path in [*folder.glob(FILE), *folder.glob("towns/*.html")]:
        path.chmod(0o600)
    return folder / FILE


def _confirm_published(month: Month, lake: Lake) -> None:
    if lake.resolve("published", month) is None:
        raise HardshipError(f"{month} has no report: it is not published. Run the month first.")


def _made_from(month: Month, lake: Lake, rules: Path) -> dict:
    from pipelines.report.answers import published_months

    return {
        "published": {str(m): lake.digest("published", m) for m in published_months(month, lake)},
        "rules": file_digests(rules, "*.yaml"),
        "reference": file_digests(REFERENCE, "*.csv"),
        "code": {
            "sha256": code_digest("report"),
            **{name: importlib.metadata.version(name) for name in ("duckdb", "vl-convert-python")},
        },
    }
