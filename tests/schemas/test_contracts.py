"""What the departments promised: every contract is valid, says whom it covers and guards what is personal."""

from __future__ import annotations

import fnmatch
import itertools
import re

import jsonschema
import polars as pl
import pyarrow as pa
import pytest
import yaml

from pipelines.contract import SCHEMAS, load_contracts, load_extracts
from pipelines.contract_check import fold_header, fold_word
from pipelines.standard import json_schema, keeps_standard

CONTRACTS = load_contracts()
EXTRACTS = load_extracts()
BY_EXTRACT = pytest.mark.parametrize("contract", EXTRACTS.values(), ids=EXTRACTS)

# Whom an extract would contain if the thing were true (definitions, "What is known").
COVERAGES = {
    "everyone",
    "everyone recorded by grid staff",
    "everyone who declares here",
    "local hukou",
    "registered migrants",
    "locally insured",
    "locally insured workers",
    "pensioners paid here",
    "local pupils",
    "couples registered here",
    "births here",
    "visited households",
    "presence only",
}

# What a promise of the standard or of ours needs to say before it tests anything.
BOUNDS = {
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
    "mustNotBeBetween",
}
NEEDS = {
    "volume_against_recent_months": {"minimumShare", "maximumShare"},
    "latest_date_in_month": {"column"},
}


@pytest.mark.parametrize("contract_id", CONTRACTS)
def test_every_contract_is_valid_by_the_official_schema_of_the_standard(contract_id):
    data = yaml.safe_load((SCHEMAS / f"{contract_id}.yaml").read_text(encoding="utf-8"))
    jsonschema.validate(data, json_schema())


