"""The gate: whether an extract is accepted, accepted with warnings or held, and why, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.contract import Contract, Quality
from pipelines.validate.checks import Check
from pipelines.validate.promises import promises

_GRAVEST_FIRST = ("error", "warning").index


@dataclass(frozen=True)
class Reason:
    """One thing that counted against an extract, fit to be read by the department that sent it."""

    id: str
    severity: str
    zh: str
    en: str


def verdict(reasons: Iterable[Reason]) -> str:
    """`held` by any error, `warned` by any warning, else `accepted`; what is only told changes nothing."""
    severities = {reason.severity for reason in reasons}
    return "held" if "error" in severities else "warned" if "warning" in severities else "accepted"


def report_reasons(contract: Contract, report: dict) -> Iterator[Reason]:
    """Reasons that lie in what was read: files that could not be and the share of rows set aside."""
    terms = promises(contract)
    files = [term.severity for term in terms if term.check == "unreadable_files"]
    is_all_lost = all(file["problem"] for file in report["files"])
    for problem in report["problems"]:
        yield _unreadable(
            problem, "error" if is_all_lost else min(files, key=_GRAVEST_FIRST, default="error")
        )
    # The limit that holds the extract is told; the lower one that warns says nothing more.
    # A row that a correction replaced was not refused: another row says what it meant to say.
    corrected = report.get("rejections_by_reason", {}).get("corrected", 0)
    report = report | {"rejected": report["rejected"] - corrected}
    exceeded = [term for term in terms if term.check == "rejected_share" and _is_exceeded(term, report)]
    for term in sorted(exceeded, key=lambda term: _GRAVEST_FIRST(term.severity))[:1]:
        rows_in, rejected, most = report["rows_in"], report["rejected"], term.arguments["maximum"]
        share = rejected / rows_in
        yield Reason(
            term.id,
            term.severity,
            f"{rows_in:,}行中有{rejected:,}行（{share:.1%}）不符合约定被退回，最多允许{most:.0%}。",
            f"{rejected:,} of {rows_in:,} rows ({share:.1%}) were rejected; at most {most:.0%} allowed.",
        )


def _unreadable(problem: str, severity: str) -> Reason:
    """`file: 中文 / English`, as ingest words it, told in either language."""
    name, colon, text = problem.partition(": ")
    zh, _, en = text.partition(" / ")
    place = name + colon
    return Reason("unreadable", severity, f"文件无法读取：{place}{zh}", f"Not readable: {place}{en or zh}")


def _is_exceeded(term: Quality, report: dict) -> bool:
    rows_in, rejected = report["rows_in"], report["rejected"]
    return rows_in >= term.arguments.get("minimumRows", 1) and rejected > term.arguments["maximum"] * rows_in


def check_reasons(checks: Sequence[Check], results: Sequence[dict]) -> Iterator[Reason]:
    """One reason per failed check, in order. A check that could not be computed holds the extract."""
    for check, result in zip(checks, results, strict=True):
        if result["success"]:
            continue
        if result["error"]:
            zh, en = f"无法检查（{result['error']}）", f"it could not be checked ({result['error']})"
        else:
            zh, en = _FOUND[check.shown](check, result["result"])
        severity = "error" if result["error"] else check.severity
        yield Reason(check.id, severity, f"应为：{check.zh}；实际：{zh}。", f"Expected {check.en}; {en}.")


def _rows(check: Check, result: dict) -> tuple[str, str]:
    broken, rows = result["unexpected_count"], result["element_count"]
    return f"{rows:,}行中有{broken:,}行不符", f"{broken:,} of {rows:,} rows break this"


def _count(check: Check, result: dict) -> tuple[str, str]:
    rows = result["observed_value"]
    return f"{rows:,}行", f"found {rows:,}"


def _month(check: Check, result: dict) -> tuple[str, str]:
    latest = result["observed_value"]
    if latest is None:
        return "没有任何日期", "there is no date at all"
    return f"在{str(latest)[:7]}", f"it lies in {str(latest)[:7]}"


def _columns(check: Check, result: dict) -> tuple[str, str]:
    found = ", ".join(map(str, result["observed_value"]))
    return found, f"found {found}"


def _towns(check: Check, result: dict) -> tuple[str, str]:
    bands = check.arguments["bands"]
    zh, en = [], []
    for town, rows in result["outside"].items():
        least, most = bands[town]
        zh.append(f"{town}有{rows:,}行（应为{least:,}至{'不限' if most is None else f'{most:,}'}）")
        en.append(f"{town} has {rows:,} rows ({least:,} to {'any' if most is None else f'{most:,}'})")
    return "，".join(zh), ", ".join(en)


def _median(check: Check, result: dict) -> tuple[str, str]:
    median = result["observed_value"]
    return f"中位数{median:,.2f}元", f"the median is {median:,.2f} yuan"


_FOUND = {
    "rows": _rows,
    "count": _count,
    "month": _month,
    "columns": _columns,
    "towns": _towns,
    "median": _median,
}
