"""What is wrong with a contract file beyond the standard: the house's own words and the promises' needs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from pipelines.document import Document
from pipelines.problem import Problem

CLASSIFICATIONS = ("public", "internal", "restricted", "secret")
LOGICAL_TYPES = ("string", "date", "number", "integer", "boolean", "array")

_CONTRACT_WORDS = {
    "files", "kind", "coverage", "form", "deliveryMonths", "keepsIdentity", "onDuplicate",
}  # fmt: skip
_PROPERTY_WORDS = {
    "identity", "unit", "physicalUnit", "reference", "endOf", "purpose", "sources", "dimension", "rewrites",
}  # fmt: skip
_FORM_WORDS = {
    "format", "encoding", "separator", "dateFormat", "titleRows", "totalRow", "serialColumn", "splitBy",
    "prefilled", "nameBeside",
}  # fmt: skip
_SLA_WORDS = {"deliveryDay", "maximumAge", "requiredForMonth"}
_COLUMN_METRICS = ("nullValues", "missingValues", "invalidValues", "duplicateValues")
_ALLOWED = {
    "identity": ("resident", "birth_certificate", "disability_certificate"),
    "reference": ("towns", "communities", "households"),
    "purpose": ("hardship", "visit", "link", "audit", "denied"),
}
# What nobody may be found by: ethnicity, religion, nationality, politics, crime.
_DENIED = re.compile(
    "ethnic|religio|nationality|citizenship|politic|crimin|convict"
    "|民族|宗教|国籍|政治|党派|党员|犯罪|刑事|前科|服刑"
)


def contract_problems(document: Document) -> Iterator[Problem]:
    """Every error in a contract that the standard's own schema does not know of."""
    data, stem = document.data, document.path.stem
    if data["id"] != stem:
        yield document.problem("id", data["id"], f"the file's name, {stem}")
    tables = data.get("schema") or []
    if len(tables) != 1 or tables[0].get("name") != stem:
        yield document.problem("schema", f"{len(tables)} tables", f"exactly one table named {stem}")
        return
    if not tables[0].get("dataGranularityDescription"):
        yield document.problem("schema[0]", "no dataGranularityDescription", "the grain in one sentence")
    yield from _unknown_words(document, "customProperties", data, _CONTRACT_WORDS)
    properties = tables[0].get("properties") or []
    if "__" in stem:
        yield from _extract_problems(document, properties)
    yield from _term_problems(document)
    headers: dict[str, str] = {}
    promises: set[str] = set()
    for index, item in enumerate(properties):
        key = f"schema[0].properties[{index}]"
        yield from _property_problems(document, key, item)
        yield from _header_problems(document, key, item, headers)
        for number, promise in enumerate(item.get("quality") or []):
            place = f"{key}.quality[{number}]"
            yield from _promise_problems(document, place, promise, promises, item["name"])
    for index, promise in enumerate(tables[0].get("quality") or []):
        yield from _promise_problems(document, f"schema[0].quality[{index}]", promise, promises, None)


