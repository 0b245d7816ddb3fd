"""Charts: bars, intervals and loads, with every number written beside its mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

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
    Title,
    across,
    axis,
    down,
    drawn,
    fill_of,
    label,
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
    bars = alt.Chart(alt.InlineData(rows or [{"x": 0, "x2": 0, "y": 0, "y2": 0, "fill": LIGHT}])).mark_rect(
        stroke=ACCENT, strokeWidth=1
    )
    named = alt.Chart(alt.InlineData(tops))
    chart = alt.layer(
        bars.encode(
            x=x("x"),
            x2=alt.X2("x2:Q"),
            y=y("y"),
            y2=alt.Y2("y2:Q"),
            fill=fill_of("fill"),
        ),
        named.mark_text(dy=-8, fontSize=12, fontWeight="bold", fill=INK).encode(
            x=x("middle"), y=y("y"), text=alt.Text("text:N")
        ),
        named.mark_text(fontSize=11, fill=MUTED).encode(
            x=x("middle"), y=alt.value(168), text=alt.Text("month:N")
        ),
    ).properties(**plane(520, 150, (14, 8, 30, 44)))
    return drawn(chart, title, key)


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
    base = alt.Chart(alt.InlineData(data))
    x, y = across(0, most), down(0, len(rows))
    chart = alt.layer(
        base.mark_rect(stroke=ACCENT, strokeWidth=1).encode(
            x=x("x"), x2=alt.X2("x2:Q"), y=y("high"), y2=alt.Y2("low:Q"),
            fill=fill_of("fill"),
        ),
        base.mark_text(align="right", baseline="middle", fill=INK, fontSize=12).encode(
            x=alt.value(-8), y=y("middle"), text=alt.Text("name:N")
        ),
        base.mark_text(
            align="left", baseline="middle", dx=6, fill=INK, fontSize=12, fontWeight="bold"
        ).encode(
            x=x("x2"), y=y("middle"), text=alt.Text("text:N")
        ),
    ).properties(**plane(width, _ROW * len(rows), (2, 64, 2, _NAMES)))  # fmt: skip
    return drawn(chart, title, key)


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
    base = alt.Chart(alt.InlineData(data))
    known = base.transform_filter("datum.share != null")
    x = across(0, 1, axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], orient="top"))
    y = down(0, len(rows))
    chart = alt.layer(
        known.mark_rule(stroke=ACCENT, strokeWidth=3).encode(
            x=x("low"), x2=alt.X2("high:Q"), y=y("middle")
        ),
        known.mark_circle(size=90, fill=PANEL, stroke=ACCENT, strokeWidth=3, opacity=1).encode(
            x=x("share"), y=y("middle")
        ),
        base.mark_text(align="right", baseline="middle", fill=INK, fontSize=12).encode(
            x=alt.value(-8), y=y("middle"), text=alt.Text("name:N")
        ),
        base.mark_text(align="left", baseline="middle", fill=INK, fontSize=12).encode(
            x=alt.value(568), y=y("middle"), text=alt.Text("text:N")
        ),
    ).properties(**plane(560, _ROW * len(rows), (24, 150, 2, 290)))  # fmt: skip
    return drawn(chart, title, key)


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
    base = alt.Chart(alt.InlineData(data))
    x, y = across(0, most, axis(orient="top", format=",d", values=steps(most))), down(0, len(rows))
    chart = alt.layer(
        base.mark_rect(stroke=ACCENT, strokeWidth=1).encode(
            x=x("start"), x2=alt.X2("listed:Q"), y=y("high"), y2=alt.Y2("low:Q"), fill=fill_of("fill"),
        ),
        base.transform_filter("datum.all > datum.listed")
        .mark_rect(fill=DOTTED, stroke=ACCENT)
        .encode(x=x("listed"), x2=alt.X2("all:Q"), y=y("high"), y2=alt.Y2("low:Q")),
        base.mark_rule(stroke=WARM, strokeWidth=3).encode(
            x=x("visits"), y=y("high"), y2=alt.Y2("low:Q")
        ),
        base.mark_text(align="right", baseline="middle", fill=INK, fontSize=12).encode(
            x=alt.value(-8), y=y("middle"), text=alt.Text("name:N")
        ),
        base.mark_text(align="left", baseline="middle", dx=6, fill=INK, fontSize=12).encode(
            x=x("end"), y=y("middle"), text=alt.Text("text:N")
        ),
    ).properties(**plane(640, 22 * len(rows), (24, 90, 2, 150)))  # fmt: skip
    return drawn(chart, title, key)
