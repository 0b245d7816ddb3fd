"""Who is here and lives together, and what the registers say of each person: the polars reference's half."""

from __future__ import annotations

import polars as pl

from pipelines.month import Month
from tests.bench import laws
from tests.bench.inputs import disputed_deaths
from tests.bench.polars_rows import scan

PERSON = ["resident_key", "sex", "birth_on", "is_local", "register_no", "relation", "address", "town_code"]


def _age(born: pl.Expr, year: pl.Expr, day: pl.Expr) -> pl.Expr:
    return (year - born.dt.year() - (_day_of_year(born) > day)).cast(pl.Int64)


def _day_of_year(day: pl.Expr) -> pl.Expr:
    return day.dt.month().cast(pl.Int32) * 100 + day.dt.day()


def _deaths(files, month: Month) -> pl.LazyFrame:
    cancelled = scan(files, "public_security__cancellations").filter(pl.col("reason") == "death")
    told = [
        cancelled.select("resident_key", died_on="event_on"),
        scan(files, "civil_affairs__funerals").select("resident_key", "died_on"),
    ]
    return (
        pl.concat(told)
        .filter(pl.col("died_on") <= month.end, ~pl.col("resident_key").is_in(disputed_deaths(files)))
        .group_by("resident_key")
        .agg(pl.col("died_on").min())
    )


def _residents(files, month: Month) -> pl.DataFrame:
    """Alive and present at the end of the month, with the place of living."""
    end, on = month.end, "resident_key"
    deaths = _deaths(files, month)
    left = (
        scan(files, "public_security__cancellations")
        .filter(pl.col("reason").is_in(["moved_out", "abroad"]) & (pl.col("event_on") <= end))
        .group_by(on)
        .agg(left_on=pl.col("event_on").max())
    )
    expires = pl.col("permit_expires_on")
    permits = scan(files, "public_security__residence_permits").filter(expires.is_null() | (expires >= end))
    grid = scan(files, "towns__living_places").filter(pl.col("recorded_on") <= end)
    places = (
        permits.select(on, "guardian_key", permit_address="living_address", permit_town="town_code")
        .join(
            grid.select(on, grid_address="living_address", grid_town="town_code"),
            on=on, how="full", coalesce=True,
        )
        .select(
            on, "guardian_key",
            place=pl.coalesce("permit_address", "grid_address"),
            place_town=pl.coalesce("permit_town", "grid_town"),
        )
    )  # fmt: skip

    def present(frame: pl.LazyFrame, since: str) -> pl.LazyFrame:
        came_back = pl.col("left_on").is_null() | (pl.col(since) > pl.col("left_on"))
        return (
            frame.filter(pl.col("birth_on") <= end)
            .join(deaths, on=on, how="anti")
            .join(left, on=on, how="left")
            .filter(came_back)
        )

    register_no = pl.when(pl.col("register_type") == "family").then("household_register_no")
    registered = present(scan(files, "public_security__residents"), "moved_in_on").select(
        on, "sex", "birth_on", is_local=True, register_no=register_no, relation="relation_to_head",
        address="register_address", town_code="town_code",
    )  # fmt: skip
    nobody = pl.lit(None, pl.String)
    migrants = (
        present(permits, "permit_issued_on")
        .join(registered, on=on, how="anti")
        .select(
            on, "sex", "birth_on", is_local=False, register_no=nobody, relation=nobody,
            address="living_address", town_code="town_code",
        )
    )  # fmt: skip
    here = pl.concat([registered, migrants])
    newborns = (
        _births(files, month)
        .join(here, left_on="child_key", right_on=on, how="anti")
        .join(deaths, left_on="child_key", right_on=on, how="anti")
        .join(left, left_on="child_key", right_on=on, how="anti")
        .join(here.select(on, "address", "town_code"), left_on="mother_key", right_on=on)
        .join(places, left_on="mother_key", right_on=on, how="left")
        .unique("child_key")
        .select(
            pl.col("child_key").alias(on), "sex", birth_on="born_on", is_local=False, register_no=nobody,
            relation=nobody, address=pl.coalesce("place", "address"),
            town_code=pl.coalesce("place_town", "town_code"),
        )
    )  # fmt: skip
    pupils = scan(files, "education__enrolments").select(on, is_enrolled=True).unique()
    year, day = pl.lit(end.year), pl.lit(end.month * 100 + end.day)
    return (
        pl.concat([here, newborns])
        .join(places, on=on, how="left")
        .join(pupils, on=on, how="left")
        .select(
            *PERSON[:6], "guardian_key",
            pl.coalesce("place", "address").alias("address"),
            pl.coalesce("place_town", "town_code").alias("town_code"),
            is_place_known=pl.col("place").is_not_null(),
            is_enrolled=pl.col("is_enrolled").fill_null(False),
            age=_age(pl.col("birth_on"), year, day),
        )
        .collect(engine="streaming")
    )  # fmt: skip


