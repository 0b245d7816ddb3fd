"""Contracts: what a department promised of an extract; the only statement of every schema.

A contract is an Open Data Contract Standard v3.2 file below schemas/. What the standard has no word
for stands in `customProperties`:

of a contract
  files           glob patterns of the delivered files; `{month}` stands for 2022-06, `{yyyymm}` for 202206
  kind            `stock` (a roll as it stands at month end; may be carried forward) or
                  `flow` (what happened in the month; a missing month is a gap)
  coverage        whom the extract would contain if the thing were true (definitions: "What is known")
  form            how the department usually delivers: format, encoding, separator, title rows, split by;
                  `prefilled`: columns that we wrote before we sent the form out, to be filled in;
                  `nameBeside`: header of a name that is kept only of rows set aside for their number
  deliveryMonths  numbers of the months it is delivered in, where not all twelve
  keepsIdentity   true where the text of identity columns is kept beside their keys
  onDuplicate     what happens to rows of one primary key that differ: `reject` (all of them, the default),
                  `latest <column>` or `earliest <column>` (the one with that date is kept)
of a property
  identity        `resident`, `birth_certificate`, `disability_certificate`: `x_id` becomes integer `x_key`
  unit            unit after conversion (yuan, m2, months ...)
  physicalUnit    unit in the file where its header names none (万元)
  reference       `towns` or `communities`, resolved by data/reference; `households`, on an earlier list
  endOf           column whose last characters the value repeats: it catches cells moved apart
  rewrites        spellings of a text column that are tidied before its pattern is checked: a list of
                  `{pattern, to}`, the first pattern that matches replaced by `to` with groups as `${1}`
  purpose         `hardship` when rules may ask it, else `visit`, `link`, `audit`; `denied` finds nobody
  sources         of a profile column: the extracts it is computed from
  words           of an enum value: the words departments write for it
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from pipelines.contract_check import contract_problems, custom_properties
from pipelines.document import Document, read_document
from pipelines.problem import HardshipError, Problems
from pipelines.standard import standard_problems

SCHEMAS = Path(__file__).parent.parent / "schemas"


@dataclass(frozen=True)
class Property:
    """One column of an extract or a published table."""

    name: str
    logical_type: str
    header: str
    synonyms: tuple[str, ...] = ()
    description: str = ""
    format: str | None = None
    pattern: str | None = None
    minimum: Decimal | str | None = None
    maximum: Decimal | str | None = None
    required: bool = False
    unique: bool = False
    primary_key: bool = False
    classification: str = "internal"
    physical_type: str | None = None
    enum: dict[str, tuple[str, ...]] = field(default_factory=dict)  # value -> words departments write
    labels: dict[str, str] = field(default_factory=dict)  # value -> Chinese label
    meanings: dict[str, str] = field(default_factory=dict)  # value -> English
    examples: tuple = ()
    identity: str | None = None
    unit: str | None = None
    physical_unit: str | None = None
    reference: str | None = None
    end_of: str | None = None
    purpose: str = "hardship"
    sources: tuple[str, ...] = ()
    dimension: str | None = None
    rewrites: tuple[tuple[str, str], ...] = ()  # (pattern, replacement), in order of trial

    @property
    def column(self) -> str:
        """Name in Parquet: identities are stored as integer keys."""
        return self.name.removesuffix("_id") + "_key" if self.identity else self.name

    @property
    def arrow_type(self) -> pa.DataType:
        """Type in Parquet; money is exact decimal, never float."""
        if self.identity:
            return pa.int64()
        decimal = re.fullmatch(r"decimal\((\d+),\s*(\d+)\)", self.physical_type or "")
        if decimal:
            return pa.decimal128(int(decimal[1]), int(decimal[2]))
        return {
            "string": pa.string(),
            "date": pa.date32(),
            "number": pa.float64(),
            "integer": pa.int64(),
            "boolean": pa.bool_(),
            "array": pa.list_(pa.string()),
        }[self.logical_type]


@dataclass(frozen=True)
class Quality:
    """One promise about an extract as a whole or a column; `severity` error holds the extract."""

    id: str
    description: str
    severity: str
    metric: str | None = None  # library metrics of the standard
    check: str | None = None  # ours: see pipelines/validate
    column: str | None = None
    arguments: dict = field(default_factory=dict)
    bounds: dict = field(default_factory=dict)  # mustBe..., as the standard names them
    unit: str = "rows"


@dataclass(frozen=True)
class Contract:
    """One extract (or published table): its columns, whom it covers, its quality and delivery terms."""

    id: str
    version: str
    department: str
    title_zh: str
    title_en: str
    grain: str
    properties: tuple[Property, ...]
    quality: tuple[Quality, ...]
    document: Document
    files: tuple[str, ...] = ()
    kind: str = "stock"
    coverage: str = ""
    form: dict = field(default_factory=dict)
    delivery_months: tuple[int, ...] = tuple(range(1, 13))
    delivery_day: int = 5
    maximum_age_months: int = 0
    is_required: bool = False
    keeps_identity: bool = False
    on_duplicate: str = "reject"

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Parquet columns of the grain's key, empty when a row has none."""
        return tuple(p.column for p in self.properties if p.primary_key)

    @property
    def arrow_schema(self) -> pa.Schema:
        """Columns of the accepted rows in Parquet (without provenance)."""
        columns = []
        for p in self.properties:
            columns.append(pa.field(p.column, p.arrow_type))
            if p.identity and self.keeps_identity:
                columns.append(pa.field(p.name, pa.string()))
        return pa.schema(columns)

    @property
    def rows_schema(self) -> pa.Schema:
        """Columns of rows.parquet: the contract's, the month delivered for, and is_repaired."""
        extra = [pa.field("month", pa.date32()), pa.field("is_repaired", pa.bool_())]
        return pa.schema([*self.arrow_schema, *extra])

    def property(self, name: str) -> Property:
        """The property of that name; raises KeyError."""
        return {p.name: p for p in self.properties}[name]


