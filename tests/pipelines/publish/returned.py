"""A town's workbook filled in as clerks do and laid into the landing folder of the month after."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from pipelines.contract import Contract
from pipelines.contract_check import fold_header
from pipelines.ingest import ingest
from pipelines.lake import Lake
from pipelines.publish import publish

from .conftest import MONTH, City

HEADER = 4  # the row of the headers, as people count


def workbook_of(city: City, extracts: Mapping[str, Contract], town: str = "442000109") -> Path:
    """The town's workbook of the month that was laid, published now if it was not."""
    publish(extracts, MONTH, city.lake)
    (path,) = city.lake.partition("published", MONTH).glob(f"towns/{town}_*/*.xlsx")
    return path


def columns_of(sheet) -> dict[str, int]:
    """Column numbers by header without its English."""
    return {fold_header(cell.value): cell.column for cell in sheet[HEADER] if cell.value}


def fill_in(sheet, row: int, **values) -> None:
    """Writes cells of a row by their headers."""
    at = columns_of(sheet)
    for header, value in values.items():
        sheet.cell(row, at[header]).value = value


def returned_to(landing: Path) -> Path:
    """The folder for what towns return; it exists."""
    folder = landing / str(MONTH.plus(1)) / "towns"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def send_back(book, landing: Path, name: str = "2022-06_三角镇_走访名单.xlsx") -> Path:
    """Saves a filled-in workbook where the month after finds it."""
    path = returned_to(landing) / name
    book.save(path)
    return path


def read(
    extracts: Mapping[str, Contract], landing: Path, lake: Lake
) -> tuple[dict, pl.DataFrame, pl.DataFrame]:
    """What ingest makes of what came back: its report, the visits, the rejected rows."""
    report = ingest(extracts["towns__visits"], MONTH.plus(1), landing, lake)
    folder = lake.resolve("parquet/towns__visits", MONTH.plus(1))
    return report, pl.read_parquet(folder / "rows.parquet"), pl.read_parquet(folder / "rejected.parquet")


def saved_by_libreoffice(path: Path, folder: Path) -> Path:
    """The same workbook opened and saved by another spreadsheet program."""
    folder.mkdir()
    profile = f"-env:UserInstallation=file://{folder}/profile"
    try:
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), str(path)],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("LibreOffice is not on this machine: apt-get install libreoffice-calc")
    return folder / path.name
