"""The look of Data Docs: pages that load nothing from the network and say what became of each extract."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path

from pipelines.delivery import Delivery
from pipelines.month import Month

# Great Expectations' pages fetch styles, scripts and a counted logo from seven hosts; an intranet
# has none of them, and who reads a page is nobody's business.
_FOREIGN = re.compile(
    r"<script\b.*?</script>|<link\b[^>]*https?://[^>]*>|<img\b[^>]*https?://.*?/>|<footer>.*?</footer>"
    r"|background: url\('https?://[^;]*;",
    re.DOTALL,
)
_RANDOM = re.compile(r"-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DEAD_LINK = re.compile(r'<a href="[^"]*expectations/[^"]*"[^>]*>(.*?)</a>', re.DOTALL)

_STYLE = """<style>
body { font: 15px/1.5 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 1.5em; color: #222; }
table { border-collapse: collapse; margin: .5em 0 1.5em; }
td, th { border: 1px solid #ccc; padding: .3em .6em; text-align: left; vertical-align: top; }
.alert { background: #eef2f6; padding: .3em .6em; } h5, h6 { font-size: 1em; margin: 0; }
.fa-check-circle::before { content: "\\2713"; color: #176f2c; font-style: normal; font-weight: bold; }
.fa-times::before { content: "\\2717"; color: #b00020; font-style: normal; font-weight: bold; }
.fa-exclamation-triangle::before { content: "\\26A0"; color: #9a6700; font-style: normal; }
.accepted { color: #176f2c; } .warned { color: #9a6700; } .held, .missing { color: #b00020; }
.card.mb-3 { display: none; /* buttons of the scripts that are gone */ }
</style>
"""
_STATUS_ZH = {
    "accepted": "接收",
    "warned": "接收（有提醒）",
    "held": "暂扣",
    "missing": "未收到",
    "not due": "本月无需报送",
}


def make_local(folder: Path) -> None:
    """Rewrites every page below a folder so that it needs no other host and is equal each time."""
    for page in folder.rglob("*.html"):
        text = _FOREIGN.sub("", page.read_text(encoding="utf-8"))
        text = _DEAD_LINK.sub(r"\1", _RANDOM.sub("", text))
        page.write_text(text.replace("</head>", f"{_STYLE}</head>"), encoding="utf-8")


def index_page(month: Month, deliveries: Sequence[Delivery], pages: dict[str, Path], folder: Path) -> None:
    """Writes index.html: one line per extract with its verdict, its reasons and a link to its page."""
    lines = []
    for found in deliveries:
        name = html.escape(found.extract)
        if found.extract in pages:
            link = pages[found.extract].relative_to(folder).as_posix()
            name = f'<a href="{html.escape(link)}">{name}</a>'
        reasons = "<br>".join(html.escape(f"{r['zh']} {r['en']}") for r in found.reasons)
        used = str(found.as_of) if found.as_of else "–"
        lines.append(
            f"<tr><td>{name}</td>"
            f'<td class="{found.status}">{_STATUS_ZH[found.status]} {found.status}</td>'
            f"<td>{found.accepted:,}</td><td>{found.rejected:,}</td><td>{used}</td><td>{reasons}</td></tr>"
        )
    heads = ("数据 Extract", "结果 Verdict", "接收行数 Rows accepted", "退回行数 Rows rejected",
             "采用月份 Used as of", "原因 Reasons")  # fmt: skip
    table = "".join(f"<th>{head}</th>" for head in heads)
    (folder / "index.html").write_text(
        f'<!DOCTYPE html>\n<html lang="zh"><head><meta charset="UTF-8"><title>{month}</title>\n'
        f"{_STYLE}</head>\n"
        f"<body><h1>数据校验 Data Docs {month}</h1>\n<table><tr>{table}</tr>\n"
        + "\n".join(lines)
        + "\n</table></body></html>\n",
        encoding="utf-8",
    )
