"""Lines under and between the rows that are no data: totals, notes, blank lines, repeated headers."""

from __future__ import annotations

import polars as pl

from pipelines.contract import Contract
from pipelines.ingest.header import Header
from pipelines.ingest.values import MERGED

KINDS = ("blank", "total", "note", "repeated_header")
NOT_FILLED_IN = "not_filled_in"

_TOTAL = (
    r"^(?:\d{0,7}\x1f+)?[\x1f\s]*(?:合\s*计|总\s*计|小\s*计|累\s*计|共\s*计|本[页镇校村班]\s*[合小总]\s*计|总\s*数)"
    r"[\s:：()（）人户元条份件\d.,]*(?:\x1f|$)"
)
_NOTE = (
    r"^[\x1f\s]*[（(*※★]?(?:注|备\s*注|说\s*明|附\s*注|填\s*[表报]|制\s*表|统\s*计|审\s*[核批]|复\s*核|经\s*办|联\s*系"
    r"|负\s*责|盖\s*章|单\s*位|日\s*期|报\s*送|数据来源|截[至止]|以上|以下空白|此表|本表|第\s*\d+\s*页|共\s*\d+"
    r"|导出|打印|\d+ rows?)"
)
_RULE = r"^[-+|=\x1f\s]+$"


def is_not_filled_in(raw: pl.DataFrame, header: Header, contract: Contract) -> pl.Series:
    """For each row whether it holds no more of the contract than what stood on the form we sent out."""
    written = contract.form.get("prefilled") or ()
    cells: dict[bool, list[pl.Expr]] = {True: [], False: []}
    for column in header.columns:
        text = pl.col(f"c{column.index}").fill_null("").str.strip_chars()
        cells[column.property.name in written].append(text != "")
    if not (cells[True] and cells[False]):
        return pl.repeat(False, raw.height, eager=True)
    return raw.select(pl.any_horizontal(cells[True]) & ~pl.any_horizontal(cells[False])).to_series()


def leftover_kind(raw: pl.DataFrame, header: Header) -> pl.Series:
    """For each row what it is if it is no data (one of KINDS), else null; asked of failing rows only.

    A row that carries a number of 15 digits or more may be a person's and is always data.
    """
    if not raw.height:
        return pl.Series("kind", dtype=pl.String)
    cells = [column for column in raw.columns if column.startswith("c")]
    # What a merged cell says of a row does not make it one.
    raw = raw.with_columns(pl.when(~pl.col(c).str.ends_with(MERGED)).then(pl.col(c)) for c in cells)
    line = pl.concat_str([pl.col(c).fill_null("") for c in cells], separator="\x1f")
    bare = line.str.replace_all(r"[\x1f\s\u00a0\u3000]", "")
    headers = {f"c{i}": text for i, text in enumerate(header.cells) if text}
    repeated = pl.sum_horizontal(
        [(pl.col(c).str.strip_chars() == headers[c]).fill_null(False) for c in cells if c in headers]
        or [pl.lit(0)]
    )
    anonymous = ~line.str.contains(r"[0-9]{15}")
    filled = [pl.col(c).fill_null("").str.strip_chars() != "" for c in cells]
    # Notes fill one or two cells; signatures several, each with its colon.
    sparse = (pl.sum_horizontal(filled) <= 2) | (
        pl.sum_horizontal(filled)
        == pl.sum_horizontal([pl.col(c).str.contains("[:：]").fill_null(False) for c in cells])
    )
    kind = (
        pl.when(bare == "")
        .then(pl.lit("blank"))
        .when(repeated >= 2)
        .then(pl.lit("repeated_header"))
        .when(anonymous & line.str.contains(_TOTAL))
        .then(pl.lit("total"))
        .when(anonymous & sparse & (line.str.contains(_NOTE) | line.str.contains(_RULE)))
        .then(pl.lit("note"))
    )
    return raw.select(kind.alias("kind")).to_series()
