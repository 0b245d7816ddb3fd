"""Places: the real towns and communities with invented streets, and one address per dwelling."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.city.chance import generator
from pipelines.reference import REFERENCE

STREETS = (
    "康乐路", "新兴街", "民安路", "兴隆街", "长青路", "永宁街", "福源路", "凤翔街", "怡景路", "东明街",
    "岐江路", "莲塘街", "银湾路", "沙岗街", "乐群路", "和平街", "富华路", "松苑街", "翠景路", "荷塘街",
    "育才路", "江畔街", "龙瑞路", "竹苑街", "安栏路", "濠头街", "恒信路", "水云街", "柏苑路", "同乐街",
    "逸仙路", "西堤街", "孙文路", "太平街", "悦来路", "学院街", "金字路",
)  # fmt: skip

# What departments still write years after the changes of 2021 (Dongsheng went into Xiaolan, Minzhong
# and Nanlang became streets; two development zones name their district instead of the street).
OLD_NAMES = {
    "442000118": "东升镇",
    "442000007": "民众镇",
    "442000008": "南朗镇",
    "442000003": "火炬开发区",
}


@dataclass(frozen=True)
class Places:
    """Towns in order of their code; communities in order of their town and code."""

    town_codes: np.ndarray
    town_names: np.ndarray
    residents: np.ndarray
    local_hukou: np.ndarray
    community_codes: np.ndarray
    community_names: np.ndarray  # short: 中心社区
    community_town: np.ndarray  # index of the town
    first_community: np.ndarray  # of each town, with one entry more for the end

    def town_index(self, name_or_code: str) -> int:
        """Index of the town with that Chinese name or code; raises StopIteration when there is none."""
        found = (self.town_names == name_or_code) | (self.town_codes == name_or_code)
        return next(iter(np.flatnonzero(found)))

    def communities_of(self, rng: np.random.Generator, towns: np.ndarray, seed: int) -> np.ndarray:
        """A community in each of the towns, larger communities more often."""
        weights = generator(seed, "community sizes").lognormal(0, 0.45, len(self.community_codes))
        bounds = np.concatenate([[0.0], np.cumsum(weights)])
        low, high = bounds[self.first_community[towns]], bounds[self.first_community[towns + 1]]
        place = low + rng.random(len(towns)) * (high - low)
        found = np.searchsorted(bounds, place, side="right") - 1
        last = self.first_community[towns + 1] - 1
        return np.clip(found, self.first_community[towns], last).astype(np.int16)


def read_places(folder: Path = REFERENCE) -> Places:
    """The towns and communities of data/reference."""
    towns = pl.read_csv(folder / "towns.csv", infer_schema=False).sort("code")
    communities = pl.read_csv(folder / "communities.csv", infer_schema=False).sort(
        "town_code", "community_code"
    )
    index = {code: number for number, code in enumerate(towns["code"])}
    town = np.array([index[code] for code in communities["town_code"]], dtype=np.int16)
    short = communities["name_zh"].str.replace("居民委员会|村民委员会", "")
    short = short.map_elements(lambda n: n if n.endswith("社区") else n + "村", return_dtype=pl.String)
    return Places(
        town_codes=towns["code"].to_numpy(),
        town_names=towns["name_zh"].to_numpy(),
        residents=towns["resident_2021"].cast(pl.Int64).to_numpy(),
        local_hukou=towns["hukou_2021"].cast(pl.Int64).to_numpy(),
        community_codes=communities["community_code"].to_numpy(),
        community_names=short.to_numpy(),
        community_town=town,
        first_community=np.searchsorted(town, np.arange(len(towns) + 1)),
    )


@dataclass(frozen=True)
class Dwellings:
    """Addresses by dwelling number: community, and the dwelling's rank within it."""

    places: Places
    community: np.ndarray
    rank: np.ndarray

    def town(self, dwelling: np.ndarray) -> np.ndarray:
        """Index of the town a dwelling lies in."""
        return self.places.community_town[self.community[dwelling]]

    def town_codes(self, dwelling: np.ndarray) -> pl.Series:
        """9-digit codes."""
        return pl.Series(self.places.town_codes.tolist(), dtype=pl.String).gather(self.town(dwelling))

    def community_codes(self, dwelling: np.ndarray) -> pl.Series:
        """12-digit codes."""
        codes = pl.Series(self.places.community_codes.tolist(), dtype=pl.String)
        return codes.gather(self.community[dwelling])

    def addresses(self, dwelling: np.ndarray) -> pl.Series:
        """Free text as registers hold it; the same dwelling always reads the same."""
        community, rank = self.community[dwelling], self.rank[dwelling]
        heads = [
            f"中山市{self.places.town_names[town]}{name}"
            for town, name in zip(self.places.community_town, self.places.community_names, strict=True)
        ]
        parts = pl.DataFrame(
            {
                "head": pl.Series(heads).gather(community),
                "street": pl.Series(STREETS).gather(rank % len(STREETS)),
                "number": pl.Series(1 + rank // len(STREETS)),
                "room": pl.Series((1 + rank * 7 % 8) * 100 + 1 + rank * 5 % 4),
            }
        )
        return parts.select(pl.format("{}{}{}号{}房", "head", "street", "number", "room")).to_series()


def dwellings(places: Places, community: np.ndarray) -> Dwellings:
    """Gives every dwelling its own place within its community."""
    order = np.argsort(community, kind="stable")
    counts = np.bincount(community, minlength=len(places.community_codes))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    rank = np.empty(len(community), dtype=np.int32)
    rank[order] = np.arange(len(community)) - starts[community[order]]
    return Dwellings(places, community, rank)