def load_extracts(folder: Path = SCHEMAS) -> dict[str, Contract]:
    """All extract contracts by id, in order of their ids; raises Problems with every error found."""
    return {i: c for i, c in load_contracts(folder).items() if "__" in i}


def load_contracts(folder: Path = SCHEMAS) -> dict[str, Contract]:
    """All contracts by id: extracts (`department__extract`) and published tables (plain nouns)."""
    contracts, problems = {}, []
    for path in sorted(folder.glob("*.yaml")):
        try:
            contracts[path.stem] = load_contract(path)
        except Problems as error:
            problems += error.problems
    if problems:
        raise Problems("Contracts with errors", problems)
    if not contracts:
        raise HardshipError(f"No contracts (*.yaml) in {folder}.")
    return contracts


def load_contract(path: Path) -> Contract:
    """One contract; raises Problems with every error in the file."""
    version = path.stat()
    return _load(path, version.st_mtime_ns, version.st_size)


# Checking all contracts against the standard takes half a second, and a month asks for them 50 times.
@functools.lru_cache(maxsize=256)
def _load(path: Path, *_version: int) -> Contract:
    document = read_document(path)
    problems = list(standard_problems(document))
    try:
        problems += contract_problems(document)
    except (AttributeError, KeyError, TypeError):
        if not problems:  # a file of the right shape is always checked to its end
            raise
    if problems:
        raise Problems("Contract with errors", problems)
    return _build(document)


def _build(document: Document) -> Contract:
    data = document.data
    table, custom = data["schema"][0], custom_properties(data)
    terms = {sla["property"]: sla["value"] for sla in data.get("slaProperties") or []}
    title = table.get("businessName") or data.get("name") or data["id"]
    zh, _, en = title.partition(" / ")
    properties = tuple(_property(item) for item in table.get("properties") or [])
    quality = [_quality(item, None) for item in table.get("quality") or []]
    for item, prop in zip(table.get("properties") or [], properties, strict=True):
        quality += [_quality(promise, prop.column) for promise in item.get("quality") or []]
    return Contract(
        id=data["id"],
        version=str(data["version"]),
        department=data.get("domain", ""),
        title_zh=zh,
        title_en=en or zh,
        grain=table["dataGranularityDescription"],
        properties=properties,
        quality=tuple(quality),
        document=document,
        files=tuple(custom.get("files") or ()),
        kind=custom.get("kind", "stock"),
        coverage=custom.get("coverage", ""),
        form=custom.get("form") or {},
        delivery_months=tuple(custom.get("deliveryMonths") or range(1, 13)),
        delivery_day=int(terms.get("deliveryDay", 5)),
        maximum_age_months=int(terms.get("maximumAge", 0)),
        is_required=bool(terms.get("requiredForMonth", False)),
        keeps_identity=bool(custom.get("keepsIdentity", False)),
        on_duplicate=custom.get("onDuplicate", "reject"),
    )


def _property(item: dict) -> Property:
    custom, options = custom_properties(item), item.get("logicalTypeOptions") or {}
    enum, labels, meanings = {}, {}, {}
    for value in item.get("enum") or []:
        code = str(value["value"])
        words = custom_properties(value).get("words") or []
        enum[code] = tuple(dict.fromkeys([code, value.get("label") or code, *map(str, words)]))
        labels[code] = value.get("label") or code
        meanings[code] = value.get("description") or code.replace("_", " ")
    header = item.get("physicalName") or item["name"]
    return Property(
        name=item["name"],
        logical_type=item.get("logicalType", "string"),
        header=header,
        synonyms=tuple(s["synonym"] for s in item.get("synonyms") or []),
        description=item.get("description", ""),
        format=options.get("format"),
        pattern=options.get("pattern"),
        minimum=_bound(options.get("minimum")),
        maximum=_bound(options.get("maximum")),
        required=bool(item.get("required") or item.get("primaryKey")),
        unique=bool(item.get("unique")),
        primary_key=bool(item.get("primaryKey")),
        classification=item["classification"],
        physical_type=item.get("physicalType"),
        enum=enum,
        labels=labels,
        meanings=meanings,
        examples=tuple(item.get("examples") or ()),
        identity=custom.get("identity"),
        unit=custom.get("unit"),
        physical_unit=custom.get("physicalUnit"),
        reference=custom.get("reference"),
        end_of=custom.get("endOf"),
        purpose=custom.get("purpose", "hardship"),
        sources=tuple(custom.get("sources") or ()),
        dimension=custom.get("dimension"),
        rewrites=tuple((r["pattern"], r["to"]) for r in custom.get("rewrites") or ()),
    )


def _bound(value):
    return Decimal(str(value)) if isinstance(value, (int, float)) else value


def _quality(item: dict, column: str | None) -> Quality:
    implementation = dict(item.get("implementation") or {})
    return Quality(
        id=item["id"],
        description=item["description"],
        severity=item["severity"],
        metric=item.get("metric"),
        check=implementation.pop("check", None),
        column=column,
        arguments=item.get("arguments") or implementation,
        bounds={k: v for k, v in item.items() if k.startswith("mustBe") or k.startswith("mustNotBe")},
        unit=item.get("unit", "rows"),
    )
