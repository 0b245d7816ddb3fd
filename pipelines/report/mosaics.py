"""Mosaics: towns as tiles where they lie, and which kinds of hardship occur together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

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
    down,
    drawn,
    fill_of,
    label,
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
    base = alt.Chart(alt.InlineData(rows))
    tiles_drawn = base.mark_rect(cornerRadius=4, stroke=LINE, strokeWidth=1.5).encode(
        x=x("x"), x2=alt.X2("x2:Q"), y=y("y"), y2=alt.Y2("y2:Q"), fill=fill_of("fill")
    )
    words = base.transform_calculate(at="datum.y + 0.34").mark_text(fontSize=11.5)
    numbers = base.transform_calculate(at="datum.y + 0.68").mark_text(fontSize=15, fontWeight="bold")
    # A withheld tile is hatched: the words stand on a plate of their own.
    plates = (
        base.transform_filter("datum.fill == 'url(#withheld)'")
        .transform_calculate(
            top="datum.y + 0.16", low="datum.y + 0.88", left="datum.x + .06", right="datum.x + .89"
        )
        .mark_rect(fill=PANEL, cornerRadius=3)
        .encode(x=x("left"), x2=alt.X2("right:Q"), y=y("top"), y2=alt.Y2("low:Q"))
    )
    chart = alt.layer(
        tiles_drawn, plates,
        words.encode(x=x("middle"), y=y("at"), text=alt.Text("name:N"), fill=fill_of("ink")),
        numbers.encode(x=x("middle"), y=y("at"), text=alt.Text("text:N"), fill=fill_of("ink")),
    ).properties(**plane(_TILE[0] * columns, _TILE[1] * lines, (2, 2, 2, 2)))  # fmt: skip
    return drawn(chart, title, key)


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
    bar = alt.Chart(alt.InlineData(data))
    layers = [
        bar.mark_rect(stroke=ACCENT).encode(
            x=x("x"), x2=alt.X2("x2:Q"), y=y("top"), y2=alt.Y2("base:Q"), fill=fill_of("fill")
        ),
        bar.mark_text(dy=-7, fill=INK, fontSize=12, fontWeight="bold").encode(
            x=x("middle"), y=y("top"), text=alt.Text("text:N")
        ),
        alt.Chart(alt.InlineData(lines or [{"middle": -9, "y": 0, "y2": 0}]))
        .mark_rule(stroke=ACCENT, strokeWidth=3, clip=True)
        .encode(x=x("middle"), y=y("y"), y2=alt.Y2("y2:Q")),
        alt.Chart(alt.InlineData(dots))
        .mark_circle(size=110, opacity=1)
        .encode(x=x("middle"), y=y("y"), fill=fill_of("fill")),
        alt.Chart(alt.InlineData(names))
        .mark_text(align="right", baseline="middle", fill=INK, fontSize=12)
        .encode(x=alt.value(-8), y=y("y"), text=alt.Text("name:N")),
    ]
    chart = alt.layer(*layers).properties(**plane(step * max(columns, 1), total, (6, 8, 6, 132)))
    return drawn(chart, title, key)
