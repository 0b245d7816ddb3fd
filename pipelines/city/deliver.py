"""Delivery: any frame of a contract written as that department hands it over."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.city import dirt
from pipelines.city.oddities import odd_form, odd_form_of_town, spoil_file
from pipelines.city.sheets import write_sheet
from pipelines.city.surplus import surplus_columns
from pipelines.city.texts import write_packed, write_page, write_text
from pipelines.contract import Contract, Property
from pipelines.month import Month
from pipelines.problem import HardshipError

_STRFTIME = {"yyyy": "%Y", "MM": "%m", "dd": "%d"}


@dataclass(frozen=True)
class Delivered:
    """What was written: the files, the number of rows in them, and the dirt put into them."""

    files: tuple[Path, ...]
    rows: int
    ledger: pl.DataFrame


@dataclass(frozen=True)
class Form:
    """How a department hands over an extract."""

    format: str = "csv"
    encoding: str = "utf-8"
    separator: str = ","
    title_rows: int = 0
    serial_column: bool = False
    total_row: bool = False
    split_by_town: bool = False
    notes: bool = False  # below the table
    subtotal: bool = False  # in the middle of it
    grouped_header: bool = False  # two rows, the last columns under a merged cell
    sheets: int = 1  # rows spread over so many
    hidden_sheet: bool = False  # an old draft
    real_dates: bool = False  # days as a spreadsheet keeps them
    from_1904: bool = False  # counted as a Macintosh does
    suffix: str | None = None  # another than the format's
    packed: str | None = None  # gz, or zip with the file in two parts
    sent_twice: bool = False
    header_only: bool = False
    date_format: str | None = None  # where it differs from the contract's

    @classmethod
    def of(cls, contract: Contract) -> Form:
        """The usual form, as the contract's `form` describes it."""
        form = contract.form
        return cls(
            format=form.get("format", "csv"),
            encoding=form.get("encoding", "utf-8"),
            separator=form.get("separator", ","),
            title_rows=int(form.get("titleRows", 0)),
            serial_column=bool(form.get("serialColumn", False)),
            total_row=bool(form.get("totalRow", False)),
            split_by_town=form.get("splitBy") == "town",
        )


def write(
    contract: Contract,
    frame: pl.DataFrame,
    month: Month,
    landing: Path,
    dirt_rng: np.random.Generator | None = None,
    *,
    level: float = 1.0,
    protected: Collection[str] = (),
    headers: Mapping[str, str] | None = None,
    surplus: bool = True,
    file_name: str | None = None,
    **form: object,
) -> Delivered:
    """Writes a frame of the contract's columns below `<landing>/<month>/`, as the contract's form says.

    The frame has the contract's property names: IDs and codes as text, days as dates, money as decimal
    yuan; columns it lacks are left out of the file; any text stands as it is. Where a header names a
    unit (`headers={"self_paid_yuan": "个人自付(万元)"}`) or the contract gives a physicalUnit, money is
    converted to it. With `dirt_rng`, values are spoilt at `level` except in rows with a `protected` ID.
    With `dirt_rng` the form is as odd as `oddities` has it for the extract and month.
    `form` overrides fields of Form (`encoding=`, `separator=`, `format=`, `total_row=` ...); `surplus`
    adds the columns departments send and no contract names; `file_name` replaces the usual name. Files
    of the month that match the contract's patterns are replaced. Raises HardshipError when a column is
    no property, or a text needs an encoding the form does not have.
    """
    is_odd = dirt_rng is not None and level > 0
    shape = replace(Form.of(contract), **(odd_form(contract.id, month) if is_odd else {}) | form)
    extra = set(frame.columns) - {p.name for p in contract.properties} - {"town_code"}
    if extra:
        raise HardshipError(f"{contract.id} has no columns {', '.join(sorted(extra))}.")
    properties = [p for p in contract.properties if p.name in frame.columns]
    names = {p.name: (headers or {}).get(p.name, p.header) for p in properties}
    texts = pl.DataFrame({p.name: text(p, frame[p.name], names[p.name], shape) for p in properties})
    ledger = dirt.NOTHING
    if is_odd:
        texts, ledger, kept = dirt.spoil(contract, texts, dirt_rng, level, protected)
        frame = frame[kept]
    money = [names[p.name] for p in properties if p.unit == "yuan"]
    dates = [names[p.name] for p in properties if p.logical_type == "date"] if shape.real_dates else []
    table = texts.rename(names).clear() if shape.header_only else texts.rename(names)
    if surplus:
        table = table.hstack(surplus_columns(contract.id, table.height))
    files = []
    _remove_old(contract, month, landing) if file_name is None else None
    for number, (place, part) in enumerate(_parts(frame, table, shape)):
        own = replace(shape, **odd_form_of_town(number)) if is_odd and place else shape
        path = _path(contract, month, landing, own, place, file_name)
        path.parent.mkdir(parents=True, exist_ok=True)
        title = _title(contract, month, place)
        if own.format == "xlsx":
            write_sheet(path, part, title, own, money, dates)
        elif own.format == "html":
            write_page(path, part, title)
        elif own.packed:
            write_packed(path, part, own, title)
        else:
            write_text(path, part, own, title)
        if is_odd:
            path = spoil_file(contract.id, month, path)
        copies = [path.with_name(f"{path.stem}(1){path.suffix}")] if own.sent_twice else []
        for copy in copies:
            shutil.copyfile(path, copy)
        for written in (path, *copies):
            # Invented departments deliver in the morning of the third.
            arrived = datetime.combine(month.plus(1).start + timedelta(days=2), time(1), UTC).timestamp()
            os.utime(written, (arrived, arrived))
            files.append(written)
    return Delivered(tuple(files), table.height, ledger)


