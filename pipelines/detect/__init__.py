"""Detect: the law finds households in hardship; each match ends as listed or left out with one reason."""

from pipelines.detect.explain import explain, in_words
from pipelines.detect.month import detect

__all__ = ["detect", "explain", "in_words"]