def _births(files, month: Month) -> pl.LazyFrame:
    return (
        scan(files, "health__births")
        .filter(pl.col("born_on") <= month.end)
        .select(
            "mother_key", "father_key", "sex", "born_on",
            child_key=pl.coalesce("resident_key", "birth_certificate_key"),
        )
    )  # fmt: skip


def _last_entries(files, month: Month) -> pl.DataFrame:
    """Each person's latest entry in the marriage register; a divorce comes after the marriage it ends."""
    entries = scan(files, "civil_affairs__marriages").filter(pl.col("registered_on") <= month.end)
    columns = ["resident_key", "spouse_key", "marriage_status", "registered_on"]
    turned = entries.rename({"resident_key": "spouse_key", "spouse_key": "resident_key"})
    return (
        pl.concat([entries.select(columns), turned.select(columns)])
        .sort("registered_on", "marriage_status", "spouse_key", descending=[True, False, False])
        .unique("resident_key", keep="first", maintain_order=True)
        .collect()
    )


def members(files, month: Month, earners: pl.DataFrame) -> pl.DataFrame:
    """Residents with the number of their household."""
    people = _residents(files, month)
    entries = _last_entries(files, month)
    couples = (
        entries.filter(pl.col("marriage_status") == "married")
        .join(
            entries,
            left_on=["resident_key", "spouse_key"],
            right_on=["spouse_key", "resident_key"],
            how="semi",
        )
        .select(one="resident_key", other="spouse_key")
    )
    is_student = pl.col("is_enrolled") & (pl.col("age") <= 22)
    free = people.filter(is_student).join(earners, on="resident_key", how="anti")
    free = free.join(couples, left_on="resident_key", right_on="one", how="anti")
    dependants = pl.concat([people.filter(pl.col("age") < 18), free.filter(pl.col("age") >= 18)])
    parents = _parents(files, month, people, dependants)
    first = parents.unique("child_key", keep="first", maintain_order=True)
    others = parents.join(first, on=["child_key", "parent_key"], how="anti")
    living = others.join(first, on=["child_key", "parent_address"], suffix="_first").select(
        one="parent_key_first", other="parent_key"
    )
    adults = people.join(dependants, on="resident_key", how="anti")
    homes = _homes(adults, pl.concat([couples, living, living.select(one="other", other="one")]))
    return people.join(_with_dependants(homes, dependants, first), on="resident_key")


