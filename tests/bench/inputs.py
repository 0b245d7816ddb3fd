"""Inputs: the accepted Parquet files that every reference reads, by the names they read them under."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipelines import delivery
from pipelines.contract import SCHEMAS, load_extracts
from pipelines.lake import Lake
from pipelines.month import Month
from tests.bench.laying import READ_BACK

COMMUNITIES = SCHEMAS.parent / "data" / "reference" / "communities.csv"

WINDOW = 12

Files = Mapping[str, list[Path]]

# What the references read.
COLUMNS = {
    "public_security__residents": (
        "resident_key", "sex", "birth_on", "household_register_no", "register_type", "relation_to_head",
        "register_address", "town_code", "moved_in_on",
    ),
    "public_security__residents_window": (
        "resident_key", "sex", "birth_on", "household_register_no", "month",
    ),
    "public_security__residence_permits": (
        "resident_key", "sex", "birth_on", "living_address", "town_code", "guardian_key",
        "permit_issued_on", "permit_expires_on",
    ),
    "public_security__residence_permits_window": ("resident_key", "sex", "birth_on", "month"),
    "public_security__cancellations": ("resident_key", "reason", "event_on"),
    "public_security__vehicles": (
        "resident_key", "vehicle_type", "vehicle_status", "first_registered_on",
    ),
    "civil_affairs__assistance_roll": (
        "resident_key", "assistance_type", "is_single_person", "started_on", "stopped_on",
    ),
    "civil_affairs__funerals": ("resident_key", "died_on"),
    "civil_affairs__marriages": ("resident_key", "spouse_key", "marriage_status", "registered_on"),
    "disabled_persons__certificates": (
        "resident_key", "disability_grade", "disability_category", "issued_on", "expires_on",
        "certificate_status",
    ),
    "education__enrolments": ("resident_key", "guardian1_key", "guardian2_key"),
    "education__enrolments_window": ("resident_key", "term", "tuition_yuan", "fee_period", "month"),
    "emergency__incidents": ("resident_key", "incident_on", "incident_kind"),
    "health__births": (
        "resident_key", "birth_certificate_key", "mother_key", "father_key", "sex", "born_on",
    ),
    "health__major_illnesses": ("resident_key", "registered_on"),
    "housing__dilapidated_houses": ("resident_key", "assessed_on", "danger_grade"),
    "housing__properties": ("resident_key", "property_no", "share", "area_m2", "property_use"),
    "human_resources__contributions": (
        "resident_key", "contribution_month_on", "contribution_base_yuan", "month",
    ),
    "human_resources__pensions": ("resident_key", "pension_month_on", "pension_yuan", "month"),
    "human_resources__unemployment": (
        "resident_key", "registered_on", "deregistered_on", "benefit_from_on", "benefit_until_on",
        "benefit_monthly_yuan",
    ),
    "market_supervision__businesses": (
        "resident_key", "credit_code", "paid_in_capital_yuan", "business_status",
    ),
    "medical_insurance__enrolments": ("resident_key",),
    "medical_insurance__settlements": (
        "settlement_no", "settled_on", "resident_key", "stay_no", "visit_kind", "total_yuan",
        "self_paid_yuan", "is_refund", "month",
    ),
    "taxation__incomes": (
        "resident_key", "income_month_on", "income_kind", "payer_no", "income_yuan", "month",
    ),
    "towns__living_places": ("resident_key", "living_address", "town_code", "recorded_on"),
}  # fmt: skip


def accepted_files(lake: Lake, month: Month) -> Files:
    """Files of accepted rows by name: `<extract>`, and `<extract>_window` for rolls read back.

    `identity_conflicts` says about whom the data contradict themselves, where that was looked for.
    A flow is the window's months, a roll this month's. Raises LookupError when anything is missing: the
    references know no gaps. Visits are passed over, for the bench's month is the first.
    """
    files: dict[str, list[Path]] = {}
    for extract, contract in load_extracts().items():
        if extract == "towns__visits":
            continue
        window = [m for m in month.window(WINDOW) if m.number in contract.delivery_months]
        if contract.kind == "flow":
            files[extract] = _rows(lake, extract, window)
        else:
            files[extract] = _rows(lake, extract, [month])
        if extract in READ_BACK:
            files[f"{extract}_window"] = _rows(lake, extract, window)
    queued = lake.resolve("conflicts", month)
    files["identity_conflicts"] = [queued / "people.parquet"] if queued else []
    return files


def disputed_deaths(files: Files) -> list[int]:
    """Keys of people who gave signs of life after their death: a person has to find out first."""
    import pyarrow.parquet as pq

    rows = [row for path in files["identity_conflicts"] for row in pq.read_table(path).to_pylist()]
    return [r["resident_key"] for r in rows if r["is_open"] and r["kind"] == "death_and_life"]


def _rows(lake: Lake, extract: str, months: list[Month]) -> list[Path]:
    missing = [m for m in months if not delivery.is_usable(extract, m, lake)]
    if missing:
        raise LookupError(f"{extract} was not accepted for {', '.join(map(str, missing))}")
    return [delivery.accepted_rows(extract, m, lake) for m in months]


def hmac_keys(secret: bytes) -> Mapping[str, bytes]:
    """The two keys with which HMAC-SHA256 is two plain hashes (RFC 2104)."""
    if len(secret) > 64:
        raise ValueError("a secret of more than 64 bytes is hashed first")
    padded = secret.ljust(64, b"\0")
    return {
        "inner_key": bytes(byte ^ 0x36 for byte in padded),
        "outer_key": bytes(byte ^ 0x5C for byte in padded),
    }


def read_through(files: Files) -> int:
    """Reads the columns of COLUMNS and does nothing with them; returns the rows read."""
    import pyarrow.parquet as pq

    rows = 0
    for name, columns in COLUMNS.items():
        for path in files[name]:
            with pq.ParquetFile(path) as file:
                rows += sum(batch.num_rows for batch in file.iter_batches(columns=list(columns)))
    return rows
