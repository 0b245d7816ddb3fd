"""Many rules: what detection and its rehearsal cost by ten times the rules, and over six months.

rules_as_they_are   detect by a copy of the rules
rules_tenfold       detect by ten copies of each, which match ten times as many
rules_for_some      detect by as many; the copies concern households of one size or people of one age
replay              six months by changed rules, on profiles that lie there; `replay_before` makes them
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import yaml

from pipelines import monthly
from pipelines.detect import detect
from pipelines.detect.rehearse import rehearse
from pipelines.lake import Lake
from pipelines.monthly import Workplace
from pipelines.rule import RULES
from tests.bench.laying import City, copy_lake

TIMES = 10
REPLAYED_MONTHS = 6


def rules_as_they_are(city: City) -> dict:
    """Detects by the rules as they are, from a folder, as the next does."""
    return _detected(city, 1)


def rules_tenfold(city: City) -> dict:
    """Detects by ten times as many."""
    return _detected(city, TIMES)


def rules_for_some(city: City) -> dict:
    """Detects by ten times as many that match about twice as many."""
    return _detected(city, TIMES, are_for_some=True)


def copied_rules(folder: Path, times: int, are_for_some: bool = False) -> Path:
    """The rules with `times - 1` copies of each beside it under other ids, perhaps for some people alone."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(RULES, folder)
    for path in sorted(RULES.glob("*.yaml")):
        if path.name == "selection.yaml":
            continue
        text, rule_id = path.read_text(encoding="utf-8"), path.stem
        for number in range(2, times + 1):
            copy = text.replace(f"\nid: {rule_id}\n", f"\nid: {rule_id}_{number}\n", 1)
            if are_for_some:
                is_of_people = "\nunit: resident\n" in text
                concerned = f"age_years = {35 + number}" if is_of_people else f"members_count = {number}"
                condition = rf"\n  concerned: {concerned}\n  condition: (\1) and concerned\n"
                copy, found = re.subn(r"\n  condition: (.+)\n", condition, copy)
                if found != 1:
                    raise RuntimeError(f"{rule_id} has no condition on one line")
            (folder / f"{rule_id}_{number}.yaml").write_text(copy, encoding="utf-8")
    return folder


def replay_before(city: City) -> dict:
    """Links and detects the five months before, from what the history holds, and the month itself."""
    lake = _replayed(city)
    copy_lake(city.root / "lake", lake.root)
    for month in city.month.window(REPLAYED_MONTHS)[:-1]:
        place = Workplace(city.landing, lake)
        monthly.link(month, place, _quiet)
        monthly.detect(month, place, _quiet)
    monthly.detect(city.month, Workplace(city.landing, lake), _quiet)
    return {"rows": 0}


def replay(city: City) -> dict:
    """Six months by a draft that lowers one limit."""
    draft = city.root / "variants" / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    data = yaml.safe_load((RULES / "heavy_medical_spending.yaml").read_text(encoding="utf-8"))
    values = next(iter(data["parameters"].values()))["values"]
    day, last = max(values.items())
    text = (RULES / "heavy_medical_spending.yaml").read_text(encoding="utf-8")
    changed = text.replace(f"{day}: {last}", f"{day}: {last - 1}", 1)
    if changed == text:
        raise RuntimeError("the draft changes nothing")
    (draft / "heavy_medical_spending.yaml").write_text(changed, encoding="utf-8")
    found = rehearse(draft, city.month.window(REPLAYED_MONTHS), _replayed(city))
    return {"rows": found.lines.num_rows, "months": len(found.months)}


def _replayed(city: City) -> Lake:
    return Lake(city.root / "variants" / "replay")


def _detected(city: City, times: int, are_for_some: bool = False) -> dict:
    lake = Lake(city.root / "variants" / f"rules-{times}")
    copy_lake(city.root / "lake", lake.root)
    (lake.root / "matches" / city.month.partition).unlink()
    rules = copied_rules(city.root / "variants" / f"{times}-rules", times, are_for_some)
    counts = detect(city.month, lake, rules)
    matches = pq.read_metadata(lake.resolve("matches", city.month) / "matches.parquet").num_rows
    return {"rows": counts["households"], "rules": len(counts["unknown"]), "matches": matches}


def _quiet(_: str) -> None:
    pass