def _spoilt(value):
    """The same data with one key misspelt, or with one value of another kind, at every place in turn."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield {f"{k}_" if k == key else k: v for k, v in value.items()}
            yield from ({**value, key: other} for other in _spoilt(item))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from ([*value[:index], other, *value[index + 1 :]] for other in _spoilt(item))
    else:
        yield [value]


def test_the_fast_look_at_a_contract_and_the_one_that_words_what_is_wrong_agree():
    text = (SCHEMAS / "human_resources__unemployment.yaml").read_text(encoding="utf-8")
    slow = jsonschema.validators.validator_for(json_schema())(json_schema())
    answers = [
        (keeps_standard(data), slow.is_valid(data))
        for data in itertools.islice(_spoilt(yaml.safe_load(text)), 0, None, 7)
    ]
    assert len(answers) > 30
    assert {fast for fast, _ in answers} == {True, False}  # some places take anything
    assert all(fast == slow for fast, slow in answers)


def test_eleven_departments_and_the_towns_deliver():
    departments = {contract.department for contract in EXTRACTS.values()}
    assert len(departments - {"towns"}) == 11
    assert "towns" in departments
    assert len(EXTRACTS) == 25


@BY_EXTRACT
def test_every_contract_says_whom_it_covers(contract):
    assert contract.coverage in COVERAGES


def test_assets_prove_presence_only():
    owned = ("public_security__vehicles", "housing__properties", "market_supervision__businesses")
    assert {EXTRACTS[extract].coverage for extract in owned} == {"presence only"}


def test_only_the_residents_register_holds_up_a_month():
    assert [c.id for c in EXTRACTS.values() if c.is_required] == ["public_security__residents"]


@BY_EXTRACT
def test_a_flow_is_never_carried_forward_and_a_roll_is_for_a_while(contract):
    if contract.kind == "flow":
        assert contract.maximum_age_months == 0
    else:
        assert 1 <= contract.maximum_age_months <= 12


def test_only_schools_skip_a_month_and_it_is_august():
    skipped = {c.id: set(range(1, 13)) - set(c.delivery_months) for c in EXTRACTS.values()}
    assert {i: months for i, months in skipped.items() if months} == {"education__enrolments": {8}}


# Files and headers ---------------------------------------------------------------------------------


def delivered_names(contract):
    """Names a department might give its files of June 2022."""
    for pattern in contract.files:
        filled = pattern.format(month="2022-06", yyyymm="202206")
        for middle, end in itertools.product(("", "三角镇"), (".csv", ".xlsx", "_三角镇.xlsx", "-更正.csv")):
            yield re.sub(r"\*$", end, filled).replace("*", middle)


def test_no_file_is_claimed_by_two_contracts():
    claims = {}
    for contract in EXTRACTS.values():
        for pattern in contract.files:
            assert claims.setdefault(pattern, contract.id) == contract.id
    filled = {p.format(month="2022-06", yyyymm="202206"): owner for p, owner in claims.items()}
    for contract in EXTRACTS.values():
        for name in delivered_names(contract):
            assert {owner for p, owner in filled.items() if fnmatch.fnmatch(name, p)} == {contract.id}


def test_last_months_file_is_not_this_months():
    for contract in EXTRACTS.values():
        # A list that comes back carries the month it was made for.
        undated = [pattern for pattern in contract.files if "{" not in pattern]
        assert not undated or contract.form["prefilled"]
        for pattern in set(contract.files) - set(undated):
            may = pattern.format(month="2022-05", yyyymm="202205")
            assert not any(fnmatch.fnmatch(name, may) for name in delivered_names(contract))


@BY_EXTRACT
def test_every_header_means_one_column(contract):
    owners = {}
    for prop in contract.properties:
        for header in (prop.header, *prop.synonyms):
            assert owners.setdefault(fold_header(header), prop.name) == prop.name
    # A serial number or a total would otherwise be read as a column.
    assert not {"序号", "合计", "小计", "备注"} & set(owners)


@BY_EXTRACT
def test_every_column_is_known_by_a_chinese_header_and_one_other(contract):
    for prop in contract.properties:
        assert re.search("[\u4e00-\u9fff]", prop.header), prop.name
        assert prop.synonyms, prop.name


@pytest.mark.parametrize("header", ["公民身份号码", "身份证号", "身份证号码", "证件号码"])
def test_a_residents_id_is_found_under_the_headers_departments_use(header):
    for extract in ("public_security__residents", "medical_insurance__settlements", "taxation__incomes"):
        resident = EXTRACTS[extract].property("resident_id")
        assert header in (resident.header, *resident.synonyms)


@BY_EXTRACT
def test_every_contract_says_in_which_form_the_department_delivers(contract):
    form = contract.form
    if form["format"] == "csv":
        assert form["encoding"] in ("gb18030", "utf-8", "utf-8-sig")
        assert form["separator"] in (",", "\t", "|")
    else:
        assert form["format"] == "xlsx"
        assert "encoding" not in form and "separator" not in form


def test_departments_deliver_in_different_forms_as_in_life():
    forms = [contract.form for contract in EXTRACTS.values()]
    assert {form.get("encoding") for form in forms} >= {"gb18030", "utf-8", "utf-8-sig"}
    assert {form.get("separator") for form in forms} >= {",", "\t", "|"}
    assert {"titleRows", "totalRow", "serialColumn", "splitBy"} <= set().union(*forms)


# What is kept of people ----------------------------------------------------------------------------


@pytest.mark.parametrize("contract_id", CONTRACTS)
def test_no_contract_loads_a_diagnosis(contract_id):
    for prop in CONTRACTS[contract_id].properties:
        words = " ".join((prop.name, prop.header, *prop.synonyms)).lower()
        assert not re.search("诊断|病种|病名|疾病名称|确诊|icd|diagnos", words), prop.name


@BY_EXTRACT
def test_ids_names_addresses_and_health_are_restricted(contract):
    for prop in contract.properties:
        personal = (
            prop.identity
            or prop.name == "name"
            or "address" in prop.name
            or prop.name.startswith("disability_")
            or prop.name == "plate_no"
            or contract.id == "health__major_illnesses"
        )
        if personal:
            assert prop.classification == "restricted", prop.name


@BY_EXTRACT
def test_ids_are_kept_as_keys_and_never_ask_a_rule(contract):
    for prop in contract.properties:
        if prop.identity:
            assert contract.arrow_schema.field(prop.column).type == pa.int64()
            assert prop.purpose != "hardship"


@BY_EXTRACT
def test_a_number_that_holds_an_id_is_kept_as_a_key(contract):
    for prop in contract.properties:
        if r"\d{17}" in (prop.pattern or "") or re.search(r"\d{17}[\dX]", " ".join(map(str, prop.examples))):
            assert prop.identity, prop.name


def test_readable_identities_are_kept_by_the_two_registers_only():
    keeping = [contract.id for contract in EXTRACTS.values() if contract.keeps_identity]
    assert keeping == ["public_security__residence_permits", "public_security__residents"]
    for contract in EXTRACTS.values():
        named = any(prop.name == "name" for prop in contract.properties)
        assert named == contract.keeps_identity


def test_no_contract_carries_an_id_outside_the_unassigned_prefix():
    for path in SCHEMAS.glob("*.yaml"):
        for number in re.findall(r"(?<!\d)[1-9]\d{14,19}[0-9Xx]?(?!\d)", path.read_text(encoding="utf-8")):
            # Bounds of amounts are round; everything else of this length would be a person's number.
            assert number.startswith("442099") or set(number[1:]) == {"0"}, path.name


# Columns -------------------------------------------------------------------------------------------


@BY_EXTRACT
def test_names_say_the_unit_and_the_type(contract):
    for prop in contract.properties:
        kind = prop.arrow_type
        assert prop.name.endswith("_yuan") == (prop.unit == "yuan"), prop.name
        assert prop.name.endswith("_m2") == (prop.unit == "m2"), prop.name
        assert pa.types.is_decimal(kind) == (prop.unit in ("yuan", "m2")), prop.name
        assert (prop.logical_type == "date") == prop.name.endswith("_on"), prop.name
        assert (prop.logical_type == "boolean") == prop.name.startswith("is_"), prop.name
        assert not pa.types.is_floating(kind), prop.name


@BY_EXTRACT
def test_amounts_and_dates_have_bounds(contract):
    for prop in contract.properties:
        if prop.unit:
            assert prop.minimum is not None and prop.maximum is not None, prop.name
            assert prop.minimum < prop.maximum, prop.name
        if prop.logical_type == "date":
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", prop.minimum), prop.name
            assert prop.format in ("yyyy-MM-dd", "yyyyMMdd", "yyyyMM", "yyyy-MM"), prop.name


@BY_EXTRACT
def test_every_code_has_a_chinese_label_and_no_word_two_meanings(contract):
    for prop in contract.properties:
        meanings = {}
        for value, words in prop.enum.items():
            assert prop.labels[value] and re.search("[\u4e00-\u9fffA-D]", prop.labels[value]), prop.name
            for word in words:
                assert meanings.setdefault(fold_word(word), value) == value, (prop.name, word)


def code_of(extract, column, word):
    enum = EXTRACTS[extract].property(column).enum
    found = [value for value, words in enum.items() if fold_word(word) in map(fold_word, words)]
    assert len(found) == 1, (word, found)
    return found[0]


@pytest.mark.parametrize("word", ["2", "二级", "Ⅱ", "Ⅱ级", "II", "２"])
def test_a_grade_of_disability_is_read_as_digit_word_or_roman_numeral(word):
    assert code_of("disabled_persons__certificates", "disability_grade", word) == "2"


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("最低生活保障", "dibao"),
        ("低收入家庭", "edge"),
        ("事实无人抚养儿童", "orphan"),
        ("特困人员", "tekun"),
    ],
)
def test_kinds_of_assistance_are_read_under_their_old_and_new_names(word, kind):
    assert code_of("civil_affairs__assistance_roll", "assistance_type", word) == kind


def test_every_relation_code_of_the_national_standard_is_known():
    codes = ["01", "02", *(str(n) for n in range(10, 80) if n not in range(13, 20))]
    relations = {code: code_of("public_security__residents", "relation_to_head", code) for code in codes}
    assert relations["02"] == "head"
    assert relations["22"] == relations["32"] == "child"
    assert (relations["28"], relations["38"]) == ("child_in_law", "child_in_law")
    assert (relations["51"], relations["55"]) == ("parent", "parent_in_law")


def rewritten(extract, column, written):
    """A value after the contract's rewrites, as ingest applies them."""
    prop = EXTRACTS[extract].property(column)
    for pattern, to in prop.rewrites:
        tidy = pl.select(
            pl.when(pl.lit(written).str.contains(pattern)).then(pl.lit(written).str.replace(pattern, to))
        ).item()
        if tidy is not None:
            written = tidy
            break
    return written, bool(re.search(prop.pattern, written))


