"""Wrong rules are refused with file, line, key, found and allowed; hostile ones do nothing."""

from __future__ import annotations

import dataclasses
import shutil

import pytest
import yaml

from pipelines import rule
from pipelines.contract import SCHEMAS, load_contracts
from pipelines.database import DatabaseError
from pipelines.problem import Problems
from pipelines.rule.bind import sealed_database
from pipelines.rule.inline import run_inline_test
from tests.rules.files import GOOD, changed, complaints, folder_of, written


def test_a_good_rule_is_accepted(tmp_path):
    assert complaints(tmp_path, GOOD) == ""


HEAVY = "medical_self_paid_12m_at_least_yuan >= $limit or medical_self_paid_12m_yuan >= $limit"
QUOTED = {"zh": "{x}", "en": "{x}"}

REFUSED = {
    "an unknown key": (changed(treshold=3), "key treshold", "an unknown key"),
    "a key that is missing": (changed(references=None), "references", "no references"),
    "an unknown status": (changed(status="final"), "key status", "experimental, test, stable, deprecated"),
    "an unknown dimension": (changed(dimension="medicine"), "Did you mean medical?", "key dimension"),
    "an unknown cause": (changed(cause="bad_luck"), "key cause", "illness, accident"),
    "a signal without dimension": (changed(dimension=None), "key effect", "signal without dimension"),
    "an unknown column": (
        changed(detection__heavy="medical_self_payed_12m_yuan >= $limit"),
        "key detection.heavy",
        "Did you mean medical_self_paid_12m_yuan?",
    ),
    "an unknown parameter": (
        changed(detection__heavy=HEAVY + " or minors_count > $limitt"),
        "$limitt",
        "Did you mean limit?",
    ),
    "a clause that is not used": (
        changed(detection__other="minors_count > 0"),
        "key detection.other",
        "does not use",
    ),
    "a parameter that is not used": (
        changed(parameters__spare={"description": "x", "unit": "yuan", "values": {"2021-01-01": 1}}),
        "key parameters.spare",
        "no clause uses",
    ),
    "a figure that is not used": (
        changed(figures={"spare_yuan": "minors_count * 2"}),
        "key figures.spare_yuan",
        "no clause uses",
    ),
    "a figure that shadows a column": (
        changed(figures={"minors_count": "members_count"}),
        "key figures.minors_count",
        "taken already",
    ),
    "a clause in the condition that is missing": (
        changed(detection__condition="heavvy"),
        "heavvy",
        "Did you mean heavy?",
    ),
    "a comparison in the condition": (
        changed(detection__condition="heavy or 1 = 1"),
        "key detection.condition",
        "clause names",
    ),
    "a clause that is a number": (
        changed(detection__heavy="medical_self_paid_12m_yuan + $limit"),
        "a value that is a number",
        "true or false",
    ),
    "text compared with a number": (
        changed(detection__heavy=HEAVY + " or danger_grade > 3"),
        "number with text",
        "values of one kind",
    ),
    "a truth added to a number": (
        changed(detection__heavy=HEAVY + " or has_local_hukou + 1 > 2"),
        "+ of truth",
        "numbers",
    ),
    "a column kept for visits": (
        changed(detection__heavy=HEAVY + " or last_visit_outcome = 'moved'"),
        "last_visit_outcome",
        "purpose is hardship",
    ),
    "a column kept for audit": (
        changed(detection__heavy=HEAVY + " or is_conflict"),
        "is_conflict",
        "purpose is hardship",
    ),
    "the town": (
        changed(detection__heavy=HEAVY + " or town_code = '442000109'"),
        "town_code",
        "purpose is hardship",
    ),
    "an answer made of what is not known": (
        changed(detection__heavy="coalesce(medical_self_paid_12m_yuan, 9999) >= $limit"),
        "coalesce",
        "'not known' into an answer",
    ),
    "is null": (
        changed(detection__heavy=HEAVY + " or minors_count is null"),
        "is null",
        "'not known' into an answer",
    ),
    "a case over a column": (
        changed(detection__heavy=HEAVY + " or case when minors_count > 1 then true else false end"),
        "chooses by a column",
        "parameters alone",
    ),
    "a sentence that quotes what no clause reads": (
        changed(explanation={"zh": "{minors_count}", "en": "{minors_count}"}),
        "key explanation.zh",
        "do not read",
    ),
    "a sentence that quotes a restricted column": (
        changed(
            detection__heavy=HEAVY + " or has_severe_disability",
            explanation={"zh": "{has_severe_disability}", "en": "{has_severe_disability}"},
        ),
        "which is restricted",
        "classified public or internal",
    ),
    "a sentence with an unknown name": (changed(explanation=QUOTED), "{x}", "key explanation.en"),
    "a sentence in one language only": (
        changed(explanation={"zh": "自付", "en": "Paid {medical_self_paid_12m_yuan}"}),
        "in one language only",
        "both languages",
    ),
    "a stray bracket": (changed(explanation={"zh": "{}", "en": "{}"}), "curly bracket", "{name}"),
    "a period without a window": (
        changed(explanation={"zh": "{period}", "en": "{period}"}),
        "window_months",
        "key explanation",
    ),
    "an amount without its bound": (
        changed(detection__heavy="medical_self_paid_12m_yuan >= $limit"),
        "medical_self_paid_12m_at_least_yuan",
        "its bound",
    ),
    "no test that expects unknown": (
        changed(tests=[*GOOD["tests"][:2], {**GOOD["tests"][0], "name": "again"}]),
        "no test that expects unknown",
        "key tests",
    ),
    "no test before a change of a value": (
        changed(tests=[GOOD["tests"][0], {**GOOD["tests"][1], "month": "2022-06"}, GOOD["tests"][2]]),
        "parameters.limit.values.2021-01-01",
        "each side of every change",
    ),
    "a test of an unknown column": (
        changed(
            tests=[
                *GOOD["tests"],
                {"name": "x", "month": "2022-06", "profile": {"minor_count": 1}, "expect": "unknown"},
            ]
        ),
        "tests[3].profile.minor_count",
        "Did you mean minors_count?",
    ),
    "a test before the first value": (
        changed(
            tests=[*GOOD["tests"], {"name": "x", "month": "2020-06", "profile": {}, "expect": "unknown"}]
        ),
        "tests[3].month",
        "2021-01-01",
    ),
    "two tests of one name": (
        changed(tests=[*GOOD["tests"], GOOD["tests"][2]]),
        "tests[3].name",
        "each name once",
    ),
    "days out of order": (
        changed(parameters__limit__values={"2022-01-01": 8000, "2021-01-01": 10000}),
        "days out of order",
        "oldest first",
    ),
    "values of two kinds": (
        changed(parameters__limit__values={"2021-01-01": 10000, "2022-01-01": "a lot"}),
        "values of one kind",
        "parameters.limit",
    ),
    "a day that is none": (
        changed(parameters__limit__values={"2021-02-30": 10000, "2022-01-01": 8000}),
        "2021-02-30",
        "a day written 2022-01-01",
    ),
    "a gap between parameters": (
        changed(
            parameters__other={"description": "x", "unit": "yuan", "values": {"2021-06-01": 1}},
            detection__heavy=HEAVY + " or minors_count > $other",
        ),
        "no value from 2021-01-01 to 2021-06-01",
        "no month has a gap",
    ),
    "numbers too wide to multiply": (
        changed(detection__heavy=HEAVY + " or minors_count * medical_self_paid_12m_yuan * members_count > 1"),
        "a product of 3 columns",
        "key detection.heavy",
    ),
    "a function with a part too many": (
        changed(detection__heavy=HEAVY + " or abs(minors_count, members_count) > 1"),
        "cannot be planned",
        "key detection",
    ),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_a_rule_is_refused_for(tmp_path, data):
    wrong, *expected = data
    said = complaints(tmp_path, wrong)
    for word in [*expected, ".yaml, line "]:
        assert word in said, said


def test_a_rule_whose_name_is_not_its_files_is_refused(tmp_path):
    folder = folder_of(tmp_path, GOOD)
    (folder / "costs.yaml").rename(folder / "other_costs.yaml")
    assert "other_costs.yaml, line 4, key id: found costs; allowed: the file's name" in _said(folder)


def _said(folder):
    try:
        rule.load_rules(folder)
    except Problems as problems:
        return str(problems)
    return ""


DENIED = ("ethnicity", "religion", "nationality", "political_party", "criminal_record")


def schemas_with(tmp_path, column, purpose):
    """The contracts, with one column more on the household's profile."""
    schemas = tmp_path / "schemas"
    shutil.copytree(SCHEMAS, schemas)
    with open(schemas / "household_profile.yaml", "a", encoding="utf-8") as file:
        file.write(
            f"      - name: {column}\n        logicalType: string\n        classification: internal\n"
            f"        description: Of the head.\n        customProperties:\n"
            f"          - {{property: purpose, value: {purpose}}}\n"
        )
    return schemas


@pytest.mark.parametrize("column", DENIED)
def test_nobody_is_found_by_nationality_ethnicity_religion_crime_or_politics(tmp_path, column):
    folder = folder_of(tmp_path, changed(detection__heavy=HEAVY + f" or {column} = 'x'"))
    with pytest.raises(Problems, match=f"{column}, kept for the purpose denied"):
        rule.load_rules(folder, schemas_with(tmp_path, column, "denied"))


@pytest.mark.parametrize("column", DENIED)
def test_no_contract_can_offer_them_to_rules_under_another_purpose(tmp_path, column):
    with pytest.raises(Problems, match="purpose denied, or no such column"):
        load_contracts(schemas_with(tmp_path, column, "hardship"))


@pytest.mark.parametrize("column", DENIED)
def test_a_rule_that_asks_for_them_asks_for_a_column_there_is_not(tmp_path, column):
    said = complaints(tmp_path, changed(detection__heavy=HEAVY + f" or {column} = 'x'"))
    assert column in said and "key detection.heavy" in said


HOSTILE = [
    "(select count(*) from read_csv('/etc/passwd')) > 0",
    "exists (select 1 from glob('/**'))",
    "medical_self_paid_12m_yuan in (select 1)",
    "true; drop table household_profile",
    "true; copy (select 1) to 'hostile.csv'",
    "true; attach 'hostile.db'",
    "true; install httpfs",
    "true; set enable_external_access = true",
    "true from read_parquet('https://example.org/x.parquet')",
    "getenv('HOME') = '/root'",
    "read_text('/etc/passwd') is not null",
    "query('select 1') = 1",
    "current_date > date '2022-01-01'",
    "now() > '2022-01-01'",
    "random() > 0.5",
    "count(*) > 1",
    "row_number() over () = 1",
    "list_filter([1], x -> x = 1) = [1]",
    "columns('.*') > 1",
    "* ",
    "true union select true",
    "true limit 1",
    "distinct true",
    "a.b.c = 1",
    "minors_count::varchar = '1'",
    "try_cast(minors_count as integer) = 1",
    "danger_grade like 'C%'",
    "regexp_matches(danger_grade, '(a+)+$')",
    "danger_grade || 'x' = 'Cx'",
    "$1 = 1",
    "? = 1",
    "#1 = 1",
    "-- nothing",
    "select true",
    "/* */",
    "minors_count is distinct from 1",
    "not " * 3000 + "has_local_hukou",
    "(" * 900 + "has_local_hukou" + ")" * 900 + " or true",
]


@pytest.mark.parametrize("sql", HOSTILE, ids=[sql[:40] for sql in HOSTILE])
def test_a_hostile_clause_is_refused_before_anything_runs(tmp_path, sql):
    said = complaints(tmp_path, changed(detection__evil=sql, detection__condition="heavy or evil"))
    if sql.startswith("(((("):
        assert said == "" or "detection.evil" in said  # brackets alone do no harm
    else:
        assert "detection.evil" in said, said


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('{file}')",
        "select * from read_text('{file}')",
        "select * from glob('/*')",
        "copy (select 1) to '{file}'",
        "attach '{file}'",
        "select * from read_csv('https://example.org/x.csv')",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
    ],
)
def test_what_got_past_the_guard_could_still_read_no_file_reach_no_network_and_change_nothing(tmp_path, sql):
    file = tmp_path / "secret.csv"
    file.write_text("a\n1\n")
    with sealed_database() as db, pytest.raises(DatabaseError):
        db.execute(sql.format(file=file))
    assert file.read_text() == "a\n1\n" and list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("key", ["severity", "figures", "remarks", "verify"])
