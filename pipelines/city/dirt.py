"""Dirt: the mistakes people and programs make in rows, each written down with where it was put."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
import polars as pl

from pipelines.city.mistakes import DATED, IDENTITY, MONEY, MONTHLY, NAMED, TOWN, null_word, other_word
from pipelines.contract import Contract, Property

NOTHING = pl.DataFrame(
    schema={
        "extract": pl.String,
        "row": pl.Int64,  # from 0, in delivered order over all files of the extract
        "column": pl.String,
        "kind": pl.String,
        "original": pl.String,
        "written": pl.String,
    }
)

_BILLED_TWICE = _REFUNDED = 0.0008
_REPEATED = 0.0005
_EXCHANGED = 0.0002


def spoil(
    contract: Contract,
    texts: pl.DataFrame,
    rng: np.random.Generator,
    level: float,
    protected: Collection[str] = (),
) -> tuple[pl.DataFrame, pl.DataFrame, np.ndarray]:
    """The frame of texts with mistakes, the ledger of them, and for each row its number before.

    Rows with a protected ID are left alone. Rows billed twice, refunded or repeated are added at the
    end.
    """
    identities = [p.name for p in contract.properties if p.identity == "resident" and p.name in texts.columns]
    spared = np.zeros(texts.height, dtype=bool)
    for name in identities:
        spared |= texts[name].is_in(list(protected)).fill_null(False).to_numpy()
    parts: list[dict] = []
    texts, kept = _added_rows(contract, texts, rng, level, spared, parts)
    spared = spared[kept]
    for prop in contract.properties:
        if prop.name not in texts.columns:
            continue
        column = texts[prop.name]
        for kind, mistake, share in _mistakes(prop):
            targets = column.is_null() if kind == "null word" else column.is_not_null()
            column = _spoilt(prop, column, targets, kind, mistake, share * level, rng, spared, parts)
        texts = texts.with_columns(column.alias(prop.name))
    texts = _exchanged(texts, rng, level, spared, parts)
    ledger = pl.concat(
        [
            NOTHING,
            *(
                pl.DataFrame(part, schema=NOTHING.drop("extract").schema).select(
                    pl.lit(contract.id).alias("extract"), pl.all()
                )
                for part in parts
                if part["row"]
            ),
        ]
    )
    return texts, ledger, kept


def _mistakes(prop: Property) -> tuple[tuple[str, Callable, float], ...]:
    found: tuple = ()
    if prop.identity == "resident":
        found = IDENTITY
    elif prop.unit == "yuan" and prop.physical_unit is None:
        found = MONEY
    elif prop.reference == "towns":
        found = TOWN
    elif prop.labels:
        found = (("another word for the code", other_word(prop), 0.002),)
    elif prop.logical_type == "date":
        found = DATED if "dd" in (prop.format or "") else MONTHLY
    elif prop.name == "name":
        found = NAMED
    if not prop.required and not prop.primary_key:
        found = (*found, ("null word", null_word, 0.002))
    return found


def _few(rng: np.random.Generator, rows: int, share: float) -> np.ndarray:
    """Numbers of about that share of the rows, ascending; costs what is drawn, not what there is."""
    return np.unique(rng.integers(0, max(rows, 1), rng.binomial(rows, min(share, 1.0))))


def _spoilt(prop, column, targets, kind, mistake, share, rng, spared, parts) -> pl.Series:
    hit = _few(rng, len(column), share)
    hit = hit[~spared[hit] & targets.gather(hit).to_numpy()]
    rows, originals, results = [], [], []
    for number, (row, original) in enumerate(zip(hit.tolist(), column.gather(hit).to_list(), strict=True)):
        try:
            result = mistake(original, number)
        except ValueError:  # spoilt already
            continue
        if result is not None and result != original:
            rows.append(row)
            originals.append(original)
            results.append(result)
    if not rows:
        return column
    _note(parts, rows, prop.name, kind, originals, results)
    return column.scatter(rows, results)


def _exchanged(texts: pl.DataFrame, rng, level: float, spared: np.ndarray, parts: list) -> pl.DataFrame:
    """Names and IDs that stand in each other's column, or both in that of the names."""
    if not {"name", "resident_id"} <= set(texts.columns):
        return texts
    rows = _few(rng, texts.height, _EXCHANGED * level)
    rows = rows[~spared[rows]]
    pairs = texts[rows].select(
        "name", "resident_id", is_whole=pl.col("resident_id").str.contains(r"^[0-9]{17}[0-9X]$")
    )
    rows = rows[pairs["is_whole"].fill_null(False).to_numpy() & pairs["name"].is_not_null().to_numpy()]
    names, ids = (texts[column].gather(rows).to_list() for column in ("name", "resident_id"))
    for first, kind in enumerate(("name and ID exchanged", "ID in the name column")):
        _note(parts, rows[first::2].tolist(), "resident_id", kind, ids[first::2], names[first::2])
    written = [i if n % 2 == 0 else f"{name} {i}" for n, (name, i) in enumerate(zip(names, ids, strict=True))]
    left = [name if n % 2 == 0 else None for n, name in enumerate(names)]
    return texts.with_columns(texts["name"].scatter(rows, written), texts["resident_id"].scatter(rows, left))


def _note(parts: list, rows: list, column: str | None, kind: str, originals: list, written: list) -> None:
    parts.append(
        {
            "row": rows, "column": [column] * len(rows), "kind": [kind] * len(rows),
            "original": originals, "written": written,
        }
    )  # fmt: skip


def _added_rows(contract, texts, rng, level, spared, parts) -> tuple[pl.DataFrame, np.ndarray]:
    free = np.flatnonzero(~spared)
    kept = [np.arange(texts.height)]
    frames = [texts]

    def add(kind: str, rows: np.ndarray, changes: list[pl.Expr]) -> None:
        if len(rows):
            first = sum(map(len, kept))
            numbers = list(range(first, first + len(rows)))
            _note(parts, numbers, None, kind, [str(row) for row in rows], [None] * len(rows))
            frames.append(texts[rows].with_columns(changes))
            kept.append(rows)

    if contract.id == "medical_insurance__settlements" and {"settlement_no", "is_refund"} <= set(
        texts.columns
    ):
        draw = rng.random(len(free))
        number = pl.col("settlement_no")
        twice = free[draw < _BILLED_TWICE * level]
        add("stay billed twice", twice, [(number + "B").alias("settlement_no")])
        refunded = free[(draw >= _BILLED_TWICE * level) & (draw < (_BILLED_TWICE + _REFUNDED) * level)]
        yes = contract.property("is_refund").labels.get("1", "1")
        negative = [("-" + pl.col(name)).alias(name) for name in ("total_yuan", "self_paid_yuan")]
        add(
            "refund",
            refunded,
            [(number + "R").alias("settlement_no"), pl.lit(yes).alias("is_refund"), *negative],
        )
    add("row twice", free[rng.random(len(free)) < _REPEATED * level], [])
    return pl.concat(frames), np.concatenate(kept)
