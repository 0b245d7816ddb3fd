"""What registers say of persons and households: another part of the polars reference."""

from __future__ import annotations

import polars as pl

from pipelines.month import Month
from tests.bench.polars_rows import Files, fen, scan


def certificates(files, month: Month) -> pl.LazyFrame:
    """The severest valid certificate of a person: grade and category."""
    expires = pl.col("expires_on")
    return (
        scan(files, "disabled_persons__certificates")
        .filter(
            (pl.col("certificate_status") == "valid")
            & (pl.col("issued_on") <= month.end)
            & (expires.is_null() | (expires >= month.end))
        )
        .select(
            "resident_key", grade=pl.col("disability_grade").cast(pl.Int64), category="disability_category"
        )
        .group_by("resident_key")
        .agg(pl.col("grade", "category").sort_by("grade", "category").first())
    )


def illnesses(files, month: Month) -> pl.LazyFrame:
    """People on the register of major illnesses."""
    known = scan(files, "health__major_illnesses").filter(pl.col("registered_on") <= month.end)
    return known.select("resident_key", is_ill=True).unique()


def spells(files, month: Month) -> pl.LazyFrame:
    """Registered unemployed now; benefit ended within six months and no contribution since."""
    ended = pl.col("deregistered_on")
    until = pl.col("benefit_until_on")
    since = month.ordinal - (until.dt.year().cast(pl.Int64) * 12 + until.dt.month().cast(pl.Int64) - 1)
    persons = (
        scan(files, "human_resources__unemployment")
        .filter(pl.col("registered_on") <= month.end)
        .with_columns(is_registered=ended.is_null() | (ended > month.end))
        .group_by("resident_key")
        .agg(
            pl.col("is_registered").any(),
            until.max(),
            began=pl.coalesce("benefit_from_on", "benefit_until_on")
            .sort_by("benefit_until_on", "benefit_from_on")
            .filter(until.sort_by("benefit_until_on", "benefit_from_on").is_not_null())
            .last(),
        )
    )
    paid = (
        scan(files, "human_resources__contributions")
        .filter(pl.col("contribution_month_on") <= month.start)
        .join(persons, on="resident_key", how="semi")
        .group_by("resident_key")
        .agg(last_paid_on=pl.col("contribution_month_on").max())
    )
    is_recent = (until <= month.end) & (since < 6)
    last_paid, last_month = pl.col("last_paid_on"), until.dt.month_start()
    # pay of the benefit's own last month is of new work only when the benefit had begun before it
    is_new_work = (last_paid > last_month) | ((last_paid == last_month) & (pl.col("began") < last_month))
    has_paid = is_new_work.fill_null(False)
    return persons.join(paid, on="resident_key", how="left").select(
        "resident_key", "is_registered", has_lost_benefit=is_recent.fill_null(False) & ~has_paid
    )


def rolls(files, month: Month) -> pl.LazyFrame:
    """Active assistance that covers: the person alone, or the household."""
    stopped = pl.col("stopped_on")
    is_single = pl.col("is_single_person").fill_null(False)
    return (
        scan(files, "civil_affairs__assistance_roll")
        .filter(
            pl.col("assistance_type").is_in(["dibao", "edge", "tekun", "orphan"])
            & (pl.col("started_on") <= month.end)
            & (stopped.is_null() | (stopped > month.end))
        )
        .group_by("resident_key")
        .agg(is_alone=is_single.any(), is_covered=(~is_single).any())
    )


def belongings(files: Files, month: Month, people: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Frames per household: incidents, unsafe homes, dwellings, cars, businesses."""
    homes = people.select("resident_key", "household")
    half_year = month.window(6)[0].start
    incidents = (
        scan(files, "emergency__incidents")
        .filter(pl.col("incident_on").is_between(half_year, month.end))
        .unique(["resident_key", "incident_on", "incident_kind"])
        .join(homes, on="resident_key")
        .group_by("household")
        .agg(incidents=pl.len().cast(pl.Int64))
    )
    unsafe = (
        scan(files, "housing__dilapidated_houses")
        .filter(pl.col("assessed_on") <= month.end)
        .group_by("resident_key")
        .agg(pl.col("danger_grade").sort_by("assessed_on").last())
        .join(homes, on="resident_key")
        .group_by("household")
        .agg(is_unsafe=(pl.col("danger_grade").max().is_in(["C", "D"])))
    )
    share = pl.col("share").str.split_exact("/", 1)
    numerator, denominator = (share.struct.field(f"field_{i}").cast(pl.Float64) for i in (0, 1))
    dwellings = (
        scan(files, "housing__properties")
        .filter(pl.col("property_use") == "dwelling")
        .join(homes, on="resident_key")
        .group_by("household", "property_no")
        .agg(area=fen("area_m2").max(), is_whole=(numerator / denominator).sum() > 0.9999)
        .group_by("household")
        .agg(
            whole_homes=pl.col("is_whole").sum().cast(pl.Int64),
            area=pl.col("area").filter("is_whole").sum(),
        )
    )
    ordinal = pl.col("newest").dt.year().cast(pl.Int64) * 12 + pl.col("newest").dt.month().cast(pl.Int64) - 1
    cars = (
        scan(files, "public_security__vehicles")
        .filter((pl.col("vehicle_type") == "car") & (pl.col("vehicle_status") == "normal"))
        .join(homes, on="resident_key")
        .group_by("household")
        .agg(cars=pl.len().cast(pl.Int64), newest=pl.col("first_registered_on").max())
        .select("household", "cars", car_age_months=month.ordinal - ordinal)
    )
    businesses = (
        scan(files, "market_supervision__businesses")
        .filter(pl.col("business_status") == "active")
        .join(homes, on="resident_key")
        .group_by("household", "credit_code")
        .agg(paid_in=fen("paid_in_capital_yuan").max())
        .group_by("household")
        .agg(
            has_business=pl.lit(True).any(),
            paid_in=pl.when(pl.col("paid_in").is_not_null().any()).then(pl.col("paid_in").sum()),
        )
    )
    return [incidents, unsafe, dwellings, cars, businesses]
