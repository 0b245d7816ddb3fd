"""Who is here and lives together, and what the registers say of each person: the pandas reference's half."""

from __future__ import annotations

import pandas as pd

from pipelines.month import Month
from tests.bench import laws
from tests.bench.inputs import disputed_deaths
from tests.bench.pandas_rows import HOME, KEY, read

PLACE = ["register_no", "address"]


def _age(born: pd.Series, year, day) -> pd.Series:
    return (year - born.dt.year - (_day_of_year(born) > day)).astype("Int64")


def _day_of_year(days: pd.Series) -> pd.Series:
    return days.dt.month * 100 + days.dt.day


def _deaths(files, month: Month) -> pd.Series:
    cancelled = read(files, "public_security__cancellations", KEY, "reason", "event_on")
    cancelled = cancelled[cancelled["reason"] == "death"].rename(columns={"event_on": "died_on"})
    told = pd.concat([cancelled[[KEY, "died_on"]], read(files, "civil_affairs__funerals", KEY, "died_on")])
    told = told[~told[KEY].isin(disputed_deaths(files))]
    return told[told["died_on"] <= pd.Timestamp(month.end)].groupby(KEY)["died_on"].min()


def _births(files, month: Month) -> pd.DataFrame:
    births = read(
        files, "health__births", KEY, "birth_certificate_key", "mother_key", "father_key", "sex", "born_on"
    )
    births = births[births["born_on"] <= pd.Timestamp(month.end)]
    return births.assign(child_key=births[KEY].fillna(births["birth_certificate_key"]))


def _residents(files, month: Month) -> pd.DataFrame:
    """Alive and present at the end of the month, with the place of living."""
    end = pd.Timestamp(month.end)
    deaths = _deaths(files, month)
    gone = read(files, "public_security__cancellations", KEY, "reason", "event_on")
    gone = gone[gone["reason"].isin(["moved_out", "abroad"]) & (gone["event_on"] <= end)]
    left_on = gone.groupby(KEY)["event_on"].max().rename("left_on")
    permits = read(
        files, "public_security__residence_permits", KEY, "sex", "birth_on", "living_address", "town_code",
        "guardian_key", "permit_issued_on", "permit_expires_on",
    )  # fmt: skip
    permits = permits[permits["permit_expires_on"].isna() | (permits["permit_expires_on"] >= end)]
    grid = read(files, "towns__living_places", KEY, "living_address", "town_code", "recorded_on")
    grid = grid[grid["recorded_on"] <= end]
    places = pd.concat([permits, grid]).drop_duplicates(KEY, keep="first").set_index(KEY)
    places = places[["living_address", "town_code", "guardian_key"]]
    places = places.rename(columns={"living_address": "place", "town_code": "place_town"})

    def present(rows: pd.DataFrame, since: str) -> pd.DataFrame:
        rows = rows[(rows["birth_on"] <= end) & ~rows[KEY].isin(deaths.index)].join(left_on, on=KEY)
        return rows[rows["left_on"].isna() | (rows[since] > rows["left_on"])]

    register = read(
        files, "public_security__residents", KEY, "sex", "birth_on", "household_register_no", "register_type",
        "relation_to_head", "register_address", "town_code", "moved_in_on",
    )  # fmt: skip
    registered = present(register, "moved_in_on").rename(
        columns={"relation_to_head": "relation", "register_address": "address"}
    )
    registered = registered.assign(
        is_local=True,
        register_no=registered["household_register_no"].where(registered["register_type"] == "family"),
    )
    migrants = present(permits[~permits[KEY].isin(registered[KEY])], "permit_issued_on")
    migrants = migrants.rename(columns={"living_address": "address"}).assign(is_local=False)
    columns = [KEY, "sex", "birth_on", "is_local", "register_no", "relation", "address", "town_code"]
    here = pd.concat([registered, migrants.reindex(columns=columns)])[columns]
    births = _births(files, month)[["child_key", "mother_key", "sex", "born_on"]]
    absent = births["child_key"].isin(here[KEY]) | births["child_key"].isin([*deaths.index, *left_on.index])
    mothers = here.set_index(KEY)[["address", "town_code"]]
    born = births[~absent].drop_duplicates("child_key").join(mothers, on="mother_key", how="inner")
    born = born.join(places[["place", "place_town"]], on="mother_key")
    born["address"] = born["place"].fillna(born["address"])
    born["town_code"] = born["place_town"].fillna(born["town_code"])
    born = born.rename(columns={"child_key": KEY, "born_on": "birth_on"}).assign(is_local=False)
    people = pd.concat([here, born.reindex(columns=columns)], ignore_index=True).join(places, on=KEY)
    people["address"] = people["place"].fillna(people["address"])
    people["town_code"] = people["place_town"].fillna(people["town_code"])
    people["is_place_known"] = people["place"].notna()
    pupils = read(files, "education__enrolments", KEY)[KEY]
    people["is_enrolled"] = people[KEY].isin(pupils).astype("boolean")
    people["age"] = _age(people["birth_on"], end.year, end.month * 100 + end.day)
    people["is_local"] = people["is_local"].astype("boolean")
    return people.drop(columns=["place", "place_town"])


