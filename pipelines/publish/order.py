"""The order of the lists in words, as rules/selection.yaml states it."""

from __future__ import annotations

from pathlib import Path

from pipelines.month import Month


def order_text(month: Month, rules: Path) -> str:
    """How households were ordered, in one paragraph a clerk can recompute by hand."""
    return "待补"
