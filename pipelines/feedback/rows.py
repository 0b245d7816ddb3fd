"""Rows and values that go back to a department: where they stand, what is wrong, what is allowed; masked."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from pipelines.contract import Contract
from pipelines.feedback.reasons import reason_words
from pipelines.problem import masked

# A sheet of more rows is mended at its source, not row by row.
MOST_ROWS = 20_000

_SCHEMA = {
    "extract": pl.String, "file": pl.String, "line": pl.Int32, "column": pl.String, "reason": pl.String,
    "found": pl.String, "allowed": pl.String, "also": pl.String, "is_kept": pl.Boolean,
}  # fmt: skip


def returned_rows(contract: Contract, folder: Path | None) -> pl.DataFrame:
    """Rejected rows, then optional values that were refused (`is_kept`: their rows were accepted), of
    one extract, in order of file and line; at most MOST_ROWS of them.

    Rows that a correction replaced are none: nothing is to be done about them.
    """
    if folder is None:
        return pl.DataFrame(schema=_SCHEMA)
    rejected = pl.scan_parquet(folder / "rejected.parquet").filter(pl.col("reason") != "corrected")
    rejected = rejected.select("extract", "file", "line", "column", "reason", "found", "allowed", "also")
    refused = pl.scan_parquet(folder / "repairs.parquet").filter(pl.col("action").str.starts_with("refused_"))
    refused = refused.select(
        "extract", "file", "line", "column",
        reason=pl.col("action").str.strip_prefix("refused_"), found="raw_value",
        allowed=pl.lit(None, pl.String), also=pl.lit(None, pl.String),
    )  # fmt: skip
    both = pl.concat([rejected.with_columns(is_kept=False), refused.with_columns(is_kept=True)])
    rows = both.sort("file", "line", "is_kept", "column", "reason").head(MOST_ROWS).collect()
    secret = {p.name for p in contract.properties if p.identity or p.classification != "internal"}
    shown = [
        shown_value(found, column in secret) for found, column in rows.select("found", "column").iter_rows()
    ]
    files = [masked(name) for name in rows["file"]]
    return rows.with_columns(
        pl.Series("found", shown, dtype=pl.String), pl.Series("file", files, dtype=pl.String)
    )


def headers_of(contract: Contract, columns: str | None) -> str:
    """Columns as the department calls them."""
    names = {p.name: p.header for p in contract.properties} | {
        p.column: p.header for p in contract.properties
    }
    return "、".join(names.get(name, name) for name in (columns or "").split(", ") if name) or "整行"


def allowed_of(row: dict) -> tuple[str, str]:
    """What is allowed, in Chinese and English."""
    english = row["allowed"] or ""
    return reason_words(row["reason"])[2] or english, english


def shown_value(found: str | None, is_secret: bool) -> str:
    """A value that its sender finds again and nobody else learns anything from."""
    if not found:
        return ""
    if found.startswith(("see ", "rows that differ")):  # words of ours on rows that repeat
        return masked(found)
    if is_secret:
        return found[:1] + "*" * min(len(found) - 1, 17) + (found[-1] if len(found) > 8 else "")
    text = masked(found)
    return re.sub(r"([\u3400-\u9fff])[\u3400-\u9fff]+", r"\1*", text)[:60]
