"""Plain tables for a terminal, straight also where Chinese takes two places, and no wider than asked."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

# A column of text is cut to no less; what is narrower stays whole.
_NARROWEST = 8


def table(
    headers: Sequence[str], rows: Sequence[Sequence], width: int | None = None, whole: Sequence[str] = ()
) -> list[str]:
    """Lines of a plain table whose columns stand straight also where Chinese takes two places.

    With `width` the widest columns of text are cut until a line takes no more places, as far as that
    goes; those named `whole` last.
    """
    texts = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows]
    is_number = [all(isinstance(row[i], int) for row in rows) and bool(rows) for i in range(len(headers))]
    widths = [max(_width(row[i]) for row in [list(headers), *texts]) for i in range(len(headers))]
    if width is not None:
        for may_cut in (lambda head: head not in whole, lambda head: head in whole):
            cuttable = [i for i, head in enumerate(headers) if may_cut(head) and not is_number[i]]
            widths = _fitted(widths, cuttable, width)

    def line(cells: Sequence[str]) -> str:
        padded = []
        for cell, places, right in zip(cells, widths, is_number, strict=True):
            cell = cut(cell, places)
            blank = " " * (places - _width(cell))
            padded.append(blank + cell if right else cell + blank)
        return "  ".join(padded).rstrip()

    return [line(headers), "  ".join("-" * places for places in widths), *(line(row) for row in texts)]


def cut(text: str, places: int) -> str:
    """The text in so many places, its end replaced by … where it takes more."""
    if _width(text) <= places:
        return text
    kept = ""
    for character in text:
        if _width(kept + character) > places - 1:
            break
        kept += character
    return kept + "…"


def _fitted(widths: list[int], cuttable: list[int], width: int) -> list[int]:
    widths = list(widths)
    while cuttable and sum(widths) + 2 * (len(widths) - 1) > width:
        widest = max(cuttable, key=lambda i: widths[i])
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
    return widths


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
