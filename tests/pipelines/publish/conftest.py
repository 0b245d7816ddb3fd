"""A made-up month after detect: households drawn in a few words, laid in a lake as the stages before do."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.contract import SCHEMAS, Contract, load_contract, load_extracts
from pipelines.identity import check_character
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.publish.measures import TABLES as MEASURES
from pipelines.publish.tables import ANALYSTS

SANJIAO, XIAOLAN = "442000109", "442000118"
MONTH = Month.parse("2022-06")
TABLES = tuple(name for name in ANALYSTS if name not in MEASURES)  # what detect leaves to publish
SURNAMES = "李王张刘陈杨黄赵吴周"


@pytest.fixture(scope="session")
def extracts() -> dict[str, Contract]:
    return load_extracts()


def key(number: int) -> str:
    return "H" + hashlib.sha256(b"%d" % number).hexdigest()[:16].upper()


def resident_id(number: int) -> str:
    first17 = f"442099{1950 + number % 60}0101{number % 1000:03d}"
    return first17 + check_character(first17)


def full_row(contract: Contract, **values) -> dict:
    """A row with every column of the contract: what is given, else the least that the contract allows."""
    row = {}
    for prop in contract.properties:
        if prop.column in values:
            row[prop.column] = values[prop.column]
        elif prop.logical_type == "array":
            row[prop.column] = []
        elif not prop.required:
            row[prop.column] = None
        elif prop.enum:
            row[prop.column] = next(iter(prop.enum))
        else:
            row[prop.column] = {
                "string": "-", "date": MONTH.start, "integer": int(prop.minimum or 0), "number": 0,
                "boolean": False,
            }[prop.logical_type]  # fmt: skip
    return row


@dataclass
class Household:
    """One household: listed unless a reason is given."""

    number: int
    town_code: str = SANJIAO
    rank: int = 1
    reason: str | None = None
    roles: tuple[str, ...] = ("head", "spouse", "child", "child")
    dead: tuple[str, ...] = ()
    name: str | None = None
    address: str = "广东省中山市三角镇福兴路29号"
    grid_no: str | None = "03网格"
    dimensions: tuple[str, ...] = ("medical", "education")
    facts: dict = field(default_factory=dict)

    @property
    def key(self) -> str:
        return key(self.number)


@dataclass
class City:
    """Lays months into a lake; `spoil` alters a detected table before it is written."""

    lake: Lake

    def lay(self, households: list[Household], month: Month = MONTH, spoil: dict | None = None) -> None:
        contracts = {name: load_contract(SCHEMAS / f"{name}.yaml") for name in TABLES}
        rows: dict[str, list[dict]] = {name: [] for name in TABLES}
        numbers: dict[str, list[int]] = {name: [] for name in TABLES}

        def add(table: str, household: Household, **values) -> None:
            common = {
                "month": month.start, "household_key": household.key, "town_code": household.town_code,
                "dimensions": list(household.dimensions),
            }  # fmt: skip
            rows[table].append(full_row(contracts[table], **common, **values))
            numbers[table].append(household.number)

        for household in households:
            explanation = "近12个月自付医疗费13,800.00元（标准8,000元，医保2022-06）。"
            add(
                "matches", household, rule_id="heavy_medical_spending", dimension="medical",
                explanation_zh=explanation, explanation_en="Paid 13,800.00 yuan.",
            )  # fmt: skip
            status = {None: "listed", "waiting_for_capacity": "waiting", "covered": "covered"}
            add(
                "cases", household, status=status.get(household.reason, "excluded"),
                reason=household.reason, reason_zh="说明" if household.reason else None,
            )  # fmt: skip
            if household.reason:
                facts = {"detail_zh": explanation, **household.facts}
                add("exclusions", household, reason=household.reason, **facts)
            else:
                add(
                    "candidates", household,
                    **{
                        "rank": household.rank, "explanation_zh": explanation,
                        "explanation_en": "Paid 13,800.00 yuan.", "overlap": len(household.dimensions),
                        "not_covered_zh": "截至2022-06未在册", "members_count": len(household.roles),
                        "community_code": "442000001007", **household.facts,
                    },
                )  # fmt: skip
        rows["coverage"].append(
            full_row(
                contracts["coverage"], month=month.start, extract="human_resources__unemployment",
                department="human_resources", town_code=SANJIAO, dimension="employment",
                households=1000, households_unknown=230,
            )
        )  # fmt: skip
        rows["answers"].append(
            full_row(contracts["answers"], month=month.start, rule_id="r", town_code=SANJIAO, unknown=230)
        )
        with self.lake.write("matches", month, {}) as folder:
            for name in TABLES:
                frame = pl.DataFrame(rows[name], schema=schema_of(contracts[name]))
                if "household_key" in frame.columns:
                    frame = frame.with_columns(household_no=pl.Series(numbers[name], dtype=pl.Int64))
                frame = (spoil or {}).get(name, lambda same: same)(frame)
                frame.write_parquet(folder / f"{name}.parquet")
        self._lay_profiles(households, month)

    def _lay_profiles(self, households: list[Household], month: Month) -> None:
        members, people, places, profiles = [], [], [], []
        for household in households:
            profiles.append(
                (household.number, "442000001007", household.town_code, len(household.roles), True)
            )
            for place, role in enumerate(household.roles):
                resident = household.number * 100 + place
                name = household.name if household.name and not place else f"{SURNAMES[resident % 10]}{role}"
                members.append((resident, household.number, role not in household.dead, role, "grid"))
                people.append((resident, resident_id(resident), name, 50 - place))
                places.append((resident, household.address, household.grid_no, month.start))
        with self.lake.write("profiles", month, {}) as folder:
            pl.DataFrame(
                members, orient="row",
                schema={"resident_key": pl.Int64, "household_no": pl.Int64, "is_alive": pl.Boolean,
                        "role": pl.String, "address_source": pl.String},
            ).write_parquet(folder / "members.parquet")  # fmt: skip
            pl.DataFrame(
                [(key, age) for key, _, _, age in people], orient="row",
                schema={"resident_key": pl.Int64, "age_years": pl.Int64},
            ).write_parquet(folder / "resident_profile.parquet")  # fmt: skip
            pl.DataFrame(
                profiles, orient="row",
                schema={"household_no": pl.Int64, "community_code": pl.String, "town_code": pl.String,
                        "members_count": pl.Int64, "has_local_hukou": pl.Boolean},
            ).write_parquet(folder / "household_profile.parquet")  # fmt: skip
        self._lay_rows(
            "public_security__residents", ("resident_key", "resident_id", "name"),
            [person[:3] for person in people], month,
        )  # fmt: skip
        self._lay_rows(
            "towns__living_places",
            ("resident_key", "living_address", "grid_no", "recorded_on"),
            places,
            month,
        )

    def _lay_rows(self, extract: str, columns: tuple[str, ...], rows: list[tuple], month: Month) -> None:
        """Accepted rows of an extract with nothing in any other column."""
        schema = load_extracts()[extract].rows_schema
        given = [dict(zip(columns, row, strict=True)) for row in rows]
        with self.lake.write(f"parquet/{extract}", month, {}) as folder:
            pq.write_table(pa.Table.from_pylist(given, schema=schema), folder / "rows.parquet")
            (folder / "report.json").write_text("{}")
        with self.lake.write(f"verdicts/{extract}", month, {}) as folder:
            (folder / "verdict.json").write_text('{"verdict": "accepted", "reasons": []}')


def schema_of(contract: Contract) -> dict:
    kinds = {
        "string": pl.String, "date": pl.Date, "integer": pl.Int64, "boolean": pl.Boolean,
        "array": pl.List(pl.String), "number": pl.Decimal(18, 2),
    }  # fmt: skip
    return {prop.column: kinds[prop.logical_type] for prop in contract.properties}


def some_households() -> list[Household]:
    """Three listed, one waiting, one covered in Sanjiao; one listed in Xiaolan; nobody anywhere else."""
    return [
        Household(1, rank=1, name="杨伟志", facts={"status": "escalated", "months_waiting": 2}),
        Household(2, rank=2, roles=("head",), dimensions=(), facts={"unassessed_dimensions": ["employment"]}),
        Household(
            3, rank=3, roles=("head", "spouse", "child"), dead=("head",),
            facts={"last_visited_on": dt.date(2022, 4, 18), "last_visit_outcome": "not_reached"},
        ),
        Household(4, reason="waiting_for_capacity"),
        Household(5, reason="covered"),
        Household(6, town_code=XIAOLAN, address="广东省中山市小榄镇民安路1号"),
    ]  # fmt: skip


@pytest.fixture
def city(tmp_path, monkeypatch) -> City:
    # Somebody may save a source file between two publications of one test.
    monkeypatch.setattr("pipelines.manifest.code_digest", lambda *_: "the code")
    return City(Lake(tmp_path / "lake"))
