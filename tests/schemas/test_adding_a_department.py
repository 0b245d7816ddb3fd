"""A new department is one contract, one staging file and the column it brings: YAML and SQL, no Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl

PROJECT = Path(__file__).parent.parent.parent
YANG = "442099197703121018"

CONTRACT = """
apiVersion: v3.2.0
kind: DataContract
id: water_utility__arrears
version: 1.0.0
status: active
domain: water_utility
name: 供水欠费
description:
  purpose: Households that cannot pay for water.
  limitations: None known.
  usage: A sign of trouble.
schema:
  - name: water_utility__arrears
    businessName: 供水欠费 / Water arrears
    dataGranularityDescription: One row per customer with unpaid bills.
    properties:
      - name: resident_id
        physicalName: 户主身份证号
        logicalType: string
        primaryKey: true
        primaryKeyPosition: 1
        required: true
        classification: restricted
        description: ID of the customer.
        customProperties: [{property: identity, value: resident}, {property: purpose, value: link}]
      - name: unpaid_months
        physicalName: 欠费月数
        logicalType: integer
        logicalTypeOptions: {minimum: 1, maximum: 120}
        required: true
        classification: internal
        description: Months of unpaid bills.
        customProperties: [{property: unit, value: months}]
slaProperties:
  - {property: deliveryDay, value: 5, unit: d}
  - {property: maximumAge, value: 1, unit: month}
  - {property: requiredForMonth, value: false}
customProperties:
  - {property: files, value: ["water_utility/供水欠费_{yyyymm}*"]}
  - {property: kind, value: stock}
  - {property: coverage, value: everyone}
  - {property: form, value: {format: csv, encoding: utf-8, separator: ","}}
"""

STAGING = """-- One row per customer with unpaid water bills.
select
    resident_key,
    unpaid_months
from water_utility__arrears
"""

PROFILE_COLUMN = """      - name: water_unpaid_months
        logicalType: integer
        classification: internal
        description: Most months of unpaid water bills of a member; null when the register is not accepted.
        customProperties:
          - {property: unit, value: months}
          - {property: dimension, value: housing}
          - {property: sources, value: [water_utility__arrears]}
          - {property: purpose, value: hardship}
"""

RULE = """title: {zh: 水费拖欠, en: Water arrears}
id: water_arrears
status: stable
dimension: housing
cause: necessary_spending
trouble: housing
unit: household
effect: signal
path: temporary_assistance
references:
  - {title: Agreement with the water utility}
parameters:
  unpaid_limit:
    description: Months of unpaid water bills from which they count.
    unit: months
    values:
      2020-01-01: 3
detection:
  unpaid: water_unpaid_months >= $unpaid_limit
  condition: unpaid
severity:
  points: 4
explanation:
  zh: 水费拖欠{water_unpaid_months}个月（标准{unpaid_limit}个月）
  en: Water bills of {water_unpaid_months} months are unpaid (limit {unpaid_limit})
false_positives: [The flat is let and the tenant pays.]
tests:
  - {name: three months, month: 2022-05, profile: {water_unpaid_months: 3}, expect: match}
  - {name: two months, month: 2022-05, profile: {water_unpaid_months: 2}, expect: no match}
  - {name: nothing delivered, month: 2022-05, profile: {}, expect: unknown}
"""

# Lays the named families and the new department's file, runs the month, says what matched.
RUN = """
from pathlib import Path
from pipelines import monthly
from pipelines.city import deliver, families
from pipelines.contract import load_extracts
from pipelines.month import Month

month, place = Month(2022, 5), monthly.workplace()
for extract, frame in families.extracts(month).items():
    deliver.write(load_extracts()[extract], frame, month, place.landing)
file = place.landing / "2022-05" / "water_utility" / "供水欠费_202205.csv"
file.parent.mkdir(parents=True)
file.write_text("户主身份证号,欠费月数\\n442099197703121018,4\\n", encoding="utf-8")
monthly.run(month, place)
"""


def test_a_department_is_added_with_yaml_and_sql_alone(tmp_path):
    project, home = tmp_path / "project", tmp_path / "home"
    for folder in ("pipelines", "schemas", "sql", "rules"):
        shutil.copytree(PROJECT / folder, project / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PROJECT / "data" / "reference", project / "data" / "reference")
    python_before = {p: p.read_bytes() for p in (project / "pipelines").rglob("*.py")}

    (project / "schemas" / "water_utility__arrears.yaml").write_text(CONTRACT, encoding="utf-8")
    (project / "sql" / "stg_water_utility__arrears.sql").write_text(STAGING, encoding="utf-8")
    (project / "rules" / "water_arrears.yaml").write_text(RULE, encoding="utf-8")
    with open(project / "schemas" / "household_profile.yaml", "a", encoding="utf-8") as contract:
        contract.write(PROFILE_COLUMN)
    _bring_the_column(project / "sql" / "household_profile.sql")

    done = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project), "HARDSHIP_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    matches = pl.read_parquet(home / "published" / "month=2022-05" / "matches.parquet")
    found = matches.filter(pl.col("rule_id") == "water_arrears").to_dicts()
    assert len(found) == 1
    assert "水费拖欠4个月（标准3个月" in found[0]["explanation_zh"]
    assert python_before == {p: p.read_bytes() for p in (project / "pipelines").rglob("*.py")}


def _bring_the_column(path: Path) -> None:
    """What an engineer would write into household_profile.sql: one input, one column, one join."""
    sql = path.read_text(encoding="utf-8")
    inputs = """with

arrears as (
    select
        members.household_no,
        max(stg_water_utility__arrears.unpaid_months) as unpaid_months
    from stg_water_utility__arrears
    inner join members on stg_water_utility__arrears.resident_key = members.resident_key
    group by members.household_no
),

arrears_source as (
    select as_of_month is not null as is_accepted from sources
    where extract_id = 'water_utility__arrears'
),
"""
    column = """    repaired.repaired_extracts,
    case when arrears_source.is_accepted then coalesce(arrears.unpaid_months, 0) end
        as water_unpaid_months
"""
    assert sql.count("    repaired.repaired_extracts\n") == 1
    sql = sql.replace("with\n", inputs, 1).replace("    repaired.repaired_extracts\n", column)
    sql = sql.rstrip() + "\nleft join arrears on net.household_no = arrears.household_no\n"
    path.write_text(sql + "cross join arrears_source\n", encoding="utf-8")
