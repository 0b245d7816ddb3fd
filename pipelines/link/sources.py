"""Sources: lays out what link reads, so that every sql/ file finds its inputs by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from pipelines import delivery, rule
from pipelines.contract import Contract
from pipelines.database import Database, quoted
from pipelines.delivery import REGISTERS, Delivery
from pipelines.lake import Lake
from pipelines.link.carried import lay_out_carried_towns
from pipelines.month import WINDOW, Month

INCOME_EXTRACTS = ("taxation__incomes", "human_resources__contributions", "human_resources__pensions")


def months_used(
    contracts: Mapping[str, Contract], deliveries: list[Delivery], month: Month, lake: Lake
) -> dict[str, list[Month]]:
    """Per extract the months whose rows are read: the window for flows, the month in use for stocks."""
    used = {}
    for item in deliveries:
        contract = contracts[item.extract]
        if contract.kind == "flow":
            used[item.extract] = delivery.window_months(contract, month, lake, WINDOW)
        else:
            used[item.extract] = [item.as_of] if item.as_of else []
    for extract in ("education__enrolments", *REGISTERS):
        used[f"{extract} window"] = delivery.window_months(contracts[extract], month, lake, WINDOW)
    # who died or left stays gone: every cancellation on hand counts
    for extract in ("public_security__cancellations", "civil_affairs__funerals", "towns__visits"):
        if extract in contracts:
            used[extract] = sorted(delivery.usable_months(extract, lake, before=month.plus(1)))
    return used


def lay_out_sources(
    database: Database,
    contracts: Mapping[str, Contract],
    deliveries: list[Delivery],
    month: Month,
    lake: Lake,
) -> None:
    """Names every input: extracts, their staging, the month's facts and last month's members."""
    used = months_used(contracts, deliveries, month, lake)
    for extract, contract in contracts.items():
        rows_or_nothing(database, extract, contract, used[extract], lake)
    lay_out_carried_towns(database, contracts, deliveries, lake)
    arrived = [m for m in used["education__enrolments window"] if m == month]
    enrolments = contracts["education__enrolments"]
    rows_or_nothing(database, "education__enrolments_window", enrolments, arrived, lake)
    database.register("reference", pa.Table.from_pylist([_reference(month)]))
    windows = window_table(contracts, month, lake)
    database.register("window_months", windows)
    database.register("recorded_months", _recorded_months(windows))
    database.lazy("income_months")
    database.register("terms", _terms(used["education__enrolments window"], month))
    database.register("sources", _sources(deliveries, used, month))
    database.register("towns_left_out", _towns_left_out(contracts, used, lake))
    accepted = [{"extract_id": i, "month_on": m.start} for i in contracts for m in used[i]]
    schema = pa.schema([("extract_id", pa.string()), ("month_on", pa.date32())])
    database.register("accepted_months", pa.Table.from_pylist(accepted, schema=schema))
    _lay_out_last_month(database, month, lake)
    _lay_out_conflicts(database, month, lake)
    for extract in contracts:
        database.lazy(f"stg_{extract}")
    database.lazy("stg_education__fees")


def months_of_registers(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> list[Month]:
    """The window's months before this one in which either register was accepted, oldest first."""
    used = {m for i in REGISTERS for m in delivery.window_months(contracts[i], month, lake, WINDOW)}
    return sorted(m for m in used if m < month)


def lay_out_registers(
    database: Database, contracts: Mapping[str, Contract], months: list[Month], month: Month, lake: Lake
) -> None:
    """Names the entries of both registers in some months of the window as `register_entries`."""
    for extract in REGISTERS:
        accepted = delivery.window_months(contracts[extract], month, lake, WINDOW)
        used = [m for m in accepted if m in months]
        rows_or_nothing(database, f"{extract}_before", contracts[extract], used, lake)
    database.lazy("register_entries")


