"""A year of the invented city, from the departments' files to the answers, equals the oracle."""

from collections import Counter

import pyarrow.parquet as pq
import pytest

from pipelines import monthly
from pipelines.city.synthesis import synthesize
from pipelines.contract import load_extracts
from pipelines.lake import Lake
from pipelines.month import Month

from .answers import answers
from .compare import differences
from .evidence import Evidence, Parameters, read_evidence
from .families import PARAMETERS, REFERENCE
from .figures import figures

RESIDENTS = 3000
ALL_MONTHS = set(range(1, 13))


def evidence(lake: Lake, month: Month, parameters: Parameters = PARAMETERS) -> Evidence:
    """What was accepted of the departments' files."""
    contracts = load_extracts()
    maximum_age = {extract: contract.maximum_age_months for extract, contract in contracts.items()}
    not_due = {extract: ALL_MONTHS - set(contract.delivery_months) for extract, contract in contracts.items()}
    return read_evidence(lake.root, month, maximum_age, parameters, not_due)


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """Twelve months delivered, ingested, validated; the last one linked and judged by the rules."""
    root = tmp_path_factory.mktemp("city")
    months = REFERENCE.window(12)
    synthesize(RESIDENTS, months, seed=7, landing=root / "landing")
    place = monthly.Workplace(root / "landing", Lake(root / "lake"))

    def quiet(_: str) -> None:
        pass

    monthly.ingest_history(months, place, quiet)
    monthly.link(REFERENCE, place, quiet)
    monthly.detect(REFERENCE, place, quiet)
    return place.lake


@pytest.fixture(scope="module")
def expected(lake):
    """What the oracle makes of the same accepted rows."""
    return figures(evidence(lake, REFERENCE))


@pytest.mark.slow
def test_every_column_of_every_household_of_the_city_is_the_oracles(lake, expected):
    assert len(expected.residents) > RESIDENTS * 0.8
    found = list(differences(lake.root, REFERENCE, expected))
    assert not found, "\n".join(map(str, found))


@pytest.mark.slow
def test_every_rule_answers_every_household_of_the_city_as_the_oracle_does(lake, expected):
    folder = lake.resolve("matches", REFERENCE)
    profiles = lake.resolve("profiles", REFERENCE)
    number_of = {
        row["resident_key"]: row["household_no"]
        for row in pq.ParquetFile(profiles / "resident_profile.parquet").read().to_pylist()
    }
    counted = pq.ParquetFile(folder / "answers.parquet").read().to_pylist()
    matches = pq.ParquetFile(folder / "matches.parquet").read().to_pylist()
    oracle = answers(expected)
    assert {row["rule_id"] for row in counted} == set(oracle)
    for rule, by_household in oracle.items():
        matched = {row["household_no"] for row in matches if row["rule_id"] == rule}
        if matched:  # rules that exclude leave no matches
            assert matched == {number_of[min(keys)] for keys, answer in by_household.items() if answer}, rule
        told = Counter()
        for row in counted:
            if row["rule_id"] == rule:
                told["match"] += row["matched"]
                told["no match"] += row["unmatched"]
                told["unknown"] += row["unknown"]
        assert told["match"] == sum(answer is True for answer in by_household.values()), rule
        assert told["no match"] == sum(answer is False for answer in by_household.values()), rule
        assert told["unknown"] == sum(answer is None for answer in by_household.values()), rule
