"""Names: invented Chinese names in the proportions of common surnames, a few with rare characters."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.chance import generator

_SURNAMES = (
    *"陈梁黄李何吴林张冯刘罗周郑杨卢欧萧谭苏邓郭叶钟高曾马麦彭胡徐朱孙蔡赵王潘温伍区关简缪阮甘程古方蒋唐余",
    "欧阳",
    "司徒",
    "䶮",
)
_MALE = tuple(
    "伟强志明华杰文军建国辉健勇锋俊豪浩宇轩博涛波斌鹏龙海林荣贵福生祥耀炳锦坚毅恒诚信平安宁康乐泽铭睿晨熙"
)
_FEMALE = tuple(
    "芳娟敏静丽艳燕玲珍秀英华慧巧美娜雅芝玉萍红娥春菊兰凤洁梅琳素云莲雪荣爱妹霞香月莺媛瑞凡佳嘉琼桂怡婷欣"
)


def surnames(count: int, rng: np.random.Generator) -> np.ndarray:
    """Indexes of surnames, the first ones most often."""
    weights = 1.0 / (np.arange(len(_SURNAMES)) + 3.0)
    weights[-1] = 2e-4  # a character that GBK cannot hold
    return rng.choice(len(_SURNAMES), count, p=weights / weights.sum()).astype(np.int8)


def full_names(surname: np.ndarray, is_male: np.ndarray, person: np.ndarray, seed: int) -> pl.Series:
    """Names of people given by number; the same person always has the same name."""
    salt = int(generator(seed, "names").integers(1, 2**31))
    mixed = (person.astype(np.uint64) + np.uint64(salt)) * np.uint64(0x9E3779B97F4A7C15)
    first = (mixed >> np.uint64(40)) % np.uint64(50)
    second = (mixed >> np.uint64(20)) % np.uint64(50)
    short = (mixed >> np.uint64(8)) % np.uint64(7) == 0
    given = pl.Series([*_MALE, *_FEMALE, ""])
    offset = np.where(is_male, 0, 50).astype(np.uint64)
    parts = pl.DataFrame(
        {
            "surname": pl.Series(_SURNAMES).gather(surname),
            "first": given.gather(first + offset),
            "second": given.gather(np.where(short, 100, second + offset)),
        }
    )
    return parts.select(pl.concat_str("surname", "first", "second")).to_series()
