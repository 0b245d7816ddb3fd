"""What analysts' programs rest on: columns, types, keys and codes of the published tables, by version.

`python -m tests.schemas.promised` writes published.json anew after a change that is meant. It refuses to
while a contract's version does not say what kind of change it is: a new first number where something was
taken away, renamed or retyped, a new second number where something was added.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pipelines.contract import Contract
from pipelines.publish.tables import published_contracts

PROMISED = Path(__file__).parent / "published.json"


def promise(contract: Contract) -> dict:
    """What is promised of one table."""
    return {
        "version": contract.version,
        "key": list(contract.primary_key),
        "columns": {
            prop.column: {
                "type": str(prop.arrow_type),
                "unit": prop.unit,
                "required": prop.required,
                "codes": sorted(prop.enum),
            }
            for prop in contract.properties
        },
    }


def promises() -> dict[str, dict]:
    """What the contracts promise now, by table."""
    return {name: promise(contract) for name, contract in published_contracts().items()}


def broken(before: dict, now: dict) -> list[str]:
    """What a program that read the table before cannot rest on any more."""
    found = []
    if before["key"] != now["key"]:
        found.append(f"the key was {before['key']} and is {now['key']}")
    for name, was in before["columns"].items():
        column = now["columns"].get(name)
        if column is None:
            found.append(f"column {name} is gone")
            continue
        for word in ("type", "unit"):
            if was[word] != column[word]:
                found.append(f"{word} of {name} was {was[word]} and is {column[word]}")
        if was["required"] and not column["required"]:
            found.append(f"{name} may be null now")
        gone = sorted(set(was["codes"]) - set(column["codes"]))
        if gone:
            found.append(f"{name} has no {', '.join(gone)} any more")
        if column["codes"] and not was["codes"]:
            found.append(f"{name} takes listed codes only now")
    return found


def added(before: dict, now: dict) -> list[str]:
    """What is there that was not before."""
    found = [f"column {name}" for name in now["columns"] if name not in before["columns"]]
    for name, was in before["columns"].items():
        codes = set(now["columns"].get(name, was)["codes"]) - set(was["codes"])
        found += [f"{name} {code}" for code in sorted(codes)]
    return found


def complaints(before: dict[str, dict], now: dict[str, dict]) -> list[str]:
    """Changes that the versions do not admit to, in words."""
    found = [f"table {name} is gone" for name in before if name not in now]
    for name, was in before.items():
        if name not in now:
            continue
        is_ = now[name]
        old, new = _numbers(was["version"]), _numbers(is_["version"])
        breaks, adds = broken(was, is_), added(was, is_)
        if breaks and new[0] <= old[0]:
            found.append(f"{name} {is_['version']}: {'; '.join(breaks)}. Version {old[0] + 1}.0.0 is due.")
        elif adds and new[:2] <= old[:2]:
            found.append(
                f"{name} {is_['version']}: new: {'; '.join(adds)}. Version {old[0]}.{old[1] + 1}.0 is due."
            )
        elif new < old:
            found.append(f"{name}: version {is_['version']} is older than {was['version']}")
    return found


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def read() -> dict[str, dict]:
    """What was promised last."""
    return json.loads(PROMISED.read_text(encoding="utf-8"))


if __name__ == "__main__":
    now = promises()
    wrong = complaints(read(), now) if PROMISED.exists() else []
    if wrong:
        sys.exit("\n".join(wrong))
    PROMISED.write_text(json.dumps(now, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
