"""Families: the named families of the acceptance scenarios, as facts each department holds of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl

from pipelines.city import family_frames, neighbours
from pipelines.city.facts import (
    Family,
    Member,
    certified,
    contributes,
    earns,
    had_accident,
    held,
    insured,
    learns,
    married,
    on_the_roll,
    owns_business,
    owns_car,
    owns_home,
    paid_for_care,
    pays_for_care,
    reported,
    seriously_ill,
    unemployed,
)
from pipelines.city.identifiers import resident_id
from pipelines.month import Month
from pipelines.problem import HardshipError

SANJIAO, DONGFENG, GUZHEN = "442000109", "442000103", "442000105"
SHIQI, XIAOLAN, SHAXI, GANGKOU = "442000001", "442000118", "442000106", "442000108"


def _yang() -> Family:
    """Over 1,000 yuan a month for a chronic illness and two children's tuition; on no roll."""
    yang, wife = "442099197703121018", "442099197908251027"
    elder, younger = "442099200304181034", "442099200609071047"
    parents = (yang, wife)
    return Family("yang", SANJIAO, "442000109001", (
        Member(yang, "杨伟志", "head"), Member(wife, "陈秀芳", "spouse"),
        Member(elder, "杨俊辉", "child"), Member(younger, "杨雅婷", "child"),
    ), (
        married(yang, wife, date(2002, 5, 20)),
        insured(yang), insured(wife), insured(elder, "390"), insured(younger, "390"),
        pays_for_care(yang, "1150", since="2021-06"),
        earns(yang, "4200"), earns(wife, "3000"), contributes(wife, "3958"),
        *learns(elder, "senior", "三角中学", SANJIAO, parents, (("2020-07", "2021-07", "高三", "600"),)),
        *learns(elder, "college", "岭南职业学院", SANJIAO, parents, (
            ("2021-09", "2022-07", "大一", "15500"), ("2022-09", "2023-07", "大二", "15500"),
            ("2023-09", "2024-07", "大三", "15500")), is_yearly=True),
        *learns(younger, "junior", "三角初级中学", SANJIAO, parents, (
            ("2020-07", "2021-07", "九年级", "0"),)),
        *learns(younger, "senior", "三角博文高级中学", SANJIAO, parents, (
            ("2021-09", "2022-07", "高一", "3425"), ("2022-09", "2023-07", "高二", "3425"),
            ("2023-09", "2024-07", "高三", "3425"))),
    ))  # fmt: skip


# The clerk of the roll typed full-width digits.
CHEN_ON_THE_ROLL = "４４２０９９１９６５０７１１０１５７"


def _chen() -> Family:
    """On dibao since March 2020, with a disability of grade 2 and 18,000 yuan of care a year."""
    chen, wife = "442099196507110157", resident_id("19680923", 936)
    son = resident_id("20060514", 937)
    return Family("chen", SHIQI, "442000001007", (
        Member(chen, "陈国强", "head"), Member(wife, "李玉珍", "spouse"), Member(son, "陈志明", "child"),
    ), (
        married(chen, wife, date(1999, 3, 8)),
        insured(chen, "390"), insured(wife, "390"), insured(son, "390"),
        certified(chen, "4", 2, date(2016, 4, 12)),
        pays_for_care(chen, "1500", since="2021-01"),
        earns(wife, "2600"),
        *learns(son, "junior", "石岐初级中学", SHIQI, (chen, wife), (
            ("2020-07", "2021-07", "九年级", "0"),)),
        *learns(son, "senior", "石岐中学", SHIQI, (chen, wife), (("2021-09", "2024-07", "高中", "650"),)),
        on_the_roll("JZF000001", CHEN_ON_THE_ROLL, "dibao", date(2020, 3, 1), "1080"),
        on_the_roll("JZF000001", wife, "dibao", date(2020, 3, 1), "1080"),
        on_the_roll("JZF000001", son, "dibao", date(2020, 3, 1), "1080"),
    ))  # fmt: skip


def _mai() -> Family:
    """One stay of 8,600 yuan in May 2022, which a file in wan-yuan gives as 0.86."""
    mai = "442099198806150334"
    return Family("mai", SHAXI, "442000106202", (Member(mai, "麦志豪", "head"),), (
        insured(mai), earns(mai, "6200"), contributes(mai, "6200"),
        paid_for_care(mai, "8600", date(2022, 5, 18)),
    ))  # fmt: skip


