"""Towns and communities: codes and names, old and new, resolved by data/reference."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.ingest.values import CERTAIN, PROBABLE, Refusal, Value, folded, is_null, trimmed
from pipelines.reference import REFERENCE, reference_rows

_TOWN_ALLOWED = "a town's code or name as in data/reference/towns.csv or town_aliases.csv"
_TOWN_SUFFIX = re.compile(r"(街道办事处|街道办|街道|镇人民政府|镇)$")
_COMMUNITY_SUFFIX = re.compile(r"(社区居民委员会|村民委员会|居民委员会|社区居委会|居委会|村委会|社区|村)$")


@dataclass(frozen=True)
class Places:
    """What is known of the city's towns and communities."""

    towns: frozenset[str]  # nine-digit codes in force
    town_names: dict[str, str]  # present names, long and short -> code
    aliases: dict[str, str]  # former names and codes, and other ways to write them -> code
    communities: frozenset[str]  # twelve-digit codes
    community_names: dict[str, str]  # names that only one community bears -> code


@functools.cache
def load_places(folder: Path = REFERENCE) -> Places:
    """The reference lists as they stand in the folder."""
    names = {}
    for row in reference_rows(folder / "towns.csv"):
        for name in (row["name_zh"], _TOWN_SUFFIX.sub("", row["name_zh"])):
            names[name] = row["code"]
    aliases = {}
    if (folder / "town_aliases.csv").exists():
        aliases = {
            row["alias"].strip(): row["town_code"].strip()
            for row in reference_rows(folder / "town_aliases.csv")
        }
    bearers: dict[str, set[str]] = {}
    communities = reference_rows(folder / "communities.csv")
    for row in communities:
        name, short = row["name_zh"], _COMMUNITY_SUFFIX.sub("", row["name_zh"])
        for written in {name, short, short + "社区", short + "村", short + "居委会", short + "村委会"}:
            bearers.setdefault(written, set()).add(row["community_code"])
    return Places(
        towns=frozenset(names.values()),
        town_names=names,
        aliases=aliases,
        communities=frozenset(row["community_code"] for row in communities),
        community_names={name: codes.pop() for name, codes in bearers.items() if len(codes) == 1},
    )


def parse_town(text: str, places: Places) -> Value | Refusal:
    """A town's nine-digit code in force, from a code of 9 or 12 digits, any of its names or an address."""
    if is_null(text):
        return Value(None)
    plain = re.sub(r"\s+", "", folded(text))
    plain = re.sub(r"\.0$", "", plain)
    tidy = None if plain == trimmed(text) else "tidied"
    if plain in places.towns:
        return Value(plain, tidy)
    if re.fullmatch(r"\d{12}", plain):
        if plain[:9] in places.towns:
            return Value(plain[:9], "code_form")
        if plain[:9] in places.aliases:
            return Value(places.aliases[plain[:9]], "former_town")
    name = re.sub(r"^(广东省)?(中山市)?", "", plain)
    if name in places.town_names:
        return Value(places.town_names[name], "code_form")
    if name in places.aliases:  # former codes too
        return Value(places.aliases[name], "former_town")
    short = _TOWN_SUFFIX.sub("", name)
    if short in places.town_names:
        return Value(places.town_names[short], "code_form")
    return _town_in_address(name, places)


def _town_in_address(address: str, places: Places) -> Value | Refusal:
    long_names = {name: code for name, code in places.town_names.items() if _TOWN_SUFFIX.search(name)}
    long_names |= {name: code for name, code in places.aliases.items() if _TOWN_SUFFIX.search(name)}
    found = {code for name, code in long_names.items() if name in address}
    if len(found) == 1:
        return Value(found.pop(), "town_from_address", PROBABLE)
    return Refusal("unknown_town", _TOWN_ALLOWED)


def parse_community(text: str, places: Places) -> Value | Refusal:
    """A community's twelve-digit code; one that nobody knows gives null with a note, never a rejected row."""
    if is_null(text):
        return Value(None)
    plain = re.sub(r"\.0$", "", re.sub(r"\s+", "", folded(text)))
    if plain in places.communities:
        return Value(plain, None if plain == trimmed(text) else "tidied")
    if plain in places.community_names:
        return Value(places.community_names[plain], "code_form")
    return Value(None, "unknown_community", CERTAIN)


def town_in_name(file_name: str) -> str | None:
    """Code of the one town that a file's name tells, None when it tells none or several."""
    places = load_places()
    name = folded(file_name)
    for names in (places.town_names, places.aliases):
        # The longest first: a short name may be part of another's.
        found = [(written, code) for written, code in names.items() if len(written) > 1 and written in name]
        longest = {c for w, c in found if not any(w != other and w in other for other, _ in found)}
        if longest:
            return longest.pop() if len(longest) == 1 else None
    return None