def _extract_problems(document: Document, properties: list[dict]) -> Iterator[Problem]:
    data, department = document.data, document.path.stem.partition("__")[0]
    custom, key = custom_properties(data), "customProperties"
    if data.get("domain") != department:
        yield document.problem("domain", data.get("domain") or "nothing", f"the department, {department}")
    if custom.get("kind") not in ("stock", "flow"):
        yield document.problem(key, f"kind {custom.get('kind')}", "stock or flow")
    for word in ("files", "coverage", "form"):
        if not custom.get(word):
            yield document.problem(key, f"no {word}", f"property {word}")
    prefilled = (custom.get("form") or {}).get("prefilled") or []
    names = {item["name"] for item in properties}
    for name in [*prefilled, *(c["endOf"] for p in properties if "endOf" in (c := custom_properties(p)))]:
        if name not in names:
            yield document.problem(key, f"column {name}", "a column of this contract")
    for pattern in custom.get("files") or []:
        # A list that comes back filled in carries the month it was made for.
        is_dated = prefilled or re.search(r"\{(month|yyyymm)\}", pattern)
        if not pattern.startswith(f"{department}/") or not is_dated:
            allowed = f"a pattern that starts with {department}/ and names {{month}} or {{yyyymm}}"
            yield document.problem(key, f"files {pattern}", allowed)
    for word in sorted(set(custom.get("form") or {}) - _FORM_WORDS):
        yield document.problem(key, f"form word {word}", ", ".join(sorted(_FORM_WORDS)))
    if custom.get("form") and custom["form"].get("format") not in ("csv", "xlsx"):
        yield document.problem(key, f"form format {custom['form'].get('format')}", "csv or xlsx")
    if not all(month in range(1, 13) for month in custom.get("deliveryMonths") or []):
        yield document.problem(key, f"deliveryMonths {custom['deliveryMonths']}", "numbers from 1 to 12")
    if not any(item.get("primaryKey") for item in properties):
        yield document.problem("schema[0].properties", "no primaryKey", "the columns that tell rows apart")
    dates = {item["name"] for item in properties if item.get("logicalType") == "date"}
    word, _, column = str(custom.get("onDuplicate", "reject")).partition(" ")
    if not (word == "reject" and not column) and not (word in ("latest", "earliest") and column in dates):
        allowed = "reject, or latest or earliest and a date column"
        yield document.problem(key, f"onDuplicate {custom['onDuplicate']}", allowed)


def _term_problems(document: Document) -> Iterator[Problem]:
    custom = custom_properties(document.data)
    for index, term in enumerate(document.data.get("slaProperties") or []):
        word, value, key = term["property"], term["value"], f"slaProperties[{index}]"
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if word not in _SLA_WORDS:
            yield document.problem(f"{key}.property", word, ", ".join(sorted(_SLA_WORDS)))
        elif word == "requiredForMonth" and not isinstance(value, bool):
            yield document.problem(f"{key}.value", value, "true or false")
        elif word == "deliveryDay" and not (is_whole and 1 <= value <= 28):
            yield document.problem(f"{key}.value", value, "a day from 1 to 28")
        elif word == "maximumAge" and not (is_whole and value >= 0):
            yield document.problem(f"{key}.value", value, "a whole number of months")
        elif word == "maximumAge" and custom.get("kind") == "flow" and value:
            yield document.problem(f"{key}.value", value, "0, because a flow is never carried forward")


def _property_problems(document: Document, key: str, item: dict) -> Iterator[Problem]:
    name, custom = item.get("name") or "", custom_properties(item)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        yield document.problem(f"{key}.name", name, "lower-case words joined by _")
    if item.get("classification") not in CLASSIFICATIONS:
        found = item.get("classification") or "nothing"
        yield document.problem(f"{key}.classification", found, ", ".join(CLASSIFICATIONS))
    if not item.get("description"):
        yield document.problem(key, f"{name} without description", "a description of every column")
    if item.get("logicalType") in ("timestamp", "time", "object", "map", "vector"):
        yield document.problem(f"{key}.logicalType", item["logicalType"], ", ".join(LOGICAL_TYPES))
    exact = item.get("physicalType", "").startswith("decimal")
    if exact and not re.fullmatch(r"decimal\(\d+,\s*\d+\)", item["physicalType"]):
        yield document.problem(f"{key}.physicalType", item["physicalType"], "decimal(12,2) and the like")
    yield from _unknown_words(document, f"{key}.customProperties", item, _PROPERTY_WORDS)
    called = [name, item.get("businessName"), item.get("physicalName")]
    called += [synonym.get("synonym") for synonym in item.get("synonyms") or []]
    if custom.get("purpose") != "denied" and any(_DENIED.search(str(word).lower()) for word in called):
        found = f"{name}, by which nobody may be found, for {custom.get('purpose', 'hardship')}"
        yield document.problem(key, found, "purpose denied, or no such column")
    for word, allowed in _ALLOWED.items():
        if word in custom and custom[word] not in allowed:
            yield document.problem(f"{key}.customProperties", f"{word} {custom[word]}", ", ".join(allowed))
    if custom.get("identity") and not name.endswith("_id"):
        yield document.problem(f"{key}.name", name, "a name ending in _id for an identity")
    if custom.get("identity") and item.get("classification") not in ("restricted", "secret"):
        yield document.problem(
            f"{key}.classification", item.get("classification"), "restricted for an identity"
        )
    patterns = [((item.get("logicalTypeOptions") or {}).get("pattern"), f"{key}.logicalTypeOptions.pattern")]
    for rewrite in custom.get("rewrites") or []:
        patterns.append((rewrite.get("pattern", "("), f"{key}.customProperties"))
        if set(rewrite) != {"pattern", "to"}:
            yield document.problem(f"{key}.customProperties", ", ".join(rewrite), "a pattern and to")
    for pattern, place in patterns:
        if pattern is not None and not _is_pattern(pattern):
            yield document.problem(place, pattern, "a regular expression")
    meanings: dict[str, object] = {}
    for number, value in enumerate(item.get("enum") or []):
        place = f"{key}.enum[{number}]"
        yield from _unknown_words(document, f"{place}.customProperties", value, {"words"})
        words = custom_properties(value).get("words") or []
        for written in (value["value"], value.get("label"), *words):
            folded = fold_word(written)
            if written is not None and meanings.setdefault(folded, value["value"]) != value["value"]:
                found = f"{written} for both {meanings[folded]} and {value['value']}"
                yield document.problem(place, found, "each word for one value")