def _ou() -> Family:
    """Two towns: her register in Xiaolan, his and the child's in Dongfeng, where they live."""
    ou, husband = "442099198201300467", resident_id("19800416", 939)
    child = resident_id("20120605", 940)
    return Family("ou", DONGFENG, "442000103001", (
        Member(ou, "区美华", "head", register="F0000006", town=XIAOLAN),
        Member(husband, "何锦荣", "head"), Member(child, "何嘉怡", "child"),
    ), (
        married(husband, ou, date(2010, 10, 10)),
        insured(ou), insured(husband), insured(child, "390"),
        pays_for_care(ou, "500", since="2021-06"),
        pays_for_care(child, "800", since="2021-06"),
        certified(child, "5", 1, date(2017, 9, 1)),
        earns(husband, "5200"), contributes(husband, "5200"), earns(ou, "3800"),
        *learns(child, "primary", "东凤第1小学", DONGFENG, (husband, ou), (
            ("2020-07", "2021-07", "三年级", "0"), ("2021-09", "2022-07", "四年级", "0"),
            ("2022-09", "2023-07", "五年级", "0"), ("2023-09", "2024-07", "六年级", "0"))),
    ))  # fmt: skip


def _lu() -> Family:
    """Out of work since February 2022 and 9,000 yuan of hospital bills in March."""
    lu, wife = "442099199009210570", resident_id("19920311", 942)
    return Family("lu", GANGKOU, "442000108001", (
        Member(lu, "卢健文", "head"), Member(wife, "梁艳玲", "spouse"),
    ), (
        married(lu, wife, date(2017, 1, 12)), insured(lu), insured(wife),
        earns(lu, "5600", until="2022-01"), contributes(lu, "5600", until="2022-01"),
        earns(wife, "5200"), contributes(wife, "5200"),
        unemployed(lu, date(2022, 2, 10), (date(2022, 3, 1), date(2022, 12, 31), "1710")),
        paid_for_care(lu, "9000", date(2022, 3, 14)),
    ))  # fmt: skip


def _he() -> Family:
    """180,000 yuan of care, and two flats, a new car and a company paid in with five million."""
    he, wife = "442099197010050616", resident_id("19730219", 944)
    return Family("he", SHIQI, "442000001008", (
        Member(he, "何炳坤", "head"), Member(wife, "周丽娟", "spouse"),
    ), (
        married(he, wife, date(1997, 8, 8)), insured(he), insured(wife),
        earns(he, "9000"), earns(wife, "4000"), seriously_ill(he, date(2021, 7, 5)),
        pays_for_care(he, "15000", since="2021-06", kind="21"),
        owns_home(he, "442099F90000081", "92"), owns_home(he, "442099F90000082", "121"),
        owns_car(he, "粤TI90008", date(2021, 11, 16)),
        owns_business(he, "91442099MAF0000080", "10000000", "5000000"),
    ))  # fmt: skip


def _feng() -> Family:
    """Visited in April 2022 and found not in hardship; the same bills in May, an accident in July."""
    feng, husband = "442099198311170720", resident_id("19811203", 945)
    child = resident_id("20130727", 946)
    return Family("feng", SHAXI, "442000106203", (
        Member(feng, "冯燕芬", "head"), Member(husband, "黄伟锋", "spouse"), Member(child, "黄佳琳", "child"),
    ), (
        married(husband, feng, date(2011, 11, 11)), insured(feng), insured(husband), insured(child, "390"),
        earns(feng, "2600"), earns(husband, "3400"),
        paid_for_care(feng, "24000", date(2022, 2, 22)),
        *learns(child, "primary", "沙溪育英学校小学部", SHAXI, (feng, husband), (
            ("2020-07", "2021-07", "一年级", "6000"), ("2021-09", "2022-07", "二年级", "6000"),
            ("2022-09", "2023-07", "三年级", "6000"))),
        had_accident(feng, "traffic", date(2022, 7, 9)),
    ))  # fmt: skip


