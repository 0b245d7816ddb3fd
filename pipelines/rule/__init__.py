"""Rules: named hardships with their legal basis, dated parameters, clauses, sentences and tests."""

from pipelines.rule.parameter import Parameter, load_parameters, parameters_in_force

__all__ = ["Parameter", "load_parameters", "parameters_in_force"]
