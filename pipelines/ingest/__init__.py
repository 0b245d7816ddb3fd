"""Ingest: what departments delivered, read by contract into typed rows, rejected rows and repairs."""

from pipelines.ingest.extract import ingest
from pipelines.ingest.landing import delivered_bytes, input_problems, unclaimed_files

__all__ = ["delivered_bytes", "ingest", "input_problems", "unclaimed_files"]
