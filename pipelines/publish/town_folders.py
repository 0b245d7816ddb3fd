"""The towns' folders: one for every town, each with its list as Parquet, CSV and workbook."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contract import Contract
from pipelines.delivery import Delivery
from pipelines.month import Month
from pipelines.publish.tables import write_parquet
from pipelines.publish.town_lists import Town, TownLists, towns
from pipelines.publish.words import Words, words_of, zh, zh_list
from pipelines.publish.workbook import Column, Content, columns_of, write_workbook

# Spreadsheet programs run a CSV cell that begins with one of these; an apostrophe makes it text.
_RUN_BY_SPREADSHEETS = r"^[=+\-@\t\r]"


def list_name(month: Month, town: Town) -> str:
    """File name of a town's list, without ending."""
    return f"{month}_{town.name_zh}_走访名单"


def write_town_folders(
    folder: Path,
    month: Month,
    listed: pa.Table,
    lists: TownLists,
    coverage: pa.Table,
    delivered: list[Delivery],
    extracts: Mapping[str, Contract],
    published: Mapping[str, Contract],
    order: str,
) -> None:
    """Writes `<code>_<name>/` for every town, also for those without a household on the list."""
    visits = extracts["towns__visits"]
    words = words_of(published, visits)
    columns = columns_of(published["town_list"], visits)
    notes = [_delivery_row(delivery, extracts[delivery.extract]) for delivery in delivered]
    coverage_frame = pl.from_arrow(coverage)
    for town in towns():
        place = folder / town.folder
        place.mkdir(parents=True)
        table = listed.filter(pc.equal(listed["town_code"], town.code))
        write_parquet(table, place / "list.parquet")
        frame = pl.from_arrow(table)
        _write_csv(frame, place / f"{list_name(month, town)}.csv", columns, words)
        content = Content(
            month=month,
            town=town,
            listed=frame,
            waiting=lists.waiting.filter(pl.col("town_code") == town.code),
            changes=lists.changes.filter(pl.col("town_code") == town.code),
            deliveries=notes,
            coverage=coverage_frame.filter(pl.col("town_code") == town.code),
            mark=_mark(frame),
        )
        write_workbook(place / f"{list_name(month, town)}.xlsx", content, columns, words, order)


def _delivery_row(delivery: Delivery, contract: Contract) -> dict:
    carried = delivery.status in ("held", "missing") and contract.kind == "flow"
    reasons = "；".join(reason["zh"] for reason in delivery.reasons)
    return {
        "extract": delivery.extract,
        "department": delivery.department,
        "title_zh": contract.title_zh,
        "status": delivery.status,
        "as_of_month": str(delivery.as_of) if delivery.as_of else None,
        "rows_in": delivery.rows_in,
        "accepted": delivery.accepted,
        "rejected": delivery.rejected,
        "repaired_values": delivery.repaired_values,
        "reason_zh": reasons + ("本月数据空缺，不以其他月份代替。" if carried else ""),
    }


def _write_csv(frame: pl.DataFrame, path: Path, columns: list[Column], words: Words) -> None:
    """The list as text for programs without a spreadsheet: the workbook's headers and words."""
    texts = {
        "status": [zh(words.statuses, code) for code in frame["status"].to_list()],
        "dimensions": [zh_list(words.dimensions, codes) for codes in frame["dimensions"].to_list()],
        "causes": [zh_list(words.causes, codes) for codes in frame["causes"].to_list()],
        "troubles": [zh_list(words.troubles, codes) for codes in frame["troubles"].to_list()],
        "suggested_path": [zh_list(words.paths, codes) for codes in frame["suggested_path"].to_list()],
    }
    shown = []
    for column in columns:
        if column.use == "fill":
            shown.append(pl.Series(column.header, [None] * len(frame), pl.String))
        elif column.name in texts:
            shown.append(pl.Series(column.header, texts[column.name], pl.String))
        else:
            shown.append(frame[column.name].alias(column.header))
    safe = pl.DataFrame([_as_text(column) if column.dtype == pl.String else column for column in shown])
    safe.write_csv(path, include_bom=True, line_terminator="\r\n")


def _as_text(values: pl.Series) -> pl.Series:
    is_run = values.str.contains(_RUN_BY_SPREADSHEETS).fill_null(False)
    return pl.select(pl.when(is_run).then("'" + values).otherwise(values).alias(values.name)).to_series()


def _mark(frame: pl.DataFrame) -> str:
    """Six characters that change with the list's content, printed on every page."""
    rows = frame.select("rank", "household_key", "status", "explanation_zh").write_csv()
    return hashlib.sha256(rows.encode()).hexdigest()[:6].upper()
