"""The profile columns of every resident and household, each traced to a sentence of the definitions.

What the definitions leave open was decided as follows. Stocks are used as of their month, with every
date tested against the reference month's end.

People: of somebody in the register and with a permit the register says who they are and the permit
where they live; a move away is undone by a later registration, a death never; a newborn without ID is
not registered here, lives with its mother and is unknown to the insurance.
Households: a dependent lives with one parent or guardian, at its own place if one is there; a dependent
student has no record of income in the latest month of income and no marriage in force; a marriage holds
while it is the last registration of both.
Place: the head's, else that of the eldest member whose place of living is known.
Dead members: who they were is taken from the last register of the window that holds them; they belong
to last month's household, else to the spouse's, that of their register, that of their child; their
spending is added to sums and does not touch completeness.
Medical: refunds and "each stay once" are settled among all rows the window's months delivered, and
what is left is dated by settlement.
Income: a certificate or illness that a source could not have recorded of a person does not stop
imputation; a source that is not assessable, or an age at which people study elsewhere, does.
Able workers: who has a record of work in the latest month is able, unless known not to be.
Counts: the known part; unknown when nobody is known to count and somebody is unknown.
Spending per month divides by the whole window, so that a short history stays a lower bound.
Rounding: exact fractions to the end, one rounding to cents, half away from zero.
Not computed: numbers and keys of households, roles, what visits said, the text of a conflict, repairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from . import spending
from .belongings import Belongings
from .evidence import Evidence, any_known, cents, total_known
from .households import Household, households
from .income import earners_of, income, income_months, recorded_income, workers_of
from .people import CANCELLATIONS, FUNERALS, Resident, age_on, residents
from .statuses import ASSISTANCE, Registers

WINDOWS = (6, 12)


@dataclass
class Figures:
    """Rows of both profiles: residents by key, households by the set of their members' keys."""

    residents: dict[int, dict]
    households: dict[frozenset[int], dict]


def figures(evidence: Evidence) -> Figures:
    """Both profiles of the reference month."""
    month = evidence.month
    people = residents(evidence)
    earners = earners_of(evidence, month.window(12))
    homes = households(evidence, people, earners)
    work = _Work(evidence, people)
    rows = {key: work.resident(person) for key, person in people.items()}
    found = {}
    for home in homes:
        keys = frozenset(member.key for member in home.members)
        found[keys] = work.household(home, [rows[member.key] for member in home.members])
    shown = {key: {c: v for c, v in row.items() if not c.startswith("_")} for key, row in rows.items()}
    return Figures(shown, found)


