"""Contracts: a slip of the pen is refused where it stands, with what is allowed, and all slips at once."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from pipelines.contract import load_contract, load_contracts, load_extracts
from pipelines.contract_check import fold_header
from pipelines.problem import HardshipError, Problems

ROLL = """\
apiVersion: v3.2.0
kind: DataContract
id: parks__passes
version: 1.0.0
status: active
domain: parks
name: 年票
schema:
  - name: parks__passes
    businessName: 年票 / Park passes
    dataGranularityDescription: One row per pass.
    properties:
      - name: resident_id
        physicalName: 身份证号
        synonyms: [{synonym: 证件号码, locale: zh-CN}]
        logicalType: string
        primaryKey: true
        classification: restricted
        description: ID of the holder.
        customProperties: [{property: identity, value: resident}]
      - name: price_yuan
        physicalName: 票价
        logicalType: number
        physicalType: decimal(12,2)
        logicalTypeOptions: {minimum: 0, maximum: 500}
        classification: internal
        description: Price paid.
        quality:
          - id: priced
            description: Most pay.
            metric: nullValues
            mustBeLessThan: 20
            unit: percent
            severity: warning
      - name: kind
        physicalName: 票种
        logicalType: string
        classification: internal
        description: Kind of pass.
        enum:
          - {value: adult, label: 成人, customProperties: [{property: words, value: [全票, "1"]}]}
          - {value: child, label: 儿童, customProperties: [{property: words, value: [半票, "2"]}]}
      - name: bought_on
        physicalName: 购票日期
        logicalType: date
        classification: internal
        description: Day of purchase.
    quality:
      - {id: row_count, description: Somebody walks., metric: rowCount, mustBeGreaterThan: 0, severity: error}
      - id: volume
        description: Rows against recent months.
        type: custom
        engine: hardship
        implementation: {check: volume_against_recent_months, minimumShare: 0.5, maximumShare: 2.0}
        severity: error
slaProperties:
  - {property: deliveryDay, value: 7}
  - {property: maximumAge, value: 2}
customProperties:
  - {property: files, value: ["parks/年票_{yyyymm}*"]}
  - {property: kind, value: stock}
  - {property: coverage, value: everyone}
  - {property: form, value: {format: csv, encoding: utf-8, separator: ","}}
  - {property: onDuplicate, value: latest bought_on}
