"""What codes are called for the people who read them: Chinese first, English beside."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.contract import Contract

# Dark enough to be told apart on a grey print-out, where the word beside the mark decides.
DIMENSION_COLOURS = {
    "medical": "#C00000",
    "employment": "#1F4E9E",
    "disability": "#7030A0",
    "education": "#00803C",
    "income": "#C55A11",
    "accident": "#B0006D",
    "housing": "#7F6000",
}

STATUS_COLOURS = {
    "new": "#00803C",
    "escalated": "#C00000",
    "reopened": "#C55A11",
    "continuing": "#404040",
    "de_escalated": "#1F4E9E",
}

# A household that another town lists now; every other reason to leave a list is a case's.
MOVED = ("住址变动，由其他镇街走访", "now listed in another town")


@dataclass(frozen=True)
class Words:
    """Labels by code, (Chinese, English), as the contracts state them."""

    dimensions: dict[str, tuple[str, str]]
    statuses: dict[str, tuple[str, str]]
    paths: dict[str, tuple[str, str]]
    causes: dict[str, tuple[str, str]]
    troubles: dict[str, tuple[str, str]]
    departures: dict[str, tuple[str, str]]
    outcomes: dict[str, tuple[str, str]]
    wrong_data: dict[str, tuple[str, str]]


def words_of(published: dict[str, Contract], visits: Contract) -> Words:
    """The labels of the published tables' contracts and of the visits'."""
    candidates = published["candidates"]
    return Words(
        dimensions=labels(candidates, "dimensions"),
        statuses=labels(candidates, "status"),
        paths=labels(candidates, "suggested_path"),
        causes=labels(candidates, "causes"),
        troubles=labels(candidates, "troubles"),
        departures={
            **labels(published["cases"], "status"),
            **labels(published["cases"], "reason"),
            "moved": MOVED,
        },
        outcomes=labels(visits, "outcome"),
        wrong_data=labels(visits, "wrong_data"),
    )


def labels(contract: Contract, column: str) -> dict[str, tuple[str, str]]:
    """Of each code of a column: its label (Chinese) and its description (English)."""
    table = contract.document.data["schema"][0]
    item = next(item for item in table["properties"] if item["name"] == column)
    return {
        str(value["value"]): (
            value.get("label") or str(value["value"]),
            value.get("description") or str(value["value"]).replace("_", " "),
        )
        for value in item.get("enum") or []
    }


def zh(labelled: dict[str, tuple[str, str]], code: str | None) -> str:
    """Chinese label of a code; the code itself where no contract names it."""
    return labelled[code][0] if code in labelled else (code or "")


def zh_list(labelled: dict[str, tuple[str, str]], codes: list[str] | str | None) -> str:
    """Chinese labels of several codes, joined as Chinese lists are."""
    if isinstance(codes, str):
        codes = [codes]
    return "、".join(zh(labelled, code) for code in codes or ())
