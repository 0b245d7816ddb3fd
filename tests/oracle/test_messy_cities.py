"""Linked profiles equal the oracle's on cities where every rule meets its edge cases often."""

import dataclasses
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.contract import load_extracts
from pipelines.lake import Lake
from pipelines.link import link
from pipelines.month import Month

from .compare import Difference, differences
from .families import PARAMETERS
from .figures import figures
from .laying import lay
from .messy_city import SECRET, MessyCity

MONTHS = (Month(2022, 4), Month(2022, 5))


def linked_differences(city: MessyCity, root: Path) -> list[Difference]:
    """Links two months one after the other and compares each."""
    contracts, lake = load_extracts(), Lake(root)
    lay(city, contracts, lake)
    found, previous = [], []
    for month in MONTHS:
        link(contracts, month, lake)
        expected = figures(city.evidence(month, PARAMETERS, previous))
        found += [
            dataclasses.replace(d, table=f"{month} {d.table}") for d in differences(root, month, expected)
        ]
        members = pq.ParquetFile(root / "profiles" / month.partition / "members.parquet")
        previous = members.read().to_pylist()
    return found


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    """The people's keys were drawn with this secret."""
    monkeypatch.setenv("HARDSHIP_SECRET", SECRET.decode())


@pytest.mark.parametrize(("seed", "lost"), [(1, 0.0), (2, 0.04), (3, 0.25)])
def test_every_column_of_every_household_is_the_oracles(seed, lost, tmp_path):
    city = MessyCity(seed, families=70, is_calm=True)
    city.lose_some(lost)
    found = list(linked_differences(city, tmp_path))
    assert not found, "\n".join(map(str, found))


def test_dead_members_and_newborns_belong_to_the_household_the_oracle_names(tmp_path):
    found = linked_differences(MessyCity(2, families=150), tmp_path)
    assert not found, "\n".join(map(str, found))