@pytest.mark.parametrize(
    ("written", "term"),
    [
        ("2021秋", "2021-autumn"),
        ("2022春", "2022-spring"),
        ("2021年秋季", "2021-autumn"),
        ("2022年春季学期", "2022-spring"),
        ("2021-2022学年第一学期", "2021-autumn"),
        ("2021-2022学年第二学期", "2022-spring"),
        ("2021-2022-1", "2021-autumn"),
        ("2021-2022-2", "2022-spring"),
        ("2021-2022学年上学期", "2021-autumn"),
        ("2021-autumn", "2021-autumn"),
    ],
)
def test_a_term_is_one_term_however_the_school_writes_it(written, term):
    assert rewritten("education__enrolments", "term", written) == (term, True)


@pytest.mark.parametrize(
    ("written", "share"),
    [("1/2", "1/2"), ("单独所有", "1/1"), ("100%", "1/1"), ("50%", "1/2"), ("6分之1", "1/6")],
)
def test_a_share_of_a_home_is_a_fraction(written, share):
    assert rewritten("housing__properties", "share", written) == (share, True)


@pytest.mark.parametrize("written", ["秋", "21秋", "2021", "2021冬"])
def test_what_names_no_term_is_refused(written):
    assert not rewritten("education__enrolments", "term", written)[1]