def test_no_other_place_takes_hostile_sql_either(tmp_path, key):
    evil = "(select count(*) from read_csv('/etc/passwd')) > 0"
    wrong = {
        "severity": changed(severity={"points": evil}),
        "figures": changed(
            figures={"evil": evil}, detection__other="evil", detection__condition="heavy or other"
        ),
        "remarks": changed(remarks={"evil": {"when": evil, "zh": "x", "en": "x"}}),
        "verify": changed(verify={"when": evil, "zh": "x", "en": "x"}),
    }[key]
    assert "a subquery" in complaints(tmp_path, wrong)


def test_words_of_a_sentence_are_words_whatever_stands_in_them(tmp_path):
    words = "'); drop table household_profile; --"
    folder = folder_of(tmp_path, changed(explanation={"zh": words, "en": words}))
    rules = rule.load_rules(folder)
    test = rules.rules["costs"].tests[0]
    with sealed_database() as db:
        expected = dataclasses.replace(test, explanation={"zh": words, "en": words})
        assert run_inline_test(db, rules, rules.rules["costs"], expected).passed


def test_texts_of_a_clause_are_texts_whatever_stands_in_them(tmp_path):
    evil = "x'' or true or ''x"
    assert complaints(tmp_path, changed(detection__heavy=HEAVY + f" or danger_grade = '{evil}'")) == ""


