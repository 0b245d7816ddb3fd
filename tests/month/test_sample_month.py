"""The sample month, from the committed files to the lists a reviewer has read."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.lake import content_digest
from pipelines.rule import load_rules
from tests.month.sample import DELIVERED, EXPECTED, MONTH, SECRET, lay, run_sample, tables


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARDSHIP_SECRET", SECRET)
        yield run_sample(tmp_path_factory.mktemp("sample"))


@pytest.mark.parametrize("name", ["candidates", "exclusions", "matches"])
def test_the_sample_month_gives_the_lists_that_were_read_and_agreed(published, name):
    found = tables(published)[name]
    agreed = pl.read_csv(EXPECTED / f"{name}.csv", schema_overrides={"town_code": pl.String})
    assert found.write_csv() == agreed.write_csv()


def test_every_stable_rule_finds_somebody_in_the_sample(published):
    matched = set(pl.read_parquet(published / "matches.parquet")["rule_id"])
    said = " ".join(pl.read_parquet(published / "exclusions.parquet")["detail_zh"])
    silent = [
        rule.id
        for rule in load_rules().rules.values()
        if rule.status == "stable" and rule.effect != "exclude" and rule.id not in matched
    ]
    assert silent == []
    for asset in ("住房2套", "汽车", "实缴资本"):
        assert asset in said


def test_the_committed_files_are_what_the_departments_of_the_sample_deliver(tmp_path):
    lay(MONTH, tmp_path)
    assert content_digest(tmp_path / str(MONTH)) == content_digest(DELIVERED / str(MONTH))


def test_the_sample_stays_small():
    sizes = [path.stat().st_size for path in DELIVERED.rglob("*") if path.is_file()]
    assert 20 <= len(sizes) <= 60
    assert sum(sizes) < 3_000_000
