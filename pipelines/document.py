"""YAML documents (contracts, rules, parameters) with the line of every key, duplicate keys refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from pipelines.problem import Problem, Problems


@dataclass(frozen=True)
class Document:
    """One YAML file: its data, and for each key path (`a.b[0].c`) the line it stands on."""

    path: Path
    data: dict
    lines: dict[str, int]

    def where(self, key: str) -> str:
        """`line 12, key detection.heavy`, falling back to the nearest enclosing key that has a line."""
        probe = key
        while probe and probe not in self.lines:
            probe = probe.rpartition("[")[0] if probe.endswith("]") else probe.rpartition(".")[0]
        return f"line {self.lines.get(probe, 1)}, key {key}"

    def problem(self, key: str, found: object, allowed: str, advice: str = "") -> Problem:
        """A problem at a key of this file."""
        return Problem(self.path.name, self.where(key), str(found), allowed, advice)


def read_document(path: Path) -> Document:
    """Reads a YAML mapping; raises Problems for bad syntax, a duplicate key or anything but a mapping."""
    try:
        text = path.read_text(encoding="utf-8")
        loader = yaml.CSafeLoader(text)
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else None
    except UnicodeDecodeError as error:
        where = f"byte {error.start + 1}"
        raise Problems(
            "Not readable as text", [Problem(path.name, where, "no UTF-8", "UTF-8 text")]
        ) from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that does not exist
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        what = getattr(error, "problem", None) or str(error)
        raise Problems("Not readable as YAML", [Problem(path.name, where, what, "valid YAML")]) from None
    if not isinstance(node, yaml.MappingNode):
        raise Problems("Not a mapping", [Problem(path.name, "line 1", "no mapping", "key: value pairs")])
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    _walk(node, "", lines, problems, path)
    if problems:
        raise Problems("Duplicate keys", problems)
    return Document(path, data, lines)


def _walk(node: yaml.Node, prefix: str, lines: dict, problems: list, path: Path) -> None:
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            key = f"{prefix}.{key_node.value}" if prefix else str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in lines:
                problems.append(
                    Problem(
                        path.name,
                        f"line {line}, key {key}",
                        f"the key a second time (first on line {lines[key]})",
                        "each key once",
                    )
                )
            lines[key] = line
            _walk(value_node, key, lines, problems, path)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[f"{prefix}[{index}]"] = item.start_mark.line + 1
            _walk(item, f"{prefix}[{index}]", lines, problems, path)
