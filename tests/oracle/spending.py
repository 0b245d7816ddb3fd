"""What was spent: medical self-payments after refunds, and education fees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pipelines.month import Month

from .evidence import Evidence
from .households import ENROLMENTS

INSURED = "medical_insurance__enrolments"
SETTLEMENTS = "medical_insurance__settlements"
HOSPITAL = ("21", "52")  # kinds of care that are stays


@dataclass
class Bill:
    """One settlement document; a refund's amounts are negative."""

    settled_on: date
    delivered: Month
    settlement_no: str
    total: Decimal
    self_paid: Decimal


def locally_insured(evidence: Evidence) -> set[int] | None:
    """A settlements extract needs the enrolment roll beside it: who is not on it is unknown, not zero."""
    roll = evidence.stock(INSURED)
    return None if roll is None else {row["resident_key"] for row in roll}


def bills(evidence: Evidence) -> dict[int, list[Bill]]:
    """By person: self-paid (cash) after refunds, each stay counted once, of whatever the window delivered."""
    # a refund inside the window may take back a bill from before it
    months = evidence.month.window(23)
    latest: dict[tuple, tuple[Month, dict]] = {}
    for delivered, row in evidence.flow(SETTLEMENTS, months):
        latest[row["settlement_no"], row["settled_on"]] = (delivered, row)
    stays: dict[tuple, list[Bill]] = {}
    for delivered, row in latest.values():
        is_refund = row["is_refund"] is True
        bill = Bill(
            row["settled_on"], delivered, row["settlement_no"],
            -abs(row["total_yuan"]) if is_refund else row["total_yuan"],
            -abs(row["self_paid_yuan"]) if is_refund else row["self_paid_yuan"],
        )  # fmt: skip
        stay = row["stay_no"] or ("no stay", row["settlement_no"])
        if row["visit_kind"] not in HOSPITAL:
            # a visit number outside hospital may be used for months; within one it is one visit
            stay = (stay, Month.of(row["settled_on"]))
        stays.setdefault((row["resident_key"], stay), []).append(bill)
    counted: dict[int, list[Bill]] = {}
    for (key, _), stay_bills in stays.items():
        counted.setdefault(key, []).extend(_counted_once(stay_bills))
    return counted


def _counted_once(stay: list[Bill]) -> list[Bill]:
    """A refund takes back one bill of its amounts; of bills left over the same total the latest counts."""

    def age(bill: Bill) -> tuple:
        return (bill.settled_on, bill.delivered, bill.settlement_no)

    standing = sorted((b for b in stay if b.total > 0), key=age)
    others = []
    for refund in sorted((b for b in stay if b.total <= 0), key=age):
        taken_back = [b for b in standing if b.total == -refund.total and b.self_paid == -refund.self_paid]
        if taken_back:
            standing.remove(taken_back[0])
        else:
            others.append(refund)
    last_of_total = {bill.total: bill for bill in standing}
    return list(last_of_total.values()) + others


def self_paid(bills_of_person: list[Bill], months: list[Month]) -> Fraction:
    """Sum of what was settled in the months."""
    inside = [b for b in bills_of_person if months[0].start <= b.settled_on <= months[-1].end]
    return sum((Fraction(b.self_paid) for b in inside), Fraction(0))


def term_start(term: str) -> Month:
    """Autumn counts September to February, spring March to August."""
    year, _, season = term.partition("-")
    return Month(int(year), 9 if season == "autumn" else 3)


def fees(evidence: Evidence) -> dict[int, dict[Month, Fraction]]:
    """By person and first month of the term: each fee once per student and term, a yearly one halved."""
    rows = evidence.latest_rows(ENROLMENTS, evidence.month.window(12), ("resident_key", "term"))
    found: dict[int, dict[Month, Fraction]] = {}
    for row in rows:
        share = Fraction(row["tuition_yuan"]) / (2 if row["fee_period"] == "year" else 1)
        found.setdefault(row["resident_key"], {})[term_start(row["term"])] = share
    return found


def fees_paid(fees_of_person: dict[Month, Fraction], months: list[Month]) -> Fraction:
    """A fee counts once, in the window that contains the first month of its term."""
    return sum((fee for start, fee in fees_of_person.items() if start in months), Fraction(0))


def are_terms_known(evidence: Evidence, months: list[Month]) -> bool:
    """Each term that starts in the window was delivered in at least one of its months so far."""
    for start in months:
        if start.number in (3, 9):
            so_far = [m for m in start.plus(5).window(6) if m <= evidence.month]
            if not any(evidence.has(ENROLMENTS, m) for m in so_far):
                return False
    return evidence.stock(ENROLMENTS) is not None
