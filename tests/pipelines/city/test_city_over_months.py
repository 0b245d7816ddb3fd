"""The invented city from month to month: the same from the same seed, and the same to all departments."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import polars as pl
import pytest

from pipelines.city import build, department_extracts, synthesize
from pipelines.city.departments import EXTRACTS
from pipelines.month import Month, parse_months
from pipelines.problem import HardshipError

MAY, JUNE = Month(2022, 5), Month(2022, 6)


@pytest.fixture(scope="module")
def city():
    return build(60_000, 5)


@pytest.fixture(scope="module")
def may(city):
    return department_extracts(city, MAY)


@pytest.fixture(scope="module")
def june(city):
    return department_extracts(city, JUNE)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path):
    def digests(folder, seed, months="2022-05"):
        synthesize(2000, parse_months(months), seed, tmp_path / folder)
        files = sorted((tmp_path / folder).rglob("*.*"))
        return {str(f.relative_to(tmp_path / folder)): hashlib.sha256(f.read_bytes()).digest() for f in files}

    first = digests("a", 1)
    assert digests("b", 1) == first
    assert digests("c", 2) != first
    # Facts of a month do not depend on the months around it.
    wider = digests("d", 1, "2022-04..2022-05")
    assert {name: wider[name] for name in first} == first


def test_each_department_delivers_every_month_but_schools_not_in_august(city, may):
    assert set(may) == set(EXTRACTS)
    august = department_extracts(city, Month(2022, 8))
    assert set(EXTRACTS) - set(august) == {"education__enrolments"}
    for extract, frame in may.items():
        assert frame.height, extract


def test_a_month_before_the_city_began_is_refused(city, tmp_path):
    with pytest.raises(HardshipError, match="2020-07"):
        department_extracts(city, Month(2020, 6))
    with pytest.raises(HardshipError, match="2019-01"):
        synthesize(2000, [Month(2019, 1)], 1, tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_dead_are_cremated_and_leave_the_register_one_to_six_months_later(city, may):
    register = may["public_security__residents"]
    funerals = may["civil_affairs__funerals"]
    local = city.population.ids.filter(pl.Series(city.population.is_local))
    dead = funerals.filter(pl.col("resident_id").is_in(local.implode()))
    assert dead.height
    assert dead["resident_id"].is_in(register["resident_id"].implode()).mean() > 0.9
    gone = may["public_security__cancellations"].filter(reason="death")
    lag = (gone["cancelled_on"] - gone["event_on"]).dt.total_days()
    assert gone.height and lag.min() >= 20 and 40 < lag.mean() < 150
    assert not gone["resident_id"].is_in(register["resident_id"].implode()).any()
    assert gone["cancelled_on"].is_between(MAY.start, MAY.end).all()


def test_newborns_get_their_id_weeks_after_the_birth(may, june):
    births = may["health__births"]
    recent = births.filter(pl.col("born_on") > MAY.end - timedelta(days=14))
    assert recent["resident_id"].is_null().all()
    older = births.filter(pl.col("born_on") < MAY.end - timedelta(days=95))
    assert older["resident_id"].is_not_null().all()
    without = births.filter(pl.col("resident_id").is_null())
    later = june["health__births"].join(without, on="birth_certificate_id", suffix="_before")
    assert later["resident_id"].is_not_null().any()
    assert (later["mother_id"] == later["mother_id_before"]).all()


def test_couples_share_a_marriage_and_children_name_their_parents(city, may):
    marriages = may["civil_affairs__marriages"]
    sex = pl.col("resident_id").str.slice(16, 1).cast(pl.Int64) % 2
    assert marriages.select((sex == 1).all()).item()
    register = may["public_security__residents"]
    heads = register.filter(relation_to_head="head", register_type="family")
    assert heads["household_register_no"].n_unique() == heads.height
    # Guardians at school are known to the register, the permit office or nobody (never an unborn ID).
    people = set(city.population.ids)
    guardians = may["education__enrolments"]["guardian1_id"].drop_nulls()
    assert set(guardians) <= people
    permits = may["public_security__residence_permits"].filter(pl.col("guardian_id").is_not_null())
    assert (permits["birth_on"].dt.year() >= 2004).all()


def test_some_children_of_a_register_live_and_marry_elsewhere(city, may):
    register = may["public_security__residents"]
    marriages = may["civil_affairs__marriages"].filter(marriage_status="married")
    number = dict(zip(register["resident_id"], register["household_register_no"], strict=True))
    town = dict(zip(register["resident_id"], register["town_code"], strict=True))
    pairs = [
        (m, w) for m, w in marriages.select("resident_id", "spouse_id").rows() if m in number and w in number
    ]
    apart = [pair for pair in pairs if number[pair[0]] != number[pair[1]]]
    assert 0.005 < len(apart) / len(pairs) < 0.15
    assert any(town[m] != town[w] for m, w in apart)


def test_collective_registers_hold_dozens_of_strangers_at_one_address(may):
    collective = may["public_security__residents"].filter(register_type="collective")
    groups = collective.group_by("household_register_no").agg(
        pl.len(), pl.col("register_address").n_unique().alias("addresses")
    )
    assert groups["len"].max() >= 60
    assert (groups["addresses"] == 1).all()
    assert (collective["relation_to_head"] == "other").all()


def test_nobody_is_paid_a_wage_while_registered_as_unemployed(may):
    spells = may["human_resources__unemployment"].filter(
        pl.col("deregistered_on").is_null() & (pl.col("registered_on") < MAY.start)
    )
    paid = may["taxation__incomes"].filter(income_kind="wages")["resident_id"]
    assert spells.height > 100
    assert not spells["resident_id"].is_in(paid.implode()).any()
    assert (
        not spells["resident_id"].is_in(may["human_resources__contributions"]["resident_id"].implode()).any()
    )


def test_only_the_insured_have_settlements_and_the_seriously_ill_pay_most(may):
    insured = may["medical_insurance__enrolments"]["resident_id"]
    bills = may["medical_insurance__settlements"]
    assert bills["resident_id"].is_in(insured.implode()).all()
    assert bills["settled_on"].is_between(MAY.start, MAY.end).all()
    ill = may["health__major_illnesses"].filter(pl.col("registered_on") > MAY.start - timedelta(days=200))
    paid = bills.group_by("resident_id").agg(pl.col("self_paid_yuan").cast(float).sum())
    of_ill = paid.filter(pl.col("resident_id").is_in(ill["resident_id"].implode()))
    assert of_ill["self_paid_yuan"].mean() > 8 * paid["self_paid_yuan"].mean()


def test_contribution_bases_keep_their_floor_and_cap(may):
    base = may["human_resources__contributions"]["contribution_base_yuan"].cast(float)
    assert base.min() == 3958
    assert base.max() == 22941


def test_keys_of_every_extract_are_unique(may):
    from pipelines.contract import load_extracts

    for extract, frame in may.items():
        keys = [p.name for p in load_extracts()[extract].properties if p.primary_key]
        assert frame.select(pl.struct(keys).n_unique()).item() == frame.height, extract


def test_registers_change_little_from_month_to_month(may, june):
    for extract in (
        "public_security__residents",
        "public_security__residence_permits",
        "towns__living_places",
    ):
        before, after = set(may[extract]["resident_id"]), set(june[extract]["resident_id"])
        assert len(before & after) / len(before) > 0.97, extract
        assert before != after
