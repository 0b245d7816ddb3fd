"""The house keeps its shape: who may import whom, and what may stand in no file."""

from __future__ import annotations

import ast
import re
import subprocess
import unicodedata
from pathlib import Path

import pytest

from pipelines.identity import is_resident_id

ROOT = Path(__file__).resolve().parent.parent

VERBS = ("ingest", "validate", "link", "detect", "publish", "report")
# From what knows most to what knows least: a noun imports only nouns to its right.
NOUNS = (
    "workplace", "dictionary", "feedback", "conflicts", "outdated", "emptied", "confirmations", "delivery",
    "arrival", "manifest", "profiles", "rule", "contract", "contract_check", "standard", "department", "lake",
    "database", "identity", "document", "month", "chart", "page", "processes", "resident_keys",
    "sheet", "password", "plain", "reference", "problem",
)  # fmt: skip
LAYERS = ("cli", "monthly", "city", *VERBS, *NOUNS)

# Each library has one place, where its errors are caught and from where it could be replaced.
PLACES_OF_LIBRARIES = {
    "airflow": "dags/",
    "duckdb": "pipelines/database.py",
    "great_expectations": "pipelines/validate",
    "duckdb_sqlalchemy": "pipelines/validate",
    "pandas": "pipelines/validate",
    "fastexcel": "pipelines/ingest",
    "msoffcrypto": "pipelines/password.py",
    "typer": "pipelines/cli/",
    "vl_convert": "pipelines/report/",
}

# Printed in GB 11643-1999 and its commentaries to show the check digit.
PUBLISHED_VECTORS = {"11010519491231002X", "440524188001010014", "442000195603080211"}
INVENTED_PREFIX = "442099"

CODE = sorted([*(ROOT / "pipelines").rglob("*.py"), *(ROOT / "dags").glob("*.py")])
SQL = sorted((ROOT / "sql").glob("*.sql"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _imports(path: Path) -> set[str]:
    """Full names of the modules a file imports anywhere, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{_name(path)} imports relatively; write the full name"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def _layer(path: Path) -> str:
    return path.relative_to(ROOT / "pipelines").parts[0].removesuffix(".py")


def _imported_layers(path: Path) -> set[str]:
    layers = {name.split(".")[1] for name in _imports(path) if name.startswith("pipelines.")}
    return {layer for layer in layers if layer in LAYERS} - {_layer(path)}


PACKAGE = [path for path in CODE if path.is_relative_to(ROOT / "pipelines") and _layer(path) != "__init__"]


@pytest.mark.parametrize("path", PACKAGE, ids=_name)
def test_every_module_belongs_to_a_verb_a_noun_the_flow_the_command_or_the_city(path):
    assert _layer(path) in LAYERS


@pytest.mark.parametrize("path", PACKAGE, ids=_name)
def test_stages_know_nouns_only_and_nouns_know_less_than_themselves(path):
    layer, imported = _layer(path), _imported_layers(path)
    if layer == "cli":
        return
    if layer == "monthly":
        allowed = {*VERBS, *NOUNS}
    elif layer in (*VERBS, "city"):
        allowed = set(NOUNS)
    else:
        allowed = set(NOUNS[NOUNS.index(layer) + 1 :])
    assert imported <= allowed, f"{_name(path)} imports {sorted(imported - allowed)}"


def test_the_rules_of_this_file_see_an_import_inside_a_function(tmp_path):
    module = tmp_path / "late.py"
    module.write_text("def work():\n    from pipelines.detect import detect\n")
    assert "pipelines.detect" in _imports(module)


@pytest.mark.parametrize("library", PLACES_OF_LIBRARIES)
def test_each_library_is_imported_in_its_own_place_only(library):
    importing = {_name(p) for p in CODE if any(n.split(".")[0] == library for n in _imports(p))}
    strays = {name for name in importing if not name.startswith(PLACES_OF_LIBRARIES[library])}
    assert not strays


@pytest.mark.parametrize("path", CODE, ids=_name)
def test_every_module_says_in_one_sentence_what_it_owns(path):
    first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
    assert first.endswith((".", ":")), f"{_name(path)} has no docstring that begins with a sentence"


@pytest.mark.parametrize("path", CODE, ids=_name)
def test_no_module_holds_two_nouns(path):
    assert path.stem not in ("utils", "util", "helpers", "helper", "common", "misc")
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 300, f"{_name(path)} has {lines} lines: it holds two nouns"


@pytest.mark.parametrize("path", CODE, ids=_name)
def test_no_code_reads_todays_date(path):
    """A month is an argument; only the time a run took and ended may be asked of the clock."""
    if _name(path) in ("pipelines/publish/__init__.py", "pipelines/manifest.py"):
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("today", "utcnow", "now"), f"{_name(path)}, line {node.lineno}"


@pytest.mark.parametrize("path", SQL, ids=_name)
def test_a_query_is_one_select_and_begins_with_its_grain(path):
    text = path.read_text(encoding="utf-8")
    first, _, rest = text.partition("\n")
    assert re.match(r"-- [A-Z]", first), "the first line says the grain"
    code = re.sub(r"--[^\n]*", "", rest)
    code = re.sub(r"'[^']*'", "''", code)
    assert ";" not in code
    assert re.match(r"\s*(with|select)\b", code)
    assert not re.search(r"(?im)^\s*(create|insert|update|delete|copy|attach|install|load|pragma)\s", code)
    assert not re.search(r"\bgroup by\s+(\d|all)", code), "name the columns of the grain"
    keywords = re.findall(r"\b(SELECT|FROM|WHERE|JOIN|WITH|GROUP|ORDER|CASE|WHEN|AND|OR|NOT|NULL)\b", code)
    assert not keywords, "keywords in lower case"
    assert "{" not in code, "values are bound, never pasted"


def test_a_relation_is_named_after_its_contract():
    contracts = {path.stem for path in (ROOT / "schemas").glob("*__*.yaml")}
    staged = {path.stem.removeprefix("stg_") for path in SQL if path.stem.startswith("stg_")}
    departments = {contract.partition("__")[0] for contract in contracts}
    assert contracts <= staged, "every contract has its stg_ file"
    assert {name.partition("__")[0] for name in staged} <= departments


def _project_files() -> list[Path]:
    """What a commit would hold: tracked files and new ones that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout  # fmt: skip
    return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]


def _text(path: Path) -> str | None:
    for encoding in ("utf-8", "gb18030"):
        try:
            return path.read_bytes().decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


_ID_LIKE = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
)


