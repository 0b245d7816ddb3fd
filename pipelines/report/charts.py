"""Charts: bars, intervals and loads, with every number written beside its mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.page import Html
from pipelines.report.drawing import (
    ACCENT,
    DOTTED,
    HATCHED,
    INK,
    LIGHT,
    MUTED,
    PANEL,
    SOLID,
    WARM,
    WITHHELD,
    Place,
    Title,
    across,
    axis,
    box,
    down,
    drawn,
    field,
    fill_of,
    label,
    mark,
    plane,
    steps,
    up,
)  # fmt: skip
from pipelines.report.small import Count

_ROW = 26  # height of one row of a chart with names at its left
_NAMES = 200  # room for the names


def month_bars(
    months: Sequence[str], series: Sequence[Sequence[Count]], totals: Sequence[str], title: Title, key: str
) -> Html:
    """A bar for each month, its parts stacked: solid, hatched, light from below; its sum written above."""
    fills = (SOLID, HATCHED, LIGHT)
    rows, tops = [], []
    for place, month in enumerate(months):
        low = 0.0
        for number, values in enumerate(series):
            high = low + values[place].length
            if high > low:
                fill = fills[number] if values[place].is_shown else WITHHELD
                rows.append({"x": place + 0.2, "x2": place + 0.8, "y": low, "y2": high, "fill": fill})
            low = high
        tops.append({"middle": place + 0.5, "y": low, "text": totals[place], "month": month})
    most = max([top["y"] for top in tops] + [1])
    slots = max(len(months), 6)
    x = across(0, slots)
    y = up(most * 1.12, axis(format=",d", values=steps(most)))
    bar = {**box(x("x"), "x2", y("y"), "y2"), "fill": fill_of("fill")}
    nothing = [{"x": 0, "x2": 0, "y": 0, "y2": 0, "fill": LIGHT}]
    layers = [
        mark("rect", rows or nothing, bar, stroke=ACCENT, strokeWidth=1),
        mark(
            "text", tops, {"x": x("middle"), "y": y("y"), "text": field("text")},
            dy=-8, fontSize=12, fontWeight="bold", fill=INK,
        ),
        mark(
            "text", tops, {"x": x("middle"), "y": {"value": 168}, "text": field("month")},
            fontSize=11, fill=MUTED,
        ),
    ]  # fmt: skip
    return drawn(layers, plane(520, 150, (14, 8, 30, 44)), title, key)


def _names(rows: list[dict], y: Place) -> dict:
    """What each row is called, at its left."""
    return mark(
        "text", rows, {"x": {"value": -8}, "y": y("middle"), "text": field("name")},
        align="right", baseline="middle", fill=INK, fontSize=12,
    )  # fmt: skip


def _texts(rows: list[dict], x: dict, y: Place, **properties: object) -> dict:
    """What is written behind each row."""
    return mark(
        "text", rows, {"x": x, "y": y("middle"), "text": field("text")},
        align="left", baseline="middle", fill=INK, fontSize=12, **properties,
    )  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """One named bar from `start`; what is written behind it, and how it is filled."""

    name_zh: str
    name_en: str
    length: float
    text: str
    fill: str = SOLID
    start: float = 0.0


def bars(rows: Sequence[Bar], title: Title, key: str, width: int = 270) -> Html:
    """Named bars one below the other; with starts of their own they are the steps of a sum."""
    data = [
        {
            "name": label(bar.name_zh, bar.name_en), "row": place, "low": place + 0.82, "middle": place + 0.5,
            "high": place + 0.18, "x": bar.start, "x2": bar.start + bar.length, "text": bar.text,
            "fill": bar.fill,
        }
        for place, bar in enumerate(rows)
    ]  # fmt: skip
    most = max([bar.start + bar.length for bar in rows] + [1])
    x, y = across(0, most), down(0, len(rows))
    bar = {**box(x("x"), "x2", y("high"), "low"), "fill": fill_of("fill")}
    layers = [
        mark("rect", data, bar, stroke=ACCENT, strokeWidth=1),
        _names(data, y),
        _texts(data, x("x2"), y, dx=6, fontWeight="bold"),
    ]
    return drawn(layers, plane(width, _ROW * len(rows), (2, 64, 2, _NAMES)), title, key)


@dataclass(frozen=True)
class Interval:
    """A named share with the interval it lies in; None where there is none to show."""

    name_zh: str
    name_en: str
    share: float | None
    low: float | None
    high: float | None
    text: str


def intervals(rows: Sequence[Interval], title: Title, key: str) -> Html:
    """Shares between 0 and 100 % as points on the line of what they may be."""
    data = [
        {
            "name": label(row.name_zh, row.name_en), "middle": place + 0.5, "text": row.text,
            "share": row.share, "low": row.low, "high": row.high,
        }
        for place, row in enumerate(rows)
    ]  # fmt: skip
    known = [{"filter": "datum.share != null"}]
    x = across(0, 1, axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], orient="top"))
    y = down(0, len(rows))
    layers = [
        mark(
            "rule", data, {"x": x("low"), "x2": {"field": "high"}, "y": y("middle")}, known,
            stroke=ACCENT, strokeWidth=3,
        ),
        mark(
            "circle", data, {"x": x("share"), "y": y("middle")}, known,
            size=90, fill=PANEL, stroke=ACCENT, strokeWidth=3, opacity=1,
        ),
        _names(data, y),
        _texts(data, {"value": 568}, y),
    ]  # fmt: skip
    return drawn(layers, plane(560, _ROW * len(rows), (24, 150, 2, 290)), title, key)


@dataclass(frozen=True)
class Load:
    """A town's listed and waiting households against the visits it can make."""

    name_zh: str
    name_en: str
    listed: Count
    waiting: Count
    visits: int


def loads(rows: Sequence[Load], title: Title, key: str) -> Html:
    """Listed (solid) and waiting (dotted) households of each town; a mark where its visits end."""
    data = []
    for place, row in enumerate(rows):
        listed, waiting = row.listed.length, row.waiting.length
        data.append(
            {
                "name": label(row.name_zh, row.name_en), "middle": place + 0.5, "high": place + 0.2,
                "low": place + 0.8, "start": 0, "listed": listed, "all": listed + waiting,
                "visits": row.visits,
                "text": row.listed.text + (f" + {row.waiting.text}" if row.waiting.value else ""),
                "fill": SOLID if row.listed.is_shown else WITHHELD,
                "end": max(row.visits, listed + waiting),
            }
        )  # fmt: skip
    most = max([row["end"] for row in data] + [1])
    x, y = across(0, most, axis(orient="top", format=",d", values=steps(most))), down(0, len(rows))
    layers = [
        mark(
            "rect", data, {**box(x("start"), "listed", y("high"), "low"), "fill": fill_of("fill")},
            stroke=ACCENT, strokeWidth=1,
        ),
        mark(
            "rect", data, box(x("listed"), "all", y("high"), "low"),
            [{"filter": "datum.all > datum.listed"}], fill=DOTTED, stroke=ACCENT,
        ),
        mark(
            "rule", data, {"x": x("visits"), "y": y("high"), "y2": {"field": "low"}},
            stroke=WARM, strokeWidth=3,
        ),
        _names(data, y),
        _texts(data, x("end"), y, dx=6),
    ]  # fmt: skip
    return drawn(layers, plane(640, 22 * len(rows), (24, 90, 2, 150)), title, key)
