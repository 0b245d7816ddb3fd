"""The towns' folders: one for every town, each with its list as Parquet, CSV and workbook."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contract import Contract
from pipelines.delivery import Delivery
from pipelines.month import Month
from pipelines.password import lock, password_of
from pipelines.processes import beside
from pipelines.publish.revision import Revision
from pipelines.publish.tables import write_parquet
from pipelines.publish.town_lists import TownLists
from pipelines.publish.words import Words, words_of, zh, zh_list
from pipelines.publish.workbook import Column, Content, columns_of, write_workbook
from pipelines.reference import Town, towns
from pipelines.rule.order import Order

# Spreadsheet programs run a CSV cell that begins with one of these; an apostrophe makes it text.
_RUN_BY_SPREADSHEETS = r"^[=+\-@\t\r]"

# Waiting households of all towns: the workbooks of fewer are written before another process has started.
_WORTH_A_PROCESS = 30_000


@dataclass(frozen=True)
class _Folder:
    """All that one town's folder is written from."""

    place: Path
    table: pa.Table
    text: pl.DataFrame
    content: Content
    columns: list[Column]
    words: Words
    order: Order
    before: Path | None


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
    order: Order,
    revision: Revision | None = None,
    before: Path | None = None,
) -> None:
    """Writes `<code>_<name>/` for every town, also for those without a household on the list.

    A town with a password gets its workbook locked and no CSV, which cannot be. `before` is the folder of
    an earlier revision: a locked workbook of the same content is taken from it as it is.
    """
    visits = extracts["towns__visits"]
    words = words_of(published, visits)
    columns = columns_of(published["town_list"], visits)
    notes = [_delivery_row(delivery, extracts[delivery.extract]) for delivery in delivered]
    coverage_frame = pl.from_arrow(coverage)
    text = _as_text(pl.from_arrow(listed), columns, words)
    folders = []
    for town in towns():
        is_here = pc.equal(listed["town_code"], town.code)
        table = listed.filter(is_here)
        frame = pl.from_arrow(table)
        content = Content(
            month=month,
            town=town,
            listed=frame,
            waiting=lists.waiting.filter(pl.col("town_code") == town.code),
            changes=lists.changes.filter(pl.col("town_code") == town.code),
            deliveries=notes,
            coverage=coverage_frame.filter(pl.col("town_code") == town.code),
            mark=_mark(frame),
            revision=revision,
        )
        here = text.filter(pl.Series(is_here.to_pylist(), dtype=pl.Boolean))
        old = before / town.folder if before else None
        folders.append(_Folder(folder / town.folder, table, here, content, columns, words, order, old))
    if len(lists.waiting) < _WORTH_A_PROCESS:
        _write_all(folders)
        return
    folders.sort(key=lambda one: len(one.content.waiting), reverse=True)
    with beside(_write_all, folders[1::2]) as done:
        _write_all(folders[::2])
        done()


def _write_all(folders: list[_Folder]) -> None:
    for one in folders:
        _write(one)


def _write(one: _Folder) -> None:
    month, town = one.content.month, one.content.town
    one.place.mkdir(parents=True)
    write_parquet(one.table, one.place / "list.parquet")
    password = password_of(town.code)
    if password is None:
        one.text.write_csv(
            one.place / f"{list_name(month, town)}.csv", include_bom=True, line_terminator="\r\n"
        )
    workbook = one.place / f"{list_name(month, town)}.xlsx"
    write_workbook(workbook, one.content, one.columns, one.words, one.order)
    if password is not None:
        lock(workbook, password, one.before / workbook.name if one.before else None)


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


def _as_text(frame: pl.DataFrame, columns: list[Column], words: Words) -> pl.DataFrame:
    """The lists for programs without a spreadsheet: the workbook's headers and words."""
    texts = {
        "status": [zh(words.statuses, code) for code in frame["status"]],
        "dimensions": [zh_list(words.dimensions, codes) for codes in frame["dimensions"].to_list()],
        "causes": [zh_list(words.causes, codes) for codes in frame["causes"].to_list()],
        "troubles": [zh_list(words.troubles, codes) for codes in frame["troubles"].to_list()],
        "suggested_path": [zh(words.paths, code) for code in frame["suggested_path"]],
    }
    shown = []
    for column in columns:
        if column.use == "fill":
            values = pl.repeat(None, len(frame), dtype=pl.String, eager=True)
        else:
            values = (
                pl.Series(texts[column.name], dtype=pl.String) if column.name in texts else frame[column.name]
            )
        shown.append(values.alias(column.header))
    return pl.DataFrame([_never_run(values) if values.dtype == pl.String else values for values in shown])


def _never_run(values: pl.Series) -> pl.Series:
    is_run = values.str.contains(_RUN_BY_SPREADSHEETS).fill_null(False)
    return pl.select(pl.when(is_run).then("'" + values).otherwise(values).alias(values.name)).to_series()


def _mark(frame: pl.DataFrame) -> str:
    """Six characters that change with the list's content, printed on every page."""
    rows = frame.select("rank", "household_key", "status", "explanation_zh").write_csv()
    return hashlib.sha256(rows.encode()).hexdigest()[:6].upper()
