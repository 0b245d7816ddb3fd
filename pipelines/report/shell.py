"""Shell: the frame of a page of the report: its switches, sections and figures with the query behind each."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.page import Html, bare_page, both, code, escaped, paragraph
from pipelines.report.answers import Answer
from pipelines.report.drawing import patterns
from pipelines.report.style import SCRIPT, STYLE

# Opens the numbers of a chart.
SHOW = ("查看数字", "Show the numbers")
# Stands where there is nothing to draw.
NOBODY = paragraph(both("没有家庭。", "No household."))


def whole_page(
    title: tuple[str, str],
    subtitle: Html,
    sections: Sequence[tuple[str, tuple[str, str], Html]],
    footer: Html,
) -> str:
    """A page of sections (key, title, content) with a list of them and the switches of language and light."""
    links = "".join(f'<li><a href="#{key}">{both(*words)}</a></li>' for key, words, _ in sections)
    parts = "\n".join(
        f'<section id="{key}" aria-labelledby="{key}-heading"><h2 id="{key}-heading">{both(*words)}</h2>\n'
        f"{content}</section>"
        for key, words, content in sections
    )
    return bare_page(
        *title,
        STYLE,
        f'<a class="skip" href="#main">{both("跳到正文", "Skip to content")}</a>',
        patterns(),
        f'<header class="top"><div><h1>{both(*title)}</h1><p class="subtitle">{subtitle}</p></div>'
        f"{_switches()}</header>",
        f'<nav aria-label="目录 / Contents"><ul>{links}</ul></nav>',
        f'<main id="main">\n{parts}\n</main>',
        f"<footer>{footer}</footer>",
        script=SCRIPT,
    )


def figure(
    key: str,
    title: tuple[str, str],
    lead: Html,
    *parts: Html,
    source: Sequence[Answer] | Html,
    kind: str = "",
) -> Html:
    """One thing shown: its title, one sentence on what to see, the chart or table, where it comes from."""
    origin = source if isinstance(source, Html) else Html("".join(_query(answer) for answer in source))
    body = "\n".join(parts)
    return Html(
        f'<article class="figure {kind}" id="{key}" aria-labelledby="{key}-name">'
        f'<h3 id="{key}-name">{both(*title)}</h3>\n<p class="lead">{lead}</p>\n{body}\n'
        f'<details class="source"><summary>{both("数据来源与查询", "Table and query")}</summary>{origin}'
        "</details></article>\n"
    )


def folded(summary: tuple[str, str], content: Html) -> Html:
    """What is there to be opened: the numbers of a chart."""
    return Html(f"<details><summary>{both(*summary)}</summary><div class=scroll>{content}</div></details>")


def scrolling(content: Html, title: tuple[str, str]) -> Html:
    """A wide table in a frame that can be moved by keyboard too."""
    name = escaped(f"{title[0]} / {title[1]}")
    return Html(f'<div class="scroll" role="region" tabindex="0" aria-label="{name}">{content}</div>')


def card(key: str, words: tuple[str, str], number: str, below: Html, kind: str = "") -> Html:
    """One headline number."""
    return Html(
        f'<div class="card {kind}" id="{key}"><dt>{both(*words)}</dt><dd><strong>{escaped(number)}</strong>'
        f"<small>{below}</small></dd></div>"
    )


def _query(answer: Answer) -> Html:
    tables = "、".join(f"<code>{table}</code>" for table in answer.tables)
    return Html(
        f"<p>{both('表', 'Tables')} {tables} · {both('查询', 'query')} <code>sql/{answer.name}.sql</code></p>"
        f"{code(answer.sql)}"
    )


def _switches() -> Html:
    def choice(name: str, value: str, words: Html, checked: str = "") -> str:
        return (
            f'<label><input type="radio" name="{name}" id="{name}-{value}" value="{value}"{checked}>'
            f"<span>{words}</span></label>"
        )

    return Html(
        '<form class="switches" autocomplete="off"><fieldset><legend>语言 Language</legend>'
        + choice("lang", "zh", Html('<span lang="zh-CN">中文</span>'), " checked")
        + choice("lang", "en", Html('<span lang="en">English</span>'))
        + f"</fieldset><fieldset><legend>{both('外观', 'Look')}</legend>"
        + choice("look", "auto", both("自动", "Auto"), " checked")
        + choice("look", "light", both("浅色", "Light"))
        + choice("look", "dark", both("深色", "Dark"))
        + "</fieldset></form>"
    )
