"""Ingest: what departments delivered, read by contract into typed rows, rejected rows and repairs."""

from pipelines.ingest.extract import ingest
from pipelines.ingest.landing import input_problems, unclaimed_files

__all__ = ["ingest", "input_problems", "unclaimed_files"]
