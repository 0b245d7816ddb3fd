"""Contracts: what a department promised of an extract; the only statement of every schema.

A contract is an Open Data Contract Standard v3.2 file below schemas/. What the standard has no word
for stands in `customProperties`:

of a contract
  files           glob patterns of the delivered files; `{month}` stands for 2022-06, `{yyyymm}` for 202206
  kind            `stock` (a roll as it stands at month end; may be carried forward) or
                  `flow` (what happened in the month; a missing month is a gap)
  coverage        whom the extract would contain if the thing were true (definitions: "What is known")
  form            how the department usually delivers: format, encoding, separator, title rows, split by
  deliveryMonths  numbers of the months it is delivered in, where not all twelve
  keepsIdentity   true where the text of identity columns is kept beside their keys
  onDuplicate     what happens to rows of one primary key that differ: `reject` (all of them, the default),
                  `latest <column>` or `earliest <column>` (the one with that date is kept)
of a property
  identity        `resident` or `birth_certificate`: `x_id` in the file becomes the integer `x_key` in Parquet
  unit            unit after conversion (yuan, m2, months ...)
  physicalUnit    unit in the file where its header names none (万元)
  reference       `towns` or `communities`: names and codes are resolved by data/reference
  rewrites        spellings of a text column that are tidied before its pattern is checked: a list of
                  `{pattern, to}`, the first pattern that matches replaced by `to` with groups as `${1}`
  purpose         `hardship` when rules may ask it; `visit`, `link` or `audit` otherwise
  sources         of a profile column: the extracts it is computed from
  words           of an enum value: the words departments write for it
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from pipelines.document import Document, read_document
from pipelines.problem import HardshipError, Problem, Problems

SCHEMAS = Path(__file__).parent.parent / "schemas"

CLASSIFICATIONS = ("public", "internal", "restricted", "secret")
_CONTRACT_WORDS = {
    "files", "kind", "coverage", "form", "deliveryMonths", "keepsIdentity", "onDuplicate",
}  # fmt: skip
_PROPERTY_WORDS = {
    "identity", "unit", "physicalUnit", "reference", "purpose", "sources", "dimension", "rewrites",
}  # fmt: skip
_ENUM_WORDS = {"words"}
_SLA_WORDS = {"deliveryDay", "maximumAge", "requiredForMonth"}


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
    examples: tuple = ()
    identity: str | None = None
    unit: str | None = None
    physical_unit: str | None = None
    reference: str | None = None
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
    document = read_document(path)
    problems = list(_standard_problems(document)) or list(_own_problems(document))
    if problems:
        raise Problems("Contract with errors", problems)
    return _build(document)


@functools.cache
def _standard_validator():
    # The official JSON schema ships with the standard's own models.
    import jsonschema
    from open_data_contract_standard.model import OpenDataContractStandard

    schema = json.loads(OpenDataContractStandard.json_schema())
    return jsonschema.validators.validator_for(schema)(schema)


def _standard_problems(document: Document):
    for error in _standard_validator().iter_errors(document.data):
        key = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error.absolute_path)
        yield document.problem(
            key.lstrip(".") or "(top)", error.message[:200], "Open Data Contract Standard v3.2"
        )


def _own_problems(document: Document):
    data, stem = document.data, document.path.stem
    if data["id"] != stem:
        yield document.problem("id", data["id"], f"the file's name, {stem}")
    tables = data.get("schema") or []
    if len(tables) != 1 or tables[0].get("name") != stem:
        yield document.problem("schema", f"{len(tables)} tables", f"exactly one table named {stem}")
        return
    if "__" in stem and data.get("domain") != stem.partition("__")[0]:
        yield document.problem("domain", data.get("domain"), f"the department, {stem.partition('__')[0]}")
    if not tables[0].get("dataGranularityDescription"):
        yield document.problem("schema[0]", "no dataGranularityDescription", "the grain in one sentence")
    yield from _unknown_words(document, "customProperties", data, _CONTRACT_WORDS)
    custom = _custom(data)
    if "__" in stem:
        if custom.get("kind") not in ("stock", "flow"):
            yield document.problem("customProperties", f"kind {custom.get('kind')}", "stock or flow")
        for word in ("files", "coverage", "form"):
            if not custom.get(word):
                yield document.problem("customProperties", f"no {word}", f"property {word}")
    for index, sla in enumerate(data.get("slaProperties") or []):
        if sla["property"] not in _SLA_WORDS:
            key = f"slaProperties[{index}].property"
            yield document.problem(key, sla["property"], ", ".join(sorted(_SLA_WORDS)))
    seen: dict[str, str] = {}
    for index, item in enumerate(tables[0].get("properties") or []):
        yield from _property_problems(document, f"schema[0].properties[{index}]", item, seen)
    for index, item in enumerate(tables[0].get("quality") or []):
        yield from _quality_problems(document, f"schema[0].quality[{index}]", item)


def _property_problems(document: Document, key: str, item: dict, seen: dict[str, str]):
    name = item.get("name") or ""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        yield document.problem(f"{key}.name", name, "lower-case words joined by _")
    if item.get("classification") not in CLASSIFICATIONS:
        yield document.problem(
            f"{key}.classification", item.get("classification"), ", ".join(CLASSIFICATIONS)
        )
    if not item.get("description"):
        yield document.problem(key, f"{name} without description", "a description of every column")
    yield from _unknown_words(document, f"{key}.customProperties", item, _PROPERTY_WORDS)
    custom = _custom(item)
    if custom.get("identity") and not name.endswith("_id"):
        yield document.problem(f"{key}.name", name, "a name ending in _id for an identity")
    for header in [item.get("physicalName"), *(s["synonym"] for s in item.get("synonyms") or [])]:
        if header is None:
            continue
        folded = fold_header(header)
        if seen.setdefault(folded, name) != name:
            yield document.problem(
                f"{key}.physicalName", f"header {header} of both {seen[folded]} and {name}",
                "each header for one column",
            )  # fmt: skip
    for number, value in enumerate(item.get("enum") or []):
        yield from _unknown_words(document, f"{key}.enum[{number}].customProperties", value, _ENUM_WORDS)
    for number, quality in enumerate(item.get("quality") or []):
        yield from _quality_problems(document, f"{key}.quality[{number}]", quality)


def _quality_problems(document: Document, key: str, item: dict):
    for word in ("id", "description"):
        if not item.get(word):
            yield document.problem(key, f"no {word}", f"{word} of every quality promise")
    if item.get("severity") not in ("error", "warning"):
        yield document.problem(f"{key}.severity", item.get("severity"), "error or warning")
    if not item.get("metric") and not isinstance(item.get("implementation"), dict):
        yield document.problem(key, "neither metric nor implementation", "one of them")


def _unknown_words(document: Document, key: str, item: dict, allowed: set[str]):
    for index, pair in enumerate(item.get("customProperties") or []):
        if pair["property"] not in allowed:
            yield document.problem(
                f"{key}[{index}].property", pair["property"], ", ".join(sorted(allowed))
            )


def fold_header(text: str) -> str:
    """A header as it is compared: no spaces or units in brackets, half-width, lower case."""
    import unicodedata

    text = unicodedata.normalize("NFKC", str(text))
    text = re.sub(r"[（(\[【].*?[)）\]】]", "", text)
    return re.sub(r"[\s_*:：]+", "", text).lower()


def _custom(item: dict) -> dict:
    return {pair["property"]: pair["value"] for pair in item.get("customProperties") or []}


def _build(document: Document) -> Contract:
    data = document.data
    table, custom = data["schema"][0], _custom(data)
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
    custom, options = _custom(item), item.get("logicalTypeOptions") or {}
    enum, labels = {}, {}
    for value in item.get("enum") or []:
        code = str(value["value"])
        words = _custom(value).get("words") or []
        enum[code] = tuple(dict.fromkeys([code, value.get("label") or code, *map(str, words)]))
        labels[code] = value.get("label") or code
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
        examples=tuple(item.get("examples") or ()),
        identity=custom.get("identity"),
        unit=custom.get("unit"),
        physical_unit=custom.get("physicalUnit"),
        reference=custom.get("reference"),
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
