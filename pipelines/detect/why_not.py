"""Why not: everything that keeps a household off the list, not only the reason that leads."""

from __future__ import annotations

from pipelines.contract import Contract


def why_not(explained: dict, bar: int, candidates: Contract) -> list[tuple[str, str]]:
    """Reasons in Chinese and English, the leading one first; empty for a listed household.

    Tells how far the household is from the bar: dimensions that match, that are answered with no,
    and that nobody can tell, and the rules that would list it alone.
    """
    if explained["candidates"]:
        return []
    reasons = []
    if explained["exclusions"]:
        reasons.append((explained["exclusions"]["detail_zh"], explained["exclusions"]["detail_en"]))
    stable = [rule for rule in explained["rules"] if rule["status"] == "stable"]
    for rule in stable:
        leads = explained["exclusions"] and explained["exclusions"]["reason"] == "assets"
        if rule["effect"] == "exclude" and rule["answer"] == "match" and not leads:
            reasons.append((f"有明显资产：{rule['title_zh']}", f"clear assets: {rule['title_en']}"))
    if any(rule["effect"] == "list" and rule["answer"] == "match" for rule in stable):
        return reasons
    answers = _dimensions(stable)
    matched = sorted(d for d, answer in answers.items() if answer == "match")
    if len(matched) < bar:
        reasons.append(
            (
                f"符合的困难类型{len(matched)}个，列入需{bar}个",
                f"{len(matched)} dimensions match, {bar} are needed",
            )
        )
    labels = candidates.property("dimensions").labels
    for answer, zh, en in (
        ("no match", "有数据表明没有", "no, by evidence"),
        ("unknown", "无法判断", "not known"),
    ):
        codes = sorted(d for d, found in answers.items() if found == answer)
        if codes:
            reasons.append((f"{zh}：{'、'.join(labels[c] for c in codes)}", f"{en}: {', '.join(codes)}"))
    unknown = [rule for rule in stable if rule["effect"] == "list" and rule["answer"] == "unknown"]
    for rule in unknown:
        reasons.append(
            (
                f"单独列入的规则无法判断：{rule['title_zh']}",
                f"a rule that lists alone is not known: {rule['title_en']}",
            )
        )
    return reasons


def _dimensions(stable: list[dict]) -> dict[str, str]:
    """Answer per dimension: match if any signal matches, else unknown if any is unknown, else no match."""
    found: dict[str, str] = {}
    strength = {"match": 2, "unknown": 1, "no match": 0}
    for rule in stable:
        if rule["effect"] == "signal":
            before = found.get(rule["dimension"], "no match")
            found[rule["dimension"]] = max(before, rule["answer"], key=strength.__getitem__)
    return found
