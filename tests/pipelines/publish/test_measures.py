"""What the lists are measured by is published too: the people of every town, the visits that came back."""

from __future__ import annotations

import datetime as dt

import polars as pl

from pipelines.publish import publish

from .conftest import MONTH, SANJIAO, XIAOLAN, key, some_households


def lay_visits(lake, extracts, rows: list[tuple], verdict: str) -> None:
    names = ("household_key", "outcome", "wrong_data", "reason")
    schema = {"visited_on": pl.Date, **dict.fromkeys(names, pl.String)}
    with lake.write("parquet/towns__visits", MONTH, {}) as folder:
        told = [
            dict(zip(("household_key", "visited_on", "outcome", "reason"), row, strict=True)) for row in rows
        ]
        pl.DataFrame(told, schema=schema).write_parquet(folder / "rows.parquet")
        (folder / "report.json").write_text("{}")
    with lake.write("verdicts/towns__visits", MONTH, {}) as folder:
        (folder / "verdict.json").write_text(f'{{"verdict": "{verdict}", "reasons": []}}')


def test_every_household_and_its_members_stand_in_the_population_of_one_town(city, extracts):
    city.lay(some_households())
    publish(extracts, MONTH, city.lake)
    rows = pl.read_parquet(city.lake.resolve("published", MONTH) / "population.parquet")
    assert rows.select("town_code", "hukou", "households", "residents").rows() == [
        (SANJIAO, "local", 5, 4 + 1 + 3 + 4 + 4),
        (XIAOLAN, "local", 1, 4),
    ]


def test_visits_are_published_with_the_town_of_the_case_and_without_what_the_clerk_wrote(city, extracts):
    city.lay(some_households())
    found = [
        (key(1), dt.date(2022, 6, 8), "confirmed_helped", "丈夫生病"),
        (key(99), dt.date(2022, 6, 9), "moved", ""),
    ]
    lay_visits(city.lake, extracts, found, "accepted")
    publish(extracts, MONTH, city.lake)
    rows = pl.read_parquet(city.lake.resolve("published", MONTH) / "visit_results.parquet")
    assert set(rows.select("household_key", "town_code", "outcome").rows()) == {
        (key(1), SANJIAO, "confirmed_helped"), (key(99), None, "moved"),
    }  # fmt: skip
    assert "丈夫生病" not in str(rows.to_dicts())


def test_visits_of_a_held_extract_are_not_published(city, extracts):
    city.lay(some_households())
    lay_visits(city.lake, extracts, [(key(1), dt.date(2022, 6, 8), "moved", "")], "held")
    publish(extracts, MONTH, city.lake)
    assert pl.read_parquet(city.lake.resolve("published", MONTH) / "visit_results.parquet").is_empty()
