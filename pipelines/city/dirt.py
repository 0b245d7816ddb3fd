"""Dirt: the mistakes people and programs make in the files, each written down with where it was put."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
import polars as pl

from pipelines.city.places import OLD_NAMES
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

_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_NULL_WORDS = ("无", "-", "/", "NULL")


def _full_width(text: str, _: int) -> str:
    return text.translate(_FULL_WIDTH)


def _lower(text: str, _: int) -> str | None:
    return text.lower() if text.endswith("X") else None


def _fifteen(text: str, _: int) -> str | None:
    return text[:6] + text[8:17] if len(text) == 18 and text[6:8] == "19" else None


def _spaced(text: str, number: int) -> str:
    return (f" {text}", f"{text} ", f"{text[:6]} {text[6:14]} {text[14:]}")[number % 3]


def _wrong_check(text: str, number: int) -> str | None:
    if len(text) != 18:
        return None
    others = [c for c in "0123456789X" if c != text[-1]]
    return text[:-1] + others[number % 10]


def _wan(text: str, _: int) -> str | None:
    cents = round(float(text) * 100)
    return f"{cents / 1_000_000:.6f}".rstrip("0").rstrip(".") + "万元" if cents >= 100_000 else None


def _thousands(text: str, _: int) -> str | None:
    return f"{float(text):,.2f}" if abs(float(text)) >= 1000 else None


def _with_unit(text: str, _: int) -> str:
    return text + "元"


def _null_word(_: str, number: int) -> str:
    return _NULL_WORDS[number % len(_NULL_WORDS)]


def _old_town(text: str, _: int) -> str | None:
    return OLD_NAMES.get(text)


# Share of the values that each mistake befalls at level 1. Lower-case x befalls only the ninth part of
# all IDs that ends in X, so its share of those is larger.
_ID_MISTAKES: tuple[tuple[str, Callable, float], ...] = (
    ("full-width digits", _full_width, 0.0004),
    ("lower-case x", _lower, 0.004),
    ("15 digits", _fifteen, 0.0003),
    ("spaces", _spaced, 0.0005),
    ("wrong check character", _wrong_check, 0.0003),
)
_MONEY_MISTAKES = (
    ("wan-yuan", _wan, 0.0004),
    ("thousands separator", _thousands, 0.0010),
    ("unit behind the number", _with_unit, 0.0005),
)
_BILLED_TWICE = _REFUNDED = 0.0008
_REPEATED = 0.0005


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
        found = _ID_MISTAKES
    elif prop.unit == "yuan" and prop.physical_unit is None:
        found = _MONEY_MISTAKES
    elif prop.reference == "towns":
        found = (("old name of the town", _old_town, 0.01),)
    if not prop.required and not prop.primary_key:
        found = (*found, ("null word", _null_word, 0.002))
    return found


def _spoilt(prop, column, targets, kind, mistake, share, rng, spared, parts) -> pl.Series:
    hit = np.flatnonzero((rng.random(len(column)) < share) & ~spared & targets.to_numpy())
    rows, originals, results = [], [], []
    for number, row in enumerate(hit.tolist()):
        original = column[row]
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
    parts.append(
        {
            "row": rows, "column": [prop.name] * len(rows), "kind": [kind] * len(rows),
            "original": originals, "written": results,
        }
    )  # fmt: skip
    return column.scatter(rows, results)


def _added_rows(contract, texts, rng, level, spared, parts) -> tuple[pl.DataFrame, np.ndarray]:
    free = np.flatnonzero(~spared)
    kept = [np.arange(texts.height)]
    frames = [texts]

    def add(kind: str, rows: np.ndarray, changes: list[pl.Expr]) -> None:
        if len(rows):
            parts.append(
                {
                    "row": list(range(sum(map(len, kept)), sum(map(len, kept)) + len(rows))),
                    "column": [None] * len(rows), "kind": [kind] * len(rows),
                    "original": [str(row) for row in rows], "written": [None] * len(rows),
                }
            )  # fmt: skip
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