def _header_problems(document: Document, key: str, item: dict, seen: dict[str, str]) -> Iterator[Problem]:
    for header in [item.get("physicalName"), *(s["synonym"] for s in item.get("synonyms") or [])]:
        if header is not None and seen.setdefault(fold_header(header), item["name"]) != item["name"]:
            found = f"header {header} of both {seen[fold_header(header)]} and {item['name']}"
            yield document.problem(f"{key}.physicalName", found, "each header for one column")


def _promise_problems(
    document: Document, key: str, promise: dict, seen: set[str], column: str | None
) -> Iterator[Problem]:
    name = f"{column or ''}.{promise.get('id')}"
    if promise.get("id") and name in seen:
        yield document.problem(f"{key}.id", promise["id"], "each promise once")
    seen.add(name)
    for word in ("id", "description"):
        if not promise.get(word):
            yield document.problem(key, f"no {word}", f"{word} of every quality promise")
    if promise.get("severity") not in ("error", "warning"):
        yield document.problem(f"{key}.severity", promise.get("severity") or "nothing", "error or warning")
    metric, given = promise.get("metric"), promise.get("arguments") or {}
    implementation = promise.get("implementation")
    if not metric and not (isinstance(implementation, dict) and implementation.get("check")):
        yield document.problem(key, "neither metric nor check", "a metric, or an implementation with a check")
    if metric in _COLUMN_METRICS and column is None and not given.get("properties"):
        yield document.problem(key, f"{metric} of no column", "the promise at a column")
    if metric == "invalidValues" and not (given.get("validValues") or given.get("pattern")):
        yield document.problem(key, "invalidValues of anything", "arguments validValues or pattern")
    if promise.get("unit", "rows") not in ("rows", "percent"):
        yield document.problem(f"{key}.unit", promise["unit"], "rows or percent")


def _unknown_words(document: Document, key: str, item: dict, allowed: set[str]) -> Iterator[Problem]:
    for index, pair in enumerate(item.get("customProperties") or []):
        if pair["property"] not in allowed:
            yield document.problem(f"{key}[{index}].property", pair["property"], ", ".join(sorted(allowed)))


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def custom_properties(item: dict) -> dict:
    """The customProperties of a contract, a property or an enum value, as a mapping."""
    return {pair["property"]: pair["value"] for pair in item.get("customProperties") or []}


def fold_header(text: str) -> str:
    """A header as it is compared: no spaces or units in brackets, half-width, lower case."""
    text = unicodedata.normalize("NFKC", str(text))
    text = re.sub(r"[（(\[【].*?[)）\]】]", "", text)
    return re.sub(r"[\s_*:：]+", "", text).lower()


def fold_word(text: object) -> str:
    """A word of a code list as it is compared: half-width, no spaces, lower case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(text))).lower()