def _parents(files, month: Month, people: pl.DataFrame, dependants: pl.DataFrame) -> pl.DataFrame:
    """Claims of parents and guardians who are here, of each child the one it lives with first."""
    heads = people.filter(pl.col("relation").is_in(["head", "spouse"]) & pl.col("register_no").is_not_null())
    by_register = (
        dependants.filter(pl.col("relation") == "child")
        .join(heads.select("register_no", head="resident_key", of="relation"), on="register_no")
        .select(
            child_key="resident_key",
            parent_key="head",
            preference=pl.when(pl.col("of") == "head").then(3).otherwise(4),
        )
    )
    births, school = _births(files, month), scan(files, "education__enrolments")
    told = [
        births.select("child_key", parent_key="mother_key", preference=1),
        births.select("child_key", parent_key="father_key", preference=2),
        by_register.lazy(),
        school.select(child_key="resident_key", parent_key="guardian1_key", preference=5),
        school.select(child_key="resident_key", parent_key="guardian2_key", preference=6),
        dependants.lazy().select(child_key="resident_key", parent_key="guardian_key", preference=7),
    ]
    adults = people.filter(pl.col("age") >= 14).select("resident_key", parent_address="address")
    return (
        pl.concat(told, how="vertical_relaxed")
        .join(
            dependants.lazy().select("resident_key", "address"), left_on="child_key", right_on="resident_key"
        )
        .join(adults.lazy(), left_on="parent_key", right_on="resident_key")
        .filter(pl.col("parent_key") != pl.col("child_key"))
        .with_columns(lives_elsewhere=pl.col("address") != pl.col("parent_address"))
        .sort("child_key", "lives_elsewhere", "preference", "parent_key")
        .unique(["child_key", "parent_key"], keep="first", maintain_order=True)
        .select("child_key", "parent_key", "parent_address")
        .collect()
    )


