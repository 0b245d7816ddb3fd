"""A small town whose profiles are written by hand, so that every decision about it can be told beforehand."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contract import load_contracts
from pipelines.detect import detect
from pipelines.identity import household_key
from pipelines.lake import Lake
from pipelines.month import Month

SANJIAO = "442000109"
XIAOLAN = "442000118"
CONTRACTS = load_contracts()

# A household about which everything is known and nothing is amiss.
WELL = {
    "town_code": SANJIAO,
    "is_address_uncertain": False,
    "members_count": 3,
    "minors_count": 1,
    "working_age_count": 2,
    "able_workers_count": 2,
    "local_hukou_count": 3,
    "has_local_hukou": True,
    "has_child_under_6": False,
    "has_severe_disability": False,
    "has_member_over_80": False,
    "is_conflict": False,
    "is_covered": False,
    "covered_as_of_month": "2022-05-01",
    "medical_self_paid_12m_at_least_yuan": 0,
    "medical_self_paid_12m_yuan": 0,
    "education_fees_12m_at_least_yuan": 0,
    "education_fees_12m_yuan": 0,
    "income_12m_monthly_yuan": 18000,
    "income_per_head_12m_at_least_yuan": 6000,
    "income_per_head_12m_yuan": 6000,
    "income_imputed_monthly_yuan": 0,
    "income_months_12m": 12,
    "rigid_spending_12m_monthly_at_least_yuan": 0,
    "rigid_spending_12m_monthly_yuan": 0,
    "net_income_per_head_12m_at_most_yuan": 6000,
    "net_income_per_head_12m_yuan": 6000,
    "incidents_6m_count": 0,
    "has_unsafe_housing": False,
    "breadwinner_deaths_12m_count": 0,
    "wholly_owned_homes_count": 1,
    "home_area_per_head_m2": 25,
    "shared_homes_count": 0,
    "cars_count": 0,
    "mobility_vehicles_count": 0,
    "paid_in_capital_yuan": 0,
    "subscribed_capital_yuan": 0,
}

EMPLOYED = {
    "age_years": 40,
    "sex": "M",
    "has_local_hukou": True,
    "is_minor": False,
    "is_working_age": True,
    "is_registered_unemployed": False,
    "has_ended_benefit": False,
    "has_disability_certificate": False,
    "is_covered_alone": False,
}
UNEMPLOYED = {**EMPLOYED, "is_registered_unemployed": True}

# What makes one dimension each, so that tests can say how many a household has.
SICK = {"medical_self_paid_12m_at_least_yuan": 9800, "medical_self_paid_12m_yuan": 9800}
AT_SCHOOL = {"education_fees_12m_at_least_yuan": 12000, "education_fees_12m_yuan": 12000}
STRUCK = {"incidents_6m_count": 1, "latest_incident_on": "2022-05-10"}
UNHOUSED = {"has_unsafe_housing": True, "danger_grade": "D"}


@dataclass
class Town:
    """Households by number, each a profile row and its residents' rows; `late` extracts by as-of month."""

    lake: Lake
    households: dict[int, dict] = field(default_factory=dict)
    residents: dict[int, list[dict]] = field(default_factory=dict)
    late: dict[str, str | None] = field(default_factory=dict)
    dead: set[int] = field(default_factory=set)

    def house(self, number: int, *traits: dict, residents: tuple[dict, ...] = (EMPLOYED,), **columns) -> str:
        """Puts a household into the town (or changes it) and returns its published key."""
        row = dict(WELL)
        for trait in traits:
            row |= trait
        self.households[number] = row | columns
        self.residents[number] = [dict(resident) for resident in residents]
        return household_key(number, self.lake.secret())

    def leave(self, number: int) -> None:
        """Nobody of the household lives here any more."""
        del self.households[number], self.residents[number]

    def run(self, month: str, rules: Path | None = None) -> dict:
        """Writes the month's profiles and detects; returns the counts."""
        parsed = Month.parse(month)
        self.write_profiles(parsed)
        return detect(parsed, self.lake, **({"rules": rules} if rules else {}))

    def write_profiles(self, month: Month) -> None:
        households = [{"household_no": n, **row} for n, row in sorted(self.households.items())]
        residents, members = [], []
        for number, rows in sorted(self.residents.items()):
            for place, row in enumerate(rows):
                key = row.get("resident_key", number * 100 + place)
                residents.append({"household_no": number, **row, "resident_key": key})
                members.append(_member(key, number, is_alive=True))
        members += [_member(number * 100, number, is_alive=False) for number in sorted(self.dead)]
        with self.lake.write("profiles", month, {"made": "by hand"}) as folder:
            _write(
                folder / "household_profile.parquet", CONTRACTS["household_profile"].arrow_schema, households
            )
            _write(folder / "resident_profile.parquet", CONTRACTS["resident_profile"].arrow_schema, residents)
            pq.write_table(pa.Table.from_pylist(members, schema=MEMBERS), folder / "members.parquet")
            pq.write_table(self._deliveries(month), folder / "deliveries.parquet")

    def _deliveries(self, month: Month) -> pa.Table:
        rows = []
        for contract in CONTRACTS.values():
            if "__" in contract.id:
                as_of = self.late.get(contract.id, str(month))
                rows.append(
                    {
                        "extract": contract.id,
                        "department": contract.department,
                        "status": "accepted" if as_of == str(month) else "missing",
                        "as_of_month": Month.parse(as_of).start if as_of else None,
                    }
                )
        return pa.Table.from_pylist(rows)

    def visit(self, month: str, key: str, on: str, outcome: str, **more: str) -> None:
        """Delivers a visit in a month's extract, beside those it holds already."""
        parsed, table = Month.parse(month), "parquet/towns__visits"
        contract = CONTRACTS["towns__visits"]
        folder = self.lake.resolve(table, parsed)
        rows = pq.read_table(folder / "rows.parquet").to_pylist() if folder else []
        given = {"household_key": key, "visited_on": on, "outcome": outcome, **more}
        rows.append({f.name: _typed(given.get(f.name), f.type) for f in contract.arrow_schema})
        with self.lake.write(table, parsed, {}) as place:
            pq.write_table(pa.Table.from_pylist(rows, schema=contract.arrow_schema), place / "rows.parquet")
        with self.lake.write("verdicts/towns__visits", parsed, {}) as place:
            (place / "verdict.json").write_text('{"verdict": "accepted", "reasons": []}')

    def rows(self, month: str, table: str) -> list[dict]:
        """All rows of one of detect's tables."""
        folder = self.lake.resolve("matches", Month.parse(month))
        return pq.read_table(folder / f"{table}.parquet").to_pylist()

    def row(self, month: str, table: str, key: str) -> dict | None:
        """The row of one household, None when it has none."""
        found = [row for row in self.rows(month, table) if row["household_key"] == key]
        assert len(found) <= 1
        return found[0] if found else None


MEMBERS = pa.schema(
    [
        ("resident_key", pa.int64()),
        ("household_no", pa.int64()),
        ("is_alive", pa.bool_()),
        ("role", pa.string()),
    ]
)


def _member(key: int, number: int, *, is_alive: bool) -> dict:
    return {"resident_key": key, "household_no": number, "is_alive": is_alive, "role": "head"}


def _write(path: Path, schema: pa.Schema, rows: list[dict]) -> None:
    typed = [{f.name: _typed(row.get(f.name), f.type) for f in schema} for row in rows]
    unknown = {name for row in rows for name in row} - set(schema.names)
    assert not unknown, f"no such profile columns: {unknown}"
    pq.write_table(pa.Table.from_pylist(typed, schema=schema), path)


def _typed(value: object, kind: pa.DataType) -> object:
    if value is not None and pa.types.is_decimal(kind):
        return Decimal(str(value))
    if isinstance(value, str) and pa.types.is_date(kind):
        return datetime.date.fromisoformat(str(value))
    return value
