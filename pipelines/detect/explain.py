"""Explain: every rule's answer for one household, with values, sources and limits, and what became of it."""

from __future__ import annotations

from pathlib import Path

from pipelines.contract import SCHEMAS, Contract, load_contracts
from pipelines.database import Database
from pipelines.detect.answers import quoted_id
from pipelines.detect.evidence import (
    Evidence,
    Source,
    base_registers,
    delivered_sources,
    evidence_of,
    sources_of_household,
)
from pipelines.detect.history import history, history_lines
from pipelines.detect.why_not import why_not
from pipelines.identity import household_key
from pipelines.lake import Lake
from pipelines.month import Month
from pipelines.problem import HardshipError
from pipelines.profiles import lay_out_profiles
from pipelines.rule import RULES, Compiled, Parameter, compile_rule, load_rules, used_values
from pipelines.rule.sentence import written
from pipelines.rule.words import in_both, references_in_words

ANSWERS = {True: "match", False: "no match", None: "unknown"}
ANSWERS_ZH = {"match": "符合", "no match": "不符合", "unknown": "无法判断"}
DECIDED = ("candidates", "exclusions", "cases")
WITHHELD = "(withheld)"


def explain(
    month: Month, lake: Lake, household_key: str, rules: Path = RULES, schemas: Path = SCHEMAS
) -> dict:
    """What the rules in force say of a household in a month, and how it was decided.

    `rules` has one entry per rule with answer, clauses, values, limits, sources and sentences; of a
    rule about residents one part per resident, named by age and sex. Restricted values are withheld.
    `history` tells the case month by month with its visits; `why_not` all that keeps it off the list.
    Raises HardshipError when the month was not linked or has no such household.
    """
    profiles = lake.resolve("profiles", month)
    if profiles is None:
        raise HardshipError(f"No profiles for {month}. Run it first: hardship run --month {month}")
    rule_set, contracts = load_rules(rules, schemas), load_contracts(schemas)
    with Database() as db:
        lay_out_profiles(db, profiles)
        decided = _decided(db, month, lake, household_key)
        number = _number(db, lake, household_key, decided)
        for unit in ("household", "resident"):
            db.execute(
                f"create temp table the_{unit} as select * from {unit}_profile where household_no = $number",
                {"number": number},
            )
        if not db.value("select count(*) from the_household"):
            if not decided["cases"]:
                raise HardshipError(f"No household {household_key} in {month}.")
            told = {"month": str(month), "household_key": household_key, "rules": [], **decided}
            return told | {"why_not": [], **_history(month, lake, household_key, contracts)}
        sources = delivered_sources(profiles / "deliveries.parquet", contracts, month)
        carried = db.value("select carried_extracts from the_household")
        sources, base = sources_of_household(sources, carried), base_registers(contracts)
        answers = []
        for rule in rule_set.in_force(month):
            compiled = compile_rule(rule, month, rule_set.profiles[rule.unit])
            evidence = evidence_of(rule, rule_set, sources, base, month)
            answers.append(_explained(db, compiled, evidence))
    told = {"month": str(month), "household_key": household_key, "rules": answers, **decided}
    bar = int(rule_set.selection_in_force(month)["bar_dimensions"])
    told["why_not"] = why_not(told, bar, contracts["candidates"])
    return told | _history(month, lake, household_key, contracts)


def _history(month: Month, lake: Lake, key: str, contracts: dict[str, Contract]) -> dict:
    entries = history(month, lake, key)
    return {"history": entries, "history_lines": history_lines(entries, key, contracts)}


def _decided(db: Database, month: Month, lake: Lake, key: str) -> dict:
    folder = lake.resolve("matches", month)
    found = {}
    for table in DECIDED:
        rows = []
        if folder:
            db.view(table, folder / f"{table}.parquet")
            rows = db.rows(f"select * from {table} where household_key = $key", {"key": key})
        found[table] = rows[0] if rows else None
    return found


def _number(db: Database, lake: Lake, key: str, decided: dict) -> int:
    if decided["cases"]:
        return decided["cases"]["household_no"]
    secret = lake.secret()
    for row in db.rows("select household_no from household_profile order by household_no"):
        if household_key(row["household_no"], secret) == key:
            return row["household_no"]
    raise HardshipError(
        f"No household {key} in this month or before. Keys are H and 16 characters (0-9, A-F), as in the "
        'hidden last column of the lists; hardship sql "select household_key from cases" has them all.'
    )


def _explained(db: Database, compiled: Compiled, evidence: Evidence) -> dict:
    rule = compiled.rule
    parts = [_part(compiled, row) for row in _rows(db, compiled)]
    counted = [part["answer"] for part in parts if part["counts"]]
    answer = "match" if "match" in counted else "unknown" if "unknown" in counted else "no match"
    return {
        "rule_id": rule.id,
        "title_zh": rule.title_zh,
        "title_en": rule.title_en,
        "status": rule.status,
        "effect": rule.effect,
        "dimension": rule.dimension,
        "answer": answer,
        "parts": parts,
        "limits": {name: _limit(p, evidence.month) for name, p in rule.parameters.items()},
        "sources": [_source(source, evidence) for source in evidence.sources],
        "references": references_in_words(rule.references),
        "false_positives": [in_both(wording) for wording in rule.false_positives],
    }


def _limit(parameter: Parameter, month: Month) -> dict:
    value = written(parameter.in_force(month), parameter.unit)
    return {"value": value, "unit": parameter.unit, "since": str(parameter.since(month))}


def _source(source: Source, evidence: Evidence) -> dict:
    return {
        "extract": source.extract,
        "title_zh": source.title_zh,
        "title_en": source.title_en,
        "status": source.status,
        "months": evidence.months_of(source) or None,
        "is_stale": source.is_stale(evidence.month),
    }


