"""Mistakes: how a single value comes to be written otherwise, by people, spreadsheets and exports."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date

from pipelines.city.identifiers import resident_id
from pipelines.city.places import OLD_NAMES, read_places
from pipelines.contract import Property
from pipelines.identity import is_resident_id

# A mistake is told the value and its number among those it befalls; it gives the value as it is written,
# None where it cannot happen to that value, and raises ValueError where another mistake came first.
Mistake = Callable[[str, int], str | None]

_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_NULL_WORDS = ("无", "-", "/", "NULL")
_NUMERALS = str.maketrans("0123456789", "〇一二三四五六七八九")
_SOMEBODY = resident_id("19000101", 1)


@functools.cache
def _town_names() -> dict[str, str]:
    places = read_places()
    return dict(zip(places.town_codes.tolist(), places.town_names.tolist(), strict=True))


def _full_width(text: str, _: int) -> str:
    return text.translate(_FULL_WIDTH)


def _lower(text: str, _: int) -> str | None:
    return text.lower() if text.endswith("X") else None


def _fifteen(text: str, _: int) -> str | None:
    return text[:6] + text[8:17] if len(text) == 18 and text[6:8] == "19" else None


def _spaced(text: str, number: int) -> str:
    return (f" {text}", f"{text} ", f"{text[:6]} {text[6:14]} {text[14:]}")[number % 3]


def _invisible(text: str, number: int) -> str:
    return (f"{text[:6]}\u200b{text[6:]}", f"\u00a0{text}", f"{text}\ufeff")[number % 3]


def _apostrophe(text: str, _: int) -> str:
    return "'" + text


def _wrong_check(text: str, number: int) -> str | None:
    if len(text) != 18:
        return None
    others = [c for c in "0123456789X" if c != text[-1]]
    return text[:-1] + others[number % 10]


def _as_number(text: str, number: int) -> str | None:
    """As a spreadsheet shows it, keeps it, or as a program passes it on."""
    if len(text) != 18 or not text.isascii() or not text.isdigit():
        return None
    damaged = (f"{int(text):.2E}", text[:15] + "000", str(int(float(text))))[number % 3]
    # One in eleven passes the check and is somebody else, which nothing in a single cell tells.
    return None if is_resident_id(damaged) else damaged


def _two(text: str, _: int) -> str:
    return f"{text}、{_SOMEBODY}"


def _wan(text: str, number: int) -> str | None:
    cents = round(float(text) * 100)
    wan = f"{cents / 1_000_000:.6f}".rstrip("0").rstrip(".")
    return wan + ("万元", "万")[number % 2] if cents >= 100_000 else None


def _thousands(text: str, _: int) -> str | None:
    return f"{float(text):,.2f}" if abs(float(text)) >= 1000 else None


def _with_unit(text: str, number: int) -> str:
    return (text + "元", "¥" + text)[number % 2] if not text.startswith("-") else text + "元"


def _bracketed(text: str, _: int) -> str | None:
    return f"({text[1:]})" if text.startswith("-") else None


def _old_town(text: str, _: int) -> str | None:
    return OLD_NAMES.get(text)


def _short_town(text: str, _: int) -> str | None:
    name = _town_names().get(text)
    return name and name.removesuffix("街道").removesuffix("镇")


def _padded_town(text: str, _: int) -> str | None:
    return text + "000" if text.isdigit() else None


def _day(text: str) -> date:
    return date.fromisoformat(text if "-" in text else f"{text[:4]}-{text[4:6]}-{text[6:]}")


def _other_day(text: str, number: int) -> str:
    day = _day(text)
    plain = f"{day.year}年{day.month}月{day.day}日"
    return (
        f"{day.year}/{day.month}/{day.day}", f"{day:%Y.%m.%d}", plain, f"{day:%Y/%m/%d} 00:00:00",
        f"{str(day.year).translate(_NUMERALS)}年{_counted(day.month)}月{_counted(day.day)}日",
    )[number % 5]  # fmt: skip


def _day_number(text: str, _: int) -> str | None:
    day = _day(text)
    return str((day - date(1899, 12, 30)).days) if day >= date(1960, 1, 1) else None


def _other_month(text: str, number: int) -> str:
    day = _day((text if "-" in text else f"{text[:4]}-{text[4:6]}") + "-01")
    return (
        f"{day.year}年{day.month}月", f"{day:%Y/%m}", f"{day.year}.{day.month:02d}",
        f"{str(day.year).translate(_NUMERALS)}年{_counted(day.month)}月",
    )[number % 4]  # fmt: skip


def _counted(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = ("", "十", "二十", "三十")[tens]
    return head + ("" if tens and not ones else str(ones).translate(_NUMERALS))


def _padded(text: str, number: int) -> str:
    return (text + "　", text + "  ", " " + text)[number % 3]


def null_word(_: str, number: int) -> str:
    """A word for nothing where nothing stood."""
    return _NULL_WORDS[number % len(_NULL_WORDS)]


def other_word(prop: Property) -> Mistake:
    """Another of the words that departments write for a value of the code list."""
    words = {
        prop.labels[code]: [w for w in prop.enum[code] if w != prop.labels[code]] for code in prop.labels
    }

    def other(text: str, number: int) -> str | None:
        found = words.get(text)
        return found[number % len(found)] if found else None

    return other


# Share of the values that each mistake befalls at level 1. Lower-case x befalls only the ninth part of
# all IDs that ends in X, so its share of those is larger.
IDENTITY: tuple[tuple[str, Mistake, float], ...] = (
    ("full-width digits", _full_width, 0.0004),
    ("lower-case x", _lower, 0.004),
    ("15 digits", _fifteen, 0.0003),
    ("spaces", _spaced, 0.0005),
    ("invisible characters", _invisible, 0.0002),
    ("apostrophe", _apostrophe, 0.0002),
    ("wrong check character", _wrong_check, 0.0003),
    ("read as a number", _as_number, 0.0001),
    ("two IDs in one cell", _two, 0.00005),
)
MONEY = (
    ("wan-yuan", _wan, 0.0004),
    ("thousands separator", _thousands, 0.0010),
    ("unit beside the number", _with_unit, 0.0005),
    ("brackets for minus", _bracketed, 0.2),
)
TOWN = (
    ("old name of the town", _old_town, 0.01),
    ("short name of the town", _short_town, 0.001),
    ("padded code of the town", _padded_town, 0.001),
)
DATED = (("another form of date", _other_day, 0.001), ("day number", _day_number, 0.0001))
MONTHLY = (("another form of month", _other_month, 0.001),)
NAMED = (("padded name", _padded, 0.001),)
