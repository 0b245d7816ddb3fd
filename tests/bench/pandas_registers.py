"""What registers say of persons and households: another part of the pandas reference."""

from __future__ import annotations

import pandas as pd

from pipelines.month import Month
from tests.bench.pandas_rows import HOME, KEY, Files, read


def certificates(files, month: Month) -> pd.DataFrame:
    """The severest valid certificate of a person: grade and category."""
    end = pd.Timestamp(month.end)
    rows = read(
        files, "disabled_persons__certificates", KEY, "disability_grade", "disability_category", "issued_on",
        "expires_on", "certificate_status",
    )  # fmt: skip
    rows = rows[(rows["certificate_status"] == "valid") & (rows["issued_on"] <= end)]
    rows = rows[rows["expires_on"].isna() | (rows["expires_on"] >= end)]
    rows = rows.rename(columns={"disability_grade": "grade", "disability_category": "category"})
    rows["grade"] = rows["grade"].astype("Int64")
    return rows.sort_values(["grade", "category"]).drop_duplicates(KEY).set_index(KEY)[["grade", "category"]]


def spells(files, month: Month) -> pd.DataFrame:
    """Registered unemployed now; benefit ended within six months and no contribution since."""
    end = pd.Timestamp(month.end)
    rows = read(
        files, "human_resources__unemployment", KEY, "registered_on", "deregistered_on", "benefit_from_on",
        "benefit_until_on",
    )  # fmt: skip
    rows = rows[rows["registered_on"] <= end]
    rows["is_registered"] = rows["deregistered_on"].isna() | (rows["deregistered_on"] > end)
    found = rows.groupby(KEY).agg(is_registered=("is_registered", "any"), until=("benefit_until_on", "max"))
    paid = read(files, "human_resources__contributions", KEY, "contribution_month_on")
    paid = paid[paid["contribution_month_on"] <= pd.Timestamp(month.start)]
    paid = paid[paid[KEY].isin(found.index)].groupby(KEY)["contribution_month_on"].max()
    rows["began"] = rows["benefit_from_on"].fillna(rows["benefit_until_on"])
    last = rows.dropna(subset=["benefit_until_on"]).sort_values(["benefit_until_on", "began"])
    began = last.drop_duplicates(KEY, keep="last").set_index(KEY)["began"].reindex(found.index)
    until = found["until"]
    since = month.ordinal - (until.dt.year * 12 + until.dt.month - 1)
    ended_in = until.dt.to_period("M").dt.start_time
    last_paid = paid.reindex(found.index)
    # pay of the benefit's own last month is of new work only when the benefit had begun before it
    has_paid = (last_paid > ended_in) | ((last_paid == ended_in) & (began < ended_in))
    found["has_lost_benefit"] = (until <= end) & (since < 6) & ~has_paid
    return found[["is_registered", "has_lost_benefit"]]


def rolls(files, month: Month) -> pd.DataFrame:
    """Active assistance that covers: the person alone, or the household."""
    end = pd.Timestamp(month.end)
    rows = read(
        files, "civil_affairs__assistance_roll", KEY, "assistance_type", "is_single_person", "started_on",
        "stopped_on",
    )  # fmt: skip
    rows = rows[rows["assistance_type"].isin(["dibao", "edge", "tekun", "orphan"])]
    rows = rows[(rows["started_on"] <= end) & (rows["stopped_on"].isna() | (rows["stopped_on"] > end))]
    is_single = rows["is_single_person"].fillna(False)
    rows = rows.assign(is_alone=is_single, is_covered=~is_single)
    return rows.groupby(KEY)[["is_alone", "is_covered"]].any()


def belongings(files: Files, month: Month, people: pd.DataFrame) -> list[pd.DataFrame]:
    """Frames per household: incidents, unsafe homes, dwellings, cars, businesses."""
    homes, end = people[[KEY, HOME]], pd.Timestamp(month.end)
    told = read(files, "emergency__incidents", KEY, "incident_on", "incident_kind").drop_duplicates()
    told = told[told["incident_on"].between(pd.Timestamp(month.window(6)[0].start), end)]
    incidents = told.merge(homes, on=KEY).groupby(HOME).size().astype("Int64").to_frame("incidents")

    graded = read(files, "housing__dilapidated_houses", KEY, "assessed_on", "danger_grade")
    graded = graded[graded["assessed_on"] <= end].sort_values("assessed_on").drop_duplicates(KEY, keep="last")
    worst = graded.merge(homes, on=KEY).groupby(HOME)["danger_grade"].max()
    unsafe = worst.isin(["C", "D"]).astype("boolean").to_frame("is_unsafe")

    owned = read(files, "housing__properties", KEY, "property_no", "share", "area_m2", "property_use")
    owned = owned[owned["property_use"] == "dwelling"].merge(homes, on=KEY)
    parts = owned["share"].str.split("/", expand=True).astype(float)
    owned["share"] = parts[0] / parts[1]
    dwellings = owned.groupby([HOME, "property_no"]).agg(area=("area_m2", "max"), share=("share", "sum"))
    is_whole = dwellings["share"] > 0.9999
    dwellings = dwellings.assign(
        whole_homes=is_whole.astype("Int64"), area=dwellings["area"].where(is_whole, 0)
    )
    dwellings = dwellings.groupby(HOME)[["whole_homes", "area"]].sum()

    vehicles = read(
        files, "public_security__vehicles", KEY, "vehicle_type", "vehicle_status", "first_registered_on"
    )
    is_car = (vehicles["vehicle_type"] == "car") & (vehicles["vehicle_status"] == "normal")
    by = vehicles[is_car].merge(homes, on=KEY).groupby(HOME)["first_registered_on"]
    cars = by.agg(cars="size", newest="max")
    age = month.ordinal - (cars["newest"].dt.year * 12 + cars["newest"].dt.month - 1)
    cars = cars.assign(cars=cars["cars"].astype("Int64"), car_age_months=age.astype("Int64")).drop(
        columns="newest"
    )

    firms = read(
        files, "market_supervision__businesses", KEY, "credit_code", "paid_in_capital_yuan", "business_status"
    )
    firms = firms[firms["business_status"] == "active"].merge(homes, on=KEY)
    paid_in = firms.groupby([HOME, "credit_code"])["paid_in_capital_yuan"].max()
    businesses = paid_in.groupby(HOME).sum(min_count=1).to_frame("paid_in").assign(has_business=True)
    return [incidents, unsafe, dwellings, cars, businesses]
