"""People: who is who in the named families, and the towns they live in."""

from pipelines.city import families, neighbours

SHIQI, DONGFENG, GUZHEN = families.SHIQI, families.DONGFENG, families.GUZHEN
SANJIAO, XIAOLAN, GANGKOU, SHAXI = families.SANJIAO, families.XIAOLAN, families.GANGKOU, families.SHAXI

YANG, CHEN, MAI = "442099197703121018", "442099196507110157", "442099198806150334"
OU, LU, HE = "442099198201300467", "442099199009210570", "442099197010050616"
FENG, LUO, TANG = "442099198311170720", "442099197504190838", "442099198506230121"

_MEMBERS = {
    family.members[0].id: tuple(member.id for member in family.members) for family in families.FAMILIES
}

# The clerk of the assistance roll writes this ID in full-width digits.
CHEN_ON_THE_ROLL = families.CHEN_ON_THE_ROLL

NAMES = frozenset(
    member.name for family in (*families.FAMILIES, *neighbours.HOUSEHOLDS) for member in family.members
)


def family_of(head: str) -> tuple[str, ...]:
    """IDs of a named family, its head first, as the register has them."""
    return _MEMBERS[head]