"""


@pytest.fixture
def load(tmp_path):
    def load(*slips):
        text = ROLL
        for right, wrong in slips:
            assert text.count(right) == 1, f"{right!r} stands {text.count(right)} times"
            text = text.replace(right, wrong)
        path = tmp_path / "parks__passes.yaml"
        path.write_text(text, encoding="utf-8")
        return load_contract(path)

    return load


def line_of(text):
    return next(n for n, line in enumerate(ROLL.splitlines(), 1) if text in line)


# What a contract says ------------------------------------------------------------------------------


def test_a_contract_says_what_ingest_and_the_gate_need(load):
    contract = load()
    assert (contract.department, contract.title_zh, contract.title_en) == ("parks", "年票", "Park passes")
    assert contract.grain == "One row per pass."
    assert (contract.kind, contract.coverage) == ("stock", "everyone")
    assert (contract.delivery_day, contract.maximum_age_months, contract.is_required) == (7, 2, False)
    assert contract.delivery_months == tuple(range(1, 13))
    assert contract.on_duplicate == "latest bought_on"
    assert contract.property("kind").enum == {
        "adult": ("adult", "成人", "全票", "1"),
        "child": ("child", "儿童", "半票", "2"),
    }
    assert contract.property("price_yuan").maximum == Decimal(500)
    priced = next(p for p in contract.quality if p.id == "priced")
    assert (priced.column, priced.bounds, priced.unit) == ("price_yuan", {"mustBeLessThan": 20}, "percent")
    volume = next(p for p in contract.quality if p.id == "volume")
    assert volume.check == "volume_against_recent_months"
    assert volume.arguments == {"minimumShare": 0.5, "maximumShare": 2.0}


def test_ids_become_integer_keys_and_money_is_exact(load):
    schema = load().arrow_schema
    assert schema.names == ["resident_key", "price_yuan", "kind", "bought_on"]
    assert schema.types == [pa.int64(), pa.decimal128(12, 2), pa.string(), pa.date32()]
    assert load().primary_key == ("resident_key",)


def test_the_text_of_an_id_is_kept_beside_its_key_only_where_the_contract_says_so(load):
    contract = load(
        (
            "  - {property: kind, value: stock}",
            "  - {property: kind, value: stock}\n  - {property: keepsIdentity, value: true}",
        )
    )
    assert contract.arrow_schema.names[:2] == ["resident_key", "resident_id"]


def test_a_key_column_is_required_without_saying_so(load):
    assert load().property("resident_id").required
    assert not load().property("kind").required


@pytest.mark.parametrize(
    ("header", "folded"),
    [
        ("票 价（元）", "票价"),
        ("票价(万元)", "票价"),
        ("＊证件号码：", "证件号码"),
        ("MED_TYPE", "medtype"),
        (" 身份证\n号 ", "身份证号"),
    ],
)
def test_headers_are_compared_without_spaces_units_and_width(header, folded):
    assert fold_header(header) == folded


# Slips of the pen ----------------------------------------------------------------------------------

SLIPS = {
    # the standard
    "physicalName: 票价": ("physicalNam: 票价", "unknown key physicalNam", "Did you mean physicalName?"),
    "domain: parks": ("domian: parks", "unknown key domian", "Did you mean domain?"),
    "synonym: 证件号码": ("synonim: 证件号码", "unknown key synonim", "Did you mean synonym?"),
    "minimum: 0": ("minimun: 0", "unknown key minimun", "Did you mean minimum?"),
    "mustBeGreaterThan": (
        "mustBeGreaterThen",
        "unknown key mustBeGreaterThen",
        "Did you mean mustBeGreaterThan?",
    ),
    "value: adult": ("valu: adult", "unknown key valu", "Did you mean value?"),
    "kind: DataContract": ("kind: Contract", "found Contract", "allowed: DataContract"),
    "logicalType: date": ("logicalType: day", "found day", "allowed: string, date"),
    "metric: rowCount": ("metric: rowcount", "found rowcount", "Did you mean rowCount?"),
    "version: 1.0.0": ("colour: green", "unknown key colour", "goes into customProperties"),
    "primaryKey: true": ("primaryKey: yess", "found yess", "allowed: true or false"),
    "            mustBeLessThan: 20\n": ("", "none of the keys", "exactly one of mustBe, mustBeBetween"),
    # the house
    "id: parks__passes": ("id: parks__pases", "found parks__pases", "the file's name, parks__passes"),
    "  - name: parks__passes": (
        "  - name: passes",
        "found 1 tables",
        "exactly one table named parks__passes",
    ),
    "    dataGranularityDescription: One row per pass.\n": ("", "no dataGranularityDescription", "the grain"),
    "property: coverage": ("property: covrage", "found covrage", "allowed: coverage, deliveryMonths, files"),
    "property: kind, value: stock": ("property: kind, value: heap", "kind heap", "stock or flow"),
    "property: maximumAge": ("property: maximumage", "found maximumage", "deliveryDay, maximumAge"),
    "property: maximumAge, value: 2": ("property: maximumAge, value: two", "found two", "number of months"),
    "property: deliveryDay, value: 7": ("property: deliveryDay, value: 31", "found 31", "a day from 1 to 28"),
    "name: bought_on": ("name: boughtOn", "found boughtOn", "lower-case words joined by _"),
    "        description: Price paid.\n": (
        "",
        "price_yuan without description",
        "description of every column",
    ),
    "classification: restricted": (
        "classification: internal",
        "found internal",
        "restricted for an identity",
    ),
    "value: resident": (
        "value: citizen",
        "identity citizen",
        "resident, birth_certificate, disability_certificate",
    ),
    "decimal(12,2)": ("decimal(12.2)", "found decimal(12.2)", "decimal(12,2) and the like"),
    "physicalName: 购票日期": (
        "physicalName: 票价（元）",
        "of both price_yuan and bought_on",
        "each header for one column",
    ),
    "半票": ("全票", "全票 for both adult and child", "each word for one value"),
    "severity: warning": ("severity: mild", "found mild", "error or warning"),
    "description: Somebody walks., ": ("", "no description", "description of every quality promise"),
    "check: volume": ("chek: volume", "neither metric nor check", "an implementation with a check"),
    "id: volume": ("id: row_count", "found row_count", "each promise once"),
    "unit: percent": ("unit: permille", "found permille", "rows or percent"),
    "metric: nullValues": ("metric: invalidValues", "invalidValues of anything", "validValues or pattern"),
    "format: csv": ("format: dbf", "form format dbf", "csv or xlsx"),
    "separator": ("seperator", "form word seperator", "separator"),
    "parks/年票_{yyyymm}*": ("parks/年票*", "files parks/年票*", "names {month} or {yyyymm}"),
    "latest bought_on": (
        "newest bought_on",
        "onDuplicate newest bought_on",
        "latest or earliest and a date column",
    ),
    "primaryKey: true\n        ": ("", "no primaryKey", "the columns that tell rows apart"),
}


@pytest.mark.parametrize("right", SLIPS, ids=lambda right: right.strip())
def test_a_slip_is_refused_with_its_file_line_key_and_what_is_allowed(load, right):
    wrong, found, allowed = SLIPS[right]
    with pytest.raises(Problems) as caught:
        load((right, wrong))
    lines = str(caught.value).splitlines()[1:]
    told = [line for line in lines if found in line and allowed in line]
    assert told, lines
    assert told[0].startswith("  - parks__passes.yaml, line ")
    assert ", key " in told[0]


def test_a_misspelt_key_is_told_once_at_its_own_line(load):
    with pytest.raises(Problems) as caught:
        load(("        physicalName: 票价", "        physicalNam: 票价"))
    (problem,) = caught.value.problems
    assert problem.where == f"line {line_of('physicalName: 票价')}, key schema[0].properties[1].physicalNam"


def test_the_right_keys_beside_a_wrong_one_are_not_blamed(load):
    with pytest.raises(Problems) as caught:
        load(("synonym: 证件号码", "synonim: 证件号码"), ("value: adult", "valu: adult"))
    assert {problem.found for problem in caught.value.problems} == {"unknown key synonim", "unknown key valu"}


def test_all_slips_of_a_file_are_told_at_once_in_reading_order(load):
    with pytest.raises(Problems) as caught:
        load(
            ("domain: parks", "domain: park"),
            ("logicalTypeOptions: {minimum: 0", "logicalTypeOptions: {minimun: 0"),
            ("severity: warning", "severity: mild"),
            ("property: coverage", "property: covrage"),
        )
    lines = [int(problem.where.split()[1].rstrip(",")) for problem in caught.value.problems]
    assert len(lines) >= 4
    assert lines == sorted(lines)


def test_all_slips_of_all_files_are_told_at_once(tmp_path):
    for name in ("parks__passes", "parks__benches"):
        text = ROLL.replace("parks__passes", name).replace("kind: DataContract", "kind: Contract")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(Problems) as caught:
        load_contracts(tmp_path)
    assert {problem.file for problem in caught.value.problems} == {
        "parks__passes.yaml",
        "parks__benches.yaml",
        "broken.yaml",
    }


@pytest.mark.parametrize(
    "text", ["schema: 3\n", "id: x\nschema: [1, 2]\n", "customProperties: [kind]\n", "- a\n"]
)
def test_a_file_of_quite_another_shape_is_refused_in_words(tmp_path, text):
    path = tmp_path / "parks__passes.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Problems, match=r"parks__passes\.yaml"):
        load_contract(path)


def test_a_folder_without_contracts_is_refused(tmp_path):
    with pytest.raises(HardshipError, match="No contracts"):
        load_contracts(tmp_path)


def test_a_flow_that_would_be_carried_forward_is_refused(load):
    with pytest.raises(Problems, match="because a flow is never carried forward"):
        load(("property: kind, value: stock", "property: kind, value: flow"))


def test_a_contract_that_was_mended_is_read_again(load):
    with pytest.raises(Problems):
        load(("maximum: 500", "maximun: 500"))
    assert load().property("price_yuan").maximum == 500
    assert load(("maximum: 500", "maximum: 600")).property("price_yuan").maximum == 600


def test_published_tables_are_contracts_but_no_extracts(tmp_path):
    (tmp_path / "parks__passes.yaml").write_text(ROLL, encoding="utf-8")
    (tmp_path / "lists.yaml").write_text(ROLL.replace("parks__passes", "lists"), encoding="utf-8")
    assert list(load_contracts(tmp_path)) == ["lists", "parks__passes"]
    assert list(load_extracts(tmp_path)) == ["parks__passes"]