def test_yaml_that_makes_objects_makes_none(tmp_path):
    text = written(GOOD) + "evil: !!python/object/apply:os.system ['touch hostile']\n"
    assert "costs.yaml" in complaints(tmp_path, text)


def test_yaml_that_grows_without_end_is_refused_at_once(tmp_path):
    bomb = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    bomb += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "anchor" in complaints(tmp_path, "\n".join(bomb))


def test_a_key_written_twice_is_refused_with_both_lines(tmp_path):
    text = written(GOOD) + "status: test\n"
    said = complaints(tmp_path, text)
    assert "status a second time (first on line" in said.replace(
        "the key a second time", "status a second time"
    )


def test_errors_of_all_files_are_reported_together(tmp_path):
    folder = folder_of(tmp_path, changed(status="final", unit="family"), changed(id="others", effect="shout"))
    (folder / "parameters" / "minimum_wage.yaml").write_text("id: minimum_wage\n", encoding="utf-8")
    (folder / "selection.yaml").write_text("parameters: {}\n", encoding="utf-8")
    said = _said(folder)
    for word in ("final", "family", "shout", "minimum_wage.yaml", "selection.yaml"):
        assert word in said, said


def test_a_folder_without_rules_is_named(tmp_path):
    with pytest.raises(Exception, match="No rules"):
        rule.load_rules(folder_of(tmp_path))
    with pytest.raises(Exception, match="No rules folder"):
        rule.load_rules(tmp_path / "nowhere")


