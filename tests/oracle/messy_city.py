"""A few hundred people drawn so that every rule of the definitions meets its edge cases often."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from pipelines.identity import check_character, document_key, resident_key
from pipelines.month import Month

from .evidence import Evidence, Parameters
from .families import MAXIMUM_AGE, REFERENCE

TOWNS = ("442000109", "442000105", "442000103")
SECRET = b"a secret of the oracle's tests"
KEYS = {
    "public_security__residents": ("resident_key",),
    "public_security__residence_permits": ("resident_key",),
    "public_security__cancellations": ("resident_key",),
    "public_security__vehicles": ("plate_no",),
    "civil_affairs__assistance_roll": ("family_no", "resident_key", "assistance_type", "started_on"),
    "civil_affairs__marriages": ("resident_key", "spouse_key", "marriage_status", "registered_on"),
    "civil_affairs__funerals": ("resident_key",),
    "medical_insurance__enrolments": ("resident_key",),
    "medical_insurance__settlements": ("settlement_no",),
    "health__major_illnesses": ("resident_key",),
    "health__births": ("birth_certificate_key",),
    "human_resources__unemployment": ("resident_key", "registered_on"),
    "human_resources__contributions": ("resident_key", "contribution_month_on"),
    "human_resources__pensions": ("resident_key", "pension_month_on"),
    "disabled_persons__certificates": ("certificate_key",),
    "education__enrolments": ("resident_key", "term"),
    "housing__properties": ("property_no", "resident_key"),
    "housing__public_rentals": ("resident_key", "started_on"),
    "housing__dilapidated_houses": ("resident_key", "assessed_on"),
    "emergency__incidents": ("resident_key", "incident_on", "incident_kind"),
    "market_supervision__businesses": ("credit_code", "resident_key", "role"),
    "taxation__incomes": ("resident_key", "income_month_on", "income_kind", "payer_no"),
    "towns__visits": ("household_key", "visited_on", "outcome"),
    "towns__leads": ("resident_key", "reported_on", "lead_kind"),
    "towns__living_places": ("resident_key",),
}
NOT_DUE = {"education__enrolments": {8}}


class MessyCity:
    """People with IDs, and the accepted rows of fourteen months about them; the same for one seed.

    In a `calm` city nobody dies, and mothers of newborns live where they are registered.
    """

    def __init__(self, seed: int, families: int = 60, is_calm: bool = False):
        self.is_calm = is_calm
        self.chance = random.Random(seed)
        self.month = REFERENCE
        self.months = self.month.window(14)
        self.accepted: dict[str, dict[Month, dict[tuple, dict]]] = {
            x: {m: {} for m in self.months if m.number not in NOT_DUE.get(x, ())} for x in KEYS
        }
        self.ids: dict[int, str] = {}
        self.people: list[tuple[int, date, str]] = []
        self._numbers = 0
        for number in range(families):
            self._family(number)
        self._marriages_across()
        for key, born, sex in self.people:
            self._life(key, born, sex)

    def evidence(self, month: Month, parameters: Parameters, previous_members=()) -> Evidence:
        """What the oracle reads for a month."""
        rows = {
            x: {m: list(found.values()) for m, found in months.items() if m <= month}
            for x, months in self.accepted.items()
        }
        return Evidence(month, rows, MAXIMUM_AGE, parameters, NOT_DUE, list(previous_members))

    def lose_some(self, share: float) -> None:
        """That share of deliveries, the register's excepted, was never made or was held."""
        for extract, months in self.accepted.items():
            for delivered in list(months):
                if extract != "public_security__residents" and self.chance.random() < share:
                    del months[delivered]

    # --- small things -------------------------------------------------------------------------

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _maybe(self, share: float) -> bool:
        return self.chance.random() < share

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.chance.randrange((last - first).days + 1))

    def _recent(self, months: int = 14) -> date:
        return self._day(self.month.plus(1 - months).start, self.month.end)

    def _yuan(self, low: int, high: int) -> Decimal:
        return Decimal(self.chance.randrange(low * 100, high * 100)) / 100

    def _add(self, extract: str, row: dict, months: list[Month]) -> None:
        key = tuple(row[column] for column in KEYS[extract])
        row["is_repaired"] = self._maybe(0.01)
        for delivered in months:
            if delivered in self.accepted[extract]:
                self.accepted[extract][delivered].setdefault(key, row)

    def _from(self, day: date, lag: int = 0) -> list[Month]:
        """Months in which a stock holds what happened on a day."""
        return [m for m in self.months if m.ordinal >= Month.of(day).ordinal + lag]

    def _person(self, born: date, sex: str) -> int:
        sequence = self.chance.randrange(0, 499) * 2 + (sex == "M")
        first17 = f"442099{born:%Y%m%d}{sequence:03d}"
        text = first17 + check_character(first17)
        key = resident_key(text, SECRET)
        if key in self.ids:
            return self._person(born, sex)
        self.ids[key] = text
        self.people.append((key, born, sex))
        return key

    def _born(self, low: int, high: int) -> date:
        """A birthday that makes somebody `low` to `high` years old, often at the very edge of a year."""
        year = self.month.year - self.chance.randint(low, high)
        if self._maybe(0.1):
            return self.chance.choice(
                [date(year, 5, 31), date(year, 6, 1), date(year - year % 4, 2, 29), date(year, 2, 28)]
            )
        return self._day(date(year, 1, 1), date(year, 12, 31))

    # --- families -----------------------------------------------------------------------------

    def _family(self, number: int) -> None:
        register_no, address = f"R{number:05d}", f"某路{number % 40}号"
        is_migrant = self._maybe(0.35)
        is_collective = not is_migrant and self._maybe(0.15)
        roles = [("head", 22, 90), ("spouse", 20, 85)] if self._maybe(0.7) else [("head", 16, 95)]
        roles += [("child", 0, 26)] * self.chance.choice([0, 0, 1, 1, 2, 3])
        roles += [(role, 45, 95) for role in ("parent", "parent_in_law") if self._maybe(0.1)]
        roles += [("other", 0, 80)] * (self.chance.choice([0, 1, 2]) if self._maybe(0.1) else 0)
        roles += [("child", 5, 40)] * 16 if self._maybe(0.02) else []
        members = []
        for role, low, high in roles:
            sex = self.chance.choice("MF")
            if role == "head":
                sex = "M"
            elif role == "spouse":
                sex = "F"
            born = self._born(low, high)
            members.append((self._person(born, sex), born, sex, role))
        by_role = {role: key for key, _, _, role in members}
        if "spouse" in by_role and self._maybe(0.85):
            self._marry(by_role["head"], by_role["spouse"])
        for key, born, sex, role in members:
            lives_at = address if self._maybe(0.85) else f"另一处{self.chance.randrange(30)}号"
            if not is_migrant or self._maybe(0.05):
                self._register(key, born, sex, role, register_no, lives_at, is_collective)
            if is_migrant or self._maybe(0.05):
                self._permit(key, born, sex, lives_at, by_role)
            if self._maybe(0.25) and not (self.is_calm and role in ("head", "spouse")):
                self._grid(key, address if self._maybe(0.5) else f"出租屋{self.chance.randrange(10)}号")
            if role == "child" or self._maybe(0.05):
                self._school(key, born, by_role)
        if self._maybe(0.3) and "spouse" in by_role:
            self._birth(by_role, members)

    def _register(self, key, born, sex, role, register_no, address, is_collective) -> None:
        row = {
            "resident_key": key, "name": "某某", "sex": sex, "birth_on": born,
            "household_register_no": "R-collective" if is_collective else register_no,
            "register_type": "collective" if is_collective else "family", "relation_to_head": role,
            "register_address": address, "town_code": self.chance.choice(TOWNS),
            "community_code": self.chance.choice([None, "442000109001"]),
            "moved_in_on": self._recent() if self._maybe(0.1) else None,
        }  # fmt: skip
        gone = self.chance.choice(self.months[1:]) if self._maybe(0.05) else None
        self._add("public_security__residents", row, [m for m in self.months if not gone or m < gone])

    def _permit(self, key, born, sex, address, by_role) -> None:
        expires = self.chance.choice([None, date(2023, 1, 1), date(2022, 5, 31), date(2022, 5, 30)])
        row = {
            "resident_key": key, "name": "某某", "sex": sex, "birth_on": born, "living_address": address,
            "town_code": self.chance.choice(TOWNS), "community_code": None,
            "permit_issued_on": self._day(date(2018, 1, 1), date(2022, 5, 1)),
            "permit_expires_on": expires if self._maybe(0.4) else None,
            "guardian_key": by_role["head"] if self._maybe(0.5) else None,
        }  # fmt: skip
        self._add("public_security__residence_permits", row, self._from(row["permit_issued_on"]))

    def _grid(self, key, address) -> None:
        row = {
            "resident_key": key, "living_address": address, "town_code": self.chance.choice(TOWNS),
            "community_code": None, "grid_no": "G1", "recorded_on": self._recent(10),
        }  # fmt: skip
        self._add("towns__living_places", row, self._from(row["recorded_on"], self.chance.choice([0, 0, -1])))

    def _marry(self, husband, wife) -> None:
        day = self._day(date(2000, 1, 1), self.month.end)
        history = [("married", day)]
        if self._maybe(0.15):
            history.append(("divorced", max(day, self._recent()) if self._maybe(0.8) else day))
            if self._maybe(0.3):
                history.append(("married", self._day(history[-1][1], self.month.end)))
        for status, on in history:
            row = {"resident_key": husband, "spouse_key": wife, "marriage_status": status}
            self._add("civil_affairs__marriages", row | {"registered_on": on}, self._from(on))

    def _marriages_across(self) -> None:
        men = [key for key, born, sex in self.people if sex == "M" and born.year < 2000]
        women = [key for key, born, sex in self.people if sex == "F" and born.year < 2000]
        for _ in range(len(self.people) // 30):
            self._marry(self.chance.choice(men), self.chance.choice(women))

    def _birth(self, by_role, members) -> None:
        babies = [(k, b, s) for k, b, s, role in members if role == "child" and b.year >= 2021]
        child, born, sex = babies[0] if babies else (None, self._recent(12), self.chance.choice("MF"))
        if self._maybe(0.1):
            born = self.month.end + timedelta(days=1)
        row = {
            "birth_certificate_key": document_key(f"B{self._number()}", SECRET),
            "mother_key": by_role["spouse"],
            "father_key": by_role["head"] if self._maybe(0.7) else None,
            "resident_key": child if self._maybe(0.8) else None, "born_on": born, "sex": sex,
        }  # fmt: skip
        self._add("health__births", row, self.months)

    def _school(self, key, born, by_role) -> None:
        age = self.month.year - born.year
        if not 3 <= age <= 26 or self._maybe(0.2):
            return
        fee, period = Decimal(self.chance.randrange(30000)), self.chance.choice(["term", "year"])
        left = self.chance.choice(self.months) if self._maybe(0.15) else None
        guardians = [by_role.get(role) if self._maybe(0.5) else None for role in ("head", "spouse")]
        for delivered in self.months:
            if left and delivered >= left:
                break
            year = delivered.year - (delivered.number <= 2)
            season = "spring" if 3 <= delivered.number <= 8 else "autumn"
            row = {
                "student_no": None, "resident_key": key, "school": "某校", "stage": "senior", "grade": None,
                "term": f"{year}-{season}", "tuition_yuan": fee, "fee_period": period,
                "guardian1_key": guardians[0], "guardian2_key": guardians[1],
            }  # fmt: skip
            self._add("education__enrolments", row, [delivered])
            if self._maybe(0.1):
                fee = Decimal(self.chance.randrange(30000))

    # --- what happens to a person -----------------------------------------------------------------

    def _life(self, key: int, born: date, sex: str) -> None:
        age = self.month.year - born.year
        if self._maybe(0.85):
            row = {"resident_key": key, "insurance_type": "390", "enrolment_status": "active"}
            self._add("medical_insurance__enrolments", row | {"enrolled_on": date(2019, 1, 1)}, self.months)
        if self._maybe(0.3):
            self._bills(key)
        if age >= 16:
            self._income(key, age)
        if self._maybe(0.1) and age >= 16:
            self._unemployed(key)
        if self._maybe(0.08):
            self._certificate(key)
        if self._maybe(0.05):
            row = {"resident_key": key, "registered_on": self._recent()}
            self._add("health__major_illnesses", row, self._from(row["registered_on"], -1))
        if self._maybe(0.05) and not self.is_calm:
            self._death(key)
        if self._maybe(0.04):
            self._move(key)
        if self._maybe(0.08):
            self._assistance(key)
        if age >= 18:
            self._things(key)
        if self._maybe(0.05):
            self._events(key)

    def _bills(self, key: int) -> None:
        stays = [f"V{self._number()}" for _ in range(2)] + [None]
        totals = [self._yuan(1, 9000) for _ in range(2)]
        for _ in range(self.chance.randint(1, 6)):
            day, total = self._recent(), self.chance.choice(totals)
            paid = self.chance.choice([total / 2, total / 4]).quantize(Decimal("0.01"))
            row = {
                "settlement_no": f"S{self._number()}", "resident_key": key,
                "stay_no": self.chance.choice(stays), "visit_kind": self.chance.choice(("21", "14")),
                "settled_on": day,
                "total_yuan": total, "self_paid_yuan": paid,
                "is_refund": self.chance.choice([False, None]),
            }  # fmt: skip
            delivered = Month.of(day).plus(self.chance.choice([0, 0, 0, 1]))
            self._add("medical_insurance__settlements", row, [delivered])
            if self._maybe(0.2):
                later = min(day + timedelta(days=self.chance.randrange(90)), self.month.end)
                back = {"settlement_no": f"S{self._number()}", "settled_on": later, "is_refund": True}
                sign = self.chance.choice([-1, -1, 1])
                back |= {"total_yuan": sign * total, "self_paid_yuan": sign * paid}
                if sign < 0 and self._maybe(0.3):
                    back["is_refund"] = None
                self._add("medical_insurance__settlements", row | back, [Month.of(later)])
            if self._maybe(0.1):
                again = {"self_paid_yuan": paid - Decimal("0.50")}
                self._add("medical_insurance__settlements", row | again, [delivered.plus(1)])

    def _income(self, key: int, age: int) -> None:
        works, pays, is_pensioner = self._maybe(0.6), self._maybe(0.5), age >= 55 and self._maybe(0.7)
        wage, base, pension = self._yuan(0, 9000), self._yuan(4000, 9000), self._yuan(500, 4000)
        for month in self.months:
            if works and self._maybe(0.9):
                for payer in ("P1", "P2")[: 1 + self._maybe(0.1)]:
                    row = {
                        "resident_key": key, "income_month_on": month.start, "payer_no": payer,
                        "income_kind": self.chance.choice(["wages", "business", "labour", "bonus"]),
                        "income_yuan": wage if self._maybe(0.95) else Decimal("0.00"),
                    }  # fmt: skip
                    late = self.chance.choice([0] * 9 + [1])
                    self._add("taxation__incomes", row, [month.plus(late)])
                    if self._maybe(0.05):
                        row = row | {"income_yuan": self._yuan(0, 5000)}
                        self._add("taxation__incomes", row, [month.plus(late + 1)])
            if pays and self._maybe(0.9):
                row = {"resident_key": key, "contribution_month_on": month.start}
                row["contribution_base_yuan"] = base
                self._add("human_resources__contributions", row, [month])
            if is_pensioner:
                row = {"resident_key": key, "pension_month_on": month.start, "pension_yuan": pension}
                self._add("human_resources__pensions", row, [month])

    def _unemployed(self, key: int) -> None:
        registered = self._recent(20)
        begins = registered + timedelta(days=self.chance.randrange(40))
        ends = begins + timedelta(days=self.chance.randrange(300))
        has_benefit, is_over = self._maybe(0.7), self._maybe(0.4)
        row = {
            "resident_key": key, "registered_on": registered, "reason": "dismissed",
            "deregistered_on": self._day(registered, self.month.plus(1).end) if is_over else None,
            "benefit_from_on": begins if has_benefit else None,
            "benefit_until_on": ends if has_benefit else None,
            "benefit_monthly_yuan": self._yuan(1000, 1700) if has_benefit else None,
        }  # fmt: skip
        self._add("human_resources__unemployment", row, self._from(registered))

    def _certificate(self, key: int) -> None:
        for _ in range(self.chance.choice([1, 1, 2])):
            row = {
                "certificate_key": document_key(f"C{self._number()}", SECRET), "resident_key": key,
                "disability_category": self.chance.choice("1234567"),
                "disability_grade": self.chance.randint(1, 4), "issued_on": self._recent(40),
                "expires_on": self.chance.choice([None, date(2022, 5, 31), date(2022, 5, 30)]),
                "certificate_status": self.chance.choice(["valid"] * 3 + ["expired", "cancelled"]),
            }  # fmt: skip
            self._add("disabled_persons__certificates", row, self._from(row["issued_on"]))

    def _death(self, key: int) -> None:
        day, lag = self._recent(), self.chance.choice([0, 0, 1, 3])
        if self._maybe(0.8):
            row = {
                "resident_key": key, "household_register_no": None, "reason": "death", "event_on": day,
                "cancelled_on": Month.of(day).plus(lag).end,
            }  # fmt: skip
            self._add("public_security__cancellations", row, [Month.of(day).plus(lag)])
        if self._maybe(0.5):
            row = {"resident_key": key, "died_on": day, "cremated_on": day + timedelta(days=3)}
            self._add("civil_affairs__funerals", row, [Month.of(row["cremated_on"])])
        if self._maybe(0.7):
            gone = Month.of(day).plus(lag)
            for extract in ("public_security__residents", "public_security__residence_permits"):
                for delivered, rows in self.accepted[extract].items():
                    if delivered > gone:
                        rows.pop((key,), None)

    def _move(self, key: int) -> None:
        day = self._recent()
        row = {
            "resident_key": key, "household_register_no": None, "event_on": day, "cancelled_on": day,
            "reason": self.chance.choice(["moved_out", "abroad", "duplicate"]),
        }  # fmt: skip
        self._add("public_security__cancellations", row, [Month.of(day)])

    def _assistance(self, key: int) -> None:
        started = self._recent(30)
        stops = [None, None, None, self.month.end, self.month.end + timedelta(days=1), date(2022, 1, 1)]
        stopped = self.chance.choice(stops)
        row = {
            "family_no": f"F{self._number()}", "resident_key": key,
            "assistance_type": self.chance.choice(["dibao", "edge", "tekun", "orphan", "temporary"]),
            "is_single_person": self.chance.choice([None, False, True]), "started_on": started,
            "stopped_on": stopped if stopped is None or stopped >= started else None,
            "monthly_amount_yuan": self._yuan(100, 1160),
        }  # fmt: skip
        self._add("civil_affairs__assistance_roll", row, self._from(started))

    def _things(self, key: int) -> None:
        if self._maybe(0.2):
            number, share = f"H{self._number()}", self.chance.choice(["1/1", "1/2", "1/3", "1/6"])
            owners = [key, self.chance.choice(self.people)[0]] if share == "1/2" else [key]
            area = self._yuan(30, 200)
            use = self.chance.choice(["dwelling", "dwelling", "commercial"])
            for owner in owners:
                row = {
                    "property_no": number, "resident_key": owner, "share": share, "area_m2": area,
                    "property_use": use, "acquired_by": "bought", "registered_on": date(2015, 1, 1),
                }  # fmt: skip
                self._add("housing__properties", row, self.months)
        if self._maybe(0.2):
            row = {
                "plate_no": f"粤T{self._number()}", "resident_key": key,
                "vehicle_type": self.chance.choice(["car", "car", "van", "truck", "motorcycle", "mobility"]),
                "first_registered_on": self._recent(100),
                "vehicle_status": self.chance.choice(["normal", "normal", "scrapped"]),
            }  # fmt: skip
            self._add("public_security__vehicles", row, self._from(row["first_registered_on"]))
        if self._maybe(0.08):
            code, paid_in = f"9144{self._number():014d}", self.chance.choice([None, Decimal(100000)])
            for role in self.chance.sample(
                ["legal_representative", "shareholder"], self.chance.randint(1, 2)
            ):
                row = {
                    "credit_code": code, "resident_key": key, "role": role, "business_kind": "company",
                    "registered_capital_yuan": Decimal(500000),
                    "paid_in_capital_yuan": paid_in,
                    "established_on": date(2018, 1, 1),
                    "business_status": "active" if self._numbers % 3 else "dormant",
                }  # fmt: skip
                self._add("market_supervision__businesses", row, self.months)
        if self._maybe(0.03):
            ended = self.chance.choice([None, date(2022, 5, 31), date(2022, 6, 1)])
            row = {"resident_key": key, "monthly_rent_yuan": self._yuan(100, 400)}
            row |= {"started_on": date(2020, 1, 1), "ended_on": ended}
            self._add("housing__public_rentals", row, self.months)
        for _ in range(self.chance.choice([0] * 20 + [1, 2])):
            row = {"resident_key": key, "danger_grade": self.chance.choice("ABCD")}
            row["assessed_on"] = self._recent()
            self._add("housing__dilapidated_houses", row, self._from(row["assessed_on"]))

    def _events(self, key: int) -> None:
        day = self._recent()
        row = {"resident_key": key, "incident_on": day, "incident_kind": self.chance.choice(["fire", "work"])}
        row |= {"loss_yuan": None, "house_damage": None}
        self._add("emergency__incidents", row, [Month.of(day).plus(self.chance.choice([0, 1]))])
        day = self._recent()
        row = {
            "resident_key": key,
            "reported_on": day,
            "lead_kind": self.chance.choice(["job_loss", "other"]),
        }
        self._add("towns__leads", row, [Month.of(day)])
