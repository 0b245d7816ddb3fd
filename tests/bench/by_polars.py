"""The same answers in polars, as a careful analyst would write them: lazy frames, the streaming engine.

Left out: who is listed, and in which order.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.month import Month
from tests.bench import laws, polars_people, polars_registers
from tests.bench.polars_rows import Files, fen, scan


def write_answers(files: Files, month: Month, target: Path) -> None:
    """One row per household: members, town_code and the answer of every rule, to a Parquet file."""
    money = _recorded_income(files, month)
    earners = money.filter("is_earning").select("resident_key").collect(engine="streaming")
    people = polars_people.members(files, month, earners)
    died = polars_people.died(files, month, people)
    medical = _medical(files, month).collect(engine="streaming")
    fees = _fees(files, month).collect(engine="streaming")
    persons = _persons(files, month, people, money, medical, fees)
    households = _households(persons)
    belongings = polars_registers.belongings(files, month, people.lazy())
    for part in (polars_people.towns(people.lazy()), _losses(died, medical, fees), *belongings):
        households = households.join(part, on="household", how="left")
    filled = households.with_columns(
        pl.col("medical") + pl.col("medical_of_dead").fill_null(0),
        pl.col("fees_twice") + pl.col("fees_twice_of_dead").fill_null(0),
        pl.col("breadwinners", "incidents", "cars").fill_null(0),
        pl.col("is_unsafe").fill_null(False),
        paid_in=pl.when(pl.col("has_business").is_null()).then(0).otherwise("paid_in"),
        unknown=pl.lit(None, pl.Boolean),
    )
    columns = {name: pl.col(name) for name in filled.collect_schema().names()}
    answers = [answer.alias(rule) for rule, answer in laws.answers(columns).items()]
    filled.select("members", "town_code", *answers).sink_parquet(target)


def _recorded_income(files: Files, month: Month) -> pl.LazyFrame:
    """Per person: recorded income of the window, months with a record and their minimum wages."""
    months = pl.LazyFrame(
        {
            "month_on": [m.start for m in month.window(laws.MONTHS)],
            "wage": [laws.minimum_wage(m) for m in month.window(laws.MONTHS)],
        }
    )
    # what is sent again in a later month is the same record
    last = pl.col("amount").sort_by("month").last()
    declared = (
        scan(files, "taxation__incomes")
        .select(
            "resident_key", "income_kind", "payer_no", "month",
            month_on="income_month_on", amount=fen("income_yuan"),
        )
        .group_by("resident_key", "month_on", "income_kind", "payer_no")
        .agg(last)
        .select("resident_key", "month_on", declared="amount")
    )  # fmt: skip
    bases = (
        scan(files, "human_resources__contributions")
        .select(
            "resident_key", "month", month_on="contribution_month_on", amount=fen("contribution_base_yuan")
        )
        .group_by("resident_key", "month_on")
        .agg(last)
        .select("resident_key", "month_on", base="amount")
    )
    pensions = (
        scan(files, "human_resources__pensions")
        .select("resident_key", "month", month_on="pension_month_on", amount=fen("pension_yuan"))
        .group_by("resident_key", "month_on")
        .agg(last)
        .select("resident_key", "month_on", pension="amount")
    )
    end = pl.coalesce("benefit_until_on", "deregistered_on", pl.date(9999, 12, 31))
    benefits = (
        scan(files, "human_resources__unemployment")
        .filter(pl.col("benefit_monthly_yuan").is_not_null())
        .select(
            "resident_key", since=pl.col("benefit_from_on").dt.month_start(), until=end,
            benefit=fen("benefit_monthly_yuan"),
        )
        .join(months.select("month_on"), how="cross")
        .filter(pl.col("month_on").is_between("since", "until"))
        .select("resident_key", "month_on", "benefit")
    )  # fmt: skip
    is_last = pl.col("month_on") == month.start
    return (
        pl.concat([declared, bases, pensions, benefits], how="diagonal")
        .group_by("resident_key", "month_on")
        .agg(
            pl.col("declared", "pension", "benefit").sum(),
            pl.col("base").max(),
            is_declared=pl.col("declared").is_not_null().any(),
            is_paid_in=pl.col("base").is_not_null().any(),
            is_pension=pl.col("pension").is_not_null().any(),
        )
        .join(months, on="month_on")
        .with_columns(
            recorded=pl.when("is_declared").then("declared").otherwise(pl.col("base").fill_null(0))
            + pl.col("pension") + pl.col("benefit"),
            is_work=pl.col("is_declared") | pl.col("is_paid_in"),
        )
        .group_by("resident_key")
        .agg(
            pl.col("recorded").sum(),
            recorded_months=pl.len(),
            recorded_wages=pl.col("wage").sum(),
            is_working=(is_last & pl.col("is_work")).any(),
            is_earning=(is_last & (pl.col("is_work") | pl.col("is_pension"))).any(),
        )
    )  # fmt: skip


def _medical(files: Files, month: Month) -> pl.LazyFrame:
    """Per person: what it paid itself in the window, after refunds, each document and stay once."""
    is_refund = pl.col("is_refund").fill_null(False)
    in_hospital = pl.col("visit_kind").is_in(["21", "52"])
    bills = (
        scan(files, "medical_insurance__settlements")
        .select(
            "settlement_no", "settled_on", "resident_key", "stay_no", "month",
            visit_month=pl.when(~in_hospital).then(pl.col("settled_on").dt.month_start()),
            total=pl.col("total_yuan").abs(), amount=pl.col("self_paid_yuan").abs(),
            paid=pl.when(is_refund).then(-fen("self_paid_yuan").abs()).otherwise(fen("self_paid_yuan")),
            is_refund=is_refund | (pl.col("total_yuan") < 0),
        )
        .collect(engine="streaming")
    )  # fmt: skip
    # the same document in two months: the later one stands
    document = ["settlement_no", "settled_on"]
    bills = bills.sort("month", descending=True).unique(document, keep="first")
    stay = ["resident_key", "stay_no", "visit_month"]
    several = bills.filter(pl.col("stay_no").is_not_null()).group_by(stay).len().filter(pl.col("len") > 1)
    parts = bills.join(several, on=stay, nulls_equal=True).sort("settled_on", "month", "settlement_no")
    kind = [*stay, "total", "amount"]
    parts = parts.with_columns(nth=pl.int_range(pl.len()).over(*kind, "is_refund"))
    pairs = parts.filter(~pl.col("is_refund")).join(
        parts.filter("is_refund"), on=[*kind, "nth"], nulls_equal=True
    )
    taken_back = pl.concat(
        [pairs.select(document), pairs.select(pl.col(f"{name}_right").alias(name) for name in document)]
    )
    standing = parts.filter(~pl.col("is_refund")).join(taken_back, on=document, how="anti")
    superseded = standing.filter(
        pl.int_range(pl.len()).over(*stay, "total") < pl.len().over(*stay, "total") - 1
    )
    uncounted = pl.concat([taken_back, superseded.select(document)])
    start = month.window(laws.MONTHS)[0].start
    return (
        bills.lazy()
        .join(uncounted.lazy(), on=document, how="anti")
        .filter(pl.col("settled_on").is_between(start, month.end))
        .group_by("resident_key")
        .agg(medical=pl.col("paid").sum())
    )


def _fees(files: Files, month: Month) -> pl.LazyFrame:
    """Per pupil: twice the fees of the terms that began in the window."""
    is_yearly = pl.col("fee_period") == "year"
    began = pl.date(
        pl.col("term").str.slice(0, 4).cast(pl.Int32),
        pl.when(pl.col("term").str.ends_with("autumn")).then(9).otherwise(3),
        1,
    )
    start = month.window(laws.MONTHS)[0].start
    return (
        scan(files, "education__enrolments_window")
        .select(
            "resident_key", "term", "month",
            fee_twice=pl.when(is_yearly).then(fen("tuition_yuan")).otherwise(fen("tuition_yuan") * 2),
        )
        .group_by("resident_key", "term")
        .agg(pl.col("fee_twice").sort_by("month").last())
        .filter(began.is_between(start, month.end))
        .group_by("resident_key")
        .agg(fees_twice=pl.col("fee_twice").sum())
    )  # fmt: skip


def _losses(died: pl.DataFrame, medical: pl.DataFrame, fees: pl.DataFrame) -> pl.LazyFrame:
    spent = died.join(medical, on="resident_key", how="left").join(fees, on="resident_key", how="left")
    return (
        spent.lazy()
        .group_by("household")
        .agg(
            breadwinners=pl.col("is_breadwinner").sum().cast(pl.Int64),
            medical_of_dead=pl.col("medical").sum(),
            fees_twice_of_dead=pl.col("fees_twice").sum(),
        )
    )


def _persons(files, month: Month, people, money, medical, fees) -> pl.LazyFrame:
    """One row per member: statuses, income and spending."""
    on, left = "resident_key", "left"
    age, grade = pl.col("age"), pl.col("grade")
    wages = sum(laws.minimum_wage(m) for m in month.window(laws.MONTHS))
    severe = pl.when(pl.col("has_certificate").fill_null(False)).then(grade <= 2).otherwise("has_certificate")
    joined = (
        people.lazy()
        .join(
            scan(files, "medical_insurance__enrolments").select(on, is_insured=True).unique(), on=on, how=left
        )
        .join(polars_registers.certificates(files, month), on=on, how=left)
        .join(polars_registers.illnesses(files, month), on=on, how=left)
        .join(polars_registers.spells(files, month), on=on, how=left)
        .join(polars_registers.rolls(files, month), on=on, how=left)
        .join(money, on=on, how=left)
        .join(medical.lazy(), on=on, how=left)
        .join(fees.lazy(), on=on, how=left)
    )
    flags = ("is_insured", "is_registered", "has_lost_benefit", "is_alone", "is_covered", "is_working")
    sums = ("recorded", "recorded_months", "recorded_wages", "medical", "fees_twice")
    known = joined.with_columns(
        pl.col(*flags).fill_null(False),
        pl.col(*sums).fill_null(0),
        is_student=pl.when("is_enrolled").then(True).when(
            ~(age.is_between(6, 15) | age.is_between(18, 22))
        ).then(False),
        has_certificate=pl.when(grade.is_not_null()).then(True).when("is_local").then(False),
        is_ill=pl.when(pl.col("is_ill").is_not_null()).then(True).when(
            pl.col("is_insured").fill_null(False)
        ).then(False),
        is_pension_age=age >= pl.col("sex").replace_strict(laws.PENSION_AGE, return_dtype=pl.Int64),
    ).with_columns(is_severe=severe, is_working_age=(age >= 18) & ~pl.col("is_pension_age"))  # fmt: skip
    zero = pl.col("is_pension_age") | pl.col("is_registered") | pl.col("is_student") | pl.col("is_ill")
    zero = (zero | (grade <= 2)).fill_null(False)
    counted = pl.col("recorded") + wages - pl.col("recorded_wages")
    unable = pl.col("is_severe") | pl.col("is_ill") | pl.col("is_student")
    mental = pl.col("category").is_in(["5", "6"]) & (grade <= 4)
    return known.with_columns(
        income=pl.when(age < 18).then(0)
        .when((pl.col("recorded_months") == laws.MONTHS) | zero).then("recorded")
        .when((age > 22) | pl.col("is_student").is_not_null()).then(counted),
        known_income=pl.when(age < 18).then(0).otherwise("recorded"),
        is_able=pl.col("is_working_age") & ((unable.is_null() & pl.col("is_working")) | ~unable),
        is_unemployed=pl.col("is_working_age") & (pl.col("is_registered") | pl.col("has_lost_benefit")),
        is_disabled=pl.col("has_certificate") & ((grade <= 2) | mental),
    )  # fmt: skip


def _households(persons: pl.LazyFrame) -> pl.LazyFrame:
    income, own = pl.col("income"), ~pl.col("is_alone")
    able, disabled = pl.col("is_able"), pl.col("is_disabled")
    return persons.group_by("household").agg(
        members=pl.col("resident_key").sort(),
        size=pl.len().cast(pl.Int64),
        is_local=pl.col("is_local").any(),
        medical=pl.col("medical").sum(),
        is_paid_whole=pl.col("is_insured").all(),
        fees_twice=pl.col("fees_twice").sum(),
        are_fees_whole=pl.col("is_student").is_not_null().all(),
        income=pl.when(income.is_not_null().all()).then(income.sum()),
        known_income=pl.coalesce("income", "known_income").sum(),
        is_somebody_able=able.fill_null(False).any(),
        is_nobody_able=able.is_not_null().all() & ~able.fill_null(False).any(),
        is_unemployed=(pl.col("is_unemployed") & own).any(),
        is_disabled=(disabled.fill_null(False) & own).any(),
        is_nobody_disabled=(disabled.is_not_null() | ~own).all() & ~(disabled.fill_null(False) & own).any(),
    )
