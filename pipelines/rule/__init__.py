"""Rules: named hardships with their legal basis, dated parameters, clauses, sentences and tests."""

from pipelines.rule.compile import (
    Compiled,
    compile_rule,
    households_sql,
    matches_sql,
    residents_sql,
    used_values,
)
from pipelines.rule.inline import TestResult, run_inline_tests
from pipelines.rule.load import RULES, code_words, load_rule, load_rules
from pipelines.rule.model import Rule, RuleSet
from pipelines.rule.parameter import Parameter, load_parameters, parameters_in_force

__all__ = [
    "RULES",
    "Compiled",
    "Parameter",
    "Rule",
    "RuleSet",
    "TestResult",
    "code_words",
    "compile_rule",
    "households_sql",
    "load_parameters",
    "load_rule",
    "load_rules",
    "matches_sql",
    "parameters_in_force",
    "residents_sql",
    "run_inline_tests",
    "used_values",
]
