"""Three-valued logic in plain Python: true, false and None (not known)."""

from __future__ import annotations

import ast

Answer = bool | None


def all_of(*answers: Answer) -> Answer:
    """False if any is false, else unknown if any is unknown."""
    if any(answer is False for answer in answers):
        return False
    return None if any(answer is None for answer in answers) else True


def any_of(*answers: Answer) -> Answer:
    """True if any is true, else unknown if any is unknown."""
    if any(answer is True for answer in answers):
        return True
    return None if any(answer is None for answer in answers) else False


def none_of(answer: Answer) -> Answer:
    """The opposite; the opposite of unknown is unknown."""
    return None if answer is None else not answer


def condition(text: str, clauses: dict[str, Answer]) -> Answer:
    """A condition over clause names: such a text happens to be Python as well as SQL."""

    def of(node: ast.expr) -> Answer:
        match node:
            case ast.BoolOp(op=ast.And()):
                return all_of(*map(of, node.values))
            case ast.BoolOp(op=ast.Or()):
                return any_of(*map(of, node.values))
            case ast.UnaryOp(op=ast.Not()):
                return none_of(of(node.operand))
            case ast.Name():
                return clauses[node.id]
        raise AssertionError(ast.dump(node))

    return of(ast.parse(text.strip(), mode="eval").body)


def reaches(exact, at_least, limit) -> Answer:
    """Whether an amount is at least the limit, by its exact value or what is known of it."""
    if exact is not None:
        return exact >= limit
    return True if at_least is not None and at_least >= limit else None


def stays(exact, at_least, limit, *, below: bool) -> Answer:
    """Whether an amount is at most (or below) the limit; the known part can only prove that it is not."""

    def within(value) -> bool:
        return value < limit if below else value <= limit

    if exact is not None:
        return within(exact)
    return False if at_least is not None and not within(at_least) else None


def falls(exact, at_most, limit) -> Answer:
    """Whether an amount is below the limit, by its exact value or an upper bound."""
    if exact is not None:
        return exact < limit
    return True if at_most is not None and at_most < limit else None
