"""Ingest: what departments delivered, read by contract into typed rows, rejected rows and repairs."""

from pipelines.ingest.extract import ingest
from pipelines.ingest.landing import unclaimed_files

__all__ = ["ingest", "unclaimed_files"]