def text(prop: Property, values: pl.Series, header: str, form: Form) -> pl.Series:
    """A column as the department writes it: labels for codes, dates in its format, money in its unit."""
    if prop.labels:
        codes = values.cast(pl.String)
        if values.dtype == pl.Boolean:
            codes = pl.select(
                pl.when(values).then(pl.lit("1")).when(~values).then(pl.lit("0")).otherwise(None)
            ).to_series()
        return codes.replace(prop.labels)
    if values.dtype == pl.Date:
        written = form.date_format or prop.format or "yyyy-MM-dd"
        return values.dt.strftime(re.sub("yyyy|MM|dd", lambda m: _STRFTIME[m.group()], written))
    if values.dtype == pl.Decimal or values.dtype.is_integer():
        if "万元" in header or prop.physical_unit == "万元":
            wide = values.cast(pl.Decimal(30, 6)) / pl.Series([10_000], dtype=pl.Decimal(30, 6))
            return _short(wide.cast(pl.String))
        return (values.cast(pl.Decimal(20, 2)) if values.dtype == pl.Decimal else values).cast(pl.String)
    written = values.cast(pl.String)
    if prop.name == "term":
        return written.str.replace("-autumn", "秋").str.replace("-spring", "春")
    return written


def _short(decimals: pl.Series) -> pl.Series:
    return decimals.str.replace(r"(\.\d*?)0+$", "$1").str.replace(r"\.$", "")


def _parts(frame: pl.DataFrame, table: pl.DataFrame, form: Form):
    """The table whole, or one part per town: `(town's name or None, rows)`."""
    if not form.split_by_town or "town_code" not in frame.columns:
        yield None, table
        return
    from pipelines.city.places import read_places

    places = read_places()
    for code, name in zip(places.town_codes, places.town_names, strict=True):
        part = table.filter(frame["town_code"] == code)
        if part.height:
            yield name, part


def _path(
    contract: Contract, month: Month, landing: Path, form: Form, place: str | None, file_name: str | None
) -> Path:
    pattern = contract.files[0].format(yyyymm=str(month).replace("-", ""), month=month)
    folder, _, name = pattern.rpartition("/")
    usual = {"csv": ".csv" if form.separator == "," else ".txt"}.get(form.format, f".{form.format}")
    suffix = {"gz": f"{usual}.gz", "zip": ".zip"}.get(form.packed, form.suffix or usual)
    if file_name is None:
        if place and name.count("*") > 1:
            name = name.replace("*", place, 1)
        elif place:
            name = name.replace("*", f"_{place}", 1)
        file_name = name.replace("*", "") + suffix
    return landing / str(month) / folder / file_name


def _remove_old(contract: Contract, month: Month, landing: Path) -> None:
    for pattern in contract.files:
        for path in (landing / str(month)).glob(
            pattern.format(yyyymm=str(month).replace("-", ""), month=month)
        ):
            path.unlink()


def _title(contract: Contract, month: Month, place: str | None) -> str:
    return f"中山市{place or ''}{contract.title_zh}表（{month.year}年{month.number}月）"