WRONG_SELECTIONS = {
    "half a dimension": ({"bar_dimensions": {"2020-01-01": 1.5}}, "whole numbers", "bar_dimensions"),
    "an unknown guard": ({"guard": {"2020-01-01": "income"}}, "none, net_income", "guard"),
    "eleven points": ({"severity_points": {"2020-01-01": {1: 2, 2: 11}}}, "from 0 to 10", "severity_points"),
    "one wait for all outcomes": ({"cooling_off_months": {"2020-01-01": 6}}, "a table", "cooling_off_months"),
    "a value that begins late": (
        {"points_vulnerable": {"2021-01-01": 3}},
        "a first value on 2021-01-01",
        "points_vulnerable",
    ),
    "a parameter nobody knows": ({"points_for_luck": {"2020-01-01": 3}}, "an unknown key", "points_for_luck"),
}


@pytest.mark.parametrize("values", WRONG_SELECTIONS.values(), ids=WRONG_SELECTIONS)
def test_selection_is_refused_for(tmp_path, values):
    changes, *expected = values
    folder = folder_of(tmp_path, GOOD)
    path = folder / "selection.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name, dated in changes.items():
        data["parameters"].setdefault(name, {"description": "x", "unit": "points"})["values"] = dated
    path.write_text(written(data), encoding="utf-8")
    said = _said(folder)
    for word in [*expected, "selection.yaml, line "]:
        assert word in said, said
