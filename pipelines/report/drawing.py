"""Drawing: a Vega-Lite chart as inline SVG, its words in two languages, its colours those of the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from xml.etree import ElementTree

import vl_convert

from pipelines.page import Html, both, escaped

# Between the Chinese and the English of one label while the chart is drawn.
_BETWEEN = "\u241f"

# Fields of rows that hold words, and what stands before a word's number while the chart is drawn.
_WORDS = ("name", "text", "month")
_NUMBERED = "~"

# Fills told apart in grey print too; the patterns stand once in a page, see `patterns`.
SOLID, HATCHED, LIGHT, DOTTED, WITHHELD = (
    "var(--accent)", "url(#hatched)", "var(--soft)", "url(#dotted)", "url(#withheld)",
)  # fmt: skip
INK, MUTED, LINE, PANEL = "var(--ink)", "var(--muted)", "var(--line)", "var(--panel)"
ACCENT, WARM = "var(--accent)", "var(--warm)"

Title = tuple[str, str]  # Chinese, English

_SVG = "http://www.w3.org/2000/svg"
_KEPT = {
    "d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "transform", "fill", "stroke",
    "stroke-width", "stroke-dasharray", "stroke-linecap", "fill-opacity", "text-anchor", "font-size",
    "font-weight", "viewBox", "opacity",
}  # fmt: skip
_DEFAULTS = {"opacity": "1", "stroke-width": "1", "text-anchor": "start", "font-size": "12px"}
_NUMBER = re.compile(r"-?\d+\.\d{2,}")


def label(zh: object, en: object) -> str:
    """One label of a chart in both languages."""
    return str(zh) if zh == en else f"{zh}{_BETWEEN}{en}"


def legend(entries: Sequence[tuple[str, tuple[str, str]]]) -> Html:
    """What the fills mean, beside the chart."""
    items = "".join(
        f'<li><svg width="18" height="12" aria-hidden="true"><rect width="18" height="12" rx="2" '
        f'fill="{fill}" stroke="var(--accent)"/></svg> {both(*words)}</li>'
        for fill, words in entries
    )
    return Html(f'<ul class="legend">{items}</ul>')


def patterns() -> Html:
    """The fills that are no plain colour; once in a page, before the first chart."""
    return Html(
        f'<svg xmlns="{_SVG}" class="patterns" aria-hidden="true" focusable="false"><defs>'
        '<pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="var(--soft)"/>'
        '<rect width="3" height="6" fill="var(--warm)"/></pattern>'
        '<pattern id="dotted" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<rect width="6" height="6" fill="var(--panel)"/><circle cx="3" cy="3" r="1.6" '
        'fill="var(--accent)"/></pattern>'
        '<pattern id="withheld" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(-45)"><rect width="7" height="7" fill="var(--panel)"/>'
        '<rect width="1.5" height="7" fill="var(--muted)"/></pattern></defs></svg>'
    )


def plane(width: int, height: int, margins: tuple[int, int, int, int]) -> dict:
    """Properties of a chart of fixed size: nothing in it moves with the fonts of a machine.

    `margins` are top, right, bottom, left, in pixels.
    """
    top, right, bottom, left = margins
    return {
        "width": width,
        "height": height,
        "autosize": {"type": "none"},
        "padding": {"top": top, "right": right, "bottom": bottom, "left": left},
    }


def mark(
    kind: str, rows: list[dict], places: dict, transform: Sequence[dict] = (), **properties: object
) -> dict:
    """One layer: a mark (rect, rule, circle, text) for each row, where the channels in `places` put it."""
    return {
        "data": {"values": rows},
        "mark": {"type": kind, **properties},
        "encoding": places,
        **({"transform": list(transform)} if transform else {}),
    }


def box(x: dict, x2: str, y: dict, y2: str) -> dict:
    """Channels of a mark that reaches from x and y to the fields x2 and y2."""
    return {"x": x, "x2": {"field": x2}, "y": y, "y2": {"field": y2}}


def drawn(layers: list[dict], size: dict, title: tuple[str, str], key: str) -> Html:
    """The layers as inline SVG that is named by `title`; `key` is unique in its page."""
    words: list[str] = []
    spec = {
        **size,
        "layer": [{**layer, "data": {"values": _numbered(layer, words)}} for layer in layers],
        "config": {"background": "transparent", "aria": False, "font": "inherit", "view": {"stroke": None}},
    }
    root = ElementTree.fromstring(vl_convert.vegalite_to_svg(spec))
    width, height = root.get("width"), root.get("height")
    body = "".join(_inner(child, words) for child in root)
    return Html(
        f'<svg class="chart" role="img" aria-labelledby="{key}-title" viewBox="0 0 {width} {height}" '
        f'style="max-width:{width}px"><title id="{key}-title">{escaped(title[0])} / {escaped(title[1])}'
        f"</title>{body}</svg>"
    )


def axis(**settings) -> dict:
    """A plain axis of numbers: no label is moved or left out for want of room, which fonts decide."""
    return {
        "domain": False, "ticks": False, "gridColor": LINE, "labelColor": MUTED, "labelFontSize": 11,
        "labelOverlap": False, "labelBound": False, "labelFlush": False, "title": None, **settings,
    }  # fmt: skip


Place = Callable[[str], dict]


# Every layer of a chart states the same scale and axis: layers that differ are merged by guesswork.
def across(low: float, high: float, numbers: dict | None = None) -> Place:
    """Places from left to right."""
    scale = {"domain": [low, high], "nice": False, "zero": False}
    return lambda name: {**field(name, "quantitative"), "scale": scale, "axis": numbers}


def down(low: float, high: float) -> Place:
    """Places from the top to the bottom."""
    scale = {"domain": [low, high], "nice": False, "zero": False, "reverse": True}
    return lambda name: {**field(name, "quantitative"), "scale": scale, "axis": None}


def up(most: float, numbers: dict) -> Place:
    """Places from the bottom to the top."""
    scale = {"domain": [0, most], "nice": False}
    return lambda name: {**field(name, "quantitative"), "scale": scale, "axis": numbers}


def fill_of(name: str) -> dict:
    """The fill that stands in a field as it is."""
    return {**field(name), "scale": None, "legend": None}


def field(name: str, kind: str = "nominal") -> dict:
    """A channel that shows a field of the rows."""
    return {"field": name, "type": kind}


def steps(most: float) -> list[int]:
    """Whole numbers for an axis, at most five."""
    step = next(
        s for power in range(12) for s in (10**power, 2 * 10**power, 5 * 10**power) if most / s <= 4.5
    )
    return [step * n for n in range(int(most // step) + 1)]


def _numbered(layer: dict, words: list[str]) -> list[dict]:
    """Rows whose words are replaced by their number in `words`.

    Every text is measured by the fonts of the machine though nothing here is placed by its size: with
    words a chart takes twice as long as with numbers in their place.
    """
    rows = []
    for row in layer["data"]["values"]:
        shown = dict(row)
        for name in _WORDS:
            if row.get(name):
                shown[name] = f"{_NUMBERED}{len(words)}"
                words.append(row[name])
        rows.append(shown)
    return rows


def _inner(node: ElementTree.Element, words: list[str]) -> str:
    """A node without what only scripts need and without groups that do nothing."""
    tag = node.tag.removeprefix(f"{{{_SVG}}}")
    kind = node.get("class", "")
    if kind in ("background", "foreground") or (tag == "rect" and node.get("fill") == "transparent"):
        return ""
    if tag == "text":
        inside = _text(node.text or "", words)
    else:
        inside = "".join(_inner(child, words) for child in node)
    if tag == "g":
        inside = inside.strip()
        if not inside:
            return ""
    kept = {name: _short(value) for name, value in node.items() if name in _KEPT}
    kept = {name: value for name, value in kept.items() if _DEFAULTS.get(name) != value}
    if kept.get("transform") == "translate(0,0)":
        del kept["transform"]
    if tag == "g" and not kept:
        return inside
    attributes = "".join(f' {name}="{escaped(value)}"' for name, value in kept.items())
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"


def _text(text: str, words: list[str]) -> str:
    if text.startswith(_NUMBERED):
        text = words[int(text.removeprefix(_NUMBERED))]
    zh, between, en = text.partition(_BETWEEN)
    if not between:
        return escaped(zh)
    first = f'<tspan class="zh" lang="zh-CN">{escaped(zh)}</tspan>'
    return f'{first}<tspan class="en" lang="en">{escaped(en)}</tspan>'


def _short(value: str) -> str:
    return _NUMBER.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), value)
