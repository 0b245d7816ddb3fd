"""Fold: each month's deliveries reduced once to what they change per person and month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa

from pipelines import delivery
from pipelines.contract import Contract
from pipelines.database import Database
from pipelines.delivery import REGISTERS
from pipelines.lake import Lake, code_digest
from pipelines.link.sources import (
    INCOME_EXTRACTS,
    lay_out_registers,
    months_of_registers,
    rows_or_nothing,
    window_table,
)
from pipelines.month import WINDOW, Month

SETTLEMENTS = "medical_insurance__settlements"
FOLDED = (SETTLEMENTS, *INCOME_EXTRACTS)


def stays_of_month(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> None:
    """Writes the lake table `stays` of a month: its documents of hospital stays, few enough to look back."""
    inputs = {"rows": lake.digest(f"parquet/{SETTLEMENTS}", month), "code": code_digest("link")}
    if lake.is_current("stays", month, inputs):
        return
    with Database() as database, lake.write("stays", month, inputs) as folder:
        _lay_out(database, contracts, [SETTLEMENTS], {SETTLEMENTS: [month]}, month, lake)
        database.lazy("inpatient_documents")
        database.write(
            "select * from inpatient_documents order by resident_key, settlement_no", folder / "rows.parquet"
        )


def fold_month(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> dict:
    """Writes the lake table `resident_months` of a month; returns the inputs it was made from.

    One row per person and month that the month's deliveries of money change. Folding a month reads
    the eleven before it only where a document is sent again or late: so a fold never changes with
    what comes later, and the state of a window is the plain sum of its folds.
    """
    used = {extract: delivery.window_months(contracts[extract], month, lake, WINDOW) for extract in FOLDED}
    inputs = {
        "rows": {e: {str(m): lake.digest(f"parquet/{e}", m) for m in used[e]} for e in FOLDED},
        "code": code_digest("link"),
    }
    if lake.is_current("resident_months", month, inputs):
        return inputs
    earlier = [m for m in used[SETTLEMENTS] if m < month]
    for m in earlier:
        stays_of_month(contracts, m, lake)
    with Database() as database, lake.write("resident_months", month, inputs) as folder:
        _lay_out(database, contracts, FOLDED, used, month, lake)
        if earlier:
            database.view("inpatient_before", [lake.resolve("stays", m) / "rows.parquet" for m in earlier])
        else:
            database.register("inpatient_before", database.arrow(f"select * from stg_{SETTLEMENTS} limit 0"))
        for name in ("settlements_considered", "settlement_changes", "late_incomes", "income_changes"):
            database.table(name)
        database.lazy("resident_months")
        database.write(
            "select * from resident_months order by resident_key, month_on", folder / "rows.parquet"
        )
    return inputs


def fold_window(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> dict:
    """Writes the lake table `window_states` of a month from the eleven before it; returns its inputs.

    Needs nothing of the month itself, so it can be made before the departments deliver.
    """
    before = month.window(WINDOW)[:-1]
    for earlier in before:
        fold_month(contracts, earlier, lake)
    windows = window_table(contracts, month, lake)
    enrolments = contracts["education__enrolments"]
    schooled = [m for m in delivery.window_months(enrolments, month, lake, WINDOW) if m < month]
    on_paper = months_of_registers(contracts, month, lake)
    inputs = {
        "folds": {str(m): lake.digest("resident_months", m) for m in before},
        "fees": {str(m): lake.digest(f"parquet/{enrolments.id}", m) for m in schooled},
        "registers": {f"{e} {m}": lake.digest(f"parquet/{e}", m) for e in REGISTERS for m in on_paper},
        # whether the month itself brings income does not matter to what came before
        "window": windows.slice(0, WINDOW - 1).to_pylist(),
        "code": code_digest("link"),
    }
    if lake.is_current("window_states", month, inputs):
        return inputs
    with Database() as database, lake.write("window_states", month, inputs) as folder:
        database.view("resident_months", [_folded(lake, m) for m in before])
        database.register("window_months", windows)
        database.register("reference", pa.Table.from_pylist([_window_of(month)]))
        rows_or_nothing(database, "education__enrolments_window", enrolments, schooled, lake)
        for name in ("money_parts", "money_before", "stg_education__fees", "fees_before"):
            database.lazy(name)
        database.write("select * from money_before order by resident_key", folder / "money.parquet")
        database.write(
            "select * from fees_before order by resident_key, term_began_on", folder / "fees.parquet"
        )
        lay_out_registers(database, contracts, on_paper, month, lake)
        database.lazy("people_gone")
        database.write("select * from people_gone order by resident_key", folder / "people.parquet")
    return inputs


def lay_out_state(database: Database, month: Month, lake: Lake) -> None:
    """Names what was folded: the state of the eleven months before, and this month."""
    database.view("resident_months", _folded(lake, month))
    state = lake.resolve("window_states", month)
    database.view("money_before", state / "money.parquet")
    database.view("fees_before", state / "fees.parquet")
    database.view("people_gone", state / "people.parquet")
    database.lazy("money_parts")


def _lay_out(
    database: Database,
    contracts: Mapping[str, Contract],
    extracts: Iterable[str],
    used: Mapping[str, list[Month]],
    month: Month,
    lake: Lake,
) -> None:
    for extract in extracts:
        rows_or_nothing(database, extract, contracts[extract], used[extract], lake)
        database.lazy(f"stg_{extract}")
    database.register("reference", pa.Table.from_pylist([{"month_start": month.start}]))


def _folded(lake: Lake, month: Month) -> Path:
    return lake.resolve("resident_months", month) / "rows.parquet"


def _window_of(month: Month) -> dict:
    return {
        "month_start": month.start,
        "month_end": month.end,
        "window_6_start": month.plus(-5).start,
        "window_12_start": month.plus(1 - WINDOW).start,
    }
