"""Somebody new looks a column up and finds it in both languages, without asking anybody."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.contract import load_contracts
from pipelines.dictionary import write_dictionary

CONTRACTS = load_contracts()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dictionary")
    write_dictionary(CONTRACTS, folder)
    return folder


def test_every_table_is_reached_from_the_first_page(folder):
    index = (folder / "index.html").read_text(encoding="utf-8")
    for name, contract in CONTRACTS.items():
        assert index.count(f'href="{name}.html"') == 1
        assert contract.title_zh in index
        assert (folder / f"{name}.html").is_file()


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_column_stands_on_its_tables_page(folder, name):
    told = (folder / f"{name}.html").read_text(encoding="utf-8")
    for prop in CONTRACTS[name].properties:
        assert f">{prop.column}</td>" in told
        for label in prop.labels.values():
            assert label in told


def test_the_pages_load_nothing_and_are_the_same_each_time(folder, tmp_path):
    write_dictionary(CONTRACTS, tmp_path)
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "http://" not in text and "https://" not in text and "<script" not in text
        assert (tmp_path / path.name).read_text(encoding="utf-8") == text


def test_the_command_says_where_to_begin(tmp_path):
    done = CliRunner().invoke(app, ["dictionary", "--out", str(tmp_path / "pages")])
    assert done.exit_code == 0
    assert str(tmp_path / "pages" / "index.html") in done.stdout
