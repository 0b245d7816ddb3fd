"""Departments: what each of them holds of the city in a month, as frames in the words of their contracts."""

from __future__ import annotations

from collections.abc import Callable, Collection

import polars as pl

from pipelines.city.city import City, check_month
from pipelines.city.departments import (
    civil_affairs,
    education,
    health,
    human_resources,
    medical_insurance,
    property,
    public_security,
    taxation,
    towns,
)
from pipelines.month import Month

# Visits come back from lists that exist only once the pipeline has run, so no extract of them is made.
EXTRACTS: dict[str, Callable[[City, Month], pl.DataFrame]] = {
    "civil_affairs__assistance_roll": civil_affairs.assistance_roll,
    "civil_affairs__funerals": civil_affairs.funerals,
    "civil_affairs__marriages": civil_affairs.marriages,
    "disabled_persons__certificates": health.certificates,
    "education__enrolments": education.enrolments,
    "emergency__incidents": towns.incidents,
    "health__births": health.births,
    "health__major_illnesses": health.major_illnesses,
    "housing__dilapidated_houses": property.dilapidated_houses,
    "housing__properties": property.properties,
    "housing__public_rentals": property.public_rentals,
    "human_resources__contributions": human_resources.contributions,
    "human_resources__pensions": human_resources.pensions,
    "human_resources__unemployment": human_resources.unemployment,
    "market_supervision__businesses": property.businesses,
    "medical_insurance__enrolments": medical_insurance.enrolments,
    "medical_insurance__settlements": medical_insurance.settlements,
    "public_security__cancellations": public_security.cancellations,
    "public_security__residence_permits": public_security.residence_permits,
    "public_security__residents": public_security.residents,
    "public_security__vehicles": public_security.vehicles,
    "taxation__incomes": taxation.incomes,
    "towns__leads": towns.leads,
    "towns__living_places": towns.living_places,
}


def department_extracts(
    city: City, month: Month, only: Collection[str] | None = None
) -> dict[str, pl.DataFrame]:
    """Every extract of a month by id (or those in `only`), with the columns of its contract.

    IDs are text in `x_id` columns, days are dates, money is decimal(12,2) yuan, codes are the
    contract's values. The education extract exists in no August and carries `town_code` beside its
    columns, by which its files are split. Raises HardshipError for a month outside the city's time.
    """
    check_month(month)
    chosen = EXTRACTS if only is None else [extract for extract in EXTRACTS if extract in only]
    return {
        extract: EXTRACTS[extract](city, month)
        for extract in chosen
        if not (extract == "education__enrolments" and month.number == 8)
    }
