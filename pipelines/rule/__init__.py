"""Rules: named hardships with their legal basis, dated parameters, clauses, sentences and tests."""

from pipelines.rule.compile import Compiled, compile_rule, matches_sql, used_values
from pipelines.rule.inline import TestResult, run_inline_tests
from pipelines.rule.load import RULES, code_words, load_rule, load_rules
from pipelines.rule.model import Rule, RuleSet
from pipelines.rule.packed import (
    MATCH,
    UNKNOWN,
    any_of,
    households_sql,
    packed_households_sql,
    packed_residents_sql,
    places_of,
    residents_sql,
)
from pipelines.rule.parameter import Parameter, load_parameters, parameters_in_force

__all__ = [
    "MATCH",
    "RULES",
    "UNKNOWN",
    "Compiled",
    "Parameter",
    "Rule",
    "RuleSet",
    "TestResult",
    "any_of",
    "code_words",
    "compile_rule",
    "households_sql",
    "load_parameters",
    "load_rule",
    "load_rules",
    "matches_sql",
    "packed_households_sql",
    "packed_residents_sql",
    "parameters_in_force",
    "places_of",
    "residents_sql",
    "run_inline_tests",
    "used_values",
]
