"""How each column is read: a vectorised fast path for values as promised, plain parsers for the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

import polars as pl
import pyarrow as pa

from pipelines.confirmations import compact_id
from pipelines.contract import Property
from pipelines.identity import resident_number_expr
from pipelines.ingest.amounts import parse_money
from pipelines.ingest.days import date_expr
from pipelines.ingest.documents import NUMBER_CELL, parse_certificate, parse_resident_id
from pipelines.ingest.header import Column
from pipelines.ingest.places import Places, parse_community, parse_town
from pipelines.ingest.values import (
    CONFIRMED,
    NO,
    NULL_WORDS,
    YES,
    Refusal,
    Value,
    fold_word,
    folded,
    is_null,
    marked,
    parse_boolean,
    parse_code,
    parse_date,
    parse_integer,
    parse_text,
    trimmed,
)

Parser = Callable[[str], "Value | Refusal"]

# The engine's \d means the digits of all scripts; only 0 to 9 are numbers here.
# Characters that parse_text would tidy away.
_ODD = (
    r"[\x00-\x1f\u{a0}\u{ad}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}\u{3000}\u{feff}"
    r"０-９Ａ-Ｚａ-ｚ⟨]|^['’‘`]|\s\s"
)
_NULLS = sorted({w for word in NULL_WORDS for w in (word, word.upper(), word.title())})


@dataclass(frozen=True)
class Reading:
    """How one column of a table is read.

    `value` is the typed value of cells that are written as promised, null for all others; those of
    them that are not empty go to `parse`. Of a resident ID `number` are its digits, as its key is made
    of them.
    """

    column: Column
    value: pl.Expr
    parse: Parser
    dtype: pl.DataType
    number: pl.Expr | None = None

    @property
    def raw(self) -> str:
        """Name of the text column in a raw frame."""
        return f"c{self.column.index}"

    @property
    def property(self) -> Property:
        """The contract's property."""
        return self.column.property


def reading(
    column: Column,
    places: Places,
    *,
    documents: bool,
    sample: list[str],
    epoch: int = 1900,
    aliases: Mapping[str, str] = MappingProxyType({}),
    households: frozenset[str] | None = None,
) -> Reading:
    """How a column is read. `sample` is some of its cells: it decides which form is the fast one.

    `documents`: whether passports and the like may stand for a resident ID; `epoch`: the year that
    day numbers count from; `aliases`: numbers that people have confirmed to be another's;
    `households`: the keys that may stand in a column of them, None where any may.
    """
    plain = _reading(column, places, documents, sample, epoch, households)

    def parse(text: str) -> Value | Refusal:
        bare, action, confidence = marked(text)
        if action == "merged_cell" and column.property.logical_type == "number":
            return Value(None, "merged_amount")  # one amount for several rows is not one for each
        right = aliases.get(compact_id(bare)) if aliases and column.property.identity == "resident" else None
        found = Value(right, CONFIRMED) if right else plain.parse(bare)
        if not action or isinstance(found, Refusal) or found.value is None or found.changes_meaning:
            return found
        return Value(found.value, action, confidence)

    if aliases and column.property.identity == "resident":
        # An old number is as well written as any.
        is_old = pl.col(plain.raw).str.strip_chars().is_in(list(aliases))
        value, number = pl.when(~is_old).then(plain.value), pl.when(~is_old).then(plain.number)
        return replace(plain, parse=parse, value=value, number=number)
    return replace(plain, parse=parse)


def _reading(
    column: Column,
    places: Places,
    documents: bool,
    sample: list[str],
    epoch: int,
    households: frozenset[str] | None,
) -> Reading:
    prop = column.property
    text = pl.col(f"c{column.index}")
    if any(cell != cell.strip() for cell in sample):
        text = text.str.strip_chars(" \t\r")  # padded to a fixed width, as some databases do
    if prop.identity == "resident":
        number = resident_number_expr(text)
        value = pl.when(number.is_not_null()).then(text)
        return Reading(
            column, value, lambda t: parse_resident_id(t, documents=documents), pl.String(), number
        )
    if prop.identity:
        nothing = pl.lit(None, pl.String)
        return Reading(column, nothing, lambda t: parse_certificate(t, prop.pattern), pl.String())
    if prop.reference == "towns":
        return Reading(column, _listed(text, places.towns), lambda t: parse_town(t, places), pl.String())
    if prop.reference == "communities":
        value = _listed(text, places.communities)
        return Reading(column, value, lambda t: parse_community(t, places), pl.String())
    if prop.reference == "households":
        return _household(column, text, households)
    if prop.logical_type == "boolean":
        return _boolean(column, text)
    if prop.enum:
        return _code(column, text)
    if prop.logical_type == "date":
        return _date(column, text, sample, epoch)
    if prop.logical_type in ("number", "integer"):
        return _number(column, text)
    return _text(column, text, sample)


def _listed(text: pl.Expr, codes: frozenset[str]) -> pl.Expr:
    return pl.when(text.is_in(sorted(codes))).then(text)


def _household(column: Column, text: pl.Expr, households: frozenset[str] | None) -> Reading:
    def parse(t: str) -> Value | Refusal:
        if is_null(t):
            return Value(None)
        key = folded(t).upper()
        if households is not None and key not in households:
            return Refusal("unknown_household", "a key from the list of an earlier month, unchanged")
        return Value(key, None if key == trimmed(t) else "tidied")

    value = pl.lit(None, pl.String) if households is None else _listed(text, households)
    return Reading(column, value, parse, pl.String())


