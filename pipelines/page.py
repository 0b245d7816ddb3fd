"""Pages: HTML files that stand alone, load nothing from anywhere and are equal each time they are made."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Mapping, Sequence
from pathlib import Path

# Words in two languages stand beside each other: Chinese first, English smaller.
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.6 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif; margin: 2em auto;
  max-width: 72em; padding: 0 1em; color: #222; background: #fff; }
h1 { font-size: 1.6em; } h2 { font-size: 1.2em; margin-top: 2em; border-bottom: 1px solid #ccc; }
table { border-collapse: collapse; margin: .5em 0 1.5em; }
th, td { border: 1px solid #ccc; padding: .25em .6em; text-align: left; vertical-align: top; }
th { background: #f2f4f7; } td.short { white-space: nowrap; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: bold; padding: .3em 0; }
code, pre { font: 14px/1.5 "Noto Sans Mono CJK SC", Consolas, monospace; background: #f6f7f9; }
pre { padding: .6em; overflow-x: auto; white-space: pre-wrap; }
.en { color: #57606a; font-size: .9em; } .bad { color: #b00020; font-weight: bold; }
figure { margin: 1em 0; } figcaption { font-weight: bold; }
svg text { font: 12px sans-serif; fill: currentColor; }
@media (prefers-color-scheme: dark) {
  body { background: #16181d; color: #ddd; } th { background: #262a33; } code, pre { background: #20242c; }
  th, td { border-color: #444; } .en { color: #a0a8b4; } .bad { color: #ff7b8a; }
}
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
"""

_SHORT = 10  # characters that are not broken: days, names of towns


class Html(str):
    """Text that is HTML already and is not escaped again."""


class Number(Html):
    """A number as it is to be read; in a table it stands to the right."""


def page(title_zh: str, title_en: str, *parts: str, lang: str = "zh-CN") -> str:
    """A whole page."""
    return bare_page(title_zh, title_en, _STYLE, f"<h1>{both(title_zh, title_en)}</h1>", *parts, lang=lang)


def bare_page(
    title_zh: str, title_en: str, style: str, *parts: str, script: str = "", lang: str = "zh-CN"
) -> str:
    """A whole page with a look of its own; the browser is told to load nothing and run no other script."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"script-src 'sha256-{digest}'; " if script else ""
    last = f"<script>{script}</script>\n" if script else ""
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"{allowed}style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title_zh)} / {html.escape(title_en)}</title>\n<style>{style}</style>\n"
        "</head>\n<body>\n" + "\n".join(parts) + f"\n{last}</body>\n</html>\n"
    )


def write_pages(pages: Mapping[str, str], folder: Path) -> list[Path]:
    """Writes whole pages by name as <name>.html into a folder that is there or is made; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.html" for name in pages]
    for path, text in zip(paths, pages.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def both(zh: object, en: object) -> Html:
    """Words in both languages, Chinese first; once where they are the same."""
    if zh == en:
        return escaped(zh)
    return Html(
        f'<span class="zh" lang="zh-CN">{escaped(zh)}</span> <span class="en" lang="en">{escaped(en)}</span>'
    )


def escaped(text: object) -> Html:
    """Text for a page; what is HTML already stays as it is."""
    return text if isinstance(text, Html) else Html(html.escape(str(text)))


def heading(zh: str, en: str, level: int = 2) -> Html:
    """Heading of a part."""
    return Html(f"<h{level}>{both(zh, en)}</h{level}>")


def paragraph(*texts: object, kind: str = "") -> Html:
    """One paragraph; `kind` `bad` marks what somebody has to look at."""
    attribute = f' class="{kind}"' if kind else ""
    return Html(f"<p{attribute}>" + " ".join(escaped(text) for text in texts) + "</p>")


def bullets(items: Sequence[object]) -> Html:
    """A list."""
    return Html("<ul>" + "".join(f"<li>{escaped(item)}</li>" for item in items) + "</ul>")


def code(text: str) -> Html:
    """Text as it stands in a file."""
    return Html(f"<pre>{html.escape(text)}</pre>")


def table(
    heads: Sequence[object],
    rows: Sequence[Sequence[object]],
    caption: object = "",
    is_named: bool = False,
    has_total: bool = False,
) -> Html:
    """A table; numbers stand to the right with thousands separators, None is a dash.

    With `is_named` the first cell of a row is its name, with `has_total` the last row is a sum.
    """
    right = [bool(rows) and _is_number(rows[0][place]) for place in range(len(heads))]
    head = "".join(
        f'<th scope="col"{" class=number" if is_right else ""}>{escaped(cell)}</th>'
        for cell, is_right in zip(heads, right, strict=True)
    )
    first = 1 if is_named else 0
    last = len(rows) - 1 if has_total else None
    body = "\n".join(
        ('<tr class="total">' if place == last else "<tr>")
        + "".join(f'<th scope="row">{escaped(cell)}</th>' for cell in row[:first])
        + "".join(_cell(cell) for cell in row[first:])
        + "</tr>"
        for place, row in enumerate(rows)
    )
    title = f"<caption>{escaped(caption)}</caption>" if caption else ""
    return Html(f"<table>{title}<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>")


def _is_number(cell: object) -> bool:
    return isinstance(cell, (Number, int, float)) and not isinstance(cell, bool)


def _cell(cell: object) -> str:
    if cell is None:
        return "<td>–</td>"
    if isinstance(cell, Number):
        return f'<td class="number">{cell}</td>'
    if _is_number(cell):
        text = f"{cell:,}" if isinstance(cell, int) else f"{cell:,.2f}"
        return f'<td class="number">{text}</td>'
    text = escaped(cell)
    return f'<td class="short">{text}</td>' if len(text) <= _SHORT else f"<td>{text}</td>"
