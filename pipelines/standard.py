"""The Open Data Contract Standard v3.2: what in a contract file breaks its official JSON schema, in words."""

from __future__ import annotations

import difflib
import functools
import importlib.resources
import json
from collections.abc import Iterator

import jsonschema_rs

from pipelines.document import Document
from pipelines.problem import Problem

_TYPES = {
    "object": "a mapping (key: value)", "array": "a list", "string": "text", "number": "a number",
    "integer": "a whole number", "boolean": "true or false", "null": "nothing",
}  # fmt: skip


@functools.cache
def json_schema() -> dict:
    """The official JSON schema, which ships with the standard's own models."""
    # As a file: importing the models costs more than all contracts do.
    place = importlib.resources.files("open_data_contract_standard") / "schema.json"
    return json.loads(place.read_text(encoding="utf-8"))


@functools.cache
def _validator():
    import jsonschema

    schema = json_schema()
    return jsonschema.validators.validator_for(schema)(schema)


@functools.cache
def _fast_validator() -> jsonschema_rs.Draft201909Validator:
    return jsonschema_rs.validator_for(json_schema())


def keeps_standard(data: dict) -> bool:
    """Whether the standard accepts a contract's data: a hundred times faster than learning what is wrong."""
    try:
        return _fast_validator().is_valid(data)
    except (TypeError, ValueError):  # a value that JSON has no word for, such as a date
        return False


def standard_problems(document: Document) -> Iterator[Problem]:
    """Everything in a file that the standard refuses: unknown keys, missing keys, wrong values."""
    if keeps_standard(document.data):
        return
    # Where a part of an object is wrong, the schema also calls its right keys unexpected; and a
    # misspelt key is also missing under its right name. Both echoes are left out.
    errors = list(_validator().iter_errors(document.data))
    misspelt = set()
    for error in errors:
        if error.validator in ("additionalProperties", "unevaluatedProperties"):
            place = _place(error.absolute_path)
            known = _known_keys(error.schema)
            for key in sorted(set(error.instance) - known):
                near = _nearest(key, known - set(error.instance))
                if near:
                    misspelt.add((place, near))
                yield _unknown_key(document, place, key, known, near)
    for error in errors:
        if error.validator not in ("additionalProperties", "unevaluatedProperties"):
            yield from _value_problems(document, error, misspelt)


def _unknown_key(document: Document, place: str, key: str, known: set[str], near: str | None) -> Problem:
    where = f"{place}.{key}" if place else key
    if near:
        allowed = f"{near} or another of the standard's {len(known)} keys here"
        return document.problem(where, f"unknown key {key}", allowed, f"Did you mean {near}?")
    advice = "What the standard has no word for goes into customProperties."
    return document.problem(where, f"unknown key {key}", "one of " + ", ".join(sorted(known)), advice)


def _value_problems(document: Document, error, misspelt: set[tuple[str, str]]) -> Iterator[Problem]:
    place = _place(error.absolute_path)
    if error.validator == "required":
        for key in error.validator_value:
            if key not in error.instance and (place, key) not in misspelt:
                yield document.problem(place or "(top)", f"no {key}", f"the key {key}")
    elif error.validator in ("enum", "const"):
        values = [error.validator_value] if error.validator == "const" else error.validator_value
        near = _nearest(str(error.instance), set(map(str, values)))
        advice = f"Did you mean {near}?" if near else ""
        allowed = ", ".join(map(str, values))
        yield document.problem(place, _shown(error.instance), allowed, advice)
    elif error.validator == "type":
        types = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
        allowed = " or ".join(_TYPES[name] for name in types)
        yield document.problem(place or "(top)", _shown(error.instance), allowed)
    elif error.validator in ("oneOf", "anyOf") and isinstance(error.instance, dict):
        keys = sorted(_known_keys(error.schema) & {k for s in error.validator_value for k in _required(s)})
        given = [key for key in keys if key in error.instance]
        if not any((place, key) in misspelt for key in keys):
            found = " and ".join(given) if given else "none of the keys"
            yield document.problem(place or "(top)", found, "exactly one of " + ", ".join(keys))
    else:
        yield document.problem(place or "(top)", error.message[:200], f"{error.validator} of the standard")


def _known_keys(schema: dict, depth: int = 0) -> set[str]:
    """Names of all keys an object may have here, over every branch of its schema."""
    if not isinstance(schema, dict) or depth > 6:
        return set()
    keys = set(schema.get("properties", ()))
    if "$ref" in schema:
        keys |= _known_keys(json_schema()["$defs"][schema["$ref"].rpartition("/")[2]], depth + 1)
    for word in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(word, ()):
            keys |= _known_keys(part, depth + 1)
    for word in ("then", "else"):
        keys |= _known_keys(schema.get(word), depth + 1)
    return keys


def _required(schema: dict) -> list[str]:
    return schema.get("required", [])


def _nearest(word: str, words: set[str]) -> str | None:
    by_lower = {w.lower(): w for w in sorted(words)}
    near = difflib.get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.75)
    return by_lower[near[0]] if near else None


def _place(path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    text = (
        json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (dict, list)) else str(value)
    )
    return text if len(text) <= 80 else text[:79] + "…"
