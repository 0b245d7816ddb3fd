"""What registers say of a person: work, unemployment, disability, illness, school, assistance."""

from __future__ import annotations

from datetime import date

from pipelines.month import Month

from .evidence import Evidence, any_known
from .households import ENROLMENTS
from .income import CONTRIBUTIONS, UNEMPLOYMENT
from .people import Resident, age_on

CERTIFICATES = "disabled_persons__certificates"
ILLNESSES = "health__major_illnesses"
ASSISTANCE = "civil_affairs__assistance_roll"
HOUSEHOLD_ASSISTANCE = ("dibao", "edge", "tekun", "orphan")


def is_in_force(start: date, stop: date | None, end: date) -> bool:
    """Active at month end: begun on or before it and not stopped by it."""
    return start <= end and (stop is None or stop > end)


class Registers:
    """The registers as of the month, by person; None = the register is not assessable."""

    def __init__(self, evidence: Evidence):
        self.evidence = evidence
        self.certificates = self._by_person(CERTIFICATES)
        self.illnesses = self._by_person(ILLNESSES)
        self.pupils = self._by_person(ENROLMENTS)
        self.unemployment = self._by_person(UNEMPLOYMENT)
        self.assistance = self._by_person(ASSISTANCE)
        window = evidence.month.window(12)
        self.contribution_months: dict[int, set[Month]] = {}
        for _, row in evidence.flow(CONTRIBUTIONS, window):
            months = self.contribution_months.setdefault(row["resident_key"], set())
            months.add(Month.of(row["contribution_month_on"]))

    def _by_person(self, extract: str) -> dict[int, list[dict]] | None:
        rows = self.evidence.stock(extract)
        if rows is None:
            return None
        found: dict[int, list[dict]] = {}
        for row in rows:
            found.setdefault(row["resident_key"], []).append(row)
        return found

    def certificate(self, person: Resident) -> dict | None:
        """The valid certificate of the severest grade."""
        end = self.evidence.end
        valid = [
            row
            for row in (self.certificates or {}).get(person.key, [])
            if row["certificate_status"] == "valid"
            and row["issued_on"] <= end
            and (row["expires_on"] is None or row["expires_on"] >= end)
        ]
        grade = lambda row: (int(row["disability_grade"]), row["disability_category"])  # noqa: E731
        return min(valid, key=grade, default=None)

    def has_certificate(self, person: Resident) -> bool | None:
        """A certificate roll says nothing of people without local hukou."""
        if self.certificates is None:
            return None
        if self.certificate(person):
            return True
        return False if person.has_local_hukou else None

    def is_severely_disabled(self, person: Resident) -> bool | None:
        """Grade 1 or 2."""
        if not self.has_certificate(person):
            return self.has_certificate(person)
        return int(self.certificate(person)["disability_grade"]) <= 2

    def has_major_illness(self, person: Resident, is_insured: bool | None) -> bool | None:
        """Registered, since when; the register would contain people insured here."""
        if self.illnesses is None:
            return None
        rows = self.illnesses.get(person.key, [])
        if any(row["registered_on"] <= self.evidence.end for row in rows):
            return True
        return False if is_insured else None

    def is_student(self, person: Resident) -> bool | None:
        """A child of 6 to 15, or a student of 18 to 22, absent from local enrolments is unknown."""
        if self.pupils is None:
            return None
        if person.key in self.pupils:
            return True
        return None if self.may_study_elsewhere(person) else False

    def may_study_elsewhere(self, person: Resident) -> bool:
        """Of an age at which absence from the local enrolments says nothing."""
        age = age_on(person.birth_on, self.evidence.end)
        return 6 <= age <= 15 or 18 <= age <= 22

    def is_registered_unemployed(self, person: Resident) -> bool | None:
        """Absence from the unemployment register means 'not registered', never 'employed'."""
        if self.unemployment is None:
            return None
        return any(
            is_in_force(row["registered_on"], row["deregistered_on"], self.evidence.end)
            for row in self.unemployment.get(person.key, [])
        )

    def benefit_ended_in(self, person: Resident) -> Month | None:
        """The month in which the person's last unemployment benefit ended."""
        rows = (self.unemployment or {}).get(person.key, [])
        last = max((r["benefit_until_on"] for r in rows if r["benefit_until_on"]), default=None)
        return Month.of(last) if last and last <= self.evidence.end else None

    def has_contributed_since(self, person: Resident, ended: Month | None) -> bool | None:
        """Whether contributions were paid since the benefit ended.

        Those of the month itself tell of new work when the benefit had begun in a month before it.
        """
        if ended is None:
            return None
        spells = [r for r in self.unemployment.get(person.key, []) if r["benefit_until_on"]]
        _, began = max((r["benefit_until_on"], r["benefit_from_on"] or r["benefit_until_on"]) for r in spells)
        first = ended if Month.of(began) < ended else ended.plus(1)
        window = self.evidence.month.window(12)
        since = [m for m in window if m >= first]
        if self.contribution_months.get(person.key, set()) & set(since):
            return True
        if first < window[0]:
            return None  # the window does not reach back to the end of the benefit
        return False if self.evidence.has_all(CONTRIBUTIONS, since) else None

    def is_working_age(self, person: Resident) -> bool:
        """From the first year of working age to the pension age."""
        return self.evidence.parameters.is_working_age(age_on(person.birth_on, self.evidence.end), person.sex)

    def is_able_worker(self, person: Resident, is_insured: bool | None, works: bool) -> bool | None:
        """Of working age, not severely disabled, without major illness, not a full-time student.

        Somebody of whom that is not known but who `works` now is able to.
        """
        if not self.is_working_age(person):
            return False
        unable = any_known(
            [
                self.is_severely_disabled(person),
                self.has_major_illness(person, is_insured),
                self.is_student(person),
            ]
        )
        return (works or None) if unable is None else not unable

    def has_zero_status(self, person: Resident) -> bool | None:
        """Whether an adult's income is zero beyond what is recorded.

        A certificate or illness that no source could have recorded for this person does not stop
        imputation; a source that is not assessable does, for those it would cover, and so does an age at
        which somebody may be studying elsewhere.
        """
        age = age_on(person.birth_on, self.evidence.end)
        if age >= self.evidence.parameters.pension_age(person.sex):
            return True
        may_be_ill = None if self.illnesses is None else False
        is_student = self.is_student(person) if 18 <= age <= 22 or self.pupils is not None else False
        may_be_disabled = None if self.certificates is None and person.has_local_hukou else False
        return any_known(
            [
                self.is_registered_unemployed(person),
                is_student,
                self.is_severely_disabled(person) or may_be_disabled,
                self.has_major_illness(person, None) or may_be_ill,
            ]
        )

    def active_assistance(self, person: Resident) -> list[dict]:
        """Active rows of dibao, edge, tekun or orphan support; temporary assistance does not cover."""
        return [
            row
            for row in (self.assistance or {}).get(person.key, [])
            if row["assistance_type"] in HOUSEHOLD_ASSISTANCE
            and is_in_force(row["started_on"], row["stopped_on"], self.evidence.end)
        ]

    def is_covered_alone(self, person: Resident) -> bool | None:
        """Single-person dibao covers that person only."""
        if self.assistance is None:
            return None
        return any(row["is_single_person"] is True for row in self.active_assistance(person))
