"""Arrival: on which day each delivered file was first seen in landing; outside of everything compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.lake import Lake, told_in_words, write_whole
from pipelines.month import Month

_ZONE = ZoneInfo("Asia/Shanghai")


def note_arrivals(extract: str, month: Month, files: Mapping[str, Path], lake: Lake) -> None:
    """Remembers by hash the day on which each file was put down; what is remembered never changes."""
    known = arrivals(extract, month, lake)
    new = {sha256: path for sha256, path in files.items() if sha256 not in known}
    if not new:
        return
    for sha256, path in new.items():
        known[sha256] = datetime.fromtimestamp(path.stat().st_mtime, _ZONE).date().isoformat()
    place = _place(extract, month, lake)
    with told_in_words(f"arrivals of {extract} for {month}", lake.root):
        write_whole(place, json.dumps(known, indent=1, sort_keys=True) + "\n")


def arrivals(extract: str, month: Month, lake: Lake) -> dict[str, str]:
    """Day by hash of the files of an extract that were seen for a month."""
    place = _place(extract, month, lake)
    return json.loads(place.read_text(encoding="utf-8")) if place.is_file() else {}


def days_late(delivery_day: int, month: Month, report: dict, seen: Mapping[str, str]) -> int | None:
    """Days after the contract's delivery day on which the extract was whole; 0 on time, None if not known.

    Corrections do not make an extract late that had been there; a file that could not be read is none.
    """
    files = [f["sha256"] for f in report.get("files", ()) if not f["problem"] and not f.get("correction")]
    if not files or not all(sha256 in seen for sha256 in files):
        return None
    due = month.plus(1).start + timedelta(days=delivery_day - 1)
    return max((date.fromisoformat(max(seen[sha256] for sha256 in files)) - due).days, 0)


def _place(extract: str, month: Month, lake: Lake) -> Path:
    return lake.root / "arrivals" / str(month) / f"{extract}.json"
