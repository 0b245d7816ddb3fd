"""Rows that stand more than once: one of equal rows is kept, contradicting ones are set aside."""

from __future__ import annotations

import polars as pl

from pipelines.contract import Contract


def key_hashes(rows: pl.DataFrame, contract: Contract) -> pl.Series:
    """A 64-bit hash of each row's primary key (of the whole row where the contract has none)."""
    return rows.select(pl.struct(_key(contract)).hash()).to_series()


def suspects(hashes: list[pl.Series]) -> list[pl.Series]:
    """For each piece the numbers of rows whose hash occurs more than once over all pieces."""
    # Sorted, equal ones are neighbours: a quarter of the time that counting each takes.
    whole = pl.concat(hashes).sort()
    repeated = whole.filter(whole == whole.shift()).unique().implode()
    return [piece.is_in(repeated).arg_true() for piece in hashes]


def superfluous(rows: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Of rows with `source`, `line`, `piece`, `number` and `correction` those to set aside, with `column`,
    `reason`, `found` and `allowed` beside the first four.

    corrected        a correction file has a row of the same key
    duplicate        equal to a row that is kept
    superseded       another row of the key has the later (or earlier) date that the contract prefers
    conflicting_key  same key, different content, and nothing says which is right: all are set aside
    """
    key = _key(contract)
    rows = rows.filter(pl.len().over(key) > 1)
    prefers, _, column = contract.on_duplicate.partition(" ")
    # What a later correction says of a key is all that counts of it.
    rows = rows.with_columns(is_corrected=pl.col("correction") < pl.col("correction").max().over(key))
    is_preferred = ~pl.col("is_corrected")
    if column:
        dates = pl.col(column).filter(~pl.col("is_corrected"))
        best = dates.max() if prefers == "latest" else dates.min()
        # A row without the date gives way to one that has it.
        is_best = (pl.col(column) == best.over(key)).fill_null(False) | best.over(key).is_null()
        is_preferred = is_preferred & is_best
    rows = rows.with_columns(is_preferred=is_preferred)
    # Of equal rows the one that needed no repair stands; which file or line it is from says nothing else.
    rows = rows.sort(pl.col("is_preferred").not_(), "is_repaired", "source", "line")
    differing = [
        pl.when((pl.col(c).filter(pl.col("is_preferred")).n_unique() > 1).over(key)).then(pl.lit(c))
        for c in contract.arrow_schema.names
        if c not in key
    ]
    rows = rows.with_columns(
        differing=pl.concat_list(differing or [pl.lit(None, pl.String)]).list.drop_nulls().list.join(", "),
        place=pl.int_range(pl.len()).over(key),
        kept=pl.format("{} line {}", pl.col("source").first(), pl.col("line").first()).over(key),
    )
    reason = (
        pl.when("is_corrected")
        .then(pl.lit("corrected"))
        .when(~pl.col("is_preferred"))
        .then(pl.lit("superseded"))
        .when(pl.col("differing") != "")
        .then(pl.lit("conflicting_key"))
        .when(pl.col("place") > 0)
        .then(pl.lit("duplicate"))
    )
    rows = rows.with_columns(reason=reason).filter(pl.col("reason").is_not_null())
    is_conflict = pl.col("reason") == "conflicting_key"
    return rows.select(
        "source",
        "line",
        "piece",
        "number",
        column=pl.lit(", ".join(key)),
        reason="reason",
        found=pl.when(is_conflict)
        .then(pl.format("rows that differ in {}", "differing"))
        .otherwise(pl.format("see {}", "kept")),
        allowed=pl.lit("one row of each " + ", ".join(key)),
    )


def _key(contract: Contract) -> list[str]:
    return list(contract.primary_key) or list(contract.arrow_schema.names)
