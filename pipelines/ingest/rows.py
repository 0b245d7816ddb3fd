"""Raw rows to typed rows: each row is accepted, set aside with its reason, or recognised as no data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from pipelines.contract import Contract, Property
from pipelines.contract_check import fold_header
from pipelines.identity import document_key, resident_key_expr
from pipelines.ingest.columns import Reading
from pipelines.ingest.header import Header
from pipelines.ingest.leftovers import NOT_FILLED_IN, is_not_filled_in, leftover_kind
from pipelines.ingest.table import BROKEN
from pipelines.ingest.values import CERTAIN, REFUSED, TIDYING, Refusal, Value

ISSUE_SCHEMA = {
    "row": pl.UInt32, "rank": pl.Int32, "column": pl.String, "reason": pl.String, "found": pl.String,
    "allowed": pl.String,
}  # fmt: skip
REPAIR_SCHEMA = {
    "row": pl.UInt32, "column": pl.String, "action": pl.String, "confidence": pl.String,
    "raw_value": pl.String, "repaired_value": pl.String,
}  # fmt: skip
_BROKEN_ALLOWED = {
    "too_many_fields": "as many fields as the header has",
    "broken_line": "one row on one line",
    "cut_off": "a whole row: the file ends in the middle of it",
    "undecodable": "text in the encoding of the rest of the file",
}


@dataclass(frozen=True)
class Batch:
    """What became of a batch of raw rows. `line` in each frame is the line in the file or sheet.

    `accepted`: the contract's columns, `is_repaired` and `line`; `rejected`: one row per rejected
    row with its first violation, all others in `also`, and the raw row as JSON; `repairs`: one row
    per repaired value of an accepted row; `left_out`: lines that are no data, by kind, which
    `rows_in` does not count.
    """

    rows_in: int
    accepted: pl.DataFrame
    rejected: pl.DataFrame
    repairs: pl.DataFrame
    left_out: Counter
    issues: pl.DataFrame  # all that the rejected rows were rejected for, with `line`


def read_batch(
    raw: pl.DataFrame, header: Header, readings: list[Reading], contract: Contract, secret: bytes
) -> Batch:
    """Reads a batch by the contract; every row of it is accepted, rejected or left out."""
    waiting = is_not_filled_in(raw, header, contract)
    raw = raw.filter(~waiting) if waiting.any() else raw
    typed, issues, repairs = _typed(raw, readings)
    issues = pl.concat([issues, _violations(typed, raw, readings, issues), _broken(raw)])
    failing = issues["row"].unique().sort()
    kinds = leftover_kind(raw[failing], header)
    issues = issues.filter(pl.col("row").is_in(failing.filter(kinds.is_null()).implode()))
    is_tidying = pl.col("action").is_in(sorted(TIDYING)) | pl.col("action").str.starts_with(REFUSED)
    changed = repairs.filter(~is_tidying)["row"].unique()
    typed = typed.with_columns(_flags(changed, raw.height).alias("is_repaired"), raw["line"])
    if len(failing):
        accepted = ~_flags(failing, raw.height)
        typed = typed.filter(accepted)
        repairs = repairs.filter(accepted.gather(repairs["row"]))
    left_out = Counter(kinds.drop_nulls().to_list())
    return Batch(
        rows_in=raw.height - left_out.total(),
        accepted=_keyed(typed, contract, secret),
        rejected=_rejected(issues, raw, header, contract),
        repairs=repairs.with_columns(raw["line"].gather(repairs["row"])).drop("row"),
        left_out=left_out + Counter({NOT_FILLED_IN: int(waiting.sum())}),
        issues=issues.with_columns(raw["line"].gather(issues["row"])),
    )


def _flags(rows: pl.Series, height: int) -> pl.Series:
    flags = pl.repeat(False, height, eager=True)
    return flags.scatter(rows, True) if len(rows) else flags


def _typed(raw: pl.DataFrame, readings: list[Reading]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Typed columns by property name (identities still as text), refused values, repairs."""
    fast = raw.select(r.value.alias(r.property.name) for r in readings)
    columns, issues, repairs = [], [pl.DataFrame(schema=ISSUE_SCHEMA)], [pl.DataFrame(schema=REPAIR_SCHEMA)]
    for rank, r in enumerate(readings):
        values = fast[r.property.name]
        is_unread = values.is_null() & (raw[r.raw] != "")
        if r.column.factor != r.column.promised:
            repairs.append(_converted(raw[r.raw], values, r))
        if is_unread.any():
            unread = is_unread.arg_true()
            cells = _parsed(raw[r.raw].gather(unread), unread, r)
            values = _merged(values, unread, cells["value"])
            refused = cells.filter(pl.col("reason").is_not_null())
            if r.property.identity and not r.property.required:
                repairs.append(_refused(refused, r))  # the row says enough without it
            else:
                issues.append(_issues(refused, rank, r))
            mended = cells.filter(pl.col("action").is_not_null())
            repairs.append(_repairs(mended, r))
        columns.append(values.alias(r.property.name))
    return pl.DataFrame(columns), pl.concat(issues), pl.concat(repairs)


