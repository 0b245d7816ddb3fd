"""Every extract's contract can be checked: nobody writes an expectation by hand."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.contract import SCHEMAS, load_contract
from pipelines.month import Month
from pipelines.validate.checks import column_checks, expected_columns
from pipelines.validate.promises import promise_checks, promise_problems
from pipelines.validate.recent import Recent


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*__*.yaml")), ids=lambda path: path.stem)
def test_a_table_of_the_contracts_shape_breaks_nothing_but_its_row_count(path, tmp_path):
    from pipelines.validate.session import run_checks

    contract = load_contract(path)
    assert promise_problems(contract) == []
    schema = pa.schema(expected_columns(contract))
    file = tmp_path / "rows.parquet"
    pq.write_table(pa.table([pa.nulls(0, field.type) for field in schema], schema=schema), file)
    month = Month(2022, 6)
    checks = [
        *column_checks(contract, schema.names, month),
        *promise_checks(contract, month, schema.names, 0, Recent()),
    ]
    assert len({check.id for check in checks}) == len(checks), "each check has its own name"
    results = run_checks(contract.id, file, checks)["results"]
    assert [result for result in results if result["error"]] == []
    failed = {c.id for c, result in zip(checks, results, strict=True) if not result["success"]}
    assert failed <= {"row_count"}
