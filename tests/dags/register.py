"""A residents' register of one small street, for any month: the one file that no month can do without."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipelines.identity import check_character
from pipelines.month import Month

COMMUNITY = "442000109001"
HEADER = "公民身份号码|姓名|性别|出生日期|户号|户类型|与户主关系|户籍地址|镇街代码|社区代码|迁入日期"

# Relation to the head, sex, years lived: three generations under one roof.
FAMILY = (("户主", "男", 45), ("配偶", "女", 43), ("子", "男", 12), ("母亲", "女", 70))


def lay_register(landing: Path, month: Month, families: int = 5) -> Path:
    """Writes the register that public security would deliver; returns the file."""
    lines = [HEADER]
    for number in range(families):
        for relation, sex, years in FAMILY:
            born = date(month.year - years, 1 + number % 12, 5)
            resident = invented_id(born, 10 * number + (1 if sex == "男" else 2))
            house = f"H{number:05d}|家庭户|{relation}|三角镇一路{number + 1}号|{COMMUNITY[:9]}|{COMMUNITY}"
            lines.append(f"{resident}|居民{number}|{sex}|{born:%Y%m%d}|{house}|")
    folder = landing / str(month) / "public_security"
    folder.mkdir(parents=True)
    file = folder / f"户籍人口_{month.year}{month.number:02d}.txt"
    file.write_bytes("\r\n".join(lines).encode("gb18030"))
    return file


def invented_id(born: date, sequence: int) -> str:
    """An ID of nobody: the prefix is unassigned."""
    first17 = f"442099{born:%Y%m%d}{sequence:03d}"
    return first17 + check_character(first17)
