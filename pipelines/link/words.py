"""Words: the columns of few different texts, as enums."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.contract import Contract
from pipelines.database import Database, quoted
from pipelines.delivery import REGISTERS

# Of relations that link makes; those of the departments' columns are laid out with them.
_WORDS = {
    "address_source": ("permit", "grid", "register", "mother"),
    "member_role": ("head", "spouse", "child", "parent", "other", "deceased"),
    "link_type": ("spouse", "dependant", "same register and address", "parents of one child"),
    "link_source": (
        "civil_affairs__marriages", "birth certificate", "family register", "school guardian",
        "permit guardian", "public_security__residents", "same address",
    ),
}  # fmt: skip


def lay_out_words(database: Database, contracts: Mapping[str, Contract]) -> None:
    """Names the columns of few texts as enums; towns and communities are those where anybody lives."""
    for name, texts in _WORDS.items():
        database.words(name, texts)
    for name in ("sex", "relation_to_head"):
        database.words(name, contracts["public_security__residents"].property(name).enum)
    for name in ("town_code", "community_code"):
        places = " union ".join(
            f"select {name} from {quoted(e)}" for e in (*REGISTERS, "towns__living_places")
        )
        found = database.rows(f"select distinct {name} from ({places}) where {name} is not null")
        database.words(name, ("", *(row[name] for row in found)))