def _parsed(cells: pl.Series, rows: pl.Series, r: Reading) -> pl.DataFrame:
    """The slow path: each distinct text is parsed once."""
    found = {text: r.parse(text) for text in cells.unique()}
    read = [f if isinstance(f, Value) else None for f in found.values()]
    refused = [f if isinstance(f, Refusal) else None for f in found.values()]
    answers = pl.DataFrame(
        {
            "raw": pl.Series(list(found), dtype=pl.String),
            "value": pl.Series([v.value if v else None for v in read], dtype=r.dtype),
            "action": pl.Series([v.action if v else None for v in read], dtype=pl.String),
            "confidence": pl.Series([v.confidence if v else None for v in read], dtype=pl.String),
            "reason": pl.Series([v.reason if v else None for v in refused], dtype=pl.String),
            "allowed": pl.Series([v.allowed if v else None for v in refused], dtype=pl.String),
        }
    )
    asked = pl.DataFrame({"row": rows.cast(pl.UInt32), "raw": cells})
    return asked.join(answers, on="raw", how="left", maintain_order="left")


def _merged(values: pl.Series, rows: pl.Series, replacements: pl.Series) -> pl.Series:
    """`values` with those at `rows` replaced, for any type."""
    places = pl.int_range(len(values), eager=True, dtype=pl.UInt32)
    places = places.scatter(
        rows, pl.int_range(len(values), len(values) + len(rows), eager=True, dtype=pl.UInt32)
    )
    return pl.concat([values, replacements.alias(values.name)]).gather(places)


def _issues(refused: pl.DataFrame, rank: int, r: Reading) -> pl.DataFrame:
    return refused.select(
        "row",
        pl.lit(rank, pl.Int32).alias("rank"),
        pl.lit(r.property.name).alias("column"),
        "reason",
        pl.col("raw").alias("found"),
        "allowed",
    )


def _repairs(mended: pl.DataFrame, r: Reading) -> pl.DataFrame:
    return mended.select(
        "row",
        pl.lit(r.property.name).alias("column"),
        "action",
        "confidence",
        pl.col("raw").alias("raw_value"),
        _written(pl.col("value"), r).alias("repaired_value"),
    )


def _refused(refused: pl.DataFrame, r: Reading) -> pl.DataFrame:
    """Ledger entries of optional IDs that could not be read and are null for that."""
    return refused.select(
        "row",
        pl.lit(r.property.name).alias("column"),
        (pl.lit(REFUSED) + pl.col("reason")).alias("action"),
        pl.lit(CERTAIN).alias("confidence"),
        pl.col("raw").alias("raw_value"),
        pl.lit(None, pl.String).alias("repaired_value"),
    )


def _converted(raw: pl.Series, values: pl.Series, r: Reading) -> pl.DataFrame:
    """Repairs of values that the fast path converted from a unit the contract did not promise."""
    rows = values.is_not_null().arg_true()
    cells = pl.DataFrame({"row": rows.cast(pl.UInt32), "raw": raw.gather(rows), "value": values.gather(rows)})
    return _repairs(cells.with_columns(action=pl.lit("unit"), confidence=pl.lit(CERTAIN)), r)


def _written(value: pl.Expr, r: Reading) -> pl.Expr:
    return value.dt.to_string("%Y-%m-%d") if r.dtype == pl.Date() else value.cast(pl.String)


def _violations(
    typed: pl.DataFrame, raw: pl.DataFrame, readings: list[Reading], refused: pl.DataFrame
) -> pl.DataFrame:
    """Values that were read but are not allowed: missing though required, pattern, minimum, maximum."""
    asked = [(rank, r, *check) for rank, r in enumerate(readings) for check in checks(r)]
    broken = typed.select(is_broken.alias(str(i)) for i, (_, _, _, is_broken, _) in enumerate(asked))
    found = [pl.DataFrame(schema=ISSUE_SCHEMA)]
    for i, (rank, r, reason, _, allowed) in enumerate(asked):
        if broken[str(i)].any():
            rows = broken[str(i)].fill_null(False).arg_true()
            cells = pl.DataFrame({"row": rows.cast(pl.UInt32), "raw": raw[r.raw].gather(rows)})
            cells = cells.with_columns(reason=pl.lit(reason), allowed=pl.lit(allowed))
            cells = cells.join(refused.filter(pl.col("rank") == rank), on="row", how="anti")
            found.append(_issues(cells, rank, r))
    return pl.concat(found)