def _last_entries(files, month: Month) -> pd.DataFrame:
    """Each person's latest entry in the marriage register; a divorce comes after the marriage it ends."""
    entries = read(files, "civil_affairs__marriages", KEY, "spouse_key", "marriage_status", "registered_on")
    entries = entries[entries["registered_on"] <= pd.Timestamp(month.end)]
    turned = entries.rename(columns={KEY: "spouse_key", "spouse_key": KEY})
    order = ["registered_on", "marriage_status", "spouse_key"]
    both = pd.concat([entries, turned]).sort_values(order, ascending=[False, True, True])
    return both.drop_duplicates(KEY, keep="first")


def members(files, month: Month, earners) -> pd.DataFrame:
    """Residents with the number of their household."""
    people = _residents(files, month)
    entries = _last_entries(files, month)
    married = entries[entries["marriage_status"] == "married"]
    mirror = entries[[KEY, "spouse_key"]].rename(columns={KEY: "spouse_key", "spouse_key": KEY})
    couples = married.merge(mirror, on=[KEY, "spouse_key"])[[KEY, "spouse_key"]]
    couples.columns = ["one", "other"]
    is_student = people["is_enrolled"] & (people["age"] <= 22)
    is_free = ~people[KEY].isin(earners) & ~people[KEY].isin(couples["one"])
    is_dependant = (people["age"] < 18) | (is_student & is_free)
    dependants = people[is_dependant]
    parents = _parents(files, month, people, dependants)
    first = parents.drop_duplicates("child_key", keep="first")
    others = parents.merge(first, on=["child_key", "parent_address"], suffixes=("", "_first"))
    others = others[others["parent_key"] != others["parent_key_first"]]
    living = others[["parent_key_first", "parent_key"]].set_axis(["one", "other"], axis=1)
    turned = living.rename(columns={"one": "other", "other": "one"})
    homes = _homes(people[~is_dependant], pd.concat([couples, living, turned]))
    return people.join(_with_dependants(homes, dependants, first), on=KEY)


def _parents(files, month: Month, people: pd.DataFrame, dependants: pd.DataFrame) -> pd.DataFrame:
    """Claims of parents and guardians who are here, of each child the one it lives with first."""
    heads = people[people["relation"].isin(["head", "spouse"]) & people["register_no"].notna()]
    heads = heads[["register_no", KEY]].assign(preference=heads["relation"].map({"head": 3, "spouse": 4}))
    children = dependants[(dependants["relation"] == "child") & dependants["register_no"].notna()]
    by_register = children[["register_no", KEY]].merge(heads, on="register_no", suffixes=("_child", ""))
    by_register = by_register[[f"{KEY}_child", KEY, "preference"]]
    by_register.columns = ["child_key", "parent_key", "preference"]
    births = _births(files, month)
    school = read(files, "education__enrolments", KEY, "guardian1_key", "guardian2_key")
    told = [by_register] + [
        pd.DataFrame({"child_key": rows[child], "parent_key": rows[parent], "preference": preference})
        for rows, child, parent, preference in (
            (births, "child_key", "mother_key", 1), (births, "child_key", "father_key", 2),
            (school, KEY, "guardian1_key", 5), (school, KEY, "guardian2_key", 6),
            (dependants, KEY, "guardian_key", 7),
        )
    ]  # fmt: skip
    grown = people[people["age"] >= 14].set_index(KEY)["address"].rename("parent_address")
    claims = pd.concat(told).dropna(subset=["parent_key"])
    claims = claims.join(dependants.set_index(KEY)["address"], on="child_key", how="inner")
    claims = claims.join(grown, on="parent_key", how="inner")
    claims = claims[claims["parent_key"] != claims["child_key"]]
    claims["lives_elsewhere"] = claims["address"] != claims["parent_address"]
    claims = claims.sort_values(["child_key", "lives_elsewhere", "preference", "parent_key"])
    return claims.drop_duplicates(["child_key", "parent_key"])[["child_key", "parent_key", "parent_address"]]