class _Work:
    """Everything read once, and the columns computed from it; amounts stay exact in `_` columns."""

    def __init__(self, evidence: Evidence, people: dict[int, Resident]):
        self.evidence = evidence
        self.workers = workers_of(evidence, evidence.month.window(12))
        self.registers = Registers(evidence)
        self.belongings = Belongings(evidence)
        self.insured = spending.locally_insured(evidence)
        self.bills = spending.bills(evidence)
        self.fees = spending.fees(evidence)
        self.recorded = recorded_income(evidence)
        self.windows = {n: evidence.month.window(n) for n in WINDOWS}
        self.income_months = {n: income_months(evidence, self.windows[n]) for n in WINDOWS}

    def resident(self, person: Resident) -> dict:
        """One row of the resident profile."""
        registers, end = self.registers, self.evidence.end
        age = age_on(person.birth_on, end)
        is_insured = None if self.insured is None else person.key in self.insured
        certificate = registers.certificate(person)
        ended = registers.benefit_ended_in(person)
        row = {
            "resident_key": person.key,
            "age_years": age,
            "sex": person.sex,
            "has_local_hukou": person.has_local_hukou,
            "is_minor": age < 18,
            "is_working_age": registers.is_working_age(person),
            "is_student": registers.is_student(person),
            "is_able_worker": registers.is_able_worker(person, is_insured, person.key in self.workers),
            "is_registered_unemployed": registers.is_registered_unemployed(person),
            "has_ended_benefit": None if registers.unemployment is None else ended is not None,
            "months_since_benefit_ended": (
                None if ended is None else self.evidence.month.ordinal - ended.ordinal
            ),
            "has_contributed_since_benefit_ended": registers.has_contributed_since(person, ended),
            "has_disability_certificate": registers.has_certificate(person),
            "disability_category": certificate["disability_category"] if certificate else None,
            "disability_grade": int(certificate["disability_grade"]) if certificate else None,
            "has_major_illness": registers.has_major_illness(person, is_insured),
            "is_locally_insured": is_insured,
            "is_covered_alone": registers.is_covered_alone(person),
            "_severe": registers.is_severely_disabled(person),
        }
        for n in WINDOWS:
            row |= self._medical(person, n, is_insured)
            row |= self._education(person, n)
            row |= self._income(person, n, age)
        row["is_income_imputed"] = row["_imputed_12m"] > 0
        return row

    def _medical(self, person: Resident, n: int, is_insured: bool | None) -> dict:
        """Not covered, or the source not accepted for the month = null; the known part is a lower bound."""
        known = spending.self_paid(self.bills.get(person.key, []), self.windows[n])
        is_known = is_insured is True and self.evidence.has_all(spending.SETTLEMENTS, self.windows[n])
        return {
            f"_medical_{n}m_at_least": known,
            f"_medical_{n}m": known if is_known else None,
            f"medical_self_paid_{n}m_at_least_yuan": cents(known),
            f"medical_self_paid_{n}m_yuan": cents(known) if is_known else None,
        }

    def _education(self, person: Resident, n: int) -> dict:
        """Of school or student age and absent from local enrolments is unknown, not 'no costs'."""
        known = spending.fees_paid(self.fees.get(person.key, {}), self.windows[n])
        pupils = self.registers.pupils or {}
        is_found = person.key in pupils or not self.registers.may_study_elsewhere(person)
        is_known = is_found and spending.are_terms_known(self.evidence, self.windows[n])
        row = {f"_education_{n}m_at_least": known, f"_education_{n}m": known if is_known else None}
        if n == 12:
            row["education_fees_12m_at_least_yuan"] = cents(known)
            row["education_fees_12m_yuan"] = cents(known) if is_known else None
        return row

    def _income(self, person: Resident, n: int, age: int) -> dict:
        months = self.income_months[n]
        total = income(
            self.evidence, person.key, months, self.recorded, age < 18,
            None if age < 18 else self.registers.has_zero_status(person),
        )  # fmt: skip
        per_month = Fraction(1, len(months)) if months else Fraction(0)
        exact = None if total.exact is None or not months else total.exact * per_month
        return {
            f"_income_{n}m_at_least": total.at_least * per_month,
            f"_income_{n}m": exact,
            f"_imputed_{n}m": total.imputed * per_month,
            f"income_{n}m_monthly_at_least_yuan": cents(total.at_least * per_month),
            f"income_{n}m_monthly_yuan": cents(exact),
        }

    def household(self, home: Household, rows: list[dict]) -> dict:
        """One row of the household profile, from its members' rows."""
        place, size = home.place, len(rows)
        hukou = sum(row["has_local_hukou"] for row in rows)
        pupils = self.registers.pupils
        row = {
            "town_code": place.town_code,
            "community_code": place.community_code,
            "is_address_uncertain": place.source == "register",
            "members_count": size,
            "minors_count": sum(row["is_minor"] for row in rows),
            "working_age_count": sum(row["is_working_age"] for row in rows),
            "able_workers_count": _known_count([row["is_able_worker"] for row in rows]),
            "local_hukou_count": hukou,
            "has_local_hukou": hukou > 0,
            "has_child_under_6": any(row["age_years"] < 6 for row in rows),
            "has_severe_disability": any_known([row["_severe"] for row in rows]),
            "has_member_over_80": any(row["age_years"] >= 80 for row in rows),
            # an orphan's parents are known to have died; other children's adults are missing from the data
            "is_conflict": home.is_too_large or (all(row["is_minor"] for row in rows) and not home.dead),
            "has_major_illness": any_known([row["has_major_illness"] for row in rows]),
            "students_count": None if pupils is None else _known_count([row["is_student"] for row in rows]),
        }
        row |= self._coverage(home)
        for n in WINDOWS:
            row |= self._sums(home, rows, n)
        months = len(self.income_months[12])
        imputed = sum((r["_imputed_12m"] for r in rows), Fraction(0))
        row["income_imputed_monthly_yuan"] = cents(imputed) if months else None
        row |= self._deaths(home)
        row |= self.belongings.homes(home) | self.belongings.cars(home) | self.belongings.capital(home)
        return row | self.belongings.housing(home) | self.belongings.events(home)

    def _sums(self, home: Household, rows: list[dict], n: int) -> dict:
        """Counts and sums: the known part is a lower bound; exact only when every member is known."""
        size, window = len(rows), self.windows[n]
        least, exact = {}, {}
        for kind in ("medical", "education", "income"):
            least[kind] = sum((row[f"_{kind}_{n}m_at_least"] for row in rows), Fraction(0))
            exact[kind] = total_known([row[f"_{kind}_{n}m"] for row in rows])
        for_dead = {
            "medical": [spending.self_paid(self.bills.get(d.key, []), window) for d in home.dead],
            "education": [spending.fees_paid(self.fees.get(d.key, {}), window) for d in home.dead],
        }
        for kind, amounts in for_dead.items():
            least[kind] += sum(amounts, Fraction(0))
            if exact[kind] is not None:
                exact[kind] += sum(amounts, Fraction(0))
        rigid_least = (least["medical"] + least["education"]) / n
        rigid = total_known([exact["medical"], exact["education"]])
        rigid = None if rigid is None else rigid / n
        earned = exact["income"]
        net_most = None if earned is None else (earned - rigid_least) / size
        net = None if earned is None or rigid is None else (earned - rigid) / size
        return {
            f"medical_self_paid_{n}m_at_least_yuan": cents(least["medical"]),
            f"medical_self_paid_{n}m_yuan": cents(exact["medical"]),
            f"education_fees_{n}m_at_least_yuan": cents(least["education"]),
            f"education_fees_{n}m_yuan": cents(exact["education"]),
            f"income_{n}m_monthly_yuan": cents(earned),
            f"income_per_head_{n}m_at_least_yuan": cents(least["income"] / size),
            f"income_per_head_{n}m_yuan": None if earned is None else cents(earned / size),
            f"income_months_{n}m": len(self.income_months[n]),
            f"rigid_spending_{n}m_monthly_at_least_yuan": cents(rigid_least),
            f"rigid_spending_{n}m_monthly_yuan": cents(rigid),
            f"net_income_per_head_{n}m_at_most_yuan": cents(net_most),
            f"net_income_per_head_{n}m_yuan": cents(net),
        }

    def _coverage(self, home: Household) -> dict:
        """Covered: an active row at month end of dibao, edge, tekun or orphan support."""
        if self.registers.assistance is None:
            return dict.fromkeys(("is_covered", "covered_by", "covered_since_on", "covered_as_of_month"))
        active = [self.registers.active_assistance(member) for member in home.members]
        together = [row for rows in active for row in rows if row["is_single_person"] is not True]
        if not together and all(active):
            together = [row for rows in active for row in rows]
        order = sorted((row["started_on"], row["assistance_type"]) for row in together)
        return {
            "is_covered": bool(together),
            "covered_by": order[0][1] if order else None,
            "covered_since_on": order[0][0] if order else None,
            "covered_as_of_month": self.evidence.as_of(ASSISTANCE).start,
        }

    def _deaths(self, home: Household) -> dict:
        """Lost breadwinners: members of working age who died within the twelve months."""
        window, parameters = self.windows[12], self.evidence.parameters
        count = 0
        for dead in home.dead:
            if dead.birth_on is not None:
                count += parameters.is_working_age(age_on(dead.birth_on, dead.died_on), dead.sex)
        is_complete = all(self.evidence.has_all(x, window) for x in (CANCELLATIONS, FUNERALS))
        return {
            "breadwinner_deaths_12m_count": count if count or is_complete else None,
            "latest_death_on": max((dead.died_on for dead in home.dead), default=None),
        }


def _known_count(answers: list[bool | None]) -> int | None:
    """The known part of a count is a lower bound; none is proven only when every member is known."""
    known = sum(answer is True for answer in answers)
    return None if known == 0 and None in answers else known
