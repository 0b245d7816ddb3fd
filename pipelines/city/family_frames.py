"""Family frames: families' facts of a month as frames with the columns of each contract."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import date

import polars as pl
import pyarrow as pa

from pipelines.city.facts import Family, Member, tag
from pipelines.city.places import read_places
from pipelines.contract import Contract, load_extracts
from pipelines.month import Month

_RECORDED = date(2020, 5, 10)


def schema_of(contract: Contract) -> dict[str, pl.DataType]:
    """Types of a contract's properties in a frame: IDs as text, everything else as in Parquet."""
    types = {}
    for prop in contract.properties:
        arrow = pa.string() if prop.identity else prop.arrow_type
        types[prop.name] = pl.from_arrow(pa.array([], type=arrow)).dtype
    return types


@functools.cache
def _schemas() -> dict[str, dict[str, pl.DataType]]:
    schemas = {id_: schema_of(contract) for id_, contract in load_extracts().items()}
    schemas["education__enrolments"]["town_code"] = pl.String()
    return schemas


def frames(families: Sequence[Family], month: Month) -> dict[str, pl.DataFrame]:
    """All rows departments hold of the families in a month; extracts without a row are left out."""
    rows: dict[str, list[dict]] = {}
    for family in families:
        for member in family.members:
            if member.since <= month <= member.until:
                for extract, row in _standing(family, member, month):
                    rows.setdefault(extract, []).append(row)
        for fact in family.facts:
            if fact.holds(month):
                rows.setdefault(fact.extract, []).append(fact.row(month))
    schemas = _schemas()
    return {id_: pl.DataFrame(rows[id_], schema=schemas[id_]) for id_ in sorted(rows)}


def _standing(family: Family, member: Member, month: Month):
    """The rows everybody has: register or permit, and where grid staff found them."""
    town = member.town or family.town
    community = family.community if town == family.town else _first_community(town)
    person = {
        "resident_id": member.id,
        "name": member.name,
        "sex": "M" if int(member.id[16]) % 2 else "F",
        "birth_on": date(int(member.id[6:10]), int(member.id[10:12]), int(member.id[12:14])),
    }
    own = {"town_code": town, "community_code": community}
    # The city's own addresses have house numbers far below these.
    place = _address(town, community, family.name)
    if member.is_local:
        register = member.register or f"F{tag(family.name)}"
        yield "public_security__residents", person | own | {
            "household_register_no": register, "register_type": "family",
            "relation_to_head": member.relation, "register_address": place, "moved_in_on": None,
        }  # fmt: skip
    else:
        year = month.year if month.number >= 3 else month.year - 1
        yield "public_security__residence_permits", person | own | {
            "living_address": place, "permit_issued_on": date(year, 3, 15),
            "permit_expires_on": date(year + 1, 3, 15), "guardian_id": member.guardian,
        }  # fmt: skip
    yield "towns__living_places", {
        "resident_id": member.id, "town_code": family.town, "community_code": family.community,
        "living_address": _address(family.town, family.community, family.name), "grid_no": "G01",
        "recorded_on": max(_RECORDED, person["birth_on"]),
    }  # fmt: skip


@functools.cache
def _first_community(town: str) -> str:
    places = read_places()
    return str(places.community_codes[places.first_community[places.town_index(town)]])


@functools.cache
def _address(town: str, community: str, family: str) -> str:
    places = read_places()
    name = places.community_names[list(places.community_codes).index(community)]
    number = 5000 + int(tag(family)) % 4999
    return f"中山市{places.town_names[places.town_index(town)]}{name}和睦路{number}号101房"
