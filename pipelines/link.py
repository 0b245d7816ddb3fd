"""Link: joins the accepted extracts on the resident into residents, households and their profiles."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from pipelines import delivery, rule
from pipelines.contract import Contract
from pipelines.database import Database, quoted
from pipelines.delivery import Delivery
from pipelines.lake import Lake, code_digest
from pipelines.month import Month
from pipelines.problem import HardshipError

WINDOW = 12

# In order: a relation may read those above it.
RELATIONS = (
    "departures", "residents", "people_before", "resident_incomes", "earners", "spouses", "dependants",
    "register_groups", "joined_groups", "living_together", "household_numbers", "deceased", "members",
    "benefit_ends", "covered_residents", "resident_sums", "resident_facts", "household_sums",
    "household_places", "household_deaths", "household_assets", "household_events", "last_visits",
    "repaired_evidence",
)  # fmt: skip

# What is written, each ordered by a unique key so that bytes do not depend on threads.
WRITTEN = {
    "residents": "resident_key",
    "members": "household_no, resident_key",
    "household_links": "resident_key, linked_key, link_type, source",
    "resident_profile": "household_no, resident_key",
    "household_profile": "household_no",
    "identities": "household_no, resident_key",
}

INCOME_EXTRACTS = ("taxation__incomes", "human_resources__contributions", "human_resources__pensions")


def link(contracts: Mapping[str, Contract], month: Month, lake: Lake) -> dict[str, int]:
    """Writes the lake table `profiles` of the month; returns the counts of residents and households.

    Raises HardshipError when a required extract (the residents' register) may not be used.
    """
    deliveries = delivery.deliveries(contracts, month, lake)
    _require(contracts, deliveries)
    inputs = _inputs(contracts, deliveries, month, lake)
    if not lake.is_current("profiles", month, inputs):
        with Database() as database, lake.write("profiles", month, inputs) as folder:
            _lay_out_sources(database, contracts, deliveries, month, lake)
            for name in RELATIONS:
                database.table(name)
            for name in ("household_links", "resident_profile", "household_profile", "identities"):
                database.lazy(name)
            for name, order in WRITTEN.items():
                database.write(f"select * from {name} order by {order}", folder / f"{name}.parquet")
            database.register("delivered", _deliveries_table(deliveries))
            database.write("select * from delivered order by extract", folder / "deliveries.parquet")
            _check_grain(database)
    with Database() as database:
        folder = lake.resolve("profiles", month)
        database.view("residents", folder / "residents.parquet")
        database.view("household_profile", folder / "household_profile.parquet")
        return {
            "residents": database.value("select count(*) from residents"),
            "households": database.value("select count(*) from household_profile"),
        }


def _require(contracts: Mapping[str, Contract], deliveries: list[Delivery]) -> None:
    for item in deliveries:
        if contracts[item.extract].is_required and item.as_of is None:
            reasons = " ".join(reason["en"] for reason in item.reasons)
            raise HardshipError(
                f"{item.extract} is {item.status} for {item.month} and no accepted delivery is young enough "
                f"to stand in for it; without it there are no households. {reasons} "
                "Ask the department to deliver it again, then run the month again."
            )


def _inputs(
    contracts: Mapping[str, Contract], deliveries: list[Delivery], month: Month, lake: Lake
) -> dict:
    """Everything the profiles are made from, by content hash."""
    return {
        "deliveries": {
            item.extract: [item.status, str(item.as_of), [r["en"] for r in item.reasons]]
            for item in deliveries
        },
        "rows": {
            extract: {str(m): lake.digest(f"parquet/{extract}", m) for m in months}
            for extract, months in _months_used(contracts, deliveries, month, lake).items()
        },
        "previous": {str(m): lake.digest("profiles", m) for m in _previous(lake, month)},
        "household_keys": {str(m): lake.digest("matches", m) for m in lake.months("matches") if m < month},
        "parameters": rule.parameters_in_force(month=month),
        "minimum_wages": _minimum_wages(month.window(WINDOW)),
        "code": code_digest(),
    }


def _months_used(
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
    for extract in (
        "education__enrolments",
        "public_security__residents",
        "public_security__residence_permits",
    ):
        used[f"{extract} window"] = delivery.window_months(contracts[extract], month, lake, WINDOW)
    # who died or left stays gone: every cancellation on hand counts
    for extract in ("public_security__cancellations", "civil_affairs__funerals", "towns__visits"):
        earlier = delivery.usable_months(extract, lake, before=month.plus(1))
        used[extract] = sorted(earlier)
    return used


def _lay_out_sources(
    database: Database,
    contracts: Mapping[str, Contract],
    deliveries: list[Delivery],
    month: Month,
    lake: Lake,
) -> None:
    """Names every input: extracts, their staging, the month's facts and last month's members."""
    used = _months_used(contracts, deliveries, month, lake)
    for extract, contract in contracts.items():
        _view(database, extract, contract, used[extract], lake)
    windowed = {
        "education__enrolments_window": "education__enrolments",
        "public_security__residents_before": "public_security__residents",
        "public_security__residence_permits_before": "public_security__residence_permits",
    }
    for name, extract in windowed.items():
        _view(database, name, contracts[extract], used[f"{extract} window"], lake)
    database.register("reference", pa.Table.from_pylist([_reference(month)]))
    database.register("income_months", _income_months(used, month))
    accepted = [
        {"extract_id": extract, "month_on": m.start}
        for extract, months in used.items()
        if extract in contracts and contracts[extract].kind == "flow"
        for m in months
    ]
    schema = pa.schema([("extract_id", pa.string()), ("month_on", pa.date32())])
    database.register("accepted_months", pa.Table.from_pylist(accepted, schema=schema))
    database.register("known", pa.Table.from_pylist([_known(contracts, deliveries, used, month)], _KNOWN))
    _lay_out_last_month(database, month, lake)
    for extract in contracts:
        database.lazy(f"stg_{extract}")
    database.lazy("stg_education__fees")
    _lay_out_repaired_rows(database, contracts)


def _view(
    database: Database, name: str, contract: Contract, months: list[Month], lake: Lake
) -> None:
    files = [path for m in months if (path := delivery.accepted_rows(contract.id, m, lake))]
    if files:
        database.view(name, files)
    else:
        columns = [*contract.arrow_schema, pa.field("month", pa.date32()), pa.field("is_repaired", pa.bool_())]
        database.register(name, pa.schema(columns).empty_table())


def _lay_out_last_month(database: Database, month: Month, lake: Lake) -> None:
    """Last month's members, for stable household numbers; keys of listed households, for visits."""
    columns = pa.schema([("resident_key", pa.int64()), ("household_no", pa.int64())])
    previous = _previous(lake, month)
    if previous:
        database.view("previous_members", lake.resolve("profiles", previous[0]) / "members.parquet")
    else:
        database.register("previous_members", columns.empty_table())
    keys = [
        folder / "cases.parquet"
        for m in lake.months("matches")
        if m < month and (folder := lake.resolve("matches", m))
    ]
    if keys:
        database.view("cases", keys)
        database.execute(
            "create or replace temp table household_keys as "
            "select distinct household_key, household_no from cases",
            relation="household_keys",
        )
    else:
        columns = pa.schema([("household_key", pa.string()), ("household_no", pa.int64())])
        database.register("household_keys", columns.empty_table())


def _previous(lake: Lake, month: Month) -> list[Month]:
    """The latest earlier month with profiles within the window, as a list of one or none."""
    earlier = [m for m in lake.months("profiles") if month.plus(-WINDOW) <= m < month]
    return earlier[-1:]


def _lay_out_repaired_rows(database: Database, contracts: Mapping[str, Contract]) -> None:
    """One row per person and extract whose rows in use rest on a repair."""
    parts = []
    for extract, contract in contracts.items():
        key = next((p.column for p in contract.properties if p.identity == "resident" and p.required), None)
        if key:
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


def _minimum_wages(months: list[Month]) -> dict:
    return {str(m): rule.parameters_in_force(month=m)["minimum_wage"] for m in months}


def _income_months(used: dict[str, list[Month]], month: Month) -> pa.Table:
    """Months of the window in which every source of income was accepted, with the minimum wage in force."""
    common = set.intersection(*(set(used[extract]) for extract in INCOME_EXTRACTS))
    wages = _minimum_wages(sorted(common))
    rows = [
        {
            "month_on": m.start,
            "is_in_6": m in month.window(6),
            "minimum_wage_yuan": int(wages[str(m)]),
        }
        for m in sorted(common)
    ]
    columns = [("month_on", pa.date32()), ("is_in_6", pa.bool_()), ("minimum_wage_yuan", pa.int64())]
    return pa.Table.from_pylist(rows, schema=pa.schema(columns))


_KNOWN = pa.schema(
    [
        ("settlement_months_6m", pa.int32()),
        ("settlement_months_12m", pa.int32()),
        ("income_months_6m", pa.int64()),
        ("income_months_12m", pa.int64()),
        ("minimum_wages_6m_yuan", pa.int64()),
        ("minimum_wages_12m_yuan", pa.int64()),
        ("incident_months_6m", pa.int32()),
        ("lead_months_6m", pa.int32()),
        ("death_months_12m", pa.int32()),
        ("are_fees_whole_6m", pa.bool_()),
        ("are_fees_whole_12m", pa.bool_()),
        ("assistance_as_of_month", pa.date32()),
        *[
            (name, pa.bool_())
            for name in (
                "has_assistance_roll", "has_enrolments", "has_school_roll", "has_unemployment_roll",
                "has_certificates", "has_illnesses", "has_dilapidated_houses", "has_public_rentals",
                "has_vehicles", "has_businesses",
            )
        ],
    ]
)  # fmt: skip


def _known(
    contracts: Mapping[str, Contract], deliveries: list[Delivery], used: dict, month: Month
) -> dict:
    """What is known of each source for the month (one row)."""
    as_of: dict[str, Month | None] = {item.extract: item.as_of for item in deliveries}

    def count(extract: str, months: int) -> int:
        return sum(m in month.window(months) for m in used[extract])

    common = set.intersection(*(set(used[extract]) for extract in INCOME_EXTRACTS))
    wages = _minimum_wages(sorted(common))
    deaths = set(used["public_security__cancellations"]) & set(used["civil_affairs__funerals"])
    roll = as_of["civil_affairs__assistance_roll"]
    schooled = set(used["education__enrolments window"])
    return {
        "settlement_months_6m": count("medical_insurance__settlements", 6),
        "settlement_months_12m": count("medical_insurance__settlements", WINDOW),
        "income_months_6m": sum(m in month.window(6) for m in common),
        "income_months_12m": len(common),
        "minimum_wages_6m_yuan": sum(int(wages[str(m)]) for m in common if m in month.window(6)),
        "minimum_wages_12m_yuan": sum(int(wages[str(m)]) for m in common),
        "incident_months_6m": count("emergency__incidents", 6),
        "lead_months_6m": count("towns__leads", 6),
        "death_months_12m": sum(m in month.window(WINDOW) for m in deaths),
        "are_fees_whole_6m": _are_fees_whole(schooled, month, 6),
        "are_fees_whole_12m": _are_fees_whole(schooled, month, WINDOW),
        "assistance_as_of_month": roll.start if roll else None,
        "has_assistance_roll": roll is not None,
        "has_enrolments": as_of["medical_insurance__enrolments"] is not None,
        "has_school_roll": as_of["education__enrolments"] is not None,
        "has_unemployment_roll": as_of["human_resources__unemployment"] is not None,
        "has_certificates": as_of["disabled_persons__certificates"] is not None,
        "has_illnesses": as_of["health__major_illnesses"] is not None,
        "has_dilapidated_houses": as_of["housing__dilapidated_houses"] is not None,
        "has_public_rentals": as_of["housing__public_rentals"] is not None,
        "has_vehicles": as_of["public_security__vehicles"] is not None,
        "has_businesses": as_of["market_supervision__businesses"] is not None,
    }


def _are_fees_whole(schooled: set[Month], month: Month, months: int) -> bool:
    """Whether every term that began in the window was seen in one of its six months.

    A term's fee counts in the month the term begins: autumn in September, spring in March.
    """
    window = month.window(months)
    starts = [m for m in window if m.number in (3, 9)]
    return bool(starts) and all(
        any(m in schooled for m in start.plus(5).window(6) if m in window) for start in starts
    )


def _deliveries_table(deliveries: list[Delivery]) -> pa.Table:
    schema = pa.schema(
        [
            ("extract", pa.string()),
            ("department", pa.string()),
            ("month", pa.date32()),
            ("status", pa.string()),
            ("as_of_month", pa.date32()),
            ("rows_in", pa.int64()),
            ("accepted", pa.int64()),
            ("rejected", pa.int64()),
            ("reason_zh", pa.string()),
            ("reason_en", pa.string()),
        ]
    )
    rows = [
        {
            "extract": item.extract,
            "department": item.department,
            "month": item.month.start,
            "status": item.status,
            "as_of_month": item.as_of.start if item.as_of else None,
            "rows_in": item.rows_in,
            "accepted": item.accepted,
            "rejected": item.rejected,
            "reason_zh": "；".join(reason["zh"] for reason in item.reasons),
            "reason_en": "; ".join(reason["en"] for reason in item.reasons),
        }
        for item in deliveries
    ]
    return pa.Table.from_pylist(rows, schema=schema)


def _check_grain(database: Database) -> None:
    """Every resident is in exactly one household; every household number is given once."""
    residents = database.value("select count(*) from residents")
    placed = database.value("select count(distinct resident_key) from members where is_alive")
    households = database.value("select count(*) from household_profile")
    numbers = database.value("select count(distinct household_no) from household_profile")
    if residents != placed or households != numbers:
        raise HardshipError(
            f"Linking broke its grain: {residents} residents but {placed} placed in households, "
            f"{households} households but {numbers} household numbers. This is a defect; nothing was written."
        )
