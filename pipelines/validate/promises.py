"""Promises: the quality terms of a contract, and the defaults for terms it does not state, as checks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from pipelines.contract import Contract, Quality
from pipelines.month import Month
from pipelines.problem import Problem
from pipelines.validate.checks import Check
from pipelines.validate.defaults import DEFAULT_PROMISES
from pipelines.validate.recent import Recent

# Below this mean, month-to-month chance is larger than any band.
MINIMUM_ROWS = 30

_ARGUMENTS = {
    "volume_against_recent_months": {"minimumShare", "maximumShare", "minimumRows"},
    "latest_date_in_month": {"column"},
    "rejected_share": {"maximum", "minimumRows"},
    "unreadable_files": set(),
    "unit_drift": {"maximumFactor"},
    "file_of_an_earlier_month": {"minimumRows"},
    "towns_missing": {"minimumRows"},
    "overlap_with_last_month": {"minimumShare", "minimumRows"},
}
_METRICS = ("rowCount", "nullValues", "missingValues", "invalidValues", "duplicateValues")
_LIMITS = ("mustBe", "mustBeLessThan", "mustBeLessOrEqualTo")
_BOUNDS = ("mustBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan",
           "mustBeLessOrEqualTo", "mustBeBetween")  # fmt: skip


def promises(contract: Contract) -> list[Quality]:
    """The contract's quality terms, then the defaults it does not replace."""
    replaced = {promise.check for promise in contract.quality}
    return [*contract.quality, *(p for p in DEFAULT_PROMISES if p.check not in replaced)]


def promise_problems(contract: Contract) -> list[Problem]:
    """Every quality term that this package cannot check, with its place in the contract."""
    problems = []
    columns = {p.column for p in contract.properties} | {p.name for p in contract.properties}
    for promise in contract.quality:

        def wrong(found: object, allowed: str, promise: Quality = promise) -> None:
            where = contract.document.where("schema[0].quality")
            problems.append(Problem(contract.document.path.name, where, f"{promise.id}: {found}", allowed))

        if promise.metric:
            if promise.metric not in _METRICS:
                wrong(f"metric {promise.metric}", ", ".join(_METRICS))
            elif not promise.bounds or set(promise.bounds) - set(
                _BOUNDS if promise.metric == "rowCount" else _LIMITS
            ):
                allowed = _BOUNDS if promise.metric == "rowCount" else _LIMITS
                wrong(", ".join(promise.bounds) or "no bound", ", ".join(allowed))
            elif promise.metric not in ("rowCount", "duplicateValues") and not promise.column:
                wrong(f"{promise.metric} of no column", "a metric of values below its property")
            elif promise.metric == "invalidValues" and not (
                {"validValues", "pattern"} & set(promise.arguments)
            ):
                wrong("no validValues or pattern", "one of them among the arguments")
        elif promise.check not in _ARGUMENTS:
            wrong(f"check {promise.check}", ", ".join(sorted(_ARGUMENTS)))
        elif unknown := set(promise.arguments) - _ARGUMENTS[promise.check]:
            wrong(", ".join(sorted(unknown)), ", ".join(sorted(_ARGUMENTS[promise.check])) or "nothing")
        elif promise.check == "latest_date_in_month" and promise.arguments.get("column") not in columns:
            wrong(f"column {promise.arguments.get('column')}", "a column of this contract")
    return problems


def promise_checks(
    contract: Contract, month: Month, found: Sequence[str], rows: int, recent: Recent
) -> Iterator[Check]:
    """Checks of the rows that the quality terms ask for.

    `rows` is the number of rows found, `recent` what earlier months held. Terms about the report of
    what was read (rejected rows, unreadable files) are the gate's, those about the extract as a whole
    (files, towns and people of earlier months) are in `whole`.
    """
    for promise in promises(contract):
        if promise.metric == "rowCount":
            yield _row_count(promise)
        elif promise.metric:
            yield from _values(contract, promise, found, rows)
        elif promise.check == "volume_against_recent_months":
            yield from _volume(contract, promise, found, recent)
        elif promise.check == "latest_date_in_month":
            if rows and promise.arguments["column"] in found:
                yield _freshness(promise, month)
        elif promise.check == "unit_drift":
            yield from _unit_drift(contract, promise, found, recent)


def town_column(contract: Contract, found: Sequence[str]) -> str | None:
    """The column that names the town of a row, None where the extract has none."""
    return next((p.column for p in contract.properties if p.reference == "towns" and p.column in found), None)


def _row_count(promise: Quality) -> Check:
    low, high = _whole_bounds(promise.bounds)
    return Check(
        promise.id,
        promise.severity,
        "expect_table_row_count_to_be_between",
        {"min_value": low, "max_value": high},
        *_band(low, high),
        shown="count",
    )


def _whole_bounds(bounds: dict) -> tuple[int | None, int | None]:
    low, high = None, None
    for word, value in bounds.items():
        if word == "mustBeBetween":
            low, high = int(value[0]), int(value[1])
        elif word == "mustBe":
            low = high = int(value)
        elif word.startswith("mustBeGreater"):
            low = math.ceil(value) if word.endswith("EqualTo") else math.floor(value) + 1
        else:
            high = math.floor(value) if word.endswith("EqualTo") else math.ceil(value) - 1
    return low, high


