"""The same answers in pandas, as a careful analyst would write them: only the columns asked for, money as
whole numbers, grouped and merged.

Left out: who is listed, and in which order.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.month import Month
from tests.bench import laws, pandas_people, pandas_registers
from tests.bench.pandas_rows import HOME, KEY, Files, read


def write_answers(files: Files, month: Month, target: Path) -> None:
    """One row per household: members, town_code and the answer of every rule, to a Parquet file."""
    money = _recorded_income(files, month)
    people = pandas_people.members(files, month, money.index[money["is_earning"]])
    medical, fees = _medical(files, month), _fees(files, month)
    losses = _losses(pandas_people.died(files, month, people), medical, fees)
    persons = _persons(files, month, people, money, medical, fees)
    households = _households(persons)
    households["town_code"] = pandas_people.towns(people)
    for part in (losses, *pandas_registers.belongings(files, month, people)):
        households = households.join(part)
    households["medical"] += households["medical_of_dead"].fillna(0)
    households["fees_twice"] += households["fees_twice_of_dead"].fillna(0)
    for name in ("breadwinners", "incidents", "cars"):
        households[name] = households[name].fillna(0)
    households["is_unsafe"] = households["is_unsafe"].fillna(False)
    households["paid_in"] = households["paid_in"].where(households["has_business"].notna(), 0)
    households["unknown"] = pd.array([pd.NA] * len(households), "boolean")
    answers = pd.DataFrame(laws.answers(households)).assign(
        members=households["members"], town_code=households["town_code"]
    )
    pq.write_table(pa.Table.from_pandas(answers, preserve_index=False), target)


def _window(month: Month) -> tuple[pd.Timestamp, pd.Timestamp]:
    return pd.Timestamp(month.window(laws.MONTHS)[0].start), pd.Timestamp(month.end)


def _last_delivered(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """What is sent again in a later month is the same record."""
    return rows.sort_values("month").drop_duplicates(key, keep="last")


def _recorded_income(files: Files, month: Month) -> pd.DataFrame:
    """Per person: recorded income of the window, months with a record and their minimum wages."""
    by = [KEY, "month_on"]
    tax = read(
        files, "taxation__incomes", KEY, "income_month_on", "income_kind", "payer_no", "income_yuan", "month"
    )
    tax = _last_delivered(tax, [KEY, "income_month_on", "income_kind", "payer_no"])
    declared = tax.rename(columns={"income_month_on": "month_on"}).groupby(by)["income_yuan"].sum()
    paid = read(
        files,
        "human_resources__contributions",
        KEY,
        "contribution_month_on",
        "contribution_base_yuan",
        "month",
    )
    paid = _last_delivered(paid, [KEY, "contribution_month_on"])
    base = paid.rename(columns={"contribution_month_on": "month_on"}).set_index(by)["contribution_base_yuan"]
    pensions = read(files, "human_resources__pensions", KEY, "pension_month_on", "pension_yuan", "month")
    pensions = _last_delivered(pensions, [KEY, "pension_month_on"])
    pension = pensions.rename(columns={"pension_month_on": "month_on"}).set_index(by)["pension_yuan"]
    months = pd.DataFrame(
        {
            "month_on": pd.to_datetime([m.start for m in month.window(laws.MONTHS)]).as_unit("s"),
            "wage": pd.array([laws.minimum_wage(m) for m in month.window(laws.MONTHS)], "Int64"),
        }
    )
    columns = ("benefit_from_on", "benefit_until_on", "deregistered_on", "benefit_monthly_yuan")
    spells = read(files, "human_resources__unemployment", KEY, *columns).dropna(
        subset=["benefit_monthly_yuan"]
    )
    spells["until"] = (
        spells["benefit_until_on"].fillna(spells["deregistered_on"]).fillna(pd.Timestamp("2199-12-31"))
    )
    spells = spells.merge(months, how="cross")
    since = spells["benefit_from_on"].dt.to_period("M").dt.start_time
    spells = spells[(since <= spells["month_on"]) & (spells["until"] >= spells["month_on"])]
    benefit = spells.groupby(by)["benefit_monthly_yuan"].sum()
    found = pd.concat(
        {"declared": declared, "base": base, "pension": pension, "benefit": benefit}, axis=1
    ).reset_index()
    found = found.merge(months, on="month_on")
    is_last = found["month_on"] == pd.Timestamp(month.start)
    is_work = found["declared"].notna() | found["base"].notna()
    found["recorded"] = (
        found["declared"].fillna(found["base"]).fillna(0)
        + found["pension"].fillna(0)
        + found["benefit"].fillna(0)
    )
    found["is_working"] = is_last & is_work
    found["is_earning"] = is_last & (is_work | found["pension"].notna())
    return found.groupby(KEY).agg(
        recorded=("recorded", "sum"),
        recorded_months=("recorded", "size"),
        recorded_wages=("wage", "sum"),
        is_working=("is_working", "any"),
        is_earning=("is_earning", "any"),
    )


def _medical(files: Files, month: Month) -> pd.Series:
    """Per person: what it paid itself in the window, after refunds, each document and stay once."""
    bills = read(
        files, "medical_insurance__settlements", "settlement_no", "settled_on", KEY, "stay_no", "visit_kind",
        "total_yuan", "self_paid_yuan", "is_refund", "month",
    )  # fmt: skip
    # the same document in two months: the later one stands
    bills = _last_delivered(bills, ["settlement_no", "settled_on"])
    flagged = bills["is_refund"].fillna(False)
    bills["paid"] = bills["self_paid_yuan"].where(~flagged, -bills["self_paid_yuan"].abs())
    bills["is_refund"] = flagged | (bills["total_yuan"] < 0)
    bills["total"], bills["amount"] = bills["total_yuan"].abs(), bills["self_paid_yuan"].abs()
    settled_in = bills["settled_on"].dt.year * 12 + bills["settled_on"].dt.month
    bills["visit_month"] = settled_in.where(~bills["visit_kind"].isin(["21", "52"]), 0)
    stay = [KEY, "stay_no", "visit_month"]
    parts = bills[bills["stay_no"].notna() & bills.duplicated(stay, keep=False)]
    parts = parts.sort_values(["settled_on", "month", "settlement_no"])
    kind = [*stay, "total", "amount"]
    parts = parts.assign(nth=parts.groupby([*kind, "is_refund"]).cumcount(), row=parts.index)
    refunds, charged = parts[parts["is_refund"]], parts[~parts["is_refund"]]
    pairs = charged.merge(refunds, on=[*kind, "nth"], suffixes=("", "_refund"))
    standing = charged[~charged["row"].isin(pairs["row"])]
    superseded = standing.index[standing.duplicated([*stay, "total"], keep="last")]
    counted = bills.drop(index=[*pairs["row"], *pairs["row_refund"], *superseded])
    return (
        counted[counted["settled_on"].between(*_window(month))].groupby(KEY)["paid"].sum().rename("medical")
    )


def _fees(files: Files, month: Month) -> pd.Series:
    """Per pupil: twice the fees of the terms that began in the window."""
    rows = read(files, "education__enrolments_window", KEY, "term", "tuition_yuan", "fee_period", "month")
    rows = _last_delivered(rows, [KEY, "term"])
    number = rows["term"].str.endswith("autumn").map({True: "-09", False: "-03"})
    began = pd.to_datetime(rows["term"].str[:4] + number, format="%Y-%m")
    fee_twice = rows["tuition_yuan"].where(rows["fee_period"] == "year", rows["tuition_yuan"] * 2)
    inside = began.between(*_window(month))
    return fee_twice[inside].groupby(rows[KEY]).sum().rename("fees_twice")


def _losses(died: pd.DataFrame, medical: pd.Series, fees: pd.Series) -> pd.DataFrame:
    return (
        died.join(medical, on=KEY)
        .join(fees, on=KEY)
        .groupby(HOME)
        .agg(
            breadwinners=("is_breadwinner", "sum"),
            medical_of_dead=("medical", "sum"),
            fees_twice_of_dead=("fees_twice", "sum"),
        )
        .astype("Int64")
    )


def _persons(files, month: Month, people, money, medical, fees) -> pd.DataFrame:
    """One row per member: statuses, income and spending."""
    insured = read(files, "medical_insurance__enrolments", KEY)[KEY]
    ill = read(files, "health__major_illnesses", KEY, "registered_on")
    ill = ill[KEY][ill["registered_on"] <= pd.Timestamp(month.end)]
    f = people.join(pandas_registers.certificates(files, month), on=KEY)
    f = f.join(pandas_registers.spells(files, month), on=KEY).join(
        pandas_registers.rolls(files, month), on=KEY
    )
    f = f.join(money, on=KEY).join(medical, on=KEY).join(fees, on=KEY)
    for name in ("is_registered", "has_lost_benefit", "is_alone", "is_covered", "is_working"):
        f[name] = f[name].astype("boolean").fillna(False)
    for name in ("recorded", "recorded_months", "recorded_wages", "medical", "fees_twice"):
        f[name] = f[name].astype("Int64").fillna(0)
    age, grade, is_local = f["age"], f["grade"], f["is_local"]
    unknown = pd.Series(pd.array([pd.NA] * len(f), "boolean"), f.index)
    f["is_insured"] = f[KEY].isin(insured).astype("boolean")
    is_ill = f[KEY].isin(ill).astype("boolean") | (unknown & ~f["is_insured"])
    is_student = f["is_enrolled"] | (unknown & (age.between(6, 15) | age.between(18, 22)))
    has_certificate = grade.notna() | (unknown & ~is_local)
    is_pension_age = age >= f["sex"].map(laws.PENSION_AGE).astype("Int64")
    is_severe = has_certificate & (grade <= 2)
    is_working_age = (age >= 18) & ~is_pension_age
    zero = is_pension_age | f["is_registered"] | is_student.fillna(False) | is_ill.fillna(False)
    zero |= (grade <= 2).fillna(False)
    wages = sum(laws.minimum_wage(m) for m in month.window(laws.MONTHS))
    is_whole = (f["recorded_months"] == laws.MONTHS) | zero
    counted = f["recorded"].where(is_whole, f["recorded"] + wages - f["recorded_wages"])
    counted = counted.mask(~is_whole & (age <= 22) & is_student.isna())
    f["income"] = counted.mask(age < 18, 0)
    f["known_income"] = f["income"].fillna(f["recorded"])
    unable = is_severe | is_ill | is_student
    f["is_able"] = is_working_age & ((unable.isna() & f["is_working"]) | ~unable)
    f["is_unemployed"] = is_working_age & (f["is_registered"] | f["has_lost_benefit"])
    mental = f["category"].isin(["5", "6"]) & (grade <= 4)
    f["is_disabled"] = has_certificate & ((grade <= 2) | mental)
    f["is_student"] = is_student
    return f


def _households(f: pd.DataFrame) -> pd.DataFrame:
    own = ~f["is_alone"]
    f = f.sort_values(KEY).assign(
        knows_student=f["is_student"].notna(),
        knows_able=f["is_able"].notna(),
        is_able=f["is_able"].fillna(False),
        knows_income=f["income"].notna(),
        is_unemployed=f["is_unemployed"] & own,
        knows_disabled=f["is_disabled"].notna() | ~own,
        is_disabled=f["is_disabled"].fillna(False) & own,
    )
    by = f.groupby(HOME)
    found = by.agg(
        size=(KEY, "size"),
        is_local=("is_local", "any"),
        medical=("medical", "sum"),
        is_paid_whole=("is_insured", "all"),
        fees_twice=("fees_twice", "sum"),
        are_fees_whole=("knows_student", "all"),
        income=("income", "sum"),
        knows_income=("knows_income", "all"),
        known_income=("known_income", "sum"),
        is_somebody_able=("is_able", "any"),
        knows_able=("knows_able", "all"),
        is_unemployed=("is_unemployed", "any"),
        is_disabled=("is_disabled", "any"),
        knows_disabled=("knows_disabled", "all"),
    )
    found["size"] = found["size"].astype("Int64")
    found["members"] = by[KEY].agg(list)
    found["income"] = found["income"].where(found["knows_income"])
    flags = [name for name in found if name.startswith(("is_", "are_", "knows_"))]
    found[flags] = found[flags].astype("boolean")
    found["is_nobody_able"] = found["knows_able"] & ~found["is_somebody_able"]
    found["is_nobody_disabled"] = found["knows_disabled"] & ~found["is_disabled"]
    return found
