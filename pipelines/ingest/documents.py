"""Identity documents as departments write them: resident IDs mended where that is certain, else refused."""

from __future__ import annotations

import re

from pipelines.identity import birth_date, check_character, is_resident_id, upgraded
from pipelines.ingest.values import PROBABLE, Refusal, Value, folded, is_null, trimmed

# Written by the workbook reader behind a cell that was stored as a number.
NUMBER_CELL = "⟨number⟩"

ALLOWED_ID = "a resident ID of 18 characters with a right check character"
# Cyrillic, Greek and sign letters that pass for the check character X.
_X_LIKE = str.maketrans({"х": "X", "Х": "X", "χ": "X", "Χ": "X", "×": "X", "x": "X", "*": "X"})
_SEPARATORS = re.compile(r"[\s\-_.·'\"`’‘]+")
_WORD = re.compile(r"(?<![0-9A-Z])(\d{17}[\dX])(?![0-9A-Z])")
# May be somebody's ID, damaged: a digit lost from fifteen, letters that stand for digits.
_LONG_NUMBER = re.compile(r"[0-9A-Z]{14,}")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?1[4-8]")
_CERTIFICATE = re.compile(r"(\d{17}[\dX])[1-7][1-4](?:B\d{0,2})?")
# Passports, travel permits of people from Hong Kong, Macao and Taiwan, old permits of foreigners.
_OTHER = re.compile(r"[A-Z]{1,2}\d{6,9}|[HM]\d{8}(?:\d{2})?|[A-Z]{3}\d{12}")


def parse_resident_id(text: str, *, documents: bool = True) -> Value | Refusal:
    """The 18-character ID in a cell; with `documents` also a well-formed passport or permit.

    Residence permits of people from Hong Kong, Macao and Taiwan (81, 82, 83) have 18 digits and the
    same check character, so they are resident IDs here. A number that went through floating point
    is never trusted, whatever its check character says.
    """
    if is_null(text):
        return Value(None)
    plain = folded(text)
    if plain.endswith(NUMBER_CELL):
        return _number_cell(plain.removesuffix(NUMBER_CELL))
    if _SCIENTIFIC.fullmatch(plain.upper()):
        return Refusal("excel_scientific", ALLOWED_ID + "; the spreadsheet kept only a few of its digits")
    compact = _SEPARATORS.sub("", plain.translate(_X_LIKE)).upper()
    if is_resident_id(compact):
        return Value(compact, None if compact == trimmed(text) else "tidied")
    older = upgraded(compact)
    if older:
        return Value(older, "upgraded_15")
    certificate = _CERTIFICATE.fullmatch(compact)
    if certificate and is_resident_id(certificate[1]):
        return Value(certificate[1], "certificate_number")
    words = plain.translate(_X_LIKE).upper()
    inside = sorted(set(filter(is_resident_id, _WORD.findall(words))))
    if len(inside) > 1 or (inside and _has_another(words, inside[0])):
        return Refusal("two_ids", "one ID in a cell")
    if len(inside) == 1:
        return Value(inside[0], "taken_from_text", PROBABLE)
    if documents and _OTHER.fullmatch(compact):
        return Value(compact, "other_document")
    return _refused(compact)


def _has_another(words: str, found: str) -> bool:
    """Whether beside the ID stands what may be somebody else's, damaged: nobody knows whose row it is."""
    rest = words.replace(found, "|")
    if _SCIENTIFIC.search(rest):
        return True
    rest = _SEPARATORS.sub("", rest)
    numbers = (run for run in _LONG_NUMBER.findall(rest) if sum(map(str.isdigit, run)) >= 10)
    return any(upgraded(number) != found for number in numbers)


def _number_cell(digits: str) -> Value | Refusal:
    older = upgraded(digits)  # fifteen digits are below 2^53: floating point keeps them
    if older:
        return Value(older, "upgraded_15")
    return Refusal("excel_number", ALLOWED_ID + ", stored as text: a number cell loses its last digits")


def _refused(compact: str) -> Refusal:
    """The most telling reason why a text is no resident ID."""
    if not re.fullmatch(r"\d{17}[\dX]", compact):
        reason = "wrong_length" if re.fullmatch(r"\d+X?", compact) else "not_an_id"
        return Refusal(reason, ALLOWED_ID)
    if compact.endswith("000") and birth_date(compact):
        return Refusal("excel_zeros", ALLOWED_ID + "; the spreadsheet replaced its last three digits by 000")
    if birth_date(compact) is None:
        return Refusal("impossible_birth_date", ALLOWED_ID + " and a real birth date")
    if compact[-1] != "X" and int(compact) % 64 == 0:
        return Refusal("excel_float", ALLOWED_ID + "; a number cell changed its last digits")
    assert check_character(compact[:17]) != compact[17] or compact[0] == "0"
    return Refusal("bad_check_character", ALLOWED_ID)


def parse_certificate(text: str, pattern: str | None = None) -> Value | Refusal:
    """A birth certificate's number: one letter and nine digits unless the contract has a pattern."""
    if is_null(text):
        return Value(None)
    if text.endswith(NUMBER_CELL):
        return Refusal("excel_number", "the number stored as text: a number cell loses its last digits")
    compact = _SEPARATORS.sub("", folded(text)).upper()
    if not re.fullmatch(pattern or r"[A-Z]\d{9}", compact):
        if pattern:
            return Refusal("pattern", pattern)
        return Refusal("not_a_certificate", "a birth certificate's number: one letter and nine digits")
    return Value(compact, None if compact == trimmed(text) else "tidied")
