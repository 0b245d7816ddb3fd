"""Amounts as departments write them: exact decimals with their units."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from pipelines.ingest.values import CERTAIN, PROBABLE, Refusal, Value, folded, is_null, trimmed

UNIT_FACTORS = {
    "元": Decimal(1), "人民币": Decimal(1), "人民币元": Decimal(1), "yuan": Decimal(1), "cny": Decimal(1),
    "rmb": Decimal(1), "元整": Decimal(1), "百元": Decimal(100), "千元": Decimal(1000),
    "万元": Decimal(10_000), "万": Decimal(10_000), "百万元": Decimal(1_000_000), "亿元": Decimal(10**8),
    "亿": Decimal(10**8),
    "m2": Decimal(1), "㎡": Decimal(1), "平方米": Decimal(1), "平米": Decimal(1), "m²": Decimal(1),
}  # fmt: skip
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,4}(?:,\d{4})+|\d*)(\.\d*)?(e[+-]?\d{1,2})?([^\d.,].*)?", re.I)


def parse_money(
    text: str,
    factor: Decimal = Decimal(1),
    promised: Decimal = Decimal(1),
    precision: int = 12,
    scale: int = 2,
) -> Value | Refusal:
    """An amount as exact decimal; also areas.

    `factor` converts the column's unit to ours (from the header, else as promised by the contract,
    `promised`); a unit in the cell itself comes first. Half a unit of the last digit is rounded up.
    """
    if is_null(text):
        return Value(None)
    allowed = f"a number with up to {scale} decimals, optionally with its unit"
    plain = folded(text).replace("−", "-").replace("－", "-").replace(" ", "").lstrip("¥$￥")
    negative = False
    bracketed = re.fullmatch(r"\((.+)\)(.*)", plain)
    if bracketed:
        plain, negative = bracketed[1] + bracketed[2], True
    if plain[:1] in "+-" or plain.endswith("-"):
        if negative:
            return Refusal("not_a_number", allowed)
        negative = "-" in (plain[0], plain[-1])
        plain = plain[1:] if plain[0] in "+-" else plain[:-1]
    plain = plain.lstrip("¥$￥")
    match = _NUMBER.fullmatch(plain)
    if not match or not (match[1] or (match[2] or "").strip(".")):
        return Refusal("not_a_number", allowed)
    whole, fraction, exponent, unit = match[1] or "0", match[2] or "", match[3] or "", match[4]
    action, confidence = None, CERTAIN
    if unit is not None:
        if unit.lower() not in UNIT_FACTORS:
            return Refusal("unknown_unit", "a number in " + ", ".join(("元", "万元", "亿元")))
        factor = UNIT_FACTORS[unit.lower()]
    amount = Decimal(whole.replace(",", "") + fraction.rstrip(".") + exponent) * factor
    if amount >= Decimal(10) ** (precision - scale):
        return Refusal("too_large", f"at most {precision - scale} digits before the point")
    exact = amount.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
    if trimmed(text) != f"{'-' if negative else ''}{whole}{fraction}" or "," in whole:
        action = "number_form"
    if exact != amount:
        action = "rounded"
    if exponent:
        # A spreadsheet that shows 1.2E+5 has dropped the other digits.
        action, confidence = "scientific", PROBABLE
    if factor != promised:
        action = "unit"
    return Value(-exact if negative else exact, action, confidence)