def checks(r: Reading) -> list[tuple[str, pl.Expr, str]]:
    """(reason, expression that holds where it is broken, what is allowed) of one property."""
    prop, value = r.property, pl.col(r.property.name)
    checks = []
    if prop.required:
        checks.append(("missing", value.is_null(), "a value in every row"))
    if prop.pattern and r.dtype == pl.String() and not prop.identity:
        checks.append(("pattern", ~value.str.contains(prop.pattern), prop.pattern))
    if prop.end_of:
        end = value.str.strip_chars_start("….").str.to_uppercase()
        apart = ~pl.col(prop.end_of).str.ends_with(end)
        checks.append(("cells_apart", apart, f"the last characters of {prop.end_of} of its own row"))
    for reason, bound, words in (
        ("below_minimum", prop.minimum, "at least"),
        ("above_maximum", prop.maximum, "at most"),
    ):
        if bound is None:
            continue
        limit = pl.lit(bound).str.to_date() if r.dtype == pl.Date() else pl.lit(bound).cast(r.dtype)
        outside = value < limit if reason == "below_minimum" else value > limit
        checks.append((reason, outside, f"{words} {bound}"))
    return checks


def _broken(raw: pl.DataFrame) -> pl.DataFrame:
    rows = raw.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), BROKEN).drop_nulls()
    allowed = pl.col(BROKEN).replace_strict(
        list(_BROKEN_ALLOWED), list(_BROKEN_ALLOWED.values()), return_dtype=pl.String
    )
    return rows.select(
        "row",
        pl.lit(-1, pl.Int32).alias("rank"),
        pl.lit(None, pl.String).alias("column"),
        pl.col(BROKEN).alias("reason"),
        pl.lit(None, pl.String).alias("found"),
        allowed.alias("allowed"),
    )


def _rejected(issues: pl.DataFrame, raw: pl.DataFrame, header: Header, contract: Contract) -> pl.DataFrame:
    first = issues.sort("row", "rank").group_by("row", maintain_order=True).agg(
        pl.col("column", "reason", "found", "allowed").first(),
        also=pl.format("{} {}", pl.col("column").fill_null("row"), "reason").slice(1).str.join("; "),
    )  # fmt: skip
    cells = raw[first["row"]]
    name = contract.form.get("nameBeside")
    has_no_owner = (first["column"] == "resident_id").fill_null(False)
    beside = [
        pl.when(has_no_owner).then(pl.col(f"c{i}")).alias(text)
        for i, text in enumerate(header.cells)
        if name and fold_header(text) == fold_header(name)
    ]
    return first.with_columns(cells["line"], raw_json(cells, header, beside[:1])).drop("row")


def raw_json(raw: pl.DataFrame, header: Header, beside: Sequence[pl.Expr] = ()) -> pl.Series:
    """`raw`: each row as JSON by the file's headers; only what the contract names, nothing else is kept."""
    kept = [pl.col(f"c{column.index}").alias(header.cells[column.index]) for column in header.columns]
    kept += beside
    return raw.select(pl.struct(kept).struct.json_encode().alias("raw")).to_series()


def _keyed(typed: pl.DataFrame, contract: Contract, secret: bytes) -> pl.DataFrame:
    """Columns as in the contract's Arrow schema, identities as keys; then is_repaired and line."""
    columns = []
    for prop in contract.properties:
        if prop.name not in typed.columns:
            typed = typed.with_columns(pl.lit(None, polars_type(prop)).alias(prop.name))
        if not prop.identity:
            columns.append(pl.col(prop.name))
            continue
        columns.append(_key(typed[prop.name], prop.identity == "resident", secret).alias(prop.column))
        if contract.keeps_identity:
            columns.append(pl.col(prop.name))
    return typed.select(*columns, "is_repaired", "line")


def _key(ids: pl.Series, is_resident: bool, secret: bytes) -> pl.Series:
    """Keys of valid resident IDs, and of other documents, which are shorter or not at all digits."""
    resident = ids.str.len_chars() == 18 if is_resident else pl.repeat(False, len(ids), eager=True)
    whole = pl.DataFrame({"id": ids, "resident": resident})
    keys = whole.select(resident_key_expr(pl.when("resident").then("id"), secret)).to_series()
    others = ids.filter(ids.is_not_null() & ~resident).unique()
    if len(others):
        made = pl.Series([document_key(text, secret) for text in others], dtype=pl.Int64)
        keys = pl.select(
            pl.when(resident).then(keys).otherwise(ids.replace_strict(others, made, default=None))
        ).to_series()
    return keys


def polars_type(prop: Property) -> pl.DataType:
    """Type of a property's column; identities are text before they are keys."""
    if prop.identity:
        return pl.String()
    return pl.Schema(pa.schema([("", prop.arrow_type)]))[""]
