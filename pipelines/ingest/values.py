"""Values as departments write them: plain parsers for the few values the fast path cannot read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

CERTAIN, PROBABLE = "certain", "probable"

# After these repairs a value still says what was written, or no evidence can rest on it.
TIDYING = frozenset(
    {
        "tidied", "date_form", "number_form", "code_form", "rounded", "no_end", "other_document",
        "former_town", "unknown_community", "merged_cell",
    }
)  # fmt: skip
# An optional ID that cannot be read: the row stays without it, `refused_<reason>` says why.
REFUSED = "refused_"

# A number that somebody has confirmed to stand for another.
CONFIRMED = "confirmed_identity"

# Written by readers of tables behind a cell that did not stand there itself: covered by a merged cell,
# or moved out of the column of names.
MERGED, _FROM_NAME = "⟨merged⟩", "⟨from name⟩"
_MARKS = {MERGED: ("merged_cell", CERTAIN), _FROM_NAME: ("id_in_name_column", PROBABLE)}

NULL_WORDS = frozenset(
    [
        *("", "-", "--", "—", "——", "/", "\\", "\\n", "null", "none", "nil", "nan", "n/a", "na", "#n/a"),
        *("无", "空", "暂无", "不详", "未知", "不明", "没有", "(null)", "<null>", "#null!"),
    ]
)

# Digits of other scripts are numbers to Python, and to nobody here.
_OTHER_DIGITS = re.compile(r"(?![0-9])\d")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f]")
_WIDE_LETTERS = {
    c: c - 0xFEE0 for c in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
# Real dates of people and papers; outside lies a damaged value.
FIRST_YEAR, LAST_YEAR = 1880, 2199


@dataclass(frozen=True)
class Value:
    """A value that was read; `action` names the repair it needed, None when it was as promised."""

    value: object
    action: str | None = None
    confidence: str = CERTAIN

    @property
    def changes_meaning(self) -> bool:
        """Whether evidence that rests on this value must say so."""
        return self.action is not None and self.action not in TIDYING


@dataclass(frozen=True)
class Refusal:
    """A value that cannot be read: why, and what would have been allowed."""

    reason: str
    allowed: str


def merged(text: str) -> str:
    """The text of a merged cell as it stands in a cell that it covers."""
    return text + MERGED if text.strip() else ""


def from_name(text: str) -> str:
    """What was taken out of a column of names, as it stands where it belongs."""
    return text + _FROM_NAME


def marked(text: str) -> tuple[str, str | None, str]:
    """A cell's text without its mark, and the repair that the mark stands for with its confidence."""
    if text.endswith("⟩"):
        for mark, (action, confidence) in _MARKS.items():
            if text.endswith(mark):
                return text.removesuffix(mark), action, confidence
    return text, None, CERTAIN


def trimmed(text: str) -> str:
    """Without the blanks that fixed-width exports pad with; taking them off is no repair."""
    return text.strip(" \t\r")


