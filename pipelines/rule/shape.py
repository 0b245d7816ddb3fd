"""The shape of rule, parameter and selection files: rules/rule.schema.json, read in words."""

from __future__ import annotations

import datetime
import difflib
import functools
import json
import re
from pathlib import Path

import jsonschema_rs

from pipelines.document import Document

SCHEMA = Path(__file__).parent.parent.parent / "rules" / "rule.schema.json"


def shape_problems(document: Document, definition: str):
    """What of a file does not fit `$defs/<definition>` of the schema: unknown keys, types, missing keys."""
    data = plain(document.data)
    if _fast_validator(definition).is_valid(data):
        return
    for error in _validator(definition).iter_errors(data):
        key = _key(error.absolute_path)
        allowed = error.schema.get("description") or ""
        if error.validator == "additionalProperties":
            known = sorted(error.schema.get("properties", {}))
            for name in sorted(set(error.instance) - set(known)):
                if not any(_fits(pattern, name) for pattern in error.schema.get("patternProperties", {})):
                    yield document.problem(
                        f"{key}.{name}".lstrip("."),
                        "an unknown key",
                        ", ".join(known),
                        suggestion(name, known),
                    )
        elif error.validator == "required":
            for name in error.validator_value:
                if name not in error.instance:
                    yield document.problem(key or name, f"no {name}", f"the key {name}")
        elif error.validator == "enum":
            yield document.problem(key, error.instance, ", ".join(map(str, error.validator_value)))
        else:
            yield document.problem(
                key or "(top)", _short(error.message), allowed or f"{error.validator} {error.validator_value}"
            )


def suggestion(name: str, known) -> str:
    """`Did you mean x?`, or nothing when no known name is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else ""


def plain(value):
    """YAML data as JSON has it: text keys, days as text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


@functools.cache
def _schema(definition: str) -> dict:
    return {**json.loads(SCHEMA.read_text(encoding="utf-8")), "$ref": f"#/$defs/{definition}"}


# Finds out whether anything is wrong a hundred times faster than the other finds out what.
@functools.cache
def _fast_validator(definition: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_schema(definition))


@functools.cache
def _validator(definition: str):
    import jsonschema

    return jsonschema.Draft202012Validator(_schema(definition))


def _key(path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _fits(pattern: str, name: str) -> bool:
    return re.search(pattern, name) is not None


def _short(text: str) -> str:
    return text if len(text) <= 160 else text[:157] + "..."