def rows_or_nothing(
    database: Database, name: str, contract: Contract, months: list[Month], lake: Lake
) -> None:
    """Names the accepted rows of some months of an extract; an empty table where there are none."""
    files = [path for m in months for path in delivery.rows_files(contract.id, m, lake)]
    database.view_or_nothing(name, files, contract.rows_schema)


def _lay_out_last_month(database: Database, month: Month, lake: Lake) -> None:
    """Last month's members, for stable household numbers."""
    columns = pa.schema([("resident_key", pa.int64()), ("household_no", pa.int64())])
    previous = [lake.resolve("profiles", m) / "members.parquet" for m in previous_profiles(lake, month)]
    database.view_or_nothing("previous_members", previous, columns)


def lay_out_asked(database: Database, month: Month, lake: Lake) -> None:
    """Names whom towns were asked to visit, for visits, and what became of those households."""
    folders = [lake.resolve("matches", m) for m in lake.months("matches") if m < month]
    if folders:
        for name in ("cases", "audit_sample"):
            database.view(name, [folder / f"{name}.parquet" for folder in folders])
        for name in ("household_keys", "household_merges"):
            database.table(name)
    else:
        numbers = [("former_no", pa.int64()), ("household_no", pa.int64())]
        database.register("household_merges", pa.schema(numbers).empty_table())
        keys = [("household_key", pa.string()), ("household_no", pa.int64())]
        database.register("household_keys", pa.schema(keys).empty_table())


def _lay_out_conflicts(database: Database, month: Month, lake: Lake) -> None:
    """Whose identity or death waits for a person, and deaths that somebody has found untrue."""
    person = ("resident_key", pa.int64())
    folder = lake.resolve("conflicts", month)
    for relation, file, columns in (
        ("identity_conflicts", "people", [person, ("kind", pa.string()), ("is_open", pa.bool_())]),
        ("registers_in_doubt", "registers", [person, ("household_register_no", pa.string())]),
        ("dismissed_deaths", "dismissed_deaths", [person, ("dismissed_until_on", pa.date32())]),
    ):
        files = [folder / f"{file}.parquet"] if folder else []
        database.view_or_nothing(relation, files, pa.schema(columns))


def previous_profiles(lake: Lake, month: Month) -> list[Month]:
    """The latest earlier month with profiles within the window, as a list of one or none."""
    earlier = [m for m in lake.months("profiles") if month.plus(-WINDOW) <= m < month]
    return earlier[-1:]


def lay_out_repaired_rows(database: Database, contracts: Mapping[str, Contract]) -> None:
    """One row per person and extract whose rows in use rest on a repair."""
    parts = []
    for extract, contract in contracts.items():
        if key := delivery.person_column(contract):
            parts.append(
                f"select {quoted(key)} as resident_key, '{extract}' as extract_id "
                f"from {quoted(extract)} where is_repaired"
            )
    database.execute(
        "create or replace temp table repaired_rows as " + " union all ".join(parts),
        relation="repaired_rows",
    )


def _reference(month: Month) -> dict:
    parameters = rule.parameters_in_force(month=month)
    return {
        "month_start": month.start,
        "month_end": month.end,
        "window_6_start": month.plus(-5).start,
        "window_12_start": month.plus(1 - WINDOW).start,
        "pension_age_male": int(parameters["pension_age_men"]),
        "pension_age_female": int(parameters["pension_age_women"]),
        "household_size_cap": int(parameters["household_size_cap"]),
        "is_income_imputed": bool(parameters["impute_minimum_wage"]),
    }


def minimum_wages(months: list[Month]) -> dict:
    return {str(m): rule.parameters_in_force(month=m)["minimum_wage"] for m in months}