def folded(text: str) -> str:
    """Half-width, without invisible characters, a leading apostrophe or outer spaces."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    if not text.isascii():
        text = _OTHER_DIGITS.sub("\ufffd", text)
    return text.lstrip("'`’‘").strip() if text[:1] in "'`’‘" else text


def is_null(text: str) -> bool:
    """Whether a cell says "nothing": empty, a dash, 无, NULL and the like."""
    plain = folded(text)
    return plain.lower() in NULL_WORDS


def parse_text(text: str) -> Value | Refusal:
    """Free text: outer and invisible characters removed, full-width letters and digits narrowed."""
    if is_null(text):
        return Value(None)
    plain = _INVISIBLE.sub("", text).replace("\u00a0", " ").replace("\u3000", " ").strip()
    plain = re.sub(r"\s+", " ", plain.translate(_WIDE_LETTERS))
    if plain[:1] in "'’‘`":
        plain = plain[1:].strip()
    return Value(plain, None if plain == trimmed(text) else "tidied")


def parse_code(text: str, words: dict[str, str], allowed: str) -> Value | Refusal:
    """A value of a code list by any of its words (`words`: folded word -> code)."""
    if trimmed(text) in words:
        return Value(words[trimmed(text)])
    if is_null(text) and fold_word(text) not in words:
        return Value(None)
    word = fold_word(text)
    if word in words:
        return Value(words[word], None if word == trimmed(text).lower() else "code_form")
    number = re.fullmatch(r"0*(\d+)(?:\.0+)?", word)
    if number and number[1] in words:
        return Value(words[number[1]], "code_form")
    inner = re.fullmatch(r"(?:第)?([0-9]|[一二三四五六七八九]|[ivx]{1,4})(?:级|类|等|型|级残疾)?", word)
    digit = inner and _DIGIT_WORDS.get(inner[1], inner[1])
    if digit and digit in words:
        return Value(words[digit], "code_form")
    return Refusal("not_in_code_list", allowed)


def fold_word(text: str) -> str:
    """A word of a code list as it is compared."""
    return re.sub(r"\s+", "", folded(text)).lower()


_DIGIT_WORDS = {word: str(n) for n, word in enumerate("零一二三四五六七八九")} | {
    word: str(n) for n, word in enumerate(["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"], start=1)
}

YES = frozenset(["1", "是", "有", "y", "yes", "t", "true", "√", "✓", "✔", "对"])
NO = frozenset(["0", "否", "不是", "非", "n", "no", "f", "false", "×", "✗", "✘", "x", "错"])


def parse_boolean(text: str, words: dict[str, str] | None = None) -> Value | Refusal:
    """Yes or no; `words` (folded word -> "1" or "0") adds to the usual ones."""
    word = fold_word(text)
    if words and word in words:
        return Value(words[word] in YES)
    if word in YES or word in NO:
        return Value(word in YES)
    if is_null(text):
        return Value(None)
    number = re.fullmatch(r"([01])\.0+", word)
    if number:
        return Value(number[1] == "1", "code_form")
    return Refusal("not_yes_or_no", "是 or 否, 1 or 0, Y or N")


def parse_integer(text: str) -> Value | Refusal:
    """A whole number."""
    if is_null(text):
        return Value(None)
    plain = folded(text).replace(" ", "")
    match = re.fullmatch(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+))(?:\.0+)?", plain)
    if not match or len(match[1].replace(",", "")) > 18:
        return Refusal("not_a_number", "a whole number")
    return Value(
        int(match[1].replace(",", "")), None if plain == match[1] == trimmed(text) else "number_form"
    )


_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DATE_ALLOWED = "a date such as 2022-06-01, 20220601 or 2022年6月1日"
_TIME = r"(?:[T ]\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
_DAY = re.compile(r"(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})日?" + _TIME)
_COMPACT = re.compile(
    r"(\d{4})(\d\d)(\d\d)(?:(?:[ T]?\d{6}(?:\.\d+)?)|(?:[ T]\d\d?:\d\d(?::\d\d)?))?(?:\.0)?"
)
_MONTH = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})月?|(\d\d))")
_NO_END = re.compile(r"长期(?:有效)?|永久(?:有效)?|无期限|(?:9999|2999|3000)[-/.年]?12[-/.月]?31日?.*")
_NO_DATE = re.compile(r"0|0+[-/.年]0+[-/.月]0+日?.*|0{6,14}|0+:0+(:0+)?")


def parse_date(
    text: str, *, is_month: bool = False, may_be_open: bool = True, epoch: int = 1900
) -> Value | Refusal:
    """A day, or the first day of a month where `is_month`.

    `may_be_open`: 9999-12-31 and 长期 mean "no end" and give null. `epoch`: first year of the
    spreadsheet's day numbers (1900, or 1904 in workbooks from old Macintoshes).
    """
    if is_null(text):
        return Value(None)
    plain = re.sub(r"\s*([年月日])\s*", r"\1", re.sub(r"\s+", " ", folded(text)))
    if _NO_DATE.fullmatch(plain):
        return Value(None, "date_form")
    if _NO_END.fullmatch(plain):
        return Value(None, "no_end") if may_be_open else Refusal("no_date", _DATE_ALLOWED)
    if re.search("[〇○零一二三四五六七八九十]", plain):
        plain = _chinese_date(plain)
    return _date_forms(plain, trimmed(text), is_month, epoch)


def _date_forms(plain: str, written: str, is_month: bool, epoch: int) -> Value | Refusal:
    tidy = None if plain == written else "date_form"
    day = _DAY.fullmatch(plain)
    if day:
        plainly = day[2] == day[4] and day[2] in "-/" and len(day[3]) == len(day[5]) == 2
        return _day(day[1], day[3], day[5], is_month, tidy if plainly else "date_form")
    compact = _COMPACT.fullmatch(plain)
    if compact:
        return _day(*compact.groups(), is_month, tidy)
    month = _MONTH.fullmatch(plain)
    if month:
        found = _day(month[1], month[2] or month[3], "1", is_month, tidy)
        if is_month or isinstance(found, Refusal):
            return found
        return Value(found.value, "first_of_month", PROBABLE)
    serial = re.fullmatch(r"([1-9]\d{4})(?:\.\d+)?", plain)
    if serial:
        start = date(1899, 12, 30) if epoch == 1900 else date(1904, 1, 1)
        found = start + timedelta(days=int(serial[1]))
        return Value(found.replace(day=1) if is_month else found, "excel_serial", PROBABLE)
    return Refusal("not_a_date", _DATE_ALLOWED)


def _day(year: str, month: str, day: str, is_month: bool, action: str | None) -> Value | Refusal:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return Refusal("impossible_date", _DATE_ALLOWED)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        return Refusal("impossible_date", f"a date from {FIRST_YEAR} to {LAST_YEAR}")
    if is_month and found.day != 1:
        return Value(found.replace(day=1), "date_form")
    return Value(found, action)


def _chinese_date(plain: str) -> str:
    """二〇二二年六月十五日 -> 2022年6月15日; text that is none comes back without meaning."""
    parts = re.fullmatch(r"(.{4})年(.{1,3})月(?:([^日号]{1,3})[日号]?)?", plain)
    if not parts:
        return plain
    numbers = [parts[1].translate(_CHINESE_DIGITS), *(_below_hundred(p) for p in parts.groups()[1:] if p)]
    return "年".join(numbers[:1]) + "年" + "月".join(numbers[1:]) + ("日" if len(numbers) == 3 else "月")


def _below_hundred(text: str) -> str:
    tens = re.fullmatch(r"([一二三])?十([一二三四五六七八九])?", text)
    if not tens:
        return text.translate(_CHINESE_DIGITS)
    first = tens[1].translate(_CHINESE_DIGITS) if tens[1] else "1"
    return first + (tens[2].translate(_CHINESE_DIGITS) if tens[2] else "0")
