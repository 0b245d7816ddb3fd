"""Rows that wait until all files are read: those that do not fit in memory lie on disk."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.ingest import pieces
from tests.pipelines.ingest.delivering import Department, lines, person, settlement

_ROWS = 40


def delivered(root) -> Department:
    """Settlements in three files with every fate of a row: kept, repaired, rejected, repeated, corrected."""
    insurance = Department(root)
    rows = [settlement(n, 证件号码=person(n), 就诊ID=f"J{n}") for n in range(_ROWS)]
    rows[3]["个人现金支付"] = "0.103万元"
    rows[4]["证件号码"] = "44209919770312101"
    rows[5]["个人现金支付"] = "??"
    insurance.delivers(lines([*rows, rows[7]]), part="_1")
    other = [settlement(n, 证件号码=person(n), 就诊ID=f"J{n}") for n in range(_ROWS, 2 * _ROWS)]
    insurance.delivers(lines([*other, rows[8]]), part="_2")
    insurance.delivers(lines([rows[9] | {"个人现金支付": "9.00"}]), part="_更正")
    return insurance


@pytest.fixture
def laid(monkeypatch) -> list[str]:
    """Names of the files that rows were laid into."""
    found = []
    write = pl.DataFrame.write_ipc

    def written(rows, path, **options):
        found.append(path.name)
        return write(rows, path, **options)

    monkeypatch.setattr(pl.DataFrame, "write_ipc", written)
    return found


@pytest.mark.parametrize("room", [0, 3_000], ids=["no room at all", "room for the first rows"])
def test_rows_that_no_longer_fit_in_memory_wait_on_disk_and_come_out_the_same(
    tmp_path, monkeypatch, laid, room
):
    monkeypatch.setenv("HARDSHIP_SECRET", "the same for both, so that keys are")
    usual = delivered(tmp_path / "usual").ingested()
    assert not laid, "a few rows fit"
    assert set(usual.rejected["reason"]) > {"not_a_number", "wrong_length", "corrected"}
    monkeypatch.setattr(pieces, "_IN_MEMORY", room)
    poor = delivered(tmp_path / "poor").ingested()
    # Three files have accepted rows, one also rows that were looked at closely, rejected ones and repairs.
    assert 0 < len(laid) <= 6 and (len(laid) == 6) == (room == 0)
    assert poor.report == usual.report
    for name in ("rows", "rejected", "repairs"):
        a, b = (outcome.folder / f"{name}.parquet" for outcome in (usual, poor))
        assert pl.read_parquet(a).equals(pl.read_parquet(b)) and a.read_bytes() == b.read_bytes(), name
    assert not list(poor.folder.glob("**/*.arrow")), "what waited is gone"
