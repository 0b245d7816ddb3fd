"""Detect: the law finds households in hardship; each match ends as listed or left out with one reason."""

from pipelines.detect.explain import explain, in_words
from pipelines.detect.month import detect
from pipelines.detect.told_key import told_key

__all__ = ["detect", "explain", "in_words", "told_key"]