def _homes(adults: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Adults with their household: register and address, joined by couples and parents of one child."""
    place = ["register_no", "address"]
    in_register = pl.col("register_no").is_not_null()
    homes = adults.select(
        "resident_key", *place,
        household=pl.when(in_register).then(pl.col("resident_key").min().over(place)).otherwise("resident_key"),
        adults=pl.when(in_register).then(pl.len().over(place)).otherwise(1),
    )  # fmt: skip
    joining = homes.filter(pl.col("adults") <= laws.HOUSEHOLD_SIZE_CAP).select("resident_key", "household")
    edges = (
        pairs.join(joining, left_on="one", right_on="resident_key")
        .join(joining, left_on="other", right_on="resident_key", suffix="_other")
        .filter(pl.col("household") != pl.col("household_other"))
        .select("household", "household_other")
        .unique()
    )
    labels = edges.select("household").unique().with_columns(label=pl.col("household"))
    while True:  # every home takes the smallest label next to it, until none changes
        near = edges.join(labels, left_on="household_other", right_on="household").group_by("household")
        smaller = labels.join(near.agg(near=pl.col("label").min()), on="household")
        moved = smaller.select("household", label=pl.min_horizontal("label", "near"))
        if moved["label"].sum() == labels["label"].sum():
            break
        labels = moved
    return homes.join(labels, on="household", how="left").select(
        "resident_key", *place, household=pl.coalesce("label", "household")
    )


def _with_dependants(homes: pl.DataFrame, dependants: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """Households of everybody: a dependant goes with its parent, else with its register and address."""
    place, pair = ["register_no", "address"], ["resident_key", "household"]
    of_places = homes.filter(pl.col("register_no").is_not_null()).unique(place).select(*place, "household")
    orphans = dependants.join(first, left_on="resident_key", right_on="child_key", how="anti")
    siblings = pl.when(pl.col("register_no").is_not_null()).then(pl.col("resident_key").min().over(place))
    orphans = orphans.with_columns(siblings=siblings).join(of_places, on=place, how="left")
    orphans = orphans.select("resident_key", household=pl.coalesce("household", "siblings", "resident_key"))
    known = pl.concat([homes.select(pair), orphans])
    children = first.select(resident_key="child_key", parent_key="parent_key")
    once = children.join(known, left_on="parent_key", right_on="resident_key", how="left")
    # a child's parent may be a child of the house itself
    parents = once.select(parent_key="resident_key", of_parent="household")
    twice = once.join(parents, on="parent_key", how="left")
    return pl.concat(
        [known, twice.select("resident_key", household=pl.coalesce("household", "of_parent", "resident_key"))]
    )


def towns(people: pl.LazyFrame) -> pl.LazyFrame:
    """Town of each household: the head's, else of the eldest whose place is known, else as registered."""
    is_head = (pl.col("relation") == "head").fill_null(False) & pl.col("register_no").is_not_null()
    heads = people.with_columns(is_register_head=is_head).group_by("household").agg(
        head_key=pl.when(pl.col("is_register_head").sum() == 1)
        .then(pl.col("resident_key").filter("is_register_head").first())
        .otherwise(pl.col("resident_key").sort_by("birth_on", "resident_key").first())
    )  # fmt: skip
    order = [
        ~pl.col("is_place_known"),
        pl.col("resident_key") != pl.col("head_key"),
        "birth_on",
        "resident_key",
    ]
    return (
        people.join(heads, on="household")
        .group_by("household")
        .agg(pl.col("town_code").sort_by(order).first())
    )


def died(files, month: Month, people: pl.DataFrame) -> pl.DataFrame:
    """Who died in the window and belonged to a household of today: its number, and whether of working age."""
    start = month.window(laws.MONTHS)[0].start
    deaths = _deaths(files, month).filter(pl.col("died_on") >= start).collect()
    columns = ["resident_key", "sex", "birth_on", "household_register_no", "month"]
    registers, permits = (
        scan(files, f"public_security__{name}_window").join(deaths.lazy(), on="resident_key", how="semi")
        for name in ("residents", "residence_permits")
    )
    nobody = pl.lit(None, pl.String).alias("household_register_no")
    stood = (
        pl.concat([registers.select(columns), permits.with_columns(nobody).select(columns)])
        .sort("month", pl.col("household_register_no").is_null(), descending=[True, False])
        .unique("resident_key", keep="first", maintain_order=True)
        .collect(engine="streaming")
    )
    gone = deaths.join(stood, on="resident_key")
    day = pl.col("died_on")
    pension_age = pl.col("sex").replace_strict(laws.PENSION_AGE, return_dtype=pl.Int64)
    age = _age(pl.col("birth_on"), day.dt.year(), _day_of_year(day))
    gone = gone.with_columns(is_breadwinner=(age >= 18) & (age < pension_age))
    homes = people.select("resident_key", "household", "register_no")
    of = homes.rename({"resident_key": "relative"})
    entries = _last_entries(files, month).filter(pl.col("marriage_status") == "married")
    by_marriage = entries.join(of, left_on="spouse_key", right_on="relative").with_columns(preference=1)
    by_register = gone.join(of, left_on="household_register_no", right_on="register_no").with_columns(
        preference=2
    )
    births, school = (
        _births(files, month),
        scan(files, "education__enrolments").rename({"resident_key": "child_key"}),
    )
    told = [births.select("child_key", parent=name) for name in ("mother_key", "father_key")]
    told += [school.select("child_key", parent=name) for name in ("guardian1_key", "guardian2_key")]
    told.append(people.lazy().select(child_key="resident_key", parent="guardian_key"))
    by_child = pl.concat(told).unique().collect().join(of, left_on="child_key", right_on="relative")
    by_child = by_child.sort("child_key").unique("parent", keep="first", maintain_order=True)
    by_child = by_child.with_columns(resident_key="parent", preference=3)
    kin = [
        frame.select("resident_key", "household", "preference")
        for frame in (by_marriage, by_register, by_child)
    ]
    firsts = people.group_by("household").agg(first_key=pl.col("resident_key").min())
    chosen = (
        pl.concat(kin)
        .join(gone, on="resident_key", how="semi")
        .group_by("resident_key", "household", "preference")
        .len()
        .join(firsts, on="household")
        .sort("resident_key", "preference", -pl.col("len").cast(pl.Int64), "first_key")
        .unique("resident_key", keep="first", maintain_order=True)
    )
    return gone.join(chosen.select("resident_key", "household"), on="resident_key")