def _boolean(column: Column, text: pl.Expr) -> Reading:
    words = {fold_word(w): code for code, ws in column.property.enum.items() for w in ws}
    meanings = {w: w in YES for w in YES | NO} | {w: code in YES for w, code in words.items()}
    value = text.replace_strict(
        list(meanings), list(meanings.values()), default=None, return_dtype=pl.Boolean
    )
    return Reading(column, value, lambda t: parse_boolean(t, words), pl.Boolean())


def _code(column: Column, text: pl.Expr) -> Reading:
    prop = column.property
    words = {w: code for code, ws in prop.enum.items() for w in ws}
    folded_words = {fold_word(w): code for w, code in words.items()} | words
    allowed = ", ".join(f"{code} {label}" for code, label in prop.labels.items())
    is_integer = prop.logical_type == "integer"
    dtype = pl.Int64() if is_integer else pl.String()
    value = text.replace_strict(list(words), list(words.values()), default=None, return_dtype=pl.String)

    def parse(t: str) -> Value | Refusal:
        found = parse_code(t, folded_words, allowed)
        if is_integer and isinstance(found, Value) and found.value is not None:
            return Value(int(found.value), found.action, found.confidence)
        return found

    return Reading(column, value.cast(dtype), parse, dtype)


def _date(column: Column, text: pl.Expr, sample: list[str], epoch: int) -> Reading:
    prop = column.property
    is_month = prop.format in ("yyyyMM", "yyyy-MM") or prop.name.endswith("_month_on")

    def parse(t: str) -> Value | Refusal:
        return parse_date(t, is_month=is_month, may_be_open=not prop.required, epoch=epoch)

    first = next((t.strip() for t in sample if t.strip()), "")
    return Reading(column, date_expr(text, first, is_month), parse, pl.Date())


def _number(column: Column, text: pl.Expr) -> Reading:
    prop, kind = column.property, column.property.arrow_type
    if prop.logical_type == "integer":
        is_whole = text.str.contains(r"^-?[0-9]{1,18}$")
        value = pl.when(is_whole).then(text).cast(pl.Int64)
        return Reading(column, value, parse_integer, pl.Int64())
    precision, scale = (kind.precision, kind.scale) if pa.types.is_decimal(kind) else (18, 6)
    dtype = pl.Decimal(precision, scale) if pa.types.is_decimal(kind) else pl.Float64()
    # A factor is a power of ten, so that many more decimals are still exact.
    shift = len(str(int(column.factor))) - 1
    whole, decimals = precision - scale - shift, scale + shift
    is_plain = text.str.contains(rf"^-?[0-9]{{1,{whole}}}(?:\.[0-9]{{1,{decimals}}})?$")
    plain = pl.when(is_plain).then(text)
    if column.factor != 1:
        exact = plain.cast(pl.Decimal(38, decimals)) * pl.lit(column.factor, pl.Decimal(38, 0))
        value = exact.cast(pl.Decimal(38, scale)).cast(dtype)
    else:
        value = plain.cast(dtype)

    def parse(t: str) -> Value | Refusal:
        found = parse_money(t, column.factor, column.promised, precision, scale)
        if isinstance(dtype, pl.Float64) and isinstance(found, Value) and isinstance(found.value, Decimal):
            return Value(float(found.value), found.action, found.confidence)
        return found

    return Reading(column, value, parse, dtype)


def _text(column: Column, text: pl.Expr, sample: list[str]) -> Reading:
    prop = column.property
    rewrites = [(re.compile(p), re.sub(r"\$\{(\d+)\}", r"\\\1", to)) for p, to in prop.rewrites]

    def parse(t: str) -> Value | Refusal:
        if t.endswith(NUMBER_CELL):
            if len(re.match(r"\d*", t)[0]) > 15:
                return Refusal(
                    "excel_number", "the number stored as text: a number cell loses its last digits"
                )
            t = t.removesuffix(NUMBER_CELL)
        found = parse_text(t)
        if prop.name == "name" and isinstance(found, Value) and re.search(r"\d{15}", found.value or ""):
            return Refusal("id_in_name", "a name without a number")
        if isinstance(found, Value) and found.value is not None:
            for pattern, to in rewrites:
                if pattern.search(found.value):
                    return Value(pattern.sub(to, found.value), found.action, found.confidence)
        return found

    is_padded = text.str.starts_with(" ") | text.str.ends_with(" ")
    is_plain = ~(text.str.contains(_ODD) | text.is_in(_NULLS) | is_padded) & (text != "")
    if prop.name == "name":
        is_plain &= ~text.str.contains("[0-9]{15}")
    if rewrites:
        is_plain &= text.str.contains(prop.pattern) if prop.pattern else pl.lit(False)
    value = pl.when(is_plain).then(text)
    if rewrites:
        # Few texts are written all over: those of the sample need not be parsed again.
        words = {t: f.value for t in set(sample) if isinstance(f := parse(t), Value) and not f.action}
        value = pl.coalesce(text.replace_strict(words, default=None, return_dtype=pl.String), value)
    return Reading(column, value, parse, pl.String())