def window_table(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> pa.Table:
    """One row per month of the window: its bit, and whether every source of income was accepted in it."""
    accepted = [set(delivery.window_months(contracts[i], month, lake, WINDOW)) for i in INCOME_EXTRACTS]
    common = set.intersection(*accepted)
    window = month.window(WINDOW)
    wages = minimum_wages(window)
    rows = [
        {
            "month_on": m.start,
            "bit": 1 << place,
            "is_in_6": m in month.window(6),
            "is_income_month": m in common,
            "minimum_wage_cents": int(wages[str(m)] * 100),
        }
        for place, m in enumerate(window)
    ]
    columns = [
        ("month_on", pa.date32()),
        ("bit", pa.int32()),
        ("is_in_6", pa.bool_()),
        ("is_income_month", pa.bool_()),
        ("minimum_wage_cents", pa.int64()),
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(columns))


def _recorded_months(windows: pa.Table) -> pa.Table:
    """One row per set of months (as bits): how many of them count for income, and their minimum wages."""
    months = [row for row in windows.to_pylist() if row["is_income_month"]]
    rows = []
    for bits in range(1 << WINDOW):
        recorded = [row for row in months if bits & row["bit"]]
        of_six = [row for row in recorded if row["is_in_6"]]
        rows.append(
            {
                "recorded_months": bits,
                "months_6m": len(of_six),
                "months_12m": len(recorded),
                "minimum_wages_6m_cents": sum(row["minimum_wage_cents"] for row in of_six),
                "minimum_wages_12m_cents": sum(row["minimum_wage_cents"] for row in recorded),
            }
        )
    return pa.Table.from_pylist(rows)


def _sources(deliveries: list[Delivery], used: dict[str, list[Month]], month: Month) -> pa.Table:
    """One row per extract: the month whose rows are used, how many months of each window were accepted."""
    rows = [
        {
            "extract_id": item.extract,
            "as_of_month": item.as_of.start if item.as_of else None,
            "months_6m": sum(m in month.window(6) for m in used[item.extract]),
            "months_12m": sum(m in month.window(WINDOW) for m in used[item.extract]),
        }
        for item in deliveries
    ]
    columns = [
        ("extract_id", pa.string()),
        ("as_of_month", pa.date32()),
        ("months_6m", pa.int64()),
        ("months_12m", pa.int64()),
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(columns))


def _towns_left_out(
    contracts: Mapping[str, Contract], used: Mapping[str, list[Month]], lake: Lake
) -> pa.Table:
    """One row per extract, month in use and town of which the extract says nothing that month."""
    rows = [
        {"extract_id": extract, "month_on": m.start, "town_code": town}
        for extract, m, town in sorted(left_out(contracts, used, lake))
    ]
    columns = [("extract_id", pa.string()), ("month_on", pa.date32()), ("town_code", pa.string())]
    return pa.Table.from_pylist(rows, schema=pa.schema(columns))


def left_out(
    contracts: Mapping[str, Contract], used: Mapping[str, list[Month]], lake: Lake
) -> Iterator[tuple[str, Month, str]]:
    """(extract, month, town) of what the months in use say nothing of."""
    for extract in contracts:
        for m in {*used[extract], *used.get(f"{extract} window", ())}:
            for town in delivery.towns_missing(extract, m, lake):
                yield extract, m, town


def _terms(schooled: list[Month], month: Month) -> pa.Table:
    """One row per school term that began in the window: whether any of its months was delivered, how many.

    A term's fee counts in the month the term begins: autumn in September, spring in March.
    """
    rows = [
        {
            "began_on": start.start,
            "is_in_6": start in month.window(6),
            "is_seen": any(start <= m < start.plus(6) for m in schooled),
            "months_seen": sum(start <= m < start.plus(6) for m in schooled),
        }
        for start in month.window(WINDOW)
        if start.number in (3, 9)
    ]
    columns = [("began_on", pa.date32()), ("is_in_6", pa.bool_()), ("is_seen", pa.bool_())]
    columns.append(("months_seen", pa.int64()))
    return pa.Table.from_pylist(rows, schema=pa.schema(columns))
