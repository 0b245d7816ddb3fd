"""The data dictionary: pages on every table, in Chinese and English, made from the contracts alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipelines import page
from pipelines.contract import Contract, Property
from pipelines.department import DEPARTMENTS
from pipelines.page import Html, both, escaped, heading, paragraph, table

_CLASSES = {
    "public": ("公开", "public"),
    "internal": ("内部", "internal"),
    "restricted": ("限制", "restricted"),
    "secret": ("机密", "secret"),
}
_KINDS = {
    "stock": ("月末存量，可沿用", "a roll at month end; may be carried forward"),
    "flow": ("本月发生，不沿用", "what happened in the month; never carried forward"),
}
_TYPES = {
    "string": ("文本", "text"),
    "date": ("日期", "date"),
    "number": ("小数", "decimal"),
    "integer": ("整数", "integer"),
    "boolean": ("是否", "yes or no"),
    "array": ("列表", "list of texts"),
}


def write_dictionary(contracts: Mapping[str, Contract], folder: Path) -> list[Path]:
    """Writes index.html and one page per contract; equal contracts give equal bytes. Returns the paths."""
    pages = {"index": _index(contracts), **{c.id: contract_page(c) for c in contracts.values()}}
    return page.write_pages(pages, folder)


def contract_page(contract: Contract) -> str:
    """Everything that is promised of one table."""
    data = contract.document.data.get("description") or {}
    items = contract.document.data["schema"][0]["properties"]
    names = {item["name"]: item.get("businessName") for item in items}
    remarks = [
        [both("用途", "Purpose"), data.get("purpose")],
        [both("局限", "Limitations"), data.get("limitations")],
        [both("使用", "Usage"), data.get("usage")],
    ]
    facts = [
        [both("表名", "Table"), contract.id],
        [both("版本", "Version"), contract.version],
        [both("每行", "Grain"), contract.grain],
        [both("主键", "Key"), ", ".join(contract.primary_key) or None],
        *(_delivery(contract) if "__" in contract.id else ()),
        *(row for row in remarks if row[1]),
    ]
    return page.page(
        f"{contract.title_zh}（{contract.id}）",
        contract.title_en,
        paragraph(Html(f'<a href="index.html">{both("数据字典", "Data dictionary")}</a>')),
        table([both("项目", "Item"), both("内容", "Content")], facts),
        heading("列", "Columns"),
        table(
            [
                both("列名", "Column"), both("中文名", "In Chinese"), both("类型", "Type"),
                both("单位", "Unit"), both("必填", "Required"), both("密级", "Class"),
                both("说明与取值", "Meaning and values"),
            ],
            [_column(prop, names.get(prop.name)) for prop in contract.properties],
        ),
        *_promises(contract),
    )  # fmt: skip


def _index(contracts: Mapping[str, Contract]) -> str:
    extracts = [c for c in contracts.values() if "__" in c.id]
    ours = [c for c in contracts.values() if "__" not in c.id]
    parts = [
        heading("对外提供的表", "Tables that analysts and towns receive"),
        _listing([c for c in ours if c.department == "publish"]),
        heading("规则可用的画像", "Profiles that rules may ask"),
        _listing([c for c in ours if c.department != "publish"]),
    ]
    for department in DEPARTMENTS:
        here = [c for c in extracts if c.department == department]
        if here:
            zh, en = DEPARTMENTS[department]
            parts += [heading(f"{zh}报送的数据", f"What {en} deliver"), _listing(here)]
    return page.page("数据字典", "Data dictionary", *parts)


def _listing(contracts: list[Contract]) -> Html:
    return table(
        [both("表", "Table"), both("名称", "Title"), both("每行", "Grain"), both("版本", "Version")],
        [
            [Html(f'<a href="{c.id}.html">{c.id}</a>'), both(c.title_zh, c.title_en), c.grain, c.version]
            for c in contracts
        ],
    )


def _delivery(contract: Contract) -> list[list]:
    return [
        [both("性质", "Kind"), both(*_KINDS[contract.kind])],
        [both("覆盖", "Covers"), contract.coverage],
        [both("文件名", "Files"), ", ".join(contract.files)],
        [
            both("报送", "Delivery"),
            both(
                f"次月{contract.delivery_day}日前；最多沿用{contract.maximum_age_months}个月",
                f"until day {contract.delivery_day} of the next month; "
                f"carried forward for {contract.maximum_age_months} months at most",
            ),
        ],
    ]


def _column(prop: Property, title: str | None) -> list:
    zh, en = _TYPES[prop.logical_type]
    exact = prop.physical_type if (prop.physical_type or "").startswith("decimal") else None
    written = [prop.header, *prop.synonyms] if prop.header != prop.name else []
    names = "、".join(dict.fromkeys([*filter(None, [title]), *written]))
    return [
        prop.column,
        names or None,
        both(zh, exact or en) if not prop.identity else both("键", "key, 64 bits"),
        prop.unit,
        both("是", "yes") if prop.required else None,
        both(*_CLASSES[prop.classification]),
        Html("<br>".join(escaped(text) for text in (prop.description, *_values(prop)))),
    ]


def _values(prop: Property) -> list[str]:
    if prop.enum:
        return [f"{code} = {prop.labels[code]} ({prop.meanings[code]})" for code in prop.enum]
    bounds = [
        text
        for text, bound in (("≥ {}", prop.minimum), ("≤ {}", prop.maximum), ("{}", prop.pattern))
        if bound is not None
        for text in [text.format(bound)]
    ]
    return [*bounds, *(f"e.g. {example}" for example in prop.examples[:1])]


def _promises(contract: Contract) -> list[Html]:
    if not contract.quality:
        return []
    rows = [
        [
            q.id,
            q.column,
            both("停用", "held") if q.severity == "error" else both("提醒", "warned"),
            q.description,
        ]
        for q in contract.quality
    ]
    heads = [both("约定", "Promise"), both("列", "Column"), both("不符时", "If broken"), both("说明", "Why")]
    return [heading("质量约定", "Promises checked every month"), table(heads, rows)]
