"""Charts: bars as inline SVG, readable in grey print and by a screen reader."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.page import Html, both, escaped

# Told apart without colour too: the second is hatched.
_FILLS = ("#8a94a6", "url(#hatched)")
_HATCH = (
    '<defs><pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="6" height="6" fill="#c55a11"/>'
    '<line x1="0" y1="0" x2="0" y2="6" stroke="#fff" stroke-width="2"/></pattern></defs>'
)
_LABEL, _PLOT, _BAR, _GAP = 150, 480, 12, 8


def bars(
    title: tuple[str, str],
    series: Sequence[tuple[str, str]],
    rows: Sequence[tuple[str, Sequence[float]]],
    limit: tuple[float, str] | None = None,
) -> Html:
    """Horizontal bars, one group per row and one bar per series; `limit` is a line across all of them."""
    most = max([value for _, values in rows for value in values] + ([limit[0]] if limit else []) + [1e-9])
    step = len(series) * _BAR + _GAP
    height = 30 + len(rows) * step + 10
    parts = [_HATCH]
    for number, name in enumerate(series):
        x = _LABEL + number * 220
        parts.append(f'<rect x="{x}" y="4" width="12" height="12" fill="{_FILLS[number]}"/>')
        parts.append(f'<text x="{x + 18}" y="15">{escaped(" ".join(dict.fromkeys(name)))}</text>')
    for place, (label, values) in enumerate(rows):
        top = 30 + place * step
        middle = top + len(series) * _BAR / 2 + 4
        parts.append(f'<text x="{_LABEL - 8}" y="{middle:g}" text-anchor="end">{escaped(label)}</text>')
        for number, value in enumerate(values):
            y, width = top + number * _BAR, _PLOT * value / most
            parts.append(
                f'<rect x="{_LABEL}" y="{y}" width="{width:.1f}" height="{_BAR - 2}" '
                f'fill="{_FILLS[number]}"/>'
            )
            parts.append(f'<text x="{_LABEL + width + 4:.1f}" y="{y + _BAR - 2}">{value:g}</text>')
    if limit:
        x = _LABEL + _PLOT * limit[0] / most
        parts.append(
            f'<line x1="{x:.1f}" y1="24" x2="{x:.1f}" y2="{height - 6}" stroke="#b00020" '
            f'stroke-dasharray="4 3"><title>{escaped(limit[1])}</title></line>'
        )
    return Html(
        f'<figure><figcaption>{both(*title)}</figcaption><svg role="img" aria-label="{escaped(title[1])}" '
        f'viewBox="0 0 {_LABEL + _PLOT + 70} {height}" width="{_LABEL + _PLOT + 70}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg></figure>'
    )