def _ids_of_somebody(text: str) -> set[str]:
    """What looks like a resident ID and is neither invented nor printed in the standard.

    A published vector that a test has spoilt is nobody's: it fails the check of an ID.
    """
    found = {match.upper() for match in _ID_LIKE.findall(unicodedata.normalize("NFKC", text))}
    of_vectors = {vector[:6] for vector in PUBLISHED_VECTORS}
    return {
        number
        for number in found - PUBLISHED_VECTORS
        if not number.startswith(INVENTED_PREFIX) and (number[:6] not in of_vectors or is_resident_id(number))
    }


def test_no_resident_id_stands_in_the_project_but_invented_ones():
    found = {_name(p): len(ids) for p in _project_files() if (t := _text(p)) and (ids := _ids_of_somebody(t))}
    assert not found


def test_the_search_for_resident_ids_finds_one_also_in_full_width():
    somebody = "110101" + "19900307" + "7777"
    full_width = "".join(chr(ord(character) + 0xFEE0) for character in somebody)
    assert _ids_of_somebody(f"，{somebody}，") == {somebody}
    assert _ids_of_somebody(f"x,{full_width},y") == {somebody}
    assert _ids_of_somebody(f"{INVENTED_PREFIX}199003077777, 2{somebody}, {min(PUBLISHED_VECTORS)}") == set()


_MACHINE = re.compile(
    r"(^|[^A-Za-z0-9_.])/(work|tmp|root|home)/|--(extra-)?index-url|https?://[^ ]*/(simple|packages)/"
)


def test_no_file_names_a_folder_of_somebodys_machine_or_a_package_index():
    found = []
    for path in _project_files():
        for number, line in enumerate((_text(path) or "").splitlines(), start=1):
            if _MACHINE.search(line):
                found.append(f"{_name(path)}, line {number}")
    assert not found


def test_the_pinned_packages_are_pinned_exactly():
    for name in ("requirements.txt", "requirements-test.txt"):
        pins = [
            line
            for line in (ROOT / name).read_text().splitlines()
            if line and not line.lstrip().startswith("#")
        ]
        assert pins and all(re.match(r"[A-Za-z0-9._\[\]-]+==[^ ]+", pin) for pin in pins)
    run = set((ROOT / "requirements.txt").read_text().split()) & {"pytest", "hypothesis"}
    assert not run
