"""What departments deliver in the tests of ingest, and what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import xlsxwriter

from pipelines.contract import SCHEMAS, Contract, load_contract
from pipelines.identity import check_character
from pipelines.ingest import ingest
from pipelines.lake import Lake
from pipelines.month import Month

MONTH = Month.parse("2022-06")
SETTLEMENTS = "medical_insurance__settlements"
HEADERS = ["结算单号", "证件号码", "就诊ID", "医疗类别", "结算时间", "医疗费总额", "个人现金支付", "退费标志"]
WEIZHI = "442099197703121018"
SPOUSE = "442099197908251027"


def person(number: int) -> str:
    """An invented person's ID, another for each number below 300,000."""
    day, sequence = divmod(number, 999)
    first17 = (
        f"442099{1950 + day // 28 % 60}{1 + day // 28 // 60 % 12:02d}{1 + day % 28:02d}{sequence + 1:03d}"
    )
    return first17 + check_character(first17)


def settlement(number: int = 1, **other) -> dict:
    """A settlement as the insurance delivers it; `other` replaces columns by their header."""
    row = dict(
        zip(
            HEADERS, [f"S{number:04d}", WEIZHI, "J1", "21", "2022-06-01", "100.00", "30.50", "0"], strict=True
        )
    )
    return row | other


def lines(rows: list[dict], separator: str = ",", headers: list[str] | None = None, end: str = "\n") -> str:
    """Rows as delimited text with a header."""
    headers = headers or list(rows[0])
    written = [headers, *([str(row.get(h, "")) for h in headers] for row in rows)]
    return "".join(separator.join(cells) + end for cells in written)


def sheet(path: Path, rows: list[list], name: str = "Sheet1", hidden: dict | None = None) -> None:
    """A workbook of one sheet; texts are written as text, numbers as numbers; `hidden` sheets beside it."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as book:
        for title, content in {name: rows, **(hidden or {})}.items():
            page = book.add_worksheet(title)
            if title != name:
                page.hide()
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            for y, row in enumerate(content):
                for x, cell in enumerate(row):
                    if hasattr(cell, "year"):
                        page.write_datetime(y, x, cell, day)
                    elif isinstance(cell, str):
                        page.write_string(y, x, cell)
                    elif cell is not None:
                        page.write(y, x, cell)


@dataclass
class Outcome:
    """What the lake holds after ingest."""

    report: dict
    folder: Path

    @property
    def rows(self) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "rows.parquet")

    @property
    def rejected(self) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "rejected.parquet")

    @property
    def repairs(self) -> pl.DataFrame:
        return pl.read_parquet(self.folder / "repairs.parquet")

    @property
    def problem(self) -> str:
        return " ".join(self.report["problems"])

    def reasons(self) -> dict[int, str]:
        """Reason by line."""
        return dict(self.rejected.select("line", "reason").sort("line").rows())

    def actions(self) -> dict[str, str]:
        """Repair by column."""
        return dict(self.repairs.select("column", "action").rows())


@dataclass
class Department:
    """A landing folder and a lake for one extract and month."""

    root: Path
    extract: str = SETTLEMENTS
    month: Month = MONTH

    @property
    def contract(self) -> Contract:
        return load_contract(SCHEMAS / f"{self.extract}.yaml")

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def lake(self) -> Lake:
        return Lake(self.root / "lake")

    def path(self, name: str) -> Path:
        """Where a file of that name is delivered."""
        folder = self.landing / str(self.month) / self.contract.department
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

    def name(self, suffix: str = ".csv", part: str = "") -> str:
        """A file name that the contract claims."""
        yyyymm = f"{self.month.year}{self.month.number:02d}"
        return Path(self.contract.files[0].replace("{yyyymm}", yyyymm).replace("*", part)).name + suffix

    def delivers(self, content: str | bytes, encoding: str = "utf-8", part: str = "") -> None:
        """Lays a text file."""
        data = content if isinstance(content, bytes) else content.encode(encoding)
        self.path(self.name(".csv", part)).write_bytes(data)

    def delivers_sheet(self, rows: list[list], part: str = "", **options) -> None:
        """Lays a workbook."""
        sheet(self.path(self.name(".xlsx", part)), rows, **options)

    def ingested(self) -> Outcome:
        """Runs ingest and returns what the lake holds."""
        report = ingest(self.contract, self.month, self.landing, self.lake)
        assert report is not None, "nothing arrived"
        folder = self.lake.resolve(f"parquet/{self.extract}", self.month)
        assert report == json.loads((folder / "report.json").read_text(encoding="utf-8"))
        outcome = Outcome(report, folder)
        assert report["rows_in"] == outcome.rows.height + outcome.rejected.height
        assert report["repaired_values"] == outcome.repairs.height
        return outcome
