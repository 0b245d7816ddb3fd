"""The header of a table: found by the contract's names, wherever it stands and however it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipelines.contract import Contract, Property
from pipelines.contract_check import fold_header
from pipelines.ingest.amounts import UNIT_FACTORS
from pipelines.ingest.recognise import Unreadable
from pipelines.ingest.values import MERGED, folded
from pipelines.problem import masked

# Titles, notes and units above a header never take more.
SEARCHED_ROWS = 40
_BELOW_GROUP = 1000  # above the rank of any synonym


@dataclass(frozen=True)
class Column:
    """One column of the file that the contract asks for."""

    index: int
    property: Property
    header: str
    factor: Decimal = Decimal(1)  # converts what is written to the property's unit
    promised: Decimal = Decimal(1)  # the factor that the contract promises


@dataclass(frozen=True)
class Header:
    """Where the columns of a table stand. `line` counts from 1; `rows` is 2 for a header of two rows."""

    line: int
    rows: int
    cells: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def first_data_line(self) -> int:
        """Line of the first row below the header."""
        return self.line + self.rows

    @property
    def dropped(self) -> list[str]:
        """Headers of columns that the contract does not name; their content is never loaded.

        But for a contract's `nameBeside`, of rows that are set aside for their number.
        """
        kept = {column.index for column in self.columns}
        return [masked(text) for i, text in enumerate(self.cells) if i not in kept and text]

    def missing(self, contract: Contract) -> list[Property]:
        """Properties of the contract that the table has no column for."""
        found = {column.property.name for column in self.columns}
        return [p for p in contract.properties if p.name not in found]


def find_header(rows: Sequence[Sequence[str | None]], contract: Contract) -> Header | None:
    """The header among the first rows of a table, or None: the row, or pair of rows, with most matches.

    At least two columns (one, where the contract has no more) must match. Raises Unreadable when the
    unit of a column of amounts is none we know.
    """
    known = _known_headers(contract)
    wanted = min(2, len(contract.properties))
    folded_rows = [_cells(row) for row in rows[: SEARCHED_ROWS + 1]]
    best: Header | None = None
    for number, cells in enumerate(folded_rows[:SEARCHED_ROWS], start=1):
        below = folded_rows[number] if number < len(folded_rows) else ()
        forms = [(1, cells)]
        both, groups = _two_rows(cells, below, known)
        # A row above the header, such as a title, adds no column to it.
        if below and len(_columns(both, known, groups)) > len(_columns(below, known)) > 0:
            forms.append((2, both))
        for count, names in forms:
            columns = _columns(names, known, groups if count == 2 else frozenset())
            if len(columns) >= wanted and (best is None or len(columns) > len(best.columns)):
                best = Header(number, count, names, columns)
        if best and len(best.columns) == len(contract.properties):
            break
    return _with_units(best, folded_rows[: best.line - 1]) if best else None


def required_columns(header: Header | None, contract: Contract, where: str) -> Header:
    """The header itself if it has all required columns; raises Unreadable saying what is missing."""
    if header is None:
        expected = "、".join(p.header for p in contract.properties if p.required)
        raise Unreadable(
            f"找不到表头 / no header among the first {SEARCHED_ROWS} rows {where}; "
            f"expected at least: {expected}."
        )
    missing = [p for p in header.missing(contract) if p.required]
    if missing:
        names = "; ".join("/".join((p.header, *p.synonyms[:3])) for p in missing)
        found = "、".join(masked(text) for text in header.cells if text)
        raise Unreadable(
            f"缺少必需的列 / required columns are missing {where}, line {header.line}: {names}. "
            f"Header found: {found}."
        )
    return header


def _known_headers(contract: Contract) -> dict[str, tuple[int, Property]]:
    """Folded header -> (rank, property); the contract's own header ranks before its synonyms."""
    known: dict[str, tuple[int, Property]] = {}
    for p in contract.properties:
        for rank, text in enumerate((p.header, *p.synonyms, p.name)):
            known.setdefault(fold_header(text), (rank, p))
    return known


def _cells(row: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(folded(text or "") for text in row)


def _two_rows(
    upper: tuple[str, ...], lower: tuple[str, ...], known: dict
) -> tuple[tuple[str, ...], frozenset[int]]:
    """A header of two rows, and which of its columns stand below a group whose name adds nothing known.

    The lower cell names the column, the upper one where the lower is empty. A group (监护人1 over 姓名
    and 身份证号) names its columns together with them, as far as the contract knows the two together.
    """
    width = max(len(upper), len(lower))
    names, unsure, group = [], set(), ""
    for index, (above, below) in enumerate(zip(_padded(upper, width), _padded(lower, width), strict=True)):
        group = "" if not below else above.removesuffix(MERGED) or group
        below = below.removesuffix(MERGED)
        together = [text for text in (group + below, f"{group}{below}码") if fold_header(text) in known]
        if below and group and group != below and not together:
            unsure.add(index)
        names.append(together[0] if below and group and together else below or above.removesuffix(MERGED))
    return tuple(names), frozenset(unsure)


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return cells + ("",) * (width - len(cells))


def _columns(cells: tuple[str, ...], known: dict, groups: frozenset[int] = frozenset()) -> tuple[Column, ...]:
    """The contract's columns among header cells; those below a group (`groups`) only where no other is."""
    best: dict[str, tuple[int, Column]] = {}
    for index, text in enumerate(cells):
        rank, found = known.get(fold_header(text), (0, None)) if text else (0, None)
        rank += _BELOW_GROUP if index in groups else 0
        if found and (found.name not in best or rank < best[found.name][0]):
            best[found.name] = (rank, Column(index, found, text))
    return tuple(sorted((column for _, column in best.values()), key=lambda column: column.index))


def _with_units(header: Header, above: Sequence[tuple[str, ...]]) -> Header:
    """Units of amounts: the column's header wins over a line above the table, and that over the contract.

    Departments change what they write and forget what they promised.
    """
    line = " ".join(text for row in above for text in row)
    stated = re.search(r"单位\s*[:：]?\s*(?:人民币)?\s*([百千万亿]*元)", line)
    columns = []
    for column in header.columns:
        prop = column.property
        if prop.logical_type != "number":
            columns.append(column)
            continue
        promised = factor = UNIT_FACTORS.get((prop.physical_unit or "").lower(), Decimal(1))
        if stated and prop.unit == "yuan":
            factor = _known_unit(stated[1], column.header)
        for text in re.findall(r"[(\[【](?:单位[:：]?)?(.*?)[)\]】]", column.header):
            unit = text.strip().lower().split("/")[0]
            if unit in UNIT_FACTORS or unit[:1] in tuple("百千万亿"):
                factor = _known_unit(unit, column.header)
        columns.append(replace(column, factor=factor, promised=promised))
    return replace(header, columns=tuple(columns))


def _known_unit(unit: str, header: str) -> Decimal:
    if unit not in UNIT_FACTORS:
        raise Unreadable(
            f"单位无法识别 / the unit {unit} of column {header} is unknown; "
            "known: 元、百元、千元、万元、百万元、亿元."
        )
    return UNIT_FACTORS[unit]