def _luo() -> Family:
    """Three troubles one after another from March to May 2022, and work again in June."""
    luo, wife = "442099197504190838", resident_id("19770830", 948)
    son = resident_id("20051015", 949)
    registered, first = date(2022, 3, 3), date(2022, 3, 20)
    out = {"extract": "human_resources__unemployment", "resident_id": luo, "registered_on": registered,
           "reason": "closed", "benefit_from_on": first, "benefit_monthly_yuan": Decimal(1710)}  # fmt: skip
    return Family("luo", XIAOLAN, "442000118001", (
        Member(luo, "罗文辉", "head"), Member(wife, "吴彩霞", "spouse"), Member(son, "罗晓东", "child"),
    ), (
        married(luo, wife, date(2003, 9, 9)), insured(luo), insured(wife), insured(son, "390"),
        earns(luo, "6000", until="2022-02"), contributes(luo, "6000", until="2022-02"),
        earns(luo, "5800", since="2022-06"), contributes(luo, "5800", since="2022-06"),
        earns(wife, "5500"), contributes(wife, "5500"),
        held(since=registered, until="2022-05", deregistered_on=None,
             benefit_until_on=date(2022, 9, 19), **out),
        held(since="2022-06", deregistered_on=date(2022, 6, 6), benefit_until_on=date(2022, 6, 5), **out),
        paid_for_care(wife, "9800", date(2022, 4, 20)),
        certified(son, "6", 3, date(2022, 5, 12)),
        *learns(son, "junior", "小榄初级中学", XIAOLAN, (luo, wife), (
            ("2020-07", "2021-07", "九年级", "0"),)),
        *learns(son, "senior", "小榄中学", XIAOLAN, (luo, wife), (("2021-09", "2024-07", "高中", "650"),)),
    ))  # fmt: skip


def _tang() -> Family:
    """From Hunan, insured there: 26,000 yuan of school fees, a sick child, a debt the grid heard of."""
    tang, husband = "442099198506230121", resident_id("19840908", 951)
    elder, younger = resident_id("20110319", 953), resident_id("20140512", 954)
    fees = (("2020-07", "2021-07", "小学", "6500"), ("2021-09", "2022-07", "小学", "6500"),
            ("2022-09", "2023-07", "小学", "6500"))  # fmt: skip
    away = {"is_local": False}
    school = "古镇育英学校小学部"
    return Family("tang", GUZHEN, "442000105001", (
        Member(tang, "唐小燕", **away), Member(husband, "邓国平", **away),
        Member(elder, "邓子轩", guardian=tang, **away), Member(younger, "邓子琪", guardian=tang, **away),
    ), (
        married(husband, tang, date(2010, 2, 1)),
        earns(tang, "2500"), earns(husband, "3500"),
        *learns(elder, "primary", school, GUZHEN, (tang, husband), fees),
        *learns(younger, "primary", school, GUZHEN, (tang, husband), fees),
        reported(tang, "medical_debt", date(2022, 5, 11)),
    ))  # fmt: skip


FAMILIES: tuple[Family, ...] = (
    _yang(), _chen(), _mai(), _ou(), _lu(), _he(), _feng(), _luo(), _tang(),
)  # fmt: skip

# Nobody drawn by chance gets one of these IDs, and dirt leaves the rows of the named families alone.
NAMED_IDS = frozenset([member.id for family in FAMILIES for member in family.members] + [CHEN_ON_THE_ROLL])
RESERVED_IDS = NAMED_IDS | neighbours.IDS


def extracts(
    month: Month, only: set[str] | None = None, with_neighbours: bool = True
) -> dict[str, pl.DataFrame]:
    """What departments hold of the named families (or those in `only`) in a month, by extract.

    With the neighbours, a dozen households in no hardship, every extract has rows, so that the frames
    alone make a plausible delivery. Columns as `department_extracts` gives them. Raises HardshipError
    for a name that is no family's.
    """
    unknown = (only or set()) - {family.name for family in FAMILIES}
    if unknown:
        raise HardshipError(f"No family is called {', '.join(sorted(unknown))}.")
    chosen = [family for family in FAMILIES if only is None or family.name in only]
    return family_frames.frames([*chosen, *(neighbours.HOUSEHOLDS if with_neighbours else ())], month)
