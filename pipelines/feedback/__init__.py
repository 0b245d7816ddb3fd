"""Feedback: each month a file back to every department, with what was wrong in theirs and where."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipelines import delivery
from pipelines.contract import Contract
from pipelines.department import DEPARTMENTS
from pipelines.feedback.resolved import tell_shares_before
from pipelines.feedback.rows import returned_rows
from pipelines.feedback.scores import inputs_of, scores
from pipelines.feedback.workbook import Returned, write_return
from pipelines.lake import Lake, code_digest, file_digest
from pipelines.month import Month
from pipelines.problem import HardshipError

__all__ = ["feedback", "tell_shares_before"]

TABLE = "returns"


def feedback(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> Path:
    """Writes one workbook per department, `returns/month=2022-06/退回_公安_202206.xlsx`; returns the folder.

    Values in them are masked: the department finds its own by file and line. Raises HardshipError when
    nothing of the month was read.
    """
    extracts = {i: contracts[i] for i in sorted(contracts) if "__" in i}
    if not any(lake.resolve(f"parquet/{i}", month) for i in extracts):
        raise HardshipError(f"Nothing of {month} has been read: run the month before asking for feedback.")
    inputs = {
        "tables": inputs_of(extracts, month, lake),
        "contracts": {i: file_digest(c.document.path) for i, c in extracts.items()},
        "code": code_digest("feedback"),
    }
    if not lake.is_current(TABLE, month, inputs):
        found = {d.extract: d for d in delivery.deliveries(extracts, month, lake)}
        cards = scores(extracts, month, lake)
        with lake.write(TABLE, month, inputs) as folder:
            for department, (zh, _) in DEPARTMENTS.items():
                theirs = {i: c for i, c in extracts.items() if c.department == department}
                if not theirs:
                    continue
                returned = Returned(
                    month=month,
                    department=department,
                    contracts=theirs,
                    deliveries={i: found[i] for i in theirs},
                    reports={i: delivery.report(i, month, lake) for i in theirs},
                    rows={
                        i: returned_rows(c, lake.resolve(f"parquet/{i}", month)) for i, c in theirs.items()
                    },
                    scores=[card for card in cards if card.extract in theirs],
                )
                name = f"退回_{zh}_{str(month).replace('-', '')}.xlsx"
                write_return(folder / name, returned)
    return lake.partition(TABLE, month)
