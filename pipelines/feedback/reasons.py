"""Why a row or a value was refused, in the words of the department that has to mend it."""

from __future__ import annotations

# Reason -> (Chinese, English, what is allowed in Chinese where the contract does not say it itself).
_ID = "18位公民身份号码，末位校验码正确，以文本保存"
REASONS = {
    "missing": ("必填项为空", "a required value is missing", "每行都须填写"),
    "pattern": ("写法不符合约定", "not written as agreed", None),
    "below_minimum": ("小于允许的最小值", "below the minimum", None),
    "above_maximum": ("大于允许的最大值", "above the maximum", None),
    "too_many_fields": ("字段数多于表头", "more fields than the header has", "字段数与表头一致"),
    "broken_line": ("一行断成两行", "one row broken over two lines", "一条记录占一行"),
    "cut_off": ("文件在行中间中断", "the file ends in the middle of the row", "完整的文件"),
    "undecodable": ("编码与文件其余部分不同", "in another encoding than the rest", "全文件同一编码"),
    "duplicate": ("与另一行完全相同", "equal to another row", "每条记录只报一次"),
    "superseded": ("同一记录有更新的一行", "another row of the key is later", "每条记录只报最新一行"),
    "corrected": ("已由更正文件替换", "replaced by a correction", "无需处理"),
    "conflicting_key": ("同一主键内容互相矛盾", "rows of one key contradict each other", "同一主键只报一行"),
    "excel_scientific": ("号码被表格软件变成科学计数", "the ID turned into scientific notation", _ID),
    "excel_zeros": ("号码末三位被表格软件变成000", "the ID's last three digits became 000", _ID),
    "excel_float": ("号码末位被当作数字改动", "a number cell changed the ID's last digits", _ID),
    "excel_number": ("号码以数字格式保存，末位已丢失", "the ID is stored as a number", _ID),
    "wrong_length": ("号码位数不对", "the ID has a wrong length", _ID),
    "not_an_id": ("不是身份号码", "not an ID", _ID),
    "impossible_birth_date": ("号码中的出生日期不存在", "no such birth date in the ID", _ID),
    "bad_check_character": ("号码校验码不对", "the ID's check character is wrong", _ID),
    "two_ids": ("一个单元格内有两个号码", "two IDs in one cell", "一个单元格一个号码"),
    "id_in_name": ("姓名栏内有号码且与证件号码不同", "the name holds another ID", "姓名栏只填姓名"),
    "not_a_certificate": ("不是出生医学证明编号", "no birth certificate's number", "一个字母加九位数字"),
    "not_in_code_list": ("不在代码表内", "not in the code list", None),
    "not_yes_or_no": ("不是“是”或“否”", "neither yes nor no", "是或否"),
    "not_a_number": ("不是数字", "not a number", "数字，可带单位元或万元"),
    "unknown_unit": ("单位无法识别", "an unknown unit", "元、万元"),
    "too_large": ("数值过大", "too large", None),
    "not_a_date": ("不是日期", "not a date", "如2022-06-01、20220601、2022年6月1日"),
    "impossible_date": ("没有这一天", "no such date", "1880年至2199年间真实存在的日期"),
    "no_date": ("不能填“长期”", "an open end where a day is needed", "具体日期"),
    "unknown_household": (
        "家庭识别码不在以往名单上", "no household of an earlier list", "名单上的家庭识别码，原样不改",
    ),
    "cells_apart": (
        "核对码与本行家庭识别码不符，可能单独排序或粘贴过", "sorted or copied apart from its hidden key",
        "整行一起排序、复制",
    ),
    "unknown_town": ("镇街无法识别", "no town of the city", "镇街名称或代码"),
}  # fmt: skip

REPAIRS = {
    "tidied": ("去除空格、全角等", "spaces, full-width characters and the like tidied"),
    "date_form": ("日期写法", "another form of date"),
    "number_form": ("数字写法", "another form of number"),
    "code_form": ("代码写法", "another form of code"),
    "rounded": ("四舍五入到分", "rounded to the fen"),
    "no_end": ("“长期”作无期限", "no end"),
    "other_document": ("其他证件", "another document than a resident ID"),
    "former_town": ("旧镇街改为现镇街", "a former town"),
    "unknown_community": ("社区无法识别，留空", "an unknown community left empty"),
    "merged_cell": ("合并单元格补全", "taken from a merged cell"),
    "merged_amount": ("合并单元格的金额只计一次", "an amount in a merged cell, counted once"),
    "upgraded_15": ("15位号码升为18位", "an ID of 15 digits upgraded"),
    "certificate_number": ("从残疾证号取身份号码", "the ID cut from a certificate's number"),
    "taken_from_text": ("从文字中取出号码", "the ID taken out of text"),
    "id_in_name_column": ("姓名栏内的号码归位", "an ID moved out of the name column"),
    "unit": ("单位换算", "converted from another unit"),
    "scientific": ("科学计数法还原", "read from scientific notation"),
    "excel_serial": ("表格日期序号", "a spreadsheet's day number"),
    "first_of_month": ("只有年月，取1日", "only a month: taken as its first day"),
    "town_from_address": ("从地址取镇街", "the town taken from an address"),
}


def reason_words(code: str) -> tuple[str, str, str | None]:
    """(Chinese, English, what is allowed in Chinese or None) of a reason; unknown codes say themselves."""
    return REASONS.get(code, (code, code.replace("_", " "), None))


def repair_words(code: str) -> tuple[str, str]:
    """(Chinese, English) of a repair."""
    return REPAIRS.get(code, (code, code.replace("_", " ")))
