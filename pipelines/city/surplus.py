"""Surplus: columns departments send although nobody asked for them, to be dropped at the door."""

from __future__ import annotations

import polars as pl

_DIAGNOSES = ("高血压", "2型糖尿病", "上呼吸道感染", "冠心病", "肺部感染", "恶性肿瘤", "骨折", "慢性肾病")
_CODES = ("I10", "E11.9", "J06.9", "I25.1", "J98.4", "C80", "T14.2", "N18")
_COLUMNS: dict[str, dict[str, tuple[str | None, ...]]] = {
    "medical_insurance__settlements": {
        "定点机构名称": ("市人民医院", "市中医院", "镇医院", "社区卫生服务中心"),
        "诊断名称": _DIAGNOSES,
    },
    "health__major_illnesses": {"诊断编码": _CODES, "诊断名称": _DIAGNOSES},
    "civil_affairs__assistance_roll": {"备注": (None, None, None, "已复核")},
    "human_resources__unemployment": {"备注": (None, None, "待核实", None)},
    "disabled_persons__certificates": {"监护人": (None, None, "父母", None)},
    "emergency__incidents": {"备注": (None, "已上报")},
    "towns__leads": {"备注": (None, "电话核实", "群众反映")},
    "taxation__incomes": {"已缴税额": ("0.00", "12.50", "0.00", "86.30")},
    "public_security__residents": {
        "民族": ("汉族", "汉族", "汉族", "壮族"),
        "文化程度": ("初中", "高中", "大学"),
    },
    "education__enrolments": {"资助类型": (None, None, None, None, "国家助学金")},
}


def surplus_columns(extract: str, rows: int) -> pl.DataFrame:
    """The surplus columns of an extract for that many rows; none for most extracts."""
    columns = {}
    for offset, (name, words) in enumerate(_COLUMNS.get(extract, {}).items()):
        # Any pattern will do as long as it is the same each time and differs between columns.
        place = (pl.arange(0, rows, eager=True).cast(pl.UInt64) * 2_654_435_761 + offset * 97) // 1024
        columns[name] = pl.Series(words, dtype=pl.String).gather(place % len(words))
    return pl.DataFrame(columns)
