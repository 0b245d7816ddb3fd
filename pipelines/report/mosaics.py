"""Mosaics: towns as tiles where they lie, and which kinds of hardship occur together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.page import Html
from pipelines.report.drawing import (
    ACCENT,
    INK,
    LINE,
    PANEL,
    SOLID,
    WITHHELD,
    Title,
    across,
    box,
    down,
    drawn,
    field,
    fill_of,
    label,
    mark,
    plane,
)  # fmt: skip
from pipelines.report.small import Count

_TILE = (96, 51)
_SHADES = ("var(--m0)", "var(--m1)", "var(--m2)", "var(--m3)", "var(--m4)")


@dataclass(frozen=True)
class Tile:
    """One town on the schematic map; `share` from 0 to 1 shades it, None where it is withheld."""

    column: int
    row: int
    name_zh: str
    name_en: str
    text: str
    share: float | None


def town_map(tiles: Sequence[Tile], title: Title, key: str) -> Html:
    """A tile for every town where it lies towards the others: schematic, no map of borders."""
    rows = [
        {
            "x": tile.column, "x2": tile.column + 0.95, "y": tile.row, "y2": tile.row + 0.92,
            "middle": tile.column + 0.475, "name": label(tile.name_zh, tile.name_en), "text": tile.text,
            "fill": WITHHELD if tile.share is None else _SHADES[min(4, int(tile.share * 5))],
            "ink": INK if tile.share is None or tile.share < 0.6 else "var(--m-ink)",
        }
        for tile in tiles
    ]  # fmt: skip
    columns, lines = max(tile.column for tile in tiles), max(tile.row for tile in tiles)
    x, y = across(1, columns + 1), down(1, lines + 1)
    # A withheld tile is hatched: the words stand on a plate of their own.
    withheld = {"filter": "datum.fill == 'url(#withheld)'"}
    plate = {
        "top": "datum.y + 0.16",
        "low": "datum.y + 0.88",
        "left": "datum.x + .06",
        "right": "datum.x + .89",
    }
    tile = {**box(x("x"), "x2", y("y"), "y2"), "fill": fill_of("fill")}
    inner = box(x("left"), "right", y("top"), "low")
    centred = {"x": x("middle"), "y": y("at"), "fill": fill_of("ink")}
    layers = [
        mark("rect", rows, tile, cornerRadius=4, stroke=LINE, strokeWidth=1.5),
        mark("rect", rows, inner, [withheld, *_calculated(plate)], fill=PANEL, cornerRadius=3),
        mark(
            "text", rows, {**centred, "text": field("name")}, _calculated({"at": "datum.y + 0.34"}),
            fontSize=11.5,
        ),
        mark(
            "text", rows, {**centred, "text": field("text")}, _calculated({"at": "datum.y + 0.68"}),
            fontSize=15, fontWeight="bold",
        ),
    ]  # fmt: skip
    return drawn(layers, plane(_TILE[0] * columns, _TILE[1] * lines, (2, 2, 2, 2)), title, key)


def _calculated(fields: dict[str, str]) -> list[dict]:
    return [{"calculate": formula, "as": name} for name, formula in fields.items()]


def overlaps(
    sets: Sequence[tuple[str, str]],
    combinations: Sequence[tuple[frozenset[int], Count]],
    title: Title,
    key: str,
) -> Html:
    """Which sets occur together: a bar for each combination, below it the sets that are in it."""
    step, height = 34, 150
    columns, below = len(combinations), len(sets)
    data, dots, lines = [], [], []
    most = max([count.length for _, count in combinations] + [1])
    for column, (members, count) in enumerate(combinations):
        data.append(
            {
                "x": column + 0.18, "x2": column + 0.82, "middle": column + 0.5, "text": count.text,
                "top": height - 14 - (height - 34) * count.length / most, "base": height - 14,
                "fill": SOLID if count.is_shown else WITHHELD,
            }
        )  # fmt: skip
        dots += [
            {
                "middle": column + 0.5,
                "y": height + 20 * place + 8,
                "fill": SOLID if place in members else LINE,
            }
            for place in range(below)
        ]
        if len(members) > 1:
            ends = [height + 20 * place + 8 for place in (min(members), max(members))]
            lines.append({"middle": column + 0.5, "y": ends[0], "y2": ends[1]})
    names = [
        {"name": label(*words), "y": height + 20 * place + 8, "zero": 0.0} for place, words in enumerate(sets)
    ]
    total = height + 20 * below
    x, y = across(0, max(columns, 1)), down(0, total)
    bar = {**box(x("x"), "x2", y("top"), "base"), "fill": fill_of("fill")}
    line = {"x": x("middle"), "y": y("y"), "y2": {"field": "y2"}}
    layers = [
        mark("rect", data, bar, stroke=ACCENT),
        mark(
            "text", data, {"x": x("middle"), "y": y("top"), "text": field("text")},
            dy=-7, fill=INK, fontSize=12, fontWeight="bold",
        ),
        mark(
            "rule", lines or [{"middle": -9, "y": 0, "y2": 0}], line, stroke=ACCENT, strokeWidth=3, clip=True
        ),
        mark(
            "circle", dots, {"x": x("middle"), "y": y("y"), "fill": fill_of("fill")}, size=110, opacity=1
        ),
        mark(
            "text", names, {"x": {"value": -8}, "y": y("y"), "text": field("name")},
            align="right", baseline="middle", fill=INK, fontSize=12,
        ),
    ]  # fmt: skip
    return drawn(layers, plane(step * max(columns, 1), total, (6, 8, 6, 132)), title, key)