@pytest.mark.parametrize("written", ["共同共有", "0/1", "1/0", "0.5"])
def test_what_is_no_share_is_refused(written):
    assert not rewritten("housing__properties", "share", written)[1]


# Promises ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("contract_id", CONTRACTS)
def test_every_promise_carries_what_its_metric_needs(contract_id):
    contract = CONTRACTS[contract_id]
    columns = set(contract.arrow_schema.names)
    for promise in contract.quality:
        if promise.metric:
            assert len(BOUNDS & set(promise.bounds)) == 1, promise.id
            assert (promise.metric == "rowCount") == (promise.column is None), promise.id
            if promise.metric == "invalidValues":
                assert {"validValues", "pattern"} & set(promise.arguments), promise.id
        elif promise.check in NEEDS:
            assert set(promise.arguments) == NEEDS[promise.check], promise.id
            assert promise.arguments.get("column") in columns | {None}, promise.id
        else:
            assert promise.check, promise.id


@BY_EXTRACT
def test_every_extract_promises_rows_a_volume_and_a_key(contract):
    promised = {promise.id: promise for promise in contract.quality}
    assert promised["row_count"].metric == "rowCount"
    assert promised["volume"].check == "volume_against_recent_months"
    shares = promised["volume"].arguments
    assert 0 <= shares["minimumShare"] < 1 < shares["maximumShare"]
    assert contract.primary_key


@BY_EXTRACT
def test_every_flow_promises_that_its_latest_day_lies_in_the_month(contract):
    fresh = [p for p in contract.quality if p.check == "latest_date_in_month"]
    assert len(fresh) == (1 if contract.kind == "flow" else 0)
    for promise in fresh:
        assert promise.severity == "warning"


@BY_EXTRACT
def test_a_loosened_bound_carries_its_reason(contract):
    volume = next(p for p in contract.quality if p.id == "volume")
    shares = volume.arguments
    is_loose = shares["minimumShare"] < 0.5 or shares["maximumShare"] > 2 or volume.severity == "warning"
    if is_loose:
        assert re.search("only a warning: .{10,}", volume.description), volume.description
    elif shares["minimumShare"] < 0.7:
        assert re.search("because|;", volume.description), volume.description


@BY_EXTRACT
def test_half_a_file_is_held_unless_a_month_has_only_a_few_rows(contract):
    volume = next(p for p in contract.quality if p.id == "volume")
    few = {
        "public_security__cancellations",
        "civil_affairs__funerals",
        "emergency__incidents",
        "health__births",
        "housing__public_rentals",
        "housing__dilapidated_houses",
        "towns__leads",
        "towns__visits",
    }
    holds = volume.severity == "error" and volume.arguments["minimumShare"] >= 0.5
    assert holds == (contract.id not in few)


# Files as a reader sees them -----------------------------------------------------------------------


@BY_EXTRACT
def test_a_contract_fits_a_screen_wide_and_describes_itself(contract):
    text = contract.document.path.read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 120
    assert "\t" not in text
    described = yaml.safe_load(text)["description"]
    assert {"purpose", "limitations", "usage"} <= set(described)
