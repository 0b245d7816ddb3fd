"""The towns' workbooks measured: as many towns and households as a city of millions lists at most."""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import pyarrow as pa

from pipelines.contract import load_extracts
from pipelines.delivery import Delivery
from pipelines.manifest import RULES
from pipelines.month import Month
from pipelines.publish.tables import published_contracts
from pipelines.publish.town_folders import write_town_folders
from pipelines.publish.town_lists import TownLists
from pipelines.reference import towns
from pipelines.rule.order import order_in_force

MONTH = Month(2022, 6)
HOUSEHOLDS = 2_000
MOST_SECONDS = 40

_SENTENCES = (
    "近12个月（2021-07至2022-06）自付医疗费{}.40元（标准8,000元，2022-01-01起）［医保］；"
    "成员（女，{}岁）失业（月末在册登记）［人社］；"
    "人均月收入{}.88元（2021-07至2022-06平均，低保边缘线1,740元，低保标准1,160元，2022-01-01起）［人社、税务］"
)


def books(households: int = HOUSEHOLDS) -> dict:
    """Writes 23 town folders of so many listed households each, as many waiting and half as many gone.

    Returns `towns`, `households`, `seconds`, `cpu_seconds` (of this process and those it waited for) and
    `mib` of what was written.
    """
    extracts, published = load_extracts(), published_contracts()
    listed, lists = _listed(published["town_list"], households), _lists(households)
    coverage = pa.Table.from_pylist([], schema=published["coverage"].arrow_schema)
    delivered = [
        Delivery(c.id, c.department, MONTH, "accepted", MONTH, (), 1000, 990, 10) for c in extracts.values()
    ]
    with tempfile.TemporaryDirectory() as folder:
        began, used = time.perf_counter(), _cpu()
        write_town_folders(
            Path(folder), MONTH, listed, lists, coverage, delivered, extracts, published,
            order_in_force(MONTH, RULES),
        )  # fmt: skip
        seconds, cpu = time.perf_counter() - began, _cpu() - used
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    return {
        "towns": len(towns()), "households": len(listed), "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu, 1), "mib": round(size / 2**20, 1),
    }  # fmt: skip


def _listed(contract, households: int) -> pa.Table:
    n = len(towns()) * households
    number = pl.int_range(n, eager=True)
    place = number % households
    sentences = [_SENTENCES.format(8000 + k % 9000, 20 + k % 60, k % 1700) for k in range(n)]
    values = {
        "month": pl.Series([MONTH.start] * n),
        "town_code": pl.Series([town.code for town in towns() for _ in range(households)]),
        "rank": place + 1,
        "key_check": pl.Series([f"…{k % 65536:04X}" for k in range(n)]),
        "status": pl.Series(["new", "continuing", "escalated", "reopened"]).gather(number % 4),
        "community": pl.Series(["桂园社区"] * n),
        "grid_no": pl.Series(["03网格"] * n),
        "head_name": pl.Series([f"杨{k % 997}" for k in range(n)]),
        "head_id_masked": pl.Series(["442099**********18"] * n),
        "address": pl.Series([f"广东省中山市三角镇福兴路{k % 300}号{k % 20}栋{k % 7}01房" for k in range(n)]),
        "members_zh": pl.Series(["4人：户主50岁、配偶49岁、子女18、12岁"] * n),
        "members_count": pl.Series([4] * n),
        "dimensions": pl.Series([["medical", "employment", "income"][: 1 + k % 3] for k in range(n)]),
        "explanation_zh": pl.Series(sentences),
        "unassessed_dimensions": pl.Series([["disability"][: k % 2] for k in range(n)]),
        "months_waiting": number % 5,
        "priority": 60 - number % 40,
        "priority_sum": pl.Series(["10×2＋严重8＋2×1＋3＝33"] * n),
        "last_visited_on": pl.Series([dt.date(2022, 1, 8) if k % 5 == 0 else None for k in range(n)]),
        "last_visit_outcome": pl.Series(["not_reached" if k % 5 == 0 else None for k in range(n)]),
        "suggested_path": pl.Series(["temporary_assistance"] * n),
        "explanation_en": pl.Series(["Paid 13,800.00 yuan of medical costs in twelve months."] * n),
        "is_stale": pl.Series([False] * n),
        "household_key": pl.Series([f"H{k:016X}" for k in range(n)]),
    }
    columns = []
    for prop in contract.properties:
        given = values.get(prop.column)
        column = pa.nulls(n, prop.arrow_type) if given is None else given.to_arrow().cast(prop.arrow_type)
        columns.append(column)
    return pa.Table.from_arrays(columns, schema=contract.arrow_schema)


def _lists(households: int) -> TownLists:
    codes = pl.Series("town_code", [town.code for town in towns() for _ in range(households)])
    n = len(codes)
    waiting = pl.DataFrame(
        {
            "town_code": codes, "community": ["桂园社区"] * n, "head_name": ["杨三"] * n,
            "members_zh": ["4人：户主50岁"] * n, "dimensions": [["medical", "employment"]] * n,
            "explanation_zh": [_SENTENCES.format(9000, 40, 900)] * n, "detail_zh": ["名额已满"] * n,
            "months_waiting": [2] * n, "household_key": [f"H{k:016X}" for k in range(n)],
        }
    )  # fmt: skip
    changes = pl.DataFrame(
        {
            "town_code": codes, "previous_rank": [1] * n, "head_name": ["李四"] * n,
            "reason": ["covered"] * n, "detail_zh": ["2022-06起享受低保。"] * n,
            "household_key": [f"H{k:016X}" for k in range(n)],
        }
    )  # fmt: skip
    return TownLists(pl.DataFrame(), waiting, changes.filter(pl.int_range(pl.len()) % 2 == 0))


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    found = books(int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS)
    print(", ".join(f"{name} {value:,}" for name, value in found.items()))
    sys.exit(found["seconds"] > MOST_SECONDS)