def _values(contract: Contract, promise: Quality, found: Sequence[str], rows: int) -> Iterator[Check]:
    if promise.column is not None and promise.column not in found:
        return
    share, zh, en = _limit(promise, rows)
    if promise.metric == "duplicateValues":
        names = promise.arguments.get("properties") or [promise.column]
        columns = [contract.property(name).column if promise.column is None else name for name in names]
        yield Check(
            promise.id, promise.severity, "expect_key_to_be_unique",
            {"column_list": columns, "mostly": 1 - share},
            f"“{'+'.join(columns)}”重复的行{zh}", f"{en} rows that repeat {', '.join(columns)}",
        )  # fmt: skip
        return
    header = next(p.header for p in contract.properties if p.column == promise.column)
    arguments = {"column": promise.column, "mostly": 1 - share}
    if promise.metric == "invalidValues" and "pattern" in promise.arguments:
        expectation, arguments["pattern"] = "expect_column_of_pattern", promise.arguments["pattern"]
    elif promise.metric == "invalidValues":
        expectation, arguments["value_set"] = "expect_column_within_set", promise.arguments["validValues"]
    else:
        expectation = "expect_column_always_given"
    what = ("无效", "an invalid") if promise.metric == "invalidValues" else ("空", "no")
    yield Check(
        promise.id, promise.severity, expectation, arguments,
        f"“{header}”为{what[0]}的行{zh}", f"{en} rows with {what[1]} {promise.column}",
    )  # fmt: skip


def _limit(promise: Quality, rows: int) -> tuple[float, str, str]:
    """The largest share of rows that may break a promise, and the limit in words."""
    (word, value), *_ = promise.bounds.items()
    unit = "%" if promise.unit == "percent" else ""
    share = min(float(value) / 100 if unit else float(value) / max(rows, 1), 1.0)
    # The smallest difference between two shares of countable rows is far above these margins.
    if word == "mustBeLessThan":
        return max(share - 1e-10, 0.0), f"少于{value}{unit}", f"fewer than {value}{unit}"
    return min(share + 1e-10, 1.0), f"不超过{value}{unit}", f"at most {value}{unit}"


def _volume(contract: Contract, promise: Quality, found: Sequence[str], recent: Recent) -> Iterator[Check]:
    least = promise.arguments.get("minimumRows", MINIMUM_ROWS)
    mean = recent.mean_rows()
    if mean is not None and mean >= least:
        low, high = _volume_band(promise, mean)
        zh, en = _band(low, high)
        yield Check(
            promise.id,
            promise.severity,
            "expect_table_row_count_to_be_between",
            {"min_value": low, "max_value": high},
            f"{zh}（{recent.named}平均{mean:,.0f}行）",
            f"{en} (mean of {recent.named}: {mean:,.0f})",
            shown="count",
        )
    town = town_column(contract, found)
    if town is None:
        return
    bands = {
        code: list(_volume_band(promise, rows))
        for code, rows in recent.mean_rows_by_town().items()
        if rows >= least
    }
    yield Check(
        f"{promise.id}_by_town",
        "warning",
        "expect_rows_by_town_within_bands",
        {"column": town, "bands": bands},
        *(
            (f"各镇街行数与{recent.named}相当", f"rows of each town like in {recent.named}")
            if bands
            else ("各镇街行数，供以后各月比较", "rows of each town, for later months to compare with")
        ),
        shown="towns",
    )


def _volume_band(promise: Quality, mean: float) -> tuple[int, int | None]:
    most = promise.arguments.get("maximumShare")
    return (
        math.ceil(promise.arguments.get("minimumShare", 0) * mean),
        None if most is None else math.floor(most * mean),
    )


def _freshness(promise: Quality, month: Month) -> Check:
    column = promise.arguments["column"]
    return Check(
        promise.id,
        promise.severity,
        "expect_column_max_to_be_between",
        {"column": column, "min_value": month.start, "max_value": month.end},
        f"最晚日期（{column}）在{month}内",
        f"the latest {column} in {month}",
        shown="month",
    )


def _unit_drift(
    contract: Contract, promise: Quality, found: Sequence[str], recent: Recent
) -> Iterator[Check]:
    for prop in contract.properties:
        if prop.unit != "yuan" or prop.column not in found:
            continue
        usual, factor = recent.median(prop.column), promise.arguments["maximumFactor"]
        low = high = None
        zh, en = "中位数，供以后各月比较", f"the median {prop.column}, for later months to compare with"
        if usual is not None:
            low, high = usual / factor, usual * factor
            zh = f"中位数与{recent.named}（{usual:,.2f}元）相差不到{factor}倍，单位没有弄错"
            en = f"a median {prop.column} within a factor of {factor} of {recent.named} ({usual:,.2f} yuan)"
        yield Check(
            f"{promise.id}_{prop.column}",
            promise.severity,
            "expect_median_amount_to_be_between",
            {"column": prop.column, "least_rows": MINIMUM_ROWS, "min_value": low, "max_value": high},
            f"“{prop.header}”的{zh}",
            en,
            shown="median",
        )


def _band(low: int | None, high: int | None) -> tuple[str, str]:
    if low is not None and high is not None:
        return f"行数在{low:,}至{high:,}之间", f"{low:,} to {high:,} rows"
    if high is not None:
        return f"行数不超过{high:,}", f"at most {high:,} rows"
    if low == 1:
        return "至少有一行", "at least one row"
    return f"行数不少于{low or 0:,}", f"at least {low or 0:,} rows"