def _rows(db: Database, compiled: Compiled) -> list[dict]:
    """Answers, clauses, sentences and values of the household's row, or of each resident's."""
    is_resident = compiled.rule.unit == "resident"
    columns = [
        f"{compiled.answer} as answer",
        f"{compiled.explanation('zh')} as zh",
        f"{compiled.explanation('en')} as en",
    ]
    columns += [f"{sql} as {quoted_id('clause_' + name)}" for name, sql in compiled.clauses.items()]
    columns += [f"{quoted_id(name)} as {quoted_id('value_' + name)}" for name in compiled.columns]
    order = ""
    if is_resident:
        columns += ["coalesce(is_covered_alone, false) as alone", "age_years", "sex"]
        order = "order by age_years desc nulls last, resident_key"
    sql = f"select {', '.join(columns)} from the_{compiled.rule.unit} {order}"
    return db.rows(sql, used_values(sql, compiled.values))


def _part(compiled: Compiled, row: dict) -> dict:
    answer = ANSWERS[row["answer"]]
    part = {
        "answer": answer,
        "counts": not row.get("alone", False),
        "clauses": {name: _clause(compiled, name, row) for name in compiled.clauses},
        "values": {name: _value(compiled.profile, name, row[f"value_{name}"]) for name in compiled.columns},
    }
    if answer == "match":
        part |= {"explanation_zh": row["zh"], "explanation_en": row["en"]}
    if "age_years" in row:
        part |= {"age_years": row["age_years"], "sex": row["sex"]}
    return part


def _clause(compiled: Compiled, name: str, row: dict) -> str:
    """A clause's answer, withheld where it would tell a restricted value (which disability)."""
    read = compiled.columns_of(compiled.rule.with_figures(compiled.rule.clauses[name]))
    is_open = all(_is_open(compiled.profile, column) for column in read)
    return ANSWERS[row[f"clause_{name}"]] if is_open else WITHHELD


def _is_open(profile: Contract, column: str) -> bool:
    prop = next(p for p in profile.properties if p.column == column)
    return prop.classification in ("public", "internal")


def _value(profile: Contract, column: str, value: object) -> str | None:
    if value is None:
        return None
    if not _is_open(profile, column):
        return WITHHELD
    return str(value)


def in_words(explained: dict) -> str:
    """The explanation as text for a terminal, Chinese with English beside."""
    lines = [f"{explained['household_key']}  {explained['month']}", *_decision_lines(explained)]
    if explained["why_not"]:
        lines += ["", "未列入的原因 / why not"]
        lines += [f"  {zh} / {en}" for zh, en in explained["why_not"]]
    if explained["history_lines"]:
        lines += ["", "个案经过 / history", *(f"  {line}" for line in explained["history_lines"])]
    order = {"match": 0, "unknown": 1, "no match": 2}
    for rule in sorted(explained["rules"], key=lambda r: (order[r["answer"]], r["rule_id"])):
        lines += ["", *_rule_lines(rule)]
    return "\n".join(lines)


def _decision_lines(explained: dict) -> list[str]:
    lines = []
    candidate, exclusion, case = (explained[name] for name in DECIDED)
    if candidate:
        lines.append(
            f"已列入 / listed: {candidate['town_code']} 第{candidate['rank']}位, {candidate['status']}, "
            f"优先分 / priority {candidate['priority']}"
        )
        lines.append(f"{candidate['not_covered_zh']} / {candidate['not_covered_en']}")
    elif exclusion:
        lines.append(f"未列入 / not listed: {exclusion['detail_zh']} / {exclusion['detail_en']}")
    elif case:
        lines.append(f"{case['status']}: {case['reason_zh']} / {case['reason_en']}")
    else:
        lines.append("无稳定规则命中 / no stable rule of effect signal or list matches")
    if case:
        first = str(case["first_matched_month"])[:7]
        lines.append(
            f"个案 / case: {case['status']}, 首次命中 / first match {first}, "
            f"列入月数 / months listed {case['listed_months_count']}, "
            f"等待月数 / months waiting {case['months_waiting']}"
        )
    return lines


def _rule_lines(rule: dict):
    yield (
        f"{ANSWERS_ZH[rule['answer']]} / {rule['answer']}: {rule['title_zh']} / {rule['title_en']} "
        f"({rule['rule_id']}, {rule['effect']}{', ' + rule['dimension'] if rule['dimension'] else ''})"
    )
    for part in rule["parts"]:
        who = ""
        if "age_years" in part:
            age = "?" if part["age_years"] is None else part["age_years"]
            who = f"{part['sex'] or '?'} {age}: "
            if not part["counts"]:
                who += "单人保，不计 / on dibao alone, not counted; "
        if "explanation_zh" in part:
            yield f"  {who}{part['explanation_zh']} / {part['explanation_en']}"
        clauses = ", ".join(f"{name}: {answer}" for name, answer in part["clauses"].items())
        values = ", ".join(f"{n} = {'not known' if v is None else v}" for n, v in part["values"].items())
        yield f"  {who}{clauses}"
        yield f"    {values}"
    limits = ", ".join(
        f"{n} {item['value']} ({item['unit']}, since {item['since']})" for n, item in rule["limits"].items()
    )
    if limits:
        yield f"  标准 / limits: {limits}"
    for source in rule["sources"]:
        months = source["months"] or "未能使用 / not usable"
        stale = " (沿用 / carried forward)" if source["is_stale"] else ""
        title = f"{source['title_zh']} / {source['title_en']}"
        yield f"  来源 / source: {title}: {months}, {source['status']}{stale}"