def _homes(adults: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Adults with their household: register and address, joined by couples and parents of one child."""
    by = adults.groupby(PLACE)[KEY]
    homes = adults[[KEY, *PLACE]].assign(household=by.transform("min"), adults=by.transform("size"))
    homes[HOME] = homes[HOME].fillna(homes[KEY])
    joining = homes[homes["adults"].fillna(1) <= laws.HOUSEHOLD_SIZE_CAP].set_index(KEY)[HOME]
    edges = pairs.join(joining.rename("home"), on="one", how="inner")
    edges = edges.join(joining.rename("next"), on="other", how="inner")[["home", "next"]].drop_duplicates()
    edges = edges[edges["home"] != edges["next"]]
    labels = pd.Series(edges["home"].unique(), edges["home"].unique())
    while True:  # every home takes the smallest label next to it, until none changes
        near = edges["next"].map(labels).groupby(edges["home"]).min()
        smaller = near.where(near < labels.loc[near.index], labels.loc[near.index])
        if (smaller == labels.loc[near.index]).all():
            break
        labels = smaller
    homes[HOME] = homes[HOME].map(labels).fillna(homes[HOME])
    return homes


def _with_dependants(homes: pd.DataFrame, dependants: pd.DataFrame, first: pd.DataFrame) -> pd.Series:
    """Households of everybody: a dependant goes with its parent, else with its register and address."""
    of_places = homes[homes["register_no"].notna()].drop_duplicates(PLACE).set_index(PLACE)[HOME]
    orphans = dependants[~dependants[KEY].isin(first["child_key"])]
    siblings = orphans.groupby(PLACE)[KEY].transform("min")
    orphans = orphans.join(of_places, on=PLACE)
    of_orphans = orphans[HOME].fillna(siblings).fillna(orphans[KEY]).set_axis(orphans[KEY])
    known = pd.concat([homes.set_index(KEY)[HOME], of_orphans])
    children = first.set_index("child_key")["parent_key"]
    once = children.map(known)
    # a child's parent may be a child of the house itself
    twice = once.fillna(children.map(once)).fillna(pd.Series(children.index, children.index, dtype="Int64"))
    return pd.concat([known, twice]).rename(HOME).astype("Int64")


def towns(people: pd.DataFrame) -> pd.Series:
    """Town of each household: the head's, else of the eldest whose place is known, else as registered."""
    is_head = (people["relation"] == "head") & people["register_no"].notna()
    eldest = people.sort_values(["birth_on", KEY]).drop_duplicates(HOME).set_index(HOME)[KEY]
    heads = people[is_head].groupby(HOME)[KEY].agg(["first", "size"])
    head_key = heads["first"].where(heads["size"] == 1).reindex(eldest.index).fillna(eldest)
    order = people.assign(unknown=~people["is_place_known"], other=people[KEY] != people[HOME].map(head_key))
    order = order.sort_values(["unknown", "other", "birth_on", KEY])
    return order.drop_duplicates(HOME).set_index(HOME)["town_code"]


def died(files, month: Month, people: pd.DataFrame) -> pd.DataFrame:
    """Who died in the window and belonged to a household of today: its number, and whether of working age."""
    deaths = _deaths(files, month)
    deaths = deaths[deaths >= pd.Timestamp(month.window(laws.MONTHS)[0].start)]
    stood = []
    for name, columns in (("residents", ["household_register_no"]), ("residence_permits", [])):
        rows = read(files, f"public_security__{name}_window", KEY, "sex", "birth_on", "month", *columns)
        stood.append(rows[rows[KEY].isin(deaths.index)].assign(is_permit=name != "residents"))
    stood = pd.concat(stood).sort_values(["month", "is_permit"], ascending=[False, True]).drop_duplicates(KEY)
    gone = stood.join(deaths, on=KEY)
    age = _age(gone["birth_on"], gone["died_on"].dt.year, _day_of_year(gone["died_on"]))
    gone["is_breadwinner"] = (age >= 18) & (age < gone["sex"].map(laws.PENSION_AGE))
    homes = people[[KEY, HOME, "register_no"]].rename(columns={KEY: "relative"})
    entries = _last_entries(files, month)
    married = entries[entries["marriage_status"] == "married"]
    by_marriage = married.merge(homes, left_on="spouse_key", right_on="relative").assign(preference=1)
    same = gone[gone["household_register_no"].notna()]
    by_register = same.merge(homes, left_on="household_register_no", right_on="register_no").assign(
        preference=2
    )
    births = _births(files, month)
    school = read(files, "education__enrolments", KEY, "guardian1_key", "guardian2_key")
    told = [
        rows[[child, parent]].set_axis(["child", KEY], axis=1)
        for rows, child, parent in (
            (births, "child_key", "mother_key"), (births, "child_key", "father_key"),
            (school, KEY, "guardian1_key"), (school, KEY, "guardian2_key"), (people, KEY, "guardian_key"),
        )
    ]  # fmt: skip
    told = pd.concat(told).dropna().drop_duplicates()
    by_child = told.merge(homes, left_on="child", right_on="relative").assign(preference=3)
    by_child = by_child.sort_values("child").drop_duplicates(KEY)
    kin = pd.concat([f[[KEY, HOME, "preference"]] for f in (by_marriage, by_register, by_child)])
    kin = kin[kin[KEY].isin(gone[KEY])].groupby([KEY, HOME, "preference"]).size().rename("n").reset_index()
    kin["first_key"] = kin[HOME].map(people.groupby(HOME)[KEY].min())
    kin = kin.sort_values([KEY, "preference", "n", "first_key"], ascending=[True, True, False, True])
    return gone.merge(kin.drop_duplicates(KEY)[[KEY, HOME]], on=KEY)
