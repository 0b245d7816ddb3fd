"""Names: invented Chinese names in the proportions of common surnames, a few with rare characters."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.city.chance import generator

_SURNAMES = (
    "陈 梁 黄 李 何 吴 林 张 冯 刘 罗 周 郑 杨 卢 欧 萧 谭 苏 邓 郭 叶 钟 高 曾 马 麦 彭 胡 徐 朱 孙 "
    "蔡 赵 王 潘 温 伍 区 关 简 缪 阮 甘 程 古 方 蒋 唐 余 欧阳 司徒 䶮"
).split()
_MALE = (
    "伟 强 志 明 华 杰 文 军 建 国 辉 健 勇 锋 俊 豪 浩 宇 轩 博 涛 波 斌 鹏 龙 海 林 荣 贵 福 生 祥 "
    "耀 炳 锦 坚 毅 恒 诚 信 平 安 宁 康 乐 泽 铭 睿 晨 熙"
).split()
_FEMALE = (
    "芳 娟 敏 静 丽 艳 燕 玲 珍 秀 英 华 慧 巧 美 娜 雅 芝 玉 萍 红 娥 春 菊 兰 凤 洁 梅 琳 素 云 莲 "
    "雪 荣 爱 妹 霞 香 月 莺 媛 瑞 凡 佳 嘉 琼 桂 怡 婷 欣"
).split()


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
